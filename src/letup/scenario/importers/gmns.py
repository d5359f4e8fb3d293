"""Make a scenario from a folder of the General Modeling Network Specification (GMNS)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.core.findings import Finding
from letup.scenario.importers.folder import Imported, clip, fresh, now, read_zones, write_folder

_METRES = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1000.0),
    **dict.fromkeys(("mi", "mile", "miles"), 1609.344),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
}
_KMH = {
    **dict.fromkeys(("km/h", "kmh", "kph", "kmph", "km per hour"), 1.0),
    **dict.fromkeys(("mph", "mi/h", "miles/hour", "miles per hour"), 1.609344),
    **dict.fromkeys(("m/s", "mps"), 3.6),
}
_CLASSES = {
    **dict.fromkeys(("freeway", "motorway", "interstate"), "motorway"),
    **dict.fromkeys(("expressway", "trunk", "highway", "ramp"), "trunk"),
    **dict.fromkeys(("arterial", "major arterial", "principal arterial", "primary"), "primary"),
    **dict.fromkeys(("minor arterial", "secondary"), "secondary"),
    **dict.fromkeys(("collector", "major collector", "minor collector", "tertiary"), "tertiary"),
    **dict.fromkeys(("local", "residential", "service", "unclassified", "street", "alley"), "residential"),
    "track": "track",
    **dict.fromkeys(("footway", "path", "sidewalk", "offstreet_path", "pedestrian", "cycleway", "trail"), "footpath"),
}
_WALK = ("walk", "pedestrian", "ped", "foot", "all")
_NOT_DRIVEN = (*_WALK[:-1], "bike", "bicycle", "none", "")
_LENGTHS_AGREE = 0.1


@dataclass(frozen=True)
class _Network:
    """What a link is read with: node positions, courses by id, config, and the way to lon/lat."""

    points: dict[str, tuple[float, float]]
    shapes: dict[str, str]
    config: dict[str, str]
    to_lonlat: pyproj.Transformer


@dataclass
class _Notes:
    """Values that could not be used, by column; each becomes one finding with how often it occurred."""

    values: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def cannot_use(self, column: str, what: str, link: str) -> None:
        self.values.setdefault((column, what), []).append(link)

    def all_findings(self) -> list[Finding]:
        return self.findings + [
            Finding(
                "import.unreadable",
                "warning",
                f"{len(links)} links: {what}",
                "Correct the link table, or put the values in by hand.",
                file="link.csv",
                where=f"first at link {links[0]}",
                column=column,
            )
            for (column, what), links in self.values.items()
        ]


def from_gmns(
    network: str | Path, out: str | Path, *, zones: str | Path | None = None, timezone: str = "UTC"
) -> Imported:
    """Make a scenario folder from a GMNS network.

    Reads ``node.csv`` and ``link.csv``, and if there ``config.csv`` (units and projection),
    ``geometry.csv`` and ``zone.csv`` (areas). Speeds are taken over only where the config says in
    which unit. Widths of the right of way are not: they are more than what can be walked on. Two
    opposite links on one course become one road; lanes and capacity, which GMNS gives per direction,
    become lanes in both directions and vehicles per hour and direction.

    Parameters
    ----------
    network : str or Path
        Folder of the network.
    out : str or Path
        Folder of the scenario to write.
    zones : str or Path, optional
        Layer of polygons, in place of ``zone.csv``. Without either, one zone around all nodes is made.
    timezone : str
        IANA name of the time zone of the area.

    Raises
    ------
    LetupError
        ``import.gmns`` with the file, row and column if a table is missing or cannot be used,
        ``import.empty`` if no link lies in the zones.
    """
    source, folder = Path(network), Path(out)
    notes = _Notes()
    nodes = _table(source, "node", ("node_id", "x_coord", "y_coord"))
    links = _table(source, "link", ("link_id", "from_node_id", "to_node_id", "directed"))
    config = _config(source, notes)
    to_lonlat = _projection(config.get("crs", ""), nodes)
    points = _points(nodes, to_lonlat)
    around = _Network(points, _geometries(source), config, to_lonlat)
    rows = [dict(zip(links.columns, cells, strict=True)) for cells in links.itertuples(index=False, name=None)]
    features = [feature for row in rows if (feature := _feature(row, around, notes)) is not None]
    if not features:
        raise LetupError(
            "import.empty", "no link can be used", "; ".join(finding.message for finding in notes.all_findings())
        )
    everything = shapely.multilinestrings([feature["geometry"] for feature in features])
    area_layer, doubts = _zones(source, zones, everything, to_lonlat)
    notes.findings += doubts
    area = shapely.union_all(area_layer.geometry.to_numpy())
    shapely.prepare(area)
    roads = []
    for feature in _paired(features):
        parts = clip(feature.pop("geometry"), area)
        name = feature["id"]
        for number, part in enumerate(parts):
            roads.append({**feature, "id": name if len(parts) == 1 else f"{name}.{number + 1}", "geometry": part})
    if not roads:
        message = "no link lies in the zones"
        raise LetupError(
            "import.empty", message, "Check the crs in config.csv, and that zones and network cover one area."
        )
    title = str(config.get("dataset_name") or source.resolve().name)
    as_of = datetime.fromtimestamp((source / "link.csv").stat().st_mtime, tz=now().tzinfo).replace(microsecond=0)
    to_do = write_folder(
        fresh(folder),
        title=f"Imported from {title}",
        source=(
            "gmns",
            {"title": f"GMNS network {title}", "publisher": "to be filled in", "licence": "to be filled in"},
        ),
        as_of=as_of,
        timezone=timezone,
        zones=area_layer,
        zone_basis={"basis": "assumed", "note": "zones as given to the import; put in their source"},
        roads=roads,
    )
    return Imported(folder, len(area_layer), len(roads), 0, tuple(to_do + notes.all_findings()))


def _table(folder: Path, name: str, needed: tuple[str, ...]) -> pd.DataFrame:
    """A table as text, each row with what it must have."""
    path = folder / f"{name}.csv"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = f"{path} is missing"
        raise LetupError("import.gmns", message, "A GMNS folder holds at least node.csv and link.csv.") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, OSError) as error:
        message = f"{path} cannot be read as a table: {error}"
        raise LetupError("import.gmns", message, "Save it as CSV with commas, in UTF-8.") from error
    if not isinstance(table.index, pd.RangeIndex):
        message = f"{path.name}: the rows have more cells than the header"
        raise LetupError("import.gmns", message, "Put texts that hold commas, such as geometries, in quotes.")
    table.columns = table.columns.str.strip().str.lower()
    absent = [column for column in needed if column not in table]
    if absent:
        message = f"{path.name} lacks the column {', '.join(absent)}"
        raise LetupError("import.gmns", message, "See the GMNS specification for the columns that are required.")
    for column in table:
        table[column] = table[column].str.strip()
    for column in needed:
        empty = table.index[table[column].isin(["", "NaN"])]
        if len(empty):
            message = f"{path.name}, row {empty[0] + 2}, column {column} is empty"
            raise LetupError("import.gmns", message, "Fill it in, or take the row out.")
    if needed and table[needed[0]].duplicated().any():
        row = int(table.index[table[needed[0]].duplicated()][0])
        message = f"{path.name}, row {row + 2}: {needed[0]} {table[needed[0]][row]} is there twice"
        raise LetupError("import.gmns", message, "Give each row its own id.")
    return table


def _config(folder: Path, notes: _Notes) -> dict[str, str]:
    """The one row of config.csv, or nothing."""
    if not (folder / "config.csv").exists():
        notes.findings.append(
            Finding(
                "import.no_units",
                "warning",
                "there is no config.csv, so speeds and lengths have no unit and are left out; "
                "coordinates are taken as longitude and latitude",
                "Add a config.csv with long_length, speed and crs.",
                file="config.csv",
            )
        )
        return {}
    table = _table(folder, "config", ())
    return {str(name): str(value) for name, value in table.iloc[0].items()} if len(table) else {}


def _projection(crs: str, nodes: pd.DataFrame) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(pyproj.CRS.from_user_input(crs or 4326), 4326, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        message = f"config.csv, column crs: {crs!r} is no coordinate system ({len(nodes)} nodes)"
        raise LetupError("import.gmns", message, "Give an EPSG code such as EPSG:4326.") from error


def _points(nodes: pd.DataFrame, to_lonlat: pyproj.Transformer) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of each node."""
    numbers = nodes[["x_coord", "y_coord"]].apply(pd.to_numeric, errors="coerce")
    bad = nodes.index[numbers.isna().any(axis=1)]
    if len(bad):
        message = f"node.csv, row {bad[0] + 2}: x_coord or y_coord is no number"
        raise LetupError("import.gmns", message, "Correct the coordinates.")
    lon, lat = to_lonlat.transform(numbers["x_coord"].to_numpy(), numbers["y_coord"].to_numpy())
    wrong = [i for i, (x, y) in enumerate(zip(lon, lat, strict=True)) if not (abs(x) <= 180 and abs(y) <= 90)]
    if wrong:
        message = f"node.csv, row {wrong[0] + 2}: not a place on Earth as longitude, latitude"
        raise LetupError(
            "import.gmns", message, "Say in config.csv, column crs, which projection the coordinates are in."
        )
    return dict(zip(nodes["node_id"], zip(lon.tolist(), lat.tolist(), strict=True), strict=True))


