"""A way through a network as one cell of a table: ``arc@offset arc@offset …``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from letup.core.arrays import Longs


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


def parse_paths(texts: Sequence[str]) -> tuple[Longs, Longs, Longs]:
    """Read a column of paths at once.

    Parameters
    ----------
    texts : sequence of str
        As `format_path` writes them.

    Returns
    -------
    row, arc, offset : int64[entries]
        Number of the text that each entry stands in, its arc, and the offset at which that is entered.

    Raises
    ------
    ValueError
        If a text is something else.
    """
    numbers = np.array([text.count("@") for text in texts], np.int64)
    entries = np.array(" ".join(texts).replace("@", " ").split(), np.int64)
    if len(entries) != 2 * numbers.sum():
        raise ValueError("a path has an arc without an offset")
    return np.repeat(np.arange(len(texts)), numbers), entries[0::2], entries[1::2]
