"""From deliveries to convoys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from letup.aid.convoys.make.grouping import as_tasks, blocks, group, of_teams, teams
from letup.aid.convoys.model import Convoy, Load, Orders, Truck
from letup.aid.convoys.rules import Settings, day_spans
from letup.core.findings import Finding, worst_first
from letup.roads.network import RoadNetwork
from letup.roads.open_times import Bools, Guards
from letup.roads.vehicle_paths import Roads
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, Trip, route
from letup.routing.time_windows import Wish, fit, ways_for
from letup.scenario.model import Scenario

_PRIZE = 100_000
_MAY_GO_LATER = frozenset({"convoys.no_time", "convoys.left"})


def convoys(
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
    guards = Guards(scenario, network, quiet, settings.margin_minutes)
    made: list[Convoy] = []
    left: list[Load] = []
    found: list[Finding] = []
    if not len(deliveries):
        remedy = "see the plan's findings for why nothing is delivered"
        found.append(Finding("convoys.empty", "note", "there is no delivery", remedy, "deliveries.csv"))
    spans = day_spans(deliveries, scenario)
    every = max(1, int(deliveries["trucks"].sum())) if len(deliveries) else 1
    for truck in trucks:
        own = deliveries[deliveries["truck"] == truck.id]
        roads = Roads(scenario, network, guards, truck.speed_kmh)
        late = own.iloc[:0]
        for day in sorted(spans) if len(own) else ():
            rows = pd.concat([late, own[own["day"] == day]]) if len(late) else own[own["day"] == day]
            if not len(rows):
                continue
            share = settings.seconds * float(rows["trucks"].sum()) / every
            part = _Part(day, truck, roads, spans[day], settings, scenario.step_minutes)
            part.read(rows)
            away = sum(one.vehicles for one in made if one.truck.id == truck.id and one.out_at(spans[day][0]))
            made += part.solve(max(1.0, share), away)
            late = _left_of(rows, part.left)
            last = day == max(spans)
            left += part.heavy + (part.left if last else [])
            found += [one for one in part.findings if last or one.code not in _MAY_GO_LATER]
            if not last:
                found += [_later(str(name), int(count)) for name, count in zip(late["id"], late["trucks"], strict=True)]
    made.sort(key=lambda one: (one.day, one.stops[0].arrive_earliest, one.id))
    width = max(3, len(str(len(made))))
    named = [Convoy(f"c{i + 1:0{width}d}", one.day, one.truck, one.stops, one.manifest) for i, one in enumerate(made)]
    once = dict.fromkeys(found)  # a way that does not exist is found again on each day
    return Orders(tuple(named), tuple(left), tuple(worst_first(list(once))))


def _left_of(rows: pd.DataFrame, left: Sequence[Load]) -> pd.DataFrame:
    """Rows of what is left of them for another day."""
    counts = Counter(one.delivery for one in left)
    late = rows[[counts[name] > 0 for name in rows["id"]]].copy()
    late["part"] = [counts[name] / int(trucks) for name, trucks in zip(late["id"], late["trucks"], strict=True)]
    for column in ("amount", "kg"):
        late[column] = late[column] * late["part"]
    late["trucks"] = [counts[name] for name in late["id"]]
    return late.drop(columns="part")


def _later(name: str, count: int) -> Finding:
    message = f"{count} of its loads find no vehicle, or no time, on their day, and are tried on the next"
    return Finding("convoys.later", "note", message, "longer pauses or more vehicles", "deliveries.csv", name)


class _Part:
    """The deliveries of one day by one kind of vehicle."""

    def __init__(
        self, day: int, truck: Truck, roads: Roads, span: tuple[int, int], settings: Settings, step: int
    ) -> None:
        self.day, self.truck, self.roads, self.settings, self.step = day, truck, roads, settings, step
        self.first, self.after = span
        self.tasks: list[Task] = []
        self.loads: list[Load] = []
        self.left: list[Load] = []
        self.heavy: list[Load] = []
        self.findings: list[Finding] = []

    def read(self, rows: pd.DataFrame) -> None:
        """Split rows into loads of single vehicles, each with the times in which it can be moved."""
        places = list(dict.fromkeys([self.truck.place, *rows["origin"], *rows["destination"]]))
        ways = self.roads.between(places, self.first, self.after)
        wishes = [self._wish(row) for row in rows.to_dict("records")]
        for row, wish in zip(rows.to_dict("records"), wishes, strict=True):
            text = str(row.get("arcs") or "")
            given = self.roads.given(wish.origin, wish.destination, text) if text else None
            ways_for(wish, given, ways, self.roads.begins(given) if given else None)
            if text and given is None:
                message = f"the way of {row['id']} is not one that vehicles can take from its origin to its destination"
                self._say("convoys.way", "warning", message, "the quickest quiet way is used instead", str(row["id"]))
        self.legs = Legs(self.roads, ways, [self.truck.place])
        for row, wish in zip(rows.to_dict("records"), wishes, strict=True):
            self._split(row, wish)

    def _wish(self, row: dict[Any, Any]) -> Wish:
        kg = _each(row, "kg")
        part = min(1.0, kg / self.truck.payload_kg) if self.truck.payload_kg > 0 else 1.0
        stop = self.settings.stop_minutes
        return Wish(
            origin=str(row["origin"]),
            destination=str(row["destination"]),
            first=max(self.first, int(row["depart_first_step"]) * self.step),
            last=self.after,
            loading=stop + math.ceil(part * self.truck.load_minutes),
            unloading=stop + math.ceil(part * self.truck.unload_minutes),
        )

    def _split(self, row: dict[Any, Any], wish: Wish) -> None:
        name, vehicles = str(row["id"]), int(row["trucks"])
        load = Load(name, wish.destination, str(row["item"]), str(row["unit"]), _each(row, "amount"), _each(row, "kg"))
        if load.kg > self.truck.payload_kg * (1 + 1e-6):
            message = f"puts {load.kg:,.0f} kg on each of {vehicles} vehicles; one may carry {self.truck.payload_kg:,g}"
            self._say("convoys.overload", "error", message, "give it more vehicles", name)
            self.heavy += [load] * vehicles
            return
        times = fit(wish, [self.truck.place], self.legs, self.after - 1)
        if isinstance(times, str) and self.legs.guards.may_stay(wish.destination):
            there = fit(wish, [self.truck.place], self.legs, self.after - 1, stay=True)
            if not isinstance(there, str) and self.legs.stay(there[1], self.truck.place, self.after):
                times = there
        if isinstance(times, str):
            self._say(
                "convoys.no_time", "warning", f"no vehicle can make it: {times}", "longer pauses, or another day", name
            )
            self.left += [load] * vehicles
            return
        weight = math.ceil(load.kg - 1e-6)
        capacity = math.ceil(self.truck.payload_kg)
        task = Task(times[0], times[1], (min(weight, capacity),), _PRIZE)
        self.tasks += [task] * vehicles
        self.loads += [load] * vehicles

    def solve(self, seconds: float, away: int) -> list[Convoy]:
        """Trips of single vehicles, joined to convoys; ``away`` of them have not come back from an earlier day."""
        end = Visit(self.truck.place, self.first, self.after - 1, 0)
        kilos = math.ceil(self.truck.payload_kg)
        home = Fleet(self.truck.place, max(0, self.truck.count - away), (kilos,), self.first, self.after - 1)
        some = blocks(self.loads, max(1, min(self.settings.vehicles, home.count)))
        whole = as_tasks(self.tasks, self.loads, some, kilos)
        fleets = teams(whole, home)
        trips = self._route(whole, fleets, seconds * 0.8)
        sizes = [fleets[trip.fleet].weight for trip in trips]
        made = of_teams(trips, whole, some, self.loads, end, self.legs, self.truck, self.day, sizes)
        carried = Counter(one.load.delivery for convoy in made for row in convoy.manifest for one in row)
        rest = []
        for number, load in enumerate(self.loads):  # loads of one delivery are alike
            if carried[load.delivery]:
                carried[load.delivery] -= 1
            else:
                rest.append(number)
        # what teams could not do, single vehicles that are in none may
        idle = replace(home, count=home.count - sum(one.vehicles for one in made))
        tasks, loads = [self.tasks[number] for number in rest], [self.loads[number] for number in rest]
        more = self._route(tasks, [idle], seconds * 0.2)
        made += group(more, tasks, loads, end, self.legs, self.truck, self.day, self.settings.vehicles)
        done = {number for trip in more for number, _ in trip.acts}
        for one in made:
            if one.stops[-1].place != self.truck.place:
                name, place = one.manifest[0][-1].load.delivery, one.stops[-1].place
                message = f"{one.vehicles} vehicles stay at {place}: their way back is not quiet again"
                self._say("convoys.stay", "warning", message, "longer pauses, or a later one for the way back", name)
        missing: dict[str, int] = {}
        for number, load in enumerate(loads):
            if number not in done:
                self.left.append(load)
                missing[load.delivery] = missing.get(load.delivery, 0) + 1
        for name, vehicles in missing.items():
            message = f"{vehicles} of its loads find no vehicle with time enough among {self.truck.count}"
            self._say("convoys.left", "warning", message, "more vehicles, longer pauses, or another day", name)
        return made

    def _route(self, tasks: Sequence[Task], fleets: Sequence[Fleet], seconds: float) -> list[Trip]:
        return route(
            tasks, fleets, self.legs, seconds=seconds, seed=self.settings.seed, fixed=self.settings.fixed_minutes
        )

    def _say(self, code: str, severity: Literal["error", "warning"], message: str, remedy: str, name: str) -> None:
        self.findings.append(Finding(code, severity, message, remedy, "deliveries.csv", name))


def _each(row: dict[Any, Any], column: str) -> float:
    """What one vehicle has of a row's total."""
    return float(row[column]) / int(row["trucks"])
