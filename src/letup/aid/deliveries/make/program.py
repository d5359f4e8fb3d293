"""Which cargo goes on which trucks to which place when: the linear program, and whole trucks after it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Fleet, Logistics, slot_steps
from letup.aid.deliveries.make.trips import Trip
from letup.aid.deliveries.need import Need
from letup.aid.deliveries.residual_capacity import CapacityKey, ResidualCapacity, keys_of_arcs
from letup.aid.deliveries.truck_paths import TruckPath, checkpoints_at
from letup.lp.program import LinearProgram
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

if TYPE_CHECKING:
    from letup.lp.solver import Solution

Floats = NDArray[np.float64]

ELSEWHERE = -1
"""Zone of what goes to a warehouse."""

_COST = 1e-6
"""Of two ways that meet the same need the one with fewer truck hours: part of the worth of a full load, per hour."""


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
class DeliveryProgram:
    """The program laid out: trucks of each cargo, then amounts, uses and stocks."""

    trips: list[Trip]
    cargoes: list[Cargo]
    trucks: int
    linear: LinearProgram
    penalty: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def most_trucks(self) -> Floats:
        """Trucks of each cargo at most."""
        return np.array(self.linear.upper[: self.trucks], float)

    def relaxed(self) -> Solution | None:
        """Most that trucks in fractions could meet."""
        from letup.lp.solver import maximise

        return maximise(self.linear)

    def whole(self, relaxed: Solution, time_limit: float, gap: float) -> tuple[NDArray[np.int64], Floats]:
        """Whole trucks of each cargo, and what they carry.

        They are looked for among the cargoes that the relaxed program sends, then among all.

        The second is left out where the first is as near to the relaxed program as asked for; it begins with what
        the first found, so it is never worse.
        """
        share = relaxed.values[: self.trucks]
        sent = np.where(share > 1e-7, np.ceil(share + 1e-7) + 1, 0.0)
        began = time.monotonic()
        best = self._among(np.minimum(sent, self.most_trucks), time_limit / 2, gap, None)
        close_enough = best is not None and self._worth(best) >= relaxed.objective * (1 - gap)
        if not close_enough:
            left = time_limit - (time.monotonic() - began)
            better = self._among(self.most_trucks, left, gap, best)
            if better is not None and (best is None or self._worth(better) >= self._worth(best)):
                best = better
        carried = slice(self.trucks, 2 * self.trucks)
        if best is None:  # what fits in fractions fits with fewer trucks that carry as much each
            trucks = np.floor(share + 1e-9)
            kept = np.divide(trucks, share, out=np.zeros(self.trucks), where=share > 1e-9)
            return trucks.astype(np.int64), relaxed.values[carried] * np.minimum(kept, 1.0)
        trucks = np.round(best[: self.trucks])
        load = np.array([cargo.load for cargo in self.cargoes])
        return trucks.astype(np.int64), np.clip(best[carried], 0.0, trucks * load)

    def _worth(self, values: Floats) -> float:
        return float(values @ np.array(self.linear.gain))

    def _among(self, most_trucks: Floats, time_limit: float, gap: float, start: Floats | None) -> Floats | None:
        """Values with whole trucks, at most so many of each cargo; None if none are found in time."""
        from letup.lp.solver import maximise

        upper, gains = np.array(self.linear.upper), np.array(self.linear.gain)
        upper[: self.trucks] = most_trucks
        gains[: self.trucks] -= self.penalty
        solution = maximise(
            self.linear,
            integer=True,
            upper=upper,
            gains=gains,
            start=start,
            seconds=max(time_limit, 0.1),
            relative_gap=gap,
        )
        return solution.values if solution is not None else None


def delivery_program(
    scenario: Scenario, logistics: Logistics, need: Need, trips: list[Trip], residual: ResidualCapacity
) -> DeliveryProgram:
    """Lay out the program.

    Columns: trucks of each cargo; what they carry in all (at most their payload); how much of each part of a need is
    met on each day; what is left in zones and warehouses at the end of each day. Rows: see the explanation.
    """
    return ProgramBuilder(scenario, logistics, need, trips, residual).build()


class ProgramBuilder:
    """Gathers columns and rows."""

    def __init__(
        self, scenario: Scenario, logistics: Logistics, need: Need, trips: list[Trip], residual: ResidualCapacity | None
    ) -> None:
        self.scenario, self.logistics, self.need, self.trips, self.residual = scenario, logistics, need, trips, residual
        self.cargoes = cargoes(need, logistics, trips)
        self.count = len(self.cargoes)
        self.number = {name: k for k, name in enumerate(need.names)}
        self.linear = LinearProgram()
        fleets = [logistics.fleets[trips[cargo.trip].fleet] for cargo in self.cargoes]
        for fleet in fleets:
            self.linear.add_column(0.0, self._most_trucks(fleet), integer=True)
        for fleet, cargo in zip(fleets, self.cargoes, strict=True):
            self.linear.add_column(0.0, self._most_trucks(fleet) * cargo.load)

    def build(self) -> DeliveryProgram:
        """The program, all of it."""
        for k, cargo in enumerate(self.cargoes):
            self.linear.add_row(-np.inf, 0.0, [(self.count + k, 1.0), (k, -cargo.load)])
        self._crossings()
        self._fleets()
        self._stops()
        self._roads()
        self._warehouses()
        self._zones()
        busy = [self._hours(self.trips[cargo.trip]) for cargo in self.cargoes]
        best_worth = self.need.unit_worth().max(axis=(0, 2, 3), initial=0.0)
        full = np.array([cargo.load * best_worth[self.number[cargo.item]] for cargo in self.cargoes], float)
        return DeliveryProgram(
            self.trips,
            self.cargoes,
            self.count,
            self.linear,
            _COST * full * np.array(busy, float),
        )

    def _most_trucks(self, fleet: Fleet) -> float:
        """Trucks of one cargo at most."""
        return float(fleet.count)

    def _hours(self, trip: Trip) -> float:
        end = trip.back.arrive if trip.back is not None else trip.free
        return self.scenario.clock.hours(end - trip.first)

    def _column(self, high: float, worth: float = 0.0) -> int:
        return self.linear.add_column(0.0, high, worth)

    def _limit(self, columns: list[int], upper: float, values: list[float] | None = None) -> None:
        if columns and np.isfinite(upper):
            self._row(columns, values if values is not None else [1.0] * len(columns), -np.inf, upper)

    def _row(self, columns: list[int], values: list[float], low: float, high: float) -> None:
        self.linear.add_row(low, high, zip(columns, values, strict=True))

    def _crossings(self) -> None:
        """Inspection by slot, trucks by day, and supply by day."""
        logistics, hours = self.logistics, self.scenario.clock.hours(slot_steps(self.scenario))
        slots: dict[tuple[str, int], list[int]] = defaultdict(list)
        days: dict[tuple[str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            base = logistics.fleets[trip.fleet].base
            if logistics.stops[base].kind == "crossing":
                slots[base, trip.slot].append(k)
                days[base, cargo.day].append(k)
        for (base, slot), columns in slots.items():
            self._limit(columns, logistics.stops[base].trucks_per_hour * hours * self._open(base, slot))
        for (base, _), columns in days.items():
            self._limit(columns, logistics.stops[base].trucks_per_day)
        self._supply()

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

    def _fleets(self) -> None:
        """No more trucks away at once than there are: counted whenever one begins to load."""
        spans: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            start, end = busy_steps(trip, self.logistics.fleets[trip.fleet].load, self.scenario.steps)
            spans[trip.fleet].append((start, end, k))
        for fleet, trips_of_fleet in spans.items():
            starts = np.array([span[0] for span in trips_of_fleet])
            ends = np.array([span[1] for span in trips_of_fleet])
            columns = np.array([span[2] for span in trips_of_fleet])
            seen: set[tuple[int, ...]] = set()
            for at in np.unique(starts).tolist():
                away = tuple(columns[(starts <= at) & (ends > at)].tolist())
                if away not in seen:
                    seen.add(away)
                    self._limit(list(away), self.logistics.fleets[fleet].count)

    def _stops(self) -> None:
        """Handling by slot."""
        hours = self.scenario.clock.hours(slot_steps(self.scenario))
        slots: dict[tuple[str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            trip = self.trips[cargo.trip]
            slots[trip.stop, trip.unload // slot_steps(self.scenario)].append(k)
        for (place, slot), columns in slots.items():
            stop, share = self.logistics.stops[place], self._open(place, slot)
            self._limit(columns, stop.trucks_per_hour * hours * share)
            weights = [self.logistics.weight[self.cargoes[k].item] for k in columns]
            self._limit([self.count + k for k in columns], stop.tonnes_per_hour * 1000 * hours * share, weights)

    def _roads(self) -> None:
        """Room that people leave on roads and at checkpoints; rows that can never bind are left out."""
        assert self.residual is not None
        by_trip: dict[int, list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            by_trip[cargo.trip].append(k)
        users: dict[tuple[str, int, int], list[int]] = defaultdict(list)
        keys_by_trip = keys_of_trips([self.trips[number] for number in by_trip], self.residual.network, self.scenario)
        for number, keys in zip(by_trip, keys_by_trip, strict=True):
            for key in keys:
                users[key].append(number)
        for key, numbers in users.items():
            capacity = self.residual.trucks(key)
            fleets = {self.trips[number].fleet for number in numbers}
            # a truck is away on one trip at a time, and enters a road at most twice on it
            if capacity < 2 * sum(self.logistics.fleets[fleet].count for fleet in fleets):
                self._limit([k for number in numbers for k in by_trip[number]], capacity)

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
            before = -1
            for day in range(len(need.ends)):
                keep = float((1 - loss) ** length[day])
                left = self._column(np.inf)
                taken_out, brought = out.get((place, item, day), []), into.get((place, item, day), [])
                # left = (before - gone) * keep + come, and gone <= before
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
            before = -1
            for day in range(days):
                left = self._column(np.inf)
                columns = [left, *used[day, item, zone], *arriving.get((day, item, zone), ())]
                values = [1.0] * (1 + len(used[day, item, zone]))
                values += [-1.0] * len(arriving.get((day, item, zone), ()))
                if before >= 0:
                    columns, values = [*columns, before], [*values, -1.0]
                for chain in need.chains:
                    rate = chain.share[day] * chain.yields * chain.parts[day, zone]
                    if chain.makes == item and rate > 0 and (chain.uses, chain.zone) in active:
                        columns = [*columns, *used[day, chain.uses, chain.zone]]
                        values = [*values, *[-rate] * len(used[day, chain.uses, chain.zone])]
                self._row(columns, values, 0.0, 0.0)
                before = left


def busy_steps(trip: Trip, load: int, steps: int) -> tuple[int, int]:
    """Steps from which on, and up to which, the trucks of a trip are away from others' use."""
    return max(trip.first - load, 0), trip.back.arrive if trip.back is not None else steps


def open_share(is_open: NDArray[np.bool_], slot: int, width: int) -> float:
    """Share of a whole slot for which a place is open."""
    return float(is_open[slot * width : (slot + 1) * width].sum()) / width


def keys_of_trips(trips: Iterable[Trip], network: RoadNetwork, scenario: Scenario) -> list[set[CapacityKey]]:
    """Roads and checkpoints that each trip takes room of, by slot, on both ways; by its first truck."""
    control, width = checkpoints_at(network, scenario), slot_steps(scenario)

    def keys(path: TruckPath, depart: int) -> set[CapacityKey]:
        return keys_of_arcs(path.arcs(scenario.step_minutes), depart, network, control, width)

    return [
        keys(trip.path, trip.first) | (keys(trip.back.path, trip.back.depart) if trip.back is not None else set())
        for trip in trips
    ]
