"""Several independent searches for one plan, over local cores or a cluster; the best is kept."""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

from letup.core.parallel import seed_of, spread
from letup.core.progress import Progress, Reporter
from letup.plan.model import Plan
from letup.plan.planner.make import make
from letup.scenario.model import Scenario


def _unchangeable(table: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(table)


# Tables of a scenario that nobody may change are to travel between processes too; they are not found by name.
copyreg.pickle(MappingProxyType, lambda table: (_unchangeable, (dict(table),)))

SEARCHES = 4
"""Searches that are spread over a cluster, if nothing else is said."""


@dataclass(frozen=True)
class Search:
    """One search: a job to spread."""

    scenario: Scenario
    time_limit: float | None
    seed: int


def plan_once(job: Search) -> Plan:
    """Make one plan."""
    return make(job.scenario, time_limit=job.time_limit, seed=job.seed)


def _merit(plan: Plan) -> tuple[float, int]:
    """What a plan is worth by what it was chosen for, and how low its ceiling on people is."""
    worth = (
        sum(objective.weight * objective.value for objective in plan.objectives)
        if plan.objectives
        else float(plan.arrive)
    )
    return worth, -plan.ceiling


def make_best(
    scenario: Scenario,
    *,
    searches: int = SEARCHES,
    time_limit: float | None = None,
    seed: int = 0,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Make several plans with different seeds, and keep the one that is best by what pauses are chosen for.

    The first search has the seed that is given, so the plan is never worse than that of one search that ends by
    itself; of equal ones the one with the lowest proven ceiling.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    searches : int
        How many.
    time_limit : float or None
        Seconds for each.
    seed : int
        Seed of the first; the others follow from it. As for `letup.plan.make`.
    cluster, workers
        As for `letup.core.parallel.spread`.
    progress : callable, optional
        Told how far it has come.

    Raises
    ------
    NoPlan, LetupError
        As of `letup.plan.planner` and `letup.core.parallel.spread`.
    """
    tell = Reporter(progress)
    jobs = [Search(scenario, time_limit, seed if i == 0 else seed_of(seed, i)) for i in range(searches)]
    made = spread(plan_once, jobs, cluster=cluster, workers=workers, progress=tell.parts("searching", "searches"))
    plans = [plan for plan in made.results if plan is not None]
    if not plans:  # ended by hand before the first was ready
        raise KeyboardInterrupt
    best = max(plans, key=_merit)
    return replace(best, scenario=scenario, complete=best.complete and made.complete)
