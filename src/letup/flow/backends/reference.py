"""Reference solvers on the time-expanded network, written out in full: slow, for checks of the kernel.

OR-Tools and HiGHS bring libraries of the same name in some releases, so that only one of the two can be loaded in one
process: each is imported where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order

from letup.flow.result import Order, Solution
from letup.roads.timed_network import TimedNetwork, quiet_runs, zone_rows

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class TimeExpandedNetwork:
    """Every node at every step, homes, shelters, a source and a sink, with plain arcs between them.

    Nodes are numbered: places in time, then homes, shelters, source, sink. Arcs come in this order:
    arcs in time, waiting, leaving home, arriving at a shelter, source to home, shelter to sink.
    """

    net: TimedNetwork
    steps: int
    tail: Longs
    head: Longs
    capacity: Longs
    arc: Longs  # of the arcs in time: arc of the network
    step: Longs  # of the arcs in time: step at which it is entered
    arrive_first: int  # first of the arcs that arrive at a shelter, by shelter and then step

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.sink + 1

    @property
    def source(self) -> int:
        """The source."""
        return self.sink - 1

    @property
    def sink(self) -> int:
        """The sink."""
        return int(self.head[-1]) if len(self.head) else 1

    @property
    def shelters(self) -> int:
        """Number of shelters."""
        return int((self.net.shelter > 0).sum())

    @property
    def arrivals(self) -> NDArray[np.int64]:
        """Arcs that arrive at a shelter: int64[shelters, T]."""
        count = self.shelters * self.steps
        return np.arange(self.arrive_first, self.arrive_first + count).reshape(self.shelters, self.steps)

    def solution(self, flow: Longs) -> Solution:
        """Turn the flow on every arc into what a backend returns."""
        entering = np.zeros((self.net.arcs, self.steps), np.int32)
        entering[self.arc, self.step] = flow[: len(self.arc)]
        arriving = flow[self.arrivals].astype(np.int32).reshape(self.shelters, self.steps)
        onwards, back = flow < self.capacity, flow > 0
        # places from which the sink can be reached through residual arcs: search backwards
        tails = np.r_[self.head[onwards], self.tail[back]]
        heads = np.r_[self.tail[onwards], self.head[back]]
        graph = coo_matrix((np.ones(len(tails)), (tails, heads)), shape=(self.nodes, self.nodes)).tocsr()
        reached = breadth_first_order(graph, self.sink, return_predecessors=False)
        side = np.zeros(self.nodes, bool)
        side[reached] = True
        if not self.net.supply.any() or flow[self.head == self.sink].sum() == self.net.supply.sum():
            side[:] = True
        return Solution(entering, arriving, side[: self.net.nodes * self.steps])


def expand(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> TimeExpandedNetwork:
    """Write the time-expanded network out."""
    runs, zone = quiet_runs(net.zones, steps, quiet), zone_rows(net)
    at = np.arange(steps)
    can = (runs[zone] >= net.transit[:, None]) & (at[None, :] + net.transit[:, None] < steps)
    arc, step = np.nonzero(can)
    capacity = net.capacity if net.capacity.ndim == 2 else np.broadcast_to(net.capacity[:, None], can.shape)
    homes, shelters = np.flatnonzero(net.supply), np.flatnonzero(net.shelter)
    places = net.nodes * steps
    first_home, first_shelter = places, places + len(homes)
    source = first_shelter + len(shelters)
    waits = np.flatnonzero(net.may_wait)
    room_to_wait = np.broadcast_to(net.waiting_room[waits], (len(waits), steps))[:, :-1]
    plenty = int(net.supply.sum()) + 1
    stay = (waits[:, None] * steps + at[None, :-1]).ravel()
    leave_from = np.repeat(np.arange(first_home, first_shelter), steps)
    leave_to = (homes[:, None] * steps + at[None, :]).ravel()
    arrive_from = (shelters[:, None] * steps + at[None, :]).ravel()
    arrive_to = np.repeat(np.arange(first_shelter, source), steps)
    tail: list[Longs] = [
        net.tail[arc].astype(np.int64) * steps + step,
        stay,
        leave_from,
        arrive_from,
        np.full(len(homes), source),
        np.arange(first_shelter, source),
        np.array([source + 1]),
    ]
    head: list[Longs] = [
        net.head[arc].astype(np.int64) * steps + step + net.transit[arc],
        stay + 1,
        leave_to,
        arrive_to,
        np.arange(first_home, first_shelter),
        np.full(len(shelters), source + 1),
        np.array([source + 1]),
    ]
    limit: list[Longs] = [
        capacity[arc, step].astype(np.int64),
        room_to_wait.ravel(),
        *(np.full(len(part), plenty) for part in (leave_from, arrive_from)),
        net.supply[homes],
        np.minimum(net.shelter[shelters], plenty),
        np.array([0]),
    ]
    return TimeExpandedNetwork(
        net,
        steps,
        np.concatenate(tail).astype(np.int64),
        np.concatenate(head).astype(np.int64),
        np.concatenate(limit).astype(np.int64),
        arc,
        step,
        len(arc) + len(stay) + len(leave_from),
    )


def solve_highs(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
    """HiGHS: a sequence of linear programs, first the total, then (for the earliest order) each step's arrivals.

    Each program's best solutions are a face of the flow polytope, whose corners are whole numbers, so the simplex
    method returns whole people throughout.
    """
    from letup.lp.program import LinearProgram
    from letup.lp.solver import Solver

    network = expand(net, steps, quiet)
    program = LinearProgram()
    for capacity in network.capacity.tolist():
        program.add_column(0.0, float(capacity))
    for node in range(network.nodes - 2):
        leaving, entering = np.flatnonzero(network.tail == node), np.flatnonzero(network.head == node)
        program.add_row(0.0, 0.0, [*((a, 1.0) for a in leaving.tolist()), *((a, -1.0) for a in entering.tolist())])
    solver = Solver(program, presolve=False)  # each program starts from the last one's basis
    for counted in [network.arrivals.ravel(), *(network.arrivals.T if order == "earliest" else ())]:
        gains = np.zeros(program.columns)
        gains[counted] = 1.0
        solver.set_gains(np.arange(program.columns), gains)
        solver.solve()
        most, values = float(round(solver.objective)), solver.values
        solver.add_row(most, most, [(arc, 1.0) for arc in counted.tolist()])
    return network.solution(np.rint(values).astype(np.int64))


def solve_ortools(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
    """OR-Tools: a maximum flow for any order.

    For the earliest, with one shelter or room for everyone in each, a min-cost flow whose cost is the step of arrival;
    with scarce shelters a sequence of linear programs (GLOP), as with HiGHS.
    """
    network = expand(net, steps, quiet)
    if order == "any":
        return network.solution(_largest(network))
    room = net.shelter[net.shelter > 0]
    plenty = len(room) <= 1 or bool((room >= net.supply.sum()).all())
    return network.solution(_cheapest(network) if plenty else _in_turn(network))


def _largest(network: TimeExpandedNetwork) -> Longs:
    """Maximum flow."""
    from ortools.graph.python import max_flow

    solver = max_flow.SimpleMaxFlow()
    arcs = solver.add_arcs_with_capacity(network.tail, network.head, network.capacity)
    solver.solve(network.source, network.sink)
    flow: Longs = np.asarray(solver.flows(arcs), np.int64)
    return flow


def _cheapest(network: TimeExpandedNetwork) -> Longs:
    """Min-cost maximum flow; the cost of an arrival is its step."""
    from ortools.graph.python import min_cost_flow

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


def _in_turn(network: TimeExpandedNetwork) -> Longs:
    """Maximise the total, then the arrivals at each step in turn."""
    from ortools.linear_solver import pywraplp

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
