"""What must hold within and between the rows on aid: essentials, stocks, facilities, trucks, supply, patients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from letup.core.collect import Collector, quoted
from letup.core.wording import first_few
from letup.scenario.essentials import PER_HEAD, Essential, factor, fitting, merged, order_of_making, per_head
from letup.scenario.format import SCENARIO, columns_by_name
from letup.tables.cells import names_in, parse_hours
from letup.tables.inputs import check_ids, check_ranges, check_somewhere, note_reference
from letup.tables.raw_tables import Row, Table


def essentials_in(tables: Mapping[str, Table]) -> dict[str, Essential]:
    """Essentials by name as far as the tables can be understood."""
    rows = tables["essentials.csv"].rows if "essentials.csv" in tables else []
    return merged(row.cells for row in rows if "essential" in row.cells and "unit" in row.cells)


def check_essentials(table: Table, notes: Collector) -> None:
    """Note ranges out of order, and a survival minimum above the need."""
    check_ranges(table, ("per_person",), notes)
    for row in table.rows:
        survival = row.cells.get("survival")
        need = min((row.cells[key] for key in ("per_person_low", "per_person") if key in row.cells), default=0.0)
        if survival is not None and survival > need:
            message = f"the survival minimum of {survival:,g} is above the low end of the need, {need:,g}"
            remedy = "correct one of the two; survival is a part of the need"
            notes.add("essentials.survival", message, remedy, file=table.file, where=row.where, column="survival")
        for end in ("per_person_low", "per_person_high"):
            if end in row.cells and "per_person" not in row.cells:
                message, remedy = f"has {end} but no per_person", "give the value that the range is around"
                notes.add("value.missing", message, remedy, file=table.file, where=row.where, column="per_person")
                break


def check_stocks(table: Table, essentials: Mapping[str, Essential], notes: Collector) -> None:
    """Note stocks that lie nowhere, ranges out of order, units that do not fit, and a daily use that is not read."""
    check_somewhere(table, "stocks.nowhere", "name the place the stock lies at or the zone it serves", notes)
    check_ranges(table, ("amount", "loss_per_day"), notes)
    for row in table.rows:
        _check_unit(table, row, ("item", "unit", "stocks.unit"), essentials, notes)
        essential = essentials.get(row.cells.get("item", ""))
        if essential and essential.per_person and "place" not in row.cells and row.cells.get("daily_use"):
            message = f"daily use is not read: what people need of {quoted(essential.name)} comes from essentials.csv"
            remedy = "leave it empty; put the needs of facilities into facilities.csv"
            notes.add(
                "stocks.use_not_read",
                message,
                remedy,
                file=table.file,
                where=row.where,
                column="daily_use",
                severity="note",
            )


def check_facilities(
    table: Table, essentials: Mapping[str, Essential], zones: Mapping[str, Any] | None, notes: Collector
) -> None:
    """Note facilities that are nowhere, that make something of nothing, and ranges and units that do not fit.

    ``zones`` are those that ``serves`` may name; None if they could not be read.
    """
    check_ranges(table, ("use_per_day", "make_per_day"), notes)
    for row in table.rows:
        cells = row.cells
        place: dict[str, Any] = {"file": table.file, "where": row.where}
        if "zone" not in cells and "place" not in cells and (_most_used(cells) > 0 or "serves" not in cells):
            remedy = "name the place or zone it stands in, whose stock it draws on"
            notes.add("facilities.nowhere", "has neither zone nor place", remedy, **place, column="zone")
        if "uses" not in cells and "makes" not in cells:
            message, remedy = "neither uses nor makes anything", "say what it uses, or makes, per day; or remove it"
            notes.add("facilities.idle", message, remedy, **place)
        if "makes" in cells and "uses" not in cells:
            message = f"makes {quoted(cells['makes'])} without saying what it needs for it"
            remedy = "name the fuel in uses, with use_per_day; 0 if it works without"
            notes.add("facilities.no_fuel", message, remedy, **place, column="uses")
        for item, amount, unit in (
            ("uses", "use_per_day", "use_unit"),
            ("makes", "make_per_day", "make_unit"),
        ):
            if item in cells:
                for column in (amount, unit):
                    if column not in cells:
                        message, remedy = f"{column} is empty", f"fill it: how much of {item} per day, and in what unit"
                        notes.add("value.missing", message, remedy, **place, column=column)
                _check_unit(table, row, (item, unit, "facilities.unit"), essentials, notes)
            elif amount in cells:
                message, remedy = f"{amount} is given, but not of what", f"name the essential in {item}"
                notes.add("value.missing", message, remedy, **place, column=item)
        if zones is not None:
            for zone in names_in(cells.get("serves")):
                if zone not in zones:
                    note_reference((table.file, row.where, "serves"), zone, "zones.geojson", dict(zones), notes)
    _check_circle(table, notes)


def _check_unit(
    table: Table, row: Row, columns: tuple[str, str, str], essentials: Mapping[str, Essential], notes: Collector
) -> None:
    item, column, code = columns
    essential, unit = essentials.get(row.cells.get(item, "")), row.cells.get(column)
    if essential is None or unit is None:
        return
    counted, for_each = per_head(unit)
    if factor(counted, essential.unit, essential.per_person) is None or (for_each and column == "use_unit"):
        fits = fitting(essential.unit, people_need_it=essential.per_person > 0)
        message = f"{quoted(unit)} does not fit {quoted(essential.name)}, which is counted in {essential.unit}"
        remedy = f"write {', '.join(fits[:-1])} or {fits[-1]}" if len(fits) > 1 else f"write {fits[0]}"
        remedy += "" if column == "use_unit" else f"; each may end in “{PER_HEAD}”"
        remedy += "; or say in essentials.csv what it is counted in"
        notes.add(code, message, remedy, file=table.file, where=row.where, column=column)


def _most_used(cells: Mapping[str, Any]) -> float:
    """What a facility uses per day at the high end."""
    return float(max(cells.get(key, 0) for key in ("use_per_day", "use_per_day_high")))


def _check_circle(table: Table, notes: Collector) -> None:
    pairs = {
        (row.cells["uses"], row.cells["makes"])
        for row in table.rows
        if "uses" in row.cells and "makes" in row.cells and _most_used(row.cells) > 0
    }
    names = sorted({name for pair in pairs for name in pair})
    if order_of_making(pairs, names) is None:
        message = f"facilities make in a circle what others of them use: {first_few(names, 10)}"
        remedy = "leave out the smaller of the two uses; a circle cannot be followed through"
        notes.add("facilities.circle", message, remedy, file=table.file, column="makes")


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
        _check_place(tables["places.geojson"].file, row, zones, wanted, notes)
    if "trucks.csv" in tables:
        _check_trucks(tables["trucks.csv"], known, essentials, notes)
        if not any(row.cells.get("kind") == "distribution_point" for row in places):
            message, remedy = "there is no distribution point, so trucks have nowhere to go", "add some to the places"
            notes.add("trucks.no_point", message, remedy, file=tables["trucks.csv"].file, severity="warning")
    if "supply.csv" in tables:
        _check_supply(tables["supply.csv"], known, essentials, notes)
        if not any(row.cells.get("count", 0) > 0 for row in _rows(tables, "trucks.csv")):
            message, remedy = "there are no trucks, so nothing is brought in", "say which there are in trucks.csv"
            notes.add("trucks.none", message, remedy, file=tables["supply.csv"].file, severity="warning")
    for row in sections["deliveries"].rows if "deliveries" in sections else ():
        _check_settings(row.cells, zones, notes)


def _check_settings(cells: dict[str, Any], zones: Mapping[str, Any] | None, notes: Collector) -> None:
    """Note zones without pause that are no zones; keep the others as a tuple."""
    named = cells.pop("without_pause", ())
    if not (isinstance(named, list | tuple) and all(isinstance(zone, str) for zone in named)):
        message, remedy = f"{quoted(named)} is not a list of zones", "write a list of ids, one to a line after a hyphen"
        notes.add("value.type", message, remedy, file=SCENARIO, where="deliveries", column="without_pause")
        return
    for zone in named:
        if zones is not None and zone not in zones:
            note_reference((SCENARIO, "deliveries", "without_pause"), zone, "zones.geojson", dict(zones), notes)
    cells["without_pause"] = tuple(dict.fromkeys(named))


def _rows(tables: Mapping[str, Table], name: str) -> list[Row]:
    return tables[name].rows if name in tables else []


def _check_place(file: str, row: Row, zones: Mapping[str, Any] | None, wanted: bool, notes: Collector) -> None:
    cells = row.cells
    place: dict[str, Any] = {"file": file, "where": row.where}
    kind = cells.get("kind")
    if zones is not None:
        for zone in names_in(cells.get("serves")):
            if zone not in zones:
                note_reference((file, row.where, "serves"), zone, "zones.geojson", dict(zones), notes)
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
        items = names_in(cells.get("items"))
        for item in items:
            if item not in essentials:
                note_reference((table.file, row.where, "items"), item, "essentials.csv", dict(essentials), notes)
        carried = [essentials[item] for item in items if item in essentials] if items else list(essentials.values())
        for essential in carried if items else ():
            if not essential.kg_per_unit:
                message = f"is to carry {quoted(essential.name)}, of which no weight is given: it cannot be loaded"
                remedy = "give kg_per_unit in essentials.csv"
                notes.add("essentials.no_weight", message, remedy, **at, column="items", severity="warning")
        light = [essential for essential in carried if essential.kg_per_unit]
        if not light:
            message, remedy = (
                "carries nothing that letup knows with its weight",
                "name essentials, or leave items empty",
            )
            notes.add("trucks.nothing", message, remedy, **at, column="items")


def _check_time(row: Row, places: _Places, at: dict[str, Any], notes: Collector) -> None:
    """Note trucks that take longer to load than their base is ever open at a stretch."""
    base = places.get(row.cells.get("place", ""))
    minutes = float(row.cells.get("load_minutes", columns_by_name("trucks.csv")["load_minutes"].default))
    longest = 60 * max(_open_spans(base.cells.get("hours"))) if base is not None else minutes
    if minutes > longest + 1e-9:
        place = quoted(row.cells["place"])
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
            message, remedy = f"is a second row of {quoted(key[1])} at {quoted(key[0])}, after {seen[key]}", "keep one"
            notes.add("supply.twice", message, remedy, **at)
        seen.setdefault(key, row.where)
        crossing = places.get(cells.get("place", ""))
        most = _most_trucks(crossing.cells) if crossing is not None else math.inf
        if cells.get("trucks_per_day", 0) > most * (1 + 1e-9):
            message = f"{cells['trucks_per_day']:,} trucks a day wait, but the crossing can let in {most:,.0f} at most"
            remedy = "correct one of the two; the lower counts"
            notes.add("supply.over", message, remedy, **at, column="trucks_per_day", severity="warning")
        essential = essentials.get(cells.get("item", ""))
        if "amount_per_day" in cells and "unit" not in cells:
            message, remedy = "amount_per_day is given without a unit", "write the unit that the amount is counted in"
            notes.add("value.missing", message, remedy, **at, column="unit")
        if essential is not None and "unit" in cells:
            counted, for_each = per_head(cells["unit"])
            if for_each or factor(counted, essential.unit, essential.per_person) is None:
                message = (
                    f"{quoted(cells['unit'])} does not fit {quoted(essential.name)}, "
                    f"which is counted in {essential.unit}"
                )
                remedy = f"write one of {', '.join(fitting(essential.unit, people_need_it=essential.per_person > 0))}"
                notes.add("supply.unit", message, remedy, **at, column="unit")
        if essential is not None and not essential.kg_per_unit:
            message = f"{quoted(essential.name)} has no weight: no truck can carry it"
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
        message = f"{quoted(row.cells['place'])} is a {kind.replace('_', ' ')}, not a {' or a '.join(kinds)}"
        remedy = f"name a {' or a '.join(kinds)} of places.geojson"
        notes.add(code, message, remedy, file=table.file, where=row.where, column="place")


#: Kinds of places that patients may be moved to; as words in the column ``to`` they mean any of that kind.
DESTINATIONS = ("hospital", "crossing")


def check_patients(tables: Mapping[str, Table], places: Mapping[str, Any] | None, notes: Collector) -> None:
    """Note patients who cannot be moved, or have not agreed to be, and ambulances without room.

    ``places`` are those that there are; None if they could not be read.
    """
    ambulances = tables.get("ambulances.csv")
    if ambulances is not None:
        check_ids(ambulances, "id", notes)
        for row in ambulances.rows:
            if row.cells.get("lying") == 0 and row.cells.get("sitting") == 0:
                message, remedy = "has neither places to lie nor to sit", "say how many it has"
                notes.add("ambulances.no_place", message, remedy, file=ambulances.file, where=row.where, column="lying")
    patients = tables.get("patients.csv")
    if patients is None:
        return
    check_ids(patients, "id", notes)
    layer = tables["places.geojson"].rows if "places.geojson" in tables else []
    known = {row.cells["id"]: row.cells for row in layer if "id" in row.cells} if places is not None else None
    for row in patients.rows:
        _check_row(patients.file, row, known, notes)
        _check_room(patients.file, row, ambulances, notes)


def _check_row(file: str, row: Row, known: Mapping[Any, Mapping[str, Any]] | None, notes: Collector) -> None:
    cells: Mapping[str, Any] = row.cells
    to, here = cells.get("to"), cells.get("place")
    if cells.get("agreed") is False:
        message, remedy = "have not agreed to be moved: letup moves none of them", "say so once each has agreed"
        notes.add(
            "patients.not_agreed", message, remedy, file=file, where=row.where, column="agreed", severity="warning"
        )
    if to is not None and to == here:
        message, remedy = f"are at {quoted(here)} already", "name another place"
        notes.add("patients.same", message, remedy, file=file, where=row.where, column="to")
    if known is None or to is None:
        return
    if to in DESTINATIONS:
        beds = [place for place in known.values() if place.get("kind") == to and place.get("id") != here]
        if not any(to == "crossing" or place.get("room", 0) > 0 for place in beds):
            message = f"may go to any {to}, and there is no other" + (" with free beds" if to == "hospital" else "")
            remedy = "name the place, or give room to the hospitals in places.geojson"
            notes.add("patients.no_beds", message, remedy, file=file, where=row.where, column="to", severity="warning")
    elif to not in known:
        note_reference((file, row.where, "to"), to, "places.geojson", dict(known), notes)
    elif known[to].get("kind") not in DESTINATIONS:
        message = f"are to go to {quoted(to)}, which is neither a hospital nor a crossing"
        remedy = "name one, or the word hospital or crossing"
        notes.add("patients.to", message, remedy, file=file, where=row.where, column="to")
    elif known[to].get("kind") == "hospital" and "room" not in known[to]:
        message = f"are to go to {quoted(to)}, of which no free beds are given: it is taken to have none"
        remedy = "give its room in places.geojson"
        notes.add("patients.no_beds", message, remedy, file=file, where=row.where, column="to", severity="warning")


def _check_room(file: str, row: Row, ambulances: Table | None, notes: Collector) -> None:
    needs, companions = row.cells.get("needs"), row.cells.get("companions", 0)
    lying, sitting = int(needs == "lying"), int(needs == "sitting") + companions
    fits = any(
        ambulance.cells.get("count", 0) > 0
        and ambulance.cells.get("lying", 0) >= lying
        and ambulance.cells.get("sitting", 0) >= sitting
        for ambulance in (ambulances.rows if ambulances is not None else ())
    )
    if needs is not None and not fits:
        message = f"each needs a place for {lying} lying and {sitting} sitting; no ambulance has them"
        remedy = "add ambulances to ambulances.csv, or lower the companions"
        notes.add(
            "patients.no_ambulance", message, remedy, file=file, where=row.where, column="needs", severity="warning"
        )
