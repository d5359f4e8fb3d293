"""What has to hold of any flow, checked from the network and the flow alone."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from letup.flow.engine import Flow
from tests.flow.small import Case


def assert_people_keep_to_the_rules(case: Case, flow: Flow) -> None:
    """Capacity, quiet, nobody made or lost, nobody waits where they may not, supply, room."""
    net, steps = case.net, case.steps
    assert flow.entering.shape == (net.arcs, steps)
    assert flow.arrivals.shape == (steps,)
    assert (flow.entering >= 0).all()
    assert (flow.arriving >= 0).all()
    for arc, step in np.argwhere(flow.entering):
        assert case.may_enter(arc, step)
        assert flow.entering[arc, step] <= case.capacity(arc, step)
    change = np.zeros((net.nodes, steps), np.int64)  # comes in less goes out
    for arc, step in np.argwhere(flow.entering):
        change[net.tail[arc], step] -= flow.entering[arc, step]
        change[net.head[arc], step + net.transit[arc]] += flow.entering[arc, step]
    change[np.flatnonzero(net.shelter)] -= flow.arriving
    left = np.zeros(net.nodes, np.int64)
    for node in range(net.nodes):
        here = 0
        for step in range(steps):
            here += change[node, step]
            if here < 0:  # more go on than came: they leave home
                left[node] -= here
                here = 0
            assert here <= (case.may_wait(node, step) if step + 1 < steps else 0), "someone waits who may not"
    assert (left <= net.supply).all()
    assert left.sum() == flow.total
    shelters = np.flatnonzero(net.shelter)
    assert (flow.arriving.sum(axis=1) <= net.shelter[shelters]).all()
    assert (flow.arrivals == flow.arriving.sum(axis=0)).all()
    assert flow.total == flow.arrivals.sum()


def assert_the_cut_proves_the_total(case: Case, flow: Flow) -> None:
    """Its sum is the total, its figures are the network's, and without it nobody else gets anywhere."""
    net, cut, steps = case.net, flow.cut, case.steps
    assert cut.sum == flow.total
    assert [case.capacity(arc, step) for arc, step in zip(cut.arcs, cut.steps, strict=True)] == cut.people.tolist()
    assert (cut.room == net.shelter[cut.shelters]).all()
    assert (cut.supply == net.supply[cut.origins]).all()
    assert [case.may_wait(*wait) for wait in zip(cut.waits, cut.wait_steps, strict=True)] == cut.wait_people.tolist()
    full = set(zip(cut.waits.tolist(), cut.wait_steps.tolist(), strict=True))
    assert len(full) == len(cut.waits)
    barred = set(zip(cut.arcs.tolist(), cut.steps.tolist(), strict=True))
    assert len(barred) == len(cut.arcs)
    open_to = set(np.flatnonzero(net.shelter).tolist()) - set(cut.shelters.tolist())
    out = defaultdict(list)
    for arc in range(net.arcs):
        out[int(net.tail[arc])].append(arc)
    homes = set(np.flatnonzero(net.supply).tolist()) - set(cut.origins.tolist())
    todo = [(home, step) for home in homes for step in range(steps)]
    seen = set(todo)
    while todo:
        node, step = todo.pop()
        assert node not in open_to, "there is a way around the cut"
        onward = [
            (int(net.head[arc]), step + int(net.transit[arc]))
            for arc in out[node]
            if (arc, step) not in barred and case.may_enter(arc, step) and case.capacity(arc, step) > 0
        ]
        if step + 1 < steps and (node, step) not in full and case.may_wait(node, step):
            onward.append((node, step + 1))
        for way in onward:
            if way not in seen:
                seen.add(way)
                todo.append(way)


def assert_routes_add_up(case: Case, flow: Flow) -> None:
    """Each route can be gone, and all of them together are the flow."""
    net = case.net
    entering = np.zeros_like(flow.entering)
    arrivals = np.zeros(case.steps, np.int64)
    left, inside = np.zeros(net.nodes, np.int64), np.zeros(net.nodes, np.int64)
    for route in flow.routes():
        assert route.rate > 0
        assert len(route.offsets) == len(route.arcs)
        node, offset = route.origin, 0
        for position, (arc, enter) in enumerate(zip(route.arcs, route.offsets, strict=True)):
            assert net.tail[arc] == node
            assert enter == offset or (position and enter > offset and net.may_wait[node])
            node, offset = int(net.head[arc]), enter + int(net.transit[arc])
        assert node == route.shelter
        for leave in range(route.depart_first, route.depart_last + 1):
            for arc, enter in zip(route.arcs, route.offsets, strict=True):
                entering[arc, leave + enter] += route.rate
            if not net.may_wait[node]:
                arrivals[leave + offset] += route.rate
        left[route.origin] += route.people
        inside[route.shelter] += route.people
    assert (entering == flow.entering).all()
    assert left.sum() == flow.total
    assert (left <= net.supply).all()
    assert (inside == _by_node(case, flow)).all()
    assert (arrivals <= flow.arrivals).all()


def _by_node(case: Case, flow: Flow) -> np.ndarray:
    inside = np.zeros(case.net.nodes, np.int64)
    inside[np.flatnonzero(case.net.shelter)] = flow.arriving.sum(axis=1)
    return inside
