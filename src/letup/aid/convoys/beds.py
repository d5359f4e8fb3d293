"""Who goes to which bed: the most urgent first, then by the shortest rides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True)
class Person:
    """One patient, without a name.

    Attributes
    ----------
    row : str
        Id of the row of patients.csv.
    place, to : str
        Where they are; the id of a place, or a kind of place, that they go to.
    priority : int
        1 is moved first.
    lying : bool
        Whether they need a place to lie; else to sit.
    companions : int
        People who go with them and sit.
    way_back : str
        How they come back.
    """

    row: str
    place: str
    to: str
    priority: int
    lying: bool
    companions: int
    way_back: str


def assign(
    people: Sequence[Person],
    beds: Mapping[str, tuple[str, int]],
    minutes: Mapping[tuple[str, str], int],
    most: int,
) -> tuple[dict[int, str], list[int]]:
    """Give beds to patients, one priority after the other: as many as possible, then with the least total ride.

    Parameters
    ----------
    people : sequence of Person
        Patients.
    beds : mapping of place to (kind, beds)
        Free beds.
    minutes : mapping of (place, place) to int
        Shortest rides.
    most : int
        Longest ride that counts.

    Returns
    -------
    given : dict of int to str
        Place by number of the patient, for those who get one.
    without : list of int
        The others.
    """
    left = {place: count for place, (_, count) in beds.items()}
    given: dict[int, str] = {}
    without: list[int] = []
    for priority in sorted({one.priority for one in people}):
        group = [number for number, one in enumerate(people) if one.priority == priority]
        slots = [place for place, count in left.items() for _ in range(min(count, len(group)))]
        never = 1 + (most + 1) * (len(group) + 1)
        cost = np.full((len(group), len(slots) + len(group)), float(never))
        for i, number in enumerate(group):
            one = people[number]
            for j, place in enumerate(slots):
                ride = minutes.get((one.place, place), most + 1)
                wanted = place == one.to or beds[place][0] == one.to
                cost[i, j] = ride if wanted and place != one.place and ride <= most else 2.0 * never
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, j] < never:
                given[group[i]] = slots[j]
                left[slots[j]] -= 1
            else:
                without.append(group[i])
    return given, without
