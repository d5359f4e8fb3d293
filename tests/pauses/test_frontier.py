"""The frontier: plans by budget that agree with each other, and with what enumeration finds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.core.errors import LetupError, NoPlan
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.frontier import NOT_DONE, Found, agree, budgets_around, trace_frontier, used
from tests.examples import examples

STEPS, MINUTES = 8, 60
LIMITS = Limits(shortest=1.0, windows_per_day=9)


def street(people=(60, 60), rate=10):
    """Two zones in a row, homes in each, a shelter beyond the last."""
    return TimedNetwork([0, 1], [1, 2], [1, 1], [rate, rate], [*people, 0], [0, 0, 999], [False] * 3, [0, 1])


def value_of(net, windows):
    weight = 1 - 0.3 * np.arange(STEPS) / STEPS
    return float(
        weight @ earliest_arrival(net, steps=STEPS, quiet=quiet_array(list(windows), net.zones, STEPS)).arrivals
    )


def best_by_enumeration(net, hours):
    """The largest value with so many quiet zone-steps: all sets of quiet steps are tried."""
    cells = net.zones * STEPS
    best = 0.0
    for bits in range(1 << cells):
        if bits.bit_count() <= hours:
            quiet = np.array([bits >> cell & 1 for cell in range(cells)], bool).reshape(net.zones, STEPS)
            weight = 1 - 0.3 * np.arange(STEPS) / STEPS
            best = max(best, float(weight @ earliest_arrival(net, steps=STEPS, quiet=quiet).arrivals))
    return best


def trace(net, limits=LIMITS, **more):
    given = {"steps": STEPS, "step_minutes": MINUTES, "limits": limits, "time_limit": 5.0, "workers": 1} | more
    return trace_frontier(net, **given)


@pytest.fixture(scope="module")
def traced():
    return trace(street(), budgets=[8, 2, 4])


def test_every_point_keeps_to_its_budget_and_is_worth_what_it_says(traced):
    assert [point.budget for point in traced.points] == [2, 4, 8]
    for point in traced.points:
        limits = replace(LIMITS, zone_hours=point.budget)
        assert broken(list(point.windows), limits, zones=2, steps=STEPS, step_minutes=MINUTES, start_hour=0.0) == []
        assert point.used == sum(w.last - w.first + 1 for w in point.windows) <= point.budget
        assert point.value == pytest.approx(value_of(street(), point.windows))


def test_more_pause_is_never_worth_less_and_every_bound_holds(traced):
    values, bounds = [p.value for p in traced.points], [p.bound for p in traced.points]
    assert values == sorted(values)
    assert bounds == sorted(bounds)
    for point in traced.points:
        if point.budget <= 4:
            best = best_by_enumeration(street(), point.budget)
            assert point.value <= best + 1e-6
            assert point.bound >= best - 1e-6


def test_the_answers_are_the_same_over_processes(traced):
    again = trace(street(), budgets=[2, 4, 8], workers=2)
    assert [(p.budget, p.value, p.bound, p.windows) for p in again.points] == [
        (p.budget, p.value, p.bound, p.windows) for p in traced.points
    ]


def test_slopes_say_what_the_next_hour_brings_and_at_most(traced):
    for slope, one, other in zip(traced.slopes(), traced.points, traced.points[1:], strict=False):
        assert slope.gain * (slope.end - slope.start) == pytest.approx(other.value - one.value)
        assert slope.most >= slope.gain >= 0
    assert len(traced.slopes()) == 2


def test_over_a_concession_the_budget_counts_cost_and_not_hours():
    cost = np.array([[3.0] * STEPS, [1.0] * STEPS])
    traced = trace(street(), replace(LIMITS, concession=cost), by="concession", budgets=[4.0, 12.0])
    assert traced.by == "concession"
    for point in traced.points:
        assert point.used == pytest.approx(cost[quiet_array(list(point.windows), 2, STEPS)].sum())
        assert point.used <= point.budget
    assert traced.points[1].value > traced.points[0].value > 0


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(LetupError) as caught:
        trace(street(), by="concession")
    assert caught.value.code == "frontier.concession"
    for budgets in ([], [-1.0], [math.nan]):
        with pytest.raises(LetupError) as caught:
            trace(street(), budgets=budgets)
        assert caught.value.code == "frontier.budgets"


def test_a_budget_too_small_for_any_window_says_so_and_the_others_stand():
    limits = Limits(shortest=3.0)
    traced = trace(street(), limits, budgets=[1.0, 6.0])
    assert "3 h" in traced.points[0].reason
    assert traced.points[0].windows == ()
    assert traced.points[1].reason == ""
    with pytest.raises(NoPlan, match="3 h"):
        trace(street(), limits, budgets=[1.0, 2.0])


W = (Window(0, 0, 1),)
V = (Window(1, 0, 3),)


def agreed(*found):
    budgets = [10.0 * (i + 1) for i in range(len(found))]
    return agree(budgets, found, 2, LIMITS, Clock(STEPS, MINUTES), "zone_hours")


def test_a_better_plan_for_less_is_kept_for_more():
    first, second = agreed(Found(W, 50.0, 60.0, True), Found(V, 40.0, 90.0, False))
    assert (second.windows, second.value, second.value_from, second.used) == (W, 50.0, 10.0, 2.0)
    assert (first.value_from, second.bound, second.gap) == (None, 90.0, pytest.approx(0.8))


def test_a_lower_bound_for_more_holds_for_less():
    first, second = agreed(Found(W, 50.0, 95.0, True), Found(V, 60.0, 90.0, True))
    assert (first.bound, first.bound_from, second.bound_from) == (90.0, 20.0, None)


def test_a_point_that_was_not_searched_is_filled_from_its_neighbours():
    nothing = Found((), -math.inf, math.inf, False, NOT_DONE)
    points = agreed(nothing, Found(W, 50.0, 60.0, True), nothing, Found(V, 70.0, 80.0, True))
    assert points[0].reason == NOT_DONE
    assert (points[2].windows, points[2].value, points[2].bound) == (W, 50.0, 80.0)
    assert (points[2].value_from, points[2].bound_from, points[2].complete) == (20.0, 40.0, False)


@examples(60)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=8))
def test_however_the_searches_went_values_and_bounds_never_fall(pairs):
    points = agreed(*(Found(W, min(pair), max(pair), True) for pair in pairs))
    values, bounds = [p.value for p in points], [p.bound for p in points]
    assert values == sorted(values)
    assert bounds == sorted(bounds)
    assert all(bound <= max(pair) for bound, pair in zip(bounds, pairs, strict=True))


def test_budgets_lie_around_the_limit_that_is_set():
    clock = Clock(48, 30, 6.0)
    assert budgets_around(Limits(shortest=3.0, zone_hours=40.0), 13, clock, 6, "zone_hours") == [10, 20, 30, 40, 50, 60]
    # No more than there is: two zones, a day each, one at a time.
    assert budgets_around(Limits(shortest=3.0, at_once=1), 2, clock, 3, "zone_hours") == [8, 16, 24]
    assert budgets_around(Limits(shortest=3.0, zone_hours=4.0), 2, clock, 4, "zone_hours")[0] == 3.0
    cost = np.full((2, 48), 0.5)
    limits = Limits(shortest=3.0, concession=cost, concession_budget=8.0)
    assert budgets_around(limits, 2, clock, 3, "concession") == [4, 8, 12]


def test_what_windows_cost_is_added_up_by_quiet_step():
    cost = np.arange(16.0).reshape(2, 8)
    assert used([Window(1, 2, 3)], 2, replace(LIMITS, concession=cost), Clock(8, 60), "concession") == 21.0
