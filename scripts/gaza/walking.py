"""Walking access: cells of a regular grid, links between them and to the streets."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import shapely
from shapely.geometry import LineString, Point

from gaza.streets import Street
from gaza.zones import Zone

#: Side of a cell, metres.
SIDE = 500.0
#: Longest link from a cell to a street, metres.
REACH = 450.0
#: Distance between the points of a street at which links may end, metres.
SPACING = 450.0
#: Links that would leave less than this of themselves in one of their zones are left out, metres.
STUB = 60.0


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: its column and row, its centre in metres, and the number of its zone."""

    column: int
    row: int
    x: float
    y: float
    zone: int


def cells(zones: list[Zone], land: shapely.Geometry) -> list[Cell]:
    """Cells whose centre lies on land and in a zone, from west to east and south to north."""
    shapely.prepare(land)
    low_x, low_y, high_x, high_y = land.bounds
    found = []
    for column in range(floor(low_x / SIDE), ceil(high_x / SIDE)):
        for row in range(floor(low_y / SIDE), ceil(high_y / SIDE)):
            x, y = (column + 0.5) * SIDE, (row + 0.5) * SIDE
            if land.contains(Point(x, y)):
                inside = [k for k, zone in enumerate(zones) if zone.shape.contains(Point(x, y))]
                found += [Cell(column, row, x, y, inside[0])] if inside else []
    return found


def stops(streets: list[Street], zones: list[Zone]) -> list[tuple[tuple[float, float], int]]:
    """Points of the streets at which links may end, with the number of their zone: junctions, ends and in between."""
    found: dict[tuple[float, float], int] = {}
    for street in streets:
        for number, zone in enumerate(zones):
            for piece in shapely.get_parts(street.shape.intersection(zone.shape)):
                if piece.length < 2 * STUB:
                    continue
                count = max(1, round(piece.length / SPACING))
                for k in range(count):
                    middle = piece.interpolate((k + 0.5) / count, normalized=True)
                    found.setdefault(street.join((middle.x, middle.y)), number)
        for end in (street.line[0], street.line[-1]):
            inside = [k for k, zone in enumerate(zones) if zone.shape.contains(Point(end))]
            if inside and zones[inside[0]].shape.exterior.distance(Point(end)) > STUB:
                found.setdefault(end, inside[0])
    return sorted(found.items())


def links(
    grid: list[Cell], ends: list[tuple[tuple[float, float], int]], zones: list[Zone]
) -> list[tuple[str, LineString]]:
    """Links by id: between the eight neighbours on one side of Wadi Gaza, and from each cell to the nearest street."""
    at = {(cell.column, cell.row): cell for cell in grid}
    around = shapely.union_all([zone.shape for zone in zones])
    shapely.prepare(around)
    found = []
    for cell in grid:
        for across, up in ((1, 0), (0, 1), (1, 1), (1, -1)):
            other = at.get((cell.column + across, cell.row + up))
            if other is None or zones[cell.zone].side != zones[other.zone].side:
                continue
            line = LineString([(cell.x, cell.y), (other.x, other.y)])
            if around.contains(line) and _clear(line, cell, other, zones):
                found.append((f"w{cell.column}.{cell.row}-{other.column}.{other.row}", line))
    for cell in grid:
        near = [end for end, zone in ends if zone == cell.zone and _distance(cell, end) <= REACH]
        for end in sorted(near, key=lambda end: (_distance(cell, end), end)):
            line = LineString([(cell.x, cell.y), end])
            if 1.0 < line.length and zones[cell.zone].shape.contains(line):
                found.append((f"w{cell.column}.{cell.row}-road", line))
                break
    return found


def _distance(cell: Cell, end: tuple[float, float]) -> float:
    return float(((cell.x - end[0]) ** 2 + (cell.y - end[1]) ** 2) ** 0.5)


def _clear(line: LineString, one: Cell, other: Cell, zones: list[Zone]) -> bool:
    """Whether the link lies in the zones of its two cells alone, with more than a stub in each."""
    if one.zone == other.zone:
        return bool(zones[one.zone].shape.contains(line))
    pieces = [line.intersection(zones[number].shape) for number in (one.zone, other.zone)]
    whole = all(piece.geom_type == "LineString" and piece.length >= STUB for piece in pieces)
    return whole and abs(sum(piece.length for piece in pieces) - line.length) < 0.5
