"""Write one thing of a map in another form, half-right or wrong, and know what it was: OpenStreetMap and GMNS.

As in `tests.scenario.rewriting`: whoever looks at the map sees what was meant, or sees that it is wrong; so a reader
may read it as it was, or must say something. Roads, speeds and people are never merely other ones.
"""

from __future__ import annotations

import csv
import io
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import shapely

from tests import forms

ZONES = (
    '{"type": "FeatureCollection", "features": ['
    '{"type": "Feature", "properties": {"id": "w", "name": "West"}, "geometry": '
    + shapely.to_geojson(shapely.box(19.99, 9.99, 20.01, 10.02))
    + '}, {"type": "Feature", "properties": {"id": "e", "name": "East"}, "geometry": '
    + shapely.to_geojson(shapely.box(20.01, 9.99, 20.03, 10.02))
    + "}]}"
)

_OSM_ROADS: tuple[tuple[tuple[int, ...], dict[str, str]], ...] = (
    ((1, 2, 3, 4, 5), {"highway": "primary", "name": "Main Road", "lanes": "4", "maxspeed": "60", "width": "12"}),
    ((6, 7, 8, 9, 10), {"highway": "secondary", "lanes": "3", "lanes:forward": "2", "lanes:backward": "1"}),
    ((1, 6, 11), {"highway": "tertiary", "oneway": "yes", "lanes": "2"}),
    ((3, 8, 13), {"highway": "residential", "maxweight": "7.5", "hgv": "yes"}),
    ((5, 10, 15), {"highway": "primary", "bridge": "yes", "layer": "1", "motor_vehicle": "yes"}),
    ((11, 12, 13, 14, 15), {"highway": "unclassified", "access": "yes", "maxspeed": "30 mph"}),
    ((2, 7, 12), {"highway": "footway", "width": "2.5"}),
    ((4, 9, 14), {"highway": "residential", "hgv": "no", "lanes": "1", "foot": "yes"}),
    ((16, 12), {"highway": "track", "impassable": "yes"}),
    ((11, 16), {"highway": "primary", "oneway": "-1", "lanes": "2", "maxheight": "3.5"}),
    ((14, 17, 18), {"highway": "residential", "motor_vehicle": "no", "foot": "designated"}),
    ((15, 18), {"highway": "residential", "junction": "roundabout", "tunnel": "no"}),
)
_OSM_BARRIERS = {17: {"barrier": "gate", "access": "no", "foot": "yes"}, 2: {"crossing": "yes"}}


def osm_base(folder: Path) -> Path:
    """A map of a made-up town."""
    root = ET.Element("osm", version="0.6", generator="made up")
    for number in range(1, 19):
        row, column = divmod(number - 1, 5)
        place = {"lat": f"{10.001 + 0.005 * row}", "lon": f"{20.001 + 0.005 * column}"}
        node = ET.SubElement(root, "node", id=str(number), version="1", **place)
        for key, value in _OSM_BARRIERS.get(number, {}).items():
            ET.SubElement(node, "tag", k=key, v=value)
    for number, (refs, tags) in enumerate(_OSM_ROADS, 101):
        way = ET.SubElement(root, "way", id=str(number), version="1", timestamp="2029-05-01T00:00:00Z")
        for ref in refs:
            ET.SubElement(way, "nd", ref=str(ref))
        for key, value in tags.items():
            ET.SubElement(way, "tag", k=key, v=value)
    folder.mkdir()
    (folder / "zones.geojson").write_text(ZONES, "utf-8")
    ET.ElementTree(root).write(folder / "in.osm", "utf-8", xml_declaration=True)
    return folder


