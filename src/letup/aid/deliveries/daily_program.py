"""The most that any deliveries could reach while zones are quiet: a program of days, and what its duals prove.

Only days count here: a load may arrive on the first day on which any truck could be there, or later; inspection,
handling and trucks are what a day has of them; ways take as long as the quickest when every checkpoint is passed
without waiting, and roads have room for all. Whatever trucks do from hour to hour adds up to a solution of this
program. So no deliveries reach more than any duals of it prove, by weak duality, and numpy and SciPy are enough to lay
it out again and add them up.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.aid.deliveries.logistics import Fleet, Logistics, slot_steps
from letup.aid.deliveries.need import Need
from letup.aid.deliveries.program import CargoProgram, ProgramBuilder
from letup.aid.deliveries.trip import Trip, open_spells
from letup.aid.deliveries.truck_paths import TruckPath, arc_minutes, checkpoints_at, last_stretch, truck_zones
from letup.core.arrays import Bools, Floats
from letup.core.errors import LetupError
from letup.core.graphs import cheapest_arcs
from letup.lp.program import DualBounds
from letup.roads.departures import open_steps
from letup.roads.last_stretches import road_access
from letup.roads.network import RoadNetwork
from letup.roads.reach import open_to
from letup.roads.timed import CONTROL_MINUTES
from letup.scenario.model import Scenario

_EXACT = 1e-6
_NOWHERE = TruckPath((), np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class QuickestWays:
    """Least that trucks of one speed need between places, whatever they wait for.

    Attributes
    ----------
    minutes : dict of (str, str) to float
        Minutes on the way from one place to another; pairs without a way are left out.
    paused_minutes : dict of (str, str) to float
        Minutes of any way between them on roads that need a pause, at least.
    """

    minutes: dict[tuple[str, str], float]
    paused_minutes: dict[tuple[str, str], float]


def quickest_ways(
    scenario: Scenario, network: RoadNetwork, places: Iterable[str], speed_kmh: float, quiet: Bools
) -> QuickestWays:
    """Find the quickest ways between places along roads whose zones are quiet for long enough at some time.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    places : iterable of str
        Ids of places.
    speed_kmh : float
        Speed of trucks where roads allow it.
    quiet : bool[Z, T]
        When trucks may be in each zone at most.
    """
    arc_zone, node_zone = truck_zones(scenario, network)
    longest = np.array([_longest(row) for row in quiet] + [scenario.steps]) * scenario.step_minutes + _EXACT
    hours = scenario.places.get("hours", {})
    control = checkpoints_at(network, scenario)
    passable = np.ones(len(network.lon), bool)
    minutes = arc_minutes(network, speed_kmh)
    paused = np.where(arc_zone >= 0, minutes, 0.0)
    open_arcs = open_to(network, "lorry") & (minutes <= longest[arc_zone])
    for node, place in control.items():
        at = int(node_zone[node])
        is_open = open_steps(hours.get(place), scenario, scenario.steps, scenario.step_minutes)
        passable[node] = bool(is_open.any()) and longest[at] >= CONTROL_MINUTES
        into = network.head == node
        minutes = minutes + np.where(into, CONTROL_MINUTES, 0.0)
        paused = paused + np.where(into & (at >= 0), CONTROL_MINUTES, 0.0)
    arcs = np.flatnonzero(open_arcs & passable[network.head])
    tail, head = network.tail[arcs].astype(np.int64).tolist(), network.head[arcs].astype(np.int64).tolist()
    costs, paused_costs = minutes[arcs].tolist(), paused[arcs].tolist()
    access = road_access(network, scenario, places)
    size, origin, target = len(network.lon), dict[str, int](), dict[str, int]()
    for place, near in access.items():
        # apart, so that no way leads through a place
        origin[place], target[place] = size, size + 1
        size += 2
        for node, metres in near.items():
            pieces = last_stretch(network, node_zone, place, node, metres, speed_kmh)
            if any(piece.minutes > longest[piece.zone] for piece in pieces):
                continue
            stretch = sum(piece.minutes for piece in pieces)
            needs_pause = sum(piece.minutes for piece in pieces if piece.zone >= 0)
            tail += [origin[place], node]
            head += [node, target[place]]
            costs += [stretch, stretch]
            paused_costs += [needs_pause, needs_pause]
    names = list(origin)
    least = [_least(tail, head, cost, size, [origin[name] for name in names]) for cost in (costs, paused_costs)]
    found: list[dict[tuple[str, str], float]] = [
        {
            (a, b): float(table[i, target[b]])
            for i, a in enumerate(names)
            for b in names
            if a != b and math.isfinite(table[i, target[b]])
        }
        for table in least
    ]
    return QuickestWays(*found)


def _longest(row: Bools) -> int:
    """Steps of the longest run of quiet."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _least(tail: list[int], head: list[int], costs: list[float], size: int, origins: list[int]) -> Floats:
    """Least cost from each origin to all nodes: float64[origins, size]."""
    if not origins or not tail:
        return np.full((len(origins), size), np.inf)
    tails, heads = np.array(tail), np.array(head)
    arcs = cheapest_arcs(tails, heads, np.array(costs))
    cost = np.maximum(np.array(costs)[arcs], 1e-12)  # what costs nothing costs next to nothing: SciPy takes 0 as no arc
    graph = csr_array((cost, (tails[arcs], heads[arcs])), shape=(size, size))
    return np.asarray(dijkstra(graph, indices=origins), float).reshape(len(origins), size)


