"""Where there is no plan, people are told which limits stand in the way, and how little each must give way."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.core.errors import NoPlan
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.feasibility.conflicts import require_a_plan, require_a_window, why_no_plan
from letup.pauses.feasibility.window_milp import find_windows
from tests.examples import examples
from tests.pauses.small_limits import CLOCK, TIME, ZONES, limits_strategy, pairs_of_sets

STEPS, MINUTES = 48, 30
DAY = Clock(STEPS, MINUTES, 6.0)
NAMES = ["North", "Mill", "South"]
ALL_DAY = tuple((z, 0, STEPS - 1) for z in range(3))


def said(net, limits, clock=DAY):
    """What people are told: the reason, and what would do."""
    with pytest.raises(NoPlan) as error:
        require_a_plan(net, limits, clock, zones=3, names=NAMES)
    assert error.value.code == "pauses.none"
    assert error.value.exit_code == 3
    return error.value.message, error.value.remedy


@pytest.mark.parametrize(
    ("limits", "reason", "would_do"),
    [
        (Limits(hours=(9, 16), shortest=8), "allowed hours 9 to 16", ["pause of 7 h", "hours 09:00 to 17:00 in place"]),
        (Limits(hours=(22, 2), shortest=5), "allowed hours 22 to 2", ["pause of 4 h", "hours 22:00 to 03:00 in place"]),
        (
            Limits(shortest=3, forbidden=tuple((z, a, b) for z in range(3) for a, b in ((0, 3), (8, 47)))),
            "no zone is left 3 h in one piece",
            ["pause of 2 h", "the forbidden time in North, day 1, 06:00 to 08:00 ending 1 h sooner"],
        ),
        (Limits(shortest=3, forbidden=ALL_DAY), "forbidden", ["beginning 3 h later"]),
        (Limits(shortest=30), "fits into the 24 h", ["pause of 24 h"]),
        (Limits(shortest=3, longest=2), "longest window allowed", ["shortest pause of 2 h", "longest pause of 3 h"]),
        (Limits(shortest=3, zone_hours=2), "2 zone-hours", ["pause of 2 h", "3 zone-hours in all in place of 2"]),
        (Limits(at_once=0), "no zone may be quiet", ["1 zone quiet at once in place of 0"]),
        (Limits(windows_per_day=0), "no window per day", ["1 pause per zone and day in place of 0"]),
        (
            Limits(hours=(6, 11), shortest=4, grid_minutes=240),
            "240-minute clock",
            ["hours 06:00 to 12:00", "a clock grid of 120 minutes in place of 240"],
        ),
        (
            Limits(forced=(Window(0, 0, 5), Window(1, 2, 7)), at_once=1),
            "asked for in North, day 1, 06:00 to 09:00; Mill, day 1, 07:00 to 10:00",
            ["2 zones quiet at once", "without the pause asked for in North"],
        ),
        (
            Limits(forced=(Window(0, 0, 5), Window(1, 2, 7)), zone_hours=5),
            "zone-hours in all are at most 5",
            ["6 zone-hours in all"],
        ),
        (Limits(forced=(Window(0, 0, 5),), hours=(7, 20)), "between 07:00 and 20:00", ["hours 06:00 to 20:00"]),
        (Limits(forced=(Window(0, 0, 5),), longest=2), "lasts at most 2 h", ["longest pause of 3 h"]),
        (
            Limits(forced=(Window(0, 0, 1), Window(0, 40, 41)), longest=3, windows_per_day=1, same_daily=True),
            "same clock times every day",
            ["other clock times on some days"],
        ),
        (
            Limits(forced=(Window(0, 0, 1), Window(0, 8, 9)), longest=3),
            "pauses per zone and day are at most 1",
            ["2 pauses per zone and day in place of 1"],
        ),
        (
            Limits(together=((0, 2),), at_once=1, forced=(Window(2, 8, 9),)),
            "North and South are paused together",
            ["not paused together: North and South", "2 zones quiet at once"],
        ),
        (Limits(together=((0, 1, 2),), zone_hours=2.5), "at most 2.5", ["3 zone-hours in all"]),
        (
            Limits(forbidden=((0, 0, 23), (1, 24, 47)), together=((0, 1),), zone_hours=3, forced=(Window(0, 30, 33),)),
            "paused together",
            ["not paused together: North and Mill"],
        ),
        (
            Limits(frozen=(Window(0, 0, 5), Window(1, 0, 7)), zone_hours=5),
            "a pause is agreed in North",
            ["7 zone-hours in all", "without the pause agreed in North"],
        ),
        (
            Limits(frozen=(Window(0, 0, 5),), together=((0, 1),), forbidden=((1, 3, 4),)),
            "agreed in North",
            ["no forbidden time in Mill, day 1, 07:30 to 08:30", "not paused together"],
        ),
        (
            Limits(concession=np.full((3, STEPS), 0.37), concession_budget=0.6),
            "cost at most 0.6",
            ["a budget of 0.74 in place of 0.6"],
        ),
    ],
)
def test_limits_that_leave_no_room_say_so_and_what_would_do(limits, reason, would_do):
    message, remedy = said(None, limits)
    assert reason in message
    for words in would_do:
        assert words in remedy


def test_where_several_limits_must_give_way_each_contradiction_is_named():
    message, remedy = said(None, Limits(shortest=3, zone_hours=2, at_once=0))
    assert "zone-hours in all are at most 2" in message
    assert "apart from that zones quiet at once are at most 0" in message
    assert "Several limits must give way" in remedy
    assert "3 zone-hours in all in place of 2; and 1 zone quiet at once" in remedy


def test_limits_that_leave_room_are_left_in_peace():
    require_a_window(Limits(hours=(6, 18), shortest=3, forced=(Window(0, 2, 3),), zone_hours=3), 3, DAY)
    require_a_window(Limits(at_once=0), 0, DAY)  # where no zone needs a pause none is missed


EASIER = {"shortest": -4.0, "longest": 4.0, "zone_hours": 4.0, "windows_per_day": 1, "at_once": 1}


@examples(60)
@example(limits=Limits(zone_hours=8, windows_per_day=1, grid_minutes=600))  # a grid that is no multiple of the step
@given(limits=limits_strategy())
def test_a_relaxation_does_alone_and_a_smaller_one_does_not(limits):
    assume(find_windows(limits, ZONES, CLOCK) is None)
    reasons = why_no_plan(None, limits, CLOCK, zones=ZONES)
    assert reasons
    for reason in reasons:
        if reason.relaxed is None:
            continue
        same = [f.name for f in fields(Limits) if getattr(reason.relaxed, f.name) is getattr(limits, f.name)]
        assert set(same) >= {f.name for f in fields(Limits)} - {reason.limit}
        windows = find_windows(reason.relaxed, ZONES, CLOCK)
        assert windows
        assert broken(windows, reason.relaxed, **TIME) == []
        smaller = None
        now = getattr(reason.relaxed, reason.limit)
        if reason.limit in EASIER and abs(now - getattr(limits, reason.limit)) > abs(EASIER[reason.limit]):
            smaller = replace(limits, **{reason.limit: now - EASIER[reason.limit]})
        if reason.limit == "concession_budget" and now * (1 - 1e-3) > limits.concession_budget:
            smaller = replace(limits, concession_budget=now * (1 - 1e-3))
        if smaller is not None:
            pairs, _ = pairs_of_sets(smaller)
            assert not any(pair and not broken(pair, smaller, **TIME) for pair in pairs), reason


def row(arcs_per_zone=2, transit=2, wait=False):
    """Three zones in a row without a place to rest, homes at one end and a shelter at the other."""
    arcs = 3 * arcs_per_zone
    return TimedNetwork(
        range(arcs),
        range(1, arcs + 1),
        [transit] * arcs,
        [5] * arcs,
        [9] + [0] * arcs,
        [0] * arcs + [9],
        [wait] * (arcs + 1),
        [i // arcs_per_zone for i in range(arcs)],
    )


@pytest.mark.parametrize(
    ("limits", "reason", "would_do"),
    [
        (
            Limits(shortest=0.5, longest=1),
            "the quickest way out takes 6 h and passes North, Mill and South, 2 h of it in North without a stop, "
            "where windows last at most 1 h",
            ["a longest pause of 2 h in place of 1 h"],
        ),
        (Limits(shortest=0.5, hours=(6, 8)), "between 06:00 and 08:00", ["hours 06:00 to 12:00"]),
        (Limits(zone_hours=5), "zone-hours in all are at most 5", ["6 zone-hours in all in place of 5"]),
        (Limits(zone_hours=5, shortest=3), "zone-hours in all are at most 5", ["9 zone-hours in all in place of 5"]),
        (Limits(at_once=1, shortest=3, hours=(6, 12)), "at most 1", ["2 zones quiet at once", "shortest pause of 2 h"]),
        (
            Limits(forbidden=((1, 0, 3), (1, 7, 47))),
            "in Mill without a stop, where windows last at most 1.5 h",
            ["the forbidden time in Mill, day 1, 09:30 to day 2, 06:00 beginning 0.5 h later"],
        ),
        (
            Limits(concession=np.ones((3, STEPS)), concession_budget=7),
            "cost at most 7",
            ["a budget of 12 in place of 7"],
        ),
        (Limits(together=((0, 1, 2),), longest=3), "paused together", ["not paused together", "longest pause of 6 h"]),
        (
            Limits(shortest=0.5, hours=(6, 8), zone_hours=5),
            "and apart from that",
            ["hours 06:00 to 12:00", "6 zone-hours in all"],
        ),
    ],
)
def test_limits_that_let_nobody_out_say_what_would(limits, reason, would_do):
    net = row()
    message, remedy = said(net, limits)
    assert message.startswith("Nobody can get out within the limits")
    assert reason in message
    for words in would_do:
        assert words in remedy
    for why in why_no_plan(net, limits, DAY):
        if why.relaxed is not None:
            assert why_no_plan(net, why.relaxed, DAY) == []


@pytest.mark.parametrize(
    ("net", "reason"),
    [
        (TimedNetwork([0], [1], [1], [5], [0, 0], [0, 9], [False] * 2, [0]), "nobody wants to leave"),
        (TimedNetwork([0], [1], [1], [5], [9, 0], [0, 0], [False] * 2, [0]), "no shelter has room"),
        (TimedNetwork([1], [0], [1], [5], [9, 0], [0, 9], [False] * 2, [0]), "no home has a way to a shelter"),
        (TimedNetwork([0], [1], [1], [0], [9, 0], [0, 9], [False] * 2, [0]), "no home has a way to a shelter"),
        (row(8), "takes 24 h, which must be less than the 24 h that are planned"),
        (
            TimedNetwork([0, 1], [1, 2], [1, 1], [[1] * 48, [1] + [0] * 47], [9, 0, 0], [0, 0, 9], [False] * 3, [0, 1]),
            "closed when people would come to it",
        ),
    ],
)
def test_where_no_limit_is_to_blame_none_is_blamed(net, reason):
    message, _ = said(net, Limits(hours=(6, 18)))
    assert message.startswith("Nobody can get out, whatever is paused")
    assert reason in message


def test_somebody_who_needs_no_pause_is_somebody():
    net = TimedNetwork([0], [1], [1], [5], [9, 0], [0, 9], [False] * 2, [-1])
    require_a_plan(net, Limits(hours=(6, 18)), DAY)
    require_a_plan(net, Limits(hours=(6, 18)), DAY, zones=3)


@examples(12)
@given(
    hours=st.sampled_from([None, (6, 10), (6, 18)]),
    shortest=st.sampled_from([0.5, 2.0, 5.0]),
    zone_hours=st.sampled_from([None, 4.0, 10.0]),
    at_once=st.sampled_from([None, 1]),
    wait=st.booleans(),
)
def test_a_plan_is_only_denied_where_the_engine_lets_nobody_out(hours, shortest, zone_hours, at_once, wait):
    limits = Limits(hours=hours, shortest=shortest, zone_hours=zone_hours, at_once=at_once)
    net = row(1, 3, wait)
    denied = bool(why_no_plan(net, limits, DAY, seconds=0 if wait else 20))
    random = np.random.default_rng(0)
    for _ in range(60):
        starts, longer = random.integers(0, 24, 3), random.integers(0, 8, 3)
        windows = [
            Window(z, int(a), int(a + 2 * shortest + b) - 1)
            for z, (a, b) in enumerate(zip(starts, longer, strict=True))
        ]
        if not broken(windows, limits, zones=3, steps=STEPS, step_minutes=MINUTES, start_hour=6.0):
            total = earliest_arrival(net, steps=STEPS, quiet=quiet_array(windows, 3, STEPS)).total
            assert not (denied and total)
