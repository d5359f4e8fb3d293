"""``letup sources``: where every value comes from, and how many are observed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from letup.scenario import Scenario


def sources(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A folder, or the name of a bundled scenario.")],
    everything: Annotated[bool, typer.Option("--all", help="One line for each value, not for each kind.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write every value to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every value.")] = False,
) -> None:
    """List where each value comes from.

    Says which share of the values is observed, modelled and assumed.
    """
    from letup.core.errors import LetupError
    from letup.scenario import load, values

    loaded = load(scenario)
    table = values(loaded)
    if csv is not None:
        try:
            table.to_csv(csv, index=False, lineterminator="\n")
        except OSError as error:
            message, remedy = f"{csv} cannot be written: {error.strerror or error}", "name another file"
            raise LetupError("sources.unwritable", message, remedy) from error
    records: list[dict[str, Any]] = [
        {str(key): value for key, value in row.items()} for row in table.to_dict("records")
    ]
    if as_json:
        print(json.dumps(_as_json(loaded, records), ensure_ascii=False, default=str))
        return
    _show_shares(loaded, records)
    _show_values(loaded, records, everything)
    if csv is not None:
        print(f"\nwrote {csv}: {len(records):,} values")


def _as_json(scenario: Scenario, records: list[dict[str, Any]]) -> dict[str, Any]:
    from letup.scenario import shares
    from letup.scenario.values import DENOMINATOR, defaults_taken

    return {
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "count": len(records),
        "shares": shares(scenario, support=True),
        "denominator": DENOMINATOR,
        "defaults_taken": defaults_taken(scenario),
        "values": records,
        "sources": {name: dict(entry) for name, entry in scenario.sources.items()},
    }


def _show_shares(scenario: Scenario, records: list[dict[str, Any]]) -> None:
    from letup.core.wording import percent
    from letup.scenario import shares
    from letup.scenario.values import BASES, DENOMINATOR, defaults_taken, rows_by_basis

    print(f"{scenario.title}, as of {scenario.as_of.isoformat()}\n")
    counts = Counter((record["file"], record["basis"]) for record in records)
    rows = rows_by_basis(scenario)
    print(
        f"{'file':<16}{'values':>9}{'observed':>10}{'modelled':>10}{'assumed':>9}   rows observed / modelled / assumed"
    )
    for file in dict.fromkeys(record["file"] for record in records):
        numbers = [counts[file, basis] for basis in BASES]
        features = " / ".join(f"{number:,}" for number in rows[file]) if file in rows else ""
        print(f"{file:<16}{sum(numbers):>9,}{numbers[0]:>10,}{numbers[1]:>10,}{numbers[2]:>9,}   {features}".rstrip())
    share = shares(scenario, support=True)
    print("\n" + ", ".join(f"{percent(share[basis], 1)} {basis}" for basis in BASES) + f" of {len(records):,} values.")
    print(f"{DENOMINATOR}\nEmpty cells that take a default of the format: {defaults_taken(scenario):,}.\n")


def _show_values(scenario: Scenario, records: list[dict[str, Any]], everything: bool) -> None:
    if everything:
        for record in records:
            value = " ".join(str(record[key]) for key in ("value", "unit") if record[key] != "")
            print(f"{record['file']}, {record['where']}, {record['column']}: {value} — {_origin(record)}")
    else:
        kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for record in records:
            kinds.setdefault(tuple(record[key] for key in ("file", "column", "basis", "source")), []).append(record)
        for alike in kinds.values():
            number = f"{len(alike):,} values" if len(alike) > 1 else "1 value"
            notes = {record["note"] for record in alike}
            note = notes.pop() if len(notes) == 1 else f"{len(notes)} different notes: see --all"
            print(f"{alike[0]['file']}, {alike[0]['column']}: {number} {_origin(alike[0] | {'note': note})}")
    print("\nSources")
    for name, entry in scenario.sources.items():
        details = [entry.get(key, "") for key in ("title", "publisher", "date", "licence", "address")]
        print(f"  {name}: {', '.join(part for part in details if part)}")


def _origin(record: dict[str, Any]) -> str:
    source = f" [{record['source']}]" if record["source"] else ""
    note = f" ({record['note']})" if record["note"] else ""
    return f"{record['basis']}{source}{note}"
