"""What stands at the nodes: shelters, checkpoints, places to wait; and which zones need a pause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from letup.core.arrays import Bools, Ints, Longs
from letup.roads.classes import table
from letup.roads.departures import open_steps, per_step
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

SQUARE_METRES = 1.0
"""Each who waits on a road has (assumed): level of service B of queues, 0.9 to 1.2 in Fruin, "Pedestrian Planning and
Design", 1971; one can pass through such a crowd."""

_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Shelter:
    """A place that takes people in.

    Attributes
    ----------
    place : str
        Its id.
    node : int
        Its node in the RoadNetwork.
    room : int
        People it can still take in.
    """

    place: str
    node: int
    room: int


def shelters(network: RoadNetwork, scenario: Scenario) -> list[Shelter]:
    """Shelters with room that stand on the network; beds for those who spend a night on the way are kept free."""
    beds = {place: _night_room(row, scenario) for place, row in scenario.places.to_dict("index").items()}
    return [
        Shelter(place, network.place_node[place], int(min(room - beds[place], _LARGEST)))
        for place, room in _of_kind(network, scenario, "shelter", "room")
        if room > beds[place]
    ]


def checkpoints(
    network: RoadNetwork, scenario: Scenario, steps: int, step_minutes: float
) -> dict[int, tuple[str, Ints]]:
    """Checkpoints by node: place id, and people let through at each step.

    Of two at one node the one that lets fewer through in all counts.
    """
    at_node: dict[int, tuple[str, Ints]] = {}
    hours = scenario.places.get("hours", {})
    for place, rate in _of_kind(network, scenario, "checkpoint", "throughput_per_hour"):
        is_open = open_steps(hours.get(place), scenario, steps, step_minutes)
        passing = per_step(rate, steps, step_minutes, is_open) if np.isfinite(rate) else np.where(is_open, _LARGEST, 0)
        node = network.place_node[place]
        if node not in at_node or passing.sum(dtype=np.int64) < at_node[node][1].sum(dtype=np.int64):
            at_node[node] = (place, passing.astype(np.int32))
    return at_node


@dataclass(frozen=True)
class WaitingRooms:
    """People on the way who may wait at each node of the RoadNetwork at once.

    Attributes
    ----------
    day, night : int64[nodes]
        By day, and from a day to the next.
    """

    day: Longs
    night: Longs


def waiting_rooms(network: RoadNetwork, scenario: Scenario) -> WaitingRooms:
    """Where people on the way may wait, and how many: at places that allow it, and where no pause is needed.

    A place's own figure counts; without one there is as much room as it has as a shelter, or else on the roads there.
    """
    is_free = np.ones(len(network.lon), bool)
    paused = network.zone >= 0
    is_free[network.tail[paused]] = is_free[network.head[paused]] = False
    standing = _standing_room(network)
    day, night = np.where(is_free, standing, 0), np.zeros(len(network.lon), np.int64)
    day[resting(network, scenario)] = 0
    for place, node in _resting_places(network, scenario):
        own, room = place.get("waiting_room"), place.get("room") if place["kind"] == "shelter" else None
        people = own if pd.notna(own) else room if pd.notna(room) else standing[node]
        beds = _night_room(place, scenario)
        night[node] = min(night[node] + beds, _LARGEST)
        day[node] = min(day[node] + max(int(people), beds), _LARGEST)
    return WaitingRooms(day, night)


def resting(network: RoadNetwork, scenario: Scenario) -> list[int]:
    """Nodes of places that let people on the way wait."""
    return [node for _, node in _resting_places(network, scenario)]


def night_places(network: RoadNetwork, scenario: Scenario) -> dict[int, str]:
    """Places in which people on the way may spend a night, by their node; of several at one node the first."""
    places: dict[int, str] = {}
    for place, row in scenario.places.to_dict("index").items():
        if str(place) in network.place_node and _night_room(row, scenario):
            places.setdefault(network.place_node[str(place)], str(place))
    return places


def _resting_places(network: RoadNetwork, scenario: Scenario) -> list[tuple[dict[str, Any], int]]:
    """Places that let people on the way wait, each with its node."""
    rows = scenario.places.to_dict("index")
    return [
        (row, network.place_node[str(place)])
        for place, row in rows.items()
        if row.get("wait") == 1 and str(place) in network.place_node
    ]


def _night_room(place: Mapping[str, Any], scenario: Scenario) -> int:
    """People on the way who may spend a night at a place, where anybody may spend one on the way."""
    beds = place.get("night_room")
    return int(beds) if scenario.nights_at_most and pd.notna(beds) else 0


def _standing_room(network: RoadNetwork) -> Longs:
    """People who find room to stand on the roads at each node, up to half way to the next one, at one a square metre.

    A road is as wide as what it carries on foot says, so that damage takes room away.
    """
    per_metre = table()["foot_per_m_minute"].reindex(list(network.road_class)).to_numpy(float) * 60
    area = network.foot_per_hour / per_metre * network.length_m / 2
    people = np.bincount(network.tail, area, len(network.lon)) + np.bincount(network.head, area, len(network.lon))
    return np.floor(np.minimum(people / SQUARE_METRES, _LARGEST)).astype(np.int64)


def needs_pause(scenario: Scenario) -> Bools:
    """For each zone, whether movement through it needs a pause; it does unless said otherwise."""
    if "needs_pause" not in scenario.zones:
        return np.ones(len(scenario.zones), bool)
    return np.array([pd.isna(value) or bool(value) for value in scenario.zones["needs_pause"]], bool)


def _of_kind(network: RoadNetwork, scenario: Scenario, kind: str, column: str) -> list[tuple[str, float]]:
    """Places of one kind on the network with one of their numbers, NaN where absent."""
    places = scenario.places
    if not len(places):
        return []
    values = places[column] if column in places else [None] * len(places)
    return [
        (str(place), float("nan") if pd.isna(value) else float(value))
        for place, of, value in zip(places.index, places["kind"], values, strict=True)
        if of == kind and str(place) in network.place_node
    ]
