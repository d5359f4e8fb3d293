"""Cells with a grammar of their own in the tables on what is to be agreed: options, and what values are worth."""

from __future__ import annotations

import math
import re

from letup.core.collect import show

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
_RANGE = re.compile(rf"({_NUMBER})(?:\s*\.\.\s*({_NUMBER}))?(?:\s*\.\.\s*({_NUMBER}))?")

YES_NO = (("yes", "Yes"), ("no", "No"))
"""Options of an issue that is settled by yes or no."""

Span = tuple[float, float | None, float]
"""Low end, likeliest value (None if not stated), high end."""


def parse_options(text: str) -> tuple[tuple[str, str], ...]:
    """Options and their words, in the order of the text.

    Parameters
    ----------
    text : str
        Such as ``"north = The north only; all = The whole area"``.

    Raises
    ------
    ValueError
        If a part has no id or no words, or an id stands twice.
    """
    found: dict[str, str] = {}
    for name, words in _parts(text):
        if name in found:
            raise ValueError(f"{show(name)} stands twice")
        found[name] = words
    return tuple(found.items())


def parse_worths(text: str) -> tuple[tuple[str, Span], ...]:
    """What values are worth: value as written, and its worth.

    Parameters
    ----------
    text : str
        Such as ``"0 = 0; 4 = 0.3..0.6; 12 = 0.9..0.95..1"``: a number, a range, or a range with its likeliest value.

    Raises
    ------
    ValueError
        If a part is something else, a worth is not from 0 to 1, a range runs backwards, or a value stands twice.
    """
    found: dict[str, Span] = {}
    for name, words in _parts(text):
        if name in found:
            raise ValueError(f"{show(name)} stands twice")
        match = _RANGE.fullmatch(words)
        if not match:
            raise ValueError(f"{show(words)} is neither a number nor a range such as 0.3..0.6")
        ends = [float(part) for part in match.groups() if part is not None]
        if not all(0 <= end <= 1 for end in ends):
            raise ValueError(f"{show(words)} is not within 0 to 1")
        if sorted(ends) != ends:
            raise ValueError(f"{show(words)} runs backwards")
        best = ends[1] if len(ends) == 3 else ends[0] if len(ends) == 1 else None
        found[name] = (ends[0], best, ends[-1])
    return tuple(found.items())


def parse_number(text: str) -> float | None:
    """The number that a text is; None if it is none."""
    number = float(text) if re.fullmatch(_NUMBER, text.strip()) else math.nan
    return number if math.isfinite(number) else None


def names_in(text: str | None) -> list[str]:
    """Names in a cell with semicolons between them, each once, in its order."""
    return list(dict.fromkeys(part.strip() for part in (text or "").split(";") if part.strip()))


def _parts(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in text.split(";"):
        name, sign, words = part.partition("=")
        if not (sign and name.strip() and words.strip()):
            raise ValueError(f"{show(part.strip())} is not of the form name = words")
        pairs.append((name.strip(), words.strip()))
    return pairs
