"""Recompute movement orders that lie beside a plan: convoys and patients, with what the sheets say of them.

Nothing here imports how trips were chosen: only the tables, the roads and the pauses.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.aid.convoys.model import Load
from letup.aid.convoys.patients import ambulances_of, load_of, patients_of
from letup.aid.convoys.rules import LEAD_MINUTES, NIGHT_MINUTES, STOP_MINUTES
from letup.aid.convoys.tables import (
    CONVOYS,
    LEFT,
    LEFT_PATIENTS,
    LOADS,
    MEDEVAC,
    PATIENTS,
    TIMES,
    by_item,
    local,
    no_deliveries,
)
from letup.core.errors import BadInput
from letup.pauses.limits import Window, quiet_array
from letup.plan.files.read import read_goods
from letup.roads.last_stretches import road_access
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.tables import Schema, parse_path
from letup.verify.convoys import check_convoys, check_medevac
from letup.verify.result import Verification

_ONWARD = ("minutes", "length_m", "off_road_m")
"""Columns that hold something where another stop follows."""

_ROUNDED = 0.06

Rows = list[dict[str, Any]]


def check_orders(
    folder: Path, scenario: Scenario, network: RoadNetwork, windows: list[Window], result: Verification
) -> None:
    """Check the tables that `letup convoys` wrote into a plan's folder, as far as there are any.

    Parameters
    ----------
    folder : Path
        The plan's folder.
    scenario, network : Scenario, RoadNetwork
        Its copy of the scenario, and the roads built anew.
    windows : list of Window
        Its pauses.
    result : Verification
        Takes up what was checked and what does not hold.
    """
    quiet = quiet_array(windows, len(scenario.zones), scenario.steps)
    if _all_there(folder, (CONVOYS, LOADS, LEFT), result):
        _goods(folder, scenario, network, quiet, result)
    if _all_there(folder, (MEDEVAC, PATIENTS, LEFT_PATIENTS), result):
        _patients(folder, scenario, network, quiet, result)
    elif (folder / CONVOYS.name).is_file() and patients_of(scenario):
        result.wrong("file", MEDEVAC.name, "", "is missing, though there are patients to move")


def _all_there(folder: Path, schemas: Sequence[Schema], result: Verification) -> bool:
    """Whether tables that need each other are there."""
    names = [schema.name for schema in schemas]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing and len(missing) < len(names):
        there = next(name for name in names if name not in missing)
        for name in missing:
            result.wrong("file", name, "", f"is missing beside {there}")
    return not missing


def _check_left(
    folder: Path, schema: Schema, carried: dict[str, float], all_of: dict[str, float], result: Verification
) -> None:
    """What is carried and what is left add up to all there is: no convoy was dropped without a word."""
    rows = result.rows(folder, schema)
    if rows is None:
        return
    left: dict[str, float] = defaultdict(float)
    for number, row in enumerate(rows, 2):
        if row["delivery"] not in all_of:
            result.wrong("convoys.goods", schema.name, f"row {number}", "is of no delivery and no patient", "delivery")
        left[row["delivery"]] += row["amount"]
    for name, amount in all_of.items():
        accounted = carried.get(name, 0.0) + left[name]
        if abs(accounted - amount) > 1e-6 * max(amount, 1.0):
            message = f"{accounted:,.6g} are carried or left, of {amount:,.6g}"
            result.wrong("convoys.goods", schema.name, name, message, "amount")
    result.done(f"{schema.name}: what is carried and left adds up", len(all_of))


def _check_service(
    file: str,
    stops: Rows,
    work: dict[tuple[str, int, int], float],
    result: Verification,
) -> None:
    """No stop is shorter than loading and unloading take for the vehicle with most of it; without any it takes none."""
    longest: dict[tuple[str, int], float] = defaultdict(float)
    for (convoy, stop, _), minutes in work.items():
        longest[convoy, stop] = max(longest[convoy, stop], minutes)
    for number, row in enumerate(stops, 2):
        least = longest[row["convoy"], row["stop"]]
        if row["service_minutes"] < least or (row["service_minutes"] and not least):
            message = f"is {row['service_minutes']}, where the work takes {least:g} minutes"
            result.wrong("convoys.time", file, f"row {number}", message, "service_minutes")
    result.done(f"{file}: minutes of work at stops", len(stops))


def _goods(
    folder: Path, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], result: Verification
) -> None:
    stops, loads = _stops(folder, CONVOYS, result), result.rows(folder, LOADS)
    if stops is None or loads is None:
        return
    try:
        deliveries, trucks = read_goods(folder, scenario) or (no_deliveries(), [])
    except BadInput as error:
        for finding in error.findings:
            result.wrong("convoys.load", finding.file, finding.where, finding.message, finding.column)
        return
    replay = check_convoys(stops, loads, scenario, network, quiet, deliveries, trucks)
    _take(replay, result)
    if replay.problems:
        return
    loaded: dict[tuple[str, int], list[Load]] = defaultdict(list)
    unloaded: dict[tuple[str, int], list[Load]] = defaultdict(list)
    for row in loads:
        load = Load(row["delivery"], row["destination"], row["item"], row["unit"], row["amount"], row["kg"])
        loaded[row["convoy"], row["loaded_stop"]].append(load)
        unloaded[row["convoy"], row["unloaded_stop"]].append(load)
    _check_work(CONVOYS.name, stops, loaded, unloaded, result)
    by_id, kinds = deliveries.set_index("id"), {truck.id: truck for truck in trucks}
    work: dict[tuple[str, int, int], float] = defaultdict(float)
    carried: dict[str, float] = defaultdict(float)
    day = {row["convoy"]: row["day"] for row in stops}
    for number, row in enumerate(loads, 2):
        delivery = by_id.loc[row["delivery"]]
        right = {"destination": delivery["destination"], "unit": delivery["unit"]}
        _check_cells(result, LOADS.name, number, row, right)
        for name, minutes in (("loaded_stop", "load_minutes"), ("unloaded_stop", "unload_minutes")):
            truck = kinds[delivery["truck"]]
            share = min(1.0, row["kg"] / truck.payload_kg) if truck.payload_kg > 0 else 1.0
            takes = STOP_MINUTES + math.ceil(share * getattr(truck, minutes) - 1e-6)
            work[row["convoy"], row[name], row["vehicle"]] += takes
        carried[row["delivery"]] += row["amount"]
        if day[row["convoy"]] < delivery["day"]:
            message = "is carried before the day of its delivery"
            result.wrong("convoys.day", LOADS.name, f"row {number}", message, "delivery")
    _check_service(CONVOYS.name, stops, work, result)
    all_of = dict(zip(deliveries["id"], deliveries["amount"].astype(float), strict=True))
    _check_left(folder, LEFT, carried, all_of, result)
    _check_sheet(CONVOYS.name, stops, scenario, network, result)


def _patients(
    folder: Path, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], result: Verification
) -> None:
    stops, rows = _stops(folder, MEDEVAC, result), result.rows(folder, PATIENTS)
    if stops is None or rows is None:
        return
    replay = check_medevac(stops, rows, scenario, network, quiet)
    _take(replay, result)
    if replay.problems:
        return
    patients = {patient.row: patient for patient in patients_of(scenario)}
    place = {(row["convoy"], row["stop"]): row["place"] for row in stops}
    minutes = {(row["convoy"], row["stop"]): row["minutes"] for row in stops}
    loaded: dict[tuple[str, int], list[Load]] = defaultdict(list)
    unloaded: dict[tuple[str, int], list[Load]] = defaultdict(list)
    kinds = ambulances_of(scenario)
    loading, unloading = (
        int(max((getattr(kind.vehicle, name) for kind in kinds), default=0))
        for name in ("load_minutes", "unload_minutes")
    )
    work: dict[tuple[str, int, int], float] = defaultdict(float)
    carried: dict[str, float] = defaultdict(float)
    for number, row in enumerate(rows, 2):
        patient = patients[row["patients"]]
        work[row["convoy"], row["from_stop"], row["vehicle"]] += loading
        work[row["convoy"], row["to_stop"], row["vehicle"]] += unloading
        carried[row["patients"]] += 1
        load = load_of(patient, row["to"])
        loaded[row["convoy"], row["from_stop"]].append(load)
        unloaded[row["convoy"], row["to_stop"]].append(load)
        ride = sum(minutes[row["convoy"], stop] for stop in range(row["from_stop"], row["to_stop"]))
        right = {
            "to": place[row["convoy"], row["to_stop"]],
            "priority": patient.priority,
            "needs": "lying" if patient.lying else "sitting",
            "companions": patient.companions,
            "ride_minutes": ride,
        }
        _check_cells(result, PATIENTS.name, number, row, right)
    _check_work(MEDEVAC.name, stops, loaded, unloaded, result)
    _check_service(MEDEVAC.name, stops, work, result)
    all_of: dict[str, float] = defaultdict(float)
    for patient in patients_of(scenario):
        all_of[patient.row] += 1
    _check_left(folder, LEFT_PATIENTS, carried, all_of, result)
    _check_sheet(MEDEVAC.name, stops, scenario, network, result)


def _stops(folder: Path, schema: Schema, result: Verification) -> Rows | None:
    """Rows of convoys.csv or medevac.csv; None if one cannot be read, or stands where it cannot."""
    rows = result.rows(folder, schema)
    for number, row in enumerate(rows or (), 2):
        follows = number - 1 < len(rows or ()) and (rows or ())[number - 1]["convoy"] == row["convoy"]
        if any((row[name] is None) == follows for name in _ONWARD):
            message = "minutes and lengths stand where a stop follows"
            result.wrong("convoys.row", schema.name, f"row {number}", message)
            return None
        if row["arcs"] and not follows:
            result.wrong("convoys.row", schema.name, f"row {number}", "a way stands where no stop follows", "arcs")
    return rows


def _take(replay: Verification, result: Verification) -> None:
    result.problems += replay.problems
    result.checks += replay.checks


def _check_work(
    file: str,
    stops: Rows,
    loaded: dict[tuple[str, int], list[Load]],
    unloaded: dict[tuple[str, int], list[Load]],
    result: Verification,
) -> None:
    """Check what is said to be done at each stop against what is loaded and unloaded there."""
    kg: dict[str, float] = defaultdict(float)
    for number, row in enumerate(stops, 2):
        up, down = loaded[row["convoy"], row["stop"]], unloaded[row["convoy"], row["stop"]]
        kg[row["convoy"]] += sum(load.kg for load in up) - sum(load.kg for load in down)
        _check_cells(result, file, number, row, {"loaded": by_item(up), "unloaded": by_item(down)})
        if abs(row["kg_on_leaving"] - kg[row["convoy"]]) > _ROUNDED:
            _wrong_cell(result, file, number, row, "kg_on_leaving", round(kg[row["convoy"]], 1))
        work = {
            "start": row["stop"] == 0,
            "load": bool(up),
            "unload": bool(down),
            "end": row["minutes"] is None,
        }
        right = "+".join(name for name, done in work.items() if done)
        if sorted(row["action"].removesuffix("+stay").split("+")) != sorted(right.split("+")):
            _wrong_cell(result, file, number, row, "action", right)


def _check_sheet(file: str, stops: Rows, scenario: Scenario, network: RoadNetwork, result: Verification) -> None:
    """Check what drivers read against what was replayed: local times, minutes, lengths."""
    mode = "vehicle" if file == MEDEVAC.name else "lorry"
    access = road_access(network, scenario, {row["place"] for row in stops}, mode)
    for number, row in enumerate(stops, 2):
        for name in TIMES:
            right = local(scenario, row[f"{name}_minute"])
            if not _same_moment(row[name], right):
                _wrong_cell(result, file, number, row, name, right)
        if row["stop"] == 0 and row["day"] not in _days(scenario, row["arrive_earliest_minute"]):
            _wrong_cell(result, file, number, row, "day", _days(scenario, row["arrive_earliest_minute"])[1])
        if row["minutes"] is None:
            continue
        then = stops[number - 1]
        _check_lengths(file, number, row, access[row["place"]], access[then["place"]], network, result)
        took = then["arrive_earliest_minute"] - row["leave_earliest_minute"]
        if row["minutes"] != took:
            _wrong_cell(result, file, number, row, "minutes", took)
    result.done(f"{file}: local times, lengths and amounts as drivers read them", len(stops))


def _days(scenario: Scenario, minute: int) -> list[int]:
    """Local days that a convoy which starts at a minute may be of: in the night before its day, or after it."""
    first = datetime.fromisoformat(local(scenario, 0)).date()
    moments = (local(scenario, at) for at in (minute - NIGHT_MINUTES, minute, minute + LEAD_MINUTES))
    return [(datetime.fromisoformat(moment).date() - first).days for moment in moments]


def _check_lengths(
    file: str,
    number: int,
    row: dict[str, Any],
    origin: dict[int, float],
    destination: dict[int, float],
    network: RoadNetwork,
    result: Verification,
) -> None:
    """Check the length of a way, and how much of it is on last stretches."""
    arcs = [arc for arc, _ in parse_path(row["arcs"])]
    if arcs:
        off_road = [origin[int(network.tail[arcs[0]])] + destination[int(network.head[arcs[-1]])]]
    else:
        off_road = [origin[node] + destination[node] for node in origin if node in destination]
    along = float(network.length_m[arcs].sum()) if arcs else 0.0
    if not any(abs(row["off_road_m"] - metres) <= _ROUNDED for metres in off_road):
        _wrong_cell(result, file, number, row, "off_road_m", round(off_road[0], 1))
    elif abs(row["length_m"] - along - row["off_road_m"]) > 2 * _ROUNDED:
        _wrong_cell(result, file, number, row, "length_m", round(along + row["off_road_m"], 1))


def _same_moment(written: str, right: str) -> bool:
    try:
        return datetime.fromisoformat(written) == datetime.fromisoformat(right) and written[-6:] == right[-6:]
    except (ValueError, TypeError):
        return False


def _check_cells(result: Verification, file: str, number: int, row: dict[str, Any], right: dict[str, Any]) -> None:
    for name, value in right.items():
        if row[name] != value:
            _wrong_cell(result, file, number, row, name, value)


def _wrong_cell(result: Verification, file: str, number: int, row: dict[str, Any], name: str, right: object) -> None:
    result.wrong("value", file, f"row {number}", f"is {row[name]!r}, recomputed {right!r}", name)
