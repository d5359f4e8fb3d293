"""Hold the analysis against the agreement of 22 November 2023: ``python scripts/support_history.py [--check]``.

Writes docs/explanation/history-support.md, which is made of nothing but the scenario gaza-2023, the terms below and a
seed; ``--check`` compares it with what is there and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from jinja2 import Environment, StrictUndefined

from letup.core.wording import percent
from letup.scenario import load
from letup.support.acceptance import joint_acceptance, judge
from letup.support.bargaining import BargainingSolutions, bargaining_solutions
from letup.support.model import Package, Party, Range, Support, Value
from letup.support.moves import most_acceptable_package
from letup.support.negotiation import Negotiation, negotiation_of, support_of
from letup.support.package_space import Block, package_space_of
from letup.support.utility import SampledUtility, UtilityModel, at_likeliest_values, sample

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "history-support.md"
TEXT = Path(__file__).with_name("support_history.md.j2")
DAY = date(2023, 11, 21)
DRAWS, SEED, RANDOM = 4000, 0, 2000

AGREED: dict[str, tuple[Value, str]] = {
    "window": (24.0, "a pause of whole days from 24 November, 07:00 (both sides)"),
    "days": (4.0, "four days (both sides)"),
    "zones": (25.0, "all areas (text of Hamas)"),
    "corridors": (1.0, "free movement southward along Salah al-Din (text of Hamas)"),
    "trucks": (200.0, "200 trucks a day (Hamas; an Israeli newspaper); up to 300 in other accounts"),
    "fuel": (130000.0, "130,000 litres a day (Israel through an agency; Egypt)"),
    "crossings": (1.0, "not in the terms: Rafah stayed the only one"),
    "captives": (50.0, "50 (both sides)"),
    "ratio": (3.0, "150 for 50 (Hamas)"),
    "extension": (10.0, "a day more for each ten further captives (Israel)"),
    "flights": (6.0, "six hours a day (Israeli officials; text of Hamas for the north); 24 hours in the south by the "
                "text of Hamas"),
    "notice": (0.0, "not in the terms"),
    "south": ("halt", "all military action stops, in all areas (text of Hamas)"),
    "monitoring": ("mediators", "a control room run by Qatar (press)"),
    "return": ("no", "movement northward forbidden (Israeli army; the text of Hamas is silent)"),
    "displacement": ("no", "not in the terms"),
    "after": ("resumes", "fighting to go on afterwards (Israel; reserved on one side)"),
    "pause": ("yes", "a pause was agreed"),
}  # fmt: skip
"""The terms, read from shared accounts of both sides; each issue's value and whose account it is."""


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare with the page that is there")
    text = page()
    if parser.parse_args(arguments).check:
        same = PAGE.read_text("utf-8") == text
        print("the page is what the script makes" if same else "the page differs: run the script", file=sys.stderr)
        return int(not same)
    PAGE.write_text(text, "utf-8")
    return 0


class Case:
    """The scenario as known before the day, in draws and at its likeliest values."""

    def __init__(self, support: Support) -> None:
        self.negotiation: Negotiation = negotiation_of(support)
        self.parties = self.negotiation.consenting([])
        self.tastes = [taste for taste in self.negotiation.utility_models if taste.party in self.parties]
        self.drawn = [sample(taste, DRAWS, SEED) for taste in self.tastes]
        self.options = {issue.id: issue.values for issue in support.issues}
        self.blocks = [Block((issue,), tuple((value,) for value in values)) for issue, values in self.options.items()]

    def share(self, package: Package, drawn: list[SampledUtility] | None = None) -> float:
        """Share of draws in which all accept."""
        return float(joint_acceptance([one.accepts([package]) for one in drawn or self.drawn])[0])

    def points(self) -> BargainingSolutions | None:
        """Points of theory at the likeliest values."""
        return bargaining_solutions(
            package_space_of([at_likeliest_values(taste) for taste in self.tastes], self.blocks)
        )

    def at_random(self) -> list[dict[str, Value]]:
        """Packages drawn evenly from everything that can be agreed."""
        rng = np.random.default_rng(SEED)
        return [
            {issue: values[int(rng.integers(len(values)))] for issue, values in self.options.items()}
            for _ in range(RANDOM)
        ]


