"""Whether a party would accept a package: how surely, what decides, and how far it is from a yes.

A party accepts in a draw if the package is beyond none of its red lines and worth at least its reservation value.
The probability is the share of draws; the answer is *accept* or *reject* where that share, over what is not known,
is clear, and *undecided* otherwise. These are statements about the inputs, not about people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from letup.support.model import Package, Value
from letup.support.utility import EQUAL, SampledUtility, meets_reservation, values_within_red_lines

Answer = Literal["accept", "undecided", "reject"]

CLEAR_SHARE = 0.9
"""From this share of draws on (or from its complement down) an answer is called clear."""

_Z = 1.959963984540054  # 95 %


@dataclass(frozen=True)
class RequiredValue:
    """How far one issue alone would have to move for a yes at the likeliest values.

    Attributes
    ----------
    issue : str
        The issue.
    current, needed : float or str
        The value in the package, and the nearest one at which the party accepts, everything else as it is.
    """

    issue: str
    current: Value
    needed: Value


@dataclass(frozen=True)
class Verdict:
    """What one party makes of one package.

    Attributes
    ----------
    party : str
        Id of the party.
    answer : {"accept", "undecided", "reject"}
        Accept from a probability of `CLEAR_SHARE` on, reject from 1 - `CLEAR_SHARE` down.
    probability : float
        Share of the draws in which it accepts.
    low, high : float
        95 % interval of that share by the number of draws alone (Wilson, 1927); it shrinks with more draws, and says
        nothing of whether the ranges are right.
    refused : tuple of str
        Issues on which a red line is crossed: then nothing else counts.
    deciding : str
        The issue that decides: one beyond a red line; else the one that turns the answer in most draws when it alone
        is set to what the party likes best (where it mostly refuses) or least (where it mostly accepts); else, where
        no issue alone turns any, the one that costs it most against its best; empty where no wants are known.
    turns : float
        Share of the draws that the deciding issue alone turns; 1 for a red line that is the only one crossed.
    shortfall : float
        Reservation value less utility, at the likeliest values, if that is positive: distance to a yes, 0 to 1.
    margin : float
        Mean over the draws of utility less reservation value, red lines aside; negative where it falls short.
    reach : tuple of RequiredValue
        Changes of one issue alone that would do, at the likeliest values.
    """

    party: str
    answer: Answer
    probability: float
    low: float
    high: float
    refused: tuple[str, ...]
    deciding: str
    turns: float
    shortfall: float
    margin: float
    reach: tuple[RequiredValue, ...]


def judge(
    drawn: SampledUtility, likeliest: SampledUtility, packages: Sequence[Package]
) -> tuple[list[Verdict], NDArray[np.bool_]]:
    """Say of each package whether a party would accept it, all in all and in each draw (bool[packages, draws]).

    Parameters
    ----------
    drawn : SampledUtility
        The party in many draws.
    likeliest : SampledUtility
        The same party at its likeliest values.
    packages : sequence of Package
        The packages, weighed with the same draws.
    """
    taste = drawn.taste
    parts = drawn.parts(packages)
    utility = drawn.utility(packages, parts)
    accepts = drawn.accepts(packages, utility)
    shortfall = (likeliest.reservation - likeliest.utility(packages))[:, 0]
    verdicts = []
    for number, package in enumerate(packages):
        refused = taste.vetoes(package)
        yes = accepts[number]
        share = float(yes.mean())
        low, high = wilson_interval(share, drawn.draws)
        deciding, turns = _deciding(
            drawn, utility[number], {i: part[number] for i, part in parts.items()}, yes, refused
        )
        verdicts.append(
            Verdict(
                taste.party,
                answer_of(share),
                share,
                low,
                high,
                refused,
                deciding,
                turns,
                max(float(shortfall[number]), 0.0) if shortfall[number] > EQUAL else 0.0,
                float((utility[number] - drawn.reservation).mean()),
                tuple(_reaches(likeliest, package)) if refused or shortfall[number] > EQUAL else (),
            )
        )
    return verdicts, accepts


def answer_of(share: float) -> Answer:
    """What a share of accepting draws is called."""
    if share >= CLEAR_SHARE:
        return "accept"
    return "reject" if share <= 1 - CLEAR_SHARE else "undecided"


def wilson_interval(share: float, draws: int) -> tuple[float, float]:
    """95 % interval of a share of so many independent draws (Wilson, 1927): holds at shares of 0 and 1 too."""
    z = _Z * _Z / draws
    middle = (share + z / 2) / (1 + z)
    half = math.sqrt(share * (1 - share) * z + z * z / 4) / (1 + z)
    low = 0.0 if share == 0 else max(middle - half, 0.0)
    return low, 1.0 if share == 1 else min(middle + half, 1.0)


def joint_acceptance(accepts: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
    """Share of draws in which all parties accept, by package; they are drawn apart, so their answers are independent.

    Parameters
    ----------
    accepts : sequence of bool[packages, draws]
        By party, as `SampledUtility.accepts` gives it.
    """
    return np.asarray(np.logical_and.reduce(accepts).mean(axis=1), float)


def _deciding(
    drawn: SampledUtility,
    utility: NDArray[np.float64],
    parts: dict[str, NDArray[np.float64]],
    yes: NDArray[np.bool_],
    refused: tuple[str, ...],
) -> tuple[str, float]:
    """The issue that decides, and the share of draws that it alone turns."""
    taste = drawn.taste
    if refused:
        first = refused[0]
        if len(set(refused)) > 1 or first not in parts:
            return first, 0.0 if len(set(refused)) > 1 else float(meets_reservation(utility, drawn.reservation).mean())
        return first, float(meets_reservation(utility - parts[first] + drawn.most(first), drawn.reservation).mean())
    if not parts:
        return "", 0.0
    mostly = yes.mean() >= 0.5
    turned, costs = {}, {}
    for issue in taste.issues:
        if mostly:
            changed = meets_reservation(utility - parts[issue] + drawn.least(issue), drawn.reservation)
            costs[issue] = float((parts[issue] - drawn.least(issue)).mean())
        else:
            changed = meets_reservation(utility - parts[issue] + drawn.most(issue), drawn.reservation)
            costs[issue] = float((drawn.most(issue) - parts[issue]).mean())
        turned[issue] = float((changed != yes).mean())
    best = max(taste.issues, key=lambda issue: (turned[issue], costs[issue]))
    return best, turned[best]


def _reaches(likeliest: SampledUtility, package: Package) -> list[RequiredValue]:
    """For each issue, the nearest value that alone brings a yes at the likeliest values; none where none does."""
    taste = likeliest.taste
    found = []
    for issue in taste.issues:
        if any(one != issue for one in taste.vetoes(package)):
            continue
        rest = float(likeliest.utility([package])[0, 0] - likeliest.part(issue, [package[issue]])[0, 0])
        needed = float(likeliest.reservation[0]) - rest
        value = _nearest(likeliest, issue, package[issue], needed)
        if value is not None:
            found.append(RequiredValue(issue, package[issue], value))
    return found


def _nearest(likeliest: SampledUtility, issue: str, current: Value, needed: float) -> Value | None:
    """The nearest value of an issue that adds at least so much and is beyond no red line."""
    values = values_within_red_lines(likeliest.taste, issue)
    line = likeliest.taste.red_lines.get(issue)
    values = [value for value in values if line is None or not line.refuses(value)]
    worth = [float(one) for one in likeliest.part(issue, values)[:, 0]] if values else []
    good: list[Value] = [value for value, one in zip(values, worth, strict=True) if one >= needed - EQUAL]
    if isinstance(current, str):
        return max(good, key=lambda value: -worth[values.index(value)]) if good else None
    # Between two values the worth is linear: it passes what is needed at most once.
    pairs = sorted((float(value), one) for value, one in zip(values, worth, strict=True))
    for (left, low), (right, high) in pairwise(pairs):
        if (low - needed) * (high - needed) < 0:
            good.append(left + (right - left) * (needed - low) / (high - low))
    return min(good, key=lambda value: abs(float(value) - current)) if good else None
