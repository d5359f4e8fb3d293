"""Flow to shelters with unlimited room, best arrivals first by a price of shelter and time: for bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends.builtin import kernel_arrays
from letup.flow.idle_steps import shortened
from letup.flow.kernel import fill_in_turn
from letup.flow.node_order import number_depth_first
from letup.roads.timed_network import TimedNetwork


@dataclass(frozen=True)
class PricedFlow:
    """The flow that is worth most where each arrival is worth something of its own and no shelter fills up.

    Attributes
    ----------
    arriving : int64[shelters, T]
        People reaching each shelter at each step, shelters in the order of their nodes.
    price : float64[n, T]
        What one more person would be worth at each place in time. It proves that no flow is worth more: it falls, or
        stays, where people wait, it is not below the worth of an arrival at any shelter and step, and the worth of
        all arrivals equals what arcs and homes are worth at these prices.
    """

    arriving: NDArray[np.int64]
    price: NDArray[np.float64]


def priced_flow(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, worth: NDArray[np.float64]
) -> PricedFlow:
    """Send people where and when an arrival is worth most, as if shelters and places to wait had room for all.

    Which numbers can arrive at which shelters and steps forms a polymatroid, as each arrival is a place in time at
    the end of a way (Megiddo 1974); so it is best to fill the most valuable arrivals first, one after the other.

    Parameters
    ----------
    net, steps, quiet
        As for `letup.flow.earliest_arrival`; the room of shelters is not read. The arguments are not checked.
    worth : float64[shelters, T]
        Value of an arrival at each shelter, in the order of their nodes, at each step; arrivals that are worth
        nothing, or less, are left out. Non-increasing in time.
    """
    roomy = replace(net, shelter=np.where(net.shelter > 0, max(int(net.supply.sum()), 1), 0), wait=net.may_wait)
    short = shortened(roomy, steps, quiet)
    if short is None:
        small, kept, lit = roomy, np.arange(steps), quiet
    else:
        small, kept, lit = short.net, short.kept, short.quiet
    number = number_depth_first(small.tail, small.head, small.nodes)
    kernel_net, state, bits, search = kernel_arrays(small, len(kept), lit, number)
    value = worth[:, kept]
    order = np.argsort(-value, axis=None, kind="stable")
    order = order[value.ravel()[order] > 0]
    levels, turn = np.unique(-value.ravel()[order], return_inverse=True)
    dead_from = np.full((net.nodes, len(kept)), -1, np.int32)
    shelter, step = order // len(kept), order % len(kept)
    fill_in_turn(kernel_net, state, bits, search, shelter, step, np.asarray(turn, np.int32), dead_from)
    price = np.append(-levels, 0.0)[dead_from[number]]
    arriving = state.arriving.astype(np.int64)
    if short is None:
        return PricedFlow(arriving, price)
    price = short.along(price)
    # Nobody arrives at a step left out; whoever waits there is worth no less than those who arrive then.
    price[net.shelter > 0] = np.maximum(price[net.shelter > 0], worth)
    return PricedFlow(short.arriving(state.arriving).astype(np.int64), price)
