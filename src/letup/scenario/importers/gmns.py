"""Make a scenario from a folder of the General Modeling Network Specification (GMNS)."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from letup.core.findings import Finding, Severity
from letup.core.folders import require_usable
from letup.core.wording import first_few, plural
from letup.scenario.importers.folder import IMPORTED, Imported, clip, now, read_zones, write_folder
from letup.scenario.importers.gmns_tables import misspelt_columns, read_table, unread_files
from letup.scenario.importers.notes import closed_to_all
from letup.scenario.importers.vocabulary import FALSE, TRUE, words

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
_WALK = words("walk walking pedestrian pedestrians ped foot all any")
_DRIVE = words("auto autos car cars vehicle vehicles motor motor_vehicle driving sov hov hov2 hov3 private all any")
_LORRY = words("truck trucks hgv freight lorry goods")
_OTHER = words("bike bicycle bikes cycling micromobility bus transit rail tram light_rail metro brt taxi none")
_LINK_COLUMNS = words(
    "link_id name from_node_id to_node_id directed geometry_id geometry dir_flag length facility_type capacity "
    "free_speed lanes allowed_uses parent_link_id toll grade jurisdiction row_width bike_facility ped_facility parking"
)
_NODE_COLUMNS = words("node_id name x_coord y_coord z_coord node_type ctrl_type zone_id parent_node_id")
_CONFIG_COLUMNS = words(
    "dataset_name short_length long_length speed crs geometry_field_format currency version_number id_type"
)
_NODE_M = 1.0
_APART_M = 50.0
_LENGTHS_AGREE = 0.1
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True)
class _Network:
    """What a link is read with: node positions, courses by id, config, groups of uses, and the way to lon/lat."""

    points: dict[str, tuple[float, float]]
    shapes: dict[str, str]
    config: dict[str, str]
    groups: dict[str, frozenset[str]]
    trucks_named: bool
    to_lonlat: pyproj.Transformer


@dataclass
class _Notes:
    """Values that could not be used, by column; each becomes one finding with how often it occurred."""

    values: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    readings: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def cannot_use(self, column: str, what: str, link: str) -> None:
        self.values.setdefault((column, what), []).append(link)

    def read_as(self, column: str, what: str, link: str) -> None:
        """Note a value that was read, but is not as it should be."""
        self.readings.setdefault((column, what), []).append(link)

    def all_findings(self) -> list[Finding]:
        kinds: tuple[tuple[str, Severity, str, dict[tuple[str, str], list[str]]], ...] = (
            ("import.unreadable", "warning", "Correct the link table, or put the values in by hand.", self.values),
            ("import.undefined", "note", "Look whether that is meant.", self.readings),
        )
        return self.findings + [
            Finding(
                code,
                severity,
                f"{plural(len(links), 'link')}: {what}",
                remedy,
                file="link.csv",
                where=f"first at link {links[0]}",
                column=column,
            )
            for code, severity, remedy, values in kinds
            for (column, what), links in values.items()
        ]


def from_gmns(
    network: str | Path, out: str | Path, *, zones: str | Path | None = None, timezone: str = "UTC", force: bool = False
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
    force : bool
        Whether to replace files that letup did not write, or that were changed since.

    Raises
    ------
    LetupError
        ``import.gmns`` with the file, row and column if a table is missing or cannot be used,
        ``import.empty`` if no link lies in the zones.
    """
    source, folder = Path(network), Path(out)
    require_usable(folder, IMPORTED, force=force)
    notes = _Notes()
    nodes = read_table(source, "node", ("node_id", "x_coord", "y_coord"))
    links = read_table(source, "link", ("link_id", "from_node_id", "to_node_id", "directed"))
    config = _config(source, notes)
    to_lonlat = _projection(config.get("crs", ""), nodes)
    points = _points(nodes, to_lonlat)
    notes.findings += misspelt_columns("link.csv", links.columns, _LINK_COLUMNS) + misspelt_columns(
        "node.csv", nodes.columns, _NODE_COLUMNS
    )
    notes.findings += misspelt_columns("config.csv", config, _CONFIG_COLUMNS)
    directed = _directed(links)
    groups = _use_groups(source)
    named = {use for text in links.get("allowed_uses", ()) for use in _uses(text, groups)}
    around = _Network(points, _geometries(source), config, groups, bool(named & _LORRY.keys()), to_lonlat)
    rows = [
        dict(zip(links.columns, cells, strict=True)) | {"directed": directed[number]}
        for number, cells in enumerate(links.itertuples(index=False, name=None))
    ]
    notes.findings += unread_files(source)
    features = [feature for row in rows if (feature := _feature(row, around, notes)) is not None]
    if not features:
        raise LetupError(
            "import.empty",
            "no link can be used",
            "; ".join(finding.message for finding in notes.all_findings()) or "Fill link.csv: it holds no link.",
        )
    everything = shapely.multilinestrings([feature["geometry"] for feature in features])
    area_layer, doubts = _zones(source, zones, everything, to_lonlat)
    notes.findings += doubts
    area = shapely.union_all(area_layer.geometry.to_numpy())
    shapely.prepare(area)
    roads = []
    for feature in _paired(features):
        line = feature.pop("geometry")
        parts = clip(line, area)
        name = feature["id"]
        for number, part in enumerate(parts, 1):
            own = name if len(parts) == 1 else f"{name}.{number}"
            whole = part.coords[0] == line.coords[0], part.coords[-1] == line.coords[-1]
            ends = {
                column: feature[column] if same else f"{own} {column}"
                for column, same in zip(("from_node", "to_node"), whole, strict=True)
            }
            roads.append({**feature, "id": own, **ends, "geometry": part})
        if len(parts) > 1:
            notes.read_as("geometry", "leaves the zones and comes back; cut there", name)
    if not roads:
        message = "no link lies in the zones"
        raise LetupError(
            "import.empty", message, "Check the crs in config.csv, and that zones and network cover one area."
        )
    title = str(config.get("dataset_name") or source.resolve().name)
    as_of = datetime.fromtimestamp((source / "link.csv").stat().st_mtime, tz=now().tzinfo).replace(microsecond=0)
    to_do = write_folder(
        folder,
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
        inputs=() if zones is None else (Path(zones),),
        force=force,
    )
    return Imported(folder, len(area_layer), len(roads), 0, (*to_do, *notes.all_findings(), *closed_to_all(roads)))


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
    table = read_table(folder, "config", ())
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
    table = read_table(folder, "geometry", ("geometry_id", "geometry"))
    return dict(zip(table["geometry_id"], table["geometry"], strict=True))


