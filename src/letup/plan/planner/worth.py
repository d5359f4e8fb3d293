"""What each pause is worth, and what one more hour of pause would bring and where: day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.core.clock import runs
from letup.pauses.limits import Window, moving_array
from letup.plan.discretise import limits_of, room_of
from letup.plan.extensions import Extension, is_allowed, longer_pauses, new_pauses
from letup.plan.files.document import NEXT_HOUR_COLUMNS
from letup.plan.planner.groups import GroupFlow, move_groups
from letup.roads.network import Timed
from letup.scenario.model import Group, Scenario

_SHOWN = 10
"""Rows of the table."""

_TRIED = (60, 60)
"""Most longer and new pauses that are tried with exact flows."""

_TRIED_QUICK = (30, 12)
"""Most longer and new pauses that are tried where a plan takes seconds."""


def worth(
    windows: list[Window],
    moving: NDArray[np.bool_],
    groups: tuple[Group, ...],
    flows: list[GroupFlow],
    passed: list[int],
    *,
    quick: bool,
) -> list[int]:
    """People fewer who would arrive without each pause, the movements of the other days unchanged.

    Without the pause, those who wanted to pass stay at home or take another way that day, and
    others may take their place on the road.

    Parameters
    ----------
    windows : list of Window
        The pauses.
    moving : bool[zones, T]
        When people may be on the roads of each zone.
    groups, flows : tuple of Group, list of GroupFlow
        In planning order, with routes.
    passed : list of int
        People who pass during each pause.
    quick : bool
        Whether to compare estimates in place of exact flows.
    """
    worths = [0] * len(windows)
    for day in each_day(moving, flows, np.asarray(moving.any(axis=0), bool)):
        inside = [i for i, w in enumerate(windows) if day.first <= w.first <= day.last and passed[i]]
        if not inside:
            continue
        now = sum(flow.total for flow in move_groups(groups, day.timed, day.moving, quick=quick))
        for i in inside:
            without = day.moving.copy()
            without[windows[i].zone, windows[i].first : windows[i].last + 1] = False
            still = sum(flow.total for flow in move_groups(groups, day.timed, without, quick=quick))
            worths[i] = min(max(now - still, 0), passed[i])
    return worths


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
    timed = [flow.timed for flow in flows]
    arrived = sum(flow.total for flow in flows)
    # with every shelter full, no hour of pause lets anybody more arrive
    behind = min(sum(int(network.supply.sum()) for network in timed), sum(room_of(timed).values())) - arrived
    if not windows or behind <= 0:
        return _table(scenario, [], quick)
    tried = _tried(scenario, windows, flows, worths, _TRIED_QUICK if quick else _TRIED)
    moving = moving_array(scenario, windows)
    with_it = {more: moving_array(scenario, more.applied(windows)) for more in tried}
    used_steps = np.asarray(moving.any(axis=0), bool)
    for quiet in with_it.values():
        used_steps |= quiet.any(axis=0)
    groups = scenario.groups

    def arrive(day: Day, more: Extension | None = None) -> int:
        quiet = day.moving
        if more is not None:
            quiet = np.zeros_like(moving)
            quiet[:, day.first : day.last + 1] = with_it[more][:, day.first : day.last + 1]
        return sum(flow.total for flow in move_groups(groups, day.timed, quiet, quick=quick))

    hour = scenario.clock.hours
    gains: list[tuple[float, Extension]] = []
    for day in each_day(moving, flows, used_steps):
        inside = [more for more in tried if day.first <= more.window.first <= day.last]
        now = arrive(day) if inside else 0
        for more in inside:
            gain = min(arrive(day, more) - now, behind)
            if gain > 0:
                gains.append((round(gain / hour(more.steps()), 1), more))
    return _table(scenario, _best(scenario, gains), quick)


def _tried(
    scenario: Scenario, windows: list[Window], flows: list[GroupFlow], worths: list[int], most: tuple[int, int]
) -> list[Extension]:
    """Longer and new pauses that the limits allow, the most promising first, as many as there is time for."""
    clock, limits, zones = scenario.clock, limits_of(scenario), len(scenario.zones)
    per_step = [worth / w.length for w, worth in zip(windows, worths, strict=True)]
    order = sorted(range(len(windows)), key=lambda i: (-per_step[i], i))
    left = _left_behind(scenario, flows)
    by_zone = sorted(range(zones), key=lambda zone: (-left[zone], zone))
    candidates = (longer_pauses(windows, order, limits, clock), new_pauses(windows, by_zone, limits, clock))
    return [
        extension
        for extensions, many in zip(candidates, most, strict=True)
        for extension in islice((e for e in extensions if is_allowed(e, windows, limits, zones, clock)), many)
    ]


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


def _best(scenario: Scenario, gains: list[tuple[float, Extension]]) -> list[tuple[float, Extension]]:
    """Best first; of the new pauses of a zone and day only the best."""
    clock = scenario.clock
    seen: set[tuple[int, int]] = set()
    kept = []
    for gain, more in sorted(gains, key=lambda item: (-item[0], item[1].window, item[1].old is None)):
        if more.old is None:
            place = (more.window.zone, clock.day(more.window.first))
            if place in seen:
                continue
            seen.add(place)
        kept.append((gain, more))
    return kept[:_SHOWN]


def _table(scenario: Scenario, gains: list[tuple[float, Extension]], quick: bool) -> pd.DataFrame:
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


@dataclass(frozen=True)
class Day:
    """What the other days leave to one day, or whatever stretch anything is quiet in.

    Attributes
    ----------
    first, last : int
        Steps of the stretch, inclusive.
    timed : list of Timed
        The network for each group, with the people at home and the room that the other days leave.
    moving : bool[zones, T]
        When people may be on the roads of each zone in this stretch; false outside it.
    """

    first: int
    last: int
    timed: list[Timed]
    moving: NDArray[np.bool_]


def each_day(moving: NDArray[np.bool_], flows: list[GroupFlow], used_steps: NDArray[np.bool_]) -> Iterator[Day]:
    """Each stretch of steps that may be used, with what the other stretches leave to it.

    Parameters
    ----------
    moving : bool[zones, T]
        When people may be on the roads of each zone.
    flows : list of GroupFlow
        In planning order, with routes.
    used_steps : bool[T]
        Steps that may be used in some zone; covers at least those of ``moving``.
    """
    days = runs(np.asarray(used_steps, bool))
    if not days:
        return
    rooms = room_of([flow.timed for flow in flows])
    left = [_left_by_day(flow, days) for flow in flows]
    taken = [_taken_by_day(flow, days) for flow in flows]
    for d, (first, last) in enumerate(days):
        timed = []
        for flow, gone in zip(flows, left, strict=True):
            supply = flow.timed.supply - (gone.sum(axis=0) - gone[d])
            timed.append(_on_this_day(flow.timed, supply, rooms, taken, d))
        today = np.zeros_like(moving)
        today[:, first : last + 1] = moving[:, first : last + 1]
        yield Day(first, last, timed, today)


def _on_this_day(
    timed: Timed, supply: NDArray[np.int64], rooms: dict[str, int], taken: list[dict[str, NDArray[np.int64]]], day: int
) -> Timed:
    """A group's network with the people and room that the other days leave."""
    left = {
        place: room - sum(int(by_place[place].sum() - by_place[place][day]) for by_place in taken if place in by_place)
        for place, room in rooms.items()
    }
    shelter = np.array([left[p] if s > 0 else 0 for p, s in zip(timed.place, timed.shelter, strict=True)], np.int64)
    return replace(timed, supply=np.maximum(supply, 0), shelter=np.maximum(shelter, 0))


