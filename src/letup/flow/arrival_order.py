"""Earliest order of arrival when shelters are scarce: the largest total stays, arrivals come as early as they can.

Once a shelter is full, who gets in decides who else can. For step t = 0, 1, 2, ... this looks for a way to
let more people arrive at t while as many as before arrive at each earlier step and in total: a cycle in the
residual network with a positive gain, where entering a shelter at t gains one and taking back such an entry
loses one. Gains are propagated backwards (label correcting). When there is no such cycle, the labels are an
optimal dual of step t, and by complementary slackness only moves between places with equal labels can be used
at later steps: places are put into classes by label, and moves between classes are closed. Each label that
reaches beyond the dead places of step t separates hubs (shelters, everybody at home, everybody arrived) for
good, so this happens at most once for each shelter.
"""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.augmenting_search import ARC, EARLIER, HOMES, INSIDE, LATER, spread
from letup.flow.bits import LAST, NONE, ONE, has, put
from letup.flow.earlier_arrivals import distances, let_in
from letup.flow.residual import (
    ARRIVE,
    FILL,
    LEAVE,
    PLENTY,
    START,
    UNARRIVE,
    UNFILL,
    UNLEAVE,
    UNSTART,
    UNWAIT,
    WAIT,
    push,
    residual,
)


@njit(cache=True)
def _onwards(net, way, hub_move, hub_follow, x):
    """Move that the pointer of a spot stands for, and the spot it leads to."""
    steps, m = net.steps, len(net.tail)
    places = len(net.home) * steps
    if x >= places:
        return np.int64(hub_move[x - places]), np.int64(hub_follow[x - places])
    node, kind = x // steps, way[x] - ARC
    if kind >= 0:
        outgoing = net.out_start[node + 1] - net.out_start[node]
        if kind < outgoing:
            arc = np.int64(net.out[net.out_start[node] + kind])
            return arc, x + np.int64(net.head[arc] - node) * steps + net.transit[arc]
        arc = np.int64(net.into_start[node] + kind - outgoing)
        return arc + m, x + np.int64(net.tail[arc] - node) * steps - net.transit[arc]
    if way[x] == EARLIER:
        return np.int64(2 * m + WAIT), np.int64(x + 1)
    if way[x] == LATER:
        return np.int64(2 * m + UNWAIT), np.int64(x - 1)
    if way[x] == HOMES:
        return np.int64(2 * m + UNLEAVE), np.int64(places + net.home[node])
    return np.int64(2 * m + ARRIVE), np.int64(places + len(net.home_node) + net.shelter[node])


@njit(cache=True)
def _cycle(net, way, hub_follow, begin):
    """Find a hub on the cycle that the pointers from the hub ``begin`` run into, or -1."""
    # arrays by name and node and step apart: this walk is most of the work where there are many cycles
    steps, places, homes = net.steps, len(net.home) * net.steps, len(net.home_node)
    head, tail, transit, into_start, out, out_start = (
        net.head, net.tail, net.transit, net.into_start, net.out, net.out_start,
    )  # fmt: skip
    x = np.int64(begin)
    for _ in range(len(hub_follow) + 1):
        x = hub_follow[x - places]
        if x < 0:
            return np.int64(-1)
        if x < places:
            node = x // steps
            now = x - node * steps
            while True:
                kind = way[node * steps + now]
                if kind >= ARC:
                    outgoing = out_start[node + 1] - out_start[node]
                    if kind - ARC < outgoing:
                        arc = np.int64(out[out_start[node] + kind - ARC])
                        node, now = np.int64(head[arc]), now + transit[arc]
                    else:
                        arc = into_start[node] + kind - ARC - outgoing
                        node, now = np.int64(tail[arc]), now - transit[arc]
                elif kind == EARLIER:
                    now += 1
                elif kind == LATER:
                    now -= 1
                else:
                    x = places + net.home[node] if kind == HOMES else places + homes + net.shelter[node]
                    break
        if x == begin:
            return x
    return x


@njit(cache=True)
def _cancel(net, state, bits, way, hub_move, hub_follow, begin, through):
    """Push as many people as possible around a cycle; ``through`` (bool[shelters]) notes which shelters it touches."""
    people, shelter_spots = np.int64(PLENTY), len(net.home) * net.steps + len(net.home_node)
    through[:] = False
    for doing in (False, True):
        x = np.int64(begin)
        while True:
            move, y = _onwards(net, way, hub_move, hub_follow, x)
            if doing:
                push(net, state, bits, move, x, y, people)
            else:
                people = min(people, residual(net, state, move, x, y))
                if 0 <= x - shelter_spots < len(through):
                    through[x - shelter_spots] = True
            x = y
            if x == begin:
                break


@njit(cache=True, inline="always")
def _append(first, last, after, at, x):
    """Let a spot wait behind the others of its distance."""
    after[x] = -1
    if first[at] < 0:
        first[at] = x
    else:
        after[last[at]] = x
    last[at] = x


