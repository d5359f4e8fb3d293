"""All that may be quiet bounds what any pauses are worth, also where shelters fill up."""

from math import inf

import numpy as np
import pytest

from letup.flow import earliest_arrival
from letup.pauses.bound.quiet import everything_quiet
from letup.pauses.clock import Clock, usable_steps
from tests.pauses.small import drawn


def bounds(problem, moments):
    clock = Clock(problem.steps, problem.step_minutes, problem.start_hour)
    usable = usable_steps(problem.limits, problem.net.zones, clock)
    found = []
    everything_quiet(problem.net, usable, problem.weight, moments=moments, more=lambda: inf, tell=found.append)
    return found, usable


@pytest.mark.parametrize("scarce", [False, True])
def test_no_windows_are_worth_more(scarce):
    tight = 0
    for seed in range(30):
        problem = drawn(seed, scarce=scarce)
        found, _ = bounds(problem, 12)
        assert min(found) >= problem.best - 1e-9
        tight += min(found) < float(problem.weight[0]) * problem.net.supply.sum() - 1e-9
    assert tight > 15


def test_each_moment_looked_at_makes_it_no_worse():
    for seed in range(20):
        found, _ = bounds(drawn(seed, scarce=True), 20)
        assert (np.diff(found) <= 1e-9).all()


def test_with_ample_room_it_is_what_the_flow_through_all_that_is_worth():
    problem = next(p for p in map(drawn, range(50)) if (p.net.shelter[p.net.shelter > 0] > p.net.supply.sum()).all())
    found, usable = bounds(problem, 0)
    flow = earliest_arrival(problem.net, problem.steps, usable)
    assert found == [pytest.approx(float(problem.weight @ flow.arrivals))]
