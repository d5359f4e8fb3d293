"""Compare plan.gpkg with the layers that follow from the plan, feature by feature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from letup.plan.files.layers import layers_of
from letup.plan.model import Plan
from letup.verify.result import Verification

LAYERS = "plan.gpkg"
_CLOSE = 1e-9
"""Share by which numbers may differ: sums of the same numbers on another machine."""
_DEGREES = 1e-9
"""Degrees by which coordinates may."""

_WORDS = frozenset({"gpkg_metadata", "gpkg_metadata_reference", "gpkg_data_columns", "gpkg_data_column_constraints"})
"""Tables in which a GeoPackage may keep words about layers and columns."""


def check_layers(folder: Path, plan: Plan, result: Verification) -> None:
    """Check names, columns, values and geometries of all layers; ``plan`` is the plan as its files say it."""
    path = folder / LAYERS
    expected = layers_of(plan)
    if not path.is_file():
        if expected:
            result.wrong("file", LAYERS, "", "is missing")
        return
    stored = _read(path, result)
    if stored is None:
        return
    _check_descriptions(path, result)
    for name in sorted(stored.keys() | expected.keys()):
        if name not in stored:
            result.wrong("layers", LAYERS, name, "this layer is missing")
        elif name not in expected:
            result.wrong("layers", LAYERS, name, "this layer follows from nothing in the plan")
        else:
            _compare(name, stored[name], expected[name], result)
    result.done("features of layers: times, figures, geometries", sum(map(len, expected.values())))


def _read(path: Path, result: Verification) -> dict[str, gpd.GeoDataFrame] | None:
    """All layers by name."""
    import pyogrio

    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        return {name: pyogrio.read_dataframe(path, layer=name) for name in names}
    except Exception as error:
        result.wrong("file", LAYERS, "", f"cannot be read: {str(error)[:200]}")
        return None


def _check_descriptions(path: Path, result: Verification) -> None:
    """Check titles, descriptions and metadata, which map programs show beside the layers: letup writes none."""
    import sqlite3
    from contextlib import closing

    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            for name, title, text in file.execute("SELECT table_name, identifier, description FROM gpkg_contents"):
                if title not in (name, None) or text:
                    result.wrong("layers", LAYERS, str(name), "has a title or description that letup does not write")
            tables = {str(name) for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in sorted(tables & _WORDS):
                if file.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():
                    result.wrong("layers", LAYERS, table, "holds words that letup does not write")
    except sqlite3.Error as error:
        result.wrong("file", LAYERS, "", f"cannot be read: {str(error)[:200]}")


def _compare(name: str, stored: gpd.GeoDataFrame, expected: gpd.GeoDataFrame, result: Verification) -> None:
    """One layer."""
    own, right = set(stored.columns), set(expected.columns)
    if own != right or not isinstance(stored, gpd.GeoDataFrame) or stored.crs != expected.crs:
        odd = ", ".join(sorted(map(str, own ^ right))) or "another coordinate system, or no geometries"
        result.wrong("layers", LAYERS, name, f"does not have the columns it should: {odd}")
        return
    if len(stored) != len(expected):
        result.wrong("layers", LAYERS, name, f"has {len(stored)} features, recomputed {len(expected)}")
        return
    geometry = expected.geometry.name
    for column in expected.columns:
        if column == geometry:
            continue
        for row, (written, computed) in enumerate(zip(stored[column], expected[column], strict=True), 1):
            if not _same(written, computed):
                message = f"is {written!r}, recomputed {computed!r}"
                result.wrong("layers", LAYERS, f"{name}, feature {row}", message, str(column))
    alike = shapely.equals_exact(_comparable(stored), _comparable(expected), _DEGREES)
    for row in np.flatnonzero(~alike).tolist():
        result.wrong("layers", LAYERS, f"{name}, feature {row + 1}", "lies elsewhere than recomputed", geometry)


def _comparable(layer: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Geometries in a form in which those that say the same are the same: a layer may hold one line as several."""
    parts = [
        shapely.GeometryCollection() if shape is None else shapely.GeometryCollection(list(shapely.get_parts(shape)))
        for shape in layer.geometry
    ]
    return np.asarray(shapely.normalize(np.array(parts, object)))


def _same(written: Any, computed: Any) -> bool:
    nothing = [
        value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
        for value in (written, computed)
    ]
    if any(nothing):
        return all(nothing)
    if isinstance(written, str) or isinstance(computed, str):
        return bool(written == computed)
    try:
        number = float(written)
    except (TypeError, ValueError):  # a column of dates or bytes
        return False
    return bool(abs(number - float(computed)) <= _CLOSE * max(1.0, abs(float(computed))))
