"""What a table is: its columns, each with type, unit and meaning, declared once in a CSV beside what uses it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from typing import Any

#: Types of cells, with what they are in the words of the reference pages.
TYPES = {
    "text": "text",
    "id": "a short name, without semicolons",
    "integer": "a whole number",
    "number": "a number with a decimal point",
    "boolean": "true or false",
    "choice": "one of a few words",
    "date": "such as 2023-11-04",
    "datetime": "date and time with offset",
    "local_time": "local date and time with offset, as text",
    "timezone": "IANA name of a time zone",
    "hours": "first and last hour of a day",
    "opening_hours": "spans of local hours, such as 08:00-12:00; 14:00-18:00",
    "modes": "means of movement, with semicolons between them",
    "path": "arcs of a network with the offset at which each is entered, such as 12@0 13@4",
    "list": "a list with rules of its own",
    "mapping": "a mapping with rules of its own",
    "reference": "an id that stands in another table",
}

_LANGUAGE = r"[a-z]{2,3}(_[A-Za-z]{2,8})?"


@dataclass(frozen=True)
class Column:
    """One column of a table, or one key of a section of a YAML file.

    Attributes
    ----------
    table : str
        File, with the section after a colon, such as ``"scenario.yaml:groups"``; ``"*"`` for the columns that all
        tables of a declaration have.
    name : str
        Name in the header. ``name_*`` stands for a column in each language, ``<column>_note`` for a column beside each
        other column of the table.
    type : str
        A key of `TYPES`, or ``reference:TABLE``.
    unit : str
        Unit of the value; empty if it has none.
    required : bool
        Whether each row must have it.
    default : object
        What an empty cell stands for; None if nothing.
    choices : tuple of str
        Allowed words, for a choice.
    minimum, maximum : float or None
        Allowed range, both ends included.
    meaning : str
        What it is, in one line.
    counted : bool
        Whether its cells are data whose basis is counted, rather than names and references.
    format : str
        How a value is written where that is not the usual way of its type; see `letup.tables.cells.text_of`.
    """

    table: str
    name: str
    type: str = "text"
    unit: str = ""
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    meaning: str = ""
    counted: bool = False
    format: str = ""

    @property
    def is_family(self) -> bool:
        """Whether it stands for many columns."""
        return "*" in self.name or "<" in self.name

    @property
    def kind(self) -> str:
        """The type without what a reference points to."""
        return self.type.partition(":")[0]

    @property
    def target(self) -> str:
        """Table that a reference points into; empty for other types."""
        return self.type.partition(":")[2] if self.kind == "reference" else ""


@dataclass(frozen=True, eq=False)
class Schema:
    """A declared table.

    Attributes
    ----------
    name : str
        File, with the section after a colon if it is part of one.
    own : tuple of Column
        What is declared of the table itself, families such as ``name_*`` included.
    common : tuple of Column
        What all tables of the declaration have, families included.
    """

    name: str
    own: tuple[Column, ...]
    common: tuple[Column, ...] = ()
    _families_found: dict[str, Column | None] = field(default_factory=dict, repr=False)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns in the order in which they are written, families left out."""
        return tuple(column for column in (*self.own, *self.common) if not column.is_family)

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns, in the order in which they are written."""
        return [column.name for column in self.columns]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name, families left out."""
        return {column.name: column for column in self.columns}

    def only(self, names: Iterable[str]) -> Schema:
        """The table with some of its columns, in this order; families stand for themselves under their own name.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        chosen = {name: self.find(name) for name in names}
        if None in chosen.values():
            raise KeyError(", ".join(name for name, column in chosen.items() if column is None))
        return Schema(self.name, tuple(replace(column, name=name) for name, column in chosen.items() if column))

    def find(self, name: str) -> Column | None:
        """Column that a name in a header belongs to, families such as ``name_ar`` and ``count_note`` included."""
        if name not in self._families_found:
            self._families_found[name] = self.by_name.get(name) or self._family(name)
        return self._families_found[name]

    def _family(self, name: str) -> Column | None:
        own = {column.name for column in self.own if not column.is_family}
        for column in (*self.own, *self.common):
            if not column.is_family:
                continue
            if column.name.startswith("<column>"):
                ending = column.name.removeprefix("<column>")
                if name.endswith(ending) and name.removesuffix(ending) in own:
                    return column
            elif re.fullmatch(re.escape(column.name.removesuffix("*")) + _LANGUAGE, name):
                return column
        return None


def _default(text: str, kind: str) -> Any:
    if not text:
        return None
    if kind == "boolean":
        return text == "true"
    if kind == "integer":
        return int(text)
    return float(text) if kind == "number" else text


def _column(table: str, row: dict[str, str]) -> Column:
    if row["type"].partition(":")[0] not in TYPES:
        raise ValueError(f"{table}, {row['column']}: there is no type {row['type']!r}")
    return Column(
        table=table,
        name=row["column"],
        type=row["type"],
        unit=row.get("unit", ""),
        required=row.get("required") == "yes",
        default=_default(row.get("default", ""), row["type"]),
        choices=tuple(row["choices"].split("|")) if row.get("choices") else (),
        minimum=float(row["minimum"]) if row.get("minimum") else None,
        maximum=float(row["maximum"]) if row.get("maximum") else None,
        meaning=row["meaning"],
        counted=row.get("counted") == "yes",
        format=row.get("format", ""),
    )


@cache
def schemas(package: str, file: str = "tables.csv", without_common: Sequence[str] = ()) -> dict[str, Schema]:
    """Tables that a package declares.

    Parameters
    ----------
    package : str
        Dotted name of the package that holds the declaration, such as ``"letup.plan.files"``.
    file : str
        CSV with the columns table, column, type and meaning, and where they are needed unit, required (yes or no),
        default, choices (with ``|`` between them), minimum, maximum, counted (yes or no) and format. A row may stand
        for several tables, with ``|`` between them; rows of the table ``*`` are columns that all its tables have.
    without_common : tuple of str
        Tables that do not have the columns of ``*``.

    Returns
    -------
    dict of str to Schema
        By name, in the order of the file.

    Raises
    ------
    ValueError
        If a column has a type that does not exist.
    """
    text = resources.files(package).joinpath(file).read_text("utf-8")
    tables: dict[str, list[Column]] = {}
    for row in csv.DictReader(text.splitlines()):
        for table in row["table"].split("|"):
            tables.setdefault(table, []).append(_column(table, row))
    common = tuple(tables.pop("*", ()))
    return {name: Schema(name, tuple(own), () if name in without_common else common) for name, own in tables.items()}
