"""What a plan of the bundled scenario asks of the engine, in the pauses of one plan."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.flow_problems import Instance
from letup import roads, scenario
from letup.flow import TimedNetwork
from letup.pauses import Window
from letup.pauses.limits import margin_steps, moving_array, quiet_array
from letup.plan.planner import groups
from letup.plan.search_network import search_network
from letup.scenario.model import Scenario

PAUSES = Path(__file__).with_name("gaza_2023_pauses.csv")
"""The pauses that `make demo` chose when this was measured first; later ones may choose others."""


def group_instances() -> list[Instance]:
    """The network of each group, with what the earlier ones leave of it, as a plan hands it to the engine."""
    world = scenario.load("gaza-2023")
    network = roads.build(world)
    timed = [roads.timed(network, world, group.name) for group in world.groups]
    quiet = moving_array(world, _pauses(world))
    instances: list[Instance] = []
    lay_out = groups.network_within

    def note(timed: Any, horizon: groups.Horizon, *rest: Any) -> TimedNetwork:
        net = lay_out(timed, horizon, *rest)
        instances.append(Instance(_arrays(net), len(horizon.steps), quiet[: net.zones, horizon.steps]))
        return net

    with patch.object(groups, "network_within", note):
        groups.move_groups(world.groups, timed, quiet)
    if not instances:
        raise AssertionError("a plan no longer lays out its groups by network_within")
    return instances


@dataclass(frozen=True)
class PauseMoves:
    """The network that pauses of the scenario are searched on, and pauses with one window moved.

    Attributes
    ----------
    net, steps : TimedNetwork, int
        The network.
    windows : list of Window
        The pauses.
    margin : int
        Steps before the end of a window in which nobody is on a road.
    """

    net: TimedNetwork
    steps: int
    windows: list[Window]
    margin: int

    def quiet(self, windows: list[Window]) -> NDArray[np.bool_]:
        """When people may be on the roads: bool[zones, T]."""
        return quiet_array(windows, self.net.zones, self.steps, self.margin)

    def moved(self, draw: np.random.Generator) -> NDArray[np.bool_]:
        """The same with a random window up to an hour sooner or later."""
        number = int(draw.integers(len(self.windows)))
        by = int(draw.choice([-12, -9, -6, -3, -1, 1, 3, 6, 9, 12]))
        window = self.windows[number]
        by = max(-window.first, min(by, self.steps - 1 - window.last))
        moved = replace(window, first=window.first + by, last=window.last + by)
        return self.quiet([*self.windows[:number], moved, *self.windows[number + 1 :]])


def pause_moves() -> PauseMoves:
    """The moves of the bundled scenario."""
    world = scenario.load("gaza-2023")
    network = roads.build(world)
    timed = [roads.timed(network, world, group.name) for group in world.groups]
    return PauseMoves(search_network(world, timed).net, world.steps, _pauses(world), margin_steps(world))


def _pauses(world: Scenario) -> list[Window]:
    zones = list(world.zone_ids)
    with PAUSES.open(newline="") as file:
        return [Window(zones.index(r["zone"]), int(r["first_step"]), int(r["last_step"])) for r in csv.DictReader(file)]


def _arrays(net: TimedNetwork) -> dict[str, Any]:
    names = ("tail", "head", "transit", "capacity", "supply", "shelter", "wait", "zone")
    return {name: getattr(net, name) for name in names}
