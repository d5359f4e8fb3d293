"""What map and timeline of a page show, as compact JSON: without the exact position of any restricted place."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from letup.core.arrays import Floats, Longs
from letup.plan.model import Plan
from letup.plan.shared_plan import shared_movements
from letup.report import traffic
from letup.report.tables import ZoneCount, basis_of, local_names, text
from letup.roads.network import RoadNetwork
from letup.roads.shared_roads import SharedRoads, shared_roads
from letup.scenario.disclosure import confidential, public_places, unshared
from letup.scenario.model import Scenario

SHIELD_M = 25.0
_PLACES = 5
_METRES_PER_DEGREE = 111_320.0
_MOST_VERTICES = 60_000
_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "track", "footpath")

PLURALS = {
    "crossing": "crossings",
    "checkpoint": "checkpoints",
    "shelter": "shelters",
    "hospital": "hospitals and clinics",
    "warehouse": "warehouses",
    "distribution_point": "distribution points",
    "protected_site": "other protected sites",
    "waiting_place": "waiting places",
    "confidential": "protected places that are not named",
}


@dataclass(frozen=True)
class Shield:
    """Takes vertices near restricted places out of lines, so that no line gives a place away.

    Confidential places need none: nothing is drawn in their zones.

    Parameters
    ----------
    points : float64[k, 2]
        Exact positions (lon, lat) of the places whose position is not shared.
    """

    points: Floats

    @classmethod
    def of(cls, scenario: Scenario) -> Shield:
        """Shield the restricted places of a scenario."""
        secret = unshared(scenario) - set(confidential(scenario))
        hidden = scenario.places[scenario.places.index.isin(secret)]
        points = [(shape.centroid.x, shape.centroid.y) for shape in hidden.geometry if _drawable(shape)]
        return cls(np.array(points, float).reshape(-1, 2))

    def near(self, line: Floats) -> NDArray[np.bool_]:
        """Which vertices (lon, lat) lie within ``SHIELD_M`` metres of a restricted place."""
        if not len(self.points) or not len(line):
            return np.zeros(len(line), bool)
        squeeze = np.array([np.cos(np.radians(self.points[:, 1].mean())), 1.0]) * _METRES_PER_DEGREE
        places = shapely.STRtree(np.asarray(shapely.points(self.points * squeeze), object))
        near = np.zeros(len(line), bool)
        near[places.query(shapely.points(line * squeeze), predicate="dwithin", distance=SHIELD_M)[0]] = True
        return near

    def lines(self, lines: list[Floats]) -> list[Floats]:
        """The lines without shielded vertices; a line with fewer than two left comes back empty.

        Where lines meet, they keep their ends: a gap at a crossing would show the place.
        """
        if not lines:
            return []
        vertices = np.concatenate(lines)
        hidden = self.near(vertices)
        _, vertex, times = np.unique(np.round(vertices, 7), axis=0, return_inverse=True, return_counts=True)
        at_end = np.zeros(len(vertices), bool)
        last = np.cumsum([len(line) for line in lines]) - 1
        at_end[last] = at_end[np.append(0, last[:-1] + 1)] = True
        hidden &= ~(at_end & (times[vertex.ravel()] > 1))
        ends = np.cumsum([len(line) for line in lines])[:-1]
        out = []
        for line, hide in zip(lines, np.split(hidden, ends), strict=True):
            kept = line[~hide]
            out.append(kept if len(kept) > 1 else kept[:0])
        return out


def _drawable(shape: Any) -> bool:
    return isinstance(shape, BaseGeometry) and not shape.is_empty


def whole(line: Floats) -> Longs:
    """Coordinates in 1/100,000 degree (about a metre), without repeated vertices."""
    scaled: Longs = np.rint(np.asarray(line, float)[:, :2] * 10**_PLACES).astype(np.int64)
    keep = np.ones(len(scaled), bool)
    keep[1:] = (scaled[1:] != scaled[:-1]).any(axis=1)
    kept: Longs = scaled[keep]
    return kept


def packed(line: Longs) -> list[int]:
    """Lon and lat of the first vertex, then the differences: small numbers."""
    return [int(value) for value in np.diff(line, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()]


def rings(shape: Any) -> list[list[Longs]]:
    """Polygons of a zone: for each, its outer ring and its holes."""
    if not _drawable(shape):
        return []
    parts = getattr(shape, "geoms", [shape])
    return [
        [whole(np.asarray(ring.coords)) for ring in (part.exterior, *part.interiors)]
        for part in parts
        if part.geom_type == "Polygon"
    ]


def zone_rings(zones: gpd.GeoDataFrame) -> list[list[list[Longs]]]:
    """Polygons of all zones, simplified together (shared borders stay shared) if they are very detailed."""
    shapes = zones.geometry
    detail = int(shapes.count_coordinates().sum()) if len(shapes) else 0
    if detail > _MOST_VERTICES:
        shapes = shapes.simplify_coverage(0.0002) if hasattr(shapes, "simplify_coverage") else shapes.simplify(0.0002)
    return [rings(shape) for shape in shapes]


def background(scenario: Scenario, shared: SharedRoads, shield: Shield) -> list[Longs]:
    """Roads of the scenario as they lie, main classes first, as many as the page can carry; none in closed zones."""
    roads = scenario.roads
    out: list[Longs] = []
    left = _MOST_VERTICES
    for name in _CLASSES:
        lines = [
            np.asarray(part.coords)[:, :2]
            for shape in roads.geometry[roads["class"] == name]
            if _drawable(shape)
            for part in getattr(shape, "geoms", [shape])
        ]
        short = [whole(line) for line in shield.lines(shared.clipped(lines)) if len(line)]
        left -= sum(map(len, short))
        if left < 0:
            break
        out += [line for line in short if len(line) > 1]
    return out


def drawn_pieces(
    network: RoadNetwork, arcs: Longs, shared: SharedRoads
) -> tuple[dict[int, int], list[tuple[str, list[Longs]]]]:
    """Pieces of road to draw for the arcs that people use.

    The two directions of a road share one piece.

    Returns
    -------
    piece_of : dict
        RoadNetwork arc to piece, for each arc that may be drawn.
    pieces : list of (road id, lines)
        What to draw; each piece has one line here (callers join those that always carry the same people).
    """
    piece_of: dict[int, int] = {}
    pieces: list[tuple[str, list[Longs]]] = []
    seen: dict[bytes, int] = {}
    for arc, line in zip(arcs, (shared.line[int(arc)] for arc in arcs), strict=True):
        if len(line) < 2:
            continue
        course = whole(line)
        if len(course) < 2:
            continue
        key = min(course.tobytes(), course[::-1].tobytes())
        if key not in seen:
            seen[key] = len(pieces)
            pieces.append((network.road[int(arc)], [course]))
        piece_of[int(arc)] = seen[key]
    return piece_of, pieces


_COMPASS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


@dataclass(frozen=True)
class MapData:
    """What the page shows on map and timeline.

    Attributes
    ----------
    json : dict
        The data as the page's scripts read them.
    zones : list
        Polygons of each zone, in 1/100,000 degree.
    pieces : list
        Lines of each piece of road that people use.
    passing : list of int
        People who pass each piece over the whole plan.
    roads : list
        Roads in the background.
    block : int
        Steps that share one number on a piece of road (1 = each step has its own).
    """

    json: dict[str, Any]
    zones: list[list[list[Longs]]]
    pieces: list[list[Longs]]
    passing: list[int]
    roads: list[Longs]
    block: int


def gather_map_data(plan: Plan, counts: list[ZoneCount]) -> MapData:
    """Put together everything that map and timeline show."""
    scenario, clock = plan.scenario, plan.scenario.clock
    shield, shared = Shield.of(scenario), shared_roads(plan.network, scenario)
    visit, waiting = traffic.walking(*_longest(plan, traffic.visits(plan.movements)))
    pieces, passing, piece_of = _pieces(plan, _joined(_at_borders(visit, shared), shared), shared)
    bent, block = traffic.coarser([piece["e"] for piece in pieces], scenario.steps)
    for piece, curve in zip(pieces, bent, strict=True):
        piece["e"] = curve
    polygons = zone_rings(scenario.zones)
    roads = background(scenario, shared, shield)
    lines = [piece.pop("lines") for piece in pieces]
    number, about = _roads(plan, list(dict.fromkeys(piece["r"] for piece in pieces)))
    for piece, line in zip(pieces, lines, strict=True):
        piece["r"] = number[piece["r"]]
        piece["l"] = [packed(part) for part in line]
    data = {
        "start": int(scenario.start.timestamp()),
        "steps": scenario.steps,
        "minutes": scenario.step_minutes,
        "offsets": clock.offsets(),
        "zones": _zones(plan, counts, polygons, waiting),
        "roads": about,
        "pieces": pieces,
        "base": [packed(line) for line in roads],
        "places": _places(plan),
        "limits": _limits(plan, shield),
        "ways": _ways(plan, visit, piece_of, shared),
        "groups": [group.label for group in plan.groups],
        "moving": _moving(plan),
        "waiting": traffic.bends(0 * waiting.movement, waiting, 1, scenario.steps)[0],
        "arrived": [_cumulated(group.arrivals) for group in plan.groups],
        "want": plan.want_to_leave,
    }
    return MapData(data, polygons, lines, passing, roads, block)


def _longest(plan: Plan, visit: traffic.Visits) -> tuple[traffic.Visits, Longs]:
    """The visits, and the steps that each takes on the road at the group's speed, rounded up."""
    network, groups = plan.network, {group.name: group for group in plan.scenario.groups}
    who = [groups[str(name)] for name in plan.movements["group"]]
    own = np.array([group.speed_kmh for group in who], float)[visit.movement]
    drives = np.array([group.mode == "vehicle" for group in who], bool)[visit.movement]
    road = network.vehicle_kmh[visit.arc]
    speed = np.where(drives & (road > 0), np.minimum(own, road), own)
    minutes = network.length_m[visit.arc] / 1000 / np.maximum(speed, 0.1) * 60
    return visit, np.ceil(minutes / plan.scenario.step_minutes).astype(np.int64)


