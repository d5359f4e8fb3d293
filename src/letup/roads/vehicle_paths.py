"""Paths of vehicles from place to place, with the zones they pass and when."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.arrays import Bools
from letup.core.graphs import cheapest_arcs
from letup.roads.last_stretches import road_access, stretch_minutes
from letup.roads.network import RoadNetwork
from letup.roads.open_times import OpenTimes
from letup.roads.reach import open_to
from letup.roads.timed import CONTROL_MINUTES
from letup.scenario.model import Scenario
from letup.tables import parse_path

_LEVELS = 3
"""So many sets of arcs are looked at for paths, at most."""

_ENOUGH = 0.8
"""A path is preferred to a slower one that can be begun at more minutes, if it can be begun at this share of them."""


@dataclass(frozen=True)
class VehiclePath:
    """A path of vehicles from one place to another.

    Attributes
    ----------
    arcs : tuple of int
        Arcs of the RoadNetwork, in order; none between places at one node.
    offsets : tuple of int
        Minutes from departure until each arc is entered, rounded down.
    minutes : int
        Minutes in all, rounded up.
    length_m : float
        Length, metres.
    passages : tuple of (row, first, last)
        Rows of `OpenTimes` and the minutes since departure from and up to which each has to be open, rounded outwards.
    off_road_m : float
        Metres of it on last stretches, which no map shows to bear vehicles.
    """

    arcs: tuple[int, ...]
    offsets: tuple[int, ...]
    minutes: int
    length_m: float
    passages: tuple[tuple[int, int, int], ...]
    off_road_m: float = 0.0


class VehicleRoads:
    """The road network as vehicles of one speed see it.

    A place beside the roads that vehicles can use is reached by a last stretch from the nearest of them, the half at
    the place in its zone, the other half in the zone of the road.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world, and its roads.
    open_times : OpenTimes
        When zones are quiet and checkpoints open.
    speed_kmh : float
        Free speed of the vehicles; on a road the lower of this and the road's own.
    mode : str
        ``"lorry"`` for trucks, ``"vehicle"`` for ambulances.
    """

    def __init__(
        self, scenario: Scenario, network: RoadNetwork, open_times: OpenTimes, speed_kmh: float, mode: str = "lorry"
    ) -> None:
        self.network, self.open_times, self.speed_kmh = network, open_times, speed_kmh
        self.usable = open_to(network, mode)
        self.access = road_access(network, scenario, mode=mode)
        kmh = np.minimum(speed_kmh, np.where(network.vehicle_kmh > 0, network.vehicle_kmh, speed_kmh))
        self.minutes = np.where(self.usable, network.length_m * 0.06 / kmh, np.inf)
        self.checkpoint: dict[int, str] = {}
        for place, kind in scenario.places["kind"].items():
            if kind == "checkpoint" and str(place) in network.place_node:
                node = network.place_node[str(place)]
                if node not in self.checkpoint or str(place) in open_times.row_of_hours:
                    self.checkpoint[node] = str(place)
        nodes = np.array(list(self.checkpoint), np.int64)
        self.minutes = self.minutes + np.where(np.isin(network.head, nodes), CONTROL_MINUTES, 0.0)

    def paths_between(self, places: Sequence[str], first: int, last: int) -> dict[tuple[str, str], VehiclePath]:
        """For each pair of places the path to take from minute ``first`` up to minute ``last``.

        Among the quickest paths that keep to zones quiet for long enough, the quickest that can be begun nearly as
        often (80 %) as the one that can be begun at most minutes. Pairs without a path that can be begun are left out.
        """
        candidates: dict[tuple[str, str], list[VehiclePath]] = {}
        reached = [place for place in places if place in self.access]
        nodes = sorted({node for place in reached for node in self.access[place]})
        for usable in self._arc_sets(first, last):
            quickest = self._quickest(nodes, usable)
            for origin, destination in permutations(reached, 2):
                paths = [
                    self.path(quickest[start, end], (origin, start), (destination, end))
                    for start, end in product(self.access[origin], self.access[destination])
                    if (start, end) in quickest
                ]
                if paths:
                    path = min(paths, key=lambda path: (path.minutes, path.length_m))
                    if path not in candidates.setdefault((origin, destination), []):
                        candidates[origin, destination].append(path)
        chosen: dict[tuple[str, str], VehiclePath] = {}
        for pair, paths in candidates.items():
            counts = [int(self.departures(path)[first:last].sum()) for path in paths]
            often = [
                path for path, count in zip(paths, counts, strict=True) if count and count >= _ENOUGH * max(counts)
            ]
            if often:
                chosen[pair] = min(often, key=lambda path: (path.minutes, path.length_m))
        return chosen

    def path(self, arcs: Iterable[int], start: tuple[str, int], end: tuple[str, int]) -> VehiclePath:
        """The path along some arcs from one place to another, with the last stretch at each end.

        ``start`` and ``end`` are places with the nodes at which they have access to the roads.
        """
        arcs = tuple(arcs)
        elapsed, length = 0.0, 0.0
        offsets: list[int] = []
        passages: list[tuple[int, int, int]] = []

        def pass_(zone: int, minutes: float) -> None:
            nonlocal elapsed
            entered, elapsed = elapsed, elapsed + minutes
            if zone < 0 or not minutes:
                return
            leaves = math.ceil(elapsed - 1e-9)
            if passages and passages[-1][0] == zone:
                passages[-1] = (zone, passages[-1][1], leaves)
            else:
                passages.append((zone, math.floor(entered + 1e-9), leaves))

        for zone, metres in self.last_stretch(*start):
            pass_(zone, stretch_minutes(metres, self.speed_kmh))
        controls: list[tuple[int, int, int]] = []
        for arc in arcs:
            offsets.append(math.floor(elapsed + 1e-9))
            pass_(int(self.network.zone[arc]), float(self.minutes[arc]))
            length += float(self.network.length_m[arc])
            row = self.open_times.row_of_hours.get(self.checkpoint.get(int(self.network.head[arc]), ""), -1)
            if row >= 0:
                controls.append((row, math.floor(elapsed - CONTROL_MINUTES), math.ceil(elapsed - 1e-9)))
        for zone, metres in self.last_stretch(*end)[::-1]:
            pass_(zone, stretch_minutes(metres, self.speed_kmh))
        off_road = sum(metres for place in (start, end) for _, metres in self.last_stretch(*place))
        minutes = math.ceil(elapsed - 1e-9)
        return VehiclePath(arcs, tuple(offsets), minutes, length + off_road, (*passages, *controls), off_road)

    def last_stretch(self, place: str, node: int) -> list[tuple[int, float]]:
        """Zone and metres of the two halves of a last stretch, from the place on; empty if the place is on a road."""
        metres = self.access[place][node]
        if not metres:
            return []
        return [(int(self.network.node_zone[at]), metres / 2) for at in (self.network.place_node[place], node)]

    def path_along(self, origin: str, destination: str, text: str) -> VehiclePath | None:
        """The path that a delivery names ("arc@offset ..."); None if it does not lead there by vehicle."""
        try:
            named = [arc for arc, _ in parse_path(text)]
        except ValueError:
            return None
        arcs: list[int] = []
        for arc in named:
            if not 0 <= arc < len(self.minutes) or not math.isfinite(self.minutes[arc]):
                return None
            if arcs and self.network.tail[arc] != self.network.head[arcs[-1]]:
                return None
            arcs.append(arc)
        ends = path_ends(self.network, arcs, self.access.get(origin, {}), self.access.get(destination, {}))
        return None if ends is None else self.path(arcs, (origin, ends[0]), (destination, ends[1]))

    def departures(self, path: VehiclePath) -> Bools:
        """Minutes at which a path can be begun so that every zone is quiet while it is passed: bool[minutes]."""
        fits = np.ones(self.open_times.minutes, bool)
        fits[max(0, self.open_times.minutes - path.minutes) :] = False
        for row, first, last in path.passages:
            fits &= self.open_times.starts(row, first, last)
        return fits

    def _arc_sets(self, first: int, last: int) -> list[Bools]:
        """Sets of arcs to look for paths on: all whose zone is quiet at all, and those quiet for longer."""
        zones = self.network.zone
        quiet_minutes = self.open_times.open[: self.open_times.zones, first:last].sum(axis=1)
        levels = np.unique(quiet_minutes[quiet_minutes > 0])
        if not len(levels):
            return [self.usable & (zones < 0)]
        if len(levels) > _LEVELS:
            levels = levels[np.linspace(0, len(levels) - 1, _LEVELS).round().astype(int)]
        of_arc = np.where(zones >= 0, quiet_minutes[np.maximum(zones, 0)], np.iinfo(np.int64).max)
        return [self.usable & (of_arc >= level) for level in levels]

    def _quickest(self, nodes: list[int], usable: Bools) -> dict[tuple[int, int], list[int]]:
        """Arcs of the quickest path between each two nodes."""
        arcs = np.flatnonzero(usable)
        arcs = arcs[cheapest_arcs(self.network.tail[arcs], self.network.head[arcs], self.minutes[arcs])]
        tail, head = self.network.tail[arcs], self.network.head[arcs]
        size = len(self.network.lon)
        graph = csr_array((np.maximum(self.minutes[arcs], 1e-9), (tail, head)), shape=(size, size))
        arc_of = dict(zip(zip(tail.tolist(), head.tolist(), strict=True), arcs.tolist(), strict=True))
        distance, predecessor = dijkstra(graph, indices=nodes, return_predecessors=True)
        return {
            (start, end): [] if start == end else _arcs_back(predecessor[i], start, end, arc_of)
            for i, start in enumerate(nodes)
            for end in nodes
            if np.isfinite(distance[i, end])
        }


def path_ends(
    network: RoadNetwork, arcs: Sequence[int], origin: Mapping[int, float], destination: Mapping[int, float]
) -> tuple[int, int] | None:
    """Nodes at which a path along arcs leaves one place's last stretch and meets the other's; None if it does not.

    ``origin`` and ``destination`` are the nodes at which the places have access to the roads.
    """
    if arcs:
        ends = int(network.tail[arcs[0]]), int(network.head[arcs[-1]])
        return ends if ends[0] in origin and ends[1] in destination else None
    common = [node for node in origin if node in destination]
    return (common[0], common[0]) if common else None


def _arcs_back(predecessor: NDArray[np.int32], start: int, end: int, arc_of: dict[tuple[int, int], int]) -> list[int]:
    arcs: list[int] = []
    while end != start:
        before = int(predecessor[end])
        arcs.append(arc_of[before, end])
        end = before
    return arcs[::-1]