def daily_program(
    scenario: Scenario, network: RoadNetwork, logistics: Logistics, need: Need, quiet: Bools
) -> CargoProgram:
    """Lay out the program of days.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    logistics : Logistics
        What deliveries are made with.
    need : Need
        What can be met.
    quiet : bool[Z, T]
        When trucks may be in each zone at most.
    """
    speeds = sorted({fleet.speed_kmh for fleet in logistics.fleets})
    ways = {speed: quickest_ways(scenario, network, logistics.stops, speed, quiet) for speed in speeds}
    return _DailyProgram(scenario, network, logistics, need, ways, quiet).build()


def proven_bound(need: Need, program: CargoProgram, duals: Floats) -> float:
    """What no deliveries can exceed in value, as duals of the program of days prove it.

    Parameters
    ----------
    need : Need
        What can be met.
    program : CargoProgram
        From `daily_program`.
    duals : float64[rows]
        One for each row. Any will do: those that are wrong only weaken the bound.

    Raises
    ------
    LetupError
        ``deliveries.certificate`` if there is not one finite dual for each row.
    """
    if np.shape(duals) != (program.linear.rows,) or not np.isfinite(duals).all():
        message = (
            f"{np.size(duals)} duals, or some that are not finite, where the program has {program.linear.rows} rows"
        )
        raise LetupError("deliveries.certificate", message, "Use the certificate of the same plan.")
    bound = DualBounds(program.linear).bound(np.asarray(duals, np.float64)) if program.trucks else 0.0
    return need.value_without()[1] + max(bound, 0.0)


def _in_hours(rate: float, hours: float) -> float:
    """What a rate comes to in some hours; nothing in none, even where the rate has no limit."""
    return rate * hours if hours > 0 else 0.0