def _pieces(
    plan: Plan, visit: traffic.Visits, shared: SharedRoads
) -> tuple[list[dict[str, Any]], list[int], dict[int, int]]:
    """Pieces of road with the people on them; pieces of one road that always carry the same are joined."""
    network, steps = plan.network, plan.scenario.steps
    used = np.unique(visit.arc)
    piece_of, drawn = drawn_pieces(network, used, shared)
    lookup = np.full(len(network.tail) + 1, -1, np.int64)
    for arc, piece in piece_of.items():
        lookup[arc] = piece
    key = lookup[visit.arc] if len(visit.arc) else np.zeros(0, np.int64)
    bent = traffic.bends(key, visit, len(drawn), steps)
    people = visit.rate * (visit.enter_last - visit.enter_first + 1)
    # somebody who comes by twice still is one of the people who pass
    once = np.unique(np.column_stack([key, visit.movement])[key >= 0], axis=0)
    passing = np.bincount(once[:, 0], plan.movements["people"].to_numpy(np.int64)[once[:, 1]], len(drawn))
    course = _course(shared, visit, key, people, len(drawn))
    joined: dict[tuple[Any, ...], int] = {}
    out: list[dict[str, Any]] = []
    total: list[int] = []
    new_piece: list[int] = []
    for index, (road, lines) in enumerate(drawn):
        same = (road, tuple(bent[index]))
        if same in joined:
            out[joined[same]]["lines"] += lines
            out[joined[same]]["d"] += course[index]
        else:
            joined[same] = len(out)
            out.append({"lines": list(lines), "r": road, "e": bent[index], "p": int(passing[index]),
                        "d": course[index]})  # fmt: skip
            total.append(int(passing[index]))
        new_piece.append(joined[same])
    for entry in out:
        entry["d"] = _COMPASS[round(math.atan2(entry["d"].imag, entry["d"].real) / (math.pi / 4)) % 8]
    return out, total, {arc: new_piece[piece] for arc, piece in piece_of.items()}


