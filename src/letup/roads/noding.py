"""Cut lines where they meet, where places stand and where zones end, and number the nodes.

All of it works on flat arrays: the vertices of all lines one after the other, each with its
line and its distance along it. A *cut* is a point on a line at which a node stands.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from letup.core.arrays import Floats, Ints

SNAP_M = 1.0
"""Ends nearer than this to each other or to another line are one node, metres."""

SLIVER_M = 25.0
"""A shorter stretch cut off by a border stays with its neighbour, metres: borders are not drawn finer."""


@dataclass(frozen=True)
class Cuts:
    """Points on lines at which a node stands, ordered by line and distance along it.

    Attributes
    ----------
    line : int32[k]
        Line each cut lies on.
    along : float64[k]
        Distance along it, metres.
    node : int32[k]
        Node that stands there.
    x, y : float64[nodes]
        Position of each node, in the projection of the lines.
    """

    line: Ints
    along: Floats
    node: Ints
    x: Floats
    y: Floats

    def ordered(self) -> Cuts:
        """Order by line and distance; of several cuts by one node at one point keep one."""
        order = np.lexsort((self.along, self.line))
        line, along, node = self.line[order], self.along[order], self.node[order]
        again = np.zeros(len(line), bool)
        again[1:] = (line[1:] == line[:-1]) & (node[1:] == node[:-1]) & (np.diff(along) <= 2 * SNAP_M)
        # The end of a line must stay a cut, so that of a pair at the end the later one is kept.
        last = np.ones(len(line), bool)
        last[:-1] = line[1:] != line[:-1]
        first = np.ones(len(line), bool)
        first[1:] = line[1:] != line[:-1]
        drop = again & ~last
        swap = np.flatnonzero(again & last)
        drop[swap[~first[swap - 1]] - 1] = True
        return Cuts(line[~drop], along[~drop], node[~drop], self.x, self.y)

    def with_points(self, line: NDArray[np.int64], along: Floats, lines: NDArray[np.object_]) -> tuple[Cuts, Ints]:
        """Add cuts at points on lines; one nearer than ``SNAP_M`` to a cut there takes that node.

        Returns the new cuts and the node of each point given.
        """
        kept, x, y = self, self.x, self.y
        node = np.empty(len(line), np.int32)
        fresh_line: list[int] = []
        fresh_along: list[float] = []
        fresh_node: list[int] = []
        starts = np.searchsorted(self.line, np.arange(len(lines) + 1))
        seen: dict[int, list[tuple[float, int]]] = {}
        for i, (number, at) in enumerate(zip(line.tolist(), along.tolist(), strict=True)):
            cuts = slice(starts[number], starts[number + 1])
            near = seen.setdefault(number, list(zip(kept.along[cuts].tolist(), kept.node[cuts].tolist(), strict=True)))
            place = bisect_left(near, (at,))
            beside = near[max(place - 1, 0) : place + 1]
            distance, node_there = min(((abs(at - there), other) for there, other in beside), default=(np.inf, -1))
            if distance > SNAP_M:
                node_there = len(self.x) + len(fresh_node)
                near.insert(place, (at, node_there))
                fresh_line.append(number)
                fresh_along.append(at)
                fresh_node.append(node_there)
            node[i] = node_there
        if fresh_node:
            points = shapely.line_interpolate_point(lines[np.array(fresh_line)], np.array(fresh_along))
            x = np.concatenate([x, shapely.get_x(points)])
            y = np.concatenate([y, shapely.get_y(points)])
        return (
            Cuts(
                np.concatenate([self.line, np.array(fresh_line, np.int32)]),
                np.concatenate([self.along, np.array(fresh_along)]),
                np.concatenate([self.node, np.array(fresh_node, np.int32)]),
                x,
                y,
            ).ordered(),
            node,
        )


def junctions(lines: NDArray[np.object_], ends: Ints | None = None, level: Ints | None = None) -> Cuts:
    """Node lines at their ends, at vertices they share, and where an end touches another line.

    A line that crosses another without a shared vertex is no junction: it may be a bridge. Lines whose ends are named
    meet each other only at ends of one name, however near they pass: what is known of who meets whom is not guessed
    from positions.

    Parameters
    ----------
    lines : array of LineString
        In a projection with metres.
    ends : int32[lines, 2], optional
        Number of the point that each line starts and ends at; -1 in lines whose ends are not named.
    level : int32[lines], optional
        Level of each line; lines of different levels are joined by position at their ends only.
    """
    named = np.full((len(lines), 2), -1, np.int32) if ends is None else ends
    level = np.zeros(len(lines), np.int32) if level is None else level
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    count = np.bincount(owner, minlength=len(lines))
    first = np.concatenate([[0], np.cumsum(count)])[:-1]
    last = first + count - 1
    along = _along(xy, first)
    end = np.zeros(len(xy), bool)
    end[first] = end[last] = True
    # Shared vertices are equal to the last digit in good data; a centimetre forgives a projection.
    keys = np.round(xy * 100).astype(np.int64)
    again = np.zeros(len(xy), bool)  # a line drawn so finely that it stays in one place does not meet itself there
    again[1:] = (keys[1:] == keys[:-1]).all(axis=1) & (owner[1:] == owner[:-1])
    unique, inverse = np.unique(keys, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    times = np.bincount(inverse[~again], minlength=len(unique))
    by_position = (named[:, 0] < 0)[owner]
    with_unnamed = np.bincount(inverse[by_position], minlength=len(unique)) > 0
    stands = end | ((times[inverse] > 1) & with_unnamed[inverse] & ~again)
    at = np.flatnonzero(stands)

    pairs = _near(xy[at])
    pairs = pairs[by_position[at[pairs]].any(axis=1)]
    level_of = level[owner[at[pairs]]]
    pairs = pairs[(level_of[:, 0] == level_of[:, 1]) | end[at[pairs]].all(axis=1)]
    pairs = np.concatenate([pairs, _same_name(at, first, last, named)])
    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(len(at), len(at)))
    _, label = connected_components(graph, directed=False)
    _, first_of_label = np.unique(label, return_index=True)

    touch_end, touch_line = _touching(xy[at[end[at]]], lines)
    from_line = owner[at[end[at]]][touch_end]
    may_join = ((named[from_line, 0] < 0) | (named[touch_line, 0] < 0)) & (level[from_line] == level[touch_line])
    touch_end, touch_line = touch_end[may_join], touch_line[may_join]
    touch_label = label[np.flatnonzero(end[at])][touch_end]
    where = shapely.line_locate_point(lines[touch_line], shapely.points(xy[at[end[at]]][touch_end]))
    inner = (where > SNAP_M) & (where < along[last][touch_line] - SNAP_M)
    return Cuts(
        np.concatenate([owner[at], touch_line[inner]]).astype(np.int32),
        np.concatenate([along[at], where[inner]]),
        np.concatenate([label, touch_label[inner]]).astype(np.int32),
        xy[at][first_of_label][:, 0],
        xy[at][first_of_label][:, 1],
    ).ordered()


def borders(cuts: Cuts, lines: NDArray[np.object_], zones: NDArray[np.object_]) -> tuple[Cuts, Ints]:
    """Cut lines where they cross from one zone into another.

    Parameters
    ----------
    cuts : Cuts
        Cuts so far.
    lines, zones : arrays of LineString and of Polygon
        In one projection with metres.

    Returns
    -------
    Cuts
        With the borders.
    int32[k]
        For each cut the zone of the stretch that follows it on its line; -1 in no zone.
    """
    if len(zones):
        edges = shapely.boundary(zones)
        # Asked for each border, which may have very many vertices and is looked through once for all lines.
        edge, which = shapely.STRtree(lines).query(edges, predicate="intersects")
        met = shapely.intersection(lines[which], edges[edge])
        several = shapely.get_type_id(met) == shapely.GeometryType.MULTILINESTRING
        met[several] = shapely.line_merge(met[several])
        parts, part_of = shapely.get_parts(met, return_index=True)
        # Where a road runs along a border, only the ends of the common stretch are cuts.
        straight = shapely.get_dimensions(parts) == 1
        parts[straight] = shapely.boundary(parts[straight])
        points, point_of = shapely.get_coordinates(parts, return_index=True)
        on = which[part_of[point_of]]
        where = shapely.line_locate_point(lines[on], shapely.points(points))
    else:
        on, where = np.zeros(0, np.int64), np.zeros(0)
    line, along, border = _mixed(cuts, on, where)
    zone = _zone_between(line, along, lines, zones)
    keep = _without_slivers(line, along, border, zone)
    wanted = border & keep
    merged, _ = cuts.with_points(line[wanted], along[wanted], lines)
    return merged, _zone_between(merged.line, merged.along, lines, zones)


def _same_name(
    at: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64], named: Ints
) -> NDArray[np.int64]:
    """Pairs of positions in ``at`` that are ends of one name, enough to connect all of each name."""
    vertex = np.column_stack([first, last]).ravel()
    name = named.ravel()
    vertex, name = vertex[name >= 0], name[name >= 0]
    order = np.argsort(name, kind="stable")
    vertex, name = vertex[order], name[order]
    same = name[1:] == name[:-1]
    return np.searchsorted(at, np.column_stack([vertex[:-1][same], vertex[1:][same]]))


def _along(xy: Floats, first: NDArray[np.int64]) -> Floats:
    """Distance of each vertex along its line."""
    step = np.zeros(len(xy))
    step[1:] = np.hypot(*np.diff(xy, axis=0).T)
    step[first] = 0.0
    total = np.cumsum(step)
    lengths = np.diff(np.concatenate([first, [len(xy)]]))
    return total - np.repeat(total[first], lengths)


def _near(xy: Floats) -> NDArray[np.int64]:
    """Pairs of points nearer than ``SNAP_M``, each once, int64[pairs, 2]."""
    points: NDArray[np.object_] = np.asarray(shapely.points(xy), object)
    pairs = shapely.STRtree(points).query(points, predicate="dwithin", distance=SNAP_M)
    return np.asarray(pairs[:, pairs[0] < pairs[1]].T, np.int64)


def _touching(ends: Floats, lines: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (end, line) nearer than ``SNAP_M``."""
    pairs = shapely.STRtree(lines).query(shapely.points(ends), predicate="dwithin", distance=SNAP_M)
    return pairs[0], pairs[1]


