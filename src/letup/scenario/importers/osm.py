"""Make a scenario from an extract of OpenStreetMap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely

from letup.core.errors import LetupError
from letup.core.findings import Finding
from letup.scenario.importers import osm_tags
from letup.scenario.importers.folder import Imported, clip, fresh, now, read_zones, write_folder

_CARE = {"hospital": "hospital", "clinic": "protected_site", "doctors": "protected_site"}


@dataclass
class _Notes:
    """What was noticed on the way: values that could not be read, and what was left out."""

    unread: dict[str, Counter[str]] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def cannot_read(self, column: str, text: str, way: str) -> None:
        self.unread.setdefault(column, Counter())[text] += 1
        self.first.setdefault(column, way)

    def findings(self) -> list[Finding]:
        listed = []
        for column, values in sorted(self.unread.items()):
            examples = ", ".join(f"{text!r} ({count})" for text, count in values.most_common(5))
            listed.append(
                Finding(
                    "import.unreadable",
                    "warning",
                    f"{sum(values.values())} values of {column} could not be read and were left empty: {examples}",
                    "Put the values in by hand where they matter; the class of the road stands in for them.",
                    file="roads.geojson",
                    where=f"first at {self.first[column]}",
                    column=column,
                )
            )
        if self.left_out:
            what = ", ".join(f"{count} {name}" for name, count in self.left_out.most_common())
            message = f"left out, since people cannot use them as roads: {what}"
            listed.append(
                Finding("import.left_out", "note", message, "Add by hand what you need of them.", file="roads.geojson")
            )
        return listed


def from_osm(
    extract: str | Path, zones: str | Path, out: str | Path, *, timezone: str = "UTC", sites: bool = False
) -> Imported:
    """Make a scenario folder from an OpenStreetMap extract.

    Roads inside the zones are taken over with class, modes, direction, lanes, width, speed and names as
    they are tagged; what is not tagged or cannot be read is left empty, so that the class stands in for it.
    Two ways meet where they share a node, so bridges stay apart from what they cross.

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

    Raises
    ------
    LetupError
        ``import.extra`` if pyosmium is missing, ``import.osm`` if the file cannot be read,
        ``import.empty`` if no road lies in the zones, and what the folder and zones raise.
    """
    try:
        import osmium  # noqa: F401
    except ImportError as error:
        message = "reading OpenStreetMap extracts needs pyosmium"
        raise LetupError("import.extra", message, 'Install it: pip install "letup[osm]"') from error
    extract, folder = Path(extract), Path(out)
    if not extract.is_file():
        raise LetupError("import.osm", f"{extract} is no file", "Give the path of an .osm.pbf file.")
    areas, findings = read_zones(Path(zones))
    area = shapely.union_all(areas.geometry.to_numpy())
    shapely.prepare(area)
    notes = _Notes()
    try:
        as_of = _as_of(extract)
        roads = [road for way in _objects(extract, "highway") if way.is_way() for road in _roads(way, area, notes)]
        places = list(_places(extract, area, notes)) if sites else []
    except (RuntimeError, ValueError) as error:
        message = f"{extract} cannot be read as an OpenStreetMap extract: {error}"
        raise LetupError("import.osm", message, "Download it again, or check that it is an .osm.pbf file.") from error
    if not roads:
        message = f"no road of {extract.name} lies in the zones"
        raise LetupError(
            "import.empty", message, "Check that extract and zones cover the same area, as longitude, latitude."
        )
    source = {
        "title": f"OpenStreetMap, extract {extract.name}",
        "publisher": "OpenStreetMap contributors",
        "date": as_of.date().isoformat(),
        "licence": "Open Database License (ODbL) 1.0",
        "address": "https://www.openstreetmap.org/copyright",
    }
    findings += write_folder(
        fresh(folder),
        title=f"Imported from {extract.name}",
        source=("osm", source),
        as_of=as_of,
        timezone=timezone,
        zones=areas,
        zone_basis={"basis": "assumed", "note": "zones as given to the import; put in their source"},
        roads=roads,
        places=places,
    )
    return Imported(folder, len(areas), len(roads), len(places), tuple(findings + notes.findings()))


def _objects(extract: Path, key: str) -> Iterator[Any]:
    """Objects with a tag, ways with the positions of their nodes."""
    import osmium

    objects = osmium.FileProcessor(str(extract)).with_locations().with_filter(osmium.filter.KeyFilter(key))
    yield from objects


def _as_of(extract: Path) -> datetime:
    """Time the extract describes: as its header says, else the newest change in it, else now."""
    import osmium

    with osmium.io.Reader(str(extract)) as reader:
        text = reader.header().get("osmosis_replication_timestamp")
    if text:
        return datetime.fromisoformat(text)
    newest = max((item.timestamp for item in osmium.FileProcessor(str(extract))), default=None)
    return newest if newest is not None and newest.year > 2000 else now()


def _line(way: Any) -> shapely.LineString | None:
    points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
    return shapely.LineString(points) if len(set(points)) > 1 else None


def _roads(way: Any, area: shapely.Geometry, notes: _Notes) -> Iterator[dict[str, Any]]:
    """Features of one way: one for each part of it inside the zones."""
    tags = dict(way.tags)
    line = _line(way)
    parts = clip(line, area) if line is not None else []
    if not parts:
        return
    kind = osm_tags.road_class(tags)
    allowed = osm_tags.modes(tags, kind) if kind else None
    if kind is None or allowed is None:
        notes.left_out[f"highway={tags['highway']}" if kind is None else "closed to all"] += 1
        return
    name = f"w{way.id}"
    feature: dict[str, Any] = {"id": name, **osm_tags.names(tags), "class": kind, "modes": allowed}
    direction, unclear = osm_tags.oneway(tags)
    if unclear:
        notes.cannot_read("oneway", unclear.partition("=")[2], name)
    if "vehicle" in allowed:
        feature["oneway"] = direction != 0
    for column, key, reader in (
        ("lanes", "lanes", osm_tags.lanes),
        ("width_m", "width", osm_tags.width),
        ("speed_kmh", "maxspeed", osm_tags.speed),
    ):
        text = tags.get(key)
        if text is None or (key == "maxspeed" and osm_tags.no_limit(text)) or (kind == "footpath" and key != "width"):
            continue
        value = reader(text)
        if value is None:
            notes.cannot_read(column, text, name)
        feature[column] = value
    if tags.get("impassable") == "yes" or tags.get("smoothness") == "impassable":
        feature["damage"] = 1.0
    feature |= {"basis": "observed", "source": "osm"}
    for number, part in enumerate(parts):
        own = name if len(parts) == 1 else f"{name}.{number + 1}"
        yield {**feature, "id": own, "geometry": part.reverse() if direction < 0 else part}


def _places(extract: Path, area: shapely.Geometry, notes: _Notes) -> Iterator[dict[str, Any]]:
    """Hospitals and clinics, as points."""
    for site in _objects(extract, "amenity"):
        kind = _CARE.get(site.tags["amenity"])
        if kind is None:
            continue
        if site.is_node():
            point = shapely.Point(site.lon, site.lat)
        elif site.is_way():
            line = _line(site)
            if line is None:
                continue
            point = shapely.point_on_surface(shapely.convex_hull(line))
        else:
            notes.left_out[f"amenity={site.tags['amenity']} drawn as a relation"] += 1
            continue
        if not shapely.intersects(area, point):
            continue
        named = osm_tags.names(dict(site.tags))
        name = named.pop("name", None) or named.get("name_local") or f"{site.tags['amenity']} {site.id}"
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
