"""A hand-made plan: a strip of four zones, one road, two groups, one shelter in the south."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, box

from letup.core.findings import Finding
from letup.pauses.limits import Window
from letup.plan.model import GroupResult, Plan
from letup.roads.network import RoadNetwork
from letup.scenario.model import Group, PartyLimits, Scenario

STEPS, MINUTES = 96, 30
ZONES = [
    ("north", "North Town", "بلدة الشمال"),
    ("hill", "Hill", "التل"),
    ("mid", "Middle", "الوسط"),
    ("south", "South", "الجنوب"),
]
# exact positions that no report may give away
SHELTER = (34.337123, 31.301457)
HOSPITAL = (34.331987, 31.364321)
LINKS_KM = 2.2


def scenario(title: str = "A strip of four zones", zone_name: str = "North Town") -> Scenario:
    zones = gpd.GeoDataFrame(
        {
            "id": [zone for zone, _, _ in ZONES],
            "name": [zone_name, *(name for _, name, _ in ZONES[1:])],
            "name_ar": [local for _, _, local in ZONES],
            "pcode": "",
            "area": "",
            "needs_pause": True,
            "safety": ["unknown", "unknown", "unknown", "safer"],
            "basis": "observed",
            "source": "map",
            "note": "",
        },
        geometry=[box(34.3, 31.36 - 0.02 * i, 34.36, 31.38 - 0.02 * i) for i in range(4)],
        crs=4326,
    ).set_index("id")
    roads = gpd.GeoDataFrame(
        {
            "id": ["main", "lane"],
            "name": ["Coast Road", None],
            "name_ar": ["طريق الساحل", None],
            "class": ["primary", "track"],
            "foot_per_hour": np.nan,
            "vehicles_per_hour": np.nan,
            "basis": "observed",
            "source": "map",
            "note": "",
        },
        geometry=[LineString([(34.33, 31.38), (34.33, 31.30)]), LineString([(34.33, 31.37), HOSPITAL, (34.35, 31.37)])],
        crs=4326,
    ).set_index("id")
    places = gpd.GeoDataFrame(
        {
            "id": ["camp", "clinic", "post"],
            "name": ["Camp <b>Seven</b>", "Clinic", "Post on the road"],
            "name_ar": [None, None, "حاجز"],
            "kind": ["shelter", "hospital", "checkpoint"],
            "room": [50_000, np.nan, np.nan],
            "throughput_per_hour": [np.nan, np.nan, 4000.0],
            "hours": [None, None, "09:00-16:00"],
            "wait": False,
            "sensitivity": ["restricted", "restricted", "public"],
            "basis": "observed",
            "source": ["map", "map", "field"],
            "note": "",
        },
        geometry=[Point(SHELTER), Point(HOSPITAL), Point(34.33, 31.34)],
        crs=4326,
    ).set_index("id")
    people = pd.DataFrame(
        {
            "zone": ["north", "north", "hill"],
            "place": None,
            "group": ["slow", "foot", "foot"],
            "count": [1000, 9000, 6000],
            "share_leaving": [0.9, 0.8, 0.5],
            "basis": "assumed",
            "source": "",
            "note": "no survey; middle of two press figures",
        }
    )
    return Scenario(
        title=title,
        description="Made by hand.",
        as_of=datetime.fromisoformat("2023-11-03T18:00:00+02:00"),
        timezone="Asia/Gaza",
        start=datetime.fromisoformat("2023-11-04T06:00:00+02:00"),
        steps=STEPS,
        step_minutes=MINUTES,
        groups=(Group("slow", "On foot, slow", "foot", 2.4), Group("foot", "On foot", "foot", 4.4, 1)),
        limits=PartyLimits(hours=(6, 18), shortest_hours=3, zone_hours=40, grid_minutes=15),
        half_time_hours=12.0,
        zones=zones,
        roads=roads,
        places=places,
        people=people,
        stocks=pd.DataFrame({"place": []}),
        sources={
            "map": {
                "title": "Extract of the map",
                "publisher": "OpenStreetMap contributors",
                "date": "2025-10-28",
                "licence": "ODbL 1.0",
                "address": "https://www.openstreetmap.org/copyright",
            },
            "field": {
                "title": "Field note <script>alert(1)</script>",
                "publisher": "A team",
                "date": "2023-11-02",
                "licence": "CC BY 4.0",
                "address": "javascript:alert(1)",
            },
        },
    )


def network() -> RoadNetwork:
    """Five nodes down the road, and the shelter's own link; arcs southward 0-4, northward 5-9."""
    lat = np.array([31.37, 31.35, 31.34, 31.33, 31.31, SHELTER[1]])
    lon = np.array([34.33] * 5 + [SHELTER[0]])
    tail, head = np.arange(5), np.arange(1, 6)
    both_tail, both_head = np.concatenate([tail, head]), np.concatenate([head, tail])
    lines = tuple(
        np.array([[lon[a], lat[a]], [(lon[a] + lon[b]) / 2, (lat[a] + lat[b]) / 2], [lon[b], lat[b]]])
        for a, b in zip(both_tail, both_head, strict=True)
    )
    zone = np.array([0, 1, 2, 2, 3] * 2, np.int32)
    return RoadNetwork(
        lon=lon,
        lat=lat,
        node_zone=np.array([0, 1, 2, 2, 3, 3], np.int32),
        tail=both_tail.astype(np.int32),
        head=both_head.astype(np.int32),
        length_m=np.full(10, LINKS_KM * 1000),
        zone=zone,
        road=("main",) * 10,
        road_class=("primary",) * 10,
        foot_per_hour=np.full(10, 6000.0),
        vehicles_per_hour=np.zeros(10),
        vehicle_kmh=np.zeros(10),
        line=lines,
        place_node={"camp": 5, "clinic": 0, "post": 2},
    )


