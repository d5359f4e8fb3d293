"""Layers from files that GDAL reads: GeoPackages, shapefiles and others, in any coordinate system that they name."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from letup.core.collect import Collector, quoted
from letup.scenario.column_names import cut_columns, rename
from letup.scenario.layers import check_layer, check_type, where_of
from letup.tables.cells import Wrong
from letup.tables.raw_tables import Row, Table
from letup.tables.text_files import MOST_FEATURES

DEGREES = ("EPSG:4326", "OGC:CRS84")
"""Coordinate systems that are longitude and latitude already."""


def layers_in(path: Path, notes: Collector) -> list[str]:
    """Names of the layers and tables in a file; empty, with a finding, if it cannot be read."""
    import pyogrio

    try:
        if path.suffix == ".gpkg":
            with path.open("rb") as handle:
                if handle.read(16) != b"SQLite format 3\x00":
                    raise ValueError("it is not a GeoPackage")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [str(layer) for layer in pyogrio.list_layers(path)[:, 0]]
    except Exception as error:  # whatever the reader underneath stumbles over
        _unreadable(path.name, "", error, notes)
        return []


def only_layer(path: Path, wanted: str, notes: Collector) -> str:
    """Layer of a file that holds one, or the one of the wanted name; empty, with a finding, if it cannot be told."""
    layers = [layer for layer in layers_in(path, notes) if layer != "layer_styles"]
    if wanted in layers:
        return wanted
    if len(layers) == 1:
        return layers[0]
    if layers:
        message = f"has the layers {', '.join(map(quoted, layers[:10]))}"
        notes.add("layer.which", message, f"name the one that is meant {wanted}", file=path.name)
    return ""


def read_layer(path: Path, layer: str, name: str, notes: Collector) -> Table | None:
    """One layer or table of a file as raw rows, numbered from 1 in the layer's own order.

    Shapes in another coordinate system are turned into longitude and latitude, with a note.

    Parameters
    ----------
    path : Path
        The file.
    layer : str
        Name of the layer in it, such as ``"zones"``.
    name : str
        File that the layer stands for, such as ``"zones.geojson"``.
    notes : Collector
        Takes what is wrong.
    """
    import pyogrio

    file = f"{path.name}:{layer}" if path.suffix == ".gpkg" else path.name
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
    except Exception as error:  # whatever the reader underneath stumbles over
        _unreadable(path.name, layer, error, notes)
        return None
    if count > MOST_FEATURES:
        notes.add("layer.too_many", f"has more than {MOST_FEATURES:,} rows", "cut the layer to the area", file=file)
        return None
    if path.suffix == ".shp" and not _encoding_is_known(path, values, notes):
        return None
    if spatial and shapes is not None:
        shapes = _in_degrees(shapes, information.get("crs"), file, notes)
        if shapes is None:
            return None
    table = Table(name, file, columns)
    heights = False
    for number in range(count):
        cells = {c: column[number] for c, column in zip(columns, values, strict=True)}
        row = Row(where_of(number + 1, cells), {key: v for key, v in cells.items() if v is not None and v != ""})
        if spatial:
            try:
                row.geometry, high = _shape(name, shapes[number] if shapes is not None else None)
                heights |= high
            except Wrong as wrong:
                notes.add(wrong.code, wrong.message, wrong.remedy, file=file, where=row.where, column="geometry")
        table.rows.append(row)
    if path.suffix == ".shp":
        _whole_names(table, notes)
    check_layer(table, heights, notes)
    return table


def _in_degrees(shapes: NDArray[Any], crs: Any, file: str, notes: Collector) -> NDArray[Any] | None:
    """Shapes in longitude and latitude; None, with a finding, if it is not known in which system they are."""
    if str(crs) in DEGREES:
        return shapes
    if crs is None:
        remedy = "add what says it, such as the .prj of a shapefile, or save the layer again in EPSG:4326"
        notes.add("geojson.crs", "does not say in which coordinate system it is", remedy, file=file)
        return None
    import pyproj

    try:
        system = pyproj.CRS.from_user_input(crs)
        if not system.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
            turn = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
            shapes = shapely.transform(
                shapes, lambda points: np.column_stack(turn.transform(points[:, 0], points[:, 1]))
            )
            message, remedy = f"is in {system.name}, and was turned into longitude and latitude", "nothing to do"
            notes.add("layer.reprojected", message, remedy, file=file, severity="note")
    except pyproj.exceptions.ProjError as error:
        remedy = "save the layer again in EPSG:4326"
        notes.add("geojson.crs", f"is in the coordinate system {quoted(str(crs))}: {error}", remedy, file=file)
        return None
    return shapes


def _encoding_is_known(path: Path, values: list[list[Any]], notes: Collector) -> bool:
    """Whether a shapefile says in which encoding its texts are, where that matters."""
    if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")):
        return True
    strange = next((text for column in values for text in column if isinstance(text, str) and not text.isascii()), "")
    if strange:
        message = f"does not say in which encoding its texts are, such as {quoted(strange)}"
        remedy = f"add {path.stem}.cpg with the one word UTF-8, or windows-1256; or save the layer as GeoPackage"
        notes.add("text.encoding", message, remedy, file=path.name)
    return not strange


def _whole_names(table: Table, notes: Collector) -> None:
    """Give columns of a shapefile the names that it has cut off."""
    names = cut_columns(table.name, table.columns)
    rename(table, names)
    if names:
        pairs = ", ".join(f"{short} as {whole}" for short, whole in names.items())
        message, remedy = f"cuts off the names of columns: {pairs} read", "nothing to do, or save it as GeoPackage"
        notes.add("layer.renamed", message, remedy, file=table.file, severity="note")


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
