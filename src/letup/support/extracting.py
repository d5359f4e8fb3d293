"""Read a text for sentences that may be statements: proposals that quote to the letter and that a person confirms.

An extractor is anything with a method ``propose(text, support)``. The one that comes with letup goes by rules: it
needs no model and no network. Others are found by the entry points of the group ``letup.extractors``::

    [project.entry-points."letup.extractors"]
    mine = "my_package:MyExtractor"
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

from letup.core.collect import did_you_mean
from letup.core.errors import LetupError
from letup.support.model import Support

GROUP = "letup.extractors"
DEFAULT = "rules"


@dataclass(frozen=True)
class Proposal:
    """A passage that may be a statement.

    Attributes
    ----------
    start, end : int
        Where it stands: ``text[start:end] == quote``.
    quote : str
        The exact words.
    party, issue : str
        Ids of who may have said it, and on what.
    stance : int
        What the words suggest, -2 to 2; 0 if they suggest nothing.
    numbers : tuple of str
        Numbers in it, as written.
    why : str
        What it was found by.
    """

    start: int
    end: int
    quote: str
    party: str
    issue: str
    stance: int = 0
    numbers: tuple[str, ...] = ()
    why: str = ""

    @property
    def id(self) -> str:
        """Short name that stays the same as long as passage, party and issue do."""
        key = f"{self.start}:{self.end}:{self.party}:{self.issue}:{self.quote}"
        return hashlib.sha256(key.encode()).hexdigest()[:8]


class Extractor(Protocol):
    """Finds passages that may be statements."""

    def propose(self, text: str, support: Support) -> list[Proposal]:
        """Passages of the text that may be statements of the parties on the issues, in the order of the text."""


def extractor(name: str = DEFAULT) -> Extractor:
    """The extractor of a name.

    Raises
    ------
    LetupError
        ``extract.unknown`` if there is none, ``extract.failed`` if it cannot be loaded.
    """
    from letup.support.rules import Rules

    if name == DEFAULT:
        return Rules()
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in found:
        known = [DEFAULT, *found]
        remedy = f"{did_you_mean(name, known)}use one of {', '.join(known)}, or install one for {GROUP}"
        raise LetupError("extract.unknown", f"there is no extractor “{name}”", remedy)
    try:
        made: Extractor = found[name].load()()
    except Exception as error:  # code of others: whatever it raises
        message = f"the extractor “{name}” cannot be loaded: {type(error).__name__}: {error}"
        raise LetupError("extract.failed", message, f"use --extractor {DEFAULT}, or mend it") from error
    return made


def proposals(text: str, support: Support, by: Extractor) -> list[Proposal]:
    """What an extractor proposes, each checked: it quotes to the letter, of a party and issue that exist.

    Raises
    ------
    LetupError
        ``extract.failed`` if the extractor fails; ``extract.not_verbatim`` if a proposal does not quote to the letter
        or names what does not exist: then nothing that it proposes can be trusted.
    """
    try:
        found = list(by.propose(text, support))
    except LetupError:
        raise
    except Exception as error:
        message = f"the extractor failed: {type(error).__name__}: {error}"
        raise LetupError("extract.failed", message, f"use --extractor {DEFAULT}") from error
    parties, issues = {one.id for one in support.parties}, {one.id for one in support.issues}
    for one in found:
        good = 0 <= one.start < one.end <= len(text) and text[one.start : one.end] == one.quote
        if not good or one.party not in parties or one.issue not in issues or one.stance not in range(-2, 3):
            message = f"a proposal at {one.start} to {one.end} is not what stands there, or names what does not exist"
            raise LetupError("extract.not_verbatim", message, "do not use this extractor; report it to its makers")
    return sorted({one.id: one for one in found}.values(), key=lambda one: (one.start, one.end, one.party, one.issue))
