"""Search on a stand-in, for networks on which one exact flow takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.program import Rows
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.feasibility.window_milp import Undecided, find_windows
from letup.pauses.limits import Limits, Window
from letup.pauses.search.annealing import Annealing
from letup.pauses.search.quickest_paths import ways_of
from letup.pauses.search.surrogate import stand_in
from letup.roads.timed_network import TimedNetwork

_WARM = 0.005
"""Temperature of the search: low, as few sets of windows can be tried."""
_AT_ONCE = 2
"""Candidates computed beside each other."""
_WAYS = (0.8, 0.4)
"""Share of the changes that open a whole way, at first, when little is open yet, and later."""


class Rehearsal:
    """Annealing over windows on a stand-in.

    Parameters
    ----------
    nets : sequence of TimedNetwork
        Networks with the same arcs, for people of different speeds; those who go first come first.
    limits : Limits
        What the parties insist on.
    clock : Clock
        What the steps mean.
    weight : float64[T]
        Value of one arrival at each step.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    seed : int
        The same seed gives the same windows, as far as time lets it go.
    stop : callable
        Whether to stop; asked before each change.
    progress : callable, optional
        Called with windows and their worth, about, whenever they got better.
    worth : callable, optional
        What windows are worth that have a value on the stand-in, where more counts than that.
    """

    def __init__(
        self,
        nets: Sequence[TimedNetwork],
        limits: Limits,
        clock: Clock,
        weight: NDArray[np.float64],
        *,
        margin: int = 0,
        seed: int = 0,
        stop: Callable[[], bool],
        progress: Callable[[list[Window], float], object] | None = None,
        worth: Callable[[list[Window], float], float] | None = None,
    ) -> None:
        self.rows = WindowRows(Rows(), limits, nets[0].zones, clock, margin)
        self.stand_in = stand_in(nets, self.rows.usable, weight, margin, seed)
        largest = max(self.stand_in.nets, key=lambda net: int(net.supply.sum()))
        self.search = Annealing(
            self.rows,
            nets[0].zones,
            self.stand_in.value if worth is None else lambda windows: worth(windows, self.stand_in.value(windows)),
            seed=seed,
            tell=progress or (lambda *_: None),
            stop=stop,
            ways=ways_of(largest, seed),
            warm=_WARM,
            at_once=_AT_ONCE,
        )

    def run(self, start: Sequence[Window] = (), *, rounds: int | None = 1, candidates: int | None = None) -> None:
        """Anneal from given windows, if they keep the limits, until told to stop or rounds are over."""
        spans = self.search.spans_of(list(start))
        if spans is None or not self.search.keeps(spans):
            spans = self.search.spans_of(plain_windows(self.rows.limits, self.search.zones, self.rows.clock)) or []
        self.search.whole_ways = _WAYS[0]
        self.search.restarts = False
        self.search.run(spans, rounds, candidates)
        self.search.tidy()

    def resume(self, rounds: int | None = None) -> None:
        """Go on from where `run`, or the last `resume`, ended."""
        self.search.whole_ways = _WAYS[1]
        self.search.resume(rounds)
        self.search.tidy()

    def correct(self, windows: Sequence[Window], value: float, best: Sequence[Window], best_value: float) -> None:
        """Learn what windows found are really worth; go on from the best known if they are worth less.

        Parameters
        ----------
        windows, value : sequence of Window, float
            Windows that were found, and what they are worth.
        best, best_value : sequence of Window, float
            The best windows known, and what they are worth.
        """
        spans = self.search.spans_of(list(best)) if value < best_value else None
        if spans is not None:
            self.search.best, windows, value = spans, best, best_value
        self.stand_in.fit(windows, value)
        self.search.best_value = self.stand_in.value(self.windows)

    @property
    def windows(self) -> list[Window]:
        """The best windows so far."""
        return self.search.windows_of(self.search.best) if self.search.best else []


def plain_windows(limits: Limits, zones: int, clock: Clock) -> list[Window]:
    """Some windows that keep to the limits: none, unless some are asked for."""
    if not limits.forced and not limits.frozen:
        return []
    try:
        return list(find_windows(limits, zones, clock) or [])
    except Undecided:
        return list(limits.frozen)
