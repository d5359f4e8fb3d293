"""Whether any windows keep to the limits: compared with trying all sets of windows."""

import time
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.pauses import Limits, Window, broken
from letup.pauses.feasibility.window_milp import find_windows
from tests.examples import examples
from tests.pauses.small_limits import CLOCK, TIME, ZONES, limits_strategy, pairs_of_sets


@examples(150)
@given(limits=limits_strategy())
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
