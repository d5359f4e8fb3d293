"""Ways of vehicles from place to place, with the zones they pass and when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.roads.last_stretches import joins, stretch_minutes
from letup.roads.network import RoadNetwork
from letup.roads.open_times import Bools, Guards
from letup.roads.timed import CONTROL_MINUTES
from letup.scenario.model import Scenario

_LEVELS = 3
_ENOUGH = 0.8


@dataclass(frozen=True)
class Way:
    """A way from one place to another.

    Attributes
    ----------
    arcs : tuple of int
        Arcs of the RoadNetwork, in order; none between places at one node.
    offsets : tuple of int
        Minutes from leaving until each arc is entered, rounded down.
    minutes : int
        Minutes in all, rounded up.
    length_m : float
        Length, metres.
    passages : tuple of (row, first, last)
        Rows of the Guards and the minutes since leaving from and up to which each has to be free, rounded outwards.
    off_road_m : float
        Metres of it on last stretches, which no map shows to bear vehicles.
    """

    arcs: tuple[int, ...]
    offsets: tuple[int, ...]
    minutes: int
    length_m: float
    passages: tuple[tuple[int, int, int], ...]
    off_road_m: float = 0.0


class Roads:
    """The road network as vehicles of one speed see it.

    A place beside the roads that vehicles can use is reached by a last stretch from the nearest of them, the half at
    the place in its zone, the other half in the zone of the road.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world, and its roads.
    guards : Guards
        When zones are quiet and checkpoints open.
    speed_kmh : float
        Free speed of the vehicles; on a road the lower of this and the road's own.
    """

    def __init__(self, scenario: Scenario, network: RoadNetwork, guards: Guards, speed_kmh: float) -> None:
        self.network, self.guards, self.speed_kmh = network, guards, speed_kmh
        self.open = network.vehicles_per_hour > 0
        self.join = joins(network, scenario)
        kmh = np.minimum(speed_kmh, np.where(network.vehicle_kmh > 0, network.vehicle_kmh, speed_kmh))
        self.minutes = np.where(self.open, network.length_m * 0.06 / kmh, np.inf)
        self.control: dict[int, str] = {}
        for place, kind in scenario.places["kind"].items():
            if kind == "checkpoint" and str(place) in network.place_node:
                node = network.place_node[str(place)]
                if node not in self.control or str(place) in guards.row_of_hours:
                    self.control[node] = str(place)
        nodes = np.array(list(self.control), np.int64)
        self.minutes = self.minutes + np.where(np.isin(network.head, nodes), CONTROL_MINUTES, 0.0)

    def between(self, places: Sequence[str], first: int, last: int) -> dict[tuple[str, str], Way]:
        """For each pair of places the way to take from minute ``first`` up to minute ``last``.

        Among the quickest ways that keep to zones quiet for long enough, the quickest that can be begun nearly as
        often (80 %) as the one that can be begun at most minutes. Pairs without a way that can be begun are left out.
        """
        found: dict[tuple[str, str], list[Way]] = {}
        there = [place for place in places if place in self.join]
        nodes = sorted({node for place in there for node in self.join[place]})
        for usable in self._choices(first, last):
            quickest = self._quickest(nodes, usable)
            for one, other in permutations(there, 2):
                ways = [
                    self.way(quickest[start, end], (one, start), (other, end))
                    for start, end in product(self.join[one], self.join[other])
                    if (start, end) in quickest
                ]
                if ways:
                    way = min(ways, key=lambda way: (way.minutes, way.length_m))
                    if way not in found.setdefault((one, other), []):
                        found[one, other].append(way)
        chosen: dict[tuple[str, str], Way] = {}
        for pair, ways in found.items():
            counts = [int(self.begins(way)[first:last].sum()) for way in ways]
            most = max(counts)
            good = [way for way, count in zip(ways, counts, strict=True) if count and count >= _ENOUGH * most]
            if good:
                chosen[pair] = min(good, key=lambda way: (way.minutes, way.length_m))
        return chosen

    def way(self, arcs: Iterable[int], one: tuple[str, int], other: tuple[str, int]) -> Way:
        """The way along some arcs from one place to another, with the last stretch at each end.

        ``one`` and ``other`` are places with the nodes at which they join the roads.
        """
        arcs = tuple(arcs)
        along, length = 0.0, 0.0
        offsets: list[int] = []
        passages: list[tuple[int, int, int]] = []

        def pass_(zone: int, minutes: float) -> None:
            nonlocal along
            entered, along = along, along + minutes
            if zone < 0 or not minutes:
                return
            leaves = math.ceil(along - 1e-9)
            if passages and passages[-1][0] == zone:
                passages[-1] = (zone, passages[-1][1], leaves)
            else:
                passages.append((zone, math.floor(entered + 1e-9), leaves))

        for zone, metres in self.stretch(*one):
            pass_(zone, stretch_minutes(metres, self.speed_kmh))
        checks: list[tuple[int, int, int]] = []
        for arc in arcs:
            offsets.append(math.floor(along + 1e-9))
            pass_(int(self.network.zone[arc]), float(self.minutes[arc]))
            length += float(self.network.length_m[arc])
            row = self.guards.row_of_hours.get(self.control.get(int(self.network.head[arc]), ""), -1)
            if row >= 0:
                checks.append((row, math.floor(along - CONTROL_MINUTES), math.ceil(along - 1e-9)))
        for zone, metres in self.stretch(*other)[::-1]:
            pass_(zone, stretch_minutes(metres, self.speed_kmh))
        beside = sum(metres for end in (one, other) for _, metres in self.stretch(*end))
        return Way(arcs, tuple(offsets), math.ceil(along - 1e-9), length + beside, (*passages, *checks), beside)

    def stretch(self, place: str, node: int) -> list[tuple[int, float]]:
        """Zone and metres of the two halves of a last stretch, from the place on; empty if the place is on a road."""
        metres = self.join[place][node]
        if not metres:
            return []
        return [(int(self.network.node_zone[at]), metres / 2) for at in (self.network.place_node[place], node)]

    def given(self, origin: str, destination: str, text: str) -> Way | None:
        """The way that a table of deliveries names ("arc@offset ..."); None if it does not lead there by vehicle."""
        arcs: list[int] = []
        for part in text.split():
            number = part.partition("@")[0]
            arc = int(number) if number.isdecimal() else -1
            if not 0 <= arc < len(self.minutes) or not math.isfinite(self.minutes[arc]):
                return None
            if arcs and self.network.tail[arc] != self.network.head[arcs[-1]]:
                return None
            arcs.append(arc)
        ends = ends_of(self.network, arcs, self.join.get(origin, {}), self.join.get(destination, {}))
        return None if ends is None else self.way(arcs, (origin, ends[0]), (destination, ends[1]))

    def begins(self, way: Way) -> Bools:
        """At which minutes a way can be begun so that every zone is quiet while it is passed."""
        free = np.ones(self.guards.minutes, bool)
        free[max(0, self.guards.minutes - way.minutes) :] = False
        for row, first, last in way.passages:
            free &= self.guards.starts(row, first, last)
        return free

    def _choices(self, first: int, last: int) -> list[Bools]:
        """Sets of arcs to look for ways on: all whose zone is quiet at all, and those quiet for longer."""
        zones = self.network.zone
        calm = self.guards.free[: self.guards.zones, first:last].sum(axis=1)
        levels = np.unique(calm[calm > 0])
        if len(levels) > _LEVELS:
            levels = levels[np.linspace(0, len(levels) - 1, _LEVELS).round().astype(int)]
        needed = [np.where(zones >= 0, calm[np.maximum(zones, 0)], np.iinfo(np.int64).max)] if len(calm) else []
        return [self.open & (needed[0] >= level) for level in levels] or [self.open & (zones < 0)]

    def _quickest(self, nodes: list[int], usable: Bools) -> dict[tuple[int, int], list[int]]:
        """Arcs of the quickest way between each two nodes."""
        some = np.flatnonzero(usable)
        order = np.lexsort((self.minutes[some], self.network.head[some], self.network.tail[some]))
        some = some[order]
        first = np.ones(len(some), bool)
        first[1:] = (np.diff(self.network.tail[some]) != 0) | (np.diff(self.network.head[some]) != 0)
        some = some[first]
        tail, head = self.network.tail[some], self.network.head[some]
        size = len(self.network.lon)
        graph = csr_array((np.maximum(self.minutes[some], 1e-9), (tail, head)), shape=(size, size))
        arc = dict(zip(zip(tail.tolist(), head.tolist(), strict=True), some.tolist(), strict=True))
        far, before = dijkstra(graph, indices=nodes, return_predecessors=True)
        return {
            (one, other): [] if one == other else _back(before[i], one, other, arc)
            for i, one in enumerate(nodes)
            for other in nodes
            if np.isfinite(far[i, other])
        }


def ends_of(
    network: RoadNetwork, arcs: Sequence[int], one: Mapping[int, float], other: Mapping[int, float]
) -> tuple[int, int] | None:
    """Nodes at which a way along arcs leaves the stretch of one place and meets that of another; None if it does not.

    ``one`` and ``other`` are the nodes at which the places join the roads.
    """
    if arcs:
        ends = int(network.tail[arcs[0]]), int(network.head[arcs[-1]])
        return ends if ends[0] in one and ends[1] in other else None
    common = [node for node in one if node in other]
    return (common[0], common[0]) if common else None


def _back(before: NDArray[np.int32], start: int, end: int, arc: dict[tuple[int, int], int]) -> list[int]:
    arcs: list[int] = []
    while end != start:
        then = int(before[end])
        arcs.append(arc[then, end])
        end = then
    return arcs[::-1]
