"""Build the geometry of one feature and check it: type, coordinates, validity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from letup.core.collect import show
from letup.tables.cells import Wrong

#: Geometry types of each layer, the singular one first.
TYPES = {
    "zones.geojson": ("Polygon", "MultiPolygon"),
    "roads.geojson": ("LineString", "MultiLineString"),
    "places.geojson": ("Point", "MultiPoint"),
}
_DEPTH = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_MOST_VERTICES = 1_000_000

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
        raise Wrong("geometry.type", f"is a {show(kind)}", f"this layer takes {' or '.join(TYPES[layer])}")


def _positions(value: Any, depth: int, heights: list[bool]) -> Any:
    if not isinstance(value, list):
        raise Wrong("geometry.invalid", f"has {show(value)} in place of coordinates", "save the layer again from a GIS")
    if depth:
        if not value:
            raise Wrong("geometry.missing", "has an empty part", "draw it, or remove the part")
        return [_positions(part, depth - 1, heights) for part in value]
    if not 2 <= len(value) <= 4:
        raise Wrong("geometry.invalid", f"has a position of {len(value)} numbers", "give longitude and latitude")
    for number in value:
        if isinstance(number, str):
            remedy = "write decimal degrees as numbers, longitude first, such as 34.4667, 31.5204"
            raise Wrong("value.degrees", f"has the coordinate {show(number)}, which is text", remedy)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise Wrong("geometry.invalid", f"has {show(number)} in place of a coordinate", "write decimal degrees")
        if not math.isfinite(number if isinstance(number, float) else 0.0 if abs(number) < 10**9 else math.inf):
            raise Wrong("value.not_finite", f"has the coordinate {show(number)}", "write decimal degrees")
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
    small = shapely.get_num_coordinates(shapes) <= _MOST_VERTICES
    good = in_range & (size > 0) & small & shapely.is_valid(shapes)
    return [int(i) for i in np.flatnonzero(there & ~good)]


def check_shape(geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry itself if it is not empty, in range, valid and of some length or area; else raise Wrong."""
    if geometry.is_empty:
        raise Wrong("geometry.missing", "has an empty geometry", "draw it, or remove the feature")
    if shapely.get_num_coordinates(geometry) > _MOST_VERTICES:
        remedy = "simplify it before use"
        raise Wrong("layer.too_many", f"has more than {_MOST_VERTICES:,} vertices", remedy)
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
