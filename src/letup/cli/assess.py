"""``letup assess``: what people have to live on, and how long it lasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from letup.cli.options import AsJson, Force, ScenarioName

if TYPE_CHECKING:
    from rich.table import Table

    from letup.aid import Assessment


def assess(
    scenario: ScenarioName,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder that letup plan wrote: count its movements and deliveries, too."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write tables and a page to.")] = None,
    *,
    deprivation: Annotated[
        bool, typer.Option("--deprivation", help="Value going without water in money; its parameters are unconfirmed.")
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Say how long water, food and fuel last in each zone, and what need is not met.

    Without --plan nothing is delivered in this reckoning: it is what happens without new supplies.
    """
    from letup import aid
    from letup import scenario as scenarios
    from letup.aid import files as tables
    from letup.cli.terminal import show, show_json
    from letup.core.folders import require_usable
    from letup.core.progress import ProgressDisplay

    with ProgressDisplay(plain=False) as display:
        display.say(f"reading {scenario}")
        loaded = scenarios.load(scenario)
        if out is not None:
            require_usable(out, tables.ASSESSMENT_FOLDER, force=force)
        movements = brought = None
        if plan is not None:
            from letup.plan.files.read import read_arrivals, read_movements

            movements, brought = read_movements(plan, loaded), read_arrivals(plan, loaded)
        display.say("assessing")
        assessment = aid.assess(loaded, movements, brought, stretches=deprivation)
        files: list[Path] = []
        if out is not None:
            from letup.report import write_assessment_html

            files = tables.write(assessment, out, force=force, page=write_assessment_html)
    if as_json:
        document = tables.as_document(assessment) | {"files": [str(path) for path in files]}
        if deprivation:
            document["deprivation"] = _deprivation(assessment)
        show_json(document)
        return
    show_assessment(assessment, files)
    if deprivation:
        show("", *_deprivation_lines(assessment))


_ROWS = 40
"""Rows of a table that are shown; the tables that are written have all."""


def show_assessment(assessment: Assessment, files: list[Path]) -> None:
    """Print the answer, days left by zone, need not met by essential, what the plan changes, facilities, findings."""
    from letup.aid.assessment import answer
    from letup.aid.assessment import notes as how_to_read
    from letup.cli.terminal import finding_rows, indented, notes, show, show_written

    show(answer(assessment), "")
    for part in (_zones(assessment), _totals(assessment), _changes(assessment), _facilities(assessment)):
        if part.row_count:
            show(indented(part), "")
    show(notes(how_to_read(assessment)))
    if assessment.findings:
        show("", "Findings", finding_rows(assessment.findings))
    if files:
        show("")
        show_written(files)


def _zones(assessment: Assessment) -> Table:
    """Days left by zone and essential, the worst zone first."""
    from letup.aid.assessment import column_of, share_met, shown, zones_worst_first
    from letup.cli.terminal import table
    from letup.core.wording import and_more

    items = [item for item in shown(assessment) if assessment.essentials[item].per_person]
    zones = zones_worst_first(assessment)
    head = ["zone", "people"]
    for item in items:
        head += [f"{assessment.essentials[item].label.lower()}, days left", "met"]
    names = [str(name) for name in assessment.scenario.zones["name"]]
    rows = [
        [names[zone], f"{assessment.presence.people[0, zone]:,.0f}"]
        + [cell(assessment, item, zone) for item in items for cell in (column_of, share_met)]
        for zone in zones[:_ROWS]
    ]
    if rest := and_more(len(zones), _ROWS):
        rows.append([f"... {rest}: see --out"])
    return table(head, rows)


