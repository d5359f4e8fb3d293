"""The largest number of people to shelters, quickly: for large networks, and searches with thousands of evaluations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends.builtin import advanced, largest_flow
from letup.flow.engine import Flow
from letup.flow.idle_steps import shortened
from letup.roads.timed_network import TimedNetwork

_ADVANCE_UP_TO = 1_000_000
"""Places in time up to which people are let arrive earlier at full shelters; beyond, it takes longer than all else."""


def quick_flow(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None = None) -> Flow:
    """`earliest_arrival` without its last part, which takes most of the time where shelters are scarce.

    The total, and the cut that proves it, are those of `earliest_arrival`. Arrivals are the same while no shelter is
    full; after that, some may come later than they could. The arguments are not checked.

    Parameters
    ----------
    net, steps, quiet
        As for `earliest_arrival`.
    """
    short = shortened(net, steps, quiet)
    flow = largest_flow(net, steps, quiet) if short is None else largest_flow(short.net, short.steps, short.quiet)
    if (flow.state.free == 0).any() and flow.net.steps * net.nodes <= _ADVANCE_UP_TO:
        flow = advanced(flow)
    entering, arriving, sink_side = flow.entering(), flow.state.arriving, flow.sink_side()
    if short is not None:
        entering, arriving = short.entering(entering), short.arriving(arriving)
        sink_side = short.sink_side(sink_side)
    return Flow(net, quiet, entering, _at_once(net, entering, arriving), sink_side)


def _at_once(net: TimedNetwork, entering: NDArray[np.int32], arriving: NDArray[np.int32]) -> NDArray[np.int32]:
    """Take people in as soon as they are there: nobody waits before a shelter for room that is theirs.

    At a shelter where people may wait, so many can be in by a step as have come and will not go on at any later one.
    """
    steps = entering.shape[1]
    sooner = arriving.copy()
    for shelter, node in enumerate(np.flatnonzero(net.shelter > 0).tolist()):
        if not net.may_wait[node] or net.supply[node] or not arriving[shelter].any():
            continue
        here = np.zeros(steps + 1, np.int64)
        for arc in np.flatnonzero(net.head == node).tolist():
            transit = int(net.transit[arc])
            here[transit:steps] += entering[arc, : max(steps - transit, 0)]
        here[:steps] -= entering[net.tail == node].sum(axis=0)
        stay = np.minimum.accumulate(np.cumsum(here[:steps])[::-1])[::-1]
        sooner[shelter] = np.diff(np.minimum(stay, arriving[shelter].sum()), prepend=0)
    return sooner
