"""What aid is brought with: points it is handed out at, a warehouse, trucks, and what waits at Rafah."""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from gaza.citations import figure
from gaza.places import Ground, Place, town
from gaza.zones import Zone

TRUCK_COLUMNS = [
    "id", "label", "place", "count", "payload_kg", "items", "speed_kmh", "load_minutes", "unload_minutes", "basis",
    "source", "note", "payload_kg_source", "payload_kg_note",
]  # fmt: skip

SUPPLY_COLUMNS = ["place", "item", "amount_per_day", "unit", "trucks_per_day", "basis", "source", "note"]

_POINT_NOTE = (
    "No list of points is in hand: one for each zone is assumed, at the town's point. 4 trucks an hour (2 to 8), by "
    "day (08:00-18:00; 6 to 16 hours)"
)


def rafah() -> dict[str, Any]:
    """What is added to the crossing at Rafah."""
    return {
        "hours": "08:00-18:00",
        "trucks_per_hour": 10,
        "trucks_per_day": int(figure("us-israel-2023-10-30-trucks")),
        "hours_basis": "assumed",
        "hours_source": "prcs-2023-11-29-unloading",
        "hours_note": "No hours are in hand; work could run to dawn. Ten hours of the day (6 to 20)",
        "trucks_per_hour_basis": "assumed",
        "trucks_per_hour_source": "prcs-2023-11-29-unloading",
        "trucks_per_hour_note": "100 trucks in ten hours (5 to 20 an hour). No rate is in hand: checked at Nitzana, "
        "then again at Rafah, and loaded over from truck to truck with only a few vehicles at a time",
        "trucks_per_day_basis": "observed",
        "trucks_per_day_source": "us-israel-2023-10-30-trucks",
        "trucks_per_day_note": "Up to 100 a day were agreed on 30 October. 47 entered on 3 November, and 0 to 115 a "
        "day from 4 to 23 November (UNRWA's list, fuel left out)",
    }


def points(zones: list[Zone], towns: gpd.GeoDataFrame, ground: Ground) -> list[Place]:
    """A distribution point for each zone, and one warehouse near the crossing."""
    places = [
        Place(
            {
                "id": f"point-{zone.id}",
                "name": f"Distribution in {zone.name}",
                "kind": "distribution_point",
                "hours": "08:00-18:00",
                "trucks_per_hour": 4,
                "sensitivity": "restricted",
                "basis": "assumed",
                "note": _POINT_NOTE,
            },
            town(zone, number, towns, ground),
        )
        for number, zone in enumerate(zones)
    ]
    number = next(k for k, zone in enumerate(zones) if zone.id == "rafah")
    store = {
        "id": "warehouse-rafah",
        "name": "Warehouse in Rafah",
        "kind": "warehouse",
        "trucks_per_hour": 10,
        "sensitivity": "restricted",
        "basis": "assumed",
        "note": "No list of warehouses is in hand: one is assumed at the town's point, empty at the start. 10 trucks "
        "an hour (5 to 20)",
    }
    return [*places, Place(store, town(zones[number], number, towns, ground))]


def trucks() -> list[dict[str, Any]]:
    """Rows of trucks.csv."""
    carried = (3000 + 1150) * 1000 / figure("idf-2023-11-07-trucks")
    always = {
        "payload_kg": 10000,
        "speed_kmh": 10,
        "load_minutes": 60,
        "unload_minutes": 60,
        "basis": "assumed",
        "payload_kg_source": "idf-2023-11-07-trucks",
        "payload_kg_note": f"10 t. {carried / 1000:.1f} t of food and water a truck by the army's totals of 7 November "
        "(3,000 t and 1.15 million litres on 665 trucks, of which some carried other goods); 20 t is what a large "
        "truck holds",
    }
    note = (
        "10 km/h as for ambulances: damaged junctions and crowds (5 to 30). An hour to load and one to unload "
        "(half an hour to three). How many trucks there are inside is in no source in hand: "
    )
    return [
        {
            "id": "rafah-trucks",
            "label": "Trucks from the Rafah crossing",
            "place": "crossing-rafah",
            "count": 100,
            "note": note + "as many as may enter in a day (30 to 200)",
        }
        | always,
        {
            "id": "warehouse-trucks",
            "label": "Trucks of the warehouse in Rafah",
            "place": "warehouse-rafah",
            "count": 30,
            "note": note + "30 (10 to 60)",
        }
        | always,
    ]


def supply() -> list[dict[str, Any]]:
    """Rows of supply.csv: trucks are what is short at Rafah, not goods; no fuel comes in."""
    unlimited = {
        "place": "crossing-rafah",
        "basis": "assumed",
        "source": "us-israel-2023-10-30-trucks",
        "note": "Trucks waited in Egypt; what could enter was limited by the trucks let in, which the crossing's own "
        "limits say",
    }
    fuel = {
        "place": "crossing-rafah",
        "item": "fuel",
        "amount_per_day": int(figure("reuters-2023-11-16-fuel")),
        "unit": "litres",
        "trucks_per_day": 0,
        "basis": "observed",
        "source": "reuters-2023-11-16-fuel",
        "note": "None entered until 15 November, when 23,000 litres came for UNRWA's trucks",
    }
    return [unlimited | {"item": "food"}, unlimited | {"item": "water"}, fuel]


def settings(zones: list[Zone]) -> dict[str, Any]:
    """Section deliveries of scenario.yaml."""
    return {
        "evenness": 0.5,
        "vehicles_per_truck": 2,
        "people_per_truck": 10,
        "without_pause": [zone.id for zone in zones if zone.side == "south"],
        "basis": "assumed",
        "note": "Half weight to the largest total, half to the most even. A truck takes the room of two cars (1.5 to "
        "3), and at the passage the time of ten people (5 to 50)",
        "without_pause_basis": "modelled",
        "without_pause_source": "ocha-28-trucks",
        "without_pause_note": "Aid came in at Rafah and was moved in the middle and south on most days without any "
        "pause announced there (47 trucks on 3 November). That does not make these roads safe",
    }