_NODES = [[str(n), f"{20.001 + 0.005 * ((n - 1) % 5)}", f"{10.001 + 0.005 * ((n - 1) // 5)}"] for n in range(1, 16)]
_LINK_HEADER = [
    "link_id",
    "name",
    "from_node_id",
    "to_node_id",
    "directed",
    "geometry",
    "dir_flag",
    "length",
    "facility_type",
    "capacity",
    "free_speed",
    "lanes",
    "allowed_uses",
]
_BEND = "LINESTRING (20.001 10.006, 20.0025 10.0065, 20.0045 10.0065, 20.006 10.006)"
_LINKS = [
    ["a", "Main", "1", "2", "true", "", "", "0.548", "arterial", "900", "50", "2", "auto;walk"],
    ["b", "Main", "2", "1", "true", "", "", "0.548", "arterial", "900", "50", "2", "auto;walk"],
    ["c", "", "2", "3", "false", "", "", "0.548", "collector", "700", "40", "1", "auto;truck;walk"],
    ["d", "", "6", "7", "true", _BEND, "1", "", "local", "", "30", "1", "auto;bike;walk"],
    ["e", "", "7", "8", "true", "", "", "", "primary", "1200", "60", "3", "auto"],
    ["f", "", "8", "7", "true", "", "", "", "primary", "1200", "60", "1", "auto"],
    ["g", "", "1", "6", "false", "", "", "", "footway", "", "", "", "walk"],
    ["h", "", "2", "7", "false", "", "", "0.553", "residential", "300", "20", "1", ""],
    ["i", "", "3", "8", "false", "", "", "", "residential", "300", "20", "1", "walk;bike"],
    ["j", "", "8", "13", "true", "", "", "", "secondary", "1000", "45", "1", "auto;walk"],
]
_CONFIG = [
    ["dataset_name", "short_length", "long_length", "speed", "crs"],
    ["Town", "meter", "km", "km/h", "EPSG:4326"],
]


def gmns_base(folder: Path) -> Path:
    """A network of a made-up town."""
    folder.mkdir()
    (folder / "zones.geojson").write_text(ZONES, "utf-8")
    _save(folder / "node.csv", [["node_id", "x_coord", "y_coord"], *_NODES])
    _save(folder / "link.csv", [_LINK_HEADER, *_LINKS])
    _save(folder / "config.csv", _CONFIG)
    return folder


def _save(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))


#: Of the name of a column or the key of a tag.
KEYS: dict[str, forms.Form] = {
    "capital letters": str.upper,
    "a capital letter": str.capitalize,
    "a space behind it": lambda text: f"{text} ",
    "a letter missing": lambda text: text[:-1],
    "a letter too many": lambda text: f"{text}s",
    "another separator": lambda text: (
        text.replace("_", " ").replace(":", "_") if {"_", ":"} & set(text) else f" {text}"
    ),
    "two letters changed round": lambda text: text[0] + text[2] + text[1] + text[3:],
}

_NUMBERS = ("lanes", "lanes:forward", "lanes:backward", "maxspeed", "width", "maxweight", "maxheight", "layer")
_BOOLEANS = ("oneway", "impassable", "bridge")
_WORDS = ("highway", "access", "hgv", "motor_vehicle", "foot", "barrier", "junction")


def rewritten_osm(folder: Path, seed: int) -> str:
    """Change one thing of a map, and return what it was."""
    dice = random.Random(seed)
    path = folder / "in.osm"
    if dice.random() < 0.12:
        name, form = dice.choice(sorted(forms.FILES.items()))
        path.write_bytes(form(path.read_bytes()))
        return f"the file: {name}"
    tree = ET.parse(path)
    what = dice.choice(_OSM_CHANGES)(tree.getroot(), dice)
    tree.write(path, "utf-8", xml_declaration=True)
    return what


def _tags(root: ET.Element, keys: tuple[str, ...]) -> list[ET.Element]:
    return [tag for tag in root.iter("tag") if tag.get("k") in keys]


def _of(tag: ET.Element) -> str:
    return f"{tag.get('k')}={tag.get('v')}"