def _zones(
    folder: Path, zones: str | Path | None, everything: shapely.Geometry, to_lonlat: pyproj.Transformer
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """The areas to import: as given, else zone.csv, else one around everything."""
    if zones is not None:
        return read_zones(Path(zones))
    doubts: list[Finding] = []
    if (folder / "zone.csv").exists():
        table = read_table(folder, "zone", ("zone_id",))
        written = table["boundary"] if "boundary" in table else pd.Series("", table.index)
        shapes = [_moved(shapely.from_wkt(text, on_invalid="ignore"), to_lonlat) if text else None for text in written]
        areas = [
            {"id": name, "name": name, "geometry": shape}
            for name, shape in zip(table["zone_id"], shapes, strict=True)
            if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon")
        ]
        kept = {area["id"] for area in areas}
        drawn = table["zone_id"][(written != "") | bool(areas)]
        lost = [str(name) for name in drawn if name not in kept]
        if lost:
            doubts.append(
                Finding(
                    "import.unreadable",
                    "warning",
                    f"{plural(len(lost), 'zone')} without a boundary that is a WKT polygon, left out: "
                    f"{first_few(lost, 5)}",
                    "Correct the boundary, or give the zones as a layer with --zones.",
                    file="zone.csv",
                    column="boundary",
                )
            )
        if areas:
            return gpd.GeoDataFrame(areas, crs=4326), doubts
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
    return gpd.GeoDataFrame(around, crs=4326), [*doubts, note]


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
    uses = _uses(row.get("allowed_uses", ""), around.groups)
    for use in sorted(uses - {*_WALK, *_DRIVE, *_LORRY, *_OTHER}):
        notes.cannot_use("allowed_uses", f"the use {use!r} is not known; taken as nobody's", link)
    foot = not uses or not uses.isdisjoint(_WALK)
    vehicle = kind != "footpath" and (not uses or not uses.isdisjoint(_DRIVE))
    if not foot and not vehicle:
        notes.cannot_use("allowed_uses", "neither people on foot nor vehicles may use them; left out", link)
        return None
    directed = row["directed"] == "1"
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
        "from_node": row["from_node_id"],
        "to_node": row["to_node_id"],
        "geometry": line,
    }
    if vehicle:
        feature["speed_kmh"] = _number(row, "free_speed", _KMH.get(config.get("speed", "").lower()), notes)
        if uses and around.trucks_named and uses.isdisjoint({*_LORRY, "all", "any"}):
            feature["lorry_tonnes"] = 0.0
            notes.read_as("allowed_uses", "other links name trucks and these do not: closed to them", link)
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
    link = row["link_id"]
    if row.get("geometry_id") and not row.get("geometry") and row["geometry_id"] not in around.shapes:
        notes.cannot_use("geometry_id", "is not in geometry.csv; a straight line stands in for it", link)
    inner: list[tuple[float, float]] = []
    if text:
        drawn = shapely.from_wkt(text, on_invalid="ignore")
        if drawn is not None and drawn.geom_type == "MultiLineString":
            merged = shapely.line_merge(drawn)
            if merged.geom_type == "LineString":
                notes.read_as("geometry", "the geometry is a MULTILINESTRING; read as the one line that it draws", link)
                drawn = merged
        if drawn is None or drawn.geom_type != "LineString" or drawn.is_empty:
            notes.cannot_use("geometry", "the geometry is no WKT line; a straight line stands in for it", link)
        else:
            inner = _along(row, drawn, ends, around, notes)
    line = shapely.LineString([ends[0], *inner, ends[1]])
    return line if line.length > 0 else None


