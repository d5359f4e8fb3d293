"""The frontier: what the pauses can be worth against how much pause there is.

Each point is a plan within a budget, with a proven bound. The budgets are searched apart, and then made to
agree, since a plan within a budget is also within every larger one, and no plan within a budget can be worth
more than the bound of a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.core.errors import LetupError, NoPlan
from letup.core.parallel import seed_of, spread
from letup.pauses.feasibility.conflicts import require_a_window
from letup.pauses.incumbent import FirstOf, Rounds, TimeLimit
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Limits, Window, costs_of, quiet_array, usable_steps
from letup.pauses.problem import weight_of
from letup.pauses.search.surrogate_search import SurrogateAnnealing
from letup.pauses.warm_up import compile_first
from letup.roads.timed_network import TimedNetwork

By = Literal["zone_hours", "concession"]

_ROUND_HOURS = 0.5
"""Budgets that are not given are multiples of this, zone-hours."""

_QUICK = 0.5
"""Share of the time for a quick search with a margin, before the one that proves a bound."""
_CANDIDATES = 300
"""Sets of windows tried in it."""

NOT_DONE = "it was ended before this point was searched"


@dataclass(frozen=True)
class Point:
    """The best plan known within one budget.

    Attributes
    ----------
    budget : float
        Zone-hours that may be paused in all, or the cost that the pauses may have together.
    used : float
        What the windows take of it.
    windows : tuple of Window
        The pauses.
    value : float
        Sum of weight times arrivals.
    bound : float
        Proven: no windows within the limits and this budget are worth more.
    value_from : float or None
        The smaller budget whose plan this is, where nothing better was found with more.
    bound_from : float or None
        The larger budget whose bound this is, where that is lower than the one proven for this budget.
    complete : bool
        False if the search was ended early, by its time or by hand.
    reason : str
        Why there is no plan within this budget; empty if there is one.
    other : tuple of Window
        Other windows within this budget, found by the quick search if a margin was asked for: those who weigh a
        plan by more than its value may like them better.
    """

    budget: float
    used: float
    windows: tuple[Window, ...]
    value: float
    bound: float
    value_from: float | None = None
    bound_from: float | None = None
    complete: bool = True
    reason: str = ""
    other: tuple[Window, ...] = ()

    @property
    def gap(self) -> float:
        """(bound - value) / value; infinite if the value is 0 and the bound is not."""
        if self.value > 0:
            return (self.bound - self.value) / self.value
        return 0.0 if self.bound <= 0 else math.inf


@dataclass(frozen=True)
class Slope:
    """What a larger budget brings, for each unit of it.

    Attributes
    ----------
    start, end : float
        The two budgets.
    gain : float
        Value that is known to be gained, for each further zone-hour or unit of cost.
    most : float
        Proven: no plan within the larger budget gains more than this over the plan of the smaller.
    """

    start: float
    end: float
    gain: float
    most: float


@dataclass(frozen=True)
class Frontier:
    """Plans by budget, the smallest first.

    Attributes
    ----------
    by : {"zone_hours", "concession"}
        What the budgets are of.
    points : tuple of Point
        Values and bounds never fall from one to the next.
    complete : bool
        False if any search was ended early.
    """

    by: By
    points: tuple[Point, ...]
    complete: bool

    def slopes(self) -> list[Slope]:
        """What each larger budget brings over the one before, where both have a plan."""
        there = [point for point in self.points if not point.reason]
        return [
            Slope(
                one.budget,
                other.budget,
                (other.value - one.value) / (other.budget - one.budget),
                (other.bound - one.value) / (other.budget - one.budget),
            )
            for one, other in pairwise(there)
        ]


@dataclass(frozen=True)
class _Task:
    """One search: what `choose_pauses` is given, and the margin of the quick search before it, if there is one."""

    net: TimedNetwork
    given: dict[str, Any]
    margin: int | None = None


@dataclass(frozen=True)
class Found:
    """What one search gave: windows, value, proven bound; ``reason`` if there is no plan; `Point.other`."""

    windows: tuple[Window, ...]
    value: float
    bound: float
    complete: bool
    reason: str = ""
    other: tuple[Window, ...] = ()


def search(task: _Task) -> Found:
    """Choose the pauses once: a job to spread."""
    from letup.pauses import choose_pauses

    compile_first(task.net.capacity.ndim)
    given = dict(task.given)
    try:
        other = () if task.margin is None else _with_margin(task, task.margin)
        if other and not given.get("start"):
            given["start"] = other
        if other and given["time_limit"] is not None:
            given["time_limit"] *= 1 - _QUICK
        choice = choose_pauses(task.net, **given)
    except NoPlan as error:
        return Found((), 0.0, 0.0, True, error.message)
    return Found(tuple(choice.windows), choice.value, choice.bound, choice.complete, other=other)


def _with_margin(task: _Task, margin: int) -> tuple[Window, ...]:
    """Windows in whose last steps nobody is counted, by the quick search; none if it finds none within the limits."""
    given = task.given
    limits, seconds = given["limits"], given["time_limit"]
    clock = given["clock"]
    require_a_window(limits, task.net.zones, clock)
    stop = FirstOf(Rounds(1), TimeLimit(None if seconds is None else _QUICK * seconds))
    annealing = SurrogateAnnealing(
        [task.net],
        limits,
        clock,
        weight_of(given["weight"], clock.steps),
        margin=margin,
        seed=given["seed"],
    )
    annealing.run(stop, candidates=_CANDIDATES)
    windows = annealing.windows
    return () if breaches(windows, limits, task.net.zones, clock) else tuple(sorted(windows))


def trace_frontier(
    net: TimedNetwork,
    *,
    steps: int,
    step_minutes: int,
    start_hour: float = 0.0,
    limits: Limits,
    budgets: Sequence[float] | None = None,
    points: int = 6,
    by: By = "zone_hours",
    weight: NDArray[np.float64] | None = None,
    time_limit: float | None = 60.0,
    seed: int = 0,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    margin: int | None = None,
    clock: Clock | None = None,
    **options: Any,
) -> Frontier:
    """Search the best plan within each of several budgets, and prove how good any could be.

    Parameters
    ----------
    net, steps, step_minutes, start_hour, limits, weight, clock
        As for `choose_pauses`; the budget takes the place of the limit of its kind.
    budgets : sequence of float, optional
        Zone-hours, or costs; `budgets_around` the limits' own if absent.
    points : int
        How many budgets, if they are not given.
    by : {"zone_hours", "concession"}
        What the budgets are of.
    time_limit : float or None
        Seconds for each search. Searches that end by themselves before give the same wherever they are done.
    seed : int
        Each search gets its own seed from it.
    cluster, workers, progress
        As for `letup.core.parallel.spread`.
    margin : int, optional
        Nobody counts who would be on a road in the last so many steps of a window; and a quick search goes before
        the one that proves a bound, for networks on which that takes long: see `Point.other`.
    options
        Further options of `choose_pauses`.

    Raises
    ------
    NoPlan
        If no budget allows a plan, with the reason.
    LetupError
        ``frontier.budgets`` if budgets are no positive numbers; ``frontier.concession`` if pauses have no cost;
        and as of `choose_pauses` and `spread`.
    """
    if by == "concession" and limits.concession is None:
        raise LetupError(
            "frontier.concession",
            "Pauses have no cost in this scenario, so there is no concession to count",
            "Give limits.concession in scenario.yaml, or count zone-hours.",
        )
    if by == "concession" and np.asarray(limits.concession).ndim == 3:
        raise LetupError(
            "frontier.concession",
            "Each party has costs and a budget of its own, so there is no one concession to count",
            "Count zone-hours: every point keeps to the budget of each party.",
        )
    clock = clock or Clock(steps, step_minutes, start_hour)
    if budgets is None:
        budgets = budgets_around(limits, net.zones, clock, points, by)
    if not budgets or not all(math.isfinite(budget) and budget >= 0 for budget in budgets):
        raise LetupError("frontier.budgets", f"Budgets {list(budgets)} must be positive numbers", "Correct them.")
    ordered = sorted({float(budget) for budget in budgets})

    def task(index: int, start: Sequence[Window] = ()) -> _Task:
        given = {
            "steps": steps,
            "step_minutes": step_minutes,
            "start_hour": start_hour,
            "clock": clock,
            "limits": _within(limits, by, ordered[index]),
            "weight": weight,
            "time_limit": time_limit,
            "seed": seed_of(seed, index),
            "margin": margin or 0,
            **options,
        }
        return _Task(net, given | ({"start": tuple(start)} if start else {}), None if start else margin)

    begun = spread(search, [task(i) for i in range(len(ordered))], cluster=cluster, workers=workers, progress=progress)
    nothing = Found((), -math.inf, math.inf, False, NOT_DONE)
    found = [one if one is not None else nothing for one in begun.results]
    agreed = agree(ordered, found, net.zones, limits, clock, by)
    # A plan for less that is better than what was found for more shows where the search fell short: it goes on there.
    short = [i for i, point in enumerate(agreed) if point.value_from is not None]
    if short and not begun.stopped:
        again = spread(search, [task(i, agreed[i].windows) for i in short], cluster=cluster, workers=workers)
        for i, one in zip(short, again.results, strict=True):
            if one is not None:
                found[i] = _better(found[i], one)
        agreed = agree(ordered, found, net.zones, limits, clock, by)
    if all(point.reason for point in agreed):
        raise NoPlan("pauses.none", agreed[-1].reason, "Ask the parties for wider limits, or try larger budgets.")
    return Frontier(by, tuple(agreed), begun.complete and all(one.complete for one in found))


def _within(limits: Limits, by: By, budget: float) -> Limits:
    """The limits with another budget."""
    return replace(limits, zone_hours=budget) if by == "zone_hours" else replace(limits, concession_budget=budget)


def _better(one: Found, other: Found) -> Found:
    """The better windows and the lower bound of two searches within one budget."""
    best = other if other.value > one.value else one
    return replace(best, bound=min(one.bound, other.bound), other=one.other or other.other)


def agree(
    budgets: Sequence[float], found: Sequence[Found], zones: int, limits: Limits, clock: Clock, by: By
) -> list[Point]:
    """Make what was found within several budgets agree: see the top of this file.

    Parameters
    ----------
    budgets : sequence of float
        The smallest first.
    found : sequence of Found
        What was found within each.
    """
    best: Found | None = None
    best_at = 0.0
    points = []
    for budget, one in zip(budgets, found, strict=True):
        own = not one.reason and (best is None or one.value >= best.value)
        if own:
            best, best_at = one, budget
        if best is None or (one.reason and one.reason != NOT_DONE):
            points.append(Point(budget, 0.0, (), 0.0, one.bound, complete=one.complete, reason=one.reason))
            continue
        points.append(
            Point(
                budget,
                used(best.windows, zones, limits, clock, by),
                best.windows,
                best.value,
                one.bound,
                value_from=None if own else best_at,
                complete=one.complete,
                other=one.other,
            )
        )
    lowest, lowest_at = math.inf, 0.0
    for i in reversed(range(len(points))):
        if points[i].reason:
            continue
        if points[i].bound <= lowest:
            lowest, lowest_at = points[i].bound, points[i].budget
        else:
            points[i] = replace(points[i], bound=lowest, bound_from=lowest_at)
    return points


def used(windows: Sequence[Window], zones: int, limits: Limits, clock: Clock, by: By) -> float:
    """Zone-hours of windows, or what they cost."""
    if by == "zone_hours":
        return sum(clock.hours(window.last - window.first + 1) for window in windows)
    return float(np.asarray(limits.concession)[quiet_array(list(windows), zones, clock.steps)].sum())


def budgets_around(limits: Limits, zones: int, clock: Clock, points: int, by: By) -> list[float]:
    """Budgets in equal steps, the limits' own among them, with a third of them above it.

    They end where every allowed step is quiet.
    """
    usable = usable_steps(limits, zones, clock)
    if by == "zone_hours":
        most = clock.hours(int(usable.sum()))
        if limits.at_once is not None:
            most = min(most, clock.hours(int(usable.any(axis=0).sum())) * limits.at_once)
        own, least = limits.zone_hours, limits.shortest
    else:
        most = float(np.asarray(limits.concession)[usable].sum())
        own, least = costs_of(limits)[0][1], 0.0
    below = max(points - points // 3, 1) if own is not None and own < most else points
    step = (own if own is not None and own < most else most) / below
    found = []
    for index in range(1, points + 1):
        budget = step * index
        if by == "zone_hours" and index != below:
            budget = round(budget / _ROUND_HOURS) * _ROUND_HOURS
        found.append(min(max(budget, least), max(most, least)))
    return sorted(set(found))
