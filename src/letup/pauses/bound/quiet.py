"""What everything that may be quiet would be worth: a bound that needs no choice of pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from letup.flow.network import TimedNetwork
from letup.flow.quick import quick_flow
from letup.pauses.clock import runs


def everything_quiet(
    net: TimedNetwork,
    usable: NDArray[np.bool_],
    weight: NDArray[np.float64],
    *,
    moments: int,
    more: Callable[[], float],
    tell: Callable[[float], None],
) -> None:
    """Bound the value by how many people could have arrived by some moments if all were quiet that may be.

    By a moment h no pauses let more people arrive than the largest flow within the first h steps, F(h). So of all who
    arrive, at most F(h1) come before h1, at most F(h2) before h2, and so on; whoever comes between two moments comes
    at the first step after the earlier one at the earliest. As weights do not rise, the value is at most the sum of
    (F(h) - F(previous h)) times the weight of that step. Where no shelter fills up, one flow is the largest at all
    moments at once, and its own value is the bound (Gale 1959). Else moments are added where they take off most.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    weight : float64[T]
        Value of one arrival at each step, non-increasing.
    moments : int
        Most moments to look at; each takes a flow.
    more : callable
        Seconds left; asked before each flow but the first.
    tell : callable
        Called with each bound.
    """
    steps = len(weight)
    whole = quick_flow(net, steps, usable)
    if (whole.arriving.sum(axis=1) < net.shelter[net.shelter > 0]).all():
        tell(float(weight @ whole.arrivals))
        return
    most = {0: 0, steps: int(whole.arrivals.sum())}
    live = np.asarray(usable.any(axis=0), bool)
    mornings = [first for first, _ in runs(live) if first > 0]
    while True:
        known = sorted(most)
        parts = [(a, b, most[b] - most[a]) for a, b in pairwise(known)]
        tell(float(sum(people * weight[a] for a, _, people in parts)))
        if len(parts) > moments or more() <= 0:
            return
        if mornings:
            moment = mornings.pop(0)
        else:
            a, b, people = max(parts, key=lambda part: part[2] * (weight[part[0]] - weight[part[1] - 1]))
            inside = np.flatnonzero(live[a + 1 : b]) + a + 1
            if people * (weight[a] - weight[b - 1]) <= 0 or not len(inside):
                return
            moment = int(inside[len(inside) // 2])
        most[moment] = _by(net, moment, usable)


def _by(net: TimedNetwork, moment: int, usable: NDArray[np.bool_]) -> int:
    """Most people who can arrive within so many steps."""
    if net.capacity.ndim == 2:
        net = replace(net, capacity=net.capacity[:, :moment])
    return int(quick_flow(net, moment, usable[:, :moment]).arrivals.sum())
