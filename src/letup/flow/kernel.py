"""The kernel: earliest-arrival flow by backward search, without expanding the network in time.

Step by step, in order of arrival, people are added until no search finds anyone; what such a search has reached
cannot be on any later path and is never looked at again (it is dead). These dead sets are the sink sides of
minimum cuts, one inside the next.

Full shelters need more: someone inside may go on to another shelter and make room. ``largest_flow`` adds the people
who can still get in that way, and ``arrival_order`` restores the earliest order of arrival where that has disturbed it.
"""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.augment import arrive, augment, leave
from letup.flow.augmenting_search import (
    LOOKED,
    ROOT,
    TOUCHED,
    find_augmenting_path,
    forget,
    list_root,
    measure,
    note,
    retreat,
    set_out,
)
from letup.flow.bits import ALL, NONE, ONE, has, place, put
from letup.flow.first_flow import DIED, GONE, clear, enliven, reach_back, send

_MOST_DIE = 60
"""Places that may die for each that people go through; searching for one path after the other then takes less time."""


@njit(cache=True)
def _look_for_homes(net, state, search):
    """Look for people at home."""
    for home in range(len(net.home_node)):
        if state.left[home] > 0:
            search.goal[net.home_node[home]] = ALL
    measure(net, search)


@njit(cache=True)
def fetch(net, state, bits, search):
    """Bring people from home to the roots; returns whether no more can be brought: then what was reached is dead."""
    while True:
        node, step = find_augmenting_path(net, bits, search)
        if node < 0:
            forget(search, True)
            return True
        # which root it leads to is known only after going there
        _, to, _, _, _ = augment(net, state, bits, search, node, step, np.int64(0))
        people = min(state.left[net.home[node]], state.free[net.shelter[to]])
        people, to, then, cut, at = augment(net, state, bits, search, node, step, people)
        leave(net, state, bits, node, step, people)
        arrive(net, state, bits, to, then, people)
        if state.left[net.home[node]] == 0:
            search.goal[node] = NONE
            if search.size[LOOKED] > len(net.home):  # distances only guide: old ones do while searches are short
                measure(net, search)
        if state.free[net.shelter[to]] == 0 or (cut >= 0 and not retreat(search, cut, at)):
            forget(search, False)
            return False


@njit(cache=True)
def _roots(net, state, bits, search, shelters, steps):
    """Let the next search start at shelters with room, each at its step; False if all of them are dead."""
    # arrays by name, and rows by number: each tuple and each view of a row would have to be counted
    seen, dead, fresh, how, free = search.seen, search.dead, search.fresh, search.how, state.free
    into_start, out_start, out, tail, transit = net.into_start, net.out_start, net.out, net.tail, net.transit
    some = False
    for k in range(len(shelters)):
        step, node = steps[k], net.shelter_node[shelters[k]]
        if free[shelters[k]] <= 0 or has(seen, node, step):
            continue
        # whoever comes from nowhere need not be searched for: most steps at most shelters, with short windows
        lively = net.home[node] >= 0 or has(bits.stays, node, step)
        lively = lively or (step > 0 and has(bits.waits, node, step - 1) and not has(seen, node, step - 1))
        for arc in range(into_start[node], into_start[node + 1]):
            start = step - transit[arc]
            lively = lively or (start >= 0 and has(bits.open, arc, start) and not has(seen, tail[arc], start))
        for j in range(out_start[node], out_start[node + 1]):
            lively = lively or has(bits.used, out[j], step)
        put(seen, node, step, 1)
        if lively:
            put(fresh, node, step, 1)
            note(how, node, step >> 6, ONE << np.uint64(step & 63), ROOT)
            list_root(search, node)
            some = True
        else:
            put(dead, node, step, 1)
    return some


@njit(cache=True)
def _note_dead(dead, noted, dead_from, turn):
    """Note the turn for places that have died since the last one that was noted."""
    for node in range(len(dead_from)):
        for w in range(dead.shape[1]):
            new = dead[node, w] & ~noted[node, w]
            noted[node, w] |= new
            while new != NONE:
                at = 64 * w + place(new)
                if at < dead_from.shape[1]:
                    dead_from[node, at] = turn
                new &= new - ONE


@njit(cache=True, nogil=True)
def fill(net, state, bits, search, reach, path, depth_first):
    """Send people step by step in order of arrival, filling shelters; nobody inside moves on.

    With ``depth_first`` most are sent so at each step, before paths are searched for.
    """
    set_out(search)
    _look_for_homes(net, state, search)
    shelters = np.arange(len(net.room))
    again, rest = np.int64(0) if depth_first else net.steps, 1
    for step in range(net.steps):
        if not state.left.any():
            return
        if step >= again:
            rest = 1 if _send_to(net, state, bits, search, reach, path, step) else 2 * rest
            again = step + rest
        while state.left.any() and _roots(net, state, bits, search, shelters, np.full(len(net.room), step)):
            fetch(net, state, bits, search)


@njit(cache=True)
def _send_to(net, state, bits, search, reach, path, step):
    """Send people to shelters at a step along places that are not dead; nobody is taken back for it.

    False if that is not worth while, as too many places lead nowhere.
    """
    homes, through = np.empty(len(net.home_node), np.int64), False
    reach.counts[DIED] = reach.counts[GONE] = 0
    while not through and reach.counts[DIED] <= _MOST_DIE * reach.counts[GONE]:
        clear(reach)
        for shelter in range(len(net.room)):
            node = net.shelter_node[shelter]
            if state.free[shelter] > 0 and not has(search.dead, node, step):
                put(reach.alive, node, step, 1)
                put(reach.fresh, node, step, 1)
                enliven(reach, node)
        reach_back(net, bits, reach, search.dead)
        count = 0
        for k in range(reach.counts[TOUCHED]):
            home = net.home[reach.touched[k]]
            if home >= 0 and state.left[home] > 0:
                homes[count] = home
                count += 1
        through = send(net, state, bits, reach, homes[:count], net.out, path, len(net.home), np.bool_(True))
        for home in homes[:count]:
            if state.left[home] == 0:
                search.goal[net.home_node[home]] = NONE
    return through


@njit(cache=True, nogil=True)
def fill_in_turn(net, state, bits, search, shelter, step, turn, dead_from):
    """Send people to shelters at steps in a given order; nobody who has arrived is ever moved.

    ``shelter``, ``step`` and ``turn`` are of the same length, ``turn`` rising. Takes down in ``dead_from``
    (int32[n, T], -1 throughout) the first turn whose cut has each place on its far side.
    """
    set_out(search)
    _look_for_homes(net, state, search)
    noted = np.zeros_like(search.dead)
    first = 0
    while first < len(turn):
        end = first
        while end < len(turn) and turn[end] == turn[first]:
            end += 1
        while state.left.any() and _roots(net, state, bits, search, shelter[first:end], step[first:end]):
            fetch(net, state, bits, search)
        if not state.left.any():
            # everybody has arrived: from here on all places are behind the cut, which is people's homes
            dead_from[:] = np.where(dead_from < 0, turn[first], dead_from)
            return
        _note_dead(search.dead, noted, dead_from, turn[first])
        first = end
