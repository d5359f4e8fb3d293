"""The tables of a GMNS folder as texts, with what is wrong with them as tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from letup.core.collect import nearest
from letup.core.errors import LetupError
from letup.core.findings import Finding
from letup.core.wording import plural

_NOT_READ = {
    "link_tod": "what holds at times of the day only",
    "lane_tod": "lanes at times of the day",
    "segment": "stretches of links that differ",
    "segment_tod": "stretches of links at times of the day",
    "movement": "turns",
    "movement_tod": "turns at times of the day",
}


def read_table(folder: Path, name: str, needed: tuple[str, ...]) -> pd.DataFrame:
    """A table as text, each row with what it must have."""
    path = folder / f"{name}.csv"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = f"{path} is missing"
        raise LetupError("import.gmns", message, "A GMNS folder holds at least node.csv and link.csv.") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, OSError) as error:
        message = f"{path} cannot be read as a table: {error}"
        raise LetupError("import.gmns", message, "Save it as CSV with commas, in UTF-8.") from error
    if not isinstance(table.index, pd.RangeIndex):
        message = f"{path.name}: the rows have more cells than the header"
        raise LetupError("import.gmns", message, "Put texts that hold commas, such as geometries, in quotes.")
    table.columns = table.columns.str.strip().str.lower()
    absent = [column for column in needed if column not in table]
    if absent:
        message = f"{path.name} lacks the column {', '.join(absent)}"
        raise LetupError("import.gmns", message, "See the GMNS specification for the columns that are required.")
    for column in table:
        table[column] = table[column].str.strip()
    for column in needed:
        empty = table.index[table[column].isin(["", "NaN"])]
        if len(empty):
            message = f"{path.name}, row {empty[0] + 2}, column {column} is empty"
            raise LetupError("import.gmns", message, "Fill it in, or take the row out.")
    if needed and table[needed[0]].duplicated().any():
        row = int(table.index[table[needed[0]].duplicated()][0])
        message = f"{path.name}, row {row + 2}: {needed[0]} {table[needed[0]][row]} is there twice"
        raise LetupError("import.gmns", message, "Give each row its own id.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lengths = [(number, len(cells)) for number, cells in enumerate(csv.reader(file), 1) if cells]
    short = [number for number, length in lengths if length < lengths[0][1]]
    if short:
        message = f"{path.name}, line {short[0]}: fewer cells than the header has ({plural(len(short), 'row')})"
        raise LetupError("import.gmns", message, "Complete the row; write a comma for each empty cell.")
    return table


def misspelt_columns(file: str, columns: Iterable[object], known: Iterable[str]) -> list[Finding]:
    """Name columns that are not read, but look like one that would be."""
    near = {str(column): nearest(str(column), known) for column in columns if str(column) not in set(known)}
    return [
        Finding(
            "import.unreadable",
            "warning",
            f"the column {column!r} is not read; it looks like {meant}",
            f"Call it {meant} if that is what it is.",
            file=file,
            column=column,
        )
        for column, meant in near.items()
        if meant
    ]


def unread_files(folder: Path) -> list[Finding]:
    """Name the files of the specification that hold more about roads and are not read."""
    return [
        Finding(
            "import.left_out",
            "note",
            f"{name}.csv is not read: {what}",
            "Put in by hand what closes a road or changes what it carries.",
            file=f"{name}.csv",
        )
        for name, what in _NOT_READ.items()
        if (folder / f"{name}.csv").exists()
    ]
