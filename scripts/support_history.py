"""Hold the analysis against the agreement of 22 November 2023: ``python scripts/support_history.py [--check]``.

Writes docs/explanation/history-support.md, which is made of nothing but the scenario gaza-2023, the terms below and a
seed; ``--check`` compares it with what is there and writes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from made_pages import fill_template, write_or_check

from letup.core.wording import listed, percent
from letup.scenario import load
from letup.support.acceptance import joint_acceptance, judge
from letup.support.bargaining import BargainingSolutions, bargaining_solutions
from letup.support.model import Package, Party, Preference, Range, Support, Value
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
    return write_or_check(lambda: {PAGE: page()}, __doc__, arguments)


class Case:
    """The scenario as known before the day, in draws and at its likeliest values."""

    def __init__(self, support: Support) -> None:
        self.negotiation: Negotiation = negotiation_of(support)
        self.parties = self.negotiation.consenting([])
        self.models = [model for model in self.negotiation.utility_models if model.party in self.parties]
        self.sampled = [sample(model, DRAWS, SEED) for model in self.models]
        self.options = {issue.id: issue.values for issue in support.issues}
        self.blocks = [Block((issue,), tuple((value,) for value in values)) for issue, values in self.options.items()]

    def share(self, package: Package, parties: list[SampledUtility] | None = None) -> float:
        """Share of draws in which all accept."""
        return float(joint_acceptance([party.accepts([package]) for party in parties or self.sampled])[0])

    def solutions(self) -> BargainingSolutions | None:
        """Solutions of theory at the likeliest values."""
        parties = [at_likeliest_values(model) for model in self.models]
        return bargaining_solutions(package_space_of(parties, self.blocks))

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
    solutions = case.solutions()
    if solutions is None:
        raise SystemExit("no deal at the likeliest values: the page is written for a case with one")
    easiest, easiest_share = most_acceptable_package(
        case.sampled, case.options, [agreed, solutions.nash, solutions.kalai_smorodinsky]
    )
    packages = (agreed, easiest, solutions.nash, solutions.kalai_smorodinsky)
    share = case.share(agreed)
    random = case.at_random()
    batches = [random[at : at + 100] for at in range(0, len(random), 100)]  # fits the processor's cache
    shares = np.concatenate([joint_acceptance([party.accepts(batch) for party in case.sampled]) for batch in batches])
    refusing, alone = _standing_in_the_way(case, agreed)
    weighed = {issue for model in case.models for issue in model.issues}
    tries = sorted(_tries(case, agreed), key=lambda row: (-abs(row[2] - row[1]), row[0]))
    wants = [want for party in known.parties if party.id in case.parties for want in party.preferences]
    name = case.negotiation.party_name
    return fill_template(
        TEXT,
        {"percent": percent, "listed": listed},
        before=len(known.statements),
        statements=len(everything.statements),
        parties=[name(party) for party in case.parties],
        wants=len(wants),
        assumed=sum(want.basis == "assumed" for want in wants),
        draws=DRAWS,
        seed=SEED,
        share=share,
        verdicts=_verdicts(case, agreed),
        refused=[name(model.party) for model in case.models if model.vetoes(agreed)],
        random=RANDOM,
        below=float((shares < share).mean()),
        median=float(np.median(shares)),
        half=float((shares >= 0.5).mean()),
        refusing=refusing,
        decisive=name(max(alone, key=alone.__getitem__)),
        alone={name(party): value for party, value in alone.items()},
        best_share=easiest_share,
        same=sum(agreed[issue] == easiest[issue] for issue in weighed),
        weighed=len(weighed),
        issues=[
            (issue.label, [issue.label_of(package[issue.id]) for package in packages], AGREED[issue.id][1])
            for issue in known.issues
        ],
        shares=[case.share(package) for package in packages],
        idle=[issue.label for issue in known.issues if issue.id not in weighed],
        efficient=solutions.efficient,
        tries=tries,
        more_flights=case.share({**agreed, "flights": 24.0}),
        more_trucks=case.share({**agreed, "trucks": 300.0}),
        without_egypt=case.share(agreed, [party for party in case.sampled if party.party != "egypt"]),
        late=[issue.label for issue in known.issues if "agreement-" in issue.source or "position-p43" in issue.source],
        reservations=[(party.name, party.reservation) for party in known.deciding],
    )


def _verdicts(case: Case, agreed: Package) -> list[tuple[str, float, float, str, float]]:
    """By party: name, probability, utility above its reservation value, deciding issue, answers that it turns."""
    rows = []
    for model, sampled in zip(case.models, case.sampled, strict=True):
        likeliest = at_likeliest_values(model)
        (verdict,), _ = judge(sampled, likeliest, [agreed])
        rows.append(
            (
                case.negotiation.party_name(model.party),
                verdict.probability,
                float(likeliest.utility([agreed])[0, 0] - likeliest.reservation[0]),
                case.negotiation.issue(verdict.deciding_issue).label,
                verdict.deciding_share,
            )
        )
    return rows


def _standing_in_the_way(case: Case, agreed: Package) -> tuple[float, dict[str, float]]:
    """Share of draws in which not all accept, and in which share of those one party alone refuses."""
    accepts = {party.party: party.accepts([agreed])[0] for party in case.sampled}
    refusing = ~np.logical_and.reduce(list(accepts.values()))
    alone = {}
    for party, own in accepts.items():
        others = np.logical_and.reduce([accepted for other, accepted in accepts.items() if other != party])
        alone[party] = float((~own & others).sum() / max(int(refusing.sum()), 1))
    return float(refusing.mean()), alone


def _tries(case: Case, agreed: Package) -> Iterator[tuple[str, float, float, str]]:
    """Every reservation value, weight and worth of those who have to agree, at both ends of its range."""
    for place, model in enumerate(case.models):
        party = case.negotiation.support.party(model.party)
        for label, span, ends in _ends_of_ranges(case, party):
            low, high = (
                case.share(
                    agreed,
                    [
                        *case.sampled[:place],
                        sample(UtilityModel.of(end), DRAWS, SEED),
                        *case.sampled[place + 1 :],
                    ],
                )
                for end in ends
            )
            yield f"{party.name}: {label}", low, high, span


def _ends_of_ranges(case: Case, party: Party) -> Iterator[tuple[str, str, tuple[Party, Party]]]:
    """Each range of a party: what it is, the range in words, and the party with its low and its high end."""
    low, _, high = party.reservation
    if low < high:
        ends = (replace(party, reservation=Range.exactly(low)), replace(party, reservation=Range.exactly(high)))
        yield "reservation value", f"{low:g} to {high:g}", ends
    for number, want in enumerate(party.preferences):
        label = case.negotiation.issue(want.issue).label
        low, _, high = want.weight
        if low < high and want.values:
            lowest, highest = (replace(want, weight=Range.exactly(end)) for end in (low, high))
            ends = (_with_preference(party, number, lowest), _with_preference(party, number, highest))
            yield f"weight of {label}", f"{low:g} to {high:g}", ends
        uncertain = [point for point in want.values if point.worth.low < point.worth.high]
        if uncertain:
            lowest, highest = (
                replace(want, values=tuple(p._replace(worth=Range.exactly(p.worth[end])) for p in want.values))
                for end in (0, 2)
            )
            spans = "; ".join(
                f"{case.negotiation.value_label(want.issue, point.at)}: {point.worth.low:g} to {point.worth.high:g}"
                for point in uncertain
            )
            ends = (_with_preference(party, number, lowest), _with_preference(party, number, highest))
            yield f"worth of {label}", spans, ends


def _with_preference(party: Party, number: int, preference: Preference) -> Party:
    """The party with another preference in the place of one of its own."""
    preferences = (*party.preferences[:number], preference, *party.preferences[number + 1 :])
    return replace(party, preferences=preferences)


if __name__ == "__main__":
    sys.exit(main())
