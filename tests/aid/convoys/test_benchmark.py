"""The benchmark runs; its bound is below the optimum, and close to it, where the optimum is known."""

from __future__ import annotations

from itertools import permutations

import pytest

from benchmarks import convoys
from benchmarks.peers.vrptw import Instance, checked, instance, solve
from benchmarks.peers.vrptw_bound import lower_bound


def optimum(problem: Instance) -> int:
    """Least cost of any routes: the best order of every set of stops, then the best way to split all into sets."""
    stops = len(problem.demand) - 1
    cheapest = [0.0] + [float("inf")] * (2**stops - 1)
    for subset in range(1, 2**stops):
        inside = [stop for stop in range(1, stops + 1) if subset >> (stop - 1) & 1]
        for order in permutations(inside):
            at, here, total = 0, 0, 0
            for stop in (*order, 0):
                at = max(at + int(problem.service[here] + problem.cost[here, stop]), int(problem.early[stop]))
                total, here = total + int(problem.cost[here, stop]), stop
                if at > problem.late[stop]:
                    break
            else:
                if problem.demand[inside].sum() <= problem.capacity:
                    cheapest[subset] = min(cheapest[subset], total)
    best = [0.0] + [float("inf")] * (2**stops - 1)
    for subset in range(1, 2**stops):
        part = subset
        while part:
            best[subset] = min(best[subset], cheapest[part] + best[subset ^ part])
            part = (part - 1) & subset
    return int(best[-1])


@pytest.mark.parametrize("kind", ["R", "C", "RC"])
@pytest.mark.parametrize("seed", range(2))
def test_the_bound_is_below_the_optimum_and_pyvrp_finds_it(kind: str, seed: int) -> None:
    problem = instance(kind, seed, stops=6, width=90)
    best = optimum(problem)
    cost, routes = solve(problem, 0.15)
    bound = lower_bound(problem, [], 10.0)
    assert cost == best == checked(problem, routes)
    assert bound.converged
    assert 0.97 * best <= bound.value <= best + 1e-6


def test_a_bound_that_was_ended_early_still_holds() -> None:
    problem = instance("R", 5, stops=20)
    _, routes = solve(problem, 0.2)
    early, late = lower_bound(problem, routes, 0.0), lower_bound(problem, routes, 20.0)
    assert not early.converged
    assert early.value <= late.value <= checked(problem, routes) + 1e-6


def test_routes_that_miss_a_stop_or_a_window_are_refused() -> None:
    problem = instance("R", 1, stops=5)
    with pytest.raises(AssertionError):
        checked(problem, [[1, 2, 3, 4]])
    order = sorted(range(1, 6), key=lambda stop: -problem.late[stop])
    with pytest.raises(AssertionError):
        checked(problem, [order])


def test_the_benchmark_runs_at_small_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assert convoys.main(["--quick"]) == 0
    out = capsys.readouterr().out
    for said in ("R12-1", "RC12-1", "gap: mean", "loads for 30 lorries", "no problem"):
        assert said in out
