"""Whether any windows keep to the limits: compared with trying all sets of windows."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.pauses import Limits, Window, broken
from letup.pauses.feasibility.window_milp import find_windows
from letup.pauses.limits import LimitInfo
from tests.examples import examples
from tests.pauses.small_limits import CLOCK, TIME, ZONES, limits_strategy, pairs_of_sets


@st.composite
def limits_of_two_parties(draw):
    """Limits with a table of costs and a budget for each of two parties."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tables = random.choice([0.0, 1.0, 3.0], (2, ZONES, CLOCK.steps))
    budgets = tuple(random.choice([2.0, 4.0, 8.0], 2).tolist())
    return replace(draw(limits_strategy()), concession=tables, concession_budget=budgets)


@examples(150)
@given(limits=limits_strategy() | limits_of_two_parties())
def test_windows_are_found_where_and_only_where_there_are_any(limits):
    windows = find_windows(limits, ZONES, CLOCK)
    if windows is not None:
        assert windows
        assert broken(windows, limits, **TIME) == []
        return
    pairs, _ = pairs_of_sets(limits)
    assert not any(pair and not broken(pair, limits, **TIME) for pair in pairs), limits


@examples(60)
@given(limits=limits_strategy(), least=st.sampled_from(["zone_hours", "concession"]))
def test_the_least_that_windows_need_is_the_least_of_all_sets(limits, least):
    if limits.concession is None:
        limits = replace(limits, concession=np.ones((ZONES, CLOCK.steps)))

    def amount(chosen):
        if least == "zone_hours":
            return sum(w.last - w.first + 1 for w in chosen)
        return sum(limits.concession[w.zone, w.first : w.last + 1].sum() for w in chosen)

    windows = find_windows(limits, ZONES, CLOCK, least=least)
    if windows is not None:
        assert broken(windows, limits, **TIME) == []
        pairs, cut_short = pairs_of_sets(limits)
        amounts = [amount(pair) for pair in pairs if pair and not broken(pair, limits, **TIME)]
        assert amount(windows) <= min(amounts) + 1e-9
        assert cut_short or amount(windows) >= min(amounts) - 1e-9


def test_of_each_set_of_zones_that_is_named_one_has_a_window():
    limits = Limits(shortest=8, at_once=1, zone_hours=16)
    windows = find_windows(limits, 3, CLOCK, among=[frozenset({0, 1}), frozenset({2})])
    assert {w.zone for w in windows} & {0, 1}
    assert 2 in {w.zone for w in windows}
    assert find_windows(limits, 3, CLOCK, among=[frozenset({0}), frozenset({1}), frozenset({2})]) is None


def test_a_week_in_steps_of_five_minutes_takes_no_time():
    clock = Clock(7 * 288, 5, 0.0)
    limits = Limits(hours=(6, 18), shortest=3, at_once=2, zone_hours=30, same_daily=True, grid_minutes=15)
    held = [Window(z, day * 288 + 100, day * 288 + 120 + z) for z in range(3) for day in range(0, 7, 3)]
    began = time.monotonic()
    assert find_windows(limits, 13, clock, held=held) is None
    windows = find_windows(replace(limits, at_once=3), 13, clock, held=held)
    assert time.monotonic() - began < 15
    assert len(windows) == 9


def test_a_window_that_suits_every_party_is_found_though_another_costs_less_in_all():
    clock = Clock(8, 60, 8.0)
    early, late = np.arange(8) < 4, np.arange(8) >= 4
    concession = np.stack([[early * 1.0 + late * 3.0], [early * 10.0 + late * 1.0]])
    limits = Limits(shortest=4, longest=4, concession=concession, concession_budget=(4, 40))
    assert find_windows(limits, 1, clock) == [Window(0, 0, 3)]
    assert find_windows(replace(limits, concession_budget=(4, 39)), 1, clock) is None


def test_every_limit_has_to_say_whether_windows_can_stand_for_each_other():
    with pytest.raises(TypeError, match="any_time"):
        LimitInfo("all", "number", 14, "days on which a zone is paused are at most {value}")
