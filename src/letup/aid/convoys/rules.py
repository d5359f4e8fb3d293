"""What is decided about convoys beforehand, each default with its reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from letup.scenario.model import Scenario

STOP_MINUTES = 10
"""Minutes that each stop takes besides loading and unloading; no sheet may give less."""


@dataclass(frozen=True)
class Settings:
    """How convoys are made up.

    All defaults are assumed: no source in hand gives values that hold from place to place.

    Attributes
    ----------
    vehicles : int
        Most vehicles in one convoy. 10: a column that one escort in front and one behind can see to, and that clears
        a junction within some minutes; agreements and escorts often set their own.
    margin_minutes : int
        A vehicle is out of a zone, or where it may stay, this long before the zone's pause ends. 15: room for a
        wheel to be changed or one control that takes longer.
    stop_minutes : int
        Time that each stop takes besides loading and unloading: papers, seals, turning round. 10.
    fixed_minutes : int
        What sending one vehicle more out weighs against minutes on the way. 60: a crew less on the road is worth an
        hour of the others' time.
    most_ride_minutes : int
        Longest ride of a patient. 240; whoever would ride longer is not moved without a medical decision.
    seconds : float
        Longest time to search, processor seconds of one core, for all days together.
    seed : int
        Seed of the search. The same one gives the same orders where ``seconds`` do not end it.
    """

    vehicles: int = 10
    margin_minutes: int = 15
    stop_minutes: int = STOP_MINUTES
    fixed_minutes: int = 60
    most_ride_minutes: int = 240
    seconds: float = 40.0
    seed: int = 0


LEAD_MINUTES = 240
"""Vehicles may be on their way to load this long before the first departure of their day."""

NIGHT_MINUTES = 360
"""A day ends this long after midnight, so that a pause at night can be used to its end."""


def local_days(scenario: Scenario) -> list[tuple[int, int]]:
    """First minute of each local day within the time of the scenario, and the minute after its last."""
    step = scenario.step_minutes
    firsts = [first for first, _ in scenario.clock.local_days()]
    return [(a * step, b * step) for a, b in zip(firsts, [*firsts[1:], scenario.steps], strict=True)]


def day_spans(deliveries: pd.DataFrame, scenario: Scenario) -> dict[int, tuple[int, int]]:
    """First minute, and the minute after the last, in which vehicles may be out for the deliveries of each day.

    A day begins some hours before its first departure, so that vehicles can be loaded, and ends in the night after
    its last, or when the next begins.
    """
    step, end = scenario.step_minutes, scenario.steps * scenario.step_minutes
    midnights = np.array([last for _, last in local_days(scenario)])
    spans: dict[int, tuple[int, int]] = {}
    begun = end
    for day in sorted({int(day) for day in deliveries["day"]}, reverse=True):
        departs = deliveries.loc[deliveries["day"] == day, "depart_first_step"].astype(int) * step
        begins = max(0, int(departs.min()) - LEAD_MINUTES)
        night = int(midnights[np.searchsorted(midnights, int(departs.max()), side="right")]) + NIGHT_MINUTES
        spans[day] = (begins, max(begins, min(night, begun, end)))
        begun = begins
    return spans
