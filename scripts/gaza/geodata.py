"""Layers: read in the plane in which lengths are measured, and written; and tables as they are written."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from gaza.raw_tables import RAW

METRES = "EPSG:32636"
_DECIMALS = 6

_forward = pyproj.Transformer.from_crs("EPSG:4326", METRES, always_xy=True)
_back = pyproj.Transformer.from_crs(METRES, "EPSG:4326", always_xy=True)


def read_layer(name: str) -> gpd.GeoDataFrame:
    """One raw layer in metres (UTM zone 36 north), rows in the order of the file."""
    layer = gpd.read_file(RAW / name)
    shapes = shapely.transform(layer.geometry.to_numpy(), _to_metres)
    return layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=METRES))


def _to_metres(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(_forward.transform(xy[:, 0], xy[:, 1]))


def to_metres(lon: float, lat: float) -> tuple[float, float]:
    """Easting and northing, metres, of a position in degrees."""
    x, y = _forward.transform(lon, lat)
    return float(x), float(y)


def to_degrees(xy: np.ndarray) -> np.ndarray:
    """Longitude and latitude of positions in metres, rounded as they are written (about 0.1 m)."""
    return np.round(np.column_stack(_back.transform(xy[:, 0], xy[:, 1])), _DECIMALS) + 0.0


def in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the shape in degrees, rounded as it is written."""
    return shapely.transform(shape, to_degrees)


def write_layer(path: Path, features: Iterable[tuple[Mapping[str, Any], shapely.Geometry]]) -> None:
    """Write a GeoJSON layer, one feature a line, so that a difference between two builds can be read.

    Parameters
    ----------
    path : Path
        File to write.
    features : iterable of (mapping, geometry)
        Properties, those that are None left out, and the shape in metres.
    """
    lines = []
    for properties, shape in features:
        feature = {
            "type": "Feature",
            "properties": {key: value for key, value in properties.items() if value is not None},
            "geometry": shapely.geometry.mapping(in_degrees(shape)),
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_rows(path: Path, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table as CSV in UTF-8, empty cells for what a row lacks."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def shares(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    whole = [int(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole
