"""The search finds the best there is where all there is can be looked at."""

from __future__ import annotations

from itertools import pairwise, permutations, product

import hypothesis.strategies as st
import numpy as np
from hypothesis import HealthCheck, given, settings

from letup.roads.open_times import OpenTimes
from letup.roads.vehicle_paths import VehicleRoads
from letup.routing.legs import Legs, Visit
from letup.routing.pickup_delivery import Fleet, Task, route
from letup.routing.time_windows import schedule
from tests.aid.convoys import world

PRIZE, FIXED = 3000, 60


def _legs():
    scenario, network = world.simple()
    quiet = world.pauses((0, 1440), (0, 1440), (0, 1440))
    roads = VehicleRoads(scenario, network, OpenTimes(scenario, network, quiet), world.KMH)
    return Legs(roads, roads.paths_between(list(world.AT), 0, 1440), ["gate"])


LEGS = _legs()
HOME = Visit("gate", 0, 1000, 0)


def _minutes(order, tasks):
    """Shortest time that a vehicle is out for stops in this order; None if they cannot be done so."""
    visits = [HOME, *(tasks[i].delivery if down else tasks[i].pickup for i, down in order), HOME]
    best = None
    for start in range(0, 1001, 1):
        at, fits = start, True
        for visit, following in pairwise(visits):
            path = LEGS.path(visit.place, following.place)
            at = max(at + visit.service + (path.minutes if path else 0), following.earliest)
            if at > following.latest:
                fits = False
                break
        if not fits:
            break  # a later start makes nothing possible
        best = at - start if best is None else min(best, at - start)
    return best


def _cheapest(tasks, chosen, capacity):
    """Least cost of doing some tasks with one vehicle; None if it cannot."""
    if not chosen:
        return 0
    best = None
    for order in permutations([(i, down) for i in chosen for down in (False, True)]):
        load, fits = 0, True
        for i, down in order:
            fits &= not down or order.index((i, False)) < order.index((i, True))
            load += -tasks[i].load[0] if down else tasks[i].load[0]
            fits &= load <= capacity
        if fits and (took := _minutes(order, tasks)) is not None:
            best = took + FIXED if best is None else min(best, took + FIXED)
    return best


TASK = st.tuples(
    st.sampled_from(["point-a", "clinic-b", "point-c"]),
    st.integers(50, 300),
    st.integers(20, 120),
    st.sampled_from([1, 2]),
)


@given(rows=st.lists(TASK, min_size=1, max_size=3), vehicles=st.integers(1, 2))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_cost_is_that_of_the_best_of_all_trips(rows, vehicles):
    tasks = []
    for place, first, width, load in rows:
        drive = LEGS.path("gate", place).minutes
        pickup = Visit("gate", first, first + width, 10)
        tasks.append(Task(pickup, Visit(place, first + 10 + drive, first + width + 10 + drive, 15), (load,), PRIZE))
    trips = route(tasks, [Fleet("gate", vehicles, (2,), 0, 1000)], LEGS, seconds=2.0, fixed=FIXED)
    done = {i for trip in trips for i, _ in trip.stops}
    cost = sum(_minutes(trip.stops, tasks) + FIXED for trip in trips) + PRIZE * (len(tasks) - len(done))
    best = min(
        sum(costs) + PRIZE * who.count(vehicles)
        for who in product(range(vehicles + 1), repeat=len(tasks))
        if None
        not in (
            costs := [
                _cheapest(tasks, [i for i, assigned in enumerate(who) if assigned == vehicle], 2)
                for vehicle in range(vehicles)
            ]
        )
    )
    assert cost == best


@given(st.lists(st.sampled_from(["point-a", "clinic-b", "point-c", "clinic-c"]), min_size=1, max_size=4), st.data())
@settings(max_examples=30, deadline=None)
def test_times_are_as_early_as_they_can_be_and_leave_no_idle_wait_on_the_way(places, data):
    windows = sorted(data.draw(st.lists(st.integers(0, 700), min_size=len(places), max_size=len(places))))
    visits = [HOME, *(Visit(p, w, w + 400, 20) for p, w in zip(places, windows, strict=True)), HOME]
    stops = schedule(visits, LEGS)
    clock = 0
    for visit, following in pairwise(visits):
        path = LEGS.path(visit.place, following.place)
        clock = max(clock + visit.service + path.minutes, following.earliest)
    if clock > HOME.latest:
        assert stops is None
        return
    assert stops is not None
    assert stops[-1].arrive_earliest == clock
    waits = [
        stop.leave_earliest - stop.arrive_earliest - visit.service
        for stop, visit in zip(stops[1:-2], visits[1:-2], strict=True)
    ]
    for k, wait in enumerate(waits, 1):
        assert wait == 0 or stops[k].arrive_earliest == visits[k].latest
    assert np.all([stop.arrive_earliest <= stop.arrive_latest for stop in stops])
