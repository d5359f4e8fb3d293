"""What must hold for patients and the ambulances that may move them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letup.core.collect import Collector, show
from letup.tables.inputs import Row, Table, check_ids, note_reference

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
    known = {row.cells.get("id"): row.cells for row in layer} if places is not None else None
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
        message, remedy = f"are at {show(here)} already", "name another place"
        notes.add("patients.same", message, remedy, file=file, where=row.where, column="to")
    if known is None or to is None:
        return
    if to in DESTINATIONS:
        beds = [one for one in known.values() if one.get("kind") == to and one.get("id") != here]
        if not any(to == "crossing" or one.get("room", 0) > 0 for one in beds):
            message = f"may go to any {to}, and there is no other" + (" with free beds" if to == "hospital" else "")
            remedy = "name the place, or give room to the hospitals in places.geojson"
            notes.add("patients.no_beds", message, remedy, file=file, where=row.where, column="to", severity="warning")
    elif to not in known:
        note_reference((file, row.where, "to"), to, "places.geojson", dict(known), notes)
    elif known[to].get("kind") not in DESTINATIONS:
        message = f"are to go to {show(to)}, which is neither a hospital nor a crossing"
        remedy = "name one, or the word hospital or crossing"
        notes.add("patients.to", message, remedy, file=file, where=row.where, column="to")
    elif known[to].get("kind") == "hospital" and "room" not in known[to]:
        message = f"are to go to {show(to)}, of which no free beds are given: it is taken to have none"
        remedy = "give its room in places.geojson"
        notes.add("patients.no_beds", message, remedy, file=file, where=row.where, column="to", severity="warning")


def _check_room(file: str, row: Row, ambulances: Table | None, notes: Collector) -> None:
    needs, companions = row.cells.get("needs"), row.cells.get("companions", 0)
    lying, sitting = int(needs == "lying"), int(needs == "sitting") + companions
    fits = any(
        one.cells.get("count", 0) > 0 and one.cells.get("lying", 0) >= lying and one.cells.get("sitting", 0) >= sitting
        for one in (ambulances.rows if ambulances is not None else ())
    )
    if needs is not None and not fits:
        message = f"each needs a place for {lying} lying and {sitting} sitting; no ambulance has them"
        remedy = "add ambulances to ambulances.csv, or lower the companions"
        notes.add(
            "patients.no_ambulance", message, remedy, file=file, where=row.where, column="needs", severity="warning"
        )
