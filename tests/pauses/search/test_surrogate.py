"""A surrogate tells about what windows are worth, and the search on it keeps to the limits."""

from dataclasses import replace

import numpy as np
import pytest

from letup.core.clock import Clock
from letup.flow import TimedNetwork, earliest_arrival
from letup.flow.quick_flow import quick_flow
from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.incumbent import Rounds
from letup.pauses.limits import usable_steps
from letup.pauses.problem import weight_of
from letup.pauses.search.quickest_paths import quickest_paths
from letup.pauses.search.surrogate import build_surrogate
from letup.pauses.search.surrogate_search import SurrogateAnnealing

STEPS, MINUTES = 288, 15
CLOCK = Clock(STEPS, MINUTES, 6.0)
LIMITS = Limits(hours=(8, 16), shortest=2, zone_hours=60, windows_per_day=1)


def streets(lanes=3, long=6, rate=6, room=1800):
    """Three zones in a row of some streets each, homes behind doors at one end, shelters at the far end and midway.

    Midway people may wait in the shelter. Streets have no side streets but where zones meet.
    """
    doors = lanes * 2
    tail, head, transit, capacity, zone = [], [], [], [], []
    number = {}

    def node(*name):
        return number.setdefault(name, len(number))

    for home in range(doors):
        tail.append(node("home", home))
        head.append(node("door", home))
        transit.append(1)
        capacity.append(10)
        zone.append(-1)
        tail.append(node("door", home))
        head.append(node("street", 0, home % lanes))
        transit.append(1)
        capacity.append(10)
        zone.append(0)
    for at in range(3 * long):
        for lane in range(lanes):
            tail.append(node("street", at, lane))
            head.append(node("street", at + 1, lane))
            transit.append(1)
            capacity.append(rate)
            zone.append(at // long)
        if at % long == 0:
            for lane in range(lanes - 1):
                tail += [node("street", at, lane), node("street", at, lane + 1)]
                head += [node("street", at, lane + 1), node("street", at, lane)]
                transit += [1, 1]
                capacity += [rate, rate]
                zone += [at // long] * 2
    for lane in range(lanes):
        for place, at in (("far", 3 * long), ("midway", 2 * long)):
            tail.append(node("street", at, lane))
            head.append(node(place))
            transit.append(1)
            capacity.append(rate)
            zone.append(2)
    tail.append(node("midway"))
    head.append(node("street", 2 * long, 0))
    transit.append(1)
    capacity.append(rate)
    zone.append(2)
    supply, shelter, wait = (np.zeros(len(number), kind) for kind in (np.int64, np.int64, bool))
    for home in range(doors):
        supply[node("home", home)] = 300
        wait[node("door", home)] = True
    shelter[node("far")], shelter[node("midway")] = room, room // 4
    wait[node("midway")] = True
    return TimedNetwork(tail, head, transit, capacity, supply, shelter, wait, zone)


def exact(net, windows):
    return float(weight_of(None, STEPS) @ earliest_arrival(net, STEPS, quiet_array(windows, net.zones, STEPS)).arrivals)


def exact_total(net, windows):
    return earliest_arrival(net, STEPS, quiet_array(windows, net.zones, STEPS)).total


def some_windows(seed):
    """Each zone paused on some days, from some time on."""
    random = np.random.default_rng(seed)
    windows = []
    for zone in range(3):
        for day in range(3):
            first = day * 96 + 8 + int(random.integers(0, 8))
            if random.random() < 0.9:
                windows.append(Window(zone, first, min(first + int(random.integers(18, 32)), day * 96 + 39)))
    return sorted(windows)


@pytest.fixture(scope="module")
def net():
    return streets()


@pytest.fixture
def there(net):
    return build_surrogate([net], usable_steps(LIMITS, net.zones, CLOCK), weight_of(None, STEPS))


def test_it_is_smaller_and_has_the_same_people_and_room(net, there):
    (small,) = there.nets
    assert small.arcs * len(there.kept) < net.arcs * STEPS / 2
    assert small.supply.sum() == net.supply.sum()
    assert small.shelter.sum() == net.shelter.sum()


def test_windows_are_worth_about_what_the_exact_flow_says(net, there):
    pairs = np.array([(there.value(windows), exact(net, windows)) for windows in map(some_windows, range(30))])
    assert (pairs[:, 1] > 0).sum() > 10
    assert np.abs(pairs[:, 0] - pairs[:, 1]).mean() < 0.1 * pairs[:, 1].mean()
    assert np.corrcoef(pairs.T)[0, 1] > 0.98


def test_a_surrogate_that_lets_too_many_through_learns_better(net, there):
    windows = [Window(zone, 8, 39) for zone in range(3)]
    known = there.value(windows) / 2  # say that it lets twice as many through
    there.fit(windows, known)
    assert there.value(windows) == pytest.approx(known, rel=0.2)


def test_who_goes_first_takes_room_and_road_from_who_comes_after(net):
    slow = TimedNetwork(
        net.tail, net.head, net.transit + net.tail % 2, net.capacity, net.supply // 2, net.shelter, net.wait, net.zone
    )
    usable, weight = usable_steps(LIMITS, net.zones, CLOCK), weight_of(None, STEPS)
    windows = [Window(zone, 96 * day + 8, 96 * day + 39) for zone in range(3) for day in range(3)]
    both = build_surrogate([slow, net], usable, weight).arrivals(windows).sum()
    first = earliest_arrival(slow, STEPS, quiet_array(windows, net.zones, STEPS))
    room = net.shelter.copy()
    room[room > 0] -= first.arriving.sum(axis=1)
    rest = np.repeat(net.capacity[:, None], STEPS, axis=1) - first.entering
    after = TimedNetwork(net.tail, net.head, net.transit, rest, net.supply, room, net.wait, net.zone)
    true = first.total + earliest_arrival(after, STEPS, quiet_array(windows, net.zones, STEPS)).total
    assert both == pytest.approx(true, rel=0.1)
    assert first.total < true < exact_total(net, windows)


def test_a_quick_flow_has_the_largest_total(net):
    for windows in map(some_windows, range(20)):
        quiet = quiet_array(windows, net.zones, STEPS)
        assert quick_flow(net, STEPS, quiet).arrivals.sum() == earliest_arrival(net, STEPS, quiet).total


def test_paths_lead_from_homes_and_through_shelters_that_let_wait(net):
    paths = quickest_paths(net)
    assert {tuple(zone for zone, _, _ in path) for path in paths} == {(0, 1, 2), (2,)}
    quickest = min((path for path in paths if len(path) == 3), key=lambda path: path[-1][2])
    assert all(path[0][1] == 1 for path in paths if len(path) == 3)  # a step until they are at the door
    assert quickest[-1][2] == 1 + 1 + 2 * 6 + 1  # door, street, two zones, into the shelter midway


@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_keeps_to_the_limits_and_is_as_good_as_all_hours_of_one_day(net, seed):
    search = SurrogateAnnealing([net], LIMITS, CLOCK, weight_of(None, STEPS), seed=seed)
    search.run(Rounds(1), candidates=300)
    assert broken(search.windows, LIMITS, zones=3, steps=STEPS, step_minutes=MINUTES, start_hour=6.0) == []
    day = [Window(zone, 8, 39) for zone in range(3)]
    assert exact(net, search.windows) >= exact(net, day)


def test_no_window_is_asked_for_without_which_nothing_is_lost(net):
    search = SurrogateAnnealing([net], replace(LIMITS, zone_hours=None), CLOCK, weight_of(None, STEPS))
    search.run(Rounds(1), candidates=100)
    value = search.surrogate.value(search.windows)
    for window in search.windows:
        assert search.surrogate.value([other for other in search.windows if other != window]) < value


def test_the_same_seed_finds_the_same(net):
    runs = []
    for _ in range(2):
        search = SurrogateAnnealing([net], LIMITS, CLOCK, weight_of(None, STEPS), seed=4)
        search.run(Rounds(1), candidates=100)
        runs.append(search.windows)
    assert runs[0] == runs[1] != []


def test_a_network_all_of_zones_of_which_no_road_stays_as_it_is_has_a_build_surrogate():
    """Forty equal paths beside each other: none is the narrow place, and none needs no pause."""
    many = np.arange(1, 41)
    tail, head = np.concatenate([np.zeros(40, int), many]), np.concatenate([many, np.full(40, 41)])
    supply, shelter = np.zeros(42, int), np.zeros(42, int)
    supply[0], shelter[41] = 300, 400
    net = TimedNetwork(tail, head, [1] * 80, [2] * 80, supply, shelter, [False] * 42, [0] * 40 + [1] * 40)
    both = [Window(0, 0, 11), Window(1, 0, 11)]
    like = build_surrogate([net], np.ones((2, 12), bool), np.ones(12))
    assert like.value(both) == pytest.approx(earliest_arrival(net, 12).total, rel=0.2)
    assert like.value(both[:1]) == 0