MOVES = [
    # group, origin, first arc, first and last departure, people per step
    ("slow", "north", 0, 10, 13, 200),
    ("foot", "north", 0, 12, 15, 900),
    ("foot", "north", 0, 58, 61, 500),
    ("foot", "hill", 1, 11, 15, 600),
]


def plan(**changes: Any) -> Plan:
    world = changes.pop("scenario", None) or scenario()
    windows = tuple(Window(zone, first, first + 13) for first in (8, 56) for zone in range(4))
    at = lambda step: (pd.Timestamp(world.start) + pd.Timedelta(minutes=MINUTES * step)).isoformat()  # noqa: E731
    pauses = pd.DataFrame(
        [
            {
                "zone": ZONES[w.zone][0],
                "zone_name": world.zones["name"].iloc[w.zone],
                "start": at(w.first),
                "end": at(w.last + 1),
                "hours": 7.0,
                "first_step": w.first,
                "last_step": w.last,
                "worth_people": 2000 + 10 * w.first + 900 * w.zone,
            }
            for w in windows
        ]
    )
    moves = pd.DataFrame([_move(number, at, *move) for number, move in enumerate(MOVES)])
    groups = []
    for group, people, want in (("slow", 1000, 900), ("foot", 15000, 10200)):
        arrivals = np.zeros(STEPS, np.int64)
        for move in moves[moves["group"] == group].to_dict("records"):
            arrivals[move["arrive_first_step"] : move["arrive_last_step"] + 1] += move["people_per_step"]
        label = next(declared.label for declared in world.groups if declared.name == group)
        groups.append(GroupResult(group, label, people, want, int(arrivals.sum()), arrivals, 0.031))
    findings = (
        Finding(
            "plan.return",
            "note",
            "Everybody who leaves has a way back on the same road.",
            rule="Geneva Convention IV, art. 49",
        ),
        Finding(
            "plan.safer",
            "warning",
            "Nobody said that South is safer than North Town.",
            "Ask who knows.",
            "zones.geojson",
            "zone south",
        ),
    )
    bottlenecks = pd.DataFrame(
        [
            {
                "kind": "checkpoint",
                "id": "post",
                "name": "Post on the road",
                "zone": "mid",
                "lon": 34.33,
                "lat": 31.34,
                "people": 7000,
                "limit_per_hour": 4000.0,
                "gain_people": 1800,
                "relief": "twice the throughput",
            },
            {
                "kind": "shelter",
                "id": "camp",
                "name": "Camp Seven",
                "zone": "south",
                "lon": 34.33,
                "lat": 31.31,
                "people": 7000,
                "limit_per_hour": np.nan,
                "gain_people": 0,
                "relief": "twice the room",
            },
            {
                "kind": "pause hours",
                "id": "",
                "name": "hours of the pauses",
                "zone": "",
                "lon": np.nan,
                "lat": np.nan,
                "people": 700,
                "limit_per_hour": np.nan,
                "gain_people": None,
                "relief": "each pause one hour longer",
            },
        ]
    )
    made = Plan(
        scenario=world,
        network=network(),
        windows=windows,
        pauses=pauses,
        movements=moves,
        groups=tuple(groups),
        bottlenecks=bottlenecks,
        ceiling=10_400,
        ceiling_basis="Everybody quiet in all allowed hours, by the engine.",
        trace=((1.0, 8000, 10_400),),
        findings=findings,
    )
    return replace(made, **changes)


def _move(
    number: int, at: Any, group: str, origin: str, first_arc: int, first: int, last: int, rate: int
) -> dict[str, Any]:
    arcs = list(range(first_arc, 5))
    way = len(arcs)
    return {
        "id": f"m{number:05d}",
        "group": group,
        "origin": origin,
        "origin_node": first_arc,
        "shelter": "camp",
        "people": rate * (last - first + 1),
        "people_per_step": rate,
        "depart_first": at(first),
        "depart_last": at(last),
        "arrive_first": at(first + way),
        "arrive_last": at(last + way),
        "depart_first_step": first,
        "depart_last_step": last,
        "arrive_first_step": first + way,
        "arrive_last_step": last + way,
        "minutes": way * MINUTES,
        "length_m": way * LINKS_KM * 1000,
        "arcs": " ".join(f"{arc}@{i}" for i, arc in enumerate(arcs)),
    }
