"""The map as an inline SVG: for print, and where a browser has no WebGL."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from letup.plan.model import Plan
from letup.report.data import PageData
from letup.report.layers import Ints

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


class _Sheet:
    """Lon and lat in 1/100,000 degree to units of the drawing."""

    def __init__(self, points: Ints) -> None:
        self.west, south = (int(value) for value in points.min(axis=0))
        east, self.north = (int(value) for value in points.max(axis=0))
        self.squeeze = math.cos(math.radians((south + self.north) / 2e5))
        wide, high = max((east - self.west) * self.squeeze, 1), max(self.north - south, 1)
        self.unit = (_SIZE - 40) / max(wide, high)
        self.width, self.height = math.ceil(wide * self.unit) + 40, math.ceil(high * self.unit) + 40 + _FOOT

    def put(self, line: Ints) -> Ints:
        x = 20 + (line[:, 0] - self.west) * self.squeeze * self.unit
        y = 20 + (self.north - line[:, 1]) * self.unit
        return np.rint(np.column_stack([x, y])).astype(np.int64)

    def path(self, line: Ints, close: bool = False) -> str:
        at = self.put(line)
        keep = np.ones(len(at), bool)
        keep[1:] = (at[1:] != at[:-1]).any(axis=1)
        at = at[keep]
        moves = np.diff(at, axis=0)
        text = "".join(f"l{x} {y}" for x, y in moves) or "h1"
        return f"M{at[0][0]} {at[0][1]}{text}" + ("z" if close else "")


def draw(plan: Plan, data: PageData) -> Drawing:
    """Draw zones by hours of pause, roads by people who pass, places that are public, and names."""
    lines = [ring for zone in data.zones for polygon in zone for ring in polygon]
    lines += [line for piece in data.pieces for line in piece] + data.roads
    sheet = _Sheet(np.concatenate(lines) if lines else np.zeros((1, 2), np.int64))
    hours = [0.0] * len(data.zones)
    for window in plan.windows:
        hours[window.zone] += (window.last - window.first + 1) * plan.scenario.step_minutes / 60
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


def _labels(data: PageData, sheet: _Sheet, taken: list[_Box]) -> list[Label]:
    """Names of zones that have room, those with most people first."""
    out: list[Label] = []
    zones = data.json["zones"]
    for index in sorted(range(len(zones)), key=lambda one: -zones[one]["p"]):
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


def _marks(data: PageData, sheet: _Sheet, taken: list[_Box]) -> list[Mark]:
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
