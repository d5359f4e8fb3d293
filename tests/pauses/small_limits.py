"""Limits on so few zones and steps that all sets of windows can be tried."""

from itertools import combinations, pairwise, product

import numpy as np
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.pauses import Limits, Window, broken

# Two days in steps of four hours, from 04:00.
STEPS, MINUTES, START = 10, 240, 4.0
ZONES = 2
TIME = {"zones": ZONES, "steps": STEPS, "step_minutes": MINUTES, "start_hour": START}
CLOCK = Clock(STEPS, MINUTES, START)
ALL = [(a, b) for a in range(STEPS) for b in range(a, STEPS)]
SETS = [
    s
    for k in range(4)
    for s in combinations(ALL, k)
    if all(following[0] > span[1] + 1 for span, following in pairwise(s))
]

windows = st.tuples(st.integers(0, ZONES - 1), st.integers(0, STEPS - 1), st.integers(0, 2)).map(
    lambda w: Window(w[0], w[1], min(w[1] + w[2], STEPS - 1))
)


def apart(frozen):
    ordered = sorted(set(frozen))
    return tuple(
        w for i, w in enumerate(ordered) if not i or ordered[i - 1].zone != w.zone or w.first > ordered[i - 1].last + 1
    )


@st.composite
def limits_strategy(draw):
    table = draw(st.sampled_from([None, np.ones((ZONES, STEPS)), np.arange(20.0).reshape(ZONES, STEPS) % 7]))
    return Limits(
        hours=draw(st.sampled_from([None, (4, 16), (8, 20), (20, 8)])),
        shortest=draw(st.sampled_from([0, 4, 8, 12])),
        longest=draw(st.sampled_from([None, None, 8, 12])),
        windows_per_day=draw(st.integers(1, 2)),
        zone_hours=draw(st.sampled_from([None, 8, 16, 24, 40])),
        at_once=draw(st.sampled_from([None, 1, 2])),
        forbidden=tuple((w.zone, w.first, w.last) for w in draw(st.lists(windows, max_size=2))),
        grid_minutes=draw(st.sampled_from([None, 480, 600])),
        concession=table,
        concession_budget=None if table is None else draw(st.sampled_from([1.0, 4.0, 10.0])),
        forced=tuple(draw(st.lists(windows, max_size=3))),
        frozen=apart(draw(st.lists(windows, max_size=2))),
        together=draw(st.sampled_from([(), (), ((0, 1),)])),
        same_daily=draw(st.booleans()),
    )


def sets_of_zone(limits, zone):
    """Sets of windows of one zone that keep to all that is said of it alone."""
    alone = Limits(
        hours=limits.hours,
        shortest=limits.shortest,
        longest=limits.longest,
        windows_per_day=limits.windows_per_day,
        forbidden=limits.forbidden,
        grid_minutes=limits.grid_minutes,
        forced=tuple(w for w in limits.forced if w.zone == zone),
        frozen=tuple(w for w in limits.frozen if w.zone == zone),
        same_daily=limits.same_daily,
        zone_hours=limits.zone_hours,
    )
    good = {
        span
        for span in ALL
        if not [
            line
            for line in broken([Window(zone, *span)], alone, **TIME)
            if not any(word in line for word in ("[forced]", "[frozen]", "[zone_hours]"))
        ]
    }
    for s in SETS:
        if good.issuperset(s):
            of_zone = [Window(zone, *span) for span in s]
            if not broken(of_zone, alone, **TIME):
                yield of_zone


def pairs_of_sets(limits):
    """Windows of both zones, few first, and whether there were too many to list them all."""
    per_zone = [list(sets_of_zone(limits, zone)) for zone in range(ZONES)]
    if limits.together:
        spans = [{tuple((w.first, w.last) for w in s) for s in sets} for sets in per_zone]
        both = sorted(spans[0] & spans[1])
        pairs = [[Window(z, *span) for z in range(ZONES) for span in s] for s in both]
    else:
        pairs = sorted(([*north, *south] for north, south in product(*per_zone)), key=len)
    return pairs[:4000], len(pairs) > 4000