def _geometries(folder: Path) -> dict[str, str]:
    if not (folder / "geometry.csv").exists():
        return {}
    table = _table(folder, "geometry", ("geometry_id", "geometry"))
    return dict(zip(table["geometry_id"], table["geometry"], strict=True))


def _zones(
    folder: Path, zones: str | Path | None, everything: shapely.Geometry, to_lonlat: pyproj.Transformer
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """The areas to import: as given, else zone.csv, else one around everything."""
    if zones is not None:
        return read_zones(Path(zones))
    if (folder / "zone.csv").exists():
        table = _table(folder, "zone", ("zone_id",))
        written = table["boundary"] if "boundary" in table else pd.Series("", table.index)
        shapes = [_moved(shapely.from_wkt(text, on_invalid="ignore"), to_lonlat) if text else None for text in written]
        areas = [
            {"id": name, "name": name, "geometry": shape}
            for name, shape in zip(table["zone_id"], shapes, strict=True)
            if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon")
        ]
        if areas:
            return gpd.GeoDataFrame(areas, crs=4326), []
    note = Finding(
        "import.one_zone",
        "warning",
        "no zones were given, so one zone around the whole network was made",
        "Draw the zones that the parties talk about, and run the import again with --zones.",
        file="zones.geojson",
    )
    around = [
        {"id": "all", "name": "Whole network", "geometry": shapely.buffer(shapely.convex_hull(everything), 0.001)}
    ]
    return gpd.GeoDataFrame(around, crs=4326), [note]


def _moved(shape: Any, to_lonlat: pyproj.Transformer) -> Any:
    if shape is None:
        return None

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_lonlat.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(shapely.force_2d(shape), move)


def _feature(row: dict[str, str], around: _Network, notes: _Notes) -> dict[str, Any] | None:
    """One link as a road; None if it has no two ends."""
    link = row["link_id"]
    config = around.config
    ends = around.points.get(row["from_node_id"]), around.points.get(row["to_node_id"])
    if ends[0] is None or ends[1] is None:
        notes.cannot_use("from_node_id", "a node they start or end at is not in node.csv; left out", link)
        return None
    line = _course(row, (ends[0], ends[1]), around, notes)
    if line is None:
        notes.cannot_use("geometry", "both ends are the same point; left out", link)
        return None
    facility = row.get("facility_type", "").lower()
    kind = _CLASSES.get(facility)
    if kind is None:
        notes.cannot_use("facility_type", f"facility type {facility!r} is not known; taken as residential", link)
        kind = "residential"
    uses = {use.strip().lower() for use in row.get("allowed_uses", "").strip("[]\"'").split(",")}
    foot = not any(uses) or any(use in _WALK for use in uses)
    vehicle = kind != "footpath" and (not any(uses) or any(use not in _NOT_DRIVEN for use in uses))
    if not foot and not vehicle:
        notes.cannot_use("allowed_uses", "neither people on foot nor vehicles may use them; left out", link)
        return None
    directed = row["directed"].lower() in ("1", "true", "t", "yes")
    lanes, capacity = _number(row, "lanes", 1.0, notes), _number(row, "capacity", 1.0, notes)
    feature: dict[str, Any] = {
        "id": link,
        "name": row.get("name") or None,
        "class": kind,
        "modes": ";".join(name for name, may in (("foot", foot), ("vehicle", vehicle)) if may),
        "oneway": directed if vehicle else None,
        "basis": "modelled",
        "source": "gmns",
        "note": "as in the GMNS network",
        "geometry": line,
    }
    if vehicle:
        feature["speed_kmh"] = _number(row, "free_speed", _KMH.get(config.get("speed", "").lower()), notes)
        feature["lanes"] = None if not lanes else lanes if directed else 2 * lanes
        feature["vehicles_per_hour"] = capacity * (lanes or 1) if capacity else None
    _compare_length(row, line, _METRES.get(config.get("long_length", "").lower()), notes)
    return feature


def _course(
    row: dict[str, str],
    ends: tuple[tuple[float, float], tuple[float, float]],
    around: _Network,
    notes: _Notes,
) -> shapely.LineString | None:
    """Course of a link from its first to its last node, through the points of its geometry."""
    text = row.get("geometry") or around.shapes.get(row.get("geometry_id", ""), "")
    inner: list[tuple[float, float]] = []
    if text:
        drawn = shapely.from_wkt(text, on_invalid="ignore")
        if drawn is None or drawn.geom_type != "LineString":
            notes.cannot_use(
                "geometry", "the geometry is no WKT line; a straight line stands in for it", row["link_id"]
            )
        else:
            inner = [(x, y) for x, y in shapely.get_coordinates(_moved(drawn, around.to_lonlat)).tolist()]
            if row.get("dir_flag", "") == "-1":
                inner.reverse()
            inner = inner[1:-1]
    line = shapely.LineString([ends[0], *inner, ends[1]])
    return line if line.length > 0 else None


def _number(row: dict[str, str], column: str, factor: float | None, notes: _Notes) -> float | None:
    """A positive number in our unit; None if absent, unreadable or without a known unit."""
    text = row.get(column, "")
    if text in ("", "NaN"):
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < 1e9:
        notes.cannot_use(column, f"{column} {text!r} is no positive number; left empty", row["link_id"])
        return None
    if factor is None:
        notes.cannot_use(column, f"the unit of {column} is not in config.csv; left empty", row["link_id"])
        return None
    return round(value * factor, 3)


def _compare_length(row: dict[str, str], line: shapely.LineString, factor: float | None, notes: _Notes) -> None:
    """Say where the length given and the length drawn differ: letup uses the one drawn."""
    if factor is None or not row.get("length"):
        return
    length = _number(row, "length", factor, notes)
    xy = shapely.get_coordinates(line)
    drawn = pyproj.Geod(ellps="WGS84").line_length(xy[:, 0], xy[:, 1])
    if length is not None and abs(length - drawn) > _LENGTHS_AGREE * max(length, drawn):
        notes.cannot_use(
            "length", "the length given differs by more than 10 % from the line drawn, which is used", row["link_id"]
        )


def _paired(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make one road of two opposite one-way links on the same course that agree in all but their lanes.

    If they differ in more, people on foot, who may go both ways on either, get the first alone.
    """
    waiting: dict[tuple[tuple[float, ...], ...], dict[str, Any]] = {}
    kept: list[dict[str, Any]] = []
    for feature in features:
        course = tuple(map(tuple, shapely.get_coordinates(feature["geometry"]).round(7).tolist()))
        other = waiting.pop(course[::-1], None) if feature.get("oneway") else None
        if other is None:
            if feature.get("oneway"):
                waiting[course] = feature
            kept.append(feature)
        elif all(other.get(name) == feature.get(name) for name in ("class", "modes", "speed_kmh", "vehicles_per_hour")):
            other["oneway"] = False
            both = (other.get("lanes"), feature.get("lanes"))
            other["lanes"] = sum(both) if None not in both else None
            other["note"] = f"as in the GMNS network; links {other['id']} and {feature['id']}"
        else:
            if "foot" in other["modes"] and "foot" in feature["modes"]:
                feature["modes"] = "vehicle"
                feature["note"] = f"as in the GMNS network; people on foot are counted on link {other['id']}"
            kept.append(feature)
    return kept
