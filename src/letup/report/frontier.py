"""A frontier as one HTML page: a chart of people with what is proven of them, the table, and the pauses behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from letup.core import wording
from letup.plan.frontier.model import BudgetFrontier, BudgetPoint, Frontier, NeedFrontier, PlanPoint
from letup.plan.model import pause_rows
from letup.report import charts, tables
from letup.report.template import page


@dataclass(frozen=True)
class BudgetRow:
    """One row of the table of budgets, and the pauses behind it."""

    budget: str
    own: bool
    used: str
    people: str
    share: str
    most: str
    gap: str
    slope: str
    notes: str
    reason: str
    pauses: list[tuple[str, str, str, str]]

    @property
    def title(self) -> str:
        """Over its pauses; empty where there are none."""
        return f"{self.budget}: {len(self.pauses)} pauses, {self.people} people" if self.pauses else ""

    @property
    def label(self) -> str:
        """Of the table of its pauses."""
        return f"Pauses with {self.budget}"


@dataclass(frozen=True)
class NeedRow:
    """One row of the table of plans between people and aid, and the pauses behind it."""

    number: int
    hours: str
    people: str
    share: str
    need: str
    of_most: str
    rate: str
    pauses: list[tuple[str, str, str, str]]

    @property
    def title(self) -> str:
        """Over its pauses."""
        return f"Plan {self.number}: {len(self.pauses)} pauses, {self.people} people, {self.need} person-days"

    @property
    def label(self) -> str:
        """Of the table of its pauses."""
        return f"Pauses of plan {self.number}"


def write_frontier_html(frontier: Frontier, path: str | Path) -> Path:
    """Write the page of a frontier: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    frontier : Frontier
        The frontier.
    path : path
        File to write.
    """
    template, parts = "page/frontier_need.html.j2", {}
    if isinstance(frontier, BudgetFrontier):
        template, parts = "page/frontier_budget.html.j2", _budget_parts(frontier)
    elif isinstance(frontier, NeedFrontier):
        parts = _need_parts(frontier)
    text = page(
        template,
        frontier.scenario,
        answer=frontier.answer(),
        want=wording.count(frontier.want_to_leave),
        notes=frontier.notes(),
        limits=tables.limits_in_words(frontier.scenario),
        **parts,
    )
    target = Path(path)
    target.write_text(text, encoding="utf-8")
    return target


def _budget_parts(frontier: BudgetFrontier) -> dict[str, Any]:
    """What only the page of a frontier over budgets shows."""
    with_plan = [point for point in frontier.points if not point.reason]
    return {
        "noun": "point",
        "complete": frontier.complete,
        "count": frontier.count,
        "what": "zone-hours" if frontier.by == "zone_hours" else "concession, in the units of the parties",
        "unit": frontier.unit,
        "chart": charts.budget_chart(frontier, with_plan) if with_plan else None,
        "rows": [_budget_row(frontier, index, point) for index, point in enumerate(frontier.points)],
    }


def _need_parts(frontier: NeedFrontier) -> dict[str, Any]:
    """What only the page of people against need met shows."""
    return {
        "noun": "plan",
        "complete": frontier.complete or frontier.best() is not None,
        "both": frontier.best(),
        "chart": charts.need_chart(frontier),
        "rows": _need_rows(frontier),
        "most_people": wording.count(frontier.people_at_most),
        "most_need": wording.count(frontier.need_at_most),
    }


def _budget_row(frontier: BudgetFrontier, index: int, point: BudgetPoint) -> BudgetRow:
    """One row of the table, with its pauses in local time."""
    notes = []
    if point.pauses_from is not None:
        notes.append(f"the pauses of {wording.number(point.pauses_from)}: nothing better was found with more")
    if point.bound_from is not None:
        notes.append(f"bound of {wording.number(point.bound_from)}, which holds for less too")
    return BudgetRow(
        wording.number(point.budget),
        frontier.is_own_limit(point),
        wording.number(point.used),
        wording.count(point.people),
        wording.share(point.people, frontier.want_to_leave),
        wording.count(point.people_at_most),
        frontier.gap_text(point),
        frontier.slope_text(index),
        "; ".join(notes),
        point.reason,
        _pauses(frontier, point),
    )


def _need_rows(frontier: NeedFrontier) -> list[NeedRow]:
    """The table of plans between people and aid, with their pauses in local time."""
    return [
        NeedRow(
            number,
            wording.number(point.used),
            wording.count(point.people),
            wording.share(point.people, frontier.want_to_leave),
            wording.count(point.need),
            wording.percent(point.need / frontier.need_at_most, 1),
            f"+{rate:,.1f}" if rate is not None else "–",
            _pauses(frontier, point),
        )
        for number, (point, rate) in enumerate(zip(frontier.points, frontier.rates(), strict=True), 1)
    ]


def _pauses(frontier: Frontier, point: PlanPoint) -> list[tuple[str, str, str, str]]:
    """Zone, local start and end, and hours of each pause."""
    return [
        (row["zone_name"], wording.moment(row["start"]), wording.moment(row["end"]), wording.number(row["hours"]))
        for row in pause_rows(frontier.scenario, point.windows_by_start)
    ]
