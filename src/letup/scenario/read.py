"""Find, read and check scenarios: a folder, or one that comes with letup."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from letup.core.collect import Collector, did_you_mean
from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding, worst_first
from letup.core.folders import require_whole
from letup.scenario.checks import check_dates, check_layers, check_tables
from letup.scenario.format import (
    FILES,
    LAYERS,
    PARTIES,
    PROVENANCE,
    REQUIRED_FILES,
    SCENARIO,
    SCENARIO_FORMAT,
    TABLES,
    columns_by_name,
    find_column,
    understand,
)
from letup.scenario.model import DeliverySettings, Group, PartyLimits, Priorities, Scenario
from letup.scenario.settings import parties_of, sections_of
from letup.scenario.table_files import TableFiles
from letup.tables.raw_tables import Table
from letup.tables.schema import Column
from letup.tables.text_files import read_text
from letup.tables.yaml_text import read_yaml

_BUNDLED = Path(__file__).parent / "bundled"
CRS = "EPSG:4326"
_IF_ABSENT = {
    "places.geojson": "there is no shelter, so nobody can arrive",
    "people.csv": "there is nobody to plan for",
}


def bundled() -> list[str]:
    """Names of the scenarios that come with letup, sorted."""
    if not _BUNDLED.is_dir():
        return []
    return sorted(path.name for path in _BUNDLED.iterdir() if (path / "scenario.yaml").is_file())


def folder_of(name: str | Path) -> Path:
    """Folder of a scenario.

    Parameters
    ----------
    name : str or Path
        A folder, or the name of a bundled scenario; a folder of that name here comes first.

    Raises
    ------
    BadInput
        If there is neither (code ``scenario.missing``).
    """
    path = Path(name)
    try:
        if path.is_dir():
            require_whole(path)
            return path
        there = path.exists()
    except (OSError, ValueError):  # a name too long for the system, or one with a zero byte
        there = False
    if str(name) in bundled():
        return _BUNDLED / str(name)
    what = "is not a folder" if there else "is neither a folder nor a bundled scenario"
    remedy = f"{did_you_mean(str(name), bundled())}name a folder with {', '.join(FILES[:3])}"
    if bundled():
        remedy += f", or one of {', '.join(bundled())}"
    raise BadInput([Finding("scenario.missing", "error", what, remedy, file=str(name)[:200])])


def load(name: str | Path) -> Scenario:
    """Read a scenario and check it.

    Parameters
    ----------
    name : str or Path
        A folder, or the name of a bundled scenario.

    Returns
    -------
    Scenario
        Checked: every reference leads somewhere, every geometry is valid, every required value is there.

    Raises
    ------
    BadInput
        If anything is wrong; all of it stands in the error's ``findings``.
    """
    scenario, findings = examine(folder_of(name))
    if scenario is None:
        raise BadInput(findings, str(name))
    return scenario


def check(name: str | Path) -> list[Finding]:
    """Everything that is wrong with a scenario, worst first; empty if nothing is.

    Parameters
    ----------
    name : str or Path
        A folder, or the name of a bundled scenario.

    Raises
    ------
    BadInput
        If there is no such folder; whatever is wrong inside a folder is a finding.
    """
    return examine(folder_of(name))[1]


def examine(
    folder: Path, today: date | None = None, instead: Mapping[str, str] | None = None
) -> tuple[Scenario | None, list[Finding]]:
    """Read and check a scenario folder.

    Parameters
    ----------
    folder : Path
        An existing folder.
    today : date, optional
        The day of the check: statements of later days cannot have been made. By default the day it is, in the
        scenario's time zone.
    instead : mapping of str to str, optional
        Texts of tables by name that are checked in place of what the files hold, before they are written.

    Returns
    -------
    scenario : Scenario or None
        None if there is any error.
    findings : list of Finding
        Worst first.
    """
    with _without_collection():
        return _examine(folder, today, instead or {})


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Hold back the collection of garbage: it would walk over a large layer's features again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _examine(folder: Path, today: date | None, instead: Mapping[str, str]) -> tuple[Scenario | None, list[Finding]]:
    notes = Collector()
    try:
        list(folder.iterdir())
    except OSError as error:
        message = f"the folder cannot be listed: {error.strerror}"
        notes.add("file.unreadable", message, "check the folder's rights", file=folder.name)
        return None, notes.findings()
    tables, broken = _read_tables(folder, notes, instead)
    content = _read_text_file(folder, SCENARIO, read_yaml, notes)
    try:
        content = SCENARIO_FORMAT.up_to_date(content) if isinstance(content, dict) else content
    except LetupError as error:
        notes.add("scenario.format", error.message, error.remedy, file=SCENARIO, column="format")
        return None, worst_first(notes.findings())  # anything else might only be wrong in the format of today
    sections = sections_of(content, notes) if content is not None else {}
    parties = _read_text_file(folder, PARTIES, read_yaml, notes)
    if parties is not None:
        tables[PARTIES] = parties_of(parties, notes)
    check_tables(tables, sections, broken, notes)
    check_layers(tables, sections, notes)
    check_dates(tables, sections, folder, today, notes)
    findings = worst_first(notes.findings())
    if notes.failed():
        return None, findings
    return scenario_of(tables, sections, content, folder), findings


def _read_text_file(folder: Path, name: str, reader: Callable[[str, str, Collector], Any], notes: Collector) -> Any:
    path = folder / name
    if not (path.exists() or path.is_symlink()):
        _note_absent(folder, name, notes)
        return None
    text = read_text(path, notes)
    return None if text is None else reader(name, text, notes)


def _note_absent(folder: Path, name: str, notes: Collector) -> None:
    if name in REQUIRED_FILES:
        _missing(folder, name, "error", notes)
    elif name in _IF_ABSENT:
        _missing(folder, name, "warning", notes)


def _missing(folder: Path, name: str, severity: Any, notes: Collector) -> None:
    try:
        near = did_you_mean(name, [path.name for path in folder.iterdir() if path.name not in FILES])
    except OSError:
        near = ""
    consequence = f": {_IF_ABSENT[name]}" if name in _IF_ABSENT else ""
    remedy = f"{near}add it; `letup new` writes one to start from"
    notes.add("file.missing", f"is not there{consequence}", remedy, file=name, severity=severity)


def _read_tables(folder: Path, notes: Collector, instead: Mapping[str, str]) -> tuple[dict[str, Table], set[str]]:
    """Understood layers and tables by file name, and the names of those that are there but cannot be read."""
    files = TableFiles(folder, notes, instead)
    tables: dict[str, Table] = {}
    broken: set[str] = set()
    for name in (*LAYERS, *TABLES):
        table = files.read(name, lambda name: _note_absent(folder, name, notes))
        if table is None:
            broken.add(name)
            continue
        understood = understand(table, notes)
        if not table.rows and table.remarks and name not in (*REQUIRED_FILES, *_IF_ABSENT):
            continue  # of an empty template, as it came
        tables[name] = understood
        if not table.rows:
            severity: Any = "error" if name in REQUIRED_FILES else "warning"
            remedy = "add rows" if name in REQUIRED_FILES else "add rows, or remove the file"
            notes.add("layer.empty", "has no rows", remedy, file=table.file, severity=severity)
    files.note_unread()
    return tables, broken


def scenario_of(
    tables: Mapping[str, Table], sections: Mapping[str, Table], raw: Mapping[str, Any], folder: Path | None
) -> Scenario:
    """Scenario of understood tables without errors; a table that is missing is empty."""
    top = sections[""].rows[0].cells
    frames = {name: frame_of(tables.get(name, Table(name, name, []))) for name in (*LAYERS, *TABLES)}
    return Scenario(
        title=top["title"],
        description=top.get("description", ""),
        as_of=top["as_of"],
        timezone=top["timezone"],
        start=top["start"],
        steps=top["steps"],
        step_minutes=top["step_minutes"],
        nights_at_most=top.get("nights_at_most", 0),
        groups=_groups(sections["groups"]),
        limits=PartyLimits(**_named(PartyLimits, sections.get("limits"))),
        half_time_hours=sections["mobilisation"].rows[0].cells["half_time_hours"],
        priorities=Priorities(**_named(Priorities, sections.get("priorities"))),
        zones=frames["zones.geojson"][0],
        roads=frames["roads.geojson"][0],
        places=frames["places.geojson"][0],
        **{name.partition(".")[0]: frames[name][0] for name in TABLES},
        deliveries=DeliverySettings(**_named(DeliverySettings, sections.get("deliveries"))),
        parties=tuple(MappingProxyType(row.cells) for row in tables[PARTIES].rows) if PARTIES in tables else (),
        sources=MappingProxyType(
            {
                row.where.removeprefix("sources, "): MappingProxyType(row.cells)
                for row in (sections["sources"].rows if "sources" in sections else ())
            }
        ),
        raw=MappingProxyType(dict(raw)),
        filled=MappingProxyType({name: mask for name, (_, mask) in frames.items()}),
        folder=folder,
    )


def _named(kind: Any, table: Table | None) -> dict[str, Any]:
    """Values of a section of one row that are fields of a class."""
    cells = table.rows[0].cells if table is not None else {}
    return {field: cells[field] for field in kind.__dataclass_fields__ if field in cells}


def _groups(table: Table) -> tuple[Group, ...]:
    known = columns_by_name(f"{SCENARIO}:groups")
    groups = [
        Group(
            name=cells["name"],
            label=cells.get("label", cells["name"]),
            mode=cells["mode"],
            speed_kmh=cells["speed_kmh"],
            order=cells.get("order", known["order"].default),
            people_per_vehicle=cells.get("people_per_vehicle", known["people_per_vehicle"].default),
        )
        for cells in (row.cells for row in table.rows)
    ]
    return tuple(sorted(groups, key=lambda group: group.order))


def columns_of(table: Table) -> list[str]:
    """Columns of the table in memory: all of the format, and the families of columns that the file uses."""
    known = columns_by_name(table.name)
    families = [column for column in table.columns if column not in known and find_column(table.name, column)]
    names = [column for column in families if column.startswith("name_")]
    own = [column for column in known if column not in PROVENANCE]
    return [*own, *names, *PROVENANCE, *(column for column in families if column not in names)]


def frame_of(table: Table) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table in memory with defaults filled in, and which of its cells were given (bool, same index and columns)."""
    columns = columns_of(table)
    data: dict[str, pd.Series] = {}
    filled: dict[str, np.ndarray[Any, np.dtype[np.bool_]]] = {}
    index = pd.RangeIndex(len(table.rows))
    layer = table.name.endswith(".geojson")
    for column in columns:
        attribute = find_column(table.name, column)
        assert attribute is not None  # columns_of keeps no others
        cells = [row.cells.get(column, attribute.default) for row in table.rows]
        data[column] = pd.Series(cells, index, dtype=_dtype(attribute))
        filled[column] = np.array([column in row.cells for row in table.rows], bool)
    frame = pd.DataFrame(data, index)
    mask = pd.DataFrame(filled, index, dtype=bool)
    if not layer:
        return frame, mask
    shapes = gpd.GeoSeries([row.geometry for row in table.rows], index, crs=CRS)
    frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS).set_index("id")
    frame.index = pd.Index(list(frame.index), dtype=object, name="id")
    mask.index = frame.index
    return frame, mask.drop(columns="id")


def _dtype(attribute: Column) -> Any:
    if attribute.type == "boolean":
        return bool
    if attribute.type == "integer" and (attribute.required or attribute.default is not None):
        return np.int64
    return np.float64 if attribute.type in ("integer", "number") else object
