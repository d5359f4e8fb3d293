"""Folders that results are written to, and the text of JSON files in them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
    """Plain values as the text of a JSON file: a line for each value; ValueError for a number that is not finite."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
