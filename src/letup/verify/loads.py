"""Check the movements of a written plan together: capacity, throughput, readiness, supply and room."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.plan.modes import room_of
from letup.roads.network import Timed
from letup.scenario.model import Scenario
from letup.verify.movements import Leg
from letup.verify.result import Verification

_CSV = "movements.csv"
_EXACT = 1e-6

# row, first step, last step, people per step
_Use = tuple[int, int, int, int]


def check_loads(
    table: pd.DataFrame, legs: list[Leg], scenario: Scenario, timed: dict[str, Timed], result: Verification
) -> None:
    """Check that all movements together keep to what roads, homes, checkpoints and shelters allow.

    Parameters
    ----------
    table : DataFrame
        The movements.
    legs : list of Leg
        The way of each.
    scenario : Scenario
        The scenario.
    timed : dict of str to Timed
        The network of each group.
    result : Verification
        Takes up what was checked and what does not hold.
    """
    mode = {group.name: group.mode for group in scenario.groups}
    on_arc: dict[tuple[str, int], dict[str, list[_Use]]] = defaultdict(lambda: defaultdict(list))
    at_gate: dict[str, dict[tuple[str, int], list[_Use]]] = defaultdict(lambda: defaultdict(list))
    from_home: dict[tuple[str, int], list[_Use]] = defaultdict(list)
    columns = ("group", "depart_first_step", "depart_last_step", "people_per_step")
    for row, (group, first, last, rate) in enumerate(zip(*(table[c].tolist() for c in columns), strict=True)):
        leg = legs[row]
        if leg.home < 0 or not 0 <= first <= last < scenario.steps:
            continue
        from_home[(group, leg.home)].append((row, first, last, rate))
        network = timed[group]
        for arc, offset in zip(leg.arcs, leg.offsets, strict=True):
            use = (row, min(first + offset, scenario.steps - 1), min(last + offset, scenario.steps - 1), rate)
            on_arc[(mode[group], arc)][group].append(use)
            if network.shared[arc]:
                at_gate[network.place[int(network.tail[arc])]][(group, arc)].append(use)
    for (_, arc), by_group in sorted(on_arc.items()):
        parts = {(group, arc): uses for group, uses in by_group.items()}
        _full(parts, timed, steps=scenario.steps, where=f"leg {arc}", what="capacity of the road", result=result)
    for place, parts in sorted(at_gate.items()):
        _full(parts, timed, steps=scenario.steps, where=f"checkpoint {place}", what="throughput", result=result)
    result.done("capacity of roads, each arc at each step", len(on_arc) * scenario.steps)
    result.done("throughput of checkpoints over all groups, each step", len(at_gate) * scenario.steps)
    for (group, home), uses in sorted(from_home.items()):
        _home(group, home, uses, timed=timed[group], steps=scenario.steps, result=result)
    result.done("people at home and how fast they can be ready", len(from_home))
    _room(table, timed, result)


def _rate(uses: list[_Use], steps: int) -> NDArray[np.int64]:
    """People per step."""
    change = np.zeros(steps + 1, np.int64)
    for _, first, last, rate in uses:
        change[first] += rate
        change[last + 1] -= rate
    return np.cumsum(change)[:steps]


def _full(
    parts: dict[tuple[str, int], list[_Use]],
    timed: dict[str, Timed],
    *,
    steps: int,
    where: str,
    what: str,
    result: Verification,
) -> None:
    """Check that the shares that all groups take of a limit do not add up to more than all of it."""
    taken = np.zeros(steps)
    for (group, arc), uses in parts.items():
        rate = _rate(uses, steps)
        capacity = timed[group].capacity[arc].astype(float)
        limit = np.broadcast_to(capacity, (steps,))
        taken += np.divide(rate, limit, out=np.where(rate > 0, np.inf, 0.0), where=limit > 0)
    over = np.flatnonzero(taken > 1 + _EXACT)
    if len(over):
        step = int(over[0])
        rows = sorted({row for uses in parts.values() for row, first, last, _ in uses if first <= step <= last})
        named = ", ".join(f"row {row + 2}" for row in rows[:5]) + (" and more" if len(rows) > 5 else "")
        share = "more than is open" if not np.isfinite(taken[step]) else f"{taken[step]:.2f} times"
        result.wrong("capacity", _CSV, named, f"{where} at step {step}: {share} the {what}", "people_per_step")


def _home(group: str, home: int, uses: list[_Use], *, timed: Timed, steps: int, result: Verification) -> None:
    """Check that nobody leaves before being ready, nor more people than there are."""
    left = np.cumsum(_rate(uses, steps))
    rows = ", ".join(f"row {row + 2}" for row, *_ in uses[:5]) + (" and more" if len(uses) > 5 else "")
    supply = int(timed.supply[home])
    if left[-1] > supply:
        text = f"{left[-1]} people of {group} leave node {int(timed.node[home])}, {supply} want to"
        result.wrong("supply", _CSV, rows, text, "people")
    doors = [a for a in np.flatnonzero(timed.tail == home).tolist() if timed.kind[a] == "leaving home"]
    if not doors:
        return
    ready = np.zeros(steps, np.int64)
    for arc in doors:
        capacity = np.broadcast_to(timed.capacity[arc].astype(np.int64), (steps,))
        transit = int(timed.transit[arc])
        ready[transit:] += np.cumsum(capacity)[: steps - transit]
    early = np.flatnonzero(left > ready)
    if len(early):
        step = int(early[0])
        text = f"{left[step]} people of {group} have left node {int(timed.node[home])} by step {step}, "
        text += f"{ready[step]} are ready"
        result.wrong("ready", _CSV, rows, text, "depart_first_step")


def _room(table: pd.DataFrame, timed: dict[str, Timed], result: Verification) -> None:
    """Check that no shelter takes in more than its room."""
    room = room_of(list(timed.values()))
    for place, people in table.groupby("shelter")["people"].sum().items():
        if people > room.get(str(place), 0):
            text = f"{people} people arrive at {place}, it has room for {room.get(str(place), 0)}"
            result.wrong("room", _CSV, f"shelter {place}", text, "people")
    result.done("room of shelters", len(room))
