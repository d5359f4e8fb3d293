"""What pauses are chosen for: what one unit of each objective is worth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from letup.core.collect import Collector
from letup.core.errors import LetupError
from letup.scenario.model import Priorities, Scenario
from letup.tables.raw_tables import Table

_EXAMPLE = "Give what each is worth, such as people=1,need=0.03."


NO_TRUCKS = "need met by trucks has a weight, but there are no trucks, or no distribution point for them to go to"


def check_priorities(cells: dict[str, Any], tables: Mapping[str, Table], notes: Collector) -> None:
    """Note weights under which no pause would be worth anything, and those that nothing can come of."""
    if cells.get("people") == 0 and not cells.get("need"):
        remedy = "give what one person out, or one person-day of need met, is worth"
        notes.add("priorities.nothing", "all weights are 0", remedy, file="scenario.yaml", where="priorities")
    trucks, places = (tables[name].rows if name in tables else [] for name in ("trucks.csv", "places.geojson"))
    counts = [row.cells.get("count", 1) for row in trucks]
    kinds = [row.cells.get("kind") for row in places]
    if cells.get("need") and not notes.failed("trucks.csv", "places.geojson") and not _brings(counts, kinds):
        remedy = "say in trucks.csv which there are and add distribution points, or leave the weight out"
        at = {"file": "scenario.yaml", "where": "priorities", "column": "need"}
        notes.add("priorities.no_trucks", NO_TRUCKS, remedy, severity="warning", **at)


def _brings(counts: Iterable[int], kinds: Iterable[object]) -> bool:
    """Whether there are trucks, by their counts, and among the kinds of places one that they can go to."""
    return any(count > 0 for count in counts) and "distribution_point" in kinds


def has_trucks(scenario: Scenario) -> bool:
    """Whether there are trucks, and a distribution point that they can go to."""
    places, trucks = scenario.places, scenario.trucks
    return _brings(trucks["count"] if len(trucks) else (), list(places["kind"]) if len(places) else ())


def with_priorities(scenario: Scenario, text: str) -> Scenario:
    """The scenario with other priorities.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    text : str
        Such as ``people=1,need=0.03``; what is left out is worth nothing.

    Raises
    ------
    LetupError
        ``priorities.text``, ``priorities.unknown``, ``priorities.twice``, ``priorities.nothing``, or
        ``priorities.no_trucks`` for need where nothing could meet it.
    """
    names = [field.name for field in fields(Priorities)]
    weights = dict.fromkeys(names, 0.0)
    seen: set[str] = set()
    for part in text.split(","):
        left, _, number = part.partition("=")
        name = left.strip()
        if name not in names:
            message = f"Pauses cannot be chosen for {name!r}, only for {' and '.join(names)}"
            raise LetupError("priorities.unknown", message, _EXAMPLE)
        if name in seen:
            raise LetupError("priorities.twice", f"{text!r} gives {name} twice", _EXAMPLE)
        seen.add(name)
        try:
            weights[name] = float(number)
        except ValueError:
            weights[name] = math.nan
    if not all(0 <= weight < 1e15 for weight in weights.values()):
        raise LetupError("priorities.text", f"{text!r} does not give each a number from 0 up", _EXAMPLE)
    if not any(weights.values()):
        raise LetupError("priorities.nothing", "All weights are 0", _EXAMPLE)
    if weights["need"] and not has_trucks(scenario):
        message = f"{NO_TRUCKS[0].upper()}{NO_TRUCKS[1:]}"
        raise LetupError("priorities.no_trucks", message, "Give trucks and points in the scenario, or people alone.")
    return replace(scenario, priorities=Priorities(**weights))
