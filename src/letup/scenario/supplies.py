"""What must hold within and between the rows of essentials, stocks and facilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letup.core.collect import Collector, show
from letup.scenario.essentials import Essential, merged
from letup.scenario.units import PER_HEAD, factor, fitting, per_head
from letup.tables.inputs import Row, Table, note_reference


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
    _check_somewhere(table, "stocks.nowhere", "name the place the stock lies at or the zone it serves", notes)
    check_ranges(table, ("amount", "loss_per_day"), notes)
    for row in table.rows:
        _check_unit(table, row, ("item", "unit", "stocks.unit"), essentials, notes)
        essential = essentials.get(row.cells.get("item", ""))
        if essential and essential.per_person and "place" not in row.cells and row.cells.get("daily_use"):
            message = f"daily use is not read: what people need of {show(essential.name)} comes from essentials.csv"
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
            message = f"makes {show(cells['makes'])} without saying what it needs for it"
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
            for zone in served(cells.get("serves")):
                if zone not in zones:
                    note_reference((table.file, row.where, "serves"), zone, "zones.geojson", dict(zones), notes)
    _check_circle(table, notes)


def served(text: str | None) -> list[str]:
    """Zones named in a cell of ``serves``, each once, in its order."""
    return list(dict.fromkeys(part.strip() for part in (text or "").split(";") if part.strip()))


def order_of_making(pairs: set[tuple[str, str]], names: list[str]) -> list[str] | None:
    """Names in an order in which whatever is made of something comes after it; None if they go round in a circle.

    Parameters
    ----------
    pairs : set of (used, made)
        Facilities by what they use and make.
    names : list of str
        All names; those that nothing is said about keep their order.
    """
    left, found = list(names), []
    while left:
        free = [name for name in left if not any(made == name and used in left for used, made in pairs)]
        if not free:
            return None
        found.append(free[0])
        left.remove(free[0])
    return found


def check_ranges(table: Table, columns: tuple[str, ...], notes: Collector) -> None:
    """Note values that lie outside their own low and high end."""
    for row in table.rows:
        for column in columns:
            low, value, high = (row.cells.get(name) for name in (f"{column}_low", column, f"{column}_high"))
            outside = value is not None and ((low is not None and low > value) or (high is not None and high < value))
            if outside or (value is None and low is not None and high is not None and low > high):
                ends = " to ".join("…" if end is None else f"{end:,g}" for end in (low, high))
                message = f"{'no value' if value is None else f'{value:,g}'} lies outside its range of {ends}"
                remedy = "correct the value or its ends"
                notes.add("value.order", message, remedy, file=table.file, where=row.where, column=column)


def _check_somewhere(table: Table, code: str, remedy: str, notes: Collector) -> None:
    for row in table.rows:
        if "zone" not in row.cells and "place" not in row.cells:
            notes.add(code, "has neither zone nor place", remedy, file=table.file, where=row.where, column="zone")


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
        message = f"{show(unit)} does not fit {show(essential.name)}, which is counted in {essential.unit}"
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
        message = f"facilities make in a circle what others of them use: {', '.join(names[:10])}"
        remedy = "leave out the smaller of the two uses; a circle cannot be followed through"
        notes.add("facilities.circle", message, remedy, file=table.file, column="makes")
