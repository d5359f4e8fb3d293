"""Search on a surrogate, for networks on which one exact flow takes seconds to minutes.

Simulated annealing needs values by the hundred, which a small network gives that behaves much like the large one. What
it finds is checked exactly, and the surrogate corrected where it promised too much.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.program import LinearProgram
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.feasibility.window_milp import Undecided, find_windows
from letup.pauses.incumbent import FirstOf, Incumbent, Rounds, StoppingCriterion, TimeLimit
from letup.pauses.limits import Limits, Window
from letup.pauses.problem import Problem
from letup.pauses.search.annealing import Annealing, AnnealingParameters
from letup.pauses.search.quickest_paths import quickest_paths
from letup.pauses.search.surrogate import build_surrogate
from letup.roads.timed_network import TimedNetwork

_AT_FIRST = AnnealingParameters(temperature=0.005, restart_every=None, path_share=0.8, parallel=2)
"""Cold, as few sets of windows can be tried, and mostly along whole paths, as little is open yet."""
_LATER = replace(_AT_FIRST, path_share=0.4)


class SurrogateAnnealing:
    """Annealing over windows on a surrogate.

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
    progress : callable, optional
        Called with what windows are worth on the surrogate, whenever better ones are found.
    worth : callable, optional
        What windows are worth that have a value on the surrogate, where more counts than that.
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
        progress: Callable[[float], object] | None = None,
        worth: Callable[[Sequence[Window], float], float] | None = None,
    ) -> None:
        self.rows = WindowRows(LinearProgram(), limits, nets[0].zones, clock, margin)
        self.surrogate = build_surrogate(nets, self.rows.usable, weight, margin, seed)
        largest = max(self.surrogate.nets, key=lambda net: int(net.supply.sum()))

        def evaluate(windows: Sequence[Window]) -> float:
            value = self.surrogate.value(windows)
            return value if worth is None else worth(windows, value)

        def tell(*_: float) -> None:
            if progress is not None:
                progress(self.surrogate.value(self.incumbent.windows))

        self.incumbent = Incumbent(evaluate, progress=tell)
        self.annealing = Annealing(
            self.rows,
            nets[0].zones,
            self.incumbent,
            seed=seed,
            paths=quickest_paths(largest, seed),
            parameters=_AT_FIRST,
        )

    def run(self, stop: StoppingCriterion, start: Sequence[Window] = (), *, candidates: int | None = None) -> None:
        """Anneal from given windows, if they keep the limits, until told to stop.

        Parameters
        ----------
        stop : StoppingCriterion
            When to end; asked before each change.
        start : sequence of Window
            The windows to begin from.
        candidates : int, optional
            Candidates of each round, if not the usual number.
        """
        spans = self.annealing.spans_of(start)
        if spans is None or not self.annealing.keeps(spans):
            spans = self.annealing.spans_of(initial_windows(self.rows.limits, self.annealing.zones, self.rows.clock))
        parameters = _AT_FIRST if candidates is None else replace(_AT_FIRST, candidates=candidates)
        self.annealing.run(spans, stop, parameters)
        self.annealing.tidy()

    def resume(self, stop: StoppingCriterion) -> None:
        """Go on from where `run`, or the last `resume`, ended."""
        self.annealing.resume(stop, _LATER)
        self.annealing.tidy()

    def correct(self, windows: Sequence[Window], value: float, best: Sequence[Window], best_value: float) -> None:
        """Learn what windows found are really worth; go on from the best known if they are worth less.

        Parameters
        ----------
        windows, value : sequence of Window, float
            Windows that were found, and what they are worth.
        best, best_value : sequence of Window, float
            The best windows known, and what they are worth.
        """
        spans = self.annealing.spans_of(best) if value < best_value else None
        if spans is not None:
            self.annealing.best, windows, value = spans, best, best_value
        self.surrogate.fit(windows, value)
        self.annealing.best_value = self.surrogate.value(self.windows)

    @property
    def windows(self) -> list[Window]:
        """The best windows so far."""
        return self.annealing.windows_of(self.annealing.best) if self.annealing.best else []


def initial_windows(limits: Limits, zones: int, clock: Clock) -> list[Window]:
    """Some windows that keep to the limits: none, unless some are asked for."""
    if not limits.forced and not limits.frozen:
        return []
    try:
        return list(find_windows(limits, zones, clock) or [])
    except Undecided:
        return list(limits.frozen)


