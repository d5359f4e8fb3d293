"""Quick estimates of flows: always possible, never more than the exact flow, exact on a single road."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from letup.flow import TimedNetwork, earliest_arrival
from letup.flow.estimate import estimate
from tests.examples import examples

STEPS = 24
NO_FEEDERS = np.zeros(0, np.int64)


@examples(30)
@given(data=st.data(), nodes=st.integers(3, 7), arcs=st.integers(2, 14))
def test_what_is_reserved_can_be_moved(data, nodes, arcs):
    node = st.integers(0, nodes - 1)
    ends = data.draw(st.lists(st.tuples(node, node).filter(lambda e: e[0] != e[1]), min_size=arcs, max_size=arcs))
    number = st.integers(1, 4)
    transit = data.draw(st.lists(number, min_size=arcs, max_size=arcs))
    capacity = data.draw(st.lists(st.integers(0, 6), min_size=arcs, max_size=arcs))
    supply = data.draw(st.lists(st.integers(0, 40), min_size=nodes, max_size=nodes))
    shelter = data.draw(st.lists(st.sampled_from([0, 0, 15, 80]), min_size=nodes, max_size=nodes))
    supply = [0 if room else people for people, room in zip(supply, shelter, strict=True)]
    zone = data.draw(st.lists(st.integers(-1, 1), min_size=arcs, max_size=arcs))
    quiet = np.array(data.draw(st.lists(st.booleans(), min_size=2 * STEPS, max_size=2 * STEPS))).reshape(2, STEPS)
    net = TimedNetwork(
        [a for a, _ in ends], [b for _, b in ends], transit, capacity, supply, shelter, [False] * nodes, zone
    )
    entering, arrivals = estimate(net, STEPS, quiet, NO_FEEDERS)
    exact = earliest_arrival(net, steps=STEPS, quiet=quiet[: max(net.zones, 1)] if net.zones else None)
    assert arrivals.sum() <= exact.total
    assert (entering <= np.array(capacity)[:, None]).all()
    for arc in range(arcs):
        for step in np.flatnonzero(entering[arc]):
            assert step + transit[arc] < STEPS
            assert zone[arc] < 0 or quiet[zone[arc], step : step + transit[arc]].all()
    taken = np.bincount(net.head, entering.sum(axis=1), nodes) - np.bincount(net.tail, entering.sum(axis=1), nodes)
    assert (taken[np.array(shelter) > 0] <= np.array(shelter)[np.array(shelter) > 0]).all()
    assert (-taken[np.array(shelter) == 0] <= np.array(supply)[np.array(shelter) == 0]).all()


def test_on_one_road_the_estimate_is_exact():
    net = TimedNetwork(
        [0, 1, 2], [1, 2, 3], [2, 1, 3], [9, 5, 7], [40, 30, 5, 0], [0, 0, 0, 60], [False] * 4, [0, 0, 1]
    )
    quiet = np.ones((2, STEPS), bool)
    quiet[1, 14:] = False
    _, arrivals = estimate(net, STEPS, quiet, NO_FEEDERS)
    assert np.array_equal(arrivals, earliest_arrival(net, steps=STEPS, quiet=quiet).arrivals)


def test_people_wait_at_home_until_they_are_ready():
    ready = np.array([[2] * STEPS, [50] * STEPS], np.int32)
    net = TimedNetwork([0, 1], [1, 2], [1, 2], ready, [30, 0, 0], [0, 0, 99], [False, True, False], [-1, 0])
    quiet = np.ones((1, STEPS), bool)
    quiet[0, :5] = False
    _, arrivals = estimate(net, STEPS, quiet, np.array([0]))
    assert np.array_equal(arrivals, earliest_arrival(net, steps=STEPS, quiet=quiet).arrivals)
    # Five steps of two people each are ready by step 5 and arrive together at step 7.
    assert arrivals[7] == 10
