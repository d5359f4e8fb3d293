"""Last stretches: how vehicles get between a place and the roads mapped for them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyproj
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from letup.roads.network import RoadNetwork
from letup.roads.reach import open_to
from letup.scenario.model import Scenario

STRETCH_M = 5000.0
"""A place farther than this from every road that vehicles can use is not reached by them, metres."""

STRETCH_KMH = 10.0
"""Speed on the last stretch between a place and the nearest road that vehicles can use (assumed)."""

STRETCH_DETOUR = 1.3
"""Length of that stretch as a multiple of the distance as the crow flies (assumed)."""

_GEOD = pyproj.Geod(ellps="WGS84")


def joins(network: RoadNetwork, scenario: Scenario, places: Iterable[str] | None = None) -> dict[str, dict[int, float]]:
    """Nodes at which vehicles of each place join the roads open to them, with metres to them; those too far left out.

    Mapped roads for vehicles may fall into parts between which no road is mapped. A place joins each part that it is
    near enough to, at the nearest node of that part.

    Parameters
    ----------
    network, scenario : RoadNetwork, Scenario
        The roads, and the world.
    places : iterable of str, optional
        Ids of the places to look at; all if absent.

    Returns
    -------
    dict of str to dict of int to float
        For each place near enough to a road, nodes nearest first, each with the length of the stretch in metres.
    """
    usable = np.flatnonzero(open_to(network, "vehicle"))
    found: dict[str, dict[int, float]] = {}
    if not len(usable):
        return found
    size = len(network.lon)
    graph = csr_array((np.ones(len(usable)), (network.tail[usable], network.head[usable])), shape=(size, size))
    _, part = connected_components(graph, connection="strong")
    nodes = np.unique(np.concatenate([network.tail[usable], network.head[usable]]))
    for place in map(str, scenario.places.index) if places is None else places:
        if place not in network.place_node:
            continue
        point = scenario.places.geometry[place]
        lon, lat = np.full(len(nodes), point.x), np.full(len(nodes), point.y)
        metres = np.asarray(_GEOD.inv(lon, lat, network.lon[nodes], network.lat[nodes])[2], float)
        metres[nodes == network.place_node[place]] = 0.0
        near: dict[int, int] = {}
        for k in np.argsort(metres, kind="stable").tolist():
            if metres[k] > STRETCH_M:
                break
            near.setdefault(int(part[nodes[k]]), k)
        if near:
            found[place] = {int(nodes[k]): float(metres[k]) * STRETCH_DETOUR for k in near.values()}
    return found


def stretch_minutes(metres: float, speed_kmh: float) -> float:
    """Minutes that vehicles of a free speed take for some metres of a last stretch."""
    return metres * 0.06 / min(speed_kmh, STRETCH_KMH)
