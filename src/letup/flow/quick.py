"""Most people to shelters, quickly: for searches that ask it a thousand times, and for large networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends.builtin import filled
from letup.flow.engine import Flow
from letup.flow.network import TimedNetwork
from letup.flow.nights import shortened


def quick_flow(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None = None) -> Flow:
    """`earliest_arrival` without its last part, which takes most of the time where shelters are scarce.

    The total, and the cut that proves it, are those of `earliest_arrival`. Arrivals are the same while no shelter is
    full; after that, some may come later than they could. The arguments are not checked.

    Parameters
    ----------
    net, steps, quiet
        As for `earliest_arrival`.
    """
    return _quick(net, steps, quiet, False)[0]


def flow_and_horizons(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None = None
) -> tuple[Flow, NDArray[np.int32]]:
    """`quick_flow`, and the minimum cuts of all horizons.

    The sink sides of the minimum cuts of those who arrive by step 0, by step 1, and so on lie one inside the next as
    long as no shelter is full, so one number for each place says it all.

    Returns
    -------
    Flow
        The flow.
    int32[n, T]
        First step h by which each place is on the sink side of a minimum cut of those who arrive by h; T = by none.
        Of no use once a shelter is full.
    """
    return _quick(net, steps, quiet, True)


def _quick(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, noted: bool
) -> tuple[Flow, NDArray[np.int32]]:
    short = shortened(net, steps, quiet)
    if short is None:
        found = filled(net, steps, quiet, noted)
        entering, arriving, sink_side = found.entering(), found.state.arriving, found.sink_side()
        since = found.dead_from[found.number] if noted else found.dead_from
    else:
        found = filled(short.net, short.steps, short.quiet, noted)
        entering, arriving = short.entering(found.entering()), short.arriving(found.state.arriving)
        sink_side = short.sink_side(found.sink_side())
        since = short.horizons(found.dead_from[found.number]) if noted else found.dead_from
    return Flow(net, quiet, entering, _at_once(net, entering, arriving), sink_side), since


def _at_once(net: TimedNetwork, entering: NDArray[np.int32], arriving: NDArray[np.int32]) -> NDArray[np.int32]:
    """Take people in as soon as they are there: nobody waits before a shelter for room that is theirs.

    At a shelter where people may wait, so many can be in by a step as have come and will not go on at any later one.
    """
    steps = entering.shape[1]
    sooner = arriving.copy()
    for shelter, node in enumerate(np.flatnonzero(net.shelter > 0).tolist()):
        if not net.wait[node] or net.supply[node] or not arriving[shelter].any():
            continue
        here = np.zeros(steps + 1, np.int64)
        for arc in np.flatnonzero(net.head == node).tolist():
            transit = int(net.transit[arc])
            here[transit:steps] += entering[arc, : max(steps - transit, 0)]
        here[:steps] -= entering[net.tail == node].sum(axis=0)
        stay = np.minimum.accumulate(np.cumsum(here[:steps])[::-1])[::-1]
        sooner[shelter] = np.diff(np.minimum(stay, arriving[shelter].sum()), prepend=0)
    return sooner
