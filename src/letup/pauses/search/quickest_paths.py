"""Quickest paths to shelters, as the times at which each zone must be quiet for whoever takes one."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.graphs import cheapest_arcs
from letup.roads.timed_network import TimedNetwork

ZonePath = tuple[tuple[int, int, int], ...]
"""Zone, and steps after the start at which it is first entered and last left, for each zone passed."""

_PAIRS = 3_000
"""Most pairs of start and shelter that are looked at."""


def quickest_paths(net: TimedNetwork, seed: int = 0) -> list[ZonePath]:
    """The quickest paths from where people start, or may wait in a shelter, to each shelter; each once.

    Parameters
    ----------
    net : TimedNetwork
        The network; for each start the quickest path to each shelter is taken.
    seed : int
        Of the sample taken where there are thousands.
    """
    shelters = np.flatnonzero(net.shelter > 0)
    starts = np.flatnonzero((net.supply > 0) | ((net.shelter > 0) & net.may_wait))
    if not len(starts) or not len(shelters):
        return []
    random = np.random.default_rng(seed)
    if len(starts) * len(shelters) > _PAIRS:
        most = max(_PAIRS // len(shelters), 10)
        starts = np.sort(random.choice(starts, min(most, len(starts)), replace=False))
        shelters = np.sort(random.choice(shelters, min(_PAIRS // len(starts), len(shelters)), replace=False))
    quickest = cheapest_arcs(net.tail, net.head, net.transit)
    graph = csr_array(
        (net.transit[quickest].astype(np.float64), (net.tail[quickest], net.head[quickest])),
        shape=(net.nodes, net.nodes),
    )
    arc = dict(zip(zip(net.tail[quickest].tolist(), net.head[quickest].tolist(), strict=True), quickest, strict=True))
    _, before = dijkstra(graph, indices=starts, return_predecessors=True)
    paths: dict[ZonePath, None] = {}
    for row, start in zip(before.tolist(), starts.tolist(), strict=True):
        for shelter in shelters.tolist():
            arcs = []
            node = shelter
            while node != start and row[node] >= 0:
                arcs.append(arc[row[node], node])
                node = row[node]
            if arcs and node == start:
                paths[_zones_passed(net, arcs[::-1])] = None
    return [path for path in paths if path]


def _zones_passed(net: TimedNetwork, arcs: list[np.intp]) -> ZonePath:
    """When a path passes its zones."""
    times: dict[int, tuple[int, int]] = {}
    now = 0
    for arc in arcs:
        zone, after = int(net.zone[arc]), now + int(net.transit[arc])
        if zone >= 0:
            times[zone] = (times.get(zone, (now, now))[0], after)
        now = after
    return tuple(sorted((zone, first, last) for zone, (first, last) in times.items()))
