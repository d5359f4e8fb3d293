"""Least walking: among flows with the same arrivals at each shelter and step, that with the least time under way.

A flow that was found for its arrivals only may let people walk up and down until it is time. Here they leave home
later, or wait where there is room. This is a flow of least cost on the time-expanded network: a step under way costs
``K``, a step on an arc one more, and ``K`` is more than what a simple cycle can save by walking less, so that time
under way comes first. Cycles of negative cost in the residual network are cancelled until there are none, which proves
that the flow is the least (Klein 1967). Only taking back what is used costs less than nothing, so labels spread from
people on the way, and only as far as something may be saved.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from letup.core.compiling import njit
from letup.flow.routes import stays_of
from letup.roads.timed_network import TimedNetwork, quiet_runs, zone_rows

WORK = 2_000_000_000
"""Looks at arcs after which the search for something to save ends."""

EXACT_UP_TO = 100_000
"""Arcs times steps up to which the least is found within a second or so."""

_WAIT, _UNWAIT, _LEAVE, _UNLEAVE, _START, _UNSTART = range(6)


class LeastWalking(NamedTuple):
    """A flow with little walking.

    Attributes
    ----------
    entering : int32[m, T]
        People entering each arc at each step.
    proven : bool
        Whether no flow with the same arrivals has less time under way; False if the search ended at its limit.
    """

    entering: NDArray[np.int32]
    proven: bool


def least_walking(
    net: TimedNetwork,
    steps: int,
    quiet: NDArray[np.bool_] | None,
    entering: NDArray[np.int32],
    arriving: NDArray[np.int32],
    work: int = WORK,
) -> LeastWalking:
    """Spend the least person-time under way, and of that the least on arcs, with the same arrivals.

    Person-time under way counts the steps from leaving home to arriving, waiting on the way included.

    Parameters
    ----------
    net, steps, quiet
        As for `earliest_arrival`.
    entering : int32[m, T]
        A flow: people entering each arc at each step. It is not changed.
    arriving : int32[shelters, T]
        People entering each shelter at each step.
    work : int
        Looks at arcs after which to stop with the best so far.
    """
    better = np.array(entering, np.int32)
    if not better.any():
        return LeastWalking(better, True)
    waiting, leaving = stays_of(net, better, arriving)
    homes = np.flatnonzero(net.supply > 0)
    into, into_start = _by_node(net.head, net.nodes)
    out, out_start = _by_node(net.tail, net.nodes)
    capacity = net.capacity if net.capacity.ndim == 2 else net.capacity[:, None]
    home = np.full(net.nodes, -1, np.int64)
    home[homes] = np.arange(len(homes))
    left = net.supply[homes] - leaving[homes].sum(axis=1)
    proven = _cancel_cycles(
        net.tail.astype(np.int64),
        net.head.astype(np.int64),
        net.transit.astype(np.int64),
        capacity,
        zone_rows(net),
        quiet_runs(net.zones, steps, quiet),
        into,
        into_start,
        out,
        out_start,
        net.waiting_room,
        home,
        homes.astype(np.int64),
        net.supply[homes].astype(np.int64),
        better,
        waiting,
        leaving,
        left.astype(np.int64),
        work,
    )
    return LeastWalking(better, bool(proven))


def _by_node(ends: NDArray[np.int32], nodes: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Arcs sorted by the node at one end, and where each node's begin."""
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=start[1:])
    return np.argsort(ends, kind="stable").astype(np.int64), start


