"""People and places by zone: what may be said of a zone without saying where exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from shapely import STRtree

from letup.scenario.model import Scenario


@dataclass(frozen=True)
class ZoneCount:
    """People in a zone, those of them who want to leave, its places by kind, and how the figures are known."""

    people: int
    want_to_leave: int
    places: dict[str, int]
    known_from: list[str]


def place_zones(scenario: Scenario) -> dict[str, int]:
    """Number of the zone each place lies in, -1 if in none."""
    tree = STRtree(list(scenario.zones.geometry))
    out: dict[str, int] = {}
    for name, shape in scenario.places.geometry.items():
        found = tree.query(shape, predicate="intersects") if shape is not None and not shape.is_empty else ()
        hits = [int(hit) for hit in found]
        out[str(name)] = min(hits) if hits else -1
    return out


def by_zone(scenario: Scenario, zone_of: dict[str, int]) -> list[ZoneCount]:
    """Counts for each zone, in layer order."""
    number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
    people, want = [0] * len(number), [0] * len(number)
    sources: list[dict[str, None]] = [{} for _ in number]
    for cells in scenario.people.to_dict("records"):
        row = {str(name): value for name, value in cells.items()}
        zone = number.get(text(row.get("zone")), -1)
        if zone < 0:
            zone = zone_of.get(text(row.get("place")), -1)
        if zone < 0:
            continue
        people[zone] += int(row["count"])
        sources[zone]["People: " + basis_of(row, scenario, "count")] = None
        sources[zone]["Who want to leave: " + basis_of(row, scenario, "share_leaving")] = None
        want[zone] += round(int(row["count"]) * float(row["share_leaving"]))
    places: list[dict[str, int]] = [{} for _ in number]
    for name, kind in scenario.places["kind"].items():
        zone = zone_of[str(name)]
        if zone >= 0:
            places[zone][str(kind)] = places[zone].get(str(kind), 0) + 1
    return [
        ZoneCount(many, leaving, inside, list(known))
        for many, leaving, inside, known in zip(people, want, places, sources, strict=True)
    ]


def text(value: Any) -> str:
    """A cell as text; "" where it is empty."""
    if value is None or (not isinstance(value, (list, dict, tuple)) and pd.isna(value)):
        return ""
    return str(value)


def local_names(row: dict[str, Any]) -> list[str]:
    """Names in other languages (columns ``name_*``) that differ from the name."""
    out: list[str] = []
    for column, value in row.items():
        name = text(value)
        if str(column).startswith("name_") and name and name not in (text(row.get("name")), *out):
            if str(column).endswith(("_basis", "_source", "_note")):
                continue
            out.append(name)
    return out


def basis_of(row: dict[str, Any], scenario: Scenario, column: str = "") -> str:
    """Basis and sources of a row, or of one of its columns, such as "observed; Extract of the map, 2025-10-28"."""
    own = text(row.get(f"{column}_basis")) if column else ""
    basis = own or text(row.get("basis"))
    names = text(row.get(f"{column}_source")) if own else text(row.get("source"))
    parts = [basis] if basis else []
    for name in filter(None, (part.strip() for part in names.split(";"))):
        source = scenario.sources.get(name, {})
        parts.append(", ".join(text(source.get(key)) for key in ("title", "date") if text(source.get(key))) or name)
    return "; ".join(parts)
