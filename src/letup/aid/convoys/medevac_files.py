"""The movement of patients as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from letup.aid.convoys.files import COLUMNS, stop_rows, write_rows
from letup.aid.convoys.medevac import people_of
from letup.aid.convoys.model import Orders
from letup.scenario.model import Scenario

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
    rows = {one.row: one for one in people_of(scenario)}
    found = []
    for convoy in orders.convoys:
        for number, vehicle in enumerate(convoy.manifest, 1):
            for one in vehicle:
                person = rows[one.load.delivery]
                ways = [stop.way for stop in convoy.stops[one.up : one.down]]
                found.append(
                    {
                        "convoy": convoy.id,
                        "vehicle": number,
                        "from_stop": one.up,
                        "to_stop": one.down,
                        "patients": person.row,
                        "to": one.load.destination,
                        "priority": person.priority,
                        "needs": "lying" if person.lying else "sitting",
                        "companions": person.companions,
                        "ride_minutes": sum(way.minutes for way in ways if way),
                        "way_back": person.way_back,
                    }
                )
    return found


def write_medevac(orders: Orders, scenario: Scenario, folder: Path) -> list[Path]:
    """Write medevac.csv, with a row for each stop, and medevac-patients.csv."""
    return [
        write_rows(folder / "medevac.csv", COLUMNS, stop_rows(orders, scenario)),
        write_rows(folder / "medevac-patients.csv", PATIENT_COLUMNS, patient_rows(orders, scenario)),
    ]
