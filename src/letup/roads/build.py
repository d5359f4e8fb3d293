"""From the layers of a scenario to a road network."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from letup.core.arrays import Bools, Floats, Ints
from letup.core.errors import LetupError
from letup.core.findings import Finding
from letup.core.wording import capitalised, first_few
from letup.roads import classes
from letup.roads.network import RoadNetwork
from letup.roads.noding import Cuts, borders, junctions, zone_of
from letup.roads.places import needs_pause
from letup.roads.reach import bypass_findings, closed_findings, reach_findings
from letup.scenario.disclosure import is_public, shared_name
from letup.scenario.model import Scenario

PLACE_LIMIT_M = 500.0
"""A place farther than this from any road is left off the network, metres."""

PLACE_FAR_M = 100.0
"""A place farther than this from its road is mentioned, metres."""

_UTM_ENDS = (-80.0, 84.0)

GAP_M = 5000.0
"""Roads outside all zones that join zones are named as a gap between them up to this length in all, metres."""

_GEOD = pyproj.Geod(ellps="WGS84")


def build(scenario: Scenario) -> RoadNetwork:
    """Make the road network of a scenario.

    Roads are noded where they share a vertex, where ends lie within a metre of each other and
    where an end touches another road; of roads that name their ends (``from_node``, ``to_node``)
    two meet only where they name the same point. They are cut at zone borders, so that each arc lies
    in one zone. Both directions are arcs; one-way binds vehicles only. Speeds and capacities are the
    feature's own or those of its class (``classes.csv``), less its damage. Places stand at the
    nearest point of a road that all groups can use, else of any road, within ``PLACE_LIMIT_M``.

    Parameters
    ----------
    scenario : Scenario
        Layers in lon/lat WGS 84.

    Returns
    -------
    RoadNetwork
        With findings on roads outside all zones, places off the network and people cut off.

    Raises
    ------
    LetupError
        ``roads.empty`` if no road has any length.
    """
    lines, feature, to_lonlat, crs = _lines(scenario)
    zones = _project(scenario.zones, crs)
    carries = classes.carries(scenario.roads)
    cuts = junctions(lines, _end_names(scenario, feature), _levels(scenario, feature))
    cuts, place_node, findings = _places(scenario, cuts, lines, feature, carries=carries, crs=crs)
    cuts, zone_after = borders(cuts, lines, zones)

    pieces, start, end, zone, line = _pieces(cuts, zone_after, lines)
    lon, lat = to_lonlat.transform(cuts.x, cuts.y)
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    courses = _lonlat(pieces, start, end, np.column_stack([lon, lat]), to_lonlat)
    length = _lengths(courses)
    real = (start != end) & (length > 0)
    start, end, zone, line, length = start[real], end[real], zone[real], line[real], length[real]
    courses = [course for course, keep in zip(courses, real, strict=True) if keep]
    start, end, lon, lat, place_node, node_of = _renumber(start, end, lon, lat, place_node)

    owner = feature[line]
    pauses = needs_pause(scenario)
    arc_zone = np.where((zone >= 0) & pauses[np.maximum(zone, 0)] if len(pauses) else False, zone, -1)
    network = RoadNetwork(
        lon=lon,
        lat=lat,
        node_zone=zone_of(np.asarray(shapely.points(cuts.x[node_of], cuts.y[node_of]), object), zones),
        tail=_both(start, end),
        head=_both(end, start),
        length_m=np.repeat(length, 2),
        zone=np.repeat(arc_zone, 2).astype(np.int32),
        road=tuple(np.repeat(scenario.roads.index.to_numpy(str)[owner], 2).tolist()),
        road_class=tuple(np.repeat(scenario.roads["class"].to_numpy(str)[owner], 2).tolist()),
        foot_per_hour=np.repeat(carries.foot_per_hour[owner], 2),
        vehicles_per_hour=_vehicles(carries, owner),
        vehicle_kmh=np.repeat(carries.vehicle_kmh[owner], 2),
        line=tuple(course[::way] for course in courses for way in (1, -1)),
        place_node=place_node,
        road_end=_road_ends(cuts)[node_of],
        lorries=np.repeat(carries.lorry_tonnes[owner] >= max(truck_tonnes(scenario), 1e-9), 2),
    )
    findings += _outside(zone, length, owner, scenario) + _gaps(start, end, zone, length, owner, scenario)
    findings += closed_findings(network, scenario)
    findings += bypass_findings(network, scenario) + reach_findings(network, scenario)
    return replace(network, findings=tuple(findings))


def _lines(
    scenario: Scenario,
) -> tuple[NDArray[np.object_], NDArray[np.int64], pyproj.Transformer, pyproj.CRS]:
    """All lines with a length, projected; the feature of each; the way back to lon/lat."""
    roads = scenario.roads
    if not len(roads) or not np.isfinite(roads.total_bounds).all():
        raise LetupError(
            "roads.empty", "roads.geojson holds no line", "Give at least one road with two different points."
        )
    crs = _projection(*roads.total_bounds.tolist())
    parts, feature = shapely.get_parts(_project(roads, crs), return_index=True)
    parts = shapely.remove_repeated_points(shapely.force_2d(parts))
    real = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & (shapely.length(parts) > 0)
    if not real.any():
        raise LetupError(
            "roads.empty", "roads.geojson holds no line", "Give at least one road with two different points."
        )
    return parts[real], feature[real], pyproj.Transformer.from_crs(crs, 4326, always_xy=True), crs


def truck_tonnes(scenario: Scenario) -> float:
    """Weight of the scenario's heaviest truck with its load, tonnes: as given, else twice the largest payload."""
    own = scenario.deliveries.truck_tonnes
    payload_kg = scenario.trucks["payload_kg"].max() if len(scenario.trucks) else 0.0
    return float(own if own is not None else 2 * payload_kg / 1000)


