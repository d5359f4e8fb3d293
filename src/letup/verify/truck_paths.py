"""Replay the ways of trucks of a written plan on the road network, arc by arc; nothing of how they were chosen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Logistics
from letup.aid.deliveries.truck_paths import (
    PathPiece,
    TruckPath,
    arc_minutes,
    checkpoints_at,
    last_stretch,
    resting_nodes,
    truck_zones,
)
from letup.roads.departures import open_steps
from letup.roads.last_stretches import road_access
from letup.roads.network import RoadNetwork
from letup.roads.reach import open_to
from letup.roads.timed import CONTROL_MINUTES
from letup.scenario.model import Scenario
from letup.tables import parse_path

_EXACT = 1e-6


class BrokenPathError(Exception):
    """A way that trucks cannot take; says why."""


@dataclass(frozen=True)
class Span:
    """Departures of a way, from one step to another."""

    first: int
    last: int


class TruckPaths:
    """Ways of trucks, checked against the roads, the quiet windows and the hours of checkpoints."""

    def __init__(
        self, scenario: Scenario, network: RoadNetwork, logistics: Logistics, quiet: NDArray[np.bool_]
    ) -> None:
        self.scenario, self.network = scenario, network
        self.arc_zone, self.node_zone = truck_zones(scenario, network)
        self.access = road_access(network, scenario, logistics.stops)
        self.rests = resting_nodes(network, scenario, self.arc_zone)
        self.control = checkpoints_at(network, scenario)
        self.usable = open_to(network, "lorry")
        self.noisy = np.concatenate([np.zeros((len(quiet), 1), np.int64), np.cumsum(~quiet, axis=1)], axis=1)
        hours = scenario.places.get("hours", {})
        self.is_open = {
            place: open_steps(hours.get(place), scenario, scenario.steps, scenario.step_minutes)
            for place in self.control.values()
        }
        self._minutes: dict[float, NDArray[np.float64]] = {}

    def path(self, origin: str, target: str, arcs: str, speed_kmh: float, span: Span, minutes: float) -> TruckPath:
        """Return the way of written arcs in true time.

        Raises
        ------
        BrokenWayError
            If it is none, or trucks would be where they must not be.
        """
        entries = self._parsed(arcs)
        for place in (origin, target):
            if place not in self.access:
                raise BrokenPathError(f"{place} is not near any road that vehicles can use")
        if speed_kmh not in self._minutes:
            self._minutes[speed_kmh] = arc_minutes(self.network, speed_kmh)
        if not entries:
            return self._short(origin, target, speed_kmh, span, minutes)
        start, end = int(self.network.tail[entries[0][0]]), int(self.network.head[entries[-1][0]])
        if start not in self.access[origin]:
            raise BrokenPathError(f"does not begin where trucks of {origin} join the roads")
        if end not in self.access[target]:
            raise BrokenPathError(f"does not end where trucks reach {target}")
        for (arc, _), (following, _) in pairwise(entries):
            if self.network.head[arc] != self.network.tail[following]:
                raise BrokenPathError(f"arc {following} does not begin where arc {arc} ends")
        path = self._timed(origin, target, entries, speed_kmh)
        self._quiet(path, span)
        return path

    def _parsed(self, text: str) -> list[tuple[int, int]]:
        try:
            entries = parse_path(text)
        except ValueError:
            raise BrokenPathError("cannot be read") from None
        for arc, _ in entries:
            if not 0 <= arc < len(self.network.tail) or not self.usable[arc]:
                raise BrokenPathError(f"arc {arc} is no road that lorries may use")
        return entries

    def _short(self, origin: str, target: str, speed_kmh: float, span: Span, minutes: float) -> TruckPath:
        """A way on last stretches alone: through a node at which both places join the roads."""
        paths: list[TruckPath] = []
        for node in self.access[origin].keys() & self.access[target].keys():
            pieces = [*self._stretch(origin, node, speed_kmh), *reversed(self._stretch(target, node, speed_kmh))]
            times = np.cumsum([0.0, *(piece.minutes for piece in pieces)])
            paths.append(TruckPath(tuple(pieces), times[:-1], times[1:]))
        matching = [path for path in paths if abs(path.minutes - minutes) < 0.01]
        if not matching:
            raise BrokenPathError("leads along no road, and the places do not join the roads at one node")
        self._quiet(matching[0], span)
        return matching[0]

    def _stretch(self, place: str, node: int, speed_kmh: float) -> list[PathPiece]:
        metres = self.access[place][node]
        return list(last_stretch(self.network, self.node_zone, place, node, metres, speed_kmh))

    def _timed(self, origin: str, target: str, entries: list[tuple[int, int]], speed_kmh: float) -> TruckPath:
        network, step = self.network, self.scenario.step_minutes
        pieces: list[PathPiece] = []
        enters: list[float] = []
        now = 0.0

        def run(piece: PathPiece) -> None:
            nonlocal now
            pieces.append(piece)
            enters.append(now)
            now += piece.minutes

        for piece in self._stretch(origin, int(network.tail[entries[0][0]]), speed_kmh):
            run(piece)
        for k, (arc, offset) in enumerate(entries):
            node = int(network.tail[arc])
            if offset * step > now + _EXACT:
                may = self.rests[node] or (k == 0 and not self.access[origin][node])
                if not may:
                    raise BrokenPathError(f"stays before arc {arc}, where no truck may")
                now = float(offset * step)
            elif int((now + _EXACT) // step) != offset:
                raise BrokenPathError(
                    f"enters arc {arc} at step {offset}, but gets there in step {int((now + _EXACT) // step)}"
                )
            run(
                PathPiece(
                    arc, int(self.arc_zone[arc]), float(self._minutes[speed_kmh][arc]), float(network.length_m[arc])
                )
            )
            head = int(network.head[arc])
            if head in self.control:
                run(PathPiece(-1, int(self.node_zone[head]), CONTROL_MINUTES, 0.0, self.control[head]))
        for piece in reversed(self._stretch(target, int(network.head[entries[-1][0]]), speed_kmh)):
            run(piece)
        minutes = np.array([piece.minutes for piece in pieces])
        return TruckPath(tuple(pieces), np.array(enters), np.array(enters) + minutes)

    def _quiet(self, path: TruckPath, span: Span) -> None:
        """Nobody is on a road while its zone is not quiet, or passes a checkpoint that is shut."""
        step, scenario = self.scenario.step_minutes, self.scenario
        if span.first < 0 or span.last + int(-(-(path.minutes - _EXACT) // step)) >= scenario.steps:
            raise BrokenPathError("leaves before the start, or arrives after the last step")
        for piece, enter, leave in zip(path.pieces, path.enters, path.leaves, strict=True):
            begin = span.first + int((enter + _EXACT) // step)
            end = span.last + int(-(-(leave - _EXACT) // step))
            if piece.zone >= 0 and self.noisy[piece.zone, end] > self.noisy[piece.zone, begin]:
                zone = scenario.zone_ids[piece.zone]
                raise BrokenPathError(f"a truck is on a road in zone {zone} while it is not quiet")
            if piece.place:
                passes = int((leave + _EXACT) // step)
                if not self.is_open[piece.place][span.first + passes : span.last + passes + 1].all():
                    raise BrokenPathError(f"a truck passes {piece.place} while it is shut")
