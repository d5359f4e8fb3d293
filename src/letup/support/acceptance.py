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
from letup.support.utility import EQUAL, SampledUtility, meets_reservation

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
        Acceptance probability: share of the draws in which it accepts.
    low, high : float
        95 % interval of that share by the number of draws alone (Wilson, 1927); it shrinks with more draws, and says
        nothing of whether the ranges are right.
    refused : tuple of str
        Issues on which a red line is crossed: then nothing else counts.
    deciding_issue : str
        The issue that decides: one beyond a red line; else the one that turns the answer in most draws when it alone
        is set to what the party likes best (where it mostly refuses) or least (where it mostly accepts); else, where
        no issue alone turns any, the one that costs it most against its best; empty where no wants are known.
    deciding_share : float
        Share of the draws in which the deciding issue alone turns the answer; 1 for a red line that is the only one
        crossed.
    shortfall : float
        Reservation value less utility, at the likeliest values, if that is positive: distance to a yes, 0 to 1.
    margin : float
        Mean over the draws of utility less reservation value, red lines aside; negative where it falls short.
    required : tuple of RequiredValue
        Changes of one issue alone that would do, at the likeliest values.
    """

    party: str
    answer: Answer
    probability: float
    low: float
    high: float
    refused: tuple[str, ...]
    deciding_issue: str
    deciding_share: float
    shortfall: float
    margin: float
    required: tuple[RequiredValue, ...]

    @property
    def wants_known(self) -> bool:
        """Whether anything is known of what the party wants."""
        return bool(self.deciding_issue)


def judge(
    sampled: SampledUtility, likeliest: SampledUtility, packages: Sequence[Package]
) -> tuple[list[Verdict], NDArray[np.bool_]]:
    """Say of each package whether a party would accept it, all in all and in each draw (bool[packages, draws]).

    Parameters
    ----------
    sampled : SampledUtility
        The party in many draws.
    likeliest : SampledUtility
        The same party at its likeliest values.
    packages : sequence of Package
        The packages, weighed with the same draws.
    """
    by_issue = sampled.issue_utilities(packages)
    utility = sampled.utility(packages, by_issue)
    accepts = sampled.accepts(packages, utility)
    shortfalls = (likeliest.reservation - likeliest.utility(packages))[:, 0]
    verdicts = []
    for number, package in enumerate(packages):
        refused = sampled.model.vetoes(package)
        probability = float(accepts[number].mean())
        low, high = wilson_interval(probability, sampled.draws)
        issue, share = _deciding_issue(
            sampled,
            utility[number],
            {issue: utilities[number] for issue, utilities in by_issue.items()},
            accepts[number],
            refused,
        )
        falls_short = shortfalls[number] > EQUAL
        verdicts.append(
            Verdict(
                party=sampled.party,
                answer=answer_of(probability),
                probability=probability,
                low=low,
                high=high,
                refused=refused,
                deciding_issue=issue,
                deciding_share=share,
                shortfall=float(shortfalls[number]) if falls_short else 0.0,
                margin=float((utility[number] - sampled.reservation).mean()),
                required=tuple(_required_values(likeliest, package)) if refused or falls_short else (),
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
    """Share of draws in which all parties accept, by package: float64[packages].

    Parties are drawn apart, so their answers are independent.

    Parameters
    ----------
    accepts : sequence of bool[packages, draws]
        By party, as `SampledUtility.accepts` gives it.
    """
    return np.asarray(np.logical_and.reduce(accepts).mean(axis=1), float)


def _deciding_issue(
    sampled: SampledUtility,
    utility: NDArray[np.float64],
    by_issue: dict[str, NDArray[np.float64]],
    accepts: NDArray[np.bool_],
    refused: tuple[str, ...],
) -> tuple[str, float]:
    """The issue that decides on one package, and the share of draws in which it alone turns the answer."""
    if len(set(refused)) > 1:
        return refused[0], 0.0
    if refused:
        issue = refused[0]
        if issue in by_issue:
            utility = utility - by_issue[issue] + sampled.best_of(issue)
        return issue, float(meets_reservation(utility, sampled.reservation).mean())
    if not by_issue:
        return "", 0.0
    mostly_accepts = accepts.mean() >= 0.5
    turned, costs = {}, {}
    for issue, own in by_issue.items():
        other = sampled.worst_of(issue) if mostly_accepts else sampled.best_of(issue)
        changed = meets_reservation(utility - own + other, sampled.reservation)
        turned[issue] = float((changed != accepts).mean())
        costs[issue] = float((own - other).mean() if mostly_accepts else (other - own).mean())
    deciding = max(by_issue, key=lambda issue: (turned[issue], costs[issue]))
    return deciding, turned[deciding]


def _required_values(likeliest: SampledUtility, package: Package) -> list[RequiredValue]:
    """For each issue, the nearest value that alone brings a yes at the likeliest values; none where none does."""
    required = []
    vetoed = likeliest.model.vetoes(package)
    for issue in likeliest.model.issues:
        if any(other != issue for other in vetoed):
            continue
        others = float(likeliest.utility([package])[0, 0] - likeliest.issue_utility(issue, [package[issue]])[0, 0])
        value = _nearest_value(likeliest, issue, package[issue], float(likeliest.reservation[0]) - others)
        if value is not None:
            required.append(RequiredValue(issue, package[issue], value))
    return required


def _nearest_value(likeliest: SampledUtility, issue: str, current: Value, needed: float) -> Value | None:
    """The nearest value of an issue that adds at least so much and is beyond no red line."""
    line = likeliest.model.red_lines.get(issue)
    values = [
        value for value in likeliest.model.values_within_red_lines(issue) if line is None or not line.refuses(value)
    ]
    utilities = [float(utility) for utility in likeliest.issue_utility(issue, values)[:, 0]] if values else []
    enough: list[Value] = [value for value, utility in zip(values, utilities, strict=True) if utility >= needed - EQUAL]
    if isinstance(current, str):
        return max(enough, key=lambda value: -utilities[values.index(value)]) if enough else None
    # Between two values the worth is linear: it passes what is needed at most once.
    ascending = sorted((float(value), utility) for value, utility in zip(values, utilities, strict=True))
    for (left, low), (right, high) in pairwise(ascending):
        if (low - needed) * (high - needed) < 0:
            enough.append(left + (right - left) * (needed - low) / (high - low))
    return min(enough, key=lambda value: abs(float(value) - current)) if enough else None
