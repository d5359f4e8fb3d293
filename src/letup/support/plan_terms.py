"""What a plan settles by itself: the issues of a package that can be read off it, and what it costs each party."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from letup.pauses.limits import Window
from letup.plan.discretise import costs_by_party
from letup.scenario.model import Scenario
from letup.support.model import Package, Support, Value
from letup.support.negotiation import support_of

ATTRIBUTES: Mapping[str, str] = {
    "zone_hours": "length of all pauses together, zone-hours",
    "window_hours": "mean length of a pause, hours",
    "hours_a_day": "most hours that one zone is paused on one local day, hours",
    "days": "local days on which any zone is paused, days",
    "zones": "zones that are paused at any time, zones",
    "pauses": "number of pauses, pauses",
    "people": "people who reach a shelter, people",
    "concession": "what the pauses cost by the limits of the scenario, in the unit of the limits",
    "notice_hours": "hours from the start of the plan to the first pause, hours",
    "trucks_per_day": "trucks of aid that leave crossings, on the mean of all days, trucks/day",
}
"""What issues can read off a plan, with its unit."""


class Planned(Protocol):
    """What has to be known of a plan: one in memory (`letup.plan.model.Plan`), or read from its files."""

    @property
    def scenario(self) -> Scenario:
        """What it is a plan for."""

    @property
    def windows(self) -> Sequence[Window]:
        """Its pauses."""

    @property
    def zone_hours(self) -> float:
        """Length of all pauses together, zone-hours."""

    @property
    def arrive(self) -> int:
        """People who reach a shelter."""

    @property
    def trucks_per_day(self) -> float | None:
        """Trucks of aid that leave crossings, on the mean of the days, trucks/day; None if it says nothing of them."""


def plan_attributes(plan: Planned) -> dict[str, float]:
    """Attributes of a plan by name, as far as it has them.

    Parameters
    ----------
    plan : Planned
        As made; one without any pause has no length of a pause and no notice.

    Returns
    -------
    dict of str to float
        Names of `ATTRIBUTES`. A plan without deliveries, and a point of a frontier, says nothing on trucks.
    """
    scenario, windows = plan.scenario, plan.windows
    attributes = {
        "zone_hours": plan.zone_hours,
        "zones": float(len({window.zone for window in windows})),
        "pauses": float(len(windows)),
        "people": float(plan.arrive),
        "days": 0.0,
        "hours_a_day": 0.0,
    }
    if windows:
        dates = [scenario.clock.at(step).date() for step in range(scenario.steps)]
        quiet_steps = Counter(
            (window.zone, dates[step]) for window in windows for step in range(window.first, window.last + 1)
        )
        attributes["days"] = float(len({day for _, day in quiet_steps}))
        attributes["hours_a_day"] = scenario.clock.hours(max(quiet_steps.values()))
        attributes["window_hours"] = plan.zone_hours / len(windows)
        attributes["notice_hours"] = scenario.clock.hours(min(window.first for window in windows))
    if plan.trucks_per_day is not None:
        attributes["trucks_per_day"] = plan.trucks_per_day
    costs = costs_by_party(scenario)
    if costs.own is not None:
        attributes["concession"] = _cost_of_windows(costs.own, windows)
    return attributes


def _cost_of_windows(costs: NDArray[np.float64], windows: Sequence[Window]) -> float:
    """Sum of float64[zones, steps] over the steps of windows."""
    return sum(float(costs[window.zone, window.first : window.last + 1].sum()) for window in windows)


def package_of(plan: Planned, support: Support | None = None) -> Package:
    """The issues that a plan settles, with their values; the others are negotiated apart.

    Parameters
    ----------
    plan : Planned
        As made.
    support : Support, optional
        Whose issues are meant; those of the plan's scenario if absent.
    """
    attributes = plan_attributes(plan)
    issues = (support if support is not None else support_of(plan.scenario)).issues
    package: dict[str, Value] = {
        issue.id: attributes[issue.reads] for issue in issues if issue.reads and issue.reads in attributes
    }
    return package


@dataclass(frozen=True)
class Ask:
    """What a plan asks of one party, in the unit that it set.

    Attributes
    ----------
    party, unit : str
        The party, and the unit of its costs.
    pauses : float
        What the pauses cost it.
    terms : float
        What the terms of the package cost it: by issue, number times cost.
    budget : float or None
        Most that the pauses may cost it.
    basis : str
        The worst basis among the costs: observed, modelled or assumed.
    """

    party: str
    unit: str
    pauses: float
    terms: float
    budget: float | None
    basis: str

    @property
    def within(self) -> bool:
        """Whether the pauses keep to the party's budget."""
        return self.budget is None or self.pauses <= self.budget + 1e-6 * max(1.0, self.budget)


def asks_of(plan: Planned, package: Package | None = None) -> tuple[Ask, ...]:
    """What a plan asks of each party that concessions.csv has costs for, in the order of parties.yaml and units.

    Parameters
    ----------
    plan : Planned
        As made.
    package : mapping of str to value, optional
        What is agreed on the issues; `package_of` the plan if absent. Only issues that are numbers cost by unit.
    """
    scenario = plan.scenario
    settled = package_of(plan) if package is None else package
    costs_by_step = costs_by_party(scenario).by_party
    rows = [row for row in scenario.concessions.to_dict("records") if row]
    asks = []
    for party in scenario.parties:
        own = [row for row in rows if row["party"] == party["id"]]
        for unit in dict.fromkeys(row["unit"] for row in own):
            counted = [row for row in own if row["unit"] == unit]
            pauses = 0.0
            if any(isinstance(row["zone"], str) for row in counted):
                pauses = _cost_of_windows(costs_by_step[party["id"]], plan.windows)
            terms = sum(
                float(row["cost"]) * float(settled[row["issue"]])
                for row in counted
                if isinstance(row["issue"], str) and isinstance(settled.get(row["issue"]), int | float)
            )
            worst = max((row["basis"] for row in counted), key=("observed", "modelled", "assumed").index)
            asks.append(Ask(party["id"], unit, pauses, terms, party.get("concession_budget"), worst))
    return tuple(asks)


@dataclass(frozen=True)
class PlanTerms:
    """What the analysis has to know of a plan.

    Attributes
    ----------
    name : str
        What to call it.
    settles : mapping of str to float
        Issue to what the plan settles.
    zones : tuple of str
        Zones that it pauses.
    people, want_to_leave : int
        People who reach a shelter, of those who want to leave.
    asks : callable or None
        Says what a package with this plan asks of each party; see `letup.support.plan_terms.asks_of`.
    """

    name: str
    settles: Mapping[str, float]
    zones: tuple[str, ...]
    people: int
    want_to_leave: int
    asks: Callable[[Package], tuple[Ask, ...]] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Variant:
    """A plan near a plan.

    Attributes
    ----------
    description : str
        The change in words.
    plan : PlanTerms
        The plan after it.
    people : float or None
        More people who get out (fewer if negative); None if not known.
    need : float or None
        More need that trucks can meet, person-days (less if negative); None if not known.
    count : callable or None
        Finds the people out; asked only for changes that are shown.
    """

    description: str
    plan: PlanTerms
    people: float | None = None
    need: float | None = None
    count: Callable[[], float] | None = None
