"""From the engine's routes to the rows of the plan's table of movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.pauses.limits import Window, moving_array
from letup.plan.files.document import MOVEMENTS
from letup.plan.movement_paths import RoadsOf, Wait, nights_of, passing, waits_of
from letup.plan.planner.groups import GroupFlow, move_groups
from letup.plan.planner.instance import Instance
from letup.plan.planner.weighed_objective import WeighedObjective
from letup.roads.network import RoadNetwork, Timed
from letup.roads.places import night_places
from letup.scenario.model import Scenario
from letup.tables import format_path

# origin node and shelter node of the Timed, arcs of the Timed, steps from departure until each is entered
_Way = tuple[int, int, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Outcome:
    """What pauses come to when the groups move one after the other.

    Attributes
    ----------
    windows : tuple of Window
        The pauses.
    flows : tuple of GroupFlow
        In planning order, with routes and cuts.
    movements : DataFrame
        As `letup.plan.model.Plan.movements`.
    passing, last_use : tuple of int
        For each pause, the people on roads of its zone during it, and the last step at which anybody is on one; -1 if
        nobody is.
    """

    windows: tuple[Window, ...]
    flows: tuple[GroupFlow, ...]
    movements: pd.DataFrame
    passing: tuple[int, ...]
    last_use: tuple[int, ...]

    @property
    def people(self) -> int:
        """Who reach a shelter."""
        return sum(flow.total for flow in self.flows)

    def without_idle_pauses(self, objective: WeighedObjective | None) -> Outcome:
        """The same without pauses that nobody passes in the end, and no truck needs: they are not asked for."""
        kept = [i for i, people in enumerate(self.passing) if people]
        if objective is not None:
            kept = objective.useful(list(self.windows), self.passing)
        return replace(
            self,
            windows=tuple(self.windows[i] for i in kept),
            passing=tuple(self.passing[i] for i in kept),
            last_use=tuple(self.last_use[i] for i in kept),
        )


def outcome(instance: Instance, windows: Sequence[Window]) -> Outcome:
    """Move everybody under pauses."""
    scenario = instance.scenario
    moving = moving_array(scenario, list(windows))
    flows = move_groups(scenario.groups, list(instance.timed), moving, details=True)
    table = movements(scenario, instance.network, flows)
    passing_people, last_use = passing(list(windows), {flow.group.name: flow.timed for flow in flows}, table)
    return Outcome(tuple(windows), tuple(flows), table, tuple(passing_people), tuple(last_use))


def movements(scenario: Scenario, network: RoadNetwork, flows: list[GroupFlow]) -> pd.DataFrame:
    """One row per group, way and spell of constant rate; see `letup.plan.model.Plan.movements`.

    Departure is when people leave home: those who are ready wait there until they can go.
    """
    rows: list[dict[str, object]] = []
    beds = night_places(network, scenario)
    for flow in flows:
        roads = RoadsOf(network, flow.timed)
        for way, spells in sorted(_ways(flow).items()):
            rows += _rows(roads, flow.group.name, way, spells, scenario.step_minutes, beds)
    width = max(5, len(str(len(rows))))
    for i, row in enumerate(rows):
        row["id"] = f"m{i + 1:0{width}d}"
    table = pd.DataFrame(rows, columns=MOVEMENTS.names)
    for name in ("depart_first", "depart_last", "arrive_first", "arrive_last"):
        table[name] = scenario.clock.isos(table[f"{name}_step"].to_numpy()) if rows else table[name].astype(str)
    return table


def _ways(flow: GroupFlow) -> dict[_Way, list[tuple[int, int, int]]]:
    """Spells of constant rate (first step, last step, people per step) for each way."""
    timed, horizon = flow.timed, flow.horizon
    steps = horizon.steps
    at_home = np.array([kind == "leaving home" for kind in timed.kind], bool)
    departures: dict[_Way, list[tuple[NDArray[np.int64], int]]] = defaultdict(list)
    for route in flow.routes:
        leaving = np.arange(route.depart_first, route.depart_last + 1)
        arcs = horizon.arcs[list(route.arcs)] if route.arcs else np.zeros(0, np.int64)
        offsets = np.array(route.offsets, np.int64)
        if len(offsets) != len(arcs):
            transit = timed.transit[arcs].astype(np.int64)
            offsets = np.concatenate([[0], np.cumsum(transit)[:-1]]) if len(arcs) else offsets
        origin = int(horizon.nodes[route.origin])
        shelter = int(horizon.nodes[route.shelter])
        home = int(at_home[arcs].sum())
        if home == len(arcs):
            departures[(origin, shelter, (), ())].append((steps[leaving], route.rate))
            continue
        entered = steps[leaving[:, None] + offsets[None, home:]]
        since = entered - entered[:, :1]
        road = tuple(arcs[home:].tolist())
        patterns = since[:1] if (since == since[0]).all() else np.unique(since, axis=0)
        for pattern in patterns:
            same = (since == pattern).all(axis=1)
            way = (origin, shelter, road, tuple(pattern.tolist()))
            departures[way].append((entered[same, 0], route.rate))
    return {way: _spells(parts) for way, parts in departures.items()}


def _spells(parts: list[tuple[NDArray[np.int64], int]]) -> list[tuple[int, int, int]]:
    """Add departures up by step and split them where the rate changes."""
    lowest = min(int(steps.min()) for steps, _ in parts)
    highest = max(int(steps.max()) for steps, _ in parts)
    rate = np.zeros(highest - lowest + 3, np.int64)
    for steps, people in parts:
        np.add.at(rate, steps - lowest + 1, people)
    edges = np.flatnonzero(np.diff(rate)) + 1
    spells = []
    for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if rate[a]:
            spells.append((a - 1 + lowest, b - 2 + lowest, int(rate[a])))
    return spells


def _rows(
    roads: RoadsOf,
    group: str,
    way: _Way,
    spells: list[tuple[int, int, int]],
    step_minutes: int,
    beds: Mapping[int, str],
) -> list[dict[str, object]]:
    """Movements of a group along one way, one for each spell of constant rate with the same nights on the way."""
    timed = roads.timed
    origin, shelter, arcs, offsets = way
    lasts = offsets[-1] + int(timed.transit[arcs[-1]]) if arcs else 0
    along, length = roads.along(arcs, offsets)
    always = {
        "group": group,
        "origin": timed.origin[origin],
        "origin_node": int(timed.node[origin]),
        "shelter": timed.place[shelter],
        "minutes": lasts * step_minutes,
        "length_m": round(length, 1),
        "arcs": format_path(along),
        "legs": format_path(zip(arcs, offsets, strict=True)),
    }
    waits = waits_of(timed, arcs, offsets)
    return [
        {
            **always,
            "nights": ";".join(beds[int(timed.node[node])] for node in nights_of(timed, waits, first)),
            "people": rate * (last - first + 1),
            "people_per_step": rate,
            "depart_first_step": first,
            "depart_last_step": last,
            "arrive_first_step": first + lasts,
            "arrive_last_step": last + lasts,
        }
        for start, end, rate in spells
        for first, last in _same_nights(timed, waits, start, end)
    ]


def _same_nights(timed: Timed, waits: Sequence[Wait], first: int, last: int) -> list[tuple[int, int]]:
    """Departures from a step to another in parts that leave on the same day and spend the same nights on the way."""

    def nights(step: int) -> tuple[int, tuple[int, ...]]:
        return int(np.searchsorted(timed.nights, step)), nights_of(timed, waits, step)

    if nights(first) == nights(last):  # each night is once over for good, and once begins to count: so all between
        return [(first, last)]
    steps = range(first, last + 1)
    parts = [list(part) for _, part in groupby(steps, nights)]
    return [(part[0], part[-1]) for part in parts]
