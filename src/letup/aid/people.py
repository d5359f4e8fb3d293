"""How many people are in each zone, and how that changes while a plan moves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from letup.scenario.model import Scenario
from letup.scenario.spatial_checks import zone_at

End = Literal["better", "likely", "worse"]
"""Which end of all ranges at once: the one that leaves least need unmet, the values, the one that leaves most."""


@dataclass(frozen=True)
class Presence:
    """People in each zone over time.

    Attributes
    ----------
    times : float64[K]
        When each spell starts, days since the start of the scenario; the first is 0.
    people : float64[K, Z]
        People in each zone during each spell.
    """

    times: NDArray[np.float64]
    people: NDArray[np.float64]


def zones_of_places(scenario: Scenario) -> dict[str, int]:
    """Number of the zone that each place counts to, -1 if it lies too far outside all of them."""
    shapes = list(scenario.zones.geometry)
    tree = shapely.STRtree(shapes)
    kinds = scenario.places["kind"] if len(scenario.places) else {}
    return {
        str(name): zone_at(point, str(kinds[name]), tree, shapes) if shapes else -1
        for name, point in scenario.places.geometry.items()
    }


def staying(scenario: Scenario, end: End = "likely") -> Presence:
    """People of each zone if nobody moves.

    Parameters
    ----------
    scenario : Scenario
        As loaded. People at a place count to its zone.
    end : {"better", "likely", "worse"}
        Fewer people leave less need unmet, so "better" takes the low ends of counts and "worse" the high ends.

    Returns
    -------
    Presence
        One spell.
    """
    people = np.zeros((1, len(scenario.zones)))
    table = scenario.people
    column = {"better": "count_low", "likely": "count", "worse": "count_high"}[end]
    for zone, count, other in zip(_zones(scenario), table["count"], table[column], strict=True):
        if zone >= 0:
            people[0, zone] += count if pd.isna(other) else other
    return Presence(np.zeros(1), people)


def outside(scenario: Scenario) -> int:
    """People at places outside every zone, whose needs no zone's stock can meet."""
    counts = zip(_zones(scenario), scenario.people["count"], strict=True)
    return sum(int(count) for zone, count in counts if zone < 0)


def moving(scenario: Scenario, movements: pd.DataFrame) -> Presence:
    """People of each zone while a plan moves them.

    Somebody on the way counts to the zone they left until the step at which they reach a shelter, and from then on
    to the shelter's zone. So nobody is lost or counted twice.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    movements : DataFrame
        A plan's table of movements: origin (zone id), shelter (place id), people_per_step, arrive_first_step and
        arrive_last_step (both inclusive).

    Returns
    -------
    Presence
        A spell for each step at which somebody arrives.
    """
    before = staying(scenario).people[0]
    number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
    zone_of = zones_of_places(scenario)
    change = np.zeros((scenario.steps + 1, len(number)))
    columns = ("origin", "shelter", "people_per_step", "arrive_first_step", "arrive_last_step")
    for origin, shelter, rate, first, last in movements[list(columns)].itertuples(index=False):
        for zone, sign in ((number[origin], -1.0), (zone_of[shelter], 1.0)):
            if zone >= 0:
                change[int(first) : int(last) + 1, zone] += sign * rate
    steps = np.flatnonzero(change.any(axis=1))
    steps = steps[steps > 0] if len(steps) else steps
    people = before + np.cumsum(change, axis=0)
    spells = np.concatenate([[0], steps]).astype(np.int64)
    return Presence(scenario.clock.elapsed_days(spells), np.maximum(people[spells], 0.0))


def _zones(scenario: Scenario) -> list[int]:
    """Number of the zone of each row of people, -1 if it has none."""
    number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
    zone_of = zones_of_places(scenario)
    table = scenario.people
    return [
        number[zone] if isinstance(zone, str) else zone_of[place] if isinstance(place, str) else -1
        for zone, place in zip(table["zone"], table["place"], strict=True)
    ]
