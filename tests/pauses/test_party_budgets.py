"""Each party has costs and a budget of its own: pauses keep to all of them, and the bound is of such pauses."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.core.errors import LetupError, NoPlan
from letup.pauses import Limits, Window, choose_pauses, quiet_array
from letup.pauses.feasibility.conflicts import require_a_plan
from letup.pauses.limit_checks import breaches
from tests.examples import examples, seeds
from tests.pauses.small import Problem, TooManyError, _allowed, drawn

EXACT = 1e-6


def costs(windows: list[Window], table: NDArray[np.float64]) -> NDArray[np.float64]:
    """What windows cost each party, by the quiet state that they make."""
    quiet = quiet_array(windows, table.shape[1], table.shape[2])
    return np.einsum("pzt,zt->p", table, quiet)


def shared(seed: int) -> Problem | None:
    """A problem whose costs two parties bear, each with a budget; None if it has too many sets of windows to try."""
    problem = drawn(seed)
    rng = np.random.default_rng([seed, 2])
    table = np.round(rng.random((2, problem.net.zones, problem.steps)) * 4)
    budget = rng.integers(2, 2 * problem.steps, 2).astype(float)
    if rng.random() < 0.2:
        budget[rng.integers(2)] = math.inf
    limits = replace(problem.limits, concession=table, concession_budget=budget)
    try:
        problem = replace(problem, limits=limits)
        return replace(problem, allowed=_allowed(problem))
    except TooManyError:
        return None


@examples(10, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seed=seeds(10))
def test_the_best_pauses_within_both_budgets_are_found_and_the_bound_holds(seed: int) -> None:
    problem = shared(seed)
    if problem is None:
        return
    try:
        choice = choose_pauses(
            problem.net, limits=problem.limits, weight=problem.weight, time_limit=2, gap=EXACT, **problem.clock
        )
    except NoPlan:
        idle = problem.value(quiet_array([], problem.net.zones, problem.steps))
        assert problem.best <= idle + EXACT
        return
    table, budget = np.asarray(problem.limits.concession), np.array(problem.limits.concession_budget)
    if not problem.limits.frozen:
        assert (costs(list(choice.windows), table) <= budget + 1e-4 * np.maximum(1, budget)).all()
    assert problem.broken(choice.windows) == []
    assert choice.bound >= problem.best - EXACT * max(1.0, abs(problem.best))
    assert choice.value == pytest.approx(problem.best, abs=EXACT)


STREET = Limits(shortest=1.0)
TABLE = np.stack([np.full((2, 8), 1.0), np.vstack([np.zeros(8), np.full(8, 2.0)])])


def of(limits: Limits, windows: list[Window]) -> list[tuple[str, int | None]]:
    return [(b.limit, b.party) for b in breaches(windows, limits, 2, Clock(8, 60))]


def test_who_is_asked_too_much_is_said() -> None:
    windows = [Window(0, 0, 3), Window(1, 0, 1)]  # costs 6 and 4
    assert of(replace(STREET, concession=TABLE, concession_budget=(6.0, 4.0)), windows) == []
    assert of(replace(STREET, concession=TABLE, concession_budget=(5.0, 4.0)), windows) == [("concession_budget", 0)]
    assert of(replace(STREET, concession=TABLE, concession_budget=(math.inf, 3)), windows) == [("concession_budget", 1)]
    assert of(replace(STREET, concession=TABLE), windows) == []


@pytest.mark.parametrize(
    ("table", "budget", "words"),
    [
        (TABLE, (1.0,), "one for each party"),
        (TABLE, (1.0, -1.0), "cannot be negative"),
        (TABLE, (1.0, math.nan), "must be finite"),
        (TABLE[0], (1.0, 2.0), "several budgets for one table"),
        (TABLE[None], 1.0, "has shape"),
    ],
)
def test_budgets_that_do_not_fit_their_tables_are_refused(table, budget, words) -> None:
    problem = drawn(0)
    limits = replace(STREET, concession=table, concession_budget=budget)
    with pytest.raises(LetupError, match=words):
        choose_pauses(problem.net, limits=limits, time_limit=1, **problem.clock)


@pytest.mark.parametrize(
    ("budgets", "says"),
    [
        ((0.6, 5.0), "a budget of party 0 of 0.74 in place of 0.6"),
        ((math.inf, 0.5), "a budget of party 1 of 2 in place of 0.5"),
        ((0.6, 0.5), "budgets of 0.74, 2 in place of budgets of 0.6, 0.5"),
    ],
)
def test_the_smallest_budgets_that_would_do_are_said(budgets: tuple[float, ...], says: str) -> None:
    """The shortest window has two steps: it costs one party 0.74, the other 2."""
    table = np.stack([np.full((3, 48), 0.37), np.ones((3, 48))])
    with pytest.raises(NoPlan) as caught:
        require_a_plan(None, Limits(concession=table, concession_budget=budgets), Clock(48, 30, 0), zones=3)
    assert says in caught.value.remedy
    assert "pauses cost the parties at most" in caught.value.message
