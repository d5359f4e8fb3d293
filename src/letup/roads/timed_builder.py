"""A timed network in the making: nodes and arcs as they are added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from letup.roads.network import Ints, Timed
from letup.roads.rounding import measure, to_steps


@dataclass
class Row:
    """One timed arc in the making."""

    tail: int
    head: int
    minutes: float
    zone: int
    kind: str
    pieces: Ints
    rate: int | Ints  # people per step, or in each step
    shared: bool = False


class TimedBuilder:
    """Nodes and arcs as they are added; lists, since most come one at a time."""

    def __init__(self) -> None:
        self.node: list[int] = []
        self.supply: list[int] = []
        self.shelter: list[int] = []
        self.wait: list[bool] = []
        self.origin: list[str] = []
        self.place: list[str] = []
        self.rows: list[Row] = []
        self.measured: dict[int, int] = {}

    def add(self, node: int, *, wait: bool = False, place: str = "") -> int:
        """Add a node that stands at a node of the RoadNetwork."""
        self.node.append(node)
        self.supply.append(0)
        self.shelter.append(0)
        self.wait.append(wait)
        self.origin.append("")
        self.place.append(place)
        return len(self.node) - 1

    def join(self, tail: int, head: int, kind: str, *, zone: int, rate: int | Ints, minutes: float = 0.0) -> None:
        """Add an arc without pieces."""
        self.rows.append(Row(tail, head, minutes, zone, kind, np.zeros(0, np.int32), rate, kind == "checkpoint"))

    def people(self, node: int, count: int, origin: str) -> None:
        """Put people who want to leave at a node."""
        self.supply[node] += count
        self.origin[node] = self.origin[node] or origin

    def leave(self, node: int, count: int) -> None:
        """Note that so many people are ready to go from a node: their time counts from there."""
        self.measured[node] = self.measured.get(node, 0) + count

    def finish(self, step: float) -> Timed:
        """Round to steps and put everything into arrays."""
        rows = self.rows
        tail = np.array([row.tail for row in rows], np.int32)
        head = np.array([row.head for row in rows], np.int32)
        minutes = np.array([row.minutes for row in rows], float)
        moving = np.array([row.kind != "leaving home" for row in rows], bool)
        shelter = np.array(self.shelter, np.int64)
        people = np.zeros(len(self.node), np.int64)
        for node, count in self.measured.items():
            people[node] += count
        transit = np.ones(len(rows), np.int32)
        ends = (tail[moving], head[moving], minutes[moving])
        transit[moving] = to_steps(*ends, shelter=shelter > 0, measured=people > 0, step=step)
        rounding = measure(*ends, transit[moving], shelter=shelter > 0, people=people, step=step)
        return Timed(
            tail=tail,
            head=head,
            transit=transit,
            capacity=_capacity(rows),
            supply=np.array(self.supply, np.int64),
            shelter=shelter,
            wait=np.array(self.wait, bool),
            zone=np.array([row.zone for row in rows], np.int32),
            shared=np.array([row.shared for row in rows], bool),
            node=np.array(self.node, np.int32),
            origin=tuple(self.origin),
            place=tuple(self.place),
            kind=tuple(row.kind for row in rows),
            pieces=tuple(row.pieces for row in rows),
            true_minutes=minutes,
            rounding_worst=rounding.worst,
            rounding=rounding,
        )


def _capacity(rows: list[Row]) -> Ints:
    """Capacity of all arcs: one column unless one of them varies in time."""
    varying = [i for i, row in enumerate(rows) if not isinstance(row.rate, int)]
    steady = np.array([row.rate if isinstance(row.rate, int) else 0 for row in rows], np.int32)
    if not varying:
        return steady
    steps = len(rows[varying[0]].rate)  # type: ignore[arg-type]
    capacity = np.empty((len(rows), steps), np.int32)
    capacity[:] = steady[:, None]
    for i in varying:
        capacity[i] = rows[i].rate
    return capacity
