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


@njit(cache=True)
def _prune(tree, search, cut, count):
    """Forget the part of the tree behind ``cut``; returns how many places are still seen."""
    k = count - 1
    while tree.seen[k] != cut:
        k -= 1
    tree.mark[cut] = 0
    kept = k
    for j in range(k + 1, count):
        place = tree.seen[j]
        if tree.parent[place] >= 0 and tree.mark[tree.parent[place]] != search:
            tree.mark[place] = 0
        else:
            tree.seen[kept] = place
            kept += 1
    return kept


@njit(cache=True)
def grow(net, state, tree, search, roots, through_full):
    """Search backwards from the roots (shelters in time) and send everyone found on the way.

    With ``through_full``, people inside a shelter may go on to another one to make room. Returns the
    number of people sent and how many places were seen. If nobody was sent and the last value is true,
    the places seen (``tree.seen``) are all from which a root can be reached.
    """
    steps, m = net.steps, len(net.tail)
    top, low = 0, len(tree.first)
    count, used, sent = 0, 0, np.int64(0)
    for root in roots:
        if tree.mark[root] == DEAD or tree.mark[root] == search:
            continue
        tree.mark[root] = search
        tree.parent[root] = -1
        tree.seen[count] = root
        count += 1
        far = tree.distance[root // steps]
        tree.entry[used] = root
        tree.after[used] = tree.first[far]
        tree.first[far] = used
        used += 1
        top, low = max(top, far), min(low, far)
    complete = True
    while low <= top and complete:
        item = tree.first[low]
        if item < 0:
            low += 1
            continue
        tree.first[low] = tree.after[item]
        place = tree.entry[item]
        if tree.mark[place] != search:
            continue
        node = place // steps
        step = place - node * steps
        home = net.home[node]
        if home >= 0 and state.left[home] > 0:
            people, cut, full = _augment(net, state, tree, place)
            sent += people
            if state.left[home] == 0:
                measure(net, state, tree)  # the lists stay as they are: distances only guide
            if full:
                complete = False
                break
            if cut >= 0:
                count = _prune(tree, search, cut, count)
            if tree.mark[place] == search:
                if used == len(tree.entry):
                    complete = False
                    break
                far = min(low, tree.distance[node])
                tree.entry[used] = place
                tree.after[used] = tree.first[far]
                tree.first[far] = used
                used += 1
                low = far
            continue
        into, out = net.into_start[node], net.out_start[node]
        ways = net.into_start[node + 1] - into
        others = net.out_start[node + 1] - out
        shelter = net.shelter[node]
        jumps = steps if home >= 0 else 0
        swaps = steps if through_full and shelter >= 0 and state.arriving[shelter, step] > 0 else 0
        k = 0
        while k < ways + others + 2 + jumps + swaps:
            if k < ways:
                arc = net.into[into + k]
                k += 1
                start = step - net.transit[arc]
                if start < 0:
                    continue
                found = net.tail[arc] * steps + start
                if tree.mark[found] == DEAD or tree.mark[found] == search or _slack(net, state, arc, start) <= 0:
                    continue
                move = arc
            elif k < ways + others:
                arc = net.out[out + k - ways]
                k += 1
                if state.entering[arc, step] <= 0:
                    continue
                found = net.head[arc] * steps + step + net.transit[arc]
                move = arc + m
            elif k == ways + others:
                k += 1
                if step == 0 or not net.wait[node]:
                    continue
                found = place - 1
                move = 2 * m + WAIT
            elif k == ways + others + 1:
                k += 1
                if state.waiting[node, step] <= 0:
                    continue
                found = place + 1
                move = 2 * m + UNWAIT
            elif k < ways + others + 2 + jumps:
                other = k - ways - others - 2
                k += 1
                if other == step or state.leaving[home, other] <= 0:
                    continue
                found = node * steps + other
                move = 2 * m + RELEAVE
            else:
                other = k - ways - others - 2 - jumps
                k += 1
                if other == step:
                    continue
                found = node * steps + other
                move = 2 * m + REPLACE
            if tree.mark[found] == DEAD or tree.mark[found] == search:
                continue
            if used == len(tree.entry):
                complete = False
                break
            tree.mark[found] = search
            tree.parent[found] = place
            tree.move[found] = move
            tree.seen[count] = found
            count += 1
            far = tree.distance[found // steps]
            tree.entry[used] = found
            tree.after[used] = tree.first[far]
            tree.first[far] = used
            used += 1
            top, low = max(top, far), min(low, far)
    tree.first[:] = -1
    return sent, count, complete


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
                sent, count, complete = grow(net, state, tree, search, root, False)
                waiting -= sent
                if sent == 0 and complete:
                    for k in range(count):
                        tree.mark[tree.seen[k]] = DEAD
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
        if sent == 0 and whole:
            for k in range(count):
                tree.mark[tree.seen[k]] = DEAD
            return
