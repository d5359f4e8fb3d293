"""The package that is likeliest to be accepted by all, found step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from letup.support.model import Package, Value
from letup.support.moves import neighbours
from letup.support.utility import Drawn

_SMALL = 1e-9


def easiest(
    needed: Sequence[Drawn], options: Mapping[str, Sequence[Value]], starts: Sequence[Package]
) -> tuple[Package, float]:
    """Climb from each start, one step of one issue at a time, to a package that no single step makes likelier.

    What is climbed is the share of draws in which all accept; where that does not change, the mean over the draws of
    the smallest gain of any party. That is a local optimum: the best one over the starts is given, and nothing proves
    that no better one lies further off.

    Parameters
    ----------
    needed : sequence of Drawn
        Those who have to agree, drawn equally often.
    options : mapping of str to sequence
        Issue to the values that it can take; issues that are absent stay as they are.
    starts : sequence of Package
        Where to begin.

    Returns
    -------
    package : mapping of str to value
    share : float
        Share of the draws in which all accept it.
    """
    best: tuple[tuple[float, float], Package] | None = None
    for start in starts:
        package = dict(start)
        height = _heights(needed, [package])[0]
        while True:
            steps = neighbours(package, options)
            heights = _heights(needed, [step.package for step in steps])
            top = max(range(len(steps)), key=heights.__getitem__, default=None)
            if top is None or not _above(heights[top], height):
                break
            package, height = dict(steps[top].package), heights[top]
        if best is None or _above(height, best[0]):
            best = (height, package)
    if best is None:
        raise ValueError("there is nowhere to begin")
    return best[1], best[0][0]


def _above(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] > other[0] + _SMALL or (one[0] > other[0] - _SMALL and one[1] > other[1] + _SMALL)


def _heights(needed: Sequence[Drawn], packages: Sequence[Package]) -> list[tuple[float, float]]:
    """Share of draws in which all accept, and mean smallest gain, of packages."""
    if not packages:
        return []
    everybody = np.ones((len(packages), needed[0].draws), bool)
    smallest = np.full(everybody.shape, np.inf)
    for one in needed:
        utility = one.utility(packages)
        everybody &= one.accepts(packages, utility)
        smallest = np.minimum(smallest, utility - one.reservation)
    return [
        (float(share), float(gain)) for share, gain in zip(everybody.mean(axis=1), smallest.mean(axis=1), strict=True)
    ]
