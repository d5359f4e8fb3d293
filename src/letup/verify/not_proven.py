"""What of a written plan is not proven, for only the solver knows it: the list, and its page."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PAGE = """\
# What of a plan is not proven

This page is made from what is left of hundreds of forgeries (`scripts/forgeries.py`): plans in which one thing was
changed by somebody who knows the code, digests fitted, or which letup itself wrote from something else than was made.
All others are refused. What stands here is known to the search alone: `letup verify` cannot tell whether it was
changed. No total, window, movement, delivery, announcement or bound is among it.

| field of `plan.json` | what it says | what is checked of it |
|---|---|---|
{rows}

The copy of the scenario in the folder is not proven either: it is what everything else is held against. Compare it with
your own by `letup verify DIR --against SCENARIO`.
"""


@dataclass(frozen=True)
class NotProven:
    """A part of a plan that is not proven.

    Attributes
    ----------
    file, field : str
        Where it stands; everything below a field is meant, too.
    what : str
        What it says.
    checked : str
        What is checked of it; empty if nothing is.
    """

    file: str
    field: str
    what: str
    checked: str

    def covers(self, file: str, field: str) -> bool:
        """Whether a field is, or lies in, this part."""
        return file == self.file and (field == self.field or field.startswith((f"{self.field}[", f"{self.field}.")))


@cache
def not_proven() -> tuple[NotProven, ...]:
    """All parts that are not proven."""
    text = (files("letup.verify") / "not_proven.csv").read_text(encoding="utf-8")
    return tuple(NotProven(**row) for row in csv.DictReader(text.splitlines()))


def reference_page() -> str:
    """Text of ``docs/reference/not-proven.md``, Markdown."""
    rows = "\n".join(f"| `{part.field}` | {part.what} | {part.checked or 'nothing'} |" for part in not_proven())
    return _PAGE.format(rows=rows)
