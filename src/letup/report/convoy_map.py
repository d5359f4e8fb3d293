"""The way of a convoy as a small drawing: zones in outline, the road it takes, its stops by number."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from letup.aid.convoys.gpx import is_confidential, position
from letup.aid.convoys.model import Convoy
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

_WIDE, _EDGE = 600, 34
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


def sketch(convoy: Convoy, scenario: Scenario, network: RoadNetwork, shape: float) -> Sketch:
    """Draw a convoy's way; nothing stands on it but its own stops. ``shape`` is height over width.

    Of a confidential place neither the point nor the last stretch of road is drawn.
    """
    high = round(_WIDE * shape)
    shown = {stop.place: position(scenario, stop.place) for stop in convoy.stops if not _hidden(scenario, stop.place)}
    lines = _lines(convoy, scenario, network)
    points = np.array([*shown.values(), *(point for line in lines for point in line.tolist())], float).reshape(-1, 2)
    if not len(points):
        points = np.round(np.array([position(scenario, convoy.stops[0].place)], np.float64), 1)
    put, per_km = _projection(points, high)
    numbers: dict[str, list[str]] = {}
    for number, stop in enumerate(convoy.stops):
        numbers.setdefault(stop.place, []).append(str(number))
    dots = []
    for place, spot in shown.items():
        x, y = put(np.array([spot]))[0].tolist()
        name = str(scenario.places.at[place, "name"])
        dots.append(Dot(x, y, ", ".join(numbers[place]), name, "end" if x > _WIDE * 0.55 else "start"))
    west, south, east, north = _unput(points, high)
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
    km = _round(150 / per_km)
    return Sketch(
        _WIDE,
        high,
        zones,
        names,
        "".join(_path(put(line)) for line in lines),
        "".join(_path(put(line)) for line in _beside(convoy, scenario, network)),
        dots,
        round(km * per_km, 1),
        km,
    )


def _lines(convoy: Convoy, scenario: Scenario, network: RoadNetwork) -> list[NDArray[np.float64]]:
    found = []
    for stop, then in zip(convoy.stops[:-1], convoy.stops[1:], strict=True):
        arcs = list(stop.path.arcs) if stop.path else []
        arcs = arcs[1:] if _hidden(scenario, stop.place) else arcs
        arcs = arcs[:-1] if _hidden(scenario, then.place) else arcs
        found += [network.line[arc] for arc in arcs]
    return found


def _beside(convoy: Convoy, scenario: Scenario, network: RoadNetwork) -> list[NDArray[np.float64]]:
    """From each stop to where its way begins or ends on a road: last stretches, as the crow flies."""
    found = []
    for stop, then in zip(convoy.stops[:-1], convoy.stops[1:], strict=True):
        if stop.path is None or not stop.path.off_road_m:
            continue
        ends = [(then.place, network.line[stop.path.arcs[-1]][-1])] if stop.path.arcs else []
        ends += [(stop.place, network.line[stop.path.arcs[0]][0])] if stop.path.arcs else []
        found += [
            np.array([position(scenario, place), at], np.float64) for place, at in ends if not _hidden(scenario, place)
        ]
    return found


def _hidden(scenario: Scenario, place: str) -> bool:
    return is_confidential(scenario, place)


def _unput(points: NDArray[np.float64], high: int) -> tuple[float, float, float, float]:
    """Part of the earth to show: the points, with room around them in the shape of the sheet."""
    west, south = points.min(axis=0)
    east, north = points.max(axis=0)
    squeeze = math.cos(math.radians((south + north) / 2))
    across, up = max((east - west) * squeeze, 0.01), max(north - south, 0.01)
    unit = max(across / (_WIDE - 2 * _EDGE), up / (high - 2 * _EDGE)) * (1 + _ROOM)
    half_x, half_y = unit * _WIDE / 2 / squeeze, unit * high / 2
    x, y = (west + east) / 2, (south + north) / 2
    return float(x - half_x), float(y - half_y), float(x + half_x), float(y + half_y)


def _projection(points: NDArray[np.float64], high: int):  # type: ignore[no-untyped-def]
    """From lon, lat to the sheet; and units of the sheet in a kilometre."""
    west, south, east, north = _unput(points, high)

    def put(at: NDArray[np.float64]) -> NDArray[np.float64]:
        x = (at[:, 0] - west) / (east - west) * _WIDE
        y = (north - at[:, 1]) / (north - south) * high
        moved: NDArray[np.float64] = np.column_stack([x, y]).astype(np.float64).round(1)
        return moved

    return put, high / ((north - south) * 111.32)


def _path(at: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in at.tolist())


def _round(km: float) -> float:
    """The largest of 1, 2, 5, 10, ... that is not above the value."""
    power = 10.0 ** math.floor(math.log10(max(km, 1e-3)))
    return float(max(power * digit for digit in (1, 2, 5) if power * digit <= max(km, 1e-3) * 1.000001))
