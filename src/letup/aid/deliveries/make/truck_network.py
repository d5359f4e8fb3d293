"""The road network as trucks of one speed see it, laid out in time for finding their quickest paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.truck_paths import (
    PathPiece,
    TruckPath,
    arc_minutes,
    checkpoints_at,
    last_stretch,
    resting_nodes,
    truck_zones,
)
from letup.core.arrays import Bools, Floats, Ints
from letup.roads.departures import open_steps
from letup.roads.last_stretches import road_access
from letup.roads.network import RoadNetwork
from letup.roads.reach import open_to
from letup.roads.simplify import chains
from letup.roads.timed import CONTROL_MINUTES
from letup.scenario.model import Scenario

UNIT_SECONDS = 15.0
"""Times are looked at in units of about this length, longer ones where the network or the horizon is large."""

_MOST_CELLS = 30_000_000
_EXACT = 1e-6


@dataclass(frozen=True)
class Openings:
    """What is open when, in the units of `TruckNetwork`.

    Attributes
    ----------
    quiet_runs : int32[times, Z + 1]
        Quiet units in a row from each time on.
    gates : bool[C, times]
        Whether each checkpoint is open.
    steady : bool[times]
        Times at which every arc is open exactly as one time later.
    """

    quiet_runs: Ints
    gates: Bools
    steady: Bools


class TruckNetwork:
    """The network of vehicles with places and checkpoints, laid out for one speed."""

    def __init__(self, scenario: Scenario, network: RoadNetwork, places: Iterable[str], speed_kmh: float) -> None:
        self.scenario, self.network = scenario, network
        self.arc_zone, self.node_zone = truck_zones(scenario, network)
        self.access = road_access(network, scenario, places)
        minutes = arc_minutes(network, speed_kmh)
        wait = resting_nodes(network, scenario, self.arc_zone)
        usable = np.flatnonzero(open_to(network, "lorry"))
        control = checkpoints_at(network, scenario)
        self._names = list(control.values())
        self.is_open = _open(scenario, self._names)
        self._number: dict[int, int] = {}
        self.wait: list[bool] = []
        keep = np.zeros(len(network.lon), bool)
        keep[[*control, *(node for near in self.access.values() for node in near)]] = True
        same = replace(network, zone=self.arc_zone)
        runs = chains(same, usable.astype(np.int64), keep, wait, network.vehicles_per_hour)
        ends = {int(node) for run in runs for node in (network.tail[run[0]], network.head[run[-1]])}
        ends |= {node for near in self.access.values() for node in near}
        for node in sorted(ends):
            self._number[node] = self._add(bool(wait[node]))
        before = {node: self._add(bool(wait[node])) for node in control if node in self._number}
        rows: list[tuple[int, int, tuple[PathPiece, ...], int]] = []
        for node, gate in before.items():
            place = control[node]
            piece = PathPiece(-1, int(self.node_zone[node]), CONTROL_MINUTES, 0.0, place, bool(wait[node]))
            rows.append((gate, self._number[node], (piece,), self._names.index(place)))
        for run in runs:
            pieces = tuple(self._piece(arc, minutes, wait, before) for arc in run.tolist())
            tail, head = int(network.tail[run[0]]), int(network.head[run[-1]])
            rows.append((self._number[tail], before.get(head, self._number[head]), pieces, -1))
        self.origin: dict[str, int] = {}
        self.target: dict[str, int] = {}
        for place, near in self.access.items():
            # apart, so that no way leads through a place from one part of the roads to another
            self.origin[place], self.target[place] = self._add(True), self._add(True)
            for node, metres in near.items():
                road, out, back = self._number[node], self._add(False), self._add(False)
                own, other = last_stretch(network, self.node_zone, place, node, metres, speed_kmh)
                rows += [(self.origin[place], out, (own,), -1), (out, road, (other,), -1)]
                rows += [(road, back, (other,), -1), (back, self.target[place], (own,), -1)]
        rows.sort(key=lambda row: row[0])
        self.pieces = [row[2] for row in rows]
        self.head = np.array([row[1] for row in rows], np.int32)
        tails = np.array([row[0] for row in rows], np.int64)
        self.first = np.searchsorted(tails, np.arange(len(self.wait) + 1)).astype(np.int64)
        self.gate = np.array([row[3] for row in rows], np.int32)
        self.minutes = np.array([sum(piece.minutes for piece in pieces) for pieces in self.pieces], float)
        zones = len(scenario.zones)
        first_zone = [pieces[0].zone for pieces in self.pieces]
        self.row = np.array([zone if zone >= 0 else zones for zone in first_zone], np.int32)
        cells = len(self.wait) * scenario.steps
        finest = max(1, round(scenario.step_minutes * 60 / UNIT_SECONDS))
        self.units = max(1, min(finest, _MOST_CELLS // max(cells, 1)))
        self.lasts = np.ceil(self.minutes * self.units / scenario.step_minutes - _EXACT).astype(np.int32)
        self.lasts = np.maximum(self.lasts, 1).astype(np.int32)

    def opening(self, checkpoint: str) -> Bools:
        """Steps at which a checkpoint is open: bool[T]."""
        return np.asarray(self.is_open[self._names.index(checkpoint)], bool)

    def _piece(self, arc: int, minutes: Floats, wait: Bools, before: dict[int, int]) -> PathPiece:
        network, tail = self.network, int(self.network.tail[arc])
        stays = bool(wait[tail]) and tail not in before
        return PathPiece(arc, int(self.arc_zone[arc]), float(minutes[arc]), float(network.length_m[arc]), "", stays)

    def _add(self, wait: bool) -> int:
        self.wait.append(wait)
        return len(self.wait) - 1

    def openings(self, runs: Ints) -> Openings:
        """What is open when; ``runs`` is quiet steps in a row from each step on, last where no pause is needed."""
        times = self.scenario.steps * self.units
        part = np.arange(times) % self.units
        large = np.minimum(runs.astype(np.int64), 2 * self.scenario.steps)
        fine = np.ascontiguousarray((np.repeat(large, self.units, axis=1) * self.units - part).T, np.int32)
        gates = np.repeat(self.is_open, self.units, axis=1)
        return Openings(fine, gates, _steady(fine, gates, int(self.lasts.max(initial=1))))

    def earliest_arrivals(self, openings: Openings, place: str) -> tuple[Ints, Ints]:
        """Earliest arrivals at a place from all times and nodes, and the arc to take first; see `kernel.arrivals`."""
        from letup.aid.deliveries.make.kernel import arrivals

        result: tuple[Ints, Ints] = arrivals(
            self.first,
            self.head,
            self.lasts,
            self.row,
            self.gate,
            openings.quiet_runs,
            openings.gates,
            np.array(self.wait, bool),
            self.target[place],
            len(openings.quiet_runs),
            openings.steady,
        )
        return result


def _steady(runs: Ints, gates: Bools, longest: int) -> Bools:
    """Times at which arcs are open exactly as one time later, whatever they last: bool[times]."""
    times = len(runs)
    state = np.where(runs <= 0, 0, np.where(runs >= longest, 2, 1))
    same = np.zeros(times, bool)
    same[:-1] = (state[:-1] == state[1:]).all(axis=1) & (state[:-1] != 1).all(axis=1)
    changes = np.concatenate([[0], np.cumsum((gates[:, 1:] != gates[:, :-1]).any(axis=0)), [0]])
    ahead = np.minimum(np.arange(times) + longest + 1, times - 1)
    same &= (changes[ahead] == changes[np.arange(times)]) & (np.arange(times) + longest + 1 < times)
    return same


def _open(scenario: Scenario, places: list[str]) -> Bools:
    hours = scenario.places.get("hours", {})
    rows = [open_steps(hours.get(place), scenario, scenario.steps, scenario.step_minutes) for place in places]
    return np.array(rows, bool) if rows else np.ones((1, scenario.steps), bool)


def timed_path(roads: TruckNetwork, arcs: Ints, entered: Ints, start: int) -> TruckPath:
    """Way of given arcs in true minutes; where it stays, it goes on at the beginning of a step."""
    step_minutes, units = roads.scenario.step_minutes, roads.units
    pieces: list[PathPiece] = []
    enters: list[float] = []
    leaves: list[float] = []
    now, expected = 0.0, start * units
    for arc, at in zip(arcs.tolist(), entered.tolist(), strict=True):
        if at > expected:
            now = max(now, float((at // units - start) * step_minutes))
        for piece in roads.pieces[arc]:
            pieces.append(piece)
            enters.append(now)
            now += piece.minutes
            leaves.append(now)
        expected = at + int(roads.lasts[arc])
    return TruckPath(tuple(pieces), np.array(enters), np.array(leaves))


def stays_open(path: TruckPath, roads: TruckNetwork, noisy: NDArray[np.int64], first: int, last: int) -> bool:
    """Whether the zones of a way are quiet, and its checkpoints open, for departures from one step to another.

    ``noisy`` counts steps that are not quiet before each step, by zone. Looked at here in true minutes: in the
    units of `TruckNetwork` trucks are a little later.
    """
    step_minutes = roads.scenario.step_minutes
    for piece, enter, leave in zip(path.pieces, path.enters, path.leaves, strict=True):
        if piece.zone >= 0:
            begin = first + int((enter + _EXACT) // step_minutes)
            end = last + int(-(-(leave - _EXACT) // step_minutes))
            if end >= noisy.shape[1] or noisy[piece.zone, end] > noisy[piece.zone, begin]:
                return False
        if piece.place:
            passing = int((leave + _EXACT) // step_minutes)
            if not roads.opening(piece.place)[first + passing : last + passing + 1].all():
                return False
    return True
