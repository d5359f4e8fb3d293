"""Check what a plan says in words and names: nothing in it may be text that a forger chose.

What only the solver knows (who is held up at a limit, what relieving it would gain, whether the search ended by itself)
is not proven. But the words it is said with follow from names in the scenario, and are compared with these.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from letup.aid.deliveries.findings import ZONES, delivery_findings, fleets_without_goods, places_off_road, zones_in_need
from letup.aid.deliveries.logistics import logistics_of
from letup.aid.deliveries.need import Need
from letup.plan.bottlenecks import HOURS_SITE, PAUSE_HOURS, LimitSite, home_behind, limit_of_arc, limit_site
from letup.plan.files.document import Bottleneck, Document, FindingPart
from letup.plan.files.write import NOTE
from letup.plan.model import ESTIMATED, EXACT
from letup.roads.network import RoadNetwork, Timed
from letup.scenario.model import Scenario
from letup.verify.result import PLAN, Verification

_COARSE = 0.051
"""Limits are rounded to tenths of people per hour."""


def check_statements(
    document: Document, scenario: Scenario, network: RoadNetwork, timed: dict[str, Timed], result: Verification
) -> None:
    """Check the note, what worths are said to rest on, and the limits the plan is said to run into."""
    result.same(PLAN, "note", document.note, NOTE)
    if document.answer.worth_basis not in (EXACT, ESTIMATED):
        result.wrong("value", PLAN, "answer.worth_basis", "says what no plan says")
    result.done("words that every plan has", 2)
    _bottlenecks(document, scenario, network, timed, result)


def _bottlenecks(
    document: Document, scenario: Scenario, network: RoadNetwork, timed: dict[str, Timed], result: Verification
) -> None:
    """Names, places, rates and words; at most as many people as are left behind may gain by any."""
    behind = document.answer.want_to_leave - document.answer.arrive
    rates: dict[tuple[str, str], set[float]] = {}
    pieces: dict[tuple[str, str], set[int]] = {}
    for group in timed.values():
        homes = home_behind(group)
        for arc in range(len(group.kind)):
            rate = float(np.max(group.capacity[arc])) * 60 / scenario.step_minutes
            limit = limit_of_arc(group, network, arc, homes)
            rates.setdefault(limit, set()).add(rate)
            pieces.setdefault(limit, set()).update(group.pieces[arc].tolist())
        for node in np.flatnonzero(group.shelter > 0).tolist():
            rates.setdefault(("shelter", group.place[node]), set())
    seen: set[tuple[str, str]] = set()
    for i, part in enumerate(document.bottlenecks):
        where, key = f"bottlenecks[{i}]", (part.kind, part.id)
        if key in seen:
            result.wrong("value", PLAN, where, "stands twice")
        seen.add(key)
        if part.kind == PAUSE_HOURS:
            result.same(PLAN, f"{where}.id", part.id, "")
            result.same(PLAN, f"{where}.people", part.people, behind, "people")
        elif key not in rates:
            result.wrong("value", PLAN, f"{where}.id", f"there is no {part.kind} {part.id!r} that anybody passes")
            continue
        _site(part, where, sorted(pieces.get(key, ())), scenario, network, result)
        rate_said = part.limit_per_hour
        if rate_said is not None and not any(abs(rate_said - rate) <= _COARSE for rate in rates.get(key, ())):
            result.wrong("value", PLAN, f"{where}.limit_per_hour", f"is {rate_said!r}, which is no capacity there")
        if not part.people >= 0 or not 0 <= (part.gain_people or 0) <= behind:
            result.wrong("value", PLAN, where, f"counts or gains people that are not there: {behind} are left behind")
    result.done("names, places and rates of bottlenecks", len(document.bottlenecks))


def _site(
    part: Bottleneck, where: str, pieces: list[int], scenario: Scenario, network: RoadNetwork, result: Verification
) -> None:
    """Name, zone, position and relief; a road may be named at any of its pieces."""
    sites: list[LimitSite] = []
    if part.kind == PAUSE_HOURS:
        sites = [HOURS_SITE]
    elif part.kind == "road":
        sites = [limit_site(scenario, network, part.kind, part.id, piece) for piece in pieces]
    else:
        sites = [limit_site(scenario, network, part.kind, part.id)]
    best: list[tuple[str, object, object]] | None = None
    for site in sites:
        differences = [
            (name, written, computed)
            for name in ("name", "zone", "lon", "lat", "relief")
            for written, computed in [(getattr(part, name), _plain(getattr(site, name)))]
            if written != computed
        ]
        if best is None or len(differences) < len(best):
            best = differences
    for name, written, computed in best or ():
        result.wrong("value", PLAN, f"{where}.{name}", f"is {written!r}, recomputed {computed!r}")


def _plain(value: object) -> object:
    return None if isinstance(value, float) and np.isnan(value) else value


def check_delivery_findings(
    written: list[FindingPart],
    served: set[str],
    moving: set[str],
    scenario: Scenario,
    network: RoadNetwork,
    need: Need,
    result: Verification,
) -> None:
    """Check what trucks are said not to be able to do.

    That they could not go anywhere only the solver knows; that they do not, and the words for it, are checked.

    Parameters
    ----------
    written : list of FindingPart
        As plan.json has them.
    served, moving : set of str
        Zones that something is brought to, and trucks that go somewhere.
    scenario, network, need
        The world, its roads, and what can be met.
    result : Verification
        Takes up what was checked and what does not hold.
    """
    logistics = logistics_of(scenario)
    named: dict[str, list[str]] = {"nothing_waits": [], "no_trip": [], "unserved": []}
    for part in written:
        name = part.code.removeprefix("deliveries.")
        if name in named:
            named[name] += part.where.split(ZONES) if name == "unserved" else [part.where]
    in_need = [scenario.zone_ids[zone] for zone in zones_in_need(need)]
    idle = {fleet.id for fleet in logistics.fleets} - moving
    without_goods = {fleet.id for fleet in fleets_without_goods(logistics)}
    computed = delivery_findings(
        scenario,
        logistics,
        off_road=places_off_road(scenario, network, logistics),
        nothing_waits=[fleet for fleet in named["nothing_waits"] if fleet in without_goods & idle],
        no_trip=[fleet for fleet in named["no_trip"] if fleet in idle],
        unserved=[zone for zone in in_need if zone in named["unserved"] and zone not in served],
    )
    parts = [part.model_dump() for part in written]
    result.same_part(PLAN, "deliveries.findings", parts, [asdict(finding) for finding in computed])
    result.done("trucks, and what they are said not to be able to do", len(logistics.fleets))
