"""Whether a plan exists within limits: windows that keep to them, and somebody who gets out through them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from letup.flow.network import TimedNetwork
from letup.pauses.clock import Clock
from letup.pauses.limits import Limits
from letup.pauses.passage import Passage, Steps, quiet_until
from letup.pauses.possible import Undecided, find_windows

_ROUNDS = 40


@dataclass
class Feasible:
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
    """

    net: TimedNetwork | None
    zones: int
    clock: Clock
    deadline: float = np.inf
    passage: Passage | None = field(init=False)
    _crossing: dict[tuple[tuple[int, ...], ...], Steps] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.passage = Passage(self.net, self.clock.steps) if self.net is not None else None

    def test(self, limits: Limits) -> bool | None:
        """True or False if it is proven that there is a plan or none; None if it could not be decided."""
        if time.monotonic() > self.deadline:
            return None
        try:
            if self.zones and find_windows(limits, self.zones, self.clock) is None:
                return False
            return True if self.passage is None else self._somebody(self.passage, limits)
        except Undecided:
            return None

    def _somebody(self, passage: Passage, limits: Limits) -> bool | None:
        """Whether somebody gets out through windows within the limits.

        A set of zones that lets somebody out if all its allowed steps are quiet is looked for among those that
        may have a window each within the limits; journeys through them are then tried one by one.
        """
        if limits.together not in self._crossing:
            self._crossing[limits.together] = passage.crossing(self.zones, limits.together)
        crossing = self._crossing[limits.together]
        until = quiet_until(limits, self.zones, self.clock, crossing)
        if not passage.there(until, first=True)[0]:
            return False
        if not self.zones or self._journey_fits(passage, limits, until):
            return True
        closed = np.tile(np.arange(self.clock.steps) - 1, (self.zones, 1))
        wanted: list[frozenset[int]] = [frozenset(range(self.zones))]
        proven = True
        for _ in range(_ROUNDS):
            if time.monotonic() > self.deadline:
                return None
            windows = find_windows(limits, self.zones, self.clock, among=wanted, lasting=crossing)
            if windows is None:
                return False if proven else None
            opened = {w.zone for w in windows}
            if passage.there(_only(opened, until, closed), first=True)[0]:
                if self._journey_fits(passage, limits, _only(opened, until, closed)):
                    return True
                # Zones that would do, but no journey tried fits: go on with others, and prove nothing.
                proven = False
            for zone in sorted(set(range(self.zones)) - opened):
                if not passage.there(_only(opened | {zone}, until, closed), first=True)[0]:
                    opened.add(zone)
            rest = frozenset(range(self.zones)) - opened
            if not rest:
                return None
            wanted.append(rest)
        return None

    def _journey_fits(self, passage: Passage, limits: Limits, until: Steps) -> bool:
        """Whether windows within the limits hold all stays of one of a few journeys."""
        return any(
            find_windows(limits, self.zones, self.clock, held=journey.stays) is not None
            for journey in passage.journeys(until)
        )


def _only(zones: set[int], until: Steps, closed: Steps) -> Steps:
    """Quiet in some zones only."""
    part = closed.copy()
    part[sorted(zones)] = until[sorted(zones)]
    return part
