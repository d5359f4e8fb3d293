"""The instances on which pauses are chosen: a network, its steps, and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.peers.road_instances import road_network, strip
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, quiet_array


@dataclass(frozen=True)
class Problem:
    """What every solver is given.

    Attributes
    ----------
    net : TimedNetwork
        The network.
    steps, step_minutes : int
        Number of steps, and their length.
    start_hour : float
        Local hour at the start of step 0.
    limits : Limits
        What the parties insist on.
    """

    net: TimedNetwork
    steps: int
    step_minutes: int
    start_hour: float
    limits: Limits
    weight: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        # The value of one arrival, which choose_pauses uses if none is given.
        object.__setattr__(self, "weight", 1 - 0.3 * np.arange(self.steps) / self.steps)

    @property
    def clock(self) -> dict[str, Any]:
        """What the steps mean, as the functions of ``letup.pauses`` take it."""
        return {"steps": self.steps, "step_minutes": self.step_minutes, "start_hour": self.start_hour}

    def value(self, windows: list[Window]) -> float:
        """What windows are worth: the only figure by which solvers are compared."""
        quiet = quiet_array(windows, self.net.zones, self.steps)
        return float(self.weight @ earliest_arrival(self.net, self.steps, quiet).arrivals)

    def broken(self, windows: list[Window]) -> list[str]:
        """Ways in which windows break the limits."""
        return broken(windows, self.limits, zones=self.net.zones, **self.clock)


def _net(arrays: dict[str, Any]) -> TimedNetwork:
    return TimedNetwork(**{name: array for name, array in arrays.items() if name != "xy"})


def _strip(nodes: int, rows: int, steps: int, zone_hours: float) -> Problem:
    limits = Limits(hours=(6, 18), shortest=3.0, windows_per_day=1, zone_hours=zone_hours)
    return Problem(_net(strip(nodes, rows)), steps, 30, 0.0, limits)


def _road(nodes: int, steps: int, zone_hours: float) -> Problem:
    limits = Limits(shortest=1.0, windows_per_day=1, zone_hours=zone_hours)
    return Problem(_net(road_network(nodes)), steps, 5, 0.0, limits)


def _gaza() -> Problem:
    """The bundled scenario, on the network that a plan for it searches on, with its own limits."""
    from letup import roads, scenario
    from letup.plan.discretise import limits_of
    from letup.plan.search_network import search_network

    world = scenario.load("gaza-2023")
    network = roads.build(world)
    timed = [roads.timed(network, world, group.name) for group in world.groups]
    clock = world.clock
    return Problem(
        search_network(world, timed).net, clock.steps, clock.step_minutes, clock.start_hour, limits_of(world)
    )


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "strip-150-40h": lambda: _strip(150, 10, 96, 40.0),
    "strip-150-20h": lambda: _strip(150, 10, 96, 20.0),
    "strip-600": lambda: _strip(600, 20, 144, 80.0),
    "gaza-2023": _gaza,
    "road-20000": lambda: _road(20_000, 288, 100.0),
    # small ones, to see that it runs
    "strip-40": lambda: _strip(40, 4, 48, 10.0),
    "road-100": lambda: _road(100, 48, 20.0),
}

TITLES = {
    "strip-150-40h": "strip(150), 96 steps of 30 min, 40 zone-hours",
    "strip-150-20h": "strip(150), 96 steps of 30 min, 20 zone-hours",
    "strip-600": "strip(600, rows=20), 144 steps of 30 min, 80 zone-hours",
    "gaza-2023": "gaza-2023, 7 days of 5-minute steps, its own limits",
    "road-20000": "road_network(20000), 288 steps of 5 min, 16 zones, 100 zone-hours, any hours, shortest 1 h",
    "strip-40": "strip(40, rows=4), 48 steps of 30 min, 10 zone-hours",
    "road-100": "road_network(100), 48 steps of 5 min, 20 zone-hours",
}
