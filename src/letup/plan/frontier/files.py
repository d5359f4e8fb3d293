"""Write a frontier: the table as CSV, everything as JSON, and the pauses of each point as `letup plan` takes them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from letup import __version__
from letup.core import folders
from letup.core.errors import LetupError
from letup.pauses.limits import Window
from letup.plan.files.write import about
from letup.plan.frontier.points import ScenarioFrontier
from letup.scenario.model import Scenario

FORMAT = 1

NOTE = "A model, not a permission. A proposed pause is not agreed to, and nobody loses protection without one."


def write_frontier(frontier: ScenarioFrontier, folder: Path | str) -> list[Path]:
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
        (folder / "frontier.csv").write_text(csv_of(table(frontier)), "utf-8", newline="")
        text = json.dumps(as_document(frontier), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "frontier.json").write_text(text + "\n", "utf-8")
        for one in as_document(frontier)["points"]:
            if one["pauses"]:
                rows = [
                    {key: row[key] for key in ("zone", "zone_name", "start", "end", "hours")} for row in one["pauses"]
                ]
                files.append(folder / f"pauses-{one['budget']:g}.csv")
                files[-1].write_text(csv_of(rows), "utf-8", newline="")
    except OSError as error:
        raise LetupError("frontier.folder", f"{folder}: {error.strerror or error}", "Choose another folder.") from error
    return files


def clear(folder: Path) -> None:
    """Make the folder; clear what an earlier frontier left there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("pauses-*.csv"), *folder.glob("frontier.*")):
        old.unlink()


def require_usable(folder: Path) -> None:
    """Refuse a folder that no frontier can be written to (``frontier.folder``)."""
    folders.require_usable(folder, "frontier.json", what="a frontier", code="frontier.folder")


def table(frontier: ScenarioFrontier) -> list[dict[str, Any]]:
    """One row for each point; numbers that are not known are None."""
    rows = []
    for index, one in enumerate(frontier.points):
        point, there, then = one.point, not one.point.reason, frontier.next(index)
        there_next = then if there else None
        rows.append(
            {
                f"{frontier.by}_allowed": _short(point.budget),
                f"{frontier.by}_used": _short(one.used) if there else None,
                "people": one.people if there else None,
                "share_of_want_to_leave": round(one.people / frontier.want_to_leave, 4) if there else None,
                "people_at_most": one.most if there else None,
                "people_per_next_unit": _short(there_next[0]) if there_next else None,
                "people_per_next_unit_at_most": _short(there_next[1]) if there_next else None,
                "pauses": len(one.windows) if there else None,
                "search_value": round(point.value, 3) if there else None,
                "search_bound": _finite(point.bound) if there else None,
                "search_gap": _finite(point.gap, 5) if there else None,
                "people_from": one.people_from,
                "value_from": point.value_from,
                "bound_from": point.bound_from,
                "search_complete": point.complete,
                "no_plan_because": point.reason or None,
            }
        )
    return rows


def as_document(frontier: ScenarioFrontier) -> dict[str, Any]:
    """What frontier.json holds."""
    scenario = frontier.scenario
    points = []
    for row, one in zip(table(frontier), frontier.points, strict=True):
        points.append({"budget": _short(one.point.budget), **row, "pauses": pause_rows(scenario, one.windows)})
    return {
        "format": FORMAT,
        "letup": __version__,
        "note": NOTE,
        "scenario": about(scenario),
        "limits": scenario.limits.plain(),
        "by": frontier.by,
        "own_limit": frontier.own,
        "want_to_leave": frontier.want_to_leave,
        "search_counts": frontier.count,
        "complete": frontier.complete,
        "points": points,
    }


def pause_rows(scenario: Scenario, windows: Sequence[Window]) -> list[dict[str, Any]]:
    """Pauses in order of their start, as plan.json holds them."""
    names = [str(name) for name in scenario.zones["name"]]
    return [
        {
            "zone": scenario.zone_ids[window.zone],
            "zone_name": names[window.zone],
            "start": scenario.clock.iso(window.first),
            "end": scenario.clock.iso(window.last + 1),
            "hours": (window.last - window.first + 1) * scenario.step_minutes / 60,
            "first_step": window.first,
            "last_step": window.last,
        }
        for window in sorted(windows, key=lambda window: (window.first, window.zone))
    ]


def csv_of(rows: Sequence[dict[str, Any]], columns: Sequence[str] = ()) -> str:
    """Rows as CSV, with the columns of the first if none are given; what is not known stays empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns or rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows)
    return out.getvalue()


def _short(value: float) -> float:
    """A number without digits that are only noise."""
    return round(float(value), 6)


def _finite(value: float, digits: int = 3) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
