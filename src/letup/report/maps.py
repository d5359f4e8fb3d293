"""Maps as inline SVG: of a plan, for print and where a browser has no WebGL; and of the way of one convoy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from letup.aid.convoys.model import Convoy
from letup.aid.convoys.route import position, route_lines
from letup.core.arrays import Longs
from letup.plan.model import Plan
from letup.report.map_data import MapData
from letup.roads.network import RoadNetwork
from letup.scenario.disclosure import is_confidential, order_name
from letup.scenario.model import Scenario

_SIZE = 1000
_LETTER, _LINE = 11.0, 24.0
# a strip below the map for its scale
_FOOT = 30

_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """One path: SVG path data, index in the page's data, and a width or strength."""

    path: str
    index: int
    weight: float


@dataclass(frozen=True)
class Label:
    """Name of a zone at a point of the drawing, with its name in a local language."""

    x: int
    y: int
    name: str
    local: str


@dataclass(frozen=True)
class Mark:
    """A public place, or a numbered bottleneck; its name stands right or left of it where there is room."""

    x: int
    y: int
    name: str
    kind: str
    side: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws, in a box of ``width`` by ``height``; ``scale_km`` is ``scale`` long."""

    width: int
    height: int
    zones: list[Shape]
    roads: str
    flows: list[Shape]
    labels: list[Label]
    marks: list[Mark]
    scale: int
    scale_km: float


class _PlanSheet:
    """Lon and lat in 1/100,000 degree to units of the drawing."""

    def __init__(self, points: Longs) -> None:
        self.west, south = (int(value) for value in points.min(axis=0))
        east, self.north = (int(value) for value in points.max(axis=0))
        self.squeeze = math.cos(math.radians((south + self.north) / 2e5))
        wide, high = max((east - self.west) * self.squeeze, 1), max(self.north - south, 1)
        self.unit = (_SIZE - 40) / max(wide, high)
        self.width, self.height = math.ceil(wide * self.unit) + 40, math.ceil(high * self.unit) + 40 + _FOOT

    def put(self, line: Longs) -> Longs:
        x = 20 + (line[:, 0] - self.west) * self.squeeze * self.unit
        y = 20 + (self.north - line[:, 1]) * self.unit
        return np.rint(np.column_stack([x, y])).astype(np.int64)

    def path(self, line: Longs, close: bool = False) -> str:
        at = self.put(line)
        keep = np.ones(len(at), bool)
        keep[1:] = (at[1:] != at[:-1]).any(axis=1)
        at = at[keep]
        moves = np.diff(at, axis=0)
        text = "".join(f"l{x} {y}" for x, y in moves) or "h1"
        return f"M{at[0][0]} {at[0][1]}{text}" + ("z" if close else "")


def draw_plan_map(plan: Plan, data: MapData) -> Drawing:
    """Draw zones by hours of pause, roads by people who pass, places that are public, and names."""
    lines = [ring for zone in data.zones for polygon in zone for ring in polygon]
    lines += [line for piece in data.pieces for line in piece] + data.roads
    sheet = _PlanSheet(np.concatenate(lines) if lines else np.zeros((1, 2), np.int64))
    hours = [0.0] * len(data.zones)
    for window in plan.windows:
        hours[window.zone] += plan.scenario.clock.hours(window.length)
    most, top = max([*hours, 1e-9]), max([*data.passing, 1])
    zones = [
        Shape("".join(sheet.path(ring, close=True) for polygon in zone for ring in polygon), index, hours[index] / most)
        for index, zone in enumerate(data.zones)
        if zone
    ]
    flows = [
        Shape("".join(map(sheet.path, piece)), index, round(1 + 13 * math.sqrt(data.passing[index] / top), 1))
        for index, piece in enumerate(data.pieces)
    ]
    degree_km = 111.32 * 1e-5
    scale_km = _round_down(0.3 * sheet.width / sheet.unit * degree_km)
    taken: list[_Box] = []
    marks = _marks(data, sheet, taken)
    labels = _labels(data, sheet, taken)
    return Drawing(
        sheet.width, sheet.height, zones, "".join(map(sheet.path, data.roads)), flows,
        labels, marks, round(scale_km / degree_km * sheet.unit), scale_km,
    )  # fmt: skip


def _round_down(value: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... that is not above the value."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-3)))
    return float(max(power * digit for digit in (1, 2, 5) if power * digit <= max(value, 1e-3) * 1.000001))


def _free(box: _Box, taken: list[_Box]) -> bool:
    return not any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken)


def _labels(data: MapData, sheet: _PlanSheet, taken: list[_Box]) -> list[Label]:
    """Names of zones that have room, those with most people first."""
    out: list[Label] = []
    zones = data.json["zones"]
    for index in sorted(range(len(zones)), key=lambda zone: -zones[zone]["p"]):
        zone = zones[index]
        spot = sheet.put(np.rint(np.array([zone["x"]]) * 1e5).astype(np.int64))[0]
        local = zone["l"][0] if zone["l"] else ""
        half = max(len(zone["n"]), 0.8 * len(local)) * _LETTER / 2
        x = min(max(int(spot[0]), half), sheet.width - half)
        box = (x - half, spot[1] - _LINE, x + half, spot[1] + (_LINE if local else 4))
        if _free(box, taken):
            taken.append(box)
            out.append(Label(round(x), int(spot[1]), zone["n"], local))
    return out


def _marks(data: MapData, sheet: _PlanSheet, taken: list[_Box]) -> list[Mark]:
    """Bottlenecks and public places; all are drawn, and named where there is room."""
    rows = [(limit["x"], str(limit["i"]), "bottleneck") for limit in data.json["limits"]]
    rows += [(place["x"], place["n"], place["k"]) for place in data.json["places"]]
    spots = [sheet.put(np.rint(np.array([point]) * 1e5).astype(np.int64))[0].tolist() for point, _, _ in rows]
    taken += [(x - 15.0, y - 15.0, x + 15.0, y + 15.0) for x, y in spots]
    out = []
    for (x, y), (_, name, kind) in zip(spots, rows, strict=True):
        long, side = len(name) * _LETTER * 0.95, ""
        if kind != "bottleneck":
            right, left = (x + 15.1, y - 14, x + 15 + long, y + 10), (x - 15 - long, y - 14, x - 15.1, y + 10)
            if right[2] <= sheet.width and _free(right, taken):
                side = "right"
                taken.append(right)
            elif left[0] >= 0 and _free(left, taken):
                side = "left"
                taken.append(left)
        out.append(Mark(x, y, name, kind, side))
    return out


_SKETCH_WIDTH, _SKETCH_EDGE = 600, 34
_ROOM = 0.12
_COARSE = 2e-4
_NAMED = 0.02
_CLEAR = 70


@dataclass(frozen=True)
class Dot:
    """A place on the drawing with the numbers of the stops there."""

    x: float
    y: float
    numbers: str
    name: str
    anchor: str


@dataclass(frozen=True)
class Sketch:
    """What the template draws, in a box of ``width`` by ``height``; ``scale_km`` is ``scale`` long."""

    width: int
    height: int
    zones: list[str]
    names: list[tuple[float, float, str]]
    route: str
    beside: str
    dots: list[Dot]
    scale: float
    scale_km: float


def draw_convoy_map(convoy: Convoy, scenario: Scenario, network: RoadNetwork, shape: float) -> Sketch:
    """Draw a convoy's way; nothing stands on it but its own stops. ``shape`` is height over width.

    Of a confidential place nothing is drawn, nor of the way to it inside its zone.
    """
    high = round(_SKETCH_WIDTH * shape)
    shown = {
        stop.place: position(scenario, stop.place) for stop in convoy.stops if not is_confidential(scenario, stop.place)
    }
    lines = [line for leg in route_lines(convoy, scenario, network) for line in leg]
    points = np.array([*shown.values(), *(point for line in lines for point in line.tolist())], float).reshape(-1, 2)
    if not len(points):
        points = scenario.zones.geometry.total_bounds.reshape(2, 2)
    put, per_km = _projection(points, high)
    numbers: dict[str, list[str]] = {}
    for number, stop in enumerate(convoy.stops):
        numbers.setdefault(stop.place, []).append(str(number))
    dots = []
    for place, spot in shown.items():
        x, y = put(np.array([spot]))[0].tolist()
        name = order_name(scenario, place)
        dots.append(Dot(x, y, ", ".join(numbers[place]), name, "end" if x > _SKETCH_WIDTH * 0.55 else "start"))
    west, south, east, north = _extent(points, high)
    window = shapely.box(west, south, east, north)
    # the sheet may be wider or higher than the drawing, which then shows what lies around
    around = shapely.box(2 * west - east, 2 * south - north, 2 * east - west, 2 * north - south)
    zones, names = [], []
    for name, outline in zip(scenario.zones["name"], scenario.zones.geometry, strict=True):
        whole = shapely.make_valid(outline)
        for part in shapely.get_parts(shapely.simplify(shapely.intersection(whole, around), _COARSE)):
            zones += [_path(put(np.array(part.exterior.coords))) + "z"] if part.geom_type == "Polygon" else []
        seen = shapely.intersection(whole, window)
        if seen.area > _NAMED * window.area:
            x, y = put(np.array([seen.representative_point().coords[0]]))[0].tolist()
            if all(abs(x - dot.x) > _CLEAR or abs(y - dot.y) > _CLEAR / 2 for dot in dots):
                names.append((x, y, str(name)))
    km = _round_down(150 / per_km)
    return Sketch(
        _SKETCH_WIDTH,
        high,
        zones,
        names,
        "".join(_path(put(line)) for line in lines),
        "".join(_path(put(line)) for line in _off_road_lines(convoy, scenario, network)),
        dots,
        round(km * per_km, 1),
        km,
    )


def _off_road_lines(convoy: Convoy, scenario: Scenario, network: RoadNetwork) -> list[NDArray[np.float64]]:
    """From each stop to where its way begins or ends on a road: last stretches, as the crow flies."""
    lines = []
    for stop, then in zip(convoy.stops[:-1], convoy.stops[1:], strict=True):
        if stop.path is None or not stop.path.off_road_m:
            continue
        ends = [(then.place, network.line[stop.path.arcs[-1]][-1])] if stop.path.arcs else []
        ends += [(stop.place, network.line[stop.path.arcs[0]][0])] if stop.path.arcs else []
        lines += [
            np.array([position(scenario, place), at], np.float64)
            for place, at in ends
            if not is_confidential(scenario, place)
        ]
    return lines


def _extent(points: NDArray[np.float64], high: int) -> tuple[float, float, float, float]:
    """Part of the earth to show: the points, with room around them in the shape of the sheet."""
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    squeeze = math.cos(math.radians((south + north) / 2))
    across, up = max((east - west) * squeeze, 0.01), max(north - south, 0.01)
    unit = max(across / (_SKETCH_WIDTH - 2 * _SKETCH_EDGE), up / (high - 2 * _SKETCH_EDGE)) * (1 + _ROOM)
    half_x, half_y = unit * _SKETCH_WIDTH / 2 / squeeze, unit * high / 2
    x, y = (west + east) / 2, (south + north) / 2
    return float(x - half_x), float(y - half_y), float(x + half_x), float(y + half_y)


def _projection(points: NDArray[np.float64], high: int):  # type: ignore[no-untyped-def]
    """From lon, lat to the sheet; and units of the sheet in a kilometre."""
    west, south, east, north = _extent(points, high)

    def put(at: NDArray[np.float64]) -> NDArray[np.float64]:
        x = (at[:, 0] - west) / (east - west) * _SKETCH_WIDTH
        y = (north - at[:, 1]) / (north - south) * high
        moved: NDArray[np.float64] = np.column_stack([x, y]).astype(np.float64).round(1)
        return moved

    return put, high / ((north - south) * 111.32)


def _path(at: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in at.tolist())
