"""The time-expanded network, written out in full, for the reference solvers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from letup.flow.backends import Solution
from letup.roads.quiet_runs import calm_steps, zone_rows
from letup.roads.timed_network import TimedNetwork

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Expanded:
    """Every node at every step, homes, shelters, a source and a sink, with plain arcs between them.

    Nodes are numbered: places in time, then homes, shelters, source, sink. Arcs come in this order:
    arcs in time, waiting, leaving home, arriving at a shelter, source to home, shelter to sink.
    """

    net: TimedNetwork
    steps: int
    tail: Longs
    head: Longs
    capacity: Longs
    arc: Longs  # of the arcs in time: arc of the network
    step: Longs  # of the arcs in time: step at which it is entered
    arrive_first: int  # first of the arcs that arrive at a shelter, by shelter and then step

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.sink + 1

    @property
    def source(self) -> int:
        """The source."""
        return self.sink - 1

    @property
    def sink(self) -> int:
        """The sink."""
        return int(self.head[-1]) if len(self.head) else 1

    @property
    def shelters(self) -> int:
        """Number of shelters."""
        return int((self.net.shelter > 0).sum())

    @property
    def arrivals(self) -> NDArray[np.int64]:
        """Arcs that arrive at a shelter: int64[shelters, T]."""
        count = self.shelters * self.steps
        return np.arange(self.arrive_first, self.arrive_first + count).reshape(self.shelters, self.steps)

    def solution(self, flow: Longs) -> Solution:
        """Turn the flow on every arc into what a backend returns."""
        entering = np.zeros((self.net.arcs, self.steps), np.int32)
        entering[self.arc, self.step] = flow[: len(self.arc)]
        arriving = flow[self.arrivals].astype(np.int32).reshape(self.shelters, self.steps)
        onwards, back = flow < self.capacity, flow > 0
        # places from which the sink can be reached through residual arcs: search backwards
        tails = np.r_[self.head[onwards], self.tail[back]]
        heads = np.r_[self.tail[onwards], self.head[back]]
        graph = coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(self.nodes, self.nodes)).tocsr()
        reached = breadth_first_order(graph, self.sink, return_predecessors=False)
        side = np.zeros(self.nodes, bool)
        side[reached] = True
        if not self.net.supply.any() or flow[self.head == self.sink].sum() == self.net.supply.sum():
            side[:] = True
        return entering, arriving, side[: self.net.nodes * self.steps]


def expand(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Expanded:
    """Write the time-expanded network out."""
    calm, zone = calm_steps(net, steps, quiet), zone_rows(net)
    at = np.arange(steps)
    can = (calm[zone] >= net.transit[:, None]) & (at[None, :] + net.transit[:, None] < steps)
    arc, step = np.nonzero(can)
    capacity = net.capacity if net.capacity.ndim == 2 else np.broadcast_to(net.capacity[:, None], can.shape)
    homes, shelters = np.flatnonzero(net.supply), np.flatnonzero(net.shelter)
    places = net.nodes * steps
    first_home, first_shelter = places, places + len(homes)
    source = first_shelter + len(shelters)
    waits = np.flatnonzero(net.wait)
    plenty = int(net.supply.sum()) + 1
    stay = (waits[:, None] * steps + at[None, :-1]).ravel()
    leave_from = np.repeat(np.arange(first_home, first_shelter), steps)
    leave_to = (homes[:, None] * steps + at[None, :]).ravel()
    arrive_from = (shelters[:, None] * steps + at[None, :]).ravel()
    arrive_to = np.repeat(np.arange(first_shelter, source), steps)
    tail: list[Longs] = [
        net.tail[arc].astype(np.int64) * steps + step,
        stay,
        leave_from,
        arrive_from,
        np.full(len(homes), source),
        np.arange(first_shelter, source),
        np.array([source + 1]),
    ]
    head: list[Longs] = [
        net.head[arc].astype(np.int64) * steps + step + net.transit[arc],
        stay + 1,
        leave_to,
        arrive_to,
        np.arange(first_home, first_shelter),
        np.full(len(shelters), source + 1),
        np.array([source + 1]),
    ]
    limit: list[Longs] = [
        capacity[arc, step].astype(np.int64),
        *(np.full(len(part), plenty) for part in (stay, leave_from, arrive_from)),
        net.supply[homes],
        np.minimum(net.shelter[shelters], plenty),
        np.array([0]),
    ]
    return Expanded(
        net,
        steps,
        np.concatenate(tail).astype(np.int64),
        np.concatenate(head).astype(np.int64),
        np.concatenate(limit).astype(np.int64),
        arc,
        step,
        len(arc) + len(stay) + len(leave_from),
    )