def _end_names(scenario: Scenario, feature: NDArray[np.int64]) -> Ints:
    """Number of the point that each line's start and end are named after, -1 where it is not: int32[lines, 2]."""
    columns = ("from_node", "to_node")
    roads = scenario.roads
    if not set(columns) <= set(roads.columns):
        return np.full((len(feature), 2), -1, np.int32)
    names = roads[list(columns)].to_numpy(object)[feature]
    named = pd.notna(names).all(axis=1)
    numbers = np.full(names.shape, -1, np.int32)
    numbers[named] = pd.factorize(names[named].ravel())[0].reshape(-1, 2)
    return numbers


@lru_cache(maxsize=64)
def _projection(west: float, south: float, east: float, north: float) -> pyproj.CRS:
    """UTM zone of the middle of a box in lon/lat, polar stereographic beyond the zones.

    Looking it up takes longer than all else here on a small network.
    """
    if not _UTM_ENDS[0] < (south + north) / 2 < _UTM_ENDS[1]:
        return pyproj.CRS.from_epsg(32661 if north > 0 else 32761)
    crs: pyproj.CRS = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=4326).estimate_utm_crs()
    return crs


def _levels(scenario: Scenario, feature: NDArray[np.int64]) -> Ints:
    """Level of each line: int32[lines]."""
    if "level" not in scenario.roads:
        return np.zeros(len(feature), np.int32)
    return np.asarray(scenario.roads["level"].to_numpy(np.int32)[feature], np.int32)


def _project(layer: gpd.GeoDataFrame, crs: pyproj.CRS) -> NDArray[np.object_]:
    """Geometries of a lon/lat layer in the given projection."""
    forward = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    shapes = np.asarray(layer.geometry.to_numpy(), object)
    present = shapely.force_2d(shapes)

    def move(xy: Floats) -> Floats:
        return np.column_stack(forward.transform(xy[:, 0], xy[:, 1]))

    moved: NDArray[np.object_] = shapely.transform(present, move)
    return moved


