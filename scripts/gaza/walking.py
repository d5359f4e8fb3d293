"""Walking access: cells of a regular grid, links between them and to the streets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from math import ceil, floor

import shapely
from shapely.geometry import LineString, Point

from gaza.streets import Street
from gaza.zones import Zone

#: Side of a cell, metres.
SIDE = 500.0
#: Longest link from a cell to a street, metres.
REACH = 500.0
#: Distance between the points of a street at which links may end, metres: two steps of five minutes at 4 km/h, so that
#: no piece of street is much shorter than a step.
SPACING = 667.0
#: A cell whose centre is this near to such a point is entered there, metres.
ENTRY = 200.0
#: Links that would leave less than this of themselves in one of their zones are left out, metres.
STUB = 160.0


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: its column and row, where it is entered in metres, and the number of its zone."""

    column: int
    row: int
    x: float
    y: float
    zone: int


def cells(zones: list[Zone], land: shapely.Geometry) -> list[Cell]:
    """Cells whose centre lies on land and in a zone, from west to east and south to north."""
    shapely.prepare(land)
    low_x, low_y, high_x, high_y = land.bounds
    cells = []
    for column in range(floor(low_x / SIDE), ceil(high_x / SIDE)):
        for row in range(floor(low_y / SIDE), ceil(high_y / SIDE)):
            x, y = (column + 0.5) * SIDE, (row + 0.5) * SIDE
            if land.contains(Point(x, y)):
                inside = [k for k, zone in enumerate(zones) if zone.shape.contains(Point(x, y))]
                cells += [Cell(column, row, x, y, inside[0])] if inside else []
    return cells


def stops(
    streets: list[Street], zones: list[Zone], passage: tuple[float, float]
) -> list[tuple[tuple[float, float], int]]:
    """Points of the streets at which links may end, with the number of their zone; the passage is none of them."""
    ends: dict[tuple[float, float], int] = {}
    for street in streets:
        for number, zone in enumerate(zones):
            for piece in shapely.get_parts(street.shape.intersection(zone.shape)):
                count = int(piece.length / SPACING)
                first = (piece.length - (count - 1) * SPACING) / 2
                for k in range(count):
                    point = piece.interpolate(first + k * SPACING)
                    ends.setdefault(street.join((point.x, point.y)), number)
        for end in (street.line[0], street.line[-1]):
            inside = [k for k, zone in enumerate(zones) if zone.shape.contains(Point(end))]
            if inside and zones[inside[0]].shape.exterior.distance(Point(end)) > STUB:
                ends.setdefault(end, inside[0])
    ends.pop(passage, None)
    return sorted(ends.items())


def enter(grid: list[Cell], ends: list[tuple[tuple[float, float], int]]) -> list[Cell]:
    """Cells entered at a point of a street near their centre, in place of a link too short to count."""
    taken: dict[tuple[float, float], Cell] = {}
    for end, zone in ends:
        near = [cell for cell in grid if cell.zone == zone and _distance(cell, end) <= ENTRY]
        if near:
            taken[end] = min(near, key=lambda cell: (_distance(cell, end), cell.column, cell.row))
    entry = {(cell.column, cell.row): end for end, cell in sorted(taken.items(), reverse=True)}
    return [
        replace(cell, x=entry[cell.column, cell.row][0], y=entry[cell.column, cell.row][1])
        if (cell.column, cell.row) in entry
        else cell
        for cell in grid
    ]


def links(
    grid: list[Cell], ends: list[tuple[tuple[float, float], int]], zones: list[Zone]
) -> list[tuple[str, LineString]]:
    """Links by id: between the eight neighbours on one side of Wadi Gaza, and from each cell to the nearest street."""
    at = {(cell.column, cell.row): cell for cell in grid}
    around = shapely.union_all([zone.shape for zone in zones])
    shapely.prepare(around)
    links = []
    links_of: defaultdict[tuple[int, int], list[LineString]] = defaultdict(list)
    for cell in grid:
        for across, up in ((1, 0), (0, 1), (1, 1), (1, -1)):
            other = at.get((cell.column + across, cell.row + up))
            if other is None or zones[cell.zone].side != zones[other.zone].side:
                continue
            line = LineString([(cell.x, cell.y), (other.x, other.y)])
            if around.contains(line) and _clear(line, cell, other, zones):
                links.append((f"w{cell.column}.{cell.row}-{other.column}.{other.row}", line))
                for end in (cell, other):
                    links_of[end.column, end.row].append(line)
    for cell in grid:
        near = [end for end, zone in ends if zone == cell.zone and _distance(cell, end) <= REACH]
        for end in sorted(near, key=lambda end: (_distance(cell, end), end)):
            line = LineString([(cell.x, cell.y), end])
            if line.length == 0:
                break
            if any(line.equals(neighbour) for neighbour in links_of[cell.column, cell.row]):
                break  # the street is reached by the link to the neighbour that stands on it
            if zones[cell.zone].shape.contains(line):
                links.append((f"w{cell.column}.{cell.row}-road", line))
                break
    return links


def _distance(cell: Cell, end: tuple[float, float]) -> float:
    return float(((cell.x - end[0]) ** 2 + (cell.y - end[1]) ** 2) ** 0.5)


def _clear(line: LineString, cell: Cell, other: Cell, zones: list[Zone]) -> bool:
    """Whether the link lies in the zones of its two cells alone, with more than a stub in each."""
    if cell.zone == other.zone:
        return bool(zones[cell.zone].shape.contains(line))
    pieces = [line.intersection(zones[number].shape) for number in (cell.zone, other.zone)]
    whole = all(piece.geom_type == "LineString" and piece.length >= STUB for piece in pieces)
    return whole and abs(sum(piece.length for piece in pieces) - line.length) < 0.5
