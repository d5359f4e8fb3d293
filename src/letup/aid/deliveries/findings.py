"""Findings on deliveries: what trucks cannot do, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from letup.aid.deliveries.logistics import Fleet, Logistics
from letup.aid.deliveries.need import Need
from letup.core.findings import Finding, finding, worst_first
from letup.core.wording import capitalised, first_few
from letup.roads.last_stretches import STRETCH_M, road_access
from letup.roads.network import RoadNetwork
from letup.scenario.disclosure import shared_findings, shared_name
from letup.scenario.model import Scenario

IN_PAUSES = "in these windows"
ZONES = ", "
"""Between the zones of a finding on several."""


def places_off_road(scenario: Scenario, network: RoadNetwork, logistics: Logistics) -> list[str]:
    """Places that trucks should load at or go to, too far from every road for vehicles."""
    if not logistics.fleets:
        return []
    bases = {fleet.base for fleet in logistics.fleets}
    near = road_access(network, scenario, logistics.stops)
    return [
        place
        for place, stop in logistics.stops.items()
        if place not in near and (place in bases or stop.kind != "crossing")
    ]


def fleets_without_goods(logistics: Logistics) -> list[Fleet]:
    """Trucks that stand where nothing lies that they may carry."""
    waiting = [*logistics.entries, *logistics.stores]
    return [
        fleet
        for fleet in logistics.fleets
        if not any(place == fleet.base and item in fleet.items for place, item in waiting)
    ]


def zones_in_need(need: Need) -> list[int]:
    """Numbers of the zones in which something is needed that is not met without deliveries."""
    zones: list[int] = np.flatnonzero(need.missing.sum(axis=(0, 1)) > 0).tolist()
    return zones


def delivery_findings(
    scenario: Scenario,
    logistics: Logistics,
    *,
    off_road: Collection[str],
    nothing_waits: Collection[str],
    no_trip: Collection[str],
    unserved: Collection[str],
    when: str = IN_PAUSES,
) -> tuple[Finding, ...]:
    """Say what trucks cannot do, worst first.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    logistics : Logistics
        What deliveries are made with.
    off_road : collection of str
        Places that no truck reaches.
    nothing_waits, no_trip : collections of str
        Ids of trucks for which there is nothing to carry; that can go nowhere.
    unserved : collection of str
        Ids of zones in need to which nothing can be brought, in the order of zones.
    when : str
        In which hours that is so.
    """
    findings = [
        finding(
            "deliveries.off_road",
            f"{capitalised(shared_name(scenario, place))} is more than {STRETCH_M:,.0f} m from every road "
            "that trucks can use: no truck goes there",
            "correct its position, or add the road",
            file="places.geojson",
            where=place,
        )
        for place in off_road
    ]
    for fleet in logistics.fleets:
        if fleet.id in nothing_waits:
            message = f"{fleet.label} stand where nothing is that they may carry"
            remedy = "fill supply.csv or stocks.csv"
            findings.append(finding("deliveries.nothing_waits", message, remedy, file="trucks.csv", where=fleet.id))
        if fleet.id in no_trip:
            message = f"{fleet.label} can go nowhere {when}: {fleet.count:,} trucks stand still"
            remedy = "pause the zones on their way for long enough, or see the hours of places"
            findings.append(finding("deliveries.no_trip", message, remedy, file="trucks.csv", where=fleet.id))
    if unserved:
        names = [str(scenario.zones["name"][zone]) for zone in unserved]
        message = f"nothing can be brought to {first_few(names, 6, 'zones')} {when}, where needs are not met"
        remedy = "pause the zones on the way, or add points"
        findings.append(
            finding(
                "deliveries.unserved",
                message,
                remedy,
                file="places.geojson",
                where=ZONES.join(unserved),
            )
        )
    return tuple(worst_first(shared_findings(scenario, findings)))
