"""HiGHS on the time-expanded network: a sequence of linear programs, first the total, then each step's arrivals.

Each program's best solutions are a face of the flow polytope, whose corners are whole numbers, so the
simplex method returns whole people throughout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends import Solution
from letup.flow.backends.expanded import expand
from letup.lp.program import LinearProgram
from letup.lp.solver import Solver
from letup.roads.timed_network import TimedNetwork


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Solution:
    """Largest total, then lexicographically earliest, by linear programming."""
    network = expand(net, steps, quiet)
    program = LinearProgram()
    for capacity in network.capacity.tolist():
        program.add_column(0.0, float(capacity))
    for node in range(network.nodes - 2):
        leaving, entering = np.flatnonzero(network.tail == node), np.flatnonzero(network.head == node)
        program.add_row(0.0, 0.0, [*((a, 1.0) for a in leaving.tolist()), *((a, -1.0) for a in entering.tolist())])
    solver = Solver(program, presolve=False)  # each program starts from the last one's basis
    for counted in [network.arrivals.ravel(), *network.arrivals.T]:
        gains = np.zeros(program.columns)
        gains[counted] = 1.0
        solver.set_gains(np.arange(program.columns), gains)
        solver.solve()
        most, values = float(round(solver.objective)), solver.values
        solver.add_row(most, most, [(arc, 1.0) for arc in counted.tolist()])
    return network.solution(np.rint(values).astype(np.int64))
