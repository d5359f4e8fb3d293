"""Where the people who want to leave start from, and how fast they can be ready to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from letup.core.arrays import Bools, Floats, Ints, Longs
from letup.core.clock import DAY_MINUTES
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.tables import parse_hours

READY_END = 0.999
"""The curve of readiness is taken as complete at this share."""

READY_COUNTS = 24
"""How often in a half time those who have become ready are counted."""


@dataclass(frozen=True)
class Homes:
    """Nodes of the RoadNetwork at which people of one group are.

    Attributes
    ----------
    node : int32[h]
        The node; -1 where their zone or place has none.
    people : int64[h]
        Who want to leave.
    zone : int32[h]
        Number of the zone they are in; -1 if none.
    """

    node: Ints
    people: Longs
    zone: Ints


def homes(network: RoadNetwork, scenario: Scenario, group: str) -> Homes:
    """Spread the people of a group who want to leave over the nodes they leave from.

    People of a place leave from its node. People of a zone leave in equal parts from the ends of
    the modelled access roads inside the zone, which stand for cells where people live; without
    such, from all ends and junctions of roads in the zone. Rounding keeps totals: each row of people.csv contributes
    ``round(count * share_leaving)``.
    """
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    at: dict[tuple[int, int], int] = {}
    dwellings = _dwellings(network)
    rows = scenario.people[scenario.people["group"].astype(str) == group]
    for row in rows.itertuples(index=False):
        count, share = float(row.count), float(row.share_leaving)  # type: ignore[arg-type]
        people = round(count * share) if np.isfinite(count * share) else 0
        if people <= 0:
            continue
        if _text(getattr(row, "place", None)):
            node = network.place_node.get(str(row.place), -1)
            key = (node, int(network.node_zone[node]) if node >= 0 else -1)
            at[key] = at.get(key, 0) + people
            continue
        zone = number.get(_text(getattr(row, "zone", None)), -1)
        nodes = np.flatnonzero((network.node_zone == zone) & dwellings) if zone >= 0 else np.zeros(0, np.int64)
        if not len(nodes) and zone >= 0:
            nodes = np.flatnonzero((network.node_zone == zone) & _ends(network))
        if not len(nodes) and zone >= 0:
            nodes = np.flatnonzero(network.node_zone == zone)
        if not len(nodes):
            at[(-1, zone)] = at.get((-1, zone), 0) + people
            continue
        # Whole people that add up: what has been given out up to each node is rounded, not each share.
        shared_out = np.arange(len(nodes) + 1, dtype=np.int64) * people // len(nodes)
        for node, part in zip(nodes.tolist(), np.diff(shared_out).tolist(), strict=True):
            if part:
                at[(node, zone)] = at.get((node, zone), 0) + part
    keys = sorted(at)
    return Homes(
        np.array([node for node, _ in keys], np.int32),
        np.array([at[key] for key in keys], np.int64),
        np.array([zone for _, zone in keys], np.int32),
    )


def ready_share(hours: Floats, half_time_hours: float) -> Floats:
    """Share of those who want to leave who are ready to after some hours.

    ``1 - 2 ** -(t / half) ** 2``, a Rayleigh distribution: the shape used for mobilisation time
    curves since Tweedie, Rowland, Walsh, Rhoten and Hagle, "A methodology for estimating
    emergency evacuation times", Social Science Journal 23(2), 1986, 189-204. The curve is cut off
    where ``READY_END`` are ready (3.2 half times) and scaled to end at 1.
    """
    if half_time_hours <= 0:
        return np.ones_like(hours)
    share = 1.0 - np.exp2(-((hours / half_time_hours) ** 2))
    return np.minimum(share / READY_END, 1.0)


def newly_ready(people: Longs, steps: int, step_minutes: float, half_time_hours: float) -> Ints:
    """Count who becomes ready in each step: int32[h, steps], cumulatively rounded.

    They are counted ``READY_COUNTS`` times in each half time, at the end of the time between, so that nobody
    is counted early; a curve in steps far finer than it is known would cost much and tell nothing.
    """
    every = max(1, int(half_time_hours * 60.0 / READY_COUNTS / step_minutes))
    counted = (np.arange(1, steps + 1) // every * every).astype(np.float64)
    at_end = ready_share(counted * (step_minutes / 60.0), half_time_hours)
    ready = np.floor(people[:, None] * at_end[None, :] + 0.5).astype(np.int64)
    return np.diff(ready, axis=1, prepend=0).astype(np.int32)


def per_step(per_hour: float, steps: int, step_minutes: float, is_open: Bools | None = None) -> Ints:
    """Spread an hourly rate over steps in whole people, so that open hours carry exactly the rate.

    10,000 per hour in steps of 5 minutes is 833, 834, 833, ... and 10,000 after twelve open steps.
    """
    passing = np.ones(steps, bool) if is_open is None else is_open
    total = np.floor(np.cumsum(passing) * (per_hour * step_minutes / 60.0) + 1e-9).astype(np.int64)
    return np.diff(total, prepend=0).astype(np.int32)


def open_steps(hours: object, scenario: Scenario, steps: int, step_minutes: float) -> Bools:
    """Tell at which steps a place is open throughout, by its local hours such as ``10:00-14:00``.

    Several spans are given with semicolons between them, as `letup.tables.parse_hours` reads them; what is open until
    midnight and from midnight on is open throughout, and so is what closes when it opens again.

    Raises
    ------
    ValueError
        If the hours are written in another form.
    """
    text = _text(hours)
    if not text:
        return np.ones(steps, bool)
    spans = [(opens * 60, closes * 60) for opens, closes in parse_hours(text)]
    joined = [spans[0]]
    for opens, closes in spans[1:]:
        if opens == joined[-1][1]:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    if joined == [(0, DAY_MINUTES)]:
        return np.ones(steps, bool)
    if joined[0][0] == 0 and joined[-1][1] == DAY_MINUTES:
        joined[0] = (joined.pop()[0] - DAY_MINUTES, joined[0][1])
    begin = scenario.clock.times(step_minutes, steps)
    result = np.zeros(steps, bool)
    for opens, closes in joined:
        result |= (begin - opens) % DAY_MINUTES + step_minutes <= closes - opens + 1e-9
    return result


def _dwellings(network: RoadNetwork) -> Bools:
    """Nodes that stand for cells where people live: ends of access roads on no other road."""
    access = np.array([name == "access" for name in network.road_class], bool)
    on_access = np.zeros(len(network.lon), bool)
    on_access[network.tail[access]] = True
    elsewhere = np.zeros(len(network.lon), bool)
    elsewhere[network.tail[~access]] = True
    elsewhere[network.head[~access]] = True
    return on_access & ~elsewhere & _ends(network)


def _ends(network: RoadNetwork) -> Bools:
    """Nodes that are more than a cut through a road."""
    return network.road_end if network.road_end is not None else np.ones(len(network.lon), bool)


def _text(value: object) -> str:
    """Text of a cell; empty for None and NaN."""
    return "" if value is None or pd.isna(value) else str(value).strip()  # type: ignore[call-overload]
