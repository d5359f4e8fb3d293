"""Checks of roads among themselves: named ends that are apart, lanes that do not add up, one road drawn twice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from letup.core.collect import Collector, quoted
from letup.scenario.spatial_checks import METRES_PER_DEGREE
from letup.tables.raw_tables import Row, Table

Lines = NDArray[np.object_]
Pairs = NDArray[np.int64]

SAME_POINT_M = 1.0
"""Ends of one name may lie so far from each other, metres."""

ALONG_M = 2.0
"""Two roads that run nearer than this to each other are one drawn twice, metres."""

_ALONG_SHARE = 0.1  # ... and nearer than this share of the shorter, so that its neighbours do not count
_SAMPLES = (0.5, 0.1, 0.3, 0.7, 0.9)
_ENOUGH = 3
_ALIKE = 0.95
_MOST_PAIRS = 2_000_000


def check_roads(roads: Table, notes: Collector) -> None:
    """Note what cannot be, or counts twice, among roads."""
    _check_ends(roads, notes)
    for row in roads.rows:
        _check_lanes(roads.file, row, notes)
    rows = [row for row in roads.rows if row.geometry is not None and row.cells.get("damage", 0) < 1]
    if rows:
        _check_twice(roads.file, rows, notes)


def _check_ends(roads: Table, notes: Collector) -> None:
    """Named ends must come in pairs, and lie where other ends of the name lie."""
    at: dict[str, tuple[float, ...]] = {}
    for row in roads.rows:
        names = [row.cells.get(column) for column in ("from_node", "to_node")]
        if (names[0] is None) != (names[1] is None):
            column = "from_node" if names[0] is None else "to_node"
            remedy = "name the other end as well, or neither: then the road is joined by position"
            notes.add("roads.ends", "names one end only", remedy, file=roads.file, where=row.where, column=column)
            continue
        if names[0] is None or row.geometry is None:
            continue
        for name, column, position in zip(names, ("from_node", "to_node"), (0, -1), strict=True):
            here = row.geometry.coords[position]
            metres = _metres(here, at.setdefault(str(name), here))
            if metres > SAME_POINT_M:
                notes.add(
                    "roads.ends",
                    f"{quoted(name)} lies {metres:,.0f} m from where another road has it",
                    "give the point a name of its own, or empty from_node and to_node so that it is joined by position",
                    file=roads.file,
                    where=row.where,
                    column=column,
                )


def _metres(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    east = (first[0] - second[0]) * math.cos(math.radians(first[1]))
    return math.hypot(east, first[1] - second[1]) * METRES_PER_DEGREE


def _check_lanes(file: str, row: Row, notes: Collector) -> None:
    both: list[Any] = [row.cells.get(f"lanes_{way}") for way in ("forward", "backward")]
    lanes = row.cells.get("lanes")
    if None in (*both, lanes) or row.cells.get("oneway"):
        return
    if sum(both) != lanes:
        message = f"has {lanes:g} lanes, but {both[0]:g} and {both[1]:g} in its two directions, which count"
        remedy = "correct the one or the others"
        notes.add("roads.lanes", message, remedy, file=file, where=row.where, column="lanes", severity="warning")


def _check_twice(file: str, rows: list[Row], notes: Collector) -> None:
    """Note each road that runs along an earlier one: people would be counted on both."""
    lines = _in_metres([row.geometry for row in rows])
    for first, second in _along_each_other(lines):
        if _may_lie_together(rows[first], rows[second]):
            continue
        notes.add(
            "roads.twice",
            f"runs along the road {quoted(rows[first].cells.get('id'))}, within {ALONG_M:g} m for most of the shorter "
            "of the two: one road under two ids carries twice as many",
            "remove one of the two if they are one road",
            file=file,
            where=rows[second].where,
            column="geometry",
            severity="warning",
        )


def _in_metres(shapes: list[Any]) -> Lines:
    middle = float(np.median([shape.coords[0][1] for shape in shapes]))
    scale = np.array([max(math.cos(math.radians(middle)), 1e-6), 1.0]) * METRES_PER_DEGREE
    scaled: Lines = shapely.transform(np.array(shapes, object), lambda xy: xy * scale)
    return scaled


def _along_each_other(lines: Lines) -> list[tuple[int, int]]:
    """Pairs of lines of which the shorter runs along the other for most of its length, in order."""
    pairs = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=ALONG_M)
    pairs = pairs[:, pairs[0] < pairs[1]][:, :_MOST_PAIRS]
    length = shapely.length(lines)
    shorter = np.where(length[pairs[0]] <= length[pairs[1]], pairs[0], pairs[1])
    longer = pairs.sum(axis=0) - shorter
    near = np.minimum(ALONG_M, _ALONG_SHARE * length[shorter])
    touched = np.zeros(len(shorter), np.int64)
    for number, share in enumerate(_SAMPLES):
        todo = np.flatnonzero(touched + len(_SAMPLES) - number >= _ENOUGH)
        points = shapely.line_interpolate_point(lines[shorter[todo]], share, normalized=True)
        touched[todo] += shapely.dwithin(points, lines[longer[todo]], near[todo])
    together = pairs[:, touched >= _ENOUGH]
    return sorted(zip(together[0].tolist(), together[1].tolist(), strict=True), key=lambda pair: pair[::-1])


def _may_lie_together(first: Row, second: Row) -> bool:
    """Whether two roads on one course carry different people, or the same in opposite directions.

    Modelled walking access stands for several small streets, which may run along any road, and along a part of others.
    """
    if first.cells.get("level", 0) != second.cells.get("level", 0):
        return True
    modelled = [row.cells.get("class") == "access" for row in (first, second)]
    lengths = sorted(shapely.length([first.geometry, second.geometry]))
    if any(modelled) and not (all(modelled) and lengths[0] > _ALIKE * lengths[1]):
        return True
    modes = [set(row.cells.get("modes", "foot;vehicle").split(";")) for row in (first, second)]
    if any(row.cells.get("class") in ("footpath", "access") for row in (first, second)):
        modes = [names & {"foot"} for names in modes]
    common = modes[0] & modes[1]
    if "foot" in common or not common:
        return not common
    opposite = first.cells.get("oneway") and second.cells.get("oneway") and not _same_way(first, second)
    return bool(opposite)


def _same_way(first: Row, second: Row) -> bool:
    line: Any = first.geometry
    ends = shapely.get_point(second.geometry, [0, -1])
    start, end = shapely.line_locate_point(line, ends)
    return bool(end >= start)
