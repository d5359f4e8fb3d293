"""What must hold within and between issues, preferences, influences, concessions and the parties."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from letup.core.collect import Collector, did_you_mean, quoted
from letup.scenario.format import PARTIES
from letup.tables.cells import names_in
from letup.tables.inputs import check_ranges, note_reference
from letup.tables.raw_tables import Row, Table


def check_issues(table: Table, notes: Collector) -> None:
    """Note numbers without a range, options that cannot be told apart, what no plan settles, and what counts twice."""
    readers: dict[str, str] = {}
    for row in table.rows:
        kind = row.cells.get("kind")
        place: dict[str, Any] = {"file": table.file, "where": row.where}
        if kind == "number":
            _check_number(row, place, notes)
        elif kind is not None:
            _check_options(row, place, notes)
        reads = row.cells.get("reads")
        if kind == "number" and reads is not None and readers.setdefault(reads, row.where) != row.where:
            message = f"reads {reads} off the plan, as {readers[reads]} does, so that it counts twice"
            notes.add("issues.reads", message, "keep one of the two", **place, column="reads", severity="warning")
        default = row.cells.get("default")
        if default is not None and kind is not None and not _is_value(row.cells, default):
            message = f"{quoted(default)} is no value of this issue"
            notes.add("issues.default", message, f"write {_values(row.cells)}", **place, column="default")


def _check_number(row: Row, place: dict[str, Any], notes: Collector) -> None:
    cells = row.cells
    for column in ("low", "high"):
        if column not in cells:
            message, remedy = f"is a number without {column}", "say between which numbers it can be settled"
            notes.add("issues.range", message, remedy, **place, column=column)
    if "low" in cells and "high" in cells and cells["low"] >= cells["high"]:
        message = f"low ({cells['low']:g}) is not below high ({cells['high']:g})"
        notes.add("issues.range", message, "correct one of the two", **place, column="high")
    elif "low" in cells and "high" in cells and (cells["high"] - cells["low"]) / cells.get("step", 1e9) > 10_000:
        message, remedy = "has more than 10,000 numbers between low and high", "write a greater step"
        notes.add("issues.range", message, remedy, **place, column="step")
    if "options" in cells:
        message, remedy = "is a number and has options", "make it a choice, or take the options away"
        notes.add("issues.options", message, remedy, **place, column="options")


def _check_options(row: Row, place: dict[str, Any], notes: Collector) -> None:
    cells = row.cells
    for column in [name for name in cells if name == "options" or name.startswith("options_")]:
        if column.rpartition("_")[2] in ("basis", "source", "note"):
            continue
        try:
            options = parse_options(cells[column])
        except ValueError as error:
            remedy = "write options such as north = The north only; all = The whole area"
            notes.add("issues.options", str(error), remedy, **place, column=column)
            del cells[column]
            continue
        names = {name for name, _ in options}
        if cells.get("kind") == "yes_no" and names != {"yes", "no"}:
            message = "is settled by yes or no, and has other options"
            notes.add("issues.options", message, "write yes = …; no = …, or make it a choice", **place, column=column)
        elif column != "options" and names != set(_options(cells)):
            message = f"has other options than {', '.join(_options(cells))}"
            notes.add("issues.options", message, "name the same options in each language", **place, column=column)
    if cells.get("kind") == "choice" and len(_options(cells)) < 2 and not notes.failed(place["file"]):
        message, remedy = "is a choice without two options", "write options such as north = The north only; all = All"
        notes.add("issues.options", message, remedy, **place, column="options")
    for column in ("low", "high", "step", "reads"):
        if column in cells:
            message, remedy = f"is no number, and has {column}", "leave it empty, or make the issue a number"
            notes.add("issues.range", message, remedy, **place, column=column)


def _options(cells: Mapping[str, Any]) -> list[str]:
    if cells.get("kind") == "yes_no":
        return [name for name, _ in YES_NO]
    try:
        return [name for name, _ in parse_options(cells.get("options", ""))]
    except ValueError:
        return []


def _is_value(cells: Mapping[str, Any], text: str) -> bool:
    if cells.get("kind") != "number":
        return text in _options(cells)
    number = parse_number(text)
    return number is not None and cells.get("low", number) <= number <= cells.get("high", number)


def _values(cells: Mapping[str, Any]) -> str:
    if cells.get("kind") != "number":
        return "one of " + ", ".join(_options(cells))
    return f"a number from {cells.get('low', 0):g} to {cells.get('high', 0):g}"


def check_preferences(table: Table, issues: Mapping[str, Row], notes: Collector) -> None:
    """Note preferences given twice, worths and red lines that the issue does not have, and those that say nothing."""
    check_ranges(table, ("weight",), notes)
    seen: dict[tuple[str, str], str] = {}
    for row in table.rows:
        cells = row.cells
        place: dict[str, Any] = {"file": table.file, "where": row.where}
        key = (cells.get("party", ""), cells.get("issue", ""))
        if all(key) and key in seen:
            message = f"what {key[0]} wants on {key[1]} is also in {seen[key]}"
            notes.add("preferences.twice", message, "keep one of the two rows", **place, column="issue")
        seen.setdefault(key, row.where)
        if not any(name in cells for name in ("worth", "least", "most", "never")):
            message, remedy = "says neither what values are worth nor a red line", "fill worth, least, most or never"
            notes.add("preferences.empty", message, remedy, **place, column="worth")
        issue = issues.get(key[1])
        if issue is not None and "kind" in issue.cells:
            _check_worth(row, issue.cells, place, notes)
            _check_red_line(row, issue.cells, place, notes)
    _check_weights(table, notes)


def _check_weights(table: Table, notes: Collector) -> None:
    """Note parties that weigh nothing: how worths add up would have to be invented."""
    by_party: dict[str, list[Row]] = {}
    for row in table.rows:
        if "party" in row.cells and "worth" in row.cells:
            by_party.setdefault(row.cells["party"], []).append(row)
    for party, rows in by_party.items():
        if all(row.cells.get("weight") == 0 and not row.cells.get("weight_high") for row in rows):
            message, remedy = f"{party} weighs nothing on any issue", "give one issue a weight; a wide range if unknown"
            place: dict[str, Any] = {"file": table.file, "where": rows[0].where, "column": "weight"}
            notes.add("preferences.weight", message, remedy, **place)


def _check_worth(row: Row, issue: Mapping[str, Any], place: dict[str, Any], notes: Collector) -> None:
    if "worth" not in row.cells:
        return
    try:
        points = parse_worths(row.cells["worth"])
    except ValueError as error:
        remedy = "write worths from 0 to 1 such as 0 = 0; 4 = 0.3..0.6; 12 = 1"
        notes.add("preferences.worth", str(error), remedy, **place, column="worth")
        del row.cells["worth"]
        return
    names = [name for name, _ in points]
    for name in names:
        if not _is_value(issue, name):
            hint = did_you_mean(name, _options(issue))
            message = f"{quoted(name)} is no value of {row.cells['issue']}"
            notes.add("preferences.worth", message, f"{hint}write {_values(issue)}", **place, column="worth")
    if issue["kind"] == "number":
        numbers = [parse_number(name) for name in names]
        ascending = [number for number in numbers if number is not None]
        if any(lower >= upper for lower, upper in pairwise(ascending)):
            message, remedy = "numbers do not ascend", "write them from the least to the greatest, each once"
            notes.add("preferences.worth", message, remedy, **place, column="worth")
    elif missing := [name for name in _options(issue) if name not in names]:
        message, remedy = f"says nothing of {', '.join(missing)}", "give each option a worth; a wide range if unknown"
        notes.add("preferences.worth", message, remedy, **place, column="worth")


def _check_red_line(row: Row, issue: Mapping[str, Any], place: dict[str, Any], notes: Collector) -> None:
    cells, number = row.cells, issue["kind"] == "number"
    for column in ("least", "most") if not number else ("never",):
        if column in cells:
            message = f"{row.cells['issue']} is {'a number' if number else 'no number'}, and has {column}"
            remedy = "write least or most" if number else "name the options that are refused in never"
            notes.add("preferences.red_line", message, remedy, **place, column=column)
    if number:
        low, high = issue.get("low"), issue.get("high")
        least, most = cells.get("least"), cells.get("most")
        nothing_left = (least is not None and high is not None and least > high) or (
            most is not None and low is not None and most < low
        )
        if nothing_left or (least is not None and most is not None and least > most):
            message, remedy = "refuses every number that can be on the table", "correct least or most"
            notes.add("preferences.red_line", message, remedy, **place, column="least" if least is not None else "most")
        return
    never, options = names_in(cells.get("never")), _options(issue)
    for name in never:
        if name not in options:
            message = f"{quoted(name)} is no option of {cells['issue']}"
            remedy = f"{did_you_mean(name, options)}write {_values(issue)}"
            notes.add("preferences.red_line", message, remedy, **place, column="never")
    if options and set(options) <= set(never):
        message, remedy = "refuses every option", "leave out those that could be agreed to"
        notes.add("preferences.red_line", message, remedy, **place, column="never")


def check_influences(table: Table, notes: Collector) -> None:
    """Note parties that move themselves, influences given twice, and ranges out of order."""
    check_ranges(table, ("strength",), notes)
    seen: dict[tuple[str, str, str], str] = {}
    for row in table.rows:
        key = tuple(row.cells.get(column, "") for column in ("from", "to", "kind"))
        place: dict[str, Any] = {"file": table.file, "where": row.where}
        if key[0] and key[0] == key[1]:
            message, remedy = f"{quoted(key[0])} is on both sides", "name two parties"
            notes.add("influences.self", message, remedy, **place, column="to")
        if all(key) and key in seen:
            message = f"is also in {seen[key]}"
            notes.add("influences.twice", message, "keep one of the two rows", **place, column="to")
        seen.setdefault(key, row.where)


def check_concessions(table: Table | None, issues: Mapping[str, Row], parties: Table | None, notes: Collector) -> None:
    """Note costs of nothing, units other than the party's, and budgets that no cost counts against."""
    rows = table.rows if table is not None else []
    if table is not None:
        check_ranges(table, ("cost",), notes)
    known = {row.cells.get("id"): row.cells for row in (parties.rows if parties is not None else [])}
    paying = set()
    for row in rows:
        cells = row.cells
        place: dict[str, Any] = {"file": "concessions.csv", "where": row.where}
        if ("zone" in cells) == ("issue" in cells):
            message = "names both a zone and an issue" if "zone" in cells else "names neither a zone nor an issue"
            remedy = "name the zone whose pause costs, or the issue whose number costs: one of the two"
            notes.add("concessions.what", message, remedy, **place, column="zone")
        issue = issues.get(cells.get("issue", ""))
        if issue is not None and issue.cells.get("kind", "number") != "number":
            message = f"{quoted(cells['issue'])} is no number, so that no unit of it can cost anything"
            remedy = "say what its options are worth in preferences.csv"
            notes.add("concessions.what", message, remedy, **place, column="issue")
        first, last = cells.get("from"), cells.get("to")
        if first is not None and last is not None and first >= last:
            notes.add("concessions.time", "from is not before to", "correct the two times", **place, column="to")
        if "zone" not in cells and (first is not None or last is not None):
            message, remedy = "only the cost of a zone can hold for a time", "leave from and to empty"
            notes.add("concessions.time", message, remedy, **place, column="from")
        party = known.get(cells.get("party"))
        if party is not None and "zone" in cells:
            paying.add(cells["party"])
            unit = party.get("concession_unit")
            if unit is not None and cells.get("unit", unit) != unit:
                message = f"{quoted(cells['unit'])} is not the unit of {cells['party']}, {quoted(unit)}"
                remedy = "count all its pauses in one unit, so that they can be added up"
                notes.add("concessions.unit", message, remedy, **place, column="unit")
    for row in parties.rows if parties is not None else []:
        if "concession_budget" not in row.cells:
            continue
        place = {"file": PARTIES, "where": row.where}
        if row.cells.get("id") not in paying:
            message = "is a budget, but concessions.csv says of no zone what its pause costs the party"
            remedy = "add rows to concessions.csv, or take the budget away"
            notes.add("concessions.budget", message, remedy, **place, column="concession_budget")
        if "concession_unit" not in row.cells:
            message, remedy = "is a budget without a unit", "say in concession_unit what the party counts in"
            notes.add("concessions.budget", message, remedy, **place, column="concession_unit")


