"""The example scenario that ``letup new`` writes: a fictitious strip of land in the middle of an ocean."""

from __future__ import annotations

from typing import Any

NOTE = "example"

SETTINGS: dict[str, Any] = {
    "format": 1,
    "title": "Example strip (fictitious)",
    "description": "A made-up strip of four zones in the middle of an ocean, to start your own scenario from. "
    "Every value is invented.",
    "as_of": "2029-12-31T12:00+00:00",
    "timezone": "UTC",
    "start": "2030-01-01T06:00+00:00",
    "steps": 288,
    "step_minutes": 15,
    "groups": [
        {"name": "slow", "label": "Slow on foot", "mode": "foot", "speed_kmh": 2.5, "order": 0},
        {"name": "foot", "label": "On foot", "mode": "foot", "speed_kmh": 4.0, "order": 1},
    ],
    "limits": {
        "hours": [6, 18],
        "shortest_hours": 3,
        "windows_per_day": 1,
        "zone_hours": 60,
        "grid_minutes": 30,
    },
    "mobilisation": {"half_time_hours": 2},
    "priorities": {"people": 1},
    "deliveries": {"evenness": 0.5, "vehicles_per_truck": 2, "people_per_truck": 10, "without_pause": ["south"]},
    "sources": {"example": {"title": "An example of a source", "publisher": "nobody", "date": "2030-01-01"}},
}

PARTIES: list[dict[str, Any]] = [
    {
        "id": "party_a",
        "name": "Party A",
        "insists_on": ["no pause before 06:00 or after 18:00"],
        "consents_to": ["north", "mill", "bridge"],
        "reservation": 0.4,
        "reservation_low": 0.3,
        "reservation_high": 0.5,
        "concession_unit": "zone-hours",
    },
    {
        "id": "party_b",
        "name": "Party B",
        "wants": ["the hospital is supplied"],
        "reservation": 0.3,
        "reservation_low": 0.2,
        "reservation_high": 0.5,
    },
    {"id": "friends", "name": "Friends of the hospital", "kind": "influences"},
]

ISSUES: list[dict[str, Any]] = [
    {
        "id": "length", "label": "Length of a pause", "kind": "number", "unit": "hours", "low": 0, "high": 12,
        "step": 1, "reads": "window_hours", "higher": "longer pauses", "default": 0,
    },
    {
        "id": "trucks", "label": "Trucks of aid a day", "kind": "number", "unit": "trucks/day", "low": 0, "high": 40,
        "step": 5, "higher": "more aid",
    },
    {
        "id": "observers", "label": "Who observes", "kind": "choice",
        "options": "nobody = Nobody; joint = Both parties together; third = A third party", "default": "nobody",
    },
    {"id": "return", "label": "Return to the north is allowed", "kind": "yes_no"},
]  # fmt: skip

#: party, issue, weight with its low and high end, worth of values.
_PREFERENCES = (
    ("party_a", "length", 2, 1, 3, "0 = 1; 6 = 0.5..0.8; 12 = 0"),
    ("party_a", "trucks", 1, 0.5, 2, "0 = 1; 40 = 0.4"),
    ("party_a", "observers", 1, 0.5, 1.5, "nobody = 0.6..1; joint = 1; third = 0.2..0.6"),
    ("party_b", "length", 3, 2, 4, "0 = 0; 3 = 0.4..0.6; 12 = 1"),
    ("party_b", "trucks", 2, 1, 3, "0 = 0; 20 = 0.6..0.7..0.9; 40 = 1"),
    ("party_b", "return", 1, 0.5, 2, "yes = 1; no = 0"),
)

PREFERENCES: list[dict[str, Any]] = [
    *(
        dict(zip(("party", "issue", "weight", "weight_low", "weight_high", "worth"), row, strict=True))
        for row in _PREFERENCES
    ),
    {"party": "party_b", "issue": "observers", "weight": 1, "worth": "nobody = 0; joint = 0.7; third = 1",
     "never": "nobody", "date": "2029-12-20"},
    {"party": "party_a", "issue": "return", "weight": 0, "worth": "yes = 0.5; no = 0.5"},
]  # fmt: skip

INFLUENCES: list[dict[str, Any]] = [
    {"from": "friends", "to": "party_a", "kind": "mediator", "strength": 0.4, "strength_low": 0.2,
     "strength_high": 0.6},
]  # fmt: skip

CONCESSIONS: list[dict[str, Any]] = [
    *({"party": "party_a", "zone": zone, "cost": 1, "unit": "zone-hours"} for zone in ("north", "mill", "bridge")),
    {"party": "party_a", "issue": "trucks", "cost": 0.5, "cost_low": 0.2, "cost_high": 1, "unit": "inspector-hours"},
]

STATEMENTS: list[dict[str, Any]] = [
    {"date": "2029-12-12", "party": "party_a", "speaker": "A spokeswoman", "issue": "length", "stance": -1,
     "position": "Pauses only for set hours, by day."},
    {"date": "2029-12-20", "party": "party_b", "speaker": "A delegate", "issue": "observers", "stance": 2,
     "position": "Asks that somebody observes each pause."},
]  # fmt: skip

