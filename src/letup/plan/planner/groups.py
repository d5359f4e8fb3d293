"""Move the groups one after the other, each on what the earlier ones leave.

Most steps of a week are not quiet anywhere and most arcs lie in zones that are never quiet. The engine is given only
the rest. Leaving steps out is exact: no arc that needs a pause can be entered across a gap, because the steps beside
the gap are not quiet, and other arcs are closed where they would lead across it. Who gets ready to leave during a gap
leaves home after it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import runs
from letup.core.graphs import reachable
from letup.flow.engine import Flow
from letup.flow.result import Cut, Route
from letup.plan.discretise import by_mode, room_of
from letup.roads.network import ANYBODY, Timed
from letup.roads.timed_network import TimedNetwork
from letup.scenario.model import Group

_MOST = 2**31 - 1
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
        Why not more, with those left out; None unless asked for.
    left_out : int
        People left out because they would have to come by a place twice, or spend too many nights on the way.
    """

    group: Group
    timed: Timed
    horizon: Horizon
    arrivals: NDArray[np.int64]
    routes: list[Route]
    cut: Cut | None
    left_out: int = 0

    @property
    def total(self) -> int:
        """People who reach a shelter."""
        return int(self.arrivals.sum())


@dataclass(frozen=True)
class DoubledLimit:
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
    relief: DoubledLimit | None = None,
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
        Whether to work out routes and the cut too. Routes come by no place twice and spend no more nights on the way
        than anybody may; for whom none is found is left out. On large networks that takes long: without details all
        count there whom the engine can bring.
    quick : bool
        Whether to estimate in place of computing the exact flow: for comparing many plans.
    relief : DoubledLimit, optional
        A limit to double.
    """
    from letup.flow import earliest_arrival
    from letup.flow.estimate import estimate
    from letup.flow.quick_flow import quick_flow

    quiet = by_day(quiet, timed[0].nights)
    horizons = horizons_of(by_mode(groups, timed), quiet)
    # Shares, not people: groups of one mode may differ in people per vehicle.
    on_roads: dict[str, NDArray[np.float64]] = {}
    through_gates: dict[str, NDArray[np.float64]] = {}
    waiting: dict[int, NDArray[np.int64]] = {}
    room = room_of(timed)
    relieved = relief.places if relief is not None else frozenset()
    room = {place: left * (2 if place in relieved else 1) for place, left in room.items()}
    moved = []
    for group, network in zip(groups, timed, strict=True):
        horizon = horizons[group.mode]
        arrivals = np.zeros(quiet.shape[1], np.int64)
        if not len(horizon.nodes) or not len(horizon.steps) or not network.supply.any():
            moved.append(GroupFlow(group, network, horizon, arrivals, [], None))
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
        wait = _left_to_wait(network, horizon, waiting)
        part = network_within(network, horizon, capacity, here, wait)
        now_quiet = quiet[: part.zones, horizon.steps]
        if quick:
            leaving = np.flatnonzero(network.leaving[horizon.arcs])
            entering, arriving = estimate(part, len(horizon.steps), now_quiet, leaving)
            arrivals[horizon.steps] = arriving
        else:
            large = len(horizon.arcs) * len(horizon.steps) > EXACT_UP_TO
            solve = quick_flow if large else earliest_arrival
            flow = solve(part, len(horizon.steps), now_quiet)
            if details or not large:
                flow = _in_few_nights(flow.least_walking(may_circle=False), network, horizon)
            arrivals[horizon.steps] = flow.arrivals
            entering = flow.entering
            _add_waiting(waiting, flow, network.node[horizon.nodes])
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
        if details and not quick:
            moved.append(GroupFlow(group, network, horizon, arrivals, flow.routes(), flow.cut, flow.left_out))
        else:
            left_out = 0 if quick else flow.left_out
            moved.append(GroupFlow(group, network, horizon, arrivals, [], None, left_out))
    return moved


def _in_few_nights(flow: Flow, network: Timed, horizon: Horizon) -> Flow:
    """The flow without those who would spend more nights on the way than anybody may."""
    day, most = np.searchsorted(network.nights, horizon.steps), network.nights_at_most
    if not most or day[-1] - day[0] <= most:  # without rooms for the night nobody is on the way then
        return flow
    return flow.only(lambda leave, arrive: bool(day[arrive] - day[leave] <= most))


def _left_to_wait(network: Timed, horizon: Horizon, waiting: dict[int, NDArray[np.int64]]) -> NDArray[np.int64]:
    """Room to wait at kept nodes that others leave: int64[v] or int64[v, s]; ``waiting`` as of `_add_waiting`."""
    room = network.waiting_room(horizon.steps)[horizon.nodes]
    taken = [i for i, node in enumerate(network.node[horizon.nodes].tolist()) if node in waiting]
    taken = [i for i in taken if network.wait[horizon.nodes[i]] < ANYBODY]
    if not taken:
        return room
    if room.ndim == 1:
        room = np.repeat(room[:, None], len(horizon.steps), axis=1)
    there = np.stack([waiting[int(network.node[horizon.nodes[i]])] for i in taken])
    room[taken] = np.maximum(room[taken] - there, 0)
    return room


def _add_waiting(waiting: dict[int, NDArray[np.int64]], flow: Flow, road_node: NDArray[np.int32]) -> None:
    """Add who waits on the way from each step to the next, by node of the roads: int64[s] each.

    Of those who are where others have their home, as many are taken to be on the way as may be.
    """
    net, steps = flow.net, flow.entering.shape[1]
    for node in np.flatnonzero(net.may_wait & (net.waiting_room < ANYBODY).any(axis=1)).tolist():
        came = np.zeros(steps, np.int64)
        for arc in np.flatnonzero(net.head == node).tolist():
            transit = int(net.transit[arc])
            came[transit:] += flow.entering[arc, : max(steps - transit, 0)]
        if not came.any():
            continue
        went = flow.entering[net.tail == node].sum(axis=0, dtype=np.int64)
        if net.shelter[node] > 0:
            went += flow.arriving[int((net.shelter[:node] > 0).sum())]
        there = np.minimum(net.supply[node] + np.cumsum(came - went), np.cumsum(came))
        if there.any():
            place = int(road_node[node])
            waiting[place] = waiting.get(place, 0) + there


def by_day(quiet: NDArray[np.bool_], nights: NDArray[np.int64]) -> NDArray[np.bool_]:
    """When people may be on roads: bool[zones, T] as given, but never in the last step of a day."""
    quiet = quiet.copy()
    quiet[:, nights] = False
    return quiet


@dataclass(frozen=True)
class Horizon:
    """Arcs and steps that are kept, for the groups of one mode.

    Attributes
    ----------
    arcs : int64[a]
        Arcs of the Timed that are kept.
    nodes : int64[v]
        Nodes of the Timed that are kept.
    steps : int64[s]
        Steps that are kept; the same for all modes.
    """

    arcs: NDArray[np.int64]
    nodes: NDArray[np.int64]
    steps: NDArray[np.int64]


def horizons_of(modes: dict[str, list[Timed]], quiet: NDArray[np.bool_]) -> dict[str, Horizon]:
    """Arcs, nodes and steps that matter under given pauses, for each mode.

    Parameters
    ----------
    modes : dict of str to list of Timed
        The networks of each mode's groups; those of one mode share node and arc numbers.
    quiet : bool[zones, T]
        The pauses.
    """
    arcs = {mode: _kept_arcs(members, quiet) for mode, members in modes.items()}
    keep = np.zeros(quiet.shape[1], bool)
    for mode, members in modes.items():
        keep |= _kept_steps(members, quiet, arcs[mode])
    steps = np.flatnonzero(keep)
    horizons = {}
    for mode, members in modes.items():
        first, kept = members[0], arcs[mode]
        sheltered = np.flatnonzero(_any(members, "supply") & (first.shelter > 0))
        nodes = np.unique(np.concatenate([first.tail[kept], first.head[kept], sheltered]))
        horizons[mode] = Horizon(kept, nodes.astype(np.int64), steps)
    return horizons


def _kept_arcs(members: list[Timed], quiet: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Arcs on a way from a home to a shelter that is open at some time."""
    first = members[0]
    ever = np.append(quiet.any(axis=1), True)
    usable = ever[first.zone] & np.logical_or.reduce([t.peak > 0 for t in members])
    tails, heads, n = first.tail[usable], first.head[usable], len(first.supply)
    back = reachable(heads, tails, n, np.flatnonzero(first.shelter > 0))
    forth = reachable(tails, heads, n, np.flatnonzero(_any(members, "supply")))
    return np.flatnonzero(usable & back[first.head] & forth[first.tail])


