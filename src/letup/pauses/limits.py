"""Limits on pauses, and the windows they are about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, order=True)
class Window:
    """One pause: a zone quiet at steps ``first`` to ``last`` inclusive."""

    zone: int
    first: int
    last: int


@dataclass(frozen=True)
class Limits:
    """What the parties insist on.

    Attributes
    ----------
    hours : tuple of float or None
        Allowed local hours, such as ``(6, 18)``; None = any.
    shortest : float
        Shortest length of one window, hours.
    longest : float or None
        Longest length of one window, hours.
    windows_per_day : int
        Windows per zone and day.
    zone_hours : float or None
        Total, zone-hours; None = no limit.
    at_once : int or None
        Most zones quiet at the same time.
    forbidden : tuple of (zone, first step, last step)
        Steps at which a zone cannot be quiet, inclusive.
    grid_minutes : int or None
        Windows start and end on this clock grid; None = any step.
    concession : float[zones, T] or None
        Cost of a quiet step.
    concession_budget : float or None
        Most that the quiet steps may cost together.
    """

    hours: tuple[float, float] | None = None
    shortest: float = 1.0
    longest: float | None = None
    windows_per_day: int = 1
    zone_hours: float | None = None
    at_once: int | None = None
    forbidden: tuple[tuple[int, int, int], ...] = ()
    grid_minutes: int | None = None
    concession: NDArray[np.float64] | None = None
    concession_budget: float | None = None


def quiet_array(windows: list[Window], zones: int, steps: int) -> NDArray[np.bool_]:
    """Quiet state that the windows produce: bool[zones, steps]."""
    quiet = np.zeros((zones, steps), bool)
    for window in windows:
        quiet[window.zone, window.first : window.last + 1] = True
    return quiet
