"""Choose the pauses: a good set of windows within the limits, and a proven ceiling on what any set could be worth."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.highs import cancel
from letup.lp.program import Rows
from letup.pauses.bound.all_quiet import EverythingQuiet, everything_quiet
from letup.pauses.bound.branching import Branching
from letup.pauses.bound.relaxation import Certificate, Master, best_relaxation, is_exact
from letup.pauses.certificates.all_quiet import QuietCertificate
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.choice import Choice
from letup.pauses.feasibility.conflicts import require_a_plan, require_a_window
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Limits, Window, check_limits, quiet_array
from letup.pauses.problem import Problem, weight_of
from letup.pauses.search.annealing import Annealing
from letup.pauses.search.checked_search import Refereed
from letup.pauses.search.guided_search import ROOT_LEVELS, Guided
from letup.pauses.search.quickest_paths import ways_of
from letup.pauses.search.surrogate import stand_in
from letup.pauses.search.surrogate_annealing import plain_windows
from letup.pauses.warm_up import compile_first
from letup.roads.timed_network import TimedNetwork

_SMALL = 800_000
"""Arcs times steps up to which candidates are computed exactly, thousands of them."""
_WAYS = 0.05
"""Share of the changes of a search on exact flows that open a whole way: without any it begins slowly."""
_HEAD, _HEAD_MOST = 0.07, 8.0
"""Share of the time, and seconds at most, for which a search on exact flows goes alone before the proof begins."""
_RELAXED = 5_000_000
"""Arcs times steps up to which there is a relaxation; beyond it would be so coarse that it brings nothing."""
_QUIET, _QUIET_LARGE, _REHEARSED = 30, 2, 60
"""Rounds of the bound for everything quiet, on small and on large networks, and before on a stand-in of the latter."""
_ROUNDS = 6
"""Rounds of search where nothing else says when to stop."""
_PROGRAMS, _ITERATIONS = 3_000, 200_000
"""Linear programs of the branching, and iterations of the simplex method, where nothing else says when to stop."""
_FEW = 200
"""Candidates of the search where branching can be expected to find the best windows itself."""
_ALONE = 5.0
"""Seconds that it is given for that, alone."""
_NODES = 50
"""Nodes of the branching for one round of search, where rounds are counted."""
_ROOT = 0.4
"""Share of the time for the root relaxation at most."""
_LOOK, _PATIENCE = 0.05, 1.0
"""Seconds between looks at whether the proof has ended, and how long it is waited for once it should."""
_EXACT = 1e-9
_CLOSE = 1e-6
"""Gap below which a choice counts as proven best: solvers work to tolerances."""


def choose_pauses(
    net: TimedNetwork,
    *,
    steps: int,
    step_minutes: int,
    start_hour: float = 0.0,
    limits: Limits,
    weight: NDArray[np.float64] | None = None,
    time_limit: float | None = 60.0,
    seed: int = 0,
    gap: float = 0.0,
    start: Sequence[Window] = (),
    margin: int = 0,
    rounds: int | None = None,
    bound: float = np.inf,
    progress: Callable[[float, float, float], None] | None = None,
    clock: Clock | None = None,
) -> Choice:
    """Choose windows within the limits so that the value of the flow through them is as large as possible.

    A search over windows finds good plans within seconds; a relaxation, tightened by reach cuts and by branching,
    bounds what any plan could be worth. Stops when the two meet (within ``gap``), when time is up, or on Ctrl-C,
    always with windows that keep to the limits.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps T.
    step_minutes : int
        Length of a step, minutes.
    start_hour : float
        Local hour at the start of step 0.
    limits : Limits
        What the parties insist on.
    weight : float64[T], optional
        Value of one arrival at each step, non-increasing; default 1 - 0.3 t / T.
    time_limit : float or None
        Seconds after which the best so far is returned, compiling not counted. None = until it is proven best, but
        where no ``rounds`` are given either, no longer than 3,000 linear programs (200,000 iterations of the simplex
        method) of branching and six rounds of search, one after the other: some problems of a few zones, too, would
        take minutes more, mostly where shelters are scarce. ``gap`` says what is left open.
    seed : int
        Seed of the search. Runs that are not cut off by time give the same windows for the same seed.
    gap : float
        Stop once (bound - value) / value is at most this.
    start : sequence of Window, optional
        Windows to begin from; ignored if they break the limits.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    rounds : int, optional
        Rounds of search after which to stop, with some branching on the smallest networks; the same windows and
        bound come out every time unless the time limit or somebody stops it first. None = until the gap is closed
        or time is up (see ``time_limit`` where there is none).
    bound : float
        A bound on the value that is proven already, if there is one.
    progress : callable, optional
        Called with seconds, value and bound whenever one of them improves.
    clock : Clock, optional
        The same steps on a clock that knows its time zone, where clocks are put forward or back during them.

    Raises
    ------
    NoPlan
        ``pauses.none`` with the reasons when no windows keep to the limits or none let anybody out.
    LetupError
        ``pauses.input`` when the weight or the limits do not fit the network.
    """
    weights = weight_of(weight, steps)
    check_limits(limits, net.zones, steps)
    clock = clock or Clock(steps, step_minutes, start_hour)
    require_a_window(limits, net.zones, clock)
    if time_limit is not None:
        compile_first(net.capacity.ndim, not is_small(net, steps))
    run = _Run(Problem(net, clock, limits, weights, margin), time_limit, seed, gap, rounds, progress)
    try:
        run.proved(bound)
        run.begin(start)
        run.improve()
    except KeyboardInterrupt:
        run.stopped = True
    run.finish()
    run.tidy()
    if run.value <= 0 and not limits.forced and not limits.frozen:
        require_a_plan(net, limits, clock)
    return run.choice()


def is_small(net: TimedNetwork, steps: int) -> bool:
    """Whether exact flows by the thousand can be afforded."""
    return net.arcs * steps <= _SMALL


class _Run:
    """One choice in the making: the best windows and the best bound so far."""

    def __init__(
        self,
        problem: Problem,
        time_limit: float | None,
        seed: int,
        gap: float,
        rounds: int | None,
        progress: Callable[[float, float, float], None] | None,
    ) -> None:
        self.problem, self.seed, self.gap, self.rounds, self.progress = problem, seed, gap, rounds, progress
        self.began = time.monotonic()
        self.deadline = self.began + (time_limit if time_limit is not None else np.inf)
        self.windows: list[Window] = []
        self.value = -1.0
        people = float(min(problem.net.supply.sum(), problem.net.shelter.sum()))
        self.bound = float(problem.weight[0]) * people if len(problem.weight) else 0.0
        self.trace: list[tuple[float, float, float]] = []
        self.certificate: Certificate | QuietCertificate | None = None
        self.master: Master | None = None
        self.branching: Branching | None = None
        self.until = np.inf  # when the search on exact flows has to make room
        self.stopped = self.ended = self.closed = False
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        # Waited for in place of the thread: before Python 3.13 a join cut short by Ctrl-C takes it for ended.
        self.thread_ended = threading.Event()
        self.rows = WindowRows(Rows(), problem.limits, problem.net.zones, problem.clock, problem.margin)
        self.search = Annealing(
            self.rows,
            problem.net.zones,
            problem.value,
            seed=self.seed,
            tell=lambda windows, _: self.found(windows),
            stop=lambda: min(self.left(), self.until - time.monotonic()) <= 0,
            ways=ways_of(problem.net, seed) if is_small(problem.net, problem.clock.steps) else (),
        )
        self.search.whole_ways = _WAYS
        self.guided = Guided(self.search, lambda: (self.windows, self.value), self.found, self.left)

    # What is known so far; both threads tell.

    def found(self, windows: list[Window]) -> float:
        """Take windows if they keep to the limits and are better; returns what they are worth."""
        value = self.problem.value(windows)
        if value > self.value + _EXACT * max(1.0, abs(self.value)) and self._keep(windows):
            with self.lock:
                if value > self.value and not self.closed:
                    self.windows, self.value = list(windows), value
                    self._note()
        return value

    def certified(self, certificate: Certificate | QuietCertificate) -> None:
        """Take a bound with its proof if it is better than the proven ones so far."""
        with self.lock:
            known = self.certificate.bound if self.certificate is not None else np.inf
            if certificate.bound < known and not self.closed:
                self.certificate = certificate
        self.proved(certificate.bound)

    def proved(self, bound: float) -> None:
        """Take a bound if it is better."""
        with self.lock:
            bound = max(bound, self.value)
            if bound < self.bound and not self.closed:
                self.bound = bound
                self._note()

    def left(self) -> float:
        """Seconds left; none once the gap is small enough or somebody asked to stop."""
        if self.stopped or self.bound <= self.value * (1 + max(self.gap, _CLOSE)) + _EXACT:
            return 0.0
        return self.deadline - time.monotonic()

    def _note(self) -> None:
        seconds = time.monotonic() - self.began
        if self.value >= 0:
            self.bound = max(self.bound, self.value)
            self.trace.append((seconds, self.value, self.bound))
            if self.progress is not None:
                self.progress(*self.trace[-1])

    def _keep(self, windows: Sequence[Window]) -> bool:
        problem = self.problem
        return not breaches(windows, problem.limits, problem.net.zones, problem.clock)

    # What is done, in order.

    def begin(self, start: Sequence[Window]) -> None:
        """Some windows that keep to the limits, at once."""
        problem = self.problem
        self.found(plain_windows(problem.limits, problem.net.zones, problem.clock))
        if start:
            self.found(sorted(start))

    def improve(self) -> None:
        """Search, and prove a bound: one after the other where that ends by itself, else beside each other."""
        problem = self.problem
        small = is_small(problem.net, problem.clock.steps)
        exact = is_exact(problem.net, problem.limits, problem.clock)
        patient = self.rounds is None and not np.isfinite(self.deadline)
        rounds = _ROUNDS if patient else self.rounds
        if small:
            self._everything_quiet(small)
        search = self.search
        if exact or rounds is not None:
            # In this order the same windows come out every time.
            if not small:
                self._everything_quiet(small)
                self._rehearse(rounds)
            if problem.net.arcs * problem.clock.steps <= _RELAXED:
                self._relax(small)
            if small:
                search.run(search.spans_of(self.windows) or [], 1 if exact else rounds, _FEW if exact else None)
            if rounds is not None:
                if patient:
                    self._branch(_PROGRAMS, _ITERATIONS)
                    if exact:
                        search.run(search.spans_of(self.windows) or [], rounds)
                elif exact:
                    self._branch(_NODES * rounds)
                self.ended = True
                return
        if small and not exact:
            # What it finds helps the proof, beside which it is several times slower.
            self.until = time.monotonic() + min(_HEAD * self.left(), _HEAD_MOST)
            search.run(search.spans_of(self.windows) or [])
            self.until = np.inf
        self.thread = threading.Thread(target=self._beside, args=(small,), daemon=True)
        self.thread.start()
        if exact:
            self.thread_ended.wait(max(min(_ALONE, self.left()), 0.0))
        if small:
            self.guided.run(lambda: self.branching, self.gap, self.thread_ended)
        else:
            self._rehearse(None)
        while not self.thread_ended.wait(_LOOK):
            pass

    def _relax(self, small: bool) -> None:
        """The root relaxation, and windows that it suggests."""
        problem = self.problem
        until = self.began + _ROOT * (self.deadline - self.began)
        self.master, certificate = best_relaxation(
            problem.net,
            problem.limits,
            problem.clock,
            problem.weight,
            problem.margin,
            lambda: min(self.left(), until - time.monotonic()),
            lambda master: self.proved(master.bound),
        )
        if certificate is not None:
            self.certified(certificate)
        if self.master is not None and small:
            self.guided.hint(self.master.values, ROOT_LEVELS)

    def _prove(self, small: bool) -> None:
        if not small:
            self._everything_quiet(small)
        if self.problem.net.arcs * self.problem.clock.steps > _RELAXED:
            return
        if self.master is None:
            self._relax(small)
        self._branch()

    def _beside(self, small: bool) -> None:
        """What the thread does."""
        try:
            self._prove(small)
        finally:
            self.thread_ended.set()

    def finish(self) -> None:
        """Wait for the proof to end, though not for long: nothing that it tells later is heard."""
        if self.thread is not None and not self.thread_ended.is_set():
            self.stopped = True
            until = time.monotonic() + _PATIENCE
            while not self.thread_ended.wait(_LOOK) and time.monotonic() < until:
                cancel(self.thread)
        certificate = self.branching.certificate() if self.branching is not None else None
        if certificate is not None:
            self.certified(certificate)
        with self.lock:
            self.closed = True

    def tidy(self) -> None:
        """Ask for no window without which nothing is lost."""
        search, spans = self.search, self.search.spans_of(self.windows)
        if spans is not None and is_small(self.problem.net, self.problem.clock.steps):
            search.best, search.best_value = spans, self.value
            search.tidy()
            self.windows = search.windows_of(search.best)

    def choice(self) -> Choice:
        """The best so far."""
        with self.lock:
            self._note()
        value, bound = self.value, max(self.bound, self.value)
        gap = (bound - value) / value if value > 0 else (0.0 if bound <= 0 else np.inf)
        quiet = quiet_array(self.windows, self.problem.net.zones, self.problem.clock.steps)
        complete = not self.stopped and (gap <= max(self.gap, _CLOSE) or self.ended)
        return Choice(
            sorted(self.windows), quiet, value, bound, float(gap), self.trace, complete, self.certificate, self.problem
        )

    def _branch(self, nodes: int | None = None, iterations: int | None = None) -> None:
        """Split the windows until nothing better than the best known is left, or what is given is used up."""
        if self.master is None or self.left() <= 0:
            return
        self.branching = Branching(
            self.master,
            seconds=self.left,
            best=lambda: (self.windows, self.value),
            found=self.found,
            proved=self.proved,
            hint=self.guided.hint,
        )
        self.branching.run(self.gap, nodes, iterations)

    def _everything_quiet(self, small: bool) -> None:
        problem = self.problem
        everything_quiet(
            problem.net,
            self.rows.usable,
            problem.weight,
            rounds=_QUIET if small else _QUIET_LARGE,
            more=self.left,
            tell=self.certified,
            rent=None if small else self._rents(),
        )

    def _rents(self) -> NDArray[np.float64]:
        """Rents of shelters under which few more people want into one than there is room, found on a stand-in."""
        problem, usable = self.problem, self.rows.usable
        like = stand_in([problem.net], usable, problem.weight, problem.margin, self.seed)
        quiet = EverythingQuiet(like.nets[0], usable[:, like.kept], like.weight)
        for _ in range(_REHEARSED):
            if quiet.settled or self.left() <= 0:
                break
            quiet.round()
        return quiet.rent

    def _rehearse(self, rounds: int | None) -> None:
        """Search on a stand-in."""
        refereed = Refereed(self.problem, self.seed, lambda: (self.windows, self.value), self.found, self.left)
        if rounds is None:
            refereed.run()
        else:
            refereed.run_rounds(rounds)
