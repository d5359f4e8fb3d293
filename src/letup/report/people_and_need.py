"""People against need met as one HTML page: a chart with the proven ceilings of both, and the table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from letup.core import wording
from letup.plan.frontier.files import pause_rows
from letup.plan.frontier.people_and_need import Tradeoff
from letup.plan.frontier.people_and_need_files import answer, best, notes
from letup.report import tables
from letup.report.charts import Tick, round_up
from letup.report.template import page


@dataclass(frozen=True)
class Dot:
    """One plan: per cent from the left and from the upper end of the chart, and what it is."""

    x: float
    y: float
    number: int
    title: str


@dataclass(frozen=True)
class Chart:
    """Person-days upwards against people; the ceilings lie at ``right`` and ``top``, per cent."""

    dots: list[Dot]
    right: float
    top: float
    across: list[Tick]
    up: list[Tick]


@dataclass(frozen=True)
class Row:
    """One row of the table, and the pauses behind it."""

    number: int
    hours: str
    people: str
    share: str
    need: str
    of_most: str
    rate: str
    pauses: list[tuple[str, str, str, str]]


def write_tradeoff_html(found: Tradeoff, path: str | Path) -> Path:
    """Write the page: HTML with everything it needs inside, and no scripts.

    Parameters
    ----------
    found : Tradeoff
        The plans.
    path : path
        File to write.
    """
    target = Path(path)
    target.write_text(
        page(
            "page/tradeoff.html.j2",
            found.scenario,
            answer=answer(found),
            complete=found.complete or best(found) is not None,
            both=best(found),
            want=wording.count(found.want_to_leave),
            chart=chart(found),
            rows=rows(found),
            notes=notes(found),
            most_people=wording.count(found.most_people),
            most_need=wording.count(found.most_need),
            limits=tables.limits_in_words(found.scenario),
        ),
        encoding="utf-8",
    )
    return target


def chart(found: Tradeoff) -> Chart:
    """The chart."""
    right, top = float(round_up(found.most_people)), float(round_up(found.most_need))
    return Chart(
        [
            Dot(
                100 * one.people / right,
                100 - 100 * one.need / top,
                number,
                f"{number}: {wording.count(one.people)} people, {wording.count(one.need)} person-days",
            )
            for number, one in enumerate(found.points, 1)
        ],
        100 * found.most_people / right,
        100 - 100 * found.most_need / top,
        [Tick(25.0 * quarter, wording.count(right * quarter / 4)) for quarter in range(5)],
        [Tick(25.0 * quarter, wording.count(top * quarter / 4)) for quarter in range(5)],
    )


def rows(found: Tradeoff) -> list[Row]:
    """The table, with the pauses of each plan in local time."""
    made = []
    for number, (one, rate) in enumerate(zip(found.points, [*found.rates(), None], strict=True), 1):
        pauses = [
            (row["zone_name"], wording.moment(row["start"]), wording.moment(row["end"]), wording.number(row["hours"]))
            for row in pause_rows(found.scenario, one.windows)
        ]
        made.append(
            Row(
                number,
                wording.number(one.zone_hours),
                wording.count(one.people),
                wording.share(one.people, found.want_to_leave),
                wording.count(one.need),
                wording.percent(one.need / found.most_need, 1),
                f"+{rate:,.1f}" if rate is not None else "–",
                pauses,
            )
        )
    return made