def _mixed(cuts: Cuts, on: NDArray[np.int64], where: Floats) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Cuts and border points in one order; a border point beside a cut is left out."""
    line = np.concatenate([cuts.line.astype(np.int64), on])
    along = np.concatenate([cuts.along, where])
    border = np.concatenate([np.zeros(len(cuts.line), bool), np.ones(len(on), bool)])
    order = np.lexsort((border, along, line))
    line, along, border = line[order], along[order], border[order]
    for _ in range(2):  # the second pass sees neighbours across what the first left out
        near = np.zeros(len(line), bool)
        close = (line[1:] == line[:-1]) & (np.diff(along) <= SNAP_M)
        near[1:] |= close
        near[:-1] |= close & ~border[1:]
        drop = border & near
        line, along, border = line[~drop], along[~drop], border[~drop]
    return line, along, border


def _zone_between(
    line: NDArray[np.int64] | Ints, along: Floats, lines: NDArray[np.object_], zones: NDArray[np.object_]
) -> Ints:
    """Zone of the stretch that follows each cut, by its middle; -1 in none or after the last cut."""
    zone = np.full(len(line), -1, np.int32)
    follows = np.flatnonzero(line[1:] == line[:-1])
    middle = shapely.line_interpolate_point(lines[line[follows]], (along[follows] + along[follows + 1]) / 2)
    zone[follows] = zone_of(middle, zones)
    return zone


def zone_of(points: NDArray[np.object_], zones: NDArray[np.object_]) -> Ints:
    """Number of the zone each point lies in; the lower on a common border, -1 in none."""
    lowest = np.full(len(points), np.iinfo(np.int32).max, np.int64)
    if len(zones) and len(points):
        zone, which = shapely.STRtree(points).query(zones, predicate="intersects")
        np.minimum.at(lowest, which, zone)
    return np.where(lowest == np.iinfo(np.int32).max, -1, lowest).astype(np.int32)


def _without_slivers(
    line: NDArray[np.int64], along: Floats, border: NDArray[np.bool_], zone: Ints
) -> NDArray[np.bool_]:
    """Tell which border cuts still part two zones when slivers go to their longer neighbour."""
    keep = np.ones(len(line), bool)
    length = np.append(np.diff(along), 0.0)
    for number in np.unique(line[border]):
        lo, hi = np.searchsorted(line, number), np.searchsorted(line, number, side="right")
        spans = [[float(length[i]), int(zone[i]), i] for i in range(lo, hi - 1)]
        k = 0
        while k < len(spans):
            span, _, at = spans[k]
            sides = []
            if k > 0 and border[int(at)]:
                sides.append(k - 1)
            if k + 1 < len(spans) and border[int(spans[k + 1][2])]:
                sides.append(k + 1)
            sides = [s for s in sides if spans[s][0] > span]
            if span >= SLIVER_M or not sides:
                k += 1
                continue
            other = max(sides, key=lambda s: spans[s][0])
            if other < k:
                spans[other][0] += span
                keep[int(at)] = False
            else:
                keep[int(spans[other][2])] = False
                spans[other] = [spans[other][0] + span, spans[other][1], at]
            del spans[k]
            k = max(k - 2, 0)  # what lies before its neighbours has not changed
        for k in range(1, len(spans)):
            at = int(spans[k][2])
            if border[at] and spans[k][1] == spans[k - 1][1]:
                keep[at] = False
                spans[k][2] = at
    return keep
