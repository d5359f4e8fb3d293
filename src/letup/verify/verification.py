"""Verify a written plan: recompute it from its files, without the solver.

Nothing here imports the engine or the search. Movements are replayed on the road network that is
built anew from the copy of the scenario.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from letup.core.errors import BadInput, LetupError
from letup.core.folders import require_plain_file, require_whole
from letup.plan.files.document import MOVEMENTS, PLAN, Document, digest_of, field_digests, folder_digests
from letup.tables import read_texts
from letup.verify.plan_document import check_content
from letup.verify.result import CODES, Verification

_LARGEST_BYTES = 2_000_000_000


def verify(folder: Path | str, progress: Callable[[str], None] | None = None) -> Verification:
    """Recompute a written plan from its files alone.

    Parameters
    ----------
    folder : path
        Folder that `write` wrote.
    progress : callable, optional
        Told what is being checked.

    Returns
    -------
    Verification
        ``holds`` is False if anything does not.

    Raises
    ------
    LetupError
        ``verify.folder`` if there is no plan in the folder, ``files.unfinished`` if it was left half written.
    """
    folder = Path(folder)
    result = Verification()
    require_whole(folder)
    if not (folder / "plan.json").is_file():
        raise LetupError("verify.folder", f"{folder} holds no plan.json", "Give the folder that `letup plan` wrote.")
    raw = _document(folder / "plan.json", result)
    rows = rows_of(folder / "movements.csv", result)
    if raw is None or rows is None:
        return result
    _digests(folder, raw, rows, result)
    try:
        document = Document.model_validate(PLAN.up_to_date(raw))
    except LetupError as error:
        result.wrong("format", "plan.json", "format", f"{error.message}. {error.remedy}")
        return result
    except ValidationError as error:
        for problem in error.errors():
            where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in problem["loc"]).lstrip(".")
            result.wrong("schema", "plan.json", where, problem["msg"])
        return result
    result.done("plan.json against its schema", 1)
    try:
        check_content(folder, document, rows, result, progress or (lambda _: None))
    except BadInput as error:
        for finding in error.findings:
            if finding.severity == "error":
                result.wrong("scenario", f"scenario/{finding.file}", finding.where, finding.message, finding.column)
    except LetupError as error:
        result.wrong("scenario", "scenario", "", error.message)
    return result


def _document(path: Path, result: Verification) -> dict[str, Any] | None:
    """plan.json as it stands."""
    try:
        require_plain_file(path)
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError("is too large")
        raw = json.loads(path.read_text("utf-8"), object_pairs_hook=_each_key_once)
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        result.wrong("file", path.name, "", f"cannot be read as JSON: {error}")
        return None
    if not isinstance(raw, dict):
        result.wrong("file", path.name, "", "does not hold an object")
        return None
    return raw


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands twice, one reader shows the first value and another the last."""
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        names = [key for key, _ in pairs]
        twice = sorted({key for key in names if names.count(key) > 1})
        raise ValueError(f"{', '.join(map(repr, twice))} stands twice in one object")
    return mapping


def rows_of(path: Path, result: Verification) -> list[dict[str, str]] | None:
    """Rows of movements.csv as text."""
    rows, problems = read_texts(path, MOVEMENTS, CODES)
    result.problems += problems
    return rows


def _digests(folder: Path, raw: dict[str, Any], rows: list[dict[str, str]], result: Verification) -> None:
    """Locate what was changed after writing."""
    digests = raw.get("digests")
    parts = [digests.get(name) if isinstance(digests, dict) else None for name in ("plan", "movements", "scenario")]
    if not all(isinstance(part, dict) for part in parts):
        result.wrong("digest", "plan.json", "digests", "are missing")
        return
    plan, movements, scenario = parts
    _compare(plan or {}, field_digests(raw), result, "plan.json", "field")
    written: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        if row["id"] in written:
            result.wrong("digest", "movements.csv", f"row {number}", f"the id {row['id']!r} stands twice", "id")
        written[row["id"]] = digest_of(list(row.values()))
        if (movements or {}).get(row["id"]) != written[row["id"]]:
            result.wrong("digest", "movements.csv", f"row {number}", f"movement {row['id']} was changed after writing")
    for name in (movements or {}).keys() - written.keys():
        result.wrong("digest", "movements.csv", f"movement {name}", "is missing")
    _compare(scenario or {}, folder_digests(folder / "scenario"), result, "scenario", "file")
    result.done("digests of fields, rows and files", len(plan or {}) + len(rows) + len(scenario or {}))


def _compare(written: dict[str, str], computed: dict[str, str], result: Verification, file: str, what: str) -> None:
    """Compare digests by name."""
    for name in sorted(written.keys() | computed.keys()):
        if name not in computed:
            result.wrong("digest", file, name, f"this {what} is missing")
        elif name not in written:
            result.wrong("digest", file, name, f"this {what} was added after writing")
        elif written[name] != computed[name]:
            result.wrong("digest", file, name, f"this {what} was changed after writing")
