"""Choose the pauses: a good set of windows within the limits, and a proven ceiling."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.errors import LetupError, NoPlan
from letup.flow.network import TimedNetwork
from letup.pauses.check import broken
from letup.pauses.clock import Clock, allowed_steps, runs, usable_steps
from letup.pauses.greedy import Greedy
from letup.pauses.limits import Limits, Window, quiet_array
from letup.pauses.polish import Polish, copy

_ATTEMPTS = 10


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
    """

    windows: list[Window]
    quiet: NDArray[np.bool_]
    value: float
    bound: float
    gap: float
    trace: list[tuple[float, float, float]]
    complete: bool = True


def choose_pauses(
    net: TimedNetwork,
    *,
    steps: int,
    step_minutes: int,
    start_hour: float = 0.0,
    limits: Limits,
    weight: NDArray[np.float64] | None = None,
    time_limit: float | None = 60.0,
    seed: int = 0,
) -> Choice:
    """Choose windows within the limits so that many people arrive early.

    A greedy search; the bound is the value with every allowed step quiet.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps T.
    step_minutes : int
        Length of a step, minutes.
    start_hour : float
        Local hour at the start of step 0.
    limits : Limits
        What the parties insist on.
    weight : float64[T], optional
        Value of one arrival at each step, non-increasing; default 1 - 0.3 t / T.
    time_limit : float or None
        Seconds after which the best so far is returned; None = one greedy pass.
    seed : int
        Seed of the random order of later attempts.

    Raises
    ------
    NoPlan
        ``pauses.none`` with the reason when the limits allow no window at all.
    LetupError
        ``pauses.input`` when the weight or the limits do not fit the network.
    """
    from letup.flow import earliest_arrival

    began = time.monotonic()
    clock = Clock(steps, step_minutes, start_hour)
    weights = weight_of(weight, steps)
    _check_limits(limits, net.zones, steps)
    usable = usable_steps(limits, net.zones, clock)
    require_a_window(limits, net.zones, clock)
    bound = float(weights @ earliest_arrival(net, steps=steps, quiet=usable).arrivals)
    trace: list[tuple[float, float, float]] = []

    def progress(_: list[Window], value: float) -> None:
        if not trace or value > trace[-1][1]:
            trace.append((time.monotonic() - began, min(value, bound), bound))

    deadline = began + (time_limit if time_limit is not None else np.inf)
    windows, complete = search_pauses(
        net, limits, clock, weights, deadline=deadline, seed=seed, repeat=time_limit is not None, progress=progress
    )

    def value_of(candidate: list[Window]) -> float:
        quiet = quiet_array(candidate, net.zones, steps)
        return float(weights @ earliest_arrival(net, steps=steps, quiet=quiet).arrivals)

    value = value_of(windows)
    # Where nothing but hours limits the pauses, everything quiet is both allowed and best.
    everything = [Window(z, a, b) for z in range(net.zones) for a, b in runs(usable[z])]
    keeps = not broken(
        everything, limits, zones=net.zones, steps=steps, step_minutes=step_minutes, start_hour=start_hour
    )
    if keeps and bound > value:
        windows, value = everything, bound
    trace.append((time.monotonic() - began, value, bound))
    gap = (bound - value) / value if value > 0 else (0.0 if bound <= 0 else np.inf)
    return Choice(windows, quiet_array(windows, net.zones, steps), value, bound, float(gap), trace, complete)