def _kept_steps(members: list[Timed], quiet: NDArray[np.bool_], arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Steps near a quiet one; all of them where people can reach a shelter without any pause."""
    first, steps = members[0], quiet.shape[1]
    free = arcs[first.zone[arcs] < 0]
    homes = np.flatnonzero(_any(members, "supply"))
    if (reachable(first.tail[free], first.head[free], len(first.supply), homes) & (first.shelter > 0)).any():
        return np.ones(steps, bool)
    passing = free[~first.leaving[free]]
    lead = max(int(t.transit[free].max(initial=1)) for t in members)
    pad = 36 if len(passing) else 2
    keep = np.zeros(steps, bool)
    for start, end in runs(quiet.any(axis=0)):
        keep[max(start - lead, 0) : end + 1 + pad] = True
    return keep


def _any(members: list[Timed], name: str) -> NDArray[np.bool_]:
    """Where an array is above zero for any group."""
    return np.asarray(np.logical_or.reduce([getattr(t, name) > 0 for t in members]), bool)


def capacity_on(timed: Timed, horizon: Horizon) -> NDArray[np.int64]:
    """Capacity of the kept arcs at the kept steps, people per step: int64[a, s]."""
    arcs, steps = horizon.arcs, horizon.steps
    capacities = timed.capacity
    total = int(steps[-1]) + 1 if len(steps) else 0
    leaving = timed.leaving[arcs]
    if capacities.ndim == 2:
        # Stretch by stretch of steps: whole rows would copy the whole horizon, and single steps take long.
        capacity = np.empty((len(arcs), len(steps)), np.int64)
        kept, column = np.zeros(total, bool), 0
        kept[steps] = True
        for first, last in runs(kept):
            after = column + last + 1 - first
            capacity[:, column:after] = capacities[arcs, first : last + 1]
            column = after
        ready = np.cumsum(capacities[arcs[leaving], :total], axis=1, dtype=np.int64)[:, steps]
    else:
        capacity = np.repeat(capacities[arcs].astype(np.int64)[:, None], len(steps), axis=1)
        ready = capacities[arcs[leaving]].astype(np.int64)[:, None] * (steps[None, :] + 1)
    capacity[leaving] = np.diff(ready, axis=1, prepend=0)
    # Arcs that need no pause must not lead across a gap, nor into the next day.
    free = (timed.zone[arcs] < 0) & ~leaving
    day = np.searchsorted(timed.nights, steps)
    for transit in np.unique(timed.transit[arcs[free]]).tolist():
        rows = free & (timed.transit[arcs] == transit)
        after = np.arange(len(steps)) + transit
        inside = after < len(steps)
        then, now = after[inside], np.flatnonzero(inside)
        inside[inside] = (steps[then] - steps[now] == transit) & (day[then] == day[now])
        capacity[np.ix_(rows, ~inside)] = 0
    return np.minimum(capacity, _MOST, out=capacity)


def network_within(
    timed: Timed,
    horizon: Horizon,
    capacity: NDArray[np.int64],
    room: NDArray[np.int64],
    wait: NDArray[np.int64],
) -> TimedNetwork:
    """The kept part of a group's network, for the engine.

    Parameters
    ----------
    timed : Timed
        The group's network.
    horizon : Horizon
        What is kept.
    capacity : int64[a, s]
        Capacity of kept arcs at kept steps.
    room : int64[n]
        Room left at the nodes of ``timed``.
    wait : int64[v] or int64[v, s]
        Room left to wait at kept nodes.
    """
    number = np.full(len(timed.supply), -1, np.int64)
    number[horizon.nodes] = np.arange(len(horizon.nodes))
    return TimedNetwork(
        number[timed.tail[horizon.arcs]],
        number[timed.head[horizon.arcs]],
        timed.transit[horizon.arcs],
        capacity,
        timed.supply[horizon.nodes],
        room[horizon.nodes],
        wait,
        timed.zone[horizon.arcs],
    )
