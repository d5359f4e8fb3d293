"""Tables as they are in a file, before anything is understood of them: rows of cells under a header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from shapely.geometry.base import BaseGeometry

from letup.core.collect import Collector, quoted
from letup.tables.schema import Schema
from letup.tables.text_files import MOST_COLUMNS, MOST_ROWS

_ABOVE_HEADER = 20
"""Rows in which a header is looked for."""


@dataclass
class Row:
    """One row or feature: how the user finds it, its cells that are not empty, its geometry if it has one."""

    where: str
    cells: dict[str, Any]
    geometry: BaseGeometry | None = None


@dataclass
class Table:
    """Rows of one file or section, the columns it has, and the file that the user must open to correct it.

    ``name`` is the file or section as the table of attributes calls it; ``file`` differs from it
    where the layer lies in a GeoPackage, a workbook or another file. ``local`` says that the file has semicolons where
    others have commas, as spreadsheets write it where decimals have commas. ``remarks`` says that a row of
    remarks under the header was passed over.
    """

    name: str
    file: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    local: bool = False
    remarks: bool = False


Cells = Sequence[Any]
"""Cells of one row, texts or values; None or blank for an empty one."""


def filled(cell: Any) -> bool:
    """Whether a cell is not empty."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def known_columns(cells: Cells, schema: Schema) -> int:
    """How many cells of a row are names of columns of a table."""
    return sum(isinstance(cell, str) and schema.find(cell.strip()) is not None for cell in cells)


def table_of(
    place: tuple[str, str], lines: Iterable[tuple[int, Cells]], schema: Schema | None, remedy: str, notes: Collector
) -> Table | None:
    """Table whose header is the first filled row, or one below it that alone can be the header.

    Parameters
    ----------
    place : (str, str)
        Name of the table, and the file as findings name it.
    lines : iterable of (int, sequence)
        Number of each row in its file, and its cells.
    schema : Schema or None
        What the table should hold; None if any columns will do.
    remedy : str
        What to do where cells do not fit the header.
    notes : Collector
        Takes what is wrong.

    Returns
    -------
    Table or None
        None if there is no filled cell, or too many columns.
    """
    name, file = place
    rest = ((number, cells) for number, cells in lines if any(filled(cell) for cell in cells))
    first = list(islice(rest, _ABOVE_HEADER))
    if not first:
        notes.add("file.empty", "has no filled cell", "fill it, or start from `letup new`", file=file)
        return None
    start = _header_in(first, schema)
    number, header = first[start]
    if start:
        what = f"row {first[0][0]}" if start == 1 else f"rows {first[0][0]} to {first[start - 1][0]}"
        message = f"{what}, above the header in row {number}, {'is' if start == 1 else 'are'} not read"
        advice = "remove what stands above the header once you know that no unit or remark is lost"
        notes.add("table.above_header", message, advice, file=file, where=f"row {number}", severity="warning")
    while header and not filled(header[-1]):
        header = header[:-1]
    if len(header) > MOST_COLUMNS:
        notes.add("layer.too_many", f"has {len(header):,} columns", remedy, file=file, where=f"row {number}")
        return None
    table = Table(name, file, [str(cell).strip() if filled(cell) else "" for cell in header])
    _check_header(table, f"row {number}", notes)
    body = [*first[start + 1 :]]
    if body and _is_tags(body[0][1]):
        message, advice = "holds tags of the Humanitarian Exchange Language and is not read", "nothing to do"
        notes.add("table.tags", message, advice, file=file, where=f"row {body[0][0]}", severity="note")
        del body[0]
    elif body and _is_remarks(body[0][1]):
        table.remarks = True
        del body[0]
    for number, cells in _chained(body, rest):
        if len(table.rows) >= MOST_ROWS:
            notes.add("layer.too_many", f"has more than {MOST_ROWS:,} rows", "cut the table", file=file)
            break
        where = f"row {number}"
        slipped = any(filled(cell) for cell in cells[len(table.columns) :])
        if slipped or len(cells) < len(table.columns):
            notes.add(
                "csv.ragged",
                f"has {len(cells)} cells where the header has {len(table.columns)}",
                remedy,
                file=file,
                where=where,
            )
        if slipped:
            continue  # which cell belongs to which column cannot be told
        present = {column: cell for column, cell in zip(table.columns, cells, strict=False) if filled(cell)}
        table.rows.append(Row(where, present))
    return table


def _chained(body: list[tuple[int, Cells]], rest: Iterable[tuple[int, Cells]]) -> Iterable[tuple[int, Cells]]:
    yield from body
    yield from rest


def _header_in(rows: list[tuple[int, Cells]], schema: Schema | None) -> int:
    """Which of the first rows is the header: the first, unless only a later one has all columns that are needed."""
    if schema is None or known_columns(rows[0][1], schema) > 1:
        return 0
    needed = {column.name for column in schema.columns if column.required}
    for i, (_, cells) in enumerate(rows[1:], 1):
        names = {cell.strip() for cell in cells if isinstance(cell, str)}
        if needed and needed <= names and known_columns(cells, schema) > 1:
            return i
    return 0


def _is_tags(cells: Cells) -> bool:
    """Whether a row holds nothing but tags such as ``#adm2+code``, as tables of the humanitarian data exchange do."""
    return _is_remarks(cells) and all(not filled(cell) or cell.strip()[1:2].strip() for cell in cells)


def _is_remarks(cells: Cells) -> bool:
    """Whether a row holds nothing but texts that begin with #, as templates explain their columns and YAML remarks."""
    texts = [cell for cell in cells if filled(cell)]
    return len(texts) > 1 and all(isinstance(cell, str) and cell.strip().startswith("#") for cell in texts)


def _check_header(table: Table, where: str, notes: Collector) -> None:
    for column, times in Counter(table.columns).items():
        if not column:
            notes.add("column.missing", "a column has no name", "name it or remove it", file=table.file, where=where)
        elif times > 1:
            notes.add(
                "column.repeated",
                f"{quoted(column)} stands {times} times in the header",
                "keep one of the columns",
                file=table.file,
                where=where,
                column=column,
            )
