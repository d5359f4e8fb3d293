"""What stands at the nodes: shelters, checkpoints, places to wait; and which zones need a pause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from letup.core.arrays import Bools, Ints
from letup.roads.departures import open_steps, per_step
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

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
    """Shelters with room that stand on the network."""
    return [
        Shelter(place, network.place_node[place], int(min(room, _LARGEST)))
        for place, room in _of_kind(network, scenario, "shelter", "room")
        if room > 0
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


def waiting(network: RoadNetwork, scenario: Scenario) -> Bools:
    """Nodes where people on the way may wait: places that allow it, and where no pause is needed."""
    wait = np.ones(len(network.lon), bool)
    paused = network.zone >= 0
    wait[network.tail[paused]] = wait[network.head[paused]] = False
    for place in resting(network, scenario):
        wait[place] = True
    return wait


def resting(network: RoadNetwork, scenario: Scenario) -> list[int]:
    """Nodes of places that let people on the way wait."""
    if "wait" not in scenario.places:
        return []
    return [
        network.place_node[str(place)]
        for place, allowed in zip(scenario.places.index, scenario.places["wait"], strict=True)
        if allowed == 1 and str(place) in network.place_node
    ]


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
