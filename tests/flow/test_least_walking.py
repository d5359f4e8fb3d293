"""Least walking: people leave home as late as they can and still arrive when they do."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, settings

from letup.flow import earliest_arrival
from letup.flow.engine import Flow
from letup.flow.least_walking import least_walking
from letup.flow.routes import stays_of
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up
from tests.flow.small import Case, cases


def test_people_leave_later_rather_than_walk_up_and_down() -> None:
    """A flow that walks a loop first is replaced by one that stays at home until it is time."""
    from letup.flow import TimedNetwork

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
    before = Flow(net, None, walking, arriving, np.zeros(18, bool))
    assert (before.circling, before.with_least_walking().circling) == (5, 0)


@settings(max_examples=300)
@given(case=cases())
def test_nobody_is_under_way_longer_than_needed(case: Case) -> None:
    """Time under way and walking are the least by a min-cost flow on the time-expanded network."""
    flow = earliest_arrival(case.net, case.steps, case.quiet)
    least = least_walking(case.net, case.steps, case.quiet, flow.entering, flow.arriving)
    assert least.proven
    better = Flow(case.net, case.quiet, least.entering, flow.arriving, flow.sink_side)
    assert_people_keep_to_the_rules(case, better)
    assert_routes_add_up(case, better)
    walking = int((least.entering.sum(axis=1, dtype=np.int64) * case.net.transit).sum())
    waiting, _ = stays_of(case.net, least.entering, flow.arriving)
    assert (walking + int(waiting.sum()), walking) == _least(case, flow.arriving)


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
