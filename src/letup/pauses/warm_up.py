"""Compile what the search calls before its time limit starts: about a minute the first time, a moment once cached."""

from __future__ import annotations

from functools import cache

import numpy as np

from letup.core.clock import Clock
from letup.flow.estimate import estimate
from letup.pauses.incumbent import Rounds
from letup.pauses.limits import Limits
from letup.pauses.problem import weight_of
from letup.pauses.search.surrogate_search import SurrogateAnnealing
from letup.roads.timed_network import TimedNetwork

_STEPS = 12


@cache
def compile_first(dimensions: int, large: bool = False) -> None:
    """Ask everything once of a network with two shelters, one of which fills up.

    Parameters
    ----------
    dimensions : int
        1 if capacities are the same at all steps, else 2.
    large : bool
        Whether what only large networks need is compiled, too.
    """
    from letup.flow import earliest_arrival
    from letup.flow.backends.builtin import kernel_arrays
    from letup.flow.earlier_arrivals import advance_arrivals
    from letup.flow.priced_flow import priced_flow

    capacity = np.full((4, _STEPS) if dimensions == 2 else 4, 5, np.int32)
    net = TimedNetwork([0, 1, 1, 2], [1, 2, 3, 3], [1] * 4, capacity, [30, 3, 0, 0], [0, 0, 9, 20], [True] * 4, [0] * 4)
    quiet = np.ones((1, _STEPS), np.bool_)
    earliest_arrival(net, _STEPS, quiet)
    if large:
        arrays = kernel_arrays(net, _STEPS, quiet, np.arange(net.nodes, dtype=np.int32))
        advance_arrivals(*arrays)
    priced_flow(net, _STEPS, quiet, np.ones((2, _STEPS)))
    estimate(net, _STEPS, quiet, np.zeros(0, np.int64))
    limits, clock = Limits(zone_hours=2.0), Clock(_STEPS, 60)
    SurrogateAnnealing([net], limits, clock, weight_of(None, _STEPS)).run(Rounds(1), candidates=1)
