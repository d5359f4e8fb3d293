"""The largest total, in any order of arrival: blocking flows over levels (Dinic 1970), the network not expanded.

Each phase measures from the shelters with room, backwards, how many moves every place in time is away from one: 64
steps of a node at a time, as bits of words. Then people are sent along moves that come one level nearer each time,
depth first, until no such path is left; a path that is used up at some place is gone on from there. Waiting, and taking
back waiting, costs no level: a place has the level of the places that can be got to from it by waiting. A person may
also take the place of somebody who left the same home at another step, or who went into the same shelter; that costs
a level, as an arc does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit
from letup.flow.augment import path_of, send_along
from letup.flow.bits import ALL, LAST, NONE, ONE, between, highest, place, spread_down, spread_up, steps_of
from letup.flow.residual import PLENTY

_FULL = -2  # not how far levels were measured, but that there was no room to note them

_FURTHER = 1.1
"""Levels are measured so much further than that of the first home: the ways of others are hardly longer."""


# what is kept of the places of a node at one level: the level, the first word with a step of them, how many words there
# are from it on, where these lie, and the number of the node's next level (-1 if there is none)
_LEVEL, _WORD, _WORDS, _AT, _NEXT = range(5)


class Levels(NamedTuple):
    """Levels of all places, moves to a shelter with room, and scratch memory; as bits, a few levels a node."""

    first: np.ndarray  # int32[n], number of the lowest level of each node, -1 if it has none
    last: np.ndarray  # int32[n], and of its highest one
    level: np.ndarray  # int32[:, 5], what is kept of each level, as above
    steps: np.ndarray  # uint64[:], words with the steps of each level, where people have not found it to lead nowhere
    size: np.ndarray  # int64[2], how many of the last two are in use
    seen: np.ndarray  # uint64[n, words], places with a level
    new: np.ndarray  # uint64[n, words], those of the next one
    jumped: np.ndarray  # int8[n], 1 if the people of the home at a node were reached, 2 those inside its shelter
    here: np.ndarray  # int32[n], nodes with places of the last level
    there: np.ndarray  # int32[n], nodes with places of the next one
    listed: np.ndarray  # int8[n], 1 if among the latter


@njit(cache=True)
def levels_of(nodes, steps):
    """Room for the levels of a network."""
    words = (steps + 63) // 64
    return Levels(
        np.full(nodes, -1, np.int32),
        np.empty(nodes, np.int32),
        np.empty((16 * nodes, 5), np.int32),  # most is never written to, and takes no memory
        np.empty((16 + words) * nodes, np.uint64),
        np.zeros(2, np.int64),
        np.zeros((nodes, words), np.uint64),
        np.zeros((nodes, words), np.uint64),
        np.zeros(nodes, np.int8),
        np.empty(nodes, np.int32),
        np.empty(nodes, np.int32),
        np.zeros(nodes, np.int8),
    )


@njit(cache=True, nogil=True)
def send_all(net, state, bits, levels):
    """Send people until nobody more can arrive; then ``levels.seen`` is the sink side of a minimum cut."""
    path = path_of(64, len(net.home), net.steps)
    level, steps = levels.level, levels.steps
    while True:
        most = measure_levels(net, state, bits, levels, level, steps)
        if most == _FULL:
            level, steps = np.empty((4 * len(level), 5), np.int32), np.empty(4 * len(steps), np.uint64)
            continue
        if most < 0:
            return
        if most + 2 > len(path.node):
            path = path_of(2 * most, len(net.home), net.steps)
        _send_homes(net, state, bits, levels.first, level, steps, path)


@njit(cache=True)
def _send_homes(net, state, bits, first, level, placed, path):
    """Send people of each home along falling levels until nobody can go on."""
    # Arrays by name: each time a tuple is handed on, or an array taken out of it, it would have to be counted.
    head, tail, transit, out, home_node = net.head, net.tail, net.transit, net.out, net.home_node
    out_start, into_start, home_of, shelter_of = net.out_start, net.into_start, net.home, net.shelter
    is_open, used, waits, stays = bits.open, bits.used, bits.waits, bits.stays
    leaves, comes, row, stay_row = bits.leaves, bits.comes, state.row, state.stay_row
    left, free, latest = state.left, state.free, net.steps - 1
    node_of, come, go, move, then = path.node, path.come, path.go, path.move, path.then
    for home in range(len(home_node)):
        begin = np.int64(first[home_node[home]])
        while begin >= 0 and left[home] > 0:
            start = _first_place(level, placed, begin)
            if start < 0:
                begin = level[begin, _NEXT]
                continue
            depth = np.int64(0)
            node_of[0], come[0] = home_node[home], start
            while True:
                node, step, now = node_of[depth], np.int64(come[depth]), level[begin, _LEVEL] - depth
                if now == 0 and free[shelter_of[node]] > 0:
                    depth = send_along(net, state, bits, path, depth, latest)
                    if left[home] == 0:
                        break
                    continue
                mine = _at_level(first, level, node, now)
                # steps until and since which one can be here, by waiting and by taking back waiting
                until = _run_up(level, placed, mine, waits, node, step)
                since = _run_down(level, placed, mine, stays, node, step) if stay_row[node] >= 0 else step
                outgoing = out_start[node + 1] - out_start[node]
                arcs = outgoing + into_start[node + 1] - into_start[node]
                exit, at, when, following = np.int64(-1), np.int64(-1), np.int64(-1), np.int64(node)
                for low, high in ((step, until), (since, step - 1)):
                    for k in range(arcs if now > 0 and low <= high else 0):
                        arc = np.int64(out[out_start[node] + k] if k < outgoing else into_start[node] + k - outgoing)
                        if k >= outgoing and row[arc] < 0:
                            continue
                        following = np.int64(head[arc] if k < outgoing else tail[arc])
                        wanted, delay = _at_level(first, level, following, now - 1), np.int64(transit[arc])
                        if wanted < 0:
                            continue
                        if k < outgoing:
                            at = _first_common(level, placed, wanted, delay, is_open, arc, low, high)
                            when = at + delay
                        else:
                            when = _first_common(level, placed, wanted, 0, used, arc, low - delay, high - delay)
                            at = when + delay
                        if min(at, when) >= 0:
                            exit = k
                            break
                    if exit >= 0:
                        break
                if exit < 0 and now > 0:
                    following, wanted = np.int64(node), _at_level(first, level, node, now - 1)
                    resident, inside = home_of[node], shelter_of[node]
                    if wanted >= 0 and resident >= 0:
                        at, when = _first_in(leaves, resident, since, until), _first_place(level, placed, wanted)
                        exit = arcs if min(at, when) >= 0 else exit
                    if exit < 0 and wanted >= 0 and inside >= 0:
                        at, when = step, _first_common(level, placed, wanted, 0, comes, inside, 0, latest)
                        exit = arcs + 1 if when >= 0 else exit
                if exit >= 0:
                    go[depth], move[depth], then[depth] = at, exit, when
                    depth += 1
                    node_of[depth], come[depth] = following, when
                    continue
                # nowhere from here, nor from where one can wait until or since
                for w in range(since >> 6, (until >> 6) + 1):
                    placed[level[mine, _AT] + w - level[mine, _WORD]] &= ~between(w, since, until)
                if depth == 0:
                    break
                depth -= 1


@njit(cache=True, inline="always")
def _at_level(first, level, node, wanted):
    """Number of a node's places at a level, -1 if it has none."""
    number = np.int64(first[node])
    while number >= 0 and level[number, _LEVEL] < wanted:
        number = level[number, _NEXT]
    return number if number >= 0 and level[number, _LEVEL] == wanted else np.int64(-1)


