"""The search on a stand-in, and beside it what it finds, computed exactly.

On a large network one exact flow takes up to minutes. It has a thread of its own while the search goes on, so that
something is known early, no time is lost with waiting, and the last one ends in time.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from letup.pauses.limits import Window
from letup.pauses.problem import Problem
from letup.pauses.search.surrogate_annealing import Rehearsal

_FIRST = 0.1
"""Share of the time for the search before anything is computed exactly."""
_LONGER = 1.1
"""Time kept for the last exact flow, as a share of what one took beside the search: alone it mostly takes half of it,
but what is worth more takes longer."""
_LOOK = 0.05


class Refereed:
    """A rehearsal that learns from its errors.

    Parameters
    ----------
    problem : Problem
        What windows are chosen for.
    seed : int
        Seed of the search.
    best : callable
        Best windows known, and their value.
    found : callable
        Called with windows, also from another thread; returns what they are worth.
    left : callable
        Seconds left; not positive = stop.
    """

    def __init__(
        self,
        problem: Problem,
        seed: int,
        best: Callable[[], tuple[list[Window], float]],
        found: Callable[[list[Window]], float],
        left: Callable[[], float],
    ) -> None:
        self.best, self.found, self.left = best, found, left
        self._until = math.inf
        self._exact: _Exact | None = None
        self._took = 0.0
        self._rehearsal = Rehearsal(
            [problem.net],
            problem.limits,
            problem.clock,
            problem.weight,
            margin=problem.margin,
            seed=seed,
            stop=lambda: time.monotonic() > self._until or self._over(),
        )

    def run(self) -> None:
        """Search, cooling by cooling, until there is just time left for another exact flow.

        Where not even the first has ended when time is up, it is waited for: nothing would be known.
        """
        try:
            self._until = time.monotonic() + _FIRST * self.left()
            self._rehearsal.run(self.best()[0], rounds=None)
            self._until = math.inf
            exact = self._ask()
            while self._rehearsal.search.open and not self._over():
                self._rehearsal.resume(1)
                if exact.ended.is_set():
                    self._rehearsal.correct(exact.windows, exact.value(), *self.best())
                    if self._is_new(exact):
                        exact = self._ask()
            if self._took and self._is_new(exact):
                exact = self._ask()
            while not exact.ended.wait(_LOOK) and (self.left() > 0 or self.best()[1] <= 0):
                pass
            if exact.ended.is_set():
                exact.value()
        except KeyboardInterrupt:
            # What was found is only worth something once some of it is known exactly.
            if self.best()[1] <= 0:
                self.found(self._rehearsal.windows)
            raise

    def run_rounds(self, rounds: int) -> None:
        """Search so many rounds, each after the windows of the one before were computed exactly."""
        self._rehearsal.run(self.best()[0], rounds=1)
        for number in range(rounds + 1):
            began, windows = time.monotonic(), self._rehearsal.windows
            self._rehearsal.correct(windows, self.found(windows), *self.best())
            if number == rounds or self.left() <= _LONGER * (time.monotonic() - began):
                return
            self._rehearsal.resume(1)

    def _ask(self) -> _Exact:
        """Begin to compute exactly what the best windows are worth."""
        self._exact = _Exact(self.found, self._rehearsal.windows)
        return self._exact

    def _is_new(self, last: _Exact) -> bool:
        """Whether the best windows are neither those asked for last nor known already."""
        return self._rehearsal.windows not in (last.windows, self.best()[0])

    def _over(self) -> bool:
        """Whether there is just time left for another exact flow."""
        if self._exact is not None and self._exact.ended.is_set():
            self._took = self._exact.seconds
        return self.left() <= _LONGER * self._took


class _Exact:
    """What windows are worth, computed in a thread that nobody has to wait for."""

    def __init__(self, found: Callable[[list[Window]], float], windows: list[Window]) -> None:
        self.windows = windows
        self.ended = threading.Event()
        self.seconds = math.inf
        self._value: float | BaseException = math.nan
        threading.Thread(target=self._compute, args=(found,), daemon=True).start()

    def _compute(self, found: Callable[[list[Window]], float]) -> None:
        began = time.monotonic()
        try:
            self._value = found(self.windows)
        except BaseException as error:
            self._value = error
        self.seconds = time.monotonic() - began
        self.ended.set()

    def value(self) -> float:
        """The value; whatever went wrong is raised here."""
        if isinstance(self._value, BaseException):
            raise self._value
        return self._value
