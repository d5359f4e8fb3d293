"""The built-in kernel as a backend."""

from __future__ import annotations

import mmap
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.flow.arrival_order import restore_arrival_order
from letup.flow.augment import path_of
from letup.flow.augmenting_search import ARC, SearchState
from letup.flow.bits import ALL, Bits, enterable, waitable
from letup.flow.earlier_arrivals import advance_arrivals
from letup.flow.first_flow import latest_steps, nobody_alive, send_by_deadlines
from letup.flow.idle_steps import shortened
from letup.flow.kernel import fill
from letup.flow.largest_flow import levels_of, send_all
from letup.flow.node_order import number_depth_first
from letup.flow.residual import Net, State, copy_entering
from letup.flow.result import Order, Solution
from letup.flow.take_out import load, take_out
from letup.roads.timed_network import TimedNetwork, quiet_runs, zone_rows

_DEADLINES, _DEADLINES_ON_THE_MOVE = 8, 48
"""Deadlines by which people are first sent, one after the other: more of them bring more people, but take longer.

Where people may wait at few nodes only, more pay: whoever is sent too early then has nowhere to be.
"""

_DEPTH_FIRST_FROM = 200_000
"""Places in time from which on people are first sent depth first at each step; below, searching at once is quicker."""

_ADVANCE_FROM = 200_000
"""The same for letting people arrive earlier at one shelter after the other, before the order over all is restored."""


_LARGE = 1 << 22
"""Bytes from which on numpy asks for large pages."""


@dataclass(frozen=True)
class LargestFlow:
    """A flow of the largest total, filled in order of arrival.

    Attributes
    ----------
    net : Net
        The network as the kernel reads it.
    state : State
        The flow.
    bits : Bits
        Where it can grow or shrink.
    dead : uint64[n, words]
        Sink side of a minimum cut, bits of the steps of each node as the kernel numbers them.
    number : int32[n]
        The kernel's number of each node.
    """

    net: Net
    state: State
    bits: Bits
    dead: NDArray[np.uint64]
    number: NDArray[np.int32]

    def entering(self) -> NDArray[np.int32]:
        """People entering each arc at each step, by the arc's number in the network as it was given: int32[m, T]."""
        entering = zeros_by_page((len(self.net.tail), self.net.steps))
        copy_entering(self.state, self.bits, self.net.given, entering)
        return entering

    def sink_side(self) -> NDArray[np.bool_]:
        """Places in time on the shelters' side of a minimum cut: bool[n * T]."""
        octets = self.dead[self.number].astype("<u8", copy=False).view(np.uint8)
        return np.unpackbits(octets, axis=1, count=self.net.steps, bitorder="little").view(np.bool_).ravel()


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
    """Leave out the nights where that can be done, and solve what remains."""
    short = shortened(net, steps, quiet)
    if short is None:
        return solve_every_step(net, steps, quiet, order)
    entering, arriving, sink_side = solve_every_step(short.net, short.steps, short.quiet, order)
    return Solution(short.entering(entering), short.arriving(arriving), short.sink_side(sink_side))


def solve_every_step(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order = "earliest"
) -> Solution:
    """Fill shelters in order of arrival; where they are scarce, let people move on and restore the order."""
    if order == "any":
        flow = flow_in_any_order(net, steps, quiet)
        return Solution(flow.entering(), flow.state.arriving, flow.sink_side())
    flow = largest_flow(net, steps, quiet)
    if (flow.state.free == 0).any():
        if net.nodes * steps > _ADVANCE_FROM:
            flow = advanced(flow)
        wide = ARC + _most_arcs(flow.net) > np.iinfo(np.int16).max
        way = np.empty(net.nodes * steps, np.int32 if wide else np.int16)
        restore_arrival_order(flow.net, flow.state, flow.bits, _search_state(flow.net), way)
        del way
        # its searches in bulk close moves between classes in the bits, which are to say who enters what again
        flow = replace(flow, bits=_bits(flow.net))
        load(flow.net, flow.state, flow.bits)
    return Solution(flow.entering(), flow.state.arriving, flow.sink_side())


