"""Leave out what no route needs, and join chains of arcs into one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Bools, Floats, Ints
from letup.core.graphs import reachable
from letup.roads.network import RoadNetwork

Arcs = NDArray[np.int64]


def useful(network: RoadNetwork, arcs: Arcs, *, sources: Arcs, targets: Arcs, keep: Bools, wait: Bools) -> Arcs:
    """Drop arcs that lie on no way from a home to a shelter, and dead ends.

    Parameters
    ----------
    network : RoadNetwork
        Roads.
    arcs : int64[k]
        Its arcs to choose from.
    sources, targets : int64
        Nodes of homes and of shelters.
    keep : bool[nodes]
        Nodes that must stay: homes, shelters, checkpoints, places to wait.
    wait : bool[nodes]
        Nodes where people may wait: a dead end that offers a wait its entrance does not is kept.
    """
    nodes = len(network.lon)
    tail, head = network.tail[arcs], network.head[arcs]
    forth = reachable(tail, head, nodes, sources)
    back = reachable(head, tail, nodes, targets)
    on_way = forth[tail] & back[head]
    arcs = arcs[on_way]
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b in zip(network.tail[arcs].tolist(), network.head[arcs].tolist(), strict=True):
        neighbours[a].add(b)
        neighbours[b].add(a)
    gone = np.zeros(nodes, bool)
    ends = [node for node, around in neighbours.items() if len(around) == 1 and not keep[node]]
    while ends:
        node = ends.pop()
        if gone[node] or len(neighbours[node]) != 1:
            continue
        (other,) = neighbours[node]
        if wait[node] and not wait[other]:
            continue
        gone[node] = True
        neighbours[other].discard(node)
        if len(neighbours[other]) == 1 and not keep[other]:
            ends.append(other)
    return arcs[~(gone[network.tail[arcs]] | gone[network.head[arcs]])]


def chains(network: RoadNetwork, arcs: Arcs, keep: Bools, wait: Bools, rate: Floats) -> list[Ints]:
    """Join arcs through nodes at which nothing can be decided.

    A node is passed over if it has two neighbours, joined by at most one arc each way, all in one
    zone, and every way in has one way on. Where people may wait, it is passed over only if they
    may wait at both neighbours too and the rate does not change there, so that no wait is lost.

    Returns
    -------
    list of int32 arrays
        The arcs of the RoadNetwork that each joined arc runs along, in order.
    """
    out: dict[int, list[int]] = defaultdict(list)
    into: dict[int, list[int]] = defaultdict(list)
    tail, head, zone = network.tail, network.head, network.zone
    for arc in arcs.tolist():
        out[int(tail[arc])].append(arc)
        into[int(head[arc])].append(arc)
    follow: dict[int, int] = {}
    passed: set[int] = set()
    for node in set(out) & set(into):
        if keep[node] or len(out[node]) > 2 or len(into[node]) > 2:
            continue
        onward = {int(head[arc]): arc for arc in out[node]}
        inward = {int(tail[arc]): arc for arc in into[node]}
        if len(onward) != len(out[node]) or len(inward) != len(into[node]) or len(onward.keys() | inward.keys()) != 2:
            continue
        if len({int(zone[arc]) for arc in (*out[node], *into[node])}) != 1:
            continue
        first, second = onward.keys() | inward.keys()
        pairs = [(inward.get(first), onward.get(second)), (inward.get(second), onward.get(first))]
        if any((a is None) != (b is None) for a, b in pairs):
            continue
        whole = [(a, b) for a, b in pairs if a is not None and b is not None]
        if wait[node] and not (wait[first] and wait[second] and all(rate[a] == rate[b] for a, b in whole)):
            continue
        passed.add(node)
        follow.update(whole)
    joined = []
    for arc in arcs.tolist():
        if int(tail[arc]) in passed:
            continue
        run = [arc]
        while int(head[run[-1]]) in passed:
            run.append(follow[run[-1]])
        joined.append(np.array(run, np.int32))
    return joined


def single(arcs: Arcs) -> list[Ints]:
    """Every arc on its own, without joining."""
    return [np.array([arc], np.int32) for arc in arcs.tolist()]
