"""Moving patients: who goes to which bed, in which ambulance, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from letup.aid.convoys.make.grouping import group
from letup.aid.convoys.model import Convoy, Load, Orders
from letup.aid.convoys.patients import PEOPLE, Ambulances, Person, ambulances_of, beds_of, people_of
from letup.aid.convoys.rules import Settings, local_days
from letup.core.findings import Finding, worst_first
from letup.roads.network import RoadNetwork
from letup.roads.open_times import AMBULANCES_STAY, Bools, Guards
from letup.roads.vehicle_paths import Roads
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, Trip, route
from letup.routing.time_windows import Wish, fit
from letup.scenario.model import Scenario

_PRIZE = 50_000


def medevac(
    scenario: Scenario,
    network: RoadNetwork,
    quiet: Bools,
    settings: Settings | None = None,
) -> Orders:
    """Plan the movement of patients who have agreed to it, most urgent first.

    Day by day: as many of the first priority as can be moved, then of the second without leaving out any of the
    first, and so on. An ambulance takes patients from one place to one place at a time. All ambulances are planned
    at the speed of the slowest.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world (``patients``, ``ambulances``), and its roads.
    quiet : bool[zones, steps]
        When each zone is paused.
    settings : Settings, optional
        What is decided beforehand.

    Returns
    -------
    Orders
        Ambulances with the same stops in one convoy; the loads are patients (``delivery`` is the id of their row).
    """
    settings = settings or Settings()
    kinds = ambulances_of(scenario)
    people = people_of(scenario)
    if not people or not kinds:
        remedy = "fill patients.csv and ambulances.csv"
        return Orders((), (), (Finding("medevac.empty", "note", "nobody is to be moved", remedy, "patients.csv"),))
    guards = Guards(scenario, network, quiet, settings.margin_minutes, AMBULANCES_STAY)
    roads = Roads(scenario, network, guards, kinds[0].vehicle.speed_kmh)
    places = list(dict.fromkeys([*(one.place for one in people), *(kind.vehicle.place for kind in kinds)]))
    beds = beds_of(scenario, people)
    places += [place for place in beds if place not in places]
    ever = roads.between(places, 0, guards.minutes)
    minutes = {pair: way.minutes for pair, way in ever.items()}
    given, without = assign(people, beds, minutes, settings.most_ride_minutes)
    day = _Days(scenario, kinds, guards, roads, places, settings)
    found = [
        _finding(
            "medevac.no_bed",
            name,
            f"for {count} no free bed is within {settings.most_ride_minutes} minutes on ways that are ever quiet",
        )
        for name, count in _counts(people, without).items()
    ]
    made = day.solve(people, given)
    found += [
        _finding("medevac.left" if day.possible[name] else "medevac.no_time", name, _WHY[day.possible[name]] % count)
        for name, count in _counts(people, day.left).items()
    ]
    left = tuple(_load(people[number], given.get(number, "")) for number in (*without, *day.left))
    made.sort(key=lambda one: (one.day, one.stops[0].arrive_earliest, one.truck.id))
    named = [replace(one, id=f"m{i + 1:03d}") for i, one in enumerate(made)]
    return Orders(tuple(named), left, tuple(worst_first(found)))


_WHY = {
    True: "%d of them find no ambulance with time enough",
    False: "no pause lasts long enough for an ambulance to reach %d of them, take them to their bed and get out",
}


def assign(
    people: Sequence[Person],
    beds: Mapping[str, tuple[str, int]],
    minutes: Mapping[tuple[str, str], int],
    most: int,
) -> tuple[dict[int, str], list[int]]:
    """Give beds to patients, one priority after the other: as many as possible, then with the least total ride.

    Parameters
    ----------
    people : sequence of Person
        Patients.
    beds : mapping of place to (kind, beds)
        Free beds.
    minutes : mapping of (place, place) to int
        Shortest rides.
    most : int
        Longest ride that counts.

    Returns
    -------
    given : dict of int to str
        Place by number of the patient, for those who get one.
    without : list of int
        The others.
    """
    left = {place: count for place, (_, count) in beds.items()}
    given: dict[int, str] = {}
    without: list[int] = []
    for priority in sorted({one.priority for one in people}):
        group = [number for number, one in enumerate(people) if one.priority == priority]
        slots = [place for place, count in left.items() for _ in range(min(count, len(group)))]
        never = 1 + (most + 1) * (len(group) + 1)
        cost = np.full((len(group), len(slots) + len(group)), float(never))
        for i, number in enumerate(group):
            one = people[number]
            for j, place in enumerate(slots):
                ride = minutes.get((one.place, place), most + 1)
                wanted = place == one.to or beds[place][0] == one.to
                cost[i, j] = ride if wanted and place != one.place and ride <= most else 2.0 * never
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, j] < never:
                given[group[i]] = slots[j]
                left[slots[j]] -= 1
            else:
                without.append(group[i])
    return given, without


class _Days:
    """Day after day, those who are still to be moved."""

    def __init__(
        self,
        scenario: Scenario,
        kinds: Sequence[Ambulances],
        guards: Guards,
        roads: Roads,
        places: Sequence[str],
        settings: Settings,
    ) -> None:
        self.kinds, self.guards, self.roads, self.places = kinds, guards, roads, places
        self.settings = settings
        self.spans = local_days(scenario)
        self.possible: dict[str, bool] = {}
        self.left: list[int] = []
        self.loading = int(max(kind.vehicle.load_minutes for kind in kinds))
        self.unloading = int(max(kind.vehicle.unload_minutes for kind in kinds))

    def solve(self, people: Sequence[Person], given: dict[int, str]) -> list[Convoy]:
        """Convoys of ambulances for all days."""
        todo: list[int] = list(given)
        made: list[Convoy] = []
        homes = [kind.vehicle.place for kind in self.kinds]
        for name in {people[number].row for number in todo}:
            self.possible[name] = False
        for day, (first, after) in enumerate(self.spans):
            if not todo:
                break
            ways = self.roads.between(self.places, first, after)
            legs = Legs(self.roads, ways, homes)
            tasks, numbers = [], []
            for number in todo:
                one = people[number]
                wish = Wish(one.place, given[number], first, after, self.loading, self.unloading)
                times = fit(wish, homes, legs, after - 1)
                if isinstance(times, str) and self.guards.may_stay(wish.destination):
                    there = fit(wish, homes, legs, after - 1, stay=True)
                    stays = not isinstance(there, str) and [legs.stay(there[1], home, after) for home in set(homes)]
                    times = there if stays and any(stays) else times
                if not isinstance(times, str):
                    load = (int(one.lying), int(not one.lying) + one.companions)
                    tasks.append(Task(*times, load, _PRIZE))
                    numbers.append(number)
                    self.possible[one.row] = True
            fleets = self._fleets(made, first, after)
            trips = self._by_priority(tasks, [people[number].priority for number in numbers], fleets, legs)
            gone = {numbers[task] for trip in trips for task, _ in trip.acts}
            loads = [_load(people[number], given[number]) for number in numbers]
            for i, kind in enumerate(self.kinds):
                end = Visit(kind.vehicle.place, first, after - 1, 0)
                own = [trip for trip in trips if trip.fleet == i]
                made += group(own, tasks, loads, end, legs, kind.vehicle, day, self.settings.vehicles)
            todo = [number for number in todo if number not in gone]
        self.left = todo
        return made

    def _fleets(self, made: Sequence[Convoy], first: int, after: int) -> list[Fleet]:
        """Ambulances that are at their base when a day begins."""
        found = []
        for kind in self.kinds:
            away = sum(one.vehicles for one in made if one.truck.id == kind.vehicle.id and one.out_at(first))
            count = max(0, kind.vehicle.count - away)
            found.append(Fleet(kind.vehicle.place, count, (kind.lying, kind.sitting), first, after - 1))
        return found

    def _by_priority(
        self, tasks: Sequence[Task], priorities: Sequence[int], fleets: Sequence[Fleet], legs: Legs
    ) -> list[Trip]:
        """Trips of a day, so that nobody less urgent takes the place of somebody more urgent."""
        levels = sorted(set(priorities))
        share = max(0.5, self.settings.seconds / max(1, len(self.spans)) / max(1, len(levels)))
        best: list[Trip] = []
        for level in levels:
            carried = {task for trip in best for task, _ in trip.acts}
            some = [i for i, one in enumerate(priorities) if one == level or i in carried]
            asked = [replace(tasks[i], required=i in carried) for i in some]
            trips = route(
                asked,
                fleets,
                legs,
                seconds=share,
                seed=self.settings.seed,
                fixed=self.settings.fixed_minutes,
                direct=True,
            )
            if trips:
                best = [Trip(trip.fleet, tuple((some[task], down) for task, down in trip.acts)) for trip in trips]
        return best


def _load(one: Person, to: str) -> Load:
    return Load(one.row, to, "lying patients" if one.lying else "sitting patients", PEOPLE, 1.0, 0.0)


def _counts(people: Sequence[Person], numbers: Sequence[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number in numbers:
        found[people[number].row] = found.get(people[number].row, 0) + 1
    return found


def _finding(code: str, name: str, message: str) -> Finding:
    remedy = "longer pauses, more ambulances, or free beds nearer by; those left stay protected where they are"
    return Finding(code, "warning", message, remedy, "patients.csv", name)
