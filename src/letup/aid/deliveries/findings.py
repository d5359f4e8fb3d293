"""What deliveries leave out, said with its reason."""

from __future__ import annotations

import numpy as np

from letup.aid.deliveries.fleet import Means
from letup.aid.deliveries.need import Need
from letup.aid.deliveries.trips import Trip
from letup.aid.deliveries.truck_paths import TruckRoads
from letup.core.findings import Finding, worst_first
from letup.roads.last_stretches import STRETCH_M
from letup.scenario.model import Scenario

#: Every code that a finding on deliveries may have, with what it means.
CODES: dict[str, str] = {
    "deliveries.off_road": "A crossing, warehouse or distribution point is too far from every road for vehicles",
    "deliveries.no_trip": "Trucks of a fleet can go nowhere: nothing they may use is quiet for long enough, or open",
    "deliveries.nothing_waits": "Trucks stand where nothing is that they may carry",
    "deliveries.unserved": "Nothing can be brought to a zone whose needs are not met",
}


def findings_of(
    scenario: Scenario, means: Means, roads: dict[float, TruckRoads], need: Need, found: list[Trip]
) -> tuple[Finding, ...]:
    """Findings on deliveries, worst first."""
    findings: list[Finding] = []

    def add(code: str, severity: str, message: str, remedy: str, file: str, where: str = "") -> None:
        findings.append(Finding(code, severity, message, remedy, file, where))  # type: ignore[arg-type]

    bases = {fleet.base for fleet in means.fleets}
    stored = {place for place, stop in means.stops.items() if stop.kind == "warehouse"}
    reached = set().union(*(layout.origin for layout in roads.values())) if roads else set()
    for place, stop in means.stops.items():
        if place not in reached and roads and (place in bases or stop.kind != "crossing"):
            name = scenario.places["name"][place]
            message = (
                f"{name} is more than {STRETCH_M:,.0f} m from every road that vehicles can use: no truck goes there"
            )
            add(
                "deliveries.off_road",
                "warning",
                message,
                "correct its position, or add the road",
                "places.geojson",
                place,
            )
    going = {trip.fleet for trip in found}
    for k, fleet in enumerate(means.fleets):
        there = any(place == fleet.base and item in fleet.items for place, item in (*means.entries, *means.stores))
        fed = fleet.base in stored and any(trip.stop == fleet.base for trip in found)
        if not there and not fed:
            message = f"{fleet.label} stand where nothing is that they may carry"
            add("deliveries.nothing_waits", "warning", message, "fill supply.csv or stocks.csv", "trucks.csv", fleet.id)
        if k not in going:
            message = f"{fleet.label} can go nowhere in these windows: {fleet.count:,} trucks stand still"
            remedy = "pause the zones on their way for long enough, or see the hours of places"
            add("deliveries.no_trip", "warning", message, remedy, "trucks.csv", fleet.id)
    served = {zone for trip in found for zone in means.stops[trip.stop].zones}
    short = np.flatnonzero(need.missing.sum(axis=(0, 1)) > 0)
    left = [zone for zone in short.tolist() if zone not in served]
    if left:
        names = [str(scenario.zones["name"].iloc[zone]) for zone in left]
        said = ", ".join(names[:6]) + (f" and {len(names) - 6} more zones" if len(names) > 6 else "")
        message = f"nothing can be brought to {said} in these windows, where needs are not met"
        add("deliveries.unserved", "warning", message, "pause the zones on the way, or add points", "places.geojson")
    return tuple(worst_first(findings))
