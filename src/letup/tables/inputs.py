"""Tables that people fill in: read them as they are, then understand each cell by the column it stands in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

from letup.core.collect import Collector, did_you_mean, nearest, quoted
from letup.core.findings import Finding
from letup.tables.cells import Wrong, convert, thousands
from letup.tables.csv_tables import read_csv
from letup.tables.outputs import Codes
from letup.tables.raw_tables import Row, Table
from letup.tables.schema import Column, Schema
from letup.tables.text_files import MOST_COLUMNS, read_text

_NAMES = ("name", "label", "pcode")
_SHOWN = 6  # ids that a finding lists of those that there are


def understand(table: Table, schema: Schema, notes: Collector, ignore: tuple[str, ...] = ()) -> Table:
    """Table with converted cells: those that are empty, unknown or wrong are left out, each wrong one with a finding.

    Parameters
    ----------
    table : Table
        As read.
    schema : Schema
        What it should hold.
    notes : Collector
        Takes what is wrong.
    ignore : tuple of str
        Columns that others read, such as the sections of scenario.yaml.
    """
    _check_columns(table, schema, notes, ignore)
    required = [column for column in schema.columns if column.required and column.name in table.columns]
    typed = Table(table.name, table.file, [name for name in table.columns if schema.find(name)])
    for row in table.rows:
        clean = Row(row.where, {}, row.geometry)
        for name, value in row.cells.items():
            column = schema.find(name)
            if column is None:
                continue
            try:
                clean.cells[name] = convert(column, _with_point(column, value) if table.local else value)
            except Wrong as wrong:
                notes.add(wrong.code, wrong.message, wrong.remedy, file=table.file, where=row.where, column=name)
        for column in required:
            if column.name not in row.cells:
                notes.add(
                    "value.missing",
                    f"{column.name} is empty",
                    f"fill it: {column.meaning}",
                    file=table.file,
                    where=row.where,
                    column=column.name,
                )
        typed.rows.append(clean)
    _note_points(table, schema, notes)
    return typed


_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")


def _with_point(column: Column, value: Any) -> Any:
    """A number of a file with semicolons as other files have it: with a decimal point; what may be either, stays."""
    if column.kind not in ("number", "integer") or not isinstance(value, str):
        return value
    text = value.strip()
    if thousands(text):
        remedy = "write the number without any separator between thousands, as 12000, or 12,0 for a decimal"
        raise Wrong("value.decimal_comma", f"{quoted(text)} may be a decimal or have a thousands separator", remedy)
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else value


def _note_points(table: Table, schema: Schema, notes: Collector) -> None:
    """Note columns in which each point has three digits behind it, so that it may have been meant for thousands."""
    for name in table.columns:
        column = schema.find(name)
        if column is None or column.kind != "number":
            continue
        texts = [(row.where, row.cells[name].strip()) for row in table.rows if isinstance(row.cells.get(name), str)]
        pointed = [(where, text) for where, text in texts if "." in text]
        if pointed and all(thousands(text) for _, text in pointed):
            where, text = pointed[0]
            if text.endswith("0"):
                continue  # an error already
            message = f"{quoted(text)} is read as {float(text):g}, not as {text.replace('.', '')}"
            remedy = f"nothing to do if that is meant; {text}0 would leave no doubt"
            place = {"file": table.file, "where": where, "column": name}
            notes.add("value.decimal_point", message, remedy, **place, severity="warning")


def _check_columns(table: Table, schema: Schema, notes: Collector, ignore: tuple[str, ...]) -> None:
    present = {column for column in table.columns if column}
    where = "" if table.file == table.name else table.name.partition(":")[2]
    for name in table.columns[:MOST_COLUMNS]:
        if not name or name in ignore or schema.find(name):
            continue
        near = nearest(name, (*schema.names, *ignore))
        # a near miss would silently put the default in place of what was meant: stop there
        missed = near and any(name in row.cells and near not in row.cells for row in table.rows)
        hint = f"did you mean “{near}”? " if missed else ""
        notes.add(
            "column.unknown",
            f"{quoted(name)} is not part of the format",
            f"{hint}rename or remove it; the reference page lists the columns",
            file=table.file,
            where=where,
            column=name,
            severity="error" if hint else "warning",
        )
    for column in schema.columns:
        if column.required and column.name not in present and (table.rows or table.columns):
            choices = f"; one of {', '.join(column.choices)}" if column.choices else ""
            notes.add(
                "column.missing",
                f"the column {column.name} is missing",
                f"add it: {column.meaning}{choices}",
                file=table.file,
                where=where,
                column=column.name,
            )


def read_filled(
    path: Path, schema: Schema, codes: Codes, needed: Sequence[str] = ()
) -> tuple[list[Row], list[Finding]]:
    """Rows of a single table that people fill in and name on the command line, such as pauses or a package.

    It is read as the tables of a scenario are; what is wrong has the codes of its caller.

    Parameters
    ----------
    path : Path
        The file.
    schema : Schema
        What it should hold.
    codes : Codes
        Codes of what is wrong; each finding says itself what to do.
    needed : sequence of str
        Columns that the header must have though their cells may be empty.

    Returns
    -------
    rows : list of Row
        With the cells that can be used; none where the file cannot be read.
    findings : list of Finding
        Everything that is wrong.
    """
    notes = Collector()
    text = read_text(path, notes)
    table = read_csv(path.name, text, notes, schema) if text is not None else None
    rows: list[Row] = []
    if table is not None:
        rows = understand(table, schema, notes).rows
        for name in needed:
            if name not in table.columns:
                message, remedy = f"the column {name} is missing", f"add it: {schema.by_name[name].meaning}"
                notes.add("column.missing", message, remedy, file=path.name, column=name)
    return rows, [_recoded(finding, codes, schema) for finding in notes.findings()]


def _recoded(finding: Finding, codes: Codes, schema: Schema) -> Finding:
    """A finding under the code of the caller."""
    if finding.code == "file.empty":
        columns = ", ".join(column.name for column in schema.columns if column.required)
        return replace(finding, code=codes.file, remedy=f"write a table with the columns {columns}")
    if finding.code == "csv.ragged":
        return replace(finding, code=codes.row)
    kind = finding.code.partition(".")[0]
    return replace(finding, code={"column": codes.columns, "value": codes.value}.get(kind, codes.file))


def read_bundled(package: str, schema: Schema) -> list[dict[str, Any]]:
    """Rows of a table that comes with letup, in a file of its name: the values of the filled cells by column.

    Raises
    ------
    ValueError
        With all that is wrong with it.
    """
    notes = Collector()
    table = read_csv(schema.name, resources.files(package).joinpath(schema.name).read_text("utf-8"), notes, schema)
    rows = understand(table, schema, notes).rows if table is not None else []
    if wrong := notes.findings():
        raise ValueError("; ".join(f"{finding.place}: {finding.message}" for finding in wrong))
    return [row.cells for row in rows]


def check_ids(table: Table, column: str, notes: Collector) -> dict[str, Row]:
    """Rows by id; a second row with the same id is a finding, and one that a reader takes for the same."""
    by_id: dict[str, Row] = {}
    alike: dict[str, str] = {}
    for row in table.rows:
        name = row.cells.get(column)
        if name is None:
            continue
        if name in by_id:
            notes.add(
                "id.duplicate",
                f"{quoted(name)} is also the {column} of {by_id[name].where}",
                "give each its own",
                file=table.file,
                where=row.where,
                column=column,
            )
        by_id.setdefault(name, row)
        other = alike.setdefault(_look(name), name)
        if other != name:
            same = unicodedata.normalize("NFC", other) == unicodedata.normalize("NFC", name)
            what = "in how letters are put together" if same else "in capital letters or the form of letters"
            notes.add(
                "id.alike",
                f"{quoted(name)} differs from the {column} of {by_id[other].where} only {what}",
                "write it the same way if it is the same; else give the two names that can be told apart",
                file=table.file,
                where=row.where,
                column=column,
                severity="error" if same else "warning",
            )
    return by_id


def _look(name: str) -> str:
    """A name as people compare it: without capital letters, and with letters in one form."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def check_references(table: Table, schema: Schema, targets: dict[str, dict[str, Any] | None], notes: Collector) -> None:
    """Note each reference to something that does not exist.

    ``targets`` holds the names in each file or section; None where that file could not be read, so that
    nothing can be said about references into it.
    """
    for row in table.rows:
        for name, value in row.cells.items():
            column = schema.find(name)
            names = targets.get(column.target) if column is not None and column.target else None
            if column is None or names is None:
                continue
            several = name == "source" or name.endswith("_source")
            for key in (part.strip() for part in value.split(";")) if several else (value,):
                if key not in names:
                    note_reference((table.file, row.where, name), key, column.target, names, notes)


