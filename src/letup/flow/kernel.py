"""The kernel: earliest-arrival flow by backward search, without expanding the network in time.

A *place in time* is a node at a step, numbered ``node * steps + step``. Nothing of the time-expanded
network is stored but the flow; residual moves are computed when a search looks at them. Searches run
backwards, from shelters towards people who are still at home. Step by step, in order of arrival, people
are added until no search finds anyone; what a failed search has seen cannot be on any later path and is
never looked at again (it is dead). These dead sets are the sink sides of minimum cuts, one inside the next.

A search takes the place nearest (in arcs) to people still at home first. When it finds some, the part of
the search tree that the new flow has not cut off stays, and the search goes on.

Full shelters need more: someone inside may go on to another shelter and make room. ``complete`` adds the
people who can get in that way; ``letup.flow.order`` then restores the earliest order of arrival.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

DEAD = -1
ROOT = -1


class Net(NamedTuple):
    """The network as the kernel reads it: arcs by node, homes and shelters numbered."""

    steps: int
    tail: np.ndarray  # int32[m]
    head: np.ndarray  # int32[m]
    transit: np.ndarray  # int32[m]
    capacity: np.ndarray  # int32[m, 1] or int32[m, T]
    varies: int  # 1 if capacity varies in time, else 0
    zone: np.ndarray  # int32[m], row of ``calm``
    calm: np.ndarray  # int32[zones + 1, T], quiet steps in a row from here; last row for arcs that need no pause
    wait: np.ndarray  # bool[n]
    into: np.ndarray  # int32[m], arcs sorted by head
    into_start: np.ndarray  # int64[n + 1]
    out: np.ndarray  # int32[m], arcs sorted by tail
    out_start: np.ndarray  # int64[n + 1]
    home: np.ndarray  # int32[n], number of the home at this node or -1
    shelter: np.ndarray  # int32[n], number of the shelter at this node or -1
    home_node: np.ndarray  # int32[homes]
    shelter_node: np.ndarray  # int32[shelters]
    supply: np.ndarray  # int64[homes]
    room: np.ndarray  # int64[shelters]


class State(NamedTuple):
    """The flow so far; every array is changed in place."""

    entering: np.ndarray  # int32[m, T]
    waiting: np.ndarray  # int32[n, T], people staying at a node from this step to the next
    leaving: np.ndarray  # int32[homes, T]
    arriving: np.ndarray  # int32[shelters, T]
    left: np.ndarray  # int64[homes], people still at home
    free: np.ndarray  # int64[shelters], room left


class Tree(NamedTuple):
    """Scratch memory of the searches."""

    mark: np.ndarray  # int32[n * T], DEAD or the number of the search that saw the place last
    parent: np.ndarray  # int32[n * T], the next place on the way to the shelter
    move: np.ndarray  # int32[n * T], the move that leads there
    seen: np.ndarray  # int32[n * T]
    lost: np.ndarray  # int32[], places cut off from the root
    entry: np.ndarray  # int32[], pool of list entries: places to be looked at
    after: np.ndarray  # int32[], next entry of the same list
    first: np.ndarray  # int32[n + 1], first entry of the list of each distance
    distance: np.ndarray  # int32[n], arcs to the nearest home with people left


# A move leads from a place to the next one nearer the shelter. Moves are numbered: 0..m-1 enters that arc,
# m..2m-1 takes back someone who enters arc - m, and after these:
WAIT, UNWAIT, RELEAVE, REPLACE = 0, 1, 2, 3


@njit(cache=True, inline="always")
def _slack(net, state, arc, step):
    """People who can still enter an arc at a step."""
    if net.calm[net.zone[arc], step] < net.transit[arc]:
        return 0
    return net.capacity[arc, step * net.varies] - state.entering[arc, step]


@njit(cache=True)
def measure(net, state, tree):
    """Arcs from every node to the nearest home with people left, whatever their direction."""
    distance, n = tree.distance, len(net.wait)
    queue = np.empty(n, np.int32)
    distance[:] = n
    begin = end = 0
    for home in range(len(net.home_node)):
        if state.left[home] > 0:
            distance[net.home_node[home]] = 0
            queue[end] = net.home_node[home]
            end += 1
    while begin < end:
        node = queue[begin]
        begin += 1
        for k in range(net.out_start[node], net.out_start[node + 1]):
            other = net.head[net.out[k]]
            if distance[other] == n:
                distance[other] = distance[node] + 1
                queue[end] = other
                end += 1
        for k in range(net.into_start[node], net.into_start[node + 1]):
            other = net.tail[net.into[k]]
            if distance[other] == n:
                distance[other] = distance[node] + 1
                queue[end] = other
                end += 1


@njit(cache=True)
def residual(net, state, move, place, parent):
    """People who can still make a move from ``place`` to ``parent``."""
    steps, m = net.steps, len(net.tail)
    step, parent_step = place % steps, parent % steps
    if move < m:
        return np.int64(_slack(net, state, move, step))
    if move < 2 * m:
        return np.int64(state.entering[move - m, parent_step])
    kind = move - 2 * m
    if kind == UNWAIT:
        return np.int64(state.waiting[parent // steps, parent_step])
    if kind == RELEAVE:
        return np.int64(state.leaving[net.home[place // steps], step])
    if kind == REPLACE:
        return np.int64(state.arriving[net.shelter[parent // steps], parent_step])
    return np.int64(1) << 60


@njit(cache=True)
def push(net, state, move, place, parent, people):
    """Let people make a move from ``place`` to ``parent``."""
    steps, m = net.steps, len(net.tail)
    step, parent_step = place % steps, parent % steps
    if move < m:
        state.entering[move, step] += people
    elif move < 2 * m:
        state.entering[move - m, parent_step] -= people
    else:
        kind = move - 2 * m
        if kind == WAIT:
            state.waiting[place // steps, step] += people
        elif kind == UNWAIT:
            state.waiting[parent // steps, parent_step] -= people
        elif kind == RELEAVE:
            home = net.home[place // steps]
            state.leaving[home, step] -= people
            state.leaving[home, parent_step] += people
        else:
            shelter = net.shelter[place // steps]
            state.arriving[shelter, step] += people
            state.arriving[shelter, parent_step] -= people


@njit(cache=True)
def _augment(net, state, tree, goal):
    """Send people from their home at ``goal`` along the tree.

    Returns how many, the place nearest the root whose move is now used up (-1 if none), and whether
    their shelter is now full.
    """
    people = state.left[net.home[goal // net.steps]]
    root = goal
    while tree.parent[root] >= 0:
        people = min(people, residual(net, state, tree.move[root], root, tree.parent[root]))
        root = tree.parent[root]
    shelter = net.shelter[root // net.steps]
    people = min(people, state.free[shelter])
    home = net.home[goal // net.steps]
    cut = -1
    state.left[home] -= people
    state.leaving[home, goal % net.steps] += people
    place = goal
    while tree.parent[place] >= 0:
        push(net, state, tree.move[place], place, tree.parent[place], people)
        if residual(net, state, tree.move[place], place, tree.parent[place]) == 0:
            cut = place
        place = tree.parent[place]
    state.arriving[shelter, root % net.steps] += people
    state.free[shelter] -= people
    return people, cut, state.free[shelter] == 0


@njit(cache=True, inline="always")
def _list(entry, after, first, place, far, used):
    """Put a place on the list of its distance; returns how many entries are used."""
    entry[used] = place
    after[used] = first[far]
    first[far] = used
    return used + 1


@njit(cache=True)
def _prune(tree, search, cut, count, lost):
    """Take the branch behind ``cut`` off the tree; returns how many places are on it and how many are lost."""
    k = count - 1
    while tree.seen[k] != cut:
        k -= 1
    tree.mark[cut] = 0
    kept = k
    for j in range(k, count):
        place = tree.seen[j]
        if j > k and (tree.parent[place] == ROOT or tree.mark[tree.parent[place]] == search):
            tree.seen[kept] = place
            kept += 1
        else:
            tree.mark[place] = 0
            if lost < len(tree.lost):
                tree.lost[lost] = place
            lost += 1
    return kept, lost


@njit(cache=True)
def _regrow(net, state, tree, search, count, used, lost, since):
    """Hang lost places back on the tree where they can be; returns how many places and entries there are."""
    steps, m = net.steps, len(net.tail)
    head, tail, transit, zone, capacity, varies = net.head, net.tail, net.transit, net.zone, net.capacity, net.varies
    entering, waiting, calm, mark = state.entering, state.waiting, net.calm, tree.mark
    for j in range(lost):
        place = tree.lost[j]
        if mark[place] == search:
            continue
        node = place // steps
        step = place - node * steps
        found, move = -1, 0
        for k in range(net.out_start[node], net.out_start[node + 1]):
            arc = net.out[k]
            then = step + transit[arc]
            if (
                then < steps
                and mark[head[arc] * steps + then] == search
                and calm[zone[arc], step] >= transit[arc]
                and entering[arc, step] < capacity[arc, step * varies]
            ):
                found, move = head[arc] * steps + then, arc
                break
        if found < 0:
            for k in range(net.into_start[node], net.into_start[node + 1]):
                arc = net.into[k]
                then = step - transit[arc]
                if then >= 0 and entering[arc, then] > 0 and mark[tail[arc] * steps + then] == search:
                    found, move = tail[arc] * steps + then, arc + m
                    break
        if found < 0 and step + 1 < steps and net.wait[node] and mark[place + 1] == search:
            found, move = place + 1, 2 * m + WAIT
        if found < 0 and step > 0 and waiting[node, step - 1] > 0 and mark[place - 1] == search:
            found, move = place - 1, 2 * m + UNWAIT
        if found < 0 and net.home[node] >= 0 and state.leaving[net.home[node], step] > 0:
            for other in range(steps):
                if other != step and mark[node * steps + other] == search:
                    found, move = node * steps + other, 2 * m + RELEAVE
                    break
        if found < 0 and net.shelter[node] >= 0:
            for other in range(since, steps):
                if (
                    other != step
                    and state.arriving[net.shelter[node], other] > 0
                    and mark[node * steps + other] == search
                ):
                    found, move = node * steps + other, 2 * m + REPLACE
                    break
        if found >= 0:
            mark[place], tree.parent[place], tree.move[place] = search, found, move
            tree.seen[count] = place
            count += 1
            used = _list(tree.entry, tree.after, tree.first, place, tree.distance[node], used)
    return count, used


@njit(cache=True)
def _next_to_move_on(net, state, mark, search):
    """Among people in full shelters who could go on, but have not been asked, the last to come: their place."""
    steps = net.steps
    for step in range(steps - 1, -1, -1):
        for shelter in range(len(net.room)):
            first = np.int64(net.shelter_node[shelter]) * steps
            if mark[first + step] == search and state.arriving[shelter, step] > 0 and state.free[shelter] == 0:
                for other in range(steps):
                    if mark[first + other] != search:
                        return first + step
    return np.int64(-1)


@njit(cache=True)
def grow(net, state, tree, search, roots, full):
    """Search backwards from the roots (shelters in time) and send everyone found on the way.

    With ``full``, people inside a shelter may go on to another one to make room, those who came last first:
    nobody who came before step ``since`` moves on until it helps nobody any more otherwise. Returns how many
    people were sent, how many places were seen, and whether the search was complete: then the places seen
    are all from which a root can still be reached, and nobody who could leave is left there. It is not
    complete if a shelter is now full, or if the lists need more memory than there is.
    """
    steps, m = net.steps, len(net.tail)
    # arrays by name: handing whole tuples to a function in the inner loop would cost more than the search
    head, tail, transit, zone, capacity, varies = net.head, net.tail, net.transit, net.zone, net.capacity, net.varies
    net_into, into_start, net_out, out_start = net.into, net.into_start, net.out, net.out_start
    calm, wait, entering, waiting = net.calm, net.wait, state.entering, state.waiting
    mark, parent, distance = tree.mark, tree.parent, tree.distance
    entry, after, first = tree.entry, tree.after, tree.first
    top, low = 0, len(first)
    count, used, lost, sent = 0, 0, 0, np.int64(0)
    for root in roots:
        if tree.mark[root] == DEAD or tree.mark[root] == search:
            continue
        tree.mark[root] = search
        tree.parent[root] = ROOT
        tree.seen[count] = root
        count += 1
        far = tree.distance[root // steps]
        used = _list(entry, after, first, root, far, used)
        top, low = max(top, far), min(low, far)
    whole, since = True, steps
    while whole:
        if low > top:
            if lost > len(tree.lost) or used + lost + 1 > len(entry):
                whole = False
                break
            before = used
            count, used = _regrow(net, state, tree, search, count, used, lost, since)
            lost = 0
            if used == before and full:
                place = _next_to_move_on(net, state, mark, search)
                if place >= 0:
                    since = min(since, place % steps)
                    used = _list(entry, after, first, place, distance[place // steps], used)
            if used == before:
                break
            low, top = 0, len(first) - 1
        item = tree.first[low]
        if item < 0:
            low += 1
            continue
        tree.first[low] = tree.after[item]
        place = tree.entry[item]
        if tree.mark[place] != search:
            continue
        node = place // steps
        home = net.home[node]
        if home >= 0 and state.left[home] > 0:
            people, cut, filled = _augment(net, state, tree, place)
            sent += people
            if state.left[home] == 0:
                measure(net, state, tree)  # the lists stay as they are: distances only guide
            whole = not filled and used < len(tree.entry)
            if whole and cut >= 0:
                count, lost = _prune(tree, search, cut, count, lost)
            if whole and tree.mark[place] == search:
                far = tree.distance[node]
                used = _list(entry, after, first, place, far, used)
                top, low = max(top, far), min(low, far)
            continue
        step = place - node * steps
        into, out = into_start[node], out_start[node]
        ways, others = into_start[node + 1] - into, out_start[node + 1] - out
        shelter = net.shelter[node]
        jumps = steps if home >= 0 else 0
        swaps = steps if shelter >= 0 and step >= since and state.arriving[shelter, step] > 0 else 0
        for k in range(ways + others + 2 + jumps + swaps):
            if k < ways:
                move = net_into[into + k]
                start = step - transit[move]
                if start < 0:
                    continue
                found = tail[move] * steps + start
                if (
                    mark[found] == DEAD
                    or mark[found] == search
                    or calm[zone[move], start] < transit[move]
                    or entering[move, start] >= capacity[move, start * varies]
                ):
                    continue
            elif k < ways + others:
                arc = net_out[out + k - ways]
                if entering[arc, step] <= 0:
                    continue
                found, move = head[arc] * steps + step + transit[arc], arc + m
            elif k == ways + others:
                if step == 0 or not wait[node]:
                    continue
                found, move = place - 1, 2 * m + WAIT
            elif k == ways + others + 1:
                if waiting[node, step] <= 0:
                    continue
                found, move = place + 1, 2 * m + UNWAIT
            elif k < ways + others + 2 + jumps:
                other = k - ways - others - 2
                if other == step or state.leaving[home, other] <= 0:
                    continue
                found, move = node * steps + other, 2 * m + RELEAVE
            else:
                found, move = node * steps + k - ways - others - 2 - jumps, 2 * m + REPLACE
            if mark[found] == DEAD or mark[found] == search:
                continue
            if used == len(entry):
                whole = False
                break
            mark[found], parent[found], tree.move[found] = search, place, move
            tree.seen[count] = found
            count += 1
            far = distance[found // steps]
            used = _list(entry, after, first, found, far, used)
            top, low = max(top, far), min(low, far)
    tree.first[:] = -1
    return sent, count, whole


@njit(cache=True)
def _bury(tree, search, count):
    """Mark everything a search has seen as dead."""
    for k in range(count):
        if tree.mark[tree.seen[k]] == search:
            tree.mark[tree.seen[k]] = DEAD


@njit(cache=True)
def fill(net, state, tree):
    """Send people step by step in order of arrival, filling shelters; nobody inside moves on."""
    search = 0
    waiting = state.left.sum()
    root = np.empty(1, np.int64)
    measure(net, state, tree)
    for step in range(net.steps):
        for shelter in range(len(net.room)):
            root[0] = net.shelter_node[shelter] * net.steps + step
            while state.free[shelter] > 0 and waiting > 0 and tree.mark[root[0]] != DEAD:
                search += 1
                sent, count, whole = grow(net, state, tree, search, root, False)
                waiting -= sent
                if whole:
                    _bury(tree, search, count)
    return waiting


@njit(cache=True)
def complete(net, state, tree):
    """Send everyone who can still get in when people inside full shelters may go on to another one.

    Afterwards ``tree.mark`` is DEAD at every place from which a shelter with room can be reached: the
    sink side of a minimum cut.
    """
    steps = net.steps
    tree.mark[:] = 0
    search = 0
    while True:
        search += 1
        roots = np.empty(0, np.int64)
        for shelter in range(len(net.room)):
            if state.free[shelter] > 0:
                first = np.int64(net.shelter_node[shelter]) * steps
                roots = np.concatenate((roots, np.arange(first, first + steps)))
        sent, count, whole = grow(net, state, tree, search, roots, True)
        if whole:
            _bury(tree, search, count)
            return
