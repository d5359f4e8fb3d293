"""Do windows keep to the limits? Written apart from the search, which it checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from letup.core.clock import DAY_MINUTES, Clock
from letup.core.wording import time_of_day
from letup.pauses.limits import Limits, Window, cost_of, costs_of

_EXACT = 1e-6


@dataclass(frozen=True)
class Breach:
    """One way in which windows break the limits.

    Attributes
    ----------
    limit : str
        Name of the limit, as in `Limits`.
    window : int or None
        Position of the window; None if the windows break it together.
    message : str
        What is broken, with the figures.
    party : int or None
        Number of the party whose budget is broken, where each has one.
    """

    limit: str
    window: int | None
    message: str
    party: int | None = None


def breaches(windows: Sequence[Window], limits: Limits, zones: int, clock: Clock) -> list[Breach]:
    """All ways in which windows break the limits.

    Parameters
    ----------
    windows : sequence of Window
        The pauses; zones by number, steps inclusive.
    limits : Limits
        What the parties insist on.
    zones : int
        How many zones there are.
    clock : Clock
        What the steps mean, and how many there are.
    """
    steps = clock.steps
    closed_before = _closed_before(clock, limits.hours)
    out: list[Breach] = []

    def note(limit: str, window: int | None, message: str) -> None:
        out.append(Breach(limit, window, message))

    sound: list[int] = []
    for i, w in enumerate(windows):
        if not (0 <= w.zone < zones and 0 <= w.first <= w.last < steps):
            note("window", i, f"zone {w.zone}, steps {w.first} to {w.last} do not exist")
            continue
        sound.append(i)
        if w in limits.frozen:
            continue
        length = clock.hours(w.length)
        if closed_before is not None and closed_before[w.last + 1] > closed_before[w.first]:
            note("hours", i, f"lies outside the allowed hours {_hours(limits.hours)}")
        if length < limits.shortest - _EXACT:
            note("shortest", i, f"lasts {length:g} h, shortest allowed is {limits.shortest:g} h")
        if limits.longest is not None and length > limits.longest + _EXACT:
            note("longest", i, f"lasts {length:g} h, longest allowed is {limits.longest:g} h")
        if not (clock.on_grid(w.first, limits.grid_minutes) and clock.on_grid(w.last + 1, limits.grid_minutes)):
            note("grid_minutes", i, f"does not start and end on the {limits.grid_minutes}-minute clock")
        for zone, first, last in limits.forbidden:
            if zone == w.zone and first <= w.last and last >= w.first:
                note("forbidden", i, f"overlaps steps {first} to {last}, forbidden for zone {zone}")
    _in_all([(i, windows[i]) for i in sound], limits, clock, zones, out)
    _by_hand([windows[i] for i in sound], limits, out)
    _alike([(i, windows[i]) for i in sound], limits, clock, out)
    return out


# A search asks about the same clock thousands of times.
@lru_cache(maxsize=32)
def _closed_before(clock: Clock, hours: tuple[float, float] | None) -> list[int] | None:
    """Steps outside the allowed hours before each step and before the end; None = none."""
    return None if hours is None else np.concatenate([[0], np.cumsum(~clock.in_hours(hours))]).tolist()


@lru_cache(maxsize=32)
def _days(clock: Clock) -> list[int]:
    """Local day of each step."""
    days: list[int] = clock.days().tolist()
    return days


def _in_all(windows: list[tuple[int, Window]], limits: Limits, clock: Clock, zones: int, out: list[Breach]) -> None:
    """Limits on all windows of a zone, a day or a plan."""
    previous: tuple[int, Window] | None = None
    for i, w in sorted(windows, key=_by_zone_and_time):
        if previous is not None and previous[1].zone == w.zone and w.first <= previous[1].last + 1:
            out.append(Breach("window", i, f"overlaps or touches another window of zone {w.zone}"))
        if previous is None or previous[1].zone != w.zone or w.last > previous[1].last:
            previous = (i, w)
    days = _days(clock)
    per_day: dict[tuple[int, int], int] = {}
    for _, w in windows:
        on = (w.zone, days[w.first])
        per_day[on] = per_day.get(on, 0) + 1
    if max(per_day.values(), default=0) > limits.windows_per_day:
        for (zone, day), count in sorted(per_day.items()):
            if count > limits.windows_per_day:
                message = f"zone {zone} has {count} windows on day {day + 1}, allowed are {limits.windows_per_day}"
                out.append(Breach("windows_per_day", None, message))
    total = clock.hours(sum(w.length for _, w in windows))
    if limits.zone_hours is not None and total > limits.zone_hours + _EXACT:
        out.append(Breach("zone_hours", None, f"{total:g} zone-hours in all, allowed are {limits.zone_hours:g}"))
    # So many windows at least must meet for so many zones to be quiet at once.
    if limits.at_once is not None and len(windows) > limits.at_once:
        zones_at: Counter[int] = Counter()
        for _, w in windows:
            zones_at.update(range(w.first, w.last + 1))
        worst = max(zones_at.items(), key=lambda item: item[1], default=(0, 0))
        if worst[1] > limits.at_once:
            message = f"{worst[1]} zones quiet at step {worst[0]}, allowed at once are {limits.at_once}"
            out.append(Breach("at_once", None, message))
    several = limits.concession is not None and np.ndim(limits.concession) == 3
    for number, (table, most) in enumerate(costs_of(limits)):
        cost = cost_of((w for _, w in windows if w.zone < zones), table)
        if most is not None and cost > most + _EXACT * max(1.0, abs(most)):
            message = f"the windows cost {cost:g}, allowed is {most:g}"
            out.append(Breach("concession_budget", None, message, number if several else None))


def _by_zone_and_time(numbered: tuple[int, Window]) -> tuple[int, int, int]:
    """The order of windows, quicker to compare than they are."""
    _, window = numbered
    return window.zone, window.first, window.last


def _by_hand(windows: list[Window], limits: Limits, out: list[Breach]) -> None:
    """Windows that were asked for by hand, or agreed already."""
    for f in limits.forced:
        if not any(w.zone == f.zone and w.first <= f.first and f.last <= w.last for w in windows):
            message = f"no window of zone {f.zone} holds steps {f.first} to {f.last}, which were asked for"
            out.append(Breach("forced", None, message))
    for f in limits.frozen:
        if f not in windows:
            message = f"the window of zone {f.zone}, steps {f.first} to {f.last}, was agreed and is not there"
            out.append(Breach("frozen", None, message))


def _alike(windows: list[tuple[int, Window]], limits: Limits, clock: Clock, out: list[Breach]) -> None:
    """Windows that must equal those of other zones, or of other days."""
    if not limits.together and not limits.same_daily:
        return
    spans: dict[int, set[tuple[int, int]]] = {}
    for _, w in windows:
        spans.setdefault(w.zone, set()).add((w.first, w.last))
    for group in limits.together:
        for zone in group[1:]:
            apart = spans.get(zone, set()) ^ spans.get(group[0], set())
            if apart:
                first, last = min(apart)
                message = f"zones {group[0]} and {zone} go together; only one of them has steps {first} to {last}"
                out.append(Breach("together", None, message))
    if not limits.same_daily:
        return
    on_day: Counter[tuple[int, int]] = Counter()
    times: dict[tuple[int, int], tuple[float, int, int]] = {}
    days = _days(clock)
    for i, w in sorted(windows, key=_by_zone_and_time):
        day = (w.zone, days[w.first])
        place = (w.zone, on_day[day])
        on_day[day] += 1
        start, length = clock.time(w.first), w.length
        known_start, known_length, known = times.setdefault(place, (start, length, i))
        apart_by = abs(start - known_start)
        if min(apart_by, DAY_MINUTES - apart_by) > _EXACT or length != known_length:
            earlier = next(v for j, v in windows if j == known)
            message = f"has other clock times than steps {earlier.first} to {earlier.last} of the same zone"
            out.append(Breach("same_daily", i, message))


def broken(
    windows: Sequence[Window], limits: Limits, *, zones: int, steps: int, step_minutes: int, start_hour: float = 0.0
) -> list[str]:
    """All ways in which windows break the limits, one sentence each; empty if they keep to them.

    Parameters
    ----------
    windows, limits, zones
        As of `breaches`.
    steps : int
        How many steps there are.
    step_minutes : int
        Length of a step, minutes.
    start_hour : float
        Local hour at the start of step 0.
    """
    lines = []
    for breach in breaches(windows, limits, zones, Clock(steps, step_minutes, start_hour)):
        w = windows[breach.window] if breach.window is not None else None
        subject = f"zone {w.zone}, steps {w.first} to {w.last}: " if w else ""
        subject += f"party {breach.party}: " if breach.party is not None else ""
        lines.append(f"{subject}{breach.message} [{breach.limit}]")
    return lines


def _hours(hours: tuple[float, float] | None) -> str:
    """Hours as on a clock."""
    if hours is None:
        return "any"
    return " to ".join(time_of_day(hour) for hour in hours)
