"""What several rooms ask of a directed graph that is given by the ends of its arcs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Bools, Longs

Nodes = NDArray[np.integer[Any]]


def reachable(tail: Nodes, head: Nodes, nodes: int, sources: Nodes) -> Bools:
    """Nodes that arcs lead to from any of the sources, these included: bool[nodes]."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    rows = np.concatenate([tail, np.full(len(sources), nodes)])
    columns = np.concatenate([head, sources])
    graph = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(nodes + 1, nodes + 1))
    reached = np.zeros(nodes + 1, bool)
    reached[breadth_first_order(graph, nodes, return_predecessors=False)] = True
    return reached[:nodes]


def cheapest_arcs(tail: Nodes, head: Nodes, cost: NDArray[Any]) -> Longs:
    """Of arcs side by side only the cheapest, by tail and head: a sparse matrix would add up their costs."""
    order = np.lexsort((cost, head, tail))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    return np.asarray(order[first], np.int64)


def minimum_cut(
    tail: Nodes, head: Nodes, capacity: NDArray[np.int32], nodes: int, source: int, sink: int
) -> tuple[int, Bools]:
    """The largest flow from a source to a sink, and the nodes on the source's side of a minimum cut: bool[nodes].

    Capacities of arcs side by side are added up.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    graph = csr_array((capacity, (tail, head)), shape=(nodes, nodes))
    largest = maximum_flow(graph, source, sink)
    residual = csr_array(graph - largest.flow)
    residual.data = (residual.data > 0).astype(np.int32)
    residual.eliminate_zeros()
    side = np.zeros(nodes, bool)
    side[breadth_first_order(residual, source, return_predecessors=False)] = True
    return int(largest.flow_value), side
