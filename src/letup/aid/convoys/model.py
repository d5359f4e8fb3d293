"""Convoys as they are handed on."""

from __future__ import annotations

from dataclasses import dataclass

from letup.core.findings import Finding
from letup.roads.vehicle_paths import VehiclePath
from letup.scenario.model import Scenario


@dataclass(frozen=True)
class Truck:
    """Vehicles of one kind, as in trucks.csv.

    Attributes
    ----------
    id, label : str
        Short name, and the name shown to readers.
    place : str
        Where they are based.
    count : int
        How many.
    payload_kg : float
        What one may carry.
    speed_kmh : float
        Free speed.
    load_minutes, unload_minutes : float
        Time to load and to unload a full one.
    """

    id: str
    label: str
    place: str
    count: int
    payload_kg: float
    speed_kmh: float
    load_minutes: float
    unload_minutes: float


def trucks_of(scenario: Scenario) -> list[Truck]:
    """Vehicles of trucks.csv."""
    return [
        Truck(
            str(row["id"]),
            row["label"] if isinstance(row["label"], str) else "",
            str(row["place"]),
            int(row["count"]),
            float(row["payload_kg"]),
            float(row["speed_kmh"]),
            float(row["load_minutes"]),
            float(row["unload_minutes"]),
        )
        for row in scenario.trucks.to_dict("records")
    ]


@dataclass(frozen=True)
class Load:
    """Goods of one delivery on one vehicle.

    Attributes
    ----------
    delivery : str
        Id of the row of deliveries.csv.
    destination : str
        Place they go to.
    item, unit : str
        What, and how it is counted.
    amount, kg : float
        How much.
    """

    delivery: str
    destination: str
    item: str
    unit: str
    amount: float
    kg: float


@dataclass(frozen=True)
class Carried:
    """A load on a vehicle of a convoy.

    Attributes
    ----------
    load : Load
        The goods.
    loaded_stop, unloaded_stop : int
        Numbers of the stops, from 0, where it is loaded and unloaded.
    """

    load: Load
    loaded_stop: int
    unloaded_stop: int


@dataclass(frozen=True)
class Stop:
    """A place that a convoy comes to.

    Attributes
    ----------
    place : str
        Id of the place.
    action : str
        "start", "load", "unload", "end", joined by a plus.
    service : int
        Minutes of work there.
    arrive_earliest, arrive_latest, leave_earliest, leave_latest : int
        Minutes after the start of the scenario. Whoever arrives between the first two can leave between the last two,
        and whoever does arrives at the next stop between its first two.
    path : VehiclePath or None
        On to the next stop; None at the end.
    """

    place: str
    action: str
    service: int
    arrive_earliest: int
    arrive_latest: int
    leave_earliest: int
    leave_latest: int
    path: VehiclePath | None


@dataclass(frozen=True)
class Convoy:
    """Vehicles that travel together.

    Attributes
    ----------
    id : str
        Short unique name.
    day : int
        Day of the deliveries, from 0.
    truck : Truck
        Kind of its vehicles.
    stops : tuple of Stop
        From where it starts to where it ends.
    manifest : tuple of tuple of Carried
        For each vehicle what it carries, in the order in which it is unloaded.
    """

    id: str
    day: int
    truck: Truck
    stops: tuple[Stop, ...]
    manifest: tuple[tuple[Carried, ...], ...]

    @property
    def vehicles(self) -> int:
        """How many vehicles travel in it."""
        return len(self.manifest)

    def out_at(self, minute: int) -> bool:
        """Whether its vehicles are not back at their base by some minute."""
        last = self.stops[-1]
        return last.place != self.truck.place or last.arrive_latest >= minute

    def loaded(self, stop: int) -> list[Load]:
        """What is loaded at a stop, on all vehicles together."""
        return [carried.load for vehicle in self.manifest for carried in vehicle if carried.loaded_stop == stop]

    def unloaded(self, stop: int) -> list[Load]:
        """What is unloaded at a stop, from all vehicles together."""
        return [carried.load for vehicle in self.manifest for carried in vehicle if carried.unloaded_stop == stop]


@dataclass(frozen=True)
class Orders:
    """What deliveries become on the road.

    Attributes
    ----------
    convoys : tuple of Convoy
        By day and start.
    left : tuple of Load
        What no convoy carries; each has a finding that says why.
    findings : tuple of Finding
        Worst first.
    """

    convoys: tuple[Convoy, ...]
    left: tuple[Load, ...]
    findings: tuple[Finding, ...]
