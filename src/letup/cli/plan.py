"""letup plan: choose pauses and movements for a scenario."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letup.plan.making import Progress
    from letup.scenario.model import Scenario


def plan(
    scenario: Annotated[str, typer.Argument(help="A scenario folder, or the name of a bundled scenario.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; SCENARIO-plan if absent.")] = None,
    *,
    pauses: Annotated[Path | None, typer.Option(help="CSV of pauses given by hand: zone, start, end.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0, help="Seconds to look for better pauses; one greedy pass if absent.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Plan pauses and movements; write plan, tables, layers and report. Ctrl-C keeps the best so far."""
    from letup import plan as plans
    from letup import scenario as scenarios
    from letup.plan import show

    live = _Live()
    live.say(f"reading {scenario}")
    loaded = scenarios.load(scenario)
    live.end()
    print(show.what_was_read(loaded), file=sys.stderr)
    folder = out if out is not None else Path(f"{_name(scenario, loaded)}-plan")
    plans.require_usable(folder)
    given = plans.read_pauses(pauses, loaded) if pauses is not None else None
    try:
        made = plans.make(loaded, pauses=given, time_limit=time_limit, seed=seed, progress=live.progress)
    finally:
        live.end()
    live.say("writing")
    files = plans.write(made, folder)
    live.end()
    if as_json:
        _print_json(folder, files)
    else:
        print(show.plan_text(made, files, folder))


def _name(scenario: str, loaded: Scenario) -> str:
    """Name for the folder: the scenario's own folder, or as it was given."""
    return Path(scenario).resolve().name if Path(scenario).is_dir() else Path(scenario).name or loaded.title


def _print_json(folder: Path, files: list[Path]) -> None:
    """One JSON object: plan.json without its digests, and the files."""
    import json

    document = json.loads((folder / "plan.json").read_text("utf-8"))
    document.pop("digests", None)
    document["files"] = [str(path) for path in files]
    print(json.dumps(document, ensure_ascii=False))


class _Live:
    """One line on standard error that is written over; plain lines where that is not a terminal."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.open = False
        self.last = ""

    def say(self, text: str) -> None:
        """Show a text."""
        if self.terminal:
            sys.stderr.write(f"\r\x1b[2K{text}"[:200])
            self.open = True
        elif text.partition(":")[0] != self.last:
            self.last = text.partition(":")[0]
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def progress(self, state: Progress) -> None:
        """Show how far the planning has come."""
        text = f"{state.stage}: {state.seconds:.1f} s"
        if state.people:
            text += f", best so far {state.people:,} people"
        if state.ceiling:
            text += f", proven ceiling {state.ceiling:,}"
        if state.people and state.ceiling:
            from letup.plan.answer import percent

            text += f", gap {percent(state.gap, 1)}"
        self.say(text)

    def end(self) -> None:
        """Leave the line."""
        if self.open:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
        self.open = False
