"""However the choice ends, by proof, time, gap or hand, its windows keep to the limits and its bound holds."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from letup.core.errors import NoPlan
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, choose_pauses, quiet_array
from letup.pauses.choice import Choice
from tests.pauses.small import drawn

STEPS, MINUTES, START = 48, 30, 5.0
TIME = {"steps": STEPS, "step_minutes": MINUTES, "start_hour": START}
LIMITS = Limits(hours=(6, 18), shortest=2, zone_hours=22, at_once=4)


def strip(zones: int = 8) -> TimedNetwork:
    """Zones in a row, narrower and wider by turns, homes in all, nowhere to wait but at home."""
    return TimedNetwork(
        range(zones),
        range(1, zones + 1),
        [2, 1] * (zones // 2),
        [60, 25] * (zones // 2),
        [150, 40] * (zones // 2) + [0],
        [0] * zones + [5000],
        [False] * (zones + 1),
        range(zones),
    )


def assert_holds(choice: Choice, net: TimedNetwork, limits: Limits) -> None:
    assert broken(choice.windows, limits, zones=net.zones, **TIME) == []
    weight = 1 - 0.3 * np.arange(STEPS) / STEPS
    flow = earliest_arrival(net, STEPS, quiet_array(choice.windows, net.zones, STEPS))
    assert choice.value == pytest.approx(float(weight @ flow.arrivals))
    assert choice.value <= choice.bound + 1e-9
    values, bounds = [v for _, v, _ in choice.trace], [b for *_, b in choice.trace]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5])
def test_the_same_seed_gives_the_same_windows(seed: int) -> None:
    problem = drawn(seed)
    case = {"limits": problem.limits, "weight": problem.weight, "time_limit": None, "seed": seed, **problem.clock}
    try:
        first = choose_pauses(problem.net, **case)
    except NoPlan:
        with pytest.raises(NoPlan):
            choose_pauses(problem.net, **case)
        return
    assert choose_pauses(problem.net, **case).windows == first.windows
    assert first.complete
    assert first.value == pytest.approx(problem.best, abs=1e-6)


@pytest.mark.parametrize("seconds", [0.0, 0.05, 2.0])
def test_little_time_is_enough_for_valid_windows_and_a_bound(seconds: float) -> None:
    net = strip()
    began = time.monotonic()
    choice = choose_pauses(net, limits=LIMITS, time_limit=seconds, **TIME)
    assert time.monotonic() - began < seconds + 3
    assert_holds(choice, net, LIMITS)
    assert np.isfinite(choice.bound)


def test_more_time_from_what_was_found_is_never_worse() -> None:
    net = strip()
    windows: list[Window] = []
    values = []
    for seconds in (0.2, 0.6, 1.5):
        choice = choose_pauses(net, limits=LIMITS, time_limit=seconds, start=windows, **TIME)
        windows = choice.windows
        values.append(choice.value)
    assert values == sorted(values)
    assert values[-1] > 0


def test_it_stops_at_the_gap_that_was_asked_for() -> None:
    net = strip()
    began = time.monotonic()
    choice = choose_pauses(net, limits=LIMITS, time_limit=60, gap=1.0, **TIME)
    assert time.monotonic() - began < 20
    assert choice.gap <= 1.0
    assert choice.complete
    assert_holds(choice, net, LIMITS)


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_stop_by_hand_keeps_the_best_windows_so_far(after: int) -> None:
    reports: list[tuple[float, float, float]] = []

    def progress(*report: float) -> None:
        reports.append(report)
        if len(reports) == after:
            raise KeyboardInterrupt

    net = strip()
    choice = choose_pauses(net, limits=LIMITS, time_limit=30, progress=progress, **TIME)
    assert_holds(choice, net, LIMITS)
    assert not choice.complete
    assert choice.value >= max(value for _, value, _ in reports) - 1e-9


CHILD = """
import json, sys
from tests.pauses.test_choose_ends import LIMITS, TIME, strip
from letup.pauses import choose_pauses
net = strip(12)
first = []
def progress(seconds, value, bound):
    if value > 0 and not first:
        first.append(value)
        print("begun", flush=True)
choice = choose_pauses(net, limits=LIMITS, time_limit=60, progress=progress, **TIME)
print(json.dumps([[w.zone, w.first, w.last] for w in choice.windows] + [choice.complete, choice.value]), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a Unix signal")
def test_ctrl_c_ends_it_at_once_with_valid_windows() -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, error = child.communicate(timeout=30)
        assert child.returncode == 0, error
    assert time.monotonic() - began < 10
    *windows, complete, value = json.loads(out)
    assert not complete
    assert value > 0
    assert broken([Window(*w) for w in windows], LIMITS, zones=12, **TIME) == []


def test_windows_asked_for_and_agreed_are_among_those_chosen() -> None:
    net = strip()
    forced, frozen = Window(3, 10, 12), Window(5, 30, 31)
    limits = Limits(hours=(6, 18), shortest=2, zone_hours=22, at_once=4, forced=(forced,), frozen=(frozen,))
    for seconds in (0.0, 1.0):
        choice = choose_pauses(net, limits=limits, time_limit=seconds, **TIME)
        assert_holds(choice, net, limits)
        assert frozen in choice.windows
        assert any(w.zone == 3 and w.first <= 10 and w.last >= 12 for w in choice.windows)


def test_a_start_that_breaks_the_limits_is_ignored_and_a_good_one_is_kept() -> None:
    net = strip()
    choice = choose_pauses(net, limits=LIMITS, time_limit=0.0, start=[Window(0, 0, STEPS - 1)], **TIME)
    assert_holds(choice, net, LIMITS)
    good = [Window(7, 2, 9)]
    choice = choose_pauses(net, limits=LIMITS, time_limit=0.0, start=good, **TIME)
    assert choice.value >= choice.evaluate(good) > 0


@pytest.mark.parametrize("gone", ["people", "way"])
def test_where_nobody_can_be_moved_there_is_no_plan_and_it_says_so(gone: str) -> None:
    net = strip()
    supply = np.zeros_like(net.supply) if gone == "people" else net.supply
    head = net.head.copy()
    if gone == "way":
        head[-1] = 0  # the last zone leads back, not to the shelter
    net = TimedNetwork(net.tail, head, net.transit, net.capacity, supply, net.shelter, net.wait, net.zone)
    with pytest.raises(NoPlan) as error:
        choose_pauses(net, limits=LIMITS, time_limit=5, **TIME)
    assert error.value.code == "pauses.none"