def note_reference(
    place: tuple[str, str, str], name: str, target: str, names: dict[str, Any], notes: Collector
) -> None:
    """Note that a name, at a place (file, row, column), does not exist in the file or section it should be in."""
    file, where, column = place
    hint = "" if notes.is_full("value.reference", file, column) else _called(name, names) or did_you_mean(name, names)
    if names and not hint:
        hint = f"there are {', '.join(islice(names, _SHOWN))}{' and others' if len(names) > _SHOWN else ''}: "
    target = notes.lies_in.get(target, target.replace(":", ", "))
    notes.add(
        "value.reference",
        f"{quoted(name)} is not in {target}",
        f"{hint}correct it, or add it to {target}",
        file=file,
        where=where,
        column=column,
    )


def _called(name: str, names: Mapping[str, Any]) -> str:
    """Hint for a text that is the name, or the P-code, of something whose id is another; empty if it is none's."""
    look = _look(name.strip())
    ids = [
        key
        for key, row in names.items()
        if isinstance(row, Row)
        and any(
            isinstance(text, str) and _look(text.strip()) == look
            for column, text in row.cells.items()
            if column in _NAMES or column.startswith("name_")
        )
    ]
    if not ids:
        return ""
    if len(ids) > 1:
        return f"{quoted(name)} is the name of {', '.join(f'“{key}”' for key in ids[:5])}: name one of them by its id; "
    return f"did you mean “{ids[0]}”, which is the id of {quoted(name)}? "


def check_ranges(table: Table, columns: tuple[str, ...], notes: Collector) -> None:
    """Note values that lie outside their own low and high end."""
    for row in table.rows:
        for column in columns:
            low, value, high = (row.cells.get(name) for name in (f"{column}_low", column, f"{column}_high"))
            outside = value is not None and ((low is not None and low > value) or (high is not None and high < value))
            if outside or (value is None and low is not None and high is not None and low > high):
                ends = " to ".join("…" if end is None else _digits(end) for end in (low, high))
                message = f"{'no value' if value is None else _digits(value)} lies outside its range of {ends}"
                remedy = "correct the value or its ends"
                notes.add("value.order", message, remedy, file=table.file, where=row.where, column=column)


def _digits(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


def check_somewhere(table: Table, code: str, remedy: str, notes: Collector) -> None:
    """Note rows that name neither a zone nor a place."""
    for row in table.rows:
        if "zone" not in row.cells and "place" not in row.cells:
            notes.add(code, "has neither zone nor place", remedy, file=table.file, where=row.where, column="zone")
