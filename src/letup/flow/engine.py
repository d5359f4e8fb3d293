"""Earliest-arrival flow through quiet arcs: the one function, and the flow it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.flow.backends import solve
from letup.flow.result import Cut, Order, Route
from letup.roads.timed_network import TimedNetwork

if TYPE_CHECKING:
    from letup.flow.routes import Party


@dataclass(frozen=True)
class Flow:
    """People on the move, step by step.

    Attributes
    ----------
    net : TimedNetwork
        The network it is a flow on.
    quiet : bool[zones, T] or None
        Quiet state it was computed for.
    entering : int32[m, T]
        People entering each arc at each step.
    arriving : int32[shelters, T]
        People entering each shelter at each step; shelters in the order of their nodes.
    sink_side : bool[n * T]
        Places in time (``node * T + step``) on the shelters' side of a minimum cut.
    left_out : int
        People whom `least_walking` has left out, as no way was found for them that comes by no node twice; they are
        not in ``total``, but in the sum of the cut.
    """

    net: TimedNetwork
    quiet: NDArray[np.bool_] | None
    entering: NDArray[np.int32]
    arriving: NDArray[np.int32]
    sink_side: NDArray[np.bool_] = field(repr=False)
    left_out: int = 0
    _parties: list[Party] | None = field(default=None, repr=False, compare=False)

    @property
    def steps(self) -> int:
        """Number of steps, T."""
        return int(self.entering.shape[1])

    @cached_property
    def arrivals(self) -> NDArray[np.int64]:
        """People reaching a shelter at each step: int64[T]."""
        arrivals: NDArray[np.int64] = self.arriving.sum(axis=0, dtype=np.int64)
        return arrivals

    @property
    def total(self) -> int:
        """People who reach a shelter."""
        return int(self.arrivals.sum())

    @cached_property
    def cut(self) -> Cut:
        """Why not more: the arcs in time, shelters and origins that bound the total."""
        from letup.flow.cut import cut_of

        return cut_of(self.net, self.quiet, self.steps, self.sink_side)

    def routes(self) -> list[Route]:
        """Who goes where when; people on the same way at a constant rate are one route.

        The routes add up to ``entering``: someone on a route who leaves at step d enters ``arcs[i]``
        at step ``d + offsets[i]``.
        """
        from letup.flow.routes import join

        return join(self._everybody())

    def _everybody(self) -> list[Party]:
        """All people by their way: as they were put together, or else taken apart from ``entering``."""
        from letup.flow.routes import parties_of

        return self._parties if self._parties is not None else parties_of(self.net, self.entering, self.arriving)

    @cached_property
    def circling(self) -> int:
        """People on routes that come back to a node without having waited there."""
        from letup.flow.routes import circles

        return sum(route.people for route in self.routes() if circles(self.net, route.arcs, route.offsets))

    def least_walking(self, may_circle: bool | None = None) -> Flow:
        """The same people with little time under way: they leave home later, or wait where there is room.

        Person-time under way counts the steps from leaving home to arriving, waiting on the way included.

        Parameters
        ----------
        may_circle : bool, optional
            Whether people may come by a node twice. If so, arrivals stay as they are at each shelter and step, and
            time under way, and then walking, is the least there is, unless the search for it ends early
            (`letup.flow.least_walking` says so). If not, no route comes by a node twice: people for whom no such way
            is found are left out (``left_out``), and others may arrive elsewhere, and later, in their place. None =
            only on small networks, of at most 100,000 arcs times steps.

        Returns
        -------
        Flow
            ``total + left_out`` is the total of this flow.
        """
        from letup.flow.direct_routes import direct_routes
        from letup.flow.least_walking import EXACT_UP_TO, least_walking

        entering, small = self.entering, self.entering.size <= EXACT_UP_TO
        if small or may_circle:
            entering = least_walking(self.net, self.steps, self.quiet, entering, self.arriving).entering
            if may_circle or may_circle is None:
                return replace(self, entering=entering)
        return self._with(direct_routes(self.net, self.steps, self.quiet, entering, self.arriving))

    def only(self, may_go: Callable[[int, int], bool]) -> Flow:
        """The flow without those who may not go, who are counted in ``left_out``.

        Parameters
        ----------
        may_go : callable
            Whether somebody may leave home at one step and arrive at another.
        """
        everybody = self._everybody()
        return self._with([p for p in everybody if may_go(int(p.at[0]) if len(p.at) else p.arrival, p.arrival)])

    def _with(self, parties: list[Party]) -> Flow:
        """The flow of these people; the others are left out."""
        from letup.flow.routes import load_of

        entering, arriving = load_of(self.net, self.steps, parties)
        left_out = self.left_out + self.total - int(arriving.sum())
        return replace(self, entering=entering, arriving=arriving, left_out=left_out, _parties=parties)

    def __repr__(self) -> str:
        return f"Flow({self.total} of {int(self.net.supply.sum())} people arrive in {self.steps} steps)"


def earliest_arrival(
    net: TimedNetwork,
    steps: int,
    quiet: NDArray[np.bool_] | None = None,
    backend: str = "kernel",
    order: Order = "earliest",
) -> Flow:
    """Move as many people as possible to shelters, as early as possible or in any order.

    An arc entered at step t is left at t + transit, at the latest at step ``steps - 1``; its zone must be
    quiet at every step t ... t + transit - 1. Someone inside a shelter has arrived. With one shelter, or
    enough room, for every t the number arrived by t is the largest possible (Gale 1959). With scarce
    shelters the total is the largest possible and, among those, arrivals are lexicographically earliest.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps, T.
    quiet : bool[zones, T], optional
        Whether each zone is quiet at each step; None = all are.
    backend : {"kernel", "ortools", "highs"}
        The built-in kernel, or a reference solver on the time-expanded network (slow; for checks).
    order : {"earliest", "any"}
        Whether people arrive as early as possible, or in any order that brings as many, which is found sooner.

    Returns
    -------
    Flow
        Arrivals, people entering each arc, the cut that proves the total, and the routes.

    Raises
    ------
    LetupError
        ``flow.input`` if steps or quiet do not fit the network; ``flow.backend`` if there is no such
        backend or its package is missing.
    """
    quiet = check_question(net, steps, quiet, order)
    solution = solve(net, int(steps), quiet, backend, order)
    return Flow(net, quiet, solution.entering, solution.arriving, solution.sink_side)


def check_question(
    net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, order: Order = "earliest"
) -> NDArray[np.bool_] | None:
    """The quiet state as an array, if steps, quiet state and order fit the network.

    Raises
    ------
    LetupError
        ``flow.input`` with everything that does not fit.
    """
    wrong = []
    whole = isinstance(steps, int | np.integer) and not isinstance(steps, bool)
    if not whole or steps < 1:
        wrong.append(f"steps is {steps!r}, must be a whole number of at least 1")
    elif 2 * net.nodes * (int(steps) + 2) >= 2**31:  # int32 holds the number of a place twice over
        wrong.append(f"2 x {net.nodes} nodes x ({steps} + 2) steps are more than 2**31 - 1")
    else:
        wrong += [
            f"{name} has {array.shape[1]} steps, expected {steps}"
            for name, array in (("capacity", net.capacity), ("wait", net.wait))
            if array.ndim == 2 and array.shape[1] != steps
        ]
    if order not in get_args(Order):
        wrong.append(f"order is {order!r}, must be one of {', '.join(get_args(Order))}")
    if quiet is not None:
        state: NDArray[Any] = np.asarray(quiet)
        if state.dtype != np.bool_ or state.ndim != 2:
            wrong.append("quiet must be bool[zones, steps]")
        elif state.shape[0] < net.zones or state.shape[1] != steps:
            wrong.append(f"quiet has shape {state.shape}, expected ({net.zones}, {steps})")
        quiet = state
    if wrong:
        raise LetupError("flow.input", "; ".join(wrong), "Correct the arguments of earliest_arrival.")
    return quiet
