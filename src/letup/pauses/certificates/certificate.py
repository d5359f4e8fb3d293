"""What is kept of the proof of a bound: how the network was made smaller, the cuts, duals, and the tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.pauses.certificates.all_quiet import AllQuietCertificate

Pause = tuple[int, int, int]
"""Zone, start, last: a window of the zone that starts at or before ``start`` and lasts beyond ``last``."""


@dataclass(frozen=True)
class Grouping:
    """How the network is made smaller: see `letup.pauses.certificates.coarse_network`.

    Attributes
    ----------
    group : int64[n]
        Group of each node.
    lead : int64[n]
        Steps by which the node's time is shifted.
    bucket : int
        Steps of shifted time in one bucket.
    """

    group: NDArray[np.int64]
    lead: NDArray[np.int64]
    bucket: int


@dataclass(frozen=True)
class ReachCut:
    """People who make a move are at most its capacity times the priced quiet: see `letup.pauses.bound.reach_cuts`.

    Attributes
    ----------
    move : int
        Move of the coarse network.
    prices : dict of Pause to float
        Price of each pause that paths to the move need.
    """

    move: int
    prices: dict[Pause, float]


@dataclass(frozen=True)
class ShareCut:
    """People in a zone at a step have only their share of the roads across their paths.

    See `letup.pauses.bound.share_cuts`.

    Attributes
    ----------
    zone, step : int
        The zone that has to be quiet, and when.
    moves : tuple of int
        Moves of the coarse network that spend the step in the zone.
    shared : tuple of int
        Moves across their paths that count with the quiet of the zone at the step.
    own : tuple of int
        Moves across their paths that count with their own quiet.
    homes : tuple of int
        Places across their paths whose people count with the quiet of the zone at the step.
    """

    zone: int
    step: int
    moves: tuple[int, ...]
    shared: tuple[int, ...]
    own: tuple[int, ...]
    homes: tuple[int, ...] = ()


Cut = ReachCut | ShareCut


@dataclass(frozen=True)
class Leaf:
    """End of a branch of the tree: what proves that nothing in it is worth more than the bound.

    Attributes
    ----------
    rows, duals : int32[k], float64[k]
        Rows whose dual is not 0, and their duals.
    valued : bool
        All windows are fixed here, and what they are worth counts.
    worth : AllQuietCertificate or None
        What proves how much the windows of such a leaf are worth at most.
    """

    rows: NDArray[np.int32]
    duals: NDArray[np.float64]
    valued: bool = False
    worth: AllQuietCertificate | None = None

    @staticmethod
    def of(duals: NDArray[np.float64]) -> Leaf:
        """A leaf with the duals of all rows."""
        rows = np.flatnonzero(duals)
        return Leaf(rows.astype(np.int32), duals[rows])

    def all_duals(self, rows: int) -> NDArray[np.float64]:
        """The duals of all rows, float64[rows]."""
        duals = np.zeros(rows)
        duals[self.rows] = self.duals
        return duals


@dataclass(frozen=True)
class Tree:
    """A tree of branchings: at each the left branch sets a column to 0, the right one to 1.

    Attributes
    ----------
    columns : int64[nodes]
        Column on which each inner node branches; the first is the root.
    branches : int64[nodes, 2]
        What each branch leads to: an inner node, or, if below 0, leaf number -1 - branch.
    leaves : list of Leaf
        The leaves.
    """

    columns: NDArray[np.int64]
    branches: NDArray[np.int64]
    leaves: list[Leaf]


@dataclass(frozen=True)
class Certificate:
    """What `letup.pauses.check_bound` needs to confirm a bound.

    Attributes
    ----------
    grouping : Grouping
        How coarse the relaxation is.
    cuts : list of ReachCut or ShareCut
        Its cuts.
    duals : float64[rows]
        One for each row; not looked at where there is a tree.
    bound : float
        The bound that they prove.
    tree : Tree or None
        Branchings on the windows, with duals for each leaf: they prove the bound then.
    """

    grouping: Grouping
    cuts: list[Cut]
    duals: NDArray[np.float64]
    bound: float
    tree: Tree | None = None
