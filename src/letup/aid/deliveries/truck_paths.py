"""Paths of trucks: the pieces they are made of, how long each takes, which zones it needs quiet, where trucks rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from letup.core.arrays import Bools, Floats, Ints
from letup.roads.last_stretches import stretch_minutes
from letup.roads.network import RoadNetwork
from letup.roads.places import needs_pause
from letup.roads.reach import open_to
from letup.scenario.model import Scenario

_EXACT = 1e-6


@dataclass(frozen=True)
class PathPiece:
    """A part of a path that lies in one zone: a road arc, a last stretch, or a checkpoint.

    Attributes
    ----------
    arc : int
        Arc of the RoadNetwork; -1 if it is none.
    zone : int
        Zone that must be quiet meanwhile; -1 if none.
    minutes : float
        Time it takes.
    length_m : float
        Its length.
    place : str
        Checkpoint that must be open at its end; empty if none.
    waits : bool
        Whether a truck may stay before it begins.
    """

    arc: int
    zone: int
    minutes: float
    length_m: float
    place: str = ""
    waits: bool = False


def truck_zones(scenario: Scenario, network: RoadNetwork) -> tuple[Ints, Ints]:
    """Zone that must be quiet for trucks on each arc, and at each node; -1 where no pause is needed."""
    free = set(scenario.deliveries.without_pause)
    paused = needs_pause(scenario) & np.array([zone not in free for zone in scenario.zone_ids], bool)
    paused = np.append(paused, False)
    return (
        np.where(paused[network.zone], network.zone, -1).astype(np.int32),
        np.where(paused[network.node_zone], network.node_zone, -1).astype(np.int32),
    )


def arc_minutes(network: RoadNetwork, speed_kmh: float) -> Floats:
    """Minutes that a truck takes for each arc."""
    kmh = np.where(network.vehicle_kmh > 0, network.vehicle_kmh, speed_kmh)
    return np.asarray(network.length_m * 0.06 / np.minimum(kmh, speed_kmh), float)


def resting_nodes(network: RoadNetwork, scenario: Scenario, arc_zone: Ints) -> Bools:
    """Nodes at which a truck may stay: where no pause is needed, and at places that take trucks or people in."""
    usable = open_to(network, "lorry")
    wait = np.ones(len(network.lon), bool)
    paused = usable & (arc_zone >= 0)
    wait[network.tail[paused]] = wait[network.head[paused]] = False
    for place, kind in zip(scenario.places.index, scenario.places["kind"], strict=True):
        if kind in ("crossing", "warehouse", "distribution_point", "shelter") and str(place) in network.place_node:
            wait[network.place_node[str(place)]] = True
    return wait


def last_stretch(
    network: RoadNetwork, node_zone: Ints, place: str, node: int, metres: float, speed_kmh: float
) -> tuple[PathPiece, PathPiece]:
    """The two halves of the last stretch of a place: at the place in its zone, at the road in that of the road."""
    minutes = stretch_minutes(metres / 2, speed_kmh)
    place_node = network.place_node.get(place, -1)
    own_zone = int(node_zone[place_node]) if place_node >= 0 else -1
    return PathPiece(-1, own_zone, minutes, metres / 2), PathPiece(-1, int(node_zone[node]), minutes, metres / 2)


def checkpoints_at(network: RoadNetwork, scenario: Scenario) -> dict[int, str]:
    """Checkpoint at each node that has one; of two at a node the first."""
    checkpoints: dict[int, str] = {}
    for place, kind in zip(scenario.places.index, scenario.places["kind"], strict=True):
        if kind == "checkpoint" and str(place) in network.place_node:
            checkpoints.setdefault(network.place_node[str(place)], str(place))
    return checkpoints


@dataclass(frozen=True)
class TruckPath:
    """A path in time, from the beginning of a step.

    Attributes
    ----------
    pieces : tuple of PathPiece
        What it runs along.
    enters, leaves : float64[k]
        Minutes after departure at which each piece is entered and left.
    """

    pieces: tuple[PathPiece, ...]
    enters: Floats
    leaves: Floats

    @property
    def minutes(self) -> float:
        """Minutes from departure to arrival, stays on the way included."""
        return float(self.leaves[-1]) if len(self.leaves) else 0.0

    @property
    def length_m(self) -> float:
        """Length of the way, metres."""
        return sum(piece.length_m for piece in self.pieces)

    def arcs(self, step_minutes: int) -> list[tuple[int, int]]:
        """Arcs of the RoadNetwork, each with the step after departure at which it is entered."""
        return [
            (piece.arc, int((enter + _EXACT) // step_minutes))
            for piece, enter in zip(self.pieces, self.enters, strict=True)
            if piece.arc >= 0
        ]
