"""The network and the flow as the kernel sees them, and the moves that change the flow.

A *spot* is a node at a step (a place in time, numbered ``node * steps + step``), a home or a shelter (hubs,
numbered after the places). Nothing of the time-expanded network is stored but the flow; residual moves are
computed when they are needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

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


@njit(cache=True)
def residual(net, state, move, x, y):
    """People who can still make a move from spot ``x`` to spot ``y``."""
    steps, m, homes = net.steps, len(net.tail), len(net.wait) * net.steps
    shelters = homes + len(net.home_node)
    if move < m:
        if net.calm[net.zone[move], x % steps] < net.transit[move]:
            return np.int64(0)
        return np.int64(net.capacity[move, x % steps * net.varies] - state.entering[move, x % steps])
    if move < 2 * m:
        return np.int64(state.entering[move - m, y % steps])
    kind = move - 2 * m
    if kind == UNWAIT:
        return np.int64(state.waiting[y // steps, y % steps])
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
def push(net, state, move, x, y, people):
    """Let people make a move from spot ``x`` to spot ``y``."""
    steps, m, homes = net.steps, len(net.tail), len(net.wait) * net.steps
    shelters = homes + len(net.home_node)
    kind = move - 2 * m
    if move < m:
        state.entering[move, x % steps] += people
    elif move < 2 * m:
        state.entering[move - m, y % steps] -= people
    elif kind == WAIT:
        state.waiting[x // steps, x % steps] += people
    elif kind == UNWAIT:
        state.waiting[y // steps, y % steps] -= people
    elif kind == LEAVE:
        state.leaving[x - homes, y % steps] += people
    elif kind == UNLEAVE:
        state.leaving[y - homes, x % steps] -= people
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
