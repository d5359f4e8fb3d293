"""Issues, parties and what they said: the data that an analysis of support rests on.

Everything here is read from a scenario (`letup.support.negotiation.support_of`) or made by hand in a notebook. Nothing
is computed here; each value carries its basis and source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

Value = float | str
"""What a package says on an issue: a number in the issue's unit, or the id of an option (``"yes"`` or ``"no"``)."""

Package = Mapping[str, Value]
"""What is on the table: issue id to value."""

_PLURAL = re.compile(r"^([a-z]+[a-rt-z])s\b")
"""The first word's s of a unit such as roads, hours/day or prisoners per captive."""


def _no_labels() -> Mapping[str, str]:
    return MappingProxyType({})


class Range(NamedTuple):
    """A number that may be known only as a range.

    Attributes
    ----------
    low, high : float
        Ends of the range; equal where the number is known.
    best : float or None
        The likeliest value; None where no value in the range is known to be likelier than another.
    """

    low: float
    best: float | None
    high: float

    @classmethod
    def exactly(cls, value: float) -> Range:
        """A number that is known."""
        return cls(value, value, value)


@dataclass(frozen=True)
class Option:
    """One way to settle an issue of kind ``choice`` or ``yes_no``.

    Attributes
    ----------
    id, label : str
        Short name, and the words shown to readers.
    labels : mapping of str to str
        Those words in other languages, by language code such as ``"ar"``.
    """

    id: str
    label: str
    labels: Mapping[str, str] = field(default_factory=_no_labels)


