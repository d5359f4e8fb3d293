"""Least walking: people leave home as late as they can and still arrive when they do."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.flow import TimedNetwork, earliest_arrival
from letup.flow.direct_routes import direct_routes
from letup.flow.engine import Flow
from letup.flow.least_walking import least_walking
from letup.flow.routes import circles, comes_back, load_of, stays_of
from tests.examples import examples
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up
from tests.flow.small import Case, cases


def test_people_leave_later_rather_than_walk_up_and_down() -> None:
    """A flow that walks a loop first is replaced by one that stays at home until it is time."""
    net = TimedNetwork(
        tail=[0, 1, 1], head=[1, 0, 2], transit=[1, 1, 1], capacity=[5, 5, 5],
        supply=[5, 0, 0], shelter=[0, 0, 5], wait=[False] * 3, zone=[-1, -1, -1],
    )  # fmt: skip
    walking = np.zeros((3, 6), np.int32)
    walking[0, [0, 2]], walking[1, 1], walking[2, 3] = 5, 5, 5
    arriving = np.zeros((1, 6), np.int32)
    arriving[0, 4] = 5
    least = least_walking(net, 6, None, walking, arriving)
    assert least.proven
    assert least.entering.sum(axis=1).tolist() == [5, 0, 5]
    assert least.entering[0, 2] == 5
    side = np.zeros(18, bool)
    assert Flow(net, None, walking, arriving, side).circling == 5
    assert Flow(net, None, least.entering, arriving, side).circling == 0


@pytest.mark.parametrize(
    ("offsets", "circling"),
    [((0, 1, 2), True), ((0, 3, 4), False), ((0, 1, 4), True)],
    ids=["back at once", "after waiting where one comes back to", "after waiting elsewhere"],
)
def test_who_comes_back_without_having_waited_there_circles(offsets: tuple[int, ...], circling: bool) -> None:
    """From home to a place, on to another one and back: who waits before going on from the first does not circle."""
    net = TimedNetwork([0, 1, 2], [1, 2, 1], [1] * 3, [1] * 3, [1, 0, 0], [0, 1, 0], [True] * 3)
    assert circles(net, (0, 1, 2), offsets) == circling


@examples(300)
@given(case=cases())
def test_nobody_is_under_way_longer_than_needed(case: Case) -> None:
    """Time under way and walking are the least by a min-cost flow on the time-expanded network."""
    flow = earliest_arrival(case.net, case.steps, case.quiet, order="any")
    least = least_walking(case.net, case.steps, case.quiet, flow.entering, flow.arriving)
    assert least.proven
    better = Flow(case.net, case.quiet, least.entering, flow.arriving, flow.sink_side)
    assert_people_keep_to_the_rules(case, better)
    assert_routes_add_up(case, better)
    walking = int((least.entering.sum(axis=1, dtype=np.int64) * case.net.transit).sum())
    waiting, _ = stays_of(case.net, least.entering, flow.arriving)
    assert (walking + int(waiting.sum()), walking) == _least(case, flow.arriving)


def test_there_is_something_to_save_on_many_of_these() -> None:
    """In any order people are sent as early as they can go, so that many wait, or walk, longer than needed."""
    saved: list[bool] = []

    @examples(300)
    @given(case=cases())
    def collect(case: Case) -> None:
        flow = earliest_arrival(case.net, case.steps, case.quiet, order="any")
        least = least_walking(case.net, case.steps, case.quiet, flow.entering, flow.arriving)
        saved.append(not np.array_equal(least.entering, flow.entering))

    collect()
    assert sum(saved) >= 30, sum(saved)


def test_on_a_small_network_arrivals_stay_and_time_under_way_is_the_least() -> None:
    """Somebody who has to walk up and down for the last slot does so, unless they may not: then they stay at home."""
    # From home over a road that is quiet early on to a place where nobody may wait; from there to the shelter late.
    quiet = np.array([[True, True, False, False, False, False], [False, False, False, False, True, True]])
    net = TimedNetwork(
        tail=[0, 1, 2, 1], head=[1, 2, 1, 3], transit=[1, 1, 1, 1], capacity=[3, 3, 3, 3],
        supply=[3, 0, 0, 0], shelter=[0, 0, 0, 3], wait=[False] * 4, zone=[0, -1, -1, 1],
    )  # fmt: skip
    flow = earliest_arrival(net, 6, quiet, order="any")
    assert flow.total == 3
    least = flow.least_walking()
    assert (least.total, least.left_out, least.circling) == (3, 0, 3)
    direct = flow.least_walking(may_circle=False)
    assert (direct.total, direct.left_out, direct.circling) == (0, 3, 0)


def test_who_could_go_from_another_home_goes_in_place_of_who_would_circle() -> None:
    """The far home's road closes early; the near one's people have gone early, and could as well go late."""
    quiet = np.array([[True, True, False, False, False, False]])
    net = TimedNetwork(
        tail=[0, 1, 2, 2, 3], head=[2, 2, 4, 3, 2], transit=[1] * 5, capacity=[2, 2, 1, 2, 2],
        supply=[1, 2, 0, 0, 0], shelter=[0, 0, 0, 0, 9], wait=[False] * 5, zone=[0, -1, -1, -1, -1],
    )  # fmt: skip
    entering = np.zeros((5, 6), np.int32)
    entering[1, 0] = entering[0, 1] = 1
    entering[2, [1, 4]] = 1
    entering[3, 2] = entering[4, 3] = 1  # whoever came over the road that closes walks up and down
    arriving = np.zeros((1, 6), np.int32)
    arriving[0, [2, 5]] = 1
    flow = Flow(net, quiet, entering, arriving, np.zeros(30, bool))
    assert flow.circling == 1
    direct = flow.least_walking(may_circle=False)
    assert (direct.total, direct.left_out, direct.circling) == (2, 0, 0)


@examples(150)
@given(case=st.one_of(cases(), cases(scarce=True), cases(long=True)), order=st.sampled_from(["any", "earliest"]))
def test_nobody_comes_by_a_place_twice_and_who_is_left_out_is_counted(case: Case, order: str) -> None:
    """Roads, rooms and shelters hold, routes add up, both totals are stated, and nobody is under way longer."""
    flow = earliest_arrival(case.net, case.steps, case.quiet, order=order)
    parties = direct_routes(case.net, case.steps, case.quiet, flow.entering, flow.arriving)
    entering, arriving = load_of(case.net, case.steps, parties)
    direct = Flow(case.net, case.quiet, entering, arriving, flow.sink_side, _parties=parties)
    assert_people_keep_to_the_rules(case, direct)
    assert_routes_add_up(case, direct)
    assert not any(comes_back(case.net, route.arcs) for route in direct.routes())
    assert direct.total <= flow.total
    if not flow.circling:  # nobody has to go elsewhere
        assert (direct.arriving == flow.arriving).all()
        assert _under_way(case, direct) <= _under_way(case, flow)
    least = flow.least_walking(may_circle=False)
    assert least.total + least.left_out == flow.total
    assert not any(comes_back(case.net, route.arcs) for route in least.routes())


def test_few_are_left_out_who_could_have_gone() -> None:
    """Most who circle in a flow of any order are sent another way."""
    people = np.zeros(3, np.int64)

    @examples(300)
    @given(case=cases())
    def count(case: Case) -> None:
        flow = earliest_arrival(case.net, case.steps, case.quiet, order="any")
        parties = direct_routes(case.net, case.steps, case.quiet, flow.entering, flow.arriving)
        circling = flow.circling
        people[:] += (flow.total, circling, flow.total - sum(party.people for party in parties))

    count()
    total, circling, left_out = people.tolist()
    assert 0 < circling < total, people
    assert left_out < circling / 2, people


def _under_way(case: Case, flow: Flow) -> int:
    """Person-time from leaving home to arriving."""
    walking = int((flow.entering.sum(axis=1, dtype=np.int64) * case.net.transit).sum())
    return walking + int(stays_of(case.net, flow.entering, flow.arriving)[0].sum())


def _least(case: Case, arriving: np.ndarray) -> tuple[int, int]:
    """Person-time under way and on arcs, by networkx."""
    net, dear = case.net, 10**6
    graph = nx.DiGraph()
    graph.add_node("source", demand=-int(arriving.sum()))

    def add(start: object, end: object, capacity: int, weight: int) -> None:
        middle = (start, end, graph.number_of_edges())
        graph.add_edge(start, middle, capacity=capacity, weight=weight)
        graph.add_edge(middle, end, capacity=capacity, weight=0)

    for arc, step in np.ndindex(net.arcs, case.steps):
        if case.may_enter(arc, step):
            start, end = (int(net.tail[arc]), step), (int(net.head[arc]), step + int(net.transit[arc]))
            add(start, end, case.capacity(arc, step), int(net.transit[arc]) * (dear + 1))
    for node, step in np.ndindex(net.nodes, case.steps - 1):
        add((node, step), (node, step + 1), case.may_wait(node, step), dear)
    for home in np.flatnonzero(net.supply).tolist():
        add("source", ("home", home), int(net.supply[home]), 0)
        for step in range(case.steps):
            add(("home", home), (home, step), int(net.supply[home]), 0)
    for shelter, node in enumerate(np.flatnonzero(net.shelter).tolist()):
        for step in range(case.steps):
            graph.add_node((node, step), demand=int(arriving[shelter, step]))
    cost = nx.min_cost_flow_cost(graph)
    return divmod(cost, dear)
