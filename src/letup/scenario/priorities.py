"""What pauses are chosen for: what one unit of each objective is worth."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

from letup.errors import LetupError
from letup.scenario.collect import Collector
from letup.scenario.model import Priorities, Scenario

_EXAMPLE = "Give what each is worth, such as people=1,need=0.03."


def check_priorities(cells: dict[str, Any], notes: Collector) -> None:
    """Note weights under which no pause would be worth anything."""
    if cells.get("people") == 0 and not cells.get("need"):
        remedy = "give what one person out, or one person-day of need met, is worth"
        notes.add("priorities.nothing", "all weights are 0", remedy, file="scenario.yaml", where="priorities")


def with_priorities(scenario: Scenario, given: str) -> Scenario:
    """The scenario with other priorities.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    given : str
        Such as ``people=1,need=0.03``; what is left out is worth nothing.

    Raises
    ------
    LetupError
        ``priorities.text``, ``priorities.unknown`` or ``priorities.nothing``.
    """
    names = [field.name for field in fields(Priorities)]
    weights = dict.fromkeys(names, 0.0)
    for part in given.split(","):
        name, _, text = part.partition("=")
        if name.strip() not in names:
            message = f"Pauses cannot be chosen for {name.strip()!r}, only for {' and '.join(names)}"
            raise LetupError("priorities.unknown", message, _EXAMPLE)
        try:
            weights[name.strip()] = float(text)
        except ValueError:
            weights[name.strip()] = math.nan
    if not all(0 <= weight < 1e15 for weight in weights.values()):
        raise LetupError("priorities.text", f"{given!r} does not give each a number from 0 up", _EXAMPLE)
    if not any(weights.values()):
        raise LetupError("priorities.nothing", "All weights are 0", _EXAMPLE)
    return replace(scenario, priorities=Priorities(**weights))
