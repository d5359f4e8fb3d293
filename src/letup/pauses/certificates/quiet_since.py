"""Since when whoever makes a move has been in its zone without a break.

A pause covers each step that is spent on a road of its zone, one after the other, by *one* window. So whoever
makes a move in the middle of a zone, where there is nowhere to stay, needs a window that has lasted since they came
into the zone. Windows in fractions, one shortly after the other, are quiet at each
single step and yet cover few such stretches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.pauses.certificates.coarse_network import Coarse

Steps = NDArray[np.int64]


def stretches(net: Coarse) -> Steps:
    """Step since which everybody who makes each move has been in its zone at a stretch, at the latest.

    A stretch begins at a place where people live or may stay, or to which a move of another zone leads.

    Parameters
    ----------
    net : Coarse
        The network.

    Returns
    -------
    int64[moves]
        First step of the stretch; that of the move itself where it needs no pause.
    """
    begins = net.stays | (net.people > 0)
    begins[net.stay_from] = begins[net.stay_to] = True
    return _latest(net.places, net.tail, net.head, net.zone, net.start, begins)


def _latest(places: int, tail: Steps, head: Steps, zone: Steps, start: Steps, begins: NDArray[np.bool_]) -> Steps:
    """Latest start of a stretch that leads up to each move."""
    # A place with moves of two zones into it is where a stretch of either may begin.
    low, high = np.full(places, np.iinfo(np.int64).max), np.full(places, np.iinfo(np.int64).min)
    np.minimum.at(low, head, zone)
    np.maximum.at(high, head, zone)
    only = np.where((low == high) & ~begins, low, -1)
    goes_on = (only[tail] == zone) & (zone >= 0)
    # Moves within one bucket may lead in a circle, so starts are raised until nothing changes, from the earliest.
    earliest = np.iinfo(np.int64).min // 2
    found = np.where(goes_on, earliest, start)
    while True:
        at = np.full(places, earliest)
        np.maximum.at(at, head, found)
        after = np.where(goes_on, np.minimum(at[tail], start), start)
        if (after == found).all():
            return np.where(found == earliest, start, found)
        found = after
