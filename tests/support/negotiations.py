"""A negotiation over the example strip, made by hand."""

from __future__ import annotations

from letup.support.model import (
    Influence,
    Issue,
    Option,
    Party,
    Point,
    Preference,
    Range,
    RedLine,
    Support,
)  # fmt: skip
from letup.support.plan_terms import PlanTerms

KNOWN = Range.exactly

DAYS = Issue("days", "Days of pause", "days", low=1, high=7, step=1, reads="days", labels={"ar": "أيام الهدنة"})
TRUCKS = Issue("trucks", "Trucks a day", "trucks/day", low=0, high=300, step=50, labels={"ar": "الشاحنات يومياً"})
MONITOR = Issue(
    "monitor",
    "Who monitors",
    kind="choice",
    options=(
        Option("nobody", "nobody", {"ar": "لا أحد"}),
        Option("un", "the United Nations", {"ar": "الأمم المتحدة"}),
        Option("neighbour", "a neighbouring state", {"ar": "دولة مجاورة"}),
    ),
    labels={"ar": "المراقبة"},
)


def preference(party: str, issue: str, weight: Range, *values: tuple[float | str, float], line: RedLine | None = None):
    return Preference(party, issue, weight, tuple(Point(at, KNOWN(worth)) for at, worth in values), line)


def support(*, reservation: float = 0.4, line: RedLine | None = None) -> Support:
    """Party A wants short pauses and no trucks, party B the opposite; a mediator moves A."""
    a = Party(
        "a",
        "Party A",
        reservation=Range(reservation - 0.1, reservation, reservation + 0.2),
        preferences=(
            preference("a", "days", Range(1, 2, 3), (1, 1.0), (7, 0.0)),
            preference("a", "trucks", Range(1, 1, 2), (0, 1.0), (300, 0.0), line=line),
            preference("a", "monitor", KNOWN(1), ("nobody", 1.0), ("un", 0.2), ("neighbour", 0.7)),
        ),
    )
    b = Party(
        "b",
        "Party B",
        consents_to=("north",),
        consents_to_issues=(),
        reservation=Range(0.2, None, 0.6),
        preferences=(
            preference("b", "days", KNOWN(1), (1, 0.0), (4, 0.8), (7, 1.0)),
            preference("b", "trucks", Range(2, 3, 4), (0, 0.0), (300, 1.0)),
            preference("b", "monitor", KNOWN(1), ("nobody", 0.0), ("un", 1.0), ("neighbour", 0.6)),
        ),
    )
    m = Party("m", "Mediator", kind="influences", reservation=KNOWN(0.1), preferences=(
        preference("m", "days", KNOWN(1), (1, 0.5), (7, 1.0)),
    ))  # fmt: skip
    ties = (Influence("m", "a", Range(0.2, 0.5, 0.8), "mediator"),)
    return Support((DAYS, TRUCKS, MONITOR), (a, b, m), ties)


def plan(days: float, people: int = 1000) -> PlanTerms:
    return PlanTerms(f"{days:g} days", {"days": days}, ("north", "mill"), people, 2000)
