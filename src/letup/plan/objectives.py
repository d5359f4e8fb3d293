"""People and aid together: what a set of pauses is worth by the scenario's priorities, and what any could be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import has_deliveries
from letup.aid.deliveries.need import Need, hand_out
from letup.core.wording import percent, significant
from letup.scenario.model import Scenario

PEOPLE, NEED = "people", "need"
UNITS = {
    PEOPLE: "people who reach a shelter",
    NEED: "person-days of need that stocks and the plan's deliveries meet; each further part of a need is worth less, "
    "and everyone counts where they live",
}
BASIS = (
    "People: as the ceiling of the answer. Need: the most by a linear program of days, trucks in fractions, every hour "
    "quiet that limits allow, without a limit on zone-hours, roads without people; by its duals in proof.npz. Both at "
    "once may be out of reach: the best possible plan may lie below."
)


@dataclass(frozen=True)
class Objective:
    """One of the things that a plan is chosen for.

    Attributes
    ----------
    name : str
        "people" or "need".
    weight : float
        What one unit of it is worth.
    value, without : float
        With the plan, and what gains are counted from, in `UNITS`: need met without any truck, and no people.
    bound : float
        Proven: no plan within the limits has a larger value.
    """

    name: str
    weight: float
    value: float
    without: float
    bound: float

    @property
    def gap(self) -> float:
        """(bound - value) / (value - without): how much more could be gained, as a share of what is."""
        return gap_of([replace(self, weight=1.0)])


def gap_of(objectives: Sequence[Objective]) -> float:
    """The same for several, by their weights; infinite where nothing is gained, though something could be."""
    # Only the ratio of weights matters, and so it must for what is too little to count.
    largest = max(objective.weight for objective in objectives) or 1.0
    weighed = [(objective, objective.weight / largest) for objective in objectives]
    left = sum(weight * max(objective.bound - objective.value, 0.0) for objective, weight in weighed)
    gained = sum(weight * (objective.value - objective.without) for objective, weight in weighed)
    if left <= 1e-9 * max(sum(weight * objective.bound for objective, weight in weighed), 1.0):
        return 0.0
    return left / gained if gained > 0 else math.inf


def sentence_of(objectives: Sequence[Objective]) -> str:
    """What a plan is weighed for, each in its own unit, and how much more any plan could gain."""
    people, need = objectives
    gained, most = need.value - need.without, need.bound - need.without
    lead = "Weighed for need met alone"  # not "chosen": pauses may be given by hand
    if people.weight:
        rate = significant(people.weight / need.weight)
        lead = (
            f"Weighed for people and need met together, one person who gets out as much as {rate} person-days of need "
            f"met: {people.value:,.0f} of at most {people.bound:,.0f} people get out"
        )
    gap = gap_of(objectives)
    more = f"at most {percent(gap, 1)} more" if math.isfinite(gap) else "more by an unknown share"
    joined = " and" if people.weight else ":"
    return (
        f"{lead}{joined} trucks add {gained:,.0f} of at most {most:,.0f} person-days (with "
        f"diminishing value, everyone counted where they live). By these weights a plan within the limits could gain "
        f"{more}."
    )


def document_part(objectives: Sequence[Objective]) -> dict[str, Any]:
    """The part of plan.json on what the pauses were chosen for."""
    gap = gap_of(objectives)
    return {
        "sentence": sentence_of(objectives),
        "objectives": [
            {
                "name": objective.name,
                "unit": UNITS[objective.name],
                "weight": objective.weight,
                "value": objective.value,
                "without": objective.without,
                "bound": objective.bound,
                "gap": objective.gap if math.isfinite(objective.gap) else None,
            }
            for objective in objectives
        ],
        "gap": gap if math.isfinite(gap) else None,
        "bound_basis": BASIS,
    }


def is_joint(scenario: Scenario) -> bool:
    """Whether pauses are to be chosen for need met, too: it has a weight, and there are trucks and points."""
    return scenario.priorities.need > 0 and has_deliveries(scenario)


def objectives_of(
    scenario: Scenario, need: Need, delivered: NDArray[np.float64], arrive: int, ceiling: int, bound: float
) -> tuple[Objective, Objective]:
    """What a plan comes to.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    need : Need
        What can be met, with people counted where they live.
    delivered : float64[D, E, Z]
        What trucks bring on each day (`letup.aid.deliveries.need.delivered`).
    arrive, ceiling : int
        People who arrive, and the proven ceiling on them.
    bound : float
        Proven: no deliveries in any pauses within the limits meet more.
    """
    value = need.value(hand_out(need, delivered))[1]
    without = need.value_without()[1]
    return (
        Objective(PEOPLE, scenario.priorities.people, float(arrive), 0.0, float(ceiling)),
        Objective(NEED, scenario.priorities.need, value, without, max(bound, value)),
    )
