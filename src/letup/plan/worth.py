"""What each pause is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from letup.pauses.limits import Window
from letup.plan.groups import GroupFlow, move_groups
from letup.plan.modes import room_of
from letup.roads.network import Timed
from letup.scenario.model import Group


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
    days = _days(moving)
    rooms = room_of([flow.timed for flow in flows])
    if not windows or not days:
        return [0] * len(windows)
    left = [_left_by_block(flow, days) for flow in flows]
    taken = [_taken_by_block(flow, days) for flow in flows]
    found = [0] * len(windows)
    for d, (start, end) in enumerate(days):
        inside = [i for i, w in enumerate(windows) if start <= w.first <= end]
        timed = []
        for flow, gone in zip(flows, left, strict=True):
            supply = flow.timed.supply - (gone.sum(axis=0) - gone[d])
            timed.append(_on_this_day(flow.timed, supply, rooms, taken, d))
        today = np.zeros_like(moving)
        today[:, start : end + 1] = moving[:, start : end + 1]
        now = sum(flow.total for flow in move_groups(groups, timed, today, quick=quick)) if inside else 0
        for i in inside:
            if passed[i]:
                without = today.copy()
                without[windows[i].zone, windows[i].first : windows[i].last + 1] = False
                still = sum(flow.total for flow in move_groups(groups, timed, without, quick=quick))
                found[i] = min(max(now - still, 0), passed[i])
    return found


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


def _taken_by_block(flow: GroupFlow, days: list[tuple[int, int]]) -> dict[str, NDArray[np.int64]]:
    """People whom each shelter takes in by the stretch in which they arrive."""
    ends = np.array([end for _, end in days], np.int64)
    taken: dict[str, NDArray[np.int64]] = {}
    for route in flow.routes:
        place = flow.timed.place[int(flow.horizon.nodes[route.shelter])]
        lasts = route.offsets[-1] + int(flow.timed.transit[flow.horizon.arcs[route.arcs[-1]]]) if route.arcs else 0
        at = np.minimum(np.arange(route.depart_first, route.depart_last + 1) + lasts, len(flow.horizon.steps) - 1)
        day = np.minimum(np.searchsorted(ends, flow.horizon.steps[at]), len(days) - 1)
        np.add.at(taken.setdefault(place, np.zeros(len(days), np.int64)), day, route.rate)
    return taken


def _days(moving: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of steps in which anything is quiet, first and last inclusive."""
    from letup.pauses.clock import runs

    return runs(np.asarray(moving.any(axis=0), bool))


def _left_by_block(flow: GroupFlow, days: list[tuple[int, int]]) -> NDArray[np.int64]:
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
