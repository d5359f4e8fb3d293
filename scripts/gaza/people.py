"""How many people are where, in which group, and how many of them want to leave."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from gaza.citations import figure
from gaza.geodata import shares
from gaza.raw_tables import row
from gaza.zones import Zone

COLUMNS = [
    "zone", "place", "group", "count", "count_low", "count_high", "share_leaving", "share_leaving_low",
    "share_leaving_high", "basis", "source", "note",
    "share_leaving_basis", "share_leaving_source", "share_leaving_note",
]  # fmt: skip

#: Share of the slow group: 15 % with a disability (OCHA) and 15 % under five (PCBS), overlap not taken off.
SLOW = 0.30
LEAVING, LEAVING_LOW, LEAVING_HIGH = 0.25, 0.19, 0.67

_LEAVING_NOTE = (
    "About 200,000 people took the corridor from 5 to 14 November, a quarter of the 807,000 counted here (0.25). Low: "
    "152,000 of 807,000 to 10 November (0.19). High: 200,000 of 300,000, the lowest figure for the north (0.67). Who "
    "went says little on who wanted to: fear, control and closed days bounded it"
)
_NORTH_NOTE = (
    "PCBS's 807,000 of 11 November, the only figure with a stated method (telephone data and projections), by "
    "pre-war share of the governorate and, within it, by the root of land area x mapped health facilities. Sources do "
    "not agree: US envoy 350,000-400,000 (4 November), Israeli army 300,000-400,000 (6 November), Red Crescent nearly "
    "500,000 (29 November); low end 300,000. About 150,000 had left from 5 to 10 November, so that more may have been "
    "there on 3 November than any source says"
)
_SOUTH_NOTE = (
    "PCBS's 1,430,000 of 11 November in the three other governorates, by registry share of the governorate and, "
    "within it, by the root of land area x mapped health facilities; displaced people are among them"
)


def weights(zones: list[Zone], health: gpd.GeoDataFrame, land: shapely.Geometry) -> dict[str, float]:
    """Share of its governorate's people that each zone is taken to have.

    No source in hand gives people by municipality. The root of land area times mapped health facilities (plus one)
    lies between two proxies that fail in opposite ways: fields raise the first, and mappers favour cities in the
    second.
    """
    raw = {}
    for zone in zones:
        area = zone.shape.intersection(land).area / 1e6
        facilities = int(health.within(zone.shape).sum())
        raw[zone.id] = ((facilities + 1) * area) ** 0.5
    total: dict[str, float] = {}
    for zone in zones:
        total[zone.governorate] = total.get(zone.governorate, 0.0) + raw[zone.id]
    return {zone.id: raw[zone.id] / total[zone.governorate] for zone in zones}


def people(zones: list[Zone], weight: dict[str, float], hospitals: list[str]) -> list[dict[str, Any]]:
    """Rows of people.csv."""
    return [*_north(zones, weight), *_patients(hospitals), *_south(zones, weight)]


def residents(zones: list[Zone], weight: dict[str, float]) -> dict[str, int]:
    """People in each zone, displaced people among them."""
    north = [zone for zone in zones if zone.side == "north"]
    south = [zone for zone in zones if zone.side == "south"]
    counted = shares(int(figure("pcbs-2023-11-11")), [_before(zone) * weight[zone.id] for zone in north])
    others = shares(int(figure("pcbs-2023-11-11-south")), [_registry(zone) * weight[zone.id] for zone in south])
    return {zone.id: count for zone, count in zip([*north, *south], [*counted, *others], strict=True)}


def _before(zone: Zone) -> float:
    measure = {"North Gaza": "north_gaza", "Gaza": "gaza"}[zone.governorate]
    return float(row("observed_flows.csv", measure=f"resident_population_{measure}_governorate")["value"])


def _registry(zone: Zone) -> float:
    area = {"Deir Al-Balah": "Deir al-Balah (Central)", "Khan Younis": "Khan Yunis"}.get(
        zone.governorate, zone.governorate
    )
    return float(row("facts.csv", measure="civil_registry_population", area=area)["value"])


def _north(zones: list[Zone], weight: dict[str, float]) -> list[dict[str, Any]]:
    north = [zone for zone in zones if zone.side == "north"]
    parts = [_before(zone) * weight[zone.id] * share for zone in north for share in (1 - SLOW, SLOW)]
    middle, high = int(figure("pcbs-2023-11-11")), int(figure("pcbs-2023-11-11"))
    low = int(figure("idf-2023-11-06", "value_low"))
    counts, lows, highs = shares(middle, parts), shares(low, parts), shares(high, parts)
    keys = [(zone, group) for zone in north for group in ("foot", "slow")]
    return [
        {
            "zone": zone.id,
            "group": group,
            "count": counts[k],
            "count_low": lows[k],
            "count_high": highs[k],
            "share_leaving": LEAVING,
            "share_leaving_low": LEAVING_LOW,
            "share_leaving_high": LEAVING_HIGH,
            "basis": "modelled",
            "source": "pcbs-2023-11-11",
            "note": _NORTH_NOTE
            + ("" if group == "foot" else "; 30 % are slow: 15 % with a disability (OCHA), 15 % under five (PCBS)"),
            "share_leaving_basis": "assumed",
            "share_leaving_source": "ocha-2023-11-14",
            "share_leaving_note": _LEAVING_NOTE,
        }
        for k, (zone, group) in enumerate(keys)
    ]


def _patients(hospitals: list[str]) -> list[dict[str, Any]]:
    beds = figure("who-beds") * 24 / 36
    counts = shares(round(beds), [1.0] * len(hospitals))
    return [
        {
            "place": hospital,
            "group": "ambulance",
            "count": count,
            "share_leaving": 0.1,
            "share_leaving_low": 0.08,
            "share_leaving_high": 1.0,
            "basis": "modelled",
            "source": "who-beds",
            "note": "3,500 beds before the war (WHO) x 24 of 36 hospitals with beds that lay in the north (OCHA), in "
            "equal parts over the mapped hospitals there: no source in hand gives patients by hospital",
            "share_leaving_basis": "assumed",
            "share_leaving_source": "ocha-47-patients",
            "share_leaving_note": "No count of those whose transfer was asked for. 190 patients, about 0.08 of these, "
            "went in the largest convoy found (22 November, nearly 20 hours); 1.0 if hospitals close",
        }
        for hospital, count in zip(hospitals, counts, strict=True)
    ]


def _south(zones: list[Zone], weight: dict[str, float]) -> list[dict[str, Any]]:
    count = residents(zones, weight)
    return [
        {
            "zone": zone.id,
            "group": "foot",
            "count": count[zone.id],
            "share_leaving": 0.0,
            "basis": "modelled",
            "source": "pcbs-2023-11-11-south",
            "note": _SOUTH_NOTE,
            "share_leaving_basis": "assumed",
            "share_leaving_note": "This plan is about leaving the north; people in the middle and south are in it for "
            "their needs. Nothing in hand says how many of them wanted to move on",
        }
        for zone in zones
        if zone.side == "south"
    ]
