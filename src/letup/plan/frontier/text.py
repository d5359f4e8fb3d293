"""A frontier in the terminal."""

from __future__ import annotations

import math
from pathlib import Path

from letup.core.wording import percent, share
from letup.plan.frontier.points import PlanPoint, ScenarioFrontier


def frontier_text(frontier: ScenarioFrontier, files: list[Path]) -> str:
    """The answer in one sentence, the table, how to read it, and the files."""
    lines = [answer(frontier), "", *_table(frontier), ""]
    lines += [f"  {note}" for note in notes(frontier)]
    lines += ["", "Written:", *(f"  {file}" for file in files)]
    pauses = [file for file in files if file.name.startswith("pauses-")]
    if pauses:
        lines.append(f"Move people through one of them: letup plan SCENARIO --pauses {pauses[-1]}")
    return "\n".join(lines)


def answer(frontier: ScenarioFrontier) -> str:
    """What the smallest and the largest budget bring, in one sentence."""
    there = [one for one in frontier.points if not one.point.reason]
    if not there:
        return "No point of the frontier could be computed."
    first, last, want = there[0], there[-1], frontier.want_to_leave

    def said(one: PlanPoint) -> str:
        return f"{one.people:,} ({share(one.people, want)}, proven to be at most {one.most:,})"

    text = f"Of the {want:,} people who want to leave, {said(first)} get out with {_budget(frontier, first)}"
    return f"{text}, and {said(last)} with {_budget(frontier, last)}." if len(there) > 1 else f"{text}."


def notes(frontier: ScenarioFrontier) -> list[str]:
    """How to read the table."""
    said = [
        "People: who reach a shelter when the groups move one after the other, each at its own speed.",
        "At most: proven for every plan within the limits and this budget.",
        f"Gap: how far the search is from its own proven bound, counting {frontier.count}.",
        "A plan within a budget is also one for every larger budget (*), "
        "and a bound for a budget also one for every smaller (**).",
    ]
    if not frontier.complete:
        said.append("Searches were ended by their time or by hand: better plans may exist, up to what is proven.")
    return said


def slope(frontier: ScenarioFrontier, index: int) -> str:
    """What each further unit brings after a point, and at most; empty at the last."""
    then = frontier.next(index)
    if then is None or frontier.points[index].point.reason:
        return ""
    return f"+{then[0]:,.0f} (at most {then[1]:,.0f})"


def gap(one: PlanPoint) -> str:
    """The search's proven gap."""
    return percent(one.point.gap, 1) if math.isfinite(one.point.gap) else "–"


def _budget(frontier: ScenarioFrontier, one: PlanPoint) -> str:
    unit = "zone-hours" if frontier.by == "zone_hours" else "units of concession"
    return f"{one.point.budget:,g} {unit}"


def _table(frontier: ScenarioFrontier) -> list[str]:
    """The table, its columns as wide as they need to be."""
    what = "zone-hours" if frontier.by == "zone_hours" else "concession"
    head = [what, "used", "pauses", "people", "share", "at most", "gap", f"each further {frontier.unit}"]
    rows = []
    for index, one in enumerate(frontier.points):
        point = one.point
        mark = " (own limit)" if frontier.own is not None and math.isclose(point.budget, frontier.own) else ""
        if point.reason:
            rows.append([f"{point.budget:,g}{mark}", point.reason])
            continue
        rows.append(
            [
                f"{point.budget:,g}{mark}",
                f"{one.used:,g}",
                f"{len(one.windows):,}",
                f"{one.people:,}" + ("*" if one.people_from is not None else ""),
                share(one.people, frontier.want_to_leave),
                f"{one.most:,}",
                gap(one) + ("**" if point.bound_from is not None else ""),
                slope(frontier, index),
            ]
        )
    full = [head, *(row for row in rows if len(row) == len(head))]
    width = [max(len(row[column]) for row in full) for column in range(len(head))]
    width[0] = max(len(row[0]) for row in [head, *rows])
    lines = []
    for row in [head, *rows]:
        if len(row) < len(head):
            lines.append(f"  {row[0]:>{width[0]}}  no plan: {row[1]}")
        else:
            lines.append("  " + "  ".join(f"{cell:>{many}}" for cell, many in zip(row, width, strict=True)).rstrip())
    return lines
