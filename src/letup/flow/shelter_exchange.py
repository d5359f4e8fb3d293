"""People arrive earlier at each shelter in place of others who come to the same one later.

It is done for each shelter alone, all steps in one search, before ``letup.flow.arrival_order`` restores the order over
all of them, which takes longer for each exchange.
"""

from __future__ import annotations

import numpy as np

from letup.core.compiling import njit
from letup.flow.augment import arrive, augment
from letup.flow.augmenting_search import find_augmenting_path, forget, measure, retreat, root, set_out
from letup.flow.bits import put


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
