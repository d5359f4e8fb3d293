"""Instances of the vehicle-routing problem with time windows: a hundred stops in a square, in three classes.

The classes are those of Solomon, "Algorithms for the vehicle routing and scheduling problems with time window
constraints", Operations Research 35(2), 1987, 254-265: stops at random (R), in clusters (C), and half of each (RC),
with short days, so that a vehicle has few stops. The stops here are our own, drawn from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TENTHS = 10
"""Distances are counted in tenths and cut off, so that costs are whole."""


@dataclass(frozen=True)
class Instance:
    """Stop 0 is the depot.

    Attributes
    ----------
    name : str
        Class and seed.
    cost : int64[n + 1, n + 1]
        Distance between stops, which is also the time it takes, in tenths.
    demand : int64[n + 1]
        Room that each stop takes.
    early, late : int64[n + 1]
        When work may begin.
    service : int64[n + 1]
        How long it takes.
    capacity : int
        Room of a vehicle.
    """

    name: str
    cost: NDArray[np.int64]
    demand: NDArray[np.int64]
    early: NDArray[np.int64]
    late: NDArray[np.int64]
    service: NDArray[np.int64]
    capacity: int


def instance(kind: str, seed: int, stops: int = 100, width: int = 40) -> Instance:
    """One instance of a class: ``kind`` is "R", "C" or "RC", ``width`` the mean length of a time window."""
    rng = np.random.default_rng([seed, ["R", "C", "RC"].index(kind)])
    clustered = {"R": 0, "C": stops, "RC": stops // 2}[kind]
    middle = rng.uniform(10, 90, (max(1, stops // 10), 2))
    close = middle[rng.integers(0, len(middle), clustered)] + rng.normal(0, 4, (clustered, 2))
    point = np.vstack([[50.0, 50.0], close, rng.uniform(0, 100, (stops - clustered, 2))]).clip(0, 100)
    between = np.hypot(*(point[:, None] - point[None]).transpose(2, 0, 1))
    # cut off, then made to keep the triangle inequality, which cutting off may break by a tenth
    cost = np.floor(between * TENTHS).astype(np.int64)
    for via in range(stops + 1):
        cost = np.minimum(cost, cost[:, [via]] + cost[[via]])
    horizon, service = 300 * TENTHS, 10 * TENTHS
    centre = rng.uniform(cost[0], horizon - cost[0] - service)
    half = np.abs(rng.normal(width / 2, width / 8, stops + 1)) * TENTHS
    early = np.maximum(cost[0], centre - half).astype(np.int64)
    late = np.minimum(horizon - cost[0] - service, centre + half).astype(np.int64)
    early[0], late[0] = 0, horizon
    served = np.full(stops + 1, service)
    served[0] = 0
    demand = rng.integers(5, 35, stops + 1)
    demand[0] = 0
    return Instance(f"{kind}{stops}-{seed}", cost, demand, np.minimum(early, late), late, served, 200)


def solve(problem: Instance, seconds: float, seed: int = 0) -> tuple[int, list[list[int]]]:
    """Cost and routes that PyVRP finds."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType
    from pyvrp import solve as search
    from pyvrp.stop import MaxRuntime

    stops = len(problem.demand) - 1
    data = ProblemData(
        locations=[Location(0, 0) for _ in range(stops + 1)],
        clients=[
            Client(
                i, [int(problem.demand[i])], [0], int(problem.service[i]), int(problem.early[i]), int(problem.late[i])
            )
            for i in range(1, stops + 1)
        ],
        depots=[Depot(0)],
        vehicle_types=[VehicleType(stops, [problem.capacity], tw_late=int(problem.late[0]))],
        distance_matrices=[problem.cost],
        duration_matrices=[problem.cost],
    )
    best = search(data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False).best
    assert best.is_feasible()
    routes = [[act.idx + 1 for act in route.schedule() if act.is_client()] for route in best.routes()]
    return checked(problem, routes), routes


def checked(problem: Instance, routes: list[list[int]]) -> int:
    """Cost of routes, followed stop by stop; an assertion fails if they do not keep to windows, room and stops."""
    assert sorted(stop for route in routes for stop in route) == list(range(1, len(problem.demand)))
    total = 0
    for route in routes:
        at, here = 0, 0
        for stop in [*route, 0]:
            at = max(at + int(problem.service[here] + problem.cost[here, stop]), int(problem.early[stop]))
            assert at <= problem.late[stop]
            total, here = total + int(problem.cost[here, stop]), stop
        assert problem.demand[route].sum() <= problem.capacity
    return total
