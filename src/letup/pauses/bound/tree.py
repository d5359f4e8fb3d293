"""Branch on when windows start and end, best first, with one linear program that is solved again and again.

Each node of the tree narrows the bounds on some columns: this window has started by noon, or it has not. Its linear
relaxation starts from the basis of the node above. What a node is worth at most is not what the solver says but what
its multipliers prove (weak duality), so that the bound of the whole tree can be confirmed node by node without a
solver. Which split gains most is learned from the splits made: so much for each unit by which the columns of a
slot have to move (pseudo-costs; Bénichou et al. 1971), and kinds of splits not tried yet are tried first (Achterberg,
Koch and Martin 2005).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.pauses.bound.duality import Duality
from letup.pauses.bound.master import Master
from letup.pauses.bound.prove import Certificate
from letup.pauses.bound.solving import run
from letup.pauses.bound.splits import Split, Splits
from letup.pauses.limits import Window

Floats = NDArray[np.float64]
_CLOSE = 1e-9
_ITERATIONS = 6_000
"""Iterations after which a linear program is stuck, unless it has more rows."""
_PERTURBATION = "dual_simplex_cost_perturbation_multiplier"
_TRIALS = 2
"""Splits tried at one node at most before one is chosen."""
_TRUSTED = 1
"""Trials after which a kind of split is known."""
_LARGEST = 3_000_000
"""Multipliers kept in a certificate at most, all nodes together."""


@dataclass(frozen=True)
class Leaf:
    """End of a branch of the tree: what proves that nothing in it is worth more than the bound.

    Attributes
    ----------
    rows, multipliers : int32[k], float64[k]
        Multipliers of the rows that have one.
    valued : bool
        All windows are fixed here, and what they are worth counts.
    """

    rows: NDArray[np.int32]
    multipliers: Floats
    valued: bool = False


@dataclass(frozen=True)
class Tree:
    """A tree of splits: at each the left branch sets a column to 0, the right one to 1.

    Attributes
    ----------
    columns : int64[splits]
        Column of each split; the first is the root.
    branches : int64[splits, 2]
        What each branch leads to: a split, or, if below 0, leaf number -1 - branch.
    leaves : list of Leaf
        The leaves.
    """

    columns: NDArray[np.int64]
    branches: NDArray[np.int64]
    leaves: list[Leaf]


@dataclass
class _Node:
    """One part of all choices."""

    path: tuple[tuple[int, int], ...]
    bound: float
    leaf: Leaf | None = None
    basis: highspy.HighsBasis | None = None
    splits: list[Split] = field(default_factory=list)
    branches: tuple[_Node, _Node] | None = None
    column: int = -1


class Branching:
    """The tree in the making.

    Parameters
    ----------
    master : Master
        The relaxation, solved, with its cuts.
    seconds : callable
        Seconds left; not positive = stop.
    best : callable
        Best windows known and their value.
    found : callable
        Called with windows; returns what they are worth.
    proved : callable
        Called with bounds on the value over all choices.
    """

    def __init__(
        self,
        master: Master,
        *,
        seconds: Callable[[], float],
        best: Callable[[], tuple[list[Window], float]],
        found: Callable[[list[Window]], float],
        proved: Callable[[float], None],
    ) -> None:
        self.master, self.seconds, self.best, self.found, self.proved = master, seconds, best, found, proved
        self.duality = Duality(master.rows)
        self.splits = Splits(master.rows, master.windows)
        self.solved = self.iterations = 0
        self._highs = master.highs
        self._highs.setOptionValue("solver", "simplex")
        self._at: tuple[Floats, Floats] = (self.duality.lower, self.duality.upper)
        self._gains: defaultdict[tuple[tuple[int, bool], int], list[float]] = defaultdict(list)
        self._every: tuple[list[float], list[float]] = ([], [])
        padded = np.zeros(len(master.rows.low))
        padded[: len(master.multipliers)] = master.multipliers
        self._fallback = padded
        self.root = _Node((), master.bound, _sparse(padded))
        self._open: list[tuple[float, int, _Node]] = []
        self._number = 0
        self._known = -np.inf
        """What is left in branches that are done with, at most."""
        self.bound = master.bound

    def run(self, gap: float, nodes: int | None = None, iterations: int | None = None) -> None:
        """Split until nothing better than the best known is left, within a gap, or what is given is used up.

        Parameters
        ----------
        gap : float
            Share of the value within which to stop.
        nodes : int, optional
            Linear programs after which to stop.
        iterations : int, optional
            Iterations of the simplex method, in all programs together, after which to stop.
        """
        if not any(self.master.rows.whole):
            return
        if not self._open and self.root.branches is None:
            if not self._solve(self.root, self._fallback, self._highs.getBasis()):
                return
            self._push(self.root)
        while self._open:
            self._tell()
            if self.bound <= self.best()[1] * (1 + max(gap, _CLOSE)) + _CLOSE:
                return
            if self.seconds() <= 0 or (nodes is not None and self.solved >= nodes):
                return
            if iterations is not None and self.iterations >= iterations:
                return
            bound, _, node = heapq.heappop(self._open)
            if not self._branch(node):
                heapq.heappush(self._open, (bound, -1, node))
                return
        self._tell()

    def _tell(self) -> None:
        self.bound = min(self.bound, max(self._known, -self._open[0][0] if self._open else -np.inf))
        self.proved(self.bound)

    def _push(self, node: _Node) -> None:
        """Keep a node for later if there can be anything in it that is better than the best known."""
        if node.bound <= self.best()[1] + _CLOSE * abs(self.best()[1]):
            self._known = max(self._known, node.bound)
            node.basis = None
            return
        self._number += 1
        heapq.heappush(self._open, (-node.bound, self._number, node))

    # One node.

    def _bounds(self, path: tuple[tuple[int, int], ...]) -> tuple[Floats, Floats]:
        lower, upper = self.duality.lower.copy(), self.duality.upper.copy()
        for column, value in path:
            self.splits.narrow(lower, upper, column, value)
        return lower, upper

    def _solve(self, node: _Node, above: Floats, basis: highspy.HighsBasis) -> bool:
        """Bound a node; False if there was no time for it."""
        lower, upper = self._bounds(node.path)
        if (lower > upper).any():
            node.bound, node.leaf = -np.inf, _sparse(np.zeros(len(above)))
            return True
        highs = self._highs
        changed = np.flatnonzero((lower != self._at[0]) | (upper != self._at[1])).astype(np.int32)
        if len(changed):
            highs.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self._at = (lower, upper)
        status = self._run(basis)
        if status == highspy.HighsModelStatus.kTimeLimit:
            return False
        self.solved += 1
        if status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kIterationLimit):
            # Where it got stuck, what it has will do: any multipliers prove something.
            solution = highs.getSolution()
            multipliers = np.array(solution.row_dual)
            bound = self.duality.bound(multipliers, lower, upper)
            values = np.array(solution.col_value)
            node.basis = highs.getBasis()
            node.splits = self._fractional(values, lower, upper)
        else:
            multipliers, bound = self._hopeless(above, lower, upper)
            node.splits = list(self.splits.open(lower, upper))
        if bound < node.bound:
            node.bound, node.leaf = bound, _sparse(multipliers)
        return True

    def _run(self, basis: highspy.HighsBasis) -> highspy.HighsModelStatus:
        """Solve the linear program from a basis."""
        highs = self._highs
        highs.setOptionValue("simplex_iteration_limit", max(_ITERATIONS, len(self.duality.low)))
        status = highspy.HighsModelStatus.kIterationLimit
        # Costs are shaken against stalling; to settle them afterwards stalls at times, which takes another start.
        for perturbation in (1.0, 0.0):
            left = self.seconds()
            if left <= 0:
                return highspy.HighsModelStatus.kTimeLimit
            highs.setBasis(basis)
            highs.setOptionValue(_PERTURBATION, perturbation)
            highs.setOptionValue("time_limit", highs.getRunTime() + left)
            run(highs)
            self.iterations += max(highs.getInfo().simplex_iteration_count, 0)
            status = highs.getModelStatus()
            if status == highspy.HighsModelStatus.kInterrupt:
                return highspy.HighsModelStatus.kTimeLimit
            if status != highspy.HighsModelStatus.kIterationLimit:
                break
        return status

    def _fractional(self, values: Floats, lower: Floats, upper: Floats) -> list[Split]:
        found = self.splits.fractional(values, lower, upper)
        if not found:
            self.found(self.master.windows.windows(values))
            found = list(self.splits.open(lower, upper))
        return found

    def _hopeless(self, above: Floats, lower: Floats, upper: Floats) -> tuple[Floats, float]:
        """Multipliers that show that nothing is left in a node; those of the node above where there are none."""
        best, least = above, self.duality.bound(above, lower, upper)
        _, there, ray = self._highs.getDualRay()
        if there:
            direction = np.array(ray)
            enough = self.best()[1]
            for sign in (1.0, -1.0):
                for scale in (1.0, 1e2, 1e4, 1e6, 1e8):
                    multipliers = above + sign * scale * direction
                    bound = self.duality.bound(multipliers, lower, upper)
                    if bound < least:
                        best, least = multipliers, bound
                    if least <= enough:
                        return best, least
        return best, least

    def _branch(self, node: _Node) -> bool:
        """Split a node in two; False if there was no time for it."""
        if not node.splits:
            # All windows are fixed: their own value takes the place of the relaxation's.
            lower, _ = self._bounds(node.path)
            allowed = self.splits.allowed(lower)
            node.bound = self.found(self.master.windows.windows(lower)) if allowed else -np.inf
            node.leaf, node.basis = Leaf(*_nothing(), valued=True), None
            self._known = max(self._known, node.bound)
            return True
        branches = self._chosen(node)
        if branches is None:
            return False
        node.column, node.branches = branches[1].path[-1][0], branches
        node.leaf = node.basis = None
        node.splits = []
        for branch in branches:
            self._push(branch)
        return True

    def _children(self, node: _Node, split: Split) -> tuple[_Node, _Node] | None:
        """The two sides of a split, bounded."""
        assert node.leaf is not None
        above = _dense(node.leaf, len(self.duality.low))
        found = []
        for value, amount in ((0, split.down), (1, split.up)):
            child = _Node((*node.path, (split.column, value)), node.bound, node.leaf)
            assert node.basis is not None
            if not self._solve(child, above, node.basis):
                return None
            gain = min(node.bound - child.bound, max(node.bound - self.best()[1], 0.0))
            rate = max(gain, 0.0) / max(amount, 1e-3)
            self._gains[split.kind, value].append(rate)
            self._every[value].append(rate)
            found.append(child)
        return found[0], found[1]

    def _chosen(self, node: _Node) -> tuple[_Node, _Node] | None:
        """The sides of the most promising split."""
        most: dict[tuple[int, bool], tuple[float, Split]] = {}
        for split in node.splits:
            score = self._promise(split)
            if split.kind not in most or score > most[split.kind][0]:
                most[split.kind] = (score, split)
        ranked = sorted(most.values(), key=lambda pair: (-pair[0], pair[1].column))
        chosen: tuple[float, tuple[_Node, _Node]] | None = None
        trials = 0
        for expected, split in ranked:
            known = min(len(self._gains[split.kind, value]) for value in (0, 1)) >= _TRUSTED
            if chosen is not None and (expected <= chosen[0] if known else trials >= _TRIALS):
                continue
            trials += 1
            branches = self._children(node, split)
            if branches is None:
                return None
            gap = max(node.bound - self.best()[1], 1.0)
            left, right = (min(max(node.bound - branch.bound, 0.0), gap) for branch in branches)
            score = (left + 1e-3 * gap) * (right + 1e-3 * gap)
            if chosen is None or score > chosen[0]:
                chosen = (score, branches)
        assert chosen is not None
        return chosen[1]

    def _promise(self, split: Split) -> float:
        """Product of what both sides of a split are expected to gain."""
        gap = max(self.bound - self.best()[1], 1.0)
        gains = []
        for value, amount in ((0, split.down), (1, split.up)):
            known = self._gains[split.kind, value] or self._every[value]
            rate = float(np.mean(known)) if known else gap / 10
            gains.append(min(rate * amount, gap) + 1e-3 * gap)
        return gains[0] * gains[1]

    # What is left of it.

    def certificate(self) -> Certificate | None:
        """What `check_bound` needs to confirm the bound; None if there is too much of it or nothing was split."""
        tree = self._tree()
        if tree is None:
            return None
        return Certificate(self.master.grouping, list(self.master.cuts), np.zeros(0), self.bound, tree)

    def _tree(self) -> Tree | None:
        columns: list[int] = []
        branches: list[tuple[int, int]] = []
        leaves: list[Leaf] = []
        if self.root.branches is None:
            return None
        stack = [(self.root, -1, 0)]
        while stack:
            node, parent, side = stack.pop()
            if node.branches is None:
                assert node.leaf is not None
                leaves.append(node.leaf)
                number = -len(leaves)
            else:
                number = len(columns)
                columns.append(node.column)
                branches.append((0, 0))
                stack += [(node.branches[1], number, 1), (node.branches[0], number, 0)]
            if parent >= 0:
                pair = branches[parent]
                branches[parent] = (number, pair[1]) if side == 0 else (pair[0], number)
        if sum(len(leaf.rows) for leaf in leaves) > _LARGEST:
            return None
        return Tree(np.array(columns, np.int64), np.array(branches, np.int64), leaves)


def _sparse(multipliers: Floats) -> Leaf:
    rows = np.flatnonzero(multipliers)
    return Leaf(rows.astype(np.int32), multipliers[rows])


def _dense(leaf: Leaf, rows: int) -> Floats:
    full = np.zeros(rows)
    full[leaf.rows] = leaf.multipliers
    return full


def _nothing() -> tuple[NDArray[np.int32], Floats]:
    return np.zeros(0, np.int32), np.zeros(0)
