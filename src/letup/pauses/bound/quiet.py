"""What everything that may be quiet would be worth: a bound that needs no choice of pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from letup.flow.engine import Flow
from letup.flow.network import TimedNetwork
from letup.flow.quick import flow_and_horizons, quick_flow
from letup.pauses.bound.worths import QuietCertificate
from letup.pauses.clock import runs


def everything_quiet(
    net: TimedNetwork,
    usable: NDArray[np.bool_],
    weight: NDArray[np.float64],
    *,
    moments: int,
    more: Callable[[], float],
    tell: Callable[[float], None],
) -> QuietCertificate:
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

    Returns
    -------
    QuietCertificate
        What `check_bound` needs to confirm the last bound. Each moment's number is that of a minimum cut, and with it
        goes what its people lose in weight until the next moment. So being at a place is worth the sum of that over
        all cuts on whose far side the place lies (`letup.pauses.bound.worths`).
    """
    steps = len(weight)
    whole, since = flow_and_horizons(net, steps, usable)
    if (whole.arriving.sum(axis=1) < net.shelter[net.shelter > 0]).all():
        bound = float(weight @ whole.arrivals)
        tell(bound)
        worth = np.append(weight, 0.0)[since]
        # Where nobody arrives the cut may be that of a later step.
        worth[net.shelter > 0] = np.maximum(worth[net.shelter > 0], weight)
        return QuietCertificate.of(worth, bound)
    most = {0: 0, steps: whole.total}
    sides = {steps: _packed(whole)}
    live = np.asarray(usable.any(axis=0), bool)
    mornings = [first for first, _ in runs(live) if first > 0]
    while True:
        known = sorted(most)
        parts = [(a, b, most[b] - most[a]) for a, b in pairwise(known)]
        bound = float(sum(people * weight[a] for a, _, people in parts))
        tell(bound)
        if len(parts) > moments or more() <= 0:
            break
        if mornings:
            moment = mornings.pop(0)
        else:
            a, b, people = max(parts, key=lambda part: part[2] * (weight[part[0]] - weight[part[1] - 1]))
            inside = np.flatnonzero(live[a + 1 : b]) + a + 1
            if people * (weight[a] - weight[b - 1]) <= 0 or not len(inside):
                break
            moment = int(inside[len(inside) // 2])
        flow = _by(net, moment, usable)
        most[moment], sides[moment] = flow.total, _packed(flow)
    worth = np.zeros((net.nodes, steps))
    for a, b, _ in parts:
        lost = weight[a] - (weight[b] if b < steps else 0.0)
        worth[:, :b] += lost * np.unpackbits(sides[b], axis=1, count=b)
    return QuietCertificate.of(worth, bound)


def _by(net: TimedNetwork, moment: int, usable: NDArray[np.bool_]) -> Flow:
    """Most people who can arrive within so many steps."""
    if net.capacity.ndim == 2:
        net = replace(net, capacity=net.capacity[:, :moment])
    return quick_flow(net, moment, usable[:, :moment])


def _packed(flow: Flow) -> NDArray[np.uint8]:
    """Sink side of a flow's minimum cut, in bits: there are many of them."""
    return np.packbits(flow.sink_side.reshape(flow.net.nodes, flow.steps), axis=1)
