"""The built-in kernel as a backend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends import Solution
from letup.flow.bits import Bits, enterable
from letup.flow.calm import calm_steps, zone_rows
from letup.flow.kernel import complete, fill
from letup.flow.network import TimedNetwork
from letup.flow.order import hasten
from letup.flow.relief import relieve
from letup.flow.search import Scout
from letup.flow.state import Net, State

_RELIEVE_FROM = 2_500_000
"""Places in time from which on it pays to make room in bulk first; below, it would only be one more to compile."""


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Solution:
    """Fill shelters in order of arrival; where they are scarce, let people move on and restore the order."""
    state, given, sink_side = filled(net, steps, quiet)
    if (state.free == 0).any():
        hasten(given, state)
    return state.entering, state.arriving, sink_side


def filled(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> tuple[State, Net, NDArray[np.bool_]]:
    """A flow of the largest total, filled in order of arrival; the kernel's network, and the sink side of its cut."""
    given = _net(net, steps, quiet)
    state = State(
        entering=np.zeros((net.arcs, steps), np.int32),
        waiting=np.zeros((net.nodes, steps), np.int32),
        leaving=np.zeros((len(given.home_node), steps), np.int32),
        arriving=np.zeros((len(given.shelter_node), steps), np.int32),
        left=given.supply.copy(),
        free=given.room.copy(),
    )
    bits, scout = _bits(given), _scout(net.nodes, steps)
    fill(given, state, bits, scout)
    if (state.free == 0).any() and state.left.any():
        if net.nodes * steps > _RELIEVE_FROM:
            relieve(given, state, bits, scout)
        complete(given, state, bits, scout)
    sink_side = _unpacked(scout.dead, steps)
    if not state.left.any():
        sink_side[:] = True
    return state, given, sink_side


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


def _bits(net: Net) -> Bits:
    words = -(-net.steps // 64)
    return Bits(
        open=enterable(net, words),
        used=np.zeros((len(net.tail), words), np.uint64),
        stays=np.zeros((len(net.wait), words), np.uint64),
        leaves=np.zeros((len(net.home_node), words), np.uint64),
        comes=np.zeros((len(net.shelter_node), words), np.uint64),
    )


def _unpacked(bits: NDArray[np.uint64], steps: int) -> NDArray[np.bool_]:
    """Turn bits into an array of bool, node by node."""
    wide = np.unpackbits(bits.astype("<u8").view(np.uint8), axis=1, bitorder="little")
    return wide[:, :steps].astype(np.bool_).ravel()


def _scout(nodes: int, steps: int) -> Scout:
    words = -(-steps // 64)
    return Scout(
        goal=np.zeros((nodes, words), np.uint64),
        dead=np.zeros((nodes, words), np.uint64),
        seen=np.zeros((nodes, words), np.uint64),
        fresh=np.zeros((nodes, words), np.uint64),
        move=np.empty((nodes, steps), np.int32),
        home_at=np.full(nodes, -1, np.int32),
        hub_at=np.full(nodes, -1, np.int32),
        distance=np.empty(nodes, np.int32),
        first=np.full(nodes + 1, -1, np.int32),
        after=np.empty(nodes, np.int32),
        listed=np.zeros(nodes, np.int8),
        touched=np.empty(nodes, np.int32),
        log=np.empty(max(nodes * steps // 8, 1024), np.int64),
        mask=np.empty(max(nodes * steps // 8, 1024), np.uint64),
        size=np.zeros(3, np.int64),
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