def _along(
    row: dict[str, str],
    drawn: shapely.Geometry,
    ends: tuple[tuple[float, float], tuple[float, float]],
    around: _Network,
    notes: _Notes,
) -> list[tuple[float, float]]:
    """Points of a link between its nodes, turned round if they are drawn from its end to its start."""
    link = row["link_id"]
    points = [(x, y) for x, y in shapely.get_coordinates(_moved(drawn, around.to_lonlat)).tolist()]
    if not np.isfinite(points).all():
        notes.cannot_use("geometry", "the geometry is nowhere on Earth; a straight line stands in for it", link)
        return []
    flag = row.get("dir_flag", "")
    reverse = flag in ("-1", "-1.0")
    if flag not in ("", "NaN", "0", "0.0", "1", "1.0", "-1", "-1.0"):
        notes.cannot_use("dir_flag", f"{flag!r} is neither 1 nor -1; taken as 1", link)
    if reverse:
        points.reverse()
    as_drawn = _distance_m(points[0], ends[0]) + _distance_m(points[-1], ends[1])
    turned = _distance_m(points[0], ends[1]) + _distance_m(points[-1], ends[0])
    if turned < as_drawn:
        points.reverse()
        notes.read_as("geometry", "the line is drawn from the link's end to its start; turned round", link)
    apart = max(_distance_m(points[0], ends[0]), _distance_m(points[-1], ends[1]))
    if apart > _APART_M:
        notes.cannot_use(
            "geometry", f"the line begins or ends more than {_APART_M:g} m from its node; joined straight", link
        )
    first = 1 if _distance_m(points[0], ends[0]) <= _NODE_M else 0
    last = len(points) - (1 if _distance_m(points[-1], ends[1]) <= _NODE_M else 0)
    return points[first:last]


