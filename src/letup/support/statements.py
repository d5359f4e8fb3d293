"""What each party said over time and where it turned, and how a statement gets into statements.csv.

A new statement is checked first, then appended as one row; everything else in the file stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path

from letup import tables
from letup.core.collect import Collector, did_you_mean
from letup.core.errors import BadInput, LetupError, cannot_write
from letup.core.findings import Finding
from letup.core.folders import swap_file
from letup.scenario.format import declared
from letup.scenario.read import bundled, examine, folder_of
from letup.scenario.statements import CHANGE_DAYS, even
from letup.scenario.table_files import kept_elsewhere
from letup.support.model import Statement, Support

STANCES = {
    2: "asks for it or grants it",
    1: "helps",
    0: "silent or mixed",
    -1: "sets conditions or limits",
    -2: "refuses",
}
"""What a stance means, in words."""

STATEMENTS = "statements.csv"
DELIMITERS = (",", ";", "\t")
"""Signs that may stand between the cells of a file that somebody else wrote."""
SOURCES = "sources"
"""Folder in the scenario that texts are put into."""


@dataclass(frozen=True)
class PositionHistory:
    """What one party said on one issue, oldest first."""

    party: str
    issue: str
    statements: tuple[Statement, ...]

    @property
    def turns(self) -> tuple[tuple[Statement, Statement], ...]:
        """Pairs of statements, one after the other, whose stances have opposite signs; silent ones are passed over."""
        clear = [statement for statement in self.statements if statement.stance]
        return tuple((before, after) for before, after in pairwise(clear) if before.stance * after.stance < 0)


def select_statements(support: Support, *, party: str = "", issue: str = "", before: date | None = None) -> Support:
    """Only the statements of one party, on one issue, or of earlier days.

    Raises
    ------
    LetupError
        ``statement.party`` or ``statement.issue`` if there is none of that name.
    """
    for code, name, items in (
        ("statement.party", party, support.parties),
        ("statement.issue", issue, support.issues),
    ):
        known = [item.id for item in items]
        if name and name not in known:
            remedy = f"{did_you_mean(name, known)}use one of {', '.join(known)}" if known else "the scenario has none"
            raise LetupError(code, f"“{name}” is not in the scenario", remedy)
    kept = tuple(
        statement
        for statement in support.statements
        if party in ("", statement.party)
        and issue in ("", statement.issue)
        and (before is None or statement.date < before)
    )
    return replace(support, statements=kept)


def position_histories(support: Support) -> tuple[PositionHistory, ...]:
    """Statements by party and issue, in the order of the scenario's parties and issues, each oldest first."""
    parties = {party.id: number for number, party in enumerate(support.parties)}
    issues = {issue.id: number for number, issue in enumerate(support.issues)}

    def place(statement: Statement) -> tuple[int, int]:
        return parties.get(statement.party, len(parties)), issues.get(statement.issue, len(issues))

    histories = []
    for _, group in groupby(sorted(support.statements, key=place), key=place):
        statements = tuple(group)
        histories.append(PositionHistory(statements[0].party, statements[0].issue, statements))
    return tuple(histories)


def describe_turn(before: Statement, after: Statement) -> str:
    """A turn in words: a contradiction on one day, a change within a month, else another position."""
    days = (after.date - before.date).days
    if days == 0:
        return f"contradicts {before.speaker} of the same day"
    kind = "changes" if days <= CHANGE_DAYS else "differs from"
    return f"{kind} the position of {before.date.isoformat()} ({before.speaker})"


def span_of(statements: Iterable[Statement]) -> tuple[date, date]:
    """First and last day of statements; ValueError if there are none."""
    days = [statement.date for statement in statements]
    return min(days), max(days)


def by_party(histories: Sequence[PositionHistory]) -> dict[str, list[PositionHistory]]:
    """Histories by party, in their order."""
    parties: dict[str, list[PositionHistory]] = {}
    for history in histories:
        parties.setdefault(history.party, []).append(history)
    return parties


def own_folder(scenario: str | Path) -> Path:
    """Folder of a scenario that may be written to.

    Raises
    ------
    LetupError
        ``statement.bundled`` for a scenario that comes with letup, ``statement.packed`` if its statements lie in a
        GeoPackage or a workbook.
    """
    folder = folder_of(scenario)
    if any(folder == folder_of(name) for name in bundled() if not Path(name).is_dir()):
        message = f"{folder.name} comes with letup and is not written to"
        raise LetupError("statement.bundled", message, f"copy {folder} to a folder of your own and name that")
    if elsewhere := kept_elsewhere(folder, STATEMENTS):
        remedy = f"add the row there, or export it to {STATEMENTS}"
        raise LetupError("statement.packed", f"statements lie in {elsewhere}", remedy)
    return folder


