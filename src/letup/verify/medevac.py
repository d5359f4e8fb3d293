"""Replay the written movement of patients: roads, places in ambulances, beds, and who agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.aid.convoys.patients import ambulances_of, beds_of, patients_of
from letup.roads.network import RoadNetwork
from letup.roads.open_times import AMBULANCES_STAY
from letup.scenario.model import Scenario
from letup.verify.convoys import Ground, Replay, follow

_STOPS = "medevac.csv"
_PATIENTS = "medevac-patients.csv"


def check_medevac(
    stops: Sequence[Mapping[str, Any]],
    patients: Sequence[Mapping[str, Any]],
    scenario: Scenario,
    network: RoadNetwork,
    quiet: NDArray[np.bool_],
) -> Replay:
    """Replay medevac.csv and medevac-patients.csv.

    No ambulance is on the road when a pause ends, nobody is carried beyond an ambulance's places, no bed is given
    twice, and nobody is moved who has not agreed or of whom no way back is said.

    Parameters
    ----------
    stops, patients : sequences of mappings
        Rows of the two tables, as text or as numbers.
    scenario, network : Scenario, RoadNetwork
        The world, and its roads.
    quiet : bool[zones, steps]
        When each zone is paused.
    """
    replay = Replay()
    kinds = {kind.vehicle.id: kind for kind in ambulances_of(scenario)}
    ground = Ground(scenario, network, quiet, AMBULANCES_STAY)
    convoys = follow(stops, {name: kind.vehicle for name, kind in kinds.items()}, ground, _STOPS, replay)
    people = patients_of(scenario)
    agreed = {one.row: sum(other.row == one.row for other in people) for one in people}
    rows = {one.row: one for one in people}
    beds = beds_of(scenario, people)
    moved: dict[str, int] = {}
    arrived: dict[str, int] = {}
    aboard: dict[tuple[str, int], dict[int, tuple[int, int]]] = {}
    for number, one in enumerate(patients, 2):
        where, name = f"row {number}", str(one["patients"])
        trip, person = convoys.get(str(one["convoy"])), rows.get(name)
        up, down = int(one["from_stop"]), int(one["to_stop"])
        if trip is None or person is None or not 0 <= up < down < len(trip):
            replay.wrong("medevac.patient", _PATIENTS, where, "have not agreed, or their ambulance does not exist")
            continue
        to = str(trip[down]["place"])
        if not 1 <= int(one["vehicle"]) <= int(trip[0]["vehicles"]):
            replay.wrong("medevac.patient", _PATIENTS, where, "there is no such ambulance", "vehicle")
        if str(trip[up]["place"]) != person.place or to not in beds or person.to not in (to, beds[to][0]):
            replay.wrong("medevac.place", _PATIENTS, where, "are not taken from where they are to where they agreed")
        if not person.way_back.strip() or str(one["way_back"]) != person.way_back:
            replay.wrong("medevac.way_back", _PATIENTS, where, "their way back is not the one they were told")
        moved[name] = moved.get(name, 0) + 1
        arrived[to] = arrived.get(to, 0) + 1
        there = aboard.setdefault((str(one["convoy"]), int(one["vehicle"])), {})
        lying, sitting = int(person.lying), int(not person.lying) + person.companions
        for stop, sign in ((up, 1), (down, -1)):
            before = there.get(stop, (0, 0))
            there[stop] = (before[0] + sign * lying, before[1] + sign * sitting)
    for name, count in moved.items():
        if count > agreed[name]:
            replay.wrong("medevac.patient", _PATIENTS, name, f"{count} are moved, {agreed[name]} have agreed")
    for place, count in arrived.items():
        if place in beds and count > beds[place][1]:
            replay.wrong("medevac.beds", _PATIENTS, place, f"{count} arrive, {beds[place][1]} beds are free")
    for (trip_id, vehicle), changes in aboard.items():
        kind, now = kinds.get(str(convoys[trip_id][0]["truck"])), (0, 0)
        for stop in sorted(changes):
            now = now[0] + changes[stop][0], now[1] + changes[stop][1]
            if kind is not None and (now[0] > kind.lying or now[1] > kind.sitting):
                message = (
                    f"{now[0]} lie and {now[1]} sit after stop {stop}; it has {kind.lying} and {kind.sitting} places"
                )
                replay.wrong("medevac.places", _PATIENTS, f"{trip_id}, ambulance {vehicle}", message)
    replay.checks.append(("patients against places in ambulances, beds and who agreed", len(patients)))
    return replay
