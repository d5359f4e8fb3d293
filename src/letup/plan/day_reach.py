"""Who lives too far from every shelter to get there within one day, however many zones are quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.arrays import Bools, Floats
from letup.core.clock import runs
from letup.core.graphs import cheapest_arcs
from letup.pauses.limits import margin_steps, usable_steps
from letup.plan.discretise import limits_of
from letup.roads.network import ANYBODY, Timed
from letup.scenario.model import Scenario


@dataclass(frozen=True)
class TooFar:
    """People of one group who cannot get to a shelter, or to a place for the night, between two nights.

    Attributes
    ----------
    group : str
        Name of the group.
    by_zone : dict of str to int
        People by the zone that they are in, most first; "" = in none.
    longest_day, needed : int
        Steps in which people may be on roads on the longest day, and that the farthest of them would need.
    """

    group: str
    by_zone: dict[str, int]
    longest_day: int
    needed: int


def too_far_for_a_day(scenario: Scenario, timed: Mapping[str, Timed]) -> list[TooFar]:
    """Those of each group whose quickest way, through all zones that may ever be quiet, is longer than any day.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    timed : mapping of str to Timed
        The network of each group, in planning order.
    """
    usable = usable_steps(limits_of(scenario), len(scenario.zones), scenario.clock)
    findings = []
    for group, network in timed.items():
        longest = _longest_day(network, usable, margin_steps(scenario))
        homes = np.flatnonzero(network.supply > 0)
        steps = _steps_to_go(network, usable)[homes]
        far = np.isfinite(steps) & (steps > longest)
        by_zone: dict[str, int] = {}
        for home in homes[far].tolist():
            by_zone[network.origin[home]] = by_zone.get(network.origin[home], 0) + int(network.supply[home])
        if by_zone:
            most_first = dict(sorted(by_zone.items(), key=lambda item: (-item[1], item[0])))
            findings.append(TooFar(group, most_first, longest, int(steps[far].max())))
    return findings


def _longest_day(network: Timed, usable: Bools, margin: int) -> int:
    """Most steps in a row, between two nights, at which people may be on roads."""
    open_at, spare = np.asarray(usable.any(axis=0), bool), margin
    if ((network.zone < 0) & np.isin(network.kind, ["road", "to the road"])).any():  # roads that need no pause
        open_at, spare = np.ones_like(open_at), 0
    open_at[network.nights] = False
    return max((last + 1 - first - spare for first, last in runs(open_at)), default=0)


def _steps_to_go(network: Timed, usable: Bools) -> Floats:
    """Steps from each node, once people are ready, to the nearest place where they may be at night."""
    n = len(network.supply)
    ever = np.append(usable.any(axis=1), True)
    arcs = np.flatnonzero(ever[network.zone] & (network.peak > 0))
    took = np.where(network.leaving[arcs], 0, network.transit[arcs]) + 1e-9  # 0 would be no arc at all
    cheapest = cheapest_arcs(network.tail[arcs], network.head[arcs], took)
    back = csr_array((took[cheapest], (network.head[arcs][cheapest], network.tail[arcs][cheapest])), shape=(n, n))
    ends = (network.shelter > 0) | ((network.night > 0) & (network.night < ANYBODY))
    if not ends.any():
        return np.full(n, np.inf)
    steps: Floats = np.floor(dijkstra(back, indices=np.flatnonzero(ends), min_only=True))
    return steps
