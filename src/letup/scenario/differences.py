"""What one scenario says otherwise than another, value by value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from letup.scenario.model import Scenario

_HOW_READ = {"filled", "folder"}
"""Fields that hold how a scenario was read, not what it says."""


@dataclass(frozen=True)
class Difference:
    """One value that differs.

    Attributes
    ----------
    part : str
        Table or setting.
    where : str
        Row or entry; empty if it is the part as a whole.
    column : str
        Column; empty if it is the row as a whole.
    here, there : str
        What the two say; "nothing" where one does not have it.
    """

    part: str
    where: str
    column: str
    here: str
    there: str


def differences(here: Scenario, there: Scenario) -> list[Difference]:
    """All that differs between two scenarios, basis and sources included.

    Rows of layers are held against each other by id, those of other tables by their number.
    """
    found: list[Difference] = []
    for field in fields(Scenario):
        if field.name in _HOW_READ:
            continue
        one, other = getattr(here, field.name), getattr(there, field.name)
        if isinstance(one, pd.DataFrame):
            found += _of_tables(field.name, one, other)
        else:
            found += _of_values(field.name, "", one, other)
    return found


def _of_tables(name: str, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[Difference]:
    if name not in ("zones", "roads", "places") or not (one.index.is_unique and other.index.is_unique):
        one, other = one.reset_index(drop=True), other.reset_index(drop=True)
    rows = [*one.index, *(row for row in other.index if row not in one.index)]
    columns = [*one.columns, *(column for column in other.columns if column not in one.columns)]
    shared = [row for row in rows if row in one.index and row in other.index]
    for row in rows:
        if row not in one.index or row not in other.index:
            said = ("a row", "nothing") if row in one.index else ("nothing", "a row")
            yield Difference(name, _row(row), "", *said)
    for column in columns:
        left = one[column].reindex(shared) if column in one else pd.Series(None, shared, object)
        right = other[column].reindex(shared) if column in other else pd.Series(None, shared, object)
        if isinstance(left, gpd.GeoSeries) and isinstance(right, gpd.GeoSeries):
            for row in left.index[~left.geom_equals_exact(right, 0.0)]:
                yield Difference(name, _row(row), str(column), left[row].wkt[:60], right[row].wkt[:60])
            continue
        for row, a, b in zip(shared, left.tolist(), right.tolist(), strict=True):
            if not _same(a, b):
                yield Difference(name, _row(row), str(column), _said(a), _said(b))


def _of_values(part: str, where: str, one: Any, other: Any) -> Iterator[Difference]:
    """Settings, entry by entry."""
    if is_dataclass(one) and type(one) is type(other):
        one, other = vars(one), vars(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in [*one, *(key for key in other if key not in one)]:
            inner = f"{where}.{key}" if where else str(key)
            yield from _of_values(part, inner, one.get(key), other.get(key))
    elif _is_list(one) and _is_list(other) and len(one) == len(other):
        for number, (a, b) in enumerate(zip(one, other, strict=True), 1):
            yield from _of_values(part, f"{where} {number}".strip(), a, b)
    elif not _same(one, other):
        yield Difference(part, where, "", _said(one), _said(other))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _row(row: Any) -> str:
    return f"row {row + 1}" if isinstance(row, int) else str(row)


def _same(one: Any, other: Any) -> bool:
    if _missing(one) or _missing(other):
        return _missing(one) and _missing(other)
    return bool(one == other)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _said(value: Any) -> str:
    return "nothing" if _missing(value) else str(value)[:80]
