"""Which cargo could go on which trucks to which place when, as a linear program: the columns and rows that all share.

Nothing here solves anything. `letup.aid.deliveries.make.program` has the rows of hours, with which deliveries are
chosen; `letup.aid.deliveries.daily_program` those of days, with which a bound is proven and confirmed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Fleet, Logistics, slot_steps
from letup.aid.deliveries.need import Need
from letup.aid.deliveries.trip import Trip
from letup.lp.program import LinearProgram
from letup.scenario.model import Scenario

ELSEWHERE = -1
"""Zone of what goes to a warehouse."""


@dataclass(frozen=True)
class Cargo:
    """One essential on trucks of one trip.

    Attributes
    ----------
    trip : int
        Number of the trip.
    item : str
        The essential.
    zone : int
        Zone it is for; `ELSEWHERE` if it goes to a warehouse.
    load : float
        What one truck holds of it, in its unit.
    day, arrives : int
        Local days on which it is loaded and is there.
    """

    trip: int
    item: str
    zone: int
    load: float
    day: int
    arrives: int


def cargoes(need: Need, logistics: Logistics, trips: list[Trip]) -> list[Cargo]:
    """Everything that can be sent and could meet a need later, or be stored."""
    number = {name: k for k, name in enumerate(need.names)}
    # whether anything is missing from a day on: what arrives later than every want is of no use
    later = np.cumsum(need.missing[::-1], axis=0)[::-1]
    brought: set[tuple[str, str]] = set(logistics.stores)
    for fleet in logistics.fleets:
        brought |= {
            (stop.id, item)
            for stop in logistics.stops.values()
            for item in fleet.items
            if stop.kind == "warehouse" and (fleet.base, item) in logistics.entries
        }
    based = {fleet.base for fleet in logistics.fleets}
    result = []
    for k, trip in enumerate(trips):
        fleet, stop = logistics.fleets[trip.fleet], logistics.stops[trip.stop]
        arrives = int(need.day_of_step[trip.free - 1]) if trip.free else 0
        for item in fleet.items:
            if item not in number or (
                (fleet.base, item) not in logistics.entries and (fleet.base, item) not in brought
            ):
                continue
            load, day = fleet.payload_kg / logistics.weight[item], int(need.day_of_step[trip.first])
            if stop.kind == "warehouse":
                if stop.id in based and later[min(arrives + 1, len(later) - 1), number[item]].any():
                    result.append(Cargo(k, item, ELSEWHERE, load, day, arrives))
                continue
            result += [
                Cargo(k, item, zone, load, day, arrives)
                for zone in stop.zones
                if later[arrives, number[item], zone] > 0
            ]
    return result


@dataclass
class CargoProgram:
    """The program laid out: trucks of each cargo, then amounts, uses and stocks.

    Attributes
    ----------
    trips : list of Trip
        Trips that could be made.
    cargoes : list of Cargo
        What could go on them.
    trucks : int
        Number of the columns of trucks, one for each cargo; as many of what they carry come after them.
    linear : LinearProgram
        All columns and rows.
    """

    trips: list[Trip]
    cargoes: list[Cargo]
    trucks: int
    linear: LinearProgram


class ProgramBuilder(ABC):
    """Gathers columns and rows.

    Columns: trucks of each cargo; what they carry in all (at most their payload); how much of each part of a need is
    met on each day; what is left in zones and warehouses at the end of each day. Rows: see the explanation.
    """

    def __init__(self, scenario: Scenario, logistics: Logistics, need: Need, trips: list[Trip]) -> None:
        self.scenario, self.logistics, self.need, self.trips = scenario, logistics, need, trips
        self.cargoes = cargoes(need, logistics, trips)
        self.count = len(self.cargoes)
        self.number = {name: k for k, name in enumerate(need.names)}
        self.linear = LinearProgram()
        fleets = [logistics.fleets[trips[cargo.trip].fleet] for cargo in self.cargoes]
        for fleet in fleets:
            self.linear.add_column(0.0, self._most_trucks(fleet), integer=True)
        for fleet, cargo in zip(fleets, self.cargoes, strict=True):
            self.linear.add_column(0.0, self._most_trucks(fleet) * cargo.load)

    def build(self) -> CargoProgram:
        """The program, all of it."""
        for k, cargo in enumerate(self.cargoes):
            self.linear.add_row(-np.inf, 0.0, [(self.count + k, 1.0), (k, -cargo.load)])
        self._crossings()
        self._supply()
        self._fleets()
        self._stops()
        self._roads()
        self._warehouses()
        self._zones()
        return CargoProgram(self.trips, self.cargoes, self.count, self.linear)

    @abstractmethod
    def _crossings(self) -> None:
        """Inspection, and trucks that crossings let in."""

    @abstractmethod
    def _fleets(self) -> None:
        """Trucks that there are."""

    @abstractmethod
    def _stops(self) -> None:
        """Handling at stops."""

    @abstractmethod
    def _roads(self) -> None:
        """Room on roads and at checkpoints."""

    def _most_left(self, came: float) -> float:  # noqa: ARG002
        """What can be left of what came, as the bound of its column: none is needed, for it cannot be more."""
        return np.inf

    def _most_trucks(self, fleet: Fleet) -> float:
        """Trucks of one cargo at most."""
        return float(fleet.count)

    def _column(self, high: float, worth: float = 0.0) -> int:
        return self.linear.add_column(0.0, high, worth)

    def _limit(self, columns: list[int], upper: float, values: list[float] | None = None) -> None:
        if columns and np.isfinite(upper):
            self._row(columns, values if values is not None else [1.0] * len(columns), -np.inf, upper)

    def _row(self, columns: list[int], values: list[float], low: float, high: float) -> None:
        self.linear.add_row(low, high, zip(columns, values, strict=True))

    def _supply(self) -> None:
        """What waits at crossings each day."""
        items: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            base = self.logistics.fleets[self.trips[cargo.trip].fleet].base
            if self.logistics.stops[base].kind == "crossing":
                items[base, cargo.item, cargo.day].append(k)
        for (base, item, _), columns in items.items():
            entry = self.logistics.entries[base, item]
            self._limit(columns, entry.trucks)
            self._limit([self.count + k for k in columns], entry.amount)

    def _open(self, place: str, slot: int) -> float:
        """Share of a slot for which a place is open."""
        width = slot_steps(self.scenario)
        return open_share(self.logistics.stops[place].is_open, slot, width)

    def _warehouses(self) -> None:
        """What is loaded is there; what comes in can be loaded on the next day."""
        need, logistics = self.need, self.logistics
        length = np.diff(need.ends, prepend=0.0)
        out: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        into: dict[tuple[str, str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            base = logistics.fleets[trip.fleet].base
            if logistics.stops[base].kind == "warehouse":
                out[base, cargo.item, cargo.day].append(self.count + k)
            if cargo.zone == ELSEWHERE:
                into[trip.stop, cargo.item, cargo.arrives].append(self.count + k)
        for place, item in sorted({key[:2] for key in (*out, *into)}):
            store = logistics.stores.get((place, item))
            amount, loss = (store.amount, store.loss) if store is not None else (0.0, 0.0)
            before, most = -1, amount
            for day in range(len(need.ends)):
                keep = float((1 - loss) ** length[day])
                taken_out, brought = out.get((place, item, day), []), into.get((place, item, day), [])
                # left = (before - gone) * keep + come, and gone <= before
                most += sum(self.linear.upper[column] for column in brought)
                left = self._column(self._most_left(most))
                columns, values = [left, *taken_out, *brought], [1.0, *[keep] * len(taken_out), *[-1.0] * len(brought)]
                if before >= 0:
                    self._row([*columns, before], [*values, -keep], 0.0, 0.0)
                    if taken_out:
                        self._row([*taken_out, before], [*[1.0] * len(taken_out), -1.0], -np.inf, 0.0)
                else:
                    self._row(columns, values, amount * keep, amount * keep)
                    self._limit(taken_out, amount)
                before = left

    def _zones(self) -> None:
        """What is used has arrived or was made of what arrived; each part of a need is met once."""
        need = self.need
        arriving: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            if cargo.zone != ELSEWHERE:
                arriving[cargo.arrives, self.number[cargo.item], cargo.zone].append(self.count + k)
        active = {key[1:] for key in arriving}
        for item in range(len(need.names)):
            for chain in need.chains:
                if chain.uses == item and (item, chain.zone) in active:
                    active |= {(chain.makes, int(zone)) for zone in np.flatnonzero(chain.parts.max(axis=0) > 0)}
        parts, worth, days = need.parts(), need.unit_worth(), len(need.ends)
        used: dict[tuple[int, int, int], list[int]] = {}
        for item, zone in sorted(active):
            for day in range(days):
                used[day, item, zone] = [
                    self._column(float(parts[day, item, zone, s]), float(worth[day, item, zone, s]))
                    for s in range(parts.shape[3])
                    if parts[day, item, zone, s] > 0
                ]
        for item, zone in sorted(active):
            before, most = -1, 0.0
            for day in range(days):
                sources = [(column, 1.0) for column in arriving.get((day, item, zone), ())]
                for chain in need.chains:
                    rate = float(chain.share[day] * chain.yields * chain.parts[day, zone])
                    if chain.makes == item and rate > 0 and (chain.uses, chain.zone) in active:
                        sources += [(column, rate) for column in used[day, chain.uses, chain.zone]]
                most += sum(rate * self.linear.upper[column] for column, rate in sources)
                left = self._column(self._most_left(most))
                columns = [left, *used[day, item, zone], *(column for column, _ in sources)]
                values = [1.0] * (1 + len(used[day, item, zone]))
                values += [-rate for _, rate in sources]
                if before >= 0:
                    columns, values = [*columns, before], [*values, -1.0]
                self._row(columns, values, 0.0, 0.0)
                before = left


def open_share(is_open: NDArray[np.bool_], slot: int, width: int) -> float:
    """Share of a whole slot for which a place is open."""
    return float(is_open[slot * width : (slot + 1) * width].sum()) / width