@njit(cache=True)
def _propagate(
    net,
    state,
    bits,
    step,
    kind_of,
    allowed,
    gain,
    way,
    hub_move,
    hub_follow,
    first,
    last,
    after,
    queued,
    touched,
    distance,
):
    """Propagate gains backwards until they settle or a cycle with positive gain shows.

    Returns a place on such a cycle (or -1) and how many places and hubs were touched.
    """
    steps, m, n = net.steps, len(net.tail), len(net.home)
    places, homes, shelters = n * steps, len(net.home_node), len(net.room)
    everybody, inside = places + homes + shelters, places + homes + shelters + 1
    count = low = 0
    first[:] = -1
    for shelter in range(shelters):
        x = net.shelter_node[shelter] * steps + step
        if allowed[shelter, step]:
            gain[x], way[x] = 1, INSIDE
            touched[count], queued[x] = x, True
            _append(first, last, after, 0, x)
            count += 1
    while low < len(first):
        x = np.int64(first[low])
        if x < 0:
            low += 1
            continue
        first[low] = after[x]
        queued[x] = False
        if x < places:
            node = x // steps
            now = x - node * steps
            into, out = net.into_start[node], net.out_start[node]
            ways = net.into_start[node + 1] - into
            others = net.out_start[node + 1] - out
            options = ways + others + 4
        elif x < places + homes or x < everybody:
            options = steps + 1
        elif x == everybody:
            options = homes
        else:
            options = shelters
        for k in range(options):
            bonus = 0
            free_class = False
            if x < places:
                if k < ways:
                    arc = into + k
                    start = now - net.transit[arc]
                    if start < 0 or not has(bits.open, arc, start):
                        continue
                    y, move = net.tail[arc] * steps + start, ARC + net.at_tail[arc]
                elif k < ways + others:
                    arc = net.out[out + k - ways]
                    if not has(bits.used, arc, now):
                        continue
                    y, move = net.head[arc] * steps + now + net.transit[arc], ARC + net.at_head[arc]
                elif k == ways + others:
                    if now == 0 or not has(bits.waits, node, now - 1):
                        continue
                    y, move = x - 1, EARLIER
                elif k == ways + others + 1:
                    if not has(bits.stays, node, now):
                        continue
                    y, move = x + 1, LATER
                elif k == ways + others + 2:
                    if net.home[node] < 0:
                        continue
                    y, move = places + net.home[node], 2 * m + LEAVE
                else:
                    shelter = net.shelter[node]
                    if shelter < 0 or state.arriving[shelter, now] <= 0 or not allowed[shelter, now]:
                        continue
                    y, move = places + homes + shelter, 2 * m + UNARRIVE
                    bonus = -1 if now == step else 0
                    free_class = True
            elif x < places + homes:
                home = x - places
                if k < steps:
                    if state.leaving[home, k] <= 0:
                        continue
                    y, move = net.home_node[home] * steps + k, HOMES
                else:
                    if state.left[home] <= 0:
                        continue
                    y, move = everybody, 2 * m + START
            elif x < everybody:
                shelter = x - places - homes
                if k < steps:
                    if not allowed[shelter, k]:
                        continue
                    y, move = net.shelter_node[shelter] * steps + k, INSIDE
                    bonus = 1 if k == step else 0
                    free_class = True
                else:
                    if state.free[shelter] == net.room[shelter]:
                        continue
                    y, move = inside, 2 * m + UNFILL
            elif x == everybody:
                if state.left[k] == net.supply[k]:
                    continue
                y, move = places + k, 2 * m + UNSTART
            else:
                if state.free[k] <= 0:
                    continue
                y, move = places + homes + k, 2 * m + FILL
            value = gain[x] + bonus
            if value <= gain[y] or (not free_class and kind_of[x] != kind_of[y]):
                continue
            if gain[y] == 0:
                touched[count] = y
                count += 1
            gain[y] = value
            if y < places:
                way[y] = move
            else:
                hub_move[y - places], hub_follow[y - places] = move, x
            if places + homes <= y < everybody:
                found = _cycle(net, way, hub_follow, y)
                if found >= 0:
                    return found, count
            if not queued[y]:
                queued[y] = True
                near = distance[y // steps] if y < places else 0
                _append(first, last, after, near, y)
                low = min(low, near)
    return np.int64(-1), count


@njit(cache=True)
def _separate(net, bits, search, kind_of, since, spots):
    """Have searches that know no classes keep to one: spots in classes made from ``since`` on.

    A class without hubs is dead; moves between others are closed.
    """
    steps, places, homes = net.steps, len(net.home) * net.steps, len(net.home_node)
    lively = np.unique(kind_of[places + homes :])
    for x in spots:
        if x < places and kind_of[x] >= since and kind_of[x] not in lively:
            put(search.dead, x // steps, x % steps, 1)
            put(search.seen, x // steps, x % steps, 1)
    for kind in lively:
        if kind >= since:
            side = np.zeros_like(search.dead)
            for x in spots:
                if x < places and kind_of[x] == kind:
                    put(side, x // steps, x % steps, 1)
            _close(net, bits, search, side, kind_of[places : places + homes] == kind)


@njit(cache=True)
def _close(net, bits, search, side, homes):
    """Close moves between the places and homes of a class and others, for searches that know no classes."""
    words = side.shape[1]
    for arc in range(len(net.tail)):
        tail, head = net.tail[arc], net.head[arc]
        shift, rest = net.transit[arc] >> 6, np.uint64(net.transit[arc] & 63)
        for w in range(words):
            there = side[head, w + shift] >> rest if w + shift < words else NONE
            if rest != NONE and w + shift + 1 < words:
                there |= side[head, w + shift + 1] << (np.uint64(64) - rest)
            same = ~(side[tail, w] ^ there)
            bits.open[arc, w] &= same
            bits.used[arc, w] &= same
    for node in range(len(net.home)):
        for w in range(words):
            there = side[node, w] >> ONE
            if w + 1 < words:
                there |= side[node, w + 1] << LAST
            same = ~(side[node, w] ^ there)
            bits.waits[node, w] &= same
            bits.stays[node, w] &= same
    for home in range(len(net.home_node)):
        for w in range(words):
            here = side[net.home_node[home], w]
            same = here if homes[home] else ~here
            search.enter[home, w] &= same
            bits.leaves[home, w] &= same


@njit(cache=True, nogil=True)
def restore_arrival_order(net, state, bits, search, way):
    """Make arrivals lexicographically earliest among all flows with the same total.

    ``way`` has room for how each place in time was reached: int[n * T], wide enough for ARC + arcs of a node.
    """
    steps, places = net.steps, len(net.home) * net.steps
    homes, shelters = len(net.home_node), len(net.room)
    size = places + homes + shelters + 2
    kind_of = np.zeros(size, np.int32)
    gain = np.zeros(size, np.int16)
    hub_move = np.empty(size - places, np.int32)
    hub_follow = np.full(size - places, -1, np.int64)
    # spots wait in turn, but those near to shelters first: cycles close there
    distance, waiting = np.full(len(net.home), len(net.home), np.int32), net.shelter_node.astype(np.int32)
    distance[waiting] = 0
    spread(net, distance, waiting)
    first, after = np.full(len(net.home) + 1, -1, np.int32), np.empty(size, np.int32)
    last = first.copy()
    queued = np.zeros(size, np.bool_)
    touched = np.empty(size, np.int32)
    allowed = np.ones((shelters, steps), np.bool_)
    kinds = np.int32(1)
    cycles = 0
    near, through = np.empty((0, 0), np.int32), np.zeros(shelters, np.bool_)
    for step in range(steps):
        while True:
            found, count = _propagate(
                net,
                state,
                bits,
                step,
                kind_of,
                allowed,
                gain,
                way,
                hub_move,
                hub_follow,
                first,
                last,
                after,
                queued,
                touched,
                distance,
            )
            if found < 0:
                break
            _cancel(net, state, bits, way, hub_move, hub_follow, found, through)
            cycles += 1
            if cycles == 1:
                near = distances(net, state, search)
                _separate(net, bits, search, kind_of, np.int32(1), np.arange(places, dtype=np.int32))
            for k in range(count):
                x = touched[k]
                gain[x], queued[x] = 0, False
            hub_follow[:] = -1
            for shelter in np.flatnonzero(through & allowed[:, step]):
                search.distance[:] = near[shelter]
                let_in(net, state, bits, search, kind_of, allowed, shelter, step)
        for shelter in range(shelters):
            room, begin = places + homes + shelter, net.shelter_node[shelter] * steps
            for now in range(steps):
                bonus = 1 if now == step else 0
                if gain[begin + now] != gain[room] + bonus:
                    allowed[shelter, now] = False
        # one new class for each pair of old class and label that was touched
        pairs, made = np.empty((16, 2), np.int32), 0
        for k in range(count):
            x = touched[k]
            j = 0
            while j < made and (pairs[j, 0] != kind_of[x] or pairs[j, 1] != gain[x]):
                j += 1
            if j == made:
                if made == len(pairs):
                    longer = np.empty((2 * made, 2), np.int32)
                    longer[:made] = pairs
                    pairs = longer
                pairs[j, 0], pairs[j, 1] = kind_of[x], gain[x]
                made += 1
            kind_of[x] = kinds + j
            gain[x] = 0
        if cycles:
            _separate(net, bits, search, kind_of, kinds, touched[:count])
        hub_follow[:] = -1
        kinds += made
    return cycles
