"""``letup plan``: choose pauses and movements for a scenario."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from letup.cli.options import AsJson, Force, ScenarioName, Seed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from letup.plan import Plan


def plan(
    scenario: ScenarioName,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; SCENARIO-plan if absent.")] = None,
    *,
    pauses: Annotated[Path | None, typer.Option(help="CSV of pauses given by hand: zone, start, end.")] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0, help="Seconds to look for better pauses; one short search if absent.")
    ] = None,
    seed: Seed = 0,
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
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Plan pauses and movements; write plan, tables, layers and report. Ctrl-C keeps the best so far."""
    from letup import plan as plans
    from letup.cli.scenarios import folder_for, open_scenario
    from letup.core.errors import LetupError, Stopped
    from letup.core.progress import ProgressDisplay
    from letup.plan.shared_plan import shared_plan
    from letup.report import write

    with ProgressDisplay() as display:
        loaded = open_scenario(scenario, display, priorities)
        folder = out if out is not None else folder_for("plan", scenario, loaded)
        plans.require_usable(folder, loaded, force=force)
        pauses_by_hand = plans.read_pauses(pauses, loaded) if pauses is not None else None
        if pauses_by_hand is not None and (searches is not None or cluster is not None):
            raise LetupError(
                "plan.searches",
                "Pauses given by hand leave nothing to search for",
                "Leave out --pauses, or --searches and --cluster.",
            )
        try:
            with display.first_stop_waits():
                if searches is None and cluster is None:
                    made = plans.make(
                        loaded, pauses=pauses_by_hand, time_limit=time_limit, seed=seed, progress=display.show
                    )
                else:
                    from letup.plan.planner.multistart import SEARCHES, make_best

                    made = make_best(
                        loaded,
                        searches=searches if searches is not None else SEARCHES,
                        time_limit=time_limit,
                        seed=seed,
                        cluster=cluster,
                        progress=display.show,
                    )
                display.say("writing", chosen=True)
                files = write(made, folder, force=force)
        except KeyboardInterrupt:
            raise Stopped("plan.stopped", "stopped before the plan was made", "Run it again.") from None
    if as_json:
        _show_json(folder, files)
    else:
        show_plan(shared_plan(made), files, folder)


def _show_json(folder: Path, files: list[Path]) -> None:
    """One JSON object: plan.json without its digests, and the files."""
    import json

    from letup.cli.terminal import show_json

    document = json.loads((folder / "plan.json").read_text("utf-8"))
    document.pop("digests", None)
    document["files"] = [str(path) for path in files]
    show_json(document)


CEILING = (
    "That ceiling is proven but generous: it counts every allowed hour as quiet in every zone, whatever the limit on "
    "zone-hours, and may lie well above the best possible plan."
)
REACHED = "That is proven: no plan within the limits lets more people out."
BOUND = "That is proven for all pauses within the limits, zone-hours included."
_ALIKE = 2
"""Findings of one kind that are shown; the report shows all."""


def show_plan(plan: Plan, files: list[Path], folder: Path) -> None:
    """Print the answer, the pauses by day, what bounds the plan, findings, files, and how to verify it."""
    from letup.cli.terminal import show, show_written
    from letup.plan.answer import sentence
    from letup.plan.objectives import sentence_of

    show(sentence(plan), _proof(plan), "")
    if plan.windows:
        show(f"Pauses (local time, {plan.scenario.timezone}):", _pauses(plan), "")
    for lines in (_next_hour(plan), _deliveries(plan), [sentence_of(plan.objectives)] if plan.objectives else []):
        if lines:
            show(*lines, "")
    show(*_bounds(plan), "")
    show("Findings (checks and flags, never a verdict):", _findings(plan), "")
    show_written(files, f"Verify it: letup verify {shlex.quote(str(folder))}")


def _proof(plan: Plan) -> str:
    """How far the ceiling can be trusted to be near."""
    from letup.plan.ceiling import RELAXED

    if plan.arrive >= plan.ceiling:
        return REACHED
    return BOUND if plan.ceiling_basis == RELAXED else CEILING


def _pauses(plan: Plan) -> RenderableType:
    """Pauses in local time, by day."""
    from rich.table import Table

    from letup.cli.terminal import indented

    grid = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "left", "right", "right", "right", "right"):
        grid.add_column(justify=justify)
    day = ""
    for row in plan.pauses.sort_values(["start", "zone"]).to_dict("records"):
        if row["start"][:10] != day:
            day = row["start"][:10]
            grid.add_row(day)
        end = row["end"][11:16] if row["end"][:10] == day else f"{row['end'][:10]} {row['end'][11:16]}"
        need = f"{row['worth_need']:,.0f} person-days less" if plan.objectives else ""
        grid.add_row(
            f"  {row['start'][11:16]}-{end}",
            row["zone_name"],
            f"{row['hours']:.2f} h",
            f"{row['passing_people']:,} people pass,",
            f"{row['worth_people']:,} fewer get out without it{',' if need else ''}",
            need,
        )
    return indented(grid)


def _next_hour(plan: Plan) -> list[str]:
    """Where the next hour would bring most."""
    from letup.core.wording import sortable_until
    from letup.plan.answer import next_hours

    for best in next_hours(plan.next_hours, plan.pauses)[:1]:
        when = f"{best.first:%Y-%m-%d}, {best.first:%H:%M}-{sortable_until(best.first, best.last)},"
        return [f"What the next hour would bring: {best.said(when)}."]
    return []


def _deliveries(plan: Plan) -> list[str]:
    """What trucks bring, in one sentence, and what they leave out."""
    from letup.plan.deliveries import document_part

    if plan.deliveries is None:
        return []
    part = document_part(plan.deliveries, plan.scenario)
    return [part["sentence"], *(f"  {finding.message}" for finding in plan.deliveries.findings)]


def _bounds(plan: Plan) -> list[RenderableType]:
    """The three tightest bottlenecks."""
    import pandas as pd

    from letup.cli.terminal import notes

    if not len(plan.bottlenecks):
        return ["Nothing bounds the plan: everybody who wants to leave gets out."]
    lines = []
    for row in plan.bottlenecks.head(3).to_dict("records"):
        gain = row["gain_people"]
        more = "what that brings is not known" if pd.isna(gain) else f"{int(gain):,} people more"
        lines.append(f"{row['kind']}: {row['name']}; {row['relief']}: {more}")
    if plan.worth_basis:
        lines.append(f"({plan.worth_basis})")
    return ["Why not more:", notes(lines)]


def _findings(plan: Plan) -> RenderableType:
    """Findings, worst first, each with its rule; of many alike the first ones."""
    from rich.table import Table
    from rich.text import Text

    from letup.cli.terminal import indented, severity
    from letup.core.wording import and_more

    grid = Table.grid(padding=(0, 2, 0, 0))
    alike = Counter(finding.code for finding in plan.findings)
    shown: Counter[str] = Counter()
    for finding in plan.findings:
        shown[finding.code] += 1
        if shown[finding.code] > _ALIKE:
            continue
        rule = f" [{finding.rule}]" if finding.rule else ""
        message = finding.message.removeprefix("Flag: ").removeprefix("Check: ")
        grid.add_row(severity(finding), Text(f"{message[:1].upper()}{message[1:]}{rule}"))
        rest = and_more(alike[finding.code], _ALIKE, "like that")
        if shown[finding.code] == _ALIKE and rest:
            grid.add_row("", f"... {rest}; all are in report.html")
    return indented(grid)
