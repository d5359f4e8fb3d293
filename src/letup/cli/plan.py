"""letup plan: choose pauses and movements for a scenario."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letup.scenario.model import Scenario


def plan(
    scenario: Annotated[str, typer.Argument(help="A scenario folder, or the name of a bundled scenario.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; SCENARIO-plan if absent.")] = None,
    *,
    pauses: Annotated[Path | None, typer.Option(help="CSV of pauses given by hand: zone, start, end.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0, help="Seconds to look for better pauses; one short search if absent.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    priorities: Annotated[
        str | None,
        typer.Option(help="What one person out and one person-day of need met are worth, such as people=1,need=0.03."),
    ] = None,
    searches: Annotated[
        int | None,
        typer.Option(min=1, max=1000, help="Search several times with different seeds, side by side; keep the best."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Search on a Dask cluster, such as tcp://10.0.0.5:8786; 4 searches."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Plan pauses and movements; write plan, tables, layers and report. Ctrl-C keeps the best so far."""
    from letup import plan as plans
    from letup import scenario as scenarios
    from letup.core.errors import LetupError, Stopped
    from letup.core.progress import ProgressDisplay
    from letup.plan import terminal as show

    with ProgressDisplay() as display:
        display.say(f"reading {scenario}")
        loaded = scenarios.load(scenario)
        if priorities is not None:
            loaded = scenarios.with_priorities(loaded, priorities)
        display.close()
        print(show.what_was_read(loaded), file=sys.stderr)
        folder = out if out is not None else Path(f"{folder_name(scenario, loaded)}-plan")
        plans.require_usable(folder)
        given = plans.read_pauses(pauses, loaded) if pauses is not None else None
        if given is not None and (searches is not None or cluster is not None):
            raise LetupError(
                "plan.searches",
                "Pauses given by hand leave nothing to search for",
                "Leave out --pauses, or --searches and --cluster.",
            )
        try:
            with display.first_stop_waits():
                if searches is None and cluster is None:
                    made = plans.make(loaded, pauses=given, time_limit=time_limit, seed=seed, progress=display.show)
                else:
                    from letup.plan.make.multistart import SEARCHES, make_best

                    made = make_best(
                        loaded,
                        searches=searches if searches is not None else SEARCHES,
                        time_limit=time_limit,
                        seed=seed,
                        cluster=cluster,
                        progress=display.show,
                    )
                display.say("writing", chosen=True)
                files = plans.write(made, folder)
        except KeyboardInterrupt:
            raise Stopped("plan.stopped", "stopped before the plan was made", "Run it again.") from None
    if as_json:
        _print_json(folder, files)
    else:
        print(show.plan_text(made, files, folder))


def folder_name(scenario: str, loaded: Scenario) -> str:
    """Name for the folder: the scenario's own folder, or as it was given."""
    return Path(scenario).resolve().name if Path(scenario).is_dir() else Path(scenario).name or loaded.title


def _print_json(folder: Path, files: list[Path]) -> None:
    """One JSON object: plan.json without its digests, and the files."""
    import json

    document = json.loads((folder / "plan.json").read_text("utf-8"))
    document.pop("digests", None)
    document["files"] = [str(path) for path in files]
    print(json.dumps(document, ensure_ascii=False))
