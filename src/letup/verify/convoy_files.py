"""Recompute movement orders that lie beside a plan: convoys and patients, with what the sheets say of them.

Nothing here imports how trips were chosen: only the tables, the roads and the pauses.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.aid.convoys.model import Load
from letup.aid.convoys.patients import patients_of
from letup.aid.convoys.rules import LEAD_MINUTES, NIGHT_MINUTES
from letup.aid.convoys.tables import COLUMNS, LOAD_COLUMNS, PATIENT_COLUMNS, by_item, local, no_deliveries
from letup.core.errors import BadInput
from letup.pauses.limits import Window, quiet_array
from letup.plan.convoys import read_goods
from letup.roads.last_stretches import road_access
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.verify.convoys import Replay, check_convoys
from letup.verify.deliveries import read_rows
from letup.verify.medevac import check_medevac
from letup.verify.result import Verification

CONVOYS, LOADS, MEDEVAC, PATIENTS = "convoys.csv", "convoy-loads.csv", "medevac.csv", "medevac-patients.csv"
_TIMES = ("arrive_earliest", "arrive_latest", "leave_earliest", "leave_latest")
_ONWARD = ("minutes", "length_m", "off_road_m")
_STOP_WHOLE = ("day", "vehicles", "stop", "service_minutes", *(f"{name}_minute" for name in _TIMES), "minutes")
_STOP_NUMBERS = ("kg_on_leaving", "length_m", "off_road_m")
_LOAD_WHOLE = ("vehicle", "loaded_stop", "unloaded_stop")
_PATIENT_WHOLE = ("vehicle", "from_stop", "to_stop", "priority", "companions", "ride_minutes")
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
    if _pair(folder, CONVOYS, LOADS, result):
        _goods(folder, scenario, network, quiet, result)
    if _pair(folder, MEDEVAC, PATIENTS, result):
        _patients(folder, scenario, network, quiet, result)


def _pair(folder: Path, one: str, other: str, result: Verification) -> bool:
    """Whether two tables that need each other are there."""
    there = [(folder / name).is_file() for name in (one, other)]
    if any(there) and not all(there):
        result.wrong("file", other if there[0] else one, "", f"is missing beside {one if there[0] else other}")
    return all(there)


def _goods(
    folder: Path, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], result: Verification
) -> None:
    stops = _stops(folder / CONVOYS, result)
    loads = read_rows(folder / LOADS, LOAD_COLUMNS, result, whole=_LOAD_WHOLE, numbers=("amount", "kg"), optional=())
    if stops is None or loads is None:
        return
    try:
        deliveries, trucks = read_goods(folder, scenario) or (no_deliveries(), [])
    except BadInput as error:
        for one in error.findings:
            result.wrong("convoys.load", one.file, one.where, one.message, one.column)
        return
    replay = check_convoys(stops, loads, scenario, network, quiet, deliveries, trucks)
    _take(replay, result)
    if replay.problems:
        return
    up: dict[tuple[str, int], list[Load]] = defaultdict(list)
    down: dict[tuple[str, int], list[Load]] = defaultdict(list)
    for row in loads:
        load = Load(row["delivery"], row["destination"], row["item"], row["unit"], row["amount"], row["kg"])
        up[row["convoy"], row["loaded_stop"]].append(load)
        down[row["convoy"], row["unloaded_stop"]].append(load)
    _work(CONVOYS, stops, up, down, result)
    known = deliveries.set_index("id")
    day = {row["convoy"]: row["day"] for row in stops}
    for number, row in enumerate(loads, 2):
        given = known.loc[row["delivery"]]
        _same(result, LOADS, number, row, {"destination": given["destination"], "unit": given["unit"]})
        if day[row["convoy"]] < given["day"]:
            result.wrong("convoys.day", LOADS, f"row {number}", "is carried before the day of its delivery", "delivery")
    _said(CONVOYS, stops, scenario, network, result)


def _patients(
    folder: Path, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], result: Verification
) -> None:
    stops = _stops(folder / MEDEVAC, result)
    patients = read_rows(folder / PATIENTS, PATIENT_COLUMNS, result, whole=_PATIENT_WHOLE, numbers=(), optional=())
    if stops is None or patients is None:
        return
    replay = check_medevac(stops, patients, scenario, network, quiet)
    _take(replay, result)
    if replay.problems:
        return
    people = {one.row: one for one in patients_of(scenario)}
    place = {(row["convoy"], row["stop"]): row["place"] for row in stops}
    minutes = {(row["convoy"], row["stop"]): row["minutes"] for row in stops}
    up: dict[tuple[str, int], list[Load]] = defaultdict(list)
    down: dict[tuple[str, int], list[Load]] = defaultdict(list)
    for number, row in enumerate(patients, 2):
        one = people[row["patients"]]
        load = Load(one.row, row["to"], "lying patients" if one.lying else "sitting patients", "people", 1.0, 0.0)
        up[row["convoy"], row["from_stop"]].append(load)
        down[row["convoy"], row["to_stop"]].append(load)
        ride = sum(minutes[row["convoy"], stop] for stop in range(row["from_stop"], row["to_stop"]))
        said = {
            "to": place[row["convoy"], row["to_stop"]],
            "priority": one.priority,
            "needs": "lying" if one.lying else "sitting",
            "companions": one.companions,
            "ride_minutes": ride,
        }
        _same(result, PATIENTS, number, row, said)
    _work(MEDEVAC, stops, up, down, result)
    _said(MEDEVAC, stops, scenario, network, result)


def _stops(path: Path, result: Verification) -> Rows | None:
    """Rows of convoys.csv or medevac.csv, numbers as numbers; None if a row cannot be read."""
    rows = read_rows(path, COLUMNS, result, whole=_STOP_WHOLE, numbers=_STOP_NUMBERS, optional=_ONWARD)
    for number, row in enumerate(rows or (), 2):
        follows = number - 1 < len(rows or ()) and (rows or ())[number - 1]["convoy"] == row["convoy"]
        if any((row[name] == "") == follows for name in _ONWARD):
            result.wrong("convoys.row", path.name, f"row {number}", "minutes and lengths stand where a stop follows")
            return None
        if row["arcs"] and not follows:
            result.wrong("convoys.row", path.name, f"row {number}", "a way stands where no stop follows", "arcs")
    return rows


def _take(replay: Replay, result: Verification) -> None:
    result.problems += replay.problems
    result.checks += replay.checks


def _work(
    file: str,
    stops: Rows,
    up: dict[tuple[str, int], list[Load]],
    down: dict[tuple[str, int], list[Load]],
    result: Verification,
) -> None:
    """Check what is said to be done at each stop against what is loaded and unloaded there."""
    kg: dict[str, float] = defaultdict(float)
    for number, row in enumerate(stops, 2):
        at = row["convoy"], row["stop"]
        kg[row["convoy"]] += sum(one.kg for one in up[at]) - sum(one.kg for one in down[at])
        _same(result, file, number, row, {"loaded": by_item(up[at]), "unloaded": by_item(down[at])})
        if abs(row["kg_on_leaving"] - kg[row["convoy"]]) > _ROUNDED:
            _wrong(result, file, number, row, "kg_on_leaving", round(kg[row["convoy"]], 1))
        last = row["minutes"] == ""
        done = {"start": row["stop"] == 0, "load": bool(up[at]), "unload": bool(down[at]), "end": last}
        right = "+".join(name for name, holds in done.items() if holds)
        if sorted(row["action"].removesuffix("+stay").split("+")) != sorted(right.split("+")):
            _wrong(result, file, number, row, "action", right)


def _said(file: str, stops: Rows, scenario: Scenario, network: RoadNetwork, result: Verification) -> None:
    """Check what drivers read against what was replayed: local times, minutes, lengths."""
    access = road_access(network, scenario, {row["place"] for row in stops})
    for number, row in enumerate(stops, 2):
        for name in _TIMES:
            right = local(scenario, row[f"{name}_minute"])
            if not _one_moment(row[name], right):
                _wrong(result, file, number, row, name, right)
        if row["stop"] == 0 and row["day"] not in _days(scenario, row["arrive_earliest_minute"]):
            _wrong(result, file, number, row, "day", _days(scenario, row["arrive_earliest_minute"])[1])
        if row["minutes"] == "":
            continue
        then = stops[number - 1]
        _lengths(file, number, row, access[row["place"]], access[then["place"]], network, result)
        took = then["arrive_earliest_minute"] - row["leave_earliest_minute"]
        if row["minutes"] != took:
            _wrong(result, file, number, row, "minutes", took)
    result.done(f"{file}: local times, lengths and amounts as drivers read them", len(stops))


def _days(scenario: Scenario, minute: int) -> list[int]:
    """Local days that a convoy which starts at a minute may be of: in the night before its day, or after it."""
    first = datetime.fromisoformat(local(scenario, 0)).date()
    moments = (local(scenario, at) for at in (minute - NIGHT_MINUTES, minute, minute + LEAD_MINUTES))
    return [(datetime.fromisoformat(moment).date() - first).days for moment in moments]


def _lengths(
    file: str,
    number: int,
    row: dict[str, Any],
    one: dict[int, float],
    other: dict[int, float],
    network: RoadNetwork,
    result: Verification,
) -> None:
    """Check the length of a way, and how much of it is on last stretches."""
    arcs = [int(part.partition("@")[0]) for part in row["arcs"].split()]
    if arcs:
        beside = [one[int(network.tail[arcs[0]])] + other[int(network.head[arcs[-1]])]]
    else:
        beside = [one[node] + other[node] for node in one if node in other]
    along = float(network.length_m[arcs].sum()) if arcs else 0.0
    if not any(abs(row["off_road_m"] - metres) <= _ROUNDED for metres in beside):
        _wrong(result, file, number, row, "off_road_m", round(beside[0], 1))
    elif abs(row["length_m"] - along - row["off_road_m"]) > 2 * _ROUNDED:
        _wrong(result, file, number, row, "length_m", round(along + row["off_road_m"], 1))


def _one_moment(one: str, other: str) -> bool:
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other) and one[-6:] == other[-6:]
    except (ValueError, TypeError):
        return False


def _same(result: Verification, file: str, number: int, row: dict[str, Any], right: dict[str, Any]) -> None:
    for name, value in right.items():
        if row[name] != value:
            _wrong(result, file, number, row, name, value)


def _wrong(result: Verification, file: str, number: int, row: dict[str, Any], name: str, right: object) -> None:
    result.wrong("value", file, f"row {number}", f"is {row[name]!r}, recomputed {right!r}", name)
