"""What searches and proofs share: only what is better counts, nothing counts too late, and it says when to stop."""

from __future__ import annotations

import math
import threading
import time

import pytest

from letup.pauses import Window
from letup.pauses.incumbent import FirstOf, Improvement, Incumbent, Interruption, Never, Rounds, TimeLimit

SHORT, LONG = [Window(0, 2, 3)], [Window(0, 2, 7)]


def hours(windows):
    return float(sum(w.last - w.first + 1 for w in windows))


def test_better_windows_are_taken_and_others_only_valued():
    incumbent = Incumbent(hours)
    assert incumbent.offer(LONG) == 6.0
    assert incumbent.offer(SHORT) == 2.0
    assert incumbent.best == (LONG, 6.0)


def test_windows_that_break_the_limits_are_never_the_best():
    incumbent = Incumbent(hours, allows=lambda windows: hours(windows) <= 3)
    incumbent.offer(SHORT)
    assert incumbent.offer(LONG) == 6.0
    assert incumbent.windows == SHORT


def test_bounds_only_fall_and_never_below_what_is_known():
    incumbent = Incumbent(hours, upper_bound=100.0)
    incumbent.offer(LONG)
    for bound in (50.0, 70.0, 1.0):
        incumbent.prove(bound)
    assert incumbent.upper_bound == 6.0
    assert [bound for *_, bound in incumbent.trace] == [100.0, 50.0, 6.0]
    assert incumbent.gap == 0.0


def test_what_comes_after_the_end_does_not_count():
    incumbent = Incumbent(hours, upper_bound=100.0)
    incumbent.offer(SHORT)
    incumbent.close()
    incumbent.offer(LONG)
    incumbent.prove(10.0)
    assert (incumbent.value, incumbent.upper_bound) == (2.0, 100.0)


@pytest.mark.parametrize("gap", [0.0, 0.5])
def test_it_ends_once_value_and_bound_are_near_enough(gap):
    incumbent = Incumbent(hours, upper_bound=100.0, target_gap=gap)
    incumbent.offer(LONG)
    incumbent.prove(8.0)
    assert incumbent.met == (gap > 0)
    incumbent.prove(6.0)
    assert incumbent.met


def test_it_ends_by_time_and_by_hand():
    assert Incumbent(hours, upper_bound=9.0, time_limit=0.0).met
    incumbent = Incumbent(hours, upper_bound=9.0, time_limit=60.0)
    assert 0 < incumbent.seconds_left() <= 60
    incumbent.interrupt()
    assert incumbent.met


def test_criteria_are_met_by_what_they_say_and_the_first_one_ends_the_work():
    assert not Never().met
    assert TimeLimit(None).seconds_left() == math.inf
    rounds, by_hand = Rounds(2), Interruption()
    both = FirstOf(rounds, by_hand, TimeLimit(60))
    both.round_ended()
    assert not both.met
    both.round_ended()
    assert both.met
    assert not by_hand.met
    incumbent = Incumbent(hours)
    better = Improvement(incumbent)
    assert not better.met
    incumbent.offer(SHORT)
    assert better.met


def test_threads_that_offer_beside_each_other_leave_the_best():
    incumbent = Incumbent(lambda windows: time.sleep(0.001) or hours(windows))
    offers = [[Window(0, 0, last)] for last in range(20)]
    threads = [threading.Thread(target=incumbent.offer, args=(windows,)) for windows in offers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert incumbent.best == (offers[-1], 20.0)
    values = [value for _, value, _ in incumbent.trace]
    assert values == sorted(values)
