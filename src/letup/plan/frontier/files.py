"""Write a frontier: the table as CSV, everything as JSON, and the pauses of each point as `letup plan` takes them."""

from __future__ import annotations

from collections.abc import Callable
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


FRONTIER_FOLDER = folders.ResultKind(
    "frontier",
    "a frontier",
    "frontier.folder",
    known_by=(FRONTIER.name,),
    owns=(FRONTIER.name, "frontier.csv", "frontier.html"),
)


def write_frontier(
    frontier: Frontier,
    folder: Path | str,
    *,
    force: bool = False,
    page: Callable[[Frontier, Path], object] | None = None,
) -> list[Path]:
    """Write frontier.csv, frontier.json and a CSV of pauses for each point; an earlier frontier is replaced.

    Parameters
    ----------
    frontier : Frontier
        The frontier.
    folder : path
        Made if it does not exist.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.
    page : callable, optional
        Writes its page, frontier.html, such as `letup.report.write_frontier_html`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    LetupError
        ``frontier.folder`` if the folder cannot be used, and what `letup.core.folders.replaced` raises.
    """
    folder = Path(folder)
    document = as_document(frontier)
    with folders.replaced(folder, FRONTIER_FOLDER, force=force) as fresh:
        files = [fresh / "frontier.csv", fresh / FRONTIER.name]
        write_csv(files[0], TABLES[f"frontier.csv:{frontier.against}"], frontier.records())
        files[1].write_text(folders.json_text(document), "utf-8")
        for index, (point, row) in enumerate(zip(frontier.points, document["points"], strict=True)):
            if point.windows or frontier.against == "need":
                pauses = [{name: pause[name] for name in PAUSES.names} for pause in row["pauses"]]
                files.append(write_csv(fresh / f"pauses-{frontier.name_of(index)}.csv", PAUSES, pauses))
        if page is not None:
            files.insert(0, fresh / "frontier.html")
            page(frontier, files[0])
    return [folder / file.name for file in files]


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
