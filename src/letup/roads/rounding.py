"""From minutes to whole steps, so that rounding errors do not pile up along a route.

Rounding each arc by itself would make a route of many short arcs far too slow, or too fast. So
the *time to the nearest shelter* of each node is rounded instead, and an arc on a quickest route
takes the difference between its two ends: along the route the differences add up to the rounded
total. Every arc takes at least one step; where several short arcs follow each other, the arcs
before and after them give back what they gained. An arc off the quickest routes takes the same
difference plus the detour it makes, whose fraction is rounded up or down by an even sequence over
all arcs, so that detours neither vanish nor pile up.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.arrays import Bools, Floats, Ints, Longs
from letup.core.graphs import cheapest_arcs
from letup.roads.network import Rounding

FAR_STEPS = 10
GOLDEN = 0.6180339887498949
"""The golden ratio less one; its multiples, taken modulo 1, are spread evenly."""
_LEAST = 1e-6  # keeps arcs without any cost apart from no arc at all, and few arcs ahead of many


def to_steps(
    tail: Ints, head: Ints, minutes: Floats, *, shelter: Bools, measured: Bools, step: float
) -> tuple[Ints, Longs]:
    """Transit of each arc in steps, at least 1, and the steps that each node has left to its nearest shelter.

    Parameters
    ----------
    tail, head : int32[m]
        Arcs.
    minutes : float64[m]
        Their true times.
    shelter : bool[n]
        Nodes at which people have arrived.
    measured : bool[n]
        Nodes whose own time to a shelter is to be as exact as can be: where people leave from.
    step : float
        Minutes of one step.

    Returns
    -------
    transit : int32[m]
        Steps of each arc.
    left : int64[n]
        Steps to the nearest shelter along a quickest route; 0 where there is none.
    """
    nodes = len(shelter)
    away, onward, _ = nearest(tail, head, minutes / step, shelter)
    order = np.argsort(away, kind="stable")
    order = order[np.isfinite(away[order])]
    hops = np.zeros(nodes, np.int64)
    for node in order.tolist():
        if onward[node] >= 0:
            hops[node] = hops[onward[node]] + 1
    rounded = np.floor(np.where(np.isfinite(away), away, 0.0) + 0.5).astype(np.int64)
    # The most steps a node may have left, so that whoever leaves from farther out is on time.
    most = np.full(nodes, np.iinfo(np.int32).max, np.int64)
    most[measured] = np.maximum(rounded, hops)[measured]
    for node in order[::-1].tolist():
        # Not more than a step ahead of the truth: who is in a zone when it falls silent matters too.
        most[node] = max(most[node], rounded[node] - 1)
        if onward[node] >= 0:
            most[onward[node]] = min(most[onward[node]], most[node] - 1)
    left = np.zeros(nodes, np.int64)
    for node in order.tolist():
        if onward[node] >= 0:
            left[node] = max(left[onward[node]] + 1, min(most[node], rounded[node]))

    reach = np.isfinite(away[tail]) & np.isfinite(away[head])
    detour = np.zeros(len(tail))
    detour[reach] = away[head[reach]] + minutes[reach] / step - away[tail[reach]]
    detour[detour < 1e-3] = 0.0
    dither = np.mod(np.arange(1, len(tail) + 1) * GOLDEN, 1.0)
    along = left[tail] - left[head] + np.floor(detour + dither).astype(np.int64)
    alone = np.floor(minutes / step + 0.5).astype(np.int64)
    # No arc is more than a step faster than it truly is, whatever its ends have to give back.
    least = np.maximum(1, np.where(detour > 0, np.ceil(minutes / step - 1.0), 1)).astype(np.int64)
    return np.maximum(least, np.where(reach, along, alone)).astype(np.int32), left


def measure(
    tail: Ints, head: Ints, minutes: Floats, transit: Ints, *, shelter: Bools, people: Longs, step: float
) -> Rounding:
    """Compare the quickest routes in steps with the quickest routes in minutes.

    Parameters
    ----------
    people : int64[n]
        People who leave from each node, counted from the moment they are ready.
    """
    true, _, _ = nearest(tail, head, minutes / step, shelter)
    steps, _, _ = nearest(tail, head, transit.astype(float), shelter)
    at = (people > 0) & np.isfinite(true) & np.isfinite(steps) & ~shelter
    if not at.any():
        return Rounding(0, 0.0, 0.0, float("nan"), 1.0)
    off = np.abs(steps[at] - true[at])
    relative = off / np.maximum(true[at], _LEAST)
    far = true[at] >= FAR_STEPS
    good = (relative <= 0.05) | (off <= 0.5 + 1e-6)
    return Rounding(
        int(at.sum()),
        float(relative.max()),
        float(off.max()),
        float(relative[far].max()) if far.any() else float("nan"),
        float(people[at][good].sum() / people[at].sum()),
    )


def nearest(tail: Ints, head: Ints, cost: Floats, shelter: Bools) -> tuple[Floats, Ints, Ints]:
    """Cost from each node to the nearest shelter, the next node on the way and the arc to it; -1 at the end.

    Of ways that cost the same, one with few arcs is taken.
    """
    nodes = len(shelter)
    targets = np.flatnonzero(shelter)
    if not len(targets) or not len(tail):
        away = np.where(shelter, 0.0, np.inf)
        return away, np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32)
    cost = cost + _LEAST
    cheapest = cheapest_arcs(tail, head, cost)
    graph = csr_array((cost[cheapest], (head[cheapest], tail[cheapest])), shape=(nodes, nodes))
    distance, onward, _ = dijkstra(graph, directed=True, indices=targets, min_only=True, return_predecessors=True)
    onward = np.where(onward < 0, -1, onward).astype(np.int32)
    key = tail[cheapest].astype(np.int64) * nodes + head[cheapest]
    place = np.searchsorted(key, np.arange(nodes, dtype=np.int64) * nodes + np.maximum(onward, 0))
    arc = np.where(onward < 0, -1, cheapest[np.minimum(place, len(cheapest) - 1)]).astype(np.int32)
    return np.asarray(distance), onward, arc
