"""How many people would reach a shelter without any pause."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from letup.plan.model import Plan


def without_pause(plan: Plan) -> int | None:
    """People who would reach a shelter if no zone were paused at all.

    Returns
    -------
    int or None
        0 where no way from a zone that needs a pause to a shelter avoids all such zones; None
        where some way does, since only the engine could then say how many people it carries.
    """
    network = plan.network
    free = network.zone < 0
    if not free.any():
        return 0
    nodes = len(network.lon)
    links = coo_array((np.ones(int(free.sum())), (network.tail[free], network.head[free])), shape=(nodes, nodes))
    _, part = connected_components(links, directed=False)
    shelters = plan.scenario.places.index[plan.scenario.places["kind"] == "shelter"].astype(str)
    goals = [network.place_node[place] for place in shelters if place in network.place_node]
    if not goals or not len(plan.movements):
        return 0
    origins = plan.movements["origin_node"].to_numpy(np.int64)
    return None if np.isin(part[origins], part[goals]).any() else 0
