"""Read layers into rows from GeoJSON text, check each shape, and write GeoJSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from letup.core.collect import Collector, quoted
from letup.scenario.column_names import name_columns, note_names
from letup.tables.cells import Wrong
from letup.tables.raw_tables import Row, Table
from letup.tables.text_files import MOST_COLUMNS, MOST_FEATURES

GEOPACKAGE = "scenario.gpkg"
_AGAIN = "save the layer again from a GIS as GeoJSON (RFC 7946)"


def read_geojson(name: str, text: str, notes: Collector, file: str = "") -> Table | None:
    """Features of a GeoJSON text as raw rows, numbered from 1; None with a finding if it is no FeatureCollection.

    ``file`` is where the text stands, if not in the file of the layer's own name.
    """
    layer, name = name, file or name
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
    table = Table(layer, name, [])
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
            where_of(number, cells), {key: value for key, value in cells.items() if value is not None and value != ""}
        )
        try:
            row.geometry, high = from_geojson(layer, feature.get("geometry"))
            heights |= high
        except Wrong as wrong:
            notes.add(wrong.code, wrong.message, wrong.remedy, file=name, where=row.where, column="geometry")
        table.rows.append(row)
    table.columns = list(columns)
    check_layer(table, heights, notes)
    return table


def check_layer(table: Table, heights: bool, notes: Collector) -> None:
    """Name the columns of a layer as letup does, and note what is wrong with its shapes, or left out of them."""
    if name_columns(table):
        note_names(table, notes)
    check_shapes(table, notes)
    if heights:
        note_heights(table.file, notes)


def write_geojson(path: Path, features: Iterable[Mapping[str, Any]]) -> None:
    """Write GeoJSON features, one to a line, so that versions can be compared line by line."""
    lines = [json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features]
    path.write_text('{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n", "utf-8")


def _parse(name: str, text: str, notes: Collector) -> Any:
    repeated: set[str] = set()

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(items)
        if len(mapping) != len(items):
            seen: set[str] = set()
            repeated.update(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return mapping

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
        notes.add("json.duplicate_key", f"the key {quoted(key)} stands twice in one object", remedy, file=name)
    return {} if content is None else content


def _check_crs(name: str, crs: Any, notes: Collector) -> None:
    if crs is None:
        return
    label = crs.get("properties", {}) if isinstance(crs, dict) else {}
    label = str(label.get("name", "")) if isinstance(label, dict) else ""
    if not label.endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        remedy = "export it again in EPSG:4326"
        notes.add("geojson.crs", f"is in the coordinate system {quoted(label)}", remedy, file=name)


def note_heights(file: str, notes: Collector) -> None:
    """Note that a layer has heights, which are not read."""
    remedy = "nothing to do"
    notes.add("geometry.height", "has heights or measures, which are not read", remedy, file=file, severity="note")


def where_of(number: int, cells: dict[str, Any]) -> str:
    """How the user finds a feature: its number from 1, and its id if it has one."""
    name = cells.get("id")
    return f"feature {number} (id {name})" if isinstance(name, str | int) and name != "" else f"feature {number}"


def check_shapes(table: Table, notes: Collector) -> None:
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


#: Geometry types of each layer, the singular one first.
TYPES = {
    "zones.geojson": ("Polygon", "MultiPolygon"),
    "roads.geojson": ("LineString", "MultiLineString"),
    "places.geojson": ("Point", "MultiPoint"),
}
_DEPTH = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_MOST_VERTICES = 1_000_000
_MOST_VERTICES_OF_A_ROAD = 10_000

Position = tuple[float, float]


def from_geojson(layer: str, value: Any) -> tuple[BaseGeometry, bool]:
    """Geometry of a GeoJSON feature, not yet checked as a shape, and whether it had heights.

    Parameters
    ----------
    layer : str
        Layer it belongs to, such as ``"zones.geojson"``.
    value : object
        The feature's ``geometry`` member as parsed.

    Raises
    ------
    Wrong
        If it is missing, of another type, or not made of positions.
    """
    if value is None:
        raise Wrong("geometry.missing", "has no geometry", "draw it, or remove the feature")
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise Wrong("geometry.type", "has something else in place of a geometry", "save the layer again from a GIS")
    kind = value["type"]
    check_type(layer, kind)
    coordinates = value.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise Wrong("geometry.missing", "has an empty geometry", "draw it, or remove the feature")
    heights: list[bool] = []
    nested = _positions(coordinates, _DEPTH[kind], heights)
    return _build(kind, nested), any(heights)


def check_type(layer: str, kind: str) -> None:
    """Raise Wrong if a geometry of this kind cannot be in the layer."""
    if kind not in TYPES[layer]:
        raise Wrong("geometry.type", f"is a {quoted(kind)}", f"this layer takes {' or '.join(TYPES[layer])}")


def _positions(value: Any, depth: int, heights: list[bool]) -> Any:
    if not isinstance(value, list):
        raise Wrong(
            "geometry.invalid", f"has {quoted(value)} in place of coordinates", "save the layer again from a GIS"
        )
    if depth:
        if not value:
            raise Wrong("geometry.missing", "has an empty part", "draw it, or remove the part")
        return [_positions(part, depth - 1, heights) for part in value]
    if not 2 <= len(value) <= 4:
        raise Wrong("geometry.invalid", f"has a position of {len(value)} numbers", "give longitude and latitude")
    for number in value:
        if isinstance(number, str):
            remedy = "write decimal degrees as numbers, longitude first, such as 34.4667, 31.5204"
            raise Wrong("value.degrees", f"has the coordinate {quoted(number)}, which is text", remedy)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise Wrong("geometry.invalid", f"has {quoted(number)} in place of a coordinate", "write decimal degrees")
        if not math.isfinite(number if isinstance(number, float) else 0.0 if abs(number) < 10**9 else math.inf):
            raise Wrong("value.not_finite", f"has the coordinate {quoted(number)}", "write decimal degrees")
    if len(value) > 2:
        heights.append(True)
    return float(value[0]), float(value[1])


def _build(kind: str, nested: Any) -> BaseGeometry:
    if kind == "Point":
        return Point(nested)
    if kind == "LineString":
        return _line(nested)
    if kind == "Polygon":
        return _polygon(nested)
    if kind == "MultiPolygon":
        return MultiPolygon([_polygon(part) for part in nested])
    if len(nested) > 1:
        singular = kind.removeprefix("Multi")
        remedy = "split it (QGIS: Multipart to singleparts) and give each part its own id"
        raise Wrong("geometry.multipart", f"has {len(nested)} parts; each must be one {singular}", remedy)
    return _line(nested[0]) if kind == "MultiLineString" else Point(nested[0])


def _line(positions: list[Position]) -> LineString:
    if len(positions) < 2:
        raise Wrong("geometry.invalid", "is a line of one position", "give it a start and an end")
    return LineString(positions)


def _polygon(rings: list[list[Position]]) -> Polygon:
    for ring in rings:
        if len(ring) < 4:
            raise Wrong("geometry.invalid", f"has a ring of {len(ring)} positions", "a ring needs at least four")
        if ring[0] != ring[-1]:
            raise Wrong("geometry.invalid", "has a ring that is not closed", "end each ring where it starts")
    return Polygon(rings[0], rings[1:])


def doubtful(geometries: list[BaseGeometry | None]) -> list[int]:
    """Positions of the geometries that `check_shape` must look at, found for all at once; None is passed over."""
    shapes = np.array(geometries, object)
    there = ~shapely.is_missing(shapes)
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore", over="ignore"):
        in_range = (west >= -180) & (south >= -90) & (east <= 180) & (north <= 90)
        dimension = shapely.get_dimensions(shapes)
        size = np.where(dimension == 1, shapely.length(shapes), np.where(dimension == 2, shapely.area(shapes), 1.0))
        most = np.where(dimension == 1, _MOST_VERTICES_OF_A_ROAD, _MOST_VERTICES)
    small = shapely.get_num_coordinates(shapes) <= most
    good = in_range & (size > 0) & small & shapely.is_valid(shapes)
    return [int(i) for i in np.flatnonzero(there & ~good)]


def check_shape(geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry itself if it is not empty, in range, valid and of some length or area; else raise Wrong."""
    if geometry.is_empty:
        raise Wrong("geometry.missing", "has an empty geometry", "draw it, or remove the feature")
    most = _MOST_VERTICES_OF_A_ROAD if geometry.geom_type == "LineString" else _MOST_VERTICES
    if shapely.get_num_coordinates(geometry) > most:
        remedy = "simplify it, to a metre for example (QGIS: Simplify), or split it"
        raise Wrong("layer.too_many", f"has more than {most:,} vertices", remedy)
    positions = shapely.get_coordinates(geometry)
    low, high = positions.min(axis=0), positions.max(axis=0)
    if not (math.isfinite(low.sum()) and math.isfinite(high.sum())):
        raise Wrong("value.not_finite", "has a coordinate that is not finite", "write decimal degrees")
    if low[1] < -90 or high[1] > 90:
        if low[0] >= -90 and high[0] <= 90 and low[1] >= -180 and high[1] <= 180:
            raise Wrong("coordinates.swapped", f"has the latitude {high[1]:g}", "write longitude first, then latitude")
        raise Wrong("coordinates.range", f"has the latitude {low[1] if low[1] < -90 else high[1]:g}", _DEGREES)
    if low[0] < -180 or high[0] > 180:
        raise Wrong("coordinates.range", f"has the longitude {low[0] if low[0] < -180 else high[0]:g}", _DEGREES)
    if not shapely.is_valid(geometry):
        reason = shapely.is_valid_reason(geometry)
        raise Wrong("geometry.invalid", f"is not valid: {reason}", "repair it (QGIS: Fix geometries) and look at it")
    if geometry.geom_type.endswith("Polygon") and geometry.area == 0:
        raise Wrong("geometry.invalid", "has no area", "draw it again")
    if geometry.geom_type == "LineString" and geometry.length == 0:
        raise Wrong("geometry.invalid", "has no length", "give it a start and an end that differ")
    return geometry


_DEGREES = "write degrees, WGS 84, longitude from -180 to 180 and latitude from -90 to 90"
