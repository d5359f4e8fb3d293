"""The one clock: steps as local times, with hours of the day that stay right when clocks are put forward or back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, overload
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY_MINUTES = 24 * 60
_EXACT = 1e-6
"""Minutes below which two times are the same."""


@dataclass(frozen=True)
class Clock:
    """What the steps mean on the local clock.

    Steps are equally long. Where a time zone is known (`Clock.of`), clocks may be put forward or back during them, and
    every hour of the day and every local day follows; otherwise each day has 24 hours.

    Attributes
    ----------
    steps : int
        Number of steps.
    step_minutes : int
        Length of one step, minutes.
    start_hour : float
        Local hour at the start of step 0.
    start : datetime or None
        Moment at which step 0 starts, UTC; None if only the hour is known.
    timezone : str
        IANA name of the zone of the local times; empty if only the hour is known.
    """

    steps: int
    step_minutes: int
    start_hour: float = 0.0
    start: datetime | None = None
    timezone: str = ""

    @classmethod
    def of(cls, start: datetime, timezone: str, step_minutes: int, steps: int) -> Clock:
        """Clock of steps that begin at a moment, in a time zone.

        Parameters
        ----------
        start : datetime
            Start of step 0, with a time zone of any kind.
        timezone : str
            IANA name of the zone of the local times.
        step_minutes, steps : int
            Length of one step in minutes, and number of steps.
        """
        local = start.astimezone(ZoneInfo(timezone))
        hour = local.hour + local.minute / 60 + local.second / 3600
        return cls(steps, step_minutes, hour, start.astimezone(UTC), timezone)

    # Hours of the day, with or without a date ----------------------------------------------------------------------

    @cached_property
    def _minutes(self) -> NDArray[np.float64]:
        """Local minutes since the midnight before step 0 at the start of each step, and at the end: float64[steps + 1].

        Days count 1,440 minutes each, so that the rest of a division by that is the time of day; where clocks are put
        back, some minutes come twice.
        """
        return self._local_minutes(self.step_minutes, self.steps + 1)

    def _local_minutes(self, step_minutes: float, count: int) -> NDArray[np.float64]:
        """The same at so many moments that lie so many minutes apart, the first at the start of step 0."""
        return self.start_hour * 60 + np.arange(count) * float(step_minutes) + self._shifts_of(step_minutes, count)

    @cached_property
    def _shifts(self) -> NDArray[np.float64]:
        """Minutes by which local clocks are ahead of one that is never changed: float64[steps + 1]."""
        return self._shifts_of(self.step_minutes, self.steps + 1)

    def _shifts_of(self, step_minutes: float, count: int) -> NDArray[np.float64]:
        shifts = np.zeros(count)
        if self.start is None or not count:
            return shifts
        start, zone = self.start, ZoneInfo(self.timezone)

        def ahead(k: int) -> float:
            local = (start + timedelta(minutes=k * step_minutes)).astimezone(zone)
            return (local.utcoffset() or timedelta()).total_seconds() / 60

        # Clocks change a few times a year: between two moments an hour apart with the same offset nothing is looked up.
        marks = [*range(0, count - 1, max(int(60 // step_minutes), 1)), count - 1]
        offsets = [ahead(k) for k in marks]
        shifts[-1] = offsets[-1] - offsets[0]
        for first, last, here, there in zip(marks, marks[1:], offsets, offsets[1:], strict=False):
            between = [here] if here == there else [ahead(k) for k in range(first, last)]
            shifts[first:last] = np.asarray(between) - offsets[0]
        return shifts

    def minute(self, step: int) -> float:
        """Local minutes since the midnight before step 0 at the start of a step; each day counts 1,440."""
        if 0 <= step <= self.steps:
            return float(self._minutes[step])
        nearest = min(max(step, 0), self.steps)
        return self.start_hour * 60 + step * self.step_minutes + float(self._shifts[nearest])

    def day(self, step: int) -> int:
        """Local day of a step; step 0 lies in day 0."""
        return math.floor((self.minute(step) + _EXACT) / DAY_MINUTES)

    def days(self) -> NDArray[np.int64]:
        """Local day of each step: int64[steps]."""
        return np.floor((self._minutes[:-1] + _EXACT) / DAY_MINUTES).astype(np.int64)

    def nights(self, step_minutes: float | None = None, steps: int | None = None) -> NDArray[np.int64]:
        """Last step of each local day but the last, of these steps or of steps of another length: int64[nights]."""
        count = (self.steps if steps is None else steps) + 1
        minutes = self._local_minutes(self.step_minutes if step_minutes is None else step_minutes, count)
        latest = np.maximum.accumulate(np.floor((minutes[:-1] + _EXACT) / DAY_MINUTES))
        return np.flatnonzero(latest[1:] > latest[:-1])

    def time(self, step: int) -> float:
        """Minutes since local midnight at the start of a step, 0 up to 1,440."""
        return round(self.minute(step), 6) % DAY_MINUTES

    def times(self, step_minutes: float | None = None, steps: int | None = None) -> NDArray[np.float64]:
        """Minutes since local midnight at the start of each step, or of steps of another length: float64[steps]."""
        step_minutes = self.step_minutes if step_minutes is None else step_minutes
        minutes = self._local_minutes(step_minutes, self.steps if steps is None else steps) % DAY_MINUTES
        return np.where(minutes > DAY_MINUTES - _EXACT, 0.0, minutes)

    def steps_between(self, step: int, days: int) -> int:
        """Steps from a step to the same time of day so many days later (earlier if negative), rounded down."""
        other = step + days * DAY_MINUTES // self.step_minutes
        shift = self._shifts[min(max(step, 0), self.steps)] - self._shifts[min(max(other, 0), self.steps)]
        return (days * DAY_MINUTES + round(float(shift))) // self.step_minutes

    def hours(self, steps: float) -> float:
        """Steps in hours."""
        return steps * self.step_minutes / 60

    @overload
    def elapsed_days(self, steps: float) -> float: ...

    @overload
    def elapsed_days(self, steps: NDArray[Any]) -> NDArray[np.float64]: ...

    def elapsed_days(self, steps: float | NDArray[Any]) -> float | NDArray[np.float64]:
        """Steps in days of 24 hours."""
        return steps * self.step_minutes / DAY_MINUTES

    def in_steps(self, hours: float) -> int:
        """Fewest steps that last at least so many hours."""
        return math.ceil(hours * 60 / self.step_minutes - _EXACT)

    def whole_steps(self, hours: float) -> int:
        """Most steps that last at most so many hours."""
        return math.floor(hours * 60 / self.step_minutes + _EXACT)

    def on_grid(self, edge: int, grid_minutes: int | None) -> bool:
        """Whether the start of a step lies on the clock grid."""
        if grid_minutes is None:
            return True
        rest = self.minute(edge) % grid_minutes
        return min(rest, grid_minutes - rest) < _EXACT

    def grid_points(self, grid_minutes: int | None) -> NDArray[np.int64]:
        """Steps, and the end, at whose start a window may start or end on the clock grid."""
        edges: NDArray[np.int64] = np.arange(self.steps + 1, dtype=np.int64)
        if grid_minutes is None:
            return edges
        rest = self._minutes % grid_minutes
        return np.asarray(edges[np.minimum(rest, grid_minutes - rest) < _EXACT], np.int64)

    def in_hours(self, hours: tuple[float, float] | None) -> NDArray[np.bool_]:
        """Steps that lie wholly within the allowed local hours, bool[steps].

        Hours such as (22, 6) run over midnight.
        """
        if hours is None:
            return np.ones(self.steps, bool)
        start = self.times()
        end = start + self.step_minutes
        first, last = hours[0] * 60, hours[1] * 60
        if first < last:
            inside = (start >= first - _EXACT) & (end <= last + _EXACT)
        else:
            inside = (start >= first - _EXACT) | (end <= last + _EXACT)
        return np.asarray(inside, bool)

    # Moments, where a date is known --------------------------------------------------------------------------------

    def moment(self, step: float) -> datetime:
        """Moment at which a step starts, UTC; parts of steps count."""
        if self.start is None:
            raise ValueError("this clock knows hours of the day, but no date")
        return self.start + timedelta(minutes=float(step) * self.step_minutes)

    def at(self, step: float) -> datetime:
        """Local time at which a step starts."""
        return self.moment(step).astimezone(ZoneInfo(self.timezone))

    def at_minute(self, minutes: float) -> datetime:
        """Local time so many minutes after the start of step 0."""
        return self.at(float(minutes) / self.step_minutes)

    def iso(self, step: float) -> str:
        """Local time at which a step starts, ISO 8601 with offset, to the minute."""
        return self.at(step).isoformat(timespec="minutes")

    def isos(self, steps: NDArray[np.integer]) -> list[str]:
        """Local times at which many steps start, each as by `iso`."""
        texts = {int(step): self.iso(int(step)) for step in np.unique(steps)}
        return [texts[int(step)] for step in steps]

    def step_at(self, when: datetime) -> float:
        """Steps from the start of step 0 to a moment; not rounded."""
        return (when.astimezone(UTC) - self.moment(0)).total_seconds() / 60 / self.step_minutes

    def local_days(self) -> list[tuple[int, datetime]]:
        """First step of each local day, with its local time; step 0 first."""
        firsts = [0, *(self.nights() + 1).tolist()] if self.steps else []
        return [(step, self.at(step)) for step in firsts]

    def offsets(self) -> list[tuple[int, int]]:
        """Minutes by which local time is ahead of UTC: (first step, minutes), one for each change; step 0 first."""
        ahead = (self.at(0).utcoffset() or timedelta()).total_seconds() / 60
        changes = [0, *(np.flatnonzero(np.diff(self._shifts)) + 1).tolist()]
        return [(step, round(ahead + float(self._shifts[step]))) for step in changes]


def moment_of(local: datetime, timezone: str) -> datetime:
    """Moment of a local time that is written without an offset.

    Parameters
    ----------
    local : datetime
        Without a time zone.
    timezone : str
        IANA name of the zone of the local time.

    Raises
    ------
    ValueError
        If clocks are changed at that time, so that it comes twice or never; it says which offsets are possible.
    """
    earlier, later = (local.replace(tzinfo=ZoneInfo(timezone), fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier
    before, after = (moment.isoformat()[-6:] for moment in (earlier, later))
    text = local.isoformat(timespec="minutes")
    if earlier.astimezone(UTC).astimezone(earlier.tzinfo).replace(tzinfo=None) == local:
        raise ValueError(f"{text} comes twice, as clocks are put back: at the offset {before}, then at {after}")
    raise ValueError(f"{text} never comes, as clocks are put forward from the offset {before} to {after}")


def runs(row: NDArray[np.bool_] | np.bool_) -> list[tuple[int, int]]:
    """Runs of true values as (first, last), inclusive."""
    padded = np.concatenate([[False], np.atleast_1d(row), [False]]).astype(np.int8)
    change = np.diff(padded)
    return [
        (int(a), int(b) - 1) for a, b in zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1), strict=True)
    ]
