"""What came out of choosing pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.program import LinearProgram
from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.pauses.certificates.check_bound import confirmed_bound
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Limits, Window, without_totals
from letup.pauses.problem import Problem, weight_of
from letup.roads.timed_network import TimedNetwork


@dataclass(frozen=True)
class Choice:
    """The pauses chosen, what they are worth, and how much better any choice could be.

    Attributes
    ----------
    windows : list of Window
        The pauses, by zone and time.
    quiet : bool[zones, T]
        The quiet state they produce.
    value : float
        Sum of weight times arrivals of the earliest-arrival flow under ``quiet``.
    bound : float
        Proven upper bound on the value over all choices within the limits.
    gap : float
        (bound - value) / value; infinite if the value is 0 and the bound is not.
    trace : list of (seconds, value, bound)
        As they improved.
    complete : bool
        False if the search was stopped by the time limit or by hand.
    certificate : Certificate, AllQuietCertificate or None
        What `letup.pauses.check_bound` needs to confirm the bound, as far as it was kept: see its own ``bound``.
    """

    windows: list[Window]
    quiet: NDArray[np.bool_]
    value: float
    bound: float
    gap: float
    trace: list[tuple[float, float, float]]
    complete: bool = True
    certificate: Certificate | AllQuietCertificate | None = field(default=None, repr=False)
    problem: Problem | None = field(default=None, repr=False, compare=False)

    def evaluate(self, windows: Sequence[Window]) -> float:
        """What other windows would be worth on the same network; they need not keep to the limits."""
        assert self.problem is not None
        return self.problem.value(windows)

    def worth(self) -> list[tuple[Window, float]]:
        """What the value loses without each window."""
        assert self.problem is not None
        return worth_of_windows(self.problem, self.windows)

    def next_hours(self) -> list[tuple[Window, Window | None, float]]:
        """What one more zone-hour would bring, and where: longer or new window, the one it replaces, gain per hour."""
        assert self.problem is not None
        return next_hours(self.problem, self.windows)


def worth_of_windows(problem: Problem, windows: Sequence[Window]) -> list[tuple[Window, float]]:
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
    free = without_totals(problem.limits)
    hour = max(clock.in_steps(1.0), 1)
    grid = max(round((free.grid_minutes or clock.step_minutes) / clock.step_minutes), 1)
    more = -(-hour // grid) * grid
    tried: set[tuple[Window, Window | None]] = set()
    for w in windows:
        tried |= {(replace(w, first=w.first - more), w), (replace(w, last=w.last + more), w)}
    rows = WindowRows(LinearProgram(), free, problem.net.zones, clock)
    for zone, slots in enumerate(rows.of_zone):
        for slot in slots:
            for w in windows:
                if clock.day(w.first) == slot.day and w.first in slot.starts:
                    ends = slot.ends[slot.ends >= w.first + rows.shortest]
                    if len(ends):
                        tried.add((Window(zone, w.first, int(ends[0]) - 1), None))
    gains: list[tuple[Window, Window | None, float]] = []
    for new, old in sorted(tried, key=lambda pair: pair[0]):
        changed = sorted([*(w for w in windows if w != old), new])
        if not breaches(changed, free, problem.net.zones, clock):
            length = new.last - new.first - (old.last - old.first if old else -1)
            gains.append((new, old, (problem.value(changed) - value) / clock.hours(length)))
    return sorted(gains, key=lambda gain: -gain[2])


def check_bound(
    net: TimedNetwork,
    *,
    steps: int,
    step_minutes: int,
    start_hour: float = 0.0,
    limits: Limits,
    weight: NDArray[np.float64] | None = None,
    margin: int = 0,
    clock: Clock | None = None,
    certificate: Certificate | AllQuietCertificate,
) -> float:
    """The bound that a certificate proves, confirmed without the search and without a solver.

    What is done for it stands at `letup.pauses.certificates.check_bound.confirmed_bound`. Leaves of its tree in which
    all windows are fixed are valued by their earliest-arrival flow.

    Parameters
    ----------
    net, steps, step_minutes, start_hour, limits, weight, margin, clock
        As given to `choose_pauses`.
    certificate : Certificate or AllQuietCertificate
        `Choice.certificate`.

    Returns
    -------
    float
        No windows within the limits are worth more.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if the certificate does not fit the problem, or a cut does not hold.
    """
    clock = clock or Clock(steps, step_minutes, start_hour)
    problem = Problem(net, clock, limits, weight_of(weight, steps), margin)
    return confirmed_bound(net, clock, limits, problem.weight, margin, certificate, problem.value)
