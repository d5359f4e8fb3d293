"""A scenario in the terms of the plan: its limits by number and step, and its clock."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np

from letup.pauses.clock import Clock
from letup.pauses.limits import Limits
from letup.scenario.model import Scenario

_EXACT = 1e-9

MARGIN_MINUTES = 15
"""Nobody is planned to be on a road this shortly before a pause ends, as far as steps allow, minutes."""


def margin_steps(scenario: Scenario) -> int:
    """The margin in whole steps, rounded down: with steps longer than the margin there is none."""
    return MARGIN_MINUTES // scenario.step_minutes


def clock_of(scenario: Scenario) -> Clock:
    """What the scenario's steps mean on the local clock."""
    start = scenario.start.astimezone(scenario.local)
    hour = start.hour + start.minute / 60 + start.second / 3600
    return Clock(scenario.steps, scenario.step_minutes, hour)


def limits_of(scenario: Scenario) -> Limits:
    """What the parties insist on, with zones by number and times by step.

    Notice becomes a forbidden time for every zone.
    """
    given = scenario.limits
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    forbidden: list[tuple[int, int, int]] = []
    before_notice = math.ceil(given.notice_hours * 60 / scenario.step_minutes - _EXACT)
    if before_notice > 0:
        forbidden += [(zone, 0, before_notice - 1) for zone in number.values()]
    for zone_id, start, end in given.forbidden:
        first = math.floor(_steps_after_start(scenario, start) + _EXACT)
        last = math.ceil(_steps_after_start(scenario, end) - _EXACT) - 1
        if last >= max(first, 0) and first < scenario.steps:
            forbidden.append((number[zone_id], max(first, 0), min(last, scenario.steps - 1)))
    return Limits(
        hours=given.hours,
        shortest=given.shortest_hours,
        longest=given.longest_hours,
        windows_per_day=given.windows_per_day,
        zone_hours=given.zone_hours,
        at_once=given.at_once,
        forbidden=tuple(forbidden),
        grid_minutes=given.grid_minutes,
    )


def local_time(scenario: Scenario, step: int) -> datetime:
    """Local time at the start of a step."""
    return (scenario.start + timedelta(minutes=step * scenario.step_minutes)).astimezone(scenario.local)


def local_iso(scenario: Scenario, step: int) -> str:
    """Local time at the start of a step, ISO 8601 with offset, to the minute."""
    return local_time(scenario, step).isoformat(timespec="minutes")


def local_isos(scenario: Scenario, steps: np.ndarray) -> list[str]:
    """Local times at the start of many steps."""
    known = {int(step): local_iso(scenario, int(step)) for step in np.unique(steps)}
    return [known[int(step)] for step in steps]


def step_at(scenario: Scenario, when: datetime) -> float:
    """Steps from the start of the scenario to a moment; not rounded."""
    return _steps_after_start(scenario, when)


def _steps_after_start(scenario: Scenario, when: datetime) -> float:
    return (when - scenario.start).total_seconds() / 60 / scenario.step_minutes


def people_by_group(scenario: Scenario, group: str) -> int:
    """People in a group, whether they want to leave or not."""
    people = scenario.people
    return int(people.loc[people["group"] == group, "count"].sum())
