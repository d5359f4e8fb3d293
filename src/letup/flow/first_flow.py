"""A first flow, depth first: most of the largest one in a fraction of the time, nobody taken back once on the way.

Searching backwards from the shelters shows from which places in time one could get there by a deadline: these are
*alive*. People are then sent from home along places that are alive, each to the earliest it can be, and a place that
turns out to lead nowhere, as what it led through has filled up, dies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit
from letup.flow.augment import send_along
from letup.flow.bits import ALL, NONE, ONE, has, highest, place, spread_down, steps_of

_LAST_STEP = np.uint64(2**63)


class Alive(NamedTuple):
    """Places from which a shelter can be reached, and scratch memory."""

    alive: np.ndarray  # uint64[n, words]
    fresh: np.ndarray  # uint64[n, words], alive and not looked at
    queue: np.ndarray  # int32[n], nodes to be looked at, in a ring
    listed: np.ndarray  # int8[n], 1 if the node is among these
    touched: np.ndarray  # int32[n], nodes with places that are alive
    held: np.ndarray  # int8[n], 1 if the node is among these
    counts: np.ndarray  # int64[5]: see below


# nodes touched; first in the ring; how many are in it; places that have died and places gone through while sending
TOUCHED, FIRST, QUEUED, DIED, GONE = range(5)


def nobody_alive(nodes: int, steps: int) -> Alive:
    """Room for a search in a network of so many nodes and steps."""
    bits = nodes, -(-steps // 64)
    return Alive(
        alive=np.zeros(bits, np.uint64),
        fresh=np.zeros(bits, np.uint64),
        queue=np.empty(nodes, np.int32),
        listed=np.zeros(nodes, np.int8),
        touched=np.empty(nodes, np.int32),
        held=np.zeros(nodes, np.int8),
        counts=np.zeros(5, np.int64),
    )


@njit(cache=True)
def clear(reach):
    """Nothing is alive."""
    for k in range(reach.counts[TOUCHED]):
        node = reach.touched[k]
        reach.alive[node] = reach.fresh[node] = NONE
        reach.listed[node] = reach.held[node] = 0
    reach.counts[: QUEUED + 1] = 0


@njit(cache=True)
def enliven(reach, node):
    """Have a node with fresh places looked at."""
    if reach.held[node] == 0:
        reach.held[node] = 1
        reach.touched[reach.counts[TOUCHED]] = node
        reach.counts[TOUCHED] += 1
    if reach.listed[node] == 0:
        reach.listed[node] = 1
        at = reach.counts[FIRST] + reach.counts[QUEUED]
        reach.queue[at if at < len(reach.queue) else at - len(reach.queue)] = node
        reach.counts[QUEUED] += 1


@njit(cache=True)
def reach_back(net, bits, reach, dead):
    """Go backwards from fresh places along open arcs and waits, but not into what is dead."""
    alive, fresh, queue, listed, touched, held = (
        reach.alive, reach.fresh, reach.queue, reach.listed, reach.touched, reach.held,
    )  # fmt: skip
    tail, transit, into_start, is_open, waits = net.tail, net.transit, net.into_start, bits.open, bits.waits
    nodes, words = alive.shape
    held_count, first, count = reach.counts[TOUCHED], reach.counts[FIRST], reach.counts[QUEUED]
    now = np.empty(words, np.uint64)
    while count > 0:
        node = queue[first]
        first = first + 1 if first + 1 < nodes else 0
        count -= 1
        listed[node] = 0
        lowest, most = words, -1
        for w in range(words):
            now[w] = fresh[node, w]
            fresh[node, w] = NONE
            if now[w] != NONE:
                lowest, most = min(lowest, w), w
        for arc in range(into_start[node], into_start[node + 1]):
            other = tail[arc]
            shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
            some, carry = False, NONE
            for w in range(most - shift, -1, -1):
                if w < lowest - shift - 1 and carry == NONE:
                    break
                word = NONE
                if w + shift >= lowest:
                    word = now[w + shift] >> rest
                if rest != NONE and lowest <= w + shift + 1 <= most:
                    word |= now[w + shift + 1] << (np.uint64(64) - rest)
                shut = alive[other, w] | dead[other, w]
                word &= is_open[arc, w] & ~shut
                wait = waits[other, w] & ~shut
                if carry != NONE:
                    word |= _LAST_STEP & wait
                carry = NONE
                if word != NONE:
                    if wait != NONE:
                        word |= spread_down(word | (word >> ONE & wait), wait)
                    alive[other, w] |= word
                    fresh[other, w] |= word
                    some = True
                    carry = word & ONE
            if some:
                if held[other] == 0:
                    held[other] = 1
                    touched[held_count] = other
                    held_count += 1
                if listed[other] == 0:
                    listed[other] = 1
                    at = first + count
                    queue[at if at < nodes else at - nodes] = other
                    count += 1
    reach.counts[TOUCHED], reach.counts[FIRST], reach.counts[QUEUED] = held_count, first, count


@njit(cache=True)
def send(net, state, bits, reach, homes, order, path, patience, late):
    """Send people of homes along places that are alive; False once so many have died that it is better to look again.

    Each goes as early as can be, or with ``late`` as late as can be. ``order`` are the arcs of each node in the order
    in which they are tried, laid out as ``net.out``.
    """
    head, transit, out_start, shelter_of = net.head, net.transit, net.out_start, net.shelter
    alive, is_open, left, free, words = reach.alive, bits.open, state.left, state.free, reach.alive.shape[1]
    node_of, come, go, move, then = path.node, path.come, path.go, path.move, path.then
    at_tail, begin = net.at_tail, reach.counts[DIED]
    for home in homes:
        while left[home] > 0:
            start = _last_step(alive, net.home_node[home]) if late else _first_step(alive, net.home_node[home])
            if start < 0:
                break
            depth = np.int64(0)
            node_of[0], come[0] = net.home_node[home], start
            while depth >= 0:
                node, step = node_of[depth], np.int64(come[depth])
                shelter = shelter_of[node]
                if shelter >= 0 and free[shelter] > 0 and has(alive, node, step):
                    reach.counts[GONE] += depth
                    depth = send_along(net, state, bits, path, depth)
                    if free[shelter] == 0:
                        alive[node] = NONE
                    if left[home] == 0 or depth == 0:
                        break
                    continue
                until = _wait_until(bits.waits, node, step)
                moved = False
                for k in range(out_start[node], out_start[node + 1]):
                    arc = order[k]
                    other = head[arc]
                    shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
                    low, high = step >> 6, min(until >> 6, words - 1 - shift)
                    for v in range(low, high + 1):
                        w = low + high - v if late else v
                        word = alive[other, w + shift] >> rest
                        if rest != NONE and w + shift + 1 < words:
                            word |= alive[other, w + shift + 1] << (np.uint64(64) - rest)
                        word &= is_open[arc, w] & _between(w, step, until)
                        if word != NONE:
                            at = 64 * w + (highest(word) if late else place(word))
                            go[depth], move[depth], then[depth] = at, at_tail[arc], at + transit[arc]
                            depth += 1
                            node_of[depth], come[depth] = other, at + transit[arc]
                            moved = True
                            break
                    if moved:
                        break
                if moved:
                    continue
                for w in range(step >> 6, (until >> 6) + 1):
                    alive[node, w] &= ~_between(w, step, until)
                depth -= 1
                reach.counts[DIED] += 1
            if reach.counts[DIED] - begin > patience:
                return False
    return True


@njit(cache=True, inline="always")
def _first_step(bits, row):
    """The first step whose bit is set; -1 if there is none."""
    for w in range(bits.shape[1]):
        if bits[row, w] != NONE:
            return 64 * w + place(bits[row, w])
    return np.int64(-1)


@njit(cache=True, inline="always")
def _last_step(bits, row):
    """The last step whose bit is set; -1 if there is none."""
    for w in range(bits.shape[1] - 1, -1, -1):
        if bits[row, w] != NONE:
            return 64 * w + highest(bits[row, w])
    return np.int64(-1)


@njit(cache=True, inline="always")
def _between(word, first, last):
    """Bits of those steps from one to another that belong to a word."""
    mask = ALL
    if word == first >> 6:
        mask &= ALL << np.uint64(first & 63)
    if word == last >> 6:
        mask &= ALL >> np.uint64(63 - (last & 63))
    return mask


@njit(cache=True, inline="always")
def _wait_until(waits, node, step):
    """The last step until which somebody more who comes to a node at a step may wait there."""
    for w in range(step >> 6, waits.shape[1]):
        word = ~waits[node, w]
        if w == step >> 6:
            word &= ALL << np.uint64(step & 63)
        if word != NONE:
            return np.int64(64 * w + place(word))
    return np.int64(step)  # not met: nobody waits at the last step


@njit(cache=True)
def latest_steps(net, bits, reach, dead, free):
    """The latest step from which shelters with room can be reached from each node, -1 if there is none."""
    reach_by(net, bits, reach, dead, free, net.steps - 1)
    latest = np.full(len(net.home), -1, np.int64)
    for node in range(len(latest)):
        for w in range(reach.alive.shape[1]):
            if reach.alive[node, w] != NONE:
                latest[node] = 64 * w + highest(reach.alive[node, w])
    return latest


@njit(cache=True)
def reach_by(net, bits, reach, dead, free, deadline):
    """Find from where shelters with room can be reached by a deadline."""
    clear(reach)
    for shelter in range(len(free)):
        if free[shelter] > 0:
            node = net.shelter_node[shelter]
            for w in range((deadline >> 6) + 1):
                reach.alive[node, w] = reach.fresh[node, w] = steps_of(w, deadline + 1)
            enliven(reach, node)
    reach_back(net, bits, reach, dead)


@njit(cache=True, nogil=True)
def send_by_deadlines(net, state, bits, reach, homes, order, path, stages):
    """Send people by one deadline after the other, evenly spread over time."""
    dead = np.zeros_like(reach.alive)
    for stage in range(1, stages + 1):
        while state.left.any() and state.free.any():
            reach_by(net, bits, reach, dead, state.free, net.steps * stage // stages - 1)
            if send(net, state, bits, reach, homes, order, path, len(net.home), np.bool_(False)):
                break
