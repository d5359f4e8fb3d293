"""Make a scenario from an extract of OpenStreetMap."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from letup.core.errors import LetupError
from letup.core.findings import Finding
from letup.core.folders import require_usable
from letup.core.wording import first_few, plural
from letup.scenario.importers import osm_tags
from letup.scenario.importers.folder import IMPORTED, Imported, clip, read_zones, write_folder
from letup.scenario.importers.notes import closed_to_all
from letup.scenario.importers.osm_extract import Extract, Position, Way, objects, read_extract
from letup.scenario.importers.osm_near_misses import BESIDE_M, longest_km, unjoined

_CARE = {"hospital": "hospital", "clinic": "protected_site", "doctors": "protected_site"}

_FAR_KM = 20.0

_BARRIER_DEGREES = 1.5 / 111_320
"""A barrier closes the road from so far before it to so far behind it: 1.5 m, in degrees of latitude."""


@dataclass
class _Notes:
    """What was noticed on the way: values that could not be read, what was left out, what has no defined meaning."""

    unread: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    undefined: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    first: dict[str, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    barriers: Counter[str] = field(default_factory=Counter)
    gaps: list[tuple[str, int]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    misspelt: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    far: list[str] = field(default_factory=list)
    unjoined: list[str] = field(default_factory=list)
    pointlike: int = 0
    lost: int = 0

    def cannot_read(self, column: str, text: str, way: str) -> None:
        self.unread[column][text] += 1
        self.first.setdefault(column, way)

    def not_defined(self, tags: dict[str, str], way: str) -> None:
        for key, text in tags.items():
            self.undefined[key][text] += 1
            self.first.setdefault(key, way)

    def misspelt_in(self, tags: dict[str, str]) -> None:
        for key, meant in osm_tags.misspelt_keys(tags).items():
            self.misspelt[meant][key] += 1

    def findings(self, extract: Extract, ways: set[int]) -> list[Finding]:
        listed = [
            Finding(
                "import.unreadable",
                "warning",
                f"{values.total()} values of {column} could not be read and were left empty: {_most(values)}",
                "Put the values in by hand where they matter; the class of the road stands in for them.",
                file="roads.geojson",
                where=f"first at {self.first[column]}",
                column=column,
            )
            for column, values in sorted(self.unread.items())
        ]
        listed += [
            Finding(
                "import.undefined",
                "note",
                f"not acted on, as it does not say who gets through: {key}, {_times(values.total())}: {_most(values)}",
                "Find out, and close the road (damage 1), lower its capacity or change its modes where it matters.",
                file="roads.geojson",
                where=f"first at {self.first[key]}",
            )
            for key, values in sorted(self.undefined.items())
        ]

        def note(code: str, message: str, remedy: str) -> None:
            listed.append(Finding(code, "note", message, remedy, file="roads.geojson"))

        if self.gaps:
            missing = sum(count for _, count in self.gaps)
            names = first_few([name for name, _ in self.gaps], 5)
            listed.append(
                Finding(
                    "import.gap",
                    "warning",
                    f"not in the extract: {plural(missing, 'node')} of {plural(len(self.gaps), 'road')}, cut there: "
                    f"{names}",
                    "Take an extract that holds the zones and some way around them (osmium extract -s complete_ways).",
                    file="roads.geojson",
                )
            )
        if self.outside:
            roads = plural(len(self.outside), "road")
            message = f"cut where they leave the zones and come back: {roads}: {first_few(self.outside, 5)}"
            remedy = "If there is a gap between zones that should touch, close it and import again."
            listed.append(Finding("import.gap", "warning", message, remedy, file="zones.geojson"))
        if self.barriers:
            what = ", ".join(f"{count} {name}" for name, count in self.barriers.most_common())
            message = f"barriers on roads close 3 m of them to those whom they stop: {what}"
            note("import.barriers", message, "Take such a piece out, or change its modes, where the barrier is gone.")
        if self.lost:
            message = f"closed (damage 1), as the map has them destroyed or impassable: {plural(self.lost, 'road')}"
            note("import.lost", message, "Lower the damage where people get through.")
        turns = sum(way in ways for way in extract.restricted)
        if turns:
            message = f"not read, since letup lets everybody turn: {plural(turns, 'restriction')} on turns"
            note("import.left_out", message, "Nothing to do for people on foot.")
        if self.misspelt:
            keys = [f"{key!r} for {meant} ({n})" for meant, keys in self.misspelt.items() for key, n in keys.items()]
            message = f"keys of tags that are not read, but look like one that would be: {first_few(keys, 8)}"
            remedy = "Correct them in the map, or put the values in by hand."
            listed.append(Finding("import.unreadable", "warning", message, remedy, file="roads.geojson"))
        if self.far:
            message = f"with more than {_FAR_KM:g} km between two nodes: {plural(len(self.far), 'road')}"
            message += f": {first_few(self.far, 5)}"
            remedy = "Look whether a node lies elsewhere than it should, with its axes swapped for example."
            listed.append(Finding("import.far", "warning", message, remedy, file="roads.geojson"))
        if self.unjoined:
            message = f"on one level and not joined, though within {BESIDE_M:g} m of each other: "
            message += f"{plural(len(self.unjoined), 'pair')} of roads: {first_few(self.unjoined, 5)}"
            remedy = "If they meet, give both the same from_node or to_node there, or join them in the map."
            listed.append(Finding("import.unjoined", "warning", message, remedy, file="roads.geojson"))
        if self.pointlike:
            message = f"without two nodes in two places: {plural(self.pointlike, 'road')}"
            note("import.left_out", message, "Draw them again.")
        if extract.gone:
            message = f"passed over, as they are deleted or hidden: {plural(extract.gone, 'way')}"
            note("import.left_out", message, "Nothing to do if that is meant.")
        if extract.twice:
            message = f"more than once in the file: {plural(extract.twice, 'way')}; the newest of each is taken"
            note("import.left_out", message, "Merge extracts with osmium merge.")
        if self.left_out:
            what = ", ".join(f"{count} {name}" for name, count in self.left_out.most_common())
            note("import.left_out", f"left out, since they are no open roads: {what}", "Add by hand what you need.")
        return listed


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _most(values: Counter[str]) -> str:
    return ", ".join(f"{text!r} ({count})" for text, count in values.most_common(5))


def from_osm(
    extract: str | Path,
    zones: str | Path,
    out: str | Path,
    *,
    timezone: str = "UTC",
    sites: bool = False,
    force: bool = False,
) -> Imported:
    """Make a scenario folder from an OpenStreetMap extract.

    Roads inside the zones are taken over with class, modes, direction, lanes, width, speed, limits for lorries and
    names as they are tagged; what is not tagged or cannot be read is left empty, so that the class stands in for it.
    Roads are cut where they share a node, and name the nodes at which they end: two roads meet there and nowhere else.
    Barriers close a short piece of the road. Tags that bear on passage without saying whom they stop are named.

    Parameters
    ----------
    extract : str or Path
        A file ``.osm.pbf`` or ``.osm``.
    zones : str or Path
        Layer of polygons; columns ``id`` and ``name`` are used if there.
    out : str or Path
        Folder of the scenario to write.
    timezone : str
        IANA name of the time zone of the area.
    sites : bool
        Whether to take over hospitals and clinics as places. They are marked restricted.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.

    Raises
    ------
    LetupError
        ``import.extra`` if pyosmium is missing, ``import.osm`` if the file cannot be read,
        ``import.empty`` if no road lies in the zones, and what the folder and zones raise.
    """
    try:
        import osmium
    except ImportError as error:
        message = "reading OpenStreetMap extracts needs pyosmium"
        raise LetupError("import.extra", message, "Install it beside letup: pip install osmium") from error
    path, folder = Path(extract), Path(out)
    require_usable(folder, IMPORTED, force=force)
    if not path.is_file():
        raise LetupError("import.osm", f"{path} is no file", "Give the path of an .osm.pbf file.")
    areas, findings = read_zones(Path(zones))
    area = shapely.union_all(areas.geometry.to_numpy())
    shapely.prepare(area)
    notes = _Notes()
    try:
        west, south, east, north = area.bounds
        content = read_extract(path, (west, south, east, north))
        roads, ways = _roads(content, area, notes)
        places = list(_places(path, area, notes)) if sites else []
    except (RuntimeError, ValueError, OSError, EOFError, osmium.InvalidLocationError) as error:
        message = f"{path} cannot be read as an OpenStreetMap extract: {error}"
        raise LetupError("import.osm", message, "Download it again, or check that it is an .osm.pbf file.") from error
    if not roads:
        message = f"no road of {path.name} lies in the zones"
        raise LetupError(
            "import.empty", message, "Check that extract and zones cover the same area, as longitude, latitude."
        )
    source = {
        "title": f"OpenStreetMap, extract {path.name}",
        "publisher": "OpenStreetMap contributors",
        "date": content.as_of.date().isoformat(),
        "licence": "Open Database License (ODbL) 1.0",
        "address": "https://www.openstreetmap.org/copyright",
    }
    findings += write_folder(
        folder,
        title=f"Imported from {path.name}",
        source=("osm", source),
        as_of=content.as_of,
        timezone=timezone,
        zones=areas,
        zone_basis={"basis": "assumed", "note": "zones as given to the import; put in their source"},
        roads=roads,
        places=places,
        inputs=(path, Path(zones)),
        force=force,
    )
    findings += notes.findings(content, ways) + closed_to_all(roads)
    return Imported(folder, len(areas), len(roads), len(places), tuple(findings))


def _roads(extract: Extract, area: shapely.Geometry, notes: _Notes) -> tuple[list[dict[str, Any]], set[int]]:
    """Features of all roads in the zones, and the ids of their ways."""
    kept: list[tuple[Way, dict[str, Any], list[slice]]] = []
    for way in extract.ways:
        runs = _runs(way)
        if "highway" in way.tags and not runs:
            if None not in way.points:
                notes.pointlike += 1
            elif any(shapely.intersects(area, shapely.Point(point)) for point in way.points if point is not None):
                notes.gaps.append((_id(way), way.points.count(None)))
        if not any(shapely.intersects(area, _line(way.points[run])) for run in runs):
            continue
        feature = _feature(way, notes)
        if feature is None:
            continue
        if longest_km(way) > _FAR_KM:
            notes.far.append(_id(way))
        missing = way.points.count(None)
        if missing:
            notes.gaps.append((_id(way), missing))
        kept.append((way, feature, runs))
    uses = Counter(node for way, _, runs in kept for run in runs for node in way.nodes[run])
    ends = Counter(node for way, _, runs in kept for run in runs for node in (way.nodes[run][0], way.nodes[run][-1]))
    closures = _closures(extract, uses, ends, notes)
    pairs = unjoined([(way, feature["level"] or 0) for way, feature, _ in kept])
    notes.unjoined += [f"{_id(kept[first][0])} and {_id(kept[second][0])}" for first, second in pairs]
    features = [
        part
        for way, feature, runs in kept
        for part in _numbered(_id(way), _parts(way, feature, runs, uses, closures, area, notes))
    ]
    return features, {way.number for way, _, _ in kept}


def _id(way: Way) -> str:
    return f"w{way.number}"


def _runs(way: Way) -> list[slice]:
    """Parts of a way between nodes that the extract lacks."""
    runs, begin = [], 0
    for number, point in enumerate([*way.points, None]):
        if point is None:
            if number - begin > 1 and len(set(way.points[begin:number])) > 1:
                runs.append(slice(begin, number))
            begin = number + 1
    return runs


def _line(points: Sequence[Position | None]) -> shapely.LineString:
    return shapely.LineString([point for point in points if point is not None])


def _feature(way: Way, notes: _Notes) -> dict[str, Any] | None:
    """Properties of a way as in roads.geojson; None, noted, if people cannot use it as a road."""
    tags, name = way.tags, _id(way)
    notes.misspelt_in(tags)
    if "highway" not in tags:
        if left_out := _former(tags):
            notes.left_out[left_out] += 1
        return None
    kind = osm_tags.road_class(tags)
    may = osm_tags.access(tags, kind) if kind else None
    if kind is None or may is None or may.modes is None:
        notes.left_out[f"highway={tags['highway']}" if kind is None else "closed to all"] += 1
        return None
    notes.not_defined(may.undefined | osm_tags.undefined(tags), name)
    feature: dict[str, Any] = {"id": name, **osm_tags.names(tags), "class": kind, "modes": may.modes}
    direction, unclear = osm_tags.oneway(tags)
    if unclear:
        notes.cannot_read("oneway", unclear.partition("=")[2], name)
    if may.vehicle:
        feature["oneway"] = direction != 0
        columns, unread = osm_tags.lane_columns(tags, direction)
        feature |= columns
        tonnes, unread_limits = osm_tags.lorry_tonnes(tags)
        feature["lorry_tonnes"] = tonnes if may.lorry else 0.0
        for key, cell in unread.items():
            notes.cannot_read(key, cell, name)
        for key, cell in unread_limits.items():
            notes.cannot_read("lorry_tonnes", f"{key}={cell}", name)
    for column, key, reader in (("width_m", "width", osm_tags.width), ("speed_kmh", "maxspeed", osm_tags.speed)):
        text = tags.get(key)
        if text is None or (key == "maxspeed" and (osm_tags.no_limit(text) or not may.vehicle)):
            continue
        value = reader(text)
        if value is None:
            notes.cannot_read(column, text, name)
        feature[column] = value
    level, unread_level = osm_tags.level(tags)
    if unread_level:
        notes.cannot_read("level", unread_level, name)
    feature["level"] = level or None
    if osm_tags.is_lost(tags):
        feature["damage"] = 1.0
        notes.lost += 1
    return feature | {"basis": "observed", "source": "osm", "reverse": direction < 0}


def _former(tags: dict[str, str]) -> str:
    """How to call a way that is no road: a ferry, or one that is no road any more; empty for anything else."""
    if tags.get("route") == "ferry":
        name = tags.get("name") or tags.get("ref")
        return f"route=ferry ({name})" if name else "route=ferry"
    return next((f"{state}:highway" for state in osm_tags.LIFECYCLE if f"{state}:highway" in tags), "")


@dataclass(frozen=True)
class _Closure:
    """A barrier on a road: what it is called, and who may pass."""

    name: str
    may: osm_tags.Access


def _closures(extract: Extract, uses: Counter[int], ends: Counter[int], notes: _Notes) -> dict[int, _Closure]:
    """Barriers that stop somebody, by node; those at junctions are noted, as they do not say which road they stop."""
    closures = {}
    for node, tags in extract.nodes.items():
        if node not in uses:
            continue
        on_it = {f"{key} on a node": tags[key] for key in osm_tags.ON_NODES if key in tags and key != "barrier"}
        notes.not_defined({key: text for key, text in on_it.items() if text != "no"}, f"n{node}")
        if "barrier" not in tags:
            continue
        may = osm_tags.barrier(tags)
        kind = tags["barrier"]
        notes.misspelt_in(tags)
        notes.not_defined({"barrier": kind} if "barrier" in may.undefined else {}, f"n{node}")
        notes.not_defined(
            {f"{key} on a barrier": text for key, text in may.undefined.items() if key != "barrier"}, f"n{node}"
        )
        if may.foot and may.vehicle and may.lorry:
            continue
        if uses[node] > 1 and not (uses[node] == ends[node] == 2):
            notes.not_defined({"barrier at a junction": kind}, f"n{node}")
            continue
        notes.barriers[kind] += 1
        closures[node] = _Closure(f"{kind} n{node}", may)
    return closures


def _parts(
    way: Way,
    feature: dict[str, Any],
    runs: list[slice],
    uses: Counter[int],
    closures: dict[int, _Closure],
    area: shapely.Geometry,
    notes: _Notes,
) -> Iterator[dict[str, Any]]:
    """Features of a way: one for each stretch between nodes that it shares with others, inside the zones."""
    reverse = feature.pop("reverse")
    was_outside, came_back, inside = False, False, False
    for run in runs:
        for names, points, closure in _stretches(way, run, uses, closures):
            line = shapely.LineString(points)
            if line.length == 0:
                continue
            parts = clip(line, area)
            came_back |= (was_outside and bool(parts)) or len(parts) > 1
            inside |= bool(parts)
            was_outside = inside and (not parts or parts[-1].coords[-1] != line.coords[-1])
            own = _closed(feature, closure) if closure else feature
            for part in parts:
                from_node = names[0] if part.coords[0] == line.coords[0] else f"{names[0]}>{_place(part, 0)}"
                to_node = names[1] if part.coords[-1] == line.coords[-1] else f"{names[1]}<{_place(part, -1)}"
                if reverse:
                    yield {**own, "from_node": to_node, "to_node": from_node, "geometry": part.reverse()}
                else:
                    yield {**own, "from_node": from_node, "to_node": to_node, "geometry": part}
    if came_back:
        notes.outside.append(_id(way))


def _place(line: shapely.LineString, end: int) -> str:
    return f"{line.coords[end][0]:.7f},{line.coords[end][1]:.7f}"


def _numbered(name: str, parts: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parts with ids of their own where there are several."""
    listed = list(parts)
    return [{**part, "id": name if len(listed) == 1 else f"{name}.{i}"} for i, part in enumerate(listed, 1)]


