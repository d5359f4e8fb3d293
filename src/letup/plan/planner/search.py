"""The one network on which pauses are searched, and how it counts the people of all groups."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.core.errors import NoPlan
from letup.lp.program import LinearProgram
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.choose import choose_pauses, is_small
from letup.pauses.incumbent import FirstOf, Incumbent, Rounds, TimeLimit
from letup.pauses.limits import Limits, Window
from letup.pauses.problem import Problem
from letup.pauses.search.annealing import Annealing
from letup.pauses.search.surrogate_search import SurrogateAnnealing, initial_windows
from letup.plan.discretise import margin_steps
from letup.plan.modes import by_mode
from letup.plan.objectives import Joint
from letup.roads.network import Timed
from letup.roads.timed_network import TimedNetwork
from letup.scenario.model import Scenario

_PEOPLE_FIRST, _PEOPLE_ASIDE = 0.5, 0.1
"""Share of the time for pauses that are best for people alone, where more counts: their bound holds for all. The same
where people have no weight."""
_CANDIDATES = 160
"""Sets of pauses tried on a surrogate where no time is given for more."""
LATE = 1e-3
"""By how much less somebody counts who arrives in the last step: so little that values are counts of people."""


def searched(scenario: Scenario, timed: list[Timed]) -> TimedNetwork:
    """The network that pauses are searched on: the mode with most people, at its largest group's speed."""
    members = _largest_mode(scenario, timed)
    largest = max(members, key=lambda t: int(t.supply.sum()))
    supply = np.sum([t.supply for t in members], axis=0)
    return TimedNetwork(
        largest.tail,
        largest.head,
        largest.transit,
        largest.capacity,
        supply,
        largest.shelter,
        largest.wait,
        largest.zone,
    )


def choose(
    scenario: Scenario,
    timed: list[Timed],
    clock: Clock,
    limits: Limits,
    seconds: float | None,
    seed: int,
    most: int,
    progress: Callable[[float, float], None],
    joint: Joint | None = None,
) -> tuple[list[Window], bool]:
    """Choose the pauses of a scenario.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    timed : list of Timed
        The network of each group.
    clock, limits
        What the steps mean, and what the parties insist on.
    seconds : float or None
        Time for the search; None = as long as it is sure to be worth it.
    seed : int
        Seed of the search.
    most : int
        People whom no pauses can let out more than.
    progress : callable
        Called with the people of the best windows so far, and the most that any windows could let out.
    joint : Joint, optional
        What counts beside people.

    Returns
    -------
    list of Window
        The pauses.
    bool
        False if the search was stopped before its end.
    """
    ends = time.monotonic() + seconds if seconds is not None else math.inf
    net, _, others = counted(scenario, timed)
    # Hardly anything is given up for arriving early, so that values are counts of people.
    weight = 1 - LATE * np.arange(clock.steps) / clock.steps
    margin = margin_steps(scenario)
    if not is_small(net, clock.steps):
        return _searched_on_surrogate(scenario, timed, clock, limits, weight, seconds, seed, progress, joint)

    def tell(_: float, value: float, bound: float) -> None:
        # Nobody counts for less than 1 - LATE.
        progress(value, bound / (1 - LATE) + others if others is not None else np.inf)

    first = 1.0 if joint is None else _PEOPLE_FIRST if joint.people else _PEOPLE_ASIDE
    found: list[Window] = []
    complete = True
    try:
        choice = choose_pauses(
            net,
            steps=clock.steps,
            step_minutes=clock.step_minutes,
            start_hour=clock.start_hour,
            clock=clock,
            limits=limits,
            weight=weight,
            time_limit=seconds if seconds is None else first * seconds,
            rounds=1 if seconds is None else None,
            gap=LATE,
            bound=float(most),
            seed=seed,
            margin=margin,
            progress=tell,
        )
        found, complete = choice.windows, choice.complete
    except NoPlan:
        if joint is None:
            raise  # else trucks may get in where nobody gets out
    if joint is None:
        return found, complete
    found, ended = _weighed(Problem(net, clock, limits, weight, margin), found, joint, ends, seed)
    return found, complete and ended


