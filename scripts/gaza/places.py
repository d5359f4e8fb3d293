"""Crossings, the passage at Wadi Gaza, hospitals, health sites, shelters and waiting places."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry import LineString, Point

from gaza.citations import figure
from gaza.geodata import shares, to_metres
from gaza.names import HOSPITALS, PLACE_OF_ZONE, SITES
from gaza.raw_tables import read_table
from gaza.streets import Street
from gaza.walking import Cell
from gaza.zones import Zone, runs

#: A shelter or waiting place stands at a point of a street this near to the town's point, else at a cell. Metres.
_TOWN = 1200.0
#: A cell farther than this from every street is not taken for a place on a street, metres.
_BESIDE = 520.0
#: Zones of the north with a public building where people on the way may spend the night.
_WAITING = ("gaza", "jabalia")

_SHUT = {
    "trucks_per_day": 0,
    "trucks_per_day_basis": "observed",
    "trucks_per_day_source": "ocha-28",
    "trucks_per_day_note": "closed",
}

Position = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """One place: its columns, and where it stands, metres."""

    columns: dict[str, Any]
    at: Position


@dataclass(frozen=True)
class Ground:
    """Where a place can stand: cells, points of streets with the number of their zone, and the streets themselves."""

    grid: list[Cell]
    stops: list[tuple[Position, int]]
    network: list[Street]


def crossings(rafah: dict[str, Any]) -> list[Place]:
    """The three crossings; none takes people from the north in these days. ``rafah``: what trucks need to know."""
    return [
        Place(
            {
                "id": "crossing-" + item["name"].lower().replace(" ", "-"),
                "name": item["name"] + " crossing",
                "kind": "crossing",
                "sensitivity": "public",
                "basis": "observed",
                "source": "crossing-points",
                "note": item["status_on_2023-11-03"] + " (3 November 2023, OCHA)",
            }
            | (rafah if item["name"] == "Rafah" else _SHUT),
            to_metres(float(item["lon"]), float(item["lat"])),
        )
        for item in read_table("crossings.csv")
    ]


def passage(at: Position) -> Place:
    """The passage at Wadi Gaza on Salah al-Din, the one way south that was announced."""
    rate = int(figure("ocha-33") / 5)
    return Place(
        {
            "id": "passage-wadi-gaza",
            "name": "Passage at Wadi Gaza, Salah al-Din",
            "kind": "checkpoint",
            "throughput_per_hour": rate,
            "sensitivity": "public",
            "basis": "modelled",
            "source": "ocha-33",
            "note": "50,000 people on 8 November / 5 hours open; seen after the date of the data, on the busiest day "
            "found (others: 500 to 7,100 an hour). It stands on the street, 350 m past the municipal border, for "
            "the passage as a whole and not for any post. Vehicles were left at Al Kuwaiti roundabout, and most people "
            "walked",
        },
        at,
    )


def health(raw: gpd.GeoDataFrame) -> list[Place]:
    """Hospitals, and clinics of institutions as protected sites; practices of single doctors are left out."""
    sites = []
    for kind, names in (("hospital", HOSPITALS), ("protected_site", SITES)):
        for node, name in names.items():
            match = raw[raw.osm_id.astype(str) == node]
            assert len(match) == 1, f"{node} is not in the raw layer"
            item = match.iloc[0]
            texts = [item["name:ar"], item["name"]]
            arabic = next((text for text in texts if isinstance(text, str) and not text.isascii()), None)
            sites.append(
                Place(
                    {
                        "id": f"{'hospital' if kind == 'hospital' else 'site'}-{node}",
                        "name": name,
                        "name_ar": arabic,
                        "kind": kind,
                        "sensitivity": "restricted",
                        "basis": "observed",
                        "source": "hot-health",
                        "note": "mapped position; whether it worked on 3 November is in no source in hand",
                    },
                    (float(item.geometry.x), float(item.geometry.y)),
                )
            )
    return sites


def shelters(
    zones: list[Zone],
    residents: dict[str, int],
    towns: gpd.GeoDataFrame,
    ground: Ground,
) -> list[Place]:
    """One shelter for each zone of the middle and south, and the waiting places of the north."""
    room = int(figure("unrwa-33") - figure("unrwa-22"))
    south = [zone for zone in zones if zone.side == "south"]
    rooms = dict(zip([z.id for z in south], shares(room, [residents[z.id] for z in south]), strict=True))
    total = sum(residents[zone.id] for zone in south)
    places = []
    for number, zone in enumerate(zones):
        at = town(zone, number, towns, ground)
        if zone.id in rooms:
            columns = {
                "id": f"shelter-{zone.id}",
                "name": f"Shelters in {zone.name}",
                "kind": "shelter",
                "room": rooms[zone.id],
                "wait": True,
                "sensitivity": "restricted",
                "basis": "assumed",
                "source": "unrwa-33",
                "note": f"Room: UNRWA shelters of the middle and south took in {room:,} more people from 4 November "
                f"(550,000) to 18 November (724,000); x {residents[zone.id]:,} of {total:,} people living there. UNRWA "
                "shelters held almost four times what they were meant for: people found a place, not a fit one. Host "
                "families are not counted: no source gives their room, and 150,000 had just left them for shelters. "
                "Positions are not published: it stands at the town's point, moved to the nearest street or cell",
            }
        elif zone.id in _WAITING:
            columns = {
                "id": f"waiting-{zone.id}",
                "name": f"Public buildings in {zone.name}",
                "kind": "waiting_place",
                "wait": True,
                "sensitivity": "restricted",
                "basis": "assumed",
                "source": "unrwa-22-north",
                "note": "57 UNRWA schools of the north held 160,000 people on 12 October; people on the way may spend "
                "a night there between two windows. Positions are not published: it stands at the town's point, moved "
                "to the nearest street or cell",
            }
        else:
            continue
        places.append(Place(columns, at))
    return places


def town(zone: Zone, number: int, towns: gpd.GeoDataFrame, ground: Ground) -> Position:
    """Point of a zone's town, moved to the nearest street or cell."""
    name = PLACE_OF_ZONE.get(zone.id, zone.name)
    match = towns[towns["name:en"].str.casefold() == name.casefold()]
    point = match.geometry.iloc[0] if len(match) else shapely.maximum_inscribed_circle(zone.shape, 50.0)
    here = Point(point.coords[0])
    streets = [at for at, k in ground.stops if k == number]
    near = min(streets, key=lambda at: here.distance(Point(at)), default=None)
    if near is not None and here.distance(Point(near)) <= _TOWN:
        return near
    drawn = shapely.union_all([street.shape for street in ground.network])
    # A cell beside a street of another zone would be taken for a place on that street.
    cells = [(c.x, c.y) for c in ground.grid if c.zone == number and drawn.distance(Point(c.x, c.y)) > _BESIDE]
    return min(cells, key=lambda at: here.distance(Point(at)))


def approaches(
    places: list[Place], zones: list[Zone], stops: list[tuple[Position, int]]
) -> list[tuple[str, LineString]]:
    """Ways from each hospital of the north to the nearest point of a street in its zone, for ambulances."""
    links = []
    for place in places:
        number = next(k for k, zone in enumerate(zones) if zone.shape.contains(Point(place.at)))
        near = [at for at, k in stops if k == number]
        for end in sorted(near, key=lambda at: (Point(place.at).distance(Point(at)), at)):
            line = LineString([place.at, end])
            if zones[number].shape.contains(line):
                links.append((f"approach-{place.columns['id']}", line))
                break
        else:
            raise LookupError(f"no street in reach of {place.columns['id']}")
    return links


def crossing_points(streets: list[Street], zones: list[Zone]) -> list[tuple[int, float]]:
    """Number of each street that goes from the north to the south of Wadi Gaza, and how far along it does, metres."""
    crossings = []
    shapes = [zone.shape for zone in zones]
    for number, street in enumerate(streets):
        passed = runs(street.shape, shapes)
        for run, after in pairwise(passed):
            if zones[run[2]].side != zones[after[2]].side:
                crossings.append((number, run[1]))
    return crossings
