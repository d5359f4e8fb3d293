"""A timed network in the making: nodes and arcs as they are added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from letup.core.arrays import Floats, Ints, Longs
from letup.roads.network import Timed
from letup.roads.rounding import GOLDEN, measure, to_steps

SPREAD_BELOW = 50
"""Rates below so many people a step are spread over steps, others rounded down, which takes away less than 2 %."""


@dataclass
class Row:
    """One timed arc in the making."""

    tail: int
    head: int
    minutes: float
    zone: int
    kind: str
    pieces: Ints
    rate: float | Ints  # people per step, spread over steps if it is no whole number; or people in each step
    shared: bool = False


class TimedBuilder:
    """Nodes and arcs as they are added; lists, since most come one at a time."""

    def __init__(self) -> None:
        self.node: list[int] = []
        self.supply: list[int] = []
        self.shelter: list[int] = []
        self.wait: list[int] = []
        self.night: list[int] = []
        self.origin: list[str] = []
        self.place: list[str] = []
        self.rows: list[Row] = []
        self.measured: dict[int, int] = {}

    def add(self, node: int, *, wait: int = 0, night: int = 0, place: str = "") -> int:
        """Add a node that stands at a node of the RoadNetwork, with the room to wait there by day and by night."""
        self.node.append(node)
        self.supply.append(0)
        self.shelter.append(0)
        self.wait.append(wait)
        self.night.append(night)
        self.origin.append("")
        self.place.append(place)
        return len(self.node) - 1

    def join(self, tail: int, head: int, kind: str, *, zone: int, rate: float | Ints, minutes: float = 0.0) -> None:
        """Add an arc without pieces."""
        self.rows.append(Row(tail, head, minutes, zone, kind, np.zeros(0, np.int32), rate, kind == "checkpoint"))

    def people(self, node: int, count: int, origin: str) -> None:
        """Put people who want to leave at a node."""
        self.supply[node] += count
        self.origin[node] = self.origin[node] or origin

    def leave(self, node: int, count: int) -> None:
        """Note that so many people are ready to go from a node: their time counts from there."""
        self.measured[node] = self.measured.get(node, 0) + count

    def queues(self, zone_of: list[int]) -> None:
        """Let people queue in a quiet zone, a step at a time, before roads that do not take the same at each step.

        No more queue than may enter at one step. Without it nobody could come from one road of six people an hour
        to the next unless both happened to open at the right steps.

        Parameters
        ----------
        zone_of : list of int
            Zone that each node is in; -1 if none.
        """
        most: dict[tuple[int, int], int] = {}
        for row in self.rows:
            uneven = isinstance(row.rate, float)
            if row.kind == "checkpoint":
                uneven = bool(np.min(row.rate) < np.max(row.rate) < SPREAD_BELOW)
            if uneven and not self.wait[row.tail]:
                key = row.tail, row.zone if row.zone >= 0 else zone_of[row.tail]
                most[key] = max(most.get(key, 0), int(np.ceil(np.max(row.rate))))
        for (node, zone), people in sorted(most.items()):
            self.join(node, node, "queue", zone=zone, rate=people)

    def finish(self, steps: int, step: float, swift: Floats, nights: Longs, nights_at_most: int) -> Timed:
        """Round to steps and put everything into arrays.

        Parameters
        ----------
        steps : int
            Steps looked at.
        step : float
            Minutes of one step.
        swift : float64[m]
            Minutes of the fastest group of the mode on each arc. Its times say at which steps an arc takes one more
            than the whole number, so that all groups of the mode share one capacity.
        nights : int64[k]
            Last step of each local day but the last.
        nights_at_most : int
            Most nights that anybody may spend on the way.
        """
        rows = self.rows
        tail = np.array([row.tail for row in rows], np.int32)
        head = np.array([row.head for row in rows], np.int32)
        minutes = np.array([row.minutes for row in rows], float)
        moving = np.array([row.kind not in ("leaving home", "queue") for row in rows], bool)
        shelter = np.array(self.shelter, np.int64)
        people = np.zeros(len(self.node), np.int64)
        for node, count in self.measured.items():
            people[node] += count
        transit = np.ones(len(rows), np.int32)
        ends = (tail[moving], head[moving], minutes[moving])
        transit[moving], left = to_steps(*ends, shelter=shelter > 0, measured=people > 0, step=step)
        if any(isinstance(row.rate, float) for row in rows):
            starts = np.zeros(len(self.node), bool)
            starts[list(self.measured)] = True  # of every group, so that all groups of a mode get the same
            _, left = to_steps(*ends[:2], swift[moving], shelter=shelter > 0, measured=starts, step=step)
        rounding = measure(*ends, transit[moving], shelter=shelter > 0, people=people, step=step)
        return Timed(
            tail=tail,
            head=head,
            transit=transit,
            capacity=_capacity(rows, left, steps, step),
            supply=np.array(self.supply, np.int64),
            shelter=shelter,
            wait=np.array(self.wait, np.int64),
            night=np.array(self.night, np.int64),
            nights=nights,
            nights_at_most=nights_at_most,
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


def _capacity(rows: list[Row], left: Longs, steps: int, step: float) -> Ints:
    """Capacity of all arcs: one column unless one of them varies in time."""
    steady = np.array([row.rate if isinstance(row.rate, int) else 0 for row in rows], np.int32)
    varying = [row for row in rows if not isinstance(row.rate, int)]
    if not varying:
        return steady
    capacity = np.empty((len(rows), steps), np.int32)
    capacity[:] = steady[:, None]
    for i, row in enumerate(rows):
        if isinstance(row.rate, float):
            capacity[i] = in_rhythm(row.rate, int(left[row.tail]), steps, step)
        elif not isinstance(row.rate, int):
            capacity[i] = row.rate
    return capacity


def in_rhythm(rate: float, left: int, steps: int, step: float) -> Ints:
    """Whole people who may enter an arc at each step, so that whole hours carry the hourly figure along a route.

    Of the fraction of a person that a step has over, every arc opens at the same steps *seen from the shelter*: who
    could enter the first arc of a quickest route finds the next one open on coming to it. And the steps at which an
    arc with the smaller fraction opens are among those of an arc with the larger one, so that a route carries as
    much as its narrowest arc. Each step of an hour has a rank; an arc opens at the steps of lowest rank. Ranks follow
    multiples of the golden ratio, whose order spreads any number of first ranks evenly (Vera Turan Sos, "On the
    distribution mod 1 of the sequence n alpha", Annales Universitatis Scientiarum Budapestinensis, Sectio Mathematica
    1, 1958, 127-134); what is less than one an hour opens in some hours only, by the same rule.

    Parameters
    ----------
    rate : float
        People per step.
    left : int
        Steps from the arc's tail to the nearest shelter.
    steps : int
        Steps looked at.
    step : float
        Minutes of one step.

    Returns
    -------
    int32[steps]
        People per step.
    """
    an_hour = max(1, round(60 / step))
    ranks = np.argsort(np.argsort(np.mod(np.arange(an_hour) * GOLDEN, 1.0)))
    seen = np.arange(steps) + left
    threshold = (ranks[seen % an_hour] + np.mod(seen // an_hour * GOLDEN, 1.0)) / an_hour
    people: Ints = np.ceil(rate - threshold - 1e-9).astype(np.int32)
    return people
