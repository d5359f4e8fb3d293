"""Frontiers: plans by budget that agree with each other, with `letup plan` and with enumeration; people and aid."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup import plan as plans
from letup.cli.frontier import show_frontier
from letup.core.clock import Clock
from letup.core.errors import LetupError, NoPlan
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, choose_pauses, quiet_array
from letup.plan.frontier.against_need import efficient, tradeoff
from letup.plan.frontier.files import write_frontier
from letup.plan.frontier.model import BudgetFrontier, NeedPoint
from letup.plan.frontier.over_budget import (
    NOT_DONE,
    SearchResult,
    agree,
    budgets_around,
    frontier,
    trace,
    used,
)
from letup.report import write_frontier_html
from letup.scenario.model import Priorities
from tests.cli.running import printed
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


@dataclass(frozen=True)
class NetworkSearch:
    """What pauses are worth on a network, without a scenario."""

    net: TimedNetwork

    def __call__(self, limits, start):
        try:
            choice = choose_pauses(
                self.net, steps=STEPS, step_minutes=MINUTES, limits=limits, time_limit=5.0, start=start
            )
        except NoPlan as error:
            return SearchResult((), 0.0, 0.0, complete=True, reason=error.message)
        return SearchResult(tuple(choice.windows), choice.value, choice.bound, choice.complete)


def traced_on(net, limits=LIMITS, workers=1, **more):
    points, _ = trace(NetworkSearch(net), limits, net.zones, Clock(STEPS, MINUTES), workers=workers, **more)
    return points


@pytest.fixture(scope="module")
def traced():
    return traced_on(street(), budgets=[8, 2, 4])


def test_every_point_keeps_to_its_budget_and_is_worth_what_it_says(traced):
    assert [point.budget for point in traced] == [2, 4, 8]
    for point in traced:
        limits = replace(LIMITS, zone_hours=point.budget)
        assert broken(list(point.windows), limits, zones=2, steps=STEPS, step_minutes=MINUTES, start_hour=0.0) == []
        assert point.used == sum(w.last - w.first + 1 for w in point.windows) <= point.budget
        assert point.value == pytest.approx(value_of(street(), point.windows))


def test_more_pause_is_never_worth_less_and_every_bound_holds(traced):
    values, bounds = [p.value for p in traced], [p.bound for p in traced]
    assert values == sorted(values)
    assert bounds == sorted(bounds)
    for point in traced:
        if point.budget <= 4:
            best = best_by_enumeration(street(), point.budget)
            assert point.value <= best + 1e-6
            assert point.bound >= best - 1e-6


def test_the_answers_are_the_same_over_processes(traced):
    again = traced_on(street(), budgets=[2, 4, 8], workers=2)
    assert [(p.budget, p.value, p.bound, p.windows) for p in again] == [
        (p.budget, p.value, p.bound, p.windows) for p in traced
    ]


def test_slopes_say_what_the_next_hour_brings_and_at_most():
    points = agreed(
        SearchResult(W, 50.0, 60.0, complete=True, people=48, people_at_most=70),
        SearchResult((), 0.0, 0.0, complete=True, reason="too little"),
        SearchResult(V, 70.0, 80.0, complete=False, people=66, people_at_most=90),
    )
    traced = BudgetFrontier(None, tuple(points), 100, False, "zone_hours", "all", None)
    assert traced.slope(0) == ((66 - 48) / 20, (90 - 48) / 20)
    assert traced.slope(1) is None
    assert traced.slope(2) is None


def test_over_a_concession_the_budget_counts_cost_and_not_hours():
    cost = np.array([[3.0] * STEPS, [1.0] * STEPS])
    traced = traced_on(street(), replace(LIMITS, concession=cost), by="concession", budgets=[4.0, 12.0])
    for point in traced:
        assert point.used == pytest.approx(cost[quiet_array(list(point.windows), 2, STEPS)].sum())
        assert point.used <= point.budget
    assert traced[1].value > traced[0].value > 0


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(LetupError) as caught:
        traced_on(street(), by="concession")
    assert caught.value.code == "frontier.concession"
    for budgets in ([], [-1.0], [math.nan]):
        with pytest.raises(LetupError) as caught:
            traced_on(street(), budgets=budgets)
        assert caught.value.code == "frontier.budgets"


def test_a_budget_too_small_for_any_window_says_so_and_the_others_stand():
    limits = Limits(shortest=3.0)
    traced = traced_on(street(), limits, budgets=[1.0, 6.0])
    assert "3 h" in traced[0].reason
    assert traced[0].windows == ()
    assert traced[1].reason == ""
    with pytest.raises(NoPlan, match="3 h"):
        traced_on(street(), limits, budgets=[1.0, 2.0])


def test_a_frontier_over_one_concession_is_refused_where_each_party_has_its_own():
    with pytest.raises(LetupError) as caught:
        traced_on(street(), replace(LIMITS, concession=np.ones((2, 2, STEPS))), by="concession")
    assert caught.value.code == "frontier.concession"


W = (Window(0, 0, 1),)
V = (Window(1, 0, 3),)


def agreed(*points):
    budgets = [10.0 * (i + 1) for i in range(len(points))]
    return agree(budgets, points, 2, LIMITS, Clock(STEPS, MINUTES), "zone_hours")


def test_a_better_plan_for_less_is_kept_for_more():
    first, second = agreed(SearchResult(W, 50.0, 60.0, complete=True), SearchResult(V, 40.0, 90.0, complete=False))
    assert (second.windows, second.value, second.pauses_from, second.used) == (W, 50.0, 10.0, 2.0)
    assert (first.pauses_from, second.bound, second.gap) == (None, 90.0, pytest.approx(0.8))


def test_a_lower_bound_for_more_holds_for_less():
    first, second = agreed(SearchResult(W, 50.0, 95.0, complete=True), SearchResult(V, 60.0, 90.0, complete=True))
    assert (first.bound, first.bound_from, second.bound_from) == (90.0, 20.0, None)


def test_a_point_that_was_not_searched_is_filled_from_its_neighbours():
    nothing = SearchResult((), -math.inf, math.inf, complete=False, reason=NOT_DONE)
    points = agreed(
        nothing, SearchResult(W, 50.0, 60.0, complete=True), nothing, SearchResult(V, 70.0, 80.0, complete=True)
    )
    assert points[0].reason == NOT_DONE
    assert (points[2].windows, points[2].value, points[2].bound) == (W, 50.0, 80.0)
    assert (points[2].pauses_from, points[2].bound_from, points[2].complete) == (20.0, 40.0, False)


@examples(60)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=8))
def test_however_the_searches_went_values_and_bounds_never_fall(pairs):
    points = agreed(*(SearchResult(W, min(pair), max(pair), complete=True) for pair in pairs))
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


def coarse(example):
    """The example, little more than a day long and on a clock of four hours."""
    limits = replace(example.limits, zone_hours=18, grid_minutes=240)
    return replace(example, limits=limits, steps=56, priorities=Priorities(1.0, 0.0))


def weighed(example):
    """The same, for people and aid together."""
    return replace(coarse(example), priorities=Priorities(1.0, 0.05))


@pytest.mark.parametrize("case", [coarse, weighed])
@pytest.mark.parametrize("small", [True, False])
def test_the_own_limit_as_budget_gives_the_pauses_and_the_ceiling_of_the_plan(example, monkeypatch, case, small):
    """On a network whose exact flows are quick, and where the search goes over a surrogate."""
    monkeypatch.setattr("letup.plan.planner.search.is_small", lambda *_: small)
    scenario = case(example)
    made = plans.make(scenario, seed=4)
    traced = frontier(scenario, budgets=[scenario.limits.zone_hours], time_limit=None, seed=4, workers=1)
    (point,) = traced.points
    assert len(made.windows) > 0
    assert (made.windows, made.arrive, made.ceiling) == (point.windows, point.people, point.people_at_most)


@pytest.fixture(scope="module")
def traded(hungry_case):
    return tradeoff(hungry_case, points=3, time_limit=None, workers=1)


def test_of_plans_between_people_and_aid_none_is_beaten_in_both(traded):
    points = traded.points
    assert len(points) > 1  # two windows alone let either more people or more trucks through
    for point, following in pairwise(points):
        assert point.people > following.people
        assert point.need < following.need
    assert traded.people_at_most >= points[0].people
    assert traded.need_at_most >= points[-1].need
    assert traded.rates()[0] == pytest.approx((points[1].need - points[0].need) / (points[0].people - points[1].people))


def test_beaten_plans_are_left_out():
    def point(people, need):
        return NeedPoint((), 0.0, people, need, 1.0)

    kept = efficient([point(5, 1.0), point(3, 3.0), point(3, 2.0), point(4, 1.0), point(5, 0.5), point(3, 3.0)])
    assert [(point.people, point.need) for point in kept] == [(5, 1.0), (3, 3.0)]


def test_a_plan_that_reaches_both_ceilings_is_said_to(traded):
    point = NeedPoint((), 0.0, traded.people_at_most, traded.need_at_most, 1.0)
    perfect = replace(traded, points=(point,), complete=False)
    assert any("Plan 1 does both" in note for note in perfect.notes())
    assert not any("better plans may exist" in note for note in perfect.notes())
    apart = (replace(point, need=0.0), replace(point, people=0))
    assert any("not known" in note for note in replace(perfect, points=apart).notes())


def test_plans_between_people_and_aid_are_written(traded, tmp_path):
    files = write_frontier(traded, tmp_path / "out")
    page = write_frontier_html(traded, tmp_path / "out" / "frontier.html").read_text("utf-8")
    rows = pd.read_csv(files[0])
    assert list(rows["people"]) == [point.people for point in traded.points]
    assert len(files) == 2 + len(traded.points)
    assert f"{traded.points[0].people:,}" in page
    assert "person-days" in printed(show_frontier, traded, files)
    head, rows = traded.text_table()
    assert {len(row) for row in rows} == {len(head)} == {len(set(head))}
    pauses = plans.read_pauses(files[2], traded.scenario)
    assert tuple(sorted(pauses)) == tuple(sorted(traded.points[0].windows))


def test_without_trucks_there_is_nothing_to_hold_against_people(hungry_case):
    with pytest.raises(LetupError) as caught:
        tradeoff(replace(hungry_case, trucks=hungry_case.trucks[:0]), time_limit=1.0)
    assert caught.value.code == "frontier.need"
