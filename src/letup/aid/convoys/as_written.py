"""Convoys as their tables say them: what sheets and GPX files are made from when they are verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from letup.aid.convoys.model import Carried, Convoy, Load, Orders, Stop, Truck
from letup.aid.convoys.patients import load_of, patients_of
from letup.roads.vehicle_paths import VehiclePath, VehicleRoads
from letup.scenario.model import Scenario

Row = Mapping[str, Any]


def loads_of_goods(rows: Iterable[Row]) -> list[tuple[Row, Carried]]:
    """What rows of convoy-loads.csv say is carried."""
    return [
        (
            row,
            Carried(
                Load(row["delivery"], row["destination"], row["item"], row["unit"], row["amount"], row["kg"]),
                row["loaded_stop"],
                row["unloaded_stop"],
            ),
        )
        for row in rows
    ]


def loads_of_patients(rows: Iterable[Row], scenario: Scenario) -> list[tuple[Row, Carried]]:
    """What rows of medevac-patients.csv say is carried."""
    patients = {patient.row: patient for patient in patients_of(scenario)}
    return [
        (row, Carried(load_of(patients[row["patients"]], row["to"]), row["from_stop"], row["to_stop"])) for row in rows
    ]


def orders_of(
    stops: Sequence[Row],
    loads: Sequence[tuple[Row, Carried]],
    vehicles: Mapping[str, Truck],
    roads_of: Callable[[Truck], VehicleRoads],
) -> Orders:
    """Convoys from the rows of their tables.

    Parameters
    ----------
    stops : sequence of rows
        convoys.csv or medevac.csv.
    loads : sequence of (row, Carried)
        What is carried, with the row that says on which vehicle of which convoy.
    vehicles : mapping of str to Truck
        Kinds of vehicles by id.
    roads_of : callable
        The roads as vehicles of a kind see them.

    Raises
    ------
    ValueError, KeyError
        If they fit no roads or vehicles; those that `letup.verify` finds to hold do.
    """
    by_convoy: dict[str, list[Row]] = defaultdict(list)
    for row in stops:
        by_convoy[row["convoy"]].append(row)
    manifest: dict[tuple[str, int], list[Carried]] = defaultdict(list)
    for row, carried in loads:
        manifest[row["convoy"], row["vehicle"]].append(carried)
    convoys = []
    for name, rows in by_convoy.items():
        truck = vehicles[rows[0]["truck"]]
        roads = roads_of(truck)
        halts = tuple(
            Stop(
                row["place"],
                row["action"],
                row["service_minutes"],
                row["arrive_earliest_minute"],
                row["arrive_latest_minute"],
                row["leave_earliest_minute"],
                row["leave_latest_minute"],
                _path(row, rows[k + 1], roads) if k + 1 < len(rows) else None,
            )
            for k, row in enumerate(rows)
        )
        own = tuple(tuple(manifest[name, vehicle + 1]) for vehicle in range(rows[0]["vehicles"]))
        convoys.append(Convoy(name, rows[0]["day"], truck, halts, own))
    return Orders(tuple(convoys), (), ())


def _path(row: Row, then: Row, roads: VehicleRoads) -> VehiclePath:
    """The path from one stop to the next; among last stretches alone, the one as long as it is said to be."""
    if row["arcs"]:
        path = roads.path_along(row["place"], then["place"], row["arcs"])
        if path is None:
            raise ValueError(f"the way from {row['place']} to {then['place']} cannot be driven")
        return path
    ends = [(row["place"], node) for node in roads.access[row["place"]] if node in roads.access[then["place"]]]
    paths = [roads.path((), start, (then["place"], start[1])) for start in ends]
    return min(paths, key=lambda path: abs(path.length_m - row["length_m"]))
