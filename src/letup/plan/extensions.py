"""One more hour of pause: which there are. Needs no solver, so that verifying can ask it too."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from letup.core.clock import Clock
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Limits, Window, without_totals


@dataclass(frozen=True)
class Extension:
    """A longer or new pause.

    Attributes
    ----------
    window : Window
        The longer or new pause.
    old : Window or None
        The pause that it replaces; None if it is new.
    """

    window: Window
    old: Window | None

    def steps(self) -> int:
        """Steps that it is quiet for beyond those of the pause that it replaces."""
        return self.window.last - self.window.first - (self.old.last - self.old.first if self.old else -1)

    def applied(self, windows: Sequence[Window]) -> list[Window]:
        """All pauses, with this one."""
        return sorted([*(w for w in windows if w != self.old), self.window])


def is_allowed(more: Extension, windows: Sequence[Window], limits: Limits, zones: int, clock: Clock) -> bool:
    """Whether the parties' limits on single pauses allow it.

    Totals (zone-hours, zones at once, concession budget) are what one more hour is asked about, and are left
    out. What the pauses break already is not held against it.

    Parameters
    ----------
    more : Extension
        The longer or new pause.
    windows : sequence of Window
        The pauses of the plan.
    limits, zones, clock
        What the parties insist on, how many zones there are, and what the steps mean.
    """
    if not 0 <= more.window.first <= more.window.last < clock.steps:
        return False
    return _broken(more.applied(windows), limits, zones, clock) <= _broken(windows, limits, zones, clock)


def longer_pauses(windows: Sequence[Window], order: Sequence[int], limits: Limits, clock: Clock) -> Iterator[Extension]:
    """Each pause an hour longer at its start and at its end, rounded up to the clock grid.

    Parameters
    ----------
    windows : sequence of Window
        The pauses of the plan.
    order : sequence of int
        In which order to take them.
    limits, clock
        What the parties insist on, and what the steps mean.
    """
    grid = _grid(limits, clock)
    more = -(-max(clock.in_steps(1.0), 1) // grid) * grid
    for i in order:
        w = windows[i]
        yield Extension(replace(w, first=w.first - more), w)
        yield Extension(replace(w, last=w.last + more), w)


def new_pauses(windows: Sequence[Window], zones: Sequence[int], limits: Limits, clock: Clock) -> Iterator[Extension]:
    """The shortest new pause of each zone not paused on a day, from the start or to the end of a pause of that day.

    Of each zone first the time that most other pauses of its day cover, then the next: round by round.

    Parameters
    ----------
    windows : sequence of Window
        The pauses of the plan.
    zones : sequence of int
        In which order to take them.
    limits, clock
        What the parties insist on, and what the steps mean.
    """
    grid = _grid(limits, clock)
    length = -(-max(clock.in_steps(limits.shortest), 1) // grid) * grid
    paused: dict[int, set[int]] = defaultdict(set)
    covered: Counter[tuple[int, int]] = Counter()
    by_day: dict[int, list[Window]] = defaultdict(list)
    for w in windows:
        by_day[clock.day(w.first)].append(w)
        paused[clock.day(w.first)].add(w.zone)
    for day, today in by_day.items():
        for first in {w.first for w in today} | {w.last + 1 - length for w in today}:
            last = first + length - 1
            covered[day, first] = sum(max(min(w.last, last) - max(w.first, first) + 1, 0) for w in today)
    best = sorted(covered, key=lambda at: (-covered[at], at))
    rounds = [[first for day, first in best if zone not in paused[day]] for zone in zones]
    for k in range(len(best)):
        for zone, firsts in zip(zones, rounds, strict=True):
            if k < len(firsts):
                yield Extension(Window(zone, firsts[k], firsts[k] + length - 1), None)


def _broken(windows: Sequence[Window], limits: Limits, zones: int, clock: Clock) -> set[tuple[str, Window | None, str]]:
    """What single pauses break, in a form that does not change with their number."""
    free = without_totals(limits)
    broken = breaches(windows, free, zones, clock)
    return {
        (b.limit, windows[b.window] if b.window is not None else None, b.message if b.window is None else "")
        for b in broken
    }


def _grid(limits: Limits, clock: Clock) -> int:
    """Steps between two points of the clock grid."""
    return max(round((limits.grid_minutes or clock.step_minutes) / clock.step_minutes), 1)
