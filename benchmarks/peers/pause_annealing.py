"""Peer (b): plain simulated annealing over windows, each candidate evaluated by the kernel.

Moves shift, grow, shrink, add or drop a window, or give hours of one window to another. A candidate that breaks a
limit is thrown away before it is evaluated. Cooling is geometric; the runs double in length, the first from
nothing, later ones by turns from nothing and from the best found.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from benchmarks.peers.pause_problems import Problem
from letup.core.clock import Clock, runs
from letup.pauses import Window
from letup.pauses.limits import usable_steps

Span = tuple[int, int, int]  # zone, first step, step after the last
State = frozenset[Span]

_FIRST_RUN = 8.0
_HOT = 0.03  # of what is to be had if every allowed step is quiet
_COLD = 1e-3


class Annealing:
    """The state, its moves, and what they may not break.

    Parameters
    ----------
    problem : Problem
        What to choose pauses for.
    seed : int
        Seed of all that is random.
    """

    def __init__(self, problem: Problem, seed: int = 0) -> None:
        limits = problem.limits
        if limits.forced or limits.frozen or limits.together or limits.same_daily:
            raise NotImplementedError("the annealing knows no windows by hand, corridors or daily times")
        self.problem, self.random = problem, np.random.default_rng(seed)
        clock = Clock(problem.steps, problem.step_minutes, problem.start_hour)
        self.shortest = max(clock.in_steps(limits.shortest), 1)
        self.longest = clock.whole_steps(limits.longest) if limits.longest is not None else problem.steps
        self.most = clock.whole_steps(limits.zone_hours) if limits.zone_hours is not None else math.inf
        self.day = [clock.day(step) for step in range(problem.steps)]
        self.edges = [clock.on_grid(edge, limits.grid_minutes) for edge in range(problem.steps + 1)]
        self.apart = int(np.diff(np.flatnonzero(self.edges)).max(initial=1))  # steps between points of the grid
        usable = usable_steps(limits, problem.net.zones, clock)
        self.stretches = [(z, a, b + 1) for z in range(problem.net.zones) for a, b in runs(usable[z])]
        self.stretch_at = np.full((problem.net.zones, problem.steps), -1)
        for i, (zone, first, end) in enumerate(self.stretches):
            self.stretch_at[zone, first:end] = i

    def allowed(self, spans: list[Span]) -> bool:
        """Whether windows keep to every limit."""
        limits = self.problem.limits
        spans = sorted(spans)
        per_day: dict[tuple[int, int], int] = {}
        for i, (zone, first, end) in enumerate(spans):
            if not (0 <= first < end <= self.problem.steps and self.shortest <= end - first <= self.longest):
                return False
            if not (self.edges[first] and self.edges[end]) or self.stretch_at[zone, first] < 0:
                return False
            if self.stretch_at[zone, first] != self.stretch_at[zone, end - 1]:
                return False
            if i and spans[i - 1][0] == zone and spans[i - 1][2] >= first:
                return False
            day = (zone, self.day[first])
            per_day[day] = per_day.get(day, 0) + 1
            if per_day[day] > limits.windows_per_day:
                return False
        if sum(end - first for _, first, end in spans) > self.most:
            return False
        if limits.at_once is not None:
            change = np.zeros(self.problem.steps + 1, int)
            for _, first, end in spans:
                change[first] += 1
                change[end] -= 1
            if np.cumsum(change).max(initial=0) > limits.at_once:
                return False
        if limits.concession is not None and limits.concession_budget is not None:
            cost = sum(float(limits.concession[zone, first:end].sum()) for zone, first, end in spans)
            return cost <= limits.concession_budget + 1e-9
        return True

    def neighbour(self, spans: list[Span]) -> list[Span] | None:
        """Another state, one move away; None if the move cannot be made."""
        move = self.random.choice(
            ["shift", "grow", "shrink", "add", "drop", "hand over", "move"], p=[0.2, 0.15, 0.1, 0.15, 0.1, 0.2, 0.1]
        )
        out = list(spans)
        if move == "add" or not out:
            out.append(self.any_window())
            return out
        i = int(self.random.integers(len(out)))
        zone, first, end = out.pop(i)
        by = self._some_steps()
        at_start = bool(self.random.integers(2))
        if move == "shift":
            by *= 1 if self.random.integers(2) else -1
            out.append((zone, first + by, end + by))
        elif move in ("grow", "shrink"):
            by *= 1 if move == "grow" else -1
            out.append((zone, first - by, end) if at_start else (zone, first, end + by))
        elif move == "move":
            out.append(self.any_window(end - first))
        elif move == "hand over":
            if not out:
                return None
            if end - first - by >= self.shortest:
                out.append((zone, first + by, end) if at_start else (zone, first, end - by))
            j = int(self.random.integers(len(out)))
            zone, first, end = out[j]
            out[j] = (zone, first - by, end) if self.random.integers(2) else (zone, first, end + by)
        return out

    def _some_steps(self) -> int:
        """A few points of the clock grid, in steps: mostly one, sometimes many."""
        return self.apart * int(min(self.random.geometric(0.35), 24))

    def any_window(self, length: int | None = None) -> Span:
        """A window somewhere, mostly not much longer than the shortest allowed."""
        zone, first, end = self.stretches[self.random.integers(len(self.stretches))]
        length = length or self.shortest + self.apart * int(self.random.geometric(0.3) - 1)
        length += -length % self.apart
        start = first + self.apart * int(self.random.integers(max(1, (end - first - length) // self.apart + 1)))
        return zone, start, start + length


def anneal(problem: Problem, seconds: float, tell: Callable[[list[Window], float], None], seed: int = 0) -> int:
    """Anneal until the time is over; ``tell`` hears of every better set of windows. Return how many were evaluated."""
    search = Annealing(problem, seed)
    known: dict[State, float] = {}
    began = time.monotonic()
    evaluated = 0
    best: tuple[float, list[Span]] = (-math.inf, [])

    def value_of(spans: list[Span]) -> float:
        nonlocal evaluated, best
        key = frozenset(spans)
        if key not in known:
            if len(known) > 200_000:
                known.clear()
            windows = [Window(zone, first, end - 1) for zone, first, end in sorted(spans)]
            known[key] = value = problem.value(windows)
            evaluated += 1
            if value > best[0]:
                best = (value, spans)
                tell(windows, value)
        return known[key]

    def run(spans: list[Span], length: float, hot: float) -> None:
        value, start = value_of(spans), time.monotonic()
        while True:
            done = (time.monotonic() - start) / length
            if done >= 1:
                return
            candidate = search.neighbour(spans)
            if candidate is None or not search.allowed(candidate):
                continue
            new = value_of(candidate)
            if new >= value or search.random.random() < math.exp((new - value) / (hot * _COLD**done)):
                spans, value = candidate, new

    everything = [Window(zone, first, end - 1) for zone, first, end in search.stretches]
    hot = max(_HOT * problem.value(everything), 1e-9)
    length, number = _FIRST_RUN, 0
    while (left := began + seconds - time.monotonic()) > 0:
        # What is left after this run would be too short for another.
        length = left if left < 2 * length else length
        again = number % 2 == 1
        run(best[1] if again else _filled(search), length, hot * (0.2 if again else 1.0))
        length, number = length * 2, number + 1
    return evaluated


def _filled(search: Annealing) -> list[Span]:
    """Random windows, as many as there is room for."""
    spans: list[Span] = []
    for _ in range(20 * len(search.stretches)):
        more = [*spans, search.any_window()]
        if search.allowed(more):
            spans = more
    return spans
