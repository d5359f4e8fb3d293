"""Pickup and delivery with time windows: which vehicle carries what in which order, chosen by PyVRP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.routing.legs import Legs, Visit

_FORBIDDEN_MINUTES = 1_000_000
_FORBIDDEN_COST = 1_000_000_000

_STAY_COST = 240
"""What it weighs, in minutes, that a vehicle comes back on a later day."""

_PATIENCE = 1_500
_PATIENCE_PER_TASK = 25
"""The search ends after so many iterations without improvement, and so many more for each task."""


@dataclass(frozen=True)
class Task:
    """Something, or somebody, to be taken from one place to another.

    Attributes
    ----------
    pickup, delivery : Visit
        Where and when it is taken up and put down, with time windows.
    load : tuple of int
        What it takes up of each kind of capacity.
    prize : int
        What leaving it behind weighs, minutes.
    required : bool
        Whether it has to be done; no trips are found if it is not.
    """

    pickup: Visit
    delivery: Visit
    load: tuple[int, ...]
    prize: int
    required: bool = False


@dataclass(frozen=True)
class Fleet:
    """Vehicles of one kind at one place.

    Attributes
    ----------
    place : str
        Where they are, and come back to.
    count : int
        How many.
    capacity : tuple of int
        What each holds, by kind.
    earliest, latest : int
        Minutes between which they may be out.
    weight : int
        How many vehicles each of them stands for, in what it costs.
    """

    place: str
    count: int
    capacity: tuple[int, ...]
    earliest: int
    latest: int
    weight: int = 1


@dataclass(frozen=True)
class Trip:
    """What one vehicle does on one day.

    Attributes
    ----------
    fleet : int
        Number of its fleet.
    stops : tuple of (task, bool)
        Tasks by number, in order; True where it is delivered, False where it is picked up.
    """

    fleet: int
    stops: tuple[tuple[int, bool], ...]


def route(
    tasks: Sequence[Task],
    fleets: Sequence[Fleet],
    legs: Legs,
    *,
    seconds: float,
    seed: int = 0,
    fixed: int = 60,
    direct: bool = False,
) -> list[Trip]:
    """Choose trips: as much as possible of what weighs most, then as few vehicles and minutes as possible.

    Only visits between which `Legs.may_follow` holds can follow each other, so that no trip can be found whose
    vehicle is on a road that is not quiet. A vehicle that ends its day where it may stay (``Legs.returns_later``)
    goes back on a later day; that weighs as much as four hours on the way.

    Parameters
    ----------
    tasks, fleets : sequences of Task and Fleet
        What is to be done, and by whom. ``load`` and ``capacity`` have the same number of kinds.
    legs : Legs
        Paths between all places.
    seconds : float
        Longest time to search.
    seed : int
        Seed of the search; runs that are not cut short by ``seconds`` repeat.
    fixed : int
        What each vehicle that is sent out weighs, minutes.
    direct : bool
        Whether what is taken up is taken to where it goes before any other place is visited (patients).

    Returns
    -------
    list of Trip
        Tasks that stand in none are left.
    """
    from pyvrp import Depot, Location, ProblemData, Shipment, VehicleType, solve
    from pyvrp.stop import MaxRuntime, MultipleCriteria, NoImprovement

    usable = [number for number, fleet in enumerate(fleets) if fleet.count > 0]
    if not tasks or not usable:
        return []
    homes = [Visit(fleets[number].place, fleets[number].earliest, fleets[number].latest, 0) for number in usable]
    visits = [*homes, *(task.pickup for task in tasks), *(task.delivery for task in tasks)]
    minutes, allowed = _matrices(visits, legs)
    base, count = len(homes), len(tasks)
    if direct:
        allowed &= _direct(visits, base, count)
    stays = np.zeros_like(allowed)
    stays[:, :base] = [[(visit, home.place) in legs.returns_later for home in homes] for visit in visits]
    stays &= ~allowed
    duration = np.where(stays, 0, np.where(allowed, minutes, _FORBIDDEN_MINUTES))
    cost = np.where(stays, _STAY_COST, np.where(allowed, 0, _FORBIDDEN_COST))
    np.fill_diagonal(duration, 0)
    np.fill_diagonal(cost, 0)
    data = ProblemData(
        locations=[Location(0, 0) for _ in visits],
        clients=[],
        depots=[Depot(i, home.earliest, home.latest) for i, home in enumerate(homes)],
        vehicle_types=[
            VehicleType(
                num_available=min(fleets[number].count, count),
                capacity=list(fleets[number].capacity),
                start_depot=i,
                end_depot=i,
                fixed_cost=fixed * fleets[number].weight,
                tw_early=fleets[number].earliest,
                tw_late=fleets[number].latest,
                unit_distance_cost=1,
                unit_duration_cost=fleets[number].weight,
            )
            for i, number in enumerate(usable)
        ],
        distance_matrices=[cost],  # type: ignore[list-item]
        duration_matrices=[duration],  # type: ignore[list-item]
        shipments=[
            Shipment(
                base + i,
                base + count + i,
                task.pickup.earliest,
                task.pickup.latest,
                task.pickup.service,
                task.delivery.earliest,
                task.delivery.latest,
                task.delivery.service,
                list(task.load),
                prize=0 if task.required else task.prize,
                required=task.required,
            )
            for i, task in enumerate(tasks)
        ],
    )
    stop = MultipleCriteria([MaxRuntime(seconds), NoImprovement(_PATIENCE + _PATIENCE_PER_TASK * count)])
    best = solve(data, stop, seed=seed, collect_stats=False, display=False).best
    if not best.is_feasible():
        return []
    return [
        Trip(
            usable[vehicle.vehicle_type()],
            tuple((stop.idx, stop.is_delivery()) for stop in vehicle.schedule() if stop.is_shipment()),
        )
        for vehicle in best.routes()
    ]


def _matrices(visits: Sequence[Visit], legs: Legs) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Minutes between visits, and which may follow which; equal visits are looked at once."""
    distinct = list(dict.fromkeys(visits))
    number = {visit: i for i, visit in enumerate(distinct)}
    minutes = np.zeros((len(distinct), len(distinct)), np.int64)
    allowed = np.zeros((len(distinct), len(distinct)), bool)
    for i, visit in enumerate(distinct):
        for j, then in enumerate(distinct):
            path = legs.path(visit.place, then.place)
            if path is not None:
                minutes[i, j] = path.minutes
                allowed[i, j] = legs.may_follow(visit, then)
    at = np.array([number[visit] for visit in visits])
    return minutes[np.ix_(at, at)], allowed[np.ix_(at, at)]


def _direct(visits: Sequence[Visit], base: int, count: int) -> NDArray[np.bool_]:
    """Which visit may follow which where nobody is taken round by another place."""
    allowed = np.ones((len(visits), len(visits)), bool)
    place = np.array([visit.place for visit in visits], object)
    pickups, deliveries = slice(base, base + count), slice(base + count, base + 2 * count)
    for part in (pickups, deliveries):
        allowed[part, part] = place[part][:, None] == place[part][None, :]
    return allowed
