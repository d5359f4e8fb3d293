"""What windows are worth, computed on what they open only."""

from __future__ import annotations

import numpy as np
import pytest

from letup.core.clock import Clock
from letup.core.errors import LetupError
from letup.pauses import quiet_array
from letup.pauses.problem import Problem as Asked
from letup.pauses.problem import weight_of
from tests.pauses.small import drawn


@pytest.mark.parametrize("scarce", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_windows_are_worth_what_the_flow_on_the_whole_network_says(seed: int, scarce: bool) -> None:
    problem = drawn(seed, scarce)
    asked = Asked(
        problem.net, Clock(problem.steps, problem.step_minutes, problem.start_hour), problem.limits, problem.weight
    )
    for windows in problem.allowed[:40]:
        value = problem.value(quiet_array(windows, problem.net.zones, problem.steps))
        assert asked.value(windows) == pytest.approx(value, abs=1e-9)
        assert asked.value(windows[::-1]) == asked.value(windows)


def test_an_arrival_counts_less_the_later_it_is_if_nothing_else_is_said() -> None:
    weight = weight_of(None, 10)
    assert weight[0] == 1
    assert weight[9] == pytest.approx(0.73)
    assert (np.diff(weight) < 0).all()


@pytest.mark.parametrize("weight", [[1.0], [1.0, 2.0], [1.0, -1.0], [np.inf, 1.0]])
def test_weights_that_rise_or_mean_nothing_are_refused(weight: list[float]) -> None:
    with pytest.raises(LetupError, match="weight must be 2"):
        weight_of(np.array(weight), 2)
