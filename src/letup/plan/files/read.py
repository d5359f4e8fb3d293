"""Read a written plan for other uses than verifying it, such as an assessment or convoys; and pauses given by hand."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.convoys.model import Truck, trucks_of
from letup.aid.convoys.tables import check_references, no_deliveries, read_deliveries
from letup.aid.deliveries.tables import DELIVERIES, RETURNS
from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding, finding
from letup.pauses.limits import Window, quiet_array
from letup.plan.files.document import MOVEMENTS, PLAN
from letup.roads import RoadNetwork, build
from letup.scenario.essentials import essentials_of
from letup.scenario.model import Scenario
from letup.tables import Codes, read_rows

_CHECK = "Check the plan with `letup verify`."
_DELIVERY_CODES = Codes("verify.file", "verify.columns", "verify.row", "assess.delivery", _CHECK)
_MOVEMENT_CODES = Codes("verify.file", "verify.columns", "verify.row", "assess.movement", _CHECK)
_LARGEST_BYTES = 20_000_000
_PAUSE_COLUMNS = ("zone", "start", "end")
_EXACT = 1e-6
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


@dataclass(frozen=True)
class Planned:
    """A plan as convoys need it.

    Attributes
    ----------
    scenario : Scenario
        The plan's copy of it.
    network : RoadNetwork
        Built anew from it.
    quiet : bool[zones, steps]
        When each zone is paused.
    deliveries : DataFrame
        deliveries.csv.
    trucks : list of Truck
        trucks.csv of the scenario.
    """

    scenario: Scenario
    network: RoadNetwork
    quiet: NDArray[np.bool_]
    deliveries: pd.DataFrame
    trucks: list[Truck]


def read_planned(folder: Path | str) -> Planned:
    """Read what convoys are made of from a folder that `letup plan` wrote.

    This does not verify the plan; `letup.verify.verify` does.

    Raises
    ------
    LetupError
        ``convoys.plan``: there is no plan, or it has no deliveries.
    BadInput
        ``convoys.file``, ``convoys.value``: tables that cannot be used.
    """
    folder = Path(folder)
    scenario, quiet = read_pauses_of(folder)
    goods = read_goods(folder, scenario)
    if goods is None and not len(scenario.patients):
        message = f"{folder} is a plan without deliveries, and without patients to move"
        remedy = "Plan a scenario with trucks.csv; convoys are made of a plan's deliveries.csv."
        raise LetupError("convoys.plan", message, remedy)
    deliveries, trucks = goods or (no_deliveries(), [])
    return Planned(scenario, build(scenario), quiet, deliveries, trucks)


def read_goods(folder: Path, scenario: Scenario) -> tuple[pd.DataFrame, list[Truck]] | None:
    """Deliveries of a written plan and the trucks of its scenario; None if it has none.

    Raises
    ------
    BadInput
        ``convoys.file``, ``convoys.value``: tables that cannot be used.
    """
    if not (folder / "deliveries.csv").is_file():
        return None
    deliveries = read_deliveries(folder / "deliveries.csv")
    trucks = trucks_of(scenario)
    findings = check_references(deliveries, trucks, scenario)
    if findings:
        raise BadInput(findings)
    return deliveries, trucks


def read_pauses_of(folder: Path) -> tuple[Scenario, NDArray[np.bool_]]:
    """Scenario of a written plan, and when each of its zones is quiet: bool[zones, steps]."""
    from letup import scenario as scenarios

    if not (folder / "plan.json").is_file() or not (folder / "scenario").is_dir():
        raise LetupError("convoys.plan", f"{folder} holds no plan", "Give the folder that `letup plan` wrote.")
    scenario = scenarios.load(str(folder / "scenario"))
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    try:
        document = read_document(folder)
        windows = [
            Window(number[row["zone"]], int(row["first_step"]), int(row["last_step"])) for row in document["pauses"]
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"plan.json in {folder} cannot be read: {type(error).__name__} {error}"
        raise LetupError("convoys.plan", message, "Check the plan with `letup verify`.") from error
    if any(not 0 <= window.first <= window.last < scenario.steps for window in windows):
        message = f"plan.json in {folder} has pauses outside the time of its scenario"
        raise LetupError("convoys.plan", message, "Check the plan with `letup verify`.")
    return scenario, quiet_array(windows, len(number), scenario.steps)


def read_pauses(path: Path | str, scenario: Scenario) -> list[Window]:
    """Read a CSV of pauses.

    Parameters
    ----------
    path : path
        File with the columns zone (id), start and end (ISO 8601; local time where no offset is given).
    scenario : Scenario
        The scenario they are for.

    Raises
    ------
    BadInput
        With a finding for every row that cannot be used.
    """
    path = Path(path)
    findings: list[Finding] = []
    windows: list[Window] = []
    rows = _rows(path, findings)
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    line_of: dict[Window, int] = {}
    for line, row in rows:
        window = _window(row, line, file=path.name, scenario=scenario, number=number, findings=findings)
        if window is None:
            continue
        for other in windows:
            if other.zone == window.zone and window.first <= other.last + 1 and other.first <= window.last + 1:
                text = f"the pause of {row['zone']} overlaps or touches the one in row {line_of[other]}"
                remedy = "Join them into one row, or leave time between them."
                findings.append(finding("pauses.overlap", text, remedy, file=path.name, where=f"row {line}"))
        line_of.setdefault(window, line)
        windows.append(window)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return sorted(windows)


def _rows(path: Path, findings: list[Finding]) -> list[tuple[int, dict[str, str]]]:
    """Rows by line number; findings where the file cannot be read."""

    def refuse(code: str, message: str, remedy: str, where: str = "") -> list[tuple[int, dict[str, str]]]:
        findings.append(finding(code, message, remedy, file=path.name, where=where))
        return []

    try:
        if not path.is_file():
            return refuse("pauses.file", f"there is no file {path}", "Give the path of a CSV file.")
        if path.stat().st_size > _LARGEST_BYTES:
            return refuse("pauses.file", "the file is larger than 20 MB", "Give a CSV with one pause per row.")
        text = path.read_text("utf-8-sig")
        if "\0" in text:
            return refuse("pauses.file", "the file holds zero bytes", "Save it as CSV in UTF-8.")
        reader = csv.DictReader(io.StringIO(text), strict=True)
        names = [name.strip() for name in reader.fieldnames or []]
        missing = [name for name in _PAUSE_COLUMNS if name not in names]
        if missing:
            return refuse(
                "pauses.column", f"columns missing: {', '.join(missing)}", "Use the columns zone, start and end."
            )
        reader.fieldnames = names
        rows = [
            (reader.line_num, {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}) for row in reader
        ]
    except UnicodeDecodeError:
        return refuse("pauses.file", "the file is not UTF-8", "Save it as CSV in UTF-8.")
    except (OSError, csv.Error) as error:
        return refuse("pauses.file", f"the file cannot be read: {error}", "Save it as CSV in UTF-8.")
    if not rows:
        return refuse("pauses.file", "the file has no rows", "Write one pause per row.")
    return rows


def _window(
    row: dict[str, str], line: int, *, file: str, scenario: Scenario, number: dict[str, int], findings: list[Finding]
) -> Window | None:
    """The window of one row; None with findings if it cannot be used."""
    before = len(findings)

    def refuse(code: str, message: str, remedy: str, column: str) -> None:
        findings.append(finding(code, message, remedy, file=file, where=f"row {line}", column=column))

    if row["zone"] not in number:
        known = ", ".join(list(number)[:8])
        refuse(
            "pauses.zone",
            f"there is no zone {row['zone']!r}",
            f"Use a zone id of the scenario, such as {known}.",
            "zone",
        )
    edges: list[int] = []
    for column in ("start", "end"):
        try:
            moment = datetime.fromisoformat(row[column])
        except ValueError:
            text = f"{row[column]!r} is not a date and time"
            refuse("pauses.time", text, "Write it as 2023-11-05T09:00.", column)
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=scenario.local)
        step = scenario.clock.step_at(moment)
        if abs(step - round(step)) > _EXACT:
            text = f"{row[column]} does not fall on a step of {scenario.step_minutes} minutes"
            refuse("pauses.time", text, "Move it to a step.", column)
        elif not 0 <= round(step) <= scenario.steps:
            text = f"{row[column]} is outside the time of the scenario"
            refuse("pauses.outside", text, "See start, steps and step_minutes in scenario.yaml.", column)
        else:
            edges.append(round(step))
    if len(findings) == before and edges[0] >= edges[1]:
        refuse("pauses.time", "the pause ends before it starts", "Correct start or end.", "end")
    if len(findings) > before:
        return None
    return Window(number[row["zone"]], edges[0], edges[1] - 1)
