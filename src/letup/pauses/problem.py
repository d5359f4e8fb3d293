"""What windows are worth: the value of the earliest-arrival flow through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.core.errors import LetupError
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Limits, Window, quiet_array
from letup.roads.timed_network import TimedNetwork

_REMEMBERED = 200_000


@dataclass
class Problem:
    """Windows to be chosen on a network within limits.

    Attributes
    ----------
    net : TimedNetwork
        The network.
    clock : Clock
        What the steps mean.
    limits : Limits
        What the parties insist on.
    weight : float64[T]
        Value of one arrival at each step.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    """

    net: TimedNetwork
    clock: Clock
    limits: Limits
    weight: NDArray[np.float64]
    margin: int = 0
    _known: dict[tuple[Window, ...], float] = field(default_factory=dict, repr=False)

    def allows(self, windows: Sequence[Window]) -> bool:
        """Whether windows keep to the limits."""
        return not breaches(windows, self.limits, self.net.zones, self.clock)

    def value(self, windows: Sequence[Window]) -> float:
        """What windows are worth; computed on what they open, and only once for the same windows."""
        key = tuple(sorted(windows))
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._computed(list(key))
        return self._known[key]

    def _computed(self, windows: list[Window]) -> float:
        from letup.flow import earliest_arrival

        net, steps = self.net, self.clock.steps
        quiet = quiet_array(windows, max(net.zones, 1), steps, self.margin)
        opened = np.append(quiet.any(axis=1), True)
        kept = np.flatnonzero(opened[net.zone])
        if len(kept) < net.arcs:
            net = TimedNetwork(
                net.tail[kept],
                net.head[kept],
                net.transit[kept],
                net.capacity[kept],
                net.supply,
                net.shelter,
                net.wait,
                net.zone[kept],
            )
        return float(self.weight @ earliest_arrival(net, steps=steps, quiet=quiet).arrivals)


def weight_of(weight: NDArray[np.float64] | None, steps: int) -> NDArray[np.float64]:
    """The weights to use; checks those given."""
    if weight is None:
        return 1 - 0.3 * np.arange(steps) / max(steps, 1)
    weights = np.asarray(weight, np.float64)
    if (
        weights.shape != (steps,)
        or not np.isfinite(weights).all()
        or (weights < 0).any()
        or (np.diff(weights) > 0).any()
    ):
        raise LetupError(
            "pauses.input", f"weight must be {steps} finite values, not negative and non-increasing", "Correct weight."
        )
    return weights
