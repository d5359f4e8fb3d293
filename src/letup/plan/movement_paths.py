"""Paths of movements as they are written down, and who is where along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from letup.pauses.limits import Window
from letup.roads.network import RoadNetwork, Timed
from letup.tables import parse_path

_PAUSE_ON_THE_WAY = 12  # steps; a stretch split without need changes nothing


def _visits(timed: Timed, way: str) -> list[tuple[int, int, int]]:
    """Zone, first offset at which a leg is entered and last at which somebody is on one, for each stretch in a zone.

    People may wait on the way and go on during another pause of the same zone: a long time between
    two legs begins a new stretch.
    """
    stretches: list[tuple[int, int, int]] = []
    for leg, offset in parse_path(way):
        zone, until = int(timed.zone[leg]), offset + int(timed.transit[leg]) - 1
        if stretches and stretches[-1][0] == zone and offset - stretches[-1][2] <= _PAUSE_ON_THE_WAY:
            stretches[-1] = (zone, stretches[-1][1], until)
        else:
            stretches.append((zone, offset, until))
    return [stretch for stretch in stretches if stretch[0] >= 0]


class Wait(NamedTuple):
    """A time for which people on a way wait at one node.

    Attributes
    ----------
    node : int
        Node of the Timed.
    since, until : int
        Steps after departure at which they come, and go on.
    """

    node: int
    since: int
    until: int


def waits_of(timed: Timed, legs: Sequence[int], offsets: Sequence[int]) -> list[Wait]:
    """Where people wait between two legs, and how long."""
    return [
        Wait(int(timed.head[leg]), offset + int(timed.transit[leg]), then)
        for leg, offset, then in zip(legs, offsets, offsets[1:], strict=False)
        if then > offset + int(timed.transit[leg])
    ]


def nights_of(timed: Timed, waits: Sequence[Wait], depart: int) -> tuple[int, ...]:
    """Nodes of the Timed at which people spend a night who leave at a step: one for each night."""
    nights = timed.nights
    return tuple(
        wait.node
        for wait in waits
        for _ in range(*np.searchsorted(nights, [depart + wait.since, depart + wait.until]).tolist())
    )


def passing(windows: list[Window], timed: dict[str, Timed], movements: pd.DataFrame) -> tuple[list[int], list[int]]:
    """Who is on the roads of each pause's zone during it, from the movements alone.

    Parameters
    ----------
    windows : list of Window
        The pauses.
    timed : dict of str to Timed
        The network of each group.
    movements : DataFrame
        As in `letup.plan.model.Plan`.

    Returns
    -------
    people : list of int
        People who enter the zone's roads during each pause.
    last : list of int
        Last step at which one of them is on a road there; -1 if nobody is.
    """
    of_zone: dict[int, list[int]] = {}
    for i, window in enumerate(windows):
        of_zone.setdefault(window.zone, []).append(i)
    people, last = [0] * len(windows), [-1] * len(windows)
    known: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    columns = ("group", "legs", "people_per_step", "depart_first_step", "depart_last_step")
    for group, text, rate, depart, until in zip(*(movements[name].tolist() for name in columns), strict=True):
        if (group, text) not in known:
            known[(group, text)] = _visits(timed[group], text)
        on_row: dict[int, tuple[int, int]] = {}
        for zone, entered, left in known[(group, text)]:
            for i in of_zone.get(zone, ()):
                a = max(depart, windows[i].first - entered)
                b = min(until, windows[i].last - entered)
                if a <= b:
                    before = on_row.get(i, (a, b))
                    on_row[i] = (min(before[0], a), max(before[1], b))
                    last[i] = max(last[i], b + left)
        for i, (a, b) in on_row.items():
            people[i] += rate * (b - a + 1)
    return people, last


class RoadsOf:
    """The road arcs that the arcs of a group's timed network run along, each looked up once.

    Parameters
    ----------
    network : RoadNetwork
        The roads.
    timed : Timed
        The group's network.
    """

    def __init__(self, network: RoadNetwork, timed: Timed) -> None:
        self.network, self.timed = network, timed
        self.known: dict[int, tuple[list[tuple[int, int]], float]] = {}

    def leg(self, arc: int) -> tuple[list[tuple[int, int]], float]:
        """Road arcs of a timed arc with the step at which each is entered, by its share of the length; metres."""
        if arc not in self.known:
            pieces = self.timed.pieces[arc]
            length = self.network.length_m[pieces]
            whole = float(length.sum())
            before = np.concatenate([[0.0], np.cumsum(length)[:-1]]) if len(pieces) else length
            steps = np.floor(int(self.timed.transit[arc]) * before / max(whole, 1e-9) + 1e-9).astype(int)
            self.known[arc] = (list(zip(pieces.tolist(), steps.tolist(), strict=True)), whole)
        return self.known[arc]

    def along(self, legs: tuple[int, ...], offsets: tuple[int, ...]) -> tuple[list[tuple[int, int]], float]:
        """Road arcs along legs with the offset at which each is entered, and their length in metres."""
        way: list[tuple[int, int]] = []
        length = 0.0
        for leg, offset in zip(legs, offsets, strict=True):
            pieces, metres = self.leg(leg)
            way += [(piece, offset + step) for piece, step in pieces]
            length += metres
        return way, length
