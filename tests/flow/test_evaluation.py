"""What if: answers from the flow that is held are those of a fresh computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from letup.core.errors import LetupError
from letup.flow import Evaluation, TimedNetwork, earliest_arrival
from tests.examples import examples
from tests.flow.nights import days_and_nights
from tests.flow.small import Case, cases

many = examples(150, suppress_health_check=list(HealthCheck))


def assert_the_same(evaluation: Evaluation, case: Case, quiet: np.ndarray | None) -> None:
    fresh = earliest_arrival(case.net, case.steps, quiet)
    assert evaluation.total == fresh.total == Evaluation(case.net, case.steps, quiet).total
    assert (evaluation.arrivals == fresh.arrivals).all()


def follow(case: Case, draw: np.random.Generator) -> None:
    """Change windows again and again, from the newest evaluation or an older one."""
    zones = max(case.net.zones, 1)
    held = [Evaluation(case.net, case.steps, case.quiet)]
    for _ in range(4):
        before = held[int(draw.integers(len(held)))]
        total = before.total
        quiet = np.ones((zones, case.steps), bool) if before.quiet is None else before.quiet.copy()
        first, last = sorted(draw.integers(0, case.steps + 1, 2))
        quiet[int(draw.integers(len(quiet))), first:last] = draw.random() < 0.5
        new = None if draw.random() < 0.1 else quiet
        after = before.changed(new)
        assert_the_same(after, case, new)
        assert before.total == total, "an evaluation has changed"
        held.append(after)


@many
@given(cases(), st.integers(0, 2**32 - 1))
def test_other_windows_bring_what_a_fresh_computation_says(case: Case, seed: int) -> None:
    follow(case, np.random.default_rng(seed))


@examples(50, suppress_health_check=list(HealthCheck))
@given(cases(long=True), st.integers(0, 2**32 - 1))
def test_so_they_do_over_many_steps(case: Case, seed: int) -> None:
    follow(case, np.random.default_rng(seed))


@many
@given(st.integers(0, 2**32 - 1))
def test_so_they_do_where_nights_are_left_out(seed: int) -> None:
    follow(days_and_nights(seed), np.random.default_rng(seed))


def test_taking_a_window_away_and_giving_it_back_ends_where_it_began() -> None:
    net = TimedNetwork([0, 1], [1, 2], [2, 2], [5, 5], [30, 0, 0], [0, 0, 100], [True] * 3, [0, 1])
    quiet = np.zeros((2, 40), bool)
    quiet[:, 4:12] = quiet[:, 20:30] = True
    without = quiet.copy()
    without[1, 20:30] = False
    all_windows = Evaluation(net, 40, quiet)
    fewer = all_windows.changed(without)
    assert (all_windows.total, fewer.total) == (30, 25)
    assert fewer.changed(quiet).total == 30


def test_windows_that_do_not_fit_are_refused() -> None:
    evaluation = Evaluation(TimedNetwork([0], [1], [1], [1], [1, 0], [0, 1], [True] * 2, [0]), 4)
    with pytest.raises(LetupError, match=r"quiet has shape \(1, 3\)"):
        evaluation.changed(np.ones((1, 3), bool))
    with pytest.raises(LetupError, match="steps is 0"):
        Evaluation(evaluation.net, 0)
