"""A quick estimate of the flow within a block: people reserve room on their quickest way, then on other ways.

Everybody follows a tree of quickest ways. Seen from the time of arrival, what is on the tree at one
time does not touch what is on it at another, so the most that a tree carries at each arrival time
is found by one pass from its leaves to its root and back. Arcs and shelters that are full are then
taken out and the next tree is tried on what is left. All of it can be moved, so it is never more
than the exact flow; where one road is the bottleneck it is the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.core.compiling import njit
from letup.roads.timed_network import TimedNetwork

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_PASSES = 5


@njit(cache=True)
def _tree(tail, transit, usable, into_start, into, shelter, longest):  # type: ignore[no-untyped-def]
    """Quickest time to go of each node, the arc to take, and nodes in order of that time."""
    n = len(shelter)
    far = longest + 1
    to_go = np.full(n, far, np.int32)
    arc = np.full(n, -1, np.int32)
    order = np.empty(n, np.int32)
    found = 0
    # Lists of nodes by time to go; a node may stand in several, the first counts.
    first = np.full(far + 1, -1, np.int32)
    size = n + len(tail) + 1
    after = np.empty(size, np.int32)
    who = np.empty(size, np.int32)
    entries = 0
    for v in range(n):
        if shelter[v] > 0:
            to_go[v] = 0
            who[entries] = v
            after[entries] = first[0]
            first[0] = entries
            entries += 1
    done = np.zeros(n, np.bool_)
    for time in range(far):
        entry = first[time]
        while entry >= 0:
            v = who[entry]
            entry = after[entry]
            if done[v]:
                continue
            done[v] = True
            order[found] = v
            found += 1
            for i in range(into_start[v], into_start[v + 1]):
                a = into[i]
                u = tail[a]
                then = time + transit[a]
                if usable[a] and then < to_go[u]:
                    to_go[u] = then
                    arc[u] = a
                    who[entries] = u
                    after[entries] = first[then]
                    first[then] = entries
                    entries += 1
    return to_go, arc, order[:found]


@njit(cache=True)
def _carry(head, capacity, calm, tree, people, ready, room, entering, gone):  # type: ignore[no-untyped-def]
    """Fill one tree for each arrival time in turn; returns who arrived at each step."""
    to_go, arc, order = tree
    steps = capacity.shape[1]
    n = len(people)
    arrivals = np.zeros(steps, np.int64)
    most = np.zeros(n, np.int64)
    offered = np.zeros(n, np.int64)
    granted = np.zeros(n, np.int64)
    for arrive in range(steps):
        most[:] = 0
        any_offer = False
        for k in range(len(order) - 1, -1, -1):
            v = order[k]
            enter = arrive - to_go[v]
            offered[v] = 0
            if enter < 0:
                most[v] = 0
                continue
            if people[v] > 0 and to_go[v] > 0:
                here = min(people[v], ready[v, enter] - gone[v])
                if here > 0:
                    offered[v] = here
                    most[v] += here
            a = arc[v]
            if a < 0:
                continue
            if most[v] > 0:
                if calm[a, enter]:
                    left = capacity[a, enter] - entering[a, enter]
                    if left < most[v]:
                        most[v] = max(left, 0)
                else:
                    most[v] = 0
                if most[v] > 0:
                    most[head[a]] += most[v]
                    any_offer = True
        if not any_offer:
            continue
        # Back from the roots: a way's tributaries first, what is left comes from the home itself.
        granted[:] = 0
        for k in range(len(order)):
            v = order[k]
            if to_go[v] == 0:
                granted[v] = min(most[v], room[v])
                if granted[v] > 0:
                    room[v] -= granted[v]
                    arrivals[arrive] += granted[v]
        for k in range(len(order)):
            v = order[k]
            a = arc[v]
            if a < 0 or most[v] == 0:
                continue
            w = head[a]
            augment = min(most[v], granted[w])
            granted[w] -= augment
            granted[v] = augment
            if augment > 0:
                entering[a, arrive - to_go[v]] += augment
        for k in range(len(order)):
            v = order[k]
            if arc[v] >= 0 and granted[v] > 0:
                gone[v] += granted[v]
                people[v] -= granted[v]
    return arrivals


@njit(cache=True)
def _calm(zone, transit, noisy):  # type: ignore[no-untyped-def]
    """Whether each arc may be entered at each step; who enters too late to arrive may not."""
    steps = noisy.shape[1] - 1
    calm = np.zeros((len(zone), steps), np.bool_)
    for a in range(len(zone)):
        for t in range(steps - transit[a]):
            calm[a, t] = noisy[zone[a], t + transit[a]] == noisy[zone[a], t]
    return calm


@njit(cache=True)
def _left(capacity, entering, calm):  # type: ignore[no-untyped-def]
    """People who may still enter each arc while it is calm, over all steps."""
    left = np.zeros(len(calm), np.int64)
    for a in range(len(calm)):
        for t in range(calm.shape[1]):
            if calm[a, t]:
                left[a] += capacity[a, t] - entering[a, t]
    return left


def estimate(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_], feeder: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """People entering each arc at each step, and arriving at each step, by reservation.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps.
    quiet : bool[zones, steps]
        When each zone is quiet.
    feeder : int64[k]
        Arcs from homes to where their people wait once they are ready.

    Returns
    -------
    entering : int32[m, steps]
        Feasible, but not always the most. All people of a feeder are entered at step 0.
    arrivals : int64[steps]
        People arriving at each step.
    """
    capacity = net.capacity if net.capacity.ndim == 2 else np.repeat(net.capacity[:, None], steps, axis=1)
    people = net.supply.copy()
    ready = np.full((net.nodes, steps), np.iinfo(np.int32).max, np.int64)
    door = net.head[feeder]
    people[door] = people[net.tail[feeder]]
    people[net.tail[feeder]] = 0
    got_ready = np.cumsum(capacity[feeder], axis=1, dtype=np.int64)
    for transit in np.unique(net.transit[feeder]).tolist():
        alike = net.transit[feeder] == transit
        ready[door[alike], :transit] = 0
        ready[door[alike], transit:] = got_ready[alike, : steps - transit]
    noisy = np.zeros((len(quiet) + 1, steps + 1), np.int32)
    noisy[:-1, 1:] = np.cumsum(~quiet, axis=1)
    calm = _calm(net.zone, net.transit, noisy)
    room = net.shelter.copy()
    gone = np.zeros(net.nodes, np.int64)
    entering = np.zeros((net.arcs, steps), np.int32)
    arrivals = np.zeros(steps, np.int64)
    order = np.argsort(net.head, kind="stable").astype(np.int32)
    start = np.searchsorted(net.head[order], np.arange(net.nodes + 1))
    most = _left(capacity, entering, calm)
    usable = most > 0
    usable[feeder] = False
    for _ in range(_PASSES):
        tree = _tree(net.tail, net.transit, usable, start, order, room, steps)
        more = _carry(net.head, capacity, calm, tree, people, ready, room, entering, gone)
        arrivals += more
        if not people.any() or not room.any():
            break
        full = usable & (_left(capacity, entering, calm) < 0.05 * most)
        if more.sum() < 0.01 * arrivals.sum() and not full.any():
            break
        usable &= ~full
    entering[feeder, 0] = gone[door]
    return entering, arrivals
