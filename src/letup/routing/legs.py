"""Which visit may follow which, so that whatever comes of it is quiet all along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.roads.open_times import Bools, Guards
from letup.roads.vehicle_paths import Roads, Way

NOWHERE = Way((), (), 0, 0.0, ())
"""The way between two visits at one place."""


@dataclass(frozen=True)
class Visit:
    """A vehicle at a place.

    Attributes
    ----------
    place : str
        Id of the place.
    earliest, latest : int
        Minutes after the start of the scenario between which work there may begin.
    service : int
        Minutes of work there.
    """

    place: str
    earliest: int
    latest: int
    service: int


class Legs:
    """Ways between places, and between which visits they may be used.

    Parameters
    ----------
    roads : Roads
        Ways of these vehicles.
    ways : mapping
        The way between each two places; pairs that are not there cannot be driven.
    safe : iterable of str
        Places where these vehicles may stay whatever happens: where they are based.
    """

    def __init__(self, roads: Roads, ways: Mapping[tuple[str, str], Way], safe: Iterable[str] = ()) -> None:
        self.roads, self.ways, self.safe = roads, dict(ways), frozenset(safe)
        self.guards: Guards = roads.guards
        self.stays: dict[tuple[Visit, str], Visit] = {}
        """When vehicles of a base that stay where they are after a visit are back, on a later day."""
        self._until: dict[Way, NDArray[np.int64]] = {}

    def way(self, one: str, other: str) -> Way | None:
        """The way between two places."""
        return NOWHERE if one == other else self.ways.get((one, other))

    def begins(self, way: Way) -> Bools:
        """Minutes at which a way can be begun."""
        return self.roads.begins(way)

    def until(self, way: Way, minute: int) -> int:
        """Last minute at which a way can be begun without a break from ``minute`` on; less than it if not even then."""
        if way not in self._until:
            free = self.begins(way)
            at = np.arange(len(free), dtype=np.int64)
            shut = np.where(free, len(free), at)
            self._until[way] = np.minimum.accumulate(shut[::-1])[::-1] - 1
        runs = self._until[way]
        return int(runs[minute]) if 0 <= minute < len(runs) else minute - 1

    def may_wait(self, place: str, first: int, last: int) -> bool:
        """Whether vehicles may be at a place from one minute up to another."""
        zone = -1 if place in self.safe else self.guards.zone_of[place]
        return zone < 0 or self.guards.clear(zone, first, last)

    def serving(self, place: str, minutes: int) -> Bools:
        """For each minute, whether vehicles can be worked at from then on for some minutes."""
        if place not in self.safe:
            return self.guards.serving(place, minutes)
        row = self.guards.row_of_hours.get(place, -1)
        if row < 0:
            free = np.ones(self.guards.minutes, bool)
            free[max(0, self.guards.minutes - minutes) :] = False
            return free
        return self.guards.starts(row, 0, max(minutes, 1))

    def leaves(self, other: Visit, way: Way, done: int) -> int:
        """When a vehicle done at one place leaves for another: at once, or so as not to come too early."""
        return max(done, other.earliest - way.minutes)

    def stay(self, visit: Visit, home: str, after: int) -> bool:
        """Note that vehicles may stay where they are after a visit, and go home when the way is next quiet.

        Where it is not quiet again from minute ``after`` on they stay for good. False if they may not stay there.
        """
        if not self.guards.may_stay(visit.place):
            return False
        way = self.way(visit.place, home)
        if way is None:
            way = self.roads.between([visit.place, home], after, self.guards.minutes).get((visit.place, home))
        first = max(after, visit.latest + visit.service)
        free = np.flatnonzero(self.begins(way)[first:]) if way is not None else np.zeros(0, np.int64)
        if way is None or not len(free):
            self.stays[visit, home] = Visit(visit.place, 0, self.guards.minutes, 0)
            return True
        self.ways[visit.place, home] = way
        leaves = first + int(free[0])
        self.stays[visit, home] = Visit(home, leaves + way.minutes, self.until(way, leaves) + way.minutes, 0)
        return True

    def may_follow(self, one: Visit, other: Visit) -> bool:
        """Whether, whenever ``one`` begins within its times, the way on to ``other`` is quiet.

        Begins that leave no time to be at ``other`` do not count: they are refused by its latest minute. A vehicle
        that would come too early waits before it leaves, where it is.
        """
        way = self.way(one.place, other.place)
        if way is None:
            return False
        first = one.earliest + one.service
        last = min(one.latest + one.service, other.latest - way.minutes)
        if last < first:
            return False
        leaves = self.leaves(other, way, first)
        if leaves > first and not self.may_wait(one.place, first, leaves):
            return False
        return self.until(way, leaves) >= self.leaves(other, way, last)
