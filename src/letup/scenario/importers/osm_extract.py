"""Read the ways of an OpenStreetMap extract with the positions of their nodes, as they stand today."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from letup.core.errors import LetupError
from letup.scenario.importers.folder import now
from letup.scenario.importers.osm_tags import HIGHWAY, LIFECYCLE, ON_NODES, RESTRICTIONS

Position = tuple[float, float]
Bounds = tuple[float, float, float, float]

_WAY_KEYS = ("highway", "route", *HIGHWAY, *(f"{state}:highway" for state in LIFECYCLE))
_KEYS = (*_WAY_KEYS, *ON_NODES, *RESTRICTIONS)
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Way:
    """A way of the map.

    Attributes
    ----------
    number : int
        Its id; negative if it was drawn in an editor and never uploaded.
    tags : dict of str to str
        Its tags.
    nodes : tuple of int
        Ids of its nodes, in order, none twice in a row.
    points : list of Position or None
        Longitude and latitude of each; None where the extract lacks the node.
    """

    number: int
    tags: dict[str, str]
    nodes: tuple[int, ...]
    points: list[Position | None]


@dataclass
class Extract:
    """What an extract holds of roads.

    Attributes
    ----------
    as_of : datetime
        The time it describes.
    ways : list of Way
        Roads, ferries and what is left of former roads near the area.
    nodes : dict of int to dict
        Tags of nodes that bear on who gets along a road, such as barriers.
    restricted : list of int
        Ways from which a turn is restricted.
    twice : int
        Ways that stand in the file more than once; the newest of each is taken.
    gone : int
        Ways that are deleted or hidden.
    """

    as_of: datetime
    ways: list[Way] = field(default_factory=list)
    nodes: dict[int, dict[str, str]] = field(default_factory=dict)
    restricted: list[int] = field(default_factory=list)
    twice: int = 0
    gone: int = 0


def read_extract(path: Path, bounds: Bounds) -> Extract:
    """Read all ways that may be roads near an area.

    Objects that an editor has marked as deleted, or that are not visible, are passed over. Nodes drawn in an editor
    (negative ids) count like any others.

    Parameters
    ----------
    path : Path
        ``.osm.pbf``, or ``.osm`` plain or compressed.
    bounds : Bounds
        West, south, east and north of the area, degrees.

    Raises
    ------
    LetupError
        ``import.osm`` for a history or change file.
    RuntimeError, ValueError
        What the reader says of a file that is none.
    """
    import osmium

    with osmium.io.Reader(str(path)) as reader:
        if reader.header().has_multiple_object_versions or {".osc", ".osh"} & set(path.suffixes):
            message = f"{path.name} holds changes, or the history of objects, not their state at one time"
            remedy = "Give an extract of one moment: osmium apply-changes, or osmium time-filter, makes one."
            raise LetupError("import.osm", message, remedy)
    gone = _withdrawn(path)
    extract = Extract(_as_of(path))
    ways: dict[int, tuple[int, Way | None]] = {}
    for item in osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter(*_KEYS)):
        there = is_there(item, gone)
        if item.is_node():
            if there and item.location.valid() and _inside((item.lon, item.lat), bounds):
                extract.nodes[item.id] = dict(item.tags)
        elif item.is_way() and any(key in item.tags for key in _WAY_KEYS):
            version = ways[item.id][0] if item.id in ways else -1
            extract.twice += item.id in ways
            extract.gone += not there
            if item.version >= version:
                way = _way(item, gone) if there else None
                ways[item.id] = (item.version, way if way is not None and _may_be_near(way, bounds) else None)
        elif item.is_relation() and there:
            extract.restricted += [m.ref for m in item.members if m.role == "from" and m.type == "w"]
    found = [way for _, way in ways.values() if way is not None]
    _find_missing(path, found, gone)
    extract.ways = [way for way in found if not way.points or _near(way, bounds)]
    return extract


def objects(path: Path, key: str) -> Iterator[Any]:
    """Objects with a tag that are there, ways with the positions of their nodes."""
    import osmium

    gone = _withdrawn(path)
    for item in osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter(key)):
        if is_there(item, gone):
            yield item


Withdrawn = dict[tuple[str, int], int]
"""Version in which each object was withdrawn, by its letter and id."""


def is_there(item: Any, gone: Withdrawn) -> bool:
    """Whether an object is neither deleted nor hidden."""
    letter = "n" if item.is_node() else "w" if item.is_way() else "r"
    return bool(item.visible) and int(item.version) > gone.get((letter, item.id), -1)


def _way(item: Any, gone: Withdrawn) -> Way:
    nodes: list[int] = []
    points: list[Position | None] = []
    for node in item.nodes:
        if nodes and nodes[-1] == node.ref:
            continue
        nodes.append(node.ref)
        known = node.location.valid() and ("n", node.ref) not in gone
        points.append((node.lon, node.lat) if known else None)
    return Way(item.id, dict(item.tags), tuple(nodes), points)


def _find_missing(path: Path, ways: list[Way], gone: Withdrawn) -> None:
    """Look once more for nodes without a position: with negative ids, or that stand after the ways."""
    import osmium

    missing = {node for way in ways for node, point in zip(way.nodes, way.points, strict=True) if point is None}
    if not missing:
        return
    nodes: Any = osmium.FileProcessor(str(path), osmium.osm.NODE)
    if min(missing) >= 0:
        nodes = nodes.with_filter(osmium.filter.IdFilter(missing))
    at: dict[int, Position] = {}
    for node in nodes:
        if node.id in missing and node.location.valid() and is_there(node, gone):
            at[node.id] = (node.lon, node.lat)
    for way in ways:
        for number, node in enumerate(way.nodes):
            if way.points[number] is None:
                way.points[number] = at.get(node)


def _may_be_near(way: Way, bounds: Bounds) -> bool:
    return None in way.points or not way.points or _near(way, bounds)


def _inside(point: Position, bounds: Bounds) -> bool:
    return bounds[0] <= point[0] <= bounds[2] and bounds[1] <= point[1] <= bounds[3]


def _near(way: Way, bounds: Bounds) -> bool:
    known = [point for point in way.points if point is not None]
    if not known:
        return False
    x, y = zip(*known, strict=True)
    return bool(min(x) <= bounds[2] and max(x) >= bounds[0] and min(y) <= bounds[3] and max(y) >= bounds[1])


def _as_of(path: Path) -> datetime:
    """Time the extract describes: as its header says, else the newest change in it, else now."""
    import osmium

    with osmium.io.Reader(str(path)) as reader:
        text = reader.header().get("osmosis_replication_timestamp")
    if text:
        return datetime.fromisoformat(text)
    newest = max((item.timestamp for item in osmium.FileProcessor(str(path))), default=None)
    return newest if newest is not None and newest.year > 2000 else now()


def _withdrawn(path: Path) -> Withdrawn:
    """Objects that an XML file marks as deleted (``action="delete"``, as editors do) or not visible.

    The reader does not pass on what editors mark.
    """
    if ".pbf" in path.suffixes or not _speaks_of_deleting(path):
        return {}
    gone: Withdrawn = {}

    def start(tag: str, cells: dict[str, str]) -> None:
        if tag in ("node", "way", "relation") and (cells.get("action") == "delete" or cells.get("visible") == "false"):
            key = (tag[0], int(cells.get("id", "0")))
            gone[key] = max(gone.get(key, -1), int(cells.get("version", "0")))

    def declared(*_: object) -> None:
        raise ValueError("it declares entities of its own, which no extract does")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = declared
    try:
        with closing(_opened(path)) as handle:
            parser.ParseFile(handle)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    return gone


def _speaks_of_deleting(path: Path) -> bool:
    before = b""
    with closing(_opened(path)) as handle:
        while chunk := handle.read(_CHUNK):
            if b"delete" in before + chunk or b"false" in before + chunk:
                return True
            before = chunk[-10:]
    return False


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if path.suffix == ".bz2":
        return bz2.open(path, "rb")
    return path.open("rb")
