"""Days: the time in which vehicles are out and back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from letup.scenario.model import Scenario

LEAD_MINUTES = 240
"""Vehicles may be on their way to load this long before the first departure of their day."""

NIGHT_MINUTES = 360
"""A day ends this long after midnight, so that a pause at night can be used to its end."""


def local_days(scenario: Scenario) -> list[tuple[int, int]]:
    """First minute of each local day within the time of the scenario, and the minute after its last."""
    step = scenario.step_minutes
    after = pd.to_timedelta(np.arange(scenario.steps) * step, unit="min")
    dates = (pd.Timestamp(scenario.start).tz_convert("UTC") + after).tz_convert(scenario.timezone).date
    firsts = [k for k in range(scenario.steps) if k == 0 or dates[k] != dates[k - 1]]
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
