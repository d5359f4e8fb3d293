"""Replay the movements of a written plan: each by itself, and together on the room of roads and shelters."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.core.wording import first_few
from letup.pauses.limits import Window, quiet_array
from letup.plan.discretise import room_of
from letup.plan.files.document import MOVEMENTS
from letup.plan.movement_paths import RoadsOf, nights_of, waits_of
from letup.roads.network import RoadNetwork, Timed
from letup.roads.places import night_places
from letup.scenario.model import Scenario
from letup.tables import format_path, frame, parse_path, typed
from letup.verify.result import CODES, Verification

_CSV = "movements.csv"


@dataclass(frozen=True)
class Leg:
    """The way of some movements on their group's timed network.

    Attributes
    ----------
    arcs, offsets : tuple of int
        Timed arcs, and the steps from departure until each is entered.
    home : int
        Node of the Timed with the people.
    shelter : int
        Node of the Timed that takes them in.
    """

    arcs: tuple[int, ...]
    offsets: tuple[int, ...]
    home: int
    shelter: int


def check_movements(
    rows: list[dict[str, str]],
    scenario: Scenario,
    network: RoadNetwork,
    timed: dict[str, Timed],
    windows: list[Window],
    *,
    result: Verification,
) -> tuple[pd.DataFrame | None, list[Leg]]:
    """Check all rows; the table with numbers and the way of each row, or None if it cannot be read."""
    table = _numbers(rows, timed, result)
    if table is None:
        return None, []
    quiet = quiet_array(windows, len(scenario.zones), scenario.steps)
    noisy = np.concatenate([np.zeros((len(quiet), 1), np.int64), np.cumsum(~quiet, axis=1)], axis=1)
    beds = night_places(network, scenario)
    roads = {name: RoadsOf(network, t) for name, t in timed.items()}
    homes = {name: _home_of(t) for name, t in timed.items()}
    legs_by_path: dict[tuple[str, str, str, int, str, str], tuple[Leg | None, float]] = {}
    legs: list[Leg] = []
    quiet_checked = 0
    for i, row in enumerate(table.to_dict("records")):
        where = f"row {i + 2}"
        key = (row["group"], row["origin"], row["shelter"], row["origin_node"], row["arcs"], row["legs"])
        if key not in legs_by_path:
            legs_by_path[key] = _way(key, where, roads=roads[row["group"]], home_of=homes[row["group"]], result=result)
        leg, length = legs_by_path[key]
        if leg is None:
            # Said once for each way; the rest of the row cannot be checked.
            legs.append(Leg((), (), -1, -1))
            if legs_by_path[key][1] >= 0:
                legs_by_path[key] = (None, -1.0)
            continue
        legs.append(leg)
        lasts = leg.offsets[-1] + int(timed[row["group"]].transit[leg.arcs[-1]]) if leg.arcs else 0
        first, last = row["depart_first_step"], row["depart_last_step"]
        expected = {
            "people": row["people_per_step"] * (last - first + 1),
            "arrive_first_step": first + lasts,
            "arrive_last_step": last + lasts,
            "minutes": lasts * scenario.step_minutes,
            "length_m": round(length, 1),
        }
        for column, value in expected.items():
            if row[column] != value:
                result.wrong("value", _CSV, where, f"is {row[column]}, recomputed {value}", column)
        if not 0 <= first <= last or last + lasts >= scenario.steps or row["people_per_step"] <= 0:
            result.wrong("value", _CSV, where, "leaves before the start, backwards or too late", "depart_first_step")
            continue
        _check_nights(row, where, leg, timed[row["group"]], scenario, beds, result)
        for arc, offset in zip(leg.arcs, leg.offsets, strict=True):
            zone = int(timed[row["group"]].zone[arc])
            until = last + offset + int(timed[row["group"]].transit[arc])
            if zone >= 0:
                quiet_checked += 1
                if noisy[zone, until] - noisy[zone, first + offset]:
                    name = scenario.zone_ids[zone]
                    text = f"somebody is on a road in zone {name} while it is not quiet (leg {arc}@{offset})"
                    result.wrong("quiet", _CSV, where, text, "legs")
                    break
    _times(table, scenario, result)
    result.done("movements on existing roads, in time, to their shelter", len(table))
    result.done("legs inside quiet windows, nobody on the road when one ends", quiet_checked)
    result.done("nights: nobody on the way but in places with room for the night", len(table))
    return table, legs


def _numbers(rows: list[dict[str, str]], timed: dict[str, Timed], result: Verification) -> pd.DataFrame | None:
    """The rows with numbers as numbers."""
    read, problems = typed(rows, MOVEMENTS, CODES)
    result.problems += problems
    sound = read is not None
    for number, row in enumerate(rows, 2):
        if row["group"] not in timed:
            result.wrong("value", _CSV, f"row {number}", f"there is no group {row['group']!r}", "group")
            sound = False
    return frame(MOVEMENTS, read or ()) if sound else None


def _home_of(timed: Timed) -> dict[int, int]:
    """Home behind each node from which the way to the road begins."""
    home_of = {int(node): int(node) for node in np.flatnonzero(timed.supply > 0)}
    for arc, kind in enumerate(timed.kind):
        if kind == "leaving home" and int(timed.tail[arc]) in home_of:
            home_of[int(timed.head[arc])] = int(timed.tail[arc])
    return home_of


def _way(
    key: tuple[str, str, str, int, str, str],
    where: str,
    *,
    roads: RoadsOf,
    home_of: dict[int, int],
    result: Verification,
) -> tuple[Leg | None, float]:
    """The way of a movement, checked; its length in metres."""
    _, origin, shelter, origin_node, arcs_text, legs_text = key
    timed = roads.timed

    def refuse(message: str, column: str) -> tuple[None, float]:
        result.wrong("way", _CSV, where, message, column)
        return None, 0.0

    try:
        legs = parse_path(legs_text)
    except ValueError:
        return refuse("cannot be read", "legs")
    arcs, offsets = tuple(a for a, _ in legs), tuple(o for _, o in legs)
    if not arcs:
        home = next((n for n in home_of.values() if timed.node[n] == origin_node and timed.place[n] == shelter), -1)
        return (Leg((), (), home, home), 0.0) if home >= 0 else refuse("leads nowhere", "legs")
    if min(arcs) < 0 or max(arcs) >= len(timed.tail):
        return refuse("names a leg that does not exist", "legs")
    home = home_of.get(int(timed.tail[arcs[0]]), -1)
    if home < 0:
        return refuse("does not begin at a home of the group", "legs")
    if int(timed.node[home]) != origin_node:
        return refuse(f"begins at node {int(timed.node[home])}, not {origin_node}", "origin_node")
    if timed.origin[home] != origin:
        return refuse(f"begins in zone {timed.origin[home]!r}, not {origin!r}", "origin")
    if offsets[0] != 0:
        return refuse("does not begin at offset 0", "legs")
    for (a, b), (s, t) in zip(pairwise(arcs), pairwise(offsets), strict=True):
        if timed.head[a] != timed.tail[b]:
            return refuse(f"leg {b} does not begin where leg {a} ends", "legs")
        ready = s + int(timed.transit[a])
        if t < ready:
            return refuse(f"leg {b} is entered at offset {t}, {ready - t} steps before leg {a} is left", "legs")
        if t > ready and not timed.wait[timed.head[a]]:
            return refuse(f"waits {t - ready} steps before leg {b}, where nobody may wait", "legs")
    waited = {int(timed.tail[arcs[0]]): False}
    for (arc, offset), on in zip(legs, (*offsets[1:], None), strict=True):
        node, ready = int(timed.head[arc]), offset + int(timed.transit[arc])
        if not waited.get(node, True):
            return refuse(f"leg {arc} leads back to a place where nobody waited before", "legs")
        waited[node] = on is not None and on > ready
    end = int(timed.head[arcs[-1]])
    if timed.place[end] != shelter or timed.shelter[end] <= 0:
        return refuse(f"ends at {timed.place[end]!r}, not at the shelter {shelter!r}", "shelter")
    along, length = roads.along(arcs, offsets)
    if format_path(along) != arcs_text:
        return refuse("is not what the legs run along", "arcs")
    return Leg(arcs, offsets, home, end), length


def _check_nights(
    row: Mapping[Hashable, Any],
    where: str,
    leg: Leg,
    timed: Timed,
    scenario: Scenario,
    beds: Mapping[int, str],
    result: Verification,
) -> None:
    """Check that nobody is on the way when a day ends, but where the row says that they spend the night."""
    first, last, nights = row["depart_first_step"], row["depart_last_step"], timed.nights.tolist()
    for arc, offset in zip(leg.arcs, leg.offsets, strict=True):
        if bisect_left(nights, first + offset) != bisect_left(nights, last + offset + int(timed.transit[arc])):
            result.wrong("night", _CSV, where, f"somebody is on leg {arc} when a day ends", "legs")
            return
    waits = waits_of(timed, leg.arcs, leg.offsets)
    spent = nights_of(timed, waits, first)
    if spent != nights_of(timed, waits, last):
        result.wrong("night", _CSV, where, "not all spend the same nights on the way", "depart_last_step")
        return
    places = [beds.get(int(timed.node[node]), "") for node in spent]
    if "" in places:
        result.wrong("night", _CSV, where, "a night is spent where there is no room for it", "legs")
    elif len(places) > scenario.nights_at_most:
        text = f"{len(places)} nights are spent on the way, at most {scenario.nights_at_most} are allowed"
        result.wrong("night", _CSV, where, text, "legs")
    written = row["nights"] or ""
    if written != ";".join(places):
        result.wrong("value", _CSV, where, f"is {written!r}, recomputed {';'.join(places)!r}", "nights")


def _times(table: pd.DataFrame, scenario: Scenario, result: Verification) -> None:
    """Local times against steps."""
    for name in ("depart_first", "depart_last", "arrive_first", "arrive_last"):
        steps = np.clip(table[f"{name}_step"].to_numpy(np.int64), -(10**6), 10**6)
        for i, (written, computed) in enumerate(zip(table[name], scenario.clock.isos(steps), strict=True)):
            if written != computed:
                result.wrong("value", _CSV, f"row {i + 2}", f"is {written}, recomputed {computed}", name)
    result.done("local times of movements", 4 * len(table))


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
    _waiting(table, legs, timed, scenario.steps, result)
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
        named = first_few([f"row {row + 2}" for row in rows], 5)
        share = "more than is open" if not np.isfinite(taken[step]) else f"{taken[step]:.2f} times"
        result.wrong("capacity", _CSV, named, f"{where} at step {step}: {share} the {what}", "people_per_step")


def _waiting(table: pd.DataFrame, legs: list[Leg], timed: dict[str, Timed], steps: int, result: Verification) -> None:
    """Check that no more people wait at a place, over all groups, than it has room for by day and by night."""
    change: dict[int, NDArray[np.int64]] = {}
    room: dict[int, tuple[int, int]] = {}
    columns = ("group", "depart_first_step", "depart_last_step", "people_per_step")
    for leg, group, first, last, rate in zip(legs, *(table[c].tolist() for c in columns), strict=True):
        network = timed[group]
        for wait in waits_of(network, leg.arcs, leg.offsets) if 0 <= first <= last < steps else ():
            node = int(network.node[wait.node])
            room[node] = int(network.wait[wait.node]), int(network.night[wait.node])
            here = change.setdefault(node, np.zeros(steps + 1, np.int64))
            for step, people in ((first + wait.since, rate), (first + wait.until, -rate)):
                if step < steps:
                    here[step : min(step + last - first + 1, steps)] += people
    for node, coming in sorted(change.items()):
        there = np.cumsum(coming)[:steps]
        limit = np.full(steps, room[node][0])
        nights = next(iter(timed.values())).nights
        limit[nights] = np.minimum(limit[nights], room[node][1])
        over = np.flatnonzero(there > limit)
        if len(over):
            step = int(over[0])
            text = f"{there[step]} people wait on from step {step}, there is room for {limit[step]}"
            result.wrong("waiting", _CSV, f"node {node} of the roads", text, "legs")
    result.done("room to wait on the way, over all movements", len(table))


def _home(group: str, home: int, uses: list[_Use], *, timed: Timed, steps: int, result: Verification) -> None:
    """Check that nobody leaves before being ready, nor more people than there are."""
    left = np.cumsum(_rate(uses, steps))
    rows = first_few([f"row {row + 2}" for row, *_ in uses], 5)
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
