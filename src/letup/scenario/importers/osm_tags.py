"""What tags of OpenStreetMap mean for a road: class, modes, lanes, width, speed, direction, names.

Each reader returns the value, or None with the reason where the tag cannot be read: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from letup.scenario.importers.vocabulary import FALSE, TRUE, is_yes, misspellings, misspelt, words

Tags = Mapping[str, str]


CLASSES = {
    **{
        f"{name}{link}": name
        for name in ("motorway", "trunk", "primary", "secondary", "tertiary")
        for link in ("", "_link")
    },
    **dict.fromkeys(("unclassified", "residential", "living_street", "service", "road", "busway"), "residential"),
    "track": "track",
    **dict.fromkeys(
        ("footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "corridor", "trail"), "footpath"
    ),
}
"""Class of a road by its ``highway`` tag; other values are no roads that people can use."""

MINOR_SERVICE = ("driveway", "parking_aisle", "drive-through", "emergency_access")
"""Kinds of ``service`` that lead nowhere but to one house or car park."""

LIFECYCLE = words("destroyed demolished razed removed abandoned disused construction proposed planned")
"""Prefixes of ``highway`` by which the map keeps what is no road any more, or not yet."""

RESTRICTIONS = ("restriction", "restriction:hgv", "restriction:motorcar", "restriction:conditional")
"""Keys of relations that forbid turns."""

_NO = words(
    "no private military agricultural forestry emergency residents permit psv bus restricted closed use_sidepath "
    "false 0"
)
_YES = words("yes designated permissive destination official public customers delivery allowed discouraged true 1")
_DRIVEN = ("motorcar", "motor_vehicle", "vehicle", "access")
_LORRIES = ("hgv", "motor_vehicle", "vehicle", "access")
_WALKED = ("foot", "access")

_LOST = ("destroyed", "collapsed", "demolished", "razed", "impassable")
_STATES = ("bridge:status", "tunnel:status", "highway:status", "status", "condition", "damage", "bridge", "smoothness")
_HARMLESS = ("no", "none", "false", "0", "good", "minor", "completed", "undamaged", "intact", "ok", "open", "passable")
_UNDEFINED = words(
    "damage damage:type status condition bridge:status tunnel:status highway:status ruins construction abandoned "
    "disused ford tidal flood_prone seasonal winter_road ice_road hazard 4wd_only maxaxleload oneway:foot "
    "foot:forward foot:backward checkpoint"
)
_BOUND = ("access", "foot", "vehicle", "motor_vehicle", "motorcar", "hgv", "oneway", "lanes", "maxweight", "maxheight")

LORRY_HEIGHT_M = 4.0
LORRY_WIDTH_M = 2.5
"""A road that lets through nothing as high or as wide is closed to lorries: the measures of an ordinary one, metres."""

_STOPS_VEHICLES = words(
    "block bollard bollards boulder bus_trap chain concrete cycle_barrier debris earthmound berm horse_stile "
    "jersey_barrier kissing_gate log motorcycle_barrier planter rock rope rubble sally_port step stile "
    "sump_buster swing_gate tank_trap turnstile full-height_turnstile wicket_gate yoke"
)
_STOPS_ALL = words("wall fence hedge ditch city_wall retaining_wall trench razor_wire barbed_wire")
_STOPS_NOBODY = words("cattle_grid entrance height_restrictor kerb lift_gate no toll_booth arch")

_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_METRES = {
    "": 1.0,
    "m": 1.0,
    "km": 1000.0,
    "ft": 0.3048,
    "'": 0.3048,
    "mi": 1609.344,
    '"': 0.0254,
    "in": 0.0254,
    "cm": 0.01,
}
_TONNES = {
    **dict.fromkeys(("", "t", "tonnes", "to"), 1.0),
    "kg": 0.001,
    "st": 0.90718474,
    **dict.fromkeys(("lb", "lbs"), 0.00045359237),
}
_NO_LIMIT = ("none", "default", "unsigned", "below_default", "no_indications", "no_sign", "no", "unlimited")
_NUMBER = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-z/'\"]*)\s*")


KEYS = words(
    "highway name oneway junction lanes lanes:forward lanes:backward lanes:both_ways lanes:psv lanes:bus maxspeed "
    "width layer bridge tunnel access foot vehicle motor_vehicle motorcar hgv maxweight maxheight maxwidth "
    "maxweightrating barrier locked service area impassable smoothness destroyed damage status bridge:status route"
)
"""Keys that are read; what is nearly one of them is named."""

_OTHER_KEYS = words("maxlength maxaxleload minspeed names lane_markings ferry rout bicycle horse footway motorroad")

ON_NODES = words("barrier ford checkpoint military hazard")
"""Keys of nodes that bear on who gets along the road on which they lie."""

HIGHWAY = misspellings("highway")
"""Keys by which a road would not be known as one."""

_JUNCTIONS = words("roundabout circular yes no jughandle filter approach intersection crossing uncontrolled spui")


@cache
def _meant(key: str) -> str:
    return "" if key in KEYS or key in _OTHER_KEYS else misspelt(key, KEYS)


def misspelt_keys(tags: Tags) -> dict[str, str]:
    """Keys that are not read, but look like one that would be, with that one."""
    return {key: meant for key in tags if (meant := _meant(key))}


def road_class(tags: Tags) -> str | None:
    """Class of a way; None if it is no road that people can use. A path open to cars is a track."""
    kind = CLASSES.get(tags.get("highway", ""))
    if kind is None or is_yes(tags.get("area", "")):
        return None
    if tags["highway"] == "service" and tags.get("service") in MINOR_SERVICE:
        return None
    if kind == "footpath" and any(tags.get(key) in ("yes", "designated", "permissive") for key in _DRIVEN[:2]):
        return "track"
    return kind


@dataclass(frozen=True)
class Access:
    """Who may use a way, or pass a point of it.

    Attributes
    ----------
    foot, vehicle, lorry : bool
        Whether people on foot, vehicles and lorries may.
    undefined : dict of str to str
        Tags on it whose meaning for passage is not defined, or not known.
    """

    foot: bool
    vehicle: bool
    lorry: bool
    undefined: dict[str, str]

    @property
    def modes(self) -> str | None:
        """Means of movement as in roads.geojson; None if there are none."""
        return ";".join(name for name, may in (("foot", self.foot), ("vehicle", self.vehicle)) if may) or None


def access(tags: Tags, kind: str) -> Access:
    """Who may use a way of a class.

    The tag that says it most exactly counts. What the law forbids to walkers in peace, such as a motorway, is open to
    them here unless it is tagged so.
    """
    undefined: dict[str, str] = {}
    foot = _may(tags, _WALKED, True, undefined)
    vehicle = kind != "footpath" and _may(tags, _DRIVEN, True, undefined)
    lorry = kind != "footpath" and _may(tags, _LORRIES, True, undefined)
    if lorry and not vehicle:
        undefined["hgv"] = f"{tags.get('hgv', 'open')} where cars may not"
    return Access(foot, vehicle, lorry and vehicle, undefined)


def modes(tags: Tags, kind: str) -> str | None:
    """Means of movement allowed on a way of a class, such as ``"foot;vehicle"``; None if none is."""
    return access(tags, kind).modes


def _may(tags: Tags, keys: Iterable[str], otherwise: bool, undefined: dict[str, str]) -> bool:
    """Whether the first of some tags that can be understood allows passage."""
    for key in keys:
        if key not in tags:
            continue
        words = {word.strip().lower() for word in tags[key].split(";")}
        if words <= _NO.keys():
            return False
        if words <= _YES.keys():
            return True
        undefined[key] = tags[key]
    return otherwise


def barrier(tags: Tags) -> Access:
    """Who may pass a node with a barrier: as its own tags say, else as barriers of its kind do.

    A gate of which nothing is said is taken to be open, and named.
    """
    kind = tags.get("barrier", "").strip().lower()
    undefined: dict[str, str] = {}
    locked = is_yes(tags.get("locked", ""))
    stops_vehicles = kind in _STOPS_VEHICLES or kind in _STOPS_ALL or locked
    stops_foot = kind in _STOPS_ALL or locked
    foot = _may(tags, _WALKED, not stops_foot, undefined)
    vehicle = _may(tags, _DRIVEN, not stops_vehicles, undefined)
    lorry = _may(tags, _LORRIES, not stops_vehicles, undefined) and vehicle
    said = any(tags.get(key, "").lower() in {**_NO, **_YES} for key in (*_WALKED, *_DRIVEN)) or locked
    if not said and kind not in {**_STOPS_VEHICLES, **_STOPS_ALL, **_STOPS_NOBODY}:
        undefined["barrier"] = kind
    tonnes, unread = lorry_tonnes(tags)
    return Access(foot, vehicle, lorry and tonnes is None, undefined | unread)


def is_lost(tags: Tags) -> bool:
    """Whether the map says that nobody gets over a way any more: destroyed, collapsed or impassable."""
    if any(is_yes(tags.get(key, "")) for key in _LOST) or tags.get("passable") == "no":
        return True
    return any(tags.get(key, "").strip().lower() in (*_LOST, "total") for key in _STATES)


def undefined(tags: Tags) -> dict[str, str]:
    """Tags that bear on passage in a way that is not defined: conditions, damage of some kind, fords, hazards."""
    lost = is_lost(tags)
    some = {
        key: tags[key]
        for key in _UNDEFINED
        if key in tags and tags[key].strip().lower() not in _HARMLESS and not (lost and key in _STATES)
    }
    for key, text in tags.items():
        base, *rest = key.split(":")
        if base in _BOUND and rest[-1:] == ["conditional"]:
            some[key] = text
        if base in _BOUND[:6] and rest in (["forward"], ["backward"]):
            some[key] = text
    some |= {key: tags[key] for key in ("maxspeed:forward", "maxspeed:backward") if key in tags}
    if tags.get("highway") == "busway" and not any(key in tags for key in _DRIVEN):
        some["highway"] = "busway"
    if tags.get("junction", "yes") not in _JUNCTIONS:
        some["junction"] = tags["junction"]
    return some


def lorry_tonnes(tags: Tags) -> tuple[float | None, dict[str, str]]:
    """Weight of the heaviest lorry that may pass, 0 if none may, None if there is no limit; and what could not be read.

    Signs for height and width count against an ordinary lorry (``LORRY_HEIGHT_M``, ``LORRY_WIDTH_M``).
    """
    least: float | None = None
    unread: dict[str, str] = {}
    for key in ("maxweight", "maxweight:hgv", "maxweightrating", "maxweightrating:hgv", "maxgcweight"):
        text = tags.get(key, "").strip().lower()
        if not text or text in _NO_LIMIT:
            continue
        tonnes = _numbers(text, _TONNES)
        if tonnes is None or not 0 < tonnes <= 1000:
            unread[key] = tags[key]
        else:
            least = tonnes if least is None else min(least, tonnes)
    for key, need in (("maxheight", LORRY_HEIGHT_M), ("maxwidth", LORRY_WIDTH_M), ("maxwidth:physical", LORRY_WIDTH_M)):
        text = tags.get(key, "").strip().lower()
        if not text or text in _NO_LIMIT:
            continue
        metres = _metres(text)
        if metres is None or not 0 < metres <= 100:
            unread[key] = tags[key]
        elif metres < need:
            least = 0.0
    return (None if least is None else round(least, 3)), unread


def level(tags: Tags) -> tuple[int, str | None]:
    """Level of a way above (bridges) or below (tunnels) the ground, and what could not be read."""
    bridge = tags.get("bridge", "no").lower() not in FALSE
    tunnel = tags.get("tunnel", "no").lower() not in {**FALSE, "building_passage": None}
    usual = 1 if bridge else -1 if tunnel else 0
    text = tags.get("layer", "").strip()
    if not text:
        return usual, None
    return (int(text), None) if re.fullmatch(r"[+-]?\d", text) else (usual, text)


def oneway(tags: Tags) -> tuple[int, str | None]:
    """Direction of vehicles: 1 along the line, -1 against it, 0 both; and what could not be read."""
    key = next((key for key in ("oneway:motor_vehicle", "oneway:vehicle", "oneway") if key in tags), "oneway")
    text = tags.get(key, "").strip().lower()
    if text in TRUE:
        return 1, None
    if text in ("-1", "reverse"):
        return -1, None
    implied = 1 if tags.get("highway") == "motorway" or tags.get("junction") in ("roundabout", "circular") else 0
    if not text or text in FALSE:
        return (0 if text else implied), None
    return 0, f"{key}={text}"


def lanes(text: str) -> float | None:
    """Lanes in both directions together; of several the least."""
    number = _numbers(text, {"": 1.0})
    return number if number is not None and 0.5 <= number <= 20 else None


def lane_columns(tags: Tags, direction: int) -> tuple[dict[str, float], dict[str, str]]:
    """Lanes for vehicles as in roads.geojson, and the tags that could not be read.

    Lanes for buses alone are not counted. Of a road in both directions each has what is tagged for it; if only one
    direction is tagged, the other has the rest.

    Parameters
    ----------
    tags : mapping of str to str
        Tags of the way.
    direction : int
        1 or -1 if vehicles may drive in one direction only, else 0.
    """
    unread: dict[str, str] = {}

    def count(key: str) -> float | None:
        number = lanes(tags[key]) if key in tags else None
        if key in tags and number is None:
            unread[key] = tags[key]
        return number

    def taken(suffix: str = "") -> float:
        return max(count(f"lanes:psv{suffix}") or 0.0, count(f"lanes:bus{suffix}") or 0.0)

    total, forward, backward = count("lanes"), count("lanes:forward"), count("lanes:backward")
    middle = count("lanes:both_ways") or 0.0
    buses, ahead, against = taken(), taken(":forward"), taken(":backward")
    if direction:
        driven = total if total is not None else forward if direction > 0 else backward
        left = None if driven is None else driven - max(buses, ahead if direction > 0 else against)
        columns = {"lanes": left}
    elif forward is None and backward is None:
        left = None if total is None else total - middle - max(buses, ahead + against)
        columns = {"lanes": left}
    else:
        if total is not None and forward is not None and backward is not None and total != forward + backward + middle:
            unread["lanes"] = f"{tags['lanes']}, but {forward:g} and {backward:g} by direction"
        forward = forward if forward is not None or total is None else total - middle - (backward or 0.0)
        backward = backward if backward is not None or total is None else total - middle - (forward or 0.0)
        each = {"lanes_forward": forward, "lanes_backward": backward}
        each = {
            name: None if number is None else number - bus
            for (name, number), bus in zip(each.items(), (ahead or buses / 2, against or buses / 2), strict=True)
        }
        both = [number for number in each.values() if number is not None]
        columns = {"lanes": sum(both) if len(both) == 2 else None} | each
    kept = {name: number for name, number in columns.items() if number is not None}
    if any(not 0.5 <= number <= 20 for number in kept.values()):
        unread["lanes"] = ", ".join(f"{key}={tags[key]}" for key in sorted(tags) if key.startswith("lanes"))
        kept = {}
    return kept, unread


def width(text: str) -> float | None:
    """Width in metres: ``4``, ``3.5 m``, ``12 ft``, ``12'6"``; of several the least."""
    metres = _metres(text.lower())
    return round(metres, 2) if metres is not None and 0.3 <= metres <= 200 else None


