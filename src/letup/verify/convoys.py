"""Replay written convoys against the pauses, step by step, without the search that made them.

Nothing here uses what chose the trips: ways, times and loads are followed as they stand in the tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.convoys.model import Truck
from letup.core.findings import Finding
from letup.roads.departures import open_steps
from letup.roads.last_stretches import road_access, stretch_minutes
from letup.roads.network import RoadNetwork
from letup.roads.open_times import TRUCKS_STAY, vehicles_need_pause
from letup.roads.timed import CONTROL_MINUTES
from letup.roads.vehicle_paths import path_ends
from letup.scenario.model import Scenario

_FILE = "convoys.csv"
_LOADS = "convoy-loads.csv"
_EXACT = 1e-6


@dataclass
class Replay:
    """What was replayed, and what does not hold.

    Attributes
    ----------
    checks : list of (str, int)
        What was recomputed, and how many times.
    problems : list of Finding
        What does not hold.
    """

    checks: list[tuple[str, int]] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    def wrong(self, code: str, file: str, where: str, message: str, column: str = "") -> None:
        """Note that something does not hold."""
        self.problems.append(Finding(f"verify.{code}", "error", message, "", file, where, column))


def check_convoys(
    stops: Sequence[Mapping[str, Any]],
    loads: Sequence[Mapping[str, Any]],
    scenario: Scenario,
    network: RoadNetwork,
    quiet: NDArray[np.bool_],
    deliveries: pd.DataFrame,
    trucks: Sequence[Truck],
) -> Replay:
    """Replay convoys.csv and convoy-loads.csv.

    Each way is driven at every minute between the earliest and the latest to leave, arc by arc; every step in which
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
    Replay
        No problems if everything holds.
    """
    replay = Replay()
    known = {truck.id: truck for truck in trucks}
    convoys = follow(stops, known, Ground(scenario, network, quiet), _FILE, replay)
    _loads(convoys, loads, deliveries, known, scenario, replay)
    return replay


def follow(
    stops: Sequence[Mapping[str, Any]], known: Mapping[str, Truck], ground: Ground, file: str, replay: Replay
) -> dict[str, list[Mapping[str, Any]]]:
    """Drive every convoy of a table of stops, and count vehicles that are out; rows by convoy."""
    convoys: dict[str, list[Mapping[str, Any]]] = {}
    for row in stops:
        convoys.setdefault(str(row["convoy"]), []).append(row)
    out: dict[str, list[tuple[int, int, int]]] = {}
    driven = 0
    for name, rows in convoys.items():
        truck = known.get(str(rows[0]["truck"]))
        if truck is None:
            replay.wrong("convoys.vehicle", file, name, f"there is no vehicle {rows[0]['truck']!r}", "truck")
            continue
        try:
            driven += _drive(rows, truck, ground, file, replay)
            back = str(rows[-1]["place"]) == truck.place
            last = int(rows[-1]["arrive_latest_minute"]) if back else ground.steps * ground.step
            span = int(rows[0]["arrive_earliest_minute"]), last
            out.setdefault(truck.id, []).append((*span, int(rows[0]["vehicles"])))
        except (KeyError, TypeError, ValueError) as error:
            replay.wrong("convoys.row", file, name, f"cannot be read: {error}")
    replay.checks.append(("legs of convoys inside quiet windows, no vehicle on the road when one ends", driven))
    for truck_id, spans in out.items():
        _fleet(known[truck_id], spans, file, replay)
    replay.checks.append(("kinds of vehicles not out more often than there are", len(out)))
    return convoys


class Ground:
    """Where and when vehicles may be, on the grid of steps."""

    def __init__(
        self,
        scenario: Scenario,
        network: RoadNetwork,
        quiet: NDArray[np.bool_],
        stays: frozenset[str] = TRUCKS_STAY,
    ) -> None:
        self.network, self.step, self.steps = network, scenario.step_minutes, scenario.steps
        self.pauses = vehicles_need_pause(scenario)
        self.calm = np.asarray(quiet, bool) | ~self.pauses[:, None]
        self.access = road_access(network, scenario)
        places = scenario.places
        self.waits = set(places.index[places["wait"].to_numpy(bool) | places["kind"].isin(stays).to_numpy(bool)])
        self.open: dict[str, NDArray[np.bool_]] = {
            str(place): open_steps(hours, scenario, scenario.steps, scenario.step_minutes)
            for place, hours in scenario.places["hours"].items()
            if isinstance(hours, str) and hours.strip()
        }
        self.control: dict[int, list[str]] = {}
        for place, kind in scenario.places["kind"].items():
            if kind == "checkpoint" and str(place) in network.place_node:
                self.control.setdefault(network.place_node[str(place)], []).append(str(place))

    def at_all(self, state: NDArray[np.bool_], first: float, last: float) -> bool:
        """Whether a state holds in every step touched from one minute up to another."""
        a, b = math.floor(first / self.step + _EXACT), math.ceil(last / self.step - _EXACT)
        return a >= 0 and b <= self.steps and bool(state[a : max(b, a)].all())

    def may_be(self, place: str, base: str, first: int, last: int) -> bool:
        """Whether vehicles may be at a place from one minute up to another."""
        node = self.network.place_node.get(place, -1)
        zone = int(self.network.node_zone[node]) if node >= 0 else -1
        if place == base or place in self.waits or zone < 0 or not self.pauses[zone]:
            return True
        return self.at_all(self.calm[zone], first, last)

    def minutes(self, arc: int, speed_kmh: float) -> float:
        """Minutes that vehicles take for an arc; infinite where they may not be."""
        if not self.network.vehicles_per_hour[arc] > 0:
            return math.inf
        if self.network.vehicle_kmh[arc] > 0:
            speed_kmh = min(speed_kmh, float(self.network.vehicle_kmh[arc]))
        return float(self.network.length_m[arc]) * 0.06 / speed_kmh

    def stretch(self, place: str, node: int, speed_kmh: float) -> list[tuple[int, float]]:
        """Zone and minutes of the two halves of the last stretch from a place to a node of the roads."""
        metres = self.access[place][node]
        half = stretch_minutes(metres / 2, speed_kmh)
        ends = (self.network.place_node[place], node)
        return [(int(self.network.node_zone[at]), half) for at in ends] if metres else []


def drive(
    places: tuple[str, str], arcs: Sequence[int], leave: tuple[int, int], speed_kmh: float, ground: Ground
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
    along, begins, problem = 0.0, list[float](), ""
    ends = path_ends(ground.network, arcs, ground.access[places[0]], ground.access[places[1]])
    if ends is None:
        return math.inf, begins, "its way does not lead there"

    def pass_(zone: int, minutes: float, what: str) -> None:
        nonlocal along, problem
        entered, along = along, along + minutes
        if zone >= 0 and not ground.at_all(ground.calm[zone], leave[0] + entered, leave[1] + along):
            problem = problem or f"a vehicle is {what} while zone number {zone} is not quiet"

    for zone, minutes in ground.stretch(places[0], ends[0], speed_kmh):
        pass_(zone, minutes, f"on the last stretch of {places[0]}")
    for arc in arcs:
        took = ground.minutes(arc, speed_kmh)
        if not math.isfinite(took):
            return took, begins, f"arc {arc} is not open to vehicles"
        begins.append(along)
        zone = int(ground.network.zone[arc])
        pass_(zone, took, f"on arc {arc}")
        for place in ground.control.get(int(ground.network.head[arc]), ())[:1]:
            pass_(zone, CONTROL_MINUTES, f"held at {place}")
        for place in ground.control.get(int(ground.network.head[arc]), ()):
            if place in ground.open and not ground.at_all(
                ground.open[place], leave[0] + along - CONTROL_MINUTES, leave[1] + along
            ):
                problem = problem or f"a vehicle is at {place} outside its hours"
    for zone, minutes in ground.stretch(places[1], ends[1], speed_kmh)[::-1]:
        pass_(zone, minutes, f"on the last stretch of {places[1]}")
    return along, begins, problem


def _drive(rows: Sequence[Mapping[str, Any]], truck: Truck, ground: Ground, file: str, replay: Replay) -> int:
    """Follow one convoy; the number of ways driven."""
    name = str(rows[0]["convoy"])
    access = ground.access
    for k, row in enumerate(rows):
        where, place = f"{name}, stop {row['stop']}", str(row["place"])
        same = all(int(row[name]) == int(rows[0][name]) for name in ("day", "vehicles"))
        if int(row["stop"]) != k or str(row["truck"]) != truck.id or not same:
            replay.wrong("convoys.row", file, where, "its number, day, vehicle or count is not the convoy's")
        if place not in access:
            replay.wrong("convoys.place", file, where, f"{place!r} is not reached by any road for vehicles", "place")
            return 0
        early, late = int(row["arrive_earliest_minute"]), int(row["arrive_latest_minute"])
        go, last = int(row["leave_earliest_minute"]), int(row["leave_latest_minute"])
        service = int(row["service_minutes"])
        if not (0 <= early <= late and early + service <= go <= last and late + service <= last):
            replay.wrong("convoys.time", file, where, "its times leave no time for the work there", "leave_latest")
        if not ground.may_be(place, truck.place, early, last):
            replay.wrong("convoys.quiet", file, where, f"vehicles are at {place} while its zone is not quiet")
        if service and place in ground.open and not ground.at_all(ground.open[place], early, late + service):
            replay.wrong("convoys.hours", file, where, f"vehicles are worked at outside the hours of {place}")
        if k + 1 == len(rows):
            continue
        begun = [int(part.partition("@")[2]) for part in str(row["arcs"]).split()]
        arcs = [int(part.partition("@")[0]) for part in str(row["arcs"]).split()]
        then = rows[k + 1]
        onward = access.get(str(then["place"]), {})
        broken = [
            arc
            for before, arc in zip([-1, *arcs], arcs, strict=False)
            if not 0 <= arc < len(ground.network.tail)
            or (before >= 0 and ground.network.tail[arc] != ground.network.head[before])
        ]
        if broken:
            replay.wrong(
                "convoys.way", file, where, f"arc {broken[0]} does not go on from where the vehicle is", "arcs"
            )
            return k
        if path_ends(ground.network, arcs, access[place], onward) is None:
            replay.wrong("convoys.way", file, where, f"the way does not lead to {then['place']}", "arcs")
            return k
        took, begins, problem = drive((place, str(then["place"])), arcs, (go, last), truck.speed_kmh, ground)
        if problem:
            replay.wrong("convoys.quiet", file, where, problem, "arcs")
        elif any(not at - 1 - _EXACT <= said <= at + _EXACT for at, said in zip(begins, begun, strict=True)):
            replay.wrong("convoys.way", file, where, "the minutes at which its arcs begin are not those driven", "arcs")
        early, late = int(then["arrive_earliest_minute"]), int(then["arrive_latest_minute"])
        if go + took > early + 1 + _EXACT or go + took < early - 1 or last + took > late + _EXACT:
            message = f"the way takes {took:.1f} minutes; arrivals at the next stop do not fit"
            replay.wrong("convoys.time", file, where, message, "minutes")
    ended = str(rows[-1]["place"])
    end = ground.steps * ground.step
    stays = ground.may_be(ended, truck.place, int(rows[-1]["arrive_earliest_minute"]), end)
    if str(rows[0]["place"]) != truck.place or not stays:
        message = f"does not start at {truck.place}, or ends where its vehicles may not stay"
        replay.wrong("convoys.home", file, name, message, "place")
    return len(rows) - 1


def _fleet(truck: Truck, spans: list[tuple[int, int, int]], file: str, replay: Replay) -> None:
    """No more vehicles out at once than there are."""
    changes = sorted([(a, vehicles) for a, _, vehicles in spans] + [(b, -vehicles) for _, b, vehicles in spans])
    out = 0
    for minute, change in changes:
        out += change
        if out > truck.count:
            message = f"{out} vehicles are out at minute {minute}, there are {truck.count}"
            replay.wrong("convoys.vehicles", file, truck.id, message, "vehicles")
            return


def _loads(
    convoys: Mapping[str, list[Mapping[str, Any]]],
    loads: Sequence[Mapping[str, Any]],
    deliveries: pd.DataFrame,
    trucks: Mapping[str, Truck],
    scenario: Scenario,
    replay: Replay,
) -> None:
    """Each load is what its delivery says, goes where it is to, and no vehicle carries more than it may."""
    rows = {str(row["id"]): row for row in deliveries.to_dict("records")}
    carried: dict[str, float] = {}
    weight: dict[tuple[str, int], dict[int, float]] = {}
    for number, one in enumerate(loads, 2):
        where = f"row {number}"
        row, stops = rows.get(str(one["delivery"])), convoys.get(str(one["convoy"]))
        up, down = int(one["loaded_stop"]), int(one["unloaded_stop"])
        if row is None or stops is None or not 0 <= up < down < len(stops):
            replay.wrong("convoys.load", _LOADS, where, "its delivery, convoy or stops do not exist")
            continue
        if not 1 <= int(one["vehicle"]) <= int(stops[0]["vehicles"]):
            replay.wrong("convoys.load", _LOADS, where, "its convoy has no such vehicle", "vehicle")
        if (str(stops[up]["place"]), str(stops[down]["place"])) != (str(row["origin"]), str(row["destination"])):
            replay.wrong("convoys.load", _LOADS, where, "is not taken from its origin to its destination")
        if str(stops[0]["truck"]) != str(row["truck"]) or str(one["item"]) != str(row["item"]):
            replay.wrong("convoys.load", _LOADS, where, "is not the item, or on the vehicle, that its delivery names")
        if int(stops[up]["leave_earliest_minute"]) < int(row["depart_first_step"]) * scenario.step_minutes:
            replay.wrong("convoys.load", _LOADS, where, "sets out before its delivery may")
        carried[str(one["delivery"])] = carried.get(str(one["delivery"]), 0.0) + float(one["amount"])
        share = float(one["amount"]) / float(row["amount"]) if float(row["amount"]) else 0.0
        if abs(float(one["kg"]) - share * float(row["kg"])) > _EXACT * max(1.0, float(row["kg"])):
            replay.wrong("convoys.load", _LOADS, where, "does not weigh what its delivery says", "kg")
        there = weight.setdefault((str(one["convoy"]), int(one["vehicle"])), {})
        there[up] = there.get(up, 0.0) + float(one["kg"])
        there[down] = there.get(down, 0.0) - float(one["kg"])
    for name, amount in carried.items():
        if amount > float(rows[name]["amount"]) * (1 + _EXACT):
            replay.wrong("convoys.goods", _LOADS, name, "more is carried than its delivery holds", "amount")
    for (convoy, vehicle), changes in weight.items():
        truck, kg = trucks.get(str(convoys[convoy][0]["truck"])), 0.0
        for stop in sorted(changes):
            kg += changes[stop]
            if truck is not None and kg > truck.payload_kg * (1 + _EXACT):
                message = f"carries {kg:,.0f} kg after stop {stop}, it may {truck.payload_kg:,g}"
                replay.wrong("convoys.weight", _LOADS, f"{convoy}, vehicle {vehicle}", message, "kg")
    replay.checks.append(("loads of vehicles against deliveries and payloads", len(loads)))
