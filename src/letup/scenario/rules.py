"""What must hold within and between the rows of places and people."""

from __future__ import annotations

from collections.abc import Hashable

from letup.core.collect import Collector, show
from letup.tables.inputs import Table

_MOST_PEOPLE = 2**31 - 1


def check_places(places: Table, notes: Collector) -> None:
    """Note shelters without room, checkpoints without throughput, and a scenario without any shelter."""
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
    if not any(row.cells.get("kind") == "shelter" and row.cells.get("room", 0) > 0 for row in places.rows):
        message, remedy = "has no shelter with room, so nobody can arrive", "add the places that take people in"
        notes.add("places.no_shelter", message, remedy, file=places.file, severity="warning")


def check_people(people: Table, notes: Collector) -> None:
    """Note people who are nowhere, ranges that do not hold their value, and totals beyond counting."""
    _check_somewhere(people, "people.nowhere", "name the zone or place the people are in", notes)
    for row in people.rows:
        for column in ("count", "share_leaving"):
            low, value, high = (row.cells.get(name) for name in (f"{column}_low", column, f"{column}_high"))
            if value is not None and ((low is not None and low > value) or (high is not None and high < value)):
                ends = " to ".join("…" if end is None else f"{end:,}" for end in (low, high))
                message = f"{value:,} lies outside its range of {ends}"
                remedy = "correct the value or its ends"
                notes.add("value.order", message, remedy, file=people.file, where=row.where, column=column)
    total = sum(row.cells.get("count", 0) for row in people.rows)
    if total > _MOST_PEOPLE:
        message, remedy = f"{total:,} people in all", f"at most {_MOST_PEOPLE:,} can be counted; correct the counts"
        notes.add("people.total", message, remedy, file=people.file, column="count")


def _check_somewhere(table: Table, code: str, remedy: str, notes: Collector) -> None:
    for row in table.rows:
        if "zone" not in row.cells and "place" not in row.cells:
            notes.add(code, "has neither zone nor place", remedy, file=table.file, where=row.where, column="zone")


def check_repeated_rows(table: Table, notes: Collector) -> None:
    """Note rows that are the same in every cell."""
    seen: dict[Hashable, str] = {}
    for row in table.rows:
        key = tuple(sorted((column, repr(value)) for column, value in row.cells.items()))
        if key and key in seen:
            message = f"is the same as {seen[key]} in every cell: {show(', '.join(value for _, value in key))}"
            remedy = "remove one, or say in the note how they differ"
            notes.add("row.duplicate", message, remedy, file=table.file, where=row.where)
        seen.setdefault(key, row.where)