def _distance_m(first: tuple[float, float], second: tuple[float, float]) -> float:
    return float(_GEOD.inv(*first, *second)[2])


def _uses(text: str, groups: Mapping[str, frozenset[str]]) -> set[str]:
    """Uses that a cell names, whatever stands between them; names of groups are replaced by what they hold."""
    words = {word for word in re.split(r"[\s,;|/+&\[\](){}\"']+", text.lower()) if word and word != "nan"}
    return set().union(*(groups.get(word, {word}) for word in words)) if words else set()


def _use_groups(folder: Path) -> dict[str, frozenset[str]]:
    """Groups of uses by name, from ``use_group.csv`` if there."""
    if not (folder / "use_group.csv").exists():
        return {}
    table = read_table(folder, "use_group", ("use_group", "uses"))
    groups = {
        name.lower(): frozenset(_uses(text, {})) for name, text in zip(table["use_group"], table["uses"], strict=True)
    }
    for _ in groups:  # a group may hold groups
        groups = {name: frozenset().union(*(groups.get(use, {use}) for use in uses)) for name, uses in groups.items()}
    return groups


def _directed(links: pd.DataFrame) -> list[str]:
    """Whether each link is directed, as "1" or "0"; anything else is an error, as half of the roads hang on it."""
    known = {**dict.fromkeys(TRUE, "1"), **dict.fromkeys(FALSE, "0")}
    values = links["directed"].str.lower()
    bad = links.index[~values.isin(known.keys())]
    if len(bad):
        message = (
            f"link.csv, row {bad[0] + 2}, column directed: {links['directed'][bad[0]]!r} is neither true nor false"
        )
        raise LetupError("import.gmns", f"{message} ({plural(len(bad), 'row')})", "Write true or false.")
    return [known[value] for value in values]


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
    drawn = _GEOD.line_length(xy[:, 0], xy[:, 1])
    if length is not None and abs(length - drawn) > _LENGTHS_AGREE * max(length, drawn):
        notes.cannot_use(
            "length", "the length given differs by more than 10 % from the line drawn, which is used", row["link_id"]
        )


def _paired(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make one road of two opposite one-way links on the same course that agree in all but their lanes.

    If they differ in more, people on foot, who may go both ways on either, get the first alone.
    """
    waiting: dict[tuple[str, tuple[tuple[float, ...], ...], str], dict[str, Any]] = {}
    kept: list[dict[str, Any]] = []
    for feature in features:
        points = tuple(map(tuple, shapely.get_coordinates(feature["geometry"]).round(7).tolist()))
        course = (feature["from_node"], points, feature["to_node"])
        turned = (feature["to_node"], points[::-1], feature["from_node"])
        other = waiting.pop(turned, None) if feature.get("oneway") else None
        if other is None:
            if feature.get("oneway"):
                waiting[course] = feature
            kept.append(feature)
        elif all(
            other.get(name) == feature.get(name)
            for name in ("class", "modes", "speed_kmh", "vehicles_per_hour", "lorry_tonnes")
        ):
            other["oneway"] = False
            there, back = other.get("lanes"), feature.get("lanes")
            other["lanes"] = there + back if there and back else None
            if there and back and there != back:
                other |= {"lanes_forward": there, "lanes_backward": back}
            other["note"] = f"as in the GMNS network; links {other['id']} and {feature['id']}"
        else:
            if "foot" in other["modes"] and "foot" in feature["modes"]:
                feature["modes"] = "vehicle"
                feature["note"] = f"as in the GMNS network; people on foot are counted on link {other['id']}"
            kept.append(feature)
    return kept
