"""Folders that results are written to, and the form of JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from letup.core.errors import LetupError


def require_usable(folder: Path, name: str, *, what: str, code: str) -> None:
    """Refuse a folder that results cannot be written to, before anything is computed.

    Parameters
    ----------
    folder : Path
        The folder; it need not exist.
    name : str
        File by which an earlier result of the same kind is known, which may be replaced.
    what : str
        What is to be written, with its article.
    code : str
        Code of the error.

    Raises
    ------
    LetupError
        It is no folder, holds something other than such a result, or cannot be written to.
    """
    there = next((place for place in (folder, *folder.absolute().parents) if place.exists()), folder)
    problem = ""
    if not there.is_dir():
        problem = "is not a folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        problem = "cannot be written to"
    elif folder.exists() and any(folder.iterdir()) and not (folder / name).is_file():
        problem = f"holds files that are no {what.rsplit(maxsplit=1)[-1]}"
    if problem:
        raise LetupError(code, f"{folder} {problem}", f"Choose an empty folder, or one with {what}.")


@contextmanager
def writing_to(folder: Path, code: str) -> Iterator[None]:
    """Make a folder and write results to it; what the system refuses is a LetupError with the code."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise LetupError(code, f"{folder}: {error.strerror or error}", "Choose another folder.") from error


def json_text(document: Any) -> str:
    """Values as the text of a JSON file, a line for each: the form of whatever letup writes or prints as JSON.

    Dates and times are written as ISO 8601, paths as text, numpy's numbers as numbers.

    Raises
    ------
    TypeError
        For a value of another kind.
    ValueError
        For a number that is not finite.
    """
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
