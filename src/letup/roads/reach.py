"""Who can reach a shelter at all."""

from __future__ import annotations

import numpy as np

from letup.core.arrays import Bools
from letup.core.findings import Finding
from letup.core.graphs import reachable
from letup.core.wording import capitalised
from letup.roads.departures import homes
from letup.roads.network import RoadNetwork
from letup.roads.places import shelters
from letup.scenario.disclosure import shared_name
from letup.scenario.model import Scenario


def open_to(network: RoadNetwork, mode: str) -> Bools:
    """Arcs a mode may use, ``"foot"``, ``"vehicle"``, or ``"lorry"`` for the trucks of the scenario: bool[arcs]."""
    if mode == "foot":
        return network.foot_per_hour > 0
    by_vehicle: Bools = network.vehicles_per_hour > 0
    return by_vehicle & network.lorries if mode == "lorry" and network.lorries is not None else by_vehicle


def bypass_findings(network: RoadNetwork, scenario: Scenario) -> list[Finding]:
    """Name the checkpoints that everybody on foot could walk round: they would bind nobody."""
    places = scenario.places
    targets = np.array([shelter.node for shelter in shelters(network, scenario)], np.int64)
    spots = [
        (str(place), network.place_node.get(str(place), -1)) for place in places.index[places["kind"] == "checkpoint"]
    ]
    walkers = [homes(network, scenario, group.name) for group in scenario.groups if group.mode == "foot"]
    if not spots or not walkers or not len(targets):
        return []
    nodes = len(network.lon)
    on_foot = open_to(network, "foot")
    findings = []
    for place, node in spots:
        if node < 0:
            continue
        beside = on_foot & (network.tail != node) & (network.head != node)
        with_it = reachable(network.head[on_foot], network.tail[on_foot], nodes, targets)
        without = reachable(network.head[beside], network.tail[beside], nodes, targets[targets != node])
        cut_off = with_it & ~without
        need = sum(int(group.people[(group.node >= 0) & cut_off[group.node]].sum()) for group in walkers)
        if not need:
            findings.append(
                Finding(
                    "roads.checkpoint_bypassed",
                    "note",
                    f"{capitalised(shared_name(scenario, place))} binds nobody on foot: "
                    "all who reach a shelter have a way round it",
                    "Close the ways round it if they are not open in fact, or leave it.",
                    file="places.geojson",
                    where=f"place {place}",
                )
            )
    return findings


def closed_findings(network: RoadNetwork, scenario: Scenario) -> list[Finding]:
    """Say if not one road is open to a group, or to the trucks of the scenario."""
    who = {group.mode: f"the group {group.label or group.name}" for group in reversed(scenario.groups)}
    if len(scenario.trucks):
        who["lorry"] = "trucks"
    return [
        Finding(
            "roads.closed",
            "warning",
            f"not one road is open to {name}",
            "Look at modes, damage, lorry_tonnes and class of the roads.",
            file="roads.geojson",
            column="lorry_tonnes" if mode == "lorry" and open_to(network, "vehicle").any() else "modes",
        )
        for mode, name in who.items()
        if not open_to(network, mode).any()
    ]


def reach_findings(network: RoadNetwork, scenario: Scenario) -> list[Finding]:
    """Name the people who want to leave but have no way to any shelter, by group and zone."""
    findings = []
    targets = np.array([shelter.node for shelter in shelters(network, scenario)], np.int64)
    number = len(network.lon)
    on_foot = open_to(network, "foot")
    for group in scenario.groups:
        arcs = open_to(network, group.mode)
        good = reachable(network.head[arcs], network.tail[arcs], number, targets)
        if group.mode == "vehicle":
            # People walk to the nearest road that vehicles can use.
            good = reachable(network.head[on_foot], network.tail[on_foot], number, np.flatnonzero(good)) | good
        where = homes(network, scenario, group.name)
        lost = (where.node < 0) | ~good[np.maximum(where.node, 0)]
        for zone in np.unique(where.zone[lost]):
            people = int(where.people[lost & (where.zone == zone)].sum())
            name = str(scenario.zones["name"].iloc[zone]) if zone >= 0 else "no zone"
            findings.append(
                Finding(
                    "roads.cut_off",
                    "warning",
                    f"{people:,} people in {name} ({group.label or group.name}) want to leave "
                    "but have no road to any shelter",
                    "Add the missing roads, or a shelter within reach; check damage and one-way roads.",
                    file="roads.geojson",
                    where=f"zone {scenario.zone_ids[zone]}" if zone >= 0 else "",
                )
            )
    return findings
