"""What tags of OpenStreetMap mean for a road: class, modes, lanes, width, speed, direction, names.

Each reader returns the value, or None with the reason where the tag cannot be read: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

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

_NO = ("no", "private")
_YES = ("yes", "designated", "permissive", "destination", "official")
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
_NUMBER = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-z/'\"]*)\s*")


def road_class(tags: Tags) -> str | None:
    """Class of a way; None if it is no road that people can use."""
    kind = CLASSES.get(tags.get("highway", ""))
    if kind is None or tags.get("area") == "yes":
        return None
    if tags["highway"] == "service" and tags.get("service") in MINOR_SERVICE:
        return None
    return kind


def modes(tags: Tags, kind: str) -> str | None:
    """Means of movement allowed, such as ``"foot;vehicle"``; None if none is.

    What the law forbids to walkers in peace, such as a motorway, is open to them here unless it is tagged so.
    """
    shut = tags.get("access") in _NO
    foot = tags.get("foot") in _YES if shut else tags.get("foot") not in _NO
    driving = next((tags[name] for name in ("motorcar", "motor_vehicle", "vehicle") if name in tags), None)
    vehicle = kind != "footpath" and (driving in _YES if shut else driving not in _NO)
    return ";".join(name for name, may in (("foot", foot), ("vehicle", vehicle)) if may) or None


def oneway(tags: Tags) -> tuple[int, str | None]:
    """Direction of vehicles: 1 along the line, -1 against it, 0 both; and what could not be read."""
    text = tags.get("oneway", "").strip().lower()
    if text in ("yes", "true", "1"):
        return 1, None
    if text in ("-1", "reverse"):
        return -1, None
    implied = 1 if tags.get("highway") == "motorway" or tags.get("junction") in ("roundabout", "circular") else 0
    if text in ("", "no", "false", "0"):
        return (0 if text else implied), None
    return 0, f"oneway={text}"


def lanes(text: str) -> float | None:
    """Lanes in both directions together; of several the least."""
    number = _numbers(text, {"": 1.0})
    return number if number is not None and 0.5 <= number <= 20 else None


def width(text: str) -> float | None:
    """Width in metres: ``4``, ``3.5 m``, ``12 ft``, ``12'6"``; of several the least."""
    feet = re.fullmatch(r"\s*(\d+)\s*'\s*(?:(\d+)\s*\")?\s*", text)
    metres = (int(feet[1]) * 12 + int(feet[2] or 0)) * 0.0254 if feet else _numbers(text.lower(), _METRES)
    return round(metres, 2) if metres is not None and 0.3 <= metres <= 200 else None


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
