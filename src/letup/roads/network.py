"""What the roads room hands on: the road network, and its timed form for one group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from letup.core.arrays import Bools, Floats, Ints, Longs
from letup.core.findings import Finding

ANYBODY = 2**31 - 1
"""Room for more people than there ever are."""


@dataclass(frozen=True)
class RoadNetwork:
    """Directed road arcs between nodes, cut at zone borders so that each arc lies in one zone.

    Attributes
    ----------
    lon, lat : float64[nodes]
        Position of each node, degrees WGS 84.
    node_zone : int32[nodes]
        Number of the zone each node lies in, -1 if none.
    tail, head : int32[arcs]
        Start and end node of each directed arc.
    length_m : float64[arcs]
        Length along the road, metres.
    zone : int32[arcs]
        Number of the zone each arc lies in; -1 if it lies in none or needs no pause.
    road : tuple of str, [arcs]
        Id of the road feature each arc is a piece of.
    road_class : tuple of str, [arcs]
        Class of that feature.
    foot_per_hour : float64[arcs]
        People on foot who may enter per hour; 0 = not on foot.
    vehicles_per_hour : float64[arcs]
        Vehicles that may enter per hour; 0 = no vehicles.
    vehicle_kmh : float64[arcs]
        Free speed of vehicles, km/h.
    line : tuple of float64[k, 2], [arcs]
        The arc's course as lon, lat from tail to head.
    place_node : dict of str to int
        Node at which each place of the scenario stands.
    findings : tuple of Finding
        Disconnected parts, places far from any road, and the like.
    road_end : bool[nodes] or None
        Nodes at which a road feature begins or ends, unlike those where one was only cut.
    lorries : bool[arcs] or None
        Arcs that the trucks of the scenario may use, all that vehicles may if None.
    """

    lon: Floats
    lat: Floats
    node_zone: Ints
    tail: Ints
    head: Ints
    length_m: Floats
    zone: Ints
    road: tuple[str, ...]
    road_class: tuple[str, ...]
    foot_per_hour: Floats
    vehicles_per_hour: Floats
    vehicle_kmh: Floats
    line: tuple[Floats, ...]
    place_node: dict[str, int]
    findings: tuple[Finding, ...] = ()
    road_end: Bools | None = None
    lorries: Bools | None = None


@dataclass(frozen=True)
class Rounding:
    """How far the quickest routes in steps are from their true times.

    Attributes
    ----------
    origins : int
        Places people leave from, with a way to a shelter.
    worst : float
        Largest |steps - true| / true over all origins.
    worst_steps : float
        Largest |steps - true| over all origins, in steps.
    worst_far : float
        Largest |steps - true| / true over the origins at least ``FAR_STEPS`` true steps away; NaN if there are none.
    within : float
        Share of the people who want to leave whose origin is within 5 % or half a step of its true time.
    """

    origins: int
    worst: float
    worst_steps: float
    worst_far: float
    within: float


@dataclass(frozen=True)
class Timed:
    """The network in steps, for one group: the arrays that the engine takes, and what they stand for.

    All groups of one scenario share node and arc numbers (only transit, capacity and supply
    differ), so the capacity left by one group is the next one's.

    Attributes
    ----------
    tail, head, transit, capacity, supply, shelter, zone : arrays
        As ``letup.flow.TimedNetwork`` takes them. Capacity counts people.
    wait, night : int64[n]
        People on the way who may wait at each node from a step to the next by day, and from a day to the next.
        `ANYBODY` where people are at home until they set out.
    nights : int64[k]
        Last step of each local day but the last.
    nights_at_most : int
        Most nights that anybody may spend on the way.
    shared : bool[m]
        Arcs whose capacity all modes share (checkpoints); the others belong to one mode each.
    node : int32[n]
        Node of the RoadNetwork each timed node stands at.
    origin : tuple of str, [n]
        For a node with people: the zone id they are in, else "".
    place : tuple of str, [n]
        For a node that is a shelter or the inside of a checkpoint: the place's id, else "".
    kind : tuple of str, [m]
        For each timed arc "road"; "leaving home", entered once people are ready; "to the road",
        from home to the network; "checkpoint"; or "into place", where several shelters share a node.
    pieces : tuple of int32 arrays, [m]
        The arcs of the RoadNetwork each timed arc runs along, in order; empty unless kind is "road".
    true_minutes : float64[m]
        Time each arc takes without rounding, minutes.
    rounding_worst : float
        Over all origins, the largest |steps - true| / true of the quickest route to a shelter,
        from the moment people are ready.
    rounding : Rounding or None
        The same in more detail.
    """

    tail: Ints
    head: Ints
    transit: Ints
    capacity: Ints
    supply: Longs
    shelter: Longs
    wait: Longs
    night: Longs
    nights: Longs
    nights_at_most: int
    zone: Ints
    shared: Bools
    node: Ints
    origin: tuple[str, ...]
    place: tuple[str, ...]
    kind: tuple[str, ...]
    pieces: tuple[Ints, ...]
    true_minutes: Floats
    rounding_worst: float
    rounding: Rounding | None = None

    def waiting_room(self, kept: Longs) -> Longs:
        """The most people on the way who may wait at each node from each of some steps to the next of them.

        Parameters
        ----------
        kept : int64[k]
            Steps, ascending; between two of them nobody moves.

        Returns
        -------
        int64[n] or int64[n, k]
            The latter where the nights make a difference.
        """
        if (self.night >= self.wait).all():
            return self.wait
        room = np.repeat(self.wait[:, None], len(kept), axis=1)
        before = np.searchsorted(kept, self.nights, "right") - 1
        inside = before[(before >= 0) & (self.nights <= kept[-1])] if len(kept) else before
        room[:, inside] = np.minimum(self.wait, self.night)[:, None]
        return room

    @cached_property
    def peak(self) -> Longs:
        """Largest capacity each arc ever has, people per step: int64[m]."""
        capacity = self.capacity
        return np.asarray(capacity.max(axis=1, initial=0) if capacity.ndim == 2 else capacity, np.int64)

    @cached_property
    def leaving(self) -> Bools:
        """Arcs that are entered from home once people are ready: bool[m]."""
        return np.array([kind == "leaving home" for kind in self.kind], np.bool_)
