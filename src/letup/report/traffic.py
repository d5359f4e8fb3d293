"""People on each piece of road at each step, from the movements, in a compact form.

A movement sends ``people_per_step`` people into an arc at each step of a span, and each of them is
on it for some steps. Their number over time is a trapezoid, so its second difference is zero
except at four steps. Sums of trapezoids stay as sparse: that is what the page carries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from letup.core.arrays import Longs
from letup.tables import parse_paths

MOST_BENDS = 150_000


@dataclass(frozen=True)
class Visits:
    """One row per movement and arc.

    Attributes
    ----------
    movement, arc : int64[k]
        Row of the movements table, and RoadNetwork arc.
    rate : int64[k]
        People who enter per step.
    enter_first, enter_last : int64[k]
        Steps at which the first and the last of them enter.
    stay : int64[k]
        Steps for which each of them is on the arc, at least 1.
    """

    movement: Longs
    arc: Longs
    rate: Longs
    enter_first: Longs
    enter_last: Longs
    stay: Longs


def visits(movements: pd.DataFrame) -> Visits:
    """Read the ``arcs`` column of the movements of all at once.

    People stay on an arc until they enter the next one or arrive: waiting at its end counts. See `walking`.
    """
    movement, arc, offset = parse_paths([text if isinstance(text, str) else "" for text in movements["arcs"]])

    def column(name: str) -> Longs:
        return movements[name].to_numpy(np.int64)

    way = (column("arrive_first_step") - column("depart_first_step"))[movement]
    last = np.ones(len(arc), bool)
    last[:-1] = movement[1:] != movement[:-1]
    leave = np.where(last, way, np.roll(offset, -1))
    first, until = column("depart_first_step")[movement], column("depart_last_step")[movement]
    stay = np.maximum(leave - offset, 1)
    return Visits(movement, arc, column("people_per_step")[movement], first + offset, until + offset, stay)


def walking(visit: Visits, longest: Longs) -> tuple[Visits, Visits]:
    """Part visits in two: the time on the road, and the time of waiting at its end.

    Parameters
    ----------
    visit : Visits
        The visits.
    longest : int64[k]
        Steps that going through the arc takes, rounded up; whoever stays longer waits, in a place off the road.

    Returns
    -------
    on, waiting : Visits
        Same movements and arcs; ``waiting`` has only those that wait.
    """
    # a step more than that can come from rounding, and is no waiting
    late = visit.stay > np.maximum(longest, 1) + 1
    stay = np.where(late, np.maximum(longest, 1), visit.stay)
    waiting = Visits(
        visit.movement[late], visit.arc[late], visit.rate[late],
        (visit.enter_first + stay)[late], (visit.enter_last + stay)[late], (visit.stay - stay)[late],
    )  # fmt: skip
    return replace(visit, stay=stay), waiting


def bends(key: Longs, visit: Visits, keys: int, steps: int) -> list[list[int]]:
    """Second differences of the people on each key (a piece of road) over time.

    Parameters
    ----------
    key : int64[k]
        Key of each visit, 0..keys-1; visits with a negative key are left out.
    visit : Visits
        The visits.
    keys, steps : int
        How many keys and steps.

    Returns
    -------
    list of lists
        For each key: step, change, step later, change, ... The number of people at step s is the
        sum of ``change * (s - step + 1)`` over all changes up to s.
    """
    kept = key >= 0
    key, rate = key[kept], visit.rate[kept]
    first, after, stay = visit.enter_first[kept], visit.enter_last[kept] + 1, visit.stay[kept]
    when = np.concatenate([first, after, first + stay, after + stay])
    change = np.concatenate([rate, -rate, -rate, rate])
    where = np.concatenate([key] * 4)
    inside = when < steps
    place, inverse = np.unique(where[inside] * steps + when[inside], return_inverse=True)
    total = np.bincount(inverse, weights=change[inside], minlength=len(place)).astype(np.int64)
    place, total = place[total != 0], total[total != 0]
    step, owner = place % steps, place // steps
    starts = np.searchsorted(owner, np.arange(keys + 1))
    return [_packed(step[a:b], total[a:b]) for a, b in pairwise(starts)]


def _packed(step: Longs, change: Longs) -> list[int]:
    out = np.empty(2 * len(step), np.int64)
    out[0::2] = np.diff(step, prepend=0)
    out[1::2] = change
    return [int(value) for value in out]


def people(bent: list[int], steps: int) -> Longs:
    """People at each step, from their second differences: int64[steps]."""
    curve = np.zeros(steps, np.int64)
    if bent:
        curve[np.cumsum(bent[0::2])] = bent[1::2]
    return np.cumsum(np.cumsum(curve))


def coarser(bent: list[list[int]], steps: int, most: int = MOST_BENDS) -> tuple[list[list[int]], int]:
    """Fewer bends where there are too many for one page.

    Time is cut into blocks of 2, 3, 4, ... steps, and the largest number within a block stands for
    it. Returns the bends and the steps in a block (1 = nothing was lost).
    """
    block, out = 1, bent
    while sum(map(len, out)) > 2 * most and block < 48:
        block += 1 if block < 4 else 2
        shorter = [_stairs(curve, steps, block) for curve in bent]
        if sum(map(len, shorter)) >= sum(map(len, bent)):
            continue
        out = shorter
    return (out, block) if out is not bent else (bent, 1)


def _stairs(bent: list[int], steps: int, block: int) -> list[int]:
    padded = np.pad(people(bent, steps), (0, -steps % block))
    curve = np.repeat(padded.reshape(-1, block).max(axis=1), block)[:steps]
    change = np.diff(np.diff(curve, prepend=0), prepend=0)
    at = np.flatnonzero(change).astype(np.int64)
    return _packed(at, change[at])
