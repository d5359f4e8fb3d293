"""The network and the flow as the kernel sees them, and the moves that change the flow.

A *spot* is a node at a step (a place in time, numbered ``node * steps + step``), a home or a shelter (hubs,
numbered after the places). Nothing of the time-expanded network is stored but the flow; residual moves are
computed when they are needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from letup.core.compiling import njit
from letup.flow.bits import NONE, between, put

PLENTY = 1 << 60

# Moves lead from one spot to the next one nearer a shelter. 0..m-1 enter that arc, m..2m-1 take back someone
# who enters arc - m, and after these, counted from 2m, the moves below (the last four are for ``order`` only).
WAIT, UNWAIT, LEAVE, UNLEAVE, ARRIVE, UNARRIVE, START, UNSTART, FILL, UNFILL = range(10)


class Net(NamedTuple):
    """The network as the kernel reads it: arcs by node, homes and shelters numbered."""

    steps: int
    tail: np.ndarray  # int32[m]
    head: np.ndarray  # int32[m]
    transit: np.ndarray  # int32[m]
    given: np.ndarray  # int32[m], number of the arc in the network as it was given
    capacity: np.ndarray  # int32[m, 1] or int32[m, T], arcs as they were given
    varies: int  # 1 if capacity varies in time, else 0
    zone: np.ndarray  # int32[m], row of ``calm``
    calm: np.ndarray  # int32[zones + 1, T], quiet steps in a row from here; last row for arcs that need no pause
    waiting_room: np.ndarray  # int64[n, 1] or int64[n, T], most people in transit who may wait until the next step
    waiting_varies: int  # 1 if that varies in time, else 0
    waits_freely: np.ndarray  # bool[n], everybody at once may wait at the node at any time
    into_start: np.ndarray  # int64[n + 1], arcs are numbered by head
    out: np.ndarray  # int32[m], arcs sorted by tail
    out_start: np.ndarray  # int64[n + 1]
    at_tail: (
        np.ndarray
    )  # int32[m], position among all arcs of the node at its start: those out of it, then those into it
    at_head: np.ndarray  # int32[m], the same at its end
    home: np.ndarray  # int32[n], number of the home at this node or -1
    shelter: np.ndarray  # int32[n], number of the shelter at this node or -1
    home_node: np.ndarray  # int32[homes]
    shelter_node: np.ndarray  # int32[shelters]
    supply: np.ndarray  # int64[homes]
    room: np.ndarray  # int64[shelters]


class State(NamedTuple):
    """The flow so far; every array is changed in place."""

    entering: np.ndarray  # int32[m, T], a row for each arc that was ever used, in order of first use
    waiting: np.ndarray  # int32[n, T], people staying at a node from this step to the next; rows as above
    row: np.ndarray  # int32[m], row of ``entering`` of each arc, -1 if it was never used
    stay_row: np.ndarray  # int32[n], the same for ``waiting`` and nodes
    rows: np.ndarray  # int64[2], rows of ``entering`` and of ``waiting`` in use
    leaving: np.ndarray  # int32[homes, T]
    arriving: np.ndarray  # int32[shelters, T]
    left: np.ndarray  # int64[homes], people still at home
    free: np.ndarray  # int64[shelters], room left


@njit(cache=True, inline="always")
def people_at(rows, row, k, step):
    """People on an arc, or waiting at a node, at a step."""
    return np.int64(rows[row[k], step]) if row[k] >= 0 else np.int64(0)


@njit(cache=True, inline="always")
def room_on_arc(net, state, arc, step):
    """People who could still enter an arc at a step if it is quiet."""
    return np.int64(net.capacity[net.given[arc], step * net.varies]) - people_at(state.entering, state.row, arc, step)


@njit(cache=True, inline="always")
def room_to_wait(net, state, node, step):
    """People who could still wait at a node from a step to the next."""
    return net.waiting_room[node, step * net.waiting_varies] - people_at(state.waiting, state.stay_row, node, step)


# The next two are alike, but what they share cannot be one function: handing the arrays on took twice the time.
@njit(cache=True)
def add_entering(net, state, bits, arc, step, people):
    """Let more people (or fewer) enter an arc at a step; returns how many do."""
    if state.row[arc] < 0:
        state.row[arc] = state.rows[0]
        state.rows[0] += 1
    row = state.row[arc]
    state.entering[row, step] += people
    there = np.int64(state.entering[row, step])
    put(bits.used, arc, step, there)
    put(bits.open, arc, step, net.capacity[net.given[arc], step * net.varies] - there)
    return there


@njit(cache=True)
def add_waiting(net, state, bits, node, step, people):
    """Let more people (or fewer) wait at a node from a step to the next; returns how many do."""
    if state.stay_row[node] < 0:
        state.stay_row[node] = state.rows[1]
        state.rows[1] += 1
    row = state.stay_row[node]
    state.waiting[row, step] += people
    there = np.int64(state.waiting[row, step])
    put(bits.stays, node, step, there)
    put(bits.waits, node, step, net.waiting_room[node, step * net.waiting_varies] - there)
    return there


@njit(cache=True)
def wait_freely(state, bits, node, come, go, sent, times):
    """Let people come to a node at so many steps from ``come`` on, each to wait until as long after ``go``.

    Everybody may wait there. ``sent`` are those who come before each of these steps.
    """
    if state.stay_row[node] < 0:
        state.stay_row[node] = state.rows[1]
        state.rows[1] += 1
    row, waiting, all_there = state.stay_row[node], state.waiting, come + times - 1
    for step in range(come, all_there):
        waiting[row, step] += sent[step - come + 1] - sent[max(0, step - go + 1)]
    for step in range(all_there, go):
        waiting[row, step] += sent[times]
    for step in range(max(all_there, go), go + times - 1):
        waiting[row, step] += sent[times] - sent[step - go + 1]
    for w in range(come >> 6, (go + times - 2 >> 6) + 1):
        bits.stays[node, w] |= between(w, come, go + times - 2)


@njit(cache=True)
def copy_entering(state, bits, given, entering):
    """Write those who enter each arc to where it was in the network as it was given; zeros are not written."""
    for arc in range(len(given)):
        if state.row[arc] >= 0:
            for w in range(bits.used.shape[1]):
                if bits.used[arc, w] != NONE:
                    for step in range(64 * w, min(64 * w + 64, entering.shape[1])):
                        entering[given[arc], step] = state.entering[state.row[arc], step]


@njit(cache=True)
def residual(net, state, move, x, y):
    """People who can still make a move from spot ``x`` to spot ``y``."""
    steps, m, homes = net.steps, len(net.tail), len(net.home) * net.steps
    shelters = homes + len(net.home_node)
    if move < m:
        if net.calm[net.zone[move], x % steps] < net.transit[move]:
            return np.int64(0)
        return room_on_arc(net, state, move, x % steps)
    if move < 2 * m:
        return people_at(state.entering, state.row, move - m, y % steps)
    kind = move - 2 * m
    if kind == WAIT:
        return room_to_wait(net, state, x // steps, x % steps)
    if kind == UNWAIT:
        return people_at(state.waiting, state.stay_row, y // steps, y % steps)
    if kind == UNLEAVE:
        return np.int64(state.leaving[y - homes, x % steps])
    if kind == UNARRIVE:
        return np.int64(state.arriving[x - shelters, y % steps])
    if kind == START:
        return state.left[y - homes]
    if kind == UNSTART:
        return net.supply[x - homes] - state.left[x - homes]
    if kind == FILL:
        return state.free[x - shelters]
    if kind == UNFILL:
        return net.room[y - shelters] - state.free[y - shelters]
    return np.int64(PLENTY)


@njit(cache=True)
def push(net, state, bits, move, x, y, people):
    """Let people make a move from spot ``x`` to spot ``y``."""
    steps, m, homes = net.steps, len(net.tail), len(net.home) * net.steps
    shelters = homes + len(net.home_node)
    kind = move - 2 * m
    if move < 2 * m:
        arc, step, more = (move, x % steps, people) if move < m else (move - m, y % steps, -people)
        add_entering(net, state, bits, arc, step, more)
    elif kind in (WAIT, UNWAIT):
        place, more = (x, people) if kind == WAIT else (y, -people)
        add_waiting(net, state, bits, place // steps, place % steps, more)
    elif kind == LEAVE:
        state.leaving[x - homes, y % steps] += people
        put(bits.leaves, x - homes, y % steps, state.leaving[x - homes, y % steps])
    elif kind == UNLEAVE:
        state.leaving[y - homes, x % steps] -= people
        put(bits.leaves, y - homes, x % steps, state.leaving[y - homes, x % steps])
    elif kind == ARRIVE:
        state.arriving[y - shelters, x % steps] += people
    elif kind == UNARRIVE:
        state.arriving[x - shelters, y % steps] -= people
    elif kind == START:
        state.left[y - homes] -= people
    elif kind == UNSTART:
        state.left[x - homes] += people
    elif kind == FILL:
        state.free[x - shelters] -= people
    else:
        state.free[y - shelters] += people
