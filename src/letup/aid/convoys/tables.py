"""Convoys as tables: the movement order, what each vehicle carries, and reading what they are made of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from letup.aid.convoys.model import Load, Orders, Truck
from letup.aid.convoys.patients import patients_of
from letup.core.errors import BadInput
from letup.core.findings import Finding
from letup.scenario.model import Scenario

#: Columns of convoys.csv, one row for each stop, with what they mean.
COLUMNS: dict[str, str] = {
    "convoy": "id of the convoy",
    "day": "day of the deliveries, from 0",
    "vehicles": "vehicles in the convoy",
    "truck": "kind of vehicle, an id of trucks.csv or ambulances.csv",
    "stop": "number of the stop, from 0",
    "place": "id of the place",
    "action": "start, load, unload, end; joined by a plus",
    "arrive_earliest": "local time; at the first stop when drivers start",
    "arrive_latest": "local time; who arrives later cannot keep to the pauses further on",
    "service_minutes": "minutes of work at the stop",
    "leave_earliest": "local time",
    "leave_latest": "local time",
    "loaded": "what is loaded there, by item: item amount unit; joined by a semicolon",
    "unloaded": "what is unloaded there, by item",
    "kg_on_leaving": "kilograms on all vehicles together when they leave",
    "minutes": "minutes to the next stop",
    "length_m": "metres to the next stop",
    "off_road_m": "metres of these on last stretches, which no map shows to bear vehicles",
    "arrive_earliest_minute": "the same as minutes after the start of the scenario",
    "arrive_latest_minute": "the same as minutes after the start of the scenario",
    "leave_earliest_minute": "the same as minutes after the start of the scenario",
    "leave_latest_minute": "the same as minutes after the start of the scenario",
    "arcs": "way to the next stop: arcs of the road network, each with the minute after leaving at which it begins",
}

TIMES = ("arrive_earliest", "arrive_latest", "leave_earliest", "leave_latest")
"""Columns that hold the times at a stop, and fields of a `Stop`."""

#: Columns of convoy-loads.csv, one row for each load on each vehicle.
LOAD_COLUMNS: dict[str, str] = {
    "convoy": "id of the convoy",
    "vehicle": "number of the vehicle in the convoy, from 1",
    "loaded_stop": "number of the stop at which it is loaded",
    "unloaded_stop": "number of the stop at which it is unloaded",
    "delivery": "id of the row of deliveries.csv",
    "destination": "id of the place it goes to",
    "item": "the essential",
    "amount": "how much",
    "unit": "unit of the amount",
    "kg": "kilograms",
}

#: What deliveries.csv and trucks.csv must have, with the kind of each cell.
NEEDED: dict[str, dict[str, type]] = {
    "deliveries.csv": {
        "id": str, "day": int, "origin": str, "destination": str, "truck": str, "trucks": int, "item": str,
        "amount": float, "unit": str, "kg": float, "depart_first_step": int, "arcs": str,
    },
    "trucks.csv": {
        "id": str, "label": str, "place": str, "count": int, "payload_kg": float, "speed_kmh": float,
        "load_minutes": float, "unload_minutes": float,
    },
}  # fmt: skip
_IF_EMPTY: dict[str, Any] = {"arcs": "", "label": "", "load_minutes": 60.0, "unload_minutes": 60.0}
_AT_LEAST = {"trucks": 1, "payload_kg": 1e-9, "speed_kmh": 1e-9}
_LARGEST_BYTES = 200_000_000


def local(scenario: Scenario, minute: int) -> str:
    """Local time of a minute after the start, ISO 8601 with offset."""
    return scenario.clock.at_minute(minute).isoformat(timespec="minutes")


def stop_rows(orders: Orders, scenario: Scenario) -> list[dict[str, Any]]:
    """Rows of convoys.csv."""
    rows = []
    for convoy in orders.convoys:
        kg = 0.0
        for number, stop in enumerate(convoy.stops):
            loaded, unloaded = convoy.loaded(number), convoy.unloaded(number)
            kg += sum(load.kg for load in loaded) - sum(load.kg for load in unloaded)
            times = {name: getattr(stop, name) for name in TIMES}
            path = stop.path
            rows.append(
                {
                    "convoy": convoy.id,
                    "day": convoy.day,
                    "vehicles": convoy.vehicles,
                    "truck": convoy.truck.id,
                    "stop": number,
                    "place": stop.place,
                    "action": stop.action,
                    **{name: local(scenario, minute) for name, minute in times.items()},
                    "service_minutes": stop.service,
                    "loaded": by_item(loaded),
                    "unloaded": by_item(unloaded),
                    "kg_on_leaving": round(abs(kg), 1),
                    "minutes": path.minutes if path else "",
                    "length_m": round(path.length_m, 1) if path else "",
                    "off_road_m": round(path.off_road_m, 1) if path else "",
                    **{f"{name}_minute": minute for name, minute in times.items()},
                    "arcs": " ".join(f"{arc}@{at}" for arc, at in zip(path.arcs, path.offsets, strict=True))
                    if path
                    else "",
                }
            )
    return rows


def load_rows(orders: Orders) -> list[dict[str, Any]]:
    """Rows of convoy-loads.csv."""
    return [
        {
            "convoy": convoy.id,
            "vehicle": number,
            "loaded_stop": carried.loaded_stop,
            "unloaded_stop": carried.unloaded_stop,
            "delivery": carried.load.delivery,
            "destination": carried.load.destination,
            "item": carried.load.item,
            "amount": carried.load.amount,
            "unit": carried.load.unit,
            "kg": carried.load.kg,
        }
        for convoy in orders.convoys
        for number, vehicle in enumerate(convoy.manifest, 1)
        for carried in vehicle
    ]


def totals(loads: Iterable[Load]) -> dict[tuple[str, str], float]:
    """Amounts by item and unit."""
    amounts: dict[tuple[str, str], float] = {}
    for load in loads:
        amounts[load.item, load.unit] = amounts.get((load.item, load.unit), 0.0) + load.amount
    return amounts


def by_item(loads: Iterable[Load]) -> str:
    """Amounts by item as one cell."""
    return "; ".join(f"{item} {amount:.10g} {unit}" for (item, unit), amount in sorted(totals(loads).items()))


def write_tables(orders: Orders, scenario: Scenario, folder: Path) -> list[Path]:
    """Write convoys.csv and convoy-loads.csv."""
    return [
        write_rows(folder / "convoys.csv", COLUMNS, stop_rows(orders, scenario)),
        write_rows(folder / "convoy-loads.csv", LOAD_COLUMNS, load_rows(orders)),
    ]


def clear_orders(folder: Path) -> None:
    """Remove earlier orders from a folder, so that no sheet of an old plan lies beside a new one."""
    for name in ("convoys.csv", "convoy-loads.csv", "medevac.csv", "medevac-patients.csv"):
        (folder / name).unlink(missing_ok=True)
    for path in (*folder.glob("gpx/[cm][0-9]*.gpx"), *folder.glob("pages/[cm][0-9]*.html")):
        path.unlink()


def write_rows(path: Path, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write a table with the columns in order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def no_deliveries() -> pd.DataFrame:
    """The table of a plan that delivers nothing."""
    return pd.DataFrame(columns=list(NEEDED["deliveries.csv"]))


def read_deliveries(path: Path) -> pd.DataFrame:
    """The deliveries of a plan.

    Raises
    ------
    BadInput
        ``convoys.file`` or ``convoys.value``, with every cell that cannot be used.
    """
    rows = _read(path, "deliveries.csv")
    return pd.DataFrame(rows, columns=list(NEEDED["deliveries.csv"]))


def read_trucks(path: Path) -> list[Truck]:
    """The vehicles of a scenario.

    Raises
    ------
    BadInput
        As `read_deliveries`.
    """
    return [Truck(**row) for row in _read(path, "trucks.csv")]


def check_references(deliveries: pd.DataFrame, trucks: Sequence[Truck], scenario: Scenario) -> list[Finding]:
    """Places and vehicles that do not exist, and departures outside the time looked at."""
    places = {str(place) for place in scenario.places.index}
    known = {truck.id for truck in trucks}
    found = []

    def wrong(file: str, where: str, column: str, message: str) -> None:
        found.append(
            Finding("convoys.value", "error", message, "plan again, or correct the table", file, where, column)
        )

    for row in deliveries.to_dict("records"):
        for column in ("origin", "destination"):
            if row[column] not in places:
                wrong("deliveries.csv", row["id"], column, f"there is no place {row[column]!r} in the scenario")
        if row["truck"] not in known:
            wrong("deliveries.csv", row["id"], "truck", f"there is no vehicle {row['truck']!r} in trucks.csv")
        if row["depart_first_step"] >= scenario.steps:
            wrong("deliveries.csv", row["id"], "depart_first_step", "lies after the time of the scenario")
    found_ids = deliveries["id"].duplicated()
    for name in deliveries["id"][found_ids]:
        wrong("deliveries.csv", name, "id", "stands twice")
    for truck in trucks:
        if truck.place not in places:
            wrong("trucks.csv", truck.id, "place", f"there is no place {truck.place!r} in the scenario")
    return found


def _read(path: Path, name: str) -> list[dict[str, Any]]:
    needed, file = NEEDED[name], path.name

    def unusable(message: str) -> BadInput:
        remedy = "give the folder that letup plan wrote, of a plan with deliveries"
        return BadInput([Finding("convoys.file", "error", message, remedy, file)])

    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise unusable("is larger than letup will read")
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), strict=True)
        header = reader.fieldnames or ()
        missing = [column for column in needed if column not in header and column not in _IF_EMPTY]
        if missing:
            raise unusable(f"has no column {', '.join(missing)}")
        raw = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise unusable(f"cannot be read: {error}") from error
    found: list[Finding] = []
    rows: list[dict[str, Any]] = []
    for number, cells in enumerate(raw, 2):
        row: dict[str, Any] = {}
        for column, kind in needed.items():
            value = _cell((cells.get(column) or "").strip(), column, kind)
            if value is None:
                message = f"{cells.get(column)!r} is no {_WORD[kind]} that can be used here"
                found.append(Finding("convoys.value", "error", message, "correct it", file, f"row {number}", column))
            row[column] = value
        rows.append(row)
    if found:
        raise BadInput(found)
    return rows


_WORD = {int: "whole number", float: "number", str: "text"}


def _cell(text: str, column: str, kind: type) -> Any:
    """A cell as its kind; None if it cannot be used."""
    if not text:
        return _IF_EMPTY.get(column)
    if kind is str:
        return text
    try:
        value = float(text)
    except ValueError:
        return None
    least = _AT_LEAST.get(column, 0)
    if not least <= value < 1e15 or (kind is int and value != int(value)):
        return None
    return kind(value)


#: Columns of medevac-patients.csv, one row for each patient.
PATIENT_COLUMNS: dict[str, str] = {
    "convoy": "id of the convoy of ambulances",
    "vehicle": "number of the ambulance in it, from 1",
    "from_stop": "number of the stop at which they get in",
    "to_stop": "number of the stop at which they are handed over",
    "patients": "id of their row of patients.csv",
    "to": "id of the place they are taken to",
    "priority": "medical priority",
    "needs": "lying or sitting",
    "companions": "people who go with them",
    "ride_minutes": "minutes on the way",
    "way_back": "how they come back",
}


def patient_rows(orders: Orders, scenario: Scenario) -> list[dict[str, Any]]:
    """Rows of medevac-patients.csv."""
    patients = {patient.row: patient for patient in patients_of(scenario)}
    rows = []
    for convoy in orders.convoys:
        for number, vehicle in enumerate(convoy.manifest, 1):
            for carried in vehicle:
                patient = patients[carried.load.delivery]
                ride = convoy.stops[carried.loaded_stop : carried.unloaded_stop]
                rows.append(
                    {
                        "convoy": convoy.id,
                        "vehicle": number,
                        "from_stop": carried.loaded_stop,
                        "to_stop": carried.unloaded_stop,
                        "patients": patient.row,
                        "to": carried.load.destination,
                        "priority": patient.priority,
                        "needs": "lying" if patient.lying else "sitting",
                        "companions": patient.companions,
                        "ride_minutes": sum(stop.path.minutes for stop in ride if stop.path),
                        "way_back": patient.way_back,
                    }
                )
    return rows


def write_medevac(orders: Orders, scenario: Scenario, folder: Path) -> list[Path]:
    """Write medevac.csv, with a row for each stop, and medevac-patients.csv."""
    return [
        write_rows(folder / "medevac.csv", COLUMNS, stop_rows(orders, scenario)),
        write_rows(folder / "medevac-patients.csv", PATIENT_COLUMNS, patient_rows(orders, scenario)),
    ]


def reference_page() -> str:
    """Text of ``docs/reference/convoys.md``, Markdown."""
    lines = [
        "# What letup convoys writes",
        "",
        "This page is made from the lists that letup itself writes with",
        "(`letup.aid.convoys.tables.reference_page()`).",
        "",
        "Without `--out` it writes into the plan's folder. The plan's own files and digests stay as they are, and",
        "`letup verify` recomputes the tables below along with the plan. A plan written anew removes them.",
        "",
        "## convoys.csv",
        "",
        "One row for each stop of each convoy. Whoever leaves a stop at any minute between `leave_earliest` and",
        "`leave_latest` arrives at the next between its `arrive_earliest` and `arrive_latest`, through zones that are",
        "quiet all the while.",
        "",
        *_table(COLUMNS),
        "",
        "## convoy-loads.csv",
        "",
        "One row for each load on each vehicle. What is loaded is unloaded; by delivery the rows add up to what is",
        "carried of it.",
        "",
        *_table(LOAD_COLUMNS),
        "",
        "## medevac.csv",
        "",
        "As convoys.csv, for ambulances; `truck` is an id of ambulances.csv. Only written where there are patients.",
        "",
        "## medevac-patients.csv",
        "",
        "One row for each patient. It holds no names.",
        "",
        *_table(PATIENT_COLUMNS),
        "",
        "## gpx/",
        "",
        "One GPX 1.1 file for each convoy, of lorries (c…) or of ambulances (m…): a waypoint for each stop with its",
        "times and work, and one route along the roads. Of a place whose `sensitivity` is confidential neither the",
        "point nor the last stretch of road is in it.",
        "",
        "## pages/",
        "",
        "One HTML page for each convoy, of lorries or of ambulances, that prints on one sheet of A4. It has everything",
        "inside, asks no network and has no scripts. No place stands on it but the convoy's own stops, and of patients",
        "only how many lie and sit.",
    ]
    return "\n".join(lines) + "\n"


def _table(columns: dict[str, str]) -> list[str]:
    return ["| column | meaning |", "|---|---|", *(f"| `{name}` | {meaning} |" for name, meaning in columns.items())]
