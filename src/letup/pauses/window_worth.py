"""What each window is worth, and what one more hour would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from letup.lp.program import Rows
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Limits, Window
from letup.pauses.problem import Problem


def worth(problem: Problem, windows: Sequence[Window]) -> list[tuple[Window, float]]:
    """What the value loses without each window, others as they are.

    Parameters
    ----------
    problem : Problem
        What is being planned.
    windows : sequence of Window
        The windows of the plan.
    """
    value = problem.value(windows)
    return [(w, value - problem.value([other for other in windows if other != w])) for w in windows]


def next_hours(problem: Problem, windows: Sequence[Window]) -> list[tuple[Window, Window | None, float]]:
    """What more hours than the totals allow would bring, and where.

    Tries each window longer by up to an hour at either end, and the shortest new window of each zone at the times
    of each other window. Limits on single windows hold; zone-hours, zones at once and the concession budget are
    what is asked about, and are left out.

    Parameters
    ----------
    problem : Problem
        What is being planned.
    windows : sequence of Window
        The windows of the plan.

    Returns
    -------
    list of (Window, Window or None, float)
        The longer or new window, the one it replaces, and the value gained per zone-hour; best first.
    """
    clock, value = problem.clock, problem.value(windows)
    free = replace(problem.limits, zone_hours=None, at_once=None, concession_budget=None)
    hour = max(clock.in_steps(1.0), 1)
    grid = max(round((free.grid_minutes or clock.step_minutes) / clock.step_minutes), 1)
    more = -(-hour // grid) * grid
    tried: set[tuple[Window, Window | None]] = set()
    for w in windows:
        tried |= {(replace(w, first=w.first - more), w), (replace(w, last=w.last + more), w)}
    rows = WindowRows(Rows(), free, problem.net.zones, clock)
    for zone, slots in enumerate(rows.of_zone):
        for slot in slots:
            for w in windows:
                if clock.day(w.first) == slot.day and w.first in slot.starts:
                    ends = slot.ends[slot.ends >= w.first + rows.shortest]
                    if len(ends):
                        tried.add((Window(zone, w.first, int(ends[0]) - 1), None))
    gains = []
    for new, old in sorted(tried, key=lambda pair: pair[0]):
        changed = sorted([*(w for w in windows if w != old), new])
        if _keep(problem, free, changed):
            length = new.last - new.first - (old.last - old.first if old else -1)
            gains.append((new, old, (problem.value(changed) - value) / clock.hours(length)))
    return sorted(gains, key=lambda gain: -gain[2])


def _keep(problem: Problem, limits: Limits, windows: Sequence[Window]) -> bool:
    return not breaches(windows, limits, problem.net.zones, problem.clock)