def _number(root: ET.Element, dice: random.Random) -> str:
    tag = dice.choice([tag for tag in _tags(root, _NUMBERS) if str(tag.get("v")).replace(".", "").isdigit()])
    name, form = dice.choice(sorted(forms.NUMBERS.items()))
    before = _of(tag)
    tag.set("v", form(str(tag.get("v"))))
    return f"{before}: {name}"


def _boolean(root: ET.Element, dice: random.Random) -> str:
    tag = dice.choice([tag for tag in _tags(root, _BOOLEANS) if tag.get("v") in ("yes", "no")])
    name, form = dice.choice(sorted(forms.BOOLEANS.items()))
    before = _of(tag)
    tag.set("v", form("true" if tag.get("v") == "yes" else "false"))
    return f"{before}: {name}"


def _word(root: ET.Element, dice: random.Random) -> str:
    tag = dice.choice(_tags(root, _WORDS))
    name, form = dice.choice(sorted(forms.WORDS.items()))
    before = _of(tag)
    tag.set("v", form(str(tag.get("v"))))
    return f"{before}: {name}"


def _key(root: ET.Element, dice: random.Random) -> str:
    tag = dice.choice(_tags(root, (*_NUMBERS, *_BOOLEANS, *_WORDS)))
    name, form = dice.choice(sorted(KEYS.items()))
    before = _of(tag)
    tag.set("k", form(str(tag.get("k"))))
    return f"the key of {before}: {name}"


def _conditional(root: ET.Element, dice: random.Random) -> str:
    way = dice.choice(list(root.iter("way")))
    key, value = dice.choice(
        (
            ("access:conditional", "no @ (20:00-05:00)"),
            ("motor_vehicle:conditional", "no @ (wet)"),
            ("damage", "yes"),
            ("status", "closed"),
            ("hazard", "minefield"),
            ("construction", "yes"),
            ("ford", "yes"),
            ("bridge:status", "damaged"),
            ("bridge:status", "destroyed"),
            ("destroyed", "yes"),
            ("oneway:foot", "yes"),
            ("flood_prone", "yes"),
            ("motor_vehicle:forward", "no"),
            ("access", "unknown"),
        )
    )
    ET.SubElement(way, "tag", k=key, v=value)
    return f"{key}={value} on way {way.get('id')}"


def _barrier(root: ET.Element, dice: random.Random) -> str:
    node = dice.choice([node for node in root.iter("node") if node.get("id") in ("2", "7", "4", "12", "17")])
    kind = dice.choice(("block", "gate", "yes", "wall", "checkpoint", "bollard", "rubble", "Bollard", "concrete block"))
    for tag in list(node):
        node.remove(tag)
    ET.SubElement(node, "tag", k="barrier", v=kind)
    return f"barrier={kind} on node {node.get('id')}"


def _node_state(root: ET.Element, dice: random.Random) -> str:
    node = dice.choice(list(root.iter("node")))
    what = dice.choice(("missing", "deleted", "invisible", "negative", "without a position", "twice", "after the ways"))
    number = str(node.get("id"))
    if what == "missing":
        root.remove(node)
    elif what == "deleted":
        node.set("action", "delete")
    elif what == "invisible":
        node.set("visible", "false")
    elif what == "negative":
        node.set("id", f"-{number}")
        for ref in root.iter("nd"):
            if ref.get("ref") == number:
                ref.set("ref", f"-{number}")
    elif what == "without a position":
        del node.attrib["lat"]
    elif what == "twice":
        root.insert(0, node)
    else:
        root.remove(node)
        root.append(node)
    return f"node {number}: {what}"


