"""Tables that letup writes, and reads back: exactly the declared columns, every cell as its column says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from letup.core.findings import Finding
from letup.core.folders import require_plain_file
from letup.tables.cells import guarded, read_back, text_of, unguarded
from letup.tables.schema import Schema

if TYPE_CHECKING:
    import geopandas as gpd

LARGEST_BYTES = 2_000_000_000
"""Largest table that is read back, bytes."""

Rows = list[dict[str, Any]]
"""Rows of a table by column: whole numbers and numbers as such, None for an empty cell of these, anything else text."""


@dataclass(frozen=True)
class Codes:
    """Codes of what can be wrong with a table that is read back, and what to do about it.

    Attributes
    ----------
    file, columns, row, value : str
        Where the file cannot be read, has other columns, a row with more or fewer cells, a cell of another type.
    remedy : str
        What to do.
    """

    file: str
    columns: str
    row: str
    value: str
    remedy: str = ""


def texts(schema: Schema, table: pd.DataFrame | Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Rows of a table as they are written: columns in the declared order, each cell as text.

    Parameters
    ----------
    schema : Schema
        The table.
    table : DataFrame or iterable of mappings
        Its rows. A column that a row does not have is empty in it.

    Raises
    ------
    ValueError
        If a row has a column that is not declared.
    """
    names = schema.names
    if isinstance(table, pd.DataFrame):
        _refuse_others(schema, [str(name) for name in table.columns])
        empty = [None] * len(table)
        cells = [table[name].tolist() if name in table.columns else empty for name in names]
    else:
        rows = list(table)
        for row in rows:
            _refuse_others(schema, row)
        cells = [[row.get(name) for row in rows] for name in names]
    columns = [[text_of(column, cell) for cell in part] for column, part in zip(schema.columns, cells, strict=True)]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _refuse_others(schema: Schema, names: Iterable[str]) -> None:
    if others := [name for name in names if name not in schema.by_name]:
        raise ValueError(f"{schema.name} has no column {', '.join(others)}")


def as_declared(schema: Schema, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A layer with its columns in the declared order, then its geometry.

    Raises
    ------
    ValueError
        If it has a column that is not declared, or lacks one that is.
    """
    shape = layer.geometry.name
    columns = [str(name) for name in layer.columns if name != shape]
    _refuse_others(schema, columns)
    if missing := [name for name in schema.names if name not in columns]:
        raise ValueError(f"{schema.name} lacks the column {', '.join(missing)}")
    return layer[[*schema.names, shape]]


def csv_text(schema: Schema, table: pd.DataFrame | Iterable[Mapping[str, Any]]) -> str:
    """A table as the text of a CSV file; without rows the header alone, to be filled in by hand."""
    rows = (
        [guarded(column, cell) for column, cell in zip(schema.columns, row.values(), strict=True)]
        for row in texts(schema, table)
    )
    return csv_lines([schema.names, *rows])


def csv_lines(rows: Iterable[Sequence[str]], ending: str = "\n", delimiter: str = ",") -> str:
    """Rows of cells as lines of a CSV file, each with this ending, with this sign between cells."""
    out = io.StringIO()
    csv.writer(out, lineterminator=ending, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def write_csv(path: Path, schema: Schema, table: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Path:
    """Write a table as a CSV file: UTF-8, lines end with a line feed.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path.write_text(csv_text(schema, table), "utf-8", newline="")
    return path


def frame(schema: Schema, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Rows as a DataFrame with the declared columns in order.

    Whole numbers that each row must have are int64, other whole numbers and numbers float64 (NaN where a cell is
    empty), true or false that each row must have is bool, anything else object.
    """
    columns = schema.names
    table = pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=columns, dtype=object)
    for column in schema.columns:
        if column.kind == "integer" and column.required:
            table[column.name] = table[column.name].astype(np.int64)
        elif column.kind in ("integer", "number"):
            table[column.name] = table[column.name].astype(np.float64)
        elif column.kind == "boolean" and column.required:
            table[column.name] = table[column.name].astype(bool)
    return table


def read_texts(
    path: Path, schema: Schema, codes: Codes, columns: Sequence[str] | None = None
) -> tuple[list[dict[str, str]] | None, list[Finding]]:
    """Rows of a CSV file as text.

    Parameters
    ----------
    path : Path
        The file.
    schema : Schema
        The table it should hold.
    codes : Codes
        Codes of what is wrong.
    columns : sequence of str, optional
        Columns that are wanted: only these are returned, and others may be missing. By default all, and the header must
        be the declared one; columns that may be empty may be missing, as an older letup wrote fewer.

    Returns
    -------
    rows : list of dict, or None
        None if the file cannot be used.
    findings : list of Finding
        Everything that is wrong.
    """
    wrong: list[Finding] = []

    def refuse(code: str, message: str, where: str = "") -> None:
        wrong.append(Finding(code, "error", message, codes.remedy, path.name, where))

    try:
        require_plain_file(path)
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"has more than {LARGEST_BYTES:,} bytes")
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig")), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        refuse(codes.file, f"cannot be read: {error}")
        return None, wrong
    header = rows[0] if rows else []
    declared = [column.name for column in schema.columns if column.required or column.name in header]
    if columns is None and header != declared:
        refuse(codes.columns, f"has columns {header}, expected {schema.names}", "header")
    elif missing := [name for name in columns or () if name not in header]:
        refuse(codes.columns, f"has no column {', '.join(missing)}", "header")
    for number, cells in enumerate(rows[1:], 2):
        if len(cells) != len(header) and not wrong:
            refuse(codes.row, f"has {len(cells)} cells, expected {len(header)}", f"row {number}")
    if wrong:
        return None, wrong
    wanted = header if columns is None else columns
    at = [header.index(name) for name in wanted]
    return [{name: unguarded(cells[i]) for name, i in zip(wanted, at, strict=True)} for cells in rows[1:]], wrong


def typed(
    rows: Iterable[Mapping[str, str]], schema: Schema, codes: Codes, file: str = ""
) -> tuple[Rows | None, list[Finding]]:
    """Rows of text with each cell as its column says; None, with a finding for each wrong cell, if one is wrong."""
    wrong: list[Finding] = []
    read: Rows = []
    by_name = schema.by_name
    for number, row in enumerate(rows, 2):
        cells: dict[str, Any] = {}
        for name, text in row.items():
            try:
                cells[name] = read_back(by_name[name], text)
            except ValueError as error:
                place = (file or schema.name, f"row {number}", name)
                wrong.append(Finding(codes.value, "error", str(error), codes.remedy, *place))
        read.append(cells)
    return (None if wrong else read), wrong


def read_rows(
    path: Path, schema: Schema, codes: Codes, columns: Sequence[str] | None = None
) -> tuple[Rows | None, list[Finding]]:
    """Rows of a CSV file with each cell as its column says: `read_texts`, then `typed`."""
    rows, wrong = read_texts(path, schema, codes, columns)
    return (None, wrong) if rows is None else typed(rows, schema, codes, path.name)
