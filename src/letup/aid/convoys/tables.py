"""Tables of convoys: the movement order, what each vehicle carries, who is taken where, declared in ``tables.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from letup.aid.convoys.model import Load, Orders, Truck
from letup.aid.convoys.patients import patients_of
from letup.aid.deliveries.model import DELIVERIES
from letup.core.errors import BadInput
from letup.core.findings import Finding
from letup.core.folders import ResultKind
from letup.scenario.model import Scenario
from letup.tables import Codes, format_path, markdown, read_rows, schemas, write_csv

CONVOYS = schemas("letup.aid.convoys")["convoys.csv"]
LOADS = schemas("letup.aid.convoys")["convoy-loads.csv"]
MEDEVAC = replace(CONVOYS, name="medevac.csv")
PATIENTS = schemas("letup.aid.convoys")["medevac-patients.csv"]
LEFT = schemas("letup.aid.convoys")["convoy-left.csv"]
LEFT_PATIENTS = replace(LEFT, name="medevac-left.csv")

CONVOYS_FOLDER = ResultKind(
    "convoys",
    "earlier convoys",
    "convoys.folder",
    known_by=(CONVOYS.name, "plan.json"),
    owns=(CONVOYS.name, LOADS.name, LEFT.name, MEDEVAC.name, PATIENTS.name, LEFT_PATIENTS.name),
)
"""Orders lie in the plan's own folder, or in one of their own."""

TIMES = ("arrive_earliest", "arrive_latest", "leave_earliest", "leave_latest")
"""Columns that hold the times at a stop, and fields of a `Stop`."""


CODES = Codes(
    file="convoys.file",
    columns="convoys.file",
    row="convoys.file",
    value="convoys.value",
    remedy="give the folder that letup plan wrote, of a plan with deliveries, or correct the table",
)

NEEDED = [
    "id", "day", "origin", "destination", "truck", "trucks", "item", "amount", "unit", "kg", "depart_first_step",
    "arcs",
]  # fmt: skip
"""What convoys need to know of a delivery: columns of deliveries.csv."""


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
                    "minutes": path.minutes if path else None,
                    "length_m": round(path.length_m, 1) if path else None,
                    "off_road_m": round(path.off_road_m, 1) if path else None,
                    **{f"{name}_minute": minute for name, minute in times.items()},
                    "arcs": format_path(zip(path.arcs, path.offsets, strict=True)) if path else "",
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


def left_rows(orders: Orders) -> list[dict[str, Any]]:
    """Rows of convoy-left.csv: what no convoy carries, by delivery; with what is carried it adds up to all there is."""
    amounts: dict[Load, float] = {}
    for load in orders.left:
        key = replace(load, amount=0.0, kg=load.kg / load.amount if load.amount else 0.0)
        amounts[key] = amounts.get(key, 0.0) + load.amount
    return [
        {
            "delivery": load.delivery,
            "destination": load.destination,
            "item": load.item,
            "amount": amount,
            "unit": load.unit,
            "kg": load.kg * amount,
        }
        for load, amount in amounts.items()
    ]


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
    """Write convoys.csv, convoy-loads.csv and convoy-left.csv."""
    return [
        write_csv(folder / CONVOYS.name, CONVOYS, stop_rows(orders, scenario)),
        write_csv(folder / LOADS.name, LOADS, load_rows(orders)),
        write_csv(folder / LEFT.name, LEFT, left_rows(orders)),
    ]


def write_medevac(orders: Orders, scenario: Scenario, folder: Path) -> list[Path]:
    """Write medevac.csv, with a row for each stop, medevac-patients.csv and medevac-left.csv."""
    return [
        write_csv(folder / MEDEVAC.name, MEDEVAC, stop_rows(orders, scenario)),
        write_csv(folder / PATIENTS.name, PATIENTS, patient_rows(orders, scenario)),
        write_csv(folder / LEFT_PATIENTS.name, LEFT_PATIENTS, left_rows(orders)),
    ]