def _places(
    scenario: Scenario,
    cuts: Cuts,
    lines: NDArray[np.object_],
    feature: NDArray[np.int64],
    *,
    carries: classes.Carries,
    crs: pyproj.CRS,
) -> tuple[Cuts, dict[str, int], list[Finding]]:
    """Stand each place at the nearest point of a road that suits it."""
    places = scenario.places
    if not len(places):
        return cuts, {}, []
    points = shapely.point_on_surface(_project(places, crs))
    modes = {group.mode for group in scenario.groups} or {"foot"}
    foot, vehicle = carries.foot_per_hour[feature] > 0, carries.vehicles_per_hour[feature] > 0
    any_mode = foot | vehicle
    all_modes = (foot | ("foot" not in modes)) & (vehicle | ("vehicle" not in modes)) & any_mode
    walked = scenario.roads["class"].to_numpy(str)[feature] == "access"
    line = np.full(len(places), -1, np.int64)
    far = np.full(len(places), np.inf)
    control = places["kind"].to_numpy(str) == "checkpoint"
    # A checkpoint stands on a real road, not on modelled walking access beside it.
    for who, on in (
        (control, all_modes & ~walked),
        (control, any_mode & ~walked),
        (~control, all_modes),
        (np.ones(len(places), bool), any_mode),
    ):
        todo = np.flatnonzero(who & (line < 0))
        usable = np.flatnonzero(on)
        if not len(todo) or not len(usable):
            continue
        tree = shapely.STRtree(lines[usable])
        (which, nearest), distance = tree.query_nearest(
            points[todo], max_distance=PLACE_LIMIT_M, return_distance=True, all_matches=False
        )
        line[todo[which]] = usable[nearest]
        far[todo[which]] = distance
    on_road = np.flatnonzero(line >= 0)
    along = shapely.line_locate_point(lines[line[on_road]], points[on_road])
    cuts, node = cuts.with_points(line[on_road], along, lines)
    ids = [str(place) for place in places.index]
    findings = [
        Finding(
            "places.off_network",
            "warning",
            f"{capitalised(shared_name(scenario, ids[i]))} lies more than {PLACE_LIMIT_M:.0f} m from any open road, "
            "so nobody can reach it",
            "Correct its position, or add the road that leads to it.",
            file="places.geojson",
            where=f"place {ids[i]}",
        )
        for i in np.flatnonzero(line < 0)
    ]
    beside = [
        i for i in on_road if far[i] > PLACE_FAR_M and places["kind"].iloc[i] in ("shelter", "checkpoint", "crossing")
    ]
    findings += [
        Finding(
            "places.far_from_road",
            "note",
            f"{capitalised(shared_name(scenario, ids[i]))} lies {_distance(scenario, ids[i], far[i])} from the road "
            "it is reached by; that way is not counted",
            "Add the road that leads to it if the way matters.",
            file="places.geojson",
            where=f"place {ids[i]}",
        )
        for i in beside
    ]
    return cuts, {ids[i]: int(n) for i, n in zip(on_road, node, strict=True)}, findings


def _distance(scenario: Scenario, place: str, metres: float) -> str:
    """How far a place lies from its road; the figure itself only if the place is public."""
    return f"{metres:.0f} m" if is_public(scenario, place) else f"more than {PLACE_FAR_M:g} m"


def _pieces(
    cuts: Cuts, zone_after: Ints, lines: NDArray[np.object_]
) -> tuple[list[Floats], Ints, Ints, Ints, NDArray[np.int64]]:
    """Courses between consecutive cuts, with their two nodes, zone and line."""
    follows = np.flatnonzero(cuts.line[1:] == cuts.line[:-1])
    line = cuts.line[follows].astype(np.int64)
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(owner, np.arange(len(lines)))
    step = np.zeros(len(xy))
    step[1:] = np.hypot(*np.diff(xy, axis=0).T)
    step[first] = 0.0
    total = np.cumsum(step)
    # Lines one after the other on one axis, so that one search finds the vertices of every piece.
    base = total[first[line]]
    last = np.append(first[1:], len(xy))
    lo = np.searchsorted(total, base + cuts.along[follows] + 0.01)
    hi = np.searchsorted(total, base + cuts.along[follows + 1] - 0.01)
    lo = np.maximum(lo, first[line] + 1)
    hi = np.minimum(hi, last[line] - 1)
    courses = [xy[a:b] for a, b in zip(lo.tolist(), np.maximum(lo, hi).tolist(), strict=True)]
    return courses, cuts.node[follows], cuts.node[follows + 1], zone_after[follows], line


def _lonlat(
    courses: list[Floats], start: Ints, end: Ints, nodes: Floats, to_lonlat: pyproj.Transformer
) -> list[Floats]:
    """Courses in lon, lat, from node to node."""
    inner = np.concatenate([np.zeros((0, 2)), *courses])
    x, y = to_lonlat.transform(inner[:, 0], inner[:, 1])
    moved = np.column_stack([x, y])
    ends = np.cumsum([len(course) for course in courses])
    begins = np.concatenate([[0], ends[:-1]])
    return [
        np.concatenate([nodes[s : s + 1], moved[a:b], nodes[e : e + 1]])
        for s, e, a, b in zip(start.tolist(), end.tolist(), begins.tolist(), ends.tolist(), strict=True)
    ]


