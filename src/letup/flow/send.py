"""Changes of the flow: along the way that a search has found, and at its ends."""

from __future__ import annotations

import numpy as np
from numba import njit

from letup.flow.bits import put
from letup.flow.search import ROOT
from letup.flow.state import PLENTY, UNLEAVE, UNWAIT, WAIT


@njit(cache=True)
def send(net, state, bits, scout, node, step, forwards, people):
    """Send up to ``people`` along the way between the root and the goal that was found there.

    Only what is between them changes. Returns how many were sent, the node and step of the root, and those of the
    place nearest to it whose move is now used up (-1, -1 if none).
    """
    m = len(net.tail)
    head, tail, transit, capacity, varies = net.head, net.tail, net.transit, net.capacity, net.varies
    entering, waiting, leaving, arriving = state.entering, state.waiting, state.leaving, state.arriving
    move = scout.move
    goal_node, goal_step = node, step
    cut_node, cut_step = np.int64(-1), np.int64(-1)
    for doing in (False, True):
        node, step = goal_node, goal_step
        while move[node, step] != ROOT:
            here, now = node, step
            kind = move[node, step] - 2 * m
            if kind < 0:
                back = kind >= -m
                arc = kind + m if back else kind + 2 * m
                at = step if back == forwards else step - transit[arc]
                if doing:
                    entering[arc, at] += -people if back else people
                    put(bits.used[arc], at, entering[arc, at])
                    put(bits.open[arc], at, capacity[arc, at * varies] - entering[arc, at])
                left = entering[arc, at] if back else capacity[arc, at * varies] - entering[arc, at]
                if back == forwards:
                    node, step = head[arc], at + transit[arc]
                else:
                    node, step = tail[arc], at
            elif kind in (WAIT, UNWAIT):
                step = step + 1 if (kind == WAIT) != forwards else step - 1
                at = min(now, step)
                if doing:
                    waiting[node, at] += people if kind == WAIT else -people
                    put(bits.stays[node], at, waiting[node, at])
                left = PLENTY if kind == WAIT else waiting[node, at]
            else:
                step = scout.home_at[node] if kind == UNLEAVE else scout.hub_at[node]
                x, y = (step, now) if forwards else (now, step)
                if kind == UNLEAVE:
                    row, sign, bit, which = leaving[net.home[node]], -1, bits.leaves[net.home[node]], x
                else:
                    row, sign, bit, which = arriving[net.shelter[node]], 1, bits.comes[net.shelter[node]], y
                if doing:
                    row[x] += sign * people
                    row[y] -= sign * people
                    put(bit, x, row[x])
                    put(bit, y, row[y])
                left = row[which]
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
    put(bits.comes[shelter], step, state.arriving[shelter, step])


@njit(cache=True)
def leave(net, state, bits, node, step, people):
    """Let people leave the home at a node, or (less than 0) stay."""
    home = net.home[node]
    state.leaving[home, step] += people
    state.left[home] -= people
    put(bits.leaves[home], step, state.leaving[home, step])
