"""Write the folder of a scenario from imported roads, with the rest left for the user to fill in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from letup.core.collect import Collector
from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding
from letup.core.folders import ResultKind, replaced
from letup.scenario.format import PROVENANCE, SCENARIO_FORMAT, declared
from letup.scenario.layer_files import layers_in, read_layer
from letup.scenario.layers import write_geojson
from letup.scenario.template import empty_parties
from letup.tables import Table, check_ids, write_csv, write_yaml

ZONES = "zones.geojson"
TO_FILL_IN = "to be filled in: the import knows nothing about this"


@dataclass(frozen=True)
class Imported:
    """What an import wrote, and what it noticed.

    Attributes
    ----------
    folder : Path
        The new scenario folder.
    zones, roads, places : int
        How many of each were written.
    findings : tuple of Finding
        Values that could not be read, what was left out, and what is still to be filled in.
    """

    folder: Path
    zones: int
    roads: int
    places: int
    findings: tuple[Finding, ...]


def read_zones(source: Path) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read the areas to import, in longitude and latitude.

    Parameters
    ----------
    source : Path
        Any file of polygons that GDAL reads, or ``FILE:LAYER`` where a file has several layers. Ids are those of a
        column id, else P-codes, else numbers; names those of a column name or of administrative boundaries.

    Raises
    ------
    BadInput
        With everything that is wrong with the zones (``import.zones`` where the file cannot be read at all).
    """
    path, layer = _file_and_layer(source)
    if not (path.is_file() or (path.is_dir() and path.suffix == ".gdb")):
        what = "is not a plain file" if path.exists() else "is not there"
        raise LetupError("import.zones", f"{path} {what}", "Give a GeoJSON, GeoPackage or shapefile of polygons.")
    notes = Collector()
    table = _zone_table(path, layer, notes)
    if table is not None and not table.rows:
        raise LetupError("import.zones", f"{path} holds no polygon", "Give a layer with one polygon for each zone.")
    if table is not None:
        _name_zones(table, notes)
    findings = notes.findings()
    if table is None or notes.failed():
        raise BadInput(findings)
    cells = [row.cells for row in table.rows]
    zones = gpd.GeoDataFrame(cells, geometry=[row.geometry for row in table.rows], crs=4326)
    return zones, findings


def _file_and_layer(source: Path) -> tuple[Path, str]:
    """File and layer of ``FILE:LAYER``; no layer if there is a file of the whole name."""
    name, colon, layer = str(source).rpartition(":")
    return (Path(name), layer) if colon and not source.exists() and Path(name).exists() else (source, "")


def _zone_table(path: Path, layer: str, notes: Collector) -> Table | None:
    layers = [name for name in layers_in(path, notes) if name != "layer_styles"]
    if not layers and notes.failed():
        message = "; ".join(finding.message for finding in notes.findings())
        raise LetupError("import.zones", f"{path}: {message}", "Give a GeoJSON, GeoPackage or shapefile of polygons.")
    if (layer and layer not in layers) or (not layer and len(layers) > 1):
        what = f"no layer {layer}" if layer else f"{len(layers)} layers"
        message, remedy = f"has {what}: {', '.join(layers[:20])}", f"name the one that is meant: --zones {path}:LAYER"
        notes.add("layer.which", message, remedy, file=path.name)
        return None
    return read_layer(path, layer or layers[0], ZONES, notes)


def _name_zones(table: Table, notes: Collector) -> None:
    """Give each zone an id and a name, in place; ids that only some have, or that two share, are findings."""
    if not any(row.cells.get("id") for row in table.rows):
        for number, row in enumerate(table.rows, 1):
            row.cells["id"] = f"zone-{number}"
        message = "the zones had no ids of their own; they are numbered in the order of the file"
        remedy = "Give each zone a short id that the parties would recognise."
        notes.add("import.zone_ids", message, remedy, file=ZONES, column="id", severity="note")
    for row in table.rows:
        if row.cells.get("id") is None:
            remedy = "give it one, or take the column away so that all are numbered"
            notes.add("value.missing", "has no id", remedy, file=table.file, where=row.where, column="id")
            continue
        row.cells["id"] = str(row.cells["id"])
        row.cells["name"] = str(row.cells.get("name") or row.cells["id"])
    check_ids(table, "id", notes)


IMPORTED = ResultKind(
    "scenario",
    "a scenario",
    "import.unwritable",
    owns=("scenario.yaml", "parties.yaml", "people.csv", "zones.geojson", "roads.geojson", "places.geojson"),
)
"""What an import writes."""