def flow_in_any_order(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> LargestFlow:
    """Move as many people as possible, in any order of arrival."""
    number = number_depth_first(net.tail, net.head, net.nodes)
    kernel_net = _net(net, steps, quiet, number)
    deadlines = _DEADLINES if net.may_wait.mean() > 0.5 else _DEADLINES_ON_THE_MOVE
    return _enlarged(kernel_net, _state(kernel_net), _bits(kernel_net), number, deadlines)


def changed(flow: LargestFlow, quiet: NDArray[np.bool_] | None) -> LargestFlow:
    """A largest flow for another quiet state, in any order, from one that is kept as it is.

    Whoever can no longer go their way stays at home; then everybody who can be sent is.
    """
    net = flow.net._replace(calm=quiet_runs(len(flow.net.calm) - 1, flow.net.steps, quiet))
    state, bits = _copied(flow.state), _bits(net)
    take_out(net, state, bits)
    return _enlarged(net, state, bits, flow.number, 1)


def _enlarged(net: Net, state: State, bits: Bits, number: NDArray[np.int32], deadlines: int) -> LargestFlow:
    """Send people until no more can arrive, given those who are on their way already; bits are those of nobody."""
    levels, reach = levels_of(len(net.home), net.steps), nobody_alive(net)
    # homes with the least time to lose go first, along the arcs that leave most time
    latest = latest_steps(net, bits, reach, levels.seen, net.room)
    homes = np.argsort(latest[net.home_node], kind="stable")
    slack = latest[net.head[net.out]] - net.transit[net.out]
    order = net.out[np.lexsort((-slack, net.tail[net.out]))]
    # whoever could not even get there alone need not be searched for
    reachable, cut_off = reach.alive.copy(), np.flatnonzero(latest[net.home_node] < 0)
    state.left[cut_off] = 0
    load(net, state, bits)
    path = path_of(net.steps + 2, len(net.home), net.steps)
    send_by_deadlines(net, state, bits, reach, homes, order, path, deadlines)
    everybody = not state.left.any()
    if not everybody:
        send_all(net, state, bits, levels)
        everybody = not state.left.any()
    state.left[cut_off] = net.supply[cut_off]
    return LargestFlow(net, state, bits, reachable if everybody else levels.seen, number)


def largest_flow(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> LargestFlow:
    """Move as many people as possible, filling shelters in order of arrival."""
    number = number_depth_first(net.tail, net.head, net.nodes)
    kernel_net, state, bits, search = kernel_arrays(net, steps, quiet, number)
    depth_first = net.nodes * steps > _DEPTH_FIRST_FROM
    fill(kernel_net, state, bits, search, nobody_alive(kernel_net), path_of(steps + 2, net.nodes, steps), depth_first)
    if (state.free == 0).any() and state.left.any():
        levels = levels_of(net.nodes, steps)
        send_all(kernel_net, state, bits, levels)
        search.dead[:] = levels.seen
    if not state.left.any():
        search.dead[:] = ALL
    return LargestFlow(kernel_net, state, bits, search.dead, number)


def advanced(flow: LargestFlow) -> LargestFlow:
    """The same with people who come earlier at each shelter in place of others who come to the same one later."""
    advance_arrivals(flow.net, flow.state, flow.bits, _search_state(flow.net))
    return flow


def kernel_arrays(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, number: NDArray[np.int32]
) -> tuple[Net, State, Bits, SearchState]:
    """The network as the kernel reads it, and a flow of nobody on it; ``number`` are the kernel's node numbers."""
    kernel_net = _net(net, steps, quiet, number)
    return kernel_net, _state(kernel_net), _bits(kernel_net), _search_state(kernel_net)


def _net(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, number: NDArray[np.int32]) -> Net:
    """Number nodes as told and arcs by where they lead, so that a search finds in one place what it needs next."""
    order = np.lexsort((number[net.tail], number[net.head])).astype(np.int32)
    tail, head = number[net.tail[order]], number[net.head[order]]
    into_start, out_start = _starts(head, net.nodes), _starts(tail, net.nodes)
    out = np.argsort(tail, kind="stable").astype(np.int32)
    at_tail = np.empty(net.arcs, np.int32)
    at_tail[out] = np.arange(net.arcs) - out_start[tail[out]]
    outgoing = np.diff(out_start)
    homes, shelters = np.flatnonzero(net.supply), np.flatnonzero(net.shelter)
    varies = net.capacity.ndim == 2
    waiting_room, waits_freely = np.empty_like(net.waiting_room), np.empty(net.nodes, np.bool_)
    waiting_room[number], waits_freely[number] = net.waiting_room, net.waits_freely & net.may_wait
    return Net(
        steps=steps,
        tail=tail,
        head=head,
        transit=net.transit[order],
        given=order,
        capacity=net.capacity if varies else net.capacity[:, None],
        varies=int(varies),
        zone=zone_rows(net)[order],
        calm=quiet_runs(net.zones, steps, quiet),
        waiting_room=waiting_room,
        waiting_varies=int(waiting_room.shape[1] > 1),
        waits_freely=waits_freely,
        into_start=into_start,
        out=out,
        out_start=out_start,
        at_tail=at_tail,
        at_head=(np.arange(net.arcs) - into_start[head] + outgoing[head]).astype(np.int32),
        home=_numbers(number[homes], net.nodes),
        shelter=_numbers(number[shelters], net.nodes),
        home_node=number[homes],
        shelter_node=number[shelters],
        supply=net.supply[homes],
        room=net.shelter[shelters],
    )


def _state(net: Net) -> State:
    nodes, arcs = len(net.home), len(net.tail)
    return State(
        entering=zeros_by_page((arcs, net.steps)),
        waiting=zeros_by_page((nodes, net.steps)),
        row=np.full(arcs, -1, np.int32),
        stay_row=np.full(nodes, -1, np.int32),
        rows=np.zeros(2, np.int64),
        leaving=np.zeros((len(net.home_node), net.steps), np.int32),
        arriving=np.zeros((len(net.shelter_node), net.steps), np.int32),
        left=net.supply.copy(),
        free=net.room.copy(),
    )


def zeros_by_page(shape: tuple[int, int]) -> NDArray[np.int32]:
    """Zeros of which only small pages that are written to take memory: numpy would ask for pages of 2 MB.

    What people enter is mostly 0, row by row and step by step; on pages that large it would all be there.
    """
    size = 4 * shape[0] * shape[1]
    if size < _LARGE or not hasattr(mmap, "MADV_NOHUGEPAGE"):
        return np.zeros(shape, np.int32)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # where pages are small anyway, this is not known
        pages.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(pages, np.int32).reshape(shape)


def _copied(state: State) -> State:
    """A flow of its own; only rows in use are copied, which are few."""
    copies = {name: array.copy() for name, array in state._asdict().items() if name not in ("entering", "waiting")}
    rows = dict(zip(("entering", "waiting"), state.rows.tolist(), strict=True))
    for name, used in rows.items():
        whole = getattr(state, name)
        copies[name] = np.zeros_like(whole)
        copies[name][:used] = whole[:used]
    return State(**copies)


def _bits(net: Net) -> Bits:
    words = -(-net.steps // 64)
    return Bits(
        open=enterable(net, words),
        used=np.zeros((len(net.tail), words), np.uint64),
        waits=waitable(net, words),
        stays=np.zeros((len(net.home), words), np.uint64),
        leaves=np.zeros((len(net.home_node), words), np.uint64),
        comes=np.zeros((len(net.shelter_node), words), np.uint64),
    )


def _search_state(net: Net) -> SearchState:
    nodes, words = len(net.home), -(-net.steps // 64)
    return SearchState(
        goal=np.zeros((nodes, words), np.uint64),
        enter=np.full((len(net.home_node), words), ALL, np.uint64),
        dead=np.zeros((nodes, words), np.uint64),
        seen=np.zeros((nodes, words), np.uint64),
        fresh=np.zeros((nodes, words), np.uint64),
        how=np.zeros((nodes, words, (ARC + _most_arcs(net)).bit_length()), np.uint64),
        home_at=np.full(nodes, -1, np.int32),
        distance=np.empty(nodes, np.int32),
        first=np.full(nodes + 1, -1, np.int32),
        after=np.empty(nodes, np.int32),
        listed=np.zeros(nodes, np.int8),
        touched=np.empty(nodes, np.int32),
        log=np.empty(max(nodes * net.steps // 8, 1024), np.int64),
        mask=np.empty(max(nodes * net.steps // 8, 1024), np.uint64),
        size=np.zeros(3, np.int64),
    )


def _most_arcs(net: Net) -> int:
    """Most arcs of one node."""
    return int((np.diff(net.into_start) + np.diff(net.out_start)).max(initial=0))


def _starts(ends: NDArray[np.int32], nodes: int) -> NDArray[np.int64]:
    """Where each node's arcs begin among arcs sorted by node."""
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=start[1:])
    return start


def _numbers(chosen: NDArray[np.int32], nodes: int) -> NDArray[np.int32]:
    """Position of each node among the chosen ones, -1 if it is none of them."""
    numbers = np.full(nodes, -1, np.int32)
    numbers[chosen] = np.arange(len(chosen), dtype=np.int32)
    return numbers