#: id, name, southern and northern latitude, whether it is thought safer.
_WEST, _EAST = -30.0, -29.92
_ZONES = (
    ("north", "Northport", 40.12, 40.16, None),
    ("mill", "Millfield", 40.08, 40.12, None),
    ("bridge", "Bridgeton", 40.04, 40.08, None),
    ("south", "Southhaven", 40.0, 40.04, "safer"),
)

_MAIN, _COAST, _INLAND = -29.961, -29.9853, -29.9352
_NODES = {
    "M0": (_MAIN, 40.1473),
    "M1": (_MAIN, 40.1015),
    "K": (_MAIN, 40.0787),
    "M2": (_MAIN, 40.0613),
    "M3": (_MAIN, 40.0217),
    "X": (_MAIN, 40.0008),
    "C0": (_COAST, 40.1473),
    "C1": (_COAST, 40.1015),
    "C2": (_COAST, 40.0613),
    "C3": (_COAST, 40.0217),
    "E0": (_INLAND, 40.1473),
    "E1": (_INLAND, 40.1015),
    "SA": (-29.9497, 40.0193),
    "SB": (-29.9901, 40.0165),
    "H": (-29.9476, 40.1015),
    "N1": (-29.9533, 40.1532),
    "N2": (-29.9888, 40.1391),
    "I1": (-29.9291, 40.1083),
    "I2": (-29.9921, 40.0952),
    "B1": (-29.9512, 40.0571),
    "B2": (-29.9899, 40.0672),
}

#: id, name, class, the nodes it runs along, further properties.
_ROADS: tuple[tuple[str, str | None, str, str, dict[str, Any]], ...] = (
    ("main-1", "Main Road", "primary", "M0 M1", {"lanes": 2}),
    ("main-2", "Main Road", "primary", "M1 K", {"lanes": 2}),
    ("main-3", "Main Road", "primary", "K M2", {"lanes": 2}),
    ("main-4", "Main Road", "primary", "M2 M3", {"lanes": 2}),
    ("main-5", "Main Road", "primary", "M3 X", {"lanes": 2}),
    ("coast-1", "Coast Road", "secondary", "C0 C1", {}),
    ("coast-2", "Coast Road", "secondary", "C1 C2", {"damage": 1}),
    ("coast-3", "Coast Road", "secondary", "C2 C3", {"damage": 0.5}),
    ("cross-1", "North Street", "tertiary", "C0 M0", {}),
    ("cross-2", "Mill Street", "tertiary", "C1 M1", {}),
    ("cross-3", "Bridge Street", "tertiary", "C2 M2", {}),
    ("cross-4", "South Street", "tertiary", "C3 M3", {}),
    ("inland-1", "Inland Road", "residential", "E0 E1", {}),
    ("inland-2", "Hill Street", "residential", "E0 M0", {}),
    ("inland-3", "Hospital Street", "residential", "E1 H", {}),
    ("inland-4", "Hospital Street", "residential", "H M1", {}),
    ("camp-1", None, "track", "M3 SA", {}),
    ("camp-2", None, "track", "C3 SB", {}),
    ("home-1", None, "access", "N1 M0", {}),
    ("home-2", None, "access", "N2 C0", {}),
    ("home-3", None, "access", "I1 E1", {}),
    ("home-4", None, "access", "I2 C1", {}),
    ("home-5", None, "access", "B1 M2", {}),
    ("home-6", None, "access", "B2 C2", {}),
)

_PLACES: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("school", "Southhaven School", "shelter", "SA", {"room": 3000}),
    ("hall", "Harbour Hall", "shelter", "SB", {"room": 3500}),
    ("control", "Bridgeton control", "checkpoint", "K", {"throughput_per_hour": 600, "hours": "09:00-15:00"}),
    ("hospital", "Millfield Hospital", "hospital", "H", {}),
    ("border", "South Crossing", "crossing", "X", {"hours": "08:00-16:00", "trucks_per_hour": 6, "trucks_per_day": 30}),
    ("store", "Harbour store", "warehouse", "C3", {"trucks_per_hour": 4}),
    ("point-north", "Northport market", "distribution_point", "C0", {"tonnes_per_hour": 20}),
    ("point-mill", "Millfield square", "distribution_point", "M1", {"trucks_per_hour": 4, "serves": "mill;bridge"}),
    ("point-south", "Southhaven yard", "distribution_point", "M3", {"hours": "07:00-18:00"}),
)

#: zone, group, count, share who want to leave.
_PEOPLE = (
    ("north", "slow", 600, 0.7),
    ("north", "foot", 4000, 0.6),
    ("mill", "slow", 700, 0.6),
    ("mill", "foot", 5000, 0.6),
    ("bridge", "slow", 300, 0.5),
    ("bridge", "foot", 2000, 0.5),
    ("south", "foot", 3000, 0),
)

PEOPLE: list[dict[str, Any]] = [
    dict(zip(("zone", "group", "count", "share_leaving"), row, strict=True)) for row in _PEOPLE
]

