"""Choose the pauses of a scenario: the one way for a plan, for several searches, for frontiers and trade-offs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from letup.core.errors import NoPlan
from letup.lp.program import LinearProgram
from letup.pauses.bound.all_quiet import cut_all_quiet
from letup.pauses.bound.leaf_worths import with_leaf_worths
from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.choice import Choice
from letup.pauses.choose import can_be_relaxed, choose_pauses, is_small
from letup.pauses.incumbent import FirstOf, Incumbent, Rounds, TimeLimit
from letup.pauses.limits import Window, margin_steps
from letup.pauses.problem import Problem
from letup.pauses.search.annealing import Annealing
from letup.pauses.search.surrogate_search import SurrogateAnnealing, initial_windows
from letup.pauses.warm_up import compile_first
from letup.plan.planner.instance import Instance
from letup.plan.planner.weighed_objective import WeighedObjective
from letup.plan.search_network import LATE, SearchNetwork, people_weight, search_network
from letup.roads.timed_network import TimedNetwork

_PEOPLE_FIRST, _PEOPLE_ASIDE = 0.5, 0.1
"""Share of the time for pauses that are best for people alone, and for their bound, which holds for all: where more
counts, and the same where people have no weight."""
_PROOF = 0.5
"""The same on a large network where people alone count."""
_CANDIDATES = 160
"""Sets of pauses tried on the surrogate where no time is given for more."""


@dataclass(frozen=True)
class PauseChoice:
    """The pauses chosen, and what is proven of all others.

    Attributes
    ----------
    windows : tuple of Window
        The pauses, by zone and time.
    people : float
        Who get out, as the search counts people; see `letup.plan.search_network.SearchNetwork`.
    people_bound : float
        Proven: no pauses within the limits let more out, counted that way; infinite where nothing is proven.
    ceiling : int
        Proven: no pauses within the limits let more people out when the groups move.
    complete : bool
        False if the search was stopped before its end.
    certificate : Certificate, AllQuietCertificate or None
        What proves the ceiling; None where that of the instance is as low.
    """

    windows: tuple[Window, ...]
    people: float
    people_bound: float
    ceiling: int
    complete: bool
    certificate: Certificate | AllQuietCertificate | None = None


def choose(
    instance: Instance,
    *,
    time_limit: float | None = None,
    seed: int = 0,
    start: Sequence[Window] = (),
    objective: WeighedObjective | None = None,
    progress: Callable[[float, int], None] | None = None,
) -> PauseChoice:
    """Choose pauses within the limits of an instance.

    On a small network `letup.pauses.choose_pauses` finds the best for people and bounds what any could do; where
    need met counts as well, a second search goes on from there. On a large one the search goes over a surrogate, on
    which the groups move one after the other; where there is time, and the network is not too large for it,
    `choose_pauses` goes on from there and proves a bound, and of both results the better is kept, weighed with the
    groups moved.

    Parameters
    ----------
    instance : Instance
        What is planned for.
    time_limit : float or None
        Seconds for the search, compiling not counted; None = one short search.
    seed : int
        Seed of the search. Searches that time does not end give the same pauses for the same seed.
    start : sequence of Window, optional
        Pauses to begin from.
    objective : WeighedObjective, optional
        What the pauses are chosen for, where that is more than people.
    progress : callable, optional
        Called with the people of the best pauses so far, as the search counts them, and the ceiling so far.

    Raises
    ------
    NoPlan
        ``pauses.none`` where nothing within the limits lets anybody out.
    """
    search = _Search(instance, time_limit, seed, start, objective, progress)
    return search.on_exact_flows() if search.small else search.on_surrogate()


class _Search:
    """One search for pauses."""

    def __init__(
        self,
        instance: Instance,
        time_limit: float | None,
        seed: int,
        start: Sequence[Window],
        objective: WeighedObjective | None,
        progress: Callable[[float, int], None] | None,
    ) -> None:
        self.instance, self.seed, self.start, self.objective = instance, seed, tuple(start), objective
        self.progress, self.time_limit, self.clock = progress, time_limit, instance.clock
        self.network: SearchNetwork = search_network(instance.scenario, instance.timed)
        self.net, steps = self.network.net, instance.clock.steps
        self.small = is_small(self.net, steps)
        self.weight = people_weight(steps)
        self.margin = margin_steps(instance.scenario)
        if time_limit is not None:
            compile_first(self.net.capacity.ndim, not self.small)
        self.limit = TimeLimit(time_limit)
        self.cut = cut_all_quiet(self.network.widest, instance.usable, np.ones(steps))
        self.highest = min(self.network.all_quiet_ceiling(self.cut.bound), instance.people_ceiling)

    def on_exact_flows(self) -> PauseChoice:
        """Search with exact flows for people first, then for all that counts."""
        share = 1.0 if self.objective is None else self._share_for_people(self.objective)
        choice = self._choose_for_people(self.start, None if self.time_limit is None else share * self.time_limit)
        if self.objective is None:
            assert choice is not None
            return self._result(choice.windows, choice.value, choice, complete=choice.complete)
        problem = Problem(self.net, self.clock, self.instance.limits, self.weight, self.margin)
        begin = choice.windows if choice is not None else list(self.start)
        windows, ended = self._weigh(problem, begin, self.objective)
        complete = choice.complete if choice is not None else True
        return self._result(windows, problem.value(windows), choice, complete=complete and ended)

    def on_surrogate(self) -> PauseChoice:
        """Search on a surrogate, then prove, if there is time and the network allows it."""
        proof = 0.0
        if self.time_limit is not None and can_be_relaxed(self.net, self.clock.steps):
            proof = _PROOF if self.objective is None else self._share_for_people(self.objective)
        stop = TimeLimit(None if self.time_limit is None else (1 - proof) * self.time_limit)
        # All as fast as most of them first, which takes little time; then one after the other, as in the plan.
        start: Sequence[Window] = self.start
        annealing, complete = self._annealing([self.net]), self.time_limit is None
        try:
            annealing.run(FirstOf(Rounds(1), stop), start, candidates=_CANDIDATES)
            if self.time_limit is not None and not stop.met:
                start = annealing.windows
                annealing = self._annealing(self.network.by_group)
                annealing.run(FirstOf(Rounds(1), stop), start, candidates=_CANDIDATES)
                annealing.resume(stop)
        except KeyboardInterrupt:
            proof, complete = 0.0, False
        windows = annealing.windows or list(start)
        choice: Choice | None = None
        people = annealing.surrogate.value(windows)
        if proof:
            choice = self._choose_for_people(windows, self.limit.seconds_left())
            if choice is not None:
                complete = choice.complete and self.objective is None
                if sorted(choice.windows) != sorted(windows) and self._worth(choice.windows) > self._worth(windows):
                    windows, people = choice.windows, choice.value
        bound = choice.bound if choice is not None else math.inf
        return self._result(windows, min(people, bound), choice, complete=complete)

    def _annealing(self, nets: Sequence[TimedNetwork]) -> SurrogateAnnealing:
        """A search on a surrogate of networks."""
        return SurrogateAnnealing(
            nets,
            self.instance.limits,
            self.clock,
            self.weight,
            margin=self.margin,
            seed=self.seed,
            progress=self._tell,
            worth=self.objective.worth if self.objective is not None else None,
        )

    def _share_for_people(self, objective: WeighedObjective) -> float:
        """Share of the time for people alone where more counts."""
        return _PEOPLE_FIRST if objective.people else _PEOPLE_ASIDE

    def _choose_for_people(self, start: Sequence[Window], seconds: float | None) -> Choice | None:
        """Pauses for people alone, with a bound; None if nobody gets out but trucks may get in."""
        instance = self.instance
        try:
            return choose_pauses(
                self.net,
                steps=self.clock.steps,
                step_minutes=self.clock.step_minutes,
                start_hour=self.clock.start_hour,
                clock=self.clock,
                limits=instance.limits,
                weight=self.weight,
                time_limit=seconds,
                rounds=1 if seconds is None else None,
                gap=LATE,
                bound=float(instance.people_ceiling),
                seed=self.seed,
                start=start,
                margin=self.margin,
                progress=lambda _, value, bound: self._tell(value, bound),
            )
        except NoPlan:
            if self.objective is None:
                raise
            return None

    def _weigh(self, problem: Problem, begin: list[Window], objective: WeighedObjective) -> tuple[list[Window], bool]:
        """Windows for all that counts, beginning with given ones; False if the search did not end by itself."""
        limits, zones = problem.limits, problem.net.zones
        rows = WindowRows(LinearProgram(), limits, zones, problem.clock, problem.margin)
        incumbent = Incumbent(lambda windows: objective.worth(windows, problem.value(windows)))
        search = Annealing(rows, zones, incumbent, seed=self.seed)
        spans = search.spans_of(begin or initial_windows(limits, zones, problem.clock))
        if spans is None:
            return begin, False
        stopped = False
        try:
            search.run(spans, Rounds(1) if self.time_limit is None else self.limit)
        except KeyboardInterrupt:
            stopped = True
        search.tidy()
        return search.windows_of(search.best), not stopped and self.time_limit is None

    def _worth(self, windows: Sequence[Window]) -> float:
        """What pauses are worth by what they are chosen for, with the groups moved."""
        people = self.instance.people_out(windows)
        return float(people) if self.objective is None else self.objective.worth(windows, people)

    def _tell(self, people: float, bound: float = math.inf) -> None:
        if self.progress is not None:
            self.progress(people, self.network.ceiling(bound, self.highest))

    def _result(
        self, windows: Sequence[Window], people: float, choice: Choice | None, *, complete: bool
    ) -> PauseChoice:
        """The windows with what is proven of all others; the ceiling is what a certificate proves."""
        ceiling = self.highest
        proof: Certificate | AllQuietCertificate | None = self.cut if ceiling < self.instance.people_ceiling else None
        if choice is not None and isinstance(choice.certificate, Certificate) and choice.problem is not None:
            certificate = with_leaf_worths(choice.problem, choice.certificate)
            proven = self.network.ceiling(certificate.bound, ceiling)
            if proven < ceiling:
                ceiling, proof = proven, certificate
        bound = choice.bound if choice is not None else math.inf
        return PauseChoice(tuple(sorted(windows)), people, bound, ceiling, complete, proof)
