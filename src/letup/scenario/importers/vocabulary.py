"""Words in the data of others: lists of them, and how they say yes and no."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONG = 5  # letters from which two words that are nearly the same are hardly two words


def words(text: str) -> dict[str, None]:
    """The words of a text, in its order."""
    return dict.fromkeys(text.split())


def misspellings(word: str) -> list[str]:
    """Ways in which a word is often misspelt: capital letters, spaces, a letter too few or too many, two exchanged."""
    cut = [word[:i] + word[i + 1 :] for i in range(len(word))]
    turned = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
    other = [word.upper(), word.capitalize(), f"{word} ", f" {word}", f"{word}s"]
    return [wrong for wrong in dict.fromkeys((*other, *cut, *turned)) if wrong != word]


def misspelt(word: str, known: Iterable[str]) -> str:
    """The known word that a word is if its case, spaces and separators or a letter or two are put right; else empty."""
    plain = _plain(word)
    for other in known:
        short = len(other) < _LONG and plain in misspellings(other)
        if _plain(other) == plain or (len(plain) == len(other) and sorted(plain) == sorted(other)) or short:
            return other
    near = difflib.get_close_matches(plain, [other for other in known if len(other) >= _LONG], 1, 0.85)
    return near[0] if near and ":" not in word else ""


def _plain(word: str) -> str:
    return word.strip().casefold().replace(":", "_").replace(" ", "_").replace("-", "_")


TRUE = words("true t yes y 1 1.0")
FALSE = words("false f no n 0 0.0")


def is_yes(text: str) -> bool:
    """Whether a cell or tag says yes."""
    return text.strip().lower() in TRUE
