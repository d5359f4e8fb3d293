"""Courses of roads as everybody may see them: without what gives away where a place lies that is not public."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from letup.core.arrays import Bools, Floats, Longs
from letup.roads.network import RoadNetwork
from letup.scenario.disclosure import closed_zones, confidential, unshared
from letup.scenario.model import Scenario


@dataclass(frozen=True)
class SharedRoads:
    """What may be drawn of the roads of a network.

    A road is not cut where a restricted place stands beside it: its arcs are drawn as one. Of a road that ends at one
    the last stretch is not drawn. A movement through a closed zone is drawn as straight lines from where it crosses the
    zone's border to the zone's label point. Both follow from the outlines of zones and the roads that cross them,
    wherever places lie.

    Attributes
    ----------
    closed : bool[Z + 1]
        Zones in which nothing is drawn; the last stands for the ground outside all zones.
    line : tuple of float64[k, 2], [arcs]
        What is drawn of each arc from tail to head, lon and lat; empty where nothing is.
    joined : int64[arcs]
        First of the arcs that are drawn as one with it.
    inside : bool[arcs]
        Arcs in a closed zone.
    enters, leaves : bool[arcs]
        Those of them that begin, and that end, on its border.
    """

    closed: Bools
    line: tuple[Floats, ...]
    joined: Longs
    inside: Bools
    enters: Bools
    leaves: Bools
    _scenario: Scenario

    def clipped(self, lines: list[Floats]) -> list[Floats]:
        """Lines (lon, lat) cut off at the borders of closed zones."""
        return outside_zones(self._scenario, set(np.flatnonzero(self.closed[:-1]).tolist()) | self._ground, lines)

    @property
    def _ground(self) -> set[int]:
        return {-1} if self.closed[-1] else set()


def outside_zones(scenario: Scenario, zones: set[int], lines: list[Floats]) -> list[Floats]:
    """What of lines (lon, lat) lies outside some zones; -1 stands for the ground outside all zones."""
    if not zones or not lines:
        return lines
    outlines = shapely.make_valid(scenario.zones.geometry.to_numpy())
    shapes = np.array([shapely.LineString(line) for line in lines], object)
    if -1 in zones:
        shapes = np.asarray(shapely.intersection(shapes, shapely.union_all(outlines)), object)
    inside = shapely.union_all(outlines[[zone for zone in zones if zone >= 0]])
    parts = shapely.get_parts(np.asarray(shapely.difference(shapes, inside), object))
    return [shapely.get_coordinates(part) for part in parts if part.geom_type == "LineString" and not part.is_empty]


def closed_on(network: RoadNetwork, scenario: Scenario) -> Bools:
    """Zones in which nothing is drawn: bool[Z + 1], the last for the ground outside all zones.

    They are those in which a confidential place lies, or the road that it is reached by.
    """
    nodes = [network.place_node[place] for place in confidential(scenario) if place in network.place_node]
    return closed_zones(scenario, [int(network.node_zone[node]) for node in nodes])


def shared_roads(network: RoadNetwork, scenario: Scenario) -> SharedRoads:
    """What may be drawn of the roads of a network.

    Parameters
    ----------
    network, scenario : RoadNetwork, Scenario
        The roads, and the world they are of.
    """
    arcs, closed = len(network.tail), closed_on(network, scenario)
    line, joined = _past_places(network, scenario)
    none = np.zeros(arcs, bool)
    if not closed.any():
        return SharedRoads(closed, tuple(line), joined, none, none, none, scenario)
    zone = _zone_of_arcs(network, shapely.make_valid(scenario.zones.geometry.to_numpy()), closed)
    inside = closed[zone]
    border = _on_border(network, zone)
    enters, leaves = inside & border[network.tail], inside & border[network.head]
    labels = shapely.get_coordinates(scenario.zones.geometry.representative_point().to_numpy())
    for arc in np.flatnonzero(inside).tolist():
        line[arc], joined[arc] = _spoke(network, arc, labels, int(zone[arc]), border), arc
    return SharedRoads(closed, tuple(line), joined, inside, enters, leaves, scenario)


def _past_places(network: RoadNetwork, scenario: Scenario) -> tuple[list[Floats], Longs]:
    """Lines of arcs, those joined that restricted places alone part; and the first arc of each line.

    Arcs join at a node that lies between two others alone. An arc that leads to a restricted place and no farther loses
    the vertex there.
    """
    line, joined = list(network.line), np.arange(len(network.tail))
    secret = unshared(scenario) - set(confidential(scenario))
    nodes = {network.place_node[place] for place in secret if place in network.place_node}
    entering: dict[int, list[int]] = {node: [] for node in nodes}
    leaving: dict[int, list[int]] = {node: [] for node in nodes}
    for ends, arcs in ((network.head, entering), (network.tail, leaving)):
        for arc in np.flatnonzero(np.isin(ends, list(nodes))).tolist():
            arcs[int(ends[arc])].append(arc)
    after: dict[int, int] = {}
    dead_ends: set[int] = set()
    for node in nodes:
        near = {int(network.tail[arc]) for arc in entering[node]} | {int(network.head[arc]) for arc in leaving[node]}
        if len(near) == 1:
            dead_ends.add(node)
        for arc in entering[node] if len(near) == 2 else ():
            onward = [then for then in leaving[node] if network.head[then] != network.tail[arc]]
            if len(onward) == 1 and network.zone[onward[0]] == network.zone[arc]:
                after[arc] = onward[0]
    at_places = {arc for arcs in (*entering.values(), *leaving.values()) for arc in arcs}
    single = at_places - after.keys() - set(after.values())
    for first in (after.keys() - set(after.values())) | single:
        chain = [first]
        while chain[-1] in after:
            chain.append(after[chain[-1]])
        begin = 1 if int(network.tail[first]) in dead_ends else 0
        course = np.concatenate([network.line[first][:-1], *(network.line[arc][1:-1] for arc in chain[1:])])
        if int(network.head[chain[-1]]) not in dead_ends:
            course = np.concatenate([course, network.line[chain[-1]][-1:]])
        course = course[begin:] if len(course) > begin + 1 else course[:0]
        for arc in chain:
            line[arc], joined[arc] = course, first
    return line, joined


def _zone_of_arcs(network: RoadNetwork, outlines: NDArray[np.object_], closed: Bools) -> NDArray[np.int64]:
    """Zone of each arc, -1 if none; of one on a border, a closed zone if it touches one."""
    halves = [len(line) // 2 for line in network.line]
    middles = [shapely.Point((line[k - 1] + line[k]) / 2) for line, k in zip(network.line, halves, strict=True)]
    arc, zone = shapely.STRtree(middles).query(outlines, predicate="intersects")[::-1]
    found = np.full(len(middles), -1, np.int64)
    order = np.argsort(closed[zone], kind="stable")  # the last to be written stands
    found[arc[order]] = zone[order]
    return found


def _on_border(network: RoadNetwork, zone: NDArray[np.int64]) -> Bools:
    """Nodes at which arcs of several zones meet."""
    nodes = len(network.lon)
    low, high = np.full(nodes, np.iinfo(np.int64).max), np.full(nodes, -2, np.int64)
    for ends in (network.tail, network.head):
        np.minimum.at(low, ends, zone)
        np.maximum.at(high, ends, zone)
    return np.asarray(low < high)


def _spoke(network: RoadNetwork, arc: int, labels: Floats, zone: int, border: Bools) -> Floats:
    """From the border of a zone to its label point, or back, or both; empty for an arc that touches no border."""
    tail, head = int(network.tail[arc]), int(network.head[arc])
    ends = [[float(network.lon[node]), float(network.lat[node])] for node in (tail, head) if border[node]]
    if zone < 0 or not ends:
        return np.zeros((0, 2))
    ends.insert(int(border[tail]), labels[zone].tolist())
    return np.array(ends, np.float64)
