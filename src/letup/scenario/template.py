"""Start a scenario: a small, valid, fictitious one, or one without data; both laid out by the table of attributes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from letup.core.folders import replaced, require_usable
from letup.scenario import example_data
from letup.scenario.format import LAYERS, PARTIES, SCENARIO, TABLES, columns_by_name, declared
from letup.scenario.layers import write_geojson
from letup.scenario.model import Scenario
from letup.scenario.read import CRS, load
from letup.scenario.settings import REQUIRED_SECTIONS, SECTIONS
from letup.scenario.write import SCENARIO_FOLDER
from letup.tables import TYPES, Column, Schema, csv_lines, write_csv

_PROVENANCE = {"basis": "assumed", "note": example_data.NOTE}
_UNFILLED = {"format": 1}

#: Types of which a remark says what may stand there; the meaning of a column says it of the others.
_EXPLAINED = ("id", "integer", "boolean", "date", "opening_hours", "modes")
_DATETIME = "such as 2023-11-04T06:00+02:00"

#: What is drawn in a layer: a zone may have several parts.
_SHAPES = {"zones.geojson": "MultiPolygon", "roads.geojson": "LineString", "places.geojson": "Point"}
_DTYPES = {"integer": "int64", "number": "float64", "boolean": "bool"}

# The extension "Schema" of GeoPackage (OGC 12-128r19, F.9), by which a GIS knows what columns mean.
_COLUMN_COMMENTS = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema',
   'read-write');
"""


def new(folder: str | Path, *, empty: bool = False, force: bool = False) -> Path:
    """Write a scenario to start from to a new or empty folder, each column of the format in its place.

    Parameters
    ----------
    folder : str or Path
        Where to; made if need be.
    empty : bool
        Whether to leave out the invented data of the example. Each column is then explained where it is filled in: in
        a row of remarks under the header of a table, beside the key in YAML, as the comment of a column in the
        GeoPackages of the layers, which a GIS shows.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    LetupError
        If the folder holds files of a scenario already (code ``files.yours``), or cannot be written to
        (``new.unwritable``), and what `letup.core.folders.replaced` raises.
    """
    kind = replace(SCENARIO_FOLDER, code="new.unwritable")
    require_usable(Path(folder), kind, force=force)
    with replaced(Path(folder), kind, force=force) as fresh:
        (_write_empty if empty else _write_example)(fresh)
    return Path(folder)


def example() -> Scenario:
    """Return the example scenario: four zones, 24 roads, two shelters, a checkpoint, two groups; all invented."""
    with tempfile.TemporaryDirectory() as folder:
        return replace(load(new(folder)), folder=None)


def _write_example(folder: Path) -> None:
    (folder / SCENARIO).write_text(_settings_text(example_data.SETTINGS, _PROVENANCE), "utf-8")
    (folder / PARTIES).write_text(_parties_text(), "utf-8")
    for name in LAYERS:
        _write_layer(folder / name, getattr(example_data, Path(name).stem)())
    for name in TABLES:
        rows = getattr(example_data, Path(name).stem.upper())
        write_csv(folder / name, declared()[name], [row | _PROVENANCE for row in rows])


def _write_empty(folder: Path) -> None:
    (folder / SCENARIO).write_text(_settings_text(_UNFILLED, {}), "utf-8")
    (folder / PARTIES).write_text(empty_parties(), "utf-8")
    for name in LAYERS:
        _write_empty_layer(folder / Path(name).with_suffix(".gpkg"), declared()[name])
    for name in TABLES:
        remarks = {column: f"# {_remark(attribute)}" for column, attribute in columns_by_name(name).items()}
        (folder / name).write_text(csv_lines([[*remarks.keys()], [*remarks.values()]]), "utf-8", newline="")


def _write_empty_layer(path: Path, schema: Schema) -> None:
    """A layer to draw in: a GIS knows no columns of a GeoJSON file without features, but those of a GeoPackage."""
    cells = {column.name: pd.Series(dtype=_DTYPES.get(column.kind, "str")) for column in schema.columns}
    layer = gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries([], crs=CRS))
    layer.to_file(path, layer=path.stem, engine="pyogrio", geometry_type=_SHAPES[schema.name])
    with contextlib.closing(sqlite3.connect(path)) as package, package:
        package.executescript(_COLUMN_COMMENTS)
        rows = [(path.stem, column.name, _remark(column)) for column in schema.columns]
        package.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, description) VALUES (?, ?, ?)", rows
        )


