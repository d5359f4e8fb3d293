"""A way through a network as one cell of a table: ``arc@offset arc@offset …``."""

from __future__ import annotations

from collections.abc import Iterable


def format_path(path: Iterable[tuple[int, int]]) -> str:
    """Write a path as text.

    Parameters
    ----------
    path : iterable of (int, int)
        Arcs in order, each with the offset from departure at which it is entered; steps or minutes, as the column says.

    Returns
    -------
    str
        Such as ``"12@0 13@4"``; empty if nothing is passed through.
    """
    return " ".join(f"{arc}@{offset}" for arc, offset in path)


def parse_path(text: str) -> list[tuple[int, int]]:
    """Read what `format_path` writes.

    Raises
    ------
    ValueError
        If the text is something else.
    """
    entries = (entry.partition("@") for entry in text.split())
    return [(int(arc), int(offset)) for arc, _, offset in entries]
