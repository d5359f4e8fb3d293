"""Write a frontier: the table as CSV, everything as JSON, and the pauses of each point as `letup plan` takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from letup import __version__
from letup.core import folders
from letup.core.formats import Format
from letup.plan.files.read import PAUSES
from letup.plan.files.write import about
from letup.plan.frontier.model import Frontier
from letup.plan.model import pause_rows
from letup.tables import schemas, write_csv

FRONTIER = Format("frontier.json")

NOTE = "A model, not a permission. A proposed pause is not agreed to, and nobody loses protection without one."

TABLES = schemas("letup.plan.frontier")


def write_frontier(frontier: Frontier, folder: Path | str) -> list[Path]:
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
    document = as_document(frontier)
    with folders.writing_to(folder, "frontier.folder"):
        _clear(folder)
        files = [folder / "frontier.csv", folder / FRONTIER.name]
        write_csv(files[0], TABLES[f"frontier.csv:{frontier.against}"], frontier.records())
        files[1].write_text(folders.json_text(document), "utf-8")
        for index, (point, row) in enumerate(zip(frontier.points, document["points"], strict=True)):
            if point.windows or frontier.against == "need":
                pauses = [{name: pause[name] for name in PAUSES.names} for pause in row["pauses"]]
                files.append(write_csv(folder / f"pauses-{frontier.name_of(index)}.csv", PAUSES, pauses))
    return files


def require_usable(folder: Path) -> None:
    """Refuse a folder that no frontier can be written to (``frontier.folder``)."""
    folders.require_usable(folder, FRONTIER.name, what="a frontier", code="frontier.folder")


def _clear(folder: Path) -> None:
    """Clear what an earlier frontier left there."""
    for old in (*folder.glob("pauses-*.csv"), *folder.glob("frontier.*")):
        old.unlink()


def as_document(frontier: Frontier) -> dict[str, Any]:
    """What frontier.json holds."""
    scenario = frontier.scenario
    return {
        "format": FRONTIER.number,
        "letup": __version__,
        "note": NOTE,
        "scenario": about(scenario),
        "limits": scenario.limits.plain(),
        "by": frontier.against,
        **frontier.facts(),
        "want_to_leave": frontier.want_to_leave,
        "complete": frontier.complete,
        "points": [
            {
                "budget": round(frontier.budget_of(index), 6),
                **record,
                "pauses": pause_rows(scenario, frontier.points[index].windows_by_start),
            }
            for index, record in enumerate(frontier.records())
        ],
    }
