"""Move people who are in a full shelter on to a shelter with room, the last to come first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from letup.flow.search import _list
from letup.flow.state import ARRIVE, LEAVE, UNARRIVE, UNLEAVE, UNWAIT, WAIT, push, residual

_LOST, _SEEN = -1, 1
_END = -1


class Onward(NamedTuple):
    """Scratch memory of the searches onward."""

    mark: np.ndarray  # int8[spots], _SEEN in this search, or _LOST: no shelter with room can be reached from here
    before: np.ndarray  # int32[spots], the spot a spot was reached from
    move: np.ndarray  # int32[spots], the move that led there
    distance: np.ndarray  # int32[n], arcs to the nearest shelter with room


@njit(cache=True)
def _measure(net, state, onward):
    """Arcs from every node to the nearest shelter with room, whatever their direction."""
    distance, n = onward.distance, len(net.wait)
    queue = np.empty(n, np.int32)
    distance[:] = n
    begin = end = 0
    for shelter in range(len(net.room)):
        if state.free[shelter] > 0:
            distance[net.shelter_node[shelter]] = 0
            queue[end] = net.shelter_node[shelter]
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
def _find(net, state, tree, onward, hub, start):
    """Search onward from ``start`` for a shelter with room; returns where one is entered (or -1) and what was seen."""
    steps, m, homes = net.steps, len(net.tail), len(net.wait) * net.steps
    shelters = homes + len(net.home_node)
    head, tail, transit = net.head, net.tail, net.transit
    entering, waiting, mark, distance = state.entering, state.waiting, onward.mark, onward.distance
    entry, after, first = tree.entry, tree.after, tree.first
    mark[hub], mark[start] = _SEEN, _SEEN
    onward.before[start], onward.move[start] = hub, 2 * m + UNARRIVE
    tree.seen[0], tree.seen[1], count = hub, start, 2
    low = top = distance[start // steps]
    used, goal = _list(entry, after, first, start, low, 0), np.int64(-1)
    while low <= top and goal < 0:
        item = first[low]
        if item < 0:
            low += 1
            continue
        first[low] = after[item]
        spot = np.int64(entry[item])
        if spot < homes:
            node = spot // steps
            step = spot - node * steps
            shelter, home = net.shelter[node], net.home[node]
            if shelter >= 0 and state.free[shelter] > 0:
                goal = spot
                break
            into, out = net.into_start[node], net.out_start[node]
            ways, others = net.out_start[node + 1] - out, net.into_start[node + 1] - into
            options = ways + others + 4
        else:
            node = np.int64(net.home_node[spot - homes] if spot < shelters else net.shelter_node[spot - shelters])
            options = steps
        for k in range(options):
            if spot >= shelters:
                if state.arriving[spot - shelters, k] <= 0:
                    continue
                found, move = node * steps + k, 2 * m + UNARRIVE
            elif spot >= homes:
                found, move = node * steps + k, 2 * m + LEAVE
            elif k < ways:
                move = net.out[out + k]
                then = step + transit[move]
                if (
                    then >= steps
                    or net.calm[net.zone[move], step] < transit[move]
                    or entering[move, step] >= net.capacity[move, step * net.varies]
                ):
                    continue
                found = np.int64(head[move]) * steps + then
            elif k < ways + others:
                arc = net.into[into + k - ways]
                then = step - transit[arc]
                if then < 0 or entering[arc, then] <= 0:
                    continue
                found, move = np.int64(tail[arc]) * steps + then, arc + m
            elif k == ways + others:
                if step + 1 == steps or not net.wait[node]:
                    continue
                found, move = spot + 1, 2 * m + WAIT
            elif k == ways + others + 1:
                if step == 0 or waiting[node, step - 1] <= 0:
                    continue
                found, move = spot - 1, 2 * m + UNWAIT
            elif k == ways + others + 2:
                if home < 0 or state.leaving[home, step] <= 0:
                    continue
                found, move = np.int64(homes) + home, 2 * m + UNLEAVE
            else:
                if shelter < 0:
                    continue
                found, move = np.int64(shelters) + shelter, 2 * m + ARRIVE
            if mark[found] != 0:
                continue
            mark[found], onward.before[found], onward.move[found] = _SEEN, spot, move
            tree.seen[count] = found
            count += 1
            far = distance[node] if found >= homes else distance[found // steps]
            used = _list(entry, after, first, found, far, used)
            low, top = min(low, far), max(top, far)
    first[:] = -1
    return goal, count


@njit(cache=True)
def move_on(net, state, tree, onward, shelter, wanted):
    """Move up to ``wanted`` people out of a shelter; returns how many moved, and a log of their moves.

    The log has a row (move, from, to, people) for each move and, after each path, a row
    (-1, shelter moved to, moves, people).
    """
    steps, m = net.steps, len(net.tail)
    shelters = len(net.wait) * steps + len(net.home_node)
    hub, first = shelters + shelter, np.int64(net.shelter_node[shelter]) * steps
    moved, rows, log = np.int64(0), 0, np.empty((1024, 4), np.int64)
    _measure(net, state, onward)
    for step in range(steps - 1, -1, -1):
        while state.arriving[shelter, step] > 0 and moved < wanted and onward.mark[first + step] != _LOST:
            goal, count = _find(net, state, tree, onward, hub, first + step)
            for k in range(count):
                onward.mark[tree.seen[k]] = _LOST if goal < 0 else 0
            onward.mark[hub] = 0
            if goal < 0:
                break
            other = net.shelter[goal // steps]
            people = min(wanted - moved, state.free[other])
            spot, length = goal, 1
            while spot != hub:
                people = min(people, residual(net, state, onward.move[spot], onward.before[spot], spot))
                spot = np.int64(onward.before[spot])
                length += 1
            while rows + length + 1 > len(log):
                longer = np.empty((2 * len(log), 4), np.int64)
                longer[:rows] = log[:rows]
                log = longer
            spot, to, move = goal, np.int64(shelters) + other, np.int64(2 * m + ARRIVE)
            while True:
                push(net, state, move, spot, to, people)
                log[rows, 0], log[rows, 1], log[rows, 2], log[rows, 3] = move, spot, to, people
                rows += 1
                if spot == hub:
                    break
                to, move, spot = spot, np.int64(onward.move[spot]), np.int64(onward.before[spot])
            log[rows, 0], log[rows, 1], log[rows, 2], log[rows, 3] = _END, other, length, people
            rows += 1
            state.free[other] -= people
            state.free[shelter] += people
            moved += people
            if state.free[other] == 0:
                _measure(net, state, onward)
    return moved, log[:rows]


@njit(cache=True)
def go_back(net, state, shelter, log):
    """Take moves back, the last first, until the shelter is full again."""
    end = len(log)
    while end > 0 and state.free[shelter] > 0:
        other, length = log[end - 1, 1], log[end - 1, 2]
        people = min(log[end - 1, 3], state.free[shelter])
        for k in range(end - 1 - length, end - 1):
            push(net, state, log[k, 0], log[k, 1], log[k, 2], -people)
        state.free[other] += people
        state.free[shelter] -= people
        end -= length + 1
