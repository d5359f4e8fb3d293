"""Moving patients: who goes to which bed, in which ambulance, when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from letup.aid.convoys.make.grouping import Grouping
from letup.aid.convoys.model import Convoy, Orders
from letup.aid.convoys.patients import Ambulances, Patient, ambulances_of, beds_of, load_of, patients_of
from letup.aid.convoys.rules import Settings, local_days
from letup.core.arrays import Bools
from letup.core.findings import Finding, worst_first
from letup.roads.network import RoadNetwork
from letup.roads.open_times import AMBULANCES_STAY, OpenTimes
from letup.roads.vehicle_paths import VehicleRoads
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, Trip, route
from letup.routing.time_windows import Transport, time_windows
from letup.scenario.model import Scenario

_PRIZE = 50_000
"""What leaving a patient behind weighs, in minutes: more than any trip."""


def make_medevac(
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
    patients = patients_of(scenario)
    if not patients or not kinds:
        remedy = "fill patients.csv and ambulances.csv"
        return Orders((), (), (Finding("medevac.empty", "note", "nobody is to be moved", remedy, "patients.csv"),))
    open_times = OpenTimes(scenario, network, quiet, settings.margin_minutes, AMBULANCES_STAY)
    roads = VehicleRoads(scenario, network, open_times, kinds[0].vehicle.speed_kmh, "vehicle")
    beds = beds_of(scenario, patients)
    bases = [kind.vehicle.place for kind in kinds]
    places = list(dict.fromkeys([*(patient.place for patient in patients), *bases, *beds]))
    rides = {pair: path.minutes for pair, path in roads.paths_between(places, 0, open_times.minutes).items()}
    bed_of, without = assign_beds(patients, beds, rides, settings.most_ride_minutes)
    findings = [
        _finding(
            "medevac.no_bed",
            row,
            f"for {count} no free bed is within {settings.most_ride_minutes} minutes on ways that are ever quiet",
        )
        for row, count in _count_by_row(patients, without).items()
    ]
    days = _Days(scenario, kinds, roads, places, settings)
    convoys = days.solve(patients, bed_of)
    findings += [
        _finding("medevac.left" if row in days.possible else "medevac.no_time", row, _WHY[row in days.possible] % count)
        for row, count in _count_by_row(patients, days.left).items()
    ]
    left = tuple(load_of(patients[number], bed_of.get(number, "")) for number in (*without, *days.left))
    convoys.sort(key=lambda convoy: (convoy.day, convoy.stops[0].arrive_earliest, convoy.truck.id))
    numbered = [replace(convoy, id=f"m{number:03d}") for number, convoy in enumerate(convoys, 1)]
    return Orders(tuple(numbered), left, tuple(worst_first(findings)))


_WHY = {
    True: "%d of them find no ambulance with time enough",
    False: "no pause lasts long enough for an ambulance to reach %d of them, take them to their bed and get out",
}


def assign_beds(
    patients: Sequence[Patient],
    beds: Mapping[str, tuple[str, int]],
    rides: Mapping[tuple[str, str], int],
    longest_ride: int,
) -> tuple[dict[int, str], list[int]]:
    """Give beds to patients, one priority after the other: as many as possible, then with the least total ride.

    Parameters
    ----------
    patients : sequence of Patient
        Those to be moved.
    beds : mapping of place to (kind, beds)
        Free beds.
    rides : mapping of (place, place) to int
        Minutes of the shortest rides.
    longest_ride : int
        Minutes of the longest ride that counts.

    Returns
    -------
    bed_of : dict of int to str
        Place by number of the patient, for those who get one.
    without : list of int
        The others.
    """
    free = {place: count for place, (_, count) in beds.items()}
    bed_of: dict[int, str] = {}
    without: list[int] = []
    for priority in sorted({patient.priority for patient in patients}):
        numbers = [number for number, patient in enumerate(patients) if patient.priority == priority]
        slots = [place for place, count in free.items() for _ in range(min(count, len(numbers)))]
        # each may also go without, which costs more than all rides together; what may not be costs twice that
        going_without = 1 + (longest_ride + 1) * (len(numbers) + 1)
        cost = np.full((len(numbers), len(slots) + len(numbers)), float(going_without))
        for i, number in enumerate(numbers):
            patient = patients[number]
            for j, place in enumerate(slots):
                ride = rides.get((patient.place, place), longest_ride + 1)
                suits = patient.to in (place, beds[place][0]) and place != patient.place and ride <= longest_ride
                cost[i, j] = ride if suits else 2.0 * going_without
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, j] < going_without:
                bed_of[numbers[i]] = slots[j]
                free[slots[j]] -= 1
            else:
                without.append(numbers[i])
    return bed_of, without


class _Days:
    """Day after day, those who are still to be moved.

    Attributes
    ----------
    possible : set of str
        Rows of patients whom an ambulance could reach on some day.
    left : list of int
        Numbers of patients who are left in the end.
    """

    def __init__(
        self,
        scenario: Scenario,
        kinds: Sequence[Ambulances],
        roads: VehicleRoads,
        places: Sequence[str],
        settings: Settings,
    ) -> None:
        self.kinds, self.roads, self.places, self.settings = kinds, roads, places, settings
        self.bases = [kind.vehicle.place for kind in kinds]
        self.spans = local_days(scenario)
        self.possible: set[str] = set()
        self.left: list[int] = []
        self.loading = int(max(kind.vehicle.load_minutes for kind in kinds))
        self.unloading = int(max(kind.vehicle.unload_minutes for kind in kinds))

    def solve(self, patients: Sequence[Patient], bed_of: Mapping[int, str]) -> list[Convoy]:
        """Convoys of ambulances for all days."""
        waiting = list(bed_of)
        convoys: list[Convoy] = []
        for day, (first, after) in enumerate(self.spans):
            if not waiting:
                break
            legs = Legs(self.roads, self.roads.paths_between(self.places, first, after), self.bases)
            tasks, numbers = [], []
            for number in waiting:
                patient = patients[number]
                windows = self._windows(patient.place, bed_of[number], first, after, legs)
                if windows is not None:
                    places = (int(patient.lying), int(not patient.lying) + patient.companions)
                    tasks.append(Task(*windows, places, _PRIZE))
                    numbers.append(number)
                    self.possible.add(patient.row)
            fleets = self._fleets(convoys, first, after)
            trips = self._by_priority(tasks, [patients[number].priority for number in numbers], fleets, legs)
            moved = {numbers[task] for trip in trips for task, _ in trip.stops}
            loads = [load_of(patients[number], bed_of[number]) for number in numbers]
            for i, kind in enumerate(self.kinds):
                base = Visit(kind.vehicle.place, first, after - 1, 0)
                own = [trip for trip in trips if trip.fleet == i]
                grouping = Grouping(kind.vehicle, day, base, legs)
                convoys += grouping.of_vehicles(own, tasks, loads, self.settings.vehicles)
            waiting = [number for number in waiting if number not in moved]
        self.left = waiting
        return convoys

    def _windows(self, place: str, bed: str, first: int, after: int, legs: Legs) -> tuple[Visit, Visit] | None:
        """Time windows for moving a patient on a day; None if there are none."""
        transport = Transport(place, bed, first, after, self.loading, self.unloading)
        windows = time_windows(transport, self.bases, legs, after - 1)
        if isinstance(windows, str) and legs.open_times.may_stay(bed):
            staying = time_windows(transport, self.bases, legs, after - 1, stay=True)
            if not isinstance(staying, str):
                stays = [legs.allow_stay(staying[1], base, after) for base in dict.fromkeys(self.bases)]
                windows = staying if any(stays) else windows
        return None if isinstance(windows, str) else windows

    def _fleets(self, convoys: Sequence[Convoy], first: int, after: int) -> list[Fleet]:
        """Ambulances that are at their base when a day begins."""
        fleets = []
        for kind in self.kinds:
            away = sum(
                convoy.vehicles for convoy in convoys if convoy.truck.id == kind.vehicle.id and convoy.out_at(first)
            )
            count = max(0, kind.vehicle.count - away)
            fleets.append(Fleet(kind.vehicle.place, count, (kind.lying, kind.sitting), first, after - 1))
        return fleets

    def _by_priority(
        self, tasks: Sequence[Task], priorities: Sequence[int], fleets: Sequence[Fleet], legs: Legs
    ) -> list[Trip]:
        """Trips of a day, so that nobody less urgent takes the place of somebody more urgent."""
        levels = sorted(set(priorities))
        seconds = max(0.5, self.settings.seconds / max(1, len(self.spans)) / max(1, len(levels)))
        best: list[Trip] = []
        for level in levels:
            carried = {task for trip in best for task, _ in trip.stops}
            numbers = [i for i, priority in enumerate(priorities) if priority == level or i in carried]
            trips = route(
                [replace(tasks[i], required=i in carried) for i in numbers],
                fleets,
                legs,
                seconds=seconds,
                seed=self.settings.seed,
                fixed=self.settings.fixed_minutes,
                direct=True,
            )
            if trips:
                best = [
                    Trip(trip.fleet, tuple((numbers[task], delivered) for task, delivered in trip.stops))
                    for trip in trips
                ]
        return best


def _count_by_row(patients: Sequence[Patient], numbers: Sequence[int]) -> dict[str, int]:
    return dict(Counter(patients[number].row for number in numbers))


def _finding(code: str, row: str, message: str) -> Finding:
    remedy = "longer pauses, more ambulances, or free beds nearer by; those left stay protected where they are"
    return Finding(code, "warning", message, remedy, "patients.csv", row)
