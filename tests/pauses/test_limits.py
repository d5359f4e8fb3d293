"""Do windows keep to what the parties insist on?"""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.core.clock import Clock, runs
from letup.core.errors import LetupError, NoPlan
from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import INFO, allowed_steps, check_limits, usable_steps, without_limit
from tests.examples import examples

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
        (Limits(forced=(Window(1, 4, 7),)), [Window(0, 0, 11)], "forced"),
        (Limits(forced=(Window(1, 4, 7),)), [Window(1, 0, 6)], "forced"),
        (Limits(forced=(Window(1, 4, 7),)), [], "forced"),
        (Limits(frozen=(Window(1, 4, 7),)), [Window(1, 4, 8)], "frozen"),
        (Limits(frozen=(Window(1, 4, 7),)), [Window(1, 4, 7), Window(1, 8, 30)], "window|windows_per_day"),
        (Limits(frozen=(Window(1, 4, 7),), zone_hours=3), [Window(1, 4, 7), Window(0, 4, 7)], "zone_hours"),
        (Limits(together=((0, 2),)), [Window(0, 0, 5)], "together"),
        (Limits(together=((0, 2),)), [Window(0, 0, 5), Window(2, 0, 6)], "together"),
        (Limits(same_daily=True), [Window(0, 0, 5), Window(0, 49, 54)], "same_daily"),
        (Limits(same_daily=True), [Window(0, 0, 5), Window(0, 48, 54)], "same_daily"),
        (
            Limits(same_daily=True, windows_per_day=2),
            [Window(0, 0, 5), Window(0, 10, 13), Window(0, 48, 53), Window(0, 59, 62)],
            "same_daily",
        ),
    ],
)
def test_each_broken_limit_is_named(limits, windows, limit):
    broken_limits = broken(windows, limits, **TIME)
    assert broken_limits
    assert all(any(f"[{name}]" in line for name in limit.split("|")) for line in broken_limits)


@pytest.mark.parametrize(
    ("limits", "windows"),
    [
        # Asked for by hand: a longer window holds it; so does one window two of them.
        (Limits(forced=(Window(1, 4, 7), Window(1, 6, 9))), [Window(1, 2, 9)]),
        # Agreed already: too short, off the grid, at night, in a forbidden time, and still there.
        (
            Limits(
                hours=(8, 18),
                shortest=3,
                longest=4,
                grid_minutes=60,
                forbidden=((1, 40, 45),),
                frozen=(Window(1, 41, 43),),
            ),
            [Window(1, 41, 43), Window(0, 4, 9)],
        ),
        (Limits(together=((0, 2),)), [Window(0, 0, 5), Window(1, 50, 60), Window(2, 0, 5)]),
        (Limits(together=((0, 2),)), [Window(1, 50, 60)]),
        (Limits(same_daily=True), [Window(0, 0, 5), Window(0, 48, 53), Window(1, 3, 9)]),
        # The second of one day is compared with the second of the other, not with the first.
        (
            Limits(same_daily=True, windows_per_day=2),
            [Window(0, 0, 5), Window(0, 10, 13), Window(0, 48, 53), Window(0, 58, 61)],
        ),
        (Limits(same_daily=True, windows_per_day=2), [Window(0, 0, 5), Window(0, 10, 13), Window(0, 48, 53)]),
    ],
)
def test_windows_that_keep_to_the_limits_are_left_in_peace(limits, windows):
    assert broken(windows, limits, **TIME) == []


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(hours=(6, 25)), "hours"),
        (Limits(hours=(float("nan"), 8)), "hours"),
        (Limits(shortest=-1), "shortest"),
        (Limits(shortest=float("nan")), "shortest"),
        (Limits(longest=float("inf")), "longest"),
        (Limits(windows_per_day=-1), "windows_per_day"),
        (Limits(at_once=1.5), "at_once"),
        (Limits(grid_minutes=0), "grid_minutes"),
        (Limits(zone_hours=-2), "zone_hours"),
        (Limits(forced=(Window(3, 0, 5),)), "forced: zone 3"),
        (Limits(forced=(Window(0, 90, 96),)), "forced: zone 0, steps 90 to 96 do not exist"),
        (Limits(frozen=(Window(-1, 0, 5),)), "frozen: zone -1"),
        (Limits(frozen=(Window(0, 9, 5),)), "frozen: zone 0, steps 9 to 5"),
        (Limits(frozen=(Window(0, 0, 5), Window(0, 5, 9))), "overlap or touch"),
        (Limits(frozen=(Window(0, 6, 9), Window(0, 0, 5))), "overlap or touch"),
        (Limits(forbidden=((0, 9, 5),)), "forbidden"),
        (Limits(together=((0, 1), (1, 2))), "zone 1 is named twice"),
        (Limits(together=((0, 3),)), "zone 3 does not exist"),
        (Limits(concession=np.ones((3, 95)), concession_budget=5), "concession has shape"),
        (Limits(concession=np.full((3, 96), np.nan), concession_budget=5), "not finite"),
        (Limits(concession=-np.ones((3, 96)), concession_budget=5), "negative costs"),
        (Limits(concession=np.ones((3, 96)), concession_budget=-5), "concession_budget"),
        (Limits(concession_budget=5), "concession_budget is given without"),
    ],
)
def test_limits_that_mean_nothing_are_refused(limits, words):
    with pytest.raises(LetupError, match=words) as error:
        check_limits(limits, 3, 96)
    assert error.value.code == "pauses.input"
    assert not isinstance(error.value, NoPlan)


