"""Time windows: in which something can be picked up and delivered, and at which minutes a vehicle is at each stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Bools
from letup.routing.legs import Legs, Visit


@dataclass(frozen=True)
class Transport:
    """Something, or somebody, to be moved, before it is known when.

    Attributes
    ----------
    origin, destination : str
        Places.
    first, last : int
        Minutes between which it may set out, the last one left out.
    loading, unloading : int
        Minutes of work at each end.
    """

    origin: str
    destination: str
    first: int
    last: int
    loading: int
    unloading: int


@dataclass(frozen=True)
class StopTimes:
    """Minutes after the start of the scenario at one stop.

    Whoever arrives between the earliest and the latest and works the minutes planned can leave between the earliest
    and the latest to leave; whoever does, at any minute, arrives at the next stop between its earliest and latest.
    """

    arrive_earliest: int
    arrive_latest: int
    leave_earliest: int
    leave_latest: int


def time_windows(
    transport: Transport, bases: Sequence[str], legs: Legs, latest: int, *, stay: bool = False
) -> tuple[Visit, Visit] | str:
    """Time windows of pickup and delivery, or why there are none.

    Every minute of the windows works: the path from one of ``bases`` and the path to the destination are quiet, both
    places are quiet and open while the vehicle is worked at, and the path back is quiet if begun right after. Of
    several runs of such minutes the longest is taken.

    Parameters
    ----------
    transport : Transport
        What is to be moved.
    bases : sequence of str
        Places that the vehicle may go back to afterwards.
    legs : Legs
        Paths between all places.
    latest : int
        Minute by which the vehicle must be back.
    stay : bool
        Whether the vehicle stays at the destination, so that no path back is asked for.
    """
    out = legs.path(transport.origin, transport.destination)
    if out is None:
        return "no road that vehicles can use is quiet for long enough to get there"
    paths_back = [path for base in bases if (path := legs.path(transport.destination, base)) is not None]
    if not paths_back and not stay:
        return "no road that vehicles can use is quiet for long enough to get back"
    at_origin = np.full(legs.open_times.minutes, transport.origin in bases)
    for base in bases:
        if (path := legs.path(base, transport.origin)) is not None and base != transport.origin:
            at_origin |= _later(legs.departures(path), path.minutes)
    start = legs.departures(out)
    arrive = _later(start, out.minutes)
    unload = legs.service_starts(transport.destination, transport.unloading)
    back = np.full(len(start), stay)
    back[max(0, latest - transport.unloading + 1) :] = False
    for path in paths_back:
        leave_back = legs.departures(path)
        leave_back[max(0, latest - path.minutes + 1) :] = False
        back |= _sooner(leave_back, transport.unloading)
    deliver = arrive & unload & back
    load = at_origin & legs.service_starts(transport.origin, transport.loading)
    leave = start & _sooner(deliver, out.minutes) & _later(load, transport.loading)
    leave[: max(0, transport.first)] = False
    leave[max(0, transport.last) :] = False
    run = _longest_run(leave)
    if run is None:
        return _why_none(start, out.minutes, unload, back, transport)
    first, last = run
    earliest = first + out.minutes
    impossible = np.flatnonzero(~deliver[earliest:])
    until = earliest + int(impossible[0]) - 1 if len(impossible) else len(deliver) - 1
    return (
        Visit(transport.origin, first - transport.loading, last - transport.loading, transport.loading),
        Visit(transport.destination, earliest, until, transport.unloading),
    )


def _why_none(start: Bools, out_minutes: int, unload: Bools, back: Bools, transport: Transport) -> str:
    """Which of the conditions leaves no time."""
    within = np.zeros_like(start)
    within[transport.first : transport.last] = start[transport.first : transport.last]
    if not within.any():
        return "its way is not quiet for long enough at any time that day"
    arrive = _later(within, out_minutes)
    if not (arrive & unload).any():
        return "no pause at the destination lasts long enough, or falls into its hours, to unload after arriving"
    if not (arrive & unload & back).any():
        return "no pause lasts long enough to unload and to get out again"
    return "the hours of its origin, or the way there, leave no time to set out that day"


def _later(state: Bools, minutes: int) -> Bools:
    """The same state, minutes later."""
    moved = np.zeros_like(state)
    moved[minutes:] = state[: len(state) - minutes] if minutes else state
    return moved


def _sooner(state: Bools, minutes: int) -> Bools:
    """The same state, minutes sooner."""
    moved = np.zeros_like(state)
    moved[: len(state) - minutes] = state[minutes:]
    return moved


def _longest_run(state: NDArray[np.bool_]) -> tuple[int, int] | None:
    """First and last minute of the longest run of True; the earliest of equals."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], state, [False]]).astype(np.int8)))
    if not len(edges):
        return None
    first, after = edges[::2], edges[1::2]
    longest = int(np.argmax(after - first))
    return int(first[longest]), int(after[longest]) - 1


def merged(visits: Sequence[Visit]) -> Visit | None:
    """Visits to one place, one right after the other, as one; None if there would be a wait between them."""
    earliest, latest, service = 0, 10**9, 0
    for visit in visits:
        earliest = max(earliest, visit.earliest - service)
        latest = min(latest, visit.latest - service)
        service += visit.service
    return Visit(visits[0].place, earliest, latest, service) if earliest <= latest else None


def schedule(visits: Sequence[Visit], legs: Legs) -> list[StopTimes] | None:
    """Times at each stop: as early as possible, then without idle waits on the way; None if there are none.

    Parameters
    ----------
    visits : sequence of Visit
        In order, from where the vehicle starts to where it ends.
    legs : Legs
        Paths between them.
    """
    paths = [legs.path(visit.place, then.place) for visit, then in pairwise(visits)]
    begin = [visits[0].earliest]
    leave: list[int] = []
    for visit, then, path in zip(visits[:-1], visits[1:], paths, strict=True):
        if path is None:
            return None
        done = begin[-1] + visit.service
        at = legs.departure(then, path, done)
        quiet = legs.last_departure(path, at) >= at and legs.may_wait(visit.place, done, at)
        if not quiet or at + path.minutes > then.latest:
            return None
        leave.append(at)
        begin.append(at + path.minutes)
    leave.append(begin[-1] + visits[-1].service)
    for k in range(len(visits) - 3, -1, -1):  # take waits back to where the vehicle may rather be later
        later = min(leave[k] - visits[k].service, visits[k].latest)
        if k and later > begin[k]:
            path = paths[k - 1]
            assert path is not None
            at = later - path.minutes
            stays = legs.may_wait(visits[k - 1].place, leave[k - 1], at)
            if stays and legs.last_departure(path, leave[k - 1]) >= at:
                begin[k], leave[k - 1] = later, at
        elif later > begin[k]:
            begin[k] = later
    latest = [visit.latest for visit in visits]
    leave_latest = [visit.latest + visit.service for visit in visits]
    for k in range(len(visits) - 2, -1, -1):
        path = paths[k]
        assert path is not None
        last = min(legs.last_departure(path, leave[k]), latest[k + 1] - path.minutes)
        latest[k] = max(begin[k], min(visits[k].latest, last - visits[k].service))
        stays = legs.may_wait(visits[k].place, latest[k] + visits[k].service, last)
        leave_latest[k] = last if stays else max(leave[k], latest[k] + visits[k].service)
    if paths and paths[-1] is not None:
        latest[-1] = max(begin[-1], leave_latest[-2] + paths[-1].minutes)
        leave_latest[-1] = latest[-1] + visits[-1].service
    return [StopTimes(*when) for when in zip(begin, latest, leave, leave_latest, strict=True)]
