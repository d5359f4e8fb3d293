"""Room in full shelters: those who came last go on to other shelters, and others come in for them.

Nobody gives way for nothing: shelters overfill first, with the earliest to come; then those who came last go on to
other shelters; whoever is too many after that stays at home, again the last to come; and those who went on arrive
where it is earliest. With one full shelter this mostly is the earliest order of arrival already. It need not be, nor
need the total be the largest: ``complete`` and ``letup.flow.arrival_order`` see to that.
"""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.augment import arrive, augment, leave
from letup.flow.augmenting_search import FORWARDS, find_augmenting_path, forget, measure, retreat, root, set_out
from letup.flow.bits import ALL, NONE, put
from letup.flow.kernel import fetch
from letup.flow.residual import PLENTY


@njit(cache=True)
def _overfill(net, state, bits, search):
    """Let full shelters take everyone who can come, the earliest first; to be called after ``fill``."""
    full = np.flatnonzero(state.free == 0)
    state.free[full] += PLENTY
    for step in range(net.steps):
        for shelter in full:
            while root(search, net.shelter_node[shelter], step):
                fetch(net, state, bits, search)
    state.free[full] -= PLENTY


@njit(cache=True)
def _let_go(net, state, bits, search, homewards):
    """Let those who came last to overfull shelters go on to others, or (``homewards``) stay at home instead.

    Returns the first step at which somebody is let go.
    """
    set_out(search)
    search.size[FORWARDS] = 1
    if homewards:
        for home in range(len(net.home_node)):
            search.goal[net.home_node[home]] = bits.leaves[home]
    else:
        for shelter in range(len(net.room)):
            if state.free[shelter] > 0:
                search.goal[net.shelter_node[shelter]] = ALL
    measure(net, search)
    first = net.steps
    for step in range(net.steps - 1, -1, -1):
        for shelter in range(len(net.room)):
            node = net.shelter_node[shelter]
            while state.free[shelter] < 0 and state.arriving[shelter, step] > 0 and root(search, node, step):
                first = step
                _release(net, state, bits, search, node, step, homewards)
    return first


@njit(cache=True)
def _release(net, state, bits, search, node, step, homewards):
    """Let people go who came to the shelter at a node at a step."""
    shelter = net.shelter[node]
    while True:
        to, then = find_augmenting_path(net, bits, search)
        if to < 0:
            forget(search, True)
            return
        people = min(-state.free[shelter], state.arriving[shelter, step])
        people = min(people, state.leaving[net.home[to], then] if homewards else state.free[net.shelter[to]])
        people, _, _, cut, at = augment(net, state, bits, search, to, then, people)
        arrive(net, state, bits, node, step, -people)
        if homewards:
            leave(net, state, bits, to, then, -people)
            search.goal[to] = bits.leaves[net.home[to]]
        else:
            arrive(net, state, bits, to, then, people)
            if state.free[net.shelter[to]] == 0:
                search.goal[to] = NONE
        done = state.free[shelter] == 0 or state.arriving[shelter, step] == 0
        if done or (cut >= 0 and not retreat(search, cut, at)):
            forget(search, False)
            return


@njit(cache=True)
def _hurry(net, state, bits, search, since):
    """Let people arrive earlier at shelters with room, in place of those who come later, from a step on."""
    set_out(search)
    for shelter in range(len(net.room)):
        if state.free[shelter] > 0:
            search.goal[net.shelter_node[shelter]] = bits.comes[shelter]
    measure(net, search)
    for step in range(net.steps):
        for shelter in range(len(net.room)):
            put(search.goal, net.shelter_node[shelter], step, 0)
        if step < since:
            continue
        for shelter in range(len(net.room)):
            while state.free[shelter] > 0 and root(search, net.shelter_node[shelter], step):
                _exchange(net, state, bits, search, net.shelter_node[shelter], step)


@njit(cache=True)
def _exchange(net, state, bits, search, node, step):
    """Let people arrive at a node and step in place of others who come later."""
    shelter = net.shelter[node]
    while True:
        to, then = find_augmenting_path(net, bits, search)
        if to < 0:
            forget(search, True)
            return
        people = np.int64(state.arriving[net.shelter[to], then])
        if to != node:
            people = min(people, state.free[shelter])
        people, _, _, cut, at = augment(net, state, bits, search, to, then, people)
        arrive(net, state, bits, to, then, -people)
        arrive(net, state, bits, node, step, people)
        if state.arriving[net.shelter[to], then] == 0:
            put(search.goal, to, then, 0)
        largest_flow = to != node and state.free[shelter] == 0
        if largest_flow:
            search.goal[node] = NONE
        if largest_flow or (cut >= 0 and not retreat(search, cut, at)):
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


@njit(cache=True, nogil=True)
def exchange_shelters(net, state, bits, search):
    """Let those who came last to full shelters go on to others if somebody else can come in for them."""
    _overfill(net, state, bits, search)
    since = _let_go(net, state, bits, search, False)
    _let_go(net, state, bits, search, True)
    _hurry(net, state, bits, search, since)