class _DailyProgram(ProgramBuilder):
    """Rows of days in place of those of hours."""

    def __init__(
        self,
        scenario: Scenario,
        network: RoadNetwork,
        logistics: Logistics,
        need: Need,
        ways: dict[float, QuickestWays],
        quiet: Bools,
    ) -> None:
        self.ways, self.quiet, self.step_minutes = ways, quiet, scenario.step_minutes
        _, self.node_zone = truck_zones(scenario, network)
        self.access = road_access(network, scenario, logistics.stops)
        self.place_node = network.place_node
        self._shortest: dict[str, int] = {}
        super().__init__(scenario, logistics, need, self._loads(scenario, logistics, need))

    def _loads(self, scenario: Scenario, logistics: Logistics, need: Need) -> list[Trip]:
        """For each fleet, stop and day of loading a trip that is unloaded on each day on which one could be."""
        days, steps = len(need.ends), scenario.steps
        starts = np.searchsorted(need.day_of_step, np.arange(days + 1))
        trips = []
        for number, fleet in enumerate(logistics.fleets):
            base = logistics.stops.get(fleet.base)
            if base is None:
                continue
            departs = open_spells(base.is_open, fleet.load + 1, ends=True) & self._stretch_is_quiet(fleet.base)
            for stop in logistics.stops.values():
                minutes = self.ways[fleet.speed_kmh].minutes.get((fleet.base, stop.id))
                if stop.kind == "crossing" or minutes is None:
                    continue
                lasts = self._steps(minutes)
                # A truck is there at the end of a step, and unloaded in steps that are open throughout.
                there = np.append(False, self._stretch_is_quiet(stop.id)) if lasts else np.ones(steps + 1, bool)
                opens = np.append(open_spells(stop.is_open, fleet.unload, ends=False), False)
                if not fleet.unload:
                    opens = np.ones(steps + 1, bool)
                for day in range(days):
                    departures = np.flatnonzero(departs[starts[day] : starts[day + 1]])
                    if not len(departures):
                        continue
                    first = int(starts[day] + departures[0])
                    arrival = _first(there, first + lasts)
                    unload = _first(opens, arrival)
                    if unload + fleet.unload > steps:
                        continue
                    earliest = int(need.day_of_step[max(unload + fleet.unload - 1, 0)])
                    trips += [
                        Trip(number, stop.id, 0, first, first, _NOWHERE, 0, 0, int(starts[free_day + 1]), None)
                        for free_day in range(earliest, days)
                    ]
        return trips

    def _steps(self, minutes: float) -> int:
        """Whole steps that a way of so many minutes takes at least."""
        return math.ceil((minutes - 2 * _EXACT) / self.step_minutes) if minutes > 2 * _EXACT else 0

    def _stretch_is_quiet(self, place: str) -> Bools:
        """Steps at which a truck may be on the half of a last stretch that lies at the place: bool[T]."""
        if place not in self.place_node:  # no road leads there
            return np.zeros(self.quiet.shape[1], bool)
        near, zone = self.access.get(place, {}), int(self.node_zone[self.place_node[place]])
        if zone < 0 or not near or min(near.values()) <= 0:
            return np.ones(self.quiet.shape[1], bool)
        return np.asarray(self.quiet[zone], bool)

    def _away(self, fleet: Fleet, stop: str) -> tuple[int, int]:
        """Steps for which a truck is away at least: until it is unloaded, and on its way back."""
        minutes = self.ways[fleet.speed_kmh].minutes
        out, back = minutes[fleet.base, stop], minutes.get((stop, fleet.base), 0.0)
        return fleet.load + self._steps(out) + fleet.unload, self._steps(back)

    def _most_left(self, came: float) -> float:
        """All that came: duals prove something only where every column is bounded."""
        return came

    def _most_trucks(self, fleet: Fleet) -> float:
        """Trucks of one cargo at most: each goes as often as the shortest trip lets it."""
        if fleet.id not in self._shortest:
            pairs = self.ways[fleet.speed_kmh].minutes
            stops = [
                stop for base, stop in pairs if base == fleet.base and self.logistics.stops[stop].kind != "crossing"
            ]
            self._shortest[fleet.id] = min((sum(self._away(fleet, stop)) for stop in stops), default=1)
        return float(fleet.count * (self.scenario.steps // max(self._shortest[fleet.id], 1) + 1))

    def _crossings(self) -> None:
        """Inspection and trucks by day."""
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

    def _fleets(self) -> None:
        """Each truck goes as often as the time lets it, and is on its way back once at the end."""
        of_fleet: dict[int, list[int]] = defaultdict(list)
        for k, cargo in enumerate(self.cargoes):
            of_fleet[self.trips[cargo.trip].fleet].append(k)
        quiet_minutes = int(self.quiet.any(axis=0).sum()) * self.scenario.step_minutes
        for number, columns in of_fleet.items():
            fleet = self.logistics.fleets[number]
            stops = [self.trips[self.cargoes[k].trip].stop for k in columns]
            away = [self._away(fleet, stop) for stop in stops]
            truck_steps = fleet.count * (self.scenario.steps + max(back for _, back in away))
            self._limit(columns, truck_steps, [float(out + back) for out, back in away])
            self._begun(fleet, columns, min(out + back for out, back in away))
            # On roads that need a pause trucks are only while there is one.
            paused = self.ways[fleet.speed_kmh].paused_minutes
            there = [paused[fleet.base, stop] for stop in stops]
            return_ = [paused.get((stop, fleet.base), 0.0) for stop in stops]
            self._limit(
                columns,
                fleet.count * (quiet_minutes + max(return_)),
                [max(out + back - 4 * _EXACT, 0.0) for out, back in zip(there, return_, strict=True)],
            )

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


def _first(state: Bools, step: int) -> int:
    """The first step from one on at which something holds; beyond all if there is none."""
    after = np.flatnonzero(state[step:])
    return int(after[0]) + step if len(after) else len(state) + step
