"""Whether anybody can get out within limits: compared with the engine, and with trying all windows."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
from hypothesis import event, given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.feasibility.existence import FeasibilityTest
from letup.pauses.feasibility.reachability import JourneySearch, quiet_until
from letup.pauses.feasibility.window_milp import find_windows
from letup.pauses.limits import usable_steps
from tests.examples import examples

ZONES = 2


@st.composite
def networks(draw, steps):
    nodes = draw(st.integers(2, 6))
    arcs = draw(st.integers(1, 10))
    node = st.integers(0, nodes - 1)

    def pick(low, high, n):
        return draw(st.lists(st.integers(low, high), min_size=n, max_size=n))

    tail, head = pick(0, nodes - 1, arcs), pick(0, nodes - 1, arcs)
    capacity = np.array(pick(0, 3, arcs * steps)).reshape(arcs, steps) if draw(st.booleans()) else pick(0, 3, arcs)
    supply, shelter = np.zeros(nodes, int), np.zeros(nodes, int)
    supply[draw(node)] = 4
    shelter[draw(node)] = 9
    supply[shelter > 0] = 0
    wait = draw(st.lists(st.booleans(), min_size=nodes, max_size=nodes))
    return TimedNetwork(tail, head, pick(1, 3, arcs), capacity, supply, shelter, wait, pick(-1, ZONES - 1, arcs))


@examples(150)
@given(net=networks(24), shortest=st.integers(1, 6), hours=st.sampled_from([None, (2, 9), (20, 6)]))
def test_the_first_to_arrive_arrives_when_the_engine_says(net, shortest, hours):
    limits, clock = Limits(shortest=shortest, hours=hours, forbidden=((0, 5, 5),)), Clock(24, 60, 0.0)
    journey_search, until = JourneySearch(net, 24), quiet_until(limits, ZONES, clock)
    flow = earliest_arrival(net, steps=24, quiet=usable_steps(limits, ZONES, clock))
    arrivals, _ = journey_search.arrivals(until)
    assert bool(arrivals) == (flow.total > 0)
    if arrivals:
        assert min(step for step, _ in arrivals) == np.flatnonzero(flow.arrivals)[0]


@examples(100)
@given(net=networks(24), shortest=st.integers(1, 6), grid=st.sampled_from([None, 120]))
def test_a_journey_gets_out_through_windows_that_hold_its_stays_and_no_others(net, shortest, grid):
    limits, clock = Limits(shortest=shortest, grid_minutes=grid, windows_per_day=9), Clock(24, 60, 0.0)
    journey_search = JourneySearch(net, 24)
    crossing = journey_search.crossing(ZONES)
    for journey in journey_search.journeys(quiet_until(limits, ZONES, clock)):
        quiet = quiet_array(list(journey.stays), ZONES, 24)
        flow = earliest_arrival(net, steps=24, quiet=quiet)
        assert flow.arrivals[: journey.arrives + 1].sum() > 0
        for stay in journey.stays:
            assert stay.last - stay.first + 1 >= crossing[stay.zone]
            windows = find_windows(limits, ZONES, clock, held=[stay])
            assert windows
            assert broken(windows, limits, zones=ZONES, steps=24, step_minutes=60) == []


STEPS, MINUTES = 8, 360
CLOCK = Clock(STEPS, MINUTES, 0.0)
TIME = {"zones": ZONES, "steps": STEPS, "step_minutes": MINUTES, "start_hour": 0.0}
SPANS = [(a, b) for a in range(STEPS) for b in range(a, STEPS)]
SHORT = [(a, b) for a, b in SPANS if b <= a + 1]
SETS = [(), *((s,) for s in SPANS), *(p for p in combinations(SHORT, 2) if p[1][0] > p[0][1] + 1)]
PAIRS = [
    [Window(z, *span) for z, spans in enumerate(pair) for span in spans] for pair in product(SETS, SETS) if any(pair)
]
PAIRS.sort(key=len)


@examples(15)
@given(
    net=networks(STEPS),
    hours=st.sampled_from([None, (6, 18), (0, 12)]),
    shortest=st.sampled_from([0, 12]),
    longest=st.sampled_from([None, 12]),
    zone_hours=st.sampled_from([None, 12, 24]),
    at_once=st.sampled_from([None, 1]),
    together=st.sampled_from([(), ((0, 1),)]),
    same_daily=st.booleans(),
    frozen=st.sampled_from([(), (Window(0, 2, 2),)]),
)
def test_no_plan_is_said_only_where_no_windows_let_anybody_out(net, **limits):
    limits = Limits(**limits)
    verdict = FeasibilityTest(net, ZONES, CLOCK).test(limits)
    event(f"a plan: {verdict}")
    good = (
        windows
        for windows in PAIRS
        if not broken(windows, limits, **TIME)
        and earliest_arrival(net, steps=STEPS, quiet=quiet_array(windows, ZONES, STEPS)).total > 0
    )
    assert verdict in (None, next(good, None) is not None)


def test_zones_one_after_the_other_need_room_to_wait_between_them():
    # At home until step 0..; zone 0 takes 3 steps, zone 1 takes 3 steps; one zone at once, each 3 steps long.
    net = TimedNetwork([0, 1], [1, 2], [3, 3], [5, 5], [5, 0, 0], [0, 0, 9], [False, True, False], [0, 1])
    limits, clock = Limits(shortest=3, at_once=1), Clock(12, 60, 0.0)
    assert FeasibilityTest(net, 2, clock).test(limits) is True
    assert FeasibilityTest(net, 2, clock).test(replace(limits, zone_hours=5)) is False
    assert FeasibilityTest(net, 2, clock).test(replace(limits, together=((0, 1),))) is False
    assert FeasibilityTest(net, 2, clock).test(replace(limits, longest=3, shortest=1)) is True
    assert FeasibilityTest(net, 2, clock).test(replace(limits, longest=2, shortest=1)) is False
