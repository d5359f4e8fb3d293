"""What each party said over time, and where it turned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise

from letup.core.collect import did_you_mean
from letup.core.errors import LetupError
from letup.scenario.statements import CHANGE_DAYS
from letup.support.model import Statement, Support

STANCES = {
    2: "asks for it or grants it",
    1: "helps",
    0: "silent or mixed",
    -1: "sets conditions or limits",
    -2: "refuses",
}
"""What a stance means, in words."""


@dataclass(frozen=True)
class Line:
    """What one party said on one issue, oldest first."""

    party: str
    issue: str
    said: tuple[Statement, ...]

    @property
    def turns(self) -> tuple[tuple[Statement, Statement], ...]:
        """Pairs of statements, one after the other, whose stances have opposite signs; silent ones are passed over."""
        clear = [one for one in self.said if one.stance]
        return tuple((a, b) for a, b in pairwise(clear) if a.stance * b.stance < 0)


def selected(support: Support, *, party: str = "", issue: str = "", before: date | None = None) -> Support:
    """Only the statements of one party, on one issue, or of earlier days.

    Raises
    ------
    LetupError
        ``statement.party`` or ``statement.issue`` if there is none of that name.
    """
    for code, name, known in (
        ("statement.party", party, [one.id for one in support.parties]),
        ("statement.issue", issue, [one.id for one in support.issues]),
    ):
        if name and name not in known:
            remedy = f"{did_you_mean(name, known)}use one of {', '.join(known)}" if known else "the scenario has none"
            raise LetupError(code, f"“{name}” is not in the scenario", remedy)
    kept = tuple(
        said
        for said in support.statements
        if party in ("", said.party) and issue in ("", said.issue) and (before is None or said.date < before)
    )
    return replace(support, statements=kept)


def lines_of(support: Support) -> tuple[Line, ...]:
    """Statements by party and issue, in the order of the scenario's parties and issues, each oldest first."""
    parties = {party.id: number for number, party in enumerate(support.parties)}
    issues = {issue.id: number for number, issue in enumerate(support.issues)}

    def place(said: Statement) -> tuple[int, int]:
        return parties.get(said.party, len(parties)), issues.get(said.issue, len(issues))

    found = []
    for _, group in groupby(sorted(support.statements, key=place), key=place):
        said = tuple(group)
        found.append(Line(said[0].party, said[0].issue, said))
    return tuple(found)


def turn_words(before: Statement, after: Statement) -> str:
    """A turn in words: a contradiction on one day, a change within a month, else another position."""
    days = (after.date - before.date).days
    if days == 0:
        return f"contradicts {before.speaker} of the same day"
    kind = "changes" if days <= CHANGE_DAYS else "differs from"
    return f"{kind} the position of {before.date.isoformat()} ({before.speaker})"


def span_of(statements: Iterable[Statement]) -> tuple[date, date]:
    """First and last day of statements; ValueError if there are none."""
    days = [said.date for said in statements]
    return min(days), max(days)


def by_party(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Lines by party, in their order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.party, []).append(line)
    return found
