"""letup plan: choose pauses and movements for a scenario."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from letup.plan.make.make import Progress
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
    from letup.plan import terminal as show

    live = _Live()
    live.say(f"reading {scenario}")
    loaded = scenarios.load(scenario)
    if priorities is not None:
        loaded = scenarios.with_priorities(loaded, priorities)
    live.end()
    print(show.what_was_read(loaded), file=sys.stderr)
    folder = out if out is not None else Path(f"{_name(scenario, loaded)}-plan")
    plans.require_usable(folder)
    given = plans.read_pauses(pauses, loaded) if pauses is not None else None
    if given is not None and (searches is not None or cluster is not None):
        from letup.core.errors import LetupError

        raise LetupError(
            "plan.searches",
            "Pauses given by hand leave nothing to search for",
            "Leave out --pauses, or --searches and --cluster.",
        )
    try:
        with _first_stop_waits(live):
            if searches is None and cluster is None:
                made = plans.make(loaded, pauses=given, time_limit=time_limit, seed=seed, progress=live.progress)
            else:
                from letup.plan.make.multistart import SEARCHES, make_best

                made = make_best(
                    loaded,
                    searches=searches if searches is not None else SEARCHES,
                    time_limit=time_limit,
                    seed=seed,
                    cluster=cluster,
                    progress=lambda done, of: live.say(f"searching: {done} of {of} searches done"),
                )
            live.chosen = True
            live.say("writing")
            files = plans.write(made, folder)
    except KeyboardInterrupt:
        live.end()
        print("error [plan.stopped] stopped before the plan was made\n  → Run it again.", file=sys.stderr)
        raise typer.Exit(_STOPPED) from None
    finally:
        live.end()
    if as_json:
        _print_json(folder, files)
    else:
        print(show.plan_text(made, files, folder))


_STOPPED = 130
_SEARCHING = (
    "compiling", "reading the roads", "proving the ceiling", "laying out the deliveries", "choosing the pauses",
)  # fmt: skip


@contextmanager
def _first_stop_waits(live: _Live) -> Iterator[None]:
    """Once the pauses are chosen, let the first Ctrl-C wait for the plan: a second one ends it without."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told = False

    def stop(_: int, __: FrameType | None) -> None:
        nonlocal told
        if told or not live.chosen:
            raise KeyboardInterrupt
        told = True
        live.end()
        print("writing the plan with the pauses chosen; Ctrl-C again ends without a plan", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
        self.chosen = False

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
        self.chosen = state.stage not in _SEARCHING
        text = f"{state.stage}: {state.seconds:.1f} s"
        if state.people:
            text += f", best so far {state.people:,} people"
        if state.ceiling:
            text += f", proven ceiling {state.ceiling:,}"
        if state.people and state.ceiling:
            from letup.core.wording import percent

            text += f", gap {percent(state.gap, 1)}"
        self.say(text)

    def end(self) -> None:
        """Leave the line."""
        if self.open:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
        self.open = False
