"""From the road network to the network in steps, for one group."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from letup.core.arrays import Bools, Floats
from letup.core.errors import LetupError
from letup.core.graphs import cheapest_arcs, reachable
from letup.roads.departures import Homes, homes, newly_ready
from letup.roads.network import ANYBODY, RoadNetwork, Timed
from letup.roads.places import checkpoints, needs_pause, resting, shelters, waiting_rooms
from letup.roads.reach import open_to
from letup.roads.simplify import chains, single, useful
from letup.roads.through_arcs import through_arcs
from letup.roads.timed_builder import SPREAD_BELOW, Row, TimedBuilder
from letup.scenario.model import Group, Scenario

WALK_KMH = 3.0
"""Speed of people who walk, or are carried, to the nearest road that vehicles can use (assumed)."""

DOOR_MINUTES = 5.0
"""From the door to the road once people are ready: some 200 m inside a cell, or loading (assumed)."""

CONTROL_MINUTES = 5.0
"""Passing a checkpoint, without queueing for it (assumed)."""

Walk = list[tuple[int, float]]
"""Stretches of a walk to the road: zone and minutes of each."""


def timed(
    network: RoadNetwork,
    scenario: Scenario,
    group: str,
    step_minutes: float | None = None,
    *,
    contract: bool = True,
) -> Timed:
    """Put the road network in steps for one group of people.

    Groups of one mode get the same nodes and arcs, in the same order: a home and its "leaving
    home" arc for every group of the mode, with people only in the group's own.

    Parameters
    ----------
    network : RoadNetwork
        From ``build``.
    scenario : Scenario
        The scenario it was built from.
    group : str
        Name of the group.
    step_minutes : float, optional
        Length of a step; the scenario's if absent. The time looked at stays the same.
    contract : bool
        Join chains of arcs between which nothing can be decided. The answer is the same without.

    Returns
    -------
    Timed
        Capacity counts people; int32[m] if nothing varies in time, else int32[m, steps].

    Raises
    ------
    LetupError
        ``roads.group`` if the scenario has no such group.
    """
    who = next((candidate for candidate in scenario.groups if candidate.name == group), None)
    if who is None:
        names = ", ".join(candidate.name for candidate in scenario.groups)
        raise LetupError("roads.group", f"the scenario has no group {group!r}", f"Use one of: {names}.")
    step = float(step_minutes or scenario.step_minutes)
    steps = max(1, round(scenario.steps * scenario.step_minutes / step))
    builder, swift = _builder(network, scenario, who, step=step, steps=steps, contract=contract)
    return builder.finish(steps, step, swift, scenario.clock.nights(step, steps), scenario.nights_at_most)


def _builder(
    network: RoadNetwork, scenario: Scenario, group: Group, *, step: float, steps: int, contract: bool
) -> tuple[TimedBuilder, Floats]:
    """Lay out nodes and arcs for the mode of a group, with the minutes of its fastest group on each arc."""
    builder = TimedBuilder()
    nodes = len(network.lon)
    pauses = needs_pause(scenario)
    mode_groups = [member for member in scenario.groups if member.mode == group.mode]
    all_homes = {member.name: homes(network, scenario, member.name) for member in mode_groups}
    refuges = shelters(network, scenario)
    control = checkpoints(network, scenario, steps, step)

    usable = np.flatnonzero(open_to(network, group.mode)).astype(np.int64)
    targets = np.array([refuge.node for refuge in refuges], np.int64)
    joined = reachable(network.head[usable], network.tail[usable], nodes, targets)
    walks = _walks(network, all_homes, joined, group.mode)
    rooms = waiting_rooms(network, scenario)
    wait = rooms.day > 0
    keep = np.zeros(nodes, bool)
    keep[[*resting(network, scenario), *control, *(refuge.node for refuge in refuges)]] = True
    sources = np.unique(np.array([door for door, _ in walks.values()], np.int64))
    keep[sources] = True
    arcs = useful(network, usable, sources=sources, targets=targets, keep=keep, wait=wait)
    hourly = _people_per_hour(network, group)
    runs = chains(network, arcs, keep, wait, hourly) if contract else single(arcs)
    minutes = _minutes(network, group)
    swift = _minutes(network, max(mode_groups, key=lambda member: member.speed_kmh))

    number: dict[int, int] = {}
    gate: dict[int, int] = {}

    def zone_at(node: int) -> int:
        zone = int(network.node_zone[node])
        return zone if zone >= 0 and pauses[zone] else -1

    def beyond(node: int) -> int:
        """Where one stands after any checkpoint at a node."""
        if node not in number:
            number[node] = builder.add(node, wait=int(rooms.day[node]), night=int(rooms.night[node]))
        return number[node]

    def before(node: int) -> int:
        """Where one stands on coming to a node."""
        return gate[node] if node in gate else beyond(node)

    for node, (place, passing) in sorted(control.items()):
        gate[node] = builder.add(node, wait=int(rooms.day[node]), night=int(rooms.night[node]), place=place)
        number[node] = builder.add(node)  # whoever waits here waits before the control
        builder.join(gate[node], beyond(node), "checkpoint", zone=zone_at(node), rate=passing, minutes=CONTROL_MINUTES)
    for run in runs:
        tail, head = int(network.tail[run[0]]), int(network.head[run[-1]])
        rate = _per_step(float(hourly[run].min()), step)
        zone = int(network.zone[run[0]])
        builder.rows.append(Row(beyond(tail), before(head), float(minutes[run].sum()), zone, "road", run, rate))
    if contract:
        joining: dict[int, int] = {}
        for here in all_homes.values():
            for node, people in zip(here.node.tolist(), here.people.tolist(), strict=True):
                if node in walks:
                    door = before(walks[node][0])
                    joining[door] = joining.get(door, 0) + people
        weight = np.zeros(len(builder.node), np.int64)
        weight[list(joining)] = list(joining.values())
        ends = np.zeros(len(builder.node), bool)
        ends[[number[refuge.node] for refuge in refuges if refuge.node in number]] = True
        quick = np.array([_along(row, swift) for row in builder.rows], float)
        builder.rows += through_arcs(builder.rows, quick, ends, weight, step)
    at_node: dict[int, int] = {}
    for refuge in refuges:
        at_node[refuge.node] = at_node.get(refuge.node, 0) + 1
    for refuge in refuges:
        inside = beyond(refuge.node)
        if at_node[refuge.node] > 1:
            inside = builder.add(refuge.node)
            builder.join(beyond(refuge.node), inside, "into place", zone=zone_at(refuge.node), rate=refuge.room)
        builder.shelter[inside], builder.place[inside] = refuge.room, refuge.place

    for other in mode_groups:
        here = all_homes[other.name]
        ready = newly_ready(here.people, steps, step, scenario.half_time_hours)
        for i, (node, people, zone) in enumerate(
            zip(here.node.tolist(), here.people.tolist(), here.zone.tolist(), strict=True)
        ):
            own = people if other.name == group.name else 0
            name = scenario.zone_ids[zone] if zone >= 0 and own else ""
            door, walk = walks.get(node, (-1, []))
            if scenario.half_time_hours <= 0 and door >= 0 and not walk:
                builder.people(before(door), own, name)
                builder.leave(before(door), own)
                continue
            home = builder.add(node)
            builder.people(home, own, name)
            if door < 0:
                continue
            last = home
            if scenario.half_time_hours > 0:
                last = builder.add(node, wait=ANYBODY, night=ANYBODY)
                builder.join(home, last, "leaving home", zone=-1, rate=ready[i])
            builder.leave(last, own)
            way = list(walk) or [(zone_at(node), 0.0)]
            way[0] = (way[0][0], way[0][1] + DOOR_MINUTES)
            for k, (through, took) in enumerate(way):
                then = before(door) if k + 1 >= len(way) else builder.add(node)
                builder.join(last, then, "to the road", zone=through, rate=people, minutes=took)
                last = then
    builder.queues([zone_at(node) for node in builder.node])
    return builder, np.array([_along(row, swift) for row in builder.rows], float)


def _walks(
    network: RoadNetwork, all_homes: dict[str, Homes], on_network: Bools, mode: str
) -> dict[int, tuple[int, Walk]]:
    """For each home node the node where its people join the network, and the walk there.

    On foot that is the home's own node. Those who go by vehicle walk along the roads open to
    people on foot to the nearest node from which vehicles reach a shelter, if they are not there
    already.
    """
    nodes = len(network.lon)
    starts = np.unique(np.concatenate([np.zeros(0, np.int32), *(homes.node for homes in all_homes.values())]))
    walks: dict[int, tuple[int, Walk]] = {
        int(node): (int(node), []) for node in starts if node >= 0 and on_network[node]
    }
    beside = [int(node) for node in starts if node >= 0 and not on_network[node]]
    if mode != "vehicle" or not beside or not on_network.any():
        return walks
    foot = np.flatnonzero(open_to(network, "foot"))
    length = np.maximum(network.length_m[foot], 1e-6)
    shortest = cheapest_arcs(network.tail[foot], network.head[foot], length)
    graph = csr_array(
        (length[shortest], (network.head[foot][shortest], network.tail[foot][shortest])), shape=(nodes, nodes)
    )
    _, onward, _ = dijkstra(graph, indices=np.flatnonzero(on_network), min_only=True, return_predecessors=True)
    arc = {(int(network.tail[a]), int(network.head[a])): int(a) for a in foot[shortest]}
    for node in beside:
        walk: Walk = []
        here = node
        while not on_network[here] and onward[here] >= 0:
            then = int(onward[here])
            step = arc[here, then]
            zone, took = int(network.zone[step]), float(network.length_m[step]) * 0.06 / WALK_KMH
            if walk and walk[-1][0] == zone:
                walk[-1] = (zone, walk[-1][1] + took)
            else:
                walk.append((zone, took))
            here = then
        if on_network[here]:
            walks[node] = (here, walk)
    return walks


def _people_per_hour(network: RoadNetwork, group: Group) -> Floats:
    """People of the group who may enter each arc per hour."""
    if group.mode == "vehicle":
        return network.vehicles_per_hour * group.people_per_vehicle
    return network.foot_per_hour


def _along(row: Row, minutes: Floats) -> float:
    """Minutes of a timed arc by those of the road arcs that it runs along."""
    return float(minutes[row.pieces].sum()) if len(row.pieces) else row.minutes


def _minutes(network: RoadNetwork, group: Group) -> Floats:
    """Minutes the group takes for each arc."""
    if group.mode == "vehicle":
        speed = np.minimum(group.speed_kmh, np.where(network.vehicle_kmh > 0, network.vehicle_kmh, group.speed_kmh))
    else:
        speed = np.full(len(network.tail), group.speed_kmh)
    return network.length_m * 0.06 / speed


def _per_step(per_hour: float, step: float) -> float:
    """People per step: an int, rounded down, where that takes little away; else as it is, to be spread over steps."""
    rate = min(per_hour * step / 60.0, 2.0**31 - 1)
    whole = int(rate + 1e-9)
    return whole if rate >= SPREAD_BELOW or rate - whole < 1e-9 else rate
