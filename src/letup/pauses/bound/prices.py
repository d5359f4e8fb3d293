"""Prices of places in time: what confirms a bound over all that may be quiet, by adding up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.errors import LetupError
from letup.flow.calm import calm_steps, zone_rows
from letup.flow.network import TimedNetwork

_AT_ONCE = 512
"""Arcs looked at together, so that memory stays small."""


@dataclass(frozen=True)
class Prices:
    """A certificate of a bound for everything quiet that may be.

    Attributes
    ----------
    price : float32[n, T]
        What one more person at each place in time could be worth. Any numbers prove some bound.
    bound : float
        The bound that they prove.
    """

    price: NDArray[np.float32]
    bound: float


def proven(
    net: TimedNetwork, usable: NDArray[np.bool_], weight: NDArray[np.float64], price: NDArray[np.float32]
) -> float:
    """The bound that prices prove: nobody's way can be worth more than the prices that it pays add up to.

    Weak duality. Whoever enters an arc pays by how much the price rises along it, once for each place on the arc;
    whoever comes from home pays the highest price there, as they may leave at any step; whoever waits pays nothing,
    as prices of nodes where people wait are first raised to what comes later; whoever arrives at step t pays for a
    place in the shelter what the weight of t is above the price there. So the weight of each arrival is covered, and
    all arcs, homes and shelters together bound what all arrivals are worth (Ford and Fulkerson 1958 for flows over
    time; any text on linear programming for weak duality).

    Parameters
    ----------
    net : TimedNetwork
        The network.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    weight : float64[T]
        Value of one arrival at each step.
    price : float32[n, T]
        Any finite numbers.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if there are not so many prices, or one is no number.
    """
    steps = len(weight)
    if price.shape != (net.nodes, steps) or not np.isfinite(price).all():
        raise LetupError(
            "pauses.certificate",
            "The certificate does not fit: it has no price for each place of the network at each step.",
            "Take the certificate of the same network, steps and limits.",
        )
    paid = price.astype(np.float64)
    paid[net.wait] = np.maximum.accumulate(paid[net.wait][:, ::-1], axis=1)[:, ::-1]
    shelters, homes = np.flatnonzero(net.shelter > 0), np.flatnonzero(net.supply > 0)
    total = float(net.supply[homes] @ np.maximum(paid[homes].max(axis=1, initial=0.0), 0.0))
    total += float(net.shelter[shelters] @ np.maximum((weight - paid[shelters]).max(axis=1, initial=0.0), 0.0))
    calm, row = calm_steps(net, steps, usable), zone_rows(net)
    for first in range(0, net.arcs, _AT_ONCE):
        part = np.arange(first, min(first + _AT_ONCE, net.arcs))
        at, start = np.nonzero(calm[row[part]] >= net.transit[part, None])
        arc = part[at]
        in_time = start + net.transit[arc] < steps
        arc, start = arc[in_time], start[in_time]
        capacity = net.capacity[arc, start] if net.capacity.ndim == 2 else net.capacity[arc]
        rise = paid[net.head[arc], start + net.transit[arc]] - paid[net.tail[arc], start]
        total += float(capacity @ np.maximum(rise, 0.0))
    return total
