"""The instances that are measured, by size and by which pauses hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.road_instances import road_network


@dataclass(frozen=True)
class Size:
    """What a row of the table is about.

    Attributes
    ----------
    nodes, steps : int
        Size; with ``finer`` = 1 a step is 5 minutes.
    windows : bool
        Whether zones are quiet in two windows each, instead of all the time.
    finer : int
        How many times finer the steps are: transit times this, capacity per step divided by it.
    room : float
        Room of all shelters together, per person; at least the number of shelters: room for everyone in each.
    """

    nodes: int
    steps: int
    windows: bool = False
    finer: int = 1
    room: float = 1.1

    def __str__(self) -> str:
        steps = self.steps * self.finer
        more = ", two windows a zone" if self.windows else ", ample room" if self.room > 2 else ""
        return f"{self.nodes:,} x {steps:,}{more}"


@dataclass(frozen=True)
class Instance:
    """A network and when its zones are quiet."""

    arrays: dict[str, Any]
    steps: int
    quiet: np.ndarray | None


def build(size: Size) -> Instance:
    """Make an instance; the same size always gives the same one."""
    arrays = road_network(size.nodes, room=size.room)
    del arrays["xy"]
    if size.finer > 1:
        arrays["transit"] = arrays["transit"] * size.finer
        arrays["capacity"] = np.maximum(1, np.rint(arrays["capacity"] / size.finer)).astype(np.int32)
    steps = size.steps * size.finer
    quiet = two_windows(16, steps) if size.windows else None
    return Instance(arrays, steps, quiet)


def two_windows(zones: int, steps: int) -> np.ndarray:
    """Two windows a zone, each a third of the time, staggered over zones.

    With 288 steps of 5 minutes: two windows of 8 hours, 12 hours apart, the first from hour 0, 1, 2, 3 or 4 on.
    """
    quiet = np.zeros((zones, steps), bool)
    for zone in range(zones):
        for start in (0, steps // 2):
            first = start + zone % 5 * (steps // 24)
            quiet[zone, first : first + steps // 3] = True
    return quiet