def _at_borders(visit: traffic.Visits, shared: SharedRoads) -> traffic.Visits:
    """Visits of arcs in closed zones cut down to the moment at which the border is crossed."""
    stay = np.where(shared.inside[visit.arc], 1, visit.stay)
    late = np.where(shared.leaves[visit.arc] & ~shared.enters[visit.arc], visit.stay - 1, 0)
    return replace(visit, enter_first=visit.enter_first + late, enter_last=visit.enter_last + late, stay=stay)


def _joined(visit: traffic.Visits, shared: SharedRoads) -> traffic.Visits:
    """Visits one after the other of arcs that are drawn as one, as one."""
    road = shared.joined[visit.arc]
    begins = np.ones(len(road), bool)
    waited = visit.enter_first[1:] > visit.enter_first[:-1] + visit.stay[:-1] + 1
    begins[1:] = (road[1:] != road[:-1]) | (visit.movement[1:] != visit.movement[:-1]) | waited
    ends = np.append(begins[1:], True)[: len(road)]
    stay = visit.enter_first[ends] + visit.stay[ends] - visit.enter_first[begins]
    return traffic.Visits(
        visit.movement[begins], visit.arc[begins], visit.rate[begins],
        visit.enter_first[begins], visit.enter_last[begins], stay,
    )  # fmt: skip


