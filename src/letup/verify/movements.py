"""Replay the movements of a written plan: each by itself, and together on the room of roads and shelters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from letup.pauses.limits import Window, quiet_array
from letup.plan.files.tables import MOVEMENTS
from letup.plan.ways import RoadsOf
from letup.roads.network import RoadNetwork, Timed
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
    roads = {name: RoadsOf(network, t) for name, t in timed.items()}
    homes = {name: _home_of(t) for name, t in timed.items()}
    ways: dict[tuple[str, str, str, int, str, str], tuple[Leg | None, float]] = {}
    legs: list[Leg] = []
    quiet_checked = 0
    for i, row in enumerate(table.to_dict("records")):
        where = f"row {i + 2}"
        key = (row["group"], row["origin"], row["shelter"], row["origin_node"], row["arcs"], row["legs"])
        if key not in ways:
            ways[key] = _way(key, where, roads=roads[row["group"]], home_of=homes[row["group"]], result=result)
        leg, length = ways[key]
        if leg is None:
            # Said once for each way; the rest of the row cannot be checked.
            legs.append(Leg((), (), -1, -1))
            if ways[key][1] >= 0:
                ways[key] = (None, -1.0)
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
    end = int(timed.head[arcs[-1]])
    if timed.place[end] != shelter or timed.shelter[end] <= 0:
        return refuse(f"ends at {timed.place[end]!r}, not at the shelter {shelter!r}", "shelter")
    along, length = roads.along(arcs, offsets)
    if format_path(along) != arcs_text:
        return refuse("is not what the legs run along", "arcs")
    return Leg(arcs, offsets, home, end), length


def _times(table: pd.DataFrame, scenario: Scenario, result: Verification) -> None:
    """Local times against steps."""
    for name in ("depart_first", "depart_last", "arrive_first", "arrive_last"):
        steps = np.clip(table[f"{name}_step"].to_numpy(np.int64), -(10**6), 10**6)
        for i, (written, computed) in enumerate(zip(table[name], scenario.clock.isos(steps), strict=True)):
            if written != computed:
                result.wrong("value", _CSV, f"row {i + 2}", f"is {written}, recomputed {computed}", name)
    result.done("local times of movements", 4 * len(table))
