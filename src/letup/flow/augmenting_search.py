"""Search for whoever can still be sent, for many steps at once.

What a search has reached at a node is a set of steps, kept as bits of words: one look at an arc moves on
all the steps of a node together. How a step was reached is a small number, kept as bits of words as well: one word
for each binary digit. A search runs *backwards*, from shelters to those who could get there, and takes the node nearest
(in arcs) to a goal first. Roots and goals are sets of steps at nodes, too.
When people have been sent, what was found through a move that is now used up is taken back; the rest stays, and
the search goes on.

What a search without success has reached is of no use to later ones either, as long as goals only vanish: it is
*dead*, and later searches leave it alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit
from letup.flow.bits import LAST, NONE, ONE, has, highest, put, spread_down, spread_up, steps_of

# How a step was reached: it is a root, or from the step before it or after it, through the people at home or inside
# the shelter, or (from ARC on) through one of the arcs of the node, by their position.
ROOT, LATER, EARLIER, HOMES, INSIDE, ARC = range(6)
SHIFT = 3
FOUND, TAKEN, POP, HOME = range(4)


class SearchState(NamedTuple):
    """Scratch memory of the searches."""

    goal: np.ndarray  # uint64[n, words], steps to be found
    enter: np.ndarray  # uint64[homes, words], steps at which people may leave a home instead of at others
    dead: np.ndarray  # uint64[n, words], steps of no use
    seen: np.ndarray  # uint64[n, words], dead or reached by this search
    fresh: np.ndarray  # uint64[n, words], reached, but not looked at
    how: np.ndarray  # uint64[n, words, digits], how a step was reached: binary digits of ROOT, ..., ARC + position
    home_at: np.ndarray  # int32[n], step at which the home was reached, -1 if it was not
    distance: np.ndarray  # int32[n], arcs to the nearest node with a goal
    first: np.ndarray  # int32[n + 1], first node to be looked at of each distance
    after: np.ndarray  # int32[n], the next one
    listed: np.ndarray  # int8[n], 2 if it is one of them, 1 if it was, else 0
    touched: np.ndarray  # int32[n], nodes reached
    log: np.ndarray  # int64[], what the search has done: (node or node * words + word) << SHIFT | kind
    mask: np.ndarray  # uint64[], the steps it has done it for
    size: np.ndarray  # int64[3], see below


# Nodes touched; entries of the log, -1 once it is full; nodes looked at since ``measure``.
TOUCHED, LOGGED, LOOKED = range(3)


@njit(cache=True)
def measure(net, search):
    """Arcs from every node to the nearest one with a goal, whatever their direction."""
    distance, n = search.distance, len(net.home)
    goals = np.empty(n, np.int32)
    distance[:] = n
    search.size[LOOKED] = 0
    count = 0
    for node in range(n):
        if search.goal[node].any():
            distance[node] = 0
            goals[count] = node
            count += 1
    spread(net, distance, goals[:count])


@njit(cache=True)
def spread(net, distance, nodes):
    """Arcs from every node to the nearest of some; ``distance`` is 0 at these, elsewhere the number of nodes."""
    n = len(distance)
    queue = np.empty(n, np.int32)
    begin, end = 0, len(nodes)
    queue[:end] = nodes
    while begin < end:
        node = queue[begin]
        begin += 1
        for k in range(net.out_start[node], net.out_start[node + 1]):
            other = net.head[net.out[k]]
            if distance[other] == n:
                distance[other] = distance[node] + 1
                queue[end] = other
                end += 1
        for arc in range(net.into_start[node], net.into_start[node + 1]):
            other = net.tail[arc]
            if distance[other] == n:
                distance[other] = distance[node] + 1
                queue[end] = other
                end += 1


@njit(cache=True, inline="always")
def note(how, node, word, mask, way):
    """Note how the steps of a mask were reached."""
    for digit in range(how.shape[2]):
        if way >> digit & 1:
            how[node, word, digit] |= mask
        else:
            how[node, word, digit] &= ~mask


@njit(cache=True, inline="always")
def noted(how, node, step):
    """How a step was reached."""
    word, bit = step >> 6, np.uint64(step & 63)
    way = 0
    for digit in range(how.shape[2]):
        way |= np.int64(how[node, word, digit] >> bit & ONE) << digit
    return way


@njit(cache=True, inline="always")
def list_root(search, node):
    """Put a node with a root among those to be looked at."""
    if search.listed[node] == 0:
        search.listed[node] = 2
        search.after[node] = search.first[search.distance[node]]
        search.first[search.distance[node]] = node
        search.touched[search.size[TOUCHED]] = node
        search.size[TOUCHED] += 1


@njit(cache=True)
def root(search, node, step):
    """Let the next search start at a place; False if it is dead."""
    if has(search.seen, node, step):
        return False
    put(search.seen, node, step, 1)
    put(search.fresh, node, step, 1)
    note(search.how, node, step >> 6, ONE << np.uint64(step & 63), ROOT)
    list_root(search, node)
    return True


@njit(cache=True)
def forget(search, bury):
    """Get ready for the next search; with ``bury``, what this one has reached is dead."""
    for k in range(search.size[TOUCHED]):
        node = search.touched[k]
        if bury:
            search.dead[node] = search.seen[node]
        else:
            search.seen[node] = search.dead[node]
        search.fresh[node] = 0
        search.listed[node] = 0
        search.home_at[node] = -1
    search.size[TOUCHED] = search.size[LOGGED] = 0
    search.first[:] = -1


@njit(cache=True)
def find_augmenting_path(net, bits, search):
    """Search from the roots for a goal, backwards.

    Returns the node and the step of the goal, or -1, -1.
    """
    steps, words = net.steps, search.seen.shape[1]
    # arrays by name: handing whole tuples to a function in the inner loop would cost more than the search
    head, tail, transit = net.head, net.tail, net.transit
    into_start, out, out_start, at_tail, at_head = net.into_start, net.out, net.out_start, net.at_tail, net.at_head
    goal, seen, fresh, how, distance = search.goal, search.seen, search.fresh, search.how, search.distance
    first, after, listed, touched, size = search.first, search.after, search.listed, search.touched, search.size
    enter, log, mask, home_at = search.enter, search.log, search.mask, search.home_at
    behind, ahead, behind_stay, ahead_stay, leaves = bits.open, bits.used, bits.waits, bits.stays, bits.leaves
    got, now = np.zeros(words, np.uint64), np.zeros(words, np.uint64)
    low = 0
    while low < len(first):
        node = first[low]
        if node < 0:
            low += 1
            continue
        for w in range(words - 1, -1, -1):
            if fresh[node, w] & goal[node, w] != NONE:
                return node, 64 * w + highest(fresh[node, w] & goal[node, w])
        first[low] = after[node]
        listed[node] = 1
        size[LOOKED] += 1
        used = size[LOGGED]
        arcs = out_start[node + 1] - out_start[node] + into_start[node + 1] - into_start[node]
        if used < 0 or used + words * (arcs + 2) + 3 > len(log):
            used = -1
        if used >= 0:
            log[used], mask[used] = node << SHIFT | POP, NONE
            used += 1
        for w in range(words):
            got[w] = now[w] = fresh[node, w]
            fresh[node, w] = NONE
            if used >= 0 and now[w] != NONE:
                log[used], mask[used] = (node * words + w) << SHIFT | TAKEN, now[w]
                used += 1
        # through the people at home
        home = net.home[node]
        if home >= 0 and home_at[node] < 0:
            for w in range(words - 1, -1, -1):
                if now[w] & enter[home, w] != NONE:
                    home_at[node] = 64 * w + highest(now[w] & enter[home, w])
                    break
            if home_at[node] >= 0:
                if used >= 0:
                    log[used] = node << SHIFT | HOME
                    used += 1
                for w in range(words):
                    new = leaves[home, w] & ~seen[node, w] & steps_of(w, steps)
                    seen[node, w] |= new
                    now[w] |= new
                    note(how, node, w, new, HOMES)
        # on to the next steps here, then to the ones before
        for w in range(words):
            start = now[w] << ONE
            if w > 0:
                start |= now[w - 1] >> LAST
            free = ahead_stay[node, w] << ONE
            if w > 0:
                free |= ahead_stay[node, w - 1] >> LAST
            free &= ~seen[node, w]
            if start & free != NONE:
                new = spread_up(start & free, free)
                seen[node, w] |= new
                now[w] |= new
                note(how, node, w, new, LATER)
        for w in range(words - 1, -1, -1):
            start = now[w] >> ONE
            if w + 1 < words:
                start |= now[w + 1] << LAST
            free = behind_stay[node, w] & ~seen[node, w]
            if start & free != NONE:
                new = spread_down(start & free, free)
                seen[node, w] |= new
                now[w] |= new
                note(how, node, w, new, EARLIER)
        lowest, most, hit = words, -1, False
        for w in range(words):
            if now[w] != NONE:
                lowest, most = min(lowest, w), w
                hit = hit or now[w] & goal[node, w] != NONE
                if used >= 0 and now[w] != got[w]:
                    log[used], mask[used] = (node * words + w) << SHIFT | FOUND, now[w] & ~got[w]
                    used += 1
        if hit:
            for w in range(words):
                fresh[node, w] = now[w]
            after[node], first[low], listed[node] = first[low], node, 2
            size[LOGGED] = used
            continue
        for arc in range(into_start[node], into_start[node + 1]):
            other = tail[arc]
            shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
            found = False
            for w in range(max(0, lowest - shift - 1), most - shift + 1):
                new = NONE
                if w + shift >= lowest:
                    new = now[w + shift] >> rest
                if rest != NONE and w + shift + 1 <= most:
                    new |= now[w + shift + 1] << (np.uint64(64) - rest)
                new &= behind[arc, w] & ~seen[other, w]
                if new != NONE:
                    found = True
                    seen[other, w] |= new
                    fresh[other, w] |= new
                    if used >= 0:
                        log[used], mask[used] = (other * words + w) << SHIFT | FOUND, new
                        used += 1
                    note(how, other, w, new, ARC + at_tail[arc])
            if found and listed[other] < 2:
                if listed[other] == 0:
                    touched[size[TOUCHED]] = other
                    size[TOUCHED] += 1
                listed[other] = 2
                after[other] = first[distance[other]]
                first[distance[other]] = other
                low = min(low, distance[other])
        for k in range(out_start[node], out_start[node + 1]):
            arc = out[k]
            other = head[arc]
            shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
            found = False
            for w in range(lowest + shift, min(words, most + shift + 2)):
                new = NONE
                if w - shift <= most:
                    new = (now[w - shift] & ahead[arc, w - shift]) << rest
                if rest != NONE and w - shift - 1 >= lowest:
                    new |= (now[w - shift - 1] & ahead[arc, w - shift - 1]) >> (np.uint64(64) - rest)
                new &= ~seen[other, w]
                if new != NONE:
                    found = True
                    seen[other, w] |= new
                    fresh[other, w] |= new
                    if used >= 0:
                        log[used], mask[used] = (other * words + w) << SHIFT | FOUND, new
                        used += 1
                    note(how, other, w, new, ARC + at_head[arc])
            if found and listed[other] < 2:
                if listed[other] == 0:
                    touched[size[TOUCHED]] = other
                    size[TOUCHED] += 1
                listed[other] = 2
                after[other] = first[distance[other]]
                first[distance[other]] = other
                low = min(low, distance[other])
        size[LOGGED] = used
    return -1, -1


@njit(cache=True)
def retreat(search, node, step):
    """Take back what the search has done since just before it looked at where it reached a place from.

    False if it has forgotten what it did.
    """
    seen, fresh, listed, log, words = search.seen, search.fresh, search.listed, search.log, search.seen.shape[1]
    used = search.size[LOGGED]
    while used > 0:
        used -= 1
        kind, at = log[used] & (1 << SHIFT) - 1, log[used] >> SHIFT
        if kind == POP:
            if listed[at] == 1:
                listed[at] = 2
                search.after[at] = search.first[search.distance[at]]
                search.first[search.distance[at]] = at
            if not has(seen, node, step):
                search.size[LOGGED] = used
                return True
        elif kind == HOME:
            search.home_at[at] = -1
        elif kind == TAKEN:
            fresh[at // words, at % words] |= search.mask[used]
        else:
            seen[at // words, at % words] &= ~search.mask[used]
            fresh[at // words, at % words] &= ~search.mask[used]
    return False


@njit(cache=True)
def set_out(search):
    """Forget what is dead and every goal."""
    search.dead[:] = NONE
    search.seen[:] = NONE
    search.goal[:] = NONE
