"""Collect findings while a scenario is read, so that everything wrong is listed at once."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from letup.core.codes import CODES
from letup.core.findings import Finding, Severity

#: Findings of one kind listed one by one; how many more there are is said in one further finding.
LISTED = 50
_COMPARED = 2_000  # words looked through for a near miss: each costs time, and many findings may ask


class Collector:
    """Findings so far; many of one kind (code, file, column) are folded into a last one that counts them."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._last: dict[tuple[str, str, str], tuple[Severity, str, str]] = {}
        self._failed: set[str] = set()
        #: where what the format calls by a name lies instead: ``zones.shp`` for ``zones.geojson``
        self.lies_in: dict[str, str] = {}

    def add(
        self,
        code: str,
        message: str,
        remedy: str,
        *,
        file: str = "",
        where: str = "",
        column: str = "",
        severity: Severity = "error",
        rule: str = "",
    ) -> None:
        """Note one finding; see `letup.core.findings.Finding` for the parts."""
        if code not in CODES:
            raise KeyError(code)
        kind = (code, file, column)
        self._seen[kind] += 1
        if severity == "error":
            self._failed.add(file.partition(":")[0])
        if self._seen[kind] <= LISTED:
            listed = Finding(code, severity, shorten(message, 400), remedy, file, shorten(where, 120), column, rule)
            self._findings.append(listed)
        else:
            self._last[kind] = (severity, remedy, where)

    def noted(self, code: str, file: str, where: str) -> bool:
        """Whether a row has a finding of a kind already."""
        return any((finding.code, finding.file, finding.where) == (code, file, where) for finding in self._findings)

    def is_full(self, code: str, file: str, column: str) -> bool:
        """Whether findings of this kind are only counted by now, so that no effort on their words is worth it."""
        return self._seen[code, file, column] >= LISTED

    def failed(self, *files: str) -> bool:
        """Whether an error was found in any of the files (in any file at all if none is named)."""
        return bool(self._failed if not files else self._failed & set(files))

    def findings(self) -> list[Finding]:
        """All findings in the order found, folded ones last."""
        folded = []
        for kind, (severity, remedy, where) in self._last.items():
            code, file, column = kind
            message = f"the same in {self._seen[kind] - LISTED:,} more, the last of them at {where or 'the end'}"
            folded.append(Finding(code, severity, shorten(message, 400), remedy, file, "", column))
        return self._findings + folded


def shorten(text: str, limit: int = 60) -> str:
    """Cut a text that would flood the screen, and make control characters visible."""
    if len(text) <= limit and text.isprintable():
        return text
    text = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted(value: object) -> str:
    """Return a value as a finding quotes it: short, on one line."""
    text = value if isinstance(value, str) else _plain(value)
    return f"“{shorten(text)}”"


def _plain(value: object) -> str:
    try:
        return repr(value)
    except (ValueError, RecursionError):  # an integer with thousands of digits has no decimal text
        return f"a {type(value).__name__} too large to print"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a word misses narrowly; empty if there is none."""
    return _nearest(word, tuple(islice(known, _COMPARED)))


@lru_cache(maxsize=512)
def _nearest(word: str, options: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word[:80].strip().casefold(), [option.casefold() for option in options], 1, 0.75)
    return next((option for option in options if close and option.casefold() == close[0]), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"did you mean “X”? "`` for a near miss, else an empty string."""
    near = nearest(word, known)
    return f"did you mean “{near}”? " if near else ""
