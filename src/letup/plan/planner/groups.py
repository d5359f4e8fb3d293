"""Move the groups one after the other, each on what the earlier ones leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.flow.result import Cut, Route
from letup.plan.modes import by_mode, room_of
from letup.plan.planner.horizon import Horizon, capacity_on, horizons_of, part_of
from letup.roads.network import Timed
from letup.scenario.model import Group

EXACT_UP_TO = 300_000
"""Arcs times steps up to which all is computed exactly; beyond, arrivals at full shelters may not be the earliest."""


@dataclass(frozen=True)
class GroupFlow:
    """How one group moves, in terms of the kept part of the network.

    Attributes
    ----------
    group : Group
        The group.
    timed : Timed
        Its network.
    horizon : Horizon
        The kept part.
    arrivals : int64[T]
        People reaching a shelter at each step of the scenario.
    routes : list of Route
        Routes; empty unless asked for. Arcs, nodes and steps are positions in the horizon.
    cut : Cut or None
        Why not more; None unless asked for.
    """

    group: Group
    timed: Timed
    horizon: Horizon
    arrivals: NDArray[np.int64]
    routes: list[Route]
    cut: Cut | None

    @property
    def total(self) -> int:
        """People who reach a shelter."""
        return int(self.arrivals.sum())


@dataclass(frozen=True)
class Relief:
    """A limit that is doubled, to see what it costs.

    Attributes
    ----------
    arcs : dict of str to int64[k]
        By mode, arcs of the Timed whose capacity is doubled.
    places : frozenset of str
        Checkpoints whose throughput and shelters whose room is doubled.
    """

    arcs: dict[str, NDArray[np.int64]]
    places: frozenset[str] = frozenset()


def move_groups(
    groups: tuple[Group, ...],
    timed: list[Timed],
    quiet: NDArray[np.bool_],
    *,
    details: bool = False,
    quick: bool = False,
    relief: Relief | None = None,
) -> list[GroupFlow]:
    """Move each group in the given order on the capacity, throughput and room left by the earlier.

    Groups of one mode share the capacity of roads; all share checkpoints and shelters. That order
    is a rule (the slowest and most vulnerable first), not an optimum over all groups together.

    Parameters
    ----------
    groups : tuple of Group
        In planning order.
    timed : list of Timed
        The network for each.
    quiet : bool[zones, T]
        When people may be on the arcs of each zone.
    details : bool
        Whether to work out routes and the cut too.
    quick : bool
        Whether to estimate in place of computing the exact flow: for comparing many plans.
    relief : Relief, optional
        A limit to double.
    """
    from letup.flow import earliest_arrival
    from letup.flow.estimate import estimate
    from letup.flow.quick_flow import quick_flow

    horizons = horizons_of(by_mode(groups, timed), quiet)
    # Shares, not people: groups of one mode may differ in people per vehicle.
    on_roads: dict[str, NDArray[np.float64]] = {}
    through_gates: dict[str, NDArray[np.float64]] = {}
    room = room_of(timed)
    relieved = relief.places if relief is not None else frozenset()
    room = {place: left * (2 if place in relieved else 1) for place, left in room.items()}
    found = []
    for group, network in zip(groups, timed, strict=True):
        horizon = horizons[group.mode]
        arrivals = np.zeros(quiet.shape[1], np.int64)
        if not len(horizon.nodes) or not len(horizon.steps) or not network.supply.any():
            found.append(GroupFlow(group, network, horizon, arrivals, [], None))
            continue
        full = capacity_on(network, horizon)
        shared = np.flatnonzero(network.shared[horizon.arcs]).tolist()
        gates = [(i, network.place[int(network.tail[horizon.arcs[i]])]) for i in shared]
        if relief is not None:
            full[np.isin(horizon.arcs, relief.arcs.get(group.mode, ()))] *= 2
            full[[i for i, place in gates if place in relieved]] *= 2
        if group.mode in on_roads:
            capacity = np.floor(full * (1 - on_roads[group.mode]) + 1e-6).astype(np.int64)
        else:
            on_roads[group.mode] = np.zeros(full.shape)
            capacity = full.copy()
        for i, place in gates:
            passed = through_gates.setdefault(place, np.zeros(full.shape[1]))
            capacity[i] = np.floor(full[i] * (1 - passed) + 1e-6)
        np.clip(capacity, 0, 2**31 - 1, out=capacity)
        here = np.zeros(len(network.place), np.int64)
        for node in np.flatnonzero(network.shelter > 0).tolist():
            here[node] = room.get(network.place[node], 0)
        part = part_of(network, horizon, capacity, here)
        now_quiet = quiet[: part.zones, horizon.steps]
        if quick:
            leaving = np.flatnonzero(network.leaving[horizon.arcs])
            entering, arriving = estimate(part, len(horizon.steps), now_quiet, leaving)
            arrivals[horizon.steps] = arriving
        else:
            large = len(horizon.arcs) * len(horizon.steps) > EXACT_UP_TO
            solve = quick_flow if large else earliest_arrival
            flow = solve(part, len(horizon.steps), now_quiet)
            arrivals[horizon.steps] = flow.arrivals
            entering = flow.entering
        moving = np.nonzero((entering > 0) & (full > 0))
        on_roads[group.mode][moving] += entering[moving] / full[moving]
        for i, place in gates:
            through_gates[place] += np.divide(entering[i], full[i], out=np.zeros(full.shape[1]), where=full[i] > 0)
        taken = np.zeros(len(horizon.nodes), np.int64)
        passing = entering.sum(axis=1, dtype=np.int64)
        np.add.at(taken, part.head, passing)
        np.subtract.at(taken, part.tail, passing)
        for node in np.flatnonzero(part.shelter > 0).tolist():
            place = network.place[int(horizon.nodes[node])]
            room[place] = max(room[place] - max(int(taken[node] + part.supply[node]), 0), 0)
        routes, cut = (list(flow.routes()), flow.cut) if details and not quick else ([], None)
        found.append(GroupFlow(group, network, horizon, arrivals, routes, cut))
    return found