def _write_layer(path: Path, features: list[dict[str, Any]]) -> None:
    """Every column stands in every feature, so that a GIS shows them all in its table."""
    cells = (feature["properties"] | _PROVENANCE for feature in features)
    whole = [{name: row.get(name) for name in columns_by_name(path.name)} for row in cells]
    pairs = zip(features, whole, strict=True)
    write_geojson(path, [feature | {"properties": properties} for feature, properties in pairs])


def _settings_text(data: Mapping[str, Any], provenance: Mapping[str, Any]) -> str:
    lines = [
        "# A scenario of letup. Lines that start with # are remarks; take the mark away to use what they show.",
        "",
    ]
    lines += _keys(SCENARIO, data, "")
    for section in SECTIONS:
        name, value = f"{SCENARIO}:{section}", data.get(section)
        lines += ["", f"{section}:"]
        if section == "groups":
            for number, entry in enumerate(value or [{}]):
                lines += _listed(_keys(name, {**entry, **provenance}, "  ", remarks=number == 0))
        elif section != "sources":
            optional = value is None and section not in REQUIRED_SECTIONS
            lines += _keys(name, {**(value or {}), **provenance}, "  ", marked=optional)
        elif value is None:
            lines += ["  # name-of-source:", *_keys(name, {}, "    ", marked=True)]
        else:
            for key, entry in value.items():
                lines += [f"  {key}:", *_keys(name, entry, "    ")]
    return "\n".join(lines) + "\n"


_PARTIES = "# The parties, in their own words. Nothing here says where anybody's forces are."


def _parties_text() -> str:
    lines = [_PARTIES]
    for number, party in enumerate(example_data.PARTIES):
        lines += _listed(_keys(PARTIES, {**party, **_PROVENANCE}, "", remarks=number == 0))
    return "\n".join(lines) + "\n"


def empty_parties() -> str:
    """Text of parties.yaml without any party, each key explained in a remark."""
    entry = [line.removeprefix("# ") for line in _keys(PARTIES, {}, "", marked=True)]
    how = "# Each party is an entry such as this one; once there is one, remove the [] at the end."
    return "\n".join([_PARTIES, how, "", *(f"# {line}" for line in _listed(entry)), "", "[]", ""])


def _listed(lines: list[str]) -> list[str]:
    """Put the hyphen of a list entry before its first key, and its other keys under that one."""
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [f"{indent}- {lines[0].lstrip()}", *(f"{indent}  {line.strip()}" for line in lines[1:])]


def _keys(name: str, data: Mapping[str, Any], indent: str, *, remarks: bool = True, marked: bool = False) -> list[str]:
    """Lines of one section: what there is, and as remarks what there could be; what is needed unless ``marked``."""
    lines = []
    for key, attribute in columns_by_name(name).items():
        filled = key in data
        if not filled and not remarks:
            continue
        value = json.dumps(data[key], ensure_ascii=False) if filled else ""
        text = f"{key}: {value}".rstrip()
        remark = f"  # {_remark(attribute)}" if remarks else ""
        shown = filled or (attribute.required and not marked)
        lines.append(f"{indent}{'' if shown else '# '}{text}{remark}")
    return lines


def _remark(attribute: Column) -> str:
    """What a column is, in one line: its meaning, what may stand there, its unit, and whether it is needed."""
    default = attribute.default
    what = (
        ", ".join(attribute.choices)
        if attribute.choices
        else f"an id of {attribute.target}"
        if attribute.target
        else _DATETIME
        if attribute.kind == "datetime"
        else TYPES[attribute.kind]
        if attribute.kind in _EXPLAINED
        else ""
    )
    if attribute.required:
        absent = "needed"
    elif default is None:
        absent = ""
    else:
        value = str(default).lower() if isinstance(default, bool) else default
        absent = f"{value:g} if absent" if isinstance(value, int | float) else f"{value} if absent"
    parts = (attribute.meaning, what, f"in {attribute.unit}" if attribute.unit else "", absent)
    return "; ".join(part for part in parts if part)
