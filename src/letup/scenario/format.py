"""The table of attributes: the single source for checks, the reference page and templates."""

from __future__ import annotations

from letup.core.collect import Collector
from letup.core.formats import Format
from letup.tables import inputs
from letup.tables.raw_tables import Row, Table
from letup.tables.schema import Column, Schema, schemas

PROVENANCE = ("basis", "source", "note")

SCENARIO = "scenario.yaml"
PARTIES = "parties.yaml"

SCENARIO_FORMAT = Format(SCENARIO)
"""The format of a scenario; a step upgrades the mapping of scenario.yaml."""

#: Files of a scenario folder whose absence stops the work; without the others there is less to plan.
REQUIRED_FILES = (SCENARIO, "zones.geojson", "roads.geojson")
LAYERS = ("zones.geojson", "roads.geojson", "places.geojson")
#: What is to be agreed, and what is known of those who have to agree.
AGREEMENT = ("issues.csv", "preferences.csv", "influences.csv", "concessions.csv", "statements.csv")
TABLES = (
    "people.csv",
    "essentials.csv",
    "stocks.csv",
    "facilities.csv",
    "trucks.csv",
    "supply.csv",
    "patients.csv",
    "ambulances.csv",
    *AGREEMENT,
)
FILES = (SCENARIO, *LAYERS, *TABLES, PARTIES)

#: Sections of scenario.yaml: settings and the list of sources carry no basis of their own.
WITHOUT_BASIS = (SCENARIO, f"{SCENARIO}:sources")


def declared() -> dict[str, Schema]:
    """Every file and section of the format, such as ``"people.csv"`` or ``"scenario.yaml:groups"``."""
    return schemas("letup.scenario", "attributes.csv", WITHOUT_BASIS)


def columns_by_name(file: str) -> dict[str, Column]:
    """Columns of one file or section by name, provenance included, families of columns left out."""
    return declared()[file].by_name


def find_column(file: str, column: str) -> Column | None:
    """Column of a file or section, families such as ``name_ar`` and ``count_basis`` included; None if there is none."""
    return declared()[file].find(column)


def understand(table: Table, notes: Collector, ignore: tuple[str, ...] = ()) -> Table:
    """Table with converted cells, as `letup.tables.understand`, with a check of where each value comes from."""
    typed = inputs.understand(table, declared()[table.name], notes, ignore)
    if table.name not in WITHOUT_BASIS:
        for row, clean in zip(table.rows, typed.rows, strict=True):
            _check_provenance(table.file, row, clean, notes)
    return typed


def _check_provenance(file: str, row: Row, clean: Row, notes: Collector) -> None:
    for column, basis in clean.cells.items():
        base, _, last = column.rpartition("_")
        if column != "basis" and (last != "basis" or base in PROVENANCE):
            continue
        prefix = f"{base}_" if base else ""
        if basis == "assumed" and not (row.cells.get(f"{prefix}note") or row.cells.get("note")):
            notes.add(
                "basis.note_missing",
                "is assumed without a reason",
                f"say why in {prefix}note",
                file=file,
                where=row.where,
                column=f"{prefix}note",
            )
        if basis in ("observed", "modelled") and not (row.cells.get(f"{prefix}source") or row.cells.get("source")):
            notes.add(
                "basis.source_missing",
                f"is {basis} without a source",
                f"name an entry of sources in {prefix}source, or mark it assumed and say why",
                file=file,
                where=row.where,
                column=f"{prefix}source",
            )
