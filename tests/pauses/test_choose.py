"""Choosing pauses: within the limits, worth what is said, and never above the proven bound."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from letup.core.errors import LetupError, NoPlan
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, Window, broken, choose_pauses, quiet_array
from tests.examples import examples

STEPS, MINUTES = 48, 30


def strip(people=(400, 300, 0), rate=20, room=600, feeders=False):
    """Zones in a row, homes in each, one shelter beyond the last."""
    zones = len(people)
    tail = list(range(zones))
    head = list(range(1, zones + 1))
    arcs = {"transit": [2] * zones, "capacity": [rate] * zones, "zone": list(range(zones))}
    supply = [*people, 0]
    wait = [False] * (zones + 1)
    if feeders:
        supply = [0] * (zones + 1) + list(people)
        wait = [True] * zones + [False] * (zones + 1)
        tail += [zones + 1 + i for i in range(zones)]
        head += list(range(zones))
        arcs = {
            "transit": [2] * zones + [1] * zones,
            "capacity": [rate] * zones + [9] * zones,
            "zone": list(range(zones)) + [-1] * zones,
        }
    shelter = [0] * len(supply)
    shelter[zones] = room
    return TimedNetwork(tail, head, arcs["transit"], arcs["capacity"], supply, shelter, wait, arcs["zone"])


def choose(net, limits, **more):
    options = {"steps": STEPS, "step_minutes": MINUTES, "start_hour": 6.0, "time_limit": None} | more
    return choose_pauses(net, limits=limits, **options)


def keeps(choice, limits, net):
    return broken(choice.windows, limits, zones=net.zones, steps=STEPS, step_minutes=MINUTES, start_hour=6.0)


@examples(20)
@given(
    people=st.lists(st.integers(0, 300), min_size=2, max_size=4),
    rate=st.integers(1, 60),
    hours=st.sampled_from([None, (6, 18), (8, 14), (9, 12)]),
    shortest=st.sampled_from([0.5, 1.0, 2.0]),
    longest=st.sampled_from([None, 4.0]),
    zone_hours=st.sampled_from([None, 6.0, 12.0]),
    at_once=st.sampled_from([None, 2, 9]),
    grid=st.sampled_from([None, 60]),
    feeders=st.booleans(),
)
def test_the_choice_keeps_to_every_limit_and_is_worth_what_it_says(
    people, rate, hours, shortest, longest, zone_hours, at_once, grid, feeders
):
    assume(sum(people))
    net = strip(people, rate, feeders=feeders)
    limits = Limits(
        hours=hours, shortest=shortest, longest=longest, zone_hours=zone_hours, at_once=at_once, grid_minutes=grid
    )
    choice = choose(net, limits, time_limit=1)  # it may take minutes to prove a choice that keeps to all this
    assert keeps(choice, limits, net) == []
    weight = 1 - 0.3 * np.arange(STEPS) / STEPS
    quiet = quiet_array(choice.windows, net.zones, STEPS)
    assert np.array_equal(quiet, choice.quiet)
    value = float(weight @ earliest_arrival(net, steps=STEPS, quiet=quiet).arrivals)
    assert choice.value == pytest.approx(value)
    assert choice.value <= choice.bound + 1e-9
    assert choice.gap == pytest.approx((choice.bound - value) / value if value else (0 if not choice.bound else np.inf))
    values = [value for _, value, _ in choice.trace]
    assert values


def test_it_comes_close_to_the_best_of_all_choices_where_all_can_be_tried():
    net = strip((120, 60), 20, room=200)
    limits = Limits(hours=(6, 12), shortest=2, zone_hours=6, grid_minutes=60)
    starts = range(0, 10, 2)
    options = [[None] + [(a, b - 1) for a in starts for b in range(a + 4, 13, 2)]] * 2
    best = 0.0
    weight = 1 - 0.3 * np.arange(STEPS) / STEPS
    for picks in product(*options):
        windows = [Window(z, *pick) for z, pick in enumerate(picks) if pick is not None]
        if broken(windows, limits, zones=2, steps=STEPS, step_minutes=MINUTES, start_hour=6.0):
            continue
        flow = earliest_arrival(net, steps=STEPS, quiet=quiet_array(windows, 2, STEPS))
        best = max(best, float(weight @ flow.arrivals))
    choice = choose(net, limits, time_limit=5)
    assert best > 0
    assert 0.9 * best <= choice.value <= best + 1e-9
    assert choice.bound >= best


def test_with_nothing_but_hours_everything_quiet_is_chosen():
    net = strip()
    choice = choose(net, Limits(hours=(6, 18), shortest=1))
    assert choice.value == pytest.approx(choice.bound)
    assert choice.gap == pytest.approx(0, abs=1e-9)


def test_more_zone_hours_never_lower_the_bound():
    net = strip()
    bounds = [choose(net, Limits(hours=(6, 18), zone_hours=hours)).bound for hours in (3, 9, 30)]
    assert bounds == sorted(bounds)


def test_a_concession_budget_is_kept():
    net = strip()
    table = np.ones((3, STEPS))
    table[1] = 3
    limits = Limits(hours=(6, 18), shortest=1, concession=table, concession_budget=60)
    choice = choose(net, limits)
    assert choice.windows
    assert keeps(choice, limits, net) == []


def test_the_same_seed_gives_the_same_choice():
    net = strip((300, 300, 100), 10)
    limits = Limits(hours=(6, 18), shortest=1, zone_hours=12)
    assert choose(net, limits).windows == choose(net, limits).windows


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(hours=(6, 8), shortest=3), "allowed hours 6 to 8"),
        (Limits(shortest=30), "fits into the 24 h"),
        (Limits(shortest=3, longest=2), "longest window allowed"),
        (Limits(shortest=3, zone_hours=2), "2 zone-hours"),
        (Limits(at_once=0), "no zone may be quiet"),
        (Limits(forbidden=tuple((z, 0, STEPS - 1) for z in range(3))), "forbidden"),
        (Limits(shortest=6, forbidden=tuple((z, t, t) for z in range(3) for t in (8, 16, 24, 32, 40))), "one piece"),
    ],
)
def test_limits_that_allow_no_window_say_why(limits, reason):
    with pytest.raises(NoPlan, match=reason) as error:
        choose(strip(), limits)
    assert error.value.code == "pauses.none"


@pytest.mark.parametrize("weight", [np.ones(3), np.arange(STEPS, dtype=float), np.full(STEPS, np.nan)])
def test_weights_that_make_no_sense_are_refused(weight):
    with pytest.raises(LetupError, match="weight"):
        choose(strip(), Limits(), weight=weight)
