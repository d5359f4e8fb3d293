"""Points that bargaining theory singles out in a finite set of packages: aids to think with, not what is right.

Given are the utilities of the parties that have to agree, and what each has without an agreement. The *zone of possible
agreement* is what all of them accept. A package is *Pareto-efficient* if no other is at least as good for all of them
and better for one. The *Nash point* (Nash, 1950) has the largest product of gains; the *Kalai–Smorodinsky point*
(Kalai and Smorodinsky, 1975) gives all parties the largest equal share of the most that each could get in the zone:
over a finite set, where equal shares may not exist, the largest smallest share, then the largest second smallest, …
(the leximin rule of Imai, 1983). Gains are compared within each party only: no result changes if one party's utility
is put on another scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.support.utility import EQUAL


@dataclass(frozen=True)
class Points:
    """What bargaining theory says of a set of packages, by their numbers.

    Attributes
    ----------
    zone : tuple of int
        Acceptable to all who must consent.
    efficient : tuple of int
        Pareto-efficient among all packages, acceptable or not; packages that are equal to all parties stay together.
    nash, kalai_smorodinsky : tuple of int
        Best by these rules, in the zone; more than one where they are equal to all parties or tie, none without a zone.
    ideal : float64[parties] or None
        The most that each party gets anywhere in the zone.
    """

    zone: tuple[int, ...]
    efficient: tuple[int, ...]
    nash: tuple[int, ...]
    kalai_smorodinsky: tuple[int, ...]
    ideal: NDArray[np.float64] | None


def points(
    utility: NDArray[np.float64], disagreement: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
) -> Points:
    """Find the points.

    Parameters
    ----------
    utility : float64[packages, parties]
        What each package is worth to each party that has to agree.
    disagreement : float64[parties]
        What each has without an agreement.
    allowed : bool[packages], optional
        Packages beyond no party's red lines; all if absent. The others are in no set.
    """
    ok = np.ones(len(utility), bool) if allowed is None else allowed
    inside = np.flatnonzero(ok & (utility >= disagreement - EQUAL).all(axis=1))
    there = np.flatnonzero(ok)
    best = there[efficient(utility[there])]
    if not len(inside):
        return Points((), _ints(best), (), (), None)
    gains = np.maximum(utility[inside] - disagreement, 0.0)
    return Points(
        _ints(inside),
        _ints(best),
        _ints(inside[nash(gains)]),
        _ints(inside[kalai_smorodinsky(gains)]),
        np.asarray(utility[inside].max(axis=0), float),
    )


def efficient(utility: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which packages are Pareto-efficient, exactly: bool[packages].

    Utilities that differ by rounding only are made equal first, so that a package is not kept, or lost, by the last
    bits of a sum. Packages are gone through by falling sum: one that is dominated is so by one that came before it.
    """
    if not len(utility):
        return np.zeros(0, bool)
    grid = np.round(np.asarray(utility, float) / EQUAL)
    unique, inverse = np.unique(grid, axis=0, return_inverse=True)
    good = np.zeros(len(unique), bool)
    if unique.shape[1] == 2:
        falling = unique[::-1]  # by the first party's utility, then the second's
        before = np.concatenate([[-np.inf], np.maximum.accumulate(falling[:, 1])[:-1]])
        good[::-1] = falling[:, 1] > before
    else:
        left = np.argsort(-unique.sum(axis=1), kind="stable")
        while len(left):
            first = left[0]
            good[first] = True
            left = left[(unique[left] > unique[first]).any(axis=1)]
    return np.asarray(good[inverse.reshape(-1)], bool)


def nash(gains: NDArray[np.float64]) -> NDArray[np.intp]:
    """Packages with the largest product of gains (float64[packages, parties], none negative).

    Where somebody gains nothing in every package the product is always nothing: then the largest number of parties that
    gain counts first, and the product over those that do.
    """
    count = (gains > EQUAL).sum(axis=1)
    most = np.flatnonzero(count == count.max())
    logs = np.log(np.where(gains[most] > EQUAL, gains[most], 1.0)).sum(axis=1)
    return np.asarray(most[logs >= logs.max() - EQUAL], np.intp)


def kalai_smorodinsky(gains: NDArray[np.float64]) -> NDArray[np.intp]:
    """Packages with the largest smallest share of what each party could gain, then second smallest, and so on."""
    most = gains.max(axis=0)
    can = most > EQUAL
    if not can.any():
        return np.arange(len(gains))
    shares = np.sort(gains[:, can] / most[can], axis=1)
    left = np.arange(len(gains))
    for rank in range(shares.shape[1]):
        best = shares[left, rank].max()
        left = left[shares[left, rank] >= best - EQUAL]
    return left


def _ints(numbers: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(one) for one in numbers)
