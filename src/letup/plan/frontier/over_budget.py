"""People who get out against zone-hours, or against what the pauses cost the parties.

Each point is a plan within a budget, with a proven ceiling. The budgets are searched apart, and then made to agree,
since a plan within a budget is also within every larger one, and no plan within a budget can be worth more than the
bound of a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from letup.core.clock import Clock
from letup.core.errors import LetupError, NoPlan
from letup.core.parallel import spread
from letup.core.progress import Progress, Reporter
from letup.core.wording import percent, share
from letup.pauses.limits import Limits, Window, costs_of, quiet_array, usable_steps
from letup.plan.frontier.model import ENDED_NOTE, PEOPLE_NOTE, Frontier, PlanPoint
from letup.plan.planner.instance import Instance, lay_out, require_people, search_network
from letup.plan.planner.movements import outcome
from letup.plan.planner.search import choose
from letup.scenario.model import Scenario

By = Literal["zone_hours", "concession"]

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
class BudgetPoint(PlanPoint):
    """The best plan known within one budget.

    Attributes
    ----------
    budget : float
        Zone-hours that may be paused in all, or the cost that the pauses may have together.
    people_at_most : int
        Proven: no pauses within this budget let more people out.
    value, bound : float
        People as the search counts them, and proven to be the most that any pauses within the budget come to.
    pauses_from : float or None
        The smaller budget whose pauses these are, where nothing better was found with more.
    bound_from : float or None
        The larger budget whose bound this is, where that is lower than the one proven for this budget.
    complete : bool
        False if the search was ended early, by its time or by hand.
    reason : str
        Why there is no plan within this budget; empty if there is one.
    """

    budget: float
    people_at_most: int
    value: float
    bound: float
    pauses_from: float | None = None
    bound_from: float | None = None
    complete: bool = True
    reason: str = ""

    @property
    def gap(self) -> float:
        """(bound - value) / value; infinite if the value is 0 and the bound is not."""
        if self.value > 0:
            return (self.bound - self.value) / self.value
        return 0.0 if self.bound <= 0 else math.inf


@dataclass(frozen=True)
class BudgetFrontier(Frontier):
    """What the pauses of a scenario can bring, by how much pause there is.

    Attributes
    ----------
    points : tuple of BudgetPoint
        The smallest budget first. What the pauses are chosen for never falls from one to the next; people do not
        either where people alone count.
    by : {"zone_hours", "concession"}
        What the budgets are of.
    count : str
        How the search counts people, in words.
    own : float or None
        The scenario's own limit of the budgets' kind.
    """

    points: tuple[BudgetPoint, ...]
    by: By
    count: str
    own: float | None

    @property
    def against(self) -> By:
        """What people are set against."""
        return self.by

    @property
    def unit(self) -> str:
        """What one unit of a budget is called."""
        return "zone-hour" if self.by == "zone_hours" else "unit of concession"

    def budget_of(self, index: int) -> float:
        """What the pauses of a point may take."""
        return self.points[index].budget

    def name_of(self, index: int) -> str:
        """The budget of a point."""
        return f"{round(self.points[index].budget, 6):g}"

    def is_own_limit(self, point: BudgetPoint) -> bool:
        """Whether a point's budget is the scenario's own limit."""
        return self.own is not None and math.isclose(point.budget, self.own)

    def slope(self, index: int) -> tuple[float, float] | None:
        """People that each further unit brings from a point to the next: known, and at the most; None at the end."""
        point = self.points[index]
        for later in self.points[index + 1 :]:
            if not point.reason and not later.reason:
                width = later.budget - point.budget
                return (later.people - point.people) / width, (later.people_at_most - point.people) / width
        return None

    def answer(self) -> str:
        """What the smallest and the largest budget bring, in one sentence."""
        with_plan = [point for point in self.points if not point.reason]
        if not with_plan:
            return "No point of the frontier could be computed."
        unit = "zone-hours" if self.by == "zone_hours" else "units of concession"

        def out(point: BudgetPoint) -> str:
            out_of = share(point.people, self.want_to_leave)
            return f"{point.people:,} ({out_of}, proven to be at most {point.people_at_most:,})"

        first, last = with_plan[0], with_plan[-1]
        text = f"Of the {self.want_to_leave:,} people who want to leave, {out(first)} get out with "
        text += f"{first.budget:,g} {unit}"
        return f"{text}, and {out(last)} with {last.budget:,g} {unit}." if len(with_plan) > 1 else f"{text}."

    def notes(self) -> list[str]:
        """How to read the table."""
        notes = [
            PEOPLE_NOTE,
            "At most: proven for every plan within the limits and this budget.",
            f"Gap: how far the search is from its own proven bound, counting {self.count}.",
            "A plan within a budget is also one for every larger budget (*), "
            "and a bound for a budget also one for every smaller (**).",
        ]
        return notes if self.complete else [*notes, ENDED_NOTE]

    def gap_text(self, point: BudgetPoint) -> str:
        """The search's proven gap."""
        return percent(point.gap, 1) if math.isfinite(point.gap) else "–"

    def slope_text(self, index: int) -> str:
        """What each further unit brings after a point, and at most; empty at the last."""
        slope = self.slope(index)
        return "" if slope is None else f"+{slope[0]:,.0f} (at most {slope[1]:,.0f})"

    def text_table(self) -> tuple[Sequence[str], list[list[str]]]:
        """Headings and rows for the terminal."""
        what = "zone-hours" if self.by == "zone_hours" else "concession"
        rows = []
        for index, point in enumerate(self.points):
            budget = f"{point.budget:,g}" + (" (own limit)" if self.is_own_limit(point) else "")
            if point.reason:
                rows.append([budget, point.reason])
                continue
            rows.append(
                [
                    budget,
                    f"{point.used:,g}",
                    f"{len(point.windows):,}",
                    f"{point.people:,}" + ("*" if point.pauses_from is not None else ""),
                    share(point.people, self.want_to_leave),
                    f"{point.people_at_most:,}",
                    self.gap_text(point) + ("**" if point.bound_from is not None else ""),
                    self.slope_text(index),
                ]
            )
        return [what, "used", "pauses", "people", "share", "at most", "gap", f"each further {self.unit}"], rows

    def records(self) -> list[dict[str, Any]]:
        """Rows of frontier.csv."""
        return [self._record(index, point) for index, point in enumerate(self.points)]

    def _record(self, index: int, point: BudgetPoint) -> dict[str, Any]:
        there, slope = not point.reason, self.slope(index)
        return {
            f"{self.by}_allowed": round(point.budget, 6),
            f"{self.by}_used": round(point.used, 6) if there else None,
            "people": point.people if there else None,
            "share_of_want_to_leave": round(point.people / self.want_to_leave, 4) if there else None,
            "people_at_most": point.people_at_most if there else None,
            "people_per_next_unit": round(slope[0], 6) if slope else None,
            "people_per_next_unit_at_most": round(slope[1], 6) if slope else None,
            "pauses": len(point.windows) if there else None,
            "search_value": round(point.value, 3) if there else None,
            "search_bound": _finite(point.bound, 3) if there else None,
            "search_gap": _finite(point.gap, 5) if there else None,
            "people_from": point.pauses_from,
            "value_from": point.pauses_from,
            "bound_from": point.bound_from,
            "search_complete": point.complete,
            "no_plan_because": point.reason or None,
        }

    def facts(self) -> dict[str, Any]:
        """What frontier.json says beside the points."""
        return {"own_limit": self.own, "search_counts": self.count}


def _finite(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


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
        Seed of the search, the same for each budget.
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
        Seed of the searches.
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
