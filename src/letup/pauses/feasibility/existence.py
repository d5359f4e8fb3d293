"""Whether a plan exists within limits: windows that keep to them, and somebody who gets out through them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import numpy as np

from letup.core.clock import Clock
from letup.pauses.feasibility.reachability import JourneySearch, Steps, quiet_until
from letup.pauses.feasibility.window_milp import Undecided, find_windows
from letup.pauses.limits import Limits, Window
from letup.roads.timed_network import TimedNetwork

_ROUNDS = 40
_TRIES = 4
_AT_FIRST = 2
_JOURNEYS = 8
_SECONDS = 20.0


@dataclass
class FeasibilityTest:
    """Tells whether limits leave room for a plan.

    Attributes
    ----------
    net : TimedNetwork or None
        The network; None = only ask for windows, not whether anybody gets out.
    zones : int
        Number of zones.
    clock : Clock
        What the steps mean.
    deadline : float
        Time (of ``time.monotonic``) from which on nothing is decided any more.
    windows : list of Window
        Windows of the plan that the last test found; where zone-hours or the concession were free, few of them.
    """

    net: TimedNetwork | None
    zones: int
    clock: Clock
    deadline: float = np.inf
    windows: list[Window] = field(init=False, default_factory=list)
    journey_search: JourneySearch | None = field(init=False)
    _crossing: dict[tuple[tuple[int, ...], ...], Steps] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.journey_search = JourneySearch(self.net, self.clock.steps) if self.net is not None else None

    def test(self, limits: Limits) -> bool | None:
        """True or False if it is proven that there is a plan or none; None if it could not be decided."""
        if time.monotonic() > self.deadline:
            return None
        try:
            if self.zones and self._windows(limits) is None:
                return False
            return True if self.journey_search is None else self._somebody(self.journey_search, limits)
        except Undecided:
            return None

    def _somebody(self, journey_search: JourneySearch, limits: Limits) -> bool | None:
        """Whether somebody gets out through windows within the limits.

        A set of zones that lets somebody out if all its allowed steps are quiet is looked for among those that
        may have a window each within the limits; journeys through them are then tried one by one.
        """
        if limits.together not in self._crossing:
            self._crossing[limits.together] = journey_search.crossing(self.zones, limits.together)
        crossing = self._crossing[limits.together]
        until = quiet_until(limits, self.zones, self.clock, crossing)
        if not self._gets_out(journey_search, until):
            return False
        if not self.zones or self._journey_fits(journey_search, limits, until, _AT_FIRST):
            return True
        closed = np.tile(np.arange(self.clock.steps) - 1, (self.zones, 1))
        wanted: list[frozenset[int]] = [frozenset(range(self.zones))]
        proven, tries = True, _TRIES
        for _ in range(_ROUNDS):
            if time.monotonic() > self.deadline:
                return None
            windows = self._windows(limits, among=wanted, lasting=crossing)
            if windows is None:
                if proven:
                    return False
                break
            opened = {w.zone for w in windows}
            if journey_search.joined(opened):
                if self._gets_out(journey_search, _only(opened, until, closed)):
                    if self._journey_fits(journey_search, limits, _only(opened, until, closed)):
                        return True
                    # Zones that would do, but no journey tried fits: go on with others, and prove nothing.
                    proven, tries = False, tries - 1
                    if not tries:
                        break
            else:
                for zone in sorted(set(range(self.zones)) - opened):
                    if not journey_search.joined(opened | {zone}):
                        opened.add(zone)
            rest = frozenset(range(self.zones)) - opened
            if not rest:
                break
            wanted.append(rest)
        return True if self._journey_fits(journey_search, limits, until) else None

    def _windows(self, limits: Limits, **wishes: Any) -> list[Window] | None:
        """Windows within the limits, looked for as long as there is time."""
        least: Literal["zone_hours", "concession"] | None
        seconds = min(self.deadline - time.monotonic(), _SECONDS)
        if seconds <= 0:
            raise Undecided("no time is left")
        least = "zone_hours" if limits.zone_hours is None else None
        if limits.concession is not None and limits.concession_budget is None:
            least = "concession"
        windows = find_windows(limits, self.zones, self.clock, seconds=seconds, least=least, **wishes)
        self.windows = windows or self.windows
        return windows

    def _gets_out(self, journey_search: JourneySearch, until: Steps) -> bool:
        """Whether anybody arrives where zones are quiet as long as they ever may be."""
        return bool(journey_search.arrivals(until, first=True)[0])

    def _journey_fits(
        self, journey_search: JourneySearch, limits: Limits, until: Steps, tries: int = _JOURNEYS
    ) -> bool:
        """Whether windows within the limits hold all stays of one of a few journeys."""
        tried = islice(journey_search.journeys(until), tries)
        return any(self._windows(limits, held=journey.stays) is not None for journey in tried)


def _only(zones: set[int], until: Steps, closed: Steps) -> Steps:
    """Quiet in some zones only."""
    part = closed.copy()
    part[sorted(zones)] = until[sorted(zones)]
    return part
