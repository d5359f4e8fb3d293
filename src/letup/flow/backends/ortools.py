"""OR-Tools on the time-expanded network.

With one shelter, or room for everyone in each, earliest arrival is a min-cost flow whose cost is the step
of arrival. With scarce shelters it is a sequence of linear programs (GLOP), as in the HiGHS backend.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow
from ortools.linear_solver import pywraplp

from letup.flow.backends import Solution
from letup.flow.backends.expanded import Expanded, Longs, expand
from letup.roads.timed_network import TimedNetwork


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Solution:
    """Largest total, then lexicographically earliest."""
    network = expand(net, steps, quiet)
    room = net.shelter[net.shelter > 0]
    plenty = len(room) <= 1 or bool((room >= net.supply.sum()).all())
    return network.solution(_cheapest(network) if plenty else _in_turn(network))


def largest_total(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None = None) -> int:
    """People who arrive, by SimpleMaxFlow (the total only)."""
    network = expand(net, steps, quiet)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(network.tail, network.head, network.capacity)
    solver.solve(network.source, network.sink)
    return int(solver.optimal_flow())


def _cheapest(network: Expanded) -> Longs:
    """Min-cost maximum flow; the cost of an arrival is its step."""
    solver = min_cost_flow.SimpleMinCostFlow()
    cost = np.zeros(len(network.tail), np.int64)
    cost[network.arrivals] = np.arange(network.steps)[None, :]
    arcs = solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, cost)
    people = int(network.net.supply.sum())
    solver.set_node_supply(network.source, people)
    solver.set_node_supply(network.sink, -people)
    solver.solve_max_flow_with_min_cost()
    flow: Longs = np.asarray(solver.flows(arcs), np.int64)
    return flow


def _in_turn(network: Expanded) -> Longs:
    """Maximise the total, then the arrivals at each step in turn."""
    model = pywraplp.Solver.CreateSolver("GLOP")
    flow = [model.NumVar(0, int(limit), "") for limit in network.capacity]
    rows = [model.Constraint(0, 0) for _ in range(network.nodes - 2)]
    for variable, tail, head in zip(flow, network.tail, network.head, strict=True):
        if tail < len(rows):
            rows[tail].SetCoefficient(variable, 1)
        if head < len(rows):
            rows[head].SetCoefficient(variable, -1)
    for goal in [network.arrivals.ravel(), *network.arrivals.T]:
        wanted = sum(flow[k] for k in goal)
        model.Maximize(wanted)
        model.Solve()
        # read it now: a model that is changed forgets its solution
        people = np.array([round(variable.solution_value()) for variable in flow], np.int64)
        model.Add(wanted == int(people[goal].sum()))
    return people
