"""Read tables of a written plan for other uses than verifying it, such as an assessment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from letup.aid.deliveries.tables import DELIVERIES, RETURNS
from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding, finding
from letup.plan.files.document import PLAN
from letup.plan.files.tables import MOVEMENTS
from letup.scenario.essentials import essentials_of
from letup.scenario.model import Scenario
from letup.tables import Codes, read_rows

_CHECK = "Check the plan with `letup verify`."
_DELIVERY_CODES = Codes("verify.file", "verify.columns", "verify.row", "assess.delivery", _CHECK)
_MOVEMENT_CODES = Codes("verify.file", "verify.columns", "verify.row", "assess.movement", _CHECK)
_NUMBERS = ("people", "people_per_step", "arrive_first_step", "arrive_last_step")


def read_document(folder: Path | str) -> dict[str, Any]:
    """plan.json of a written plan as plain values, in the format of today.

    Raises
    ------
    LetupError
        ``format.newer`` or ``format.older`` where it was written by a letup that is too new or too old.
    OSError, ValueError
        If it cannot be read, or is no JSON object.
    """
    document = json.loads((Path(folder) / PLAN.name).read_text("utf-8"))
    if not isinstance(document, dict):
        raise ValueError(f"{PLAN.name} does not hold an object")
    return PLAN.up_to_date(document)


def read_movements(folder: Path | str, scenario: Scenario) -> pd.DataFrame:
    """Movements of a plan, as far as they say who leaves which zone and arrives where and when.

    This does not verify the plan; `letup.verify.verify` does.

    Parameters
    ----------
    folder : path
        Folder that `letup plan` wrote.
    scenario : Scenario
        What the movements are to be used with. It has to have the zones, people, places and steps that the plan was
        made with; stocks and needs may differ.

    Returns
    -------
    DataFrame
        Columns origin (zone id), shelter (place id), people, people_per_step, arrive_first_step, arrive_last_step.

    Raises
    ------
    LetupError
        ``assess.plan``: there is no plan in the folder, or it is one for another scenario.
    BadInput
        ``assess.movement``: rows that cannot be; all of them.
    """
    from letup import scenario as scenarios

    folder = Path(folder)
    if not (folder / "plan.json").is_file() or not (folder / "scenario").is_dir():
        raise LetupError("assess.plan", f"{folder} holds no plan", "Give the folder that `letup plan` wrote.")
    other = _difference(scenarios.load(str(folder / "scenario")), scenario)
    if other:
        message = f"{folder} is a plan for a scenario with other {other}"
        raise LetupError("assess.plan", message, "Plan again, or assess the scenario that the plan was made for.")
    rows, findings = read_rows(folder / MOVEMENTS.name, MOVEMENTS, _MOVEMENT_CODES, ["origin", "shelter", *_NUMBERS])
    for number, row in enumerate(rows or (), 2):
        findings += [_movement(message, f"row {number}", column) for column, message in _wrong(row, scenario)]
    if findings:
        raise BadInput(findings)
    table = pd.DataFrame(rows, columns=["origin", "shelter", *_NUMBERS])
    there = people_by_zone(scenario)
    for zone, people in table.groupby("origin")["people"].sum().items():
        if people > there.get(str(zone), 0):
            message = f"{people:,} people leave {zone}, where {there.get(str(zone), 0):,} are"
            findings.append(_movement(message, "", "people"))
    if findings:
        raise BadInput(findings)
    return table


def people_by_zone(scenario: Scenario) -> dict[str, int]:
    """People of each zone, those at its places included."""
    from letup.aid import staying

    people = staying(scenario).people[0]
    return {zone: int(people[index]) for index, zone in enumerate(scenario.zone_ids)}


def _difference(planned: Scenario, scenario: Scenario) -> str:
    """What differs between two scenarios so that one's movements mean nothing in the other; empty if nothing does."""
    if any(getattr(planned, name) != getattr(scenario, name) for name in ("start", "steps", "step_minutes")):
        return "steps"
    if planned.zone_ids != scenario.zone_ids:
        return "zones"
    if list(planned.places.index) != list(scenario.places.index):
        return "places"
    columns = ["zone", "place", "group", "count"]
    return "" if planned.people[columns].equals(scenario.people[columns]) else "people"


def _wrong(row: dict[str, Any], scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Column and message of each thing that is wrong with a movement."""
    if row["origin"] not in scenario.zones.index:
        yield "origin", f"there is no zone {row['origin'][:40]!r}"
    if row["shelter"] not in scenario.places.index:
        yield "shelter", f"there is no place {row['shelter'][:40]!r}"
    people, rate, first, last = (row[column] for column in _NUMBERS)
    if min(people, rate, first) < 0 or not first <= last <= scenario.steps:
        yield "arrive_last_step", f"arrives from step {first} to {last}, {rate} people at each"
    elif people != rate * (last - first + 1):
        yield "people", f"{people:,} people are not {rate:,} at each of its steps"


def _movement(message: str, where: str, column: str) -> Finding:
    return finding("assess.movement", message, _CHECK, file=MOVEMENTS.name, where=where, column=column)


def read_arrivals(folder: Path | str, scenario: Scenario) -> pd.DataFrame | None:
    """What the trucks of a plan bring to zones and when; None if the plan has no deliveries.

    This does not verify the plan; `letup.verify.verify` does.

    Parameters
    ----------
    folder : path
        Folder that `letup plan` wrote.
    scenario : Scenario
        What it is to be used with: with the zones and steps of the plan (`read_movements` makes sure), and
        with the essentials that it delivers, in the same units.

    Returns
    -------
    DataFrame
        Columns item, zone (empty for a warehouse), amount (unit of the essential), free_step.

    Raises
    ------
    BadInput
        ``assess.delivery``: rows that cannot be; all of them.
    """
    folder = Path(folder)
    if not (folder / DELIVERIES.name).is_file():
        return None
    rows, findings = read_rows(folder / DELIVERIES.name, DELIVERIES, _DELIVERY_CODES)
    returns, others = read_rows(folder / RETURNS.name, RETURNS, _DELIVERY_CODES)
    findings += others
    free = {row["id"]: row["free_step"] for row in returns or ()}
    units = {essential.name: essential.unit for essential in essentials_of(scenario)}
    for number, row in enumerate(rows or (), 2):
        findings += [_delivery(f"row {number}", *problem) for problem in _wrong_delivery(row, free, units, scenario)]
    if findings:
        raise BadInput(findings)
    brought = [{**row, "free_step": free[row["id"]]} for row in rows or ()]
    return pd.DataFrame(brought, columns=["item", "zone", "amount", "free_step"])


def _wrong_delivery(
    row: dict[str, Any], free: dict[str, Any], units: dict[str, str], scenario: Scenario
) -> list[tuple[str, str]]:
    """Column and message of each thing that is wrong with a row."""
    problems = []
    if row["zone"] and row["zone"] not in scenario.zones.index:
        problems.append(("zone", f"there is no zone {row['zone'][:40]!r}"))
    if row["item"] not in units:
        problems.append(("item", f"there is no essential {row['item'][:40]!r}"))
    elif row["unit"] != units[row["item"]]:
        message = f"{row['item']} is counted in {units[row['item']]} here, not in {row['unit'][:40]!r}"
        problems.append(("unit", message))
    if not 0 < free.get(row["id"], 0) <= scenario.steps:
        problems.append(("id", f"{row['id'][:40]!r} is unloaded at no time in returns.csv"))
    return problems


def _delivery(where: str, column: str, message: str) -> Finding:
    return finding("assess.delivery", message, _CHECK, file=DELIVERIES.name, where=where, column=column)
