"""People who get out against zone-hours, or against what the pauses cost the parties.

Each point is a plan within a budget, with a proven ceiling. The budgets are searched apart, and then made to agree,
since a plan within a budget is also within every larger one, and no plan within a budget can be worth more than the
bound of a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from letup.core.clock import Clock
from letup.core.errors import LetupError, NoPlan
from letup.core.parallel import spread
from letup.core.progress import Progress, Reporter
from letup.pauses.limits import Limits, Window, costs_of, quiet_array, usable_steps
from letup.plan.frontier.model import BudgetFrontier, BudgetPoint, By
from letup.plan.planner.instance import Instance, lay_out, require_people
from letup.plan.planner.movements import outcome
from letup.plan.planner.search import choose
from letup.plan.search_network import search_network
from letup.scenario.model import Scenario

_ROUND_HOURS = 0.5
"""Budgets that are not given are multiples of this, zone-hours."""

NOT_DONE = "it was ended before this point was searched"


@dataclass(frozen=True)
class SearchResult:
    """What one search within a budget gave.

    Attributes
    ----------
    windows : tuple of Window
        The pauses.
    value : float
        What they are worth as the search counts.
    bound : float
        Proven: no windows within the limits and this budget are worth more.
    complete : bool
        False if the search was ended early, by its time or by hand.
    reason : str
        Why there is no plan within this budget; empty if there is one.
    people, people_at_most : int
        Who reach a shelter, and proven to be the most who could; 0 where the search is not for people.
    merit : float or None
        What decides between plans; the value if absent.
    """

    windows: tuple[Window, ...]
    value: float
    bound: float
    complete: bool
    reason: str = ""
    people: int = 0
    people_at_most: int = 0
    merit: float | None = None

    @property
    def decides(self) -> float:
        """What decides between plans."""
        return self.value if self.merit is None else self.merit


@dataclass(frozen=True)
class BudgetSearch:
    """The search within one budget: what `letup plan` does, with another limit.

    Attributes
    ----------
    instance : Instance
        What is planned for.
    time_limit : float or None
        Seconds; None = one short search.
    seed : int
        Seed of the search, the same for each budget; as for `letup.plan.make`.
    """

    instance: Instance
    time_limit: float | None
    seed: int

    def __call__(self, limits: Limits, start: tuple[Window, ...]) -> SearchResult:
        """Choose the pauses within limits, and move everybody under them."""
        instance = replace(self.instance, limits=limits)
        objective = instance.objective()
        try:
            instance.require_a_window()
            choice = choose(instance, time_limit=self.time_limit, seed=self.seed, start=start, objective=objective)
        except NoPlan as error:
            return SearchResult((), 0.0, 0.0, complete=True, reason=error.message)
        moved = outcome(instance, choice.windows).without_idle_pauses(objective)
        merit = float(moved.people) if objective is None else objective.worth(moved.windows, moved.people)
        return SearchResult(
            moved.windows, choice.people, choice.people_bound, choice.complete, "", moved.people, choice.ceiling, merit
        )


def frontier(
    scenario: Scenario,
    *,
    budgets: Sequence[float] | None = None,
    points: int = 6,
    by: By = "zone_hours",
    time_limit: float | None = 60.0,
    seed: int = 0,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BudgetFrontier:
    """Search plans within several budgets, each with its proven ceiling.

    With the scenario's own limit as budget, a search gives the pauses and the ceiling of `letup.plan.make`.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    budgets : sequence of float, optional
        Zone-hours, or costs; around the scenario's own limit if absent.
    points : int
        How many budgets, if they are not given.
    by : {"zone_hours", "concession"}
        What the budgets are of.
    time_limit : float or None
        Seconds for each search; None = one short search.
    seed : int
        Seed of the searches; as for `letup.plan.make`.
    cluster, workers
        Where the searches run; see `letup.core.parallel.spread`.
    progress : callable, optional
        Told how far it has come.

    Raises
    ------
    NoPlan
        ``plan.nobody``, ``plan.no_way``, or ``pauses.none`` with the reason.
    LetupError
        ``frontier.budgets``, ``frontier.concession``, and as of `letup.core.parallel.spread`.
    """
    tell = Reporter(progress)
    instance = lay_out(scenario, progress=tell)
    require_people(scenario, instance.timed)
    tell("searching")
    traced, complete = trace(
        BudgetSearch(instance, time_limit, seed),
        instance.limits,
        len(scenario.zones),
        instance.clock,
        budgets=budgets,
        points=points,
        by=by,
        people_ceiling=instance.people_ceiling,
        cluster=cluster,
        workers=workers,
        progress=tell.parts("searching", "budgets"),
    )
    return BudgetFrontier(
        scenario,
        traced,
        instance.want_to_leave,
        complete,
        by,
        search_network(scenario, instance.timed).description,
        instance.limits.zone_hours if by == "zone_hours" else costs_of(instance.limits)[0][1],
    )


_Job = tuple[Callable[[Limits, tuple[Window, ...]], SearchResult], Limits, tuple[Window, ...]]


def search_within(job: _Job) -> SearchResult:
    """Search within one budget: a job to spread."""
    search, limits, start = job
    return search(limits, start)


def trace(
    search: Callable[[Limits, tuple[Window, ...]], SearchResult],
    limits: Limits,
    zones: int,
    clock: Clock,
    *,
    budgets: Sequence[float] | None = None,
    points: int = 6,
    by: By = "zone_hours",
    people_ceiling: int = 0,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[tuple[BudgetPoint, ...], bool]:
    """Search the best plan within each of several budgets, and make what is found agree.

    Parameters
    ----------
    search : callable
        Given limits and pauses to begin from, does one search. Other processes call it, so it is pickled.
    limits : Limits
        What the parties insist on; the budget takes the place of the limit of its kind.
    zones, clock : int, Clock
        How many zones there are, and what the steps mean.
    budgets : sequence of float, optional
        Zone-hours, or costs; `budgets_around` the limits' own if absent.
    points : int
        How many budgets, if they are not given.
    by : {"zone_hours", "concession"}
        What the budgets are of.
    people_ceiling : int
        People whom no pauses can let out more than, whatever the budget.
    cluster, workers, progress
        As for `letup.core.parallel.spread`.

    Returns
    -------
    tuple of BudgetPoint, bool
        The smallest budget first; and whether no search was ended early.

    Raises
    ------
    NoPlan
        ``pauses.none``, if no budget allows a plan, with the reason.
    LetupError
        ``frontier.budgets`` if budgets are no positive numbers; ``frontier.concession`` if pauses have no cost, or
        one to each party; and as of `spread`.
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
    if budgets is None:
        budgets = budgets_around(limits, zones, clock, points, by)
    if not budgets or not all(math.isfinite(budget) and budget >= 0 for budget in budgets):
        raise LetupError("frontier.budgets", f"Budgets {list(budgets)} must be positive numbers", "Correct them.")
    ordered = sorted({float(budget) for budget in budgets})

    def job(index: int, start: tuple[Window, ...] = ()) -> _Job:
        return search, limits_within(limits, by, ordered[index]), start

    searched = spread(
        search_within,
        [job(index) for index in range(len(ordered))],
        cluster=cluster,
        workers=workers,
        progress=progress,
    )
    not_done = SearchResult((), -math.inf, math.inf, complete=False, reason=NOT_DONE, people_at_most=people_ceiling)
    results = [result if result is not None else not_done for result in searched.results]
    agreed = agree(ordered, results, zones, limits, clock, by)
    # A plan for less that is better than what was found for more shows where the search fell short: it goes on there.
    short = [index for index, point in enumerate(agreed) if point.pauses_from is not None]
    if short and not searched.stopped:
        again = spread(
            search_within, [job(index, agreed[index].windows) for index in short], cluster=cluster, workers=workers
        )
        for index, result in zip(short, again.results, strict=True):
            if result is not None:
                results[index] = _better(results[index], result)
        agreed = agree(ordered, results, zones, limits, clock, by)
    if all(point.reason for point in agreed):
        raise NoPlan("pauses.none", agreed[-1].reason, "Ask the parties for wider limits, or try larger budgets.")
    return tuple(agreed), searched.complete and all(result.complete for result in results)