@njit(cache=True, inline="always")
def _word(level, placed, number, w):
    """Word ``w`` of places at a level."""
    k = w - level[number, _WORD]
    return placed[level[number, _AT] + k] if 0 <= k < level[number, _WORDS] else NONE


@njit(cache=True, inline="always")
def _first_place(level, placed, number):
    """The first step of places at a level, -1 if none is left."""
    for k in range(level[number, _WORDS]):
        word = placed[level[number, _AT] + k]
        if word != NONE:
            return 64 * (level[number, _WORD] + k) + place(word)
    return np.int64(-1)


@njit(cache=True)
def _first_common(level, placed, number, delay, bits, row, low, high):
    """The first step of a row between two from which places at a level are come to after a delay, -1 if none is."""
    shift, rest, word = delay >> 6, np.uint64(delay & 63), level[number, _WORD]
    begin, end = max(max(low, 0) >> 6, word - shift - 1), min(high >> 6, word + level[number, _WORDS] - 1 - shift)
    for w in range(begin, end + 1):
        common = bits[row, w] & between(w, max(low, 0), high)
        if common != NONE:
            ahead = _word(level, placed, number, w + shift) >> rest
            if rest != NONE:
                ahead |= _word(level, placed, number, w + shift + 1) << (np.uint64(64) - rest)
            if common & ahead != NONE:
                return 64 * w + place(common & ahead)
    return np.int64(-1)