def order_sheets(folder: Path) -> list[Path]:
    """The sheets and GPX files of convoys in a folder."""
    return sorted((*folder.glob("gpx/[cm][0-9]*.gpx"), *folder.glob("pages/[cm][0-9]*.html")))


def no_deliveries() -> pd.DataFrame:
    """The table of a plan that delivers nothing."""
    return pd.DataFrame(columns=NEEDED)


def read_deliveries(path: Path) -> pd.DataFrame:
    """The deliveries of a plan, as far as convoys need to know them.

    Raises
    ------
    BadInput
        ``convoys.file`` or ``convoys.value``, with every cell that cannot be used.
    """
    rows, findings = read_rows(path, DELIVERIES, CODES, NEEDED)
    if rows is None:
        raise BadInput(findings)
    return pd.DataFrame(rows, columns=NEEDED)


def check_references(deliveries: pd.DataFrame, trucks: Sequence[Truck], scenario: Scenario) -> list[Finding]:
    """Places and vehicles that do not exist, and departures outside the time looked at."""
    places = {str(place) for place in scenario.places.index}
    kinds = {truck.id for truck in trucks}
    findings: list[Finding] = []

    def wrong(row: str, column: str, message: str) -> None:
        remedy = "plan again, or correct the table"
        findings.append(Finding("convoys.value", "error", message, remedy, DELIVERIES.name, row, column))

    first: dict[str, str] = {}
    for number, row in enumerate(deliveries.to_dict("records"), 2):
        where = f"row {number}"
        for column in ("origin", "destination"):
            if row[column] not in places:
                wrong(where, column, f"there is no place {row[column]!r} in the scenario")
        if row["truck"] not in kinds:
            wrong(where, "truck", f"there is no vehicle {row['truck']!r} in trucks.csv")
        if row["depart_first_step"] >= scenario.steps:
            wrong(where, "depart_first_step", "lies after the time of the scenario")
        if first.setdefault(row["id"], where) != where:
            wrong(where, "id", f"{row['id']!r} is also the id of {first[row['id']]}")
    return findings


_PAGE = """\
# What letup convoys writes

This page is made from the tables as letup declares them (`letup.aid.convoys.tables.reference_page()`).

Without `--out` it writes into the plan's folder. The plan's own files and digests stay as they are, and
`letup verify` recomputes the tables below along with the plan. A plan written anew removes them; one that
somebody has changed is named, and has to be moved away or given up (`--force`).

## convoys.csv

One row for each stop of each convoy. Whoever leaves a stop at any minute between `leave_earliest` and
`leave_latest` arrives at the next between its `arrive_earliest` and `arrive_latest`, through zones that are
quiet all the while.

{convoys}
## convoy-loads.csv

One row for each load on each vehicle. What is loaded is unloaded; by delivery the rows add up to what is
carried of it. *Unit of the row* is the unit of its essential.

{loads}
## convoy-left.csv

One row for each delivery of which something is carried by no convoy. With `convoy-loads.csv` it adds up to all that the
plan delivers.

{left}
## medevac.csv

As convoys.csv, for ambulances; `truck` is an id of ambulances.csv. Only written where there are patients.

## medevac-patients.csv

One row for each patient. It holds no names. Who is not moved stands in `medevac-left.csv`, with the columns of
convoy-left.csv.

{patients}
## gpx/

One GPX 1.1 file for each convoy, of lorries (c…) or of ambulances (m…): a waypoint for each stop with its
times and work, and one route along the roads. Of a place whose `sensitivity` is confidential neither name
nor position is in it, and the way to it ends at the border of its zone.

## pages/

One HTML page for each convoy, of lorries or of ambulances, that prints on one sheet of A4. It has everything
inside, asks no network and has no scripts. No place stands on it but the convoy's own stops, and of patients
only how many lie and sit.
"""


def reference_page() -> str:
    """Text of ``docs/reference/convoys.md``, Markdown."""
    return _PAGE.format(
        convoys=markdown(CONVOYS.columns),
        loads=markdown(LOADS.columns),
        left=markdown(LEFT.columns),
        patients=markdown(PATIENTS.columns),
    )
