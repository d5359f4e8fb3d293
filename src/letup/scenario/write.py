"""Write a scenario to a folder, as files or with its layers and tables in one GeoPackage."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from letup.core.folders import ResultKind, replaced
from letup.scenario.format import (
    FILES,
    LAYERS,
    PARTIES,
    SCENARIO,
    SCENARIO_FORMAT,
    TABLES,
    columns_by_name,
    declared,
    find_column,
)
from letup.scenario.layers import GEOPACKAGE, write_geojson
from letup.scenario.limits import LISTS, respelled, spelled
from letup.scenario.model import Scenario
from letup.scenario.table_files import SUFFIXES, WORKBOOK
from letup.tables import write_csv, write_yaml

_OTHER_FORMS = [f"{Path(name).stem}{suffix}" for name, suffixes in SUFFIXES.items() for suffix in suffixes]

SCENARIO_FOLDER = ResultKind(
    "scenario", "a scenario", "scenario.unwritable", owns=(*FILES, GEOPACKAGE, WORKBOOK, *_OTHER_FORMS)
)
"""What letup writes of a scenario: all that would be read as part of it."""

_UNSAID = "no basis was given when the scenario was written"


def write(scenario: Scenario, folder: str | Path, *, gpkg: bool = False, force: bool = False) -> Path:
    """Write a scenario so that ``load`` gives it back unchanged.

    Parameters
    ----------
    scenario : Scenario
        What to write. Entries of scenario.yaml without a basis are written as assumed, and say so; values
        that no longer are those of ``raw`` are written as assumed, with the former value in their note.
    folder : str or Path
        Where to; made if need be. Files of a scenario that letup wrote there are replaced.
    gpkg : bool
        Whether to write layers and tables into one ``scenario.gpkg`` instead of GeoJSON and CSV files.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    LetupError
        ``scenario.unwritable`` if the folder cannot be written to, and what `letup.core.folders.replaced` raises.
    """
    with replaced(Path(folder), SCENARIO_FOLDER, force=force) as fresh:
        write_files(scenario, fresh, gpkg=gpkg)
    return Path(folder)


def write_files(scenario: Scenario, folder: Path, *, gpkg: bool = False) -> None:
    """Write the files of a scenario to an empty folder, as `write` does."""
    frames = {
        "zones.geojson": scenario.zones,
        "roads.geojson": scenario.roads,
        "places.geojson": scenario.places,
    } | {name: getattr(scenario, name.partition(".")[0]) for name in TABLES}
    for name, frame in frames.items():
        if frame.empty and name in TABLES and name != "people.csv":
            continue
        written = _written(name, frame, scenario.filled.get(name))
        if gpkg:
            _write_layer(folder / GEOPACKAGE, name, frame, written)
        elif name in LAYERS:
            write_geojson(folder / name, _features(frame, written))
        else:
            rows = [dict(zip(written, row, strict=True)) for row in zip(*written.values(), strict=True)]
            write_csv(folder / name, declared()[name].only(written), rows)
    write_yaml(folder / SCENARIO, _settings(scenario))
    if scenario.parties:
        write_yaml(folder / PARTIES, [_plain(party) for party in scenario.parties])


def _written(name: str, frame: pd.DataFrame, filled: pd.DataFrame | None) -> dict[str, list[Any]]:
    """Cells to write by column, None where nothing is to be written; columns without any are left out."""
    if filled is not None and not (len(filled) == len(frame) and list(filled.index) == list(frame.index)):
        filled = None  # rows were added or removed since it was read
    written: dict[str, list[Any]] = {}
    if name in LAYERS:
        written["id"] = [str(key) for key in frame.index]
    for column in frame.columns:
        attribute = find_column(name, str(column))
        if attribute is None:
            continue
        cells: list[Any] = []
        mask = filled[column] if filled is not None and column in filled else None
        for position, value in enumerate(frame[column]):
            plain = _cell(value)
            known = mask is not None and bool(mask.iloc[position])
            wanted = known or attribute.required or plain != attribute.default
            cells.append(plain if wanted else None)
        if attribute.required or any(cell is not None for cell in cells):
            written[str(column)] = cells
    return written


def _cell(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _features(frame: gpd.GeoDataFrame, written: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for position, shape in enumerate(frame.geometry):
        properties = {column: cells[position] for column, cells in written.items() if cells[position] is not None}
        yield {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}


def _write_layer(path: Path, name: str, frame: pd.DataFrame, written: Mapping[str, list[Any]]) -> None:
    import pyogrio

    typed = pd.DataFrame({column: _column(name, column, cells) for column, cells in written.items()})
    layer = Path(name).stem
    if name in LAYERS:
        shapes = gpd.GeoSeries(list(frame.geometry), crs="EPSG:4326")
        kinds = {shape.geom_type for shape in shapes}
        mixed = len(kinds) > 1
        pyogrio.write_dataframe(
            gpd.GeoDataFrame(typed, geometry=shapes, crs="EPSG:4326"),
            path,
            layer=layer,
            driver="GPKG",
            append=path.exists(),
            promote_to_multi=False,
            geometry_type="Unknown" if mixed or not kinds else kinds.pop(),
        )
    else:
        pyogrio.write_dataframe(typed, path, layer=layer, driver="GPKG", append=path.exists())


def _column(name: str, column: str, cells: list[Any]) -> pd.Series:
    attribute = find_column(name, column)
    kind = attribute.type if attribute else "text"
    if kind == "boolean":
        return pd.Series(cells, dtype="boolean")
    if kind == "integer":
        return pd.Series(cells, dtype="Int64")
    return pd.Series(cells, dtype="Float64" if kind == "number" else object)


def _settings(scenario: Scenario) -> dict[str, Any]:
    """Content of scenario.yaml: what ``raw`` says where it still holds, else what the fields say."""
    raw: dict[str, Any] = copy.deepcopy(_plain(scenario.raw))
    top: dict[str, Any] = {
        "format": SCENARIO_FORMAT.number,
        "title": scenario.title,
        "description": scenario.description or None,
        "as_of": scenario.as_of,
        "timezone": scenario.timezone,
        "start": scenario.start,
        "steps": scenario.steps,
        "step_minutes": scenario.step_minutes,
        "nights_at_most": scenario.nights_at_most or None,
    }
    content = {key: _kept(raw.get(key), value) for key, value in top.items()}
    old_groups = {str(group["name"]): group for group in raw.get("groups", ())}
    groups = {group.name: group for group in scenario.groups}
    order = [name for name in old_groups if name in groups] + [name for name in groups if name not in old_groups]
    content["groups"] = [_entry("groups", old_groups.get(name, {}), vars(groups[name])) for name in order]
    content["limits"] = _entry("limits", raw.get("limits") or {}, spelled(scenario.limits))
    mobilisation = {"half_time_hours": scenario.half_time_hours}
    content["mobilisation"] = _entry("mobilisation", raw.get("mobilisation") or {}, mobilisation)
    content["priorities"] = _entry("priorities", raw.get("priorities") or {}, vars(scenario.priorities))
    deliveries = {name: list(v) if isinstance(v, tuple) else v for name, v in vars(scenario.deliveries).items()}
    content["deliveries"] = _entry("deliveries", raw.get("deliveries") or {}, deliveries)
    content["sources"] = _plain(scenario.sources)
    return {key: value for key, value in content.items() if value not in (None, {}, [])}


def _kept(old: Any, new: Any) -> Any:
    """Return the old spelling of a value if it still means the same, else the new value."""
    if isinstance(new, datetime):
        try:
            if isinstance(old, str) and datetime.fromisoformat(old) == new:
                return old
        except (ValueError, TypeError):
            pass
        return new.isoformat()
    return new


def _entry(section: str, old: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    known = columns_by_name(f"{SCENARIO}:{section}")
    entry = dict(old)
    for name, value in values.items():
        default = known[name].default
        before = _same_form(name, old.get(name), value)
        if (
            before == value
            or (name not in old and value in (default, [], None))
            or (name == "label" and value == values["name"])
        ):
            continue
        if old and name in old and known[name].counted:
            entry[f"{name}_basis"] = "assumed"
            entry[f"{name}_note"] = f"changed when the scenario was written; before: {old[name]}"
        elif old and known[name].counted:
            entry[f"{name}_basis"] = "assumed"
            entry[f"{name}_note"] = "added when the scenario was written"
        if value in (None, []):
            entry.pop(name, None)
        else:
            entry[name] = value
    if entry and "basis" not in entry:
        entry |= {"basis": "assumed", "note": entry.get("note", _UNSAID)}
    return entry


def _same_form(name: str, old: Any, new: Any) -> Any:
    """Return an old value in the form that the field has, to compare the two."""
    if isinstance(new, list) and isinstance(old, list) and len(old) == 2 and all(isinstance(v, str) for v in old):
        clock = [part.split(":") for part in old]
        if all(len(part) == 2 and part[0].isdigit() and part[1].isdigit() for part in clock):
            return [int(part[0]) + int(part[1]) / 60 for part in clock]
    if name in LISTS and isinstance(old, list):
        return respelled(name, old)
    return old


def _plain(value: Any) -> Any:
    """Mappings and tuples as dicts and lists, dates as text: what YAML and JSON take."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value
