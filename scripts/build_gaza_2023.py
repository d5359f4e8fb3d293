"""Build the reference scenario gaza-2023 from data-sources/gaza alone.

Run from the root of the repository::

    python scripts/build_gaza_2023.py [--out FOLDER]

The same raw files give the same scenario, byte for byte.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
import yaml
from gaza import (
    aid,
    issues,
    parties,
    people,
    places,
    preferences,
    settings,
    statements,
    streets,
    supplies,
    walking,
    zones,
)
from gaza.geodata import read_layer, write_layer, write_rows
from shapely.geometry import LineString, Point

BUNDLED = Path(__file__).resolve().parents[1] / "src" / "letup" / "scenario" / "bundled" / "gaza-2023"

#: The passage stands this far south of the border between zones, so that no piece of street is a stub. Metres.
_PAST = 350.0
#: Half of the length of the coast road that is closed at Wadi Gaza, metres.
_SHUT = 100.0

_ZONE_NOTE = (
    "Hostilities were reported in the north and in the south; no zone is taken to be quiet by itself. Strikes were "
    "reported in Al Bureij and Al Maghazi (4-5 November), Az Zawaida and Tal As Sultan, Rafah (6 November)"
)
_COAST_NOTE = (
    "Closed at Wadi Gaza for all seven days: only Salah al-Din was announced on 4 November. The coast road was named "
    "from 9 November and announced for 11 November; a road cannot open in the course of a plan, and closed is the "
    "cautious side"
)


def build(out: Path) -> list[str]:
    """Write the scenario into a folder; return what was changed on the way, one sentence each."""
    out.mkdir(parents=True, exist_ok=True)
    governorates, health = read_layer("governorates_cod.geojson"), read_layer("health_facilities.geojson")
    land = governorates.union_all()
    network, merged = streets.draw(read_layer("main_roads.geojson"))
    area, drawn = zones.draw(read_layer("municipalities.geojson"), governorates, [street.shape for street in network])
    at = _cross(network, area)
    stops = walking.stops(network, area, at)
    grid = walking.enter(walking.cells(area, land), stops)
    links = walking.links(grid, stops, area)
    weight = people.weights(area, health, land)
    sites = places.health(health)
    hospitals = [
        site for site in sites if site.columns["kind"] == "hospital" and _zone_of(site.at, area).side == "north"
    ]
    approaches = places.approaches(hospitals, area, stops)
    shelters = places.shelters(
        area,
        people.residents(area, weight),
        read_layer("populated_places.geojson"),
        places.Ground(grid, stops, network),
    )
    towns = read_layer("populated_places.geojson")
    points = aid.points(area, towns, places.Ground(grid, stops, network))
    fixed = [*places.crossings(aid.rafah()), places.passage(at)]
    everywhere = sorted([*fixed, *sites, *shelters, *points], key=lambda p: p.columns["id"])

    write_layer(out / "zones.geojson", [(_zone(zone), zone.shape) for zone in area])
    write_layer(out / "roads.geojson", [*_streets(network), *_links(links), *_approaches(approaches)])
    write_layer(out / "places.geojson", [(place.columns, Point(place.at)) for place in everywhere])
    rows = people.people(area, weight, [site.columns["id"] for site in hospitals])
    write_rows(out / "people.csv", people.COLUMNS, rows)
    write_rows(out / "essentials.csv", supplies.ESSENTIAL_COLUMNS, supplies.essentials())
    write_rows(out / "stocks.csv", supplies.STOCK_COLUMNS, supplies.stocks(area))
    write_rows(
        out / "facilities.csv", supplies.FACILITY_COLUMNS, supplies.facilities(area, people.residents(area, weight))
    )
    write_rows(out / "trucks.csv", aid.TRUCK_COLUMNS, aid.trucks())
    write_rows(out / "supply.csv", aid.SUPPLY_COLUMNS, aid.supply())
    _write_yaml(out / "scenario.yaml", settings.scenario(aid.settings(area)))
    _write_yaml(out / "parties.yaml", parties.parties())
    write_rows(out / "issues.csv", issues.COLUMNS, issues.issues())
    write_rows(out / "preferences.csv", preferences.COLUMNS, preferences.preferences())
    write_rows(out / "influences.csv", parties.INFLUENCE_COLUMNS, parties.influences())
    write_rows(out / "concessions.csv", parties.CONCESSION_COLUMNS, parties.concessions(area))
    write_rows(out / "statements.csv", statements.COLUMNS, statements.statements())
    leaving = sum(row["count"] * row["share_leaving"] for row in rows)
    return [
        merged,
        *drawn,
        f"{len(grid)} cells, {len(stops)} points of streets, {len(links)} links, {len(approaches)} approaches",
        f"{sum(row['count'] for row in rows):,} people, of whom {leaving:,.0f} want to leave; room for "
        f"{sum(place.columns.get('room', 0) for place in everywhere):,}",
    ]


def _zone_of(at: tuple[float, float], area: list[zones.Zone]) -> zones.Zone:
    return next(zone for zone in area if zone.shape.contains(Point(at)))


def _cross(network: list[streets.Street], area: list[zones.Zone]) -> tuple[float, float]:
    """Split the two streets that cross Wadi Gaza: Salah al-Din at the passage, the coast road around its closure."""
    crossing = places.crossing_points(network, area)
    streets_across = {network[number].name: (network[number], along) for number, along in crossing}
    if len(crossing) != 2 or set(streets_across) != {"Salah al-Din", "Al-Rashid"}:
        raise LookupError(f"streets cross Wadi Gaza at {crossing}")
    inland, along = streets_across["Salah al-Din"]
    ahead = shapely.Point(inland.shape.interpolate(along + _PAST))
    southward = _zone_of((ahead.x, ahead.y), area).side == "south"
    at = _split(network, inland, along + (_PAST if southward else -_PAST))
    coast, along = streets_across["Al-Rashid"]
    _split(network, coast, along + _SHUT)
    _split(network, coast, along - _SHUT)
    network[-1].closed = False
    shut = [s for s in network if s.name == "Al-Rashid" and abs(s.shape.length - 2 * _SHUT) < 20]
    border = [s for s in shut if len({_zone_of(end, area).side for end in (s.line[0], s.line[-1])}) == 2]
    if len(border) != 1:
        raise LookupError("the closed piece of the coast road was not found")
    border[0].closed = True
    return at


def _split(network: list[streets.Street], street: streets.Street, along: float) -> tuple[float, float]:
    """Cut a street in two at a distance along it; the further piece is put at the end of the network."""
    where = street.shape.interpolate(along)
    at = street.join((where.x, where.y))
    k = street.line.index(at)
    rest = streets.Street(street.name, street.name_ar, street.road_class, street.line[k:])
    rest.joints = {joint for joint in street.joints if joint in set(rest.line)}
    street.line = street.line[: k + 1]
    street.joints = {joint for joint in street.joints if joint in set(street.line)}
    network.append(rest)
    return at


def _zone(zone: zones.Zone) -> dict[str, Any]:
    return {
        "id": zone.id,
        "name": zone.name,
        "name_ar": zone.name_ar,
        "pcode": zone.pcode,
        "area": {"Deir Al-Balah": "Deir al-Balah", "Khan Younis": "Khan Yunis"}.get(zone.governorate, zone.governorate),
        "needs_pause": True,
        "safety": "unknown",
        "basis": "observed",
        "source": "osm-municipalities",
        "pcode_source": "cod-ab",
        "pcode_note": f"P-code of the governorate that holds most of the zone ({zone.overlap:.0%} of its area)",
        "area_source": "cod-ab",
        "needs_pause_basis": "assumed",
        "needs_pause_note": _ZONE_NOTE,
        "safety_basis": "assumed",
        "safety_source": "ocha-31",
        "safety_note": "No source says that it was safer than the zones people left",
    }


def _streets(network: list[streets.Street]) -> Iterator[tuple[dict[str, Any], LineString]]:
    for number, street in enumerate(network, 1):
        properties: dict[str, Any] = {
            "id": f"street-{number:03d}",
            "name": street.name,
            "name_ar": street.name_ar,
            "class": street.road_class,
            "basis": "observed",
            "source": "ors-roads",
            "class_note": "from the kind of way that openrouteservice gives: state road, road, street, track",
        }
        if street.closed:
            properties |= {
                "damage": 1,
                "damage_basis": "assumed",
                "damage_source": "idf-2023-11-11-hours",
                "damage_note": _COAST_NOTE,
            }
        yield properties, street.shape


def _links(links: list[tuple[str, LineString]]) -> Iterator[tuple[dict[str, Any], LineString]]:
    for name, line in links:
        yield {"id": name, "class": "access", "modes": "foot", "basis": "modelled", "source": "access-grid"}, line


def _approaches(links: list[tuple[str, LineString]]) -> Iterator[tuple[dict[str, Any], LineString]]:
    for name, line in links:
        yield (
            {
                "id": name,
                "class": "residential",
                "basis": "modelled",
                "source": "access-grid",
                "note": "way of ambulances from a hospital to the nearest main road, as the crow flies",
            },
            line,
        )


def _write_yaml(path: Path, content: Any) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the reference scenario gaza-2023")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="folder to write (default: the bundled scenario)")
    for sentence in build(parser.parse_args().out):
        print(sentence)