def _weighed(problem: Problem, begin: list[Window], joint: Joint, ends: float, seed: int) -> tuple[list[Window], bool]:
    """Windows for all that counts, beginning with those for people; False if the search did not end by itself."""
    rows = WindowRows(LinearProgram(), problem.limits, problem.net.zones, problem.clock, problem.margin)
    stop = TimeLimit(ends - time.monotonic())
    incumbent = Incumbent(lambda windows: joint.worth(list(windows), problem.value(windows)))
    search = Annealing(rows, problem.net.zones, incumbent, seed=seed)
    spans = search.spans_of(begin or initial_windows(problem.limits, problem.net.zones, problem.clock))
    if spans is None:
        return begin, False
    stopped = False
    try:
        search.run(spans, stop if math.isfinite(ends) else Rounds(1))
    except KeyboardInterrupt:
        stopped = True
    search.tidy()
    return search.windows_of(search.best), not stopped and not math.isfinite(ends)


def _searched_on_surrogate(
    scenario: Scenario,
    timed: list[Timed],
    clock: Clock,
    limits: Limits,
    weight: NDArray[np.float64],
    seconds: float | None,
    seed: int,
    progress: Callable[[float, float], None],
    joint: Joint | None,
) -> tuple[list[Window], bool]:
    """Pauses found on a surrogate, on which the groups of the largest mode go one after the other."""
    stop = TimeLimit(seconds)
    nets = [searched(scenario, timed)]
    if seconds is not None:
        # One after the other, as in the plan; without much time all as fast as most of them.
        nets = [
            TimedNetwork(t.tail, t.head, t.transit, t.capacity, t.supply, t.shelter, t.wait, t.zone)
            for t in _largest_mode(scenario, timed)
        ]
    annealing = SurrogateAnnealing(
        nets,
        limits,
        clock,
        weight,
        margin=margin_steps(scenario),
        seed=seed,
        progress=lambda value: progress(value, np.inf),
        worth=None if joint is None else lambda windows, value: joint.worth(list(windows), value),
    )
    try:
        annealing.run(FirstOf(Rounds(1), stop), candidates=_CANDIDATES)
        if seconds is not None:
            annealing.resume(stop)
    except KeyboardInterrupt:
        return annealing.windows, False
    return annealing.windows, seconds is None


def _largest_mode(scenario: Scenario, timed: list[Timed]) -> list[Timed]:
    """Networks of the groups that go by the mode with most people, in planning order."""
    modes = by_mode(scenario.groups, timed)
    return max(modes.values(), key=lambda some: sum(int(t.supply.sum()) for t in some))


def counted(scenario: Scenario, timed: list[Timed]) -> tuple[TimedNetwork, str, int | None]:
    """The network that is searched, how it counts people, and who are not on it.

    The last is None where its bound does not hold for the groups as they are: where others go quicker, or go
    slower along ways on which nobody may wait, so that the quick could not do what they do.
    """
    net = searched(scenario, timed)
    members = _largest_mode(scenario, timed)
    others = sum(int(t.supply.sum()) for t in timed) - int(net.supply.sum())
    same = all((t.transit == net.transit).all() and (t.capacity <= net.capacity).all() for t in members)
    group = next(
        group
        for group, one in zip(scenario.groups, timed, strict=True)
        if one is max(members, key=lambda t: int(t.supply.sum()))
    )
    count = f"all {int(net.supply.sum()):,} people who would go "
    count += "on foot" if group.mode == "foot" else "by vehicle"
    count += f", each as fast as the largest group ({group.speed_kmh:g} km/h)"
    if others:
        count += f"; the {others:,} who go otherwise are left out"
    return net, count, others if same else None
