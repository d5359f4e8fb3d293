"""The most that any deliveries could reach in any windows within the limits, for a bound that covers all of them.

`letup.aid.deliveries.make.program` knows one trip for each hour of departure. Which one that is depends on what is
quiet, so its value for everything quiet is not by itself a bound for less. Here only days count: a load may arrive on
the first day on which any truck could be there, or later; inspection, handling and trucks are what a day has of them.
Whatever trucks do from hour to hour adds up to a solution of this program (with ways timed in the same units).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Fleet, Logistics, slot_steps
from letup.aid.deliveries.make.program import DeliveryProgram, ProgramBuilder
from letup.aid.deliveries.make.trips import ArrivalTable, Trip, open_spells
from letup.aid.deliveries.make.truck_network import TruckNetwork
from letup.aid.deliveries.need import Need
from letup.aid.deliveries.truck_paths import TruckPath
from letup.roads.timed_network import quiet_runs
from letup.scenario.model import Scenario

_NOWHERE = TruckPath((), np.zeros(0), np.zeros(0))


def daily_program(
    scenario: Scenario,
    logistics: Logistics,
    roads: dict[float, TruckNetwork],
    need: Need,
    usable: NDArray[np.bool_],
    trips: list[Trip],
) -> DeliveryProgram:
    """The program of days, for all that may be quiet.

    Parameters
    ----------
    scenario, logistics, roads, need
        What deliveries are made with.
    usable : bool[Z, T]
        When trucks may be in each zone at most.
    trips : list of Trip
        Trips that could be made then; how long they take at least bounds how often trucks go.
    """
    loads = _loads(logistics, roads, need, usable)
    return _DailyProgram(scenario, logistics, need, loads, _busy(logistics, trips)).build()


def _loads(logistics: Logistics, roads: dict[float, TruckNetwork], need: Need, usable: NDArray[np.bool_]) -> list[Trip]:
    """For each fleet, stop and day of loading a trip that arrives on each day on which one could."""
    days = len(need.ends)
    starts = np.searchsorted(need.day_of_step, np.arange(days + 1))
    trips = []
    for speed, layout in roads.items():
        openings = layout.openings(quiet_runs(usable.shape[0], usable.shape[1], usable))
        for stop in logistics.stops.values():
            if stop.kind == "crossing" or stop.id not in layout.target:
                continue
            fleets = [
                (k, fleet)
                for k, fleet in enumerate(logistics.fleets)
                if fleet.speed_kmh == speed and fleet.base != stop.id and fleet.base in layout.origin
            ]
            table = ArrivalTable(layout, openings, stop.id) if fleets else None
            for k, fleet in fleets:
                assert table is not None
                can_depart = open_spells(logistics.stops[fleet.base].is_open, fleet.load + 1, ends=True)
                for day in range(days):
                    departures = np.flatnonzero(can_depart[starts[day] : starts[day + 1]])
                    arrives = table.earliest(fleet.base, int(starts[day] + departures[0])) if len(departures) else -1
                    if 0 <= arrives < len(need.day_of_step):
                        first = int(starts[day] + departures[0])
                        trips += [
                            Trip(k, stop.id, 0, first, first, _NOWHERE, 0, 0, int(starts[arrival_day + 1]), None)
                            for arrival_day in range(int(need.day_of_step[arrives]), days)
                        ]
    return trips


def _busy(logistics: Logistics, trips: list[Trip]) -> dict[tuple[int, str], tuple[int, int]]:
    """Steps for which a truck is away at least, for each fleet and stop: until it is unloaded, and the way back.

    A way can be a step shorter than the quickest found, by rounding.
    """
    steps: dict[tuple[int, str], tuple[int, int]] = {}
    for trip in trips:
        fleet = logistics.fleets[trip.fleet]
        until_unloaded = fleet.load + max(trip.lasts - 1, 0) + fleet.unload
        back = max(trip.back.arrive - trip.back.depart - 1, 0) if trip.back is not None else 0
        before = steps.get((trip.fleet, trip.stop), (until_unloaded, back))
        steps[trip.fleet, trip.stop] = (min(before[0], until_unloaded), min(before[1], back))
    return steps


def _in_hours(rate: float, hours: float) -> float:
    """What a rate comes to in some hours; nothing in none, even where the rate has no limit."""
    return rate * hours if hours > 0 else 0.0


class _DailyProgram(ProgramBuilder):
    """Rows of days in place of those of hours."""

    def __init__(
        self,
        scenario: Scenario,
        logistics: Logistics,
        need: Need,
        loads: list[Trip],
        busy: dict[tuple[int, str], tuple[int, int]],
    ) -> None:
        super().__init__(scenario, logistics, need, loads, None)
        self.busy = busy

    def _most_trucks(self, fleet: Fleet) -> float:  # noqa: ARG002
        """No limit: how often a truck may go is for `_fleets` to say."""
        return np.inf

    def _crossings(self) -> None:
        """Inspection and trucks by day, and supply by day."""
        logistics, width = self.logistics, slot_steps(self.scenario)
        hours = self.scenario.clock.hours(width)
        inspected: dict[tuple[str, int], float] = defaultdict(float)
        for place, stop in logistics.stops.items():
            # an hour that lies in two days counts in both
            slots = {(int(day), step // width) for step, day in enumerate(self.need.day_of_step)}
            for day, slot in slots:
                inspected[place, day] += _in_hours(stop.trucks_per_hour, hours * self._open(place, slot))
        days: dict[tuple[str, int], list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            base = logistics.fleets[self.trips[cargo.trip].fleet].base
            if logistics.stops[base].kind == "crossing":
                days[base, cargo.day].append(k)
        for (base, day), columns in days.items():
            self._limit(columns, min(inspected[base, day], logistics.stops[base].trucks_per_day))
        self._supply()

    def _fleets(self) -> None:
        """Each truck goes as often as the time lets it, and is on its way back once at the end."""
        of_fleet: dict[int, list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            of_fleet[self.trips[cargo.trip].fleet].append(k)
        for number, columns in of_fleet.items():
            fleet = self.logistics.fleets[number]
            spells = [self.busy.get((number, self.trips[self.cargoes[k].trip].stop), (1, 0)) for k in columns]
            truck_steps = fleet.count * (self.scenario.steps + max(back for _, back in spells))
            self._limit(columns, truck_steps, [float(out + back) for out, back in spells])
            self._begun(fleet, columns, min(out + back for out, back in spells))

    def _begun(self, fleet: Fleet, columns: list[int], shortest: int) -> None:
        """Trips begun until the end of each day."""
        for day in range(len(self.need.ends)):
            until = int(np.searchsorted(self.need.day_of_step, day, side="right"))
            until_day = [k for k in columns if self.cargoes[k].day <= day]
            self._limit(until_day, fleet.count * (until // max(shortest, 1) + 1))

    def _stops(self) -> None:
        """Handling until the end of each day: what is unloaded by then was let in by then."""
        width = slot_steps(self.scenario)
        hours = self.scenario.clock.hours(width)
        at: dict[str, list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            at[self.trips[cargo.trip].stop].append(k)
        for place, columns in at.items():
            stop = self.logistics.stops[place]
            for day in range(len(self.need.ends)):
                until = int(np.searchsorted(self.need.day_of_step, day, side="right"))
                open_hours = hours * sum(self._open(place, slot) for slot in range(-(-until // width)))
                until_day = [k for k in columns if self.cargoes[k].arrives <= day]
                weights = [self.logistics.weight[self.cargoes[k].item] for k in until_day]
                self._limit(until_day, _in_hours(stop.trucks_per_hour, open_hours))
                tonnes = _in_hours(stop.tonnes_per_hour, open_hours)
                self._limit([self.count + k for k in until_day], 1000 * tonnes, weights)

    def _roads(self) -> None:
        """Roads are left out: that can only raise the bound."""
