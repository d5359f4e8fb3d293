"""Branch on when windows start and end, best first.

Each node of the tree narrows the bounds on some columns: this window has started by noon, or it has not. Which split
gains most is learned from the splits made: so much for each unit by which the columns of a slot have to move
(pseudo-costs; Bénichou et al. 1971), and kinds of splits not tried yet are tried first (Achterberg, Koch and Martin
2005). Several threads may branch beside each other, each with a linear program of its own.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import defaultdict
from collections.abc import Callable

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.lp.program import Duality
from letup.pauses.bound.nodes import Nodes
from letup.pauses.bound.relaxation import Certificate, Master, load
from letup.pauses.certificates.splits import Split, Splits
from letup.pauses.certificates.tree import Node, dense, sparse, tree_of, valued
from letup.pauses.incumbent import Incumbent, Never, StoppingCriterion

Floats = NDArray[np.float64]
_CLOSE = 1e-9
_TRIALS = 2
"""Splits tried at one node at most before one is chosen."""
_TRUSTED = 1
"""Trials after which a kind of split is known."""
_WAIT = 0.005
"""Seconds between looks for a node where other threads have all there are."""


class Branching:
    """The tree in the making.

    Parameters
    ----------
    master : Master
        The relaxation, solved, with its cuts.
    incumbent : Incumbent
        Is offered windows and told bounds on the value over all choices, and says when to stop.
    hint : callable, optional
        Called with points of the relaxation whose windows are not whole.
    """

    def __init__(
        self,
        master: Master,
        incumbent: Incumbent,
        hint: Callable[[Floats], None] | None = None,
    ) -> None:
        self.master, self.incumbent, self.hint = master, incumbent, hint
        self.duality = Duality(master.rows)
        self.splits = Splits(master.rows, master.windows)
        padded = np.zeros(len(master.rows.low))
        padded[: len(master.multipliers)] = master.multipliers
        self._padded = padded
        self.root = Node((), master.bound, sparse(padded), master.highs.getBasis())
        self.bound = master.bound
        self._lock = threading.Lock()
        self._known = -np.inf
        """What is left in branches that are done with, at most."""
        self._open: list[tuple[float, int, Node]] = []
        self._busy: list[Node] = []
        """Nodes being split."""
        self._number = 0
        self._gains: defaultdict[tuple[tuple[int, bool], int], list[float]] = defaultdict(list)
        self._every: tuple[list[float], list[float]] = ([], [])
        self._all = [self._nodes(master.highs)]
        self._idle = list(self._all)
        if any(master.rows.whole):
            self._push(self.root)

    def run(
        self,
        stop: StoppingCriterion | None = None,
        *,
        programs: int | None = None,
        iterations: int | None = None,
    ) -> None:
        """Split until nothing better than the best known is left, or what is given is used up.

        Threads that call this beside each other share the work.

        Parameters
        ----------
        stop : StoppingCriterion, optional
            When to end before the incumbent says so; asked before each split.
        programs : int, optional
            Linear programs after which to stop.
        iterations : int, optional
            Iterations of the simplex method, in all programs together, after which to stop.
        """
        stop = stop or Never()
        solve = self._taken()
        try:
            while not stop.met and (node := self._next(programs, iterations)) is not None:
                done = False
                try:
                    done = self._branch(solve, node)
                finally:
                    self._put_down(node, done)
                if not done:
                    return
        finally:
            self._idle.append(solve)

    @property
    def solved(self) -> int:
        """Linear programs solved."""
        return sum(each.solved for each in self._all)

    @property
    def pace(self) -> float:
        """Seconds that a linear program takes; infinite until one is solved."""
        return sum(each.spent for each in self._all) / self.solved if self.solved else np.inf

    def certificate(self) -> Certificate | None:
        """What `check_bound` needs to confirm the bound; None if there is too much of it or nothing was split."""
        with self._lock:
            tree = tree_of(self.root)
            if tree is None:
                return None
            return Certificate(self.master.grouping, list(self.master.cuts), np.zeros(0), self.bound, tree)

    # Threads and their nodes.

    def _nodes(self, highs: highspy.Highs) -> Nodes:
        return Nodes(highs, self.duality, self.splits, self.incumbent, self._seen)

    def _taken(self) -> Nodes:
        """A linear program that no other thread has."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        another = self._nodes(load(self.master.rows))
        self._all.append(another)
        return another

    def _next(self, programs: int | None, iterations: int | None) -> Node | None:
        """The node that could be worth most, once there is one; None if there is nothing more to do."""
        while True:
            with self._lock:
                self._tell()
                if not self._open and not self._busy:
                    return None
                if self.bound <= self.incumbent.value * (1 + max(self.incumbent.target_gap, _CLOSE)) + _CLOSE:
                    return None
                if self.incumbent.met or (programs is not None and self.solved >= programs):
                    return None
                if iterations is not None and sum(each.iterations for each in self._all) >= iterations:
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
            self._tell()

    def _tell(self) -> None:
        left = [self._known, *(-self._open[0][0] for _ in self._open[:1]), *(node.bound for node in self._busy)]
        self.bound = min(self.bound, max(left))
        self.incumbent.prove(self.bound)

    def _push(self, node: Node) -> None:
        """Keep a node for later if there can be anything in it that is better than the best known."""
        if node.bound <= self.incumbent.value + _CLOSE * abs(self.incumbent.value):
            self._known = max(self._known, node.bound)
            node.basis = None
            return
        self._number += 1
        heapq.heappush(self._open, (-node.bound, self._number, node))

    def _seen(self, point: Floats, whole: bool) -> None:
        if whole:
            self.incumbent.offer(self.master.windows.windows(point))
        elif self.hint is not None:
            self.hint(point)

    # One node.

    def _branch(self, solve: Nodes, node: Node) -> bool:
        """Split a node in two; False if there was no time for it."""
        if not node.solved:
            assert node.basis is not None
            if not solve.solve(node, self._padded, node.basis):
                return False
            with self._lock:
                self._push(node)
            return True
        if not node.splits:
            # All windows are fixed: their own value takes the place of the relaxation's.
            lower, _ = solve.bounds(node.path)
            allowed = self.splits.allowed(lower)
            bound = self.incumbent.offer(self.master.windows.windows(lower)) if allowed else -np.inf
            with self._lock:
                node.bound, node.leaf, node.basis = bound, valued(), None
                self._known = max(self._known, bound)
            return True
        branches = self._chosen(solve, node)
        if branches is None:
            return False
        with self._lock:
            node.column, node.branches = branches[1].path[-1][0], branches
            node.leaf = node.basis = None
            node.splits = []
            for branch in branches:
                self._push(branch)
        return True

    def _children(self, solve: Nodes, node: Node, split: Split) -> tuple[Node, Node] | None:
        """The two sides of a split, bounded."""
        assert node.leaf is not None
        above = dense(node.leaf, len(self.duality.low))
        found = []
        for value, amount in ((0, split.down), (1, split.up)):
            child = Node((*node.path, (split.column, value)), node.bound, node.leaf)
            assert node.basis is not None
            if not solve.solve(child, above, node.basis):
                return None
            gain = min(node.bound - child.bound, max(node.bound - self.incumbent.value, 0.0))
            rate = max(gain, 0.0) / max(amount, 1e-3)
            with self._lock:
                self._gains[split.kind, value].append(rate)
                self._every[value].append(rate)
            found.append(child)
        return found[0], found[1]

    def _chosen(self, solve: Nodes, node: Node) -> tuple[Node, Node] | None:
        """The sides of the most promising split."""
        most: dict[tuple[int, bool], tuple[float, Split]] = {}
        with self._lock:
            for split in node.splits:
                score = self._promise(split)
                if split.kind not in most or score > most[split.kind][0]:
                    most[split.kind] = (score, split)
        ranked = sorted(most.values(), key=lambda pair: (-pair[0], pair[1].column))
        chosen: tuple[float, tuple[Node, Node]] | None = None
        trials = 0
        for expected, split in ranked:
            known = min(len(self._gains[split.kind, value]) for value in (0, 1)) >= _TRUSTED
            if chosen is not None and (expected <= chosen[0] if known else trials >= _TRIALS):
                continue
            trials += 1
            branches = self._children(solve, node, split)
            if branches is None:
                return None
            gap = max(node.bound - self.incumbent.value, 1.0)
            left, right = (min(max(node.bound - branch.bound, 0.0), gap) for branch in branches)
            score = (left + 1e-3 * gap) * (right + 1e-3 * gap)
            if chosen is None or score > chosen[0]:
                chosen = (score, branches)
        assert chosen is not None
        return chosen[1]

    def _promise(self, split: Split) -> float:
        """Product of what both sides of a split are expected to gain."""
        gap = max(self.bound - self.incumbent.value, 1.0)
        gains = []
        for value, amount in ((0, split.down), (1, split.up)):
            known = self._gains[split.kind, value] or self._every[value]
            rate = float(np.mean(known)) if known else gap / 10
            gains.append(min(rate * amount, gap) + 1e-3 * gap)
        return gains[0] * gains[1]
