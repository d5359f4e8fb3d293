"""Patients who have agreed to be moved, the ambulances there are, and the beds that are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from letup.aid.convoys.model import Load, Truck
from letup.scenario.model import Scenario

PEOPLE = "people"
"""Unit of a load of patients."""


@dataclass(frozen=True)
class Patient:
    """One patient, without a name.

    Attributes
    ----------
    row : str
        Id of the row of patients.csv.
    place, to : str
        Where they are; the id of a place, or a kind of place, that they go to.
    priority : int
        1 is moved first.
    lying : bool
        Whether they need a place to lie; else to sit.
    companions : int
        People who go with them and sit.
    way_back : str
        How they come back.
    """

    row: str
    place: str
    to: str
    priority: int
    lying: bool
    companions: int
    way_back: str


@dataclass(frozen=True)
class Ambulances:
    """Ambulances of one kind, as in ambulances.csv."""

    vehicle: Truck
    lying: int
    sitting: int


def patients_of(scenario: Scenario) -> list[Patient]:
    """One entry for each patient who has agreed."""
    return [
        Patient(
            str(row["id"]),
            str(row["place"]),
            str(row["to"]),
            int(row["priority"]),
            row["needs"] == "lying",
            int(row["companions"]),
            str(row["way_back"]),
        )
        for row in _records(scenario.patients)
        if row["agreed"]
        for _ in range(int(row["count"]))
    ]


def ambulances_of(scenario: Scenario) -> list[Ambulances]:
    """Kinds of ambulances, all at the speed of the slowest."""
    rows = [row for row in _records(scenario.ambulances) if row["count"] > 0]
    slowest = min((float(row["speed_kmh"]) for row in rows), default=0.0)
    return [
        Ambulances(
            Truck(
                str(row["id"]),
                str(row["label"] or row["id"]) if isinstance(row["label"], str) else str(row["id"]),
                str(row["place"]),
                int(row["count"]),
                0.0,
                slowest,
                float(row["load_minutes"]),
                float(row["unload_minutes"]),
            ),
            int(row["lying"]),
            int(row["sitting"]),
        )
        for row in rows
    ]


def beds_of(scenario: Scenario, patients: Sequence[Patient]) -> dict[str, tuple[str, int]]:
    """Kind and free beds of each place that patients may go to; a crossing without room takes everybody."""
    beds = {}
    for place, kind, room in zip(scenario.places.index, scenario.places["kind"], scenario.places["room"], strict=True):
        if kind == "hospital":
            beds[str(place)] = (str(kind), 0 if pd.isna(room) else int(room))
        elif kind == "crossing":
            beds[str(place)] = (str(kind), len(patients) if pd.isna(room) else int(room))
    return beds


def load_of(patient: Patient, destination: str) -> Load:
    """A patient as a load of an ambulance."""
    item = "lying patients" if patient.lying else "sitting patients"
    return Load(patient.row, destination, item, PEOPLE, 1.0, 0.0)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
