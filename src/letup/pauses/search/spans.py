"""Windows as spans of slots: one, or none, for each slot (zones, day, number within the day).

Most limits are kept by construction then; what windows must keep together is checked by `letup.pauses.limit_checks`,
with which this shares no code.
"""

from __future__ import annotations

import numpy as np

from letup.pauses.certificates.window_rows import Slot, WindowRows
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Window

Span = tuple[int, int] | None
Spans = list[Span]
"""For each slot, first step and step after the last; None = no window."""


class SpanRules:
    """What spans stand for, and what they may be.

    Parameters
    ----------
    windows : WindowRows
        Slots, limits and clock.
    zones : int
        Number of zones.
    """

    def __init__(self, windows: WindowRows, zones: int) -> None:
        self.windows, self.zones, self.slots = windows, zones, windows.slots
        self.open = [i for i, slot in enumerate(self.slots) if len(slot.starts) * len(slot.ends) > 1]

    def spans_of(self, given: list[Window]) -> Spans | None:
        """The spans that windows stand for; None if they do not fit the slots."""
        left = {(w.zone, w.first, w.last + 1) for w in given}
        spans: Spans = [None] * len(self.slots)
        for i, slot in enumerate(self.slots):
            mine = sorted(
                (first, end)
                for zone, first, end in left
                if zone == slot.zones[0]
                and first in slot.starts
                and end in slot.ends
                and self.windows.clock.day(first) == slot.day
            )
            if mine:
                spans[i] = mine[0]
                left -= {(zone, *mine[0]) for zone in slot.zones}
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
            i = max(used, key=lambda j: (_length(spans[j]), j))
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


def _length(span: Span) -> int:
    return span[1] - span[0] if span is not None else 0
