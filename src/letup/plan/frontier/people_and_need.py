"""People against need met: plans between those that are best for people alone and for aid alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from letup import roads
from letup.aid.deliveries.make import ground, most
from letup.aid.deliveries.need import needs
from letup.aid.people import staying
from letup.core.errors import LetupError
from letup.core.parallel import spread
from letup.core.progress import Progress, Reporter
from letup.pauses.limits import Window, usable_steps
from letup.plan.ceiling import ceiling
from letup.plan.discretise import limits_of
from letup.plan.objectives import Objective
from letup.plan.planner.make import require_people
from letup.plan.planner.multistart import Search, plan_once
from letup.roads.network import RoadNetwork
from letup.scenario import has_trucks
from letup.scenario.model import Priorities, Scenario

_LEAST = 1e-3
"""Share of the weight of the one objective where the plan is to be best for the other: it decides between equals."""


@dataclass(frozen=True)
class TradePoint:
    """One plan.

    Attributes
    ----------
    windows : tuple of Window
        The pauses.
    zone_hours : float
        Their length together.
    people : int
        Who reach a shelter.
    need : float
        Person-days of need that trucks meet, with diminishing value, everyone counted where they live.
    weight : float
        Person-days that one person out weighed as much as in the search that found it.
    """

    windows: tuple[Window, ...]
    zone_hours: float
    people: int
    need: float
    weight: float


@dataclass(frozen=True)
class Tradeoff:
    """Plans of which none is better in both than another.

    Attributes
    ----------
    scenario : Scenario
        The world as given.
    points : tuple of TradePoint
        Most people first.
    most_people, most_need : int, float
        Proven: no plan within the limits lets more people out, or meets more need by trucks.
    met_without, person_days : float
        Need met without any truck, with diminishing value, and all need, person-days.
    want_to_leave : int
        The denominator of every share of people.
    complete : bool
        False if any search was ended early.
    """

    scenario: Scenario
    points: tuple[TradePoint, ...]
    most_people: int
    most_need: float
    met_without: float
    person_days: float
    want_to_leave: int
    complete: bool

    def rates(self) -> list[float]:
        """Person-days gained for each person fewer who gets out, from each point to the next."""
        return [(other.need - one.need) / max(one.people - other.people, 1) for one, other in pairwise(self.points)]


def tradeoff(
    scenario: Scenario,
    *,
    points: int = 5,
    time_limit: float | None = 60.0,
    seed: int = 0,
    cluster: str | None = None,
    workers: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Tradeoff:
    """Search plans with several weights of people against need met.

    Each plan found is asked what it is worth by the weights of every search, so that a search that fell short does not
    hide what another found.

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
        As of `letup.plan.planner`.
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
    tell("reading the roads")
    network = roads.build(scenario)
    timed = [roads.timed(network, scenario, group.name) for group in scenario.groups]
    require_people(scenario, timed)
    usable = usable_steps(limits_of(scenario), len(scenario.zones), scenario.clock)
    most_people = ceiling(scenario.groups, timed, usable)
    tell("laying out the deliveries")
    before, all_need, most_need = _need(scenario, network, usable)
    shares = np.clip(np.linspace(0, 1, max(points, 2)), _LEAST, 1 - _LEAST).tolist()
    # Worth of a person-day where a person is worth 1, so that both ceilings weigh as their shares say.
    weights = [share / (1 - share) * max(most_people, 1) / most_need for share in shares]
    jobs = [Search(replace(scenario, priorities=Priorities(1.0, weight)), time_limit, seed) for weight in weights]
    tell("searching")
    made = spread(
        plan_once,
        jobs,
        cluster=cluster,
        workers=workers,
        progress=tell.parts("searching", "weights"),
    )
    found = []
    for weight, plan in zip(weights, made.results, strict=True):
        if plan is not None:
            people, need = plan.objectives
            found.append(
                TradePoint(plan.windows, plan.zone_hours, int(people.value), _added(need), round(1 / weight, 3))
            )
            most_people, most_need = min(most_people, int(people.bound)), max(most_need, _added(need))
    if not found:  # ended by hand before the first was ready
        raise KeyboardInterrupt
    return Tradeoff(
        scenario,
        tuple(efficient(found)),
        most_people,
        most_need,
        before,
        all_need,
        sum(int(t.supply.sum()) for t in timed),
        made.complete and all(plan is not None and plan.complete for plan in made.results),
    )


def _need(scenario: Scenario, network: RoadNetwork, usable: np.ndarray) -> tuple[float, float, float]:
    """Need met without trucks, all need, and the most that trucks could add: person-days."""
    prepared = ground(scenario, network)
    need = needs(scenario, prepared.stocks, staying(scenario))
    before = need.value_without()[1]
    added = most(scenario, usable, prepared=prepared) - before
    if added <= 0:
        raise LetupError(
            "frontier.need",
            "There is no need that trucks could meet in any pause, so there is nothing to hold against people",
            "Give trucks, supply and distribution points, or count zone-hours.",
        )
    return before, float(need.worth.sum()), added


def _added(need: Objective) -> float:
    return need.value - need.without


def efficient(found: Sequence[TradePoint]) -> list[TradePoint]:
    """Those of which no other has as many people and as much need met, most people first."""
    kept: list[TradePoint] = []
    for one in sorted(found, key=lambda point: (-point.people, -point.need)):
        if not kept or one.need > kept[-1].need:
            kept.append(one)
    return kept
