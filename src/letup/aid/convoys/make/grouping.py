"""Who travels together: loads in blocks, vehicles in teams, and vehicles with the same stops in convoys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from letup.aid.convoys.model import Carried, Convoy, Load, Stop, Truck
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, Trip
from letup.routing.time_windows import StopTimes, merged, schedule


def blocks(loads: Sequence[Load], most: int) -> list[list[int]]:
    """Numbers of the loads of each delivery in as few blocks of at most ``most`` as hold them, all about as large."""
    by_delivery: dict[str, list[int]] = {}
    for number, load in enumerate(loads):
        by_delivery.setdefault(load.delivery, []).append(number)
    result = []
    for numbers in by_delivery.values():
        count = -(-len(numbers) // most)
        edges = [len(numbers) * k // count for k in range(count + 1)]
        result += [numbers[first:after] for first, after in pairwise(edges)]
    return result


def block_tasks(
    tasks: Sequence[Task], loads: Sequence[Load], blocks: Sequence[Sequence[int]], payload_kg: int
) -> list[Task]:
    """Blocks as tasks: what they weigh, or whole vehicles where no two of several loads fit on one."""
    result = []
    for block in blocks:
        task, kg = tasks[block[0]], loads[block[0]].kg
        each = payload_kg if len(block) > 1 and kg > payload_kg / 2 else min(payload_kg, math.ceil(kg - 1e-6))
        result.append(replace(task, load=(len(block) * each,), prize=task.prize * len(block)))
    return result


def teams(tasks: Sequence[Task], vehicles: Fleet) -> list[Fleet]:
    """Teams of vehicles for blocks: one for each block, the largest first, as long as there are vehicles.

    What is left of the vehicles beyond that is one more team. Teams of one size are one fleet.
    """
    (payload,) = vehicles.capacity
    left, sizes = vehicles.count, Counter[int]()
    for size in sorted((-(-task.load[0] // payload) for task in tasks), reverse=True):
        if size <= left:
            sizes[size] += 1
            left -= size
    if left and len(tasks) > sizes.total():
        sizes[left] += 1
    return [
        replace(vehicles, count=count, capacity=(size * payload,), weight=size)
        for size, count in sorted(sizes.items(), reverse=True)
    ]


@dataclass
class _VehicleStop:
    """A stop of one vehicle, or of one team; ``loaded`` and ``unloaded`` are numbers of tasks."""

    visit: Visit
    actions: list[str]
    loaded: list[int]
    unloaded: list[int]


@dataclass(frozen=True)
class Grouping:
    """Makes convoys of the trips of one kind of vehicle on one day.

    Attributes
    ----------
    truck : Truck
        Kind of vehicle.
    day : int
        Day of the deliveries.
    base : Visit
        Where vehicles are based, and when they may be out.
    legs : Legs
        Paths between places.
    """

    truck: Truck
    day: int
    base: Visit
    legs: Legs

    def of_vehicles(
        self, trips: Sequence[Trip], tasks: Sequence[Task], loads: Sequence[Load], most: int
    ) -> list[Convoy]:
        """Convoys of trips of single vehicles: as many as can keep the same times, up to ``most``.

        Vehicles of a convoy are loaded and unloaded side by side, so that a stop takes as long as the slowest.

        Parameters
        ----------
        trips : sequence of Trip
            From `letup.routing.pickup_delivery.route`.
        tasks, loads : sequences of Task and Load
            What the trips' numbers stand for.
        most : int
            Most vehicles in a convoy.
        """
        alike: dict[tuple[object, ...], list[list[_VehicleStop]]] = {}
        for trip in trips:
            stops = self._ordered(trip, tasks)
            key = tuple((stop.visit.place, *stop.actions) for stop in stops)
            alike.setdefault(key, []).append(stops)
        convoys: list[Convoy] = []
        for vehicles in alike.values():
            vehicles.sort(
                key=lambda stops: [(s.visit.earliest, s.visit.latest, s.visit.service, *s.loaded) for s in stops]
            )
            start = 0
            while start < len(vehicles):
                count, timed = 1, self._timed_together(vehicles[start : start + 1])
                assert timed is not None  # a trip of the search keeps its times
                while start + count < len(vehicles) and count < most:
                    with_next = self._timed_together(vehicles[start : start + count + 1])
                    if with_next is None:
                        break
                    count, timed = count + 1, with_next
                together = vehicles[start : start + count]
                manifest = tuple(_carried(stops, loads) for stops in together)
                convoys.append(Convoy("", self.day, self.truck, self._stops(together[0], *timed), manifest))
                start += count
        return convoys

    def of_teams(
        self,
        trips: Sequence[Trip],
        sizes: Sequence[int],
        tasks: Sequence[Task],
        blocks: Sequence[Sequence[int]],
        loads: Sequence[Load],
    ) -> list[Convoy]:
        """Convoys of trips of whole teams.

        ``sizes`` are the vehicles of the team of each trip, ``tasks`` the blocks of loads, ``blocks`` the numbers of
        their loads. A trip whose loads cannot be put on so many vehicles is left out.
        """
        convoys = []
        for trip, size in zip(trips, sizes, strict=True):
            stops = self._ordered(trip, tasks)
            timed = self._timed_together([stops])
            assert timed is not None  # a trip of the search keeps its times
            work = [
                (
                    [number for block in stop.loaded for number in blocks[block]],
                    [number for block in stop.unloaded for number in blocks[block]],
                )
                for stop in stops
            ]
            manifest = tuple(map(tuple, stow(work, loads, self.truck.payload_kg)))
            if len(manifest) <= size:
                convoys.append(Convoy("", self.day, self.truck, self._stops(stops, *timed), manifest))
        return convoys

    def _ordered(self, trip: Trip, tasks: Sequence[Task]) -> list[_VehicleStop]:
        """Stops of a vehicle, its rounds in one order for all vehicles where that costs no time.

        Whether a vehicle first goes here and then there or the other way round is often all the same to the search;
        vehicles that do the same rounds can then travel together.
        """
        rounds: list[list[tuple[int, bool]]] = [[]]
        aboard = 0
        for number, delivered in trip.stops:
            rounds[-1].append((number, delivered))
            aboard += -1 if delivered else 1
            if not aboard:
                rounds.append([])
        rounds.pop()
        rounds.sort(key=lambda stops: [(tasks[number].delivery.place, delivered) for number, delivered in stops])
        as_planned = self._vehicle_stops(trip, tasks)
        sorted_ = self._vehicle_stops(Trip(trip.fleet, tuple(stop for stops in rounds for stop in stops)), tasks)
        before, after = (schedule([stop.visit for stop in stops], self.legs) for stops in (as_planned, sorted_))
        if before is None or after is None:
            return as_planned
        minutes = [times[-1].arrive_earliest - times[0].arrive_earliest for times in (before, after)]
        return sorted_ if minutes[1] <= minutes[0] else as_planned

    def _vehicle_stops(self, trip: Trip, tasks: Sequence[Task]) -> list[_VehicleStop]:
        """Stops of a vehicle; visits to one place without a wait between them are one stop."""
        visits: list[tuple[Visit, str, int]] = [(self.base, "start", -1)]
        visits += [
            (tasks[number].delivery, "unload", number) if delivered else (tasks[number].pickup, "load", number)
            for number, delivered in trip.stops
        ]
        last = visits[-1][0]
        returns_later = self.legs.returns_later.get((last, self.base.place))
        if returns_later is not None and not self.legs.may_follow(last, self.base):
            visits.append((returns_later, "end", -1))
        else:
            visits.append((self.base, "end", -1))
        stops: list[_VehicleStop] = []
        parts: list[Visit] = []
        for visit, action, number in visits:
            if stops and stops[-1].visit.place == visit.place and (both := merged([*parts, visit])) is not None:
                stops[-1].visit = both
                parts.append(visit)
                if action not in stops[-1].actions:
                    stops[-1].actions.append(action)
            else:
                stops.append(_VehicleStop(visit, [action], [], []))
                parts = [visit]
            if action == "end" and visit is not self.base:
                # who stays for good has its end where it is
                stops[-1 if visit.place == last.place else -2].actions.append("stay")
            if action == "load":
                stops[-1].loaded.append(number)
            elif action == "unload":
                stops[-1].unloaded.append(number)
        return stops

    def _timed_together(self, vehicles: Sequence[list[_VehicleStop]]) -> tuple[list[Visit], list[StopTimes]] | None:
        """Visits and times at which vehicles with the same stops can travel together; None if they cannot."""
        visits = []
        for stops in zip(*vehicles, strict=True):
            each = [stop.visit for stop in stops]
            # times hold for each vehicle's own work; the others wait for the slowest, so all must bear its length
            longest = max(visit.service for visit in each)
            latest = min(visit.latest + visit.service for visit in each) - longest
            visits.append(Visit(each[0].place, max(visit.earliest for visit in each), latest, longest))
        if any(visit.latest < visit.earliest for visit in visits):
            return None
        for visit in visits:
            window = slice(visit.earliest, visit.latest + 1)
            if visit.service and not self.legs.service_starts(visit.place, visit.service)[window].all():
                return None
        times = schedule(visits, self.legs)
        return None if times is None else (visits, times)

    def _stops(
        self, stops: Sequence[_VehicleStop], visits: Sequence[Visit], times: Sequence[StopTimes]
    ) -> tuple[Stop, ...]:
        onward = [self.legs.path(visit.place, then.place) for visit, then in pairwise(visits)]
        return tuple(
            Stop(
                visit.place,
                "+".join(stop.actions),
                visit.service,
                when.arrive_earliest,
                when.arrive_latest,
                when.leave_earliest,
                when.leave_latest,
                path,
            )
            for visit, stop, when, path in zip(visits, stops, times, [*onward, None], strict=True)
        )


def _carried(stops: Sequence[_VehicleStop], loads: Sequence[Load]) -> tuple[Carried, ...]:
    """What a vehicle carries, in the order in which it is unloaded."""
    loaded_at = {number: k for k, stop in enumerate(stops) for number in stop.loaded}
    return tuple(
        Carried(loads[number], loaded_at[number], k) for k, stop in enumerate(stops) for number in stop.unloaded
    )


def stow(
    stops: Sequence[tuple[Sequence[int], Sequence[int]]], loads: Sequence[Load], payload_kg: float
) -> list[list[Carried]]:
    """Put the loads of a team on its vehicles, few vehicles first: what each carries.

    Each load goes on the first vehicle that has capacity left for it, the heaviest first.

    Parameters
    ----------
    stops : sequence of (loaded, unloaded)
        Numbers of the loads taken up and put down at each stop.
    loads : sequence of Load
        All loads.
    payload_kg : float
        What one vehicle may carry.
    """
    free_kg: list[float] = []
    aboard: dict[int, tuple[int, int]] = {}  # vehicle and stop of loading, by load
    vehicles: list[list[Carried]] = []
    for stop, (loaded, unloaded) in enumerate(stops):
        for number in unloaded:
            vehicle, loaded_stop = aboard.pop(number)
            free_kg[vehicle] += loads[number].kg
            vehicles[vehicle].append(Carried(loads[number], loaded_stop, stop))
        for number in sorted(loaded, key=lambda number: (-loads[number].kg, number)):
            kg = loads[number].kg
            vehicle = next((k for k, free in enumerate(free_kg) if free >= kg - 1e-6), len(free_kg))
            if vehicle == len(free_kg):
                free_kg.append(payload_kg)
                vehicles.append([])
            free_kg[vehicle] -= kg
            aboard[number] = vehicle, stop
    return vehicles
