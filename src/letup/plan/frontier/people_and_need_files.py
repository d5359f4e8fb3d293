"""Write people against need met: the table as CSV and text, everything as JSON, the pauses of each point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from letup import __version__
from letup.core.errors import LetupError
from letup.core.wording import percent, share
from letup.plan.files.write import about
from letup.plan.frontier.files import FORMAT, NOTE, clear, csv_of, pause_rows, require_usable
from letup.plan.frontier.people_and_need import Tradeoff
from letup.plan.objectives import NEED, UNITS

_CLOSE = 1e-6
"""Linear programs are solved to tolerances."""


def write_tradeoff(found: Tradeoff, folder: Path | str) -> list[Path]:
    """Write frontier.csv, frontier.json and a CSV of pauses for each point; an earlier frontier is replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    LetupError
        ``frontier.folder`` if the folder cannot be used.
    """
    folder = Path(folder)
    require_usable(folder)
    try:
        clear(folder)
        files = [folder / "frontier.csv", folder / "frontier.json"]
        files[0].write_text(csv_of(table(found)), "utf-8", newline="")
        document = as_document(found)
        files[1].write_text(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
        for number, one in enumerate(document["points"], 1):
            keys = ("zone", "zone_name", "start", "end", "hours")
            files.append(folder / f"pauses-{number}.csv")
            rows = [{key: row[key] for key in keys} for row in one["pauses"]]
            files[-1].write_text(csv_of(rows, keys), "utf-8", newline="")
    except OSError as error:
        raise LetupError("frontier.folder", f"{folder}: {error.strerror or error}", "Choose another folder.") from error
    return files


def table(found: Tradeoff) -> list[dict[str, Any]]:
    """One row for each point."""
    rates = [*found.rates(), None]
    return [
        {
            "point": number,
            "zone_hours_used": round(one.zone_hours, 6),
            "pauses": len(one.windows),
            "people": one.people,
            "share_of_want_to_leave": round(one.people / found.want_to_leave, 4),
            "people_at_most": found.most_people,
            "person_days_added": round(one.need),
            "person_days_added_at_most": round(found.most_need),
            "person_days_per_person_fewer_next": round(rate, 3) if rate is not None else None,
            "person_weighed_as_person_days": one.weight,
            "no_plan_because": None,
        }
        for number, (one, rate) in enumerate(zip(found.points, rates, strict=True), 1)
    ]


def as_document(found: Tradeoff) -> dict[str, Any]:
    """What frontier.json holds."""
    scenario = found.scenario
    points = [
        {"budget": row["zone_hours_used"], **row, "pauses": pause_rows(scenario, one.windows)}
        for row, one in zip(table(found), found.points, strict=True)
    ]
    return {
        "format": FORMAT,
        "letup": __version__,
        "note": NOTE,
        "scenario": about(scenario),
        "limits": scenario.limits.plain(),
        "by": "need",
        "unit_of_need": UNITS[NEED],
        "want_to_leave": found.want_to_leave,
        "person_days": found.person_days,
        "person_days_met_without": found.met_without,
        "complete": found.complete,
        "points": points,
    }


def answer(found: Tradeoff) -> str:
    """The two ends in one sentence."""

    def said(number: int) -> str:
        one = found.points[number]
        people = f"{one.people:,} people ({share(one.people, found.want_to_leave)} of those who want to leave) get out"
        return f"{people} and trucks add {one.need:,.0f} person-days of need met"

    if len(found.points) == 1:
        return f"One plan is best for both, of all that were found: {said(0)}."
    return f"With the plan for people, {said(0)}; with the plan for aid, {said(-1)}."


def best(found: Tradeoff) -> int | None:
    """Number of the plan that reaches both ceilings, if there is one."""
    for number, one in enumerate(found.points, 1):
        if one.people >= found.most_people and one.need >= found.most_need * (1 - _CLOSE):
            return number
    return None


def notes(found: Tradeoff) -> list[str]:
    """How to read the table."""
    without = percent(found.met_without / found.person_days, 1) if found.person_days else "0 %"
    at_most = best(found)
    both = f"Plan {at_most} does both." if at_most else "Whether one plan could do both is not known."
    said = [
        "People: who reach a shelter when the groups move one after the other, each at its own speed.",
        "Person-days: need that trucks meet, each further part of a need worth less, everyone counted where they live. "
        f"Without any truck {found.met_without:,.0f} of {found.person_days:,.0f} are met ({without}).",
        f"Proven: no plan within the limits lets more than {found.most_people:,} people out, or adds more than "
        f"{found.most_need:,.0f} person-days. {both}",
        "All plans keep to the scenario's limits, zone-hours included. Plans that another one beats in both are left "
        "out.",
    ]
    if not found.complete and not at_most:
        said.append("Searches were ended by their time or by hand: better plans may exist, up to what is proven.")
    return said


def tradeoff_text(found: Tradeoff, files: list[Path]) -> str:
    """The answer, the table, how to read it, and the files."""
    head = ["point", "zone-hours", "pauses", "people", "share", "person-days", "of at most", "for each person fewer"]
    rates = [*found.rates(), None]
    rows = [
        [
            f"{number}",
            f"{one.zone_hours:,g}",
            f"{len(one.windows)}",
            f"{one.people:,}",
            share(one.people, found.want_to_leave),
            f"{one.need:,.0f}",
            percent(one.need / found.most_need, 1),
            f"+{rate:,.1f} person-days" if rate is not None else "",
        ]
        for number, (one, rate) in enumerate(zip(found.points, rates, strict=True), 1)
    ]
    width = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  " + "  ".join(f"{cell:>{many}}" for cell, many in zip(row, width, strict=True)).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join([
        answer(found), "", *lines, "", *(f"  {note}" for note in notes(found)), "", "Written:",
        *(f"  {file}" for file in files),
        f"Move people and trucks through one of them: letup plan SCENARIO --pauses {files[-1]}",
    ])  # fmt: skip
