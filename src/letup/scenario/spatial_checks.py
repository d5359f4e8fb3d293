"""Checks of layers against each other: swapped axes, overlapping zones, what lies outside."""

from __future__ import annotations

import contextlib
import math
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from letup.core.collect import Collector, quoted
from letup.core.findings import Severity
from letup.tables.raw_tables import Row, Table

#: Share of the smaller zone below which an overlap is a sliver.
SLIVER = 0.001
#: Features farther than this from the zones are an error, degrees (about 50 km).
FAR = 0.5
#: Most zones; they are what parties talk about.
MOST_ZONES = 1_000
#: Most pairs of touching zones looked at; a layer with more is not made of zones side by side.
MOST_PAIRS = 5_000
#: How far outside all zones a place may lie without a finding, metres.
OUTSIDE_M = {"crossing": 1000.0}
OUTSIDE_OTHERS_M = 100.0
#: Latitude up to which ground can be taken as flat, and drawn, degrees; the usual end of maps on screens.
FARTHEST_NORTH = 85.0
NEAR_DUPLICATE_M = 20.0
METRES_PER_DEGREE = 111_320.0

_ORDER = "write longitude first, then latitude"


def check_zones(zones: Table, timezone: str | None, notes: Collector) -> None:
    """Note zones that overlap, and zones whose axes look swapped."""
    rows = [row for row in zones.rows if row.geometry is not None]
    if not rows:
        return
    if len(rows) > MOST_ZONES:
        remedy = "join them to areas that parties can talk about"
        notes.add("layer.too_many", f"has {len(rows):,} zones; at most {MOST_ZONES:,}", remedy, file=zones.file)
        return
    shapes = np.array([row.geometry for row in rows], object)
    west, south, east, north = shapely.total_bounds(shapes)
    if south < -FARTHEST_NORTH or north > FARTHEST_NORTH or east - west > 180:
        message = f"reaches from {south:g} to {north:g} degrees of latitude and {west:g} to {east:g} of longitude"
        remedy = f"letup plans up to {FARTHEST_NORTH:g} degrees north and south, and not across the 180th meridian"
        notes.add("coordinates.range", message, remedy, file=zones.file, column="geometry")
    _check_swapped_zones(zones.file, rows, shapes, timezone, notes)
    tree = shapely.STRtree(shapes)
    pairs = tree.query(shapes, predicate="intersects").T
    for first, second in sorted((int(a), int(b)) for a, b in pairs if a < b)[:MOST_PAIRS]:
        common = _intersection(shapes[first], shapes[second])
        share = common.area / min(shapes[first].area, shapes[second].area)
        if share <= 1e-12:
            continue
        sliver = share < SLIVER
        where = f"{rows[first].where} and {rows[second].where}"
        square_km = common.area * (METRES_PER_DEGREE / 1000) ** 2 * math.cos(math.radians(common.centroid.y))
        notes.add(
            "zones.sliver" if sliver else "zones.overlap",
            f"overlap by {square_km:,.4g} km², {share:.2%} of the smaller one",
            "nothing to do; such ground counts to the first of the two" if sliver else "cut one of the two",
            file=zones.file,
            where=where,
            column="geometry",
            severity="note" if sliver else "error",
        )


def _intersection(first: BaseGeometry, second: BaseGeometry) -> BaseGeometry:
    try:
        return shapely.intersection(first, second)
    except shapely.errors.GEOSException:  # rounding trouble on nearly touching borders
        return shapely.intersection(first, second, grid_size=1e-9)


def _check_swapped_zones(
    file: str, rows: list[Row], shapes: NDArray[Any], timezone: str | None, notes: Collector
) -> None:
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    middle = np.median(centres, axis=0)
    away = np.hypot(*(centres - middle).T)
    swapped_away = np.hypot(*(centres[:, ::-1] - middle).T)
    for i in np.flatnonzero((away > 1.0) & (swapped_away < away / 4)):
        message = "lies far from the other zones; with its axes swapped it would lie among them"
        notes.add("coordinates.swapped", message, _ORDER, file=file, where=rows[i].where, column="geometry")
    city = _reference_city(timezone) if timezone else None
    if city:
        here, swapped = np.hypot(*(middle - city)), np.hypot(*(middle[::-1] - city))
        if here > 3.0 and swapped < here / 4:
            notes.add(
                "coordinates.swapped",
                f"with axes swapped, the zones would lie much nearer to the city of the time zone {timezone}",
                _ORDER + ", or correct the time zone",
                file=file,
                column="geometry",
                severity="warning",
            )


