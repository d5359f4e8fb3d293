"""``letup convoys``: from a plan's deliveries to movement orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from letup.cli.options import AsJson, Force, Seed

if TYPE_CHECKING:
    from letup.aid.convoys.model import Convoy, Load, Orders
    from letup.scenario.model import Scenario


def convoys(
    plan: Annotated[Path, typer.Argument(metavar="PLAN_DIR", help="Folder that letup plan wrote.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the plan's own if absent.")] = None,
    vehicles: Annotated[int, typer.Option(min=1, max=1000, help="Most vehicles in one convoy.")] = 10,
    margin: Annotated[
        int, typer.Option(min=0, max=720, help="Minutes before the end of a pause in which nobody is on the way.")
    ] = 15,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds to search.")] = 40,
    seed: Seed = 0,
    *,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make convoys of a plan's deliveries: who drives what where and when.

    Writes tables of stops, loads and what is left, a GPX file and a page to print for each convoy, and medevac.csv
    where there are patients to move. No vehicle is on a road, or where it may not stay, when a pause ends.
    """
    from letup.aid.convoys.gpx import write_gpx
    from letup.aid.convoys.make import make_convoys, make_medevac
    from letup.aid.convoys.rules import Settings
    from letup.aid.convoys.tables import CONVOYS_FOLDER, write_medevac, write_tables
    from letup.cli.terminal import show, show_json, show_written
    from letup.core.folders import replaced, require_usable
    from letup.core.progress import ProgressDisplay
    from letup.plan.files.read import read_planned
    from letup.report.convoys import PATIENTS, write_convoy_pages

    folder = out or plan
    settings = Settings(vehicles=vehicles, margin_minutes=margin, seconds=time_limit, seed=seed)
    with ProgressDisplay() as display:
        display.say(f"reading {plan}")
        planned = read_planned(plan)
        require_usable(folder, CONVOYS_FOLDER, force=force)
        world = planned.scenario, planned.network, planned.quiet
        display.say("making convoys")
        orders = make_convoys(*world, planned.deliveries, planned.trucks, settings)
        patients = None
        if len(planned.scenario.patients):
            display.say("moving patients")
            patients = make_medevac(*world, settings)
        display.say("writing")
        with replaced(folder, CONVOYS_FOLDER, force=force) as fresh:
            tables = write_tables(orders, planned.scenario, fresh)
            sheets = write_gpx(orders, planned.scenario, planned.network, fresh / "gpx")
            pages = write_convoy_pages(orders, *world, fresh / "pages")
            if patients is not None:
                tables += write_medevac(patients, planned.scenario, fresh)
                sheets += write_gpx(patients, planned.scenario, planned.network, fresh / "gpx")
                pages += write_convoy_pages(patients, *world, fresh / "pages", PATIENTS)
            files = [folder / path.relative_to(fresh) for path in (*tables, *sheets, *pages)]
    if as_json:
        document = _document(orders) | {"files": [str(path) for path in files]}
        if patients is not None:
            document["medevac"] = _document(patients)
        show_json(document)
        return
    _show(orders, planned.scenario, "vehicle", "carry")
    if patients is not None:
        _show(patients, planned.scenario, "ambulance", "take")
    show(f"Times are local, {planned.scenario.timezone}. A model's proposal, not a permission.")
    then = [f"Verify it: letup verify {plan}"] if folder == plan else []
    show_written((*files[: len(tables)], folder / "gpx", folder / "pages"), *then)


def _document(orders: Orders) -> dict[str, Any]:
    """What ``--json`` prints."""
    from dataclasses import asdict

    from letup.aid.convoys.tables import totals

    return {
        "convoys": len(orders.convoys),
        "vehicles": sum(convoy.vehicles for convoy in orders.convoys),
        "carried": _amounts(totals(_loads(orders))),
        "left": _amounts(totals(orders.left)),
        "findings": [asdict(finding) for finding in orders.findings],
    }


def _loads(orders: Orders) -> list[Load]:
    """Everything that all convoys carry."""
    return [piece.load for convoy in orders.convoys for row in convoy.manifest for piece in row]


def _amounts(amounts: dict[tuple[str, str], float]) -> list[dict[str, Any]]:
    return [{"item": item, "amount": amount, "unit": unit} for (item, unit), amount in sorted(amounts.items())]


def _show(orders: Orders, scenario: Scenario, what: str, verb: str) -> None:
    """Print the answer in one sentence, then each day, then findings."""
    from letup.aid.convoys.tables import local
    from letup.cli.terminal import finding_rows, notes, show
    from letup.core.wording import and_more

    loads = _loads(orders)
    verb += "s" if len(orders.convoys) == 1 else ""
    show(
        f"{_fleet(orders.convoys, what)} in all {verb} {_goods(loads) or 'nothing'}; "
        + (f"left: {_goods(orders.left)}." if orders.left else "nothing is left.")
    )
    days = []
    for day in sorted({convoy.day for convoy in orders.convoys}):
        own = [convoy for convoy in orders.convoys if convoy.day == day]
        first = local(scenario, min(convoy.stops[0].leave_earliest for convoy in own))
        back = local(scenario, max(convoy.stops[-1].arrive_earliest for convoy in own))
        later = "" if back[:10] == first[:10] else f"{back[:10]} "
        days.append(
            f"{first[:10]}: {_fleet(own, what)}, the first on the road at {first[11:16]}, "
            f"the last at its end at {later}{back[11:16]} if all goes as planned"
        )
    if days:
        show(notes(days))
    if orders.findings:
        show(finding_rows(orders.findings[:_SHOWN]))
    if rest := and_more(len(orders.findings), _SHOWN, "findings"):
        show(f"  ... {rest}; --json lists all")


def _fleet(convoys: Sequence[Convoy], what: str) -> str:
    """How many convoys and vehicles."""
    from letup.core.wording import plural

    going = sum(convoy.vehicles for convoy in convoys)
    return f"{plural(len(convoys), 'convoy')} with {plural(going, what)}"


def _goods(loads: Iterable[Load]) -> str:
    """Tonnes and amounts by item; patients by number."""
    from letup.aid.convoys.tables import totals
    from letup.core.wording import listed

    every = list(loads)
    kg: dict[str, float] = defaultdict(float)
    for load in every:
        kg[load.item] += load.kg
    parts = []
    for (item, unit), amount in sorted(totals(every).items()):
        number = f"{amount:,.0f}" if amount >= 100 else f"{amount:,.4g}"
        parts.append(f"{kg[item] / 1000:,.1f} t of {item} ({number} {unit})" if kg[item] else f"{number} {item}")
    return listed(parts)


_SHOWN = 20