@dataclass(frozen=True)
class CheckedParameters:
    """How the time of a search on a surrogate is shared with exact flows.

    Attributes
    ----------
    share_before_first : float
        Share of the time for the search before anything is computed exactly.
    reserve : float
        Time kept for the last exact flow, as a share of what one took beside the search: alone it mostly takes half
        of it, but what is worth more takes longer.
    seconds_between_looks : float
        How often to look whether an exact flow that is waited for has ended.
    """

    share_before_first: float = 0.1
    reserve: float = 1.1
    seconds_between_looks: float = 0.05


class CheckedSearch:
    """Search on a surrogate, and beside it what it finds, computed exactly, from which the surrogate learns.

    On a large network one exact flow takes up to minutes. It has a thread of its own while the search goes on, so that
    something is known early, no time is lost with waiting, and the last one ends in time.

    Parameters
    ----------
    problem : Problem
        What windows are chosen for.
    incumbent : Incumbent
        Is offered what was found, also from another thread, and says when to stop.
    seed : int
        Seed of the search.
    """

    def __init__(self, problem: Problem, incumbent: Incumbent, seed: int) -> None:
        self.incumbent, self.parameters = incumbent, CheckedParameters()
        self._reserve = _ReserveForFlow(incumbent, self.parameters.reserve)
        self._search = SurrogateAnnealing(
            [problem.net], problem.limits, problem.clock, problem.weight, margin=problem.margin, seed=seed
        )

    def run(self) -> None:
        """Search, round by round, until there is just time left for another exact flow.

        Where not even the first has ended when time is up, it is waited for: nothing would be known.
        """
        incumbent, search = self.incumbent, self._search
        try:
            first = TimeLimit(self.parameters.share_before_first * incumbent.seconds_left())
            search.run(FirstOf(first, self._reserve), incumbent.windows)
            flow = self._compute_exactly()
            while search.annealing.open and not self._reserve.met:
                search.resume(FirstOf(Rounds(1), self._reserve))
                if flow.ended.is_set():
                    search.correct(flow.windows, flow.value(), *incumbent.best)
                    if self._is_new(flow):
                        flow = self._compute_exactly()
            if self._reserve.seconds and self._is_new(flow):
                flow = self._compute_exactly()
            while not flow.ended.wait(self.parameters.seconds_between_looks):
                if incumbent.met and incumbent.value > 0:
                    break
            if flow.ended.is_set():
                flow.value()
        except KeyboardInterrupt:
            # What was found is only worth something once some of it is known exactly.
            if incumbent.value <= 0:
                incumbent.offer(search.windows)
            raise

    def run_rounds(self, rounds: int) -> None:
        """Search so many rounds, each after the windows of the one before were computed exactly."""
        incumbent, search = self.incumbent, self._search
        search.run(FirstOf(Rounds(1), self._reserve), incumbent.windows)
        for number in range(rounds + 1):
            began, windows = time.monotonic(), search.windows
            search.correct(windows, incumbent.offer(windows), *incumbent.best)
            if number == rounds:
                return
            if incumbent.seconds_left() <= self.parameters.reserve * (time.monotonic() - began):
                return
            search.resume(FirstOf(Rounds(1), self._reserve))

    def _compute_exactly(self) -> _ExactValue:
        """Begin to compute exactly what the best windows are worth."""
        self._reserve.flow = _ExactValue(self.incumbent, self._search.windows)
        return self._reserve.flow

    def _is_new(self, last: _ExactValue) -> bool:
        """Whether the best windows are neither those computed last nor known already."""
        return self._search.windows not in (last.windows, self.incumbent.windows)


class _ReserveForFlow(StoppingCriterion):
    """Until there is just time left for another exact flow, by what the last one took."""

    def __init__(self, incumbent: Incumbent, share: float) -> None:
        self.incumbent, self.share = incumbent, share
        self.flow: _ExactValue | None = None
        self.seconds = 0.0

    def seconds_left(self) -> float:
        """Seconds until then."""
        if self.flow is not None and self.flow.ended.is_set():
            self.seconds = self.flow.seconds
        return self.incumbent.seconds_left() - self.share * self.seconds


class _ExactValue:
    """What windows are worth, computed in a thread that nobody has to wait for."""

    def __init__(self, incumbent: Incumbent, windows: list[Window]) -> None:
        self.windows = windows
        self.ended = threading.Event()
        self.seconds = math.inf
        self._value: float | BaseException = math.nan
        threading.Thread(target=self._compute, args=(incumbent,), daemon=True).start()

    def _compute(self, incumbent: Incumbent) -> None:
        began = time.monotonic()
        try:
            self._value = incumbent.offer(self.windows)
        except BaseException as error:
            self._value = error
        self.seconds = time.monotonic() - began
        self.ended.set()

    def value(self) -> float:
        """The value; whatever went wrong is raised here."""
        if isinstance(self._value, BaseException):
            raise self._value
        return self._value
