"""Understand the cells of a raw table by the table of attributes, and check where each value comes from."""

from __future__ import annotations

from typing import Any

from letup.core.collect import Collector, did_you_mean, nearest, show
from letup.scenario.attributes import PROVENANCE, WITHOUT_BASIS, find, of
from letup.scenario.convert import Wrong, convert, parse_hours, parse_modes
from letup.scenario.files import MOST_COLUMNS
from letup.scenario.raw import Row, Table


def understand(table: Table, notes: Collector, ignore: tuple[str, ...] = ()) -> Table:
    """Table with converted cells: those that are empty, unknown or wrong are left out, each wrong one with a finding.

    Parameters
    ----------
    table : Table
        As read.
    notes : Collector
        Takes what is wrong.
    ignore : tuple of str
        Columns that others read, such as the sections of scenario.yaml.
    """
    known = of(table.name)
    _check_columns(table, notes, ignore)
    required = [name for name, attribute in known.items() if attribute.required and name in table.columns]
    typed = Table(table.name, table.file, [column for column in table.columns if find(table.name, column)])
    for row in table.rows:
        clean = Row(row.where, {}, row.geometry)
        for column, value in row.cells.items():
            attribute = find(table.name, column)
            if attribute is None:
                continue
            try:
                clean.cells[column] = _special(column, convert(attribute, value))
            except Wrong as wrong:
                notes.add(wrong.code, wrong.message, wrong.remedy, file=table.file, where=row.where, column=column)
        for name in required:
            if name not in row.cells:
                notes.add(
                    "value.missing",
                    f"{name} is empty",
                    f"fill it: {known[name].meaning}",
                    file=table.file,
                    where=row.where,
                    column=name,
                )
        if table.name not in WITHOUT_BASIS:
            _check_provenance(table.file, row, clean, notes)
        typed.rows.append(clean)
    return typed


def _special(column: str, value: Any) -> Any:
    """Texts with a grammar of their own."""
    try:
        if column == "hours" and isinstance(value, str):
            parse_hours(value)
    except ValueError as error:
        remedy = "write local hours such as 10:00-14:00; over midnight as 00:00-04:00; 22:00-24:00"
        raise Wrong("value.hours", str(error), remedy) from None
    try:
        if column == "modes":
            parse_modes(value)
    except ValueError as error:
        raise Wrong("value.choice", str(error), "write foot, vehicle or foot;vehicle") from None
    return value


def _check_columns(table: Table, notes: Collector, ignore: tuple[str, ...]) -> None:
    known = of(table.name)
    present = {column for column in table.columns if column}
    where = "" if table.file == table.name else table.name.partition(":")[2]
    for column in table.columns[:MOST_COLUMNS]:
        if not column or column in ignore or find(table.name, column):
            continue
        near = nearest(column, (*known, *ignore))
        # a near miss would silently put the default in place of what was meant: stop there
        missed = near and any(column in row.cells and near not in row.cells for row in table.rows)
        hint = f"did you mean “{near}”? " if missed else ""
        notes.add(
            "column.unknown",
            f"{show(column)} is not part of the format",
            f"{hint}rename or remove it; the reference page lists the columns",
            file=table.file,
            where=where,
            column=column,
            severity="error" if hint else "warning",
        )
    for name, attribute in known.items():
        if attribute.required and name not in present and (table.rows or table.columns):
            notes.add(
                "column.missing",
                f"the column {name} is missing",
                f"add it: {attribute.meaning}",
                file=table.file,
                where=where,
                column=name,
            )


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


def check_ids(table: Table, column: str, notes: Collector) -> dict[str, Row]:
    """Rows by id; a second row with the same id is a finding."""
    found: dict[str, Row] = {}
    for row in table.rows:
        name = row.cells.get(column)
        if name is None:
            continue
        if name in found:
            notes.add(
                "id.duplicate",
                f"{show(name)} is also the {column} of {found[name].where}",
                "give each its own",
                file=table.file,
                where=row.where,
                column=column,
            )
        found.setdefault(name, row)
    return found


def check_references(table: Table, targets: dict[str, dict[str, Any] | None], notes: Collector) -> None:
    """Note each reference to something that does not exist.

    ``targets`` holds the names in each file or section; None where that file could not be read, so that
    nothing can be said about references into it.
    """
    for row in table.rows:
        for column, value in row.cells.items():
            attribute = find(table.name, column)
            if attribute is None or not attribute.target:
                continue
            names = targets.get(attribute.target)
            if names is None:
                continue
            several = column == "source" or column.endswith("_source")
            for name in (part.strip() for part in value.split(";")) if several else (value,):
                if name not in names:
                    note_reference((table.file, row.where, column), name, attribute.target, names, notes)


def note_reference(
    place: tuple[str, str, str], name: str, target: str, names: dict[str, Any], notes: Collector
) -> None:
    """Note that a name, at a place (file, row, column), does not exist in the file or section it should be in."""
    file, where, column = place
    hint = "" if notes.is_full("value.reference", file, column) else did_you_mean(name, names)
    notes.add(
        "value.reference",
        f"{show(name)} is not in {target.replace(':', ', ')}",
        f"{hint}correct it, or add it to {target.replace(':', ', ')}",
        file=file,
        where=where,
        column=column,
    )
