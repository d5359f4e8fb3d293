"""A negotiation as the analysis sees it: issues, what each party wants, whose consent is needed, what is on the table.

`support_of` makes issues, parties and statements of the tables of a scenario; `negotiation_of` adds what each party
wants as a utility, and what is on the table already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from letup.core.errors import LetupError
from letup.core.wording import and_more
from letup.scenario.agreement import YES_NO, parse_options, parse_worths
from letup.scenario.model import Scenario
from letup.support.model import (
    Influence,
    Issue,
    Option,
    Package,
    Party,
    Point,
    Preference,
    Range,
    RedLine,
    Statement,
    Support,
    Value,
)
from letup.support.utility import UtilityModel, likeliest_value
from letup.tables import names_in


@dataclass(frozen=True)
class Negotiation:
    """Everything that the analysis starts from.

    Attributes
    ----------
    support : Support
        Issues, parties, influences.
    utility_models : tuple of UtilityModel
        What each party wants, in the order of the parties.
    proposed : mapping of str to value
        What is on the table already: issue to value.
    """

    support: Support
    utility_models: tuple[UtilityModel, ...]
    proposed: Package = field(default_factory=dict)

    @property
    def influence_strengths(self) -> Mapping[tuple[str, str], float]:
        """Who influences whom, and how strongly: the likeliest value, 0 to 1."""
        return {
            (influence.from_party, influence.to_party): likeliest_value(influence.strength)
            for influence in self.support.influences
        }

    def issue(self, name: str) -> Issue:
        """The issue with this id."""
        return self.support.issue(name)

    def value_label(self, issue: str, value: Value) -> str:
        """A value of an issue in words."""
        return self.issue(issue).label_of(value)

    def party_name(self, party: str) -> str:
        """Name of a party for readers."""
        return self.support.party(party).name

    def consenting(self, zones: Sequence[str]) -> tuple[str, ...]:
        """Parties whose consent an agreement needs that pauses these zones."""
        return tuple(
            party.id for party in self.support.deciding if _must_consent(party, set(zones), self.support.issues)
        )


def _must_consent(party: Party, zones: set[str], issues: Sequence[Issue]) -> bool:
    if party.consents_to is None or zones & set(party.consents_to) or party.consents_to_issues is None:
        return True
    return bool({issue.id for issue in issues} & set(party.consents_to_issues))


def negotiation_of(support: Support, proposed: Package | None = None) -> Negotiation:
    """Make a negotiation of what is known of issues and parties.

    Parameters
    ----------
    support : Support
        Issues, parties, influences.
    proposed : mapping, optional
        What is on the table already: issue to value.

    Raises
    ------
    LetupError
        ``support.nothing`` if there are no issues or no parties, ``support.package`` if something proposed is no issue
        or no value of its issue.
    """
    if not support.issues or not support.deciding:
        what = "issues" if not support.issues else "parties whose consent is needed"
        raise LetupError("support.nothing", f"the scenario names no {what}", "Add them; see docs/how-to/support.md.")
    proposed = dict(proposed or {})
    ids = {issue.id for issue in support.issues}
    wrong = []
    for name, value in proposed.items():
        if name not in ids:
            wrong.append(f"there is no issue {name!r}; there are {', '.join(sorted(ids))}")
            continue
        issue = support.issue(name)
        if issue.kind != "number" and value not in issue.values:
            wrong.append(f"{name} is one of {', '.join(map(str, issue.values))}, not {value!r}")
        elif issue.kind == "number" and isinstance(value, str):
            wrong.append(f"{name} is a number, not {value!r}")
    if wrong:
        raise LetupError("support.package", "; ".join(wrong), "Correct what is on the table.")
    return Negotiation(support, tuple(UtilityModel.of(party) for party in support.parties), proposed)


def require_consistent(proposed: Package, settles: Sequence[Package]) -> None:
    """Refuse what is on the table but settled by plans in another way (``support.settled``).

    Parameters
    ----------
    proposed : mapping
        What is on the table.
    settles : sequence of mapping
        What each plan settles.
    """
    wrong = [
        f"{issue} is {proposed[issue]!r} on the table, and {plan[issue]!r} by the plan"
        for plan in settles
        for issue in plan
        if issue in proposed and proposed[issue] != plan[issue]
    ]
    if wrong:
        rest = and_more(len(wrong), 1)
        message = f"{wrong[0]} ({rest})" if rest else wrong[0]
        raise LetupError("support.settled", message, "Leave it out, or make a plan that has it.")


def support_of(scenario: Scenario) -> Support:
    """What is to be agreed, by whom, and what is known of them.

    Parameters
    ----------
    scenario : Scenario
        As loaded; its tables are checked, so nothing is checked again.

    Returns
    -------
    Support
        Empty where the scenario says nothing. Statements come oldest first, everything else in the files' order.
    """
    issues = tuple(_issue(row) for _, row in _rows(scenario.issues))
    kinds = {issue.id: issue.kind for issue in issues}
    preferences: dict[str, list[Preference]] = {}
    for _, row in _rows(scenario.preferences):
        preferences.setdefault(row["party"], []).append(_preference(row, kinds[row["issue"]]))
    return Support(
        issues,
        tuple(_party(entry, preferences.get(entry["id"], [])) for entry in scenario.parties),
        tuple(
            Influence(row["from"], row["to"], _range(row, "strength"), row["kind"], **_provenance(row))
            for _, row in _rows(scenario.influences)
        ),
        tuple(
            sorted(
                (_statement(number, row) for number, row in _rows(scenario.statements)),
                key=lambda statement: statement.date,
            )
        ),
    )


def _rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number of each row as a spreadsheet counts, and its filled cells."""
    for number, row in enumerate(table.to_dict("records"), 2):
        yield number, {str(key): value for key, value in row.items() if not _empty(value)}


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _provenance(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(row.get(name, "")) for name in ("basis", "source", "note")}