def page() -> str:
    """The page: figures from here, words from the template beside."""
    everything = support_of(load("gaza-2023"))
    known = everything.before(DAY)
    case = Case(known)
    agreed: Package = {issue: value for issue, (value, _) in AGREED.items()}
    points = case.points()
    if points is None:
        raise SystemExit("no deal at the likeliest values: the page is written for a case with one")
    best, best_share = most_acceptable_package(
        case.drawn, case.options, [agreed, points.nash, points.kalai_smorodinsky]
    )
    packages = (agreed, best, points.nash, points.kalai_smorodinsky)
    share = case.share(agreed)
    some = case.at_random()
    parts = [some[at : at + 100] for at in range(0, len(some), 100)]  # fits the processor's cache
    shares = np.concatenate([joint_acceptance([one.accepts(part) for one in case.drawn]) for part in parts])
    refusing, alone = _standing_in_the_way(case, agreed)
    weighed = {issue for taste in case.tastes for issue in taste.issues}
    tries = sorted(_tries(case, agreed), key=lambda one: (-abs(one[2] - one[1]), one[0]))
    wants = [one for party in known.parties if party.id in case.parties for one in party.preferences]
    name = case.negotiation.party_name
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    environment.filters |= {"percent": percent, "listed": _listed}
    return environment.from_string(TEXT.read_text("utf-8")).render(
        before=len(known.statements),
        statements=len(everything.statements),
        parties=[name(party) for party in case.parties],
        wants=len(wants),
        assumed=sum(one.basis == "assumed" for one in wants),
        draws=DRAWS,
        seed=SEED,
        share=share,
        verdicts=_verdicts(case, agreed),
        refused=[name(taste.party) for taste in case.tastes if taste.vetoes(agreed)],
        random=RANDOM,
        below=float((shares < share).mean()),
        median=float(np.median(shares)),
        half=float((shares >= 0.5).mean()),
        refusing=refusing,
        decisive=name(max(alone, key=alone.__getitem__)),
        alone={name(party): value for party, value in alone.items()},
        best_share=best_share,
        same=sum(agreed[issue] == best[issue] for issue in weighed),
        weighed=len(weighed),
        issues=[
            (issue.label, [issue.label_of(one[issue.id]) for one in packages], AGREED[issue.id][1])
            for issue in known.issues
        ],
        shares=[case.share(one) for one in packages],
        idle=[issue.label for issue in known.issues if issue.id not in weighed],
        efficient=points.efficient,
        tries=tries,
        more_flights=case.share({**agreed, "flights": 24.0}),
        more_trucks=case.share({**agreed, "trucks": 300.0}),
        without_egypt=_without(case, agreed, "egypt"),
        late=[one.label for one in known.issues if "agreement-" in one.source or "position-p43" in one.source],
        reservations=[(party.name, party.reservation) for party in known.deciding],
    )


def _verdicts(case: Case, agreed: Package) -> list[tuple[str, float, float, str, float]]:
    """By party: name, probability, utility above its reservation value, deciding issue, answers that it turns."""
    found = []
    for taste, drawn in zip(case.tastes, case.drawn, strict=True):
        centre = at_likeliest_values(taste)
        (verdict,), _ = judge(drawn, centre, [agreed])
        margin = float(centre.utility([agreed])[0, 0] - centre.reservation[0])
        label = case.negotiation.issue(verdict.deciding_issue).label
        found.append(
            (case.negotiation.party_name(taste.party), verdict.probability, margin, label, verdict.deciding_share)
        )
    return found


def _standing_in_the_way(case: Case, agreed: Package) -> tuple[float, dict[str, float]]:
    """Share of draws in which not all accept, and in which share of those one party alone refuses."""
    yes = {one.party: one.accepts([agreed])[0] for one in case.drawn}
    refusing = ~np.logical_and.reduce(list(yes.values()))
    alone = {}
    for party, own in yes.items():
        others = np.logical_and.reduce([one for other, one in yes.items() if other != party])
        alone[party] = float((~own & others).sum() / max(int(refusing.sum()), 1))
    return float(refusing.mean()), alone


def _without(case: Case, agreed: Package, party: str) -> float:
    return case.share(agreed, [one for one in case.drawn if one.party != party])


def _tries(case: Case, agreed: Package) -> Iterator[tuple[str, float, float, str]]:
    """Every reservation value, weight and worth of those who have to agree, at both ends of its range."""
    support = case.negotiation.support
    for place, taste in enumerate(case.tastes):
        party = support.party(taste.party)
        for label, span, ends in _changes(case, party):
            low, high = (
                case.share(
                    agreed, [*case.drawn[:place], sample(UtilityModel.of(end), DRAWS, SEED), *case.drawn[place + 1 :]]
                )
                for end in ends
            )
            yield f"{party.name}: {label}", low, high, span


def _changes(case: Case, party: Party) -> Iterator[tuple[str, str, tuple[Party, Party]]]:
    low, _, high = party.reservation
    if low < high:
        yield (
            "reservation value", f"{low:g} to {high:g}",
            (replace(party, reservation=Range.exactly(low)), replace(party, reservation=Range.exactly(high))),
        )  # fmt: skip
    for number, one in enumerate(party.preferences):
        label = case.negotiation.issue(one.issue).label
        low, _, high = one.weight
        if low < high and one.values:
            ends = tuple(replace(one, weight=Range.exactly(end)) for end in (low, high))
            yield f"weight of {label}", f"{low:g} to {high:g}", _with(party, number, ends)
        if any(point.worth.low < point.worth.high for point in one.values):
            ends = tuple(
                replace(one, values=tuple(p._replace(worth=Range.exactly(p.worth[end])) for p in one.values))
                for end in (0, 2)
            )
            spans = "; ".join(
                f"{case.negotiation.value_label(one.issue, p.at)}: {p.worth.low:g} to {p.worth.high:g}"
                for p in one.values
                if p.worth.low < p.worth.high
            )
            yield f"worth of {label}", spans, _with(party, number, ends)


def _with(party: Party, number: int, ends: tuple[object, ...]) -> tuple[Party, Party]:
    low, high = (
        replace(party, preferences=tuple(end if k == number else p for k, p in enumerate(party.preferences)))  # type: ignore[misc]
        for end in ends
    )
    return low, high


def _listed(items: list[str]) -> str:
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)


if __name__ == "__main__":
    sys.exit(main())
