"""HiGHS on the time-expanded network: a sequence of linear programs, first the total, then each step's arrivals.

Each program's best solutions are a face of the flow polytope, whose corners are whole numbers, so the
simplex method returns whole people throughout.
"""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.flow.backends import Solution
from letup.flow.backends.expanded import expand
from letup.lp.highs import run, solver
from letup.roads.timed_network import TimedNetwork


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Solution:
    """Largest total, then lexicographically earliest, by linear programming."""
    network = expand(net, steps, quiet)
    count = len(network.tail)
    model = solver()
    model.setOptionValue("presolve", "off")  # each program starts from the last one's basis
    model.addVars(count, np.zeros(count), network.capacity.astype(float))
    inner = np.arange(network.nodes - 2)
    for node in inner:
        out, into = np.flatnonzero(network.tail == node), np.flatnonzero(network.head == node)
        index = np.r_[out, into].astype(np.int32)
        model.addRow(0.0, 0.0, len(index), index, np.r_[np.ones(len(out)), -np.ones(len(into))])
    goals = [network.arrivals.ravel(), *network.arrivals.T]
    model.changeObjectiveSense(highspy.ObjSense.kMaximize)
    for goal in goals:
        cost = np.zeros(count)
        cost[goal] = 1.0
        model.changeColsCost(count, np.arange(count, dtype=np.int32), cost)
        run(model)
        best = round(model.getInfo().objective_function_value)
        model.addRow(float(best), float(best), len(goal), goal.astype(np.int32), np.ones(len(goal)))
    flow = np.rint(np.asarray(model.getSolution().col_value)).astype(np.int64)
    return network.solution(flow)
