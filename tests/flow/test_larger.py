"""Roads of a few hundred junctions: total, order of arrival, proof and routes at a size where shelters fill up."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.peers.flow_problems import two_windows
from benchmarks.peers.road_instances import road_network, strip
from letup.flow import TimedNetwork, earliest_arrival
from letup.flow.backends import builtin
from letup.flow.largest_flow import Levels, levels_of
from tests.flow.apart import apart, flow_of, total_of
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up, assert_the_cut_proves_the_total
from tests.flow.small import Case


def roads(nodes: int, steps: int, seed: int, *, shelters: int = 2, room: float = 1.1, pauses: bool = False) -> Case:
    """A road network; with more shelters than it comes with, each of another size."""
    arrays = road_network(nodes, seed=seed, room=room)
    del arrays["xy"]
    if shelters > 2:
        rng = np.random.default_rng(seed)
        free = np.flatnonzero(arrays["supply"] == 0)
        share = rng.dirichlet(np.ones(shelters))
        arrays["shelter"][:] = 0
        arrays["shelter"][rng.choice(free, shelters, replace=False)] = 1 + share * room * arrays["supply"].sum()
    return Case(TimedNetwork(**arrays), steps, two_windows(16, steps) if pauses else None)


def land(nodes: int, steps: int, seed: int, *, room: float, pauses: bool = False) -> Case:
    """A strip of land whose shelters together hold a share of the people."""
    arrays = strip(nodes, seed=seed)
    del arrays["xy"]
    arrays["shelter"] = (arrays["shelter"] * room * arrays["supply"].sum() / arrays["shelter"].sum()).astype(np.int64)
    return Case(TimedNetwork(**arrays), steps, two_windows(20, steps) if pauses else None)


CASES = {
    "roads": roads(300, 60, 1),
    "roads with pauses": roads(300, 60, 2, pauses=True),
    "many small shelters": roads(200, 60, 3, shelters=12, room=0.4),
    "many small shelters, with pauses": roads(200, 48, 4, shelters=12, room=0.3, pauses=True),
    "hardly any room": roads(150, 60, 5, shelters=8, room=0.05),
    "room for everyone in each": roads(250, 48, 6, room=10.0),
    "a strip": land(150, 48, 0, room=0.5),
    "a strip with pauses": land(150, 48, 1, room=0.2, pauses=True),
    "a strip with little room": land(150, 40, 2, room=0.02),
}


@pytest.mark.parametrize("name", CASES)
def test_no_more_could_arrive_and_the_flow_keeps_to_the_rules(name: str) -> None:
    case = CASES[name]
    flow = earliest_arrival(case.net, case.steps, case.quiet)
    assert flow.total > 0
    assert flow.total == apart(total_of, case.net, case.steps, case.quiet)
    assert_people_keep_to_the_rules(case, flow)
    assert_the_cut_proves_the_total(case, flow)
    assert_routes_add_up(case, flow)


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_arrival_is_that_of_linear_programs(seed: int) -> None:
    case = roads(40, 24, seed, shelters=5, room=0.2 + 0.2 * (seed % 3), pauses=seed % 2 == 1)
    arrivals = earliest_arrival(case.net, case.steps, case.quiet).arrivals
    assert arrivals.tolist() == flow_of(case.net, case.steps, case.quiet, "highs").arrivals.tolist()


def test_the_order_of_arrival_is_that_of_a_min_cost_flow_where_room_is_ample() -> None:
    case = roads(150, 36, 7, room=10.0)
    arrivals = earliest_arrival(case.net, case.steps, case.quiet).arrivals
    assert arrivals.tolist() == apart(flow_of, case.net, case.steps, case.quiet, "ortools").arrivals.tolist()


@pytest.mark.parametrize("name", CASES)
def test_levels_that_outgrow_their_room_are_measured_anew(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    total = earliest_arrival(case.net, case.steps, case.quiet, order="any").total

    def hardly_any_room(nodes: int, steps: int) -> Levels:
        levels = levels_of(nodes, steps)
        return levels._replace(level=np.empty((nodes, 5), np.int32), steps=np.empty(nodes, np.uint64))

    monkeypatch.setattr(builtin, "levels_of", hardly_any_room)
    flow = earliest_arrival(case.net, case.steps, case.quiet, order="any")
    assert flow.total == total
    assert_the_cut_proves_the_total(case, flow)
