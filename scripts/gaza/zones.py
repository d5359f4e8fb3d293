"""The 25 municipalities as zones that do not overlap, with borders that roads do not weave across."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import shapely
import shapely.ops
from shapely.geometry import LineString, MultiPolygon, Polygon

from gaza.names import ZONES

#: A road that leaves its zone for less than this is kept in it. Metres.
WEAVE = 150.0
_STRIP = 40.0
_SIMPLIFY = 10.0


@dataclass
class Zone:
    """One municipality, in metres."""

    id: str
    name: str
    name_ar: str
    side: str
    pcode: str
    governorate: str
    overlap: float
    shape: Polygon


def draw(
    raw: gpd.GeoDataFrame, governorates: gpd.GeoDataFrame, streets: list[LineString]
) -> tuple[list[Zone], list[str]]:
    """Zones ordered by id, and sentences on what was changed."""
    rows = sorted(raw.index, key=lambda i: ZONES[raw.name_en[i]][0])
    shapes, overlap = _apart([raw.geometry[i] for i in rows])
    before = list(shapes)
    woven = _unweave(shapes, streets)
    shapes = _clean(shapes)
    shapes = [_whole(shape) for shape in shapely.coverage_simplify(shapes, _SIMPLIFY)]
    zones = []
    for i, shape in zip(rows, shapes, strict=True):
        ident, label, side = ZONES[raw.name_en[i]]
        areas = [shape.intersection(other).area for other in governorates.geometry]
        best = max(range(len(areas)), key=areas.__getitem__)
        row = governorates.iloc[best]
        arabic = str(raw.name_ar[i]).strip("\u200e\u200f ")
        share = areas[best] / shape.area
        zones.append(Zone(ident, label, arabic, side, str(row.adm2_pcode), str(row.adm2_name), share, shape))
    moved = sum(old.symmetric_difference(new).area for old, new in zip(before, shapes, strict=True)) / 2
    whole = sum(shape.area for shape in before)
    return zones, [
        f"municipal polygons overlapped by {overlap:.1f} m2 in all; the smaller kept it",
        f"{woven} stretches of less than {WEAVE:.0f} m in which a road left its zone were given to that zone; with "
        f"simplification to {_SIMPLIFY:.0f} m this moved {moved / 1e6:.2f} km2 of {whole / 1e6:.1f} km2",
    ]


def _apart(shapes: list[Polygon]) -> tuple[list[Polygon], float]:
    """Polygons without overlap: the smaller of two keeps it."""
    order = sorted(range(len(shapes)), key=lambda i: (shapes[i].area, i))
    result, lost = list(shapes), 0.0
    for rank, small in enumerate(order):
        for large in order[rank + 1 :]:
            common = result[small].intersection(result[large]).area
            if common > 0.01:
                lost += common
                result[large] = _whole(result[large].difference(result[small]))
    return result, lost


def _unweave(shapes: list[Polygon], streets: list[LineString]) -> int:
    """Give short stretches of a road that runs along a border to the zone on both ends of the stretch."""
    moved = 0
    for street in streets:
        for first, last, taker in _stretches(runs(street, shapes)):
            strip = shapely.ops.substring(street, first, last).buffer(_STRIP)
            for number in range(len(shapes)):
                if number != taker and shapes[number].intersects(strip):
                    shapes[taker] = shapes[taker].union(strip.intersection(shapes[number]))
                    shapes[number] = shapes[number].difference(strip)
                    moved += 1
    return moved


def runs(street: LineString, shapes: list[Polygon]) -> list[tuple[float, float, int]]:
    """Stretches of a street, each with its start and end along it in metres and the number of its zone."""
    runs = []
    for number, shape in enumerate(shapes):
        for piece in shapely.get_parts(street.intersection(shape)):
            if piece.length > 0:
                middle = street.project(piece.interpolate(0.5, normalized=True))
                runs.append((middle - piece.length / 2, middle + piece.length / 2, number))
    return sorted(runs)


def _stretches(runs: list[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """Stretches to give away, with their new zone: the shortest first, until none is short."""
    moved = []
    while True:
        short = []
        for k, (first, last, number) in enumerate(runs):
            around = {runs[j][2] for j in (k - 1, k + 1) if 0 <= j < len(runs)}
            if last - first < WEAVE and len(around) == 1 and number not in around:
                short.append((last - first, k, around.pop()))
        if not short:
            return moved
        _, k, taker = min(short)
        low, high = max(k - 1, 0), min(k + 1, len(runs) - 1)
        moved = [item for item in moved if not runs[k][0] <= (item[0] + item[1]) / 2 <= runs[k][1]]
        moved.append((runs[k][0], runs[k][1], taker))
        runs[low : high + 1] = [(runs[low][0], runs[high][1], taker)]


def _clean(shapes: list[Polygon]) -> list[Polygon]:
    """One polygon a zone, borders shared vertex by vertex; what was cut off goes to the neighbour it touches most."""
    result = [_whole(shape) for shape in shapes]
    for number, shape in enumerate(shapes):
        for part in shapely.get_parts(shape.difference(result[number])):
            if part.area < 0.01:
                continue
            touch = [
                part.buffer(0.5).intersection(other).area if k != number else 0.0 for k, other in enumerate(result)
            ]
            taker = max(range(len(touch)), key=touch.__getitem__)
            result[taker] = _whole(result[taker].union(part))
    return [_whole(shape) for shape in shapely.coverage_clean(result, gap_width=1.0)]


def _whole(shape: Polygon | MultiPolygon) -> Polygon:
    return max((part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"), key=lambda part: part.area)
