"""Read the movements of a written plan for another use than verifying it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding
from letup.scenario.model import Scenario
from letup.verify.verification import Verification, rows_of

_NUMBERS = ("people", "people_per_step", "arrive_first_step", "arrive_last_step")


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
    result = Verification()
    rows = rows_of(folder / "movements.csv", result)
    found = list(result.problems)
    kept = [_row(row, f"row {number}", scenario, found) for number, row in enumerate(rows or [], 2)]
    table = pd.DataFrame([row for row in kept if row], columns=["origin", "shelter", *_NUMBERS])
    left = table.groupby("origin")["people"].sum()
    there = people_by_zone(scenario)
    for zone, people in left.items():
        if people > there.get(str(zone), 0):
            message = f"{people:,} people leave {zone}, where {there.get(str(zone), 0):,} are"
            found.append(_finding(message, "", "people"))
    if found:
        raise BadInput(found)
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


def _row(row: dict[str, str], where: str, scenario: Scenario, found: list[Finding]) -> dict[str, Any] | None:
    wrong = len(found)
    numbers: dict[str, int] = {}
    for column in _NUMBERS:
        if row[column].isascii() and row[column].isdigit() and len(row[column]) < 12:
            numbers[column] = int(row[column])
        else:
            found.append(_finding(f"{row[column][:40]!r} is not a whole number", where, column))
    if row["origin"] not in scenario.zones.index:
        found.append(_finding(f"there is no zone {row['origin'][:40]!r}", where, "origin"))
    if row["shelter"] not in scenario.places.index:
        found.append(_finding(f"there is no place {row['shelter'][:40]!r}", where, "shelter"))
    if len(found) == wrong:
        first, last = numbers["arrive_first_step"], numbers["arrive_last_step"]
        if not first <= last <= scenario.steps:
            found.append(_finding(f"arrives from step {first} to {last}", where, "arrive_last_step"))
        elif numbers["people"] != numbers["people_per_step"] * (last - first + 1):
            message = f"{numbers['people']:,} people are not {numbers['people_per_step']:,} at each of its steps"
            found.append(_finding(message, where, "people"))
    return {"origin": row["origin"], "shelter": row["shelter"], **numbers} if len(found) == wrong else None


def _finding(message: str, where: str, column: str) -> Finding:
    remedy = "Check the plan with `letup verify`."
    return Finding("assess.movement", "error", message, remedy, "movements.csv", where, column)
