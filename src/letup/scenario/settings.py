"""Read scenario.yaml and parties.yaml: sections into typed tables, and what must hold between their values."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from letup.core.collect import Collector, quoted
from letup.scenario.format import PARTIES, SCENARIO, understand
from letup.tables.cells import Wrong, convert
from letup.tables.raw_tables import Row, Table
from letup.tables.schema import Column
from letup.tables.text_files import MOST_COLUMNS

SECTIONS = ("groups", "limits", "mobilisation", "priorities", "deliveries", "sources")
REQUIRED_SECTIONS = ("groups", "mobilisation")
MOST_GROUPS = 50
"""Most groups: they are planned one after another."""
MOST_PARTIES = 200
"""Most parties: each is weighed against all others."""
_SHAPE = {"groups": list, "limits": dict, "mobilisation": dict, "priorities": dict, "deliveries": dict, "sources": dict}
_WORD = {list: "list", dict: "mapping"}


def sections_of(content: Any, notes: Collector) -> dict[str, Table]:
    """Typed tables of scenario.yaml by section; the top level under the empty name.

    A section that is missing or of the wrong shape is left out, with a finding where it is required.
    """
    if not isinstance(content, dict):
        _shape(SCENARIO, "", "mapping", notes)
        return {}
    if len(content) > MOST_COLUMNS:
        notes.add("layer.too_many", f"has {len(content):,} keys", "compare with `letup new`", file=SCENARIO)
        return {}
    top = Table(SCENARIO, SCENARIO, list(content), [Row("", _filled(content))])
    tables = {"": understand(top, notes, SECTIONS)}
    for section in SECTIONS:
        value = content.get(section)
        if value is None or value in ([], {}):
            if section in REQUIRED_SECTIONS:
                notes.add(
                    "column.missing", f"the section {section} is missing", "add it", file=SCENARIO, column=section
                )
            continue
        if not isinstance(value, _SHAPE[section]):
            _shape(SCENARIO, section, _WORD[_SHAPE[section]], notes)
            continue
        if section == "groups" and len(value) > MOST_GROUPS:
            message, remedy = f"has {len(value):,} groups; at most {MOST_GROUPS}", "join groups that move alike"
            notes.add("layer.too_many", message, remedy, file=SCENARIO, column=section)
            continue
        rows = _rows(section, value, notes)
        columns = list(dict.fromkeys(key for row in rows for key in row.cells))
        tables[section] = understand(Table(f"{SCENARIO}:{section}", SCENARIO, columns, rows), notes)
    return tables


def _rows(section: str, value: Any, notes: Collector) -> list[Row]:
    if section in ("limits", "mobilisation", "priorities", "deliveries"):
        return [Row(section, _filled(value))]
    entries = value.items() if section == "sources" else enumerate(value, 1)
    rows = []
    for key, entry in entries:
        where = f"sources, {key}" if section == "sources" else f"{section}, entry {key}"
        if not isinstance(entry, dict):
            _shape(SCENARIO, where, "mapping", notes)
            continue
        if section == "sources":
            _check_name(str(key), where, notes)
        rows.append(Row(where, _filled(entry)))
    return rows


def _check_name(name: str, where: str, notes: Collector) -> None:
    """Note a source whose key cannot be named in a column of sources."""
    try:
        convert(Column(f"{SCENARIO}:sources", "name", "id"), name)
    except Wrong as wrong:
        notes.add(wrong.code, wrong.message, wrong.remedy, file=SCENARIO, where=where)


def parties_of(content: Any, notes: Collector) -> Table:
    """Typed table of parties.yaml, one row for each party."""
    rows = []
    if not isinstance(content, list):
        _shape(PARTIES, "", "list", notes)
        content = []
    for number, entry in enumerate(content, 1):
        if isinstance(entry, dict):
            # An empty list means that it consents to nothing; one that is left out, to everything.
            nobody: dict[str, Any] = {key: [] for key in ("consents_to", "consents_to_issues") if entry.get(key) == []}
            rows.append(Row(f"entry {number}", _filled(entry) | nobody))
        else:
            _shape(PARTIES, f"entry {number}", "mapping", notes)
    if len(rows) > MOST_PARTIES:
        message = f"has {len(rows):,} parties; at most {MOST_PARTIES}"
        remedy = "keep those whose consent is needed, and those who act on them"
        notes.add("layer.too_many", message, remedy, file=PARTIES)
        rows = []
    columns = list(dict.fromkeys(key for row in rows for key in row.cells))
    table = understand(Table(PARTIES, PARTIES, columns, rows), notes)
    for row in table.rows:
        for column in ("insists_on", "wants", "consents_to", "consents_to_issues"):
            value = row.cells.get(column)
            if value is not None and not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
                remedy = "write a list of texts, one to a line, each after a hyphen"
                message = f"{quoted(value)} is not a list of texts"
                notes.add("value.type", message, remedy, file=PARTIES, where=row.where, column=column)
                del row.cells[column]
    return table


def check_times(top: dict[str, Any], notes: Collector) -> None:
    """Note what does not fit between the dates and the time zone of a scenario."""
    start, as_of = top.get("start"), top.get("as_of")
    if start and as_of and as_of > start:
        remedy = "check the two dates; a plan made with hindsight should say so in its description"
        message = f"as_of ({as_of.isoformat()}) is after the start"
        notes.add("time.as_of", message, remedy, file=SCENARIO, column="as_of", severity="warning")
    for column, moment in (("as_of", as_of), ("start", start)):
        if moment and "timezone" in top:
            local = moment.astimezone(ZoneInfo(top["timezone"]))
            if local.utcoffset() != moment.utcoffset():
                notes.add(
                    "time.offset",
                    f"{moment.isoformat()} is {local.isoformat()} in {top['timezone']}",
                    "nothing to do if that is the moment meant",
                    file=SCENARIO,
                    column=column,
                    severity="note",
                )


def _shape(file: str, where: str, wanted: str, notes: Collector) -> None:
    remedy = "compare with a file made by `letup new`"
    notes.add("yaml.shape", f"is not a {wanted}", remedy, file=file, where=where)


def _filled(mapping: dict[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in mapping.items() if value is not None and value not in ("", [], {})}