@cache
def _reference_city(timezone: str) -> tuple[float, float] | None:
    """Longitude and latitude of the city a time zone is named after, from the tz database's own list."""
    texts = [Path("/usr/share/zoneinfo/zone.tab")]
    with contextlib.suppress(ModuleNotFoundError):
        texts.append(Path(str(resources.files("tzdata").joinpath("zoneinfo", "zone.tab"))))
    for path in texts:
        if path.is_file():
            for line in path.read_text("utf-8").splitlines():
                cells = line.split("\t")
                if len(cells) > 2 and cells[2] == timezone:
                    return _iso6709(cells[1])
    return None


def _iso6709(text: str) -> tuple[float, float]:
    cut = max(text.rfind("+"), text.rfind("-"))
    parts = []
    for part in (text[cut:], text[:cut]):
        digits = part[1:]
        size = 3 if len(digits) in (5, 7) else 2
        value = int(digits[:size]) + int(digits[size : size + 2]) / 60
        parts.append(-value if part[0] == "-" else value)
    return parts[0], parts[1]


def check_against_zones(table: Table, zones: Table, notes: Collector) -> None:
    """Note roads or places that lie outside every zone, far away, or whose axes look swapped."""
    zone_shapes = [row.geometry for row in zones.rows if row.geometry is not None]
    rows = [row for row in table.rows if row.geometry is not None]
    if not zone_shapes or not rows:
        return
    shapes = np.array([row.geometry for row in rows], object)
    west, south, east, north = shapely.total_bounds(zone_shapes)
    frame = (west - FAR, south - FAR, east + FAR, north + FAR)
    bounds = shapely.bounds(shapes)
    whole_away = ~_meets(bounds, frame)
    swapped = whole_away & _meets(bounds[:, [1, 0, 3, 2]], frame)
    if swapped.sum() > len(rows) / 2:
        notes.add(
            "coordinates.swapped",
            f"{int(swapped.sum())} of {len(rows)} features would lie in the zones with longitude and latitude swapped",
            f"{_ORDER}, here or in {zones.file}",
            file=table.file,
            column="geometry",
        )
    else:
        for i in np.flatnonzero(swapped):
            message = "would lie in the zones if longitude and latitude were swapped"
            notes.add("coordinates.swapped", message, _ORDER, file=table.file, where=rows[i].where, column="geometry")
    for i in np.flatnonzero(whole_away & ~swapped):
        message = "lies more than half a degree from all zones"
        remedy = "correct its coordinates, or remove it"
        notes.add("coordinates.far", message, remedy, file=table.file, where=rows[i].where, column="geometry")
    partly = ~whole_away & (
        (bounds[:, 0] < frame[0]) | (bounds[:, 1] < frame[1]) | (bounds[:, 2] > frame[2]) | (bounds[:, 3] > frame[3])
    )
    for i in np.flatnonzero(partly):
        _check_vertices(table.file, rows[i], frame, notes)
    if len(zone_shapes) == len(zones.rows):  # else what lies in the zone that cannot be used would seem outside
        near = [row for row, away in zip(rows, whole_away, strict=True) if not away]
        _check_outside(table, near, zone_shapes, notes)


