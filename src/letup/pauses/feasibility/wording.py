"""Zones, times, windows and limits in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from letup.core.clock import Clock
from letup.core.wording import first_few, listed, number, time_of_day
from letup.pauses.limits import INFO, Limits, Window

_LISTED = 3


@dataclass(frozen=True)
class Words:
    """Zones and times in words.

    Attributes
    ----------
    clock : Clock
        What the steps mean.
    names : sequence of str or None
        Names of the zones; None = their numbers.
    """

    clock: Clock
    names: Sequence[str] | None = None

    def zone(self, zone: int) -> str:
        """Name of a zone."""
        return self.names[zone] if self.names is not None and zone < len(self.names) else f"zone {zone}"

    def zones(self, zones: Sequence[int]) -> str:
        """Names of zones, the first few of many."""
        return listed([self.zone(zone) for zone in zones], most=_LISTED)

    def span(self, first: int, last: int) -> str:
        """Steps, both inclusive, as times of a day, such as "day 2, 06:00 to 09:00"."""
        start, end = self.clock.day(first) + 1, self.clock.day(last + 1) + 1
        whole = time_of_day(self.clock.time(last + 1) / 60)
        if whole == "00:00" and end > start:
            end, whole = end - 1, "24:00"
        later = f"day {end}, " if end != start else ""
        return f"day {start}, {time_of_day(self.clock.time(first) / 60)} to {later}{whole}"

    def window(self, window: Window) -> str:
        """A window: its zone and times."""
        return f"{self.zone(window.zone)}, {self.span(window.first, window.last)}"

    def hours(self, steps: float) -> str:
        """Steps in hours, without idle zeros."""
        return f"{number(self.clock.hours(steps))} h"

    def listed(self, words: Sequence[str]) -> str:
        """Phrases, the first few of many."""
        return first_few(words, _LISTED, between="; ")

    def entry(self, entry: Window | tuple[int, ...]) -> str:
        """An entry of a limit: a window, or zones that go together."""
        return self.window(entry) if isinstance(entry, Window) else self.zones(entry)


def stated(name: str, limits: Limits, words: Words) -> str:
    """What a limit says, in words."""
    info, value = INFO[name], getattr(limits, name)
    match info.relaxed_as:
        case "hours":
            return info.says.format(first=time_of_day(value[0]), last=time_of_day(value[1]))
        case "budget" if isinstance(value, tuple):
            return f"pauses cost the parties at most {', '.join(f'{most:g}' for most in value if not math.isinf(most))}"
        case "times":
            times = [words.window(Window(*entry)) for entry in value]
            return info.says.format(entries=words.listed(times))
        case "entries" if name == "together":
            return "; ".join(info.says.format(entries=words.entry(group)) for group in value)
        case "entries":
            return info.says.format(entries=words.listed([words.entry(entry) for entry in value]))
        case "flag":
            return info.says
    return info.says.format(value=f"{value:g}")
