"""A tree of splits as it is kept: what proves, part by part, that nothing in it is worth more than its bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.pauses.certificates.splits import Split

Floats = NDArray[np.float64]
_LARGEST = 10_000_000
"""Multipliers kept in a certificate at most, all leaves together."""


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


@dataclass(eq=False)
class Node:
    """One part of all choices, while the tree grows.

    Attributes
    ----------
    path : tuple of (int, int)
        Columns set on the way to it, and to what.
    bound : float
        What nothing in it can exceed.
    leaf : Leaf or None
        What proves it; None once it is split.
    basis : highspy.HighsBasis or None
        Where to begin from when its linear program, or one of its branches, is solved.
    splits : list of Split
        Splits that are left.
    solved : bool
        Whether its own linear program has been solved.
    branches : tuple of Node or None
        Both sides of its split.
    column : int
        Column of its split.
    """

    path: tuple[tuple[int, int], ...]
    bound: float
    leaf: Leaf | None = None
    basis: highspy.HighsBasis | None = None
    splits: list[Split] = field(default_factory=list)
    solved: bool = False
    branches: tuple[Node, Node] | None = None
    column: int = -1


def tree_of(root: Node) -> Tree | None:
    """The tree below a node; None if nothing was split there, or there is too much of it to be kept."""
    columns: list[int] = []
    branches: list[tuple[int, int]] = []
    leaves: list[Leaf] = []
    if root.branches is None:
        return None
    stack = [(root, -1, 0)]
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


def sparse(multipliers: Floats) -> Leaf:
    """A leaf with multipliers given for all rows."""
    rows = np.flatnonzero(multipliers)
    return Leaf(rows.astype(np.int32), multipliers[rows])


def dense(leaf: Leaf, rows: int) -> Floats:
    """Multipliers of a leaf for all rows."""
    full = np.zeros(rows)
    full[leaf.rows] = leaf.multipliers
    return full


def valued() -> Leaf:
    """A leaf in which all windows are fixed."""
    return Leaf(np.zeros(0, np.int32), np.zeros(0), valued=True)
