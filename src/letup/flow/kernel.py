"""The kernel: earliest-arrival flow by backward search, without expanding the network in time.

Step by step, in order of arrival, people are added until no search finds anyone; what such a search has seen
cannot be on any later path and is never looked at again (it is dead). These dead sets are the sink sides of
minimum cuts, one inside the next.

Full shelters need more: someone inside may go on to another shelter and make room. ``complete`` adds the people
who can get in that way; ``letup.flow.order`` then restores the earliest order of arrival.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from letup.flow.search import DEAD, grow, measure


@njit(cache=True)
def _bury(tree, search, count):
    """Mark everything a search has seen as dead."""
    for k in range(count):
        if tree.mark[tree.seen[k]] == search:
            tree.mark[tree.seen[k]] = DEAD


@njit(cache=True)
def fill(net, state, tree):
    """Send people step by step in order of arrival, filling shelters; nobody inside moves on."""
    measure(net, state, tree)
    search = 0
    roots = np.empty(len(net.room), np.int64)
    for step in range(net.steps):
        if not state.left.any():
            return
        whole = False
        while not whole:
            among = 0
            for shelter in range(len(net.room)):
                root = np.int64(net.shelter_node[shelter]) * net.steps + step
                if state.free[shelter] > 0 and tree.mark[root] != DEAD:
                    roots[among] = root
                    among += 1
            if among == 0:
                break
            search += 1
            _, count, whole = grow(net, state, tree, search, roots[:among], False)
            if whole:
                _bury(tree, search, count)


@njit(cache=True)
def complete(net, state, tree):
    """Send everyone who can still get in when people inside full shelters may go on to another one.

    Afterwards ``tree.mark`` is DEAD at every spot from which a shelter with room can be reached: the
    sink side of a minimum cut.
    """
    tree.mark[:] = 0
    search = 0
    while True:
        search += 1
        roots = np.empty(0, np.int64)
        for shelter in range(len(net.room)):
            if state.free[shelter] > 0:
                first = np.int64(net.shelter_node[shelter]) * net.steps
                roots = np.concatenate((roots, np.arange(first, first + net.steps)))
        _, count, whole = grow(net, state, tree, search, roots, True)
        if whole:
            _bury(tree, search, count)
            return