def limits_within(limits: Limits, by: By, budget: float) -> Limits:
    """The limits with another budget."""
    return replace(limits, zone_hours=budget) if by == "zone_hours" else replace(limits, concession_budget=budget)


def _better(first: SearchResult, second: SearchResult) -> SearchResult:
    """The better windows and the lower bound of two searches within one budget."""
    best = second if second.decides > first.decides else first
    return replace(
        best,
        bound=min(first.bound, second.bound),
        people_at_most=min(first.people_at_most, second.people_at_most),
    )


def agree(
    budgets: Sequence[float], results: Sequence[SearchResult], zones: int, limits: Limits, clock: Clock, by: By
) -> list[BudgetPoint]:
    """Make what was found within several budgets agree: see the top of this file.

    Parameters
    ----------
    budgets : sequence of float
        The smallest first.
    results : sequence of SearchResult
        What was found within each.
    zones, limits, clock, by
        As for `trace`.
    """
    best: SearchResult | None = None
    best_budget = 0.0
    points = []
    for budget, result in zip(budgets, results, strict=True):
        is_best = not result.reason and (best is None or result.decides >= best.decides)
        if is_best:
            best, best_budget = result, budget
        if best is None or (result.reason and result.reason != NOT_DONE):
            points.append(
                BudgetPoint((), 0.0, 0, budget, 0, 0.0, result.bound, complete=result.complete, reason=result.reason)
            )
            continue
        points.append(
            BudgetPoint(
                best.windows,
                used(best.windows, zones, limits, clock, by),
                best.people,
                budget,
                result.people_at_most,
                best.value,
                result.bound,
                pauses_from=None if is_best else best_budget,
                complete=result.complete,
            )
        )
    lowest, lowest_budget, people_at_most = math.inf, 0.0, math.inf
    for i in reversed(range(len(points))):
        if points[i].reason:
            continue
        people_at_most = min(people_at_most, points[i].people_at_most)
        if points[i].bound <= lowest:
            lowest, lowest_budget = points[i].bound, points[i].budget
        else:
            points[i] = replace(points[i], bound=lowest, bound_from=lowest_budget)
        # A surrogate may count more than what is proven.
        value = min(points[i].value, points[i].bound)
        points[i] = replace(points[i], value=value, people_at_most=int(people_at_most))
    return points


def used(windows: Sequence[Window], zones: int, limits: Limits, clock: Clock, by: By) -> float:
    """Zone-hours of windows, or what they cost."""
    if by == "zone_hours":
        return sum(clock.hours(window.length) for window in windows)
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
    budgets = []
    for index in range(1, points + 1):
        budget = step * index
        if by == "zone_hours" and index != below:
            budget = round(budget / _ROUND_HOURS) * _ROUND_HOURS
        budgets.append(min(max(budget, least), max(most, least)))
    return sorted(set(budgets))
