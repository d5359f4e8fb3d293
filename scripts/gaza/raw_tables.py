"""The raw tables in data-sources/gaza, read as they are."""

from __future__ import annotations

import csv
from pathlib import Path

RAW = Path(__file__).resolve().parents[2] / "data-sources" / "gaza"


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of one raw table."""
    with (RAW / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def row(table: str, **wanted: str) -> dict[str, str]:
    """Return the one row of a raw table that has these values.

    Raises
    ------
    LookupError
        If there is none, or more than one.
    """
    rows = [row for row in read_table(table) if all(row[key] == value for key, value in wanted.items())]
    if len(rows) != 1:
        raise LookupError(f"{len(rows)} rows of {table} have {wanted}")
    return rows[0]
