"""A frontier as one HTML page: a chart of people with what is proven of them, the table, and the pauses behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from letup.core import wording
from letup.plan.frontier.against_need import NeedFrontier
from letup.plan.frontier.files import pause_rows
from letup.plan.frontier.model import Frontier, PlanPoint
from letup.plan.frontier.over_budget import BudgetFrontier, BudgetPoint
from letup.report import tables
from letup.report.charts import Tick, round_up
from letup.report.template import page


@dataclass(frozen=True)
class Dot:
    """One plan of a chart: per cent from the left and from the upper end, and what it is."""

    x: float
    y: float
    number: int
    title: str


@dataclass(frozen=True)
class BudgetChart:
    """People against the budget, in a box of 1000 by 1000 from the upper left.

    Attributes
    ----------
    band : str
        Path of what is proven to be out of reach or open: from the search's value up to its bound.
    line, dots : str, list of Dot
        Value as the search counts people.
    people : str
        Path of the people who get out as the groups move; empty where it is the same line.
    own : float or None
        Where the scenario's own limit lies, per cent from the left.
    """

    band: str
    line: str
    dots: list[Dot]
    people: str
    own: float | None
    across: list[Tick]
    up: list[Tick]


@dataclass(frozen=True)
class NeedChart:
    """Person-days upwards against people; the ceilings lie at ``right`` and ``top``, per cent."""

    dots: list[Dot]
    right: float
    top: float
    across: list[Tick]
    up: list[Tick]


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


def write_frontier_html(frontier: Frontier, path: str | Path) -> Path:
    """Write the page of a frontier: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    frontier : Frontier
        The frontier.
    path : path
        File to write.
    """
    template, parts = "page/tradeoff.html.j2", {}
    if isinstance(frontier, BudgetFrontier):
        template, parts = "page/frontier.html.j2", _budget_parts(frontier)
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
        "complete": frontier.complete,
        "count": frontier.count,
        "what": "zone-hours" if frontier.by == "zone_hours" else "concession, in the units of the parties",
        "unit": frontier.unit,
        "chart": _budget_chart(frontier, with_plan) if with_plan else None,
        "rows": [_budget_row(frontier, index, point) for index, point in enumerate(frontier.points)],
    }


def _need_parts(frontier: NeedFrontier) -> dict[str, Any]:
    """What only the page of people against need met shows."""
    return {
        "complete": frontier.complete or frontier.best() is not None,
        "both": frontier.best(),
        "chart": _need_chart(frontier),
        "rows": _need_rows(frontier),
        "most_people": wording.count(frontier.people_at_most),
        "most_need": wording.count(frontier.need_at_most),
    }


def _budget_chart(frontier: BudgetFrontier, points: list[BudgetPoint]) -> BudgetChart:
    """The chart of the points that have a plan."""
    right = float(round_up(max(point.budget for point in points)))
    finite = [point.bound for point in points if math.isfinite(point.bound)]
    top = float(round_up(max([*finite, *(max(point.value, point.people) for point in points), 1.0])))

    def at(budget: float, value: float) -> tuple[float, float]:
        return round(1000 * budget / right, 1), round(1000 - 1000 * min(value, top) / top, 1)

    values = [at(point.budget, point.value) for point in points]
    bounds = [at(point.budget, point.bound) for point in points]
    people = [at(point.budget, point.people) for point in points]
    dots = [
        Dot(x / 10, y / 10, number, _title(point))
        for number, ((x, y), point) in enumerate(zip(values, points, strict=True), 1)
    ]
    same = all(abs(a - b) < 4 for (_, a), (_, b) in zip(values, people, strict=True))
    own = frontier.own if frontier.own is not None and frontier.own <= right else None
    return BudgetChart(
        _stairs(values) + f"V{bounds[-1][1]:g}" + "".join(f"H{x:g}V{y:g}" for x, y in bounds[-2::-1]) + "Z",
        _stairs(values),
        dots,
        "" if same else _stairs(people),
        100 * own / right if own is not None else None,
        [Tick(25.0 * quarter, wording.number(right * quarter / 4)) for quarter in range(5)],
        [Tick(25.0 * quarter, wording.count(top * quarter / 4)) for quarter in range(5)],
    )


def _title(point: BudgetPoint) -> str:
    """A point in words."""
    most = wording.count(point.bound) if math.isfinite(point.bound) else "unknown"
    value = wording.count(point.value)
    return f"{wording.number(point.budget)}: {value} people as the search counts them, proven at most {most}"


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


def _need_chart(frontier: NeedFrontier) -> NeedChart:
    """The chart of plans between people and aid."""
    right, top = float(round_up(frontier.people_at_most)), float(round_up(frontier.need_at_most))
    return NeedChart(
        [
            Dot(
                100 * point.people / right,
                100 - 100 * point.need / top,
                number,
                f"{number}: {wording.count(point.people)} people, {wording.count(point.need)} person-days",
            )
            for number, point in enumerate(frontier.points, 1)
        ],
        100 * frontier.people_at_most / right,
        100 - 100 * frontier.need_at_most / top,
        [Tick(25.0 * quarter, wording.count(right * quarter / 4)) for quarter in range(5)],
        [Tick(25.0 * quarter, wording.count(top * quarter / 4)) for quarter in range(5)],
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
        for row in pause_rows(frontier.scenario, point.windows)
    ]


def _stairs(points: list[tuple[float, float]]) -> str:
    """A stair: what is known at a point holds up to the next, and nothing in between is known to be better."""
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" for x, y in rest)
