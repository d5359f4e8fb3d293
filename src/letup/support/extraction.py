"""Read a text for sentences that may be statements: proposals that quote to the letter and that a person confirms.

An extractor is anything with a method ``propose(text, support)``. The one that comes with letup goes by rules: it
needs no model and no network. Others are found by the entry points of the group ``letup.extractors``::

    [project.entry-points."letup.extractors"]
    mine = "my_package:MyExtractor"
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from letup.core.collect import did_you_mean
from letup.core.errors import LetupError
from letup.support.model import Issue, Party, Support
from letup.tables import read_bundled, schemas

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
    if name == DEFAULT:
        return RuleExtractor()
    installed = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in installed:
        known = [DEFAULT, *installed]
        remedy = f"{did_you_mean(name, known)}use one of {', '.join(known)}, or install one for {GROUP}"
        raise LetupError("extract.unknown", f"there is no extractor “{name}”", remedy)
    try:
        loaded: Extractor = installed[name].load()()
    except Exception as error:  # code of others: whatever it raises
        message = f"the extractor “{name}” cannot be loaded: {type(error).__name__}: {error}"
        raise LetupError("extract.failed", message, f"use --extractor {DEFAULT}, or mend it") from error
    return loaded


def proposals(text: str, support: Support, by: Extractor) -> list[Proposal]:
    """What an extractor proposes, each checked: it quotes to the letter, of a party and issue that exist.

    Raises
    ------
    LetupError
        ``extract.failed`` if the extractor fails; ``extract.not_verbatim`` if a proposal does not quote to the letter
        or names what does not exist: then nothing that it proposes can be trusted.
    """
    try:
        proposed = list(by.propose(text, support))
    except LetupError:
        raise
    except Exception as error:
        message = f"the extractor failed: {type(error).__name__}: {error}"
        raise LetupError("extract.failed", message, f"use --extractor {DEFAULT}") from error
    parties, issues = {party.id for party in support.parties}, {issue.id for issue in support.issues}
    for proposal in proposed:
        start, end = proposal.start, proposal.end
        verbatim = 0 <= start < end <= len(text) and text[start:end] == proposal.quote
        exists = proposal.party in parties and proposal.issue in issues and proposal.stance in range(-2, 3)
        if not verbatim or not exists:
            message = f"a proposal at {start} to {end} is not what stands there, or names what does not exist"
            raise LetupError("extract.not_verbatim", message, "do not use this extractor; report it to its makers")
    different = {proposal.id: proposal for proposal in proposed}.values()
    return sorted(different, key=lambda proposal: (proposal.start, proposal.end, proposal.party, proposal.issue))


# A full stop ends a sentence unless a digit, a letter with a stop (U.S.) or a small letter follows.
_SENTENCE = re.compile(r"(?:[^.!?؟。\n]|\.(?=\d|\w\.|\s[a-z])|\n(?!\s*\n))+[.!?؟。]*[”\"’)]*")
_WORD = re.compile(r"[^\W\d_]{3,}")


@cache
def _word_list(kind: str) -> frozenset[str]:
    """Words of a kind, from ``extraction_words.csv`` beside this file.

    ``silent`` words of names and labels say nothing alone.
    """
    rows = read_bundled("letup.support", schemas("letup.support")["extraction_words.csv"])
    return frozenset(word for row in rows if row["kind"] == kind for word in row["words"].split())


@cache
def _number() -> re.Pattern[str]:
    return re.compile(rf"\d[\d,.]*|\b(?:{'|'.join(sorted(_word_list('number')))})\b", re.IGNORECASE)


@dataclass(frozen=True)
class RuleExtractor:
    """Proposes each sentence that names a party and an issue; what it suggests as a stance goes by a few words.

    A party is named by its name in any language, its id, or the name of somebody who spoke for it before. An issue is
    named by a word of its label, or by a number that is followed by its unit.
    """

    def propose(self, text: str, support: Support) -> list[Proposal]:
        """Sentences of the text that may be statements."""
        parties = [(party.id, _party_patterns(party, support)) for party in support.parties]
        issues = [(issue.id, _issue_words(issue), _unit_pattern(issue)) for issue in support.issues]
        proposed = []
        for start, end in _sentences(text):
            quote = text[start:end]
            numbers = tuple(match[0].rstrip(".,") for match in _number().finditer(quote))
            for party, patterns in parties:
                party_words = next((match[0] for pattern in patterns if (match := pattern.search(quote))), None)
                if party_words is None:
                    continue
                for issue, words, unit in issues:
                    issue_words = _naming_words(quote, words, unit)
                    if issue_words:
                        why = f"names “{party_words}” and “{issue_words}”"
                        proposed.append(Proposal(start, end, quote, party, issue, _stance(quote), numbers, why))
        return proposed


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, without blanks around it."""
    for match in _SENTENCE.finditer(text):
        inner = match[0].strip()
        if len(_WORD.findall(inner)) >= 3:
            start = match.start() + match[0].index(inner[0])
            yield start, start + len(inner)


