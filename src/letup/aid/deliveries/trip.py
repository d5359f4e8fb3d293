"""A trip of trucks: from a base to a stop and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from letup.aid.deliveries.truck_paths import TruckPath
from letup.core.arrays import Bools


@dataclass(frozen=True)
class Return:
    """The way back of all trucks of a trip, together.

    Attributes
    ----------
    depart, arrive : int
        Steps; the trucks are back at the beginning of the second.
    way : Way
        Where it leads.
    """

    depart: int
    arrive: int
    path: TruckPath


@dataclass(frozen=True)
class Trip:
    """A way from a base to a stop, for departures at any step from one to another, and back.

    Attributes
    ----------
    fleet : int
        Number of the fleet, which loads at its base.
    stop : str
        Place it goes to.
    slot : int
        Slot in which the first departs.
    first, last : int
        First and last step of departure.
    way : Way
        Where it leads, minutes since departure.
    lasts : int
        Steps until arrival, rounded up.
    unload : int
        Step at which the first that arrives is unloaded.
    free : int
        Step at the beginning of which the last is unloaded.
    back : Return or None
        None if there is no way back in time: then the trucks stay where they are.
    """

    fleet: int
    stop: str
    slot: int
    first: int
    last: int
    path: TruckPath
    lasts: int
    unload: int
    free: int
    back: Return | None


def open_spells(is_open: Bools, length: int, *, ends: bool) -> Bools:
    """Steps at which a spell of so many open steps begins, or that end one."""
    if length <= 1:
        return is_open
    count = np.concatenate([[0], np.cumsum(is_open)])
    result = np.zeros(len(is_open), bool)
    whole = count[length:] - count[:-length] == length
    if ends:
        result[length - 1 :] = whole
    else:
        result[: len(whole)] = whole
    return result
