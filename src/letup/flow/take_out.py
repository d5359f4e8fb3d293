"""Take people out of a flow whose way can no longer be gone: they stay at home, and what they filled is free again."""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.bits import has, put


@njit(cache=True)
def take_out(net, state, bits):
    """Take everybody out who enters an arc when it cannot be entered any more.

    ``bits`` are those of nobody under way; they are only read. Whoever shares a place in time with others can be taken
    for any of them: what is taken out is the way that is met first.
    """
    tail, head, transit, out, out_start, into_start = (
        net.tail, net.head, net.transit, net.out, net.out_start, net.into_start,
    )  # fmt: skip
    entering, waiting, row, stay_row = state.entering, state.waiting, state.row, state.stay_row
    leaving, arriving, home_of, shelter_of, steps = state.leaving, state.arriving, net.home, net.shelter, net.steps
    # the way that is taken out: arcs and the steps at which they are entered; nodes where people wait have -1 - node
    moves, at = np.empty(2 * steps + 2, np.int64), np.empty(2 * steps + 2, np.int64)
    for closed in range(len(tail)):
        if row[closed] < 0:
            continue
        for step in range(steps - transit[closed]):
            if entering[row[closed], step] == 0 or has(bits.open, closed, step):
                continue
            while entering[row[closed], step] > 0:
                people = np.int64(entering[row[closed], step])
                moves[0], at[0], count = closed, step, 1
                node, now = np.int64(head[closed]), step + transit[closed]
                while True:
                    inside = shelter_of[node]
                    if inside >= 0 and arriving[inside, now] > 0:
                        people = min(people, np.int64(arriving[inside, now]))
                        break
                    onward = np.int64(-1)
                    for k in range(out_start[node], out_start[node + 1]):
                        arc = out[k]
                        if row[arc] >= 0 and entering[row[arc], now] > 0:
                            onward = np.int64(arc)
                            break
                    if onward >= 0:
                        people = min(people, np.int64(entering[row[onward], now]))
                        moves[count], at[count] = onward, now
                        node, now = np.int64(head[onward]), now + transit[onward]
                    else:
                        people = min(people, np.int64(waiting[stay_row[node], now]))
                        moves[count], at[count] = -1 - node, now
                        now += 1
                    count += 1
                last, arrived = inside, now
                node, now = np.int64(tail[closed]), np.int64(step)
                while True:
                    mine = home_of[node]
                    if mine >= 0 and leaving[mine, now] > 0:
                        people = min(people, np.int64(leaving[mine, now]))
                        break
                    before = np.int64(-1)
                    for arc in range(into_start[node], into_start[node + 1]):
                        start = now - transit[arc]
                        if start >= 0 and row[arc] >= 0 and entering[row[arc], start] > 0:
                            before = np.int64(arc)
                            break
                    if before >= 0:
                        now -= transit[before]
                        people = min(people, np.int64(entering[row[before], now]))
                        moves[count], at[count] = before, now
                        node = np.int64(tail[before])
                    else:
                        now -= 1
                        people = min(people, np.int64(waiting[stay_row[node], now]))
                        moves[count], at[count] = -1 - node, now
                    count += 1
                for k in range(count):
                    if moves[k] >= 0:
                        entering[row[moves[k]], at[k]] -= people
                    else:
                        waiting[stay_row[-1 - moves[k]], at[k]] -= people
                leaving[mine, now] -= people
                state.left[mine] += people
                arriving[last, arrived] -= people
                state.free[last] += people


@njit(cache=True)
def load(net, state, bits):
    """Note in the bits of nobody under way where the flow is, and what it fills."""
    for arc in range(len(net.tail)):
        row = state.row[arc]
        if row >= 0:
            for step in range(net.steps):
                people = state.entering[row, step]
                if people > 0:
                    put(bits.used, arc, step, people)
                    put(bits.open, arc, step, net.capacity[net.given[arc], step * net.varies] - people)
    for node in range(len(net.home)):
        row = state.stay_row[node]
        if row >= 0:
            for step in range(net.steps):
                people = state.waiting[row, step]
                if people > 0:
                    put(bits.stays, node, step, people)
                    put(bits.waits, node, step, net.waiting_room[node, step * net.waiting_varies] - people)
    for step in range(net.steps):
        for home in range(len(net.home_node)):
            put(bits.leaves, home, step, state.leaving[home, step])
        for shelter in range(len(net.shelter_node)):
            put(bits.comes, shelter, step, state.arriving[shelter, step])
