"""People and aid together: what a set of pauses is worth by the scenario's priorities, and at most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import has_deliveries
from letup.aid.deliveries.make import DeliverySurrogate, Prepared, prepare, upper_bound, value_at_home
from letup.core.wording import percent, significant
from letup.pauses.limits import Window, moving_array
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

PEOPLE, NEED = "people", "need"
UNITS = {
    PEOPLE: "people who reach a shelter",
    NEED: "person-days of need that stocks and trucks, in fractions, meet; each further part of a need is worth less, "
    "and everyone counts where they live",
}
BASIS = (
    "People: as the ceiling of the answer. Need: the most by a linear program of days, every hour quiet that limits "
    "allow, without a limit on zone-hours, roads without people. Both at once may be out of reach: the best possible "
    "plan may lie below."
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
        f"{lead}{joined} trucks add {gained:,.0f} of at most {most:,.0f} person-days (in fractions of trucks, with "
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


class WeighedObjective:
    """What windows are worth by the priorities of a scenario.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    usable : bool[zones, T]
        Steps that may be quiet.
    prepared : Prepared, optional
        From `letup.aid.deliveries.make.prepare`.

    Attributes
    ----------
    prepared : Prepared
        What deliveries are made with.
    """

    def __init__(
        self, scenario: Scenario, network: RoadNetwork, usable: NDArray[np.bool_], prepared: Prepared | None = None
    ) -> None:
        self.scenario, self._network, self._usable = scenario, network, usable
        self.people, self.need = scenario.priorities.people, scenario.priorities.need
        self.prepared = prepared or prepare(scenario, network)
        self._need_surrogate = DeliverySurrogate(scenario, network, self.prepared, usable)

    def need_of(self, windows: Sequence[Window]) -> float:
        """Need that deliveries could meet in windows, about: person-days with diminishing value."""
        return self._need_surrogate.value(moving_array(self.scenario, list(windows)))

    def worth(self, windows: Sequence[Window], people: float) -> float:
        """What windows are worth that let so many people out."""
        return self.people * people + self.need * self.need_of(windows)

    def losses(self, windows: Sequence[Window]) -> list[float]:
        """Need that could no longer be met without each of the windows, about: person-days."""
        now = self.need_of(windows)
        return [max(now - self.need_of([other for other in windows if other != window]), 0.0) for window in windows]

    def useful(self, windows: list[Window], passed: Sequence[int]) -> list[int]:
        """Numbers of the windows that somebody passes, or without which less need could be met."""
        kept = list(range(len(windows)))
        now = self.need_of(windows)
        for i in sorted(kept, key=lambda i: windows[i].first, reverse=True):
            if passed[i]:
                continue
            without = [windows[j] for j in kept if j != i]
            if self.need_of(without) >= now:
                kept.remove(i)
        return kept

    def objectives(
        self, windows: list[Window], movements: pd.DataFrame, arrive: int, ceiling: int
    ) -> tuple[Objective, Objective]:
        """What a plan comes to: its pauses and movements, people who arrive, the proven ceiling on them."""
        return objectives_of(
            self.scenario, self._network, self._usable, windows, movements, arrive, ceiling, self.prepared
        )


def objectives_of(
    scenario: Scenario,
    network: RoadNetwork,
    usable: NDArray[np.bool_],
    windows: list[Window],
    movements: pd.DataFrame,
    arrive: int,
    ceiling: int,
    prepared: Prepared,
) -> tuple[Objective, Objective]:
    """The same from plain values; ``usable`` says which steps may be quiet."""
    value, without = value_at_home(scenario, network, windows, movements, prepared=prepared)
    bound = max(upper_bound(scenario, usable, prepared=prepared), value)
    return (
        Objective(PEOPLE, scenario.priorities.people, float(arrive), 0.0, float(ceiling)),
        Objective(NEED, scenario.priorities.need, value, without, bound),
    )
