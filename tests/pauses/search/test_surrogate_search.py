"""A search on a surrogate with exact flows beside it: nothing is waited for but the first answer, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from letup.core.clock import Clock
from letup.pauses import Window, choose_pauses
from letup.pauses import choose as choosing
from letup.pauses.incumbent import Incumbent
from letup.pauses.problem import Problem, weight_of
from letup.pauses.search.surrogate_search import CheckedSearch
from tests.pauses.test_choose_ends import LIMITS, MINUTES, START, STEPS, TIME, assert_holds, strip


@pytest.fixture
def problem() -> Problem:
    return Problem(strip(), Clock(STEPS, MINUTES, START), LIMITS, weight_of(None, STEPS))


class Exact:
    """Exact values that take a given time."""

    def __init__(self, problem: Problem, seconds: float) -> None:
        self.problem, self.takes = problem, seconds
        self.asked: list[tuple[Sequence[Window], float]] = []

    def __call__(self, windows: Sequence[Window]) -> float:
        time.sleep(self.takes)
        self.asked.append((windows, self.problem.value(windows)))
        return self.asked[-1][1]


def test_the_search_goes_on_while_an_exact_flow_is_computed(problem: Problem) -> None:
    exact = Exact(problem, 0.4)
    CheckedSearch(problem, Incumbent(exact, time_limit=4.0), 0).run()
    first, *others = [windows for windows, _ in exact.asked]
    assert others
    assert first not in others
    values = [value for _, value in exact.asked]
    assert max(values) > values[0]  # a tenth of the time is not enough for the best


def test_the_first_answer_is_waited_for_however_late_it_comes(problem: Problem) -> None:
    exact = Exact(problem, 1.0)
    incumbent = Incumbent(exact, time_limit=0.3)
    CheckedSearch(problem, incumbent, 0).run()
    assert len(exact.asked) == 1
    assert incumbent.value > 0


def test_an_answer_that_comes_too_late_is_not_waited_for_where_one_is_known(problem: Problem) -> None:
    exact = Exact(problem, 0.0)
    incumbent = Incumbent(exact, time_limit=0.5)
    incumbent.offer([Window(7, 2, 9)])
    exact.takes = 20.0
    CheckedSearch(problem, incumbent, 0).run()
    assert len(exact.asked) == 1  # the other one is still being computed


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_what_goes_wrong_beside_the_search_is_not_lost(problem: Problem, error: BaseException) -> None:
    def fails(_: Sequence[Window]) -> float:
        raise error

    incumbent = Incumbent(fails, time_limit=2.0)
    incumbent.offer([Window(7, 2, 9)], 1.0)
    with pytest.raises(type(error)):
        CheckedSearch(problem, incumbent, 0).run()


def test_large_networks_are_chosen_for_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "is_small", lambda *_: False)
    net = strip()
    choice = choose_pauses(net, limits=LIMITS, time_limit=3.0, **TIME)
    assert_holds(choice, net, LIMITS)
    assert choice.value > 0
