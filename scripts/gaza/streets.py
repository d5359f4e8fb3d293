"""The main-road skeleton: one line a street, joined where streets meet."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, Point

from gaza.names import ROADS

#: Lines closer than this are one street: two carriageways, or the turns of a junction. Metres.
WIDTH = 40.0
#: What is left of a line beside a street already drawn is kept from this length on. Metres.
SHORTEST = 60.0
#: A vertex this near is taken in place of a new one. Metres.
NEAR = 5.0

#: openrouteservice's kind of way to our class.
CLASSES = {1: "trunk", 2: "secondary", 3: "residential", 5: "track"}


@dataclass
class Street:
    """One line of the skeleton, in metres.

    Attributes
    ----------
    name, name_ar : str or None
        Names in Latin and in Arabic script.
    road_class : str
        Class in our words.
    line : list of (float, float)
        Its course.
    joints : set of (float, float)
        Vertices at which something else meets it.
    closed : bool
        Whether nothing passes.
    """

    name: str | None
    name_ar: str | None
    road_class: str
    line: list[tuple[float, float]]
    joints: set[tuple[float, float]] = field(default_factory=set)
    closed: bool = False

    @property
    def shape(self) -> LineString:
        """Its course as a shape."""
        return LineString(self.line)

    def join(self, where: tuple[float, float]) -> tuple[float, float]:
        """Position on the line nearest to a point, made a vertex if it is none."""
        shape = self.shape
        along = shape.project(Point(where))
        distances = [0.0, *np.cumsum(np.hypot(*np.diff(np.array(self.line), axis=0).T)).tolist()]
        nearest = min(range(len(self.line)), key=lambda i: (abs(distances[i] - along), i))
        if abs(distances[nearest] - along) <= NEAR:
            joint = self.line[nearest]
        else:
            position = shape.interpolate(along)
            joint = (float(position.x), float(position.y))
            self.line.insert(sum(distance < along for distance in distances), joint)
        self.joints.add(joint)
        return joint


def draw(raw: gpd.GeoDataFrame) -> tuple[list[Street], str]:
    """Streets from the raw edges, and a sentence on what was merged.

    Edges are taken by kind, then by length. What runs within 40 m of a street already drawn is that street; what
    is left is joined to it.
    """
    rows = sorted(raw.index, key=lambda i: (int(raw.waytype[i]), -raw.geometry[i].length, i))
    streets: list[Street] = []
    spare: list[Street] = []
    for i in rows:
        shape = raw.geometry[i]
        if streets:
            shape = shape.difference(_drawn(streets).buffer(WIDTH))
        for part in shapely.get_parts(shape):
            if part.length < 1:
                continue
            name = raw["name"][i] if isinstance(raw["name"][i], str) else None
            arabic = name if name and not name.isascii() else None
            street = Street(
                ROADS[name] if name and arabic else name, arabic, CLASSES[int(raw.waytype[i])], list(part.coords)
            )
            (streets if part.length >= SHORTEST else spare).append(street)
            if part.length >= SHORTEST:
                _attach(street, streets[:-1], WIDTH)
    for street in spare:
        _bridge(street, streets)
    reached = _reach(streets)
    before, after = raw.geometry.length.sum() / 1000, sum(street.shape.length for street in streets) / 1000
    return streets, (
        f"{len(raw)} edges of {before:.1f} km became {len(streets)} streets of {after:.1f} km: carriageways and turns "
        f"within {WIDTH:.0f} m of each other are one line; {reached} loose ends were led to the next street within 60 m"
    )


def _drawn(streets: list[Street]) -> shapely.Geometry:
    return shapely.union_all([street.shape for street in streets])


def _attach(street: Street, others: list[Street], reach: float) -> None:
    """Lead the ends of a street to those already drawn where they are near."""
    for end in (0, -1):
        _lead(street, end, others, reach)


def _lead(street: Street, end: int, others: list[Street], reach: float) -> bool:
    here = street.line[end]
    near = [other for other in others if other.shape.distance(Point(here)) <= reach + 0.01]
    if not near:
        return False
    there = min(near, key=lambda other: other.shape.distance(Point(here))).join(here)
    if there != here:
        street.line.insert(0, there) if end == 0 else street.line.append(there)
    street.joints.add(there)
    return True


def parts(streets: list[Street]) -> list[int]:
    """Number of the connected part that each street belongs to."""
    label = list(range(len(streets)))
    for i, street in enumerate(streets):
        for j in range(i):
            if street.joints & streets[j].joints:
                old, new = label[i], label[j]
                label = [new if value == old else value for value in label]
    return label


def _bridge(short: Street, streets: list[Street]) -> None:
    """Keep a short piece only where it joins parts that are otherwise apart."""
    label = parts(streets)
    touching = [
        {label[k] for k, street in enumerate(streets) if street.shape.distance(Point(end)) <= WIDTH + 0.01}
        for end in (short.line[0], short.line[-1])
    ]
    if touching[0] and touching[1] and touching[0].isdisjoint(touching[1]):
        _attach(short, streets, WIDTH)
        streets.append(short)


def _reach(streets: list[Street]) -> int:
    """Lead loose ends to a street of another part within 60 m; how many were."""
    done = 0
    for street in streets:
        for end in (0, -1):
            label = parts(streets)
            own = label[streets.index(street)]
            others = [other for other, part in zip(streets, label, strict=True) if part != own]
            if street.line[end] not in street.joints and others:
                done += _lead(street, end, others, SHORTEST)
    return done
