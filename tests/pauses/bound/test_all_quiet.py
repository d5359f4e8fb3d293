"""All that may be quiet bounds what any pauses are worth, also where shelters fill up."""

import numpy as np
import pytest

from letup.flow import earliest_arrival
from letup.pauses.bound.all_quiet import AllQuietBound, bound_all_quiet
from letup.pauses.incumbent import Never
from letup.pauses.limits import usable_steps
from tests.pauses.bound.tiny import clock_of
from tests.pauses.certificates.test_all_quiet import best_flow
from tests.pauses.small import drawn


def usable_of(problem):
    return usable_steps(problem.limits, problem.net.zones, clock_of(problem))


def bounds(problem, rounds):
    case = (problem.net, usable_of(problem), problem.weight)
    return [certificate.bound for certificate in bound_all_quiet(*case, rounds=rounds, stop=Never())]


@pytest.mark.parametrize("scarce", [False, True])
def test_no_windows_are_worth_more(scarce):
    tight = 0
    for seed in range(25):
        problem = drawn(seed, scarce=scarce)
        ceilings = bounds(problem, 12)
        assert min(ceilings) >= problem.best - 1e-9
        tight += min(ceilings) < float(problem.weight[0]) * problem.net.supply.sum() - 1e-9
    assert tight > 12


def test_with_more_rounds_it_comes_near_the_best_flow():
    far = []
    for seed in range(25):
        problem = drawn(seed, scarce=True)
        ceilings = bounds(problem, 40)
        best = best_flow((problem.net, usable_of(problem), problem.weight))
        far.append((min(ceilings) - best) / best if best > 0 else 0.0)
    assert np.mean(far) < 0.01


def test_where_rooms_suffice_it_says_that_it_cannot_become_better():
    problem = next(p for p in map(drawn, range(50)) if (p.net.shelter[p.net.shelter > 0] > p.net.supply.sum()).all())
    quiet = AllQuietBound(problem.net, usable_of(problem), problem.weight)
    assert quiet.round()
    assert quiet.settled
    flow = earliest_arrival(problem.net, problem.steps, usable_of(problem))
    assert quiet.bound == pytest.approx(float(problem.weight @ flow.arrivals))
