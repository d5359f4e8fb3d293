"""Small random networks, and the time-expanded network written out plainly, apart from the engine's own code."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from letup.flow import TimedNetwork


@dataclass(frozen=True)
class Case:
    """What the engine is asked."""

    net: TimedNetwork
    steps: int
    quiet: np.ndarray | None

    @property
    def scarce(self) -> bool:
        """Whether shelters may fill up."""
        return bool(self.net.shelter.sum() < self.net.supply.sum())

    @property
    def ample(self) -> bool:
        """Whether it cannot matter which shelter takes whom in."""
        room = self.net.shelter[self.net.shelter > 0]
        return len(room) <= 1 or bool((room >= self.net.supply.sum()).all())

    def may_enter(self, arc: int, step: int) -> bool:
        """Whether an arc can be gone through from a step on, by the rules alone."""
        zone, end = self.net.zone[arc], step + self.net.transit[arc]
        return bool(end < self.steps and (self.quiet is None or zone < 0 or self.quiet[zone, step:end].all()))

    def capacity(self, arc: int, step: int) -> int:
        """People who may enter an arc at a step."""
        return int(self.net.capacity[arc, step] if self.net.capacity.ndim == 2 else self.net.capacity[arc])

    def may_wait(self, node: int, step: int) -> int:
        """People in transit who may wait at a node from a step to the next."""
        wait = self.net.wait[node] if self.net.wait.ndim == 1 else self.net.wait[node, step]
        return int(wait) if self.net.wait.dtype != np.bool_ else int(self.net.supply.sum()) * bool(wait)


@st.composite
def cases(draw: st.DrawFn, scarce: bool | None = None, long: bool = False) -> Case:
    """Filled from a drawn seed: left to shrink and grow by itself, a network hardly ever has a way through.

    ``long`` ones have more steps than a word has bits, or about as many, and transits of up to more than that.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes, steps, zones = int(rng.integers(2, 8)), int(rng.integers(1, 12)), int(rng.integers(1, 4))
    if long:
        steps = int(rng.choice([63, 64, 65, 128, 150]))
    arcs = int(rng.integers(1, 2 * nodes + 1))
    varies, noisy, loose = rng.random(3) < (0.4, 0.5, 0.7)
    scarce = bool(rng.random() < 0.5) if scarce is None else scarce
    supply = np.where(rng.random(nodes) < 0.6, rng.integers(1, 12, nodes), 0)
    shelter = np.where(rng.random(nodes) < 0.5, rng.integers(1, 6 if scarce else 40, nodes), 0)
    if loose:  # few live at a shelter, and there are more roads
        supply[shelter > 0] = np.where(rng.random((shelter > 0).sum()) < 0.2, 2, 0)
        arcs += 2 * nodes
    ends = rng.integers(0, nodes, (2, arcs))
    ends[1] = np.where(ends[0] == ends[1], (ends[1] + (rng.random(arcs) < 0.8)) % nodes, ends[1])
    net = TimedNetwork(
        tail=ends[0],
        head=ends[1],
        transit=rng.choice([1, 2, 31, 63, 64, 65] if long else [1, 1, 1, 2, 3], arcs),
        capacity=rng.integers(0, 5, (arcs, steps) if varies else arcs),
        supply=supply,
        shelter=shelter,
        wait=waiting(rng, nodes, steps),
        zone=rng.integers(-1, zones, arcs),
    )
    if not noisy:
        return Case(net, steps, None)
    quiet = rng.random((zones, steps)) < 0.85
    if long:  # whoever is on a long arc needs a long window
        first, last = np.sort(rng.integers(0, steps, (2, zones, 1)), axis=0)
        quiet = (np.arange(steps) >= first) & (np.arange(steps) <= last + steps // 3)
    return Case(net, steps, quiet)


@st.composite
def steady_cases(draw: st.DrawFn) -> Case:
    """Hundreds of steps over which little changes: long windows, and capacity and room that stay the same for long."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes, steps, zones = int(rng.integers(3, 8)), int(rng.integers(100, 400)), int(rng.integers(1, 4))
    arcs, finer = int(rng.integers(nodes, 4 * nodes)), int(rng.choice([1, 7, 10]))
    ends = rng.integers(0, nodes, (2, arcs))
    changes = np.sort(rng.integers(0, steps, 2))
    period = np.searchsorted(changes, np.arange(steps), side="right")
    wait = [rng.random(nodes) < 0.6, rng.integers(0, 30, nodes), rng.integers(0, 30, (nodes, 3))[:, period]]
    capacity = rng.integers(0, 4, (arcs, 3))
    net = TimedNetwork(
        tail=ends[0],
        head=ends[1],
        transit=finer * rng.integers(1, 4, arcs),
        capacity=capacity[:, period] if rng.random() < 0.5 else capacity[:, 0],
        supply=np.where(rng.random(nodes) < 0.5, rng.integers(1, 200, nodes), 0),
        shelter=np.where(rng.random(nodes) < 0.4, rng.integers(1, 300, nodes), 0),
        wait=wait[rng.integers(3)],
        zone=rng.integers(-1, zones, arcs),
    )
    first = rng.integers(0, steps // 2, (zones, 2, 1))
    window = (np.arange(steps) >= first) & (np.arange(steps) < first + rng.integers(20, steps, (zones, 2, 1)))
    return Case(net, steps, window.any(axis=1))


def waiting(rng: np.random.Generator, nodes: int, steps: int) -> np.ndarray:
    """Where people in transit may wait: everybody or nobody, or so many, the same at all steps or not."""
    kind = rng.integers(3)
    if kind == 0:
        return rng.random(nodes) < 0.5
    shape = nodes if kind == 1 else (nodes, steps)
    return rng.integers(1, 5, shape) * rng.choice([0, 1, 20], nodes).reshape(-1, *([1] * (kind - 1)))


def expansion(case: Case, last: int | None = None) -> list[tuple[object, object, int, int | None]]:
    """Arcs (from, to, capacity, step of arrival) of the time-expanded network, with arrivals until ``last``."""
    net, plenty = case.net, int(case.net.supply.sum())
    last = case.steps - 1 if last is None else last
    arcs: list[tuple[object, object, int, int | None]] = []
    for arc in range(net.arcs):
        tail, head, transit = int(net.tail[arc]), int(net.head[arc]), int(net.transit[arc])
        arcs += [
            ((tail, step), (head, step + transit), case.capacity(arc, step), None)
            for step in range(case.steps)
            if case.may_enter(arc, step)
        ]
    for node in range(net.nodes):
        arcs += [
            ((node, step), (node, step + 1), case.may_wait(node, step), None)
            for step in range(case.steps - 1)
            if case.may_wait(node, step)
        ]
        if net.supply[node]:
            arcs.append(("source", ("home", node), int(net.supply[node]), None))
            arcs += [(("home", node), (node, step), plenty, None) for step in range(case.steps)]
        if net.shelter[node]:
            arcs += [((node, step), ("shelter", node), plenty, step) for step in range(last + 1)]
            arcs.append((("shelter", node), "sink", min(plenty, int(net.shelter[node])), None))
    return arcs


def most(arcs: list[tuple[object, object, int, int | None]]) -> int:
    """Maximum flow from source to sink, by OR-Tools. Call it with ``apart``."""
    from ortools.graph.python import max_flow

    number: dict[object, int] = {"source": 0, "sink": 1}
    solver = max_flow.SimpleMaxFlow()
    for tail, head, capacity, _ in arcs:
        solver.add_arc_with_capacity(
            number.setdefault(tail, len(number)), number.setdefault(head, len(number)), capacity
        )
    # OR-Tools takes a node without arcs for a mistake
    solver.add_arc_with_capacity(0, 1, 0)
    assert solver.solve(0, 1) == solver.OPTIMAL
    return int(solver.optimal_flow())


def earliest(case: Case) -> list[int]:
    """Arrivals at each step of the lexicographically earliest among the largest flows, by networkx.

    One min-cost flow: an arrival one step earlier is worth more than everyone's later arrivals together, and
    that anyone arrives is worth more than all of it. Python's whole numbers have room for that.
    """
    people = int(case.net.supply.sum())
    graph = nx.DiGraph()
    graph.add_node("source", demand=-people)
    graph.add_node("sink", demand=people)
    worth = people + 1
    for start, head, capacity, step in expansion(case):
        tail = start
        if graph.has_edge(tail, head):
            # parallel roads: split one of them
            middle = (tail, head, graph.number_of_nodes())
            graph.add_edge(tail, middle, capacity=capacity, weight=0)
            tail = middle
        weight = -(worth ** (case.steps + 1)) - worth ** (case.steps - 1 - step) if step is not None else 0
        graph.add_edge(tail, head, capacity=capacity, weight=weight)
    graph.add_edge("source", "sink", capacity=people, weight=0)
    _, flow = nx.network_simplex(graph)
    arrivals = [0] * case.steps
    for tail, out in flow.items():
        for head, amount in out.items():
            if isinstance(head, tuple) and head[0] == "shelter":
                arrivals[tail[1]] += amount
    return arrivals