def _meets(bounds: NDArray[Any], frame: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    meets: NDArray[np.bool_] = (
        (bounds[:, 0] <= frame[2])
        & (bounds[:, 2] >= frame[0])
        & (bounds[:, 1] <= frame[3])
        & (bounds[:, 3] >= frame[1])
    )
    return meets


def _check_vertices(file: str, row: Row, frame: tuple[float, float, float, float], notes: Collector) -> None:
    positions = shapely.get_coordinates(row.geometry)
    inside = _meets(np.hstack([positions, positions]), frame)
    turned = positions[:, ::-1]
    swapped = ~inside & _meets(np.hstack([turned, turned]), frame)
    if swapped.any():
        message = f"{int(swapped.sum())} of its vertices would lie in the zones with longitude and latitude swapped"
        notes.add("coordinates.swapped", message, _ORDER, file=file, where=row.where, column="geometry")
    else:
        message = f"{int((~inside).sum())} of its vertices lie more than half a degree from all zones"
        remedy = "check whether the road really goes there"
        where = row.where
        notes.add("coordinates.far", message, remedy, file=file, where=where, column="geometry", severity="warning")


def _check_outside(table: Table, rows: list[Row], zone_shapes: list[Any], notes: Collector) -> None:
    shapes = np.array([row.geometry for row in rows], object)
    tree = shapely.STRtree(zone_shapes)
    inside = np.zeros(len(rows), bool)
    inside[np.unique(shapely.STRtree(shapes).query(zone_shapes, predicate="intersects")[1])] = True
    for i in np.flatnonzero(~inside):
        row = rows[i]
        if table.name == "roads.geojson":
            message, remedy = "lies outside every zone: no pause is needed there", "check that it is so, or add a zone"
            code, metres = "roads.outside", math.inf
        else:
            message, remedy = "lies outside every zone", "check its position, or add a zone"
            code = "places.outside"
            nearest = shapely.shortest_line(shapes[i], zone_shapes[int(tree.nearest(shapes[i]))])
            metres = _metres(shapely.get_coordinates(nearest))
            message += f", {metres:,.0f} m from the nearest"
        if metres > OUTSIDE_M.get(str(row.cells.get("kind")), OUTSIDE_OTHERS_M):
            where = row.where
            notes.add(code, message, remedy, file=table.file, where=where, column="geometry", severity="warning")


def check_held(table: Table, code: str, places: Table, zones: Table, notes: Collector) -> None:
    """Note rows of a table whose place lies outside every zone, farther than a place of its kind may."""
    zone_shapes = [row.geometry for row in zones.rows if row.geometry is not None]
    if len(zone_shapes) != len(zones.rows) or not zone_shapes:
        return  # what lies in a zone that cannot be used would seem outside
    at = {row.cells["id"]: row for row in places.rows if row.geometry is not None and "id" in row.cells}
    tree = shapely.STRtree(zone_shapes)
    for row in table.rows:
        place = at.get(row.cells.get("place"))
        if place is None or "zone" in row.cells:
            continue
        if zone_at(place.geometry, str(place.cells.get("kind")), tree, zone_shapes) < 0:
            message = f"the place {quoted(row.cells['place'])} lies outside every zone"
            remedy = "name the zone it belongs to in the column zone, or correct the place"
            notes.add(code, message, remedy, file=table.file, where=row.where, column="place")


def check_elsewhere(table: Table, severity: Severity, places: Table, zones: Table, notes: Collector) -> None:
    """Note rows that name a zone and a place that lies in another one."""
    shapes = [row.geometry for row in zones.rows if row.geometry is not None]
    if len(shapes) != len(zones.rows) or not shapes:
        return
    ids = {row.cells.get("id"): number for number, row in enumerate(zones.rows)}
    at = {row.cells["id"]: row for row in places.rows if row.geometry is not None and "id" in row.cells}
    tree = shapely.STRtree(shapes)
    for row in table.rows:
        if "zone" not in row.cells or "place" not in row.cells:
            continue
        zone, place = ids.get(row.cells["zone"]), at.get(row.cells["place"])
        if zone is None or place is None:
            continue
        there = zone_at(place.geometry, str(place.cells.get("kind")), tree, shapes)
        metres = _metres(shapely.get_coordinates(shapely.shortest_line(place.geometry, shapes[zone])))
        if there >= 0 and there != zone and metres > OUTSIDE_OTHERS_M:
            message = (
                f"is in the zone {quoted(row.cells['zone'])} and at the place {quoted(row.cells['place'])}, "
                f"which lies in {quoted(zones.rows[there].cells.get('id', ''))}"
            )
            remedy = "name the zone that the place lies in, or leave one of the two empty"
            place_of = {"file": table.file, "where": row.where, "column": "place"}
            notes.add("row.elsewhere", message, remedy, **place_of, severity=severity)


def check_points(places: Table, zones: Table, notes: Collector) -> None:
    """Note distribution points outside every zone that do not say whom they serve."""
    shapes = [row.geometry for row in zones.rows if row.geometry is not None]
    if len(shapes) != len(zones.rows) or not shapes:
        return
    tree = shapely.STRtree(shapes)
    for row in places.rows:
        kind = str(row.cells.get("kind"))
        if kind != "distribution_point" or "serves" in row.cells or row.geometry is None:
            continue
        if zone_at(row.geometry, kind, tree, shapes) < 0:
            message = "is a distribution point outside every zone: nobody can be said to be served by it"
            remedy = "name the zones it hands out to in serves, or correct its position"
            notes.add("places.serves_nobody", message, remedy, file=places.file, where=row.where, column="serves")


def zone_at(point: Any, kind: str, tree: Any, zone_shapes: Any) -> int:
    """Number of the zone that a place of a kind lies in, or just outside of; -1 if it is too far from all.

    Of several the first; a crossing may lie a kilometre outside, anything else 100 m.
    """
    inside = tree.query(point, predicate="intersects")
    if len(inside):
        return int(min(inside))
    nearest = int(tree.nearest(point))
    metres = _metres(shapely.get_coordinates(shapely.shortest_line(point, zone_shapes[nearest])))
    return nearest if metres <= OUTSIDE_M.get(kind, OUTSIDE_OTHERS_M) else -1


def _metres(ends: NDArray[Any]) -> float:
    east, north = ends[1] - ends[0]
    return float(np.hypot(east * math.cos(math.radians(ends[0, 1])), north) * METRES_PER_DEGREE)


def check_positions(places: Table, notes: Collector) -> None:
    """Note places given too coarsely, and pairs of one kind that may be one place twice."""
    rows = [row for row in places.rows if row.geometry is not None]
    points = shapely.get_coordinates([row.geometry for row in rows]) if rows else np.empty((0, 2))
    for row, point in zip(rows, points, strict=True):
        if all(round(float(value), 2) == float(value) for value in point):
            message = f"stands at {point[0]:g}, {point[1]:g}, which says where it is to about a kilometre"
            where = row.where
            remedy = "find a more exact position, or say in the note that it is rounded on purpose"
            notes.add(
                "coordinates.coarse",
                message,
                remedy,
                file=places.file,
                where=where,
                column="geometry",
                severity="warning",
            )
    _check_near_duplicates(places.file, rows, points, notes)


def _check_near_duplicates(file: str, rows: list[Row], points: NDArray[Any], notes: Collector) -> None:
    """Compare each place with one earlier place of its kind in each square around it: linear, however crowded."""
    if not rows:
        return
    scale = np.array([math.cos(math.radians(float(np.median(points[:, 1])))), 1.0]) * METRES_PER_DEGREE
    metres = points * scale
    squares = np.floor(metres / NEAR_DUPLICATE_M).astype(np.int64).tolist()
    spots = metres.tolist()
    seen: dict[tuple[object, int, int], int] = {}
    for i, row in enumerate(rows):
        kind, x, y = row.cells.get("kind"), squares[i][0], squares[i][1]
        around = (seen.get((kind, x + dx, y + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        near = [j for j in around if j is not None and math.dist(spots[i], spots[j]) <= NEAR_DUPLICATE_M]
        if near:
            notes.add(
                "places.near_duplicate",
                f"{quoted(row.cells.get('name', ''))} stands within {NEAR_DUPLICATE_M:g} m of {rows[min(near)].where}",
                "remove one if they are the same place",
                file=file,
                where=row.where,
                severity="warning",
            )
        seen.setdefault((kind, x, y), i)