def _lengths(courses: list[Floats]) -> Floats:
    """Length of each course on the WGS 84 ellipsoid, metres."""
    if not courses:
        return np.zeros(0)
    flat = np.concatenate(courses)
    _, _, step = _GEOD.inv(flat[:-1, 0], flat[:-1, 1], flat[1:, 0], flat[1:, 1])
    last = np.cumsum([len(course) for course in courses]) - 1
    step = np.append(np.asarray(step), 0.0)
    step[last] = 0.0
    return np.add.reduceat(step, np.concatenate([[0], last[:-1] + 1]))


def _renumber(
    start: Ints, end: Ints, lon: Floats, lat: Floats, place_node: dict[str, int]
) -> tuple[Ints, Ints, Floats, Floats, dict[str, int], NDArray[np.int64]]:
    """Leave out nodes at which nothing ends, and number the others from 0."""
    used = np.zeros(len(lon), bool)
    used[start] = used[end] = True
    used[list(place_node.values())] = True
    node_of = np.flatnonzero(used)
    number = np.cumsum(used) - 1
    return (
        number[start].astype(np.int32),
        number[end].astype(np.int32),
        lon[node_of],
        lat[node_of],
        {place: int(number[node]) for place, node in place_node.items()},
        node_of,
    )


def _both(forwards: Ints, backwards: Ints) -> Ints:
    """Interleave the two directions of each piece."""
    return np.column_stack([forwards, backwards]).ravel().astype(np.int32)


def _vehicles(carries: classes.Carries, owner: NDArray[np.int64]) -> Floats:
    """Vehicles per hour in both directions of each piece."""
    return np.column_stack([carries.vehicles_per_hour[owner], carries.vehicles_per_hour_back[owner]]).ravel()


def _road_ends(cuts: Cuts) -> Bools:
    """Nodes at which a line begins or ends, unlike those where one is cut."""
    ends = np.zeros(len(cuts.x), bool)
    change = np.ones(len(cuts.line), bool)
    change[1:] = cuts.line[1:] != cuts.line[:-1]
    ends[cuts.node[change]] = True
    ends[cuts.node[np.append(change[1:], True)]] = True
    return ends


def _outside(zone: Ints, length: Floats, owner: NDArray[np.int64], scenario: Scenario) -> list[Finding]:
    """Say how much road lies in no zone."""
    out = zone < 0
    if not len(scenario.zones) or not out.any():
        return []
    features = np.unique(owner[out])
    names = first_few([str(scenario.roads.index[i]) for i in features], 5)
    return [
        Finding(
            "roads.outside_zones",
            "warning",
            f"{length[out].sum() / 1000:.1f} km of {length.sum() / 1000:.1f} km of road lie in no zone "
            f"and are used without any pause ({len(features)} roads: {names})",
            "Extend the zones to cover them, or cut the roads off.",
            file="roads.geojson",
        )
    ]


def _gaps(
    start: Ints, end: Ints, zone: Ints, length: Floats, owner: NDArray[np.int64], scenario: Scenario
) -> list[Finding]:
    """Name short pieces of road that lead from one zone to another over ground in no zone."""
    out = np.flatnonzero(zone < 0)
    if not len(scenario.zones) or not len(out):
        return []
    nodes = int(max(start.max(), end.max())) + 1
    graph = coo_array((np.ones(len(out), bool), (start[out], end[out])), shape=(nodes, nodes))
    _, part = connected_components(graph, directed=False)
    inside = np.flatnonzero(zone >= 0)
    beside = np.unique(
        np.concatenate([np.column_stack([part[ends[inside]], zone[inside]]) for ends in (start, end)]), axis=0
    )
    names = [str(name) for name in scenario.zones["name"]]
    findings = []
    for number in np.unique(part[start[out]]).tolist():
        around = beside[beside[:, 0] == number, 1].tolist()
        pieces = out[part[start[out]] == number]
        metres = float(length[pieces].sum())
        if len(around) < 2 or metres > GAP_M:
            continue
        roads = list(dict.fromkeys(str(scenario.roads.index[i]) for i in owner[pieces]))
        findings.append(
            Finding(
                "roads.gap",
                "warning",
                f"{metres:,.0f} m of road between {' and '.join(names[i] for i in around)} lie in no zone "
                f"({first_few(roads, 5)}): people may wait there without a pause",
                "Draw the zones so that they touch, or make a zone of the ground between them.",
                file="zones.geojson",
                where=" and ".join(f"zone {scenario.zone_ids[i]}" for i in around),
            )
        )
    return findings
