"""Legs between visits: which visit may follow which, so that vehicles are on quiet roads whenever they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Bools
from letup.roads.open_times import OpenTimes
from letup.roads.vehicle_paths import VehiclePath, VehicleRoads

SAME_PLACE = VehiclePath((), (), 0, 0.0, ())
"""The leg between two visits to one place."""


@dataclass(frozen=True)
class Visit:
    """A stop of a vehicle with its time window.

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
    """Legs between places, and between which visits they may be driven.

    Parameters
    ----------
    roads : VehicleRoads
        The roads as these vehicles see them.
    paths : mapping of (origin, destination) to VehiclePath
        Paths between places, as from ``roads.paths_between``.
    bases : iterable of str
        Places where these vehicles may stay whatever happens: where they are based.

    Attributes
    ----------
    returns_later : dict of (Visit, str) to Visit
        Visits after which vehicles of a base stay where they are, and when they are back on a later day.
    """

    def __init__(
        self, roads: VehicleRoads, paths: Mapping[tuple[str, str], VehiclePath], bases: Iterable[str] = ()
    ) -> None:
        self.roads, self.paths, self.bases = roads, dict(paths), frozenset(bases)
        self.open_times: OpenTimes = roads.open_times
        self.returns_later: dict[tuple[Visit, str], Visit] = {}
        self._runs_until: dict[VehiclePath, NDArray[np.int64]] = {}

    def path(self, origin: str, destination: str) -> VehiclePath | None:
        """The path between two places; None if there is none."""
        return SAME_PLACE if origin == destination else self.paths.get((origin, destination))

    def departures(self, path: VehiclePath) -> Bools:
        """Minutes at which a path can be begun: bool[minutes]."""
        return self.roads.departures(path)

    def last_departure(self, path: VehiclePath, minute: int) -> int:
        """Last minute up to which a path can be begun at every minute from ``minute`` on; less if not even then."""
        if path not in self._runs_until:
            possible = self.departures(path)
            minutes = np.arange(len(possible), dtype=np.int64)
            next_impossible = np.where(possible, len(possible), minutes)
            self._runs_until[path] = np.minimum.accumulate(next_impossible[::-1])[::-1] - 1
        runs_until = self._runs_until[path]
        return int(runs_until[minute]) if 0 <= minute < len(runs_until) else minute - 1

    def may_wait(self, place: str, first: int, last: int) -> bool:
        """Whether vehicles may be at a place from one minute up to another."""
        zone = -1 if place in self.bases else self.open_times.zone_of[place]
        return zone < 0 or self.open_times.throughout(zone, first, last)

    def service_starts(self, place: str, minutes: int) -> Bools:
        """Minutes from which on vehicles can be worked at for so long at a place: bool[minutes]."""
        if place not in self.bases:
            return self.open_times.service_starts(place, minutes)
        row = self.open_times.row_of_hours.get(place, -1)
        if row < 0:
            fits = np.ones(self.open_times.minutes, bool)
            fits[max(0, self.open_times.minutes - minutes) :] = False
            return fits
        return self.open_times.starts(row, 0, max(minutes, 1))

    def departure(self, destination: Visit, path: VehiclePath, done: int) -> int:
        """When a vehicle that is done at a place leaves for the next: at once, or so as not to come too early."""
        return max(done, destination.earliest - path.minutes)

    def allow_stay(self, visit: Visit, base: str, after: int) -> bool:
        """Let vehicles stay where they are after a visit, and go back to base when the path is next quiet.

        Where it is not quiet again from minute ``after`` on they stay for good. False if they may not stay there.
        """
        if not self.open_times.may_stay(visit.place):
            return False
        path = self.path(visit.place, base)
        if path is None:
            later = self.roads.paths_between([visit.place, base], after, self.open_times.minutes)
            path = later.get((visit.place, base))
        first = max(after, visit.latest + visit.service)
        possible = np.flatnonzero(self.departures(path)[first:]) if path is not None else np.zeros(0, np.int64)
        if path is None or not len(possible):
            self.returns_later[visit, base] = Visit(visit.place, 0, self.open_times.minutes, 0)
            return True
        self.paths[visit.place, base] = path
        leaves = first + int(possible[0])
        back = leaves + path.minutes, self.last_departure(path, leaves) + path.minutes
        self.returns_later[visit, base] = Visit(base, *back, 0)
        return True

    def may_follow(self, visit: Visit, then: Visit) -> bool:
        """Whether, whenever work at ``visit`` begins within its window, the path on to ``then`` is quiet.

        Begins that leave no time to be at ``then`` do not count: they are refused by its latest minute. A vehicle
        that would come too early waits before it leaves, where it is.
        """
        path = self.path(visit.place, then.place)
        if path is None:
            return False
        first = visit.earliest + visit.service
        last = min(visit.latest + visit.service, then.latest - path.minutes)
        if last < first:
            return False
        leaves = self.departure(then, path, first)
        if leaves > first and not self.may_wait(visit.place, first, leaves):
            return False
        return self.last_departure(path, leaves) >= self.departure(then, path, last)