def _stretches(
    way: Way, run: slice, uses: Counter[int], closures: dict[int, _Closure]
) -> Iterator[tuple[tuple[str, str], list[Position], _Closure | None]]:
    """Stretches of a way between junctions and barriers: names of the ends, positions, and the barrier on it."""
    nodes = way.nodes[run]
    points = [point for point in way.points[run] if point is not None]
    last = len(nodes) - 1
    # Vertices with their name; a barrier has a vertex before and one behind it, between which the road is closed.
    vertices: list[tuple[str, Position, bool, _Closure | None]] = []
    for i, (node, point) in enumerate(zip(nodes, points, strict=True)):
        closure = closures.get(node)
        if uses[node] > 1 and closure is not None:
            closures.pop(node)  # of two roads that meet at a barrier one is closed before it
        if closure is not None and i > 0:
            vertices.append((f"n{node}-{_id(way)}", _towards(point, points[i - 1]), True, closure))
        stops_on = closure if i < last else None
        vertices.append((f"n{node}", point, i in (0, last) or uses[node] > 1, stops_on))
        if closure is not None and i < last:
            vertices.append((f"n{node}+{_id(way)}", _towards(point, points[i + 1]), True, None))
    start = 0
    for end in [number for number, (_, _, cut, _) in enumerate(vertices) if cut and number]:
        names = vertices[start][0], vertices[end][0]
        yield names, [vertex[1] for vertex in vertices[start : end + 1]], vertices[start][3]
        start = end


