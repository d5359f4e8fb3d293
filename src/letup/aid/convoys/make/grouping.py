"""Who travels together: loads in blocks, vehicles in teams, and trips with the same stops in convoys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from letup.aid.convoys.model import Carried, Convoy, Load, Stop, Truck
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, Trip
from letup.routing.time_windows import Times, joined, times

Work = tuple[Sequence[int], Sequence[int]]
"""Numbers of the loads taken up and put down at a stop."""


def blocks(loads: Sequence[Load], most: int) -> list[list[int]]:
    """Numbers of the loads of each delivery in as few blocks of at most ``most`` as hold them, all about as large."""
    by_delivery: dict[str, list[int]] = {}
    for number, load in enumerate(loads):
        by_delivery.setdefault(load.delivery, []).append(number)
    found = []
    for numbers in by_delivery.values():
        parts = -(-len(numbers) // most)
        edges = [len(numbers) * k // parts for k in range(parts + 1)]
        found += [numbers[a:b] for a, b in pairwise(edges)]
    return found


def as_tasks(
    tasks: Sequence[Task], loads: Sequence[Load], some: Sequence[Sequence[int]], payload_kg: int
) -> list[Task]:
    """Blocks as tasks: what they weigh, or whole vehicles where no two of several loads fit on one."""
    made = []
    for block in some:
        kg = loads[block[0]].kg
        each = payload_kg if len(block) > 1 and kg > payload_kg / 2 else min(payload_kg, math.ceil(kg - 1e-6))
        made.append(replace(tasks[block[0]], load=(len(block) * each,), prize=tasks[block[0]].prize * len(block)))
    return made


def teams(some: Sequence[Task], home: Fleet) -> list[Fleet]:
    """Teams of vehicles for blocks: one for each block, the largest first, as long as there are vehicles.

    What is left of the vehicles beyond that is one more team. Teams of one size are one fleet.
    """
    (payload,) = home.capacity
    left, sizes = home.count, Counter[int]()
    for size in sorted((-(-one.load[0] // payload) for one in some), reverse=True):
        if size <= left:
            sizes[size] += 1
            left -= size
    if left and len(some) > sizes.total():
        sizes[left] += 1
    return [
        replace(home, count=count, capacity=(size * payload,), weight=size)
        for size, count in sorted(sizes.items(), reverse=True)
    ]


@dataclass
class _Halt:
    """A stop of one vehicle."""

    visit: Visit
    actions: list[str]
    up: list[int]
    down: list[int]


def group(
    trips: Sequence[Trip],
    tasks: Sequence[Task],
    loads: Sequence[Load],
    home: Visit,
    legs: Legs,
    truck: Truck,
    day: int,
    most: int,
) -> list[Convoy]:
    """Make convoys of trips: as many vehicles as can keep the same times, up to ``most``.

    Vehicles of a convoy are loaded and unloaded side by side, so that a stop takes as long as the slowest.

    Parameters
    ----------
    trips : sequence of Trip
        From `route`.
    tasks, loads : sequences of Task and Load
        What the trips' numbers stand for.
    home : Visit
        Where vehicles are based, and when they may be out.
    legs : Legs
        Ways between places.
    truck : Truck
        Kind of vehicle.
    day : int
        Day of the deliveries.
    most : int
        Most vehicles in a convoy.
    """
    alike: dict[tuple[object, ...], list[list[_Halt]]] = {}
    for trip in trips:
        halts = _ordered(trip, tasks, home, legs)
        key = tuple((halt.visit.place, *halt.actions) for halt in halts)
        alike.setdefault(key, []).append(halts)
    made: list[Convoy] = []
    for same in alike.values():
        same.sort(key=lambda halts: [(h.visit.earliest, h.visit.latest, h.visit.service, *h.up) for h in halts])
        start = 0
        while start < len(same):
            together, found = 1, _together(same[start : start + 1], legs)
            assert found is not None  # a trip of the search keeps its times
            while start + together < len(same) and together < most:
                more = _together(same[start : start + together + 1], legs)
                if more is None:
                    break
                together, found = together + 1, more
            made.append(_convoy(same[start : start + together], *found, loads, legs, truck, day))
            start += together
    return made


def of_teams(
    trips: Sequence[Trip],
    tasks: Sequence[Task],
    blocks: Sequence[Sequence[int]],
    loads: Sequence[Load],
    home: Visit,
    legs: Legs,
    truck: Truck,
    day: int,
    sizes: Sequence[int],
) -> list[Convoy]:
    """Convoys of trips that are those of teams already.

    ``tasks`` are blocks of loads, ``blocks`` their numbers, ``sizes`` the vehicles of the team of each trip. A trip
    whose loads cannot be put on so many vehicles is left out.
    """
    made = []
    for trip, size in zip(trips, sizes, strict=True):
        halts = _ordered(trip, tasks, home, legs)
        found = _together([halts], legs)
        assert found is not None  # a trip of the search keeps its times
        stops = [
            ([one for block in halt.up for one in blocks[block]], [one for block in halt.down for one in blocks[block]])
            for halt in halts
        ]
        manifest = tuple(map(tuple, stowed(stops, loads, truck.payload_kg)))
        if len(manifest) <= size:
            made.append(Convoy("", day, truck, _stops([halts], *found, legs), manifest))
    return made


def _ordered(trip: Trip, tasks: Sequence[Task], home: Visit, legs: Legs) -> list[_Halt]:
    """Stops of a vehicle, its rounds in one order for all vehicles where that costs no time.

    Whether a vehicle first goes here and then there or the other way round is often all the same to the search;
    vehicles that do the same rounds can then travel together.
    """
    halts = _halts(trip, tasks, home, legs)
    rounds: list[list[tuple[int, bool]]] = [[]]
    aboard = 0
    for number, down in trip.acts:
        rounds[-1].append((number, down))
        aboard += -1 if down else 1
        if not aboard:
            rounds.append([])
    rounds.pop()
    rounds.sort(key=lambda acts: [(tasks[number].delivery.place, down) for number, down in acts])
    other = _halts(Trip(trip.fleet, tuple(act for acts in rounds for act in acts)), tasks, home, legs)
    before, after = (times([halt.visit for halt in some], legs) for some in (halts, other))
    if before is None or after is None:
        return halts
    out = [some[-1].arrive_earliest - some[0].arrive_earliest for some in (before, after)]
    return other if out[1] <= out[0] else halts


def _halts(trip: Trip, tasks: Sequence[Task], home: Visit, legs: Legs) -> list[_Halt]:
    """Stops of a vehicle; visits at one place without a wait between them are one stop."""
    acts: list[tuple[Visit, str, int]] = [(home, "start", -1)]
    acts += [
        (tasks[number].delivery, "unload", number) if down else (tasks[number].pickup, "load", number)
        for number, down in trip.acts
    ]
    last = acts[-1][0]
    if (last, home.place) in legs.stays and not legs.may_follow(last, home):
        acts.append((legs.stays[last, home.place], "end", -1))
    else:
        acts.append((home, "end", -1))
    halts: list[_Halt] = []
    parts: list[Visit] = []
    for visit, action, number in acts:
        if halts and halts[-1].visit.place == visit.place and (both := joined([*parts, visit])) is not None:
            halts[-1].visit = both
            parts.append(visit)
            if action not in halts[-1].actions:
                halts[-1].actions.append(action)
        else:
            halts.append(_Halt(visit, [action], [], []))
            parts = [visit]
        if action == "end" and visit is not home:
            # who stays for good has its end where it is
            halts[-1 if visit.place == last.place else -2].actions.append("stay")
        if action == "load":
            halts[-1].up.append(number)
        elif action == "unload":
            halts[-1].down.append(number)
    return halts


def _together(same: Sequence[list[_Halt]], legs: Legs) -> tuple[list[Visit], list[Times]] | None:
    """Times at which vehicles with the same stops can travel together; None if they cannot."""
    visits = []
    for stops in zip(*same, strict=True):
        each = [halt.visit for halt in stops]
        # times hold for each vehicle's own work; the others wait for the slowest, so all must bear its length
        longest = max(visit.service for visit in each)
        latest = min(visit.latest + visit.service for visit in each) - longest
        visits.append(Visit(each[0].place, max(visit.earliest for visit in each), latest, longest))
    if any(visit.latest < visit.earliest for visit in visits):
        return None
    for visit in visits:
        if visit.service and not legs.serving(visit.place, visit.service)[visit.earliest : visit.latest + 1].all():
            return None
    found = times(visits, legs)
    return None if found is None else (visits, found)


def _convoy(
    same: Sequence[list[_Halt]],
    visits: Sequence[Visit],
    found: Sequence[Times],
    loads: Sequence[Load],
    legs: Legs,
    truck: Truck,
    day: int,
) -> Convoy:
    manifest = tuple(
        tuple(
            Carried(loads[number], next(i for i, halt in enumerate(halts) if number in halt.up), k)
            for k, stop in enumerate(halts)
            for number in stop.down
        )
        for halts in same
    )
    return Convoy("", day, truck, _stops(same, visits, found, legs), manifest)


def _stops(
    same: Sequence[list[_Halt]], visits: Sequence[Visit], found: Sequence[Times], legs: Legs
) -> tuple[Stop, ...]:
    onward = [legs.way(one.place, other.place) for one, other in pairwise(visits)]
    return tuple(
        Stop(
            visit.place,
            "+".join(halt.actions),
            visit.service,
            when.arrive_earliest,
            when.arrive_latest,
            when.leave_earliest,
            when.leave_latest,
            way,
        )
        for visit, halt, when, way in zip(visits, same[0], found, [*onward, None], strict=True)
    )


def stowed(stops: Sequence[Work], loads: Sequence[Load], payload_kg: float) -> list[list[Carried]]:
    """Put the loads of a team on its vehicles, few vehicles first: what each carries.

    Each load goes on the first vehicle with room.

    Parameters
    ----------
    stops : sequence of (up, down)
        Numbers of the loads taken up and put down at each stop.
    loads : sequence of Load
        All loads.
    payload_kg : float
        What one vehicle may carry.
    """
    room: list[float] = []
    on: dict[int, tuple[int, int]] = {}
    vehicles: list[list[Carried]] = []
    for stop, (up, down) in enumerate(stops):
        for number in down:
            vehicle, loaded = on.pop(number)
            room[vehicle] += loads[number].kg
            vehicles[vehicle].append(Carried(loads[number], loaded, stop))
        for number in sorted(up, key=lambda one: (-loads[one].kg, one)):
            kg = loads[number].kg
            vehicle = next((k for k, free in enumerate(room) if free >= kg - 1e-6), len(room))
            if vehicle == len(room):
                room.append(payload_kg)
                vehicles.append([])
            room[vehicle] -= kg
            on[number] = vehicle, stop
    return vehicles
