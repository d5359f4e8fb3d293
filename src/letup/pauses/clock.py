"""Steps on the clock: local days, allowed steps, and where windows may start and end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.pauses.limits import Limits, quiet_array

_DAY = 24 * 60
_EXACT = 1e-6


@dataclass(frozen=True)
class Clock:
    """What the steps mean on the local clock.

    Attributes
    ----------
    steps : int
        Number of steps.
    step_minutes : int
        Length of one step, minutes.
    start_hour : float
        Local hour at the start of step 0.
    """

    steps: int
    step_minutes: int
    start_hour: float = 0.0

    def minute(self, step: int) -> float:
        """Minutes from the midnight before step 0 until the start of a step."""
        return self.start_hour * 60 + step * self.step_minutes

    def day(self, step: int) -> int:
        """Local day of a step; step 0 lies in day 0."""
        return math.floor((self.minute(step) + _EXACT) / _DAY)

    def hours(self, steps: float) -> float:
        """Steps in hours."""
        return steps * self.step_minutes / 60

    def in_steps(self, hours: float) -> int:
        """Fewest steps that last at least so many hours."""
        return math.ceil(hours * 60 / self.step_minutes - _EXACT)

    def whole_steps(self, hours: float) -> int:
        """Most steps that last at most so many hours."""
        return math.floor(hours * 60 / self.step_minutes + _EXACT)

    def days(self) -> NDArray[np.int64]:
        """Local day of each step."""
        minutes = self.start_hour * 60 + np.arange(self.steps) * self.step_minutes
        return np.floor((minutes + _EXACT) / _DAY).astype(np.int64)

    def on_grid(self, edge: int, grid_minutes: int | None) -> bool:
        """Whether the start of a step lies on the clock grid."""
        if grid_minutes is None:
            return True
        rest = self.minute(edge) % grid_minutes
        return min(rest, grid_minutes - rest) < _EXACT

    def time(self, step: int) -> float:
        """Minutes since local midnight at the start of a step, 0 up to 1440."""
        return round(self.minute(step), 6) % _DAY

    def grid_points(self, grid_minutes: int | None) -> NDArray[np.int64]:
        """Steps, and the end, at whose start a window may start or end on the clock grid."""
        edges: NDArray[np.int64] = np.arange(self.steps + 1, dtype=np.int64)
        if grid_minutes is None:
            return edges
        rest = (self.start_hour * 60 + edges * self.step_minutes) % grid_minutes
        return np.asarray(edges[np.minimum(rest, grid_minutes - rest) < _EXACT], np.int64)


def in_hours(clock: Clock, hours: tuple[float, float] | None) -> NDArray[np.bool_]:
    """Steps that lie wholly within the allowed local hours, bool[steps].

    Hours such as (22, 6) run over midnight.
    """
    if hours is None:
        return np.ones(clock.steps, bool)
    start = (clock.start_hour * 60 + np.arange(clock.steps) * clock.step_minutes) % _DAY
    start = np.where(start > _DAY - _EXACT, 0.0, start)
    end = start + clock.step_minutes
    first, last = hours[0] * 60, hours[1] * 60
    if first < last:
        inside = (start >= first - _EXACT) & (end <= last + _EXACT)
    else:
        inside = (start >= first - _EXACT) | (end <= last + _EXACT)
    return np.asarray(inside, bool)


def allowed_steps(limits: Limits, zones: int, clock: Clock) -> NDArray[np.bool_]:
    """Steps at which each zone may be quiet by hours and forbidden times, bool[zones, steps]."""
    allowed = np.tile(in_hours(clock, limits.hours), (zones, 1))
    for zone, first, last in limits.forbidden:
        if 0 <= zone < zones:
            allowed[zone, max(first, 0) : last + 1] = False
    return allowed


def usable_steps(limits: Limits, zones: int, clock: Clock) -> NDArray[np.bool_]:
    """Steps that some allowed window of the zone covers, bool[zones, steps].

    Sharper than `allowed_steps`: runs too short for the shortest window, and what lies beyond the
    last point of the clock grid, are left out, as is, for zones that go together, what is not usable in
    all of them. Windows agreed already are covered wherever they lie.
    """
    allowed = allowed_steps(limits, zones, clock)
    frozen = quiet_array([w for w in limits.frozen if w.zone < zones], zones, clock.steps)
    for group in limits.together:
        members = [zone for zone in group if zone < zones]
        allowed[members] = (allowed | frozen)[members].all(axis=0)
    shortest = max(clock.in_steps(limits.shortest), 1)
    usable = np.zeros_like(allowed)
    points_of_all = clock.grid_points(limits.grid_minutes)
    seen: dict[bytes, NDArray[np.bool_]] = {}
    for zone in range(zones):
        key = allowed[zone].tobytes()
        if key not in seen:
            row = np.zeros(clock.steps, bool)
            for first, last in runs(allowed[zone]):
                points = points_of_all[(points_of_all >= first) & (points_of_all <= last + 1)]
                if len(points) and points[-1] - points[0] >= shortest and _some_length_fits(limits, clock):
                    row[points[0] : points[-1]] = True
            seen[key] = row
        usable[zone] = seen[key]
    return usable | frozen


def _some_length_fits(limits: Limits, clock: Clock) -> bool:
    """Whether any length, in steps and on the grid, is neither too short nor too long."""
    if limits.longest is None:
        return True
    unit = max((limits.grid_minutes or clock.step_minutes) / clock.step_minutes, 1.0)
    shortest, longest = max(clock.in_steps(limits.shortest), 1), clock.whole_steps(limits.longest)
    return any(abs(n - round(n / unit) * unit) < _EXACT for n in range(shortest, longest + 1))


def runs(row: NDArray[np.bool_] | np.bool_) -> list[tuple[int, int]]:
    """Runs of true values as (first, last), inclusive."""
    padded = np.concatenate([[False], np.atleast_1d(row), [False]]).astype(np.int8)
    change = np.diff(padded)
    return [
        (int(a), int(b) - 1) for a, b in zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1), strict=True)
    ]
