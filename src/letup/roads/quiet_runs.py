"""How long each zone stays quiet from each step on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.roads.timed_network import TimedNetwork


def calm_steps(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> NDArray[np.int32]:
    """Quiet steps in a row from each step on.

    An arc with transit d may be entered at step t if its row has at least d at t.

    Returns
    -------
    int32[zones + 1, T]
        One row per zone; the last row is for arcs that need no pause.
    """
    zones = net.zones
    calm = np.empty((zones + 1, steps), np.int32)
    calm[zones] = np.iinfo(np.int32).max
    if quiet is None:
        calm[:] = np.iinfo(np.int32).max
        return calm
    # Steps until the next one that is not quiet: the nearest of those positions from the right.
    at = np.arange(steps, dtype=np.int32)
    loud = np.where(quiet[:zones], steps, at).astype(np.int32)
    calm[:zones] = np.minimum.accumulate(loud[:, ::-1], axis=1)[:, ::-1] - at
    return calm


def zone_rows(net: TimedNetwork) -> NDArray[np.int32]:
    """Row of ``calm_steps`` that each arc reads: int32[m]."""
    return np.where(net.zone < 0, net.zones, net.zone).astype(np.int32)
