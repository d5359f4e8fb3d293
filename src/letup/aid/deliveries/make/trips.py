"""Every trip that trucks could make: from a base to a stop and back, one for each slot of departure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Fleet, Logistics, Stop, slot_steps
from letup.aid.deliveries.make.truck_network import Openings, TruckNetwork, stays_open, timed_path
from letup.aid.deliveries.trip import Return, Trip, open_spells
from letup.aid.deliveries.truck_paths import TruckPath
from letup.core.arrays import Bools, Ints
from letup.roads.network import RoadNetwork
from letup.roads.timed_network import quiet_runs
from letup.scenario.model import Scenario


def noisy_before(quiet: Bools) -> NDArray[np.int64]:
    """Steps that are not quiet before each step, by zone: int64[Z, T + 1]."""
    return np.concatenate([np.zeros((len(quiet), 1), np.int64), np.cumsum(~quiet, axis=1)], axis=1)


def truck_networks(scenario: Scenario, network: RoadNetwork, logistics: Logistics) -> dict[float, TruckNetwork]:
    """The roads laid out for each speed: they stay the same whatever is quiet."""
    speeds = sorted({fleet.speed_kmh for fleet in logistics.fleets})
    return {speed: TruckNetwork(scenario, network, logistics.stops, speed) for speed in speeds}


def trips(logistics: Logistics, roads: dict[float, TruckNetwork], quiet: Bools) -> list[Trip]:
    """All trips that could be made while zones are quiet.

    For each fleet, stop and slot of departure there is one: the quickest of the slot, with all steps around it from
    which the same way is open, so that trucks may leave one after the other.

    Parameters
    ----------
    means : Means
        What there is.
    roads : dict of float to TruckNetwork
        From `truck_networks`.
    quiet : bool[Z, T]
        When zones are quiet.
    """
    runs, noisy = quiet_runs(quiet.shape[0], quiet.shape[1], quiet), noisy_before(quiet)
    result: list[Trip] = []
    for speed, layout in roads.items():
        openings = layout.openings(runs)
        fleets = [(k, fleet) for k, fleet in enumerate(logistics.fleets) if fleet.speed_kmh == speed]
        fleets = [(k, fleet) for k, fleet in fleets if fleet.base in layout.origin and fleet.base in logistics.stops]
        outward: list[Trip] = []
        for stop in logistics.stops.values():
            if stop.kind == "crossing" or stop.id not in layout.origin:
                continue
            starting = [(k, fleet) for k, fleet in fleets if fleet.base != stop.id]
            if starting:
                outward += _outward(ArrivalTable(layout, openings, stop.id), starting, logistics, stop, noisy)
        for base in sorted({fleet.base for _, fleet in fleets}):
            own = [trip for trip in outward if logistics.fleets[trip.fleet].base == base]
            if own:
                result += _with_returns(ArrivalTable(layout, openings, base), own, noisy)
    return sorted(result, key=lambda trip: (trip.fleet, trip.first, trip.stop))


class ArrivalTable:
    """Ways to one place, from everywhere, at all times."""

    def __init__(self, roads: TruckNetwork, openings: Openings, place: str) -> None:
        self.roads = roads
        self.arrive, self.then = roads.earliest_arrivals(openings, place)
        self._known: dict[str, tuple[Ints, NDArray[np.int64]]] = {}

    def earliest(self, place: str, step: int) -> int:
        """Step in which a truck that is at a place at a step arrives at the earliest; -1 if never."""
        from letup.aid.deliveries.make.kernel import NEVER

        roads = self.roads
        at = int(self.arrive[step * roads.units, roads.origin[place]])
        return at // roads.units if at < NEVER else -1

    def departures(self, place: str) -> tuple[Ints, NDArray[np.int64]]:
        """See `kernel.departures`; from a place, at each step."""
        from letup.aid.deliveries.make.kernel import departures

        if place not in self._known:
            roads = self.roads
            origin = roads.origin[place]
            self._known[place] = departures(self.arrive, self.then, roads.head, roads.lasts, origin, roads.units)
        return self._known[place]

    def path(self, place: str, step: int) -> TruckPath:
        """Way from a place at a step."""
        from letup.aid.deliveries.make.kernel import follow

        roads = self.roads
        times = self.arrive.shape[0] - 1
        arcs, entered = follow(self.then, roads.head, roads.lasts, roads.origin[place], step * roads.units, times)
        return timed_path(roads, arcs, entered, step)


def _outward(
    table: ArrivalTable, fleets: list[tuple[int, Fleet]], logistics: Logistics, stop: Stop, noisy: NDArray[np.int64]
) -> list[Trip]:
    """Trips to one stop, without their returns."""
    scenario = table.roads.scenario
    width, steps = slot_steps(scenario), scenario.steps
    trips = []
    for k, fleet in fleets:
        lasting, mark = table.departures(fleet.base)
        base = logistics.stops[fleet.base]
        can_depart = (lasting >= 0) & open_spells(base.is_open, fleet.load + 1, ends=True)
        unloading = _next(open_spells(stop.is_open, fleet.unload, ends=False))
        for slot in np.unique(np.flatnonzero(can_depart) // width).tolist():
            steps_of = np.arange(slot * width, min((slot + 1) * width, steps))
            steps_of = steps_of[can_depart[steps_of]]
            # the quickest that can be unloaded, where there is one
            for best in steps_of[np.argsort(lasting[steps_of], kind="stable")].tolist():
                first = last = best
                while first - 1 >= slot * width and can_depart[first - 1] and mark[first - 1] == mark[best]:
                    first -= 1
                while (
                    last + 1 < min((slot + 1) * width, steps) and can_depart[last + 1] and mark[last + 1] == mark[best]
                ):
                    last += 1
                path = table.path(fleet.base, best)
                if not stays_open(path, table.roads, noisy, first, last):
                    first = last = best
                    if not stays_open(path, table.roads, noisy, best, best):
                        continue
                lasts = int(-(-(path.minutes - 1e-6) // scenario.step_minutes))
                if last + lasts >= steps:
                    continue
                start, end = int(unloading[first + lasts]), int(unloading[last + lasts])
                if end < 0 or end + fleet.unload > steps:
                    continue
                trips.append(Trip(k, stop.id, slot, first, last, path, lasts, start, end + fleet.unload, None))
                break
    return trips


def _with_returns(table: ArrivalTable, outward: list[Trip], noisy: NDArray[np.int64]) -> list[Trip]:
    """The trips with their ways back."""
    from dataclasses import replace

    scenario = table.roads.scenario
    minutes, steps = scenario.step_minutes, scenario.steps
    trips = []
    returns: dict[tuple[str, int], Return | None] = {}
    for trip in outward:
        key = (trip.stop, trip.free)
        if key not in returns:
            lasting, _ = table.departures(trip.stop)
            returns[key] = None
            for step in (np.flatnonzero(lasting[trip.free :] >= 0) + trip.free).tolist():
                path = table.path(trip.stop, step)
                back = step + int(-(-(path.minutes - 1e-6) // minutes))
                if back < steps and stays_open(path, table.roads, noisy, step, step):
                    returns[key] = Return(step, back, path)
                    break
        trips.append(replace(trip, back=returns[key]))
    return trips


def _next(state: Bools) -> NDArray[np.int64]:
    """The first good step from each step on, -1 if there is none."""
    steps = len(state)
    at = np.where(state, np.arange(steps), steps)
    following = np.minimum.accumulate(at[::-1])[::-1]
    return np.where(following < steps, following, -1)
