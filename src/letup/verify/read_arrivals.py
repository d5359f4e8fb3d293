"""Read what a written plan delivers for another use than verifying it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from letup.aid.deliveries.model import COLUMNS, RETURN_COLUMNS
from letup.core.errors import BadInput
from letup.core.findings import Finding
from letup.scenario.essentials import essentials_of
from letup.scenario.model import Scenario
from letup.verify.deliveries import read_rows
from letup.verify.result import Verification

_FILE, _RETURNS = "deliveries.csv", "returns.csv"


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
    if not (folder / _FILE).is_file():
        return None
    result = Verification()
    there = read_rows(folder / _FILE, COLUMNS, result, whole=(), numbers=("amount",), optional=())
    back = read_rows(folder / _RETURNS, RETURN_COLUMNS, result, whole=("free_step",), numbers=(), optional=())
    found = list(result.problems)
    free = {row["id"]: row["free_step"] for row in back or ()}
    units = {one.name: one.unit for one in essentials_of(scenario)}
    for number, row in enumerate(there or (), 2):
        found += [_wrong(f"row {number}", *one) for one in _problems(row, free, units, scenario)]
    if found:
        raise BadInput(found)
    rows = [{**row, "free_step": free[row["id"]]} for row in there or ()]
    return pd.DataFrame(rows, columns=["item", "zone", "amount", "free_step"])


def _problems(
    row: dict[str, Any], free: dict[str, Any], units: dict[str, str], scenario: Scenario
) -> list[tuple[str, str]]:
    """Column and message of each thing that is wrong with a row."""
    found = []
    if row["zone"] and row["zone"] not in scenario.zones.index:
        found.append(("zone", f"there is no zone {row['zone'][:40]!r}"))
    if row["item"] not in units:
        found.append(("item", f"there is no essential {row['item'][:40]!r}"))
    elif row["unit"] != units[row["item"]]:
        found.append(("unit", f"{row['item']} is counted in {units[row['item']]} here, not in {row['unit'][:40]!r}"))
    if not (math.isfinite(row["amount"]) and row["amount"] >= 0):
        found.append(("amount", f"{row['amount']} is no amount"))
    if not 0 < free.get(row["id"], 0) <= scenario.steps:
        found.append(("id", f"{row['id'][:40]!r} is unloaded at no time in returns.csv"))
    return found


def _wrong(where: str, column: str, message: str) -> Finding:
    remedy = "Check the plan with `letup verify`, or plan again."
    return Finding("assess.delivery", "error", message, remedy, _FILE, where, column)