@njit(cache=True, inline="always")
def _first_in(bits, row, low, high):
    """The first step of a row between two, -1 if there is none."""
    for w in range(low >> 6, (high >> 6) + 1):
        word = bits[row, w] & between(w, low, high)
        if word != NONE:
            return 64 * w + place(word)
    return np.int64(-1)


@njit(cache=True)
def _run_up(level, placed, number, waits, node, step):
    """The last step until which one may wait from a step on and have the same level."""
    for w in range(step >> 6, waits.shape[1]):
        ahead = _word(level, placed, number, w) >> ONE | _word(level, placed, number, w + 1) << LAST
        stop = ~(ahead & waits[node, w])
        if w == step >> 6:
            stop &= ALL << np.uint64(step & 63)
        if stop != NONE:
            return 64 * w + place(stop)
    return np.int64(step)  # not met: nobody waits at the last step


@njit(cache=True)
def _run_down(level, placed, number, stays, node, step):
    """The first step since which waiting can be taken back from a step on, with the same level."""
    for w in range(step >> 6, -1, -1):
        behind = (_word(level, placed, number, w) & stays[node, w]) << ONE
        if w > 0:
            behind |= (_word(level, placed, number, w - 1) & stays[node, w - 1]) >> LAST
        stop = ~behind
        if w == step >> 6:
            stop &= ALL >> np.uint64(63 - (step & 63))
        if stop != NONE:
            return 64 * w + highest(stop)
    return np.int64(0)  # not met: nobody waits before the first step


@njit(cache=True)
def measure_levels(net, state, bits, levels, level, placed):
    """Levels of places, somewhat further than to the first home with people: how far.

    -1 if none of these homes has one, `_FULL` if there was no room to note all levels.
    """
    steps, words = net.steps, levels.seen.shape[1]
    seen, new, first, last, size = levels.seen, levels.new, levels.first, levels.last, levels.size
    waits_freely, row = net.waits_freely, state.row
    here, there, listed, jumped = levels.here, levels.there, levels.listed, levels.jumped
    head, tail, transit, out = net.head, net.tail, net.transit, net.out
    out_start, into_start, home_of, shelter_of = net.out_start, net.into_start, net.home, net.shelter
    is_open, used, waits, stays = bits.open, bits.used, bits.waits, bits.stays
    leaves, comes = bits.leaves, bits.comes
    left = state.left
    for node in range(len(net.home)):
        for w in range(words):
            seen[node, w] = new[node, w] = NONE
        jumped[node], listed[node], first[node] = 0, 0, -1
    size[:] = 0
    count = 0
    for shelter in range(len(net.shelter_node)):
        node = net.shelter_node[shelter]
        if state.free[shelter] > 0:
            for w in range(words):
                new[node, w] = steps_of(w, steps)
            if not _note(levels, level, placed, node, 0):
                return np.int64(_FULL)
            here[count] = node
            count += 1
    now, furthest, found = 0, np.int64(PLENTY), False
    for k in range(count):
        home = net.home[here[k]]
        if home >= 0 and state.left[home] > 0:
            found, furthest = True, np.int64(2)
    while count > 0 and now < furthest:
        now += 1
        more = 0
        for k in range(count):
            node = here[k]
            lowest = level[last[node], _WORD]
            most = lowest + level[last[node], _WORDS] - 1
            fresh = level[last[node], _AT] - lowest  # words of its places at the last level lie from here on
            for arc in range(into_start[node], into_start[node + 1]):
                other = tail[arc]
                shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
                some, freely = False, waits_freely[other]
                for w in range(most - shift, max(0, lowest - shift - 1) - 1, -1):
                    if freely and (some or seen[other, w] == ALL):
                        break  # from all earlier steps one can wait until a later one
                    word = NONE
                    if w + shift >= lowest:
                        word = placed[fresh + w + shift] >> rest
                    if rest != NONE and w + shift + 1 <= most:
                        word |= placed[fresh + w + shift + 1] << (np.uint64(64) - rest)
                    word &= is_open[arc, w] & ~seen[other, w]
                    if word != NONE:
                        new[other, w] |= word
                        some = True
                if some:
                    more = _list(listed, there, more, other)
            for j in range(out_start[node], out_start[node + 1]):
                arc = out[j]
                if row[arc] < 0:
                    continue
                other = head[arc]
                shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
                some, freely = False, waits_freely[other]
                for w in range(min(words - 1, most + shift + 1), lowest + shift - 1, -1):
                    if freely and (some or seen[other, w] == ALL):
                        break
                    word = NONE
                    if w - shift <= most:
                        word = (placed[fresh + w - shift] & used[arc, w - shift]) << rest
                    if rest != NONE and w - shift - 1 >= lowest:
                        word |= (placed[fresh + w - shift - 1] & used[arc, w - shift - 1]) >> (np.uint64(64) - rest)
                    word &= ~seen[other, w]
                    if word != NONE:
                        new[other, w] |= word
                        some = True
                if some:
                    more = _list(listed, there, more, other)
            home, shelter = home_of[node], shelter_of[node]
            some = False
            if home >= 0 and jumped[node] & 1 == 0:
                jumped[node] |= 1
                for w in range(words):
                    word = leaves[home, w] & ~seen[node, w]
                    if word != NONE:
                        new[node, w] |= word
                        some = True
            if shelter >= 0 and jumped[node] & 2 == 0:
                inside = False
                for w in range(lowest, most + 1):
                    inside = inside or placed[fresh + w] & comes[shelter, w] != NONE
                if inside:
                    jumped[node] |= 2
                    for w in range(words):
                        word = steps_of(w, steps) & ~seen[node, w]
                        if word != NONE:
                            new[node, w] |= word
                            some = True
            if some:
                more = _list(listed, there, more, node)
        for k in range(more):
            node = there[k]
            listed[node] = 0
            _wait(stays, waits, seen, new, node, steps, waits_freely[node])
            if not _note(levels, level, placed, node, now):
                return np.int64(_FULL)
            home = home_of[node]
            if not found and home >= 0 and left[home] > 0:
                found, furthest = True, np.int64(now * _FURTHER) + 2
            here[k] = node
        count = more
    return np.int64(now if found else -1)