def test_all_that_is_wrong_with_the_limits_is_said_at_once():
    with pytest.raises(LetupError, match=r"shortest.*at_once.*frozen.*together.*concession"):
        check_limits(
            Limits(
                shortest=-1,
                at_once=-1,
                frozen=(Window(9, 0, 1),),
                together=((0, 0),),
                concession=np.ones(3),
                concession_budget=1,
            ),
            3,
            96,
        )


def test_limits_that_only_leave_no_room_are_no_wrong_input():
    # Why there is no plan then, and what would allow one, is said elsewhere.
    check_limits(Limits(shortest=3, longest=2, at_once=0, windows_per_day=0, zone_hours=0), 3, 96)


def test_steps_are_usable_where_windows_were_agreed_and_where_all_of_a_corridor_may_be_quiet():
    limits = Limits(hours=(6, 12), shortest=2, forbidden=((1, 0, 5),), together=((0, 1),), frozen=(Window(2, 40, 41),))
    usable = usable_steps(limits, 3, Clock(48, 30, 6.0))
    assert runs(usable[0]) == runs(usable[1]) == [(6, 11)]
    assert runs(usable[2]) == [(0, 11), (40, 41)]


def test_the_polio_pauses_of_2024_keep_to_their_limits():
    # Three zones, three days each, 06:00 to 15:00 (domain notes on Gaza 2024).
    limits = Limits(hours=(6, 15), shortest=9, longest=9, windows_per_day=1, zone_hours=18, at_once=1, grid_minutes=60)
    assert broken([Window(0, 0, 17), Window(1, 48, 65)], limits, **TIME) == []
    assert len(broken([Window(0, 0, 17), Window(1, 0, 17)], limits, **TIME)) == 1


def test_hours_may_run_over_midnight():
    open_steps = Clock(96, 30, 6.0).in_hours((22, 4))
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


@examples(80)
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


def test_every_limit_says_what_it_is_and_can_be_given_up():
    assert {f.name for f in fields(Limits)} == {*INFO, "concession"}
    assert len({info.rank for info in INFO.values()}) == len(INFO)
    nothing = Limits()
    for name in INFO:
        nothing = without_limit(nothing, name)
    check_limits(nothing, 2, 10)
    everything = [Window(zone, first, first + 1) for zone in (0, 1) for first in range(0, 9, 3)]
    assert breaches(everything, nothing, 2, Clock(10, 60)) == []