def _metres(text: str) -> float | None:
    feet = re.fullmatch(r"\s*(\d+)\s*'\s*(?:(\d+)\s*\")?\s*", text)
    return (int(feet[1]) * 12 + int(feet[2] or 0)) * 0.0254 if feet else _numbers(text, _METRES)


def speed(text: str) -> float | None:
    """Highest speed in km/h: ``50``, ``30 mph``, ``walk``; of several the lowest."""
    text = text.strip().lower()
    if text == "walk":
        return 5.0
    kmh = _numbers(text, _KMH)
    return round(kmh, 1) if kmh is not None and 0.1 <= kmh <= 200 else None


def no_limit(text: str) -> bool:
    """Whether a speed tag says that there is none to read: no limit, or one that changes."""
    return text.strip().lower() in ("none", "signals", "variable", "unposted", "default")


def names(tags: Tags) -> dict[str, str]:
    """Name in Latin script as ``name``, and one ``name_xx`` for each language code."""
    by_column = {
        f"name_{match[1].lower()}": text.strip()
        for key, text in tags.items()
        if (match := re.fullmatch(r"name:([a-z]{2,3})", key)) and text.strip()
    }
    local = tags.get("name", "").strip()
    latin = next(
        (text for text in (local, tags.get("int_name", ""), by_column.get("name_en", "")) if text and is_latin(text)),
        "",
    )
    if latin:
        by_column["name"] = latin
    if local and local != latin and local not in by_column.values():
        by_column["name_local"] = local
    return by_column


def is_latin(text: str) -> bool:
    """Whether all letters of a text are Latin."""
    return all("LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha())


def _numbers(text: str, units: Mapping[str, float]) -> float | None:
    """Read the least of the numbers in a text such as ``30-50`` or ``2;3``; None if any part is something else."""
    least = None
    for part in re.split(r"[;|-]", text):
        match = _NUMBER.fullmatch(part)
        if not match or match[2] not in units:
            return None
        value = float(match[1].replace(",", ".")) * units[match[2]]
        least = value if least is None else min(least, value)
    return least