def _course(
    shared: SharedRoads, visit: traffic.Visits, key: Longs, people: Longs, pieces: int
) -> NDArray[np.complex128]:
    """Direction in which people go along each piece, weighted by people: east + north i."""
    seen, people, key = visit.arc[key >= 0], people[key >= 0], key[key >= 0]
    arcs, which = np.unique(seen, return_inverse=True)
    ends = np.array([shared.line[arc][[0, -1]] for arc in arcs], float).reshape(-1, 2, 2)[which]
    squeeze = math.cos(math.radians(float(ends[:, :, 1].mean()))) if len(ends) else 1.0
    at = ends[:, :, 0] * squeeze + 1j * ends[:, :, 1]
    step = (at[:, 1] - at[:, 0]) * people
    return np.bincount(key, step.real, pieces) + 1j * np.bincount(key, step.imag, pieces)


def _zones(
    plan: Plan, counts: list[ZoneCount], polygons: list[list[list[Longs]]], waiting: traffic.Visits
) -> list[dict[str, Any]]:
    scenario, movements = plan.scenario, plan.movements
    number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
    origin = np.array([number.get(text(zone), -1) for zone in movements["origin"]], np.int64)
    left = traffic.bends(origin, _trips(plan, for_ever=True), len(number), scenario.steps)
    at_end = plan.network.node_zone[plan.network.head[waiting.arc]].astype(np.int64)
    waits = traffic.bends(at_end, waiting, len(number), scenario.steps)
    leave = movements.groupby("origin")["people"].sum() if len(movements) else pd.Series(dtype=int)
    rows = scenario.zones.drop(columns=scenario.zones.geometry.name).to_dict("records")
    points = scenario.zones.geometry.representative_point()
    out = []
    for index, (zone, row) in enumerate(zip(scenario.zone_ids, rows, strict=True)):
        out.append({
            "id": zone,
            "n": text(row.get("name")) or zone,
            "l": local_names(row),
            "area": text(row.get("area")),
            "q": sorted([window.first, window.last] for window in plan.windows if window.zone == index),
            "need": bool(row.get("needs_pause", True)),
            "safety": text(row.get("safety")) or "unknown",
            "p": counts[index].people,
            "w": counts[index].want_to_leave,
            "out": int(leave.get(zone, 0)),
            "e": left[index],
            "wait": waits[index],
            "c": [[PLURALS.get(kind, kind), many] for kind, many in sorted(counts[index].places.items())],
            "b": basis_of(row, scenario),
            "pb": counts[index].known_from,
            "x": [round(points.iloc[index].x, 4), round(points.iloc[index].y, 4)],
            "g": [[packed(ring) for ring in polygon] for polygon in polygons[index]],
        })  # fmt: skip
    return out


def _trips(plan: Plan, for_ever: bool = False) -> traffic.Visits:
    """Each movement as one visit: on the way from departure to arrival (or, ``for_ever``, gone from home)."""
    moves = plan.movements

    def column(name: str) -> Longs:
        return moves[name].to_numpy(np.int64)

    first, last = column("depart_first_step"), column("depart_last_step")
    stay = np.full(len(moves), plan.scenario.steps + 1) if for_ever else column("arrive_first_step") - first
    none = np.zeros(len(moves), np.int64)
    return traffic.Visits(none, none, column("people_per_step"), first, last, np.maximum(stay, 0))


def _moving(plan: Plan) -> list[int]:
    """Bends of the number of people on the way."""
    trips = _trips(plan)
    return traffic.bends(trips.movement, trips, 1, plan.scenario.steps)[0]


def _cumulated(arrivals: Longs) -> list[int]:
    """Bends of the running total of arrivals."""
    change = np.diff(np.asarray(arrivals, np.int64), prepend=0)
    at = np.flatnonzero(change)
    out = np.empty(2 * len(at), np.int64)
    out[0::2], out[1::2] = np.diff(at, prepend=0), change[at]
    return [int(value) for value in out]