def _towards(point: Position, other: Position) -> Position:
    """A point a little way from a barrier to the next vertex, half the way at most."""
    step = np.subtract(other, point)
    scale = np.array([np.cos(np.radians(point[1])), 1.0])
    length = float(np.hypot(*(step * scale)))
    x, y = np.add(point, step * min(0.5, _BARRIER_DEGREES / length if length else 0.5))
    return float(x), float(y)


def _closed(feature: dict[str, Any], closure: _Closure) -> dict[str, Any]:
    """Properties of the piece of a road that a barrier closes to those whom it stops."""
    modes = feature["modes"].split(";")
    left = [mode for mode in modes if getattr(closure.may, mode)]
    own = dict(feature)
    if not left:
        return own | {"damage": 1.0, "note": f"closed by a barrier: {closure.name}"}
    if left != modes:
        for column in ("oneway", "lanes", "lanes_forward", "lanes_backward", "speed_kmh", "lorry_tonnes"):
            if "vehicle" not in left:
                own.pop(column, None)
        return own | {"modes": ";".join(left), "note": f"{' and '.join(left)} only, by a barrier: {closure.name}"}
    if not closure.may.lorry and "vehicle" in modes:
        return own | {"lorry_tonnes": 0.0, "note": f"closed to lorries by a barrier: {closure.name}"}
    return own


