"""A frontier in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from letup.plan.frontier.model import Frontier


def frontier_text(frontier: Frontier, files: Sequence[Path]) -> str:
    """The answer in one sentence, the table, how to read it, and the files."""
    lines = [frontier.answer(), "", *_table(*frontier.text_table()), ""]
    lines += [f"  {note}" for note in frontier.notes()]
    lines += ["", "Written:", *(f"  {file}" for file in files)]
    pauses = [file for file in files if file.name.startswith("pauses-")]
    if pauses:
        who = "people and trucks" if frontier.against == "need" else "people"
        lines.append(f"Move {who} through one of them: letup plan SCENARIO --pauses {pauses[-1]}")
    return "\n".join(lines)


def _table(head: Sequence[str], rows: list[list[str]]) -> list[str]:
    """The table, its columns as wide as they need to be."""
    full = [head, *(row for row in rows if len(row) == len(head))]
    width = [max(len(row[column]) for row in full) for column in range(len(head))]
    width[0] = max(len(row[0]) for row in [head, *rows])
    lines = []
    for row in [head, *rows]:
        if len(row) < len(head):
            lines.append(f"  {row[0]:>{width[0]}}  no plan: {row[1]}")
        else:
            lines.append("  " + "  ".join(f"{cell:>{many}}" for cell, many in zip(row, width, strict=True)).rstrip())
    return lines
