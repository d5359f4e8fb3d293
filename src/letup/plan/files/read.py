"""Read a written plan for other uses than verifying it, such as an assessment or convoys; and pauses given by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.convoys.model import Truck, trucks_of
from letup.aid.convoys.tables import check_references, no_deliveries, read_deliveries
from letup.aid.deliveries.model import DELIVERIES, RETURNS
from letup.core.clock import moment_of
from letup.core.collect import Collector, did_you_mean, quoted
from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding, finding
from letup.core.folders import require_whole
from letup.pauses.limits import Window, quiet_array
from letup.plan.files.document import MOVEMENTS, PLAN
from letup.roads import RoadNetwork, build
from letup.scenario.essentials import essentials_of
from letup.scenario.model import Scenario
from letup.tables import Codes, Row, Wrong, read_filled, read_rows, schemas

PAUSES = schemas("letup.plan.files")["pauses-N.csv"]
"""What `letup plan --pauses` takes, and what a reader wants beside it."""

_CHECK = "Check the plan with `letup verify`."
_DELIVERY_CODES = Codes("verify.file", "verify.columns", "verify.row", "assess.delivery", _CHECK)
_MOVEMENT_CODES = Codes("verify.file", "verify.columns", "verify.row", "assess.movement", _CHECK)
_PAUSE_CODES = Codes("pauses.file", "pauses.column", "pauses.file", "pauses.value")
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
    return PLAN.read(Path(folder) / PLAN.name)


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
    require_whole(folder)
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

    require_whole(folder)
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
        File with the columns zone (id), start and end (ISO 8601; local time where no offset is given, which must then
        be one moment: a time that comes twice or never, as clocks are changed, needs its offset).
    scenario : Scenario
        The scenario they are for.

    Raises
    ------
    BadInput
        With a finding for every row that cannot be used.
    """
    path = Path(path)
    rows, findings = read_filled(path, PAUSES, _PAUSE_CODES)
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    notes = Collector()
    windows = [(row.where, _window(row, path.name, scenario, number, notes)) for row in rows]
    _check_apart([(where, window) for where, window in windows if window is not None], scenario, path.name, notes)
    if not rows and not findings:
        notes.add("pauses.file", "the file has no rows", "Write one pause per row.", file=path.name)
    findings += notes.findings()
    if any(finding.severity == "error" for finding in findings):
        raise BadInput(findings)
    return sorted(window for _, window in windows if window is not None)


def _check_apart(windows: list[tuple[str, Window]], scenario: Scenario, file: str, notes: Collector) -> None:
    """Note pauses of one zone that are the same, overlap or touch; with each its row."""
    rows: dict[Window, str] = {}
    last: tuple[str, Window] | None = None
    for where, window in sorted(windows, key=itemgetter(1)):  # rows with the same pause stay in their order
        zone = scenario.zone_ids[window.zone]
        if window in rows:
            message, remedy = f"the pause of {zone} is the same as in {rows[window]}", "Keep one of the two rows."
            notes.add("pauses.overlap", message, remedy, file=file, where=where)
            continue
        rows[window] = where
        if last is not None and last[1].zone == window.zone and window.first <= last[1].last + 1:
            first, second = sorted((last[0], where), key=_row_number)
            message = f"the pause of {zone} overlaps or touches the one in {first}"
            remedy = "Join them into one row, or leave time between them."
            notes.add("pauses.overlap", message, remedy, file=file, where=second)
        if last is None or (last[1].zone, last[1].last) < (window.zone, window.last):
            last = where, window


def _row_number(where: str) -> int:
    return int(where.rpartition(" ")[2])


def _window(row: Row, file: str, scenario: Scenario, number: dict[str, int], notes: Collector) -> Window | None:
    """The window of one row; None, with findings, if it cannot be used."""
    wrong = False

    def refuse(code: str, message: str, remedy: str, column: str) -> None:
        nonlocal wrong
        wrong = True
        notes.add(code, message, remedy, file=file, where=row.where, column=column)

    zone = str(row.cells.get("zone", "")).strip()
    if zone and zone not in number:
        remedy = f"{did_you_mean(zone, number)}use a zone id of the scenario, such as {', '.join(list(number)[:8])}"
        refuse("pauses.zone", f"there is no zone {quoted(zone)}", remedy, "zone")
    edges: dict[str, int] = {}
    for column in ("start", "end"):
        if column in row.cells:
            text = str(row.cells[column]).strip()
            try:
                edges[column] = _step(text, scenario)
            except Wrong as error:
                refuse(error.code, error.message, error.remedy, column)
    if len(edges) == 2 and edges["start"] >= edges["end"]:
        refuse("pauses.time", "the pause ends before it starts", "Correct start or end.", "end")
    if wrong or not zone or len(edges) < 2:  # what is missing is said where the file is read
        return None
    return Window(number[zone], edges["start"], edges["end"] - 1)


def _step(text: str, scenario: Scenario) -> int:
    """Step at whose start a time lies.

    Raises
    ------
    Wrong
        If there is none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong("pauses.time", f"{quoted(text)} is not a date and time", "Write it as 2023-11-05T09:00.") from None
    if moment.tzinfo is None:
        try:
            moment = moment_of(moment, scenario.timezone)
        except (OverflowError, ValueError) as error:
            raise Wrong("pauses.time", str(error), "Write the time with its offset.") from None
    try:
        step = scenario.clock.step_at(moment)
    except OverflowError:  # near the first or last year that there is
        step = -1.0
    if abs(step - round(step)) > _EXACT:
        message = f"{quoted(text)} does not fall on a step of {scenario.step_minutes} minutes"
        raise Wrong("pauses.time", message, "Move it to a step.")
    if not 0 <= round(step) <= scenario.steps:
        remedy = "See start, steps and step_minutes in scenario.yaml."
        raise Wrong("pauses.outside", f"{quoted(text)} is outside the time of the scenario", remedy)
    return round(step)
