"""Changes of the flow: along the way that a search has found, and at its ends."""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.augmenting_search import ARC, EARLIER, FORWARDS, HOMES, LATER, ROOT, noted
from letup.flow.bits import put
from letup.flow.residual import add_entering, add_waiting, people_at, room_on_arc, room_to_wait


@njit(cache=True)
def augment(net, state, bits, search, node, step, people):
    """Send up to ``people`` along the way between the root and the goal that was found there.

    Only what is between them changes. Returns how many were sent, the node and step of the root, and those of the
    place nearest to it whose move is now used up (-1, -1 if none).
    """
    head, tail, transit, into_start, out, out_start = (
        net.head, net.tail, net.transit, net.into_start, net.out, net.out_start,
    )  # fmt: skip
    leaving, arriving, how = state.leaving, state.arriving, search.how
    forwards = search.size[FORWARDS] != 0
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
                # whoever searches backwards goes out of a node, or takes back who came in
                back = outgoing == forwards
                if outgoing:
                    arc, at = out[out_start[node] + way - ARC], step
                    node, step = head[arc], step + transit[arc]
                else:
                    arc = into_start[node] + way - ARC - (out_start[node + 1] - out_start[node])
                    at = step - transit[arc]
                    node, step = tail[arc], at
                if doing:
                    add_entering(net, state, bits, arc, at, -people if back else people)
                left = people_at(state.entering, state.row, arc, at) if back else room_on_arc(net, state, arc, at)
            elif way in (LATER, EARLIER):
                step = step - 1 if way == LATER else step + 1
                stays = (way == LATER) == forwards
                at = min(now, step)
                if doing:
                    add_waiting(net, state, bits, node, at, people if stays else -people)
                if stays:
                    left = room_to_wait(net, state, node, at)
                else:
                    left = people_at(state.waiting, state.stay_row, node, at)
            else:
                step = search.home_at[node] if way == HOMES else search.hub_at[node]
                x, y = (step, now) if forwards else (now, step)
                if way == HOMES:
                    people_of, bits_of, row, sign, which = leaving, bits.leaves, net.home[node], -1, x
                else:
                    people_of, bits_of, row, sign, which = arriving, bits.comes, net.shelter[node], 1, y
                if doing:
                    people_of[row, x] += sign * people
                    people_of[row, y] -= sign * people
                    put(bits_of, row, x, people_of[row, x])
                    put(bits_of, row, y, people_of[row, y])
                left = people_of[row, which]
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
