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
from letup.flow.bits import LAST, NONE, ONE, has, place, spread_down, spread_up, steps_of
from letup.flow.residual import PLENTY

_FURTHER = 1.1
"""Levels are measured so much further than that of the first home: the ways of others are hardly longer."""


class Levels(NamedTuple):
    """Levels of all places, and scratch memory."""

    level: np.ndarray  # int32[n, T], moves to a shelter with room, -1 if none is known
    exit: np.ndarray  # int32[n, T], exit to be tried next, by its number among those of the node
    seen: np.ndarray  # uint64[n, words], places with a level
    fresh: np.ndarray  # uint64[n, words], those of the last level
    new: np.ndarray  # uint64[n, words], those of the next one
    jumped: np.ndarray  # int8[n], 1 if the people of the home at a node were reached, 2 those inside its shelter
    here: np.ndarray  # int32[n], nodes with places of the last level
    there: np.ndarray  # int32[n], nodes with places of the next one
    listed: np.ndarray  # int8[n], 1 if among the latter


def levels_of(nodes: int, steps: int) -> Levels:
    """Room for the levels of a network."""
    words = -(-steps // 64)
    places, bits = (nodes, steps), (nodes, words)
    return Levels(
        level=np.full(places, -1, np.int32),
        exit=np.empty(places, np.int32),
        seen=np.zeros(bits, np.uint64),
        fresh=np.zeros(bits, np.uint64),
        new=np.zeros(bits, np.uint64),
        jumped=np.zeros(nodes, np.int8),
        here=np.empty(nodes, np.int32),
        there=np.empty(nodes, np.int32),
        listed=np.zeros(nodes, np.int8),
    )


@njit(cache=True, nogil=True)
def send_all(net, state, bits, levels):
    """Send people until nobody more can arrive; then ``levels.seen`` is the sink side of a minimum cut."""
    path = path_of(64)
    while True:
        most = measure_levels(net, state, bits, levels)
        if most < 0:
            return
        if most + 2 > len(path.node):
            path = path_of(2 * most)
        _send_homes(net, state, bits, levels, path)


@njit(cache=True)
def _send_homes(net, state, bits, levels, path):
    """Send people of each home along falling levels until nobody can go on."""
    # Arrays by name: each time a tuple is handed on, or an array taken out of it, it would have to be counted.
    head, tail, transit, out, steps = net.head, net.tail, net.transit, net.out, net.steps
    out_start, into_start, home_of, shelter_of = net.out_start, net.into_start, net.home, net.shelter
    is_open, used, waits, stays = bits.open, bits.used, bits.waits, bits.stays
    leaves, comes = bits.leaves, bits.comes
    level, turn, left, free = levels.level, levels.exit, state.left, state.free
    node_of, come, go, move, then = path.node, path.come, path.go, path.move, path.then
    for home in range(len(net.home_node)):
        for start in range(steps):
            if left[home] == 0:
                break
            if level[net.home_node[home], start] < 0:
                continue
            depth = np.int64(0)
            node_of[0], come[0] = net.home_node[home], start
            while True:
                node, step = node_of[depth], np.int64(come[depth])
                now = level[node, step]
                if now == 0 and free[shelter_of[node]] > 0:
                    depth = send_along(net, state, bits, path, depth)
                    if left[home] == 0:
                        break
                    continue
                found = False
                if now > 0:
                    outgoing = out_start[node + 1] - out_start[node]
                    first = into_start[node]
                    arcs = outgoing + into_start[node + 1] - first
                    wanted, at, later = now - 1, step, True
                    following, when = np.int64(-1), np.int64(-1)
                    while True:
                        exit = np.int64(turn[node, at])
                        while exit < outgoing:
                            arc = out[out_start[node] + exit]
                            when = at + transit[arc]
                            if when < steps and level[head[arc], when] == wanted and has(is_open, arc, at):
                                following, found = np.int64(head[arc]), True
                                break
                            exit += 1
                        while not found and exit < arcs:
                            arc = first + exit - outgoing
                            when = at - transit[arc]
                            if when >= 0 and level[tail[arc], when] == wanted and has(used, arc, when):
                                following, found = np.int64(tail[arc]), True
                                break
                            exit += 1
                        if not found and exit == arcs:
                            mine = home_of[node]
                            if mine >= 0 and has(leaves, mine, at):
                                for when in range(steps):
                                    if level[node, when] == wanted:
                                        following, found = np.int64(node), True
                                        break
                            exit += not found
                        if not found and exit == arcs + 1:
                            inside = shelter_of[node]
                            if inside >= 0:
                                for when in range(steps):
                                    if level[node, when] == wanted and has(comes, inside, when):
                                        following, found = np.int64(node), True
                                        break
                            exit += not found
                        turn[node, at] = exit
                        if found:
                            go[depth], move[depth], then[depth] = at, exit, when
                            depth += 1
                            node_of[depth], come[depth] = following, when
                            break
                        if later:
                            if at + 1 < steps and level[node, at + 1] == now and has(waits, node, at):
                                at += 1
                                continue
                            later, at = False, step
                        if at > 0 and level[node, at - 1] == now and has(stays, node, at - 1):
                            at -= 1
                            continue
                        break
                if found:
                    continue
                level[node, step] = -1
                if depth == 0:
                    break
                depth -= 1


@njit(cache=True)
def measure_levels(net, state, bits, levels):
    """Levels of places, somewhat further than to the first home with people: how far; -1 if none of these has one."""
    steps, words = net.steps, levels.seen.shape[1]
    seen, fresh, new, level, turn = levels.seen, levels.fresh, levels.new, levels.level, levels.exit
    here, there, listed, jumped = levels.here, levels.there, levels.listed, levels.jumped
    head, tail, transit, out = net.head, net.tail, net.transit, net.out
    out_start, into_start, home_of, shelter_of = net.out_start, net.into_start, net.home, net.shelter
    is_open, used, waits, stays = bits.open, bits.used, bits.waits, bits.stays
    leaves, comes = bits.leaves, bits.comes
    left = state.left
    for node in range(len(net.home)):
        for w in range(words):
            if seen[node, w] != NONE:
                seen[node, w] = NONE
                level[node, 64 * w : 64 * w + 64] = -1
            fresh[node, w] = NONE
        jumped[node] = 0
    count = 0
    for shelter in range(len(net.shelter_node)):
        node = net.shelter_node[shelter]
        if state.free[shelter] > 0:
            for w in range(words):
                seen[node, w] = fresh[node, w] = steps_of(w, steps)
            level[node] = 0
            here[count] = node
            count += 1
    now, last, found = 0, np.int64(PLENTY), False
    for k in range(count):
        home = net.home[here[k]]
        if home >= 0 and state.left[home] > 0:
            found, last = True, 2
    while count > 0 and now < last:
        now += 1
        more = 0
        for k in range(count):
            node = here[k]
            lowest, most = words, -1
            for w in range(words):
                if fresh[node, w] != NONE:
                    lowest, most = min(lowest, w), w
            for arc in range(into_start[node], into_start[node + 1]):
                other = tail[arc]
                shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
                some = False
                for w in range(max(0, lowest - shift - 1), most - shift + 1):
                    word = NONE
                    if w + shift >= lowest:
                        word = fresh[node, w + shift] >> rest
                    if rest != NONE and w + shift + 1 <= most:
                        word |= fresh[node, w + shift + 1] << (np.uint64(64) - rest)
                    word &= is_open[arc, w] & ~seen[other, w]
                    if word != NONE:
                        new[other, w] |= word
                        some = True
                if some:
                    more = _list(listed, there, more, other)
            for j in range(out_start[node], out_start[node + 1]):
                arc = out[j]
                other = head[arc]
                shift, rest = transit[arc] >> 6, np.uint64(transit[arc] & 63)
                some = False
                for w in range(lowest + shift, min(words, most + shift + 2)):
                    word = NONE
                    if w - shift <= most:
                        word = (fresh[node, w - shift] & used[arc, w - shift]) << rest
                    if rest != NONE and w - shift - 1 >= lowest:
                        word |= (fresh[node, w - shift - 1] & used[arc, w - shift - 1]) >> (np.uint64(64) - rest)
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
                for w in range(words):
                    inside = inside or fresh[node, w] & comes[shelter, w] != NONE
                if inside:
                    jumped[node] |= 2
                    for w in range(words):
                        word = steps_of(w, steps) & ~seen[node, w]
                        if word != NONE:
                            new[node, w] |= word
                            some = True
            if some:
                more = _list(listed, there, more, node)
        for k in range(count):
            for w in range(words):
                fresh[here[k], w] = NONE
        for k in range(more):
            node = there[k]
            listed[node] = 0
            _wait(stays, waits, seen, new, node, steps)
            for w in range(words):
                word = new[node, w]
                new[node, w] = NONE
                fresh[node, w] = word
                seen[node, w] |= word
                while word != NONE:
                    at = 64 * w + place(word)
                    level[node, at], turn[node, at] = now, 0
                    word &= word - ONE
            home = home_of[node]
            if not found and home >= 0 and left[home] > 0:
                found, last = True, np.int64(now * _FURTHER) + 2
            here[k] = node
        count = more
    return now if found else -1


@njit(cache=True, inline="always")
def _list(listed, nodes, count, node):
    """Put a node among those of the next level; returns how many these are."""
    if listed[node] == 0:
        listed[node] = 1
        nodes[count] = node
        count += 1
    return count


@njit(cache=True)
def _wait(stays, waits, seen, new, node, steps):
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
    for w in range(words - 1, -1, -1):
        start = new[node, w]
        free = waits[node, w] & ~seen[node, w]
        if w + 1 < words:
            start |= (new[node, w + 1] << LAST) & free
        if start != NONE:
            start |= start >> ONE & free
            new[node, w] |= spread_down(start, free)
