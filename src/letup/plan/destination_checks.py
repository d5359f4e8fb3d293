"""Check where a plan sends people: whether there is room, care and safety, and what those who arrive need."""

from __future__ import annotations

import pandas as pd

from letup.core.findings import Finding, finding
from letup.core.wording import plural
from letup.roads.network import RoadNetwork
from letup.scenario.disclosure import shared_name
from letup.scenario.model import Scenario

_WATER_L = (7.5, 15.0)
_COVERED_M2 = 3.5
_PEOPLE_PER_TOILET = 20
"""Litres a person and day, square metres of covered space a person, people a toilet: the least that the Sphere Handbook
(2018) asks for; the standards stand with the finding ``plan.reception``."""


def check_destinations(scenario: Scenario, network: RoadNetwork, movements: pd.DataFrame) -> list[Finding]:
    """Whether destinations are safer and fit to receive."""
    if not len(movements):
        return []
    findings = []
    safety = scenario.zones["safety"] if "safety" in scenario.zones else pd.Series(dtype=str)
    people_in: dict[str, int] = {}
    for shelter, taken in movements.groupby("shelter")["people"].sum().items():
        node = network.place_node.get(str(shelter), -1)
        zone = scenario.zone_ids[network.node_zone[node]] if node >= 0 and network.node_zone[node] >= 0 else ""
        people_in[zone] = people_in.get(zone, 0) + int(taken)
        room = int(scenario.places["room"].get(shelter) or 0)
        if taken >= room:
            findings.append(
                finding(
                    "plan.room",
                    f"Flag: filled to its room of {room:,} people: {shared_name(scenario, str(shelter))}.",
                    "Check on the ground that there is room before anybody is told to go there.",
                    where=f"place {shelter}",
                )
            )
    cared_for = _from_hospitals(scenario, movements)
    if cared_for:
        findings.append(
            finding(
                "plan.patients",
                f"Check: {plural(cared_for, 'patient')} would leave hospitals for shelters that take them in like "
                "anybody else; beds and care at the destination are not counted.",
                "Ask those who treat them whether each can be moved, and who takes over their care.",
            )
        )
    for zone, going in sorted(people_in.items(), key=lambda item: -item[1]):
        known = str(safety.get(zone, "unknown"))
        name = str(scenario.zones["name"].get(zone, zone)) if zone else "a place in no zone"
        if known == "not_safer":
            text = f"Flag: {going:,} people would go to {name}, which is not thought safer than where they leave."
            findings.append(finding("plan.destination_unsafe", text, "Find another destination.", where=f"zone {zone}"))
        elif known != "safer":
            text = f"Flag: {going:,} people would go to {name}; no source says whether it is safer."
            findings.append(
                finding(
                    "plan.destination_unknown",
                    text,
                    "Check the destination with those who know it before anybody is told to go there.",
                    where=f"zone {zone}",
                )
            )
    total = int(movements["people"].sum())
    findings.append(
        finding(
            "plan.reception",
            f"Check: {total:,} people who arrive need at the least {total * _WATER_L[0] / 1000:,.0f} to "
            f"{total * _WATER_L[1] / 1000:,.0f} m³ of water a day, {total * _COVERED_M2:,.0f} m² of covered space and "
            f"{-(-total // _PEOPLE_PER_TOILET):,} toilets.",
            "Check with those who run the shelters what is there; room in a table is not yet water.",
        )
    )
    return findings


def _from_hospitals(scenario: Scenario, movements: pd.DataFrame) -> int:
    """People who move in groups that are only at hospitals, to places that are none."""
    kind = scenario.places["kind"]
    at = scenario.people["place"].map(lambda place: kind.get(place) == "hospital")
    only = scenario.people.assign(_at=at).groupby("group")["_at"].all()
    to_hospital = movements["shelter"].map(lambda place: kind.get(place) == "hospital").astype(bool)
    patients = movements["group"].isin(only.index[only])
    return int(movements.loc[patients & ~to_hospital, "people"].sum())