#: Water and food are needed as letup takes it by default; this shows how to add something else.
ESSENTIALS: list[dict[str, Any]] = [
    {
        "essential": "soap",
        "label": "Soap",
        "unit": "g",
        "per_person": 15,
        "per_person_low": 10,
        "per_person_high": 15,
        "kg_per_unit": 0.0011,
    },
]

#: zone, item, amount with its low and high end, unit.
_STOCKS = (
    ("north", "water", 90000, 60000, 120000, "litres"),
    ("mill", "water", 60000, 40000, 80000, "litres"),
    ("bridge", "water", 50000, 40000, 60000, "litres"),
    ("south", "water", 45000, 40000, 50000, "litres"),
    ("north", "food", 18000, 14000, 23000, "person-days"),
    ("mill", "food", 20000, 15000, 25000, "person-days"),
    ("bridge", "food", 14000, 10000, 16000, "person-days"),
    ("south", "food", 20000, 16000, 24000, "person-days"),
    ("north", "soap", 500000, 300000, 800000, "g"),
    ("mill", "soap", 400000, 300000, 500000, "g"),
    ("bridge", "soap", 90000, 60000, 120000, "g"),
    ("south", "soap", 200000, 150000, 300000, "g"),
    ("mill", "fuel", 1200, 800, 1600, "litres"),
)

STOCKS: list[dict[str, Any]] = [
    {"place": "hospital", "item": "fuel", "amount": 4000, "unit": "litres", "daily_use": 800, "loss_per_day": 0},
    *(
        dict(zip(("zone", "item", "amount", "amount_low", "amount_high", "unit"), row, strict=True))
        | ({"loss_per_day": 0.02} if row[1] == "food" else {})
        for row in _STOCKS
    ),
    {"place": "store", "item": "water", "amount": 9000, "unit": "litres"},
]

FACILITIES: list[dict[str, Any]] = [
    {
        "id": "mill-wells", "name": "Millfield wells", "zone": "mill", "uses": "fuel", "use_per_day": 300,
        "use_per_day_low": 250, "use_per_day_high": 400, "use_unit": "litres", "makes": "water",
        "make_per_day": 120000, "make_per_day_low": 90000, "make_per_day_high": 130000, "make_unit": "litres",
        "serves": "north;mill;bridge", "working": 0.8,
    },
    {
        "id": "south-springs", "name": "Southhaven springs", "zone": "south", "uses": "fuel", "use_per_day": 0,
        "use_unit": "litres", "makes": "water", "make_per_day": 30000, "make_unit": "litres",
    },
]  # fmt: skip

TRUCKS: list[dict[str, Any]] = [
    {"id": "border-trucks", "label": "Trucks from the crossing", "place": "border", "count": 10, "payload_kg": 8000,
     "speed_kmh": 30, "load_minutes": 45, "unload_minutes": 45},
    {"id": "store-trucks", "label": "Small trucks of the store", "place": "store", "count": 3, "payload_kg": 3000,
     "items": "water;food", "speed_kmh": 30},
]  # fmt: skip

SUPPLY: list[dict[str, Any]] = [
    {"place": "border", "item": "food"},
    {"place": "border", "item": "water", "amount_per_day": 60000, "unit": "litres"},
    {"place": "border", "item": "fuel", "amount_per_day": 2000, "unit": "litres", "trucks_per_day": 1},
]


PATIENTS: list[dict[str, Any]] = [
    {
        "id": "wounded", "place": "hospital", "count": 4, "to": "border", "priority": 1, "needs": "lying",
        "companions": 1, "agreed": "true", "way_back": "by the same crossing, when those who treat them say so",
    },
    {
        "id": "dialysis", "place": "hospital", "count": 3, "to": "crossing", "priority": 2, "needs": "sitting",
        "companions": 0, "agreed": "true", "way_back": "by the same crossing, on the day they choose",
    },
]  # fmt: skip

AMBULANCES: list[dict[str, Any]] = [
    {
        "id": "ambulance", "label": "Ambulance", "place": "hospital", "count": 3, "lying": 1, "sitting": 2,
        "speed_kmh": 30, "load_minutes": 15, "unload_minutes": 15,
    },
]  # fmt: skip


def zones() -> list[dict[str, Any]]:
    """Features of the layer of zones, without basis and note."""
    return [
        _feature(
            {"id": name, "name": label} | ({"safety": safety} if safety else {}),
            "Polygon",
            [[[_WEST, low], [_EAST, low], [_EAST, high], [_WEST, high], [_WEST, low]]],
        )
        for name, label, low, high, safety in _ZONES
    ]


def roads() -> list[dict[str, Any]]:
    """Features of the layer of roads, without basis and note."""
    return [
        _feature(
            {"id": name} | ({"name": label} if label else {}) | {"class": kind} | more,
            "LineString",
            [list(_NODES[node]) for node in nodes.split()],
        )
        for name, label, kind, nodes, more in _ROADS
    ]


def places() -> list[dict[str, Any]]:
    """Features of the layer of places, without basis and note."""
    return [
        _feature({"id": name, "name": label, "kind": kind} | more, "Point", list(_NODES[node]))
        for name, label, kind, node, more in _PLACES
    ]


def _feature(properties: dict[str, Any], kind: str, coordinates: list[Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
