"""People who get out against need met: plans between those that are best for people alone and for aid alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from letup.aid.deliveries.make import prepare, upper_bound
from letup.aid.deliveries.need import needs
from letup.aid.people import staying
from letup.core.errors import LetupError
from letup.core.parallel import spread
from letup.core.progress import Progress, Reporter
from letup.plan.frontier.model import NeedFrontier, NeedPoint
from letup.plan.objectives import Objective
from letup.plan.planner.instance import Instance, lay_out, require_people
from letup.plan.planner.multistart import Search, plan_once
from letup.scenario import has_trucks
from letup.scenario.model import Priorities, Scenario

_LEAST = 1e-3
"""Share of the weight of the one objective where the plan is to be best for the other: it decides between equals."""


def tradeoff(
    scenario: Scenario,
    *,
    points: int = 5,
    time_limit: float | None = 60.0,
    seed: int = 0,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> NeedFrontier:
    """Search plans with several weights of people against need met.

    Each is a plan of `letup.plan.make` for the scenario with other priorities. Those that another one beats in both are
    left out.

    Parameters
    ----------
    scenario : Scenario
        The world as given; its own priorities are not used.
    points : int
        How many searches.
    time_limit, seed, cluster, workers, progress
        As for `letup.plan.frontier.over_budget.frontier`.

    Raises
    ------
    NoPlan
        As of `letup.plan.make`.
    LetupError
        ``frontier.need`` if there are no trucks, or nothing that they could bring; and as of
        `letup.core.parallel.spread`.
    """
    tell = Reporter(progress)
    if not has_trucks(scenario):
        raise LetupError(
            "frontier.need",
            "There are no trucks, or no distribution point for them to go to, so nothing to hold against people",
            "Give trucks, supply and distribution points, or count zone-hours.",
        )
    weigh_need = replace(scenario, priorities=Priorities(1.0, 1.0))
    instance = lay_out(weigh_need, progress=tell)
    require_people(scenario, instance.timed)
    people_at_most = instance.people_ceiling
    tell("laying out the deliveries")
    met_without, person_days, need_at_most = _need(instance)
    shares = np.clip(np.linspace(0, 1, max(points, 2)), _LEAST, 1 - _LEAST).tolist()
    # Worth of a person-day where a person is worth 1, so that both ceilings weigh as their shares say.
    weights = [share / (1 - share) * max(people_at_most, 1) / need_at_most for share in shares]
    jobs = [Search(replace(scenario, priorities=Priorities(1.0, weight)), time_limit, seed) for weight in weights]
    tell("searching")
    searched = spread(
        plan_once,
        jobs,
        cluster=cluster,
        workers=workers,
        progress=tell.parts("searching", "weights"),
    )
    plans = []
    for weight, plan in zip(weights, searched.results, strict=True):
        if plan is not None:
            people, need = plan.objectives
            added = _added(need)
            plans.append(NeedPoint(plan.windows, plan.zone_hours, int(people.value), added, round(1 / weight, 3)))
            people_at_most, need_at_most = min(people_at_most, int(people.bound)), max(need_at_most, added)
    if not plans:  # ended by hand before the first was ready
        raise KeyboardInterrupt
    return NeedFrontier(
        scenario,
        tuple(efficient(plans)),
        instance.want_to_leave,
        searched.complete and all(plan is not None and plan.complete for plan in searched.results),
        people_at_most,
        need_at_most,
        met_without,
        person_days,
    )


def _need(instance: Instance) -> tuple[float, float, float]:
    """Need met without trucks, all need, and the most that trucks could add: person-days."""
    scenario = instance.scenario
    prepared = prepare(scenario, instance.network)
    need = needs(scenario, prepared.stocks, staying(scenario))
    met_without = need.value_without()[1]
    added = upper_bound(scenario, instance.usable, prepared=prepared).bound - met_without
    if added <= 0:
        raise LetupError(
            "frontier.need",
            "There is no need that trucks could meet in any pause, so there is nothing to hold against people",
            "Give trucks, supply and distribution points, or count zone-hours.",
        )
    return met_without, float(need.worth.sum()), added


def _added(need: Objective) -> float:
    return need.value - need.without


def efficient(points: Sequence[NeedPoint]) -> list[NeedPoint]:
    """Those of which no other has as many people and as much need met, most people first."""
    kept: list[NeedPoint] = []
    for point in sorted(points, key=lambda point: (-point.people, -point.need)):
        if not kept or point.need > kept[-1].need:
            kept.append(point)
    return kept
