"""What a plan of the bundled scenario asks of the engine, in the pauses of one plan."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.peers.flow_problems import Instance
from letup import roads, scenario
from letup.flow import TimedNetwork
from letup.pauses import Window
from letup.pauses.limits import moving_array
from letup.plan.planner import groups
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


def _pauses(world: Scenario) -> list[Window]:
    zones = list(world.zone_ids)
    with PAUSES.open(newline="") as file:
        return [Window(zones.index(r["zone"]), int(r["first_step"]), int(r["last_step"])) for r in csv.DictReader(file)]


def _arrays(net: TimedNetwork) -> dict[str, Any]:
    names = ("tail", "head", "transit", "capacity", "supply", "shelter", "wait", "zone")
    return {name: getattr(net, name) for name in names}
