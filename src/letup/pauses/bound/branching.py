"""Branch and bound on when windows start and end, best first.

Each node of the tree narrows the bounds on some columns: this window has started by noon, or it has not. Which branch
gains most is learned from those made: so much for each unit by which the columns of a slot have to move
(pseudo-costs; Bénichou et al. 1971), and kinds of columns not tried yet are tried first (Achterberg, Koch and Martin
2005). Several threads may branch beside each other, each with a linear program of its own.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from letup.core.arrays import Floats
from letup.lp.program import DualBounds
from letup.lp.solver import Solver
from letup.pauses.bound.nodes import Candidate, Kind, Node, NodeSolver, tree_of
from letup.pauses.bound.relaxation import Relaxation
from letup.pauses.certificates.certificate import Certificate, Leaf
from letup.pauses.certificates.propagation import Propagation
from letup.pauses.incumbent import Incumbent, Never, StoppingCriterion

_CLOSE = 1e-9
_TRIALS = 2
"""Candidates tried at one node at most before one is chosen."""
_TRUSTED = 1
"""Trials after which a kind of column is known."""
_WAIT = 0.005
"""Seconds between looks for a node where other threads have all there are."""


class Branching:
    """The tree in the making.

    Parameters
    ----------
    relaxation : Relaxation
        The relaxation, solved, with its cuts.
    incumbent : Incumbent
        Is offered windows and told bounds on the value over all choices, and says when to stop.
    on_point : callable, optional
        Called with points of the relaxation whose windows are not whole.
    """

    def __init__(
        self,
        relaxation: Relaxation,
        incumbent: Incumbent,
        on_point: Callable[[Floats], None] | None = None,
    ) -> None:
        self.relaxation, self.incumbent, self.on_point = relaxation, incumbent, on_point
        self.duality = DualBounds(relaxation.program)
        self.propagation = Propagation(relaxation.program, relaxation.windows)
        self._root_duals = np.zeros(relaxation.program.rows)
        self._root_duals[: len(relaxation.duals)] = relaxation.duals
        self.root = Node((), relaxation.bound, Leaf.of(self._root_duals), relaxation.solver.basis)
        self.bound = relaxation.bound
        self._lock = threading.Lock()
        self._closed_bound = -np.inf
        """What is left in nodes that are done with, at most."""
        self._open: list[tuple[float, int, Node]] = []
        self._busy: list[Node] = []
        """Nodes being branched on."""
        self._number = 0
        self._pseudo_costs: defaultdict[tuple[Kind, int], list[float]] = defaultdict(list)
        self._all_pseudo_costs: tuple[list[float], list[float]] = ([], [])
        self._solvers = [self._node_solver(relaxation.solver)]
        self._idle = list(self._solvers)
        if any(relaxation.program.integer):
            self._push(self.root)

    def run(
        self,
        stop: StoppingCriterion | None = None,
        *,
        programs: int | None = None,
        iterations: int | None = None,
    ) -> None:
        """Branch until nothing better than the incumbent is left, or what is given is used up.

        Threads that call this beside each other share the work.

        Parameters
        ----------
        stop : StoppingCriterion, optional
            When to end before the incumbent says so; asked before each node.
        programs : int, optional
            Linear programs after which to stop.
        iterations : int, optional
            Iterations of the simplex method, in all programs together, after which to stop.
        """
        stop = stop or Never()
        solver = self._idle_solver()
        try:
            while not stop.met and (node := self._next(programs, iterations)) is not None:
                done = False
                try:
                    done = self._branch(solver, node)
                finally:
                    self._put_down(node, done)
                if not done:
                    return
        finally:
            self._idle.append(solver)

    @property
    def solved(self) -> int:
        """Linear programs solved."""
        return sum(solver.solved for solver in self._solvers)

    @property
    def iterations(self) -> int:
        """Iterations of the simplex method in all of them."""
        return sum(solver.iterations for solver in self._solvers)

    @property
    def pace(self) -> float:
        """Seconds that a linear program takes; infinite until one is solved."""
        return sum(solver.seconds for solver in self._solvers) / self.solved if self.solved else np.inf

    def certificate(self) -> Certificate | None:
        """What `check_bound` needs to confirm the bound; None if there is too much of it or nothing was branched on."""
        with self._lock:
            tree = tree_of(self.root)
            if tree is None:
                return None
            return Certificate(self.relaxation.grouping, list(self.relaxation.cuts), np.zeros(0), self.bound, tree)

    # Threads and their nodes.

    def _node_solver(self, solver: Solver) -> NodeSolver:
        return NodeSolver(solver, self.duality, self.propagation, self.incumbent, self._take_point)

    def _idle_solver(self) -> NodeSolver:
        """A solver that no other thread has."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        another = self._node_solver(Solver(self.relaxation.program))
        self._solvers.append(another)
        return another

    def _next(self, programs: int | None, iterations: int | None) -> Node | None:
        """The node that could be worth most, once there is one; None if there is nothing more to do."""
        while True:
            with self._lock:
                self._update_bound()
                if not self._open and not self._busy:
                    return None
                if self.bound <= self.incumbent.value * (1 + max(self.incumbent.target_gap, _CLOSE)) + _CLOSE:
                    return None
                if self.incumbent.met or (programs is not None and self.solved >= programs):
                    return None
                if iterations is not None and self.iterations >= iterations:
                    return None
                if self._open:
                    node = heapq.heappop(self._open)[2]
                    self._busy.append(node)
                    return node
            time.sleep(_WAIT)

    def _put_down(self, node: Node, done: bool) -> None:
        """Have done with a node, or leave it to others."""
        with self._lock:
            self._busy.remove(node)
            if not done:
                self._push(node)
            self._update_bound()

    def _update_bound(self) -> None:
        best_open = -self._open[0][0] if self._open else -np.inf
        self.bound = min(self.bound, max(self._closed_bound, best_open, *(node.bound for node in self._busy)))
        self.incumbent.prove(self.bound)

    def _push(self, node: Node) -> None:
        """Keep a node for later if there can be anything in it that is better than the incumbent."""
        value = self.incumbent.value
        if node.bound <= value + _CLOSE * abs(value):
            self._closed_bound = max(self._closed_bound, node.bound)
            node.basis = None
            return
        self._number += 1
        heapq.heappush(self._open, (-node.bound, self._number, node))

    def _take_point(self, point: Floats, whole: bool) -> None:
        if whole:
            self.incumbent.offer(self.relaxation.windows.windows(point))
        elif self.on_point is not None:
            self.on_point(point)

    # One node.

    def _branch(self, solver: NodeSolver, node: Node) -> bool:
        """Give a node its children; False if there was no time for it."""
        if not node.solved:
            assert node.basis is not None
            if not solver.solve(node, self._root_duals, node.basis):
                return False
            with self._lock:
                self._push(node)
            return True
        if not node.candidates:
            # All windows are fixed: their own value takes the place of the relaxation's.
            lower, _ = self.propagation.bounds(node.path)
            allowed = self.propagation.allowed(lower)
            bound = self.incumbent.offer(self.relaxation.windows.windows(lower)) if allowed else -np.inf
            with self._lock:
                assert node.leaf is not None
                node.bound, node.leaf, node.basis = bound, replace(node.leaf, valued=True), None
                self._closed_bound = max(self._closed_bound, bound)
            return True
        children = self._best_children(solver, node)
        if children is None:
            return False
        with self._lock:
            node.column, node.children = children[1].path[-1][0], children
            node.leaf = node.basis = None
            node.candidates = []
            for child in children:
                self._push(child)
        return True

    def _children(self, solver: NodeSolver, node: Node, candidate: Candidate) -> tuple[Node, Node] | None:
        """Both children of a node for one column, bounded."""
        assert node.leaf is not None
        assert node.basis is not None
        duals = node.leaf.all_duals(self.duality.rows)
        children = []
        for value, distance in ((0, candidate.down), (1, candidate.up)):
            child = Node((*node.path, (candidate.column, value)), node.bound, node.leaf)
            if not solver.solve(child, duals, node.basis):
                return None
            gain = min(node.bound - child.bound, max(node.bound - self.incumbent.value, 0.0))
            pseudo_cost = max(gain, 0.0) / max(distance, 1e-3)
            with self._lock:
                self._pseudo_costs[candidate.kind, value].append(pseudo_cost)
                self._all_pseudo_costs[value].append(pseudo_cost)
            children.append(child)
        return children[0], children[1]

    def _best_children(self, solver: NodeSolver, node: Node) -> tuple[Node, Node] | None:
        """The children of a node for the most promising column."""
        best_of_kind: dict[Kind, tuple[float, Candidate]] = {}
        with self._lock:
            for candidate in node.candidates:
                score = self._expected_score(candidate)
                if candidate.kind not in best_of_kind or score > best_of_kind[candidate.kind][0]:
                    best_of_kind[candidate.kind] = (score, candidate)
        ranked = sorted(best_of_kind.values(), key=lambda pair: (-pair[0], pair[1].column))
        chosen: tuple[float, tuple[Node, Node]] | None = None
        trials = 0
        for expected, candidate in ranked:
            known = min(len(self._pseudo_costs[candidate.kind, value]) for value in (0, 1)) >= _TRUSTED
            if chosen is not None and (expected <= chosen[0] if known else trials >= _TRIALS):
                continue
            trials += 1
            children = self._children(solver, node, candidate)
            if children is None:
                return None
            gap = max(node.bound - self.incumbent.value, 1.0)
            down, up = (min(max(node.bound - child.bound, 0.0), gap) for child in children)
            score = (down + 1e-3 * gap) * (up + 1e-3 * gap)
            if chosen is None or score > chosen[0]:
                chosen = (score, children)
        assert chosen is not None
        return chosen[1]

    def _expected_score(self, candidate: Candidate) -> float:
        """Product of what both children are expected to gain."""
        gap = max(self.bound - self.incumbent.value, 1.0)
        gains = []
        for value, distance in ((0, candidate.down), (1, candidate.up)):
            known = self._pseudo_costs[candidate.kind, value] or self._all_pseudo_costs[value]
            pseudo_cost = float(np.mean(known)) if known else gap / 10
            gains.append(min(pseudo_cost * distance, gap) + 1e-3 * gap)
        return gains[0] * gains[1]
