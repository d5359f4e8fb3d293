"""CSV tables as people and their spreadsheets save them: which sign stands between cells, and where the header is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from letup.core.collect import Collector
from letup.tables.cells import unguarded
from letup.tables.raw_tables import Cells, Table, known_columns, table_of
from letup.tables.schema import Schema

_SPREADSHEET = "save the table as “CSV UTF-8, comma separated”"
_RAGGED = "put texts with {} in quotation marks, and give each row a cell for each column"
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def read_csv(name: str, text: str, notes: Collector, schema: Schema | None = None) -> Table | None:
    """Rows of a CSV text, numbered as in a spreadsheet: the header is row 1, the first data row is row 2.

    Semicolons or tabs between the cells are read, with a note, where only they give the header columns that the table
    can have; in such a file decimals may have commas.

    Parameters
    ----------
    name : str
        Name of the file, for findings.
    text : str
        Its content.
    notes : Collector
        Takes what is wrong.
    schema : Schema, optional
        What the table should hold, by which its header is known.

    Returns
    -------
    Table or None
        None if the cells cannot be told apart.
    """
    delimiter, skipped = _stated(text)
    if not delimiter:
        delimiter = _delimiter(text, schema)
        if delimiter != ",":
            certain = schema is not None
            notes.add(
                "csv.delimiter",
                f"columns are separated by {_DELIMITERS[delimiter]}, not commas" + (": read so" if certain else ""),
                "nothing to do if every number is as you meant it" if certain else _SPREADSHEET,
                file=name,
                severity="note" if certain else "error",
            )
    rows = _Rows(text, delimiter, skipped)
    try:
        table = table_of((name, name), rows, schema, _RAGGED.format(_DELIMITERS[delimiter]), notes)
    except csv.Error as error:
        notes.add(
            "csv.quotes",
            f"cells cannot be told apart ({error})",
            "look for a missing or extra quotation mark; " + _SPREADSHEET,
            file=name,
            where=f"row {rows.number + 1}",
        )
        return None
    if table is not None:
        table.local = delimiter == ";"
        if table.rows and not text.endswith(("\n", "\r")):
            message, remedy = (
                "does not end with the end of a line: it may be cut off",
                "look whether the last row is whole",
            )
            where = table.rows[-1].where
            notes.add("csv.last_line", message, remedy, file=name, where=where, severity="note")
    return table


class _Rows:
    """Rows of a text by their numbers; ``number`` is that of the last one read."""

    def __init__(self, text: str, delimiter: str, skipped: int) -> None:
        self.number = 0
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._skipped = skipped

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        for cells in self._reader:
            self.number += 1
            if self.number > self._skipped:
                yield self.number, [unguarded(cell) for cell in cells]


def _stated(text: str) -> tuple[str, int]:
    """Sign that a first row such as ``sep=;`` names, as spreadsheets understand it, and how many rows it takes."""
    first = text.partition("\n")[0].strip().strip('"')
    if len(first) == 5 and first.casefold().startswith("sep=") and first[4] in _DELIMITERS:
        return first[4], 1
    return ("\t", 1) if first.casefold() == "sep=" else ("", 0)


def _delimiter(text: str, schema: Schema | None) -> str:
    """Sign between the cells: a comma, unless another one alone gives a row the columns of a table.

    Without a schema it is by the first row: another sign where that has no comma.
    """
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if schema is None:
        first = lines[0] if lines else ""
        return next((sign for sign in (";", "\t") if sign in first and "," not in first), ",")
    known = {
        sign: max((known_columns(_cells(line, sign), schema) for line in lines), default=0) for sign in _DELIMITERS
    }
    others = [sign for sign in (";", "\t") if known[sign] > max(1, known[","])]
    return others[0] if len(others) == 1 else ","


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # reading the whole says what is wrong
        return []