def _taken_by_day(flow: GroupFlow, days: list[tuple[int, int]]) -> dict[str, NDArray[np.int64]]:
    """People whom each shelter takes in by the stretch in which, or after which, they arrive."""
    firsts = np.array([first for first, _ in days], np.int64)
    taken: dict[str, NDArray[np.int64]] = {}
    for route in flow.routes:
        place = flow.timed.place[int(flow.horizon.nodes[route.shelter])]
        lasts = route.offsets[-1] + int(flow.timed.transit[flow.horizon.arcs[route.arcs[-1]]]) if route.arcs else 0
        at = np.minimum(np.arange(route.depart_first, route.depart_last + 1) + lasts, len(flow.horizon.steps) - 1)
        day = np.maximum(np.searchsorted(firsts, flow.horizon.steps[at], side="right") - 1, 0)
        np.add.at(taken.setdefault(place, np.zeros(len(days), np.int64)), day, route.rate)
    return taken


def _left_by_day(flow: GroupFlow, days: list[tuple[int, int]]) -> NDArray[np.int64]:
    """People who left each home in each stretch: int64[stretches, nodes of the Timed]."""
    gone = np.zeros((len(days), len(flow.timed.supply)), np.int64)
    ends = np.array([end for _, end in days], np.int64)
    leaving = np.array([kind == "leaving home" for kind in flow.timed.kind], bool)
    for route in flow.routes:
        home = sum(1 for a in route.arcs if leaving[flow.horizon.arcs[a]])
        wait = route.offsets[home] if home < len(route.offsets) else 0
        steps = flow.horizon.steps[np.arange(route.depart_first, route.depart_last + 1) + wait]
        day = np.minimum(np.searchsorted(ends, steps), len(days) - 1)
        np.add.at(gone[:, int(flow.horizon.nodes[route.origin])], day, route.rate)
    return gone
