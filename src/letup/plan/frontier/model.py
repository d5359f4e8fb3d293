"""A frontier: plans with people who get out on one axis, and what they are set against on the other."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from letup.core.wording import percent, share
from letup.pauses.limits import Window
from letup.plan.objectives import NEED, UNITS
from letup.scenario.model import Scenario

_PEOPLE_NOTE = "People: who reach a shelter when the groups move one after the other, each at its own speed."
_ENDED_NOTE = "Searches were ended by their time or by hand: better plans may exist, up to what is proven."

_TOLERANCE = 1e-6
"""Linear programs are solved to tolerances."""

By = Literal["zone_hours", "concession"]


@dataclass(frozen=True)
class PlanPoint:
    """One plan of a frontier.

    Attributes
    ----------
    windows : tuple of Window
        The pauses.
    used : float
        Their length together, zone-hours; or what they cost the parties, where that is what people are set against.
    people : int
        Who reach a shelter under these windows when the groups move one after the other, each at its own speed.
    """

    windows: tuple[Window, ...]
    used: float
    people: int

    @property
    def windows_by_start(self) -> list[Window]:
        """The pauses in order of their start."""
        return sorted(self.windows, key=lambda window: (window.first, window.zone))


@dataclass(frozen=True)
class Frontier(ABC):
    """Plans of a scenario against each other, with what is proven of all others.

    Attributes
    ----------
    scenario : Scenario
        The world as given.
    points : tuple of PlanPoint
        The plans, in order.
    want_to_leave : int
        The denominator of every share of people.
    complete : bool
        False if any search was ended early.
    """

    scenario: Scenario
    points: tuple[PlanPoint, ...]
    want_to_leave: int
    complete: bool

    @property
    @abstractmethod
    def against(self) -> Literal["zone_hours", "concession", "need"]:
        """What people are set against."""

    @abstractmethod
    def budget_of(self, index: int) -> float:
        """What the pauses of a point may take of zone-hours or concession; what they take, if nothing else is said."""

    @abstractmethod
    def name_of(self, index: int) -> str:
        """What the file of a point's pauses is called by: its budget, or its number."""

    @abstractmethod
    def answer(self) -> str:
        """The two ends in one sentence."""

    @abstractmethod
    def notes(self) -> list[str]:
        """How to read the table."""

    @abstractmethod
    def text_table(self) -> tuple[Sequence[str], list[list[str]]]:
        """Headings and rows for the terminal; a row of two cells is a point without a plan, and why."""

    @abstractmethod
    def records(self) -> list[dict[str, Any]]:
        """Rows of frontier.csv; what is not known is None."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What frontier.json says beside the points and what all frontiers say."""


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
            _PEOPLE_NOTE,
            "At most: proven for every plan within the limits and this budget.",
            f"Gap: how far the search is from its own proven bound, counting {self.count}.",
            "A plan within a budget is also one for every larger budget (*), "
            "and a bound for a budget also one for every smaller (**).",
        ]
        return notes if self.complete else [*notes, _ENDED_NOTE]

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
            _PEOPLE_NOTE,
            "Person-days: need that trucks meet, each further part of a need worth less, everyone counted where they "
            f"live. Without any truck {self.met_without:,.0f} of {self.person_days:,.0f} are met ({without}).",
            f"Proven: no plan within the limits lets more than {self.people_at_most:,} people out, or adds more than "
            f"{self.need_at_most:,.0f} person-days. {both}",
            "All plans keep to the scenario's limits, zone-hours included. Plans that another one beats in both are "
            "left out.",
        ]
        return notes if self.complete or best else [*notes, _ENDED_NOTE]

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


def _finite(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
