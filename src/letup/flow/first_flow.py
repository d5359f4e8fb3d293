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
from letup.flow.bits import ALL, NONE, ONE, between, end_of_run, has, highest, place, spread_down, steps_of
from letup.flow.residual import Net

_WORDS_A_LOOK = 8
_LAST_STEP = np.uint64(2**63)


class Alive(NamedTuple):
    """Places from which a shelter can be reached, and scratch memory."""

    alive: np.ndarray  # uint64[n, words]
    fresh: np.ndarray  # uint64[n, words], alive and not looked at
    queue: np.ndarray  # int32[n], nodes to be looked at, in a ring
    listed: np.ndarray  # int8[n], 1 if the node is among these
    touched: np.ndarray  # int32[n], nodes with places that are alive
    held: np.ndarray  # int8[n], 1 if the node is among these
    top: np.ndarray  # int32[n], no word of ``alive`` after this one has a bit
    opening: np.ndarray  # uint64[m, blocks], words of the arc's open steps that may have a bit, while sending
    counts: np.ndarray  # int64[5]: see below


# nodes touched; first in the ring; how many are in it; places that have died and places gone through while sending
TOUCHED, FIRST, QUEUED, DIED, GONE = range(5)


def nobody_alive(net: Net) -> Alive:
    """Room for a search in a network."""
    nodes, steps = len(net.home), net.steps
    bits = nodes, -(-steps // 64)
    return Alive(
        alive=np.zeros(bits, np.uint64),
        fresh=np.zeros(bits, np.uint64),
        queue=np.empty(nodes, np.int32),
        listed=np.zeros(nodes, np.int8),
        touched=np.empty(nodes, np.int32),
        held=np.zeros(nodes, np.int8),
        top=np.full(nodes, -1, np.int32),
        opening=np.empty((len(net.tail), -(-steps // 4096)), np.uint64),
        counts=np.zeros(5, np.int64),
    )


@njit(cache=True)
def clear(reach):
    """Nothing is alive."""
    for k in range(reach.counts[TOUCHED]):
        node = reach.touched[k]
        for w in range(reach.top[node] + 1):
            reach.alive[node, w] = NONE
        reach.listed[node] = reach.held[node] = 0
        reach.top[node] = -1
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
    alive, fresh, queue, listed, touched, held, top = (
        reach.alive, reach.fresh, reach.queue, reach.listed, reach.touched, reach.held, reach.top,
    )  # fmt: skip
    tail, transit, into_start, is_open, waits = net.tail, net.transit, net.into_start, bits.open, bits.waits
    nodes, words = alive.shape
    held_count, first, count = reach.counts[TOUCHED], reach.counts[FIRST], reach.counts[QUEUED]
    now = np.empty(words, np.uint64)
    waits_freely = net.waits_freely
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
        top[node] = max(top[node], most)
        for arc in range(into_start[node], into_start[node + 1]):
            other = tail[arc]
            shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
            some, carry = False, NONE
            freely = waits_freely[other]
            for w in range(most - shift, -1, -1):
                if w < lowest - shift - 1 and carry == NONE:
                    break
                word = NONE
                if w + shift >= lowest:
                    word = now[w + shift] >> rest
                if rest != NONE and lowest <= w + shift + 1 <= most:
                    word |= now[w + shift + 1] << (np.uint64(64) - rest)
                shut = alive[other, w] | dead[other, w]
                if shut == ALL and freely:
                    break  # from all earlier steps one can wait until this one
                if freely and carry != NONE:
                    word = ~shut
                    alive[other, w] |= word
                    fresh[other, w] |= word
                    carry = word & ONE
                    continue
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
    at_tail, begin, top, opening = net.at_tail, reach.counts[DIED], reach.top, reach.opening
    opening[:] = ALL
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
                    depth = _wait_instead(bits, path, depth)
                    # not after the last step in a row at which one may arrive
                    depth = send_along(net, state, bits, path, depth, end_of_run(alive, node, step, words) - 1)
                    if free[shelter] == 0:
                        alive[node] = NONE
                    if left[home] == 0 or depth == 0:
                        break
                    continue
                # whoever waits for something is alive until then
                until = end_of_run(bits.waits, node, step, max(step >> 6, top[node]) + 1)
                moved = False
                for k in range(out_start[node], out_start[node + 1]):
                    arc = order[k]
                    other = head[arc]
                    shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
                    low, high = step >> 6, min(until >> 6, min(words - 1, top[other]) - shift)
                    block = (high if late else low) >> 6
                    while low <= high and low >> 6 <= block <= high >> 6:
                        ahead = opening[arc, block] & between(block, low, high)
                        while ahead != NONE:
                            bit = np.uint64(highest(ahead) if late else place(ahead))
                            ahead ^= ONE << bit
                            w = 64 * block + np.int64(bit)
                            if is_open[arc, w] == NONE:
                                opening[arc, block] ^= ONE << bit
                                continue
                            word = alive[other, w + shift] >> rest
                            if rest != NONE and w + shift + 1 < words:
                                word |= alive[other, w + shift + 1] << (np.uint64(64) - rest)
                            word &= is_open[arc, w] & between(w, step, until)
                            if word != NONE:
                                at = 64 * w + (highest(word) if late else place(word))
                                go[depth], move[depth], then[depth] = at, at_tail[arc], at + transit[arc]
                                depth += 1
                                node_of[depth], come[depth] = other, at + transit[arc]
                                moved = True
                                break
                        if moved:
                            break
                        block += -1 if late else 1
                    if moved:
                        break
                if moved:
                    continue
                for w in range(step >> 6, min(until >> 6, top[node]) + 1):
                    alive[node, w] &= ~between(w, step, until)
                while top[node] >= 0 and alive[node, top[node]] == NONE:
                    top[node] -= 1
                depth -= 1
                reach.counts[DIED] += 1
            if reach.counts[DIED] - begin > patience:
                return False
    return True


@njit(cache=True)
def _wait_instead(bits, path, depth):
    """Have a path wait at a node, where one may, rather than go round and come by there again; returns its length."""
    node_of, come, go, move, then, met = path.node, path.come, path.go, path.move, path.then, path.met
    for k in range(depth):
        met[node_of[k]] = k
    k = count = 0
    while k < depth:
        node, step = node_of[k], np.int64(come[k])
        again = met[node]
        if again > k and end_of_run(bits.waits, node, step, (go[again] >> 6) + 1) >= go[again]:
            k = again
        node_of[count], come[count], go[count], move[count], then[count] = node, step, go[k], move[k], then[k]
        count += 1
        k += 1
    node_of[count], come[count] = node_of[depth], come[depth]
    return count


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
    # looking again takes longer the more words there are, going on does not
    patience = len(net.home) * max(1, dead.shape[1] // _WORDS_A_LOOK)
    for stage in range(1, stages + 1):
        while state.left.any() and state.free.any():
            reach_by(net, bits, reach, dead, state.free, net.steps * stage // stages - 1)
            if send(net, state, bits, reach, homes, order, path, patience, np.bool_(False)):
                break
