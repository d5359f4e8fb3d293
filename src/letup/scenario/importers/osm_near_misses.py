"""What looks like a slip of the pen in a map: roads that nearly meet, and nodes that lie far from their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.spatial import cKDTree

from letup.scenario.importers.osm_extract import Way

BESIDE_M = 1.0
"""Roads on one level that come so near to each other without a common node are named, metres."""


def longest_km(way: Way) -> float:
    """Longest stretch between two nodes of a way, roughly, kilometres."""
    points = np.array([point for point in way.points if point is not None])
    east, north = np.diff(points, axis=0).T
    return float(np.hypot(east * np.cos(np.radians(points[:-1, 1])), north).max(initial=0.0) * 111.32)


def unjoined(roads: Sequence[tuple[Way, int]]) -> list[tuple[int, int]]:
    """Pairs of roads on one level that share no node where both have one, or where one ends at the other.

    Parameters
    ----------
    roads : sequence of (Way, int)
        Roads with their level.

    Returns
    -------
    list of (int, int)
        Numbers of the two roads, the lower first.
    """
    vertices = [
        (node, number, point, i in (0, len(way.nodes) - 1))
        for number, (way, _) in enumerate(roads)
        for i, (node, point) in enumerate(zip(way.nodes, way.points, strict=True))
        if point is not None
    ]
    if not vertices:
        return []
    at = np.array([point for _, _, point, _ in vertices])
    scale = np.array([np.cos(np.radians(np.median(at[:, 1]))), 1.0]) * 111_320.0
    metres = at * scale
    nodes_of = [set(way.nodes) for way, _ in roads]
    pairs: dict[tuple[int, int], None] = {}

    def note(vertex: int, other: int) -> None:
        node, number = vertices[vertex][:2]
        if number != other and node not in nodes_of[other] and roads[number][1] == roads[other][1]:
            pairs.setdefault((min(number, other), max(number, other)))

    for first, second in cKDTree(metres).query_pairs(BESIDE_M, output_type="ndarray").tolist():
        if vertices[second][0] not in nodes_of[vertices[first][1]]:
            note(first, vertices[second][1])
    lines = [
        shapely.LineString(np.array([point for point in way.points if point is not None]) * scale) for way, _ in roads
    ]
    ends = np.flatnonzero([is_end for *_, is_end in vertices])
    touching = shapely.STRtree(lines).query(shapely.points(metres[ends]), predicate="dwithin", distance=BESIDE_M)
    for end, other in touching.T.tolist():
        note(int(ends[end]), other)
    return sorted(pairs)
