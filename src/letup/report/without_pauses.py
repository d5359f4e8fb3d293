"""How many people would reach a shelter without any pause."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from letup.plan.model import Plan


def without_pause(plan: Plan) -> NDArray[np.int64]:
    """People who would reach a shelter at each step if no zone were paused at all: int64[T].

    Zero where no way from a zone with people to a shelter avoids all zones that need a pause;
    else the engine is asked, with the same order of groups as in the plan.
    """
    if not _any_way(plan):
        return np.zeros(plan.scenario.steps, np.int64)
    from letup.plan.planner.groups import move_groups
    from letup.roads import timed

    groups = [timed(plan.network, plan.scenario, group.name) for group in plan.scenario.groups]
    never = np.zeros((len(plan.scenario.zones), plan.scenario.steps), bool)
    flows = move_groups(plan.scenario.groups, groups, never)
    total = np.zeros(plan.scenario.steps, np.int64)
    for flow in flows:
        total += flow.arrivals
    return total


def _any_way(plan: Plan) -> bool:
    """Whether roads that need no pause join any zone with people to a shelter."""
    network, scenario = plan.network, plan.scenario
    free = network.zone < 0
    shelters = scenario.places.index[scenario.places["kind"] == "shelter"].astype(str)
    goals = [network.place_node[place] for place in shelters if place in network.place_node]
    if not free.any() or not goals:
        return False
    nodes = len(network.lon)
    links = coo_array((np.ones(int(free.sum())), (network.tail[free], network.head[free])), shape=(nodes, nodes))
    _, part = connected_components(links, directed=False)
    # nobody can set out from, or come to, a node that no free road touches
    touched = np.zeros(nodes, bool)
    touched[network.tail[free]] = touched[network.head[free]] = True
    homes = touched & (network.node_zone >= 0)
    reached = np.unique(part[[goal for goal in goals if touched[goal]]])
    return bool(np.isin(part[homes], reached).any())
