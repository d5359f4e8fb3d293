"""Nodes of the branch-and-bound tree, and their bounds: one linear program that is solved again and again.

What a node is worth at most is not what the solver says but what its duals prove (weak duality), so that the bound
of the whole tree can be confirmed node by node without a solver.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from letup.core.arrays import Floats
from letup.lp.program import DualBounds
from letup.lp.solver import Basis, Solver, Status
from letup.pauses.certificates.certificate import Leaf, Tree
from letup.pauses.certificates.propagation import Branch, Propagation
from letup.pauses.incumbent import Incumbent

_ITERATIONS = 6_000
"""Iterations after which a linear program is stuck, unless it has more rows."""
_INTEGRAL = 1e-6
_RAY_SCALES = (1.0, 1e2, 1e4, 1e6, 1e8)
_LARGEST = 10_000_000
"""Duals kept in a certificate at most, all leaves together."""

Kind = tuple[int, bool]
"""Number of a slot (below 0: of none), and whether a column is about the end of its window: what branches on columns
of one kind gain is alike."""


@dataclass(frozen=True)
class Candidate:
    """A column to branch on.

    Attributes
    ----------
    column : int
        The column.
    kind : Kind
        What it shares its pseudo-costs with.
    up, down : float
        How much the columns of the slot would have to rise (fall) in all if the column were 1 (0).
    """

    column: int
    kind: Kind
    up: float
    down: float


@dataclass(eq=False)
class Node:
    """One part of all choices of windows.

    Attributes
    ----------
    path : tuple of Branch
        Branches on the way to it.
    bound : float
        What nothing in it can exceed.
    leaf : Leaf or None
        What proves it; None once it has children.
    basis : Basis or None
        Where to begin from when its linear program, or that of a child, is solved.
    candidates : list of Candidate
        Columns that can be branched on.
    solved : bool
        Whether its own linear program has been solved.
    children : tuple of Node or None
        Both of them, once it is branched on.
    column : int
        Column that it was branched on.
    """

    path: tuple[Branch, ...]
    bound: float
    leaf: Leaf | None = None
    basis: Basis | None = None
    candidates: list[Candidate] = field(default_factory=list)
    solved: bool = False
    children: tuple[Node, Node] | None = None
    column: int = -1


def tree_of(root: Node) -> Tree | None:
    """The tree below a node, as it is kept; None if it has no children, or there is too much of it to be kept."""
    columns: list[int] = []
    branches: list[tuple[int, int]] = []
    leaves: list[Leaf] = []
    if root.children is None:
        return None
    stack = [(root, -1, 0)]
    while stack:
        node, parent, side = stack.pop()
        if node.children is None:
            assert node.leaf is not None
            leaves.append(node.leaf)
            number = -len(leaves)
        else:
            number = len(columns)
            columns.append(node.column)
            branches.append((0, 0))
            stack += [(node.children[1], number, 1), (node.children[0], number, 0)]
        if parent >= 0:
            pair = branches[parent]
            branches[parent] = (number, pair[1]) if side == 0 else (pair[0], number)
    if sum(len(leaf.rows) for leaf in leaves) > _LARGEST:
        return None
    return Tree(np.array(columns, np.int64), np.array(branches, np.int64), leaves)


class NodeSolver:
    """Bounds nodes; each thread needs one of its own.

    Parameters
    ----------
    solver : Solver
        With the relaxation.
    duality : DualBounds
        The relaxation's rows.
    propagation : Propagation
        What follows from branches.
    incumbent : Incumbent
        Says when to stop, and what is known: a node that is worth no more need not be bounded better.
    on_point : callable
        Called with each point found, and whether its windows are whole there.

    Attributes
    ----------
    solved, iterations, seconds : int, int, float
        Linear programs solved, iterations of the simplex method for them, and how long they took.
    """

    def __init__(
        self,
        solver: Solver,
        duality: DualBounds,
        propagation: Propagation,
        incumbent: Incumbent,
        on_point: Callable[[Floats, bool], None],
    ) -> None:
        self.solver, self.duality, self.propagation = solver, duality, propagation
        self.incumbent, self.on_point = incumbent, on_point
        self.solved = self.iterations = 0
        self.seconds = 0.0
        self._bounds: tuple[Floats, Floats] = (duality.lower, duality.upper)
        """Bounds that the solver has."""

    def solve(self, node: Node, parent_duals: Floats, basis: Basis) -> bool:
        """Bound a node from the duals and the basis of its parent; False if there was no time for it."""
        lower, upper = self.propagation.bounds(node.path)
        if (lower > upper).any():
            node.bound, node.leaf, node.solved = -np.inf, Leaf.of(np.zeros(len(parent_duals))), True
            return True
        changed = np.flatnonzero((lower != self._bounds[0]) | (upper != self._bounds[1]))
        if len(changed):
            self.solver.set_bounds(changed, lower[changed], upper[changed])
        self._bounds = (lower, upper)
        status = self._run(basis)
        if status == Status.TIME_LIMIT:
            return False
        self.solved += 1
        if status in (Status.OPTIMAL, Status.ITERATION_LIMIT):
            # Where it got stuck, what it has will do: any duals prove something.
            duals, values = self.solver.duals, self.solver.values
            bound = self.duality.bound(duals, lower, upper)
            node.basis = self.solver.basis
            node.candidates = self._fractional(values, lower, upper)
            self.on_point(values, not node.candidates)
        else:
            duals, bound = self._infeasible(parent_duals, lower, upper)
        if not node.candidates:
            columns = self.propagation.open(lower, upper).tolist()
            node.candidates = [Candidate(column, (-2, False), 1.0, 1.0) for column in columns]
        if bound < node.bound:
            node.bound, node.leaf = bound, Leaf.of(duals)
        node.solved = True
        return True

    def _run(self, basis: Basis) -> Status:
        """Solve the linear program from a basis."""
        limit = max(_ITERATIONS, self.duality.rows)
        status = Status.ITERATION_LIMIT
        # Costs are perturbed against stalling; to settle them afterwards stalls at times, which takes another start.
        for perturbed in (True, False):
            seconds = self.incumbent.seconds_left()
            if seconds <= 0:
                return Status.TIME_LIMIT
            began = time.monotonic()
            status = self.solver.solve(seconds, method="simplex", basis=basis, perturbed=perturbed, iterations=limit)
            self.seconds += time.monotonic() - began
            self.iterations += self.solver.iterations
            if status == Status.INTERRUPTED:
                return Status.TIME_LIMIT
            if status != Status.ITERATION_LIMIT:
                break
        return status

    def _fractional(self, values: Floats, lower: Floats, upper: Floats) -> list[Candidate]:
        """Columns that are neither 0 nor 1 at a point, and not set yet."""
        candidates = []
        aside = np.ones(len(values), bool)
        for number, slot in enumerate(self.propagation.windows.slots):
            for is_end, columns in ((False, slot.started), (True, slot.ended)):
                share = values[columns]
                up = np.cumsum((1.0 - share)[::-1])[::-1]
                down = np.cumsum(share)
                fractional = (share > _INTEGRAL) & (share < 1 - _INTEGRAL) & (lower[columns] < upper[columns])
                candidates += [
                    Candidate(int(columns[i]), (number, is_end), float(up[i]), float(down[i]))
                    for i in np.flatnonzero(fractional).tolist()
                ]
                aside[columns] = False
        for column in self.propagation.open(lower, upper).tolist():
            value = float(values[column])
            if aside[column] and _INTEGRAL < value < 1 - _INTEGRAL:
                candidates.append(Candidate(column, (-1, False), 1.0 - value, value))
        return candidates

    def _infeasible(self, parent_duals: Floats, lower: Floats, upper: Floats) -> tuple[Floats, float]:
        """Duals that show that nothing is left in a node; those of its parent where there are none."""
        best, bound = parent_duals, self.duality.bound(parent_duals, lower, upper)
        ray = self.solver.dual_ray
        if ray is not None:
            enough = self.incumbent.value
            for sign in (1.0, -1.0):
                for scale in _RAY_SCALES:
                    duals = parent_duals + sign * scale * ray
                    along = self.duality.bound(duals, lower, upper)
                    if along < bound:
                        best, bound = duals, along
                    if bound <= enough:
                        return best, bound
        return best, bound
