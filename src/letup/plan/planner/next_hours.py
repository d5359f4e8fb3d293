"""What one more hour of pause would bring, and where."""

from __future__ import annotations

from itertools import chain, islice

import numpy as np
import pandas as pd

from letup.pauses.limits import Window
from letup.plan.discretise import limits_of, moving_array
from letup.plan.extensions import More, fits, longer, new
from letup.plan.files.tables import NEXT_HOUR_COLUMNS
from letup.plan.planner.days import Day, each_day
from letup.plan.planner.groups import GroupFlow, move_groups
from letup.scenario.model import Scenario

_SHOWN = 10
"""Rows of the table."""

_TRIED = (60, 60)
"""Most longer and new pauses that are tried with exact flows."""

_TRIED_QUICK = (30, 12)
"""Most longer and new pauses that are tried where a plan takes seconds."""


def next_hours(
    scenario: Scenario, windows: list[Window], flows: list[GroupFlow], worths: list[int], *, quick: bool
) -> pd.DataFrame:
    """What more hours than the totals allow would bring, as `letup.plan.model.Plan.next_hours`.

    Each pause an hour longer at either end, those worth most per hour first, and the shortest new pause of zones
    not paused that day at the times of that day's pauses, those first where most people are left behind. Limits
    on single pauses hold; zone-hours, zones at once and the concession budget are what is asked about.

    Parameters
    ----------
    scenario : Scenario
        What the plan is for.
    windows : list of Window
        The pauses.
    flows : list of GroupFlow
        In planning order, with routes.
    worths : list of int
        What each pause is worth, people.
    quick : bool
        Whether to compare estimates in place of exact flows, of fewer pauses. An hour of which estimates show no
        gain is left out: nothing is known of it.
    """
    behind = sum(int(flow.timed.supply.sum()) - flow.total for flow in flows)
    if not windows or behind <= 0:
        return _table(scenario, [], quick)
    tried = _tried(scenario, windows, flows, worths, _TRIED_QUICK if quick else _TRIED)
    moving = moving_array(scenario, windows)
    with_it = {more: moving_array(scenario, more.applied(windows)) for more in tried}
    some = np.asarray(moving.any(axis=0), bool)
    for quiet in with_it.values():
        some |= quiet.any(axis=0)
    groups = scenario.groups

    def arrive(day: Day, more: More | None = None) -> int:
        quiet = day.moving
        if more is not None:
            quiet = np.zeros_like(moving)
            quiet[:, day.first : day.last + 1] = with_it[more][:, day.first : day.last + 1]
        return sum(flow.total for flow in move_groups(groups, day.timed, quiet, quick=quick))

    hour = scenario.clock.hours
    gains: list[tuple[float, More]] = []
    for day in each_day(moving, flows, some):
        inside = [more for more in tried if day.first <= more.window.first <= day.last]
        now = arrive(day) if inside else 0
        for more in inside:
            gain = min(arrive(day, more) - now, behind)
            if gain > 0:
                gains.append((round(gain / hour(more.steps()), 1), more))
    return _table(scenario, _best(scenario, gains), quick)


def _tried(
    scenario: Scenario, windows: list[Window], flows: list[GroupFlow], worths: list[int], most: tuple[int, int]
) -> list[More]:
    """Longer and new pauses that the limits allow, the most promising first, as many as there is time for."""
    clock, limits, zones = scenario.clock, limits_of(scenario), len(scenario.zones)
    per_step = [worth / (w.last - w.first + 1) for w, worth in zip(windows, worths, strict=True)]
    order = sorted(range(len(windows)), key=lambda i: (-per_step[i], i))
    left = _left_behind(scenario, flows)
    by_zone = sorted(range(zones), key=lambda zone: (-left[zone], zone))
    return list(
        chain.from_iterable(
            islice((more for more in some if fits(more, windows, limits, zones, clock)), many)
            for some, many in zip(
                (longer(windows, order, limits, clock), new(windows, by_zone, limits, clock)), most, strict=True
            )
        )
    )


def _left_behind(scenario: Scenario, flows: list[GroupFlow]) -> list[int]:
    """People of each zone who want to leave and do not get out."""
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    left = [0] * len(number)
    for flow in flows:
        gone = np.zeros(len(flow.timed.supply), np.int64)
        for route in flow.routes:
            people = route.rate * (route.depart_last - route.depart_first + 1)
            gone[int(flow.horizon.nodes[route.origin])] += people
        for node in np.flatnonzero(flow.timed.supply > gone).tolist():
            zone = number.get(flow.timed.origin[node])
            if zone is not None:
                left[zone] += int(flow.timed.supply[node] - gone[node])
    return left


def _best(scenario: Scenario, gains: list[tuple[float, More]]) -> list[tuple[float, More]]:
    """Best first; of the new pauses of a zone and day only the best."""
    clock = scenario.clock
    seen: set[tuple[int, int]] = set()
    kept = []
    for gain, more in sorted(gains, key=lambda one: (-one[0], one[1].window, one[1].old is None)):
        if more.old is None:
            place = (more.window.zone, clock.day(more.window.first))
            if place in seen:
                continue
            seen.add(place)
        kept.append((gain, more))
    return kept[:_SHOWN]


def _table(scenario: Scenario, gains: list[tuple[float, More]], quick: bool) -> pd.DataFrame:
    """The longer and new pauses as rows."""
    names = [str(name) for name in scenario.zones["name"]]
    rows = [
        (
            scenario.zone_ids[more.window.zone],
            names[more.window.zone],
            scenario.clock.iso(more.window.first),
            scenario.clock.iso(more.window.last + 1),
            scenario.clock.iso(more.old.first) if more.old is not None else "",
            gain,
            "estimated" if quick else "exact",
        )
        for gain, more in gains
    ]
    return pd.DataFrame(rows, columns=list(NEXT_HOUR_COLUMNS)).astype({"people_per_zone_hour": float})
