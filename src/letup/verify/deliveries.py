"""Recompute the deliveries of a written plan: ways, hours, loads, throughputs, stocks, trucks and what they bring.

Nothing here imports how deliveries were chosen: only what is given, the roads, and what is needed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import Fleet, Logistics, Stop, has_deliveries, logistics_of, slot_steps
from letup.aid.deliveries.model import DELIVERIES, RETURNS
from letup.aid.deliveries.need import Need, delivered, hand_out, needs
from letup.aid.deliveries.residual_capacity import keys_of_arcs, residual_capacity
from letup.aid.deliveries.trip import open_spells
from letup.aid.deliveries.truck_paths import TruckPath, checkpoints_at
from letup.aid.people import moving
from letup.aid.supplies import supplies
from letup.pauses.limits import Window, moving_array
from letup.plan.files.document import Document
from letup.plan.model import Proof
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.tables import parse_path
from letup.verify.bounds import proven_need
from letup.verify.result import Verification
from letup.verify.statements import check_delivery_findings
from letup.verify.truck_paths import BrokenPathError, Span, TruckPaths

_LITTLE = 1e-6


def check_deliveries(
    folder: Path,
    document: Document,
    proof: Proof,
    scenario: Scenario,
    network: RoadNetwork,
    windows: list[Window],
    movements: pd.DataFrame,
    result: Verification,
) -> list[tuple[str, str, float, int]] | None:
    """Check all that is written about deliveries; takes up what was checked and what does not hold.

    Returns
    -------
    list of (str, str, float, int) or None
        What they bring, as `letup.aid.deliveries.need.delivered` takes it; None if there are none that hold.
    """
    present = [(folder / schema.name).is_file() for schema in (DELIVERIES, RETURNS)]
    if document.deliveries is None:
        if any(present):
            result.wrong("file", DELIVERIES.name, "", "is there, but plan.json says nothing of deliveries")
        elif has_deliveries(scenario):
            result.wrong("file", "plan.json", "deliveries", "are missing, though the scenario has trucks and points")
        return None
    rows, back = result.rows(folder, DELIVERIES), result.rows(folder, RETURNS)
    if rows is None or back is None:
        return None
    if [row["id"] for row in rows] != [row["id"] for row in back] or len({row["id"] for row in rows}) != len(rows):
        result.wrong("row", RETURNS.name, "id", "the ids are not those of deliveries.csv, each once, in their order")
        return None
    merged = [row | {f"back_{key}": value for key, value in ret.items()} for row, ret in zip(rows, back, strict=True)]
    replayed = _Replay(scenario, network, windows, movements, result)
    sound = [row for number, row in enumerate(merged, 2) if replayed.row(row, number)]
    result.done("deliveries: trucks, loads, ways, hours, quiet windows, returns", len(rows))
    if len(sound) < len(merged):
        return None
    replayed.together(sound)
    check_delivery_findings(
        document.deliveries.findings,
        {row["zone"] for row in sound},
        {row["truck"] for row in sound},
        scenario,
        network,
        replayed.need,
        result,
    )
    goods = [(row["item"], row["zone"], row["amount"], row["back_free_step"]) for row in sound]
    bound = proven_need(proof.deliveries, "deliveries", scenario, network, replayed.need, replayed.quiet, result)
    if bound is not None:
        replayed.totals(sound, goods, bound, document)
    return goods


class _Replay:
    """What is given, and what was found on each row."""

    def __init__(
        self,
        scenario: Scenario,
        network: RoadNetwork,
        windows: list[Window],
        movements: pd.DataFrame,
        result: Verification,
    ) -> None:
        self.scenario, self.network, self.result, self.movements = scenario, network, result, movements
        self.logistics: Logistics = logistics_of(scenario)
        self.fleet: dict[str, Fleet] = {fleet.id: fleet for fleet in self.logistics.fleets}
        self.quiet = moving_array(scenario, windows)
        self.paths = TruckPaths(scenario, network, self.logistics, self.quiet)
        self.need: Need = needs(scenario, supplies(scenario), moving(scenario, movements))

    def wrong(self, code: str, row: int, message: str, column: str = "", file: str = DELIVERIES.name) -> bool:
        """Note that something does not hold in a row."""
        self.result.wrong(code, file, f"row {row}", message, column)
        return False

    def row(self, row: dict[str, Any], number: int) -> bool:
        """Check one delivery and its return; False if it cannot be counted."""
        stops, fleet = self.logistics.stops, self.fleet.get(row["truck"])
        stop = stops.get(row["destination"])
        if fleet is None or fleet.base != row["origin"]:
            return self.wrong(
                "reference", number, f"there are no trucks {row['truck']!r} at {row['origin']!r}", "truck"
            )
        if stop is None or stop.kind == "crossing":
            return self.wrong("reference", number, f"{row['destination']!r} is no place to unload at", "destination")
        served = [self.scenario.zone_ids[zone] for zone in stop.zones] if stop.zones else [""]
        if row["zone"] not in served:
            return self.wrong("reference", number, f"{stop.id} does not hand out to {row['zone']!r}", "zone")
        if row["item"] not in fleet.items or row["unit"] != self.logistics.unit.get(row["item"]):
            return self.wrong("reference", number, f"these trucks carry no {row['item']} in {row['unit']}", "item")
        return self._load(row, fleet, number) and self._way(row, fleet, stop, number)

    def _load(self, row: dict[str, Any], fleet: Fleet, number: int) -> bool:
        count = row["depart_last_step"] - row["depart_first_step"] + 1
        if row["trucks"] <= 0 or row["back_trucks"] != row["trucks"] or row["amount"] < 0 or count < 1:
            return self.wrong("value", number, "counts no trucks, others than its return, or less than nothing")
        kg = row["amount"] * self.logistics.weight[row["item"]]
        if abs(row["kg"] - kg) > 0.01:
            return self.wrong("value", number, f"is {row['kg']}, recomputed {kg:.3f} kg", "kg")
        if kg > row["trucks"] * fleet.payload_kg * (1 + _LITTLE) + 0.01:
            return self.wrong("load", number, f"{kg:,.0f} kg are more than {row['trucks']} trucks carry", "amount")
        return True

    def _way(self, row: dict[str, Any], fleet: Fleet, stop: Stop, number: int) -> bool:
        step, steps = self.scenario.step_minutes, self.scenario.steps
        first, last = row["depart_first_step"], row["depart_last_step"]
        try:
            path = self.paths.path(fleet.base, stop.id, row["arcs"], fleet.speed_kmh, Span(first, last), row["minutes"])
        except BrokenPathError as broken:
            return self.wrong("quiet" if "quiet" in str(broken) else "way", number, str(broken), "arcs")
        lasts = int(-(-(path.minutes - _LITTLE) // step))
        expected = {
            "day": int(self.need.day_of_step[first]),
            "arrive_first_step": first + lasts,
            "arrive_last_step": last + lasts,
        }
        sound = self._same(row, expected, path, number, DELIVERIES.name, "")
        base = self.logistics.stops[fleet.base]
        if not base.is_open[max(first - fleet.load, 0) : last + 1].all() or first < fleet.load:
            sound = self.wrong("hours", number, f"{base.id} is shut while it is loaded or leaves", "depart_first_step")
        unload, free = row["back_unload_step"], row["back_free_step"]
        if unload < first + lasts or free < last + lasts + fleet.unload or free < unload + fleet.unload or free > steps:
            sound = self.wrong(
                "value", number, "is unloaded before it is there, or too fast", "free_step", RETURNS.name
            )
        elif unload != (begins := _first(open_spells(stop.is_open, fleet.unload, ends=False), first + lasts)):
            text = f"is {unload}, recomputed {begins}: the first to arrive is unloaded as soon as the place is open"
            sound = self.wrong("value", number, text, "unload_step", RETURNS.name)
        elif not (
            stop.is_open[unload : unload + fleet.unload].all() and stop.is_open[free - fleet.unload : free].all()
        ):
            sound = self.wrong("hours", number, f"{stop.id} is shut while it is unloaded", "unload_step", RETURNS.name)
        return self._return(row, fleet, stop, number) and sound

    def _return(self, row: dict[str, Any], fleet: Fleet, stop: Stop, number: int) -> bool:
        depart, arrive = row["back_depart_step"], row["back_arrive_step"]
        if depart is None and arrive is None and not row["back_arcs"]:
            return True
        if depart is None or arrive is None or depart < row["back_free_step"]:
            return self.wrong("value", number, "goes back before it is unloaded", "depart_step", RETURNS.name)
        try:
            span, minutes = Span(depart, depart), row["back_minutes"]
            path = self.paths.path(stop.id, fleet.base, row["back_arcs"], fleet.speed_kmh, span, minutes)
        except BrokenPathError as broken:
            return self.wrong("quiet" if "quiet" in str(broken) else "way", number, str(broken), "arcs", RETURNS.name)
        lasts = int(-(-(path.minutes - _LITTLE) // self.scenario.step_minutes))
        return self._same(row, {"arrive_step": depart + lasts}, path, number, RETURNS.name, "back_")

    def _same(
        self, row: dict[str, Any], expected: dict[str, int], path: TruckPath, number: int, file: str, prefix: str
    ) -> bool:
        sound = True
        for column, value in expected.items():
            if row[prefix + column] != value:
                text = f"is {row[prefix + column]}, recomputed {value}"
                sound = self.wrong("value", number, text, column, file)
        for column, exact, most in (("minutes", path.minutes, 0.002), ("length_m", path.length_m, 0.11)):
            if abs(row[prefix + column] - exact) > most:
                text = f"is {row[prefix + column]}, recomputed {exact:.3f}"
                sound = self.wrong("value", number, text, column, file)
        return sound

    def together(self, rows: list[dict[str, Any]]) -> None:
        """Check what deliveries share: inspection, supply, handling, trucks, roads and stocks."""
        self._crossings(rows)
        self._handling(rows)
        self._trucks(rows)
        self._roads(rows)
        self._warehouses(rows)

    def _over(self, code: str, what: str, used: float, most: float, unit: str) -> None:
        if used > most * (1 + _LITTLE) + _LITTLE:
            self.result.wrong(code, DELIVERIES.name, what, f"{used:,.2f} {unit} where {most:,.2f} can be")

    def _share(self, stop: Stop, slot: int) -> float:
        """Open hours of a slot."""
        width = slot_steps(self.scenario)
        return self.scenario.clock.hours(float(stop.is_open[slot * width : (slot + 1) * width].sum()))

    def _crossings(self, rows: list[dict[str, Any]]) -> None:
        width = slot_steps(self.scenario)
        slots: dict[tuple[str, int], float] = defaultdict(float)
        days: dict[tuple[str, int], float] = defaultdict(float)
        items: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            if self.logistics.stops[row["origin"]].kind == "crossing":
                slots[row["origin"], row["depart_first_step"] // width] += row["trucks"]
                days[row["origin"], row["day"]] += row["trucks"]
                used = items[row["origin"], row["item"], row["day"]]
                used[0], used[1] = used[0] + row["amount"], used[1] + row["trucks"]
        for (place, slot), inspected in slots.items():
            stop = self.logistics.stops[place]
            most = stop.trucks_per_hour * self._share(stop, slot) if math.isfinite(stop.trucks_per_hour) else math.inf
            self._over("throughput", f"{place}, slot {slot}", inspected, most, "trucks inspected")
        for (place, day), let_in in days.items():
            self._over(
                "throughput", f"{place}, day {day}", let_in, self.logistics.stops[place].trucks_per_day, "trucks"
            )
        for (place, item, day), (amount, trucks) in items.items():
            entry = self.logistics.entries.get((place, item))
            self._over("supply", f"{place}, {item}, day {day}", amount, entry.amount if entry else 0.0, "units brought")
            self._over("supply", f"{place}, {item}, day {day}", trucks, entry.trucks if entry else 0.0, "trucks")
        self.result.done("trucks and supplies of crossings by hour and day", len(slots) + len(days) + 2 * len(items))

    def _handling(self, rows: list[dict[str, Any]]) -> None:
        width = slot_steps(self.scenario)
        slots: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            used = slots[row["destination"], row["back_unload_step"] // width]
            used[0], used[1] = used[0] + row["trucks"], used[1] + row["kg"] / 1000
        for (place, slot), (trucks, tonnes) in slots.items():
            stop = self.logistics.stops[place]
            hours = self._share(stop, slot)
            for count, rate, unit in ((trucks, stop.trucks_per_hour, "trucks"), (tonnes, stop.tonnes_per_hour, "t")):
                if math.isfinite(rate):
                    self._over("handling", f"{place}, slot {slot}", count, rate * hours + 1e-5, f"{unit} unloaded")
        self.result.done("unloading by hour", len(slots))

    def _trucks(self, rows: list[dict[str, Any]]) -> None:
        for fleet in self.fleet.values():
            change = np.zeros(self.scenario.steps + 1, np.int64)
            for row in rows:
                if row["truck"] == fleet.id:
                    back = row["back_arrive_step"]
                    change[max(row["depart_first_step"] - fleet.load, 0)] += row["trucks"]
                    change[self.scenario.steps if back is None else back] -= row["trucks"]
            away = int(np.cumsum(change).max(initial=0))
            self._over("trucks", fleet.id, float(away), float(fleet.count), "trucks away at once")
        self.result.done("trucks away at once", len(self.fleet))

    def _roads(self, rows: list[dict[str, Any]]) -> None:
        width, control = slot_steps(self.scenario), checkpoints_at(self.network, self.scenario)
        left = residual_capacity(self.scenario, self.network, self.movements)
        used: dict[tuple[str, int, int], float] = defaultdict(float)
        for row in rows:
            keys = keys_of_arcs(parse_path(row["arcs"]), row["depart_first_step"], self.network, control, width)
            if row["back_depart_step"] is not None:
                back = parse_path(row["back_arcs"])
                keys |= keys_of_arcs(back, row["back_depart_step"], self.network, control, width)
            for key in keys:
                used[key] += row["trucks"]
        for key, trucks in used.items():
            self._over("capacity", f"{key[0]} {key[1]}, slot {key[2]}", trucks, left.trucks(key), "trucks on a road")
        self.result.done("room on roads and at checkpoints that people leave", len(used))

    def _warehouses(self, rows: list[dict[str, Any]]) -> None:
        """Stocks of warehouses, day by day: nothing is loaded that is not there."""
        out: dict[tuple[str, str, int], float] = defaultdict(float)
        arriving: dict[tuple[str, str, int], float] = defaultdict(float)
        for row in rows:
            if self.logistics.stops[row["origin"]].kind == "warehouse":
                out[row["origin"], row["item"], row["day"]] += row["amount"]
            if row["zone"] == "":
                arriving[row["destination"], row["item"], self._there(row)] += row["amount"]
        pairs = sorted({key[:2] for key in (*out, *arriving)})
        length = np.diff(self.need.ends, prepend=0.0)
        for place, item in pairs:
            store = self.logistics.stores.get((place, item))
            stock, loss = (store.amount, store.loss) if store is not None else (0.0, 0.0)
            for day in range(len(length)):
                loaded = out.get((place, item, day), 0.0)
                if loaded > stock * (1 + _LITTLE) + 1e-3:
                    message = f"{loaded:,.2f} are loaded on day {day}, where {stock:,.2f} are in stock"
                    self.result.wrong("stock", DELIVERIES.name, f"{place}, {item}", message, "amount")
                    break
                stock = max(stock - loaded, 0.0) * (1 - loss) ** length[day] + arriving.get((place, item, day), 0.0)
        self.result.done("stocks of warehouses", len(pairs))

    def _there(self, row: dict[str, Any]) -> int:
        """Local day on which the last truck of a delivery is unloaded."""
        return int(self.need.day_of_step[row["back_free_step"] - 1])

    def totals(
        self, rows: list[dict[str, Any]], goods: list[tuple[str, str, float, int]], bound: float, document: Document
    ) -> None:
        """Recompute what deliveries bring, and compare it with plan.json."""
        from letup.plan.deliveries import part_of

        assert document.deliveries is not None
        used = hand_out(self.need, delivered(self.need, self.scenario.zone_ids, goods))
        proven = max(bound, self.need.value(used)[1])
        written = document.deliveries.model_dump()
        truckloads, kilograms = sum(row["trucks"] for row in rows), sum(row["kg"] for row in rows if row["zone"])
        computed = part_of(self.need, used, self.scenario, len(rows), truckloads, kilograms, proven)
        for key, value in computed.items():
            if key == "zones":
                if len(value) != len(written["zones"]):
                    self.result.wrong("value", "plan.json", "deliveries.zones", "has another number of entries")
                for k, (stated, expected) in enumerate(zip(written["zones"], value, strict=False)):
                    for name in expected:
                        self.result.same("plan.json", f"deliveries.zones[{k}].{name}", stated[name], expected[name])
            else:
                self.result.same("plan.json", f"deliveries.{key}", written[key], value)
        self.result.done("what deliveries bring, by zone and essential", len(written["zones"]))


def _first(state: NDArray[np.bool_], step: int) -> int:
    """The first step from one on at which something holds; -1 if there is none."""
    after = np.flatnonzero(state[step:])
    return int(after[0]) + step if len(after) else -1
