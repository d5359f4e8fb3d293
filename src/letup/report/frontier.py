"""The frontier as one HTML page: a chart of people against zone-hours with its proven band, and the table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from letup.core import wording
from letup.pauses.frontier import Point
from letup.plan.frontier.points import PlanPoint, ScenarioFrontier
from letup.plan.frontier.text import answer, gap, notes, slope
from letup.report import tables
from letup.report.charts import Tick, round_up
from letup.report.template import page


@dataclass(frozen=True)
class Dot:
    """One point of the chart: position in a box of 1000 by 1000 from the upper left, and what it is."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Chart:
    """People against the budget.

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
class Row:
    """One row of the table, and the pauses behind it."""

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


def write_frontier_html(frontier: ScenarioFrontier, path: str | Path) -> Path:
    """Write the page of a frontier: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    frontier : ScenarioFrontier
        The frontier.
    path : path
        File to write.
    """
    scenario = frontier.scenario
    there = [one for one in frontier.points if not one.point.reason]
    target = Path(path)
    target.write_text(
        page(
            "page/frontier.html.j2",
            scenario,
            answer=answer(frontier),
            complete=frontier.complete,
            want=wording.count(frontier.want_to_leave),
            count=frontier.count,
            what="zone-hours" if frontier.by == "zone_hours" else "concession, in the units of the parties",
            unit=frontier.unit,
            chart=chart(frontier, there) if there else None,
            rows=rows(frontier),
            notes=notes(frontier),
            limits=tables.limits_in_words(scenario),
        ),
        encoding="utf-8",
    )
    return target


def chart(frontier: ScenarioFrontier, there: list[PlanPoint]) -> Chart:
    """The chart of the points that have a plan."""
    right = float(round_up(max(one.point.budget for one in there)))
    finite = [one.point.bound for one in there if math.isfinite(one.point.bound)]
    top = float(round_up(max([*finite, *(max(one.point.value, one.people) for one in there), 1.0])))

    def at(budget: float, value: float) -> tuple[float, float]:
        return round(1000 * budget / right, 1), round(1000 - 1000 * min(value, top) / top, 1)

    values = [at(one.point.budget, one.point.value) for one in there]
    bounds = [at(one.point.budget, one.point.bound) for one in there]
    people = [at(one.point.budget, one.people) for one in there]
    dots = [Dot(*where, _said(one.point)) for where, one in zip(values, there, strict=True)]
    same = all(abs(a - b) < 4 for (_, a), (_, b) in zip(values, people, strict=True))
    own = frontier.own if frontier.own is not None and frontier.own <= right else None
    return Chart(
        _steps(values) + f"V{bounds[-1][1]:g}" + "".join(f"H{x:g}V{y:g}" for x, y in bounds[-2::-1]) + "Z",
        _steps(values),
        dots,
        "" if same else _steps(people),
        100 * own / right if own is not None else None,
        [Tick(25.0 * quarter, wording.number(right * quarter / 4)) for quarter in range(5)],
        [Tick(25.0 * quarter, wording.count(top * quarter / 4)) for quarter in range(5)],
    )


def _said(point: Point) -> str:
    """A point in words."""
    most = wording.count(point.bound) if math.isfinite(point.bound) else "unknown"
    value = wording.count(point.value)
    return f"{wording.number(point.budget)}: {value} people as the search counts them, proven at most {most}"


def rows(frontier: ScenarioFrontier) -> list[Row]:
    """The table, with the pauses of each point in local time."""
    scenario, clock = frontier.scenario, frontier.scenario.clock
    names = [str(name) for name in scenario.zones["name"]]
    out = []
    for index, one in enumerate(frontier.points):
        point, said = one.point, []
        if one.people_from is not None:
            said.append(f"the pauses of {wording.number(one.people_from)}: nothing better was found with more")
        if point.bound_from is not None:
            said.append(f"bound of {wording.number(point.bound_from)}, which holds for less too")
        pauses = [
            (
                names[window.zone],
                wording.moment(clock.at(window.first)),
                wording.moment(clock.at(window.last + 1)),
                wording.number((window.last - window.first + 1) * clock.step_minutes / 60),
            )
            for window in sorted(one.windows, key=lambda window: (window.first, window.zone))
        ]
        out.append(
            Row(
                wording.number(point.budget),
                frontier.own is not None and math.isclose(point.budget, frontier.own),
                wording.number(one.used),
                wording.count(one.people),
                wording.share(one.people, frontier.want_to_leave),
                wording.count(one.most),
                gap(one),
                slope(frontier, index),
                "; ".join(said),
                point.reason,
                pauses,
            )
        )
    return out


def _steps(points: list[tuple[float, float]]) -> str:
    """A stair: what is known at a point holds up to the next, and nothing in between is known to be better."""
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" for x, y in rest)