def _way_state(root: ET.Element, dice: random.Random) -> str:
    way = dice.choice(list(root.iter("way")))
    what = dice.choice(
        ("deleted", "invisible", "negative", "twice", "under another id", "backwards", "no nodes", "one node")
    )
    if what == "deleted":
        way.set("action", "delete")
    elif what == "invisible":
        way.set("visible", "false")
    elif what == "negative":
        way.set("id", f"-{way.get('id')}")
    elif what == "twice":
        root.append(way)
    elif what == "under another id":
        root.append(ET.fromstring(ET.tostring(way)))
        root[-1].set("id", "999")
    elif what == "backwards":
        refs = [str(ref.get("ref")) for ref in way.findall("nd")]
        if any(tag.get("k") in ("oneway", "junction") or str(tag.get("k")).startswith("lanes:") for tag in way):
            return "nothing"
        for ref, value in zip(way.findall("nd"), refs[::-1], strict=True):
            ref.set("ref", value)
    else:
        for ref in way.findall("nd")[0 if what == "no nodes" else 1 :]:
            way.remove(ref)
    return f"way {way.get('id')}: {what}"


def _unshared(root: ET.Element, dice: random.Random) -> str:
    """Draw a node of one road a second time in the same place, so that the road no longer meets the others."""
    way = dice.choice(list(root.iter("way")))
    ref = dice.choice(way.findall("nd"))
    node = next(node for node in root.iter("node") if node.get("id") == ref.get("ref"))
    off = dice.choice((0.0, 0.000004))
    place = {"lat": f"{float(str(node.get('lat'))) + off}", "lon": str(node.get("lon"))}
    root.insert(0, ET.Element("node", id="500", version="1", **place))
    ref.set("ref", "500")
    return f"node {node.get('id')} drawn again {'beside' if off else 'at'} its place for way {way.get('id')}"


def _position(root: ET.Element, dice: random.Random) -> str:
    node = dice.choice(list(root.iter("node")))
    lat, lon = str(node.get("lat")), str(node.get("lon"))
    what = dice.choice(("swapped", "comma", "minus", "ten times", "nought", "all swapped"))
    if what == "swapped":
        node.set("lat", lon)
        node.set("lon", lat)
    elif what == "comma":
        node.set("lat", lat.replace(".", ","))
    elif what == "minus":
        node.set("lon", f"-{lon}")
    elif what == "ten times":
        node.set("lon", f"{float(lon) * 10}")
    elif what == "nought":
        node.set("lat", "0")
        node.set("lon", "0")
    else:
        for other in root.iter("node"):
            y, x = str(other.get("lat")), str(other.get("lon"))
            other.set("lat", x)
            other.set("lon", y)
    return f"position of node {node.get('id')}: {what}"


def _other_object(root: ET.Element, dice: random.Random) -> str:
    way = dice.choice(list(root.iter("way")))
    what = dice.choice(("ferry", "destroyed:highway", "area", "construction", "proposed"))
    (tag,) = (tag for tag in way if tag.get("k") == "highway")
    if what == "ferry":
        tag.set("k", "route")
        tag.set("v", "ferry")
    elif what == "destroyed:highway":
        tag.set("k", "destroyed:highway")
    elif what == "area":
        ET.SubElement(way, "tag", k="area", v="yes")
    else:
        tag.set("v", what)
    return f"way {way.get('id')}: {what}"


_OSM_CHANGES: tuple[Callable[[ET.Element, random.Random], str], ...] = (
    _number, _number, _boolean, _word, _word, _word, _key, _key, _conditional, _barrier, _node_state, _way_state,
    _unshared, _position, _other_object,
)  # fmt: skip


def rewritten_gmns(folder: Path, seed: int) -> str:
    """Change one thing of a network, and return what it was."""
    dice = random.Random(seed)
    name = dice.choice(("link.csv", "link.csv", "link.csv", "node.csv", "config.csv"))
    path = folder / name
    if dice.random() < 0.12:
        what, form = dice.choice(sorted(forms.FILES.items()))
        path.write_bytes(form(path.read_bytes()))
        return f"{name}: {what}"
    rows = _rows(path)
    what = dice.choice(_GMNS_CHANGES)(rows, name, dice)
    _save(path, rows)
    return f"{name}: {what}"


