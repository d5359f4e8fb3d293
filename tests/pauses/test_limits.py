"""Do windows keep to what the parties insist on?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.clock import Clock, allowed_steps, in_hours, runs, usable_steps

# Two days from 06:00 in steps of 30 minutes; step 12 is noon, step 24 is 18:00, step 48 is 06:00 next day.
TIME = {"zones": 3, "steps": 96, "step_minutes": 30, "start_hour": 6.0}


@pytest.mark.parametrize(
    ("limits", "windows", "limit"),
    [
        (Limits(hours=(8, 18)), [Window(0, 0, 11)], "hours"),
        (Limits(hours=(8, 18)), [Window(0, 20, 24)], "hours"),
        (Limits(shortest=3), [Window(0, 4, 8)], "shortest"),
        (Limits(longest=2), [Window(0, 4, 8)], "longest"),
        (Limits(grid_minutes=60), [Window(0, 1, 6)], "grid_minutes"),
        (Limits(grid_minutes=60), [Window(0, 0, 6)], "grid_minutes"),
        (Limits(forbidden=((0, 10, 12),)), [Window(0, 4, 10)], "forbidden"),
        (Limits(), [Window(0, 0, 5), Window(0, 10, 15)], "windows_per_day"),
        (Limits(windows_per_day=2), [Window(0, 0, 5), Window(0, 6, 15)], "window"),
        (Limits(windows_per_day=3), [Window(0, 0, 9), Window(0, 2, 5), Window(0, 9, 12)], "window"),
        (Limits(zone_hours=5), [Window(0, 0, 5), Window(1, 0, 5)], "zone_hours"),
        (Limits(at_once=1), [Window(0, 0, 5), Window(1, 5, 9)], "at_once"),
        (Limits(), [Window(3, 0, 5)], "window"),
        (Limits(), [Window(0, 90, 96)], "window"),
        (Limits(concession=np.ones((3, 96)), concession_budget=5), [Window(0, 0, 5)], "concession_budget"),
    ],
)
def test_each_broken_limit_is_named(limits, windows, limit):
    found = broken(windows, limits, **TIME)
    assert found
    assert all(f"[{limit}]" in line for line in found)


def test_the_polio_pauses_of_2024_keep_to_their_limits():
    # Three zones, three days each, 06:00 to 15:00 (domain notes on Gaza 2024).
    limits = Limits(hours=(6, 15), shortest=9, longest=9, windows_per_day=1, zone_hours=18, at_once=1, grid_minutes=60)
    assert broken([Window(0, 0, 17), Window(1, 48, 65)], limits, **TIME) == []
    assert len(broken([Window(0, 0, 17), Window(1, 0, 17)], limits, **TIME)) == 1


def test_hours_may_run_over_midnight():
    open_steps = in_hours(Clock(96, 30, 6.0), (22, 4))
    # 22:00 is step 32, 04:00 is step 44.
    assert runs(open_steps)[0] == (32, 43)


def test_a_day_begins_at_local_midnight():
    clock = Clock(96, 30, 6.0)
    assert [clock.day(step) for step in (0, 35, 36, 83, 84)] == [0, 0, 1, 1, 2]


windows_strategy = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 95), st.integers(1, 30)).map(
        lambda w: Window(w[0], w[1], min(w[1] + w[2], 95))
    ),
    min_size=1,
    max_size=1,
)


@settings(max_examples=80, deadline=None)
@given(
    windows=windows_strategy,
    hours=st.one_of(st.none(), st.tuples(st.integers(0, 12), st.integers(13, 24))),
    shortest=st.sampled_from([0.5, 1.0, 3.0]),
    grid=st.sampled_from([None, 30, 60, 120]),
)
def test_a_window_that_keeps_to_the_limits_lies_in_usable_steps(windows, hours, shortest, grid):
    limits = Limits(hours=hours, shortest=shortest, grid_minutes=grid, forbidden=((1, 20, 30),))
    clock = Clock(TIME["steps"], TIME["step_minutes"], TIME["start_hour"])
    quiet = quiet_array(windows, 3, 96)
    usable = usable_steps(limits, 3, clock)
    assert not (usable & ~allowed_steps(limits, 3, clock)).any()
    if not broken(windows, limits, **TIME):
        assert not (quiet & ~usable).any()
