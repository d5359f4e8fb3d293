"""Search by many small changes: simulated annealing over windows (Kirkpatrick, Gelatt and Vecchi 1983).

The state is one window, or none, for each slot (zones, day, number within the day). Most limits are kept by
construction then; what windows must keep together is checked by `letup.pauses.limit_checks`, with which this shares no
code.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from letup.pauses.certificates.window_rows import Slot, WindowRows
from letup.pauses.incumbent import Incumbent, StoppingCriterion
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Window
from letup.pauses.search.first_plan import first_plan
from letup.pauses.search.quickest_paths import ZonePath

Span = tuple[int, int] | None
Spans = list[Span]
"""For each slot, first step and step after the last; None = no window."""


class SlotSpans:
    """Windows as spans, one for each slot: what each may be, and conversion both ways.

    Parameters
    ----------
    windows : WindowRows
        Slots, limits and clock.
    zones : int
        Number of zones.
    """

    def __init__(self, windows: WindowRows, zones: int) -> None:
        self.windows, self.zones, self.slots = windows, zones, windows.slots
        frozen = set(windows.limits.frozen)
        self.open = [i for i, slot in enumerate(self.slots) if not _is_settled(slot, frozen)]

    def spans_of(self, windows: Sequence[Window]) -> Spans | None:
        """The spans that windows stand for; None if they do not fit the slots."""
        left = {(w.zone, w.first, w.last + 1) for w in windows}
        spans: Spans = [None] * len(self.slots)
        for i, slot in enumerate(self.slots):
            fitting = sorted(
                (first, end)
                for zone, first, end in left
                if zone == slot.zones[0]
                and first in slot.starts
                and end in slot.ends
                and self.windows.clock.day(first) == slot.day
            )
            if fitting:
                spans[i] = fitting[0]
                left -= {(zone, *fitting[0]) for zone in slot.zones}
        return None if left else spans

    def windows_of(self, spans: Spans) -> list[Window]:
        """The windows that spans stand for."""
        return sorted(
            Window(zone, span[0], span[1] - 1)
            for slot, span in zip(self.slots, spans, strict=True)
            if span is not None
            for zone in slot.zones
        )

    def keeps(self, spans: Spans) -> bool:
        """Whether spans keep the limits."""
        return not breaches(self.windows_of(spans), self.windows.limits, self.zones, self.windows.clock)

    def fitted(self, spans: Spans) -> Spans | None:
        """Spans cut down until they keep the limits; None if they never do.

        The longest ends one point of the clock grid sooner; where it is as short as may be, it goes.
        """
        spans = [span and self.fit(slot, *span) for slot, span in zip(self.slots, spans, strict=True)]
        while not self.keeps(spans):
            used = [i for i in self.open if spans[i] is not None]
            if not used:
                return None
            i = max(used, key=lambda j: (_span_length(spans[j]), j))
            spans[i] = self.resized(i, spans, -1, at_start=False)
            if self.windows.limits.same_daily:
                self.repeat(spans, i)
        return spans

    def fit(self, slot: Slot, first: int, end: int) -> tuple[int, int] | None:
        """The nearest window of a slot to given times, at least as long where possible."""
        begin = int(slot.starts[np.abs(slot.starts - first).argmin()])
        fitting = slot.ends[(slot.ends - begin >= self.windows.shortest) & (slot.ends - begin <= self.windows.longest)]
        if not len(fitting):
            return None
        return begin, int(fitting[np.abs(fitting - begin - (end - first)).argmin()])

    def around(self, i: int, first: int, end: int) -> tuple[int, int] | None:
        """The shortest window of a slot that takes in given times, as far as one may."""
        slot = self.slots[i]
        begin = int(slot.starts[max(int(np.searchsorted(slot.starts, first, "right")) - 1, 0)])
        fitting = slot.ends[(slot.ends - begin >= self.windows.shortest) & (slot.ends - begin <= self.windows.longest)]
        if not len(fitting):
            return None
        return begin, int(fitting[min(int(np.searchsorted(fitting, end)), len(fitting) - 1)])

    def resized(self, i: int, spans: Spans, points: int, at_start: bool) -> Span:
        """A window longer or shorter at one end by so many points of the clock grid."""
        slot, (first, end) = self.slots[i], spans[i] or (0, 0)
        along = slot.starts if at_start else slot.ends
        at = int(np.searchsorted(along, first if at_start else end)) + (-points if at_start else points)
        if not 0 <= at < len(along):
            return None
        span = (int(along[at]), end) if at_start else (first, int(along[at]))
        length = span[1] - span[0]
        return span if self.windows.shortest <= length <= self.windows.longest else None

    def repeat(self, spans: Spans, i: int) -> None:
        """Give the windows of the same zones and number on other days the same clock times."""
        if spans[i] is None:
            return
        first, end = spans[i] or (0, 0)
        number = self._number(i)
        for j in self.open:
            if (
                j != i
                and spans[j] is not None
                and self.slots[j].zones == self.slots[i].zones
                and self._number(j) == number
            ):
                offset = self.windows.clock.steps_between(first, self.slots[j].day - self.slots[i].day)
                spans[j] = (first + offset, end + offset)

    def _number(self, i: int) -> int:
        """Number of a slot among those of its zones and day."""
        slot = self.slots[i]
        return sum(other.zones == slot.zones and other.day == slot.day for other in self.slots[:i])


def _is_settled(slot: Slot, frozen: set[Window]) -> bool:
    """Whether a slot holds a window that was agreed. One that merely allows no other may stay empty."""
    first, end = int(slot.starts[0]), int(slot.ends[-1])
    single = len(slot.starts) == len(slot.ends) == 1
    return single and any(Window(zone, first, end - 1) in frozen for zone in slot.zones)


def _span_length(span: Span) -> int:
    return span[1] - span[0] if span is not None else 0


@dataclass(frozen=True)
class AnnealingParameters:
    """How a search by annealing goes.

    Attributes
    ----------
    candidates : int
        Candidates in one round, which is one cooling.
    temperature : float
        At the start of the first round and of those from the start again, as a share of the best value; a quarter of
        it in the others, which begin from the best.
    cooling : float
        What is left of the temperature at the end of a round.
    restart_every : int or None
        Every so many rounds one begins from the start again, the others from the best so far; None = none does.
    path_share : float
        Share of the changes that open all zones of a quickest path, where such are known.
    hours_held_open : float
        Hours for which the zones of a path are held open at most.
    parallel : int
        Candidates evaluated in parallel. Those after the first that is accepted are discarded, so it pays where few
        are accepted and each takes long. The same number gives the same search, on however many cores.
    """

    candidates: int = 800
    temperature: float = 0.02
    cooling: float = 0.01
    restart_every: int | None = 3
    path_share: float = 0.0
    hours_held_open: float = 6.0
    parallel: int = 1


_TRIES = 20
"""Changes tried for each candidate at most: where most break the limits, a round ends all the same."""
_BETTER = 1e-9
"""Differences of value below which windows are not better."""


class Annealing(SlotSpans):
    """Search over windows by simulated annealing.

    Parameters
    ----------
    windows : WindowRows
        Slots, limits and clock.
    zones : int
        Number of zones.
    incumbent : Incumbent
        Says what windows are worth, and is offered those that are the best of this search so far.
    seed : int
        Seed of the changes; the same seed gives the same search, as far as time lets it go.
    paths : sequence of ZonePath
        Quickest paths, whose zones may be opened together.
    parameters : AnnealingParameters
        How it goes, unless `run` or `resume` are told otherwise.

    Attributes
    ----------
    best, best_value : list of Span, float
        The best of this search so far, and its value.
    """

    def __init__(
        self,
        windows: WindowRows,
        zones: int,
        incumbent: Incumbent,
        *,
        seed: int,
        paths: Sequence[ZonePath] = (),
        parameters: AnnealingParameters | None = None,
    ) -> None:
        super().__init__(windows, zones)
        self.incumbent = incumbent
        self.random = np.random.default_rng(seed)
        self.paths = list(paths)
        self.parameters = self._now = parameters or AnnealingParameters()
        self.of_day: dict[tuple[int, int], list[int]] = {}
        for i, slot in enumerate(self.slots):
            for zone in slot.zones:
                self.of_day.setdefault((zone, slot.day), []).append(i)
        self.days = sorted({slot.day for slot in self.slots})
        self.best: Spans = []
        self.best_value = -np.inf
        self._rounds = 0
        self._heard_above = np.inf
        self._offered_first_plan = False

    def run(
        self,
        start: Spans | None,
        stop: StoppingCriterion,
        parameters: AnnealingParameters | None = None,
        *,
        follow: bool = False,
    ) -> None:
        """Anneal from a start, then again from the best.

        Parameters
        ----------
        start : list of Span or None
            Spans that keep the limits; None = no windows.
        stop : StoppingCriterion
            When to end; asked before each change.
        parameters : AnnealingParameters, optional
            How this run goes.
        follow : bool
            Whether to go on from better windows that others offer to the incumbent meanwhile.
        """
        self._start = start or [None] * len(self.slots)
        self._rounds = 0
        self._heard_above = self.incumbent.value if follow else np.inf
        self._take(self._start)
        self.resume(stop, parameters)
        self._offer_first_plan()

    def resume(self, stop: StoppingCriterion, parameters: AnnealingParameters | None = None) -> None:
        """Go on from where `run` ended, for further rounds; parameters as for `run`."""
        self._now = parameters or self.parameters
        every = self._now.restart_every
        while self.open and not stop.met:
            fresh = self._rounds == 0 or (every is not None and self._rounds % every == 0)
            temperature = self._now.temperature if fresh else self._now.temperature / 4
            self._round(list(self._start) if fresh else list(self.best), temperature, stop)
            self._rounds += 1
            stop.round_ended()

    def _offer_first_plan(self) -> None:
        """Take a plan laid down by rule, once, where a short time, or bad luck, has found nothing better."""
        if self._offered_first_plan or not self.paths:
            return
        self._offered_first_plan = True
        ends = [self.slots[i].ends - self.slots[i].starts[0] for i in self.open]
        lengths = np.unique(np.concatenate([np.zeros(0, int), *ends]))
        lengths = lengths[(lengths >= self.windows.shortest) & (lengths <= self.windows.longest)].tolist()

        def spans_for(zones: frozenset[int], days: int, length: int) -> Spans:
            spans = list(self._start)
            for zone in zones:
                for day in self.days[:days]:
                    for i in self.of_day.get((zone, day), [])[:1]:
                        first = int(self.slots[i].starts[0])
                        spans[i] = spans[i] or self.fit(self.slots[i], first, first + length)
            return spans

        plan = first_plan(self.paths, len(self.days), lengths, lambda *what: self.keeps(spans_for(*what)))
        if plan is not None:
            spans = spans_for(*plan)
            value = self._value(spans)
            if value > self.best_value + _BETTER:
                self._take(spans, value)

    def tidy(self) -> None:
        """Close windows of the best without which nothing is lost, the latest first."""
        untried = [i for i in self.open if self.best[i] is not None]
        untried.sort(key=lambda i: int(self.slots[i].starts[0]))
        parallel = self.parameters.parallel
        with ThreadPoolExecutor(parallel) as threads:
            while untried:
                closed = [untried.pop() for _ in range(min(parallel, len(untried)))]
                attempts = [[None if j == i else span for j, span in enumerate(self.best)] for i in closed]
                values = threads.map(self._value_within_limits, attempts)
                for number, (spans, value) in enumerate(zip(attempts, values, strict=True)):
                    if value >= self.best_value - _BETTER:
                        self._take(spans, value)
                        untried += reversed(closed[number + 1 :])  # without it they may be worth something
                        break

    def _value(self, spans: Spans) -> float:
        return self.incumbent.evaluate(self.windows_of(spans))

    def _value_within_limits(self, spans: Spans) -> float:
        """What spans are worth; less than anything if they break the limits."""
        return self._value(spans) if self.keeps(spans) else -np.inf

    def _round(self, spans: Spans, share: float, stop: StoppingCriterion) -> None:
        """One cooling, from a temperature that is a share of the best value."""
        parameters = self._now
        value = self._value(spans)
        computed = tried = 0
        most = _TRIES * parameters.candidates
        with ThreadPoolExecutor(parameters.parallel) as threads:
            while computed < parameters.candidates and tried < most:
                if stop.met:
                    return
                if self._hears():
                    spans, value = list(self.best), self.best_value
                attempts: list[Spans] = []
                while len(attempts) < parameters.parallel and tried < most:
                    tried += 1
                    attempt = self._changed(spans)
                    if attempt is not None and self.keeps(attempt):
                        attempts.append(attempt)
                compute = map if len(attempts) < 2 else threads.map
                for attempt, new in zip(attempts, compute(self._value, attempts), strict=True):
                    computed += 1
                    cooled = parameters.cooling ** (computed / parameters.candidates)
                    temperature = max(self.best_value, 1.0) * share * cooled
                    if new >= value + temperature * np.log(max(self.random.random(), 1e-300)):
                        spans, value = attempt, new
                        if value > self.best_value + _BETTER:
                            self._take(spans, value)
                        break

    def _hears(self) -> bool:
        """Whether somebody else has found something better since the run began."""
        windows, value = self.incumbent.best
        if value <= self._heard_above or value <= self.best_value + _BETTER:
            return False
        spans = self.spans_of(windows)
        if spans is not None:
            self.best, self.best_value = spans, value
        return spans is not None

    def _take(self, spans: Spans, value: float | None = None) -> None:
        self.best, self.best_value = list(spans), self._value(spans) if value is None else value
        self.incumbent.offer(self.windows_of(spans), self.best_value)

    def _changed(self, spans: Spans) -> Spans | None:
        """One small change; None where it comes to nothing."""
        spans = list(spans)
        used = [i for i in self.open if spans[i] is not None]
        along_path = bool(self.paths) and (not used or self.random.random() < self._now.path_share)
        kind = self.random.random()
        if along_path:
            changed = self._open_path(spans)
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
            changed = self._nudge(spans, self._pick(used))
        if not changed:
            return None
        if self.windows.limits.same_daily:
            for i in changed:
                self.repeat(spans, i)
        if along_path:
            self._make_room(spans, set(changed))
        return spans

    def _open_path(self, spans: Spans) -> list[int]:
        """Open all zones of a path on some day, for whoever starts at some time or up to some hours later."""
        path, day = self.paths[int(self.random.integers(len(self.paths)))], self._pick(self.days)
        if any((zone, day) not in self.of_day for zone, _, _ in path):
            return []
        chosen = [self._pick(self.of_day[zone, day]) for zone, _, _ in path]
        clock, margin = self.windows.clock, self.windows.margin
        hour = clock.in_steps(1.0)
        open_already = [span[0] - first for i, (_, first, _) in zip(chosen, path, strict=True) if (span := spans[i])]
        if open_already and self.random.random() < 0.7:
            start = self._pick(open_already) + int(self.random.integers(-hour // 2, hour // 2 + 1))
        else:
            earliest = max(int(self.slots[i].starts[0]) - first for i, (_, first, _) in zip(chosen, path, strict=True))
            latest = min(int(self.slots[i].ends[-1]) - last for i, (_, _, last) in zip(chosen, path, strict=True))
            start = int(self.random.integers(earliest, max(latest, earliest) + 1))
        held = int(self.random.random() ** 2 * self._now.hours_held_open * hour)
        for i, (_, first, last) in zip(chosen, path, strict=True):
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

    def _pick(self, among: list[int]) -> int:
        return among[int(self.random.integers(len(among)))]

    def _add(self, spans: Spans, used: list[int]) -> list[int]:
        free = [i for i in self.open if spans[i] is None]
        if not free:
            return []
        i = self._pick(free)
        slot = self.slots[i]
        same_day = [j for j in used if self.slots[j].day == slot.day] or used
        if same_day and self.random.random() < 0.8:
            first, end = spans[self._pick(same_day)] or (0, 0)
            offset = self.windows.clock.steps_between(first, slot.day - self.windows.clock.day(first))
            offset += int(self.random.integers(-4, 5))
            span = self.fit(slot, first + offset, end + offset)
        else:
            first = int(slot.starts[self.random.integers(len(slot.starts))])
            span = self.fit(slot, first, first + self.windows.shortest)
        spans[i] = span
        return [i] if span else []

    def _drop(self, spans: Spans, used: list[int]) -> list[int]:
        i = self._pick(used)
        spans[i] = None
        return [i]

    def _hand_over(self, spans: Spans, used: list[int]) -> list[int]:
        """Close one window and open another somewhere else at about the same time, or the other way round."""
        i = self._pick(used)
        free = [j for j in self.open if spans[j] is None]
        if not free:
            return []
        j = self._pick(free)
        first, end = spans[i] or (0, 0)
        offset = self.windows.clock.steps_between(first, self.slots[j].day - self.slots[i].day)
        spans[i] = None
        spans[j] = self.fit(self.slots[j], first + offset, end + offset)
        return [i, j] if spans[j] else []

    def _trade(self, spans: Spans, used: list[int]) -> list[int]:
        """Make one window shorter and another longer."""
        i, j = self._pick(used), self._pick(used)
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
        day = self.slots[self._pick(used)].day
        points = int(self.random.integers(1, 4)) * (1 if self.random.random() < 0.5 else -1)
        moved = [i for i in used if self.slots[i].day == day]
        for i in moved:
            slot, span = self.slots[i], spans[i] or (0, 0)
            at = int(np.searchsorted(slot.starts, span[0])) + points
            if not 0 <= at < len(slot.starts):
                return []
            first = int(slot.starts[at])
            spans[i] = self.fit(slot, first, first + span[1] - span[0])
            if spans[i] is None:
                return []
        return moved

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
