"""Numbers for nodes that keep neighbours together, so that a search stays within a few pages of memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.core.compiling import njit


def number_depth_first(tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int) -> NDArray[np.int32]:
    """Number nodes in the order in which going from neighbour to neighbour meets them, deepest first.

    Parameters
    ----------
    tail, head : int32[m]
        Ends of each arc; its direction does not matter.
    nodes : int
        Number of nodes, n.

    Returns
    -------
    int32[n]
        New number of each node.
    """
    ends, others = np.concatenate((tail, head)), np.concatenate((head, tail))
    start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=start[1:])
    number: NDArray[np.int32] = _deepest_first(start, others[np.argsort(ends, kind="stable")])
    return number


@njit(cache=True)
def _deepest_first(start, others):  # type: ignore[no-untyped-def]
    """Depth-first search from each node that none before has met."""
    nodes = len(start) - 1
    number = np.full(nodes, -1, np.int32)
    following = start[:nodes].copy()
    path = np.empty(nodes, np.int32)
    count = np.int32(0)
    for first in range(nodes):
        if number[first] >= 0:
            continue
        number[first], path[0], depth = count, first, 1
        count += np.int32(1)
        while depth > 0:
            node = path[depth - 1]
            if following[node] == start[node + 1]:
                depth -= 1
                continue
            other = others[following[node]]
            following[node] += 1
            if number[other] < 0:
                number[other], path[depth] = count, other
                count += np.int32(1)
                depth += 1
    return number