@njit(cache=True)
def _note(levels, level, placed, node, now):
    """Note the new places of a node as those of a level; False if there is no room."""
    seen, new, first, last, size = levels.seen, levels.new, levels.first, levels.last, levels.size
    low, high = np.int64(0), np.int64(new.shape[1])
    while new[node, low] == NONE:
        low += 1
    while new[node, high - 1] == NONE:
        high -= 1
    number, at = size[0], size[1]
    if number == len(level) or at + high - low > len(placed):
        return False
    level[number, _LEVEL], level[number, _WORD], level[number, _WORDS] = now, low, high - low
    level[number, _AT], level[number, _NEXT] = at, -1
    for w in range(low, high):
        placed[at + w - low] = new[node, w]
        seen[node, w] |= new[node, w]
        new[node, w] = NONE
    if first[node] < 0:
        first[node] = number
    else:
        level[last[node], _NEXT] = number
    last[node] = number
    size[0], size[1] = number + 1, at + high - low
    return True


@njit(cache=True, inline="always")
def _list(listed, nodes, count, node):
    """Put a node among those of the next level; returns how many these are."""
    if listed[node] == 0:
        listed[node] = 1
        nodes[count] = node
        count += 1
    return count


@njit(cache=True)
def _wait(stays, waits, seen, new, node, steps, freely):
    """Add to the new places of a node those from which one can get to them by waiting, or by taking back waiting."""
    words = new.shape[1]
    for w in range(words):
        start = new[node, w]
        free = (stays[node, w] << ONE) & ~seen[node, w]
        if w > 0:
            free |= (stays[node, w - 1] >> LAST) & ~seen[node, w]
            start |= (new[node, w - 1] >> LAST) & free
        if start != NONE:
            new[node, w] |= spread_up(start, free & steps_of(w, steps))
            reach = new[node, w] << ONE & free
            if reach & ~new[node, w] != NONE:
                new[node, w] |= spread_up(new[node, w] | reach, free)
    later = False
    for w in range(words - 1, -1, -1):
        start = new[node, w]
        free = waits[node, w] & ~seen[node, w]
        if later and freely:
            if free == NONE:
                break
            new[node, w] = free
            continue
        if w + 1 < words:
            start |= (new[node, w + 1] << LAST) & free
        if start != NONE:
            start |= start >> ONE & free
            new[node, w] |= spread_down(start, free)
            later = True
