"""Numbers among the open issues settled freely, not in steps: the points of theory in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from letup.core.errors import LetupError
from letup.support.continuous import Freely, free_points
from letup.support.model import Package
from letup.support.negotiation import Negotiation
from letup.support.utility import Drawn
from letup.support.value_functions import Straight


@dataclass(frozen=True)
class Free:
    """Points with the numbers of open issues settled freely, all other issues as in the Nash package.

    Attributes
    ----------
    nash, kalai_smorodinsky : mapping of str to float
        Issue to number.
    """

    nash: Mapping[str, float]
    kalai_smorodinsky: Mapping[str, float]


def freely(
    negotiation: Negotiation, needed: Sequence[Drawn], package: Package, set_by: Mapping[str, str]
) -> Free | None:
    """Points over the continuous product of the open numbers; None if there are none, or worths are not concave.

    Parameters
    ----------
    negotiation : Negotiation
        Issues; a number can be settled anywhere from its first to its last value, on this side of red lines.
    needed : sequence of Drawn
        Those who have to agree, at their likeliest values.
    package : Package
        What holds for all other issues.
    set_by : mapping
        Which issues are open.
    """
    numbers = [
        one for one in negotiation.support.issues
        if set_by[one.id] == "open" and len(one.values) > 1 and not isinstance(one.values[0], str)
    ]  # fmt: skip
    if not numbers:
        return None
    low = np.array([float(one.values[0]) for one in numbers])
    high = np.array([float(one.values[-1]) for one in numbers])
    for party in needed:
        for place, one in enumerate(numbers):
            line = party.taste.red_lines.get(one.id)
            if line is not None:
                low[place] = max(low[place], -np.inf if line.least is None else line.least)
                high[place] = min(high[place], np.inf if line.most is None else line.most)
    if (low > high).any():
        return None
    ids = [one.id for one in numbers]
    worth, rest = [], []
    for party in needed:
        worth.append([_worth(party, issue, low[n], high[n]) for n, issue in enumerate(ids)])
        apart = float(party.utility([package])[0, 0])
        apart -= sum(float(party.part(issue, [package[issue]])[0, 0]) for issue in ids if issue in party.taste.curves)
        rest.append(float(party.reservation[0]) - apart if party.taste.issues else 0.0)
    try:
        found = free_points(Freely(low, high, worth, np.array(rest)))
    except LetupError as error:
        if error.code in ("support.concave", "support.solver"):
            return None
        raise
    if found is None:
        return None
    return Free(
        {issue: float(value) for issue, value in zip(ids, found.nash.numbers, strict=True)},
        {issue: float(value) for issue, value in zip(ids, found.kalai_smorodinsky.numbers, strict=True)},
    )


def _worth(party: Drawn, issue: str, low: float, high: float) -> Straight | None:
    """What a number adds to a party's utility where it can be settled."""
    if issue not in party.taste.curves:
        return None
    knots = party.taste.curves[issue].numbers()
    inside = knots[(knots > low) & (knots < high)]
    at = np.unique(np.concatenate([[low], inside, [high]]))
    return Straight(at, np.asarray(party.part(issue, [float(one) for one in at])[:, 0], float))
