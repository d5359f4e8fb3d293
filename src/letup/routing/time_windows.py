"""When something can be taken up and put down so that the vehicle gets there, is worked at, and gets out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from letup.roads.open_times import Bools
from letup.roads.vehicle_paths import Way
from letup.routing.legs import Legs, Visit


@dataclass(frozen=True)
class Wish:
    """What is to be moved, before it is known when it can be.

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


def fit(wish: Wish, homes: Sequence[str], legs: Legs, latest: int, *, stay: bool = False) -> tuple[Visit, Visit] | str:
    """Times for taking up and putting down, or why there are none.

    Every minute of the times given works: the way from one of ``homes`` and the way there are quiet, both places are
    quiet and open while the vehicle is worked at, and the way back is quiet if begun right after. Of several
    stretches of such minutes the longest is taken.

    Parameters
    ----------
    wish : Wish
        What is to be moved.
    homes : sequence of str
        Places that the vehicle may go back to afterwards.
    legs : Legs
        Ways between all places.
    latest : int
        Minute by which the vehicle must be back.
    stay : bool
        Whether the vehicle stays at the destination, so that no way back is asked for.
    """
    out = legs.way(wish.origin, wish.destination)
    if out is None:
        return "no road that vehicles can use is quiet for long enough to get there"
    backs = [way for home in homes if (way := legs.way(wish.destination, home)) is not None]
    if not backs and not stay:
        return "no road that vehicles can use is quiet for long enough to get back"
    come = np.full(legs.guards.minutes, wish.origin in homes)
    for home in homes:
        if (way := legs.way(home, wish.origin)) is not None and home != wish.origin:
            come |= _later(legs.begins(way), way.minutes)
    start = legs.begins(out)
    arrive = _later(start, out.minutes)
    work = legs.serving(wish.destination, wish.unloading)
    back = np.full(len(start), stay)
    back[max(0, latest - wish.unloading + 1) :] = False
    for way in backs:
        begins = legs.begins(way)
        begins[max(0, latest - way.minutes + 1) :] = False
        back |= _sooner(begins, wish.unloading)
    good = arrive & work & back
    ready = come & legs.serving(wish.origin, wish.loading)
    leave = start & _sooner(good, out.minutes) & _later(ready, wish.loading)
    leave[: max(0, wish.first)] = False
    leave[max(0, wish.last) :] = False
    run = _longest(leave)
    if run is None:
        return _why(start, out.minutes, work, back, wish)
    first, last = run
    there = first + out.minutes
    shut = np.flatnonzero(~good[there:])
    until = there + int(shut[0]) - 1 if len(shut) else len(good) - 1
    return (
        Visit(wish.origin, first - wish.loading, last - wish.loading, wish.loading),
        Visit(wish.destination, there, until, wish.unloading),
    )


def _why(start: Bools, out: int, work: Bools, back: Bools, wish: Wish) -> str:
    """Which of the conditions leaves no time."""
    within = np.zeros_like(start)
    within[wish.first : wish.last] = start[wish.first : wish.last]
    if not within.any():
        return "its way is not quiet for long enough at any time that day"
    arrive = _later(within, out)
    if not (arrive & work).any():
        return "no pause at the destination lasts long enough, or falls into its hours, to unload after arriving"
    if not (arrive & work & back).any():
        return "no pause lasts long enough to unload and to get out again"
    return "the hours of its origin, or the way there, leave no time to set out that day"


def _later(free: Bools, minutes: int) -> Bools:
    """The same, minutes later."""
    moved = np.zeros_like(free)
    moved[minutes:] = free[: len(free) - minutes] if minutes else free
    return moved


def _sooner(free: Bools, minutes: int) -> Bools:
    """The same, minutes sooner."""
    moved = np.zeros_like(free)
    moved[: len(free) - minutes] = free[minutes:]
    return moved


def _longest(free: NDArray[np.bool_]) -> tuple[int, int] | None:
    """First and last minute of the longest stretch; the earliest of equals."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    if not len(edges):
        return None
    first, after = edges[::2], edges[1::2]
    k = int(np.argmax(after - first))
    return int(first[k]), int(after[k]) - 1


def ways_for(wish: Wish, given: Way | None, legs_ways: dict[tuple[str, str], Way], begins: Bools | None) -> None:
    """Take the way that the deliveries name, where it can be begun at all in the time wished for."""
    if given is not None and begins is not None and begins[wish.first : wish.last].any():
        legs_ways[wish.origin, wish.destination] = given


@dataclass(frozen=True)
class Times:
    """Minutes after the start of the scenario at one stop.

    Whoever arrives between the earliest and the latest and works the minutes planned can leave between the earliest
    and the latest to leave; whoever does, at any minute, arrives at the next stop between its earliest and latest.
    """

    arrive_earliest: int
    arrive_latest: int
    leave_earliest: int
    leave_latest: int


def joined(visits: Sequence[Visit]) -> Visit | None:
    """Visits at one place, one right after the other, as one; None if there would be a wait between them."""
    earliest, latest, service = 0, 10**9, 0
    for visit in visits:
        earliest = max(earliest, visit.earliest - service)
        latest = min(latest, visit.latest - service)
        service += visit.service
    return Visit(visits[0].place, earliest, latest, service) if earliest <= latest else None


def times(visits: Sequence[Visit], legs: Legs) -> list[Times] | None:
    """Times at each stop: as early as possible, then without idle waits on the way; None if there are none.

    Parameters
    ----------
    visits : sequence of Visit
        In order, from where the vehicle starts to where it ends.
    legs : Legs
        Ways between them.
    """
    ways = [legs.way(one.place, other.place) for one, other in pairwise(visits)]
    begin = [visits[0].earliest]
    leave: list[int] = []
    for one, other, way in zip(visits[:-1], visits[1:], ways, strict=True):
        if way is None:
            return None
        done = begin[-1] + one.service
        at = legs.leaves(other, way, done)
        if legs.until(way, at) < at or not legs.may_wait(one.place, done, at) or at + way.minutes > other.latest:
            return None
        leave.append(at)
        begin.append(at + way.minutes)
    leave.append(begin[-1] + visits[-1].service)
    for k in range(len(visits) - 3, -1, -1):  # take waits back to where the vehicle may rather be later
        later = min(leave[k] - visits[k].service, visits[k].latest)
        if k and later > begin[k]:
            way = ways[k - 1]
            assert way is not None
            at = later - way.minutes
            if legs.until(way, leave[k - 1]) >= at and legs.may_wait(visits[k - 1].place, leave[k - 1], at):
                begin[k], leave[k - 1] = later, at
        elif later > begin[k]:
            begin[k] = later
    latest = [visit.latest for visit in visits]
    leave_latest = [visit.latest + visit.service for visit in visits]
    for k in range(len(visits) - 2, -1, -1):
        way = ways[k]
        assert way is not None
        last = min(legs.until(way, leave[k]), latest[k + 1] - way.minutes)
        latest[k] = max(begin[k], min(visits[k].latest, last - visits[k].service))
        stays = legs.may_wait(visits[k].place, latest[k] + visits[k].service, last)
        leave_latest[k] = last if stays else max(leave[k], latest[k] + visits[k].service)
    if ways and ways[-1] is not None:
        latest[-1] = max(begin[-1], leave_latest[-2] + ways[-1].minutes)
        leave_latest[-1] = latest[-1] + visits[-1].service
    return [Times(*when) for when in zip(begin, latest, leave, leave_latest, strict=True)]