_KINDS: dict[str, dict[str, forms.Form]] = {
    **dict.fromkeys(("lanes", "capacity", "free_speed", "length", "x_coord", "y_coord"), forms.NUMBERS),
    "directed": forms.BOOLEANS,
    "allowed_uses": forms.LISTS,
    **dict.fromkeys(("link_id", "node_id", "from_node_id", "to_node_id", "facility_type"), forms.WORDS),
    **dict.fromkeys(("short_length", "long_length", "speed", "crs"), forms.WORDS),
}
_WKT: dict[str, forms.Form] = {
    "small letters": str.lower,
    "heights": lambda text: text.replace("LINESTRING", "LINESTRING Z").replace(",", " 5,").replace(")", " 5)"),
    "a system before it": lambda text: f"SRID=4326;{text}",
    "in parts": lambda text: text.replace("LINESTRING (", "MULTILINESTRING ((").replace(")", "))"),
    "drawn backwards": lambda text: f"LINESTRING ({', '.join(text[12:-1].split(', ')[::-1])})",
    "swapped": lambda text: f"LINESTRING ({', '.join(' '.join(p.split()[::-1]) for p in text[12:-1].split(', '))})",
    "a polygon": lambda text: text.replace("LINESTRING (", "POLYGON ((").replace(")", ", 20.001 10.006))"),
    "cut off": lambda text: text[:30],
    "GeoJSON": lambda _: '{"type": "LineString", "coordinates": [[20.001, 10.006], [20.006, 10.006]]}',
}


def _cell(rows: list[list[str]], name: str, dice: random.Random) -> str:
    columns = [column for column in rows[0] if column in _KINDS or column in ("geometry", "dir_flag")]
    if not columns:
        return "nothing"
    column = dice.choice(columns)
    at = rows[0].index(column)
    row = dice.choice([row for row in rows[1:] if row[at]])
    kinds = _WKT if column == "geometry" else forms.NUMBERS if column == "dir_flag" else _KINDS[column]
    what, form = dice.choice(sorted(kinds.items()))
    before, row[at] = row[at], form(row[at])
    return f"{column} {before[:20]} of {row[0]}: {what}"


def _column(rows: list[list[str]], name: str, dice: random.Random) -> str:
    at = dice.randrange(len(rows[0]))
    what, form = dice.choice(sorted(KEYS.items()))
    before, rows[0][at] = rows[0][at], form(rows[0][at])
    return f"the column {before}: {what}"


def _row(rows: list[list[str]], name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(rows))
    what = dice.choice(("missing", "twice", "under another id", "first", "cut off", "empty"))
    if name == "config.csv":
        return "nothing"
    if name == "link.csv" and what == "missing":
        return "nothing"  # another network
    if what == "missing":
        del rows[at]
    elif what == "twice":
        rows.append(rows[at])
    elif what == "under another id":
        rows.append(["other", *rows[at][1:]])
    elif what == "first":
        rows.insert(1, rows.pop(at))
    elif what == "cut off":
        del rows[at][-2:]
    else:
        rows.insert(at, [""] * len(rows[0]))
    return f"row {at}: {what}"


def _table(rows: list[list[str]], name: str, dice: random.Random) -> str:
    what = dice.choice(("semicolons", "tabs", "a title row", "no header", "nothing but the header"))
    if what in ("semicolons", "tabs"):
        separator = ";" if what == "semicolons" else "\t"
        rows[:] = [[separator.join(row)] for row in rows]
    elif what == "a title row":
        rows.insert(0, ["Network of the town"] + [""] * (len(rows[0]) - 1))
    elif what == "no header":
        del rows[0]
    else:
        del rows[1:]
    return what


_GMNS_CHANGES: tuple[Callable[[list[list[str]], str, random.Random], str], ...] = (
    _cell, _cell, _cell, _cell, _cell, _column, _column, _row, _row, _table,
)  # fmt: skip


def changes(seeds: range) -> Iterator[tuple[int, str]]:
    """Seeds with the kind of map that each changes, in turn."""
    for seed in seeds:
        yield seed, ("osm", "gmns")[seed % 2]
