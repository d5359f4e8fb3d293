"""How to make a network smaller: leads from a narrow place, and groups by zone and nearness to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from letup.core.graphs import cheapest_arcs, minimum_cut
from letup.pauses.certificates.certificate import Grouping
from letup.pauses.certificates.coarse_network import coarsen
from letup.roads.timed_network import TimedNetwork


def leads(net: TimedNetwork) -> NDArray[np.int64]:
    """Steps by which each node's time is shifted, so that whoever takes the quickest path keeps the same time.

    The narrowest place between homes and shelters is the smallest set of arcs that all paths use (Menger 1927). A
    node before it leads by the quickest time to it; a node behind it lags by the quickest time from it.
    """
    n = net.nodes
    homes, shelters = np.flatnonzero(net.supply > 0), np.flatnonzero(net.shelter > 0)
    source, sink = n, n + 1
    tails = np.concatenate([net.tail, np.full(len(homes), source), shelters])
    heads = np.concatenate([net.head, homes, np.full(len(shelters), sink)])
    unlimited = np.full(len(homes) + len(shelters), net.arcs + 1, np.int32)
    capacity = np.concatenate([np.ones(net.arcs, np.int32), unlimited])
    _, before = minimum_cut(tails, heads, capacity, n + 2, source, sink)
    narrow = np.flatnonzero(before[net.tail] & ~before[net.head])
    starts = np.unique(net.tail[narrow])
    if not len(starts):
        return np.zeros(n, np.int64)
    to, since = _quickest(net, net.head, net.tail, starts), _quickest(net, net.tail, net.head, starts)
    side = before[:n]
    lead = np.where(side, to, -since)
    # Nodes that the narrow place cannot be got to (or from) take part in no movement through it.
    far = int(np.abs(lead[np.isfinite(lead)]).max(initial=0)) + 1
    lead = np.where(np.isfinite(lead), lead, np.where(side, far, -far))
    return _fitting(net, lead.astype(np.int64))


def _quickest(
    net: TimedNetwork, tail: NDArray[np.int32], head: NDArray[np.int32], starts: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Quickest time from any of the starts to each node, steps; infinite where there is no path."""
    arcs = cheapest_arcs(tail, head, net.transit)
    graph = csr_array((net.transit[arcs].astype(float), (tail[arcs], head[arcs])), shape=(net.nodes, net.nodes))
    return np.asarray(dijkstra(graph, indices=starts, min_only=True))


def _fitting(net: TimedNetwork, lead: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lower leads until no move goes back in shifted time; leaves leads that fit alone."""
    for _ in range(net.nodes):
        highest = net.transit + lead[net.head]
        too_high = lead[net.tail] > highest
        if not too_high.any():
            break
        np.minimum.at(lead, net.tail[too_high], highest[too_high])
    return lead


def _free(net: TimedNetwork) -> NDArray[np.int64]:
    """Number of the place without need of pauses that each node belongs to; -1 = none.

    Who has come to where no pause is needed and waiting is allowed can go on to its shelters at any time.
    """
    may = net.may_wait & (net.supply == 0)
    arcs = np.flatnonzero((net.zone < 0) & may[net.tail] & may[net.head])
    shape = (net.nodes, net.nodes)
    graph = csr_array((np.ones(len(arcs), np.int8), (net.tail[arcs], net.head[arcs])), shape=shape)
    _, number = connected_components(graph, directed=False)
    sheltering = np.zeros(net.nodes, bool)
    sheltering[number[(net.shelter > 0) & may]] = True
    return np.where(may & sheltering[number], number, -1)


def zone_of_node(net: TimedNetwork) -> NDArray[np.int64]:
    """Zone that most of a node's arcs lie in; -1 where none needs a pause."""
    zones = net.zones
    count = np.zeros((net.nodes, zones + 1), np.int32)
    for ends in (net.tail, net.head):
        np.add.at(count, (ends, net.zone + 1), 1)
    of = count[:, 1:].argmax(axis=1) if zones else np.zeros(net.nodes, np.int64)
    inside = np.where(count[:, 1:].max(axis=1, initial=0) > 0, of, -1).astype(np.int64)
    # Homes behind an arc that needs no pause belong to the zone that it leads into.
    outside = np.flatnonzero((inside[net.tail] < 0) & (inside[net.head] >= 0))
    inside[net.tail[outside]] = inside[net.head[outside]]
    return inside


def within(net: TimedNetwork, lead: NDArray[np.int64], radius: int) -> Grouping:
    """Keep nodes apart within a radius of the narrow place; beyond it all are one, but for shelters by zone.

    Places where nobody needs a pause and people may wait are one, too.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    lead : int64[n]
        From `leads`.
    radius : int
        Steps of lead; leads beyond it are cut to it.
    """
    free = _free(net)
    far = (np.abs(lead) > radius) & (free < 0)
    key = np.arange(net.nodes)
    key[far] = net.nodes + np.where(net.shelter[far] > 0, zone_of_node(net)[far] + 1, 0)
    key[free >= 0] = -1 - free[free >= 0]
    _, group = np.unique(key, return_inverse=True)
    return Grouping(group.astype(np.int64), np.clip(lead, -radius, radius), 1)


def by_zones(net: TimedNetwork, lead: NDArray[np.int64], bucket: int) -> Grouping:
    """Group nodes by zone and by whether they are homes, shelters or neither.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    lead : int64[n]
        From `leads`.
    bucket : int
        Steps in one bucket.
    """
    kind = np.where(net.shelter > 0, 3, np.where(net.supply > 0, 2, np.where(net.may_wait, 1, 0)))
    _, group = np.unique(np.stack([zone_of_node(net), kind]), axis=1, return_inverse=True)
    return Grouping(group.ravel().astype(np.int64), lead, bucket)


def finest_grouping(net: TimedNetwork, steps: int, usable: NDArray[np.bool_], size: int) -> Grouping:
    """The finest grouping that leaves few enough moves: nodes apart as far from the narrow place as may be.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps, T.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    size : int
        Moves of the coarse network at most.
    """

    def moves(grouping: Grouping) -> int:
        return len(coarsen(net, steps, usable, grouping).tail)

    lead = leads(net)
    radii = np.unique(np.abs(lead))
    low, high = -1, len(radii) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if moves(within(net, lead, int(radii[middle]))) <= size:
            low = middle
        else:
            high = middle - 1
    if low >= 0:
        return within(net, lead, int(radii[low]))
    bucket = 1
    while moves(by_zones(net, lead, bucket)) > size:
        bucket *= 2
    return by_zones(net, lead, bucket)
