"""``letup sources``: where every value comes from, and how many are observed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from letup.cli.options import Force, ScenarioName

if TYPE_CHECKING:
    from letup.scenario import Scenario


def sources(
    scenario: ScenarioName,
    everything: Annotated[bool, typer.Option("--all", help="One line for each value, not for each kind.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write every value to this file.")] = None,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every value.")] = False,
) -> None:
    """List where each value comes from.

    Says which share of the values is observed, modelled and assumed.
    """
    from letup.cli.terminal import show, show_json
    from letup.core.folders import write_file
    from letup.scenario import load, values
    from letup.scenario.provenance import VALUES
    from letup.tables import csv_text

    loaded = load(scenario)
    table = values(loaded)
    if csv is not None:
        write_file(csv, csv_text(VALUES, table), code="sources.unwritable", force=force)
    records: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()} for row in table.to_dict("records")
    ]
    if as_json:
        show_json(_as_json(loaded, records))
        return
    _show_shares(loaded, records)
    _show_values(loaded, records, everything)
    if csv is not None:
        show("", f"wrote {csv}: {len(records):,} values")


def _as_json(scenario: Scenario, records: list[dict[str, Any]]) -> dict[str, Any]:
    from letup.scenario import shares, values
    from letup.scenario.provenance import DENOMINATOR, defaults_taken

    return {
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "count": len(records),
        "counted": len(values(scenario, support=False)),
        "shares": shares(scenario),
        "denominator": DENOMINATOR,
        "defaults_taken": defaults_taken(scenario),
        "values": records,
        "sources": {name: dict(entry) for name, entry in scenario.sources.items()},
    }


def _show_shares(scenario: Scenario, records: list[dict[str, Any]]) -> None:
    """How many values of each file are observed, modelled and assumed."""
    from letup.cli.terminal import show, table
    from letup.core.wording import percent
    from letup.scenario import shares, values
    from letup.scenario.provenance import BASES, DENOMINATOR, defaults_taken, rows_by_basis

    counts = Counter((record["file"], record["basis"]) for record in records)
    features = rows_by_basis(scenario)
    rows = []
    for file in dict.fromkeys(record["file"] for record in records):
        numbers = [counts[file, basis] for basis in BASES]
        by_basis = " / ".join(f"{number:,}" for number in features[file]) if file in features else ""
        rows.append([file, *(f"{number:,}" for number in (sum(numbers), *numbers)), by_basis])
    share, counted = shares(scenario), len(values(scenario, support=False))
    show(
        f"{scenario.title}, as of {scenario.as_of.isoformat()}",
        "",
        table(["file", "values", *BASES, f"rows {' / '.join(BASES)}"], rows, left=(0, 5)),
        "",
        ", ".join(f"{percent(share[basis], 1)} {basis}" for basis in BASES) + f" of {counted:,} values.",
        DENOMINATOR,
        f"Empty cells that take a default of the format: {defaults_taken(scenario):,}.",
        "",
    )


def _show_values(scenario: Scenario, records: list[dict[str, Any]], everything: bool) -> None:
    """Where each value, or each kind of value, comes from; then the sources."""
    from letup.cli.terminal import notes, show

    lines = []
    if everything:
        for record in records:
            value = " ".join(str(record[key]) for key in ("value", "unit") if record[key] != "")
            lines.append(f"{record['file']}, {record['where']}, {record['column']}: {value} — {_origin(record)}")
    else:
        kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for record in records:
            kinds.setdefault(tuple(record[key] for key in ("file", "column", "basis", "source")), []).append(record)
        for alike in kinds.values():
            number = f"{len(alike):,} values" if len(alike) > 1 else "1 value"
            remarks = {record["note"] for record in alike}
            note = remarks.pop() if len(remarks) == 1 else f"{len(remarks)} different notes: see --all"
            lines.append(f"{alike[0]['file']}, {alike[0]['column']}: {number} {_origin(alike[0] | {'note': note})}")
    details = {
        name: ", ".join(entry[key] for key in ("title", "publisher", "date", "licence", "address") if entry.get(key))
        for name, entry in scenario.sources.items()
    }
    show(*lines, "", "Sources", notes(f"{name}: {detail}" for name, detail in details.items()))


def _origin(record: dict[str, Any]) -> str:
    source = f" [{record['source']}]" if record["source"] else ""
    note = f" ({record['note']})" if record["note"] else ""
    return f"{record['basis']}{source}{note}"