def check_parties(
    table: Table, zones: Mapping[str, Any] | None, issues: Mapping[str, Any] | None, notes: Collector
) -> None:
    """Note reservation values out of order, and consent to zones or issues that do not exist."""
    check_ranges(table, ("reservation",), notes)
    for row in table.rows:
        for column, target, names in (
            ("consents_to", "zones.geojson", zones),
            ("consents_to_issues", "issues.csv", issues),
        ):
            for name in row.cells.get(column, ()):
                if names is not None and name not in names:
                    note_reference((PARTIES, row.where, column), name, target, dict(names), notes)


_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_RANGE = re.compile(rf"({_NUMBER})(?:\s*\.\.\s*({_NUMBER}))?(?:\s*\.\.\s*({_NUMBER}))?")

YES_NO = (("yes", "Yes"), ("no", "No"))
"""Options of an issue that is settled by yes or no."""

Span = tuple[float, float | None, float]
"""Low end, likeliest value (None if not stated), high end."""


def parse_options(text: str) -> tuple[tuple[str, str], ...]:
    """Options and their words, in the order of the text.

    Parameters
    ----------
    text : str
        Such as ``"north = The north only; all = The whole area"``.

    Raises
    ------
    ValueError
        If a part has no id or no words, or an id stands twice.
    """
    options: dict[str, str] = {}
    for name, words in _parts(text):
        if name in options:
            raise ValueError(f"{quoted(name)} stands twice")
        options[name] = words
    return tuple(options.items())


