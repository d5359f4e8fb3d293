"""Search by many small changes: simulated annealing over windows, each candidate computed exactly.

The state is one window, or none, for each slot. Kirkpatrick, Gelatt and Vecchi 1983.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.limits import Window
from letup.pauses.search.quickest_paths import Way
from letup.pauses.search.spans import SpanRules, Spans

_COMPUTED = 800
"""Candidates in one cooling."""
_WARM, _COOLED = 0.02, 0.01
"""Temperature at the start of a cooling, as a share of the best value, and what is left of it at the end."""
_ROUNDS_FROM_BEST = 3
"""Each so many coolings one begins from the start again, the others from the best so far."""
_HELD = 6.0
"""Hours for which a way is held open at most."""


class Annealing(SpanRules):
    """Search over windows.

    Parameters
    ----------
    windows : WindowRows
        Slots, limits and clock.
    zones : int
        Number of zones.
    value : callable
        Value of a list of windows.
    seed : int
        Seed of the changes; the same seed gives the same search, as far as time lets it go.
    tell : callable
        Called with windows and their value whenever they are the best so far.
    stop : callable
        Whether to stop; asked before each change.
    ways : sequence of Way
        Ways whose zones may be opened together.
    warm : float
        Temperature at the start of a cooling, as a share of the best value.
    at_once : int
        Candidates computed beside each other. All but the first that is taken are for nothing, so it pays where few
        are taken and each takes long. The same number gives the same search, on however many cores.

    Attributes
    ----------
    whole_ways : float
        Share of the changes that open a whole way, where ways are known.
    restarts : bool
        Whether some coolings begin from the start again.
    news : callable
        Windows and value of the best that anyone knows; asked before each change, and gone on from where better.
    """

    whole_ways = 0.0
    restarts = True
    news: Callable[[], tuple[list[Window], float]] = staticmethod(lambda: ([], -np.inf))

    def __init__(
        self,
        windows: WindowRows,
        zones: int,
        value: Callable[[list[Window]], float],
        *,
        seed: int,
        tell: Callable[[list[Window], float], object],
        stop: Callable[[], bool],
        ways: Sequence[Way] = (),
        warm: float = _WARM,
        at_once: int = 1,
    ) -> None:
        super().__init__(windows, zones)
        self._value = value
        self.tell, self.stop = tell, stop
        self.random = np.random.default_rng(seed)
        self.ways, self.warm, self.at_once = list(ways), warm, at_once
        self.of_day: dict[tuple[int, int], list[int]] = {}
        for i, slot in enumerate(self.slots):
            for zone in slot.zones:
                self.of_day.setdefault((zone, slot.day), []).append(i)
        self.days = sorted({slot.day for slot in self.slots})
        self.best: Spans = []
        self.best_value = -np.inf

    def run(self, start: Spans, rounds: int | None = None, candidates: int | None = None) -> None:
        """Anneal from a start, then again from the best, until told to stop or rounds are over.

        Parameters
        ----------
        start : list
            Spans that keep the limits.
        rounds : int, optional
            Number of rounds; None = until told to stop.
        candidates : int, optional
            Candidates in one round, if not the usual number.
        """
        self._candidates = candidates or _COMPUTED
        self._start = start or [None] * len(self.slots)
        self._done = 0
        self._take(self._start)
        self.resume(rounds)
        self._candidates = _COMPUTED

    def resume(self, rounds: int | None = None) -> None:
        """Go on from where `run` ended."""
        done = 0
        while self.open and (rounds is None or done < rounds) and not self.stop():
            fresh = self._done == 0 or (self.restarts and self._done % _ROUNDS_FROM_BEST == 0)
            self._round(list(self._start) if fresh else list(self.best), self.warm if fresh else self.warm / 4)
            done += 1
            self._done += 1

    def tidy(self) -> None:
        """Close windows of the best without which nothing is lost, the latest first."""
        left = [i for i in self.open if self.best[i] is not None]
        left.sort(key=lambda i: int(self.slots[i].starts[0]))
        with ThreadPoolExecutor(self.at_once) as threads:
            while left:
                some = [left.pop() for _ in range(min(self.at_once, len(left)))]
                tried = [[None if j == i else span for j, span in enumerate(self.best)] for i in some]
                for number, (spans, value) in enumerate(zip(tried, threads.map(self._kept_value, tried), strict=True)):
                    if value >= self.best_value - 1e-9:
                        self._take(spans, value)
                        left += reversed(some[number + 1 :])  # without it they may be worth something
                        break

    def _kept_value(self, spans: Spans) -> float:
        """What spans are worth; less than anything if they break the limits."""
        return self._value(self.windows_of(spans)) if self.keeps(spans) else -np.inf

    def _round(self, now: Spans, warmth: float) -> None:
        """One cooling."""
        value = self._value(self.windows_of(now))
        computed = tried = 0
        with ThreadPoolExecutor(self.at_once) as threads:
            while computed < self._candidates and tried < 20 * self._candidates:
                if self.stop():
                    return
                if self._hears():
                    now, value = list(self.best), self.best_value
                attempts: list[Spans] = []
                while len(attempts) < self.at_once and tried < 20 * self._candidates:
                    tried += 1
                    attempt = self._changed(now)
                    if attempt is not None and self.keeps(attempt):
                        attempts.append(attempt)
                compute = map if len(attempts) < 2 else threads.map
                for attempt, new in zip(attempts, compute(self._value, map(self.windows_of, attempts)), strict=True):
                    computed += 1
                    temperature = max(self.best_value, 1.0) * warmth * _COOLED ** (computed / self._candidates)
                    if new >= value + temperature * np.log(max(self.random.random(), 1e-300)):
                        now, value = attempt, new
                        if value > self.best_value + 1e-9:
                            self._take(now, value)
                        break

    def _hears(self) -> bool:
        """Whether someone else knows something better."""
        windows, value = self.news()
        spans = self.spans_of(windows) if value > self.best_value + 1e-9 else None
        if spans is not None:
            self.best, self.best_value = spans, value
        return spans is not None

    def _take(self, spans: Spans, value: float | None = None) -> None:
        windows = self.windows_of(spans)
        self.best, self.best_value = list(spans), self._value(windows) if value is None else value
        self.tell(windows, self.best_value)

    def _changed(self, spans: Spans) -> Spans | None:
        """One small change; None where it comes to nothing."""
        spans = list(spans)
        used = [i for i in self.open if spans[i] is not None]
        whole = bool(self.ways) and (not used or self.random.random() < self.whole_ways)
        kind = self.random.random()
        if whole:
            changed = self._open_way(spans)
        elif not used or kind < 0.15:
            changed = self._add(spans, used)
        elif kind < 0.25:
            changed = self._drop(spans, used)
        elif kind < 0.40:
            changed = self._hand_over(spans, used)
        elif kind < 0.65:
            changed = self._trade(spans, used)
        elif kind < 0.72:
            changed = self._shift_day(spans, used)
        else:
            changed = self._nudge(spans, self._one(used))
        if not changed:
            return None
        if self.windows.limits.same_daily:
            for i in changed:
                self.repeat(spans, i)
        if whole:
            self._make_room(spans, set(changed))
        return spans

    def _open_way(self, spans: Spans) -> list[int]:
        """Open all zones of a way on some day, for whoever starts at some time or up to some hours later."""
        way, day = self.ways[int(self.random.integers(len(self.ways)))], self._one(self.days)
        if any((zone, day) not in self.of_day for zone, _, _ in way):
            return []
        chosen = [self._one(self.of_day[zone, day]) for zone, _, _ in way]
        clock, margin = self.windows.clock, self.windows.margin
        hour = clock.in_steps(1.0)
        there = [span[0] - first for i, (_, first, _) in zip(chosen, way, strict=True) if (span := spans[i])]
        if there and self.random.random() < 0.7:
            start = self._one(there) + int(self.random.integers(-hour // 2, hour // 2 + 1))
        else:
            earliest = max(int(self.slots[i].starts[0]) - first for i, (_, first, _) in zip(chosen, way, strict=True))
            latest = min(int(self.slots[i].ends[-1]) - last for i, (_, _, last) in zip(chosen, way, strict=True))
            start = int(self.random.integers(earliest, max(latest, earliest) + 1))
        held = int(self.random.random() ** 2 * _HELD * hour)
        for i, (_, first, last) in zip(chosen, way, strict=True):
            span = spans[i] or (start + first, start + last)
            spans[i] = self.around(i, min(span[0], start + first), max(span[1], start + last + held + margin))
            if spans[i] is None:
                return []
        return chosen

    def _make_room(self, spans: Spans, kept: set[int]) -> None:
        """Close other windows, any, until the limits are kept or there is none left to close."""
        others = [i for i in self.open if spans[i] is not None and i not in kept]
        self.random.shuffle(others)
        while others and not self.keeps(spans):
            spans[others.pop()] = None

    def _coin(self) -> bool:
        return bool(self.random.random() < 0.5)

    def _one(self, among: list[int]) -> int:
        return among[int(self.random.integers(len(among)))]

    def _add(self, spans: Spans, used: list[int]) -> list[int]:
        free = [i for i in self.open if spans[i] is None]
        if not free:
            return []
        i = self._one(free)
        slot = self.slots[i]
        alike = [j for j in used if self.slots[j].day == slot.day] or used
        if alike and self.random.random() < 0.8:
            first, end = spans[self._one(alike)] or (0, 0)
            offset = self.windows.clock.steps_between(first, slot.day - self.windows.clock.day(first))
            offset += int(self.random.integers(-4, 5))
            span = self.fit(slot, first + offset, end + offset)
        else:
            first = int(slot.starts[self.random.integers(len(slot.starts))])
            span = self.fit(slot, first, first + self.windows.shortest)
        spans[i] = span
        return [i] if span else []

    def _drop(self, spans: Spans, used: list[int]) -> list[int]:
        i = self._one(used)
        spans[i] = None
        return [i]

    def _hand_over(self, spans: Spans, used: list[int]) -> list[int]:
        """Close one window and open another somewhere else at about the same time, or the other way round."""
        i = self._one(used)
        free = [j for j in self.open if spans[j] is None]
        if not free:
            return []
        j = self._one(free)
        first, end = spans[i] or (0, 0)
        offset = self.windows.clock.steps_between(first, self.slots[j].day - self.slots[i].day)
        spans[i] = None
        spans[j] = self.fit(self.slots[j], first + offset, end + offset)
        return [i, j] if spans[j] else []

    def _trade(self, spans: Spans, used: list[int]) -> list[int]:
        """Make one window shorter and another longer."""
        i, j = self._one(used), self._one(used)
        if i == j:
            return []
        points = int(self.random.integers(1, 5))
        shorter, longer = (self.resized(k, spans, by, self._coin()) for k, by in ((i, -points), (j, points)))
        if shorter is None or longer is None:
            return []
        spans[i], spans[j] = shorter, longer
        return [i, j]

    def _shift_day(self, spans: Spans, used: list[int]) -> list[int]:
        """Move all windows of a day by the same time."""
        day = self.slots[self._one(used)].day
        points = int(self.random.integers(1, 4)) * (1 if self.random.random() < 0.5 else -1)
        mine = [i for i in used if self.slots[i].day == day]
        for i in mine:
            slot, span = self.slots[i], spans[i] or (0, 0)
            at = int(np.searchsorted(slot.starts, span[0])) + points
            if not 0 <= at < len(slot.starts):
                return []
            first = int(slot.starts[at])
            spans[i] = self.fit(slot, first, first + span[1] - span[0])
            if spans[i] is None:
                return []
        return mine

    def _nudge(self, spans: Spans, i: int) -> list[int]:
        """Move a window, or one of its ends."""
        points = int(self.random.integers(1, 5)) * (1 if self.random.random() < 0.5 else -1)
        slot, (first, end) = self.slots[i], spans[i] or (0, 0)
        what = self.random.random()
        if what < 0.4:
            at = int(np.searchsorted(slot.starts, first)) + points
            if not 0 <= at < len(slot.starts):
                return []
            spans[i] = self.fit(slot, int(slot.starts[at]), int(slot.starts[at]) + end - first)
        else:
            spans[i] = self.resized(i, spans, points, self._coin())
        return [i] if spans[i] else []