def append_statement(folder: Path, cells: Mapping[str, str], today: date | None = None) -> tuple[str, list[Finding]]:
    """Append one row to statements.csv, if nothing is wrong with it.

    Parameters
    ----------
    folder : Path
        Folder of the scenario, from `own_folder`.
    cells : mapping of str to str
        Cells by column; those that are absent stay empty.
    today : date, optional
        The day of the check; by default the day it is.

    Returns
    -------
    where : str
        The new row, as findings name it.
    findings : list of Finding
        Warnings and notes on the new row.

    Raises
    ------
    BadInput
        With everything that is wrong with the row; then nothing was written.
    LetupError
        ``statement.unwritable`` if the file cannot be written.
    """
    path = folder / STATEMENTS
    notes = Collector()
    content = path.read_bytes() if path.is_file() else b""
    filled = content.strip()
    before = (tables.read_text(path, notes) or "") if filled else ""
    present = tables.read_csv(STATEMENTS, before, notes) if before else None
    if filled and present is None:
        raise BadInput(notes.findings())
    columns = present.columns if present is not None else []
    for sign in DELIMITERS:  # the file has one of them; with the others the new row is not read as it was given
        addition = _addition(before, columns, cells, sign)
        last = _last_row(before + addition)
        if last is not None and last.cells == {column: cell for column, cell in cells.items() if cell.strip()}:
            break
    text = before + addition
    where = last.where if last is not None else ""
    _, findings = examine(folder, today, {STATEMENTS: text})
    ours = [finding for finding in findings if finding.file == STATEMENTS and finding.where in (where, "")]
    if any(finding.severity == "error" for finding in ours):
        raise BadInput(ours)
    try:
        if (path.read_bytes() if path.is_file() else b"") != content:
            message = f"{path} was changed by somebody else meanwhile"
            raise LetupError("statement.unwritable", message, "add the statement again")
        swap_file(path, content + addition.encode())
    except OSError as error:
        raise cannot_write(error, path, "statement.unwritable", "check the rights of the folder") from error
    return where, [finding for finding in ours if finding.where == where]


def _last_row(text: str) -> tables.Row | None:
    table = tables.read_csv(STATEMENTS, text, Collector())
    return table.rows[-1] if table is not None and table.rows else None


def _addition(before: str, columns: list[str], cells: Mapping[str, str], delimiter: str) -> str:
    """The new row as the file writes its rows; with the header where there is none yet."""
    ending = "\r\n" if "\r\n" in before else "\n"
    lead = ending if before and not before.endswith("\n") else ""
    if columns:
        absent = [column for column, cell in cells.items() if cell and column not in columns]
        if absent:
            message = f"{STATEMENTS} has no column {', '.join(absent)}"
            raise LetupError("statement.columns", message, f"add {', '.join(absent)} to its first row, then try again")
        header = []
    else:
        columns = declared()[STATEMENTS].names
        header = [columns]
    row = [_cell(column, cells.get(column, "")) for column in columns]
    text = lead + tables.csv_lines([*header, row], ending, delimiter)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"what was typed holds bytes that are no UTF-8 text, after “{text[: error.start][-20:]}”"
        raise LetupError("statement.text", message, "set the terminal to UTF-8, or paste the words again") from error
    return text


def _cell(name: str, text: str) -> str:
    column = declared()[STATEMENTS].find(name)
    return tables.guarded(column, text) if column is not None else text


def keep_text(file: Path, folder: Path) -> str:
    """Name of a text file inside the scenario's folder; a file from elsewhere is copied into ``sources``.

    Raises
    ------
    LetupError
        ``statement.text`` if it is no UTF-8 text, or another text of that name is there already.
    """
    text = read_text(file)
    if file.resolve().is_relative_to(folder.resolve()):
        return file.resolve().relative_to(folder.resolve()).as_posix()
    target = folder / SOURCES / file.name
    if target.exists() and even(read_text(target)) != even(text):
        message = f"{target} is there already, with another text"
        raise LetupError("statement.text", message, "rename the file that you give")
    try:
        target.parent.mkdir(exist_ok=True)
        swap_file(target, file.read_bytes())
    except OSError as error:
        raise cannot_write(error, target, "statement.unwritable", "check the rights of the folder") from error
    return target.relative_to(folder).as_posix()


def read_text(file: Path) -> str:
    """Text of a file that statements are looked for in.

    Raises
    ------
    LetupError
        ``statement.text`` if it cannot be read, or is no UTF-8 text.
    """
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"{file} cannot be read: {reason}"
        raise LetupError("statement.text", message, "name a text file; save others as plain text first") from error
