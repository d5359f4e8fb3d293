"""The frontier of a scenario: people who get out against zone-hours, or against the parties' concession."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup import roads
from letup.core.parallel import spread
from letup.core.progress import Progress, Reporter
from letup.pauses.frontier import By, Frontier, Point, trace_frontier, used
from letup.pauses.limits import Window, costs_of, usable_steps
from letup.plan.ceiling import ceiling
from letup.plan.discretise import limits_of, margin_steps, moving_array
from letup.plan.planner.groups import move_groups
from letup.plan.planner.make import require_people
from letup.plan.planner.search import LATE, counted
from letup.roads.network import Timed
from letup.scenario.model import Group, Scenario


@dataclass(frozen=True)
class PlanPoint:
    """One point of the frontier of a scenario.

    Attributes
    ----------
    point : Point
        Budget, and best value found and proven bound as the search counts people.
    windows : tuple of Window
        The pauses: of all that were found within this budget or a smaller one, those that let most people out.
    used : float
        What they take of the budget.
    people : int
        Who reach a shelter under these windows when the groups move one after the other, each at its own speed.
    most : int
        Proven: no pauses within this budget let more people out.
    people_from : float or None
        The smaller budget whose pauses these are, where nothing better was found with more.
    """

    point: Point
    windows: tuple[Window, ...]
    used: float
    people: int
    most: int
    people_from: float | None = None


@dataclass(frozen=True)
class ScenarioFrontier:
    """What the pauses of a scenario can bring, by how much pause there is.

    Attributes
    ----------
    scenario : Scenario
        The world as given.
    by : {"zone_hours", "concession"}
        What the budgets are of.
    points : tuple of PlanPoint
        The smallest budget first; people never fall from one to the next.
    want_to_leave : int
        The denominator of every share.
    count : str
        How the search counts people, in words.
    own : float or None
        The scenario's own limit of the budgets' kind.
    complete : bool
        False if any search was ended early.
    """

    scenario: Scenario
    by: By
    points: tuple[PlanPoint, ...]
    want_to_leave: int
    count: str
    own: float | None
    complete: bool

    @property
    def unit(self) -> str:
        """What one unit of a budget is called."""
        return "zone-hour" if self.by == "zone_hours" else "unit of concession"

    def next(self, index: int) -> tuple[float, float] | None:
        """People that each further unit brings from a point to the next: known, and at the most; None at the end."""
        one = self.points[index]
        for other in self.points[index + 1 :]:
            if not one.point.reason and not other.point.reason:
                width = other.point.budget - one.point.budget
                return (other.people - one.people) / width, (other.most - one.people) / width
        return None


@dataclass(frozen=True)
class _Move:
    """One set of windows to move everybody under: a job to spread."""

    groups: tuple[Group, ...]
    timed: list[Timed]
    moving: NDArray[np.bool_]


def move(job: _Move) -> int:
    """People who reach a shelter when the groups move one after the other."""
    return sum(flow.total for flow in move_groups(job.groups, job.timed, job.moving))


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
) -> ScenarioFrontier:
    """Search plans within several budgets, each with its proven ceiling.

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
        Seconds for each search.
    seed : int
        Seed of the searches.
    cluster, workers
        Where the searches run; see `letup.core.parallel.spread`.
    progress : callable, optional
        Told how far it has come.

    Raises
    ------
    NoPlan
        ``plan.nobody``, or ``pauses.none`` with the reason.
    LetupError
        ``frontier.budgets``, ``frontier.concession``, and as of `letup.core.parallel.spread`.
    """
    tell = Reporter(progress)
    tell("reading the roads")
    clock, limits = scenario.clock, limits_of(scenario)
    network = roads.build(scenario)
    timed = [roads.timed(network, scenario, group.name) for group in scenario.groups]
    require_people(scenario, timed)
    net, count, others = counted(scenario, timed)
    tell("searching")
    traced = trace_frontier(
        net,
        steps=clock.steps,
        step_minutes=clock.step_minutes,
        start_hour=clock.start_hour,
        clock=clock,
        limits=limits,
        budgets=budgets,
        points=points,
        by=by,
        weight=1 - LATE * np.arange(clock.steps) / clock.steps,
        time_limit=time_limit,
        seed=seed,
        cluster=cluster,
        workers=workers,
        progress=tell.parts("searching", "budgets"),
        margin=margin_steps(scenario),
    )
    tell("moving the groups")
    different = sorted({some for point in traced.points if not point.reason for some in (point.windows, point.other)})
    jobs = [_Move(scenario.groups, timed, moving_array(scenario, list(windows))) for windows in different]
    moved = spread(move, jobs, cluster=cluster, workers=workers)
    people = {windows: total for windows, total in zip(different, moved.results, strict=True) if total is not None}
    static = ceiling(scenario.groups, timed, usable_steps(limits, net.zones, clock))
    return ScenarioFrontier(
        scenario,
        by,
        tuple(_points(traced, people, static, others, lambda some: used(some, net.zones, limits, clock, by))),
        sum(int(t.supply.sum()) for t in timed),
        count,
        limits.zone_hours if by == "zone_hours" else costs_of(limits)[0][1],
        traced.complete and moved.complete,
    )


def _points(
    traced: Frontier,
    people: dict[tuple[Window, ...], int],
    static: int,
    others: int | None,
    used_by: Callable[[tuple[Window, ...]], float],
) -> list[PlanPoint]:
    """Points with the people who get out; pauses for less that let more out are also those for more."""
    found: list[PlanPoint] = []
    best: PlanPoint | None = None
    for point in traced.points:
        known = [some for some in (point.windows, point.other) if some in people]
        if point.reason or not known:
            reason = point.reason or "it was ended before it was weighed"
            found.append(PlanPoint(replace(point, reason=reason), (), 0.0, 0, 0))
            continue
        most = static
        if others is not None and math.isfinite(point.bound):
            # Nobody counts for less than 1 - LATE.
            most = min(most, math.floor(point.bound / (1 - LATE) + 1e-6) + others)
        windows = max(known, key=lambda some: people[some])
        if best is not None and best.people > people[windows]:
            origin = best.people_from if best.people_from is not None else best.point.budget
            best = replace(best, point=point, most=most, people_from=origin)
        else:
            best = PlanPoint(point, windows, used_by(windows), people[windows], most)
        found.append(best)
    return found
