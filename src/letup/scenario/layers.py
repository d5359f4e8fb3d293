"""Read a layer into raw rows: from GeoJSON text, or from the scenario's GeoPackage."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from letup.core.collect import Collector, show
from letup.scenario.geometry import check_shape, check_type, doubtful, from_geojson
from letup.tables.cells import Wrong
from letup.tables.inputs import Row, Table
from letup.tables.text_files import MOST_COLUMNS, MOST_FEATURES

GEOPACKAGE = "scenario.gpkg"
_AGAIN = "save the layer again from a GIS as GeoJSON (RFC 7946)"


def read_geojson(name: str, text: str, notes: Collector) -> Table | None:
    """Features of a GeoJSON text as raw rows, numbered from 1; None with a finding if it is no FeatureCollection."""
    content = _parse(name, text, notes)
    if content is None:
        return None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection" or not isinstance(features, list):
        notes.add("geojson.shape", "is not a GeoJSON FeatureCollection", _AGAIN, file=name)
        return None
    _check_crs(name, content.get("crs"), notes)
    if len(features) > MOST_FEATURES:
        notes.add("layer.too_many", f"has {len(features):,} features", "cut the layer to the area", file=name)
        return None
    table = Table(name, name, [])
    columns: dict[str, None] = {}
    heights = False
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or feature.get("type") != "Feature" or not isinstance(properties, dict | None):
            notes.add("geojson.shape", "is not a GeoJSON Feature", _AGAIN, file=name, where=f"feature {number}")
            continue
        cells = properties or {}
        columns.update(dict.fromkeys(cells))
        if len(columns) > MOST_COLUMNS:
            notes.add("layer.too_many", f"has more than {MOST_COLUMNS} columns", "remove those not needed", file=name)
            return None
        row = Row(
            _where(number, cells), {key: value for key, value in cells.items() if value is not None and value != ""}
        )
        try:
            row.geometry, high = from_geojson(name, feature.get("geometry"))
            heights |= high
        except Wrong as wrong:
            notes.add(wrong.code, wrong.message, wrong.remedy, file=name, where=row.where, column="geometry")
        table.rows.append(row)
    table.columns = list(columns)
    _check_shapes(table, notes)
    if heights:
        _note_heights(name, notes)
    return table


def _parse(name: str, text: str, notes: Collector) -> Any:
    repeated: set[str] = set()

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            seen: set[str] = set()
            repeated.update(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return found

    try:
        content = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        cut = " (the file seems to be cut off)" if error.pos >= len(text.rstrip()) - 1 else ""
        where = f"line {error.lineno}, character {error.colno}"
        notes.add("json.syntax", f"cannot be read: {error.msg}{cut}", _AGAIN, file=name, where=where)
        return None
    except RecursionError:
        notes.add("json.deep", "is nested too deep", _AGAIN, file=name)
        return None
    except ValueError as error:  # an integer of thousands of digits
        notes.add("json.syntax", f"holds a value that cannot be read: {error}", _AGAIN, file=name)
        return None
    for key in sorted(repeated):
        remedy = "keep one of the two entries"
        notes.add("json.duplicate_key", f"the key {show(key)} stands twice in one object", remedy, file=name)
    return {} if content is None else content


def _check_crs(name: str, crs: Any, notes: Collector) -> None:
    if crs is None:
        return
    label = crs.get("properties", {}) if isinstance(crs, dict) else {}
    label = str(label.get("name", "")) if isinstance(label, dict) else ""
    if not label.endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        remedy = "export it again in EPSG:4326"
        notes.add("geojson.crs", f"is in the coordinate system {show(label)}", remedy, file=name)


def _note_heights(file: str, notes: Collector) -> None:
    remedy = "nothing to do"
    notes.add("geometry.height", "has heights or measures, which are not read", remedy, file=file, severity="note")


def _where(number: int, cells: dict[str, Any]) -> str:
    name = cells.get("id")
    return f"feature {number} (id {name})" if isinstance(name, str | int) and name != "" else f"feature {number}"


def layers_in(path: Path, notes: Collector) -> list[str]:
    """Names of the layers and tables in a GeoPackage; empty, with a finding, if it cannot be read."""
    import pyogrio

    try:
        with path.open("rb") as handle:
            if handle.read(16) != b"SQLite format 3\x00":
                raise ValueError("it is not a GeoPackage")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
    except Exception as error:
        _unreadable(path.name, "", error, notes)
        return []


def read_layer(path: Path, layer: str, name: str, notes: Collector) -> Table | None:
    """One layer or table of a GeoPackage as raw rows, numbered from 1 in the layer's own order.

    Parameters
    ----------
    path : Path
        The GeoPackage.
    layer : str
        Name of the layer in it, such as ``"zones"``.
    name : str
        File that the layer stands for, such as ``"zones.geojson"``.
    notes : Collector
        Takes what is wrong.
    """
    import pyogrio

    file = f"{path.name}:{layer}"
    spatial = name.endswith(".geojson")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            information = pyogrio.read_info(path, layer=layer)
            meta, _, wkb, fields = pyogrio.raw.read(path, layer=layer, max_features=MOST_FEATURES + 1)
        lengths = {len(column) for column in fields} | ({len(wkb)} if wkb is not None else set())
        count = lengths.pop() if lengths else 0
        shapes = shapely.from_wkb(wkb, on_invalid="ignore") if wkb is not None and spatial else None
        columns = [str(column) for column in meta["fields"]]
        kinds = [str(kind) for kind in meta["dtypes"]]
        values = [[_plain(value, kind) for value in column] for column, kind in zip(fields, kinds, strict=True)]
    except Exception as error:
        _unreadable(path.name, layer, error, notes)
        return None
    if count > MOST_FEATURES:
        notes.add("layer.too_many", f"has more than {MOST_FEATURES:,} rows", "cut the layer to the area", file=file)
        return None
    if spatial and str(information.get("crs")) not in ("EPSG:4326", "OGC:CRS84"):
        remedy = "save the layer again in EPSG:4326"
        notes.add("geojson.crs", f"is in the coordinate system {show(information.get('crs'))}", remedy, file=file)
        return None
    table = Table(name, file, columns)
    heights = False
    for number in range(count):
        cells = {c: column[number] for c, column in zip(columns, values, strict=True)}
        row = Row(_where(number + 1, cells), {key: v for key, v in cells.items() if v is not None and v != ""})
        if spatial:
            try:
                row.geometry, high = _shape(name, shapes[number] if shapes is not None else None)
                heights |= high
            except Wrong as wrong:
                notes.add(wrong.code, wrong.message, wrong.remedy, file=file, where=row.where, column="geometry")
        table.rows.append(row)
    _check_shapes(table, notes)
    if heights:
        _note_heights(file, notes)
    return table


def _shape(name: str, geometry: BaseGeometry | None) -> tuple[BaseGeometry, bool]:
    if geometry is None:
        raise Wrong("geometry.missing", "has no geometry", "draw it, or remove the feature")
    check_type(name, geometry.geom_type)
    flat = shapely.force_2d(geometry)
    parts: Iterable[BaseGeometry] = shapely.get_parts(flat)
    if flat.geom_type in ("MultiLineString", "MultiPoint"):
        alone = list(parts)
        if len(alone) > 1:
            remedy = "split it (QGIS: Multipart to singleparts) and give each part its own id"
            raise Wrong("geometry.multipart", f"has {len(alone)} parts; each must be one", remedy)
        flat = alone[0] if alone else flat
    return flat, bool(geometry.has_z)


def _check_shapes(table: Table, notes: Collector) -> None:
    """Note each geometry that cannot be used, and take it out so that nothing further is said about it."""
    for position in doubtful([row.geometry for row in table.rows]):
        row = table.rows[position]
        if row.geometry is None:
            continue
        try:
            check_shape(row.geometry)
        except Wrong as wrong:
            row.geometry = None
            notes.add(wrong.code, wrong.message, wrong.remedy, file=table.file, where=row.where, column="geometry")


def _plain(value: Any, kind: str) -> Any:
    """Python value of a numpy cell of the layer's own kind; what GDAL gives for an empty cell becomes None."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    if kind == "bool" and value in (0, 1):
        return bool(value)  # a true-or-false column with empty cells arrives as float
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)  # a whole-number column with empty cells arrives as float
    return value


def _unreadable(file: str, layer: str, error: Exception, notes: Collector) -> None:
    what = f"the layer {layer} cannot be read" if layer else "cannot be read"
    remedy = "save it again from a GIS as GeoPackage"
    notes.add("gpkg.unreadable", f"{what}: {str(error).strip() or type(error).__name__}", remedy, file=file)
