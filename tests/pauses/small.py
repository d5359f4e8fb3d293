"""Tiny pause problems, and all sets of windows that keep to their limits, found by trying them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np

from letup.core.clock import Clock
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, quiet_array
from letup.pauses.limit_checks import breaches

MOST = 8_000
"""Sets of windows to look at for one problem; larger problems are not drawn."""


class TooManyError(Exception):
    """More sets of windows than should be tried."""


@dataclass(frozen=True)
class Problem:
    """What the search is asked, and all its answers.

    Attributes
    ----------
    allowed : list of list of Window
        All sets of windows that keep to the limits; the empty one too, if it does.
    """

    net: TimedNetwork
    steps: int
    step_minutes: int
    start_hour: float
    limits: Limits
    weight: np.ndarray
    allowed: list[list[Window]] = field(default_factory=list, repr=False)

    @property
    def clock(self) -> dict[str, float]:
        """What the steps mean."""
        return {"steps": self.steps, "step_minutes": self.step_minutes, "start_hour": self.start_hour}

    @cached_property
    def steps_on_clock(self) -> Clock:
        """What the steps mean, made once: thousands of sets of windows are held against it."""
        return Clock(self.steps, self.step_minutes, self.start_hour)

    def broken(self, windows: list[Window]) -> list[str]:
        """Limits that windows break."""
        return [breach.limit for breach in breaches(windows, self.limits, self.net.zones, self.steps_on_clock)]

    def value(self, quiet: np.ndarray) -> float:
        """What quiet is worth."""
        return float(self.weight @ earliest_arrival(self.net, self.steps, quiet).arrivals)

    @cached_property
    def best(self) -> float:
        """Largest value of all sets of windows that keep to the limits; minus infinity if there are none."""
        shape = self.net.zones, self.steps
        states = {quiet_array(windows, *shape).tobytes() for windows in self.allowed}
        if np.count_nonzero(self.net.shelter) == 1:
            states = _largest(states)
        return max((self.value(np.frombuffer(state, np.bool_).reshape(shape)) for state in states), default=-np.inf)


def _largest(states: set[bytes]) -> set[bytes]:
    """Those of some states of quiet that are no part of another one of them.

    With a single shelter more quiet is never worth less: every flow through less is one through more, and one flow
    brings the most people by every step. With several that fill up, more people in all can mean fewer by a step.
    """
    largest: list[int] = []
    for state in sorted((int.from_bytes(state) for state in states), key=int.bit_count, reverse=True):
        if all(state & ~other for other in largest):
            largest.append(state)
    length = len(next(iter(states), b""))
    return {state.to_bytes(length) for state in largest}


def drawn(seed: int, scarce: bool = False, by_hand: bool = True) -> Problem:
    """The problem of a seed, the same object for all tests; in nearly all there is something to gain."""
    return _drawn(seed, scarce, by_hand)


@lru_cache(maxsize=300)  # trying all sets of windows takes longer than most of what is then tested
def _drawn(seed: int, scarce: bool, by_hand: bool) -> Problem:
    rng = np.random.default_rng(seed)
    while True:
        problem = _problem(rng, scarce)
        if not by_hand:
            plain = replace(problem.limits, forced=(), frozen=(), together=(), same_daily=False)
            problem = replace(problem, limits=plain)
        try:
            problem = replace(problem, allowed=_allowed(problem))
        except TooManyError:
            continue
        idle = problem.value(quiet_array([], problem.net.zones, problem.steps))
        if problem.best > idle or rng.random() < 0.05:
            return problem


def _problem(rng: np.random.Generator, scarce: bool) -> Problem:
    zones, steps = int(rng.integers(2, 4)), int(rng.integers(6, 11))
    minutes = int(rng.choice([30, 60, 120, 240]))
    weight = np.sort(rng.random(steps))[::-1] if rng.random() < 0.3 else 1 - 0.3 * np.arange(steps) / steps
    return Problem(
        net=_network(rng, zones, steps, scarce),
        steps=steps,
        step_minutes=minutes,
        start_hour=float(rng.choice([0, 5.5, 6, 20, 22])),
        limits=_limits(rng, zones, steps, minutes),
        weight=weight,
    )


def _network(rng: np.random.Generator, zones: int, steps: int, scarce: bool) -> TimedNetwork:
    """A way through the zones, one after the other, with short cuts and dead ends; several shelters if scarce."""
    nodes = zones + int(rng.integers(2, 5))
    order = rng.permutation(nodes)
    arcs = int(rng.integers(2, 7))
    tail = np.r_[order[:-1], rng.integers(0, nodes, arcs)]
    head = np.r_[order[1:], rng.integers(0, nodes, arcs)]
    zone = rng.integers(0, zones, len(tail))
    zone[rng.random(len(tail)) < 0.2] = -1
    zone[0] = zones - 1  # so that there are so many
    supply = np.where(rng.random(nodes) < 0.6, rng.integers(1, 20, nodes), 0)
    shelter = np.zeros(nodes, int)
    shelter[order[-1]] = 1000
    if scarce:
        shelter[order[-1]] = rng.integers(1, 12)
        shelter[order[rng.integers(1, nodes, 2)]] = rng.integers(1, 12)
    varies = rng.random() < 0.3
    return TimedNetwork(
        tail,
        head,
        rng.choice([1, 1, 1, 2, 3], len(tail)),
        rng.integers(0 if varies else 1, 9, (len(tail), steps) if varies else len(tail)),
        supply,
        shelter,
        rng.random(nodes) < 0.7,
        zone,
    )


def _limits(rng: np.random.Generator, zones: int, steps: int, minutes: int) -> Limits:
    """Each limit now and then."""
    hour = minutes / 60

    def maybe(share: float) -> bool:
        return bool(rng.random() < share)

    def span() -> tuple[int, int, int]:
        first, last = sorted(rng.integers(0, steps, 2).tolist())
        return int(rng.integers(zones)), first, min(last, first + 3)

    shortest = int(rng.integers(1, 4))
    hours = [None, (6.0, 18.0), (22.0, 6.0), (8.0, 16.0), (0.0, 12.0)][int(rng.integers(5))]
    limits = Limits(
        hours=hours if maybe(0.6) else None,
        shortest=shortest * hour,
        longest=(shortest + int(rng.integers(0, 4))) * hour if maybe(0.4) else None,
        windows_per_day=int(rng.integers(1, 3)),
        zone_hours=float(rng.integers(1, 3 * steps)) * hour / 1.5 if maybe(0.7) else None,
        at_once=int(rng.integers(1, 3)) if maybe(0.4) else None,
        forbidden=tuple(span() for _ in range(int(rng.integers(1, 3)))) if maybe(0.3) else (),
        grid_minutes=int(rng.choice([minutes, 2 * minutes])) if maybe(0.3) else None,
    )
    if maybe(0.3):
        cost = np.round(rng.random((zones, steps)) * 4)
        limits = replace(limits, concession=cost, concession_budget=float(rng.integers(2, 3 * steps)))
    if maybe(0.2):
        limits = replace(limits, together=(tuple(rng.permutation(zones)[:2].tolist()),))
    if maybe(0.2):
        limits = replace(limits, same_daily=True)
    if maybe(0.2):
        limits = replace(limits, forced=(Window(*span()),))
    if maybe(0.2):
        limits = replace(limits, frozen=(Window(*span()),))
    return limits


def _allowed(problem: Problem) -> list[list[Window]]:
    """All sets of windows that keep to the limits, zone by zone.

    What no further window can mend is not followed further: all limits but those that ask for windows, or for
    the same windows elsewhere. The whole set is asked about all of them in the end.
    """
    limits = replace(problem.limits, forced=(), together=())
    by_zone = []
    for zone in range(problem.net.zones):
        every = [Window(zone, first, last) for first in range(problem.steps) for last in range(first, problem.steps)]
        single = [window for window in every if not _breaks(problem, limits, [window])]
        agreed = {window for window in limits.frozen if window.zone == zone}
        by_zone.append([s for s in _sets(problem, limits, single, []) if agreed <= set(s)])
    products = list(islice(_products(problem, limits, by_zone, []), MOST + 1))
    if len(products) > MOST:
        raise TooManyError
    return [windows for windows in products if not problem.broken(windows)]


def _breaks(problem: Problem, limits: Limits, windows: list[Window]) -> bool:
    """Whether windows break a limit that no further window can mend."""
    broken_limits = breaches(windows, limits, problem.net.zones, problem.steps_on_clock)
    return any(breach.limit != "frozen" for breach in broken_limits)


def _sets(problem: Problem, limits: Limits, single: list[Window], chosen: list[Window]) -> Iterator[list[Window]]:
    """Sets of windows of one zone, in order of time."""
    yield chosen
    for i, window in enumerate(single):
        more = [*chosen, window]
        if not chosen or not _breaks(problem, limits, more):
            yield from _sets(problem, limits, single[i + 1 :], more)


def _products(
    problem: Problem, limits: Limits, by_zone: list[list[list[Window]]], chosen: list[Window]
) -> Iterator[list[Window]]:
    """One set for each zone; what is too much already goes no further."""
    if not by_zone:
        yield chosen
        return
    for more in by_zone[0]:
        both = [*chosen, *more]
        if len(by_zone) == 1 or not chosen or not _breaks(problem, limits, both):
            yield from _products(problem, limits, by_zone[1:], both)
