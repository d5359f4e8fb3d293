"""Read pauses given by hand: a CSV with zone, start and end."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

from letup.core.errors import BadInput
from letup.core.findings import Finding, finding
from letup.pauses.limits import Window
from letup.scenario.model import Scenario

_LARGEST_BYTES = 20_000_000
_COLUMNS = ("zone", "start", "end")
_EXACT = 1e-6


def read_pauses(path: Path | str, scenario: Scenario) -> list[Window]:
    """Read a CSV of pauses.

    Parameters
    ----------
    path : path
        File with the columns zone (id), start and end (ISO 8601; local time where no offset is given).
    scenario : Scenario
        The scenario they are for.

    Raises
    ------
    BadInput
        With a finding for every row that cannot be used.
    """
    path = Path(path)
    found: list[Finding] = []
    windows: list[Window] = []
    rows = _rows(path, found)
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    line_of: dict[Window, int] = {}
    for line, row in rows:
        window = _window(row, line, file=path.name, scenario=scenario, number=number, found=found)
        if window is None:
            continue
        for other in windows:
            if other.zone == window.zone and window.first <= other.last + 1 and other.first <= window.last + 1:
                text = f"the pause of {row['zone']} overlaps or touches the one in row {line_of[other]}"
                remedy = "Join them into one row, or leave time between them."
                found.append(finding("pauses.overlap", text, remedy, file=path.name, where=f"row {line}"))
        line_of.setdefault(window, line)
        windows.append(window)
    if any(f.severity == "error" for f in found):
        raise BadInput(found)
    return sorted(windows)


def _rows(path: Path, found: list[Finding]) -> list[tuple[int, dict[str, str]]]:
    """Rows by line number; findings where the file cannot be read."""

    def refuse(code: str, message: str, remedy: str, where: str = "") -> list[tuple[int, dict[str, str]]]:
        found.append(finding(code, message, remedy, file=path.name, where=where))
        return []

    try:
        if not path.is_file():
            return refuse("pauses.file", f"there is no file {path}", "Give the path of a CSV file.")
        if path.stat().st_size > _LARGEST_BYTES:
            return refuse("pauses.file", "the file is larger than 20 MB", "Give a CSV with one pause per row.")
        text = path.read_text("utf-8-sig")
        if "\0" in text:
            return refuse("pauses.file", "the file holds zero bytes", "Save it as CSV in UTF-8.")
        reader = csv.DictReader(io.StringIO(text), strict=True)
        names = [name.strip() for name in reader.fieldnames or []]
        missing = [name for name in _COLUMNS if name not in names]
        if missing:
            return refuse(
                "pauses.column", f"columns missing: {', '.join(missing)}", "Use the columns zone, start and end."
            )
        reader.fieldnames = names
        rows = [
            (reader.line_num, {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}) for row in reader
        ]
    except UnicodeDecodeError:
        return refuse("pauses.file", "the file is not UTF-8", "Save it as CSV in UTF-8.")
    except (OSError, csv.Error) as error:
        return refuse("pauses.file", f"the file cannot be read: {error}", "Save it as CSV in UTF-8.")
    if not rows:
        return refuse("pauses.file", "the file has no rows", "Write one pause per row.")
    return rows


def _window(
    row: dict[str, str], line: int, *, file: str, scenario: Scenario, number: dict[str, int], found: list[Finding]
) -> Window | None:
    """The window of one row; None with findings if it cannot be used."""
    before = len(found)

    def refuse(code: str, message: str, remedy: str, column: str) -> None:
        found.append(finding(code, message, remedy, file=file, where=f"row {line}", column=column))

    if row["zone"] not in number:
        known = ", ".join(list(number)[:8])
        refuse(
            "pauses.zone",
            f"there is no zone {row['zone']!r}",
            f"Use a zone id of the scenario, such as {known}.",
            "zone",
        )
    edges: list[int] = []
    for column in ("start", "end"):
        try:
            moment = datetime.fromisoformat(row[column])
        except ValueError:
            text = f"{row[column]!r} is not a date and time"
            refuse("pauses.time", text, "Write it as 2023-11-05T09:00.", column)
            continue
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=scenario.local)
        step = scenario.clock.step_at(moment)
        if abs(step - round(step)) > _EXACT:
            text = f"{row[column]} does not fall on a step of {scenario.step_minutes} minutes"
            refuse("pauses.time", text, "Move it to a step.", column)
        elif not 0 <= round(step) <= scenario.steps:
            text = f"{row[column]} is outside the time of the scenario"
            refuse("pauses.outside", text, "See start, steps and step_minutes in scenario.yaml.", column)
        else:
            edges.append(round(step))
    if len(found) == before and edges[0] >= edges[1]:
        refuse("pauses.time", "the pause ends before it starts", "Correct start or end.", "end")
    if len(found) > before:
        return None
    return Window(number[row["zone"]], edges[0], edges[1] - 1)
