"""Versions of what letup writes: an older file is brought up to date step by step, any other names what reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from letup import __version__
from letup.core.errors import LetupError
from letup.core.folders import require_plain_file

Document = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """From one format to the next.

    Attributes
    ----------
    letup : str
        Version of letup that writes the newer one first.
    upgrade : callable
        Makes a document of the older format one of the newer; it may change what it is given.
    """

    letup: str
    upgrade: Callable[[Document], Document]


@dataclass(frozen=True)
class Format:
    """The format of one kind of file, with the steps from each older one that is still read.

    A format gets a number when older code would misread it, not where a part is added that may be left out.

    Attributes
    ----------
    name : str
        The file, such as ``"plan.json"``.
    steps : tuple of Step
        The first leads from ``oldest`` to the format after it, and so on.
    oldest : int
        The oldest format that is read.
    until : str
        Version of letup that reads what is older still; empty if nothing is.
    """

    name: str
    steps: tuple[Step, ...] = ()
    oldest: int = 1
    until: str = ""

    @property
    def number(self) -> int:
        """The format that this letup writes."""
        return self.oldest + len(self.steps)

    def read(self, path: Path) -> Document:
        """A JSON file of this kind, in the format of today.

        Raises
        ------
        LetupError
            As `up_to_date`.
        OSError, ValueError
            If it cannot be read, or is no JSON object.
        """
        try:
            require_plain_file(path)
            document = json.loads(path.read_text("utf-8"))
        except RecursionError as error:
            raise ValueError(f"{path.name} is nested too deeply") from error
        if not isinstance(document, dict):
            raise ValueError(f"{path.name} does not hold an object")
        return self.up_to_date(document)

    def up_to_date(self, document: Document) -> Document:
        """A document in the format of today.

        Parameters
        ----------
        document : dict
            As read, with its number under ``"format"`` (1 where it has none). It is not changed.

        Raises
        ------
        LetupError
            ``format.newer`` or ``format.older`` with the version of letup that reads it; ``format.unknown`` where the
            number is none.
        """
        number = document.get("format", 1)
        if not isinstance(number, int) or isinstance(number, bool):
            message = f"{self.name} says that its format is {str(number)[:40]!r}, which is no number"
            raise LetupError(
                "format.unknown", message, f"Write a whole number; letup {__version__} writes {self.number}."
            )
        if number > self.number:
            writer = document.get("letup_version") or document.get("letup")
            by = f", written by letup {writer}" if isinstance(writer, str) else ""
            message = f"{self.name} has format {number}{by}; letup {__version__} reads up to format {self.number}"
            raise LetupError("format.newer", message, f"Read it with letup {writer if by else 'of a newer version'}.")
        if number < self.oldest:
            message = f"{self.name} has format {number}; letup {__version__} reads format {self.oldest} and newer"
            raise LetupError("format.older", message, f"Read it with letup {self.until}, and write it anew.")
        for done, step in enumerate(self.steps[number - self.oldest :], number + 1):
            document = {**step.upgrade(_copied(document)), "format": done}
        return document


def _copied(value: Any) -> Any:
    """A copy of plain values, as deep as they go."""
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value
