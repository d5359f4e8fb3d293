"""Check a scenario: everything that is wrong with it, at once."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from letup.core.collect import Collector, did_you_mean, show
from letup.core.findings import Finding, worst_first
from letup.scenario import agreement, deliveries, patients, rules, spatial, supplies
from letup.scenario.assemble import scenario_of
from letup.scenario.attributes import FILES, LAYERS, REQUIRED_FILES, TABLES, declared, understand
from letup.scenario.essentials import Essential
from letup.scenario.layers import GEOPACKAGE, layers_in, read_geojson, read_layer
from letup.scenario.model import Scenario
from letup.scenario.priorities import check_priorities
from letup.scenario.settings import (
    PARTIES,
    SCENARIO,
    check_limits,
    check_times,
    parties_of,
    sections_of,
)
from letup.scenario.statements import check_statements
from letup.tables.inputs import Table, check_ids, check_references, read_csv
from letup.tables.text_files import text_of, usable
from letup.tables.yaml_text import read_yaml

_IF_ABSENT = {
    "places.geojson": "there is no shelter, so nobody can arrive",
    "people.csv": "there is nobody to plan for",
}


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
    sections = sections_of(content, notes) if content is not None else {}
    parties = _read_text_file(folder, PARTIES, read_yaml, notes)
    if parties is not None:
        tables[PARTIES] = parties_of(parties, notes)
    _check_rows(tables, sections, broken, notes)
    _check_layers(tables, sections, notes)
    _check_statements(tables, sections, folder, today, notes)
    findings = worst_first(notes.findings())
    if notes.failed():
        return None, findings
    return scenario_of(tables, sections, content, folder), findings


def _read_text_file(folder: Path, name: str, reader: Callable[[str, str, Collector], Any], notes: Collector) -> Any:
    path = folder / name
    if not (path.exists() or path.is_symlink()):
        if name in REQUIRED_FILES:
            _missing(folder, name, "error", notes)
        elif name in _IF_ABSENT:
            _missing(folder, name, "warning", notes)
        return None
    text = text_of(path, notes)
    return None if text is None else reader(name, text, notes)


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
    package = folder / GEOPACKAGE
    present = package.exists() and usable(package, notes)
    packed = layers_in(package, notes) if present else []
    tables: dict[str, Table] = {}
    broken: set[str] = set()
    for name in (*LAYERS, *TABLES):
        layer = name.partition(".")[0]
        if layer in packed:
            if (folder / name).exists():
                message = f"is also the layer {layer} of {GEOPACKAGE}"
                notes.add("layer.twice", message, "keep one of the two", file=name)
            table = read_layer(package, layer, name, notes)
        elif name in instead:
            table = read_csv(name, instead[name], notes)
        else:
            table = _read_text_file(folder, name, read_geojson if name in LAYERS else read_csv, notes)
        if table is None:
            broken.add(name)
        else:
            tables[name] = understand(table, notes)
            if not table.rows:
                severity: Any = "error" if name in REQUIRED_FILES else "warning"
                remedy = "add rows, or remove the file"
                notes.add("layer.empty", "has no rows", remedy, file=table.file, severity=severity)
    _note_unread(folder, packed, notes)
    return tables, broken


def _note_unread(folder: Path, packed: list[str], notes: Collector) -> None:
    suffixes = {Path(name).suffix for name in FILES} | {".yml", ".gpkg", ".json"}
    for path in sorted(folder.iterdir()):
        if path.suffix in suffixes and path.name not in (*FILES, GEOPACKAGE):
            hint = did_you_mean(path.name, [name for name in FILES if not (folder / name).exists()])
            remedy = f"{hint}rename it if it belongs to the scenario"
            notes.add("file.unknown", "is not read", remedy, file=path.name, severity="warning" if hint else "note")
    known = {Path(name).stem for name in (*LAYERS, *TABLES)}
    for layer in packed:
        if layer not in known and layer != "layer_styles":  # QGIS keeps its styles there
            hint = did_you_mean(layer, known - set(packed))
            remedy = f"{hint}rename it if it belongs to the scenario"
            message = f"the layer {show(layer)} is not read"
            notes.add("file.unknown", message, remedy, file=GEOPACKAGE, severity="warning" if hint else "note")


def _check_rows(tables: dict[str, Table], sections: dict[str, Table], broken: set[str], notes: Collector) -> None:
    targets: dict[str, dict[str, Any] | None] = {}
    for name in LAYERS:
        ids = check_ids(tables[name], "id", notes) if name in tables else {}
        targets[name] = None if name in broken and name != "places.geojson" else ids
    if "places.geojson" in broken and notes.failed("places.geojson"):
        targets["places.geojson"] = None
    for section, key in (("groups", "name"), ("sources", "")):
        name = f"{SCENARIO}:{section}"
        if not sections:
            targets[name] = None
        elif section not in sections:
            targets[name] = {}
        elif key:
            targets[name] = dict(check_ids(sections[section], key, notes))
        else:
            targets[name] = {row.where.removeprefix("sources, "): row for row in sections[section].rows}
    essentials = supplies.essentials_in(tables)
    targets["essentials.csv"] = None if notes.failed("essentials.csv") else dict(essentials)
    targets["issues.csv"] = check_ids(tables["issues.csv"], "id", notes) if "issues.csv" in tables else {}
    targets[PARTIES] = check_ids(tables[PARTIES], "id", notes) if PARTIES in tables else {}
    for name in ("issues.csv", PARTIES):
        if notes.failed(name):
            targets[name] = targets[name] or None
    everything = [
        *tables.values(),
        *(
            sections[name]
            for name in ("groups", "limits", "mobilisation", "priorities", "deliveries")
            if name in sections
        ),
    ]
    for table in everything:
        check_references(table, declared()[table.name], targets, notes)
    zones = targets["zones.geojson"]
    _check_agreement(tables, zones, targets["issues.csv"], notes)
    if "places.geojson" in tables:
        rules.check_places(tables["places.geojson"], notes)
    if "people.csv" in tables:
        rules.check_people(tables["people.csv"], notes)
    for name in TABLES:
        if name in tables:
            rules.check_repeated_rows(tables[name], notes)
    _check_supplies(tables, essentials, zones, notes)
    deliveries.check_deliveries(tables, sections, essentials, zones, notes)
    patients.check_patients(tables, targets["places.geojson"], notes)
    if sections:
        top = sections[""].rows[0].cells
        check_times(top, notes)
        if "priorities" in sections:
            check_priorities(sections["priorities"].rows[0].cells, tables, notes)
        if "limits" in sections:
            check_limits(sections["limits"].rows[0].cells, top, zones, notes)


def _check_supplies(
    tables: dict[str, Table], essentials: dict[str, Essential], zones: dict[str, Any] | None, notes: Collector
) -> None:
    if "essentials.csv" in tables:
        check_ids(tables["essentials.csv"], "essential", notes)
        supplies.check_essentials(tables["essentials.csv"], notes)
    if "stocks.csv" in tables:
        supplies.check_stocks(tables["stocks.csv"], essentials, notes)
    if "facilities.csv" in tables:
        check_ids(tables["facilities.csv"], "id", notes)
        supplies.check_facilities(tables["facilities.csv"], essentials, zones, notes)
    if "trucks.csv" in tables:
        check_ids(tables["trucks.csv"], "id", notes)


def _check_agreement(
    tables: dict[str, Table], zones: dict[str, Any] | None, issues: dict[str, Any] | None, notes: Collector
) -> None:
    known = issues or {}
    if PARTIES in tables:
        agreement.check_parties(tables[PARTIES], zones, issues, notes)
    if "issues.csv" in tables:
        agreement.check_issues(tables["issues.csv"], notes)
    if "preferences.csv" in tables:
        agreement.check_preferences(tables["preferences.csv"], known, notes)
    if "influences.csv" in tables:
        agreement.check_influences(tables["influences.csv"], notes)
    agreement.check_concessions(tables.get("concessions.csv"), known, tables.get(PARTIES), notes)


def _check_statements(
    tables: dict[str, Table], sections: dict[str, Table], folder: Path, today: date | None, notes: Collector
) -> None:
    if "statements.csv" not in tables:
        return
    top = sections[""].rows[0].cells if sections else {}
    local = ZoneInfo(top["timezone"]) if "timezone" in top else UTC
    as_of = top["as_of"].astimezone(local).date() if "as_of" in top else None
    check_statements(tables["statements.csv"], folder, today or datetime.now(local).date(), as_of, notes)


def _check_layers(tables: dict[str, Table], sections: dict[str, Table], notes: Collector) -> None:
    timezone = sections[""].rows[0].cells.get("timezone") if sections else None
    zones = tables.get("zones.geojson")
    if zones is not None:
        spatial.check_zones(zones, timezone, notes)
        for name in ("roads.geojson", "places.geojson"):
            if name in tables:
                spatial.check_against_zones(tables[name], zones, notes)
    for name, code in (("stocks.csv", "stocks.outside"), ("facilities.csv", "facilities.outside")):
        if name in tables and "places.geojson" in tables and zones is not None:
            spatial.check_held(tables[name], code, tables["places.geojson"], zones, notes)
    if "places.geojson" in tables and zones is not None:
        spatial.check_points(tables["places.geojson"], zones, notes)
    if "places.geojson" in tables:
        spatial.check_positions(tables["places.geojson"], notes)
