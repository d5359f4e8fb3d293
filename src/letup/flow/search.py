"""Search backwards from shelters for people who are still at home, and send whoever is found.

A search takes the spot nearest (in arcs) to people still at home first, and of those the ones on a wide way.
When it finds someone, the part of the search tree that the new flow has cut off falls off; the rest stays, and
the search goes on. Spots that fell off are hung back on where they can be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from letup.flow.state import ARRIVE, LEAVE, UNARRIVE, UNLEAVE, UNWAIT, WAIT, push, residual

DEAD = -1
ROOT = -1
WIDE, NARROWEST = 64, 6


class Tree(NamedTuple):
    """Scratch memory of the searches. A spot is a place in time, a home or a shelter."""

    mark: np.ndarray  # int32[spots], DEAD or the number of the search that saw the spot last
    parent: np.ndarray  # int32[spots], the next spot on the way to the shelter
    move: np.ndarray  # int32[spots], the move that leads there
    seen: np.ndarray  # int32[], spots in the order in which they were found
    lost: np.ndarray  # int32[], spots cut off from the root
    entry: np.ndarray  # int32[], pool of list entries: spots to be looked at
    after: np.ndarray  # int32[], next entry of the same list
    first: np.ndarray  # int32[n + NARROWEST + 1], first entry of the list of each distance
    width: np.ndarray  # int32[spots], people for whom the way to the shelter was open when it was found
    distance: np.ndarray  # int32[n], arcs to the nearest home with people left


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
def _augment(net, state, tree, goal):
    """Send people from the home ``goal`` along the tree.

    Returns how many, the spot nearest the root whose move is now used up (-1 if none), and whether
    their shelter is now full.
    """
    home = goal - len(net.wait) * net.steps
    people = state.left[home]
    root = goal
    while tree.parent[root] >= 0:
        people = min(people, residual(net, state, tree.move[root], root, tree.parent[root]))
        root = tree.parent[root]
    shelter = net.shelter[root // net.steps]
    people = min(people, state.free[shelter])
    cut = -1
    spot = goal
    while tree.parent[spot] >= 0:
        push(net, state, tree.move[spot], spot, tree.parent[spot], people)
        if residual(net, state, tree.move[spot], spot, tree.parent[spot]) == 0:
            cut = spot
        spot = tree.parent[spot]
    state.left[home] -= people
    state.arriving[shelter, root % net.steps] += people
    state.free[shelter] -= people
    return people, cut, state.free[shelter] == 0


@njit(cache=True, inline="always")
def _list(entry, after, first, spot, far, used):
    """Put a spot on the list of its distance; returns how many entries are used."""
    entry[used] = spot
    after[used] = first[far]
    first[far] = used
    return used + 1


@njit(cache=True)
def _narrow(people):
    """Extra distance of a way that is open for few people only: a branch that hangs on it soon falls off."""
    extra = 0
    while people < WIDE and extra < NARROWEST:
        people *= 2
        extra += 1
    return extra


@njit(cache=True)
def _prune(net, tree, search, cut, lost):
    """Take the branch behind ``cut`` off the tree; returns how many spots are lost now."""
    steps, homes = net.steps, len(net.wait) * net.steps
    shelters = homes + len(net.home_node)
    head, tail, transit, mark, parent, branch = net.head, net.tail, net.transit, tree.mark, tree.parent, tree.lost
    if lost == len(branch):
        return lost + 1
    branch[lost] = cut
    mark[cut] = 0
    begin, end = lost, lost + 1
    while begin < end:
        spot = branch[begin]
        begin += 1
        if spot < homes:
            node = spot // steps
            step = spot - node * steps
            into, out = net.into_start[node], net.out_start[node]
            ways, others = net.into_start[node + 1] - into, net.out_start[node + 1] - out
            count = ways + others + 4
        else:
            node = net.home_node[spot - homes] if spot < shelters else net.shelter_node[spot - shelters]
            count = steps
        for k in range(count):
            if spot >= homes:
                child = node * steps + k
            elif k < ways:
                arc = net.into[into + k]
                if step < transit[arc]:
                    continue
                child = tail[arc] * steps + step - transit[arc]
            elif k < ways + others:
                arc = net.out[out + k - ways]
                if step + transit[arc] >= steps:
                    continue
                child = head[arc] * steps + step + transit[arc]
            elif k == ways + others:
                child = max(0, spot - 1)
            elif k == ways + others + 1:
                child = min(homes - 1, spot + 1)
            elif k == ways + others + 2:
                if net.home[node] < 0:
                    continue
                child = homes + net.home[node]
            else:
                if net.shelter[node] < 0:
                    continue
                child = shelters + net.shelter[node]
            if mark[child] != search or parent[child] != spot:
                continue
            if end == len(branch):
                return end + 1
            mark[child] = 0
            branch[end] = child
            end += 1
    return end


@njit(cache=True)
def _regrow(net, state, tree, search, count, used, lost, since):
    """Hang lost spots back on the tree where they can be; returns how many spots and entries there are."""
    steps, m, homes = net.steps, len(net.tail), len(net.wait) * net.steps
    shelters = homes + len(net.home_node)
    head, tail, transit, zone, capacity, varies = net.head, net.tail, net.transit, net.zone, net.capacity, net.varies
    entering, waiting, calm, mark = state.entering, state.waiting, net.calm, tree.mark
    for j in range(lost):
        spot = tree.lost[j]
        if mark[spot] == search:
            continue
        found, move = -1, 0
        if spot < homes:
            node = spot // steps
            step = spot - node * steps
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
            if found < 0 and step + 1 < steps and net.wait[node] and mark[spot + 1] == search:
                found, move = spot + 1, 2 * m + WAIT
            if found < 0 and step > 0 and waiting[node, step - 1] > 0 and mark[spot - 1] == search:
                found, move = spot - 1, 2 * m + UNWAIT
            home, shelter = net.home[node], net.shelter[node]
            if found < 0 and home >= 0 and state.leaving[home, step] > 0 and mark[homes + home] == search:
                found, move = homes + home, 2 * m + UNLEAVE
            if found < 0 and shelter >= 0 and mark[shelters + shelter] == search:
                found, move = shelters + shelter, 2 * m + ARRIVE
        else:
            at_home = spot < shelters
            node = np.int64(net.home_node[spot - homes] if at_home else net.shelter_node[spot - shelters])
            for step in range(steps - 1, -1 if at_home else since - 1, -1):
                place = node * steps + step
                if mark[place] == search and (at_home or state.arriving[spot - shelters, step] > 0):
                    found, move = place, 2 * m + (LEAVE if at_home else UNARRIVE)
                    break
        if found >= 0:
            mark[spot], tree.parent[spot], tree.move[spot] = search, found, move
            tree.width[spot] = tree.width[found]
            tree.seen[count] = spot
            count += 1
            used = _list(tree.entry, tree.after, tree.first, spot, tree.distance[node], used)
    return count, used


@njit(cache=True)
def _next_to_move_on(net, state, mark, search):
    """Among people in full shelters who could go on, but have not been asked, the last to come: their place."""
    steps, shelters = net.steps, len(net.wait) * net.steps + len(net.home_node)
    for step in range(steps - 1, -1, -1):
        for shelter in range(len(net.room)):
            place = np.int64(net.shelter_node[shelter]) * steps + step
            if (
                mark[shelters + shelter] != search
                and mark[place] == search
                and state.arriving[shelter, step] > 0
                and state.free[shelter] == 0
            ):
                return place
    return np.int64(-1)


@njit(cache=True)
def grow(net, state, tree, search, roots, full):
    """Search backwards from the roots (shelters in time) and send everyone found on the way.

    With ``full``, people inside a shelter may go on to another one to make room, those who came last first:
    nobody who came before step ``since`` moves on until it helps nobody any more otherwise. Returns how many
    people were sent, how many spots were seen, and whether the search was complete: then the spots seen
    are all from which a root can still be reached, and nobody who could leave is left there. It is not
    complete if a shelter is now full, or if the lists need more memory than there is.
    """
    steps, m, homes = net.steps, len(net.tail), len(net.wait) * net.steps
    shelters = homes + len(net.home_node)
    # arrays by name: handing whole tuples to a function in the inner loop would cost more than the search
    head, tail, transit, zone, capacity, varies = net.head, net.tail, net.transit, net.zone, net.capacity, net.varies
    net_into, into_start, net_out, out_start = net.into, net.into_start, net.out, net.out_start
    calm, wait, entering, waiting = net.calm, net.wait, state.entering, state.waiting
    mark, parent, distance, width = tree.mark, tree.parent, tree.distance, tree.width
    entry, after, first = tree.entry, tree.after, tree.first
    top, low = 0, len(first)
    count, used, lost, sent = 0, 0, 0, np.int64(0)
    for root in roots:
        if mark[root] == DEAD or mark[root] == search:
            continue
        mark[root] = search
        width[root] = WIDE
        parent[root] = ROOT
        tree.seen[count] = root
        count += 1
        far = distance[root // steps]
        used = _list(entry, after, first, root, far, used)
        top, low = max(top, far), min(low, far)
    whole, since = True, steps
    while whole:
        if low > top:
            if used + lost + 1 > len(entry) or count + lost > len(tree.seen):
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
        item = first[low]
        if item < 0:
            low += 1
            continue
        first[low] = after[item]
        spot = entry[item]
        if mark[spot] != search:
            continue
        if spot < homes:
            node = spot // steps
            step = spot - node * steps
            into, out = into_start[node], out_start[node]
            ways, others = into_start[node + 1] - into, out_start[node + 1] - out
            options = ways + others + 4
        elif spot < shelters:
            home = spot - homes
            node = np.int64(net.home_node[home])
            if state.left[home] > 0:
                people, cut, filled = _augment(net, state, tree, spot)
                sent += people
                if state.left[home] == 0:
                    measure(net, state, tree)  # the lists stay as they are: distances only guide
                if filled or used == len(entry):
                    whole = False
                    break
                if cut >= 0:
                    lost = _prune(net, tree, search, cut, lost)
                    if lost > len(tree.lost):
                        whole = False
                        break
                if mark[spot] == search:
                    used = _list(entry, after, first, spot, distance[node], used)
                    top, low = max(top, distance[node]), min(low, distance[node])
                continue
            options = steps
        else:
            node = np.int64(net.shelter_node[spot - shelters])
            options = steps
        for k in range(options):
            if spot < homes:
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
                    if net.home[node] < 0:
                        continue
                    found, move = homes + net.home[node], 2 * m + LEAVE
                elif k == ways + others + 1:
                    if step == 0 or not wait[node]:
                        continue
                    found, move = spot - 1, 2 * m + WAIT
                elif k == ways + others + 2:
                    if waiting[node, step] <= 0:
                        continue
                    found, move = spot + 1, 2 * m + UNWAIT
                else:
                    shelter = net.shelter[node]
                    if shelter < 0 or step < since or state.arriving[shelter, step] <= 0:
                        continue
                    found, move = shelters + shelter, 2 * m + UNARRIVE
            elif spot < shelters:
                if state.leaving[spot - homes, k] <= 0:
                    continue
                found, move = node * steps + k, 2 * m + UNLEAVE
            else:
                found, move = node * steps + k, 2 * m + ARRIVE
            if mark[found] == DEAD or mark[found] == search:
                continue
            if used == len(entry) or count == len(tree.seen):
                whole = False
                break
            mark[found], parent[found], tree.move[found] = search, spot, move
            tree.seen[count] = found
            count += 1
            open_for = width[spot]
            if spot >= homes:
                if spot < shelters:
                    open_for = min(open_for, state.leaving[spot - homes, k])
            elif move < m:
                open_for = min(open_for, capacity[move, start * varies] - entering[move, start])
            elif move < 2 * m:
                open_for = min(open_for, entering[move - m, step])
            elif move == 2 * m + UNWAIT:
                open_for = min(open_for, waiting[node, step])
            elif move == 2 * m + UNARRIVE:
                open_for = min(open_for, state.arriving[found - shelters, step])
            width[found] = open_for
            far = (distance[node] if found >= homes else distance[found // steps]) + _narrow(open_for)
            used = _list(entry, after, first, found, far, used)
            top, low = max(top, far), min(low, far)
    first[:] = -1
    return sent, count, whole
