"""Residual capacity of roads and checkpoints: people come first, trucks take what they leave."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from letup.aid.deliveries.logistics import slot_steps
from letup.aid.deliveries.truck_paths import checkpoints_at
from letup.roads.departures import open_steps
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.tables import parse_path

_EXACT = 1e-6

CapacityKey = tuple[str, int, int]
"""Kind ("arc" or "checkpoint"), number of the arc or node, and slot."""


@dataclass(frozen=True)
class ResidualCapacity:
    """What people leave of roads and checkpoints, by slot.

    Attributes
    ----------
    taken : dict of CapacityKey to float
        What people take: vehicles on arcs, people at checkpoints.
    """

    scenario: Scenario
    network: RoadNetwork
    taken: dict[CapacityKey, float]

    def trucks(self, key: CapacityKey) -> float:
        """Trucks that still fit in a slot; inf where there is no limit."""
        scenario, width = self.scenario, slot_steps(self.scenario)
        kind, number, slot = key
        steps = range(slot * width, min((slot + 1) * width, scenario.steps))
        hours = scenario.clock.hours(len(steps))
        settings = scenario.deliveries
        if kind == "arc":
            capacity, each = float(self.network.vehicles_per_hour[number]) * hours, settings.vehicles_per_truck
        else:
            place = checkpoints_at(self.network, scenario)[number]
            rate = scenario.places["throughput_per_hour"].get(place, np.nan)
            each = settings.people_per_truck
            if not np.isfinite(rate) or each <= 0:
                return np.inf
            opening = scenario.places["hours"].get(place)
            is_open = open_steps(opening, scenario, scenario.steps, scenario.step_minutes)
            capacity = float(rate) * is_open[list(steps)].sum() * scenario.step_minutes / 60
        return max(capacity - self.taken.get(key, 0.0), 0.0) / each


def residual_capacity(scenario: Scenario, network: RoadNetwork, movements: pd.DataFrame | None) -> ResidualCapacity:
    """What the movement of people leaves to trucks.

    Parameters
    ----------
    movements : DataFrame or None
        Movements of a plan, with the columns of `letup.plan`; None if nobody moves.
    """
    taken: dict[CapacityKey, float] = defaultdict(float)
    groups = {group.name: group for group in scenario.groups}
    control, width, tail = checkpoints_at(network, scenario), slot_steps(scenario), network.tail.tolist()
    columns = ("group", "people_per_step", "depart_first_step", "depart_last_step", "arcs")
    rows = movements[list(columns)].itertuples(index=False) if movements is not None else ()
    for name, rate, first, last, arcs in rows:
        group = groups[str(name)]
        vehicles = float(rate) / group.people_per_vehicle if group.mode == "vehicle" else 0.0
        for k, (arc, offset) in enumerate(parse_path(str(arcs))):
            node = tail[arc]
            passes = k > 0 and node in control
            if not vehicles and not passes:
                continue
            begin, end = int(first) + offset, int(last) + offset + 1
            for slot in range(begin // width, (end - 1) // width + 1):
                count = min(end, (slot + 1) * width) - max(begin, slot * width)
                if vehicles:
                    taken["arc", arc, slot] += vehicles * count
                if passes:
                    taken["checkpoint", node, slot] += float(rate) * count
    return ResidualCapacity(scenario, network, dict(taken))


def keys_of_arcs(
    arcs: list[tuple[int, int]], depart: int, network: RoadNetwork, control: dict[int, str], width: int
) -> set[CapacityKey]:
    """Roads and checkpoints of arcs entered at steps after a departure, by slot."""
    keys: set[CapacityKey] = set()
    for k, (arc, offset) in enumerate(arcs):
        slot, node = (depart + offset) // width, int(network.tail[arc])
        keys.add(("arc", arc, slot))
        if k and node in control:
            keys.add(("checkpoint", node, slot))
    return keys