def clip(line: shapely.LineString, area: shapely.Geometry) -> list[shapely.LineString]:
    """Parts of a line inside an area (prepared), in the direction of the line."""
    if shapely.contains(area, line):
        return [line]
    if not shapely.intersects(area, line):
        return []
    pieces = shapely.get_parts(shapely.intersection(line, area))
    parts = [part for part in pieces if part.geom_type == "LineString" and part.length > 0]
    middles = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    return [parts[i] for i in np.argsort(shapely.line_locate_point(line, middles))]


def write_folder(
    folder: Path,
    *,
    title: str,
    source: tuple[str, Mapping[str, str]],
    as_of: datetime,
    timezone: str,
    zones: gpd.GeoDataFrame,
    zone_basis: Mapping[str, str],
    roads: Sequence[Mapping[str, Any]],
    places: Sequence[Mapping[str, Any]] = (),
    inputs: Sequence[Path] = (),
    force: bool = False,
) -> list[Finding]:
    """Write all files of a scenario, or none; return what the user has still to fill in.

    The files in ``inputs`` are never replaced, and others that letup did not write only by ``force``.
    """
    try:
        local = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        message = f"{timezone!r} is no time zone"
        raise LetupError("import.timezone", message, "Give an IANA name such as Asia/Gaza.") from error
    morning = (as_of.astimezone(local) + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
    assumed = {"basis": "assumed", "note": TO_FILL_IN}
    settings = {
        "format": SCENARIO_FORMAT.number,
        "title": title,
        "description": "Roads and zones as imported. People, shelters, limits and parties are still to be filled in.",
        "as_of": as_of.astimezone(local).isoformat(timespec="seconds"),
        "timezone": timezone,
        "start": morning.isoformat(timespec="seconds"),
        "steps": 288,
        "step_minutes": 15,
        "groups": [{"name": "foot", "label": "On foot", "mode": "foot", "speed_kmh": 4.0, **assumed}],
        "limits": {"hours": [6, 18], "shortest_hours": 3, "windows_per_day": 1, "grid_minutes": 30, **assumed},
        "mobilisation": {"half_time_hours": 6, **assumed},
        "sources": {source[0]: dict(source[1])},
    }
    given = [_file_and_layer(path)[0] for path in inputs]
    with replaced(folder, IMPORTED, force=force, inputs=given) as fresh:
        write_yaml(fresh / "scenario.yaml", settings)
        (fresh / "parties.yaml").write_text(empty_parties(), encoding="utf-8")
        names = ("id", "name", "pcode", "area")
        kept = [name for name in zones.columns if name in names or str(name).startswith("name_")]
        areas = [
            {**{name: _plain(row[name]) for name in kept}, **zone_basis, "geometry": row["geometry"]}
            for _, row in zones.iterrows()
        ]
        write_geojson(fresh / "zones.geojson", map(_feature, areas))
        write_geojson(fresh / "roads.geojson", map(_feature, roads))
        write_geojson(fresh / "places.geojson", map(_feature, places))
        people = declared()["people.csv"].only(("zone", "place", "group", "count", "share_leaving", *PROVENANCE))
        nobody = {"group": "foot", "count": 0, "share_leaving": 0, **assumed}
        write_csv(fresh / "people.csv", people, [{"zone": zone, **nobody} for zone in zones["id"]])
    return [
        Finding("import.fill_in", "warning", what, "Put in what you know, with its source.", file=file)
        for file, what in (
            ("people.csv", "no people yet: every zone stands with a count of 0"),
            ("places.geojson", "no shelter yet: nobody has anywhere to go; checkpoints and crossings are missing too"),
            ("scenario.yaml", "groups, limits, readiness and the times looked at are placeholders"),
            ("parties.yaml", "no parties yet"),
        )
    ]


def now() -> datetime:
    """Return the time of the import, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a GeoJSON feature; seven decimals are about a centimetre."""
    geometry = json.loads(shapely.to_geojson(row["geometry"]))
    geometry["coordinates"] = _rounded(geometry["coordinates"])
    cells = {name: value for name, value in row.items() if name != "geometry" and value is not None}
    return {"type": "Feature", "properties": cells, "geometry": geometry}


def _rounded(value: Any) -> Any:
    return [_rounded(part) for part in value] if isinstance(value, list) else round(value, 7)


def _plain(value: Any) -> Any:
    """A cell of a layer as JSON; None for what is missing."""
    if pd.isna(value):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)
