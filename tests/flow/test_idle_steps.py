"""Steps at which nobody can move are left out: the answer is the one that looking at every step gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from letup.flow import TimedNetwork, earliest_arrival
from letup.flow.backends.builtin import solve_every_step
from letup.flow.backends.reference import expand
from letup.flow.cut import cut_of
from letup.flow.engine import Flow
from letup.flow.idle_steps import shortened
from letup.flow.quick_flow import quick_flow
from tests.examples import examples
from tests.flow.nights import days_and_nights
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up, assert_the_cut_proves_the_total
from tests.flow.small import Case, earliest

several = examples(150, suppress_health_check=list(HealthCheck))
nights = st.integers(0, 2**32 - 1).map(days_and_nights)


@several
@given(nights)
def test_people_arrive_as_early_as_if_every_night_had_been_looked_at(case: Case) -> None:
    arrivals = earliest_arrival(case.net, case.steps, case.quiet).arrivals.tolist()
    entering, arriving, sink_side = solve_every_step(case.net, case.steps, case.quiet)
    assert arrivals == Flow(case.net, case.quiet, entering, arriving, sink_side).arrivals.tolist()
    assert arrivals == earliest(case)


@several
@given(nights)
def test_by_night_as_by_day_people_keep_to_the_rules_and_have_routes(case: Case) -> None:
    flow = earliest_arrival(case.net, case.steps, case.quiet)
    assert_people_keep_to_the_rules(case, flow)
    assert_routes_add_up(case, flow)


@several
@given(nights)
def test_a_quick_flow_brings_as_many_and_keeps_to_the_rules(case: Case) -> None:
    flow = earliest_arrival(case.net, case.steps, case.quiet)
    quick = quick_flow(case.net, case.steps, case.quiet)
    assert quick.arrivals.sum() == flow.total
    assert_people_keep_to_the_rules(case, Flow(case.net, case.quiet, quick.entering, quick.arriving, flow.sink_side))


@several
@given(nights)
def test_the_cut_says_why_not_more_come_over_all_days(case: Case) -> None:
    assert_the_cut_proves_the_total(case, earliest_arrival(case.net, case.steps, case.quiet))


@several
@given(nights)
def test_any_least_cut_of_the_days_is_one_of_days_and_nights(case: Case) -> None:
    short = shortened(case.net, case.steps, case.quiet)
    if short is not None:
        side = short.sink_side(_cut_nearest_to_homes(Case(short.net, short.steps, short.quiet)))
        total = earliest_arrival(case.net, case.steps, case.quiet).total
        assert cut_of(case.net, case.quiet, case.steps, side).sum == total


def _cut_nearest_to_homes(case: Case) -> np.ndarray:
    """Sink side of the minimum cut at the other end, by SciPy: what nobody still at home could get to."""
    whole = expand(case.net, case.steps, case.quiet)
    graph = coo_matrix((whole.capacity, (whole.tail, whole.head)), shape=(whole.nodes, whole.nodes))
    graph = graph.astype(np.int32).tocsr()
    left = graph - maximum_flow(graph, whole.source, whole.sink).flow
    left.eliminate_zeros()
    side = np.ones(whole.nodes, np.bool_)
    side[breadth_first_order(left, whole.source, return_predecessors=False)] = False
    return side[: case.net.nodes * case.steps]


def _two_days(varies: bool = False, **others: object) -> tuple[TimedNetwork, int, np.ndarray]:
    """A home, a door of two steps, a road, and a shelter; days of 4 steps at 10 and 30, of 40."""
    network: dict[str, object] = {
        "tail": [0, 1],
        "head": [1, 2],
        "transit": [2, 1],
        "capacity": [[2] * 40, [9] * 40] if varies else [2, 9],
        "supply": [50, 0, 0],
        "shelter": [0, 0, 99],
        "wait": [False, True, False],
        "zone": [-1, 0],
    }
    quiet = np.zeros((1, 40), np.bool_)
    quiet[0, 10:14] = quiet[0, 30:34] = True
    return TimedNetwork(**(network | others)), 40, quiet


@pytest.mark.parametrize("varies", [False, True])
def test_who_leaves_by_night_stays_at_home_until_it_is_time(varies: bool) -> None:
    net, steps, quiet = _two_days(varies)
    short = shortened(net, steps, quiet)
    assert short is not None
    # step 0; two steps before each day, for the door; the days; a step after each
    assert short.kept.tolist() == [0, *range(8, 15), *range(28, 35)]
    assert short.net.capacity[0].tolist() == [2, 16, 2, 2, 2, 2, 2, 2, 28, 2, 2, 2, 2, 2, 2]
    flow = earliest_arrival(net, steps, quiet)
    assert flow.arrivals[10:16].tolist() == [0, 9, 9, 4, 2, 0]
    assert flow.arrivals[30:].tolist() == [0, 9, 9, 8, 0, 0, 0, 0, 0, 0]
    assert flow.entering[0].tolist() == [2] * 12 + [0] * 6 + [2] * 13 + [0] * 9


@pytest.mark.parametrize(
    "others",
    [
        {"wait": [False, False, True]},
        {"shelter": [0, 5, 99]},
        {"tail": [0, 1, 1], "head": [1, 2, 0], "transit": [2, 1, 1], "capacity": [2, 9, 1], "zone": [-1, 0, -1]},
    ],
    ids=["nobody may wait behind the door", "the door leads into a shelter", "one door behind the other"],
)
def test_every_step_is_looked_at_where_people_may_move_by_night(others: dict[str, object]) -> None:
    net, steps, quiet = _two_days(**others)
    assert shortened(net, steps, quiet) is None


def test_every_step_is_looked_at_where_few_could_be_left_out() -> None:
    net, steps, quiet = _two_days()
    quiet[0, 2:38] = True
    assert shortened(net, steps, quiet) is None
    assert shortened(net, steps, None) is None
