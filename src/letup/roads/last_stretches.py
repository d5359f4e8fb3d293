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


def road_access(
    network: RoadNetwork, scenario: Scenario, places: Iterable[str] | None = None, mode: str = "lorry"
) -> dict[str, dict[int, float]]:
    """Nodes at which vehicles of a place get on to the roads open to them, with the metres of last stretch to each.

    Mapped roads for vehicles may fall into components that no mapped road connects. A place has access to each
    component that is near enough, at its nearest node.

    Parameters
    ----------
    network, scenario : RoadNetwork, Scenario
        The roads, and the world.
    places : iterable of str, optional
        Ids of the places to look at; all if absent.
    mode : str
        ``"lorry"`` for trucks, ``"vehicle"`` for ambulances.

    Returns
    -------
    dict of str to dict of int to float
        For each place that is near enough to a road: nodes, nearest first, with the length of the last stretch in
        metres.
    """
    usable = np.flatnonzero(open_to(network, mode))
    access: dict[str, dict[int, float]] = {}
    if not len(usable):
        return access
    size = len(network.lon)
    graph = csr_array((np.ones(len(usable)), (network.tail[usable], network.head[usable])), shape=(size, size))
    _, component = connected_components(graph, connection="strong")
    nodes = np.unique(np.concatenate([network.tail[usable], network.head[usable]]))
    for place in map(str, scenario.places.index) if places is None else places:
        if place not in network.place_node:
            continue
        point = scenario.places.geometry[place]
        lon, lat = np.full(len(nodes), point.x), np.full(len(nodes), point.y)
        metres = np.asarray(_GEOD.inv(lon, lat, network.lon[nodes], network.lat[nodes])[2], float)
        metres[nodes == network.place_node[place]] = 0.0
        nearest: dict[int, int] = {}  # position in `nodes`, by component
        for k in np.argsort(metres, kind="stable").tolist():
            if metres[k] > STRETCH_M:
                break
            nearest.setdefault(int(component[nodes[k]]), k)
        if nearest:
            access[place] = {int(nodes[k]): float(metres[k]) * STRETCH_DETOUR for k in nearest.values()}
    return access


def stretch_minutes(metres: float, speed_kmh: float) -> float:
    """Minutes that vehicles of a free speed take for some metres of a last stretch."""
    return metres * 0.06 / min(speed_kmh, STRETCH_KMH)