def _party_patterns(party: Party, support: Support) -> list[re.Pattern[str]]:
    """What a party is called, the longest first; surnames of speakers count where only one party has them."""
    speakers: dict[str, set[str]] = {}
    for statement in support.statements:
        words = re.split(r"[,;(]", statement.speaker)[0].split()
        surname = words[-1] if words else ""
        if surname[:1].isupper() and surname.casefold() not in _word_list("silent") and len(surname) > 3:
            speakers.setdefault(surname, set()).add(statement.party)
    names = {party.name, *party.names.values(), party.id.replace("-", " ").replace("_", " ")}
    names |= {surname for surname, parties in speakers.items() if parties == {party.id}}
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE) for name in ordered]


def _issue_words(issue: Issue) -> frozenset[str]:
    texts = [issue.label, *issue.labels.values(), issue.id.replace("-", " ").replace("_", " ")]
    words = {_stem(word) for text in texts for word in _WORD.findall(text)}
    return frozenset(words - {_stem(word) for word in _word_list("silent")})


def _unit_pattern(issue: Issue) -> re.Pattern[str] | None:
    """A number and then the issue's unit, such as “200 trucks”."""
    words = _WORD.findall(re.split(r"/|\bper\b", issue.unit)[0])
    if not words or words[0] == "people":  # any number of people may be anything
        return None
    return re.compile(rf"(?:{_number().pattern})[ -]+{re.escape(words[0].rstrip('s'))}s?\b", re.IGNORECASE)


def _naming_words(quote: str, words: frozenset[str], unit: re.Pattern[str] | None) -> str:
    """By what a sentence names an issue; empty if it does not."""
    match = unit.search(quote) if unit is not None else None
    if match:
        return match[0]
    return next((word for word in _WORD.findall(quote) if _stem(word) in words), "")


def _stem(word: str) -> str:
    """A word without the endings that come with number and tense, so that “crossing” and “crossings” are one."""
    word = word.casefold()
    for ending in ("ies", "es", "s", "ed", "ing"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def _stance(quote: str) -> int:
    """What the words suggest: refusing before setting conditions before asking for it; 0 if nothing is suggested."""
    words = [word.casefold() for word in re.findall(r"\w+", quote)]
    different = set(words)
    open_to = _word_list("support") | _word_list("ask") | _word_list("permit")
    denied = any(word in _word_list("negation") and open_to & set(words[n + 1 : n + 4]) for n, word in enumerate(words))
    against = denied or bool(different & (_word_list("refuse") | _word_list("negation")))
    if different & _word_list("condition") and (against or different & open_to):
        return -1
    if denied or different & _word_list("refuse"):
        return -2
    if different & _word_list("ask"):
        return 2
    return 1 if different & (_word_list("support") | _word_list("permit")) else 0