@dataclass(frozen=True)
class Issue:
    """Something that an agreement on a pause has to settle.

    Attributes
    ----------
    id, label : str
        Short name, and the words shown to readers.
    unit : str
        Unit of a number, such as ``"trucks/day"``; empty for a choice.
    kind : {"number", "choice", "yes_no"}
        A number from ``low`` to ``high``, one of ``options``, or the options ``"yes"`` and ``"no"``.
    options : tuple of Option
        Of a choice or yes_no; empty for a number.
    low, high, step : float or None
        Least and greatest number that can be on the table, and the step between numbers; None for options.
    reads : str or None
        Name of the plan's attribute that settles this issue (see `letup.support.plan_terms.ATTRIBUTES`); None if a plan
        says nothing on it and it is negotiated apart.
    higher : str
        What a greater number means, in words; empty for options.
    labels : mapping of str to str
        The label in other languages, by language code such as ``"ar"``.
    default : float, str or None
        What holds without an agreement on this issue (the status quo); None if not stated.
    owed : bool
        Whether it restates protection that law owes whatever is agreed.
    basis, source, note : str
        Where the range and options come from.
    """

    id: str
    label: str
    unit: str = ""
    kind: Literal["number", "choice", "yes_no"] = "number"
    options: tuple[Option, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    reads: str | None = None
    higher: str = ""
    labels: Mapping[str, str] = field(default_factory=_no_labels)
    default: Value | None = None
    owed: bool = False
    basis: str = "assumed"
    source: str = ""
    note: str = ""

    @property
    def values(self) -> tuple[Value, ...]:
        """Everything it can be settled at: option ids, or the numbers from low to high (both included) by steps."""
        if self.kind != "number":
            return tuple(option.id for option in self.options)
        low, high = self.low or 0.0, self.high or 0.0
        if not self.step:
            return (low, high) if high > low else (low,)
        count = int((high - low) / self.step + 1e-9)
        numbers = [low + self.step * number for number in range(count + 1)]
        return tuple(numbers if high - numbers[-1] <= 1e-9 * max(1.0, abs(high)) else [*numbers, high])

    def label_of(self, value: Value, language: str = "en") -> str:
        """Words for a value: the option's label, or the number with its unit."""
        for option in self.options:
            if option.id == value:
                return option.labels.get(language, option.label)
        if not isinstance(value, int | float):
            return str(value)
        unit = _PLURAL.sub(r"\1", self.unit) if value == 1 else self.unit
        return f"{value:,g} {unit}".strip()


@dataclass(frozen=True)
class RedLine:
    """What a party does not accept whatever else it gets: a veto, not a weight.

    Attributes
    ----------
    least, most : float or None
        Numbers below or above are refused.
    never : frozenset of str
        Options that are refused.
    """

    least: float | None = None
    most: float | None = None
    never: frozenset[str] = frozenset()

    def refuses(self, value: Value) -> bool:
        """Whether the value is beyond the line."""
        if isinstance(value, str):
            return value in self.never
        return (self.least is not None and value < self.least) or (self.most is not None and value > self.most)


class Point(NamedTuple):
    """What one value of an issue is worth to a party.

    Attributes
    ----------
    at : float or str
        A number (points ascend; worth is linear between them and stays the same beyond them), or the id of an option.
    worth : Range
        Worth there, 0 (the worst that could be agreed) to 1 (the best).
    """

    at: Value
    worth: Range


@dataclass(frozen=True)
class Preference:
    """What a party wants on one issue.

    Attributes
    ----------
    party, issue : str
        Ids.
    weight : Range
        How much the issue counts beside the party's other issues; 0 or more, on any scale.
    values : tuple of Point
        Worth of the issue's values; empty where only a red line is known.
    red_line : RedLine or None
        What it refuses.
    on : date or None
        Date of the latest statement that it rests on; None if it rests on none.
    basis, source, note : str
        How this is known.
    """

    party: str
    issue: str
    weight: Range
    values: tuple[Point, ...] = ()
    red_line: RedLine | None = None
    on: date | None = None
    basis: str = "assumed"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Party:
    """Who has a say.

    Attributes
    ----------
    id, name : str
        Short name, and the name shown to readers.
    kind : {"decides", "influences"}
        Whether its consent is needed, or it acts on those whose consent is.
    consents_to : tuple of str or None
        Zones whose pause needs its consent; None = all.
    consents_to_issues : tuple of str or None
        Issues that need its consent; None = all.
    reservation : Range
        Utility that it has without an agreement, 0 to 1 on the scale of its own utility: below, it does better without.
    concession_budget : float or None
        Most that a plan may ask of it, in ``concession_unit``; None = it has set none.
    concession_unit : str
        Unit that the party set, such as ``"zone-hours near a front"``.
    preferences : tuple of Preference
        At most one for each issue.
    names : mapping of str to str
        The name in other languages, by language code such as ``"ar"``.
    basis, source, note : str
        How this is known.
    """

    id: str
    name: str
    kind: Literal["decides", "influences"] = "decides"
    consents_to: tuple[str, ...] | None = None
    consents_to_issues: tuple[str, ...] | None = None
    reservation: Range = field(default_factory=lambda: Range(0.0, None, 1.0))
    concession_budget: float | None = None
    concession_unit: str = ""
    preferences: tuple[Preference, ...] = ()
    names: Mapping[str, str] = field(default_factory=_no_labels)
    basis: str = "assumed"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Influence:
    """That one party can move another.

    Attributes
    ----------
    from_party, to_party : str
        Who moves whom.
    strength : Range
        0 (none) to 1 (the other does as asked).
    kind : {"ally", "mediator", "constituency", "guarantor"}
        By what it moves the other.
    basis, source, note : str
        How this is known.
    """

    from_party: str
    to_party: str
    strength: Range
    kind: Literal["ally", "mediator", "constituency", "guarantor"]
    basis: str = "assumed"
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Statement:
    """What a party said on an issue.

    Attributes
    ----------
    date : date
        Day on which it was said.
    party, speaker, issue : str
        Id of the party, name and office of who spoke, id of the issue.
    position : str
        What was said, in one's own words.
    stance : int
        -2 refuses, -1 sets conditions or limits, 0 silent or mixed, 1 helps, 2 asks for it or grants it.
    source, address : str
        Name of the source in the scenario, and where it was found.
    source_file, quote : str
        A text file beside the scenario and the exact words in it; empty if none is kept.
    basis, note : str
        How this is known, and a remark.
    row : str
        Where it stands in statements.csv, such as ``"line 5"``; empty if made in memory.
    """

    date: date
    party: str
    speaker: str
    issue: str
    position: str
    stance: int
    source: str = ""
    address: str = ""
    source_file: str = ""
    quote: str = ""
    basis: str = "observed"
    note: str = ""
    row: str = ""


@dataclass(frozen=True)
class Support:
    """What is to be agreed, by whom, and what is known of them.

    Attributes
    ----------
    issues : tuple of Issue
    parties : tuple of Party
    influences : tuple of Influence
    statements : tuple of Statement
        Oldest first.
    """

    issues: tuple[Issue, ...] = ()
    parties: tuple[Party, ...] = ()
    influences: tuple[Influence, ...] = ()
    statements: tuple[Statement, ...] = field(default=(), repr=False)

    def issue(self, name: str) -> Issue:
        """The issue of this id; KeyError if there is none."""
        return {issue.id: issue for issue in self.issues}[name]

    def party(self, name: str) -> Party:
        """The party of this id; KeyError if there is none."""
        return {party.id: party for party in self.parties}[name]

    @property
    def deciding(self) -> tuple[Party, ...]:
        """Parties whose consent is needed."""
        return tuple(party for party in self.parties if party.kind == "decides")

    def before(self, day: date) -> Support:
        """Only what was known before a day: later statements, and preferences that rest on them, are left out."""
        return replace(
            self,
            statements=tuple(statement for statement in self.statements if statement.date < day),
            parties=tuple(
                replace(
                    party,
                    preferences=tuple(
                        preference for preference in party.preferences if preference.on is None or preference.on < day
                    ),
                )
                for party in self.parties
            ),
        )
