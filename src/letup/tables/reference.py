"""Declared tables as Markdown, for the reference pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from letup.tables.schema import Column

PARTS = ("name", "type", "unit", "needed", "default", "allowed", "meaning")


def markdown(columns: Iterable[Column], parts: Sequence[str] = ("column", "type", "unit", "meaning")) -> str:
    """Markdown table with a row for each column of a table.

    Parameters
    ----------
    columns : iterable of Column
        Such as ``schema.columns``.
    parts : sequence of str
        What is said of each, of `PARTS`; ``column`` is another word for ``name``.
    """
    lines = ["| " + " | ".join(parts) + " |", "|" + "---|" * len(parts)]
    for column in columns:
        cells = _cells(column)
        lines.append("| " + " | ".join(cells[part].replace("|", "\\|") for part in parts) + " |")
    return "\n".join(lines) + "\n"


def _cells(column: Column) -> dict[str, str]:
    default = column.default
    return {
        "column": f"`{column.name}`",
        "name": f"`{column.name}`",
        "type": column.type.replace(":", " to ", 1).replace("_", " "),
        "unit": column.unit,
        "needed": "yes" if column.required else "",
        "default": "" if default is None else str(default).lower() if default in (True, False) else f"{default}",
        "allowed": _allowed(column),
        "meaning": column.meaning,
    }


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low:,.10g} or more"
    return f"{low:,.10g} to {high:,.10g}" if low is not None else f"{high:,.10g} or less"
