"""Read what a written plan delivers for another use than verifying it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from letup.aid.deliveries.tables import DELIVERIES, RETURNS
from letup.core.errors import BadInput
from letup.core.findings import Finding
from letup.scenario.essentials import essentials_of
from letup.scenario.model import Scenario
from letup.tables import read_rows
from letup.verify.result import CODES


def read_arrivals(folder: Path | str, scenario: Scenario) -> pd.DataFrame | None:
    """What the trucks of a plan bring to zones and when; None if the plan has no deliveries.

    This does not verify the plan; `letup.verify.verify` does.

    Parameters
    ----------
    folder : path
        Folder that `letup plan` wrote.
    scenario : Scenario
        What it is to be used with: with the zones and steps of the plan (`letup.verify.read_movements` makes sure), and
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
    rows, findings = read_rows(folder / DELIVERIES.name, DELIVERIES, CODES)
    returns, others = read_rows(folder / RETURNS.name, RETURNS, CODES)
    findings += others
    free = {row["id"]: row["free_step"] for row in returns or ()}
    units = {essential.name: essential.unit for essential in essentials_of(scenario)}
    for number, row in enumerate(rows or (), 2):
        findings += [_finding(f"row {number}", *problem) for problem in _problems(row, free, units, scenario)]
    if findings:
        raise BadInput(findings)
    brought = [{**row, "free_step": free[row["id"]]} for row in rows or ()]
    return pd.DataFrame(brought, columns=["item", "zone", "amount", "free_step"])


def _problems(
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


def _finding(where: str, column: str, message: str) -> Finding:
    remedy = "Check the plan with `letup verify`, or plan again."
    return Finding("assess.delivery", "error", message, remedy, DELIVERIES.name, where, column)