def search_pauses(
    net: TimedNetwork,
    limits: Limits,
    clock: Clock,
    weight: NDArray[np.float64],
    *,
    deadline: float,
    margin: int = 0,
    seed: int = 0,
    repeat: bool = False,
    progress: Callable[[list[Window], float], None] | None = None,
) -> tuple[list[Window], bool]:
    """Windows found by the greedy search, and whether it ran to its end.

    With ``margin`` nobody is counted who would be on a road in the last steps of its window.
    With ``repeat`` it then takes back the windows of some days and fills again in another order, keeps
    what is better, and at last tries small changes, until nothing better comes, the deadline or Ctrl-C.
    """
    best: list[Window] = []
    best_value = 0.0

    def better(windows: list[Window], value: float) -> None:
        nonlocal best, best_value
        if value > best_value:
            best, best_value = windows, value
            if progress is not None:
                progress(windows, value)

    search = Greedy(net, limits, clock, weight, deadline=deadline, margin=margin, progress=better)
    random = np.random.default_rng(seed)
    state = search.empty()
    try:
        search.fill(state)
        fruitless = 0
        while repeat and fruitless < _ATTEMPTS and not search.stopped and search.blocks:
            attempt = copy(state)
            for block in random.choice(len(search.blocks), max(1, len(search.blocks) // 3), replace=False):
                search.clear(attempt, int(block))
            search.fill(attempt, random.uniform(0.5, 1.5, max(net.zones, 1)))
            fruitless += 1
            if attempt.value > state.value * (1 + 1e-9):
                state, fruitless = attempt, 0
        if repeat and not search.stopped:
            Polish(search, seed).run(state)
    except KeyboardInterrupt:
        search.stopped = True
    return best, not search.stopped


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


def _check_limits(limits: Limits, zones: int, steps: int) -> None:
    """Refuse limits that do not fit the network."""
    wrong = []
    if limits.concession is not None and np.shape(limits.concession) != (zones, steps):
        wrong.append(f"concession has shape {np.shape(limits.concession)}, expected ({zones}, {steps})")
    if limits.concession is not None and (np.asarray(limits.concession) < 0).any():
        wrong.append("concession holds negative costs")
    if limits.hours is not None and not (0 <= limits.hours[0] <= 24 and 0 <= limits.hours[1] <= 24):
        wrong.append(f"hours {limits.hours} must lie in 0 to 24")
    if limits.shortest < 0 or (limits.zone_hours is not None and limits.zone_hours < 0):
        wrong.append("hours cannot be negative")
    if wrong:
        raise LetupError("pauses.input", "; ".join(wrong), "Correct the limits.")


def require_a_window(limits: Limits, zones: int, clock: Clock) -> None:
    """Raise NoPlan, with the reason, if the limits allow no window at all."""
    reason = why_no_window(limits, zones, clock) if zones else ""
    if reason:
        raise NoPlan(
            "pauses.none", f"No pause is possible within the limits: {reason}.", "Ask the parties for wider limits."
        )


def why_no_window(limits: Limits, zones: int, clock: Clock) -> str:
    """Say which limit leaves no window at all; empty if there is one."""
    if limits.zone_hours is not None and limits.zone_hours < limits.shortest:
        return f"{limits.zone_hours:g} zone-hours in all are less than the shortest window, {limits.shortest:g} h"
    if limits.at_once is not None and limits.at_once < 1:
        return "no zone may be quiet at any time"
    if limits.windows_per_day < 1:
        return "no window per day is allowed"
    if usable_steps(limits, zones, clock).any():
        return ""
    free = Limits(shortest=limits.shortest)
    if not usable_steps(free, 1, clock).any():
        return f"no window of {limits.shortest:g} h fits into the {clock.hours(clock.steps):g} h of the scenario"
    if limits.longest is not None and limits.longest < limits.shortest:
        return f"the longest window allowed, {limits.longest:g} h, is shorter than the shortest, {limits.shortest:g} h"
    if not usable_steps(replace(free, hours=limits.hours), 1, clock).any():
        hours = limits.hours or (0, 24)
        return f"no window of {limits.shortest:g} h fits into the allowed hours {hours[0]:g} to {hours[1]:g}"
    if not usable_steps(replace(free, hours=limits.hours, grid_minutes=limits.grid_minutes), 1, clock).any():
        clock_grid = f"the {limits.grid_minutes}-minute clock"
        return f"no window of {limits.shortest:g} h within the allowed hours starts and ends on {clock_grid}"
    if not allowed_steps(limits, zones, clock).any():
        return "every allowed hour of every zone is forbidden or lies before the end of the notice"
    return f"between forbidden times, no zone is left {limits.shortest:g} h in one piece"
