"""What must hold of statements: when they were said, that quotes are in their files, and how they fit together."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

from letup.core.collect import Collector, quoted
from letup.scenario.format import FILES
from letup.tables.raw_tables import Row, Table
from letup.tables.text_files import MEGABYTE

CHANGE_DAYS = 30
"""A stance that turns within so many days is noted as a change; what lies further apart is another time."""

SHORTEST_PROOF = 8
"""Letters and blanks that a quote needs so that finding it in a file means something."""
_OWN_FILES = frozenset(name.casefold() for name in FILES)
LARGEST_SOURCE = 20 * MEGABYTE
"""Largest text file that quotes are looked for in, bytes."""


def check_statements(table: Table, folder: Path, today: date, as_of: date | None, notes: Collector) -> None:
    """Note dates that cannot be, quotes that are not in their files, contradictions and changes of stance.

    Parameters
    ----------
    table : Table
        statements.csv, understood.
    folder : Path
        Folder that source files are named from.
    today : date
        The day of the check in the scenario's time zone. What is dated later than today, and later than the moment
        that the scenario describes, cannot have been said: an error.
    as_of : date or None
        The day that the scenario describes. What was said later is hindsight: noted once.
    notes : Collector
        Takes what is wrong.
    """
    later = []
    for row in table.rows:
        day = row.cells.get("date")
        place: dict[str, Any] = {"file": table.file, "where": row.where}
        if day is not None and day > max(today, as_of or today):
            message = f"{day.isoformat()} is still to come"
            remedy = "correct the date; what is expected to be said is no statement"
            notes.add("statements.future", message, remedy, **place, column="date")
        elif day is not None and as_of is not None and day > as_of:
            later.append(day)
        _check_quote(row, folder, place, notes)
    if later:
        message = f"{len(later)} of {len(table.rows)} were made after {as_of}, the day that the scenario describes"
        remedy = "nothing to do if that is meant; leave them out of a look back by their date"
        notes.add(
            "statements.after_as_of", message, remedy, file=table.file, where=later[0].isoformat(), severity="note"
        )
    _check_turns(table, notes)


def _check_quote(row: Row, folder: Path, place: dict[str, Any], notes: Collector) -> None:
    name, quote = row.cells.get("source_file"), row.cells.get("quote")
    if name is None and quote is None:
        return
    if name is None or quote is None:
        present, absent = ("quote", "source_file") if name is None else ("source_file", "quote")
        message = f"has a {present} but no {absent}, so that nothing can be compared"
        remedy = "name the text file that holds the words, and quote them"
        notes.add("statements.unproven", message, remedy, **place, column=absent, severity="warning")
        return
    try:
        text = source_text(folder, name)
    except ValueError as error:
        remedy = "name a text file inside the scenario's folder, such as sources/speech.txt"
        notes.add("statements.file", str(error), remedy, **place, column="source_file")
        return
    except OSError as error:
        message = f"{quoted(name)} cannot be read ({error.strerror or 'no such file'}), so that the quote is not proven"
        remedy = "put the file beside the scenario, or leave source_file and quote empty"
        notes.add("statements.unproven", message, remedy, **place, column="source_file", severity="warning")
        return
    if even(quote) not in text:
        message = f"the words {quoted(quote)} are not in {name}"
        remedy = "copy them from the file, letter by letter; what you make of them belongs in position"
        notes.add("statements.quote", message, remedy, **place, column="quote")
    elif len(even(quote)) < SHORTEST_PROOF:
        message = f"the words {quoted(quote)} are so few that nearly any text has them"
        notes.add("statements.short", message, "quote the sentence", **place, column="quote", severity="warning")


def source_text(folder: Path, name: str) -> str:
    """Text of a source file as quotes are compared with it.

    Raises
    ------
    ValueError
        If the name leads out of the folder, or the file is too large or not UTF-8.
    OSError
        If it cannot be read.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) or len(name) > 500:
        raise ValueError(f"{quoted(name)} leads out of the scenario's folder")
    source = folder / path
    if not source.is_file():
        raise FileNotFoundError(2, "no such file")
    if not source.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{quoted(name)} leads out of the scenario's folder")
    if source.resolve().name.casefold() in _OWN_FILES and source.resolve().parent == folder.resolve():
        raise ValueError(f"{quoted(name)} is a table of the scenario itself, which proves nothing of what was said")
    status = source.stat()
    if status.st_size > LARGEST_SOURCE:
        size = f"{status.st_size / MEGABYTE:,.0f} MB; at most {LARGEST_SOURCE // MEGABYTE:,} MB are read"
        raise ValueError(f"{quoted(name)} has {size}")
    return _read(source, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int, _size: int) -> str:
    """Text of a file; kept while it does not change, as many statements quote the same file."""
    try:
        return even(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"{quoted(path.name)} is not UTF-8 text") from None


def even(text: str) -> str:
    """Text with each run of blanks and line ends as one blank, and letters composed: all that may differ in a quote."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _check_turns(table: Table, notes: Collector) -> None:
    """Note where a party says the opposite: on one day a contradiction, within a month a change."""
    by_issue: dict[tuple[str, str], list[Row]] = {}
    for row in table.rows:
        cells = row.cells
        if cells.get("stance") and all(name in cells for name in ("date", "party", "issue")):
            by_issue.setdefault((cells["party"], cells["issue"]), []).append(row)
    for (party, issue), rows in by_issue.items():
        ordered = sorted(rows, key=lambda row: row.cells["date"])
        for earlier, later in pairwise(ordered):
            first, then = earlier.cells, later.cells
            if first["stance"] * then["stance"] > 0:
                continue
            days = (then["date"] - first["date"]).days
            voices = f"{first.get('speaker', '?')} ({first['stance']:+d}, {earlier.where})"
            voices += f" and {then.get('speaker', '?')} ({then['stance']:+d})"
            place: dict[str, Any] = {"file": table.file, "where": later.where, "column": "stance"}
            if days == 0:
                message = f"{party} says opposite things of {issue} on {then['date']}: {voices}"
                remedy = "ask which of the two holds; give speakers who do not speak for the party a party of their own"
                notes.add("statements.contradiction", message, remedy, **place, severity="warning")
            elif days <= CHANGE_DAYS:
                message = (
                    f"{party} turns on {issue} within {days} day{'s' if days > 1 else ''}, by {then['date']}: {voices}"
                )
                remedy = "look at what changed between the two; preferences rest on the later one"
                notes.add("statements.change", message, remedy, **place, severity="note")
