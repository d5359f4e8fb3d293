"""Wrong arrays are named in one error, all at once; arrays with nothing in them are no mistake."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from letup.core.errors import LetupError
from letup.flow import TimedNetwork, earliest_arrival

GOOD: dict[str, Any] = {
    "tail": [0, 1],
    "head": [1, 2],
    "transit": [1, 2],
    "capacity": [3, 4],
    "supply": [5, 0, 0],
    "shelter": [0, 0, 9],
    "wait": [True, True, True],
    "zone": [0, -1],
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tail", [0, 3], "tail[1] is 3"),
        ("tail", [-1, 1], "tail[0] is -1"),
        ("head", [1, 3], "head[1] is 3"),
        ("head", [1], "head has shape (1,)"),
        ("head", [1, -2], "head[1] is -2"),
        ("transit", [0, 1], "transit[0] is 0"),
        ("transit", [1, 2, 3], "transit has shape (3,)"),
        ("transit", [1.5, 2], "transit must hold whole numbers"),
        ("transit", [float("nan"), 2], "transit must hold whole numbers"),
        ("transit", [True, True], "transit must hold whole numbers"),
        ("capacity", [-1, 4], "capacity[0] is -1"),
        ("capacity", [2**31, 4], "capacity[0] is 2147483648"),
        ("capacity", [[1, 2], [3, -4]], "capacity[1, 1] is -4"),
        ("capacity", [[[1]], [[1]]], "capacity has shape (2, 1, 1)"),
        ("capacity", [1, 2, 3], "capacity has shape (3,)"),
        ("capacity", ["3", "4"], "capacity must hold whole numbers"),
        ("supply", [-5, 0, 0], "supply[0] is -5"),
        ("supply", [2**31, 0, 0], "supply[0] is 2147483648"),
        ("supply", [2**31 - 1, 1, 0], "supply adds up to 2147483648"),
        ("supply", [[5, 0, 0]], "must have one dimension"),
        ("shelter", [0, 0, -9], "shelter[2] is -9"),
        ("shelter", [0, 9], "shelter has shape (2,)"),
        ("shelter", [False, False, True], "shelter must hold whole numbers"),
        ("wait", ["a", "b", "c"], "wait must hold whole numbers"),
        ("wait", [1, -1, 1], "wait[1] is -1"),
        ("wait", [[True]] * 3, "wait has shape (3, 1), expected (3,), or (3, 'steps') if it counts people"),
        ("wait", [True], "wait has shape (1,)"),
        ("zone", [-2, 0], "zone[0] is -2"),
        ("zone", [0], "zone has shape (1,)"),
    ],
)
def test_what_is_wrong_with_the_network_is_said(name: str, value: object, said: str) -> None:
    with pytest.raises(LetupError) as caught:
        TimedNetwork(**{**GOOD, name: value})
    assert caught.value.code == "flow.input"
    assert said in caught.value.message
    assert caught.value.remedy


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(LetupError) as caught:
        TimedNetwork(**{**GOOD, "transit": [0, 0], "capacity": [-1, 1], "head": [1, 7], "wait": [0, -3, 0]})
    for name in ("transit[0] is 0", "(2 such)", "capacity[0]", "head[1]", "wait[1]"):
        assert name in caught.value.message


@pytest.mark.parametrize(
    ("steps", "quiet", "said"),
    [
        (0, None, "steps is 0"),
        (-1, None, "steps is -1"),
        (1.5, None, "steps is 1.5"),
        (True, None, "steps is True"),
        ("4", None, "steps is '4'"),
        (2**30, None, "more than 2**31 - 1"),
        (4, np.ones((1, 3), bool), "quiet has shape (1, 3)"),
        (4, np.ones((0, 4), bool), "quiet has shape (0, 4)"),
        (4, np.ones(4, bool), "quiet must be bool[zones, steps]"),
        (4, np.ones((1, 4)), "quiet must be bool[zones, steps]"),
        (4, [[1, 1, 1, 1]], "quiet must be bool[zones, steps]"),
        (0, np.ones((1, 4), np.int8), "steps is 0"),
    ],
)
def test_what_is_wrong_with_the_question_is_said(steps: Any, quiet: Any, said: str) -> None:
    with pytest.raises(LetupError) as caught:
        earliest_arrival(TimedNetwork(**GOOD), steps, quiet)
    assert caught.value.code == "flow.input"
    assert said in caught.value.message


def test_capacity_over_time_has_to_fit_the_steps() -> None:
    net = TimedNetwork(**{**GOOD, "capacity": [[1, 2, 3], [4, 5, 6]]})
    assert earliest_arrival(net, 3).steps == 3
    with pytest.raises(LetupError, match="capacity has 3 steps, expected 4"):
        earliest_arrival(net, 4)


def test_an_unknown_backend_is_named_with_those_there_are() -> None:
    with pytest.raises(LetupError) as caught:
        earliest_arrival(TimedNetwork(**GOOD), 4, backend="simplex")
    assert caught.value.code == "flow.backend"
    assert "'simplex'" in caught.value.message
    for name in ("kernel", "ortools", "highs"):
        assert name in caught.value.remedy


def test_whole_numbers_of_other_kinds_are_taken() -> None:
    net = TimedNetwork(**{**GOOD, "supply": np.array([5.0, 0.0, 0.0]), "capacity": np.array([3, 4], np.uint8)})
    assert earliest_arrival(net, 10).arrivals.tolist() == [0, 0, 0, 3, 2, 0, 0, 0, 0, 0]


NONE = np.zeros(0, int)


@pytest.mark.parametrize("backend", ["kernel", "highs"])
@pytest.mark.parametrize("steps", [1, 5])
@pytest.mark.parametrize(
    ("changed", "total"),
    [
        ({"tail": [], "head": [], "transit": [], "capacity": [], "zone": []}, 0),
        ({"supply": [0, 0, 0]}, 0),
        ({"shelter": [0, 0, 0]}, 0),
        ({"shelter": [4, 0, 0]}, 4),  # they live at the shelter: there at step 0
        ({"shelter": [9, 0, 0], "wait": [False] * 3}, 5),
        ({"capacity": [0, 0]}, 0),
        ({"transit": [9, 9]}, 0),
        ({"transit": [2**31 - 1, 2**31 - 1]}, 0),
        ({"head": [0, 1]}, 0),  # arcs to where they start
    ],
)
def test_there_may_be_nothing_to_do(backend: str, steps: int, changed: dict[str, Any], total: int) -> None:
    flow = earliest_arrival(TimedNetwork(**{**GOOD, **changed}), steps, backend=backend)
    assert flow.arrivals.tolist() == [total] + [0] * (steps - 1)
    assert flow.cut.sum == flow.total == total
    assert sum(route.people for route in flow.routes()) == total
    assert all(route.arcs == () for route in flow.routes())
    assert not flow.entering.any()


@pytest.mark.parametrize("backend", ["kernel", "highs"])
def test_a_network_of_nothing_moves_nobody(backend: str) -> None:
    flow = earliest_arrival(TimedNetwork(NONE, NONE, NONE, NONE, NONE, NONE, np.zeros(0, bool)), 3, backend=backend)
    assert flow.arrivals.tolist() == [0, 0, 0]
    assert flow.total == flow.cut.sum == 0
    assert flow.routes() == []


def test_nobody_is_on_an_arc_when_its_zone_is_not_quiet() -> None:
    net = TimedNetwork([0], [1], [2], [3], [9, 0], [0, 9], [True, True], [0])
    quiet = np.array([[True, False, True, True, True, False, True, True]])
    # entered at 2 and 3 only: from 4 the zone falls loud on the way, from 6 the time runs out
    assert earliest_arrival(net, 8, quiet).arrivals.tolist() == [0, 0, 0, 0, 3, 3, 0, 0]


def test_people_at_home_may_wait_where_nobody_else_may() -> None:
    net = TimedNetwork([0, 1], [1, 2], [1, 1], [[1] * 6, [0, 0, 0, 1, 1, 1]], [3, 0, 0], [0, 0, 3], [False] * 3)
    assert earliest_arrival(net, 6).arrivals.tolist() == [0, 0, 0, 0, 1, 1]


def test_an_unknown_order_is_named_with_those_there_are() -> None:
    with pytest.raises(LetupError, match="order is 'latest', must be one of earliest, any"):
        earliest_arrival(TimedNetwork(**GOOD), 4, order="latest")  # type: ignore[arg-type]


def test_room_to_wait_over_time_has_to_fit_the_steps() -> None:
    net = TimedNetwork(**{**GOOD, "wait": [[1, 2, 3]] * 3})
    assert earliest_arrival(net, 3).steps == 3
    with pytest.raises(LetupError, match="wait has 3 steps, expected 4"):
        earliest_arrival(net, 4)
