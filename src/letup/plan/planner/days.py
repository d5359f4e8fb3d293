"""One day of a plan at a time, the movements of the other days unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import runs
from letup.plan.modes import room_of
from letup.plan.planner.groups import GroupFlow
from letup.roads.network import Timed


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


def each_day(moving: NDArray[np.bool_], flows: list[GroupFlow], some: NDArray[np.bool_]) -> Iterator[Day]:
    """Each stretch of steps that may be used, with what the other stretches leave to it.

    Parameters
    ----------
    moving : bool[zones, T]
        When people may be on the roads of each zone.
    flows : list of GroupFlow
        In planning order, with routes.
    some : bool[T]
        Steps that may be used in some zone; covers at least those of ``moving``.
    """
    days = runs(np.asarray(some, bool))
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
