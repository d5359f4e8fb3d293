"""People who get out against need met: plans between those that are best for people alone and for aid alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from letup.aid.deliveries.make import prepare, upper_bound
from letup.aid.deliveries.need import needs
from letup.aid.people import staying
from letup.core.errors import LetupError
from letup.core.parallel import spread
from letup.core.progress import Progress, Reporter
from letup.core.wording import percent, share
from letup.plan.frontier.model import ENDED_NOTE, PEOPLE_NOTE, Frontier, PlanPoint
from letup.plan.objectives import NEED, UNITS, Objective
from letup.plan.planner.instance import Instance, lay_out, require_people
from letup.plan.planner.multistart import Search, plan_once
from letup.scenario import has_trucks
from letup.scenario.model import Priorities, Scenario

_LEAST = 1e-3
"""Share of the weight of the one objective where the plan is to be best for the other: it decides between equals."""
_TOLERANCE = 1e-6
"""Linear programs are solved to tolerances."""


@dataclass(frozen=True)
class NeedPoint(PlanPoint):
    """One plan.

    Attributes
    ----------
    need : float
        Person-days of need that trucks meet, with diminishing value, everyone counted where they live.
    weight : float
        Person-days that one person out weighed as much as in the search that found it.
    """

    need: float
    weight: float


@dataclass(frozen=True)
class NeedFrontier(Frontier):
    """Plans of which none is better in both than another.

    Attributes
    ----------
    points : tuple of NeedPoint
        Most people first.
    people_at_most, need_at_most : int, float
        Proven: no plan within the limits lets more people out, or meets more need by trucks.
    met_without, person_days : float
        Need met without any truck, with diminishing value, and all need, person-days.
    """

    points: tuple[NeedPoint, ...]
    people_at_most: int
    need_at_most: float
    met_without: float
    person_days: float

    @property
    def against(self) -> Literal["need"]:
        """What people are set against."""
        return "need"

    def budget_of(self, index: int) -> float:
        """What the pauses of a point take, zone-hours."""
        return self.points[index].used

    def name_of(self, index: int) -> str:
        """The number of a point."""
        return str(index + 1)

    def rates(self) -> list[float | None]:
        """Person-days gained for each person fewer who gets out, from each point to the next; None at the last."""
        rates = [
            (later.need - point.need) / max(point.people - later.people, 1) for point, later in pairwise(self.points)
        ]
        return [*rates, None]

    def best(self) -> int | None:
        """Number of the plan that reaches both ceilings, if there is one."""
        for number, point in enumerate(self.points, 1):
            if point.people >= self.people_at_most and point.need >= self.need_at_most * (1 - _TOLERANCE):
                return number
        return None

    def answer(self) -> str:
        """The two ends in one sentence."""

        def both(point: NeedPoint) -> str:
            out_of = share(point.people, self.want_to_leave)
            people = f"{point.people:,} people ({out_of} of those who want to leave) get out"
            return f"{people} and trucks add {point.need:,.0f} person-days of need met"

        if len(self.points) == 1:
            return f"One plan is best for both, of all that were found: {both(self.points[0])}."
        return f"With the plan for people, {both(self.points[0])}; with the plan for aid, {both(self.points[-1])}."

    def notes(self) -> list[str]:
        """How to read the table."""
        without = percent(self.met_without / self.person_days, 1) if self.person_days else "0 %"
        best = self.best()
        both = f"Plan {best} does both." if best else "Whether one plan could do both is not known."
        notes = [
            PEOPLE_NOTE,
            "Person-days: need that trucks meet, each further part of a need worth less, everyone counted where they "
            f"live. Without any truck {self.met_without:,.0f} of {self.person_days:,.0f} are met ({without}).",
            f"Proven: no plan within the limits lets more than {self.people_at_most:,} people out, or adds more than "
            f"{self.need_at_most:,.0f} person-days. {both}",
            "All plans keep to the scenario's limits, zone-hours included. Plans that another one beats in both are "
            "left out.",
        ]
        return notes if self.complete or best else [*notes, ENDED_NOTE]

    def text_table(self) -> tuple[Sequence[str], list[list[str]]]:
        """Headings and rows for the terminal."""
        head = [
            "point",
            "zone-hours",
            "pauses",
            "people",
            "share",
            "person-days",
            "of at most",
            "for each person fewer",
        ]
        rows = [
            [
                self.name_of(index),
                f"{point.used:,g}",
                f"{len(point.windows)}",
                f"{point.people:,}",
                share(point.people, self.want_to_leave),
                f"{point.need:,.0f}",
                percent(point.need / self.need_at_most, 1),
                f"+{rate:,.1f} person-days" if rate is not None else "",
            ]
            for index, (point, rate) in enumerate(zip(self.points, self.rates(), strict=True))
        ]
        return head, rows

    def records(self) -> list[dict[str, Any]]:
        """Rows of frontier.csv."""
        return [
            {
                "point": number,
                "zone_hours_used": round(point.used, 6),
                "pauses": len(point.windows),
                "people": point.people,
                "share_of_want_to_leave": round(point.people / self.want_to_leave, 4),
                "people_at_most": self.people_at_most,
                "person_days_added": round(point.need),
                "person_days_added_at_most": round(self.need_at_most),
                "person_days_per_person_fewer_next": round(rate, 3) if rate is not None else None,
                "person_weighed_as_person_days": point.weight,
                "no_plan_because": None,
            }
            for number, (point, rate) in enumerate(zip(self.points, self.rates(), strict=True), 1)
        ]

    def facts(self) -> dict[str, Any]:
        """What frontier.json says beside the points."""
        return {
            "unit_of_need": UNITS[NEED],
            "person_days": self.person_days,
            "person_days_met_without": self.met_without,
        }


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
    time_limit : float or None
        Seconds for each.
    seed : int
        Seed of the searches.
    cluster, workers
        Where the searches run; see `letup.core.parallel.spread`.
    progress : callable, optional
        Told how far it has come.

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
    found = []
    for weight, plan in zip(weights, searched.results, strict=True):
        if plan is not None:
            people, need = plan.objectives
            added = _added(need)
            found.append(NeedPoint(plan.windows, plan.zone_hours, int(people.value), added, round(1 / weight, 3)))
            people_at_most, need_at_most = min(people_at_most, int(people.bound)), max(need_at_most, added)
    if not found:  # ended by hand before the first was ready
        raise KeyboardInterrupt
    return NeedFrontier(
        scenario,
        tuple(efficient(found)),
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
    added = upper_bound(scenario, instance.usable, prepared=prepared) - met_without
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
