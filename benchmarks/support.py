"""The analysis of a frontier: ``python -m benchmarks.support [--quick]``.

Fifty plans, ten issues (three of them settled by the plans), eight parties of which four have to agree, or all eight;
weights, worths and reservation values are ranges, drawn 10,000 times. Seconds are processor time of one process. The
probabilities of one plan are worked out once more in plain loops over 500 draws, and the run ends with an error if they
differ.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from letup.support.analysis import DEAL_DRAWS, Analysis, analyse  # noqa: E402 - also runs as a file
from letup.support.model import Issue, Option, Party, Point, Preference, Range, Support  # noqa: E402
from letup.support.negotiation import Negotiation, negotiation_of  # noqa: E402
from letup.support.plan_terms import PlanTerms  # noqa: E402
from letup.support.utility import sample  # noqa: E402

LIMIT = 10.0


def made(parties: int, consenting: int, seed: int = 0) -> Negotiation:
    """A negotiation over ten issues, from a seed."""
    rng = np.random.default_rng(seed)
    issues = [
        Issue(f"number{i}", f"Number {i}", "units", low=0, high=10, step=2, reads=None) for i in range(7)
    ] + [
        Issue(f"choice{i}", f"Choice {i}", kind="choice", options=tuple(Option(o, o) for o in "abc")) for i in range(3)
    ]  # fmt: skip
    people = []
    for p in range(parties):
        wants = []
        for issue in issues:
            weight = float(rng.uniform(0.5, 3))
            if issue.kind == "number":
                ends = (1.0, 0.0) if rng.random() < 0.5 else (0.0, 1.0)
                bend = float(rng.uniform(0.3, 0.7))
                values = tuple(
                    Point(at, Range(max(w - 0.1, 0), w, min(w + 0.1, 1)))
                    for at, w in ((0.0, ends[0]), (5.0, bend), (10.0, ends[1]))
                )
            else:
                values = tuple(Point(o, Range.exactly(float(rng.random()))) for o in "abc")
            wants.append(Preference(f"p{p}", issue.id, Range(weight / 2, weight, weight * 2), values))
        kind = "decides" if p < consenting else "influences"
        people.append(Party(f"p{p}", f"Party {p}", kind, reservation=Range(0.3, 0.4, 0.6), preferences=tuple(wants)))
    return negotiation_of(Support(tuple(issues), tuple(people)))


def frontier(count: int) -> list[PlanTerms]:
    """Plans along a frontier: more of everything, and more people."""
    return [
        PlanTerms(f"plan {k}", {f"number{i}": 10 * k / count for i in range(3)}, ("z",), 100 * k, 100 * count)
        for k in range(1, count + 1)
    ]


def check(found: Analysis, draws: int, seed: int) -> None:
    """Compare the probabilities of one plan with plain loops."""
    one = found.packages[len(found.packages) // 2]
    for taste, verdict in zip(found.negotiation.utility_models, one.verdicts, strict=True):
        drawn = sample(taste, draws, seed)
        yes = 0
        for k in range(draws):
            total = 0.0
            for issue, curve in taste.value_functions.items():
                value, worth = one.package[issue], drawn.weighted_worth[issue][k]
                if isinstance(value, str):
                    total += worth[curve.at.index(value)]
                else:
                    total += float(np.interp(value, curve.knots(), worth))
            yes += total >= drawn.reservation[k] - 1e-9
        if yes / draws != verdict.probability:
            raise AssertionError(
                f"{taste.party}: {yes / draws} in plain loops, {verdict.probability} here: they differ"
            )


def main(arguments: list[str] | None = None) -> int:
    """Run it; 1 if the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small, to see that it runs")
    options = parser.parse_args(arguments)
    plans, draws, possible = (5, 500, 20) if options.quick else (50, 10_000, DEAL_DRAWS)
    check(analyse(made(8, 4), frontier(5), draws=500, deal_draws=5), 500, 0)
    print(f"{plans} plans, 8 parties, {draws:,} draws; processor time of one process")
    print(f"{'have to agree':>14}{'packages':>14}{'analysis, s':>13}{'any deal':>10}{'efficient':>11}")
    slow = 0.0
    for consenting in (2, 4, 8):
        negotiation = made(8, consenting)
        start = time.process_time()
        found = analyse(negotiation, frontier(plans), draws=draws, deal_draws=possible)
        took = time.process_time() - start
        slow = max(slow, took)
        efficient = found.solutions.efficient if found.solutions is not None else 0
        print(
            f"{consenting:>14}{found.space_size:>14,}{took:>13.1f}{found.deal_share:>10.0%}"
            f"{'not listed' if efficient is None else f'{efficient:,}':>11}"
        )
    print(f"Target: under {LIMIT:g} s: {'met' if slow < LIMIT else 'missed'}")
    return int(slow >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
