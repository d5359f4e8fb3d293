"""Changes of the flow: along a path, along the way that a search has found, and at its ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit
from letup.flow.augmenting_search import ARC, EARLIER, LATER, ROOT, noted
from letup.flow.bits import put
from letup.flow.residual import PLENTY, add_entering, add_waiting, people_at, room_on_arc, room_to_wait


class Path(NamedTuple):
    """A path in the making, place by place."""

    node: np.ndarray  # int32[], node of each place
    come: np.ndarray  # int32[], step at which it is come to
    go: np.ndarray  # int32[], step at which it is left, after waiting or taking back waiting
    move: np.ndarray  # int32[], exit taken, by its number: arcs out of the node, arcs into it, home, shelter
    then: np.ndarray  # int32[], step at which the next place is come to


@njit(cache=True)
def path_of(places):
    """Room for a path of so many places."""
    return Path(
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.empty(places, np.int32),
        np.empty(places, np.int32),
    )


@njit(cache=True)
def send_along(net, state, bits, path, depth):
    """Send as many people as fit along a path from where and when they leave home to a shelter.

    Returns the first place of the path from which it is used up; its last one if only people or room are.
    """
    node_of, come, go, move, then = path.node, path.come, path.go, path.move, path.then
    people = min(state.left[net.home[node_of[0]]], state.free[net.shelter[node_of[depth]]])
    cut = np.int64(depth)
    for doing in (False, True):
        for k in range(depth - 1, -1, -1):
            node, at, following = node_of[k], np.int64(go[k]), np.int64(then[k])
            outgoing = net.out_start[node + 1] - net.out_start[node]
            coming = net.into_start[node + 1] - net.into_start[node]
            exit, left = move[k], np.int64(PLENTY)
            if exit < outgoing:
                arc = net.out[net.out_start[node] + exit]
                if doing:
                    add_entering(net, state, bits, arc, at, people)
                left = room_on_arc(net, state, arc, at)
            elif exit < outgoing + coming:
                arc = net.into_start[node] + exit - outgoing
                if doing:
                    add_entering(net, state, bits, arc, following, -people)
                left = people_at(state.entering, state.row, arc, following)
            elif exit == outgoing + coming:
                mine = net.home[node]
                if doing:
                    state.leaving[mine, at] -= people
                    state.leaving[mine, following] += people
                    put(bits.leaves, mine, at, state.leaving[mine, at])
                    put(bits.leaves, mine, following, state.leaving[mine, following])
                left = np.int64(state.leaving[mine, at])
            else:
                inside = net.shelter[node]
                if doing:
                    state.arriving[inside, following] -= people
                    state.arriving[inside, at] += people
                    put(bits.comes, inside, following, state.arriving[inside, following])
                    put(bits.comes, inside, at, state.arriving[inside, at])
                left = np.int64(state.arriving[inside, following])
            if doing:
                if left == 0:
                    cut = k
            else:
                people = min(people, left)
            for step in range(come[k], at):
                if doing:
                    add_waiting(net, state, bits, node, step, people)
                    if room_to_wait(net, state, node, step) == 0:
                        cut = k
                else:
                    people = min(people, room_to_wait(net, state, node, step))
            for step in range(at, come[k]):
                if doing:
                    if add_waiting(net, state, bits, node, step, -people) == 0:
                        cut = k
                else:
                    people = min(people, people_at(state.waiting, state.stay_row, node, step))
    leave(net, state, bits, node_of[0], np.int64(come[0]), people)
    arrive(net, state, bits, node_of[depth], np.int64(come[depth]), people)
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
