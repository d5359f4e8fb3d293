"""Read a CSV table of a scenario into raw rows."""

from __future__ import annotations

import csv
import io
from collections import Counter

from letup.core.collect import Collector, show
from letup.scenario.files import MOST_COLUMNS, MOST_ROWS
from letup.scenario.raw import Row, Table

_SPREADSHEET = "save the table as “CSV UTF-8, comma separated”"


def read_csv(name: str, text: str, notes: Collector) -> Table | None:
    """Rows of a CSV text, numbered as in a spreadsheet: the header is row 1, the first data row is row 2.

    Parameters
    ----------
    name : str
        Name of the file, for findings.
    text : str
        Its content.
    notes : Collector
        Takes what is wrong.

    Returns
    -------
    Table or None
        None if the cells cannot be told apart.
    """
    delimiter = ","
    first = text.lstrip("\r\n").partition("\n")[0]
    for other, label in ((";", "semicolons"), ("\t", "tabs")):
        if other in first and "," not in first:
            notes.add("csv.delimiter", f"columns are separated by {label}, not commas", _SPREADSHEET, file=name)
            delimiter = other
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table: Table | None = None
    number = 0
    try:
        for cells in reader:
            number += 1
            if not any(cell.strip() for cell in cells):
                continue
            if table is None:
                if len(cells) > MOST_COLUMNS:
                    notes.add("layer.too_many", f"has {len(cells):,} columns", _SPREADSHEET, file=name, where="row 1")
                    return None
                table = Table(name, name, [cell.strip() for cell in cells])
                _check_header(table, notes)
                continue
            if len(table.rows) >= MOST_ROWS:
                notes.add("layer.too_many", f"has more than {MOST_ROWS:,} rows", "cut the table", file=name)
                break
            where = f"row {number}"
            if len(cells) != len(table.columns):
                notes.add(
                    "csv.ragged",
                    f"has {len(cells)} cells where the header has {len(table.columns)}",
                    "put texts with commas in quotation marks, and give each row a cell for each column",
                    file=name,
                    where=where,
                )
            filled = {c: cell for c, cell in zip(table.columns, cells, strict=False) if cell.strip()}
            table.rows.append(Row(where, filled))
    except csv.Error as error:
        notes.add(
            "csv.quotes",
            f"cells cannot be told apart ({error})",
            "look for a missing or extra quotation mark; " + _SPREADSHEET,
            file=name,
            where=f"row {number + 1}",
        )
        return None
    if table is None:
        notes.add("file.empty", "has no filled cell", "fill it, or start from `letup new`", file=name)
    return table


def _check_header(table: Table, notes: Collector) -> None:
    for column, times in Counter(table.columns).items():
        if not column:
            notes.add("column.missing", "a column has no name", "name it or remove it", file=table.file, where="row 1")
        elif times > 1:
            notes.add(
                "column.repeated",
                f"{show(column)} stands {times} times in the header",
                "keep one of the columns",
                file=table.file,
                where="row 1",
                column=column,
            )
