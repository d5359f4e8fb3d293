"""From deliveries to convoys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from letup.aid.convoys.make.grouping import Grouping, block_tasks, blocks, teams
from letup.aid.convoys.model import Convoy, Load, Orders, Truck
from letup.aid.convoys.rules import Settings, day_spans
from letup.core.arrays import Bools
from letup.core.findings import Finding, worst_first
from letup.roads.network import RoadNetwork
from letup.roads.open_times import OpenTimes
from letup.roads.vehicle_paths import VehicleRoads
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, Trip, route
from letup.routing.time_windows import Transport, time_windows
from letup.scenario.disclosure import shared_name
from letup.scenario.model import Scenario

_PRIZE = 100_000
"""What leaving a load behind weighs, in minutes: more than any trip."""

_ASKED_AGAIN = frozenset({"convoys.no_time", "convoys.left"})


def make_convoys(
    scenario: Scenario,
    network: RoadNetwork,
    quiet: Bools,
    deliveries: pd.DataFrame,
    trucks: Sequence[Truck],
    settings: Settings | None = None,
) -> Orders:
    """Make convoys of deliveries.

    Each delivery is split into the loads of single vehicles, and these into blocks that travel together. For each day
    and kind of vehicle PyVRP chooses which team of vehicles carries which blocks in which order, and what no team can,
    single vehicles; those of them with the same stops then travel together. Vehicles start from their base and come
    back to it the same day; where the day's pause leaves no time for that, those at a place where they may stay go
    back when their way is next quiet. What finds no time or vehicle on its day is tried on the next.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world, and its roads (``roads.build``).
    quiet : bool[zones, steps]
        When each zone is paused.
    deliveries : DataFrame
        id, day, origin, destination, truck, trucks, item, amount, unit, kg, depart_first_step, arcs: as in
        deliveries.csv.
    trucks : sequence of Truck
        The vehicles.
    settings : Settings, optional
        What is decided beforehand.

    Returns
    -------
    Orders
        Goods of all convoys and what is left add up to the deliveries.
    """
    settings = settings or Settings()
    open_times = OpenTimes(scenario, network, quiet, settings.margin_minutes)
    convoys: list[Convoy] = []
    left: list[Load] = []
    findings: list[Finding] = []
    if not len(deliveries):
        remedy = "see the plan's findings for why nothing is delivered"
        findings.append(Finding("convoys.empty", "note", "there is no delivery", remedy, "deliveries.csv"))
    spans = day_spans(deliveries, scenario)
    truckloads = max(1, int(deliveries["trucks"].sum())) if len(deliveries) else 1
    for truck in trucks:
        own = deliveries[deliveries["truck"] == truck.id]
        roads = VehicleRoads(scenario, network, open_times, truck.speed_kmh)
        late = own.iloc[:0]
        for day in sorted(spans) if len(own) else ():
            rows = pd.concat([late, own[own["day"] == day]]) if len(late) else own[own["day"] == day]
            if not len(rows):
                continue
            share = settings.seconds * float(rows["trucks"].sum()) / truckloads
            work = _DayOfTrucks(day, truck, roads, spans[day], settings, scenario)
            work.read(rows)
            away = sum(
                convoy.vehicles for convoy in convoys if convoy.truck.id == truck.id and convoy.out_at(spans[day][0])
            )
            convoys += work.solve(max(1.0, share), away)
            late = _rows_left(rows, work.left)
            last = day == max(spans)
            left += work.too_heavy + (work.left if last else [])
            findings += [finding for finding in work.findings if last or finding.code not in _ASKED_AGAIN]
            if not last:
                counts = zip(late["id"], late["trucks"], strict=True)
                findings += [_later(str(name), int(count)) for name, count in counts]
    convoys.sort(key=lambda convoy: (convoy.day, convoy.stops[0].arrive_earliest, convoy.id))
    width = max(3, len(str(len(convoys))))
    numbered = [replace(convoy, id=f"c{number:0{width}d}") for number, convoy in enumerate(convoys, 1)]
    once = dict.fromkeys(findings)  # a path that does not exist is found again on each day
    return Orders(tuple(numbered), tuple(left), tuple(worst_first(list(once))))


def _rows_left(rows: pd.DataFrame, left: Sequence[Load]) -> pd.DataFrame:
    """Rows of deliveries with what is left of them for another day."""
    counts = Counter(load.delivery for load in left)
    late = rows[[counts[name] > 0 for name in rows["id"]]].copy()
    late["part"] = [counts[name] / int(trucks) for name, trucks in zip(late["id"], late["trucks"], strict=True)]
    for column in ("amount", "kg"):
        late[column] = late[column] * late["part"]
    late["trucks"] = [counts[name] for name in late["id"]]
    return late.drop(columns="part")


def _later(name: str, count: int) -> Finding:
    message = f"{count} of its loads find no vehicle, or no time, on their day, and are tried on the next"
    return Finding("convoys.later", "note", message, "longer pauses or more vehicles", "deliveries.csv", name)


class _DayOfTrucks:
    """The deliveries of one day by one kind of vehicle."""

    def __init__(
        self, day: int, truck: Truck, roads: VehicleRoads, span: tuple[int, int], settings: Settings, scenario: Scenario
    ) -> None:
        self.day, self.truck, self.roads, self.settings, self.scenario = day, truck, roads, settings, scenario
        self.first, self.after = span
        self.tasks: list[Task] = []
        self.loads: list[Load] = []
        self.left: list[Load] = []
        self.too_heavy: list[Load] = []
        self.findings: list[Finding] = []

    def read(self, rows: pd.DataFrame) -> None:
        """Split rows into loads of single vehicles, each with its time windows."""
        places = list(dict.fromkeys([self.truck.place, *rows["origin"], *rows["destination"]]))
        paths = self.roads.paths_between(places, self.first, self.after)
        deliveries = rows.to_dict("records")
        transports = [self._transport(row) for row in deliveries]
        for row, transport in zip(deliveries, transports, strict=True):
            text = str(row.get("arcs") or "")
            if not text:
                continue
            planned = self.roads.path_along(transport.origin, transport.destination, text)
            if planned is None:
                message = f"the way of {row['id']} is not one that vehicles can take from its origin to its destination"
                self._add("convoys.way", "warning", message, "the quickest quiet way is used instead", str(row["id"]))
            elif self.roads.departures(planned)[transport.first : transport.last].any():
                paths[transport.origin, transport.destination] = planned
        self.legs = Legs(self.roads, paths, [self.truck.place])
        for row, transport in zip(deliveries, transports, strict=True):
            self._split(row, transport)

    def _transport(self, row: dict[Any, Any]) -> Transport:
        kg = _per_vehicle(row, "kg")
        part = min(1.0, kg / self.truck.payload_kg) if self.truck.payload_kg > 0 else 1.0
        stop = self.settings.stop_minutes
        return Transport(
            origin=str(row["origin"]),
            destination=str(row["destination"]),
            first=max(self.first, int(row["depart_first_step"]) * self.scenario.step_minutes),
            last=self.after,
            loading=stop + math.ceil(part * self.truck.load_minutes),
            unloading=stop + math.ceil(part * self.truck.unload_minutes),
        )

    def _split(self, row: dict[Any, Any], transport: Transport) -> None:
        name, vehicles = str(row["id"]), int(row["trucks"])
        load = Load(
            delivery=name,
            destination=transport.destination,
            item=str(row["item"]),
            unit=str(row["unit"]),
            amount=_per_vehicle(row, "amount"),
            kg=_per_vehicle(row, "kg"),
        )
        if load.kg > self.truck.payload_kg * (1 + 1e-6):
            message = f"puts {load.kg:,.0f} kg on each of {vehicles} vehicles; one may carry {self.truck.payload_kg:,g}"
            self._add("convoys.overload", "error", message, "give it more vehicles", name)
            self.too_heavy += [load] * vehicles
            return
        windows = time_windows(transport, [self.truck.place], self.legs, self.after - 1)
        if isinstance(windows, str) and self.legs.open_times.may_stay(transport.destination):
            staying = time_windows(transport, [self.truck.place], self.legs, self.after - 1, stay=True)
            if not isinstance(staying, str) and self.legs.allow_stay(staying[1], self.truck.place, self.after):
                windows = staying
        if isinstance(windows, str):
            message = f"no vehicle can make it: {windows}"
            self._add("convoys.no_time", "warning", message, "longer pauses, or another day", name)
            self.left += [load] * vehicles
            return
        weight = min(math.ceil(load.kg - 1e-6), math.ceil(self.truck.payload_kg))
        self.tasks += [Task(*windows, (weight,), _PRIZE)] * vehicles
        self.loads += [load] * vehicles

    def solve(self, seconds: float, away: int) -> list[Convoy]:
        """Trips of teams and then of single vehicles, as convoys; ``away`` are not back from an earlier day."""
        grouping = Grouping(self.truck, self.day, Visit(self.truck.place, self.first, self.after - 1, 0), self.legs)
        payload = math.ceil(self.truck.payload_kg)
        home = Fleet(self.truck.place, max(0, self.truck.count - away), (payload,), self.first, self.after - 1)
        numbers = blocks(self.loads, max(1, min(self.settings.vehicles, home.count)))
        of_blocks = block_tasks(self.tasks, self.loads, numbers, payload)
        fleets = teams(of_blocks, home)
        trips = self._route(of_blocks, fleets, seconds * 0.8)
        sizes = [fleets[trip.fleet].weight for trip in trips]
        convoys = grouping.of_teams(trips, sizes, of_blocks, numbers, self.loads)
        carried = Counter(load.load.delivery for convoy in convoys for vehicle in convoy.manifest for load in vehicle)
        rest = []
        for number, load in enumerate(self.loads):  # loads of one delivery are alike
            if carried[load.delivery]:
                carried[load.delivery] -= 1
            else:
                rest.append(number)
        # what teams could not do, single vehicles that are in none may
        idle = replace(home, count=home.count - sum(convoy.vehicles for convoy in convoys))
        tasks, loads = [self.tasks[number] for number in rest], [self.loads[number] for number in rest]
        trips = self._route(tasks, [idle], seconds * 0.2)
        convoys += grouping.of_vehicles(trips, tasks, loads, self.settings.vehicles)
        for convoy in convoys:
            if convoy.stops[-1].place != self.truck.place:
                name, place = convoy.manifest[0][-1].load.delivery, convoy.stops[-1].place
                where = shared_name(self.scenario, place)
                message = f"{convoy.vehicles} vehicles stay at {where}: their way back is not quiet again"
                self._add("convoys.stay", "warning", message, "longer pauses, or a later one for the way back", name)
        done = {number for trip in trips for number, _ in trip.stops}
        not_done = [load for number, load in enumerate(loads) if number not in done]
        self.left += not_done
        for name, count in Counter(load.delivery for load in not_done).items():
            message = f"{count} of its loads find no vehicle with time enough among {self.truck.count}"
            self._add("convoys.left", "warning", message, "more vehicles, longer pauses, or another day", name)
        return convoys

    def _route(self, tasks: Sequence[Task], fleets: Sequence[Fleet], seconds: float) -> list[Trip]:
        return route(
            tasks, fleets, self.legs, seconds=seconds, seed=self.settings.seed, fixed=self.settings.fixed_minutes
        )

    def _add(self, code: str, severity: Literal["error", "warning"], message: str, remedy: str, name: str) -> None:
        self.findings.append(Finding(code, severity, message, remedy, "deliveries.csv", name))


def _per_vehicle(row: dict[Any, Any], column: str) -> float:
    """What one vehicle has of a row's total."""
    return float(row[column]) / int(row["trucks"])
