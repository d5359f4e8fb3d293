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


def random_negotiation(parties: int, consenting: int, seed: int = 0) -> Negotiation:
    """A negotiation over ten issues, from a seed."""
    rng = np.random.default_rng(seed)
    numbers = [Issue(f"number{i}", f"Number {i}", "units", low=0, high=10, step=2, reads=None) for i in range(7)]
    options = tuple(Option(name, name) for name in "abc")
    choices = [Issue(f"choice{i}", f"Choice {i}", kind="choice", options=options) for i in range(3)]
    issues = (*numbers, *choices)
    return negotiation_of(
        Support(
            issues,
            tuple(
                Party(
                    f"p{number}",
                    f"Party {number}",
                    "decides" if number < consenting else "influences",
                    reservation=Range(0.3, 0.4, 0.6),
                    preferences=tuple(_random_preference(rng, f"p{number}", issue) for issue in issues),
                )
                for number in range(parties)
            ),
        )
    )


def _random_preference(rng: np.random.Generator, party: str, issue: Issue) -> Preference:
    weight = float(rng.uniform(0.5, 3))
    if issue.kind == "number":
        ends = (1.0, 0.0) if rng.random() < 0.5 else (0.0, 1.0)
        bend = float(rng.uniform(0.3, 0.7))
        values = tuple(
            Point(at, Range(max(worth - 0.1, 0), worth, min(worth + 0.1, 1)))
            for at, worth in ((0.0, ends[0]), (5.0, bend), (10.0, ends[1]))
        )
    else:
        values = tuple(Point(option.id, Range.exactly(float(rng.random()))) for option in issue.options)
    return Preference(party, issue.id, Range(weight / 2, weight, weight * 2), values)


def frontier(count: int) -> list[PlanTerms]:
    """Plans along a frontier: more of everything, and more people."""
    return [
        PlanTerms(f"plan {n}", {f"number{i}": 10 * n / count for i in range(3)}, ("z",), 100 * n, 100 * count)
        for n in range(1, count + 1)
    ]


def check(analysis: Analysis, draws: int, seed: int) -> None:
    """Compare the probabilities of one plan with plain loops."""
    assessed = analysis.packages[len(analysis.packages) // 2]
    for model, verdict in zip(analysis.negotiation.utility_models, assessed.verdicts, strict=True):
        sampled = sample(model, draws, seed)
        accepted = 0
        for draw in range(draws):
            utility = 0.0
            for issue, function in model.value_functions.items():
                value, worth = assessed.package[issue], sampled.weighted_worth[issue][draw]
                if isinstance(value, str):
                    utility += worth[function.at.index(value)]
                else:
                    utility += float(np.interp(value, function.knots(), worth))
            accepted += utility >= sampled.reservation[draw] - 1e-9
        share = accepted / draws
        if share != verdict.probability:
            raise AssertionError(f"{model.party}: {share} in plain loops, {verdict.probability} here: they differ")


def main(arguments: list[str] | None = None) -> int:
    """Run it; 1 if the limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small, to see that it runs")
    options = parser.parse_args(arguments)
    plans, draws, deal_draws = (5, 500, 20) if options.quick else (50, 10_000, DEAL_DRAWS)
    check(analyse(random_negotiation(8, 4), frontier(5), draws=500, deal_draws=5), 500, 0)
    print(f"{plans} plans, 8 parties, {draws:,} draws; processor time of one process")
    print(f"{'have to agree':>14}{'packages':>14}{'analysis, s':>13}{'any deal':>10}{'efficient':>11}")
    slowest = 0.0
    for consenting in (2, 4, 8):
        negotiation = random_negotiation(8, consenting)
        start = time.process_time()
        analysis = analyse(negotiation, frontier(plans), draws=draws, deal_draws=deal_draws)
        seconds = time.process_time() - start
        slowest = max(slowest, seconds)
        efficient = analysis.solutions.efficient if analysis.solutions is not None else 0
        print(
            f"{consenting:>14}{analysis.space_size:>14,}{seconds:>13.1f}{analysis.deal_share:>10.0%}"
            f"{'not listed' if efficient is None else f'{efficient:,}':>11}"
        )
    print(f"Target: under {LIMIT:g} s: {'met' if slowest < LIMIT else 'missed'}")
    return int(slowest >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
