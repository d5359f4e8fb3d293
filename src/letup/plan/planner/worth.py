"""What each pause is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.pauses.limits import Window
from letup.plan.planner.days import each_day
from letup.plan.planner.groups import GroupFlow, move_groups
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
    found = [0] * len(windows)
    for day in each_day(moving, flows, np.asarray(moving.any(axis=0), bool)):
        inside = [i for i, w in enumerate(windows) if day.first <= w.first <= day.last and passed[i]]
        if not inside:
            continue
        now = sum(flow.total for flow in move_groups(groups, day.timed, day.moving, quick=quick))
        for i in inside:
            without = day.moving.copy()
            without[windows[i].zone, windows[i].first : windows[i].last + 1] = False
            still = sum(flow.total for flow in move_groups(groups, day.timed, without, quick=quick))
            found[i] = min(max(now - still, 0), passed[i])
    return found
