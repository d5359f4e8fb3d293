"""What the networks of several groups have in common."""

from __future__ import annotations

import numpy as np

from letup.roads.network import Timed
from letup.scenario.model import Group


def by_mode(groups: tuple[Group, ...], timed: list[Timed]) -> dict[str, list[Timed]]:
    """The networks of each mode's groups, in planning order."""
    modes: dict[str, list[Timed]] = {}
    for group, network in zip(groups, timed, strict=True):
        modes.setdefault(group.mode, []).append(network)
    return modes


def room_of(timed: list[Timed]) -> dict[str, int]:
    """Room of each shelter by place id, people."""
    return {t.place[node]: int(t.shelter[node]) for t in timed for node in np.flatnonzero(t.shelter > 0).tolist()}
