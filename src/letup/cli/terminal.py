"""What commands print: in a terminal as wide as it is, with colour where it means something; plain when piped.

When standard output is no terminal, nothing is wrapped, cut, padded or coloured: each row of a table is one line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letup.core.folders import json_text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from letup.core.findings import Finding

_NO_END = 100_000
"""Width in characters where lines have no end."""

SEVERITY_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def show(*parts: RenderableType) -> None:
    """Print parts, one below the other; texts are taken as they are."""
    if not sys.stdout.isatty() and all(isinstance(part, str) for part in parts):
        print(*parts, sep="\n")
        return
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _NO_END, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        for part in parts:
            console.print(part)
        return
    with console.capture() as capture:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str))
    for line in capture.get().removesuffix("\n").split("\n"):
        print(line.rstrip())


def show_to_copy(*lines: str) -> None:
    """Print lines that are copied from the terminal, such as paths and commands: never broken by letup."""
    for line in lines:
        print(line)


def show_json(document: Any) -> None:
    """Print one JSON object, in the form in which letup writes files."""
    print(json_text(document), end="")


def show_written(files: Iterable[Path], *then: str) -> None:
    """Say which files were written, and what can be done next."""
    show_to_copy("Written:", *(f"  {file}" for file in files), *then)


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], *, left: Sequence[int] = (0,)) -> Table:
    """A table without lines; columns are to the right, but those with the numbers in ``left``."""
    from rich.table import Table

    made = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, column in enumerate(columns):
        made.add_column(column, justify="left" if number in left else "right", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def indented(part: RenderableType, by: int = 2) -> RenderableType:
    """A part, moved to the right."""
    from rich.padding import Padding

    return Padding(part, (0, 0, 0, by))  # not measured first: tables without edges come out too narrow


def notes(lines: Iterable[str]) -> RenderableType:
    """Lines of text, moved to the right; where one is wrapped it stays there."""
    from rich.console import Group
    from rich.text import Text

    return indented(Group(*(Text(line) for line in lines)))


def severity(finding: Finding) -> Text:
    """The severity of a finding, in its colour."""
    from rich.text import Text

    return Text.assemble((finding.severity, SEVERITY_STYLES[finding.severity]))


def finding_rows(findings: Iterable[Finding], *, place: bool = True) -> RenderableType:
    """Findings, each with its severity, place, code and remedy."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    for finding in findings:
        where = f"{finding.place}: " if place and finding.place else ""
        grid.add_row(severity(finding), Text(f"{where}{finding.message} [{finding.code}]"))
        if finding.remedy:
            grid.add_row("", Text(f"→ {finding.remedy}"))
    return indented(grid)