def _places(path: Path, area: shapely.Geometry, notes: _Notes) -> Iterator[dict[str, Any]]:
    """Hospitals and clinics, as points."""
    for site in objects(path, "amenity"):
        kind = _CARE.get(site.tags["amenity"])
        if kind is None:
            continue
        if site.is_node():
            if not site.location.valid():
                continue
            point = shapely.Point(site.lon, site.lat)
        elif site.is_way():
            corners = [(node.lon, node.lat) for node in site.nodes if node.location.valid()]
            if len(set(corners)) < 2:
                continue
            point = shapely.point_on_surface(shapely.convex_hull(shapely.LineString(corners)))
        else:
            notes.left_out[f"amenity={site.tags['amenity']} drawn as a relation"] += 1
            continue
        if not shapely.intersects(area, point):
            continue
        tags = dict(site.tags)
        if osm_tags.is_lost(tags):
            notes.left_out[f"amenity={tags['amenity']} tagged as destroyed"] += 1
            continue
        named = osm_tags.names(tags)
        name = named.pop("name", None) or named.get("name_local") or f"{tags['amenity']} {site.id}"
        letter = "n" if site.is_node() else "w"
        yield {
            "id": f"{letter}{site.id}",
            "name": name,
            **named,
            "kind": kind,
            "sensitivity": "restricted",
            "basis": "observed",
            "source": "osm",
            "note": "mapped position; whether it works is not known",
            "geometry": point,
        }
