"""What going without costs people, valued in money: an optional measure.

After J. Holguín-Veras, N. Pérez, M. Jaller, L. N. Van Wassenhove, F. Aros-Vera (2013). On the appropriate objective
function for post-disaster humanitarian logistics models. *Journal of Operations Management* 31(5), 262-280: the cost
of going without grows faster than time, so that a week without water is worse than seven days in which somebody else
each day goes without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.aid.balance import Balance


@dataclass(frozen=True)
class DeprivationFunction:
    """Cost of going without for some hours: ``exp(level + rate * hours) - exp(level)`` per person.

    Attributes
    ----------
    level : float
        Logarithm of a cost, money.
    rate : float
        Growth per hour without.
    longest_hours : float
        Hours beyond which the cost is counted as if no more time passed: beyond what people were asked about, the
        exponential says nothing.
    """

    level: float
    rate: float
    longest_hours: float

    def per_person(self, hours: float) -> float:
        """Cost for one person who went without for that long, money."""
        return math.exp(self.level) * math.expm1(self.rate * min(hours, self.longest_hours))


#: Parameters for drinking water, US dollars: assumed. No text that gives them could be opened, so they are good for
#: comparing plans and not for amounts. The limit of five days is ours.
WATER_UNCONFIRMED = DeprivationFunction(level=1.5031, rate=0.1172, longest_hours=120.0)


def deprivation_cost(balance: Balance, item: int, cost: DeprivationFunction) -> NDArray[np.float64]:
    """Cost of the need that is not met within the horizon, by zone.

    The function takes people who have, and people who have nothing. So the unmet share of a zone's need is taken as a
    share of its people who get nothing, and always the same people as long as it does not grow: of all ways to share
    out too little this one costs most.

    Parameters
    ----------
    balance : Balance
        Followed with ``stretches=True``.
    item : int
        Number of the essential.
    cost : DeprivationFunction
        Cost of going without.

    Returns
    -------
    float64[Z]
        Money, in the unit of the function.
    """
    zones = balance.days_left.shape[1]
    total = np.zeros(zones)
    for zone in range(zones):
        waiting: list[tuple[float, float]] = []  # (since, share of the zone's people), the longest waiting first
        people = 0.0
        for start, _, present, share in balance.stretches:
            unmet = float(share[item, zone])
            change = unmet - sum(part for _, part in waiting)
            if change > 0:
                waiting.append((start, change))
            while change < 0 and waiting:
                since, part = waiting.pop()
                served = min(part, -change)
                total[zone] += people * served * cost.per_person(24 * (start - since))
                if part > served:
                    waiting.append((since, part - served))
                change += served
            people = float(present[zone])
        if balance.stretches:
            end = balance.stretches[-1][1]
            total[zone] += sum(people * part * cost.per_person(24 * (end - since)) for since, part in waiting)
    return total
