"""Corridors: the zones that people from one place pass on their quickest way to a shelter."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.flow.network import TimedNetwork

FAR = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Corridor:
    """Zones on the quickest ways of one group of homes, with the time still to go in each.

    Attributes
    ----------
    name : int
        Zone of the homes: the first zone their people pass; -1 if they pass none.
    homes : int64[k]
        Nodes the people leave from.
    zones : int64[z]
        Zones passed.
    farthest : int64[z]
        Most time to go to a shelter on entering an arc in the zone, steps.
    least : int64[z]
        Least time to go on leaving an arc in the zone, steps.
    """

    name: int
    homes: NDArray[np.int64]
    zones: NDArray[np.int64]
    farthest: NDArray[np.int64]
    least: NDArray[np.int64]


def peak_capacity(net: TimedNetwork) -> NDArray[np.int64]:
    """Largest capacity each arc ever has, people per step."""
    peak = net.capacity.max(axis=1, initial=0) if net.capacity.ndim == 2 else net.capacity
    return np.asarray(peak, np.int64)


def time_to_go(
    net: TimedNetwork, open_arcs: NDArray[np.bool_], shelters: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Quickest time from each node to a shelter through open arcs, and the arc to take.

    Returns
    -------
    steps : int64[n]
        Steps to the nearest shelter; `FAR` where none can be reached.
    arc : int64[n]
        Arc to take next; -1 at shelters and where none can be reached.
    """
    order = np.argsort(net.head, kind="stable")
    first = np.searchsorted(net.head[order], np.arange(net.nodes + 1)).tolist()
    incoming, tail, transit, usable = order.tolist(), net.tail.tolist(), net.transit.tolist(), open_arcs.tolist()
    steps = [FAR] * net.nodes
    arc = [-1] * net.nodes
    heap: list[tuple[int, int]] = []
    for node in np.flatnonzero(shelters).tolist():
        steps[node] = 0
        heap.append((0, node))
    heapq.heapify(heap)
    while heap:
        so_far, node = heapq.heappop(heap)
        if so_far > steps[node]:
            continue
        for i in range(first[node], first[node + 1]):
            a = incoming[i]
            if usable[a] and so_far + transit[a] < steps[tail[a]]:
                steps[tail[a]] = so_far + transit[a]
                arc[tail[a]] = a
                heapq.heappush(heap, (steps[tail[a]], tail[a]))
    return np.array(steps, np.int64), np.array(arc, np.int64)


def corridors(
    net: TimedNetwork,
    people: NDArray[np.int64],
    open_arcs: NDArray[np.bool_],
    shelters: NDArray[np.bool_],
) -> list[Corridor]:
    """Corridor of each group of homes that share the first zone they pass.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    people : int64[n]
        People still at each node who want to leave.
    open_arcs : bool[m]
        Arcs that can be used at all.
    shelters : bool[n]
        Shelters that still have room.
    """
    steps, arc = time_to_go(net, open_arcs, shelters)
    homes: dict[int, list[int]] = {}
    first_zone = np.full(net.nodes, -2, np.int64)
    # Nearer nodes first, so that the next node's first zone is already known.
    for node in np.argsort(steps, kind="stable"):
        if steps[node] >= FAR:
            break
        a = arc[node]
        if a < 0:
            first_zone[node] = -1
        elif net.zone[a] >= 0:
            first_zone[node] = net.zone[a]
        else:
            first_zone[node] = first_zone[net.head[a]]
    for node in np.flatnonzero((people > 0) & (steps < FAR) & (steps > 0)).tolist():
        homes.setdefault(int(first_zone[node]), []).append(node)
    found = []
    for name, nodes in sorted(homes.items()):
        nearness: dict[int, tuple[int, int]] = {}
        seen: set[int] = set()
        for home in nodes:
            node = home
            while arc[node] >= 0 and node not in seen:
                seen.add(node)
                a = arc[node]
                zone, after = int(net.zone[a]), int(steps[net.head[a]])
                if zone >= 0:
                    far, least = nearness.get(zone, (0, FAR))
                    nearness[zone] = (max(far, after + int(net.transit[a])), min(least, after))
                node = int(net.head[a])
        zones = sorted(nearness)
        found.append(
            Corridor(
                name,
                np.array(nodes, np.int64),
                np.array(zones, np.int64),
                np.array([nearness[z][0] for z in zones], np.int64),
                np.array([nearness[z][1] for z in zones], np.int64),
            )
        )
    return found
