"""Solvers of the flow problem: the built-in kernel, and reference solvers to check it against."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.flow.result import Order, Solution
from letup.roads.timed_network import TimedNetwork


class Backend(Protocol):
    """What every backend offers."""

    def __call__(self, net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
        """A flow of the largest total and, if ``order`` is "earliest", the earliest of these, with a minimum cut."""
        ...


def _kernel(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
    from letup.flow.backends.builtin import solve

    return solve(net, steps, quiet, order)


def _ortools(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
    from letup.flow.backends.reference import solve_ortools

    return solve_ortools(net, steps, quiet, order)


def _highs(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order) -> Solution:
    from letup.flow.backends.reference import solve_highs

    return solve_highs(net, steps, quiet, order)


BACKENDS: dict[str, Backend] = {"kernel": _kernel, "ortools": _ortools, "highs": _highs}


def solve(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, backend: str, order: Order) -> Solution:
    """Solve with a backend by its name.

    Raises
    ------
    LetupError
        ``flow.backend`` if there is no such backend or its package is not installed.
    """
    if backend not in BACKENDS:
        raise LetupError("flow.backend", f"there is no backend {backend!r}", f"Choose one of {', '.join(BACKENDS)}.")
    try:
        return BACKENDS[backend](net, steps, quiet, order)
    except ModuleNotFoundError as error:
        raise LetupError(
            "flow.backend",
            f"backend {backend!r} needs a package that is not installed: {error.name}",
            "Install it beside letup (pip install ortools), or use backend='kernel'.",
        ) from error
    except ImportError as error:
        raise LetupError(
            "flow.backend",
            f"backend {backend!r} cannot be loaded: {error}",
            "OR-Tools and HiGHS bring libraries of the same name: use one of the two in one process.",
        ) from error
