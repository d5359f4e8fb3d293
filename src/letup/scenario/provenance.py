"""Every value of a scenario with its basis and source, and how many are observed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from letup.scenario.format import AGREEMENT, PARTIES, SCENARIO, TABLES, find_column
from letup.scenario.model import Scenario
from letup.tables import schemas

#: The list of values, as a table.
VALUES = schemas("letup.scenario")["values.csv"]
BASES = VALUES.by_name["basis"].choices

#: What is counted, in one sentence, for everything that prints a share.
DENOMINATOR = (
    "Values are filled cells that hold data; ids, names, codes, labels, units, references, shapes and the "
    "dates and steps of the plan are not counted, nor what is to be agreed: issues, what parties want of them and "
    "said about them."
)


#: Keys of parties.yaml that say what a party could agree to, beside what it insists on.
_OF_SUPPORT = ("kind", "consents_to_issues", "reservation", "reservation_low", "reservation_high")


def values(scenario: Scenario, *, support: bool = True) -> pd.DataFrame:
    """Every value given in a scenario, with where it stands and how it is known.

    Counted are filled cells that hold data. Not counted: ids, names, codes, labels, units, references to
    zones, places, groups and items, shapes, and the plan's own dates and steps. Empty cells that take
    letup's defaults are no values given.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    support : bool
        Whether to list what is to be agreed, too: issues, preferences, influences, concessions, statements. A plan
        of pauses does not rest on it.

    Returns
    -------
    DataFrame
        Columns file, where, column, value, unit, basis (observed, modelled, assumed), source (names of
        entries in ``scenario.sources``) and note.
    """
    rows = [row for name, table in _tables(scenario) for row in _of_table(name, table, scenario.filled.get(name))]
    rows += _of_settings(scenario)
    for number, party in enumerate(scenario.parties, 1):
        rows += _of_mapping(PARTIES, PARTIES, f"entry {number} ({party.get('id', '')})", party)
    if not support:
        rows = [row for row in rows if row[0] not in AGREEMENT and not (row[0] == PARTIES and row[2] in _OF_SUPPORT)]
    return pd.DataFrame(rows, columns=VALUES.names, dtype=object)


def shares(scenario: Scenario) -> dict[str, float]:
    """Share of the values that a plan rests on that is observed, modelled and assumed; each 0 if there is no value.

    What is to be agreed is not counted, here or wherever a share is printed: what a party wants is no fact about
    roads and people.

    Parameters
    ----------
    scenario : Scenario
        As loaded.

    Returns
    -------
    dict of str to float
        Shares from 0 to 1 by basis, of the number of values that ``values(scenario, support=False)`` lists.
    """
    counts = values(scenario, support=False)["basis"].value_counts()
    total = int(counts.sum())
    return {basis: float(counts.get(basis, 0)) / total if total else 0.0 for basis in BASES}


def rows_by_basis(scenario: Scenario) -> dict[str, list[int]]:
    """How many rows or features of each layer and table are observed, modelled and assumed."""
    return {name: [int((table["basis"] == basis).sum()) for basis in BASES] for name, table in _tables(scenario)}


def defaults_taken(scenario: Scenario) -> int:
    """How many empty cells of layers and tables take a default of the format."""
    total = 0
    for name, table in _tables(scenario):
        for column in table.columns:
            attribute = find_column(name, str(column))
            if attribute is not None and attribute.counted and attribute.default is not None:
                total += len(table) - int(_given(name, table, scenario.filled.get(name), str(column)).sum())
    return total


def _tables(scenario: Scenario) -> list[tuple[str, pd.DataFrame]]:
    return [
        ("zones.geojson", scenario.zones),
        ("roads.geojson", scenario.roads),
        ("places.geojson", scenario.places),
        *((name, getattr(scenario, name.partition(".")[0])) for name in TABLES),
    ]


def _given(name: str, table: pd.DataFrame, mask: pd.DataFrame | None, column: str) -> Any:
    """Which cells of a column were given: by the mask of the reader, else those that are not the default."""
    if mask is not None and len(mask) == len(table) and column in mask:
        return mask[column].to_numpy()
    attribute = find_column(name, column)
    default = attribute.default if attribute else None
    required = attribute is not None and attribute.required
    return (table[column].notna() & (required | (table[column] != default))).to_numpy()


def _of_table(name: str, table: pd.DataFrame, mask: pd.DataFrame | None) -> Iterator[tuple[Any, ...]]:
    columns = [
        str(column) for column in table.columns if (a := find_column(name, str(column))) is not None and a.counted
    ]
    layer = name.endswith(".geojson")
    cells = {column: table[column].tolist() for column in table.columns if column != "geometry"}
    filled = {column: _given(name, table, mask, column) for column in columns}
    for position, key in enumerate(table.index):
        where = str(key) if layer else f"row {position + 2}"
        row = {column: values[position] for column, values in cells.items()}
        for column in columns:
            if filled[column][position]:
                yield _value(name, name, where, column, row)


def _of_settings(scenario: Scenario) -> list[tuple[Any, ...]]:
    raw = scenario.raw
    rows: list[tuple[Any, ...]] = []
    entries: list[tuple[str, str, Mapping[str, Any]]] = [
        ("groups", f"groups, {group['name']}", group) for group in raw.get("groups") or ()
    ]
    entries += [
        (name, name, raw[name]) for name in ("limits", "mobilisation", "priorities", "deliveries") if raw.get(name)
    ]
    for section, where, entry in entries:
        rows += _of_mapping(f"{SCENARIO}:{section}", SCENARIO, where, entry)
    return rows


def _of_mapping(name: str, file: str, where: str, entry: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for column, value in entry.items():
        attribute = find_column(name, column)
        if attribute is not None and attribute.counted and value is not None and value not in ("", [], {}):
            yield _value(name, file, where, column, entry)


def _value(name: str, file: str, where: str, column: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """One line of the table: the column's own basis, source and note where it has them, else the row's."""
    attribute = find_column(name, column)
    prefix = _prefix(column, row)
    own = _text(row.get(f"{prefix}_basis"))
    source = _text(row.get(f"{prefix}_source")) or ("" if own == "assumed" else _text(row.get("source")))
    note = _text(row.get(f"{prefix}_note")) or _text(row.get("note"))
    unit = attribute.unit if attribute else ""
    return file, where, column, row[column], unit, own or _text(row.get("basis")), source, note


def _prefix(column: str, row: Mapping[str, Any]) -> str:
    """Column whose basis, source and note hold: its own, else for the end of a range those of its value."""
    value = column.removesuffix("_low").removesuffix("_high")
    return column if value == column or _text(row.get(f"{column}_basis")) else value


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
