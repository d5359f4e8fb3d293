"""``letup frontier``: what more pause brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letup.cli.options import AsJson, Force, ScenarioName, Seed

if TYPE_CHECKING:
    from letup.plan.frontier.model import Frontier


def frontier(
    scenario: ScenarioName,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; SCENARIO-frontier if absent.")] = None,
    *,
    points: Annotated[int, typer.Option(min=1, max=100, help="How many points, around the scenario's own limit.")] = 6,
    zone_hours: Annotated[str | None, typer.Option(help="The points by hand: zone-hours, such as 20,40,80.")] = None,
    concession: Annotated[
        bool, typer.Option("--concession", help="Over what pauses cost the parties in place of zone-hours.")
    ] = False,
    costs: Annotated[str | None, typer.Option(help="The points by hand with --concession, such as 10,20.")] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="need", help="People against need met by trucks, within the scenario's limits: --against need."
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds to search each point.")] = 60.0,
    seed: Seed = 0,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Search on a Dask cluster, such as tcp://10.0.0.5:8786."),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Say what more pause brings: people who get out against zone-hours, with a proven ceiling at each point.

    Ctrl-C keeps what is ready.
    """
    from letup.cli.scenarios import folder_for, open_scenario
    from letup.cli.terminal import show_json
    from letup.core.folders import require_usable
    from letup.core.progress import ProgressDisplay
    from letup.plan.frontier import files as frontier_files
    from letup.plan.frontier.against_need import tradeoff
    from letup.plan.frontier.over_budget import frontier as frontier_over
    from letup.report import write_frontier_html

    budgets = _numbers(costs if concession else zone_hours, "--costs" if concession else "--zone-hours")
    if (costs is not None and not concession) or (zone_hours is not None and concession):
        raise _wrong("--zone-hours goes without --concession, and --costs with it")
    if against is not None and (against != "need" or concession or budgets is not None):
        raise _wrong("--against takes need, and goes without budgets: the scenario's limits hold")
    with ProgressDisplay() as display:
        loaded = open_scenario(scenario, display)
        folder = out if out is not None else folder_for("frontier", scenario, loaded)
        require_usable(folder, frontier_files.FRONTIER_FOLDER, force=force)
        made: Frontier
        if against is not None:
            made = tradeoff(
                loaded, points=points, time_limit=time_limit, seed=seed, cluster=cluster, progress=display.show
            )
        else:
            made = frontier_over(
                loaded,
                budgets=budgets,
                points=points,
                by="concession" if concession else "zone_hours",
                time_limit=time_limit,
                seed=seed,
                cluster=cluster,
                progress=display.show,
            )
    files = frontier_files.write_frontier(made, folder, force=force, page=write_frontier_html)
    if as_json:
        show_json(frontier_files.as_document(made) | {"files": [str(path) for path in files]})
    else:
        show_frontier(made, files)


def show_frontier(frontier: Frontier, files: Sequence[Path]) -> None:
    """Print the answer in one sentence, the table, how to read it, and the files."""
    from letup.cli.terminal import indented, notes, show, show_written, table

    head, rows = frontier.text_table()
    show(frontier.answer(), "")
    show(indented(table(head, [row for row in rows if len(row) == len(head)], left=())))
    reasons = [f"{row[0]}: no plan: {row[1]}" for row in rows if len(row) < len(head)]
    if reasons:
        show(notes(reasons))
    show("", notes(frontier.notes()), "")
    who = "people and trucks" if frontier.against == "need" else "people"
    pauses = [file for file in files if file.name.startswith("pauses-")]
    show_written(
        files, *(f"Move {who} through one of them: letup plan SCENARIO --pauses {file}" for file in pauses[-1:])
    )


def _numbers(text: str | None, option: str) -> list[float] | None:
    """Numbers set apart by commas."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise _wrong(f"{option} {text} must be numbers set apart by commas, such as 20,40,80") from None


def _wrong(message: str) -> Exception:
    from letup.core.errors import LetupError

    return LetupError("frontier.budgets", message, "See `letup frontier --help`.")
