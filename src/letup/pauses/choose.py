"""Choose the pauses: a good set of windows within the limits, and a proven ceiling on what any set could be worth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.highs import cancel
from letup.lp.program import LinearProgram
from letup.pauses.bound.all_quiet import AllQuietBound, bound_all_quiet
from letup.pauses.bound.branching import Branching
from letup.pauses.bound.relaxation import Relaxation, best_relaxation, is_exact
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.choice import Choice
from letup.pauses.feasibility.conflicts import require_a_plan, require_a_window
from letup.pauses.incumbent import PROVEN_GAP, FirstOf, Incumbent, Rounds, TimeLimit
from letup.pauses.limits import Limits, Window, check_limits, quiet_array
from letup.pauses.problem import Problem, weight_of
from letup.pauses.search.annealing import Annealing, AnnealingParameters, Spans
from letup.pauses.search.guided_search import GuidedSearch
from letup.pauses.search.quickest_paths import quickest_paths
from letup.pauses.search.surrogate import build_surrogate
from letup.pauses.search.surrogate_search import CheckedSearch, initial_windows
from letup.pauses.warm_up import compile_first
from letup.roads.timed_network import TimedNetwork


@dataclass(frozen=True)
class ChoiceParameters:
    """How `choose_pauses` shares its work out.

    Attributes
    ----------
    small : int
        Arcs times steps up to which candidates are computed exactly, thousands of them; above, on a surrogate.
    relaxed : int
        Arcs times steps up to which there is a relaxation; beyond it would be so coarse that it brings nothing.
    quiet_rounds, quiet_rounds_large, quiet_rounds_surrogate : int
        Rounds of the bound with every zone quiet: on small networks, on large ones, and on a surrogate of a large one
        before.
    rounds : int
        Rounds of search where nothing else says when to stop.
    programs, iterations : int
        Linear programs of the branching, and iterations of the simplex method, where nothing else says when to stop.
    programs_per_round : int
        Linear programs of the branching for one round of search, where rounds are counted.
    candidates_if_exact : int
        Candidates of the search where branching can be expected to find the best windows itself.
    seconds_alone : float
        Seconds that branching is given for that, alone.
    path_share : float
        Share of the changes of a search on exact flows that open a whole path: without any it begins slowly.
    head_start, head_start_seconds : float
        Share of the time, and seconds at most, for which a search on exact flows goes alone before the proof begins.
    root_share : float
        Share of the time for the root relaxation at most.
    seconds_between_looks, patience_seconds : float
        How often to look whether the proof has ended, and how long it is waited for once it should have.
    """

    small: int = 800_000
    relaxed: int = 5_000_000
    quiet_rounds: int = 30
    quiet_rounds_large: int = 2
    quiet_rounds_surrogate: int = 60
    rounds: int = 6
    programs: int = 3_000
    iterations: int = 200_000
    programs_per_round: int = 50
    candidates_if_exact: int = 200
    seconds_alone: float = 5.0
    path_share: float = 0.05
    head_start: float = 0.07
    head_start_seconds: float = 8.0
    root_share: float = 0.4
    seconds_between_looks: float = 0.05
    patience_seconds: float = 1.0


PARAMETERS = ChoiceParameters()


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
    problem = Problem(net, clock, limits, weights, margin)
    people = float(min(net.supply.sum(), net.shelter.sum()))
    incumbent = Incumbent(
        problem.value,
        allows=problem.allows,
        upper_bound=float(weights[0]) * people if len(weights) else 0.0,
        time_limit=time_limit,
        target_gap=gap,
        progress=progress,
    )
    choosing = _Choosing(problem, incumbent, time_limit, seed, rounds)
    try:
        incumbent.prove(bound)
        choosing.begin(start)
        choosing.improve()
    except KeyboardInterrupt:
        incumbent.interrupt()
    choosing.finish()
    choosing.tidy()
    if incumbent.value <= 0 and not limits.forced and not limits.frozen:
        require_a_plan(net, limits, clock)
    return choosing.choice()


def is_small(net: TimedNetwork, steps: int) -> bool:
    """Whether there is time for thousands of exact flows."""
    return net.arcs * steps <= PARAMETERS.small


def can_be_relaxed(net: TimedNetwork, steps: int) -> bool:
    """Whether there is a relaxation whose bound knows of the limits on all pauses together."""
    return net.arcs * steps <= PARAMETERS.relaxed


class _Choosing:
    """One choice in the making: who searches and who proves, in which order, on one incumbent."""

    def __init__(
        self, problem: Problem, incumbent: Incumbent, time_limit: float | None, seed: int, rounds: int | None
    ) -> None:
        net, steps = problem.net, problem.clock.steps
        self.problem, self.incumbent, self.seed, self.rounds = problem, incumbent, seed, rounds
        self.patient = rounds is None and time_limit is None
        self.root_limit = TimeLimit(None if time_limit is None else PARAMETERS.root_share * time_limit)
        self.small = is_small(net, steps)
        self.relaxation: Relaxation | None = None
        self.branching: Branching | None = None
        self.ended = False
        self.thread: threading.Thread | None = None
        # Waited for in place of the thread: before Python 3.13 a join cut short by Ctrl-C takes it for ended.
        self.proof_ended = threading.Event()
        self.rows = WindowRows(LinearProgram(), problem.limits, net.zones, problem.clock, problem.margin)
        self.annealing = Annealing(
            self.rows,
            net.zones,
            incumbent,
            seed=seed,
            paths=quickest_paths(net, seed) if self.small else (),
            parameters=AnnealingParameters(path_share=PARAMETERS.path_share),
        )
        self.guided = GuidedSearch(self.annealing, incumbent)

    # What is done, in order.

    def begin(self, start: Sequence[Window]) -> None:
        """Some windows that keep to the limits, at once."""
        problem = self.problem
        self.incumbent.offer(initial_windows(problem.limits, problem.net.zones, problem.clock))
        if start:
            self.incumbent.offer(sorted(start))

    def improve(self) -> None:
        """Search, and prove a bound: one after the other where that ends by itself, else beside each other."""
        exact = is_exact(self.problem.net, self.problem.limits, self.problem.clock)
        if self.small:
            self._bound_everything_quiet()
        if self.rounds is not None or self.patient:
            self._improve_in_order(PARAMETERS.rounds if self.rounds is None else self.rounds, exact)
            self.ended = True
        else:
            self._improve_side_by_side(exact)

    def _improve_in_order(self, rounds: int, exact: bool) -> None:
        """Search and proof in such an order that the same windows come out every time."""
        if not self.small:
            self._bound_everything_quiet()
            CheckedSearch(self.problem, self.incumbent, self.seed).run_rounds(rounds)
        elif not exact:
            # The proof takes several times longer, and nothing is left to prove where this reaches the ceiling.
            self._anneal(1, few=True)
        self._relax()
        if self.small:
            self._anneal(1 if exact else rounds, few=exact)
        if self.patient:
            self._branch(PARAMETERS.programs, PARAMETERS.iterations)
            if exact and self.small:
                self._anneal(rounds)
        elif exact:
            self._branch(PARAMETERS.programs_per_round * rounds)

    def _improve_side_by_side(self, exact: bool) -> None:
        """The proof in a thread of its own, and the search beside it."""
        if exact:
            self._relax()
            if self.small:
                self._anneal(1, few=True)
        elif self.small:
            # What it finds helps the proof, beside which it is several times slower.
            seconds = min(PARAMETERS.head_start * self.incumbent.seconds_left(), PARAMETERS.head_start_seconds)
            self.annealing.run(self._spans(), FirstOf(self.incumbent, TimeLimit(seconds)))
        self.thread = threading.Thread(target=self._prove, daemon=True)
        self.thread.start()
        if exact:
            self.proof_ended.wait(max(min(PARAMETERS.seconds_alone, self.incumbent.seconds_left()), 0.0))
        if self.small:
            self.guided.run(lambda: self.branching, self.proof_ended)
        else:
            CheckedSearch(self.problem, self.incumbent, self.seed).run()
        while not self.proof_ended.wait(PARAMETERS.seconds_between_looks):
            pass

    def finish(self) -> None:
        """Wait for the proof to end, though not for long: nothing that it tells later is heard."""
        if self.thread is not None and not self.proof_ended.is_set():
            self.incumbent.interrupt()
            patience = TimeLimit(PARAMETERS.patience_seconds)
            while not self.proof_ended.wait(PARAMETERS.seconds_between_looks) and not patience.met:
                cancel(self.thread)
        certificate = self.branching.certificate() if self.branching is not None else None
        if certificate is not None:
            self.incumbent.certify(certificate)
        self.incumbent.close()

    def tidy(self) -> None:
        """Ask for no window without which nothing is lost."""
        annealing, spans = self.annealing, self._spans()
        if spans is not None and self.small:
            annealing.best, annealing.best_value = spans, self.incumbent.value
            annealing.tidy()
            self.incumbent.replace(annealing.windows_of(annealing.best))

    def choice(self) -> Choice:
        """The best so far."""
        incumbent = self.incumbent
        incumbent.note()
        gap = incumbent.gap
        proven = gap <= max(incumbent.target_gap, PROVEN_GAP)
        return Choice(
            sorted(incumbent.windows),
            quiet_array(incumbent.windows, self.problem.net.zones, self.problem.clock.steps),
            incumbent.value,
            max(incumbent.upper_bound, incumbent.value),
            gap,
            incumbent.trace,
            not incumbent.interruption.interrupted and (proven or self.ended),
            incumbent.certificate,
            self.problem,
        )

    # The searches.

    def _spans(self) -> Spans | None:
        """The best windows as spans; None if they do not fit the slots."""
        return self.annealing.spans_of(self.incumbent.windows)

    def _anneal(self, rounds: int, few: bool = False) -> None:
        """Rounds of annealing from the best windows; with few candidates each where branching will do better."""
        parameters = self.annealing.parameters
        if few:
            parameters = replace(parameters, candidates=PARAMETERS.candidates_if_exact)
        self.annealing.run(self._spans(), FirstOf(self.incumbent, Rounds(rounds)), parameters)

    # The proofs.

    def _prove(self) -> None:
        """What the thread beside the search does."""
        try:
            if not self.small:
                self._bound_everything_quiet()
            if self.relaxation is None:
                self._relax()
            self._branch()
        finally:
            self.proof_ended.set()

    def _relax(self) -> None:
        """The root relaxation, and windows that it suggests."""
        if not can_be_relaxed(self.problem.net, self.problem.clock.steps):
            return
        self.relaxation = best_relaxation(self.problem, self.incumbent, FirstOf(self.incumbent, self.root_limit))
        if self.relaxation is not None and self.small:
            self.guided.hint_root(self.relaxation.values)

    def _branch(self, programs: int | None = None, iterations: int | None = None) -> None:
        """Split the windows until nothing better than the best known is left, or what is given is used up."""
        if self.relaxation is None or self.incumbent.met:
            return
        self.branching = Branching(self.relaxation, self.incumbent, on_point=self.guided.hint)
        self.branching.run(programs=programs, iterations=iterations)

    def _bound_everything_quiet(self) -> None:
        """The bound with every zone quiet whenever the limits allow."""
        certificates = bound_all_quiet(
            self.problem.net,
            self.rows.usable,
            self.problem.weight,
            rounds=PARAMETERS.quiet_rounds if self.small else PARAMETERS.quiet_rounds_large,
            stop=self.incumbent,
            multipliers=None if self.small else self._shelter_multipliers(),
        )
        for certificate in certificates:
            self.incumbent.certify(certificate)

    def _shelter_multipliers(self) -> NDArray[np.float64]:
        """Prices of shelters at which few more people want into one than there is room, found on a surrogate."""
        problem, usable = self.problem, self.rows.usable
        surrogate = build_surrogate([problem.net], usable, problem.weight, problem.margin, self.seed)
        quiet = AllQuietBound(surrogate.nets[0], usable[:, surrogate.kept], surrogate.weight)
        for _ in range(PARAMETERS.quiet_rounds_surrogate):
            if quiet.settled or self.incumbent.met:
                break
            quiet.round()
        return quiet.multipliers
