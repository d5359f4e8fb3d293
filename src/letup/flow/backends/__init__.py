"""Solvers of the flow problem: the built-in kernel, and reference solvers to check it against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.roads.timed_network import TimedNetwork

Solution = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]


class Solver(Protocol):
    """What every backend offers."""

    def __call__(self, net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None) -> Solution:
        """Solve, and return entering[m, T], arriving[shelters, T] and the sink side of a minimum cut."""
        ...


def _kernel() -> Solver:
    from letup.flow.backends.builtin import solve

    return solve


def _ortools() -> Solver:
    from letup.flow.backends.ortools import solve

    return solve


def _highs() -> Solver:
    from letup.flow.backends.highs import solve

    return solve


BACKENDS: dict[str, Callable[[], Solver]] = {"kernel": _kernel, "ortools": _ortools, "highs": _highs}
"""Loads each backend: its package is imported when it is asked for."""


def solver(backend: str) -> Solver:
    """Load a backend by name.

    Raises
    ------
    LetupError
        ``flow.backend`` if there is no such backend or its package is not installed.
    """
    if backend not in BACKENDS:
        raise LetupError("flow.backend", f"there is no backend {backend!r}", f"Choose one of {', '.join(BACKENDS)}.")
    try:
        return BACKENDS[backend]()
    except ModuleNotFoundError as error:
        raise LetupError(
            "flow.backend",
            f"backend {backend!r} needs a package that is not installed: {error.name}",
            "Install letup[reference], or use backend='kernel'.",
        ) from error
    except ImportError as error:
        raise LetupError(
            "flow.backend",
            f"backend {backend!r} cannot be loaded: {error}",
            "OR-Tools and HiGHS bring libraries of the same name: use one of the two in one process.",
        ) from error
