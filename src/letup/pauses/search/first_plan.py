"""A first set of windows, laid down without computing any value, so that there is one however short the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from letup.pauses.search.quickest_paths import ZonePath

_SETS = 12
"""Most sets of zones that are compared."""


def first_plan(
    paths: Sequence[ZonePath], days: int, lengths: Sequence[int], keeps: Callable[[frozenset[int], int, int], bool]
) -> tuple[frozenset[int], int, int] | None:
    """The same hours, on the first days, in all zones of some quickest paths: what one announcement could say.

    Of all that keep the limits the one with most paths times days times what its hours leave beyond the time that
    the paths take; how many people there is room for, on roads and in shelters, is not looked at.

    Parameters
    ----------
    paths : sequence of ZonePath
        Quickest paths.
    days : int
        Days that have windows.
    lengths : sequence of int
        Lengths that windows may have, in steps, rising.
    keeps : callable
        Whether windows of so many steps in all these zones on so many days keep the limits.

    Returns
    -------
    tuple of (frozenset of int, int, int) or None
        Zones, days and length; None if no such windows keep the limits and let anybody through.
    """
    zones_of = [frozenset(zone for zone, _, _ in path) for path in paths]
    best, best_score = None, 0.0
    for zones in _sets_of_zones(zones_of):
        inside = [path for path, passed in zip(paths, zones_of, strict=True) if passed <= zones]
        takes = float(np.median([max(last for _, _, last in path) for path in inside]))
        for number in range(days, 0, -1):
            kept = _longest(lengths, partial(keeps, zones, number))
            score = len(inside) * number * (kept - takes)
            if score > best_score:
                best, best_score = (zones, number, kept), score
    return best


def _sets_of_zones(zones_of: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The zones of the most frequent paths, alone and together with those more frequent."""
    sets: dict[frozenset[int], None] = {}
    together: frozenset[int] = frozenset()
    for zones, _ in Counter(zones_of).most_common(_SETS // 2):
        together |= zones
        sets |= {zones: None, together: None}
    return list(sets)


def _longest(lengths: Sequence[int], keeps: Callable[[int], bool]) -> int:
    """The greatest length that keeps the limits, where shorter ones do, too; 0 if none does."""
    low, high = 0, len(lengths)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if keeps(lengths[middle]) else (low, middle)
    return lengths[low - 1] if low else 0
