"""Where all sets of windows can be tried, the choice is the best of them, and the bound not below it."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import Phase, example, given
from hypothesis import strategies as st

from benchmarks.peers.pause_mip import FORMS, solve
from letup.core.errors import NoPlan
from letup.pauses import Limits, Window, choose_pauses, quiet_array
from letup.pauses.choice import Choice
from tests.examples import examples, seeds
from tests.pauses.small import Problem, drawn

EXACT = 1e-6
SEEDS = seeds(100)  # of problems: what two tests draw alike is drawn once
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a smaller seed is no smaller problem


def choose(problem: Problem, seconds: float) -> Choice | None:
    """The choice; None where there is rightly no plan."""
    try:
        return choose_pauses(
            problem.net, limits=problem.limits, weight=problem.weight, time_limit=seconds, gap=EXACT, **problem.clock
        )
    except NoPlan:
        if problem.best > problem.value(quiet_array([], problem.net.zones, problem.steps)) + EXACT:
            raise
        return None


def assert_proven(problem: Problem, choice: Choice) -> None:
    """The windows keep to the limits, are worth what is said, and nothing is worth more than the bound."""
    assert problem.broken(choice.windows) == []
    value = problem.value(quiet_array(choice.windows, problem.net.zones, problem.steps))
    assert choice.value == pytest.approx(value, abs=EXACT)
    most = problem.best
    assert value <= most + EXACT, "the enumeration has missed a set of windows"
    assert choice.bound >= most - EXACT * max(1.0, abs(most)), "the bound is wrong"


@examples(100, phases=PHASES)
@given(seed=SEEDS)
@example(seed=27470)  # a road that takes longer than the shortest window
def test_given_time_nothing_better_is_left(seed: int) -> None:
    problem = drawn(seed)
    choice = choose(problem, 5)
    if choice is not None:
        assert_proven(problem, choice)
        assert choice.value == pytest.approx(problem.best, abs=EXACT)


@examples(25, phases=PHASES)
@given(seed=SEEDS)
def test_given_time_nothing_better_is_left_where_shelters_fill_up(seed: int) -> None:
    problem = drawn(seed, scarce=True)
    choice = choose(problem, 5)
    if choice is not None:
        assert_proven(problem, choice)
        assert choice.value == pytest.approx(problem.best, abs=EXACT)


@examples(100, phases=PHASES)
@given(seed=SEEDS)
def test_the_bound_holds_however_little_time_there_is(seed: int) -> None:
    problem = drawn(seed)
    choice = choose(problem, 0.0)
    if choice is not None:
        assert_proven(problem, choice)


@examples(25, phases=PHASES)
@given(seed=SEEDS, form=st.sampled_from(FORMS))
def test_the_whole_program_that_we_are_measured_against_finds_the_best_too(seed: int, form: str) -> None:
    problem = drawn(seed, by_hand=False)
    incumbents: list[list[Window]] = []
    bounds = [np.inf]

    def tell(windows: list[Window] | None, bound: float) -> None:
        bounds.append(bound)
        if windows is not None:
            incumbents.append(windows)

    solve(problem, 20, tell, form=form)
    values = [problem.value(quiet_array(windows, problem.net.zones, problem.steps)) for windows in incumbents]
    assert all(problem.broken(windows) == [] for windows in incumbents)
    assert max(values, default=0.0) == pytest.approx(problem.best, abs=EXACT)
    assert min(bounds) >= problem.best - EXACT


def test_the_problems_tried_have_all_limits_and_many_answers() -> None:
    tried = [drawn(seed) for seed in range(40)]
    for name in (limit.name for limit in fields(Limits)):
        usual = getattr(Limits(), name)
        assert any(getattr(problem.limits, name) is not usual for problem in tried), name
    assert sum(len(problem.allowed) > 20 for problem in tried) > len(tried) / 2
