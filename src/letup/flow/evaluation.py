"""What if: how many arrive in other quiet windows, from the flow that is known for some."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from letup.flow.backends.builtin import LargestFlow, changed, flow_in_any_order
from letup.flow.engine import check_question, earliest_arrival
from letup.flow.idle_steps import Shortened, live_steps, shortened
from letup.roads.timed_network import TimedNetwork

_AROUND = 96
"""A window may move by this part of the time (one in so many) before the time axis has to be laid out anew."""


class Evaluation:
    """How many people arrive in some quiet windows; it answers from there what other windows would bring.

    Taking a window away takes out those who passed through it, and sends whoever can go another way; adding one sends
    more. The answers are those of a fresh computation, always. An evaluation never changes: each has a flow of its own.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps, T.
    quiet : bool[zones, T], optional
        Whether each zone is quiet at each step; None = all are.

    Raises
    ------
    LetupError
        ``flow.input`` if steps or quiet do not fit the network.
    """

    def __init__(self, net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None = None) -> None:
        quiet = check_question(net, steps, quiet)
        self._hold(_lay_out(net, int(steps), quiet, None), quiet)

    def _hold(self, axis: _Axis, quiet: NDArray[np.bool_] | None, flow: LargestFlow | None = None) -> None:
        """Take over a time axis, and a flow on it or a new one."""
        self._axis, self._quiet = axis, quiet
        self._flow = flow or flow_in_any_order(axis.small, axis.kept, axis.quiet(quiet))

    @property
    def net(self) -> TimedNetwork:
        """The network."""
        return self._axis.net

    @property
    def steps(self) -> int:
        """Number of steps, T."""
        return self._axis.steps

    @property
    def quiet(self) -> NDArray[np.bool_] | None:
        """Quiet state it is about: bool[zones, T], or None for all quiet."""
        return self._quiet

    @property
    def total(self) -> int:
        """The most people who can reach a shelter."""
        return int(self._flow.state.arriving.sum())

    @cached_property
    def arrivals(self) -> NDArray[np.int64]:
        """People reaching a shelter at each step if they come as early as they can: int64[T].

        These are found when they are asked for, as by `earliest_arrival`, which takes longer than the total.
        """
        return earliest_arrival(self.net, self.steps, self._quiet).arrivals

    def changed(self, quiet: NDArray[np.bool_] | None) -> Evaluation:
        """What other quiet windows would bring.

        Parameters
        ----------
        quiet : bool[zones, T] or None
            Whether each zone is quiet at each step; None = all are.

        Returns
        -------
        Evaluation
            Equal to ``Evaluation(net, steps, quiet)``, and mostly found much sooner if few windows differ.

        Raises
        ------
        LetupError
            ``flow.input`` if quiet does not fit the network.
        """
        quiet = check_question(self.net, self.steps, quiet)
        other = Evaluation.__new__(Evaluation)
        if self._axis.holds(quiet):
            other._hold(self._axis, quiet, changed(self._flow, self._axis.quiet(quiet)))
        else:  # a time axis that holds both, so that the way back is short
            other._hold(_lay_out(self.net, self.steps, quiet, self._axis.live), quiet)
        return other

    def __repr__(self) -> str:
        return f"Evaluation({self.total} of {int(self.net.supply.sum())} people arrive in {self.steps} steps)"


@dataclass(frozen=True)
class _Axis:
    """A network on the steps that matter, for all quiet states that are quiet at no others.

    Attributes
    ----------
    net, steps : TimedNetwork, int
        The network and its number of steps.
    short : Shortened or None
        The network with idle steps left out, if there are any.
    live : bool[T]
        Steps at which a zone may be quiet.
    """

    net: TimedNetwork
    steps: int
    short: Shortened | None
    live: NDArray[np.bool_]

    @property
    def small(self) -> TimedNetwork:
        """The network on the steps that matter."""
        return self.net if self.short is None else self.short.net

    @property
    def kept(self) -> int:
        """Number of steps that matter."""
        return self.steps if self.short is None else self.short.steps

    def quiet(self, quiet: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """A quiet state at the steps that matter."""
        return quiet if self.short is None or quiet is None else quiet[:, self.short.kept]

    def holds(self, quiet: NDArray[np.bool_] | None) -> bool:
        """Whether a quiet state can be told on this axis."""
        return self.short is None or (quiet is not None and not (live_steps(self.net, quiet) & ~self.live).any())


def _lay_out(net: TimedNetwork, steps: int, quiet: NDArray[np.bool_] | None, live: NDArray[np.bool_] | None) -> _Axis:
    """A time axis for a quiet state, those a little earlier or later, and what else may be live."""
    everything = np.ones(steps, np.bool_)
    if quiet is None:
        return _Axis(net, steps, None, everything)
    around = np.ones(2 * (steps // _AROUND) + 1)
    wide = np.convolve(live_steps(net, quiet), around)[len(around) // 2 :][:steps] > 0
    wide |= live if live is not None else False
    short = shortened(net, steps, quiet, wide)
    return _Axis(net, steps, short, everything if short is None else wide)
