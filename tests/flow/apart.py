"""Call what uses OR-Tools in a process of its own.

OR-Tools and highspy each bring their own HiGHS library under one name, so the wheels of some versions cannot be
loaded into the same process.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

from letup.flow import TimedNetwork, earliest_arrival
from letup.flow.engine import Flow

Answer = TypeVar("Answer")


def apart(function: Callable[..., Answer], *arguments: object) -> Answer:
    """Call a function of a module over there."""
    return _over_there().submit(function, *arguments).result()


def flow_of(net: TimedNetwork, steps: int, quiet: np.ndarray | None, backend: str) -> Flow:
    """Earliest arrival by one of the backends."""
    return earliest_arrival(net, steps, quiet, backend=backend)


def total_of(net: TimedNetwork, steps: int, quiet: np.ndarray | None) -> int:
    """People who arrive, by the maximum flow of OR-Tools on the time-expanded network (the total only)."""
    from ortools.graph.python import max_flow

    from letup.flow.backends.reference import expand

    network = expand(net, steps, quiet)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(network.tail, network.head, network.capacity)
    solver.solve(network.source, network.sink)
    return int(solver.optimal_flow())


@functools.cache
def _over_there() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))