def parse_worths(text: str) -> tuple[tuple[str, Span], ...]:
    """What values are worth: value as written, and its worth.

    Parameters
    ----------
    text : str
        Such as ``"0 = 0; 4 = 0.3..0.6; 12 = 0.9..0.95..1"``: a number, a range, or a range with its likeliest value.

    Raises
    ------
    ValueError
        If a part is something else, a worth is not from 0 to 1, a range runs backwards, or a value stands twice.
    """
    worths: dict[str, Span] = {}
    for name, words in _parts(text):
        if name in worths:
            raise ValueError(f"{quoted(name)} stands twice")
        match = _RANGE.fullmatch(words)
        if not match:
            raise ValueError(f"{quoted(words)} is neither a number nor a range such as 0.3..0.6")
        ends = [float(part) for part in match.groups() if part is not None]
        if not all(0 <= end <= 1 for end in ends):
            raise ValueError(f"{quoted(words)} is not within 0 to 1")
        if sorted(ends) != ends:
            raise ValueError(f"{quoted(words)} runs backwards")
        best = ends[1] if len(ends) == 3 else ends[0] if len(ends) == 1 else None
        worths[name] = (ends[0], best, ends[-1])
    return tuple(worths.items())


def parse_number(text: str) -> float | None:
    """The number that a text is; None if it is none."""
    number = float(text) if re.fullmatch(_NUMBER, text.strip()) else math.nan
    return number if math.isfinite(number) else None


def _parts(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in text.split(";"):
        name, sign, words = part.partition("=")
        if not (sign and name.strip() and words.strip()):
            raise ValueError(f"{quoted(part.strip())} is not of the form name = words")
        pairs.append((name.strip(), words.strip()))
    return pairs
