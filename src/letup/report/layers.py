"""Geometry for the page: compact, and without the exact position of any restricted place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
}


@dataclass(frozen=True)
class Shield:
    """Takes vertices near restricted places out of lines, so that no line gives a place away.

    Parameters
    ----------
    points : float64[k, 2]
        Exact positions (lon, lat) of the places whose position is not shared.
    """

    points: Floats

    @classmethod
    def of(cls, scenario: Scenario) -> Shield:
        """Shield all places of a scenario whose sensitivity is not ``public``."""
        hidden = scenario.places[scenario.places["sensitivity"] != "public"]
        points = [(shape.centroid.x, shape.centroid.y) for shape in hidden.geometry if _drawable(shape)]
        return cls(np.array(points, float).reshape(-1, 2))

    def near(self, line: Floats) -> NDArray[np.bool_]:
        """Which vertices (lon, lat) lie within ``SHIELD_M`` metres of a restricted place."""
        if not len(self.points) or not len(line):
            return np.zeros(len(line), bool)
        squeeze = np.array([np.cos(np.radians(self.points[:, 1].mean())), 1.0]) * _METRES_PER_DEGREE
        distance, _ = cKDTree(self.points * squeeze).query(line * squeeze)
        return np.asarray(distance <= SHIELD_M)

    def lines(self, lines: list[Floats]) -> list[Floats]:
        """The lines without shielded vertices; a line with fewer than two left comes back empty."""
        if not lines:
            return []
        hidden = self.near(np.concatenate(lines))
        ends = np.cumsum([len(line) for line in lines])[:-1]
        out = []
        for line, hide in zip(lines, np.split(hidden, ends), strict=True):
            kept = line[~hide]
            out.append(kept if len(kept) > 1 else kept[:0])
        return out


def _drawable(shape: Any) -> bool:
    return isinstance(shape, BaseGeometry) and not shape.is_empty


def whole(line: Floats) -> Ints:
    """Coordinates in 1/100,000 degree (about a metre), without repeated vertices."""
    scaled: Ints = np.rint(np.asarray(line, float)[:, :2] * 10**_PLACES).astype(np.int64)
    keep = np.ones(len(scaled), bool)
    keep[1:] = (scaled[1:] != scaled[:-1]).any(axis=1)
    kept: Ints = scaled[keep]
    return kept


def packed(line: Ints) -> list[int]:
    """Lon and lat of the first vertex, then the differences: small numbers."""
    return [int(value) for value in np.diff(line, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()]


def rings(shape: Any) -> list[list[Ints]]:
    """Polygons of a zone: for each, its outer ring and its holes."""
    if not _drawable(shape):
        return []
    parts = getattr(shape, "geoms", [shape])
    return [
        [whole(np.asarray(ring.coords)) for ring in (part.exterior, *part.interiors)]
        for part in parts
        if part.geom_type == "Polygon"
    ]


def zone_rings(zones: gpd.GeoDataFrame) -> list[list[list[Ints]]]:
    """Polygons of all zones, simplified together (shared borders stay shared) if they are very detailed."""
    shapes = zones.geometry
    detail = int(shapes.count_coordinates().sum()) if len(shapes) else 0
    if detail > _MOST_VERTICES:
        shapes = shapes.simplify_coverage(0.0002) if hasattr(shapes, "simplify_coverage") else shapes.simplify(0.0002)
    return [rings(shape) for shape in shapes]


def background(scenario: Scenario, shield: Shield) -> list[Ints]:
    """Roads of the scenario as they lie, main classes first, as many as the page can carry."""
    roads = scenario.roads
    out: list[Ints] = []
    left = _MOST_VERTICES
    for name in _CLASSES:
        lines = [
            np.asarray(part.coords)[:, :2]
            for shape in roads.geometry[roads["class"] == name]
            if _drawable(shape)
            for part in getattr(shape, "geoms", [shape])
        ]
        short = [whole(line) for line in shield.lines(lines) if len(line)]
        left -= sum(map(len, short))
        if left < 0:
            break
        out += [line for line in short if len(line) > 1]
    return out


def drawn_pieces(
    network: RoadNetwork, arcs: Ints, shield: Shield
) -> tuple[dict[int, int], list[tuple[str, list[Ints]]]]:
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
    pieces: list[tuple[str, list[Ints]]] = []
    seen: dict[bytes, int] = {}
    for arc, line in zip(arcs, shield.lines([network.line[int(arc)] for arc in arcs]), strict=True):
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
