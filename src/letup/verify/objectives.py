"""Recompute what a written plan says it was chosen for: weights, values and proven ceilings of people and need met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.deliveries.make import ground
from letup.pauses.limits import Window
from letup.plan.objectives import Joint, document_part, is_joint, objectives_of
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.verify.result import Verification

if TYPE_CHECKING:
    from letup.plan.files.document import Document

_CLOSE = 1e-6
"""Linear programs are solved to tolerances."""
_ROUNDED = 2.0
"""A pause is worth the difference of two values in whole person-days; each may be rounded the other way."""


def check_weighed(
    document: Document,
    scenario: Scenario,
    network: RoadNetwork,
    usable: NDArray[np.bool_],
    pauses: dict[int, Window],
    movements: pd.DataFrame,
    result: Verification,
) -> None:
    """Check it; ``usable`` says which steps may be quiet, ``pauses`` has windows by their row in the document."""
    windows = list(pauses.values())
    written = document.weighed
    if written is None or not is_joint(scenario):
        if (written is not None) != is_joint(scenario):
            result.wrong("value", "plan.json", "weighed", "does not fit the priorities of the scenario")
        _check_worths(document, dict.fromkeys(pauses), result)
        return
    arrive, ceiling = document.answer.arrive, document.answer.ceiling
    prepared = ground(scenario, network)
    computed = objectives_of(scenario, network, usable, windows, movements, arrive, ceiling, prepared)
    for i, one in enumerate(computed):
        given = written.objectives[i]
        for key in ("value", "without", "bound"):
            said, found = getattr(given, key), getattr(one, key)
            if abs(said - found) > _CLOSE * max(found, 1.0):
                result.wrong(
                    "value", "plan.json", f"weighed.objectives[{i}].{key}", f"is {said!r}, recomputed {found!r}"
                )
    # What follows from them is compared by what is written: programs are solved to tolerances.
    exact = [
        replace(one, value=given.value, without=given.without, bound=given.bound)
        for one, given in zip(computed, written.objectives, strict=True)
    ]
    follows = document_part(exact)
    for key in ("sentence", "gap", "bound_basis"):
        result.same("plan.json", f"weighed.{key}", getattr(written, key), follows[key])
    for i, (given, other) in enumerate(zip(written.objectives, follows["objectives"], strict=True)):
        for key in ("name", "unit", "weight", "gap"):
            result.same("plan.json", f"weighed.objectives[{i}].{key}", getattr(given, key), other[key])
    losses = Joint(scenario, network, usable, prepared).losses(windows)
    _check_worths(document, dict(zip(pauses, losses, strict=True)), result)
    result.done("what the pauses were chosen for: values, weights and ceilings", 2)


def _check_worths(document: Document, computed: Mapping[int, float | None], result: Verification) -> None:
    """Compare the need that each pause is worth."""
    for i, found in computed.items():
        said = document.pauses[i].worth_need
        if (said is None) != (found is None) or (said is not None and abs(said - (found or 0.0)) > _ROUNDED):
            result.wrong("value", "plan.json", f"pauses[{i}].worth_need", f"is {said!r}, recomputed {found!r}")
