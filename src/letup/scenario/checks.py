"""What must hold within and between the tables of a scenario: the list of checks, and those on places and people."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from letup.core.collect import Collector, quoted
from letup.core.findings import Severity
from letup.scenario import agreement, aid_checks, road_checks, spatial_checks
from letup.scenario.essentials import Essential
from letup.scenario.format import LAYERS, PARTIES, SCENARIO, TABLES, declared
from letup.scenario.limits import check_limits
from letup.scenario.priorities import check_priorities
from letup.scenario.settings import check_times
from letup.scenario.statements import check_statements
from letup.scenario.table_files import SUFFIXES
from letup.tables.inputs import check_ids, check_ranges, check_references, check_somewhere
from letup.tables.raw_tables import Row, Table

_MOST_PEOPLE = 2**31 - 1


def check_tables(tables: dict[str, Table], sections: dict[str, Table], broken: set[str], notes: Collector) -> None:
    """Note what does not hold within and between the rows of all tables.

    Parameters
    ----------
    tables : dict of str to Table
        Layers and tables by file name, understood.
    sections : dict of str to Table
        Sections of scenario.yaml; empty if it could not be read.
    broken : set of str
        Files that are there but could not be read.
    notes : Collector
        Takes what is wrong.
    """
    notes.lies_in.update((name, table.file) for name, table in tables.items())
    targets: dict[str, dict[str, Any] | None] = {}
    for name in LAYERS:
        ids = check_ids(tables[name], "id", notes) if name in tables else {}
        targets[name] = None if name in broken and name != "places.geojson" else ids
    if "places.geojson" in broken and _failed("places.geojson", tables, notes):
        targets["places.geojson"] = None
    for section, key in (("groups", "name"), ("sources", "")):
        name = f"{SCENARIO}:{section}"
        if not sections:
            targets[name] = None
        elif section not in sections:
            targets[name] = {}
        elif key:
            targets[name] = dict(check_ids(sections[section], key, notes))
        else:
            targets[name] = {row.where.removeprefix("sources, "): row for row in sections[section].rows}
    essentials = aid_checks.essentials_in(tables)
    targets["essentials.csv"] = None if _failed("essentials.csv", tables, notes) else dict(essentials)
    targets["issues.csv"] = check_ids(tables["issues.csv"], "id", notes) if "issues.csv" in tables else {}
    targets[PARTIES] = check_ids(tables[PARTIES], "id", notes) if PARTIES in tables else {}
    for name in ("issues.csv", PARTIES):
        if _failed(name, tables, notes):
            targets[name] = targets[name] or None
    everything = [
        *tables.values(),
        *(
            sections[name]
            for name in ("groups", "limits", "mobilisation", "priorities", "deliveries")
            if name in sections
        ),
    ]
    for table in everything:
        check_references(table, declared()[table.name], targets, notes)
    zones = targets["zones.geojson"]
    _check_agreement(tables, zones, targets["issues.csv"], notes)
    if "places.geojson" in tables:
        nights = bool(sections and sections[""].rows[0].cells.get("nights_at_most"))
        check_places(tables["places.geojson"], nights, notes)
    if "people.csv" in tables:
        check_people(tables["people.csv"], notes)
    for name in TABLES:
        if name in tables:
            check_repeated_rows(tables[name], notes)
    for name in ("zones.geojson", PARTIES):
        if name in tables:
            check_names(tables[name], notes)
    for name, columns, what in _COUNTED_ONCE:
        if name in tables:
            check_counted_once(tables[name], columns, what, notes)
    _check_supplies(tables, essentials, zones, notes)
    aid_checks.check_deliveries(tables, sections, essentials, zones, notes)
    aid_checks.check_patients(tables, targets["places.geojson"], notes)
    if sections:
        top = sections[""].rows[0].cells
        check_times(top, notes)
        if "priorities" in sections:
            check_priorities(sections["priorities"].rows[0].cells, tables, notes)
        if "limits" in sections:
            check_limits(sections["limits"].rows[0].cells, top, zones, notes)


def _failed(name: str, tables: dict[str, Table], notes: Collector) -> bool:
    """Whether an error was found in a table, in whatever file it lies."""
    own = [f"{Path(name).stem}{suffix}" for suffix in SUFFIXES.get(name, (Path(name).suffix,))]
    return notes.failed(*own, *([tables[name].file.partition(":")[0]] if name in tables else []))


def _check_supplies(
    tables: dict[str, Table], essentials: dict[str, Essential], zones: dict[str, Any] | None, notes: Collector
) -> None:
    if "essentials.csv" in tables:
        check_ids(tables["essentials.csv"], "essential", notes)
        aid_checks.check_essentials(tables["essentials.csv"], notes)
    if "stocks.csv" in tables:
        aid_checks.check_stocks(tables["stocks.csv"], essentials, notes)
    if "facilities.csv" in tables:
        check_ids(tables["facilities.csv"], "id", notes)
        aid_checks.check_facilities(tables["facilities.csv"], essentials, zones, notes)
    if "trucks.csv" in tables:
        check_ids(tables["trucks.csv"], "id", notes)


def _check_agreement(
    tables: dict[str, Table], zones: dict[str, Any] | None, issues: dict[str, Any] | None, notes: Collector
) -> None:
    known = issues or {}
    if PARTIES in tables:
        agreement.check_parties(tables[PARTIES], zones, issues, notes)
    if "issues.csv" in tables:
        agreement.check_issues(tables["issues.csv"], notes)
    if "preferences.csv" in tables:
        agreement.check_preferences(tables["preferences.csv"], known, notes)
    if "influences.csv" in tables:
        agreement.check_influences(tables["influences.csv"], notes)
    agreement.check_concessions(tables.get("concessions.csv"), known, tables.get(PARTIES), notes)


def check_dates(
    tables: dict[str, Table], sections: dict[str, Table], folder: Path, today: date | None, notes: Collector
) -> None:
    """Note statements that cannot have been made by the day of the check, and quotes that are not in their files."""
    if "statements.csv" not in tables:
        return
    top = sections[""].rows[0].cells if sections else {}
    local = ZoneInfo(top["timezone"]) if "timezone" in top else UTC
    as_of = top["as_of"].astimezone(local).date() if "as_of" in top else None
    if today is None:
        today = _today(local)
        if today < _EARLIEST:
            message = f"the clock of this machine says {today.isoformat()}, so that no date can be held against today"
            remedy = "set the clock, and check again"
            notes.add("time.machine", message, remedy, file="statements.csv", column="date", severity="warning")
            today = date.max
    check_statements(tables["statements.csv"], folder, today, as_of, notes)


_EARLIEST = date(2025, 1, 1)
"""Day before which there was no letup: a clock that says so is not set."""


def _today(local: tzinfo) -> date:
    return datetime.now(local).date()


def check_layers(tables: dict[str, Table], sections: dict[str, Table], notes: Collector) -> None:
    """Note what lies where it cannot lie: zones on each other, swapped axes, places outside."""
    timezone = sections[""].rows[0].cells.get("timezone") if sections else None
    zones = tables.get("zones.geojson")
    if zones is not None:
        spatial_checks.check_zones(zones, timezone, notes)
        for name in ("roads.geojson", "places.geojson"):
            if name in tables:
                spatial_checks.check_against_zones(tables[name], zones, notes)
    for name, code in (("stocks.csv", "stocks.outside"), ("facilities.csv", "facilities.outside")):
        if name in tables and "places.geojson" in tables and zones is not None:
            spatial_checks.check_held(tables[name], code, tables["places.geojson"], zones, notes)
    severities: tuple[tuple[str, Severity], ...] = (("people.csv", "error"), ("facilities.csv", "warning"))
    for name, severity in severities:
        if name in tables and "places.geojson" in tables and zones is not None:
            spatial_checks.check_elsewhere(tables[name], severity, tables["places.geojson"], zones, notes)
    if "places.geojson" in tables and zones is not None:
        spatial_checks.check_points(tables["places.geojson"], zones, notes)
    if "roads.geojson" in tables:
        road_checks.check_roads(tables["roads.geojson"], notes)
    if "places.geojson" in tables:
        spatial_checks.check_positions(tables["places.geojson"], notes)


def check_places(places: Table, nights: bool, notes: Collector) -> None:
    """Note shelters without room, checkpoints without throughput, rooms for nobody, and a scenario without a shelter.

    Parameters
    ----------
    places : Table
        The places.
    nights : bool
        Whether anybody may spend a night on the way.
    notes : Collector
        Takes what is wrong.
    """
    for row in places.rows:
        kind = row.cells.get("kind")
        if kind == "shelter" and "room" not in row.cells:
            message, remedy = "is a shelter without room", "say how many people it can still take in"
            notes.add("places.no_room", message, remedy, file=places.file, where=row.where, column="room")
        if kind == "checkpoint" and "throughput_per_hour" not in row.cells:
            message, remedy = "is a checkpoint without throughput", "say how many people it lets through per hour"
            notes.add(
                "places.no_throughput", message, remedy, file=places.file, where=row.where, column="throughput_per_hour"
            )
        _check_rooms_on_the_way(places.file, row, nights, notes)
    if not any(row.cells.get("kind") == "shelter" and row.cells.get("room", 0) > 0 for row in places.rows):
        message, remedy = "has no shelter with room, so nobody can arrive", "add the places that take people in"
        notes.add("places.no_shelter", message, remedy, file=places.file, severity="warning")


def check_people(people: Table, notes: Collector) -> None:
    """Note people who are nowhere, ranges that do not hold their value, and totals beyond counting."""
    check_somewhere(people, "people.nowhere", "name the zone or place the people are in", notes)
    check_ranges(people, ("count", "share_leaving"), notes)
    total = sum(row.cells.get("count", 0) for row in people.rows)
    if total > _MOST_PEOPLE:
        message, remedy = f"{total:,} people in all", f"at most {_MOST_PEOPLE:,} can be counted; correct the counts"
        notes.add("people.total", message, remedy, file=people.file, column="count")


#: Tables whose rows add up, the columns that say what a row is of, and what is counted twice where two agree in them.
_COUNTED_ONCE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("people.csv", ("zone", "place", "group"), "people of one group"),
    ("stocks.csv", ("zone", "place", "item"), "a stock of one item"),
    ("concessions.csv", ("party", "zone", "issue", "from", "to"), "a cost to one party"),
)


def check_counted_once(table: Table, key: tuple[str, ...], what: str, notes: Collector) -> None:
    """Note rows that agree in what they are of, though not in every cell: they add up, which may not be meant."""
    seen: dict[Hashable, Row] = {}
    for row in table.rows:
        of = tuple(row.cells.get(column) for column in key)
        if sum(part is not None for part in of) < 2:
            continue
        first = seen.setdefault(of, row)
        if first is not row and first.cells != row.cells:
            message = f"is {what}, as {first.where} is: the two add up"
            remedy = "keep one if they are two sources for the same; else say in the notes how they differ"
            notes.add("row.twice", message, remedy, file=table.file, where=row.where, severity="warning")


def check_names(table: Table, notes: Collector) -> None:
    """Note names that two rows share: readers of a plan could not tell them apart."""
    seen: dict[str, str] = {}
    for row in table.rows:
        name = row.cells.get("name")
        if name is None:
            continue
        look = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        if look in seen:
            message = f"{quoted(name)} is also the name of {seen[look]}"
            remedy = "give each a name of its own: pages and term sheets show names"
            place = {"file": table.file, "where": row.where, "column": "name"}
            notes.add("name.repeated", message, remedy, **place, severity="warning")
        seen.setdefault(look, row.where)


def check_repeated_rows(table: Table, notes: Collector) -> None:
    """Note rows that are the same in every cell."""
    seen: dict[Hashable, str] = {}
    for row in table.rows:
        key = tuple(sorted((column, repr(value)) for column, value in row.cells.items()))
        if key and key in seen:
            message = f"is the same as {seen[key]} in every cell: {quoted(', '.join(value for _, value in key))}"
            remedy = "remove one, or say in the note how they differ"
            notes.add("row.duplicate", message, remedy, file=table.file, where=row.where)
        seen.setdefault(key, row.where)


def _check_rooms_on_the_way(file: str, row: Row, nights: bool, notes: Collector) -> None:
    """Note rooms to wait, and for the night, that nobody could use."""
    beds, room = row.cells.get("night_room", 0), row.cells.get("room", 0)
    for column in ("waiting_room", "night_room"):
        if row.cells.get(column) and not row.cells.get("wait"):
            message = f"has {column} but does not let people wait"
            remedy = "write wait: true if people on the way may stay here, else leave the room out"
            notes.add("places.no_wait", message, remedy, file=file, where=row.where, column=column)
    if row.cells.get("kind") == "shelter" and beds > room:
        message = f"keeps {beds:,} beds for people on the way, but has room for {room:,} in all"
        remedy = "night_room is a part of room: write the room of both together in room"
        notes.add("places.night_room", message, remedy, file=file, where=row.where, column="night_room")
    if beds and not nights:
        message = "has room for the night, but nobody may spend one on the way"
        remedy = f"write nights_at_most in {SCENARIO}, or leave night_room out"
        notes.add("places.no_nights", message, remedy, file=file, where=row.where, column="night_room", severity="note")
