"""Words in the data of others: lists of them, and how they say yes and no."""

from __future__ import annotations


def words(text: str) -> dict[str, None]:
    """The words of a text, in its order."""
    return dict.fromkeys(text.split())


TRUE = words("true t yes y 1 1.0")
FALSE = words("false f no n 0 0.0")


def is_yes(text: str) -> bool:
    """Whether a cell or tag says yes."""
    return text.strip().lower() in TRUE
