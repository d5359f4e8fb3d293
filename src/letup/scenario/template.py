"""Start a scenario: write a small, valid, fictitious one, laid out by the table of attributes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from letup.core.errors import LetupError
from letup.scenario import example_data
from letup.scenario.format import FILES, PARTIES, SCENARIO, TABLES, columns_by_name, declared
from letup.scenario.layers import write_geojson
from letup.scenario.model import Scenario
from letup.scenario.read import load
from letup.scenario.settings import SECTIONS
from letup.tables import Column, write_csv

_PROVENANCE = {"basis": "assumed", "note": example_data.NOTE}


def new(folder: str | Path) -> Path:
    """Write the example scenario to a new or empty folder, each column of the format in its place.

    Parameters
    ----------
    folder : str or Path
        Where to; made if need be.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    LetupError
        If the folder holds files of a scenario already (code ``new.exists``), or cannot be written to
        (``new.unwritable``).
    """
    folder = Path(folder)
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        message = f"{folder} holds a scenario already: {', '.join(there)}"
        raise LetupError("new.exists", message, "name a folder that does not exist yet")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SCENARIO).write_text(_settings_text(), "utf-8")
        (folder / PARTIES).write_text(_parties_text(), "utf-8")
        for layer in ("zones", "roads", "places"):
            _write_layer(folder / f"{layer}.geojson", getattr(example_data, layer)())
        for name in TABLES:
            rows = getattr(example_data, name.partition(".")[0].upper())
            write_csv(folder / name, declared()[name], [row | _PROVENANCE for row in rows])
    except OSError as error:
        message = f"{folder} cannot be written to: {error.strerror}"
        raise LetupError("new.unwritable", message, "name another folder, or check its rights") from error
    return folder


def example() -> Scenario:
    """Return the example scenario: four zones, 24 roads, two shelters, a checkpoint, two groups; all invented."""
    with tempfile.TemporaryDirectory() as folder:
        return replace(load(new(folder)), folder=None)


def _write_layer(path: Path, features: list[dict[str, Any]]) -> None:
    """Every column stands in every feature, so that a GIS shows them all in its table."""
    cells = (feature["properties"] | _PROVENANCE for feature in features)
    whole = [{name: row.get(name) for name in columns_by_name(path.name)} for row in cells]
    pairs = zip(features, whole, strict=True)
    write_geojson(path, [feature | {"properties": properties} for feature, properties in pairs])


def _settings_text() -> str:
    data = example_data.SETTINGS
    lines = [
        "# A scenario of letup. Lines that start with # are remarks; take the mark away to use what they show.",
        "",
    ]
    lines += _keys(SCENARIO, data, "")
    for section in SECTIONS:
        lines += ["", f"{section}:"]
        value, name = data[section], f"{SCENARIO}:{section}"
        if section == "groups":
            for number, entry in enumerate(value):
                lines += _listed(_keys(name, entry | _PROVENANCE, "  ", remarks=number == 0))
        elif section == "sources":
            for key, entry in value.items():
                lines += [f"  {key}:", *_keys(name, entry, "    ")]
        else:
            lines += _keys(name, value | _PROVENANCE, "  ")
    return "\n".join(lines) + "\n"


def _parties_text() -> str:
    lines = ["# The parties, in their own words. Nothing here says where anybody's forces are."]
    for number, party in enumerate(example_data.PARTIES):
        lines += _listed(_keys(PARTIES, party | _PROVENANCE, "", remarks=number == 0))
    return "\n".join(lines) + "\n"


def _listed(lines: list[str]) -> list[str]:
    """Put the hyphen of a list entry before its first key, and its other keys under that one."""
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [f"{indent}- {lines[0].lstrip()}", *(f"{indent}  {line.strip()}" for line in lines[1:])]


def _keys(name: str, data: Mapping[str, Any], indent: str, *, remarks: bool = True) -> list[str]:
    lines = []
    for key, attribute in columns_by_name(name).items():
        filled = key in data
        if not filled and not remarks:
            continue
        value = json.dumps(data[key], ensure_ascii=False) if filled else ""
        text = f"{key}: {value}".rstrip()
        remark = f"  # {_remark(attribute)}" if remarks else ""
        lines.append(f"{indent}{'' if filled else '# '}{text}{remark}")
    return lines


def _remark(attribute: Column) -> str:
    unit = f", {attribute.unit}" if attribute.unit else ""
    default = (
        f"; {str(attribute.default).lower()} if absent"
        if isinstance(attribute.default, bool)
        else f"; {attribute.default:g} if absent"
        if isinstance(attribute.default, int | float)
        else f"; {attribute.default} if absent"
        if attribute.default is not None and not attribute.required
        else ""
    )
    words = f" ({', '.join(attribute.choices)})" if attribute.choices else ""
    return f"{attribute.meaning}{words}{unit}{default}"
