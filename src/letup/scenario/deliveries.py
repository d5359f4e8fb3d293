"""What must hold within and between the rows that deliveries need: crossings, points, trucks and what waits outside."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from letup.core.collect import Collector, show
from letup.scenario.attributes import of
from letup.scenario.essentials import Essential
from letup.scenario.settings import SCENARIO
from letup.scenario.supplies import served
from letup.scenario.units import factor, fitting, per_head
from letup.tables.cells import parse_hours
from letup.tables.inputs import Row, Table, note_reference

#: Kinds of places that trucks may load at.
BASES = ("crossing", "warehouse")

_Places = Mapping[str, Row]


def check_deliveries(
    tables: Mapping[str, Table],
    sections: Mapping[str, Table],
    essentials: Mapping[str, Essential],
    zones: Mapping[str, Any] | None,
    notes: Collector,
) -> None:
    """Note everything on deliveries that contradicts itself, leads nowhere or can never be used."""
    places = tables["places.geojson"].rows if "places.geojson" in tables else []
    known = {row.cells["id"]: row for row in places if "id" in row.cells}
    wanted = "trucks.csv" in tables or "supply.csv" in tables
    for row in places:
        _check_place(row, zones, wanted, notes)
    if "trucks.csv" in tables:
        _check_trucks(tables["trucks.csv"], known, essentials, notes)
        if not any(row.cells.get("kind") == "distribution_point" for row in places):
            message, remedy = "there is no distribution point, so trucks have nowhere to go", "add some to the places"
            notes.add("trucks.no_point", message, remedy, file="trucks.csv", severity="warning")
    if "supply.csv" in tables:
        _check_supply(tables["supply.csv"], known, essentials, notes)
        if not any(row.cells.get("count", 0) > 0 for row in _rows(tables, "trucks.csv")):
            message, remedy = "there are no trucks, so nothing is brought in", "say which there are in trucks.csv"
            notes.add("trucks.none", message, remedy, file="supply.csv", severity="warning")
    for row in sections["deliveries"].rows if "deliveries" in sections else ():
        _check_settings(row.cells, zones, notes)


def _check_settings(cells: dict[str, Any], zones: Mapping[str, Any] | None, notes: Collector) -> None:
    """Note zones without pause that are no zones; keep the others as a tuple."""
    named = cells.pop("without_pause", ())
    if not all(isinstance(zone, str) for zone in named):
        message, remedy = f"{show(named)} is not a list of zones", "write a list of ids, one to a line after a hyphen"
        notes.add("value.type", message, remedy, file=SCENARIO, where="deliveries", column="without_pause")
        return
    for zone in named:
        if zones is not None and zone not in zones:
            note_reference((SCENARIO, "deliveries", "without_pause"), zone, "zones.geojson", dict(zones), notes)
    cells["without_pause"] = tuple(dict.fromkeys(named))


def _rows(tables: Mapping[str, Table], name: str) -> list[Row]:
    return tables[name].rows if name in tables else []


def _check_place(row: Row, zones: Mapping[str, Any] | None, wanted: bool, notes: Collector) -> None:
    cells = row.cells
    place: dict[str, Any] = {"file": "places.geojson", "where": row.where}
    kind = cells.get("kind")
    if zones is not None:
        for zone in served(cells.get("serves")):
            if zone not in zones:
                note_reference(("places.geojson", row.where, "serves"), zone, "zones.geojson", dict(zones), notes)
    if kind != "crossing":
        return
    unread = notes.noted("value.hours", place["file"], row.where)
    if wanted and "hours" not in cells and cells.get("trucks_per_day") != 0 and not unread:
        message, remedy = "is a crossing without hours: it is taken to be open day and night", "give its hours"
        notes.add("places.no_hours", message, remedy, **place, column="hours", severity="warning")
    if "trucks_per_hour" in cells and "trucks_per_day" in cells and not unread:
        hours = sum(_open_spans(cells.get("hours")))
        most = cells["trucks_per_hour"] * hours
        if cells["trucks_per_day"] > most * (1 + 1e-9):
            message = (
                f"{cells['trucks_per_day']:,} trucks a day, but in its {hours:g} open hours it can inspect "
                f"{most:,.0f}: the lower of the two counts"
            )
            remedy = "correct the hours, the inspection or the trucks a day"
            notes.add("places.inspection", message, remedy, **place, column="trucks_per_day", severity="warning")


def _open_spans(text: Any) -> list[float]:
    """Lengths of the spans for which a place is open, hours; one of 24 without hours, or if they cannot be read."""
    try:
        spans = parse_hours(text) if isinstance(text, str) else ()
    except ValueError:
        return [24.0]
    lengths = [last - first for first, last in spans] or [24.0]
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][1] == 24:  # one span over midnight
        lengths = [lengths[0] + lengths[-1], *lengths[1:-1]]
    return lengths


def _check_trucks(table: Table, places: _Places, essentials: Mapping[str, Essential], notes: Collector) -> None:
    for row in table.rows:
        cells = row.cells
        at: dict[str, Any] = {"file": table.file, "where": row.where}
        _check_kind(table, row, places, BASES, "trucks.place", notes)
        _check_time(row, places, at, notes)
        items = served(cells.get("items"))
        for item in items:
            if item not in essentials:
                note_reference((table.file, row.where, "items"), item, "essentials.csv", dict(essentials), notes)
        carried = [essentials[item] for item in items if item in essentials] if items else list(essentials.values())
        for one in carried if items else ():
            if not one.kg_per_unit:
                message = f"is to carry {show(one.name)}, of which no weight is given: it cannot be loaded"
                remedy = "give kg_per_unit in essentials.csv"
                notes.add("essentials.no_weight", message, remedy, **at, column="items", severity="warning")
        light = [one for one in carried if one.kg_per_unit]
        if not light:
            message, remedy = (
                "carries nothing that letup knows with its weight",
                "name essentials, or leave items empty",
            )
            notes.add("trucks.nothing", message, remedy, **at, column="items")


def _check_time(row: Row, places: _Places, at: dict[str, Any], notes: Collector) -> None:
    """Note trucks that take longer to load than their base is ever open at a stretch."""
    base = places.get(row.cells.get("place", ""))
    minutes = float(row.cells.get("load_minutes", of("trucks.csv")["load_minutes"].default))
    longest = 60 * max(_open_spans(base.cells.get("hours"))) if base is not None else minutes
    if minutes > longest + 1e-9:
        place = show(row.cells["place"])
        message = f"loading takes {minutes:g} minutes, and {place} is never open for that long: none leaves"
        remedy = "correct the minutes, or the hours of the place"
        notes.add("trucks.no_time", message, remedy, **at, column="load_minutes", severity="warning")


def _check_supply(table: Table, places: _Places, essentials: Mapping[str, Essential], notes: Collector) -> None:
    seen: dict[tuple[Any, Any], str] = {}
    for row in table.rows:
        cells = row.cells
        at: dict[str, Any] = {"file": table.file, "where": row.where}
        _check_kind(table, row, places, ("crossing",), "supply.place", notes)
        key = (cells.get("place"), cells.get("item"))
        if None not in key and key in seen:
            message, remedy = f"is a second row of {show(key[1])} at {show(key[0])}, after {seen[key]}", "keep one"
            notes.add("supply.twice", message, remedy, **at)
        seen.setdefault(key, row.where)
        crossing = places.get(cells.get("place", ""))
        most = _most_trucks(crossing.cells) if crossing is not None else math.inf
        if cells.get("trucks_per_day", 0) > most * (1 + 1e-9):
            message = f"{cells['trucks_per_day']:,} trucks a day wait, but the crossing can let in {most:,.0f} at most"
            remedy = "correct one of the two; the lower counts"
            notes.add("supply.over", message, remedy, **at, column="trucks_per_day", severity="warning")
        one = essentials.get(cells.get("item", ""))
        if "amount_per_day" in cells and "unit" not in cells:
            message, remedy = "amount_per_day is given without a unit", "write the unit that the amount is counted in"
            notes.add("value.missing", message, remedy, **at, column="unit")
        if one is not None and "unit" in cells:
            counted, for_each = per_head(cells["unit"])
            if for_each or factor(counted, one.unit, one.per_person) is None:
                message = f"{show(cells['unit'])} does not fit {show(one.name)}, which is counted in {one.unit}"
                remedy = f"write one of {', '.join(fitting(one.unit, people_need_it=one.per_person > 0))}"
                notes.add("supply.unit", message, remedy, **at, column="unit")
        if one is not None and not one.kg_per_unit:
            message = f"{show(one.name)} has no weight: no truck can carry it"
            remedy = "give kg_per_unit in essentials.csv"
            notes.add("essentials.no_weight", message, remedy, **at, column="item", severity="warning")


def _most_trucks(cells: Mapping[str, Any]) -> float:
    """Trucks that a crossing can let in on a day."""
    inspected = cells.get("trucks_per_hour", math.inf) * sum(_open_spans(cells.get("hours")))
    return float(min(inspected, cells.get("trucks_per_day", math.inf)))


def _check_kind(table: Table, row: Row, places: _Places, kinds: tuple[str, ...], code: str, notes: Collector) -> None:
    place = places.get(row.cells.get("place", ""))
    kind = place.cells.get("kind") if place is not None else None
    if kind is not None and kind not in kinds:
        message = f"{show(row.cells['place'])} is a {kind.replace('_', ' ')}, not a {' or a '.join(kinds)}"
        remedy = f"name a {' or a '.join(kinds)} of places.geojson"
        notes.add(code, message, remedy, file=table.file, where=row.where, column="place")
