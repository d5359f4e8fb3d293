"""Changes of the flow: along a path, along the way that a search has found, and at its ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit
from letup.flow.augmenting_search import ARC, EARLIER, LATER, ROOT, noted
from letup.flow.bits import has, put
from letup.flow.residual import PLENTY, add_entering, add_waiting, people_at, room_on_arc, room_to_wait, wait_freely


class Path(NamedTuple):
    """A path in the making, place by place, and scratch memory for sending people along it."""

    node: np.ndarray  # int32[], node of each place
    come: np.ndarray  # int32[], step at which it is come to
    go: np.ndarray  # int32[], step at which it is left, after waiting or taking back waiting
    move: np.ndarray  # int32[], exit taken, by its number: arcs out of the node, arcs into it, home, shelter
    then: np.ndarray  # int32[], step at which the next place is come to
    met: np.ndarray  # int32[n], place of the path at which each node was met last; any number if it was not met
    people: np.ndarray  # int64[T], people sent at each step from the first on
    sent: np.ndarray  # int64[T + 1], people sent before each of these steps


@njit(cache=True)
def path_of(places, nodes, steps):
    """Room for a path of so many places, in a network of so many nodes and steps."""
    return Path(
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.zeros(nodes, np.int32),
        np.empty(steps, np.int64),
        np.zeros(steps + 1, np.int64),
    )


# stages of sending people along a path
_FIRST, _AGAIN, _WAITING, _SENDING = range(4)


@njit(cache=True)
def send_along(net, state, bits, path, depth, latest):
    """Send as many people as fit along a path from where and when they leave home to a shelter.

    At each step after that as many again go the same way as then fit, until nobody does or they would arrive after step
    ``latest``: a rate that stays the same takes one search. Returns the first place of the path from which it is used
    up; its last one if only people or room are.
    """
    node_of, come, go, move, then, met, people, sent = (
        path.node, path.come, path.go, path.move, path.then, path.met, path.people, path.sent,
    )  # fmt: skip
    out, out_start, into_start, is_open, used = net.out, net.out_start, net.into_start, bits.open, bits.used
    given, capacity, varies, entering, row = net.given, net.capacity, net.varies, state.entering, state.row
    leaving, arriving = state.leaving, state.arriving
    home, shelter = net.home[node_of[0]], net.shelter[node_of[depth]]
    most = min(state.left[home], state.free[shelter])
    times, cut = np.int64(latest + 1 - come[depth]), np.int64(depth)
    people[0], met[node_of[depth]] = most, depth
    for stage in range(_FIRST, _SENDING + 1):
        begin, end = np.int64(stage == _AGAIN), times
        if stage == _FIRST:
            end = np.int64(1)
        elif stage == _AGAIN:
            times = end = min(times, -(-most // people[0]))
            people[1:times] = most
        elif stage == _WAITING:
            for step in range(times):
                people[step] = min(people[step], most - sent[step])
                sent[step + 1] = sent[step] + people[step]
                if sent[step + 1] == most:
                    times = step + 1
                    break
        if times == 1 and stage in (_AGAIN, _WAITING):
            continue
        for k in range(depth - 1, -1, -1):
            node, at, following = node_of[k], np.int64(go[k]), np.int64(then[k])
            low, high = min(np.int64(come[k]), at), max(np.int64(come[k]), at)
            waits = come[k] < at
            freely = waits and net.waits_freely[node]
            if stage == _FIRST:
                times = min(times, net.steps - max(high, following))
                again = met[node] if k < met[node] <= depth and node_of[met[node]] == node else 0
                # who goes later could be in the way of who went before, but not where one only takes another's place
                if again > k + 1 or (again > k and (low < high or (k + 2 <= depth and node_of[k + 2] == node))):
                    times = np.int64(1)
                met[node] = k
            if stage == _WAITING:
                for step in range(low, high + times - 1 if low < high and not freely else low):
                    if waits:
                        left = room_to_wait(net, state, node, step)
                    else:
                        left = people_at(state.waiting, state.stay_row, node, step)
                    while sent[min(times, step - low + 1)] - sent[max(np.int64(0), step - high + 1)] > left:
                        times -= 1
                continue
            outgoing = out_start[node + 1] - out_start[node]
            coming = into_start[node + 1] - into_start[node]
            exit, left = move[k], np.int64(PLENTY)
            if exit < outgoing + coming:
                forth = exit < outgoing
                arc = np.int64(out[out_start[node] + exit] if forth else into_start[node] + exit - outgoing)
                start = at if forth else following
                if stage == _SENDING:
                    if row[arc] < 0:
                        row[arc] = state.rows[0]
                        state.rows[0] += 1
                    for step in range(times):
                        more = people[step] if forth else -people[step]
                        entering[row[arc], start + step] += more
                        there = np.int64(entering[row[arc], start + step])
                        put(used, arc, start + step, there)
                        put(is_open, arc, start + step, capacity[given[arc], (start + step) * varies] - there)
                    left = room_on_arc(net, state, arc, at) if forth else np.int64(entering[row[arc], start])
                else:
                    for step in range(begin, end):
                        room = people_at(entering, row, arc, start + step)
                        if forth:
                            room = np.int64(capacity[given[arc], (start + step) * varies]) - room
                            if not has(is_open, arc, start + step):
                                room = np.int64(0)
                        if room <= 0:
                            times = end = step
                            break
                        people[step] = min(people[step], room)
            else:
                home_side = exit == outgoing + coming
                people_of, bits_of = (leaving, bits.leaves) if home_side else (arriving, bits.comes)
                hub = net.home[node] if home_side else net.shelter[node]
                less, more = (at, following) if home_side else (following, at)
                if stage == _SENDING:
                    for step in range(times):
                        people_of[hub, less + step] -= people[step]
                        people_of[hub, more + step] += people[step]
                        put(bits_of, hub, less + step, people_of[hub, less + step])
                        put(bits_of, hub, more + step, people_of[hub, more + step])
                    left = np.int64(people_of[hub, less])
                else:
                    for step in range(begin, end):
                        if people_of[hub, less + step] <= 0:
                            times = end = step
                            break
                        people[step] = min(people[step], np.int64(people_of[hub, less + step]))
            if stage == _FIRST:
                for step in range(low, low if freely else high):
                    if waits:
                        left = room_to_wait(net, state, node, step)
                    else:
                        left = people_at(state.waiting, state.stay_row, node, step)
                    people[0] = min(people[0], left)
            elif stage == _SENDING:
                if left == 0:
                    cut = k
                if freely:
                    wait_freely(state, bits, node, low, high, sent, times)
                for step in range(low, high + times - 1 if low < high and not freely else low):
                    more = sent[min(times, step - low + 1)] - sent[max(np.int64(0), step - high + 1)]
                    left = add_waiting(net, state, bits, node, step, more if waits else -more)
                    if waits:
                        left = room_to_wait(net, state, node, step)
                    if left == 0 and step < high:
                        cut = k
    for step in range(times):
        leaving[home, come[0] + step] += people[step]
        put(bits.leaves, home, come[0] + step, leaving[home, come[0] + step])
        arriving[shelter, come[depth] + step] += people[step]
        put(bits.comes, shelter, come[depth] + step, arriving[shelter, come[depth] + step])
    state.left[home] -= sent[times]
    state.free[shelter] -= sent[times]
    return cut


@njit(cache=True)
def augment(net, state, bits, search, node, step, people):
    """Send up to ``people`` along the way between the root and the goal that was found there.

    Only what is between them changes. Returns how many were sent, the node and step of the root, and those of the
    place nearest to it whose move is now used up (-1, -1 if none).
    """
    head, tail, transit, into_start, out, out_start = (
        net.head, net.tail, net.transit, net.into_start, net.out, net.out_start,
    )  # fmt: skip
    leaving, how = state.leaving, search.how
    goal_node, goal_step = node, step
    cut_node, cut_step = np.int64(-1), np.int64(-1)
    for doing in (False, True):
        node, step = goal_node, goal_step
        while True:
            here, now = node, step
            way = noted(how, node, step)
            if way == ROOT:
                break
            if way >= ARC:
                outgoing = way - ARC < out_start[node + 1] - out_start[node]
                # the search went backwards: people go out of a node, or whoever came in is taken back
                if outgoing:
                    arc, at = out[out_start[node] + way - ARC], step
                    node, step = head[arc], step + transit[arc]
                else:
                    arc = into_start[node] + way - ARC - (out_start[node + 1] - out_start[node])
                    at = step - transit[arc]
                    node, step = tail[arc], at
                if doing:
                    add_entering(net, state, bits, arc, at, people if outgoing else -people)
                left = room_on_arc(net, state, arc, at) if outgoing else people_at(state.entering, state.row, arc, at)
            elif way in (LATER, EARLIER):
                step = step - 1 if way == LATER else step + 1
                stays = way == EARLIER
                at = min(now, step)
                if doing:
                    add_waiting(net, state, bits, node, at, people if stays else -people)
                if stays:
                    left = room_to_wait(net, state, node, at)
                else:
                    left = people_at(state.waiting, state.stay_row, node, at)
            else:
                step, home = search.home_at[node], net.home[node]
                if doing:
                    leaving[home, now] -= people
                    leaving[home, step] += people
                    put(bits.leaves, home, now, leaving[home, now])
                    put(bits.leaves, home, step, leaving[home, step])
                left = leaving[home, now]
            if not doing:
                people = min(people, left)
            elif left == 0:
                cut_node, cut_step = here, now
    return people, node, step, cut_node, cut_step


@njit(cache=True)
def arrive(net, state, bits, node, step, people):
    """Take people into the shelter at a node, or (less than 0) out of it."""
    shelter = net.shelter[node]
    state.arriving[shelter, step] += people
    state.free[shelter] -= people
    put(bits.comes, shelter, step, state.arriving[shelter, step])


@njit(cache=True)
def leave(net, state, bits, node, step, people):
    """Let people leave the home at a node, or (less than 0) stay."""
    home = net.home[node]
    state.leaving[home, step] += people
    state.left[home] -= people
    put(bits.leaves, home, step, state.leaving[home, step])
