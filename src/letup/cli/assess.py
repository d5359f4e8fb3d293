"""letup assess: what people have to live on, and how long it lasts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from letup.aid import Assessment


def assess(
    scenario: Annotated[str, typer.Argument(help="A scenario folder, or the name of a bundled scenario.")],
    plan: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder that letup plan wrote: count its movements and deliveries, too."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write tables and a page to.")] = None,
    *,
    deprivation: Annotated[
        bool, typer.Option("--deprivation", help="Value going without water in money; its parameters are unconfirmed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Say how long water, food and fuel last in each zone, and what need is not met.

    Without --plan nothing is delivered in this reckoning: it is what happens without new supplies.
    """
    from letup import aid
    from letup import scenario as scenarios
    from letup.aid import files as tables
    from letup.aid.text import assessment_text

    loaded = scenarios.load(scenario)
    if out is not None:
        tables.require_usable(out)
    movements = brought = None
    if plan is not None:
        from letup.verify.read_arrivals import read_arrivals
        from letup.verify.read_movements import read_movements

        movements, brought = read_movements(plan, loaded), read_arrivals(plan, loaded)
    found = aid.assess(loaded, movements, brought, stretches=deprivation)
    files: list[Path] = []
    if out is not None:
        from letup.report import write_assessment_html

        files = tables.write(found, out)
        files.insert(0, write_assessment_html(found, out / "assessment.html"))
    if as_json:
        import json

        document = tables.as_document(found) | {"files": [str(path) for path in files]}
        if deprivation:
            document["deprivation"] = _deprivation(found)
        print(json.dumps(document, ensure_ascii=False))
        return
    print(assessment_text(found, files))
    if deprivation:
        print(_deprivation_text(found))


def _deprivation(found: Assessment) -> dict[str, Any]:
    """Cost of going without water, by zone and case; without it where the scenario knows nothing of water."""
    from letup.aid import WATER_UNCONFIRMED, deprivation_cost

    names = [one.name for one in found.essentials]
    cases = {"no_pause": found.likely, "better": found.better, "worse": found.worse}
    if found.with_plan is not None:
        cases["with_plan"] = found.with_plan
    cost: dict[str, float] = {}
    if "water" in names:
        item = names.index("water")
        known = found.known[item]
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


def _deprivation_text(found: Assessment) -> str:
    part = _deprivation(found)
    said = ", ".join(f"{case.replace('_', ' ')} {cost:,.0f}" for case, cost in part["cost"].items()) or "not known"
    return (
        f"\nGoing without water, valued after {part['source']}, US dollars: {said}.\n"
        f"  exp({part['level']} + {part['rate_per_hour']} h) - exp({part['level']}) for each person after h hours "
        f"without, at most {part['longest_hours']:g}; these parameters could not be confirmed in the paper.\n"
        "  It assumes that those who go without get nothing, and are always the same people."
    )
