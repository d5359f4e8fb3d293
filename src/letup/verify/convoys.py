"""Replay written convoys and ambulances against the pauses, step by step, without the search that made them.

Nothing here uses what chose the trips: paths, times and loads are followed as they stand in the tables.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.convoys.model import Truck
from letup.aid.convoys.patients import ambulances_of, beds_of, patients_of
from letup.aid.convoys.tables import CONVOYS, LOADS, MEDEVAC, PATIENTS
from letup.roads.departures import open_steps
from letup.roads.last_stretches import road_access, stretch_minutes
from letup.roads.network import RoadNetwork
from letup.roads.open_times import AMBULANCES_STAY, TRUCKS_STAY, vehicles_need_pause
from letup.roads.reach import open_to
from letup.roads.timed import CONTROL_MINUTES
from letup.roads.vehicle_paths import path_ends
from letup.scenario.model import Scenario
from letup.tables import parse_path
from letup.verify.result import Verification

_EXACT = 1e-6

Row = Mapping[str, Any]
Rows = Sequence[Row]


def check_convoys(
    stops: Rows,
    loads: Rows,
    scenario: Scenario,
    network: RoadNetwork,
    quiet: NDArray[np.bool_],
    deliveries: pd.DataFrame,
    trucks: Sequence[Truck],
) -> Verification:
    """Replay convoys.csv and convoy-loads.csv.

    Each path is driven at every minute between the earliest and the latest to leave, arc by arc; every step in which
    a vehicle is in a zone that needs a pause must be quiet, on the road and at a stop, unless vehicles may stay there.

    Parameters
    ----------
    stops, loads : sequences of mappings
        Rows of the two tables, as text or as numbers.
    scenario, network : Scenario, RoadNetwork
        The world, and its roads.
    quiet : bool[zones, steps]
        When each zone is paused.
    deliveries : DataFrame
        Rows of deliveries.csv.
    trucks : sequence of Truck
        Rows of trucks.csv.

    Returns
    -------
    Verification
        No problems if everything holds.
    """
    replay = Verification()
    kinds = {truck.id: truck for truck in trucks}
    convoys = _drive_all(stops, kinds, QuietRoads(scenario, network, quiet), CONVOYS.name, replay)
    _check_loads(convoys, loads, deliveries, kinds, scenario, replay)
    return replay


def check_medevac(
    stops: Rows, patients: Rows, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_]
) -> Verification:
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
    replay = Verification()
    ambulances = {kind.vehicle.id: kind for kind in ambulances_of(scenario)}
    vehicles = {name: kind.vehicle for name, kind in ambulances.items()}
    roads = QuietRoads(scenario, network, quiet, AMBULANCES_STAY, "vehicle")
    convoys = _drive_all(stops, vehicles, roads, MEDEVAC.name, replay)
    agreed = patients_of(scenario)
    patient_of = {patient.row: patient for patient in agreed}
    beds = beds_of(scenario, agreed)
    moved, arrived = Counter[str](), Counter[str]()
    changes: dict[tuple[str, int], dict[int, list[int]]] = {}  # lying and sitting more, by ambulance and stop
    for number, row in enumerate(patients, 2):
        where, name = f"row {number}", str(row["patients"])
        convoy, patient = convoys.get(str(row["convoy"])), patient_of.get(name)
        first, last = int(row["from_stop"]), int(row["to_stop"])
        if convoy is None or patient is None or not 0 <= first < last < len(convoy):
            message = "have not agreed, or their ambulance does not exist"
            replay.wrong("medevac.patient", PATIENTS.name, where, message)
            continue
        to = str(convoy[last]["place"])
        if not 1 <= int(row["vehicle"]) <= int(convoy[0]["vehicles"]):
            replay.wrong("medevac.patient", PATIENTS.name, where, "there is no such ambulance", "vehicle")
        if str(convoy[first]["place"]) != patient.place or to not in beds or patient.to not in (to, beds[to][0]):
            message = "are not taken from where they are to where they agreed"
            replay.wrong("medevac.place", PATIENTS.name, where, message)
        if not patient.way_back.strip() or str(row["way_back"]) != patient.way_back:
            message = "their way back is not the one they were told"
            replay.wrong("medevac.way_back", PATIENTS.name, where, message)
        moved[name] += 1
        arrived[to] += 1
        at_stop = changes.setdefault((str(row["convoy"]), int(row["vehicle"])), defaultdict(lambda: [0, 0]))
        for stop, sign in ((first, 1), (last, -1)):
            at_stop[stop][0] += sign * int(patient.lying)
            at_stop[stop][1] += sign * (int(not patient.lying) + patient.companions)
    count_agreed = Counter(patient.row for patient in agreed)
    for name, count in moved.items():
        if count > count_agreed[name]:
            message = f"{count} are moved, {count_agreed[name]} have agreed"
            replay.wrong("medevac.patient", PATIENTS.name, name, message)
    for place, count in arrived.items():
        if place in beds and count > beds[place][1]:
            message = f"{count} arrive, {beds[place][1]} beds are free"
            replay.wrong("medevac.beds", PATIENTS.name, place, message)
    for (name, vehicle), at_stop in changes.items():
        kind = ambulances.get(str(convoys[name][0]["truck"]))
        lying = sitting = 0
        for stop in sorted(at_stop):
            lying, sitting = lying + at_stop[stop][0], sitting + at_stop[stop][1]
            if kind is not None and (lying > kind.lying or sitting > kind.sitting):
                message = (
                    f"{lying} lie and {sitting} sit after stop {stop}; it has {kind.lying} and {kind.sitting} places"
                )
                replay.wrong("medevac.places", PATIENTS.name, f"{name}, ambulance {vehicle}", message)
    replay.done("patients against places in ambulances, beds and who agreed", len(patients))
    return replay


class QuietRoads:
    """Where and when vehicles may be, on the grid of steps.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world, and its roads.
    quiet : bool[zones, steps]
        When each zone is paused.
    stays : set of str
        Kinds of places where the vehicles may stay whatever happens, besides those with ``wait``.
    mode : str
        ``"lorry"`` for trucks, ``"vehicle"`` for ambulances.
    """

    def __init__(
        self,
        scenario: Scenario,
        network: RoadNetwork,
        quiet: NDArray[np.bool_],
        stays: frozenset[str] = TRUCKS_STAY,
        mode: str = "lorry",
    ) -> None:
        self.usable = open_to(network, mode)
        self.network, self.step_minutes, self.steps = network, scenario.step_minutes, scenario.steps
        self.needs_pause = vehicles_need_pause(scenario)
        self.quiet = np.asarray(quiet, bool) | ~self.needs_pause[:, None]
        self.access = road_access(network, scenario, mode=mode)
        places = scenario.places
        self.waits = set(places.index[places["wait"].to_numpy(bool) | places["kind"].isin(stays).to_numpy(bool)])
        self.is_open: dict[str, NDArray[np.bool_]] = {
            str(place): open_steps(hours, scenario, scenario.steps, scenario.step_minutes)
            for place, hours in places["hours"].items()
            if isinstance(hours, str) and hours.strip()
        }
        self.checkpoints: dict[int, list[str]] = {}
        for place, kind in places["kind"].items():
            if kind == "checkpoint" and str(place) in network.place_node:
                self.checkpoints.setdefault(network.place_node[str(place)], []).append(str(place))

    @property
    def minutes(self) -> int:
        """Minutes from the start to the end of the scenario."""
        return self.steps * self.step_minutes

    def throughout(self, state: NDArray[np.bool_], first: float, last: float) -> bool:
        """Whether a state holds in every step touched from one minute up to another."""
        begin, end = math.floor(first / self.step_minutes + _EXACT), math.ceil(last / self.step_minutes - _EXACT)
        return begin >= 0 and end <= self.steps and bool(state[begin : max(end, begin)].all())

    def may_be(self, place: str, base: str, first: int, last: int) -> bool:
        """Whether vehicles of a base may be at a place from one minute up to another."""
        node = self.network.place_node.get(place, -1)
        zone = int(self.network.node_zone[node]) if node >= 0 else -1
        if place == base or place in self.waits or zone < 0 or not self.needs_pause[zone]:
            return True
        return self.throughout(self.quiet[zone], first, last)

    def arc_minutes(self, arc: int, speed_kmh: float) -> float:
        """Minutes that vehicles take for an arc; infinite where they may not be."""
        if not self.usable[arc]:
            return math.inf
        if self.network.vehicle_kmh[arc] > 0:
            speed_kmh = min(speed_kmh, float(self.network.vehicle_kmh[arc]))
        return float(self.network.length_m[arc]) * 0.06 / speed_kmh

    def last_stretch(self, place: str, node: int, speed_kmh: float) -> list[tuple[int, float]]:
        """Zone and minutes of the two halves of the last stretch from a place to a node of the roads."""
        metres = self.access[place][node]
        half = stretch_minutes(metres / 2, speed_kmh)
        ends = (self.network.place_node[place], node)
        return [(int(self.network.node_zone[at]), half) for at in ends] if metres else []

    def drive(
        self, places: tuple[str, str], arcs: Sequence[int], leave: tuple[int, int], speed_kmh: float
    ) -> tuple[float, list[float], str]:
        """Drive from place to place along arcs at every minute between the earliest and the latest to leave.

        Returns
        -------
        minutes : float
            How long it takes.
        begins : list of float
            Minutes after leaving at which each arc is begun.
        problem : str
            What does not hold; empty if all does.
        """
        elapsed, begins, problem = 0.0, list[float](), ""
        ends = path_ends(self.network, arcs, self.access[places[0]], self.access[places[1]])
        if ends is None:
            return math.inf, begins, "its way does not lead there"

        def pass_(zone: int, minutes: float, doing: str) -> None:
            nonlocal elapsed, problem
            entered, elapsed = elapsed, elapsed + minutes
            if zone >= 0 and not self.throughout(self.quiet[zone], leave[0] + entered, leave[1] + elapsed):
                problem = problem or f"a vehicle is {doing} while zone number {zone} is not quiet"

        for zone, minutes in self.last_stretch(places[0], ends[0], speed_kmh):
            pass_(zone, minutes, f"on the last stretch of {places[0]}")
        for arc in arcs:
            minutes = self.arc_minutes(arc, speed_kmh)
            if not math.isfinite(minutes):
                return minutes, begins, f"arc {arc} is not open to vehicles"
            begins.append(elapsed)
            zone, controls = int(self.network.zone[arc]), self.checkpoints.get(int(self.network.head[arc]), ())
            pass_(zone, minutes, f"on arc {arc}")
            for place in controls[:1]:
                pass_(zone, CONTROL_MINUTES, f"held at {place}")
            for place in controls:
                held = leave[0] + elapsed - CONTROL_MINUTES, leave[1] + elapsed
                if place in self.is_open and not self.throughout(self.is_open[place], *held):
                    problem = problem or f"a vehicle is at {place} outside its hours"
        for zone, minutes in self.last_stretch(places[1], ends[1], speed_kmh)[::-1]:
            pass_(zone, minutes, f"on the last stretch of {places[1]}")
        return elapsed, begins, problem


def _drive_all(
    stops: Rows, kinds: Mapping[str, Truck], roads: QuietRoads, file: str, replay: Verification
) -> dict[str, list[Row]]:
    """Drive every convoy of a table of stops, and count vehicles that are out; rows by convoy."""
    convoys: dict[str, list[Row]] = {}
    for row in stops:
        convoys.setdefault(str(row["convoy"]), []).append(row)
    out: dict[str, list[tuple[int, int, int]]] = {}
    legs = 0
    for name, rows in convoys.items():
        truck = kinds.get(str(rows[0]["truck"]))
        if truck is None:
            replay.wrong("convoys.vehicle", file, name, f"there is no vehicle {rows[0]['truck']!r}", "truck")
            continue
        try:
            legs += _drive(rows, truck, roads, file, replay)
            is_back = str(rows[-1]["place"]) == truck.place
            last = int(rows[-1]["arrive_latest_minute"]) if is_back else roads.minutes
            span = int(rows[0]["arrive_earliest_minute"]), last
            out.setdefault(truck.id, []).append((*span, int(rows[0]["vehicles"])))
        except (KeyError, TypeError, ValueError) as error:
            replay.wrong("convoys.row", file, name, f"cannot be read: {error}")
    replay.done("legs of convoys inside quiet windows, no vehicle on the road when one ends", legs)
    for truck_id, spans in out.items():
        _check_fleet(kinds[truck_id], spans, file, replay)
    replay.done("kinds of vehicles not out more often than there are", len(out))
    return convoys


def _drive(rows: Rows, truck: Truck, roads: QuietRoads, file: str, replay: Verification) -> int:
    """Follow one convoy; the number of legs driven."""
    name = str(rows[0]["convoy"])
    network, access = roads.network, roads.access
    for k, row in enumerate(rows):
        where, place = f"{name}, stop {row['stop']}", str(row["place"])
        same = all(int(row[column]) == int(rows[0][column]) for column in ("day", "vehicles"))
        if int(row["stop"]) != k or str(row["truck"]) != truck.id or not same:
            replay.wrong("convoys.row", file, where, "its number, day, vehicle or count is not the convoy's")
        if place not in access:
            replay.wrong("convoys.place", file, where, f"{place!r} is not reached by any road for vehicles", "place")
            return 0
        arrive, arrive_latest = int(row["arrive_earliest_minute"]), int(row["arrive_latest_minute"])
        leave, leave_latest = int(row["leave_earliest_minute"]), int(row["leave_latest_minute"])
        service = int(row["service_minutes"])
        in_order = 0 <= arrive <= arrive_latest and arrive + service <= leave <= leave_latest
        if not in_order or arrive_latest + service > leave_latest:
            replay.wrong("convoys.time", file, where, "its times leave no time for the work there", "leave_latest")
        if not roads.may_be(place, truck.place, arrive, leave_latest):
            replay.wrong("convoys.quiet", file, where, f"vehicles are at {place} while its zone is not quiet")
        hours = roads.is_open.get(place)
        if service and hours is not None and not roads.throughout(hours, arrive, arrive_latest + service):
            replay.wrong("convoys.hours", file, where, f"vehicles are worked at outside the hours of {place}")
        if k + 1 == len(rows):
            continue
        then = rows[k + 1]
        path = parse_path(str(row["arcs"]))
        arcs = [arc for arc, _ in path]
        broken = [
            arc
            for before, arc in zip([-1, *arcs], arcs, strict=False)
            if not 0 <= arc < len(network.tail) or (before >= 0 and network.tail[arc] != network.head[before])
        ]
        if broken:
            message = f"arc {broken[0]} does not go on from where the vehicle is"
            replay.wrong("convoys.way", file, where, message, "arcs")
            return k
        destination = str(then["place"])
        if path_ends(network, arcs, access[place], access.get(destination, {})) is None:
            replay.wrong("convoys.way", file, where, f"the way does not lead to {destination}", "arcs")
            return k
        took, begins, problem = roads.drive((place, destination), arcs, (leave, leave_latest), truck.speed_kmh)
        offsets = [offset for _, offset in path]
        if problem:
            replay.wrong("convoys.quiet", file, where, problem, "arcs")
        elif any(not at - 1 - _EXACT <= said <= at + _EXACT for at, said in zip(begins, offsets, strict=True)):
            replay.wrong("convoys.way", file, where, "the minutes at which its arcs begin are not those driven", "arcs")
        early, late = int(then["arrive_earliest_minute"]), int(then["arrive_latest_minute"])
        if leave + took > early + 1 + _EXACT or leave + took < early - 1 or leave_latest + took > late + _EXACT:
            message = f"the way takes {took:.1f} minutes; arrivals at the next stop do not fit"
            replay.wrong("convoys.time", file, where, message, "minutes")
    ended = str(rows[-1]["place"])
    stays = roads.may_be(ended, truck.place, int(rows[-1]["arrive_earliest_minute"]), roads.minutes)
    if str(rows[0]["place"]) != truck.place or not stays:
        message = f"does not start at {truck.place}, or ends where its vehicles may not stay"
        replay.wrong("convoys.home", file, name, message, "place")
    return len(rows) - 1


def _check_fleet(truck: Truck, spans: list[tuple[int, int, int]], file: str, replay: Verification) -> None:
    """No more vehicles out at once than there are."""
    changes = [(first, count) for first, _, count in spans] + [(last, -count) for _, last, count in spans]
    out = 0
    for minute, change in sorted(changes):
        out += change
        if out > truck.count:
            message = f"{out} vehicles are out at minute {minute}, there are {truck.count}"
            replay.wrong("convoys.vehicles", file, truck.id, message, "vehicles")
            return


def _check_loads(
    convoys: Mapping[str, list[Row]],
    loads: Rows,
    deliveries: pd.DataFrame,
    trucks: Mapping[str, Truck],
    scenario: Scenario,
    replay: Verification,
) -> None:
    """Each load is what its delivery says, goes where it is to, and no vehicle carries more than it may."""
    delivery_of = {str(row["id"]): row for row in deliveries.to_dict("records")}
    carried: dict[str, float] = defaultdict(float)
    changes: dict[tuple[str, int], dict[int, float]] = {}  # kilograms more, by vehicle and stop

    def wrong(code: str, where: str, message: str, column: str = "") -> None:
        replay.wrong(code, LOADS.name, where, message, column)

    for number, load in enumerate(loads, 2):
        where = f"row {number}"
        delivery, stops = delivery_of.get(str(load["delivery"])), convoys.get(str(load["convoy"]))
        first, last = int(load["loaded_stop"]), int(load["unloaded_stop"])
        if delivery is None or stops is None or not 0 <= first < last < len(stops):
            wrong("convoys.load", where, "its delivery, convoy or stops do not exist")
            continue
        if not 1 <= int(load["vehicle"]) <= int(stops[0]["vehicles"]):
            wrong("convoys.load", where, "its convoy has no such vehicle", "vehicle")
        ends = str(stops[first]["place"]), str(stops[last]["place"])
        if ends != (str(delivery["origin"]), str(delivery["destination"])):
            wrong("convoys.load", where, "is not taken from its origin to its destination")
        if str(stops[0]["truck"]) != str(delivery["truck"]) or str(load["item"]) != str(delivery["item"]):
            wrong("convoys.load", where, "is not the item, or on the vehicle, that its delivery names")
        if int(stops[first]["leave_earliest_minute"]) < int(delivery["depart_first_step"]) * scenario.step_minutes:
            wrong("convoys.load", where, "sets out before its delivery may")
        amount, kg = float(load["amount"]), float(load["kg"])
        carried[str(load["delivery"])] += amount
        share = amount / float(delivery["amount"]) if float(delivery["amount"]) else 0.0
        if abs(kg - share * float(delivery["kg"])) > _EXACT * max(1.0, float(delivery["kg"])):
            wrong("convoys.load", where, "does not weigh what its delivery says", "kg")
        at_stop = changes.setdefault((str(load["convoy"]), int(load["vehicle"])), defaultdict(float))
        at_stop[first] += kg
        at_stop[last] -= kg
    for name, amount in carried.items():
        if amount > float(delivery_of[name]["amount"]) * (1 + _EXACT):
            wrong("convoys.goods", name, "more is carried than its delivery holds", "amount")
    for (convoy, vehicle), at_stop in changes.items():
        truck, kg = trucks.get(str(convoys[convoy][0]["truck"])), 0.0
        for stop in sorted(at_stop):
            kg += at_stop[stop]
            if truck is not None and kg > truck.payload_kg * (1 + _EXACT):
                message = f"carries {kg:,.0f} kg after stop {stop}, it may {truck.payload_kg:,g}"
                wrong("convoys.weight", f"{convoy}, vehicle {vehicle}", message, "kg")
    replay.done("loads of vehicles against deliveries and payloads", len(loads))
