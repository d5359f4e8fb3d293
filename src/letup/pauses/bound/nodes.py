"""Bound nodes of the tree with one linear program that is solved again and again.

What a node is worth at most is not what the solver says but what its multipliers prove (weak duality), so that the
bound of the whole tree can be confirmed node by node without a solver.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.lp.highs import run
from letup.lp.program import Duality
from letup.pauses.certificates.splits import Splits
from letup.pauses.certificates.tree import Node, sparse
from letup.pauses.incumbent import Incumbent

Floats = NDArray[np.float64]
_ITERATIONS = 6_000
"""Iterations after which a linear program is stuck, unless it has more rows."""
_PERTURBATION = "dual_simplex_cost_perturbation_multiplier"


class Nodes:
    """Solver of nodes; each thread needs one of its own.

    Parameters
    ----------
    highs : highspy.Highs
        HiGHS with the relaxation.
    duality : Duality
        The relaxation's rows.
    splits : Splits
        The relaxation's splits.
    incumbent : Incumbent
        Says when to stop, and what is known: a node that is worth no more need not be bounded better.
    seen : callable
        Called with each point found, and whether its windows are whole there.

    Attributes
    ----------
    solved, iterations, spent : int, int, float
        Linear programs solved, iterations of the simplex method for them, and seconds.
    """

    def __init__(
        self,
        highs: highspy.Highs,
        duality: Duality,
        splits: Splits,
        incumbent: Incumbent,
        seen: Callable[[Floats, bool], None],
    ) -> None:
        self.highs, self.duality, self.splits = highs, duality, splits
        self.incumbent, self.seen = incumbent, seen
        self.solved = self.iterations = 0
        self.spent = 0.0
        highs.setOptionValue("solver", "simplex")
        self._at: tuple[Floats, Floats] = (duality.lower, duality.upper)

    def bounds(self, path: tuple[tuple[int, int], ...]) -> tuple[Floats, Floats]:
        """Bounds on all columns where some are set."""
        lower, upper = self.duality.lower.copy(), self.duality.upper.copy()
        for column, value in path:
            self.splits.narrow(lower, upper, column, value)
        return lower, upper

    def solve(self, node: Node, above: Floats, basis: highspy.HighsBasis) -> bool:
        """Bound a node from the multipliers and the basis of the one above; False if there was no time for it."""
        lower, upper = self.bounds(node.path)
        if (lower > upper).any():
            node.bound, node.leaf, node.solved = -np.inf, sparse(np.zeros(len(above))), True
            return True
        changed = np.flatnonzero((lower != self._at[0]) | (upper != self._at[1])).astype(np.int32)
        if len(changed):
            self.highs.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self._at = (lower, upper)
        status = self._run(basis)
        if status == highspy.HighsModelStatus.kTimeLimit:
            return False
        self.solved += 1
        if status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kIterationLimit):
            # Where it got stuck, what it has will do: any multipliers prove something.
            solution = self.highs.getSolution()
            multipliers = np.array(solution.row_dual)
            bound = self.duality.bound(multipliers, lower, upper)
            point = np.array(solution.col_value)
            node.basis = self.highs.getBasis()
            node.splits = self.splits.fractional(point, lower, upper)
            self.seen(point, not node.splits)
        else:
            multipliers, bound = self._hopeless(above, lower, upper)
        if not node.splits:
            node.splits = list(self.splits.open(lower, upper))
        if bound < node.bound:
            node.bound, node.leaf = bound, sparse(multipliers)
        node.solved = True
        return True

    def _run(self, basis: highspy.HighsBasis) -> highspy.HighsModelStatus:
        """Solve the linear program from a basis."""
        highs = self.highs
        highs.setOptionValue("simplex_iteration_limit", max(_ITERATIONS, len(self.duality.low)))
        status = highspy.HighsModelStatus.kIterationLimit
        # Costs are shaken against stalling; to settle them afterwards stalls at times, which takes another start.
        for perturbation in (1.0, 0.0):
            left = self.incumbent.seconds_left()
            if left <= 0:
                return highspy.HighsModelStatus.kTimeLimit
            highs.setBasis(basis)
            highs.setOptionValue(_PERTURBATION, perturbation)
            began = time.monotonic()
            status = run(highs, left)
            self.spent += time.monotonic() - began
            self.iterations += max(highs.getInfo().simplex_iteration_count, 0)
            if status == highspy.HighsModelStatus.kInterrupt:
                return highspy.HighsModelStatus.kTimeLimit
            if status != highspy.HighsModelStatus.kIterationLimit:
                break
        return status

    def _hopeless(self, above: Floats, lower: Floats, upper: Floats) -> tuple[Floats, float]:
        """Multipliers that show that nothing is left in a node; those of the node above where there are none."""
        best, least = above, self.duality.bound(above, lower, upper)
        _, there, ray = self.highs.getDualRay()
        if there:
            direction = np.array(ray)
            enough = self.incumbent.value
            for sign in (1.0, -1.0):
                for scale in (1.0, 1e2, 1e4, 1e6, 1e8):
                    multipliers = above + sign * scale * direction
                    bound = self.duality.bound(multipliers, lower, upper)
                    if bound < least:
                        best, least = multipliers, bound
                    if least <= enough:
                        return best, least
        return best, least
