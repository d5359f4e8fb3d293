"""People arrive earlier at a shelter in place of others who come to the same one later, or who then stay at home.

Whoever comes to a shelter can be traced back to a home, where they stay if somebody else comes in for them. So it takes
one search, from the shelter at a step back to those who come there later and to people at home: 64 steps at a time, and
no further than from where one gets there. ``letup.flow.arrival_order`` sees to all other ways to come earlier.
"""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.augment import arrive, augment, leave
from letup.flow.augmenting_search import find_augmenting_path, forget, measure, retreat, root, set_out
from letup.flow.bits import ALL, NONE, has, put
from letup.flow.residual import add_entering, add_waiting, people_at


@njit(cache=True)
def _exchange(net, state, bits, search, node, step):
    """Let people arrive at a shelter at a step in place of others who come to it later."""
    shelter = net.shelter[node]
    while True:
        to, then = find_augmenting_path(net, bits, search)
        if to < 0:
            forget(search, True)
            return
        people = np.int64(state.arriving[shelter, then])
        people, _, _, cut, at = augment(net, state, bits, search, to, then, people)
        arrive(net, state, bits, node, then, -people)
        arrive(net, state, bits, node, step, people)
        if state.arriving[shelter, then] == 0:
            put(search.goal, node, then, 0)
        if cut >= 0 and not retreat(search, cut, at):
            forget(search, False)
            return


@njit(cache=True, nogil=True)
def advance_arrivals(net, state, bits, search):
    """Let people arrive earlier at each shelter in place of others who come to the same one later."""
    for shelter in range(len(net.room)):
        node = net.shelter_node[shelter]
        set_out(search)
        search.goal[node] = bits.comes[shelter]
        measure(net, search)
        for step in range(net.steps):
            put(search.goal, node, step, 0)
            while search.goal[node].any() and root(search, node, step):
                _exchange(net, state, bits, search, node, step)


@njit(cache=True)
def distances(net, state, search):
    """Arcs from every node to each shelter, or to people at home if these are nearer: int32[shelters, n]."""
    near = np.empty((len(net.room), len(net.home)), np.int32)
    for shelter in range(len(net.room)):
        search.goal[:] = NONE
        search.goal[net.shelter_node[shelter]] = ALL
        for home in range(len(net.home_node)):
            if state.left[home] > 0:
                search.goal[net.home_node[home]] = ALL
        measure(net, search)
        near[shelter] = search.distance
    return near


@njit(cache=True)
def let_in(net, state, bits, search, kind_of, allowed, shelter, step):
    """Let people come to a shelter at a step in place of those who come later, and of those who then stay at home.

    ``kind_of`` (classes of spots) and ``allowed`` (shelters and steps at which people may be moved) are those of
    ``restore_arrival_order``; moves between classes are closed in ``bits`` and ``search``. ``search.distance`` guides.
    """
    node, homes, steps, arriving, left = (
        net.shelter_node[shelter],
        len(net.home_node),
        net.steps,
        state.arriving,
        state.left,
    )
    begin, places = node * steps, len(net.home) * steps
    everybody = kind_of[places + homes + len(net.room)]
    changed = True
    while changed:
        changed = False
        # those who come later, and those of them who may stay at home
        later = leavable = over = 0
        search.goal[:] = NONE
        for now in range(step + 1, steps):
            if arriving[shelter, now] > 0 and allowed[shelter, now]:
                put(search.goal, node, now, 1)
                later += arriving[shelter, now]
                if kind_of[begin + now] == everybody:
                    leavable += arriving[shelter, now]
        if later == 0 or not root(search, node, step):
            return
        if leavable > 0 and kind_of[begin + step] == everybody:
            for home in range(homes):
                if left[home] > 0 and kind_of[places + home] == everybody:
                    search.goal[net.home_node[home]] |= search.enter[home]
        while True:
            to, then = find_augmenting_path(net, bits, search)
            if to < 0:
                break
            home = net.home[to]
            inside = to == node and then > step and arriving[shelter, then] > 0 and allowed[shelter, then]
            may_leave = not inside or kind_of[begin + then] == everybody
            people = np.int64(arriving[shelter, then]) if inside else left[home]
            if may_leave:
                people = min(people, leavable)
            if people == 0:
                break
            people, _, _, cut, at = augment(net, state, bits, search, to, then, people)
            arrive(net, state, bits, node, step, people)
            changed = True
            if may_leave:
                leavable -= people
            if inside:
                arrive(net, state, bits, node, then, -people)
                if arriving[shelter, then] == 0:
                    put(search.goal, node, then, 0)
            else:
                leave(net, state, bits, to, then, people)
                over += people
                if left[home] == 0 and to != node:
                    search.goal[to] = NONE
            if cut >= 0 and not retreat(search, cut, at):
                break
        forget(search, False)
        now = steps - 1
        while over > 0:
            if arriving[shelter, now] > 0 and allowed[shelter, now] and kind_of[begin + now] == everybody:
                over -= _keep_home(net, state, bits, shelter, now, over)
            else:
                now -= 1


@njit(cache=True)
def _keep_home(net, state, bits, shelter, step, people):
    """Let people who come to a shelter at a step stay at home; returns how many do, of those who come the same way."""
    people = min(people, np.int64(state.arriving[shelter, step]))
    for doing in (False, True):
        node, now = np.int64(net.shelter_node[shelter]), np.int64(step)
        while True:
            home, before = net.home[node], np.int64(-1)
            if home >= 0 and has(bits.leaves, home, now):
                if doing:
                    leave(net, state, bits, node, now, -people)
                else:
                    people = min(people, np.int64(state.leaving[home, now]))
                break
            for arc in range(net.into_start[node], net.into_start[node + 1]):
                if now >= net.transit[arc] and has(bits.used, arc, now - net.transit[arc]):
                    before = np.int64(arc)
                    break
            if before >= 0:
                node, now = np.int64(net.tail[before]), now - net.transit[before]
                if doing:
                    add_entering(net, state, bits, before, now, -people)
                else:
                    people = min(people, people_at(state.entering, state.row, before, now))
            else:
                now -= 1
                if doing:
                    add_waiting(net, state, bits, node, now, -people)
                else:
                    people = min(people, people_at(state.waiting, state.stay_row, node, now))
    arrive(net, state, bits, net.shelter_node[shelter], np.int64(step), -people)
    return people