@njit(cache=True)
def _cancel_cycles(  # type: ignore[no-untyped-def]
    tail, head, transit, capacity, zone, calm, into, into_start, out, out_start, waiting_room,
    home, home_node, supply, entering, waiting, leaving, left, work,
):  # fmt: skip
    """Cancel cycles of negative cost until there are none or the work is done; returns whether there are none."""
    m, steps = entering.shape
    n = len(home)
    places, homes = n * steps, len(home_node)
    spots, everybody = places + homes + 1, places + homes
    varies = capacity.shape[1] > 1
    wait_varies = waiting_room.shape[1] > 1
    longest = np.int64(1)
    for arc in range(m):
        longest = max(longest, transit[arc])
    dear = np.int64(n) * steps * longest + 1  # K: more than the steps on arcs of any simple cycle

    label = np.zeros(spots, np.int64)
    before = np.full(spots, -1, np.int32)
    how = np.zeros(spots, np.int32)
    queued = np.zeros(spots, np.bool_)
    stamp = np.zeros(spots, np.int64)
    touched = np.empty(spots, np.int32)
    count, turn = 0, 0
    queue, later = np.empty(spots, np.int32), np.empty(spots, np.int32)
    size = more = 0
    # whatever can be taken back costs less than nothing: search from there
    for arc in range(m):
        for step in range(steps):
            if entering[arc, step] > 0:
                x = head[arc] * steps + step + transit[arc]
                if not queued[x]:
                    queued[x] = True
                    queue[size] = x
                    size += 1
    for node in range(n):
        for step in range(steps - 1):
            if waiting[node, step] > 0 and not queued[node * steps + step + 1]:
                queued[node * steps + step + 1] = True
                queue[size] = node * steps + step + 1
                size += 1
    seen = np.zeros(spots, np.bool_)
    while size > 0:
        for k in range(size):
            x = np.int64(queue[k])
            queued[x] = False
            here = label[x]
            if x < places:
                node = x // steps
                now = x - node * steps
                first, others = out_start[node], into_start[node]
                outgoing, incoming = out_start[node + 1] - first, into_start[node + 1] - others
                options = outgoing + incoming + 3
            elif x < everybody:
                node = home_node[x - places]
                options = steps + 1
            else:
                options = homes
            work -= options
            for option in range(options):
                if x < places:
                    if option < outgoing:
                        arc = out[first + option]
                        then = now + transit[arc]
                        if here + (dear + 1) * transit[arc] >= 0 or then >= steps:
                            continue
                        if calm[zone[arc], now] < transit[arc]:
                            continue
                        if capacity[arc, now if varies else 0] <= entering[arc, now]:
                            continue
                        y, cost, move = head[arc] * steps + then, (dear + 1) * transit[arc], arc
                    elif option < outgoing + incoming:
                        arc = into[others + option - outgoing]
                        then = now - transit[arc]
                        if then < 0 or entering[arc, then] <= 0:
                            continue
                        y, cost, move = tail[arc] * steps + then, -(dear + 1) * transit[arc], m + arc
                    elif option == outgoing + incoming:
                        if here + dear >= 0 or now + 1 >= steps:
                            continue
                        if waiting_room[node, now if wait_varies else 0] <= waiting[node, now]:
                            continue
                        y, cost, move = x + 1, dear, 2 * m + _WAIT
                    elif option == outgoing + incoming + 1:
                        if now == 0 or waiting[node, now - 1] <= 0:
                            continue
                        y, cost, move = x - 1, -dear, 2 * m + _UNWAIT
                    else:
                        if home[node] < 0 or leaving[node, now] <= 0:
                            continue
                        y, cost, move = places + home[node], np.int64(0), 2 * m + _UNLEAVE
                elif x < everybody:
                    if option < steps:
                        y, cost, move = node * steps + option, np.int64(0), 2 * m + _LEAVE
                    else:
                        if left[x - places] >= supply[x - places]:
                            continue
                        y, cost, move = np.int64(everybody), np.int64(0), 2 * m + _UNSTART
                else:
                    if left[option] <= 0:
                        continue
                    y, cost, move = np.int64(places + option), np.int64(0), 2 * m + _START
                if here + cost < label[y]:
                    label[y] = here + cost
                    before[y], how[y] = x, move
                    if not seen[y]:
                        seen[y] = True
                        touched[count] = y
                        count += 1
                    if not queued[y]:
                        queued[y] = True
                        later[more] = y
                        more += 1
        # cycles of pointers are cycles of negative cost
        turn += 1
        for k in range(count):
            x = np.int64(touched[k])
            if stamp[x] >= turn or before[x] < 0:
                continue
            mark = turn + k + 1  # stamps of earlier walks of this turn are between
            while before[x] >= 0 and stamp[x] < turn:
                stamp[x] = mark
                x = np.int64(before[x])
            if before[x] < 0 or stamp[x] != mark:
                continue
            begin = x
            people, cost = np.int64(1) << 60, np.int64(0)
            for doing in (False, True):
                if doing and (people <= 0 or cost >= 0):
                    break
                x = begin
                while True:
                    y, move = x, np.int64(how[x])
                    x = np.int64(before[x])
                    if move < m:
                        now = x % steps
                        if doing:
                            entering[move, now] += people
                        else:
                            people = min(people, np.int64(capacity[move, now if varies else 0]) - entering[move, now])
                            cost += (dear + 1) * transit[move]
                    elif move < 2 * m:
                        now = y % steps
                        if doing:
                            entering[move - m, now] -= people
                        else:
                            people = min(people, np.int64(entering[move - m, now]))
                            cost -= (dear + 1) * transit[move - m]
                    elif move == 2 * m + _WAIT:
                        node, now = x // steps, x % steps
                        if doing:
                            waiting[node, now] += people
                        else:
                            people = min(people, waiting_room[node, now if wait_varies else 0] - waiting[node, now])
                            cost += dear
                    elif move == 2 * m + _UNWAIT:
                        node, now = y // steps, y % steps
                        if doing:
                            waiting[node, now] -= people
                        else:
                            people = min(people, waiting[node, now])
                            cost -= dear
                    elif move == 2 * m + _LEAVE:
                        if doing:
                            leaving[y // steps, y % steps] += people
                    elif move == 2 * m + _UNLEAVE:
                        if doing:
                            leaving[x // steps, x % steps] -= people
                        else:
                            people = min(people, leaving[x // steps, x % steps])
                    elif move == 2 * m + _START:
                        if doing:
                            left[y - places] -= people
                        else:
                            people = min(people, left[y - places])
                    elif doing:
                        left[x - places] += people
                    else:
                        people = min(people, supply[x - places] - left[x - places])
                    if x == begin:
                        break
            # what they lead on to may have changed: look at all of them again
            x = begin
            while before[x] >= 0:
                y = np.int64(before[x])
                before[x] = -1
                if not queued[x]:
                    queued[x] = True
                    later[more] = x
                    more += 1
                x = y
        turn += count
        if work < 0:
            return more == 0
        queue, later = later, queue
        size, more = more, 0
    return True