def _languages(row: Mapping[str, Any], family: str) -> Mapping[str, str]:
    """Texts of a family of columns by language code, such as those of ``label_ar``."""
    prefix = f"{family}_"
    texts = {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)}
    return MappingProxyType({key: value for key, value in texts.items() if key not in ("basis", "source", "note")})


def _range(row: Mapping[str, Any], name: str) -> Range:
    """A number and the ends of its range; an end that is not given is the number itself."""
    value = float(row[name])
    return Range(float(row.get(f"{name}_low", value)), value, float(row.get(f"{name}_high", value)))


def _value(text: str, kind: str) -> Value:
    return float(text) if kind == "number" else text


def _issue(row: Mapping[str, Any]) -> Issue:
    kind = row["kind"]
    options = dict(parse_options(row["options"]) if "options" in row else YES_NO if kind == "yes_no" else ())
    others = {language: dict(parse_options(text)) for language, text in _languages(row, "options").items()}
    return Issue(
        id=row["id"],
        label=row["label"],
        unit=row.get("unit", ""),
        kind=kind,
        options=tuple(
            Option(name, words, MappingProxyType({language: texts[name] for language, texts in others.items()}))
            for name, words in options.items()
        ),
        low=row.get("low"),
        high=row.get("high"),
        step=row.get("step"),
        reads=row.get("reads"),
        higher=row.get("higher", ""),
        labels=_languages(row, "label"),
        default=_value(row["default"], kind) if "default" in row else None,
        owed=bool(row.get("owed", False)),
        **_provenance(row),
    )


def _preference(row: Mapping[str, Any], kind: str) -> Preference:
    least, most, never = row.get("least"), row.get("most"), frozenset(names_in(row.get("never")))
    return Preference(
        party=row["party"],
        issue=row["issue"],
        weight=_range(row, "weight"),
        values=tuple(
            Point(_value(name, kind), Range(*worth))
            for name, worth in (parse_worths(row["worth"]) if "worth" in row else ())
        ),
        red_line=RedLine(least, most, never) if never or least is not None or most is not None else None,
        on=row.get("date"),
        **_provenance(row),
    )


def _party(entry: Mapping[str, Any], preferences: list[Preference]) -> Party:
    low, best, high = (entry.get(name) for name in ("reservation_low", "reservation", "reservation_high"))
    return Party(
        id=entry["id"],
        name=entry["name"],
        kind=entry.get("kind", "decides"),
        consents_to=tuple(entry["consents_to"]) if "consents_to" in entry else None,
        consents_to_issues=tuple(entry["consents_to_issues"]) if "consents_to_issues" in entry else None,
        reservation=Range(
            low if low is not None else best if best is not None else 0.0,
            best,
            high if high is not None else best if best is not None else 1.0,
        ),
        concession_budget=entry.get("concession_budget"),
        concession_unit=entry.get("concession_unit", ""),
        preferences=tuple(preferences),
        names=_languages(entry, "name"),
        **_provenance(entry),
    )


def _statement(number: int, row: Mapping[str, Any]) -> Statement:
    return Statement(
        date=row["date"],
        party=row["party"],
        speaker=row["speaker"],
        issue=row["issue"],
        position=row["position"],
        stance=int(row["stance"]),
        address=row.get("address", ""),
        source_file=row.get("source_file", ""),
        quote=row.get("quote", ""),
        row=f"row {number}",
        **_provenance(row),
    )
