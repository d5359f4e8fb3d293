"""From the tables of a scenario to who drives, what waits where, and who takes it in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.aid.people import zones_of_places
from letup.core.arrays import Bools
from letup.roads.departures import open_steps
from letup.scenario.essentials import Essential, essentials_of, factor
from letup.scenario.model import Scenario
from letup.tables import names_in

SLOT_MINUTES = 60
"""Inspection and handling are counted in slots of this length, or of one step where steps are longer."""


@dataclass(frozen=True)
class Fleet:
    """Trucks of one kind that load at one place and come back to it.

    Attributes
    ----------
    id, label, base : str
        Its name, the name shown, and the place.
    count : int
        How many trucks.
    payload_kg, speed_kmh : float
        What one carries, and how fast it is where the road allows.
    items : tuple of str
        Essentials it may carry.
    load, unload : int
        Steps it takes to load and to unload.
    """

    id: str
    label: str
    base: str
    count: int
    payload_kg: float
    speed_kmh: float
    items: tuple[str, ...]
    load: int
    unload: int


@dataclass(frozen=True)
class Stop:
    """A crossing, warehouse or distribution point.

    Attributes
    ----------
    id, kind : str
        Its place, and what it is.
    zones : tuple of int
        Zones it hands out to; empty for crossings and warehouses.
    is_open : bool[T]
        Steps at which it is open throughout.
    trucks_per_hour, trucks_per_day, tonnes_per_hour : float
        Inspected or unloaded per open hour, let through per day; inf if there is no limit.
    """

    id: str
    kind: str
    zones: tuple[int, ...]
    is_open: Bools
    trucks_per_hour: float
    trucks_per_day: float
    tonnes_per_hour: float


@dataclass(frozen=True)
class CrossingSupply:
    """What may be loaded of one essential at one crossing in a day; inf if there is no limit.

    Attributes
    ----------
    amount : float
        In the unit of the essential.
    trucks : float
        Trucks.
    """

    amount: float
    trucks: float


@dataclass(frozen=True)
class WarehouseStock:
    """What a warehouse has of one essential.

    Attributes
    ----------
    amount : float
        At the start, in the unit of the essential.
    loss : float
        Share lost each day.
    """

    amount: float
    loss: float


@dataclass(frozen=True)
class Logistics:
    """Everything that deliveries are made with.

    Attributes
    ----------
    fleets : tuple of Fleet
        Those with trucks.
    stops : dict of str to Stop
        Places that trucks load at or go to.
    entries : dict of (place, item) to Entry
        What waits at crossings.
    stores : dict of (place, item) to Store
        What lies in warehouses.
    weight : dict of str to float
        Kilograms of one unit of each essential that can be loaded.
    unit : dict of str to str
        Its unit.
    """

    fleets: tuple[Fleet, ...]
    stops: dict[str, Stop]
    entries: dict[tuple[str, str], CrossingSupply]
    stores: dict[tuple[str, str], WarehouseStock]
    weight: dict[str, float]
    unit: dict[str, str]


def has_deliveries(scenario: Scenario) -> bool:
    """Whether a scenario says enough for deliveries: trucks, and a point they can go to."""
    kinds = scenario.places["kind"] if len(scenario.places) else ()
    return bool(len(scenario.trucks)) and "distribution_point" in set(kinds)


def slot_steps(scenario: Scenario) -> int:
    """Steps of one slot in which inspection and handling are counted."""
    return max(1, SLOT_MINUTES // scenario.step_minutes)


def day_of_step(scenario: Scenario) -> NDArray[np.int64]:
    """Local calendar day in which each step begins; the first is 0: int64[T]."""
    return scenario.clock.days()


def logistics_of(scenario: Scenario) -> Logistics:
    """Read what deliveries are made with.

    Parameters
    ----------
    scenario : Scenario
        As loaded; amounts are turned into the units of the essentials.
    """
    essentials = {essential.name: essential for essential in essentials_of(scenario)}
    weight = {name: essential.kg_per_unit for name, essential in essentials.items() if essential.kg_per_unit > 0}
    return Logistics(
        fleets=_fleets(scenario, tuple(weight)),
        stops=_stops(scenario),
        entries=_entries(scenario, essentials),
        stores=_stores(scenario, essentials),
        weight=weight,
        unit={name: essential.unit for name, essential in essentials.items()},
    )


def _records(table: Any) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _fleets(scenario: Scenario, loadable: tuple[str, ...]) -> tuple[Fleet, ...]:
    def steps(minutes: float) -> int:
        return math.ceil(minutes / scenario.step_minutes - 1e-9)

    return tuple(
        Fleet(
            id=str(row["id"]),
            label=row["label"] if isinstance(row["label"], str) else str(row["id"]),
            base=str(row["place"]),
            count=int(row["count"]),
            payload_kg=float(row["payload_kg"]),
            speed_kmh=float(row["speed_kmh"]),
            items=tuple(item for item in names_in(_text(row["items"])) or loadable if item in loadable),
            load=steps(float(row["load_minutes"])),
            unload=steps(float(row["unload_minutes"])),
        )
        for row in _records(scenario.trucks)
        if int(row["count"]) > 0
    )


def _stops(scenario: Scenario) -> dict[str, Stop]:
    number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
    zone_of = zones_of_places(scenario)
    stops = {}
    for place, row in zip(scenario.places.index, _records(scenario.places), strict=True):
        if row["kind"] not in ("crossing", "warehouse", "distribution_point"):
            continue
        zones: list[int] = []
        if row["kind"] == "distribution_point":
            named = [number[zone] for zone in names_in(_text(row.get("serves")))]
            zones = named or [zone for zone in [zone_of[str(place)]] if zone >= 0]
        stops[str(place)] = Stop(
            id=str(place),
            kind=str(row["kind"]),
            zones=tuple(zones),
            is_open=open_steps(row.get("hours"), scenario, scenario.steps, scenario.step_minutes),
            trucks_per_hour=_most(row.get("trucks_per_hour")),
            trucks_per_day=_most(row.get("trucks_per_day")),
            tonnes_per_hour=_most(row.get("tonnes_per_hour")),
        )
    return stops


def _entries(scenario: Scenario, essentials: dict[str, Essential]) -> dict[tuple[str, str], CrossingSupply]:
    entries = {}
    for row in _records(scenario.supply):
        essential = essentials[row["item"]]
        amount = _most(row["amount_per_day"])
        if math.isfinite(amount):
            amount *= factor(_text(row["unit"]), essential.unit, essential.per_person) or 0.0
        entries[str(row["place"]), essential.name] = CrossingSupply(amount, _most(row["trucks_per_day"]))
    return entries


def _stores(scenario: Scenario, essentials: dict[str, Essential]) -> dict[tuple[str, str], WarehouseStock]:
    kinds = {str(place): kind for place, kind in scenario.places["kind"].items()} if len(scenario.places) else {}
    stores: dict[tuple[str, str], WarehouseStock] = {}
    for row in _records(scenario.stocks):
        place, essential = _text(row["place"]), essentials[row["item"]]
        if kinds.get(place) != "warehouse":
            continue
        amount = float(row["amount"]) * (factor(row["unit"], essential.unit, essential.per_person) or 0.0)
        loss = float(row["loss_per_day"])
        before = stores.get((place, essential.name), WarehouseStock(0.0, 0.0))
        total = before.amount + amount
        share = (before.amount * before.loss + amount * loss) / total if total else max(before.loss, loss)
        stores[place, essential.name] = WarehouseStock(total, share)
    return stores


def _most(value: Any) -> float:
    return math.inf if value is None or math.isnan(value) else float(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
