"""Where two scenarios differ, value by value."""

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
    listed: list[Difference] = []
    for field in fields(Scenario):
        if field.name in _HOW_READ:
            continue
        ours, theirs = getattr(here, field.name), getattr(there, field.name)
        if isinstance(ours, pd.DataFrame):
            listed += _of_tables(field.name, ours, theirs)
        else:
            listed += _of_values(field.name, "", ours, theirs)
    return listed


def _of_tables(name: str, here: pd.DataFrame, there: pd.DataFrame) -> Iterator[Difference]:
    if name not in ("zones", "roads", "places") or not (here.index.is_unique and there.index.is_unique):
        here, there = here.reset_index(drop=True), there.reset_index(drop=True)
    rows = [*here.index, *(row for row in there.index if row not in here.index)]
    columns = [*here.columns, *(column for column in there.columns if column not in here.columns)]
    shared = [row for row in rows if row in here.index and row in there.index]
    for row in rows:
        if row not in here.index or row not in there.index:
            said = ("a row", "nothing") if row in here.index else ("nothing", "a row")
            yield Difference(name, _row(row), "", *said)
    for column in columns:
        left = here[column].reindex(shared) if column in here else pd.Series(None, shared, object)
        right = there[column].reindex(shared) if column in there else pd.Series(None, shared, object)
        if isinstance(left, gpd.GeoSeries) and isinstance(right, gpd.GeoSeries):
            for row in left.index[~left.geom_equals_exact(right, 0.0)]:
                yield Difference(name, _row(row), str(column), left[row].wkt[:60], right[row].wkt[:60])
            continue
        for row, a, b in zip(shared, left.tolist(), right.tolist(), strict=True):
            if not _same(a, b):
                yield Difference(name, _row(row), str(column), _said(a), _said(b))


def _of_values(part: str, where: str, here: Any, there: Any) -> Iterator[Difference]:
    """Settings, entry by entry."""
    if is_dataclass(here) and type(here) is type(there):
        here, there = vars(here), vars(there)
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        for key in [*here, *(key for key in there if key not in here)]:
            inner = f"{where}.{key}" if where else str(key)
            yield from _of_values(part, inner, here.get(key), there.get(key))
    elif _is_list(here) and _is_list(there) and len(here) == len(there):
        for number, (a, b) in enumerate(zip(here, there, strict=True), 1):
            yield from _of_values(part, f"{where} {number}".strip(), a, b)
    elif not _same(here, there):
        yield Difference(part, where, "", _said(here), _said(there))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _row(row: Any) -> str:
    return f"row {row + 1}" if isinstance(row, int) else str(row)


def _same(here: Any, there: Any) -> bool:
    if _missing(here) or _missing(there):
        return _missing(here) and _missing(there)
    return bool(here == there)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _said(value: Any) -> str:
    return "nothing" if _missing(value) else str(value)[:80]
