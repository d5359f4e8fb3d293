"""Zones crossed in one go: a network with one arc, a shortcut, for each quickest path through a zone.

What stays of a network are *ends*: places where people start, may wait or are taken in, and, once for each zone
that one can come out of, the crossings between zones. Within a zone a shortcut leads from each end to each other
one that can be reached from it, and takes as long as the quickest path. Arcs that need no pause, and those that are
to stay, are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.graphs import cheapest_arcs
from letup.roads.timed_network import TimedNetwork

AS_IT_IS = -2
"""Label of arcs that are told to stay; other arcs have their zone's number."""
ANY = -9
"""Label of ends that people may come to by any arc."""
_SAMPLE = 150
"""Most ends of a zone from which quickest paths are computed; in larger zones others are thought to lie alike."""


@dataclass(frozen=True)
class Ends:
    """What stays of the nodes.

    Attributes
    ----------
    node : int64[e]
        Node of the network.
    label : int64[e]
        Zone that people come out of when they are here, or the label of the arc; `ANY` = any.
    """

    node: NDArray[np.int64]
    label: NDArray[np.int64]


@dataclass(frozen=True)
class Shortcuts:
    """Shortcuts and arcs between ends.

    Attributes
    ----------
    tail, head : int64[w]
        Ends.
    steps : int64[w]
        Length, steps.
    zone : int64[w]
        Zone; -1 = needs no pause.
    arc : int64[w]
        Arc that it stands for; -1 = a shortcut through a zone.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    steps: NDArray[np.int64]
    zone: NDArray[np.int64]
    arc: NDArray[np.int64]


class ZoneContraction:
    """Ends of a network, and the shortcuts between them at the speeds of any network of the same shape.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    fixed : bool[n]
        Nodes that stay: where people start, may wait or are taken in.
    stay : bool[m]
        Arcs that stay as they are, beside those that need no pause.
    """

    def __init__(self, net: TimedNetwork, fixed: NDArray[np.bool_], stay: NDArray[np.bool_]) -> None:
        self.net, self.fixed = net, fixed
        self.label = np.where(stay, AS_IT_IS, net.zone.astype(np.int64))
        meets = np.unique(np.stack([np.r_[net.tail, net.head], np.r_[self.label, self.label]]), axis=1)
        labels = np.bincount(meets[0], minlength=net.nodes)
        bare = np.zeros(net.nodes, bool)
        bare[meets[0][meets[1] < 0]] = True
        self.crossing = ((labels > 1) | bare) & ~fixed
        self._fixed_nodes = np.flatnonzero(fixed)
        at = self.crossing[meets[0]]
        self.ends = Ends(
            np.concatenate([self._fixed_nodes, meets[0][at]]),
            np.concatenate([np.full(len(self._fixed_nodes), ANY), meets[1][at]]),
        )
        self._of_fixed = np.full(net.nodes, -1)
        self._of_fixed[self._fixed_nodes] = np.arange(len(self._fixed_nodes))
        self._key = self.ends.node * (net.zones + 3) + self.ends.label + 2
        self._by_key = np.argsort(self._key[len(self._fixed_nodes) :], kind="stable") + len(self._fixed_nodes)

    def shortcuts(self, transit: NDArray[np.int32], random: np.random.Generator) -> Shortcuts:
        """The shortcuts and arcs between the ends, where arcs take so many steps."""
        net = self.net
        parts = [self._through(zone, transit, random) for zone in range(net.zones)]
        arcs = np.flatnonzero(self.label < 0)
        row, tails = self._leaving(net.tail[arcs].astype(np.int64), np.full(len(arcs), ANY))
        heads = self._arriving(net.head[arcs].astype(np.int64), self.label[arcs])[row]
        arc = arcs[row]
        parts.append(np.stack([tails, heads, transit[arc], net.zone[arc], arc]))
        return Shortcuts(*(part.astype(np.int64) for part in np.concatenate(parts, axis=1)))

    def _through(self, zone: int, transit: NDArray[np.int32], random: np.random.Generator) -> NDArray[np.int64]:
        """Quickest paths between the ends of a zone."""
        net = self.net
        arcs = np.flatnonzero(self.label == zone)
        nodes, places = np.unique(np.concatenate([net.tail[arcs], net.head[arcs]]), return_inverse=True)
        tail, head = places[: len(arcs)], places[len(arcs) :]
        time = transit[arcs].astype(np.float64)
        quickest = cheapest_arcs(tail, head, time)
        graph = csr_array((time[quickest], (tail[quickest], head[quickest])), shape=(len(nodes), len(nodes)))
        ends = np.flatnonzero((self.fixed | self.crossing)[nodes])
        starts = ends[np.isin(ends, tail)]
        if len(starts) > _SAMPLE:
            starts = np.sort(random.choice(starts, _SAMPLE, replace=False))
        if not len(starts):
            return np.zeros((5, 0), np.int64)
        steps = dijkstra(graph, indices=starts)[:, ends]
        i, j = np.nonzero(np.isfinite(steps) & (steps > 0))
        row, tails = self._leaving(nodes[starts[i]], np.full(len(i), zone))
        heads = self._arriving(nodes[ends[j]], np.full(len(j), zone))
        nothing = np.full(len(row), -1)
        return np.stack([tails, heads[row], steps[i, j][row].astype(np.int64), np.full(len(row), zone), nothing])

    def _arriving(self, nodes: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """End at which one comes to a node by a label."""
        key = nodes * (self.net.zones + 3) + labels + 2
        known = self._key[self._by_key]
        if not len(known):
            return self._of_fixed[nodes]
        at = np.minimum(np.searchsorted(known, key), len(known) - 1)
        return np.where(self.fixed[nodes], self._of_fixed[nodes], self._by_key[at])

    def _leaving(
        self, nodes: NDArray[np.int64], labels: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ends from which one may leave a node by a label: row and end. Nobody comes out of a zone to go into it."""
        base = self.net.zones + 3
        known = self._key[self._by_key]
        first = np.searchsorted(known, nodes * base)
        count = np.where(self.fixed[nodes], 1, np.searchsorted(known, nodes * base + base) - first)
        row = np.repeat(np.arange(len(nodes)), count)
        number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        if len(known):
            crossing = self._by_key[np.minimum(first[row] + number, len(known) - 1)]
            end = np.where(self.fixed[nodes[row]], self._of_fixed[nodes[row]], crossing)
        else:
            end = self._of_fixed[nodes[row]]
        other = self.ends.label[end] != labels[row]
        return row[other | (labels[row] < 0)], end[other | (labels[row] < 0)]
