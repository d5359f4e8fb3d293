"""The table of attributes: the single source for checks, the reference page and templates."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

ID_COLUMNS = ("id", "name")
PROVENANCE = ("basis", "source", "note")

#: Files of a scenario folder whose absence stops the work; without the others there is less to plan.
REQUIRED_FILES = ("scenario.yaml", "zones.geojson", "roads.geojson")
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
FILES = ("scenario.yaml", *LAYERS, *TABLES, "parties.yaml")

#: Sections of scenario.yaml: settings and the list of sources carry no basis of their own.
WITHOUT_BASIS = ("scenario.yaml", "scenario.yaml:sources")

_LANGUAGE = re.compile(r"(name|label|options)_[a-z]{2,3}(_[A-Za-z]{2,8})?")


@dataclass(frozen=True)
class Attribute:
    """One column or key of the scenario format.

    Attributes
    ----------
    file : str
        File, with the section after a colon, such as ``"scenario.yaml:groups"``; ``"*"`` for every table.
    name : str
        Column or key; ``name_*`` and ``<column>_basis`` stand for families of columns.
    type : str
        text, id, integer, number, boolean, choice, date, datetime, timezone, hours, list, mapping or
        ``reference:FILE``.
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
        Whether its cells count as values in the share of observed, modelled and assumed values.
    """

    file: str
    name: str
    type: str
    unit: str
    required: bool
    default: Any
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    meaning: str
    counted: bool

    @property
    def target(self) -> str:
        """File or section that a reference points into; empty for other types."""
        return self.type.partition(":")[2] if self.type.startswith("reference:") else ""


def _default(text: str, kind: str) -> Any:
    if not text:
        return None
    if kind == "boolean":
        return text == "true"
    if kind == "integer":
        return int(text)
    return float(text) if kind == "number" else text


@cache
def attributes() -> tuple[Attribute, ...]:
    """All rows of ``attributes.csv``, in its order."""
    text = resources.files("letup.scenario").joinpath("attributes.csv").read_text("utf-8")
    return tuple(
        Attribute(
            file=row["file"],
            name=row["name"],
            type=row["type"],
            unit=row["unit"],
            required=row["required"] == "yes",
            default=_default(row["default"], row["type"]),
            choices=tuple(row["choices"].split("|")) if row["choices"] else (),
            minimum=float(row["minimum"]) if row["minimum"] else None,
            maximum=float(row["maximum"]) if row["maximum"] else None,
            meaning=row["meaning"],
            counted=row["counted"] == "yes",
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def of(file: str) -> dict[str, Attribute]:
    """Attributes of one file or section by name, provenance included, families of columns left out."""
    rows = [row for row in attributes() if row.file == file]
    if file not in WITHOUT_BASIS:
        rows += [row for row in attributes() if row.file == "*"]
    return {row.name: row for row in rows if "*" not in row.name and "<" not in row.name}


@lru_cache(maxsize=10_000)
def find(file: str, column: str) -> Attribute | None:
    """Attribute that a column of a file has, families such as ``name_ar`` and ``count_basis`` included.

    Parameters
    ----------
    file : str
        File or section, such as ``"people.csv"``.
    column : str
        Name as written in the file.

    Returns
    -------
    Attribute or None
        None if the format knows no such column.
    """
    known = of(file)
    if column in known:
        return known[column]
    base, _, last = column.rpartition("_")
    if last in PROVENANCE and base in known and base not in PROVENANCE and file not in WITHOUT_BASIS:
        return next(row for row in attributes() if row.file == "*" and row.name == f"<column>_{last}")
    if match := _LANGUAGE.fullmatch(column):
        return next((row for row in attributes() if row.file == file and row.name == f"{match[1]}_*"), None)
    return None
