"""When a vehicle is where: from the order of its visits to times between which all of it stays quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from letup.routing.legs import Legs, Visit


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