def _totals(assessment: Assessment) -> Table:
    """Person-days of need that are not met, by essential."""
    from letup.aid.assessment import shown
    from letup.cli.terminal import table

    plan = assessment.with_plan
    head = ["person-days", "of need", "not met, no pause", "low to high"]
    head += ["not met, with the plan"] if plan is not None else []
    rows = []
    for item in shown(assessment):
        essential = assessment.essentials[item]
        if not essential.per_person:
            continue
        known = assessment.known[item]
        unmet, low, high = (
            f"{assessment.unmet_person_days(item, balance):,.0f}"
            for balance in (assessment.likely, assessment.better, assessment.worse)
        )
        with_plan = [f"{assessment.unmet_person_days(item, plan):,.0f}"] if plan is not None else []
        below = assessment.likely.below_survival_person_days[item, known].sum()
        rows.append(
            [
                essential.label.lower(),
                f"{assessment.likely.person_days[item, known].sum():,.0f}",
                unmet,
                f"{low} to {high}",
                *with_plan,
                f"{below:,.0f}" if essential.survival else "–",
            ]
        )
    return table([*head, "below survival"], rows)


def _changes(assessment: Assessment) -> Table:
    """Where the plan changes most."""
    from letup.aid.assessment import changes
    from letup.cli.terminal import table

    head = ("changed most by the plan", "essential", "not met, no pause", "with the plan", "change")
    return table(head, changes(assessment), left=(0, 1))


def _facilities(assessment: Assessment) -> Table:
    """How long facilities can work."""
    from letup.aid.assessment import facility_name, ranged
    from letup.cli.terminal import table
    from letup.core.wording import and_more, capitalised

    rows = []
    for number, facility in enumerate(assessment.supplies.facilities):
        if facility.use > 0:
            item = assessment.essentials[facility.uses]
            ends = [end.idle_from[number] for end in (assessment.likely, assessment.worse, assessment.better)]
            name = str(assessment.scenario.zones["name"].iloc[facility.zone])
            needs = f"{facility.use:,.0f} {item.unit} of {item.label.lower()}"
            rows.append([capitalised(facility_name(assessment.scenario, facility)), name, needs, ranged(*ends)])
    if rest := and_more(len(rows), _ROWS):
        rows = [*rows[:_ROWS], [f"... {rest}"]]
    return table(("facility", "zone", "needs a day", "days left"), rows, left=(0, 1))


def _deprivation(assessment: Assessment) -> dict[str, Any]:
    """Cost of going without water, by zone and case; without it where the scenario knows nothing of water."""
    from letup.aid import WATER_UNCONFIRMED, deprivation_cost

    names = [essential.name for essential in assessment.essentials]
    cases = {"no_pause": assessment.likely, "better": assessment.better, "worse": assessment.worse}
    if assessment.with_plan is not None:
        cases["with_plan"] = assessment.with_plan
    cost: dict[str, float] = {}
    if "water" in names:
        item = names.index("water")
        known = assessment.known[item]
        cost = {
            case: round(float(deprivation_cost(balance, item, WATER_UNCONFIRMED)[known].sum()), 2)
            for case, balance in cases.items()
        }
    return {
        "essential": "water",
        "unit": "US dollars",
        "cost": cost,
        "level": WATER_UNCONFIRMED.level,
        "rate_per_hour": WATER_UNCONFIRMED.rate,
        "longest_hours": WATER_UNCONFIRMED.longest_hours,
        "confirmed": False,
        "source": "Holguín-Veras et al. (2013), Journal of Operations Management 31(5), 262-280",
    }


def _deprivation_lines(assessment: Assessment) -> list[str]:
    part = _deprivation(assessment)
    costs = ", ".join(f"{case.replace('_', ' ')} {cost:,.0f}" for case, cost in part["cost"].items()) or "not known"
    return [
        f"Going without water, valued after {part['source']}, US dollars: {costs}.",
        f"  exp({part['level']} + {part['rate_per_hour']} h) - exp({part['level']}) for each person after h hours "
        f"without, at most {part['longest_hours']:g}; these parameters could not be confirmed in the paper.",
        "  It assumes that those who go without get nothing, and are always the same people.",
    ]
