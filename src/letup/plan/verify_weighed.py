"""Recompute what a written plan says it was chosen for: weights, values and proven ceilings of people and need met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries import ground, most
from letup.aid.deliveries.need import hand_out, needs
from letup.aid.people import staying
from letup.plan.joint import NEED, PEOPLE, Objective, document_part, is_joint
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

if TYPE_CHECKING:
    from letup.plan.document import Document
    from letup.plan.verification import Verification

_CLOSE = 1e-6
"""Linear programs are solved to tolerances."""


def check_weighed(
    document: Document,
    scenario: Scenario,
    network: RoadNetwork,
    usable: NDArray[np.bool_],
    delivered: NDArray[np.float64] | None,
    result: Verification,
) -> None:
    """Check it; ``delivered`` is what reaches zones by day, ``usable`` the steps that may be quiet."""
    written = document.weighed
    if written is None or not is_joint(scenario):
        if (written is not None) != is_joint(scenario):
            result.wrong("value", "plan.json", "weighed", "does not fit the priorities of the scenario")
        return
    if delivered is None:
        return  # what is wrong with the deliveries was said
    prepared = ground(scenario, network)
    need = needs(scenario, prepared.stocks, staying(scenario))
    value = need.value(hand_out(need, delivered))[1]
    bound = max(most(scenario, usable, prepared=prepared), value)
    given = written.objectives[1].bound
    if abs(given - bound) > _CLOSE * max(bound, 1.0):
        result.wrong("value", "plan.json", "weighed.objectives[1].bound", f"is {given!r}, recomputed {bound!r}")
    weights = scenario.priorities
    computed = document_part((
        Objective(PEOPLE, weights.people, document.answer.arrive, 0.0, document.answer.ceiling),
        Objective(NEED, weights.need, value, need.value_without()[1], given),
    ))  # fmt: skip
    for key in ("sentence", "gap", "bound_basis"):
        result.same("plan.json", f"weighed.{key}", getattr(written, key), computed[key])
    for i, (one, other) in enumerate(zip(written.objectives, computed["objectives"], strict=True)):
        for key, what in other.items():
            result.same("plan.json", f"weighed.objectives[{i}].{key}", getattr(one, key), what)
    result.done("what the pauses were chosen for: values, weights and ceilings", 2)