def _roads(plan: Plan, names: list[str]) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Name, class, capacity and source of the roads of pieces; roads that are alike in all of these share one."""
    network, scenario = plan.network, plan.scenario
    first = {road: arc for arc, road in reversed(list(enumerate(network.road)))}
    known = scenario.roads.drop(columns=scenario.roads.geometry.name)
    known = {str(row["id"]): row for row in known.rename_axis("id").reset_index().to_dict("records")}
    number: dict[str, int] = {}
    out: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for name in names:
        row, arc = known.get(name, {}), first[name]
        about = {
            "n": text(row.get("name")),
            "l": local_names(row),
            "c": network.road_class[arc],
            "f": round(float(network.foot_per_hour[arc])),
            "v": round(float(network.vehicles_per_hour[arc])),
            "b": basis_of(row, scenario),
        }
        number[name] = seen.setdefault(repr(about), len(out))
        if number[name] == len(out):
            out.append(about)
    return number, out


def _places(plan: Plan) -> list[dict[str, Any]]:
    """Places whose position is public."""
    scenario = plan.scenario
    out = []
    shown = public_places(scenario)
    for (_, row), shape in zip(shown.iterrows(), shown.geometry, strict=True):
        if shape is None or shape.is_empty:
            continue
        throughput = row.get("throughput_per_hour")
        out.append({
            "n": text(row.get("name")),
            "l": local_names(row.to_dict()),
            "k": text(row.get("kind")).replace("_", " "),
            "h": text(row.get("hours")),
            "t": None if throughput is None or pd.isna(throughput) else round(float(throughput)),
            "b": basis_of(row.to_dict(), scenario),
            "x": [round(shape.centroid.x, 5), round(shape.centroid.y, 5)],
        })  # fmt: skip
    return out


def _limits(plan: Plan, shield: Shield) -> list[dict[str, Any]]:
    """Marks of the bottlenecks, numbered as in their table; none where it would give a place away."""
    out = []
    hidden = unshared(plan.scenario)
    for rank, row in enumerate(plan.bottlenecks.to_dict("records"), start=1):
        if text(row.get("id")) in hidden:
            continue
        point = np.array([[float(row["lon"]), float(row["lat"])]])
        if rank > 9 or row["kind"] not in ("road", "checkpoint") or not np.isfinite(point).all():
            continue
        if not shield.near(point)[0]:
            out.append({"i": rank, "n": text(row.get("name")), "x": [round(float(value), 5) for value in point[0]]})
    return out


def _ways(plan: Plan, visit: traffic.Visits, piece_of: dict[int, int], shared: SharedRoads) -> list[dict[str, Any]]:
    """Movements from one zone to one destination, together: people, times, groups, pieces of road."""
    if not len(plan.movements):
        return []
    moves = shared_movements(plan, shared)
    number = {zone: index for index, zone in enumerate(plan.scenario.zone_ids)}
    code, _ = pd.factorize(pd.MultiIndex.from_frame(moves[["origin", "shelter", "destination"]].astype(str)))
    order = np.argsort(code[visit.movement], kind="stable")
    labels = {group.name: group.label for group in plan.scenario.groups}
    cuts = np.searchsorted(code[visit.movement][order], np.arange(code.max() + 2))
    out = []
    for way in range(int(code.max()) + 1):
        rows = moves[code == way]
        arcs = np.unique(visit.arc[order[cuts[way] : cuts[way + 1]]])
        pieces = np.unique([piece_of[int(arc)] for arc in arcs if int(arc) in piece_of]).astype(np.int64)
        arrive = None if rows["arrive_last"].isna().any() else int(rows["arrive_last_step"].max())
        out.append({
            "o": number.get(text(rows["origin"].iloc[0]), -1),
            "to": text(rows["destination"].iloc[0]),
            "p": int(rows["people"].sum()),
            "g": [[labels[name], int(rows["people"][rows["group"] == name].sum())] for name in rows["group"].unique()],
            "t": [int(rows["depart_first_step"].min()), arrive],
            "m": _range(rows["minutes"], 0),
            "km": _range(rows["length_m"] / 1000, 1),
            "s": [int(value) for value in np.diff(pieces, prepend=0)],
        })  # fmt: skip
    return sorted(out, key=lambda way: -int(way["p"]))


def _range(figures: pd.Series, decimals: int) -> list[float] | None:
    """Smallest and largest; None where one is not to be said."""
    if figures.isna().any():
        return None
    ends = [round(float(value), decimals) for value in (figures.min(), figures.max())]
    return ends if decimals else [int(value) for value in ends]
