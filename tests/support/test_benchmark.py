"""The benchmark of the analysis runs, and notices when its probabilities are wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import support
from letup.support.analysis import analyse


def test_the_benchmark_runs_at_a_small_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert support.main(["--quick"]) == 0
    assert "Target: under 10 s: met" in capsys.readouterr().out


def test_a_wrong_probability_ends_the_run() -> None:
    analysis = analyse(support.random_negotiation(3, 2), support.frontier(2), draws=50, deal_draws=1)
    assessed = analysis.packages[1]
    verdicts = (
        replace(assessed.verdicts[0], probability=assessed.verdicts[0].probability + 0.02),
        *assessed.verdicts[1:],
    )
    wrong = replace(analysis, packages=(analysis.packages[0], replace(assessed, verdicts=verdicts)))
    support.check(analysis, 50, 0)
    with pytest.raises(AssertionError, match="differ"):
        support.check(wrong, 50, 0)
