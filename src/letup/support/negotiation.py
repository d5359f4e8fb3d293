"""A negotiation as the analysis sees it: issues, what each party wants, whose yes is needed, what is on the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from letup.core.errors import LetupError
from letup.support.model import Issue, Package, Party, Support, Value
from letup.support.sampling import middle
from letup.support.utility import Taste


@dataclass(frozen=True)
class Negotiation:
    """Everything that the analysis starts from.

    Attributes
    ----------
    support : Support
        Issues, parties, influences.
    tastes : tuple of Taste
        What each party wants, in the order of the parties.
    proposed : mapping of str to value
        What is on the table already: issue to value.
    """

    support: Support
    tastes: tuple[Taste, ...]
    proposed: Package = field(default_factory=dict)

    @property
    def ties(self) -> Mapping[tuple[str, str], float]:
        """Who influences whom, and how strongly: the likeliest value, 0 to 1."""
        return {(one.from_party, one.to_party): middle(one.strength) for one in self.support.influences}

    def issue(self, name: str) -> Issue:
        """The issue with this id."""
        return self.support.issue(name)

    def said(self, issue: str, value: Value) -> str:
        """A value of an issue in words."""
        return self.issue(issue).label_of(value)

    def name(self, party: str) -> str:
        """Name of a party for readers."""
        return self.support.party(party).name

    def consenting(self, zones: Sequence[str]) -> tuple[str, ...]:
        """Parties whose yes an agreement needs that pauses these zones."""
        return tuple(party.id for party in self.support.deciding if _asked(party, set(zones), self.support.issues))


def _asked(party: Party, zones: set[str], issues: Sequence[Issue]) -> bool:
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
    return Negotiation(support, tuple(Taste.of(party) for party in support.parties), proposed)


def require_apart(proposed: Package, settles: Sequence[Package]) -> None:
    """Refuse what is on the table but settled by plans in another way (``support.settled``).

    Parameters
    ----------
    proposed : mapping
        What is on the table.
    settles : sequence of mapping
        What each plan settles.
    """
    wrong = [
        f"{issue} is {proposed[issue]!r} on the table, and {one[issue]!r} by the plan"
        for one in settles
        for issue in one
        if issue in proposed and proposed[issue] != one[issue]
    ]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise LetupError("support.settled", f"{wrong[0]}{more}", "Leave it out, or make a plan that has it.")
