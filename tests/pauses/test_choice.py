"""What each window is worth, and what the next hour would bring: differences of what flows say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from letup.core.clock import Clock
from letup.flow import TimedNetwork
from letup.pauses import Limits, Window, broken, choose_pauses, quiet_array
from letup.pauses.choice import next_hours, worth_of_windows
from letup.pauses.problem import Problem as Asked
from letup.pauses.problem import weight_of
from tests.pauses.small import Problem, drawn

SEEDS = range(4)


def plan(seed: int) -> tuple[Problem, Asked, list[Window]]:
    """A tiny problem, and one of the sets of windows that it allows."""
    problem = drawn(seed, by_hand=False)
    clock = Clock(problem.steps, problem.step_minutes, problem.start_hour)
    windows = sorted(problem.allowed[len(problem.allowed) // 2])
    return problem, Asked(problem.net, clock, problem.limits, problem.weight), windows


def value(problem: Problem, windows: list[Window]) -> float:
    return problem.value(quiet_array(windows, problem.net.zones, problem.steps))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_window_is_worth_what_is_lost_without_it(seed: int) -> None:
    problem, asked, windows = plan(seed)
    losses = worth_of_windows(asked, windows)
    assert [window for window, _ in losses] == windows
    for window, loss in losses:
        without = [other for other in windows if other != window]
        assert loss == pytest.approx(value(problem, windows) - value(problem, without), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_next_hour_brings_what_the_flow_says_within_the_limits_on_single_windows(seed: int) -> None:
    problem, asked, windows = plan(seed)
    limits = replace(problem.limits, zone_hours=None, at_once=None, concession_budget=None)
    extensions = next_hours(asked, windows)
    gains = [gain for *_, gain in extensions]
    assert gains == sorted(gains, reverse=True)
    for new, old, gain in extensions:
        changed = [*(w for w in windows if w != old), new]
        assert broken(changed, limits, zones=problem.net.zones, **problem.clock) == []
        before = 0 if old is None else old.last - old.first + 1
        hours = (new.last - new.first + 1 - before) * problem.step_minutes / 60
        assert hours > 0
        assert gain * hours == pytest.approx(value(problem, changed) - value(problem, windows), abs=1e-9)


def test_an_hour_more_on_a_road_brings_the_people_of_an_hour() -> None:
    # 10 people a step of half an hour; a step later each arrival counts as much.
    net = TimedNetwork([0], [1], [1], [10], [1000, 0], [0, 1000], [False, False], [0])
    clock = {"steps": 24, "step_minutes": 30, "start_hour": 6.0}
    weight = weight_of([1.0] * 24, 24)
    choice = choose_pauses(net, limits=Limits(shortest=1, zone_hours=3), weight=weight, time_limit=10, **clock)
    assert choice.value == pytest.approx(60)
    assert choice.worth() == [(choice.windows[0], pytest.approx(60))]
    new, old, gain = choice.next_hours()[0]
    assert old == choice.windows[0]
    assert new.last - new.first == old.last - old.first + 2
    assert gain == pytest.approx(20)
    assert choice.evaluate([new]) == pytest.approx(80)
    assert choice.evaluate([]) == 0
