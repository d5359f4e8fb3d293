"""The built-in kernel as a backend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends import Solution
from letup.flow.calm import calm_steps, zone_rows
from letup.flow.kernel import complete, fill
from letup.flow.network import TimedNetwork
from letup.flow.order import hasten
from letup.flow.search import DEAD, NARROWEST, Tree
from letup.flow.state import Net, State


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Solution:
    """Fill shelters in order of arrival; where they are scarce, let people move on and restore the order."""
    given = _net(net, steps, quiet)
    state = State(
        entering=np.zeros((net.arcs, steps), np.int32),
        waiting=np.zeros((net.nodes, steps), np.int32),
        leaving=np.zeros((len(given.home_node), steps), np.int32),
        arriving=np.zeros((len(given.shelter_node), steps), np.int32),
        left=given.supply.copy(),
        free=given.room.copy(),
    )
    spots = net.nodes * steps + len(given.home_node) + len(given.shelter_node)
    tree = _tree(net.nodes, spots)
    fill(given, state, tree)
    scarce = bool((state.free == 0).any())
    if scarce and state.left.any():
        complete(given, state, tree)
    sink_side = tree.mark[: net.nodes * steps] == DEAD
    if not state.left.any():
        sink_side = np.ones(net.nodes * steps, bool)
    if scarce:
        del tree
        hasten(given, state)
    return state.entering, state.arriving, sink_side


def _net(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Net:
    into, into_start = _by_node(net.head, net.nodes)
    out, out_start = _by_node(net.tail, net.nodes)
    homes, shelters = np.flatnonzero(net.supply), np.flatnonzero(net.shelter)
    varies = net.capacity.ndim == 2
    return Net(
        steps=steps,
        tail=net.tail,
        head=net.head,
        transit=net.transit,
        capacity=net.capacity if varies else net.capacity[:, None],
        varies=int(varies),
        zone=zone_rows(net),
        calm=calm_steps(net, steps, quiet),
        wait=net.wait,
        into=into,
        into_start=into_start,
        out=out,
        out_start=out_start,
        home=_numbers(homes, net.nodes),
        shelter=_numbers(shelters, net.nodes),
        home_node=homes.astype(np.int32),
        shelter_node=shelters.astype(np.int32),
        supply=net.supply[homes],
        room=net.shelter[shelters],
    )


def _tree(nodes: int, spots: int) -> Tree:
    # memory that is not touched is not used, so there is plenty on the lists
    return Tree(
        mark=np.zeros(spots, np.int32),
        parent=np.empty(spots, np.int32),
        move=np.empty(spots, np.int32),
        seen=np.empty(2 * spots, np.int32),
        lost=np.empty(spots, np.int32),
        entry=np.empty(2 * spots, np.int32),
        after=np.empty(2 * spots, np.int32),
        first=np.full(nodes + NARROWEST + 1, -1, np.int32),
        width=np.empty(spots, np.int32),
        distance=np.empty(nodes, np.int32),
    )


def _by_node(ends: NDArray[np.int32], nodes: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Arcs sorted by node, and where each node's arcs begin."""
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=start[1:])
    return np.argsort(ends, kind="stable").astype(np.int32), start


def _numbers(chosen: NDArray[np.intp], nodes: int) -> NDArray[np.int32]:
    """Position of each node among the chosen ones, -1 if it is none of them."""
    numbers = np.full(nodes, -1, np.int32)
    numbers[chosen] = np.arange(len(chosen), dtype=np.int32)
    return numbers
