"""People on roads over time, against a count one person at a time."""

from __future__ import annotations

import numpy as np
import strip

from letup.report import traffic


def counted_one_by_one(plan):
    """People on each arc at each step: each person's way is followed step by step."""
    on = np.zeros((len(plan.network.tail), strip.STEPS), int)
    for move in plan.movements.to_dict("records"):
        stops = [tuple(map(int, part.split("@"))) for part in move["arcs"].split()]
        way = move["arrive_first_step"] - move["depart_first_step"]
        for start in range(move["depart_first_step"], move["depart_last_step"] + 1):
            leaving = [offset for _, offset in stops[1:]] + [way]
            for (arc, offset), leave in zip(stops, leaving, strict=True):
                on[arc, start + offset : start + max(leave, offset + 1)] += move["people_per_step"]
    return on


def test_the_number_on_each_road_is_the_number_of_people_on_it():
    plan = strip.plan()
    visit = traffic.visits(plan.movements)
    bent = traffic.bends(visit.arc, visit, 10, strip.STEPS)
    drawn = np.array([traffic.people(bends, strip.STEPS) for bends in bent])
    assert (drawn == counted_one_by_one(plan)).all()


def test_random_movements_are_counted_right():
    rng = np.random.default_rng(4)
    plan = strip.plan()
    moves = [
        strip._move(
            i, str, "foot", "north", int(rng.integers(5)), first, first + int(rng.integers(9)), int(rng.integers(1, 50))
        )
        for i, first in enumerate(rng.integers(0, strip.STEPS - 12, 200).tolist())
    ]
    plan = strip.plan(movements=type(plan.movements)(moves))
    visit = traffic.visits(plan.movements)
    bent = traffic.bends(visit.arc, visit, 10, strip.STEPS)
    drawn = np.array([traffic.people(bends, strip.STEPS) for bends in bent])
    # people who would still be on the way at the end are cut off in both
    assert (drawn == counted_one_by_one(plan)).all()


def test_who_waits_for_the_next_pause_is_not_on_the_road():
    move = strip._move(0, str, "foot", "north", 0, 10, 11, 100)
    move |= {"arcs": "0@0 1@1 2@50 3@51 4@52", "arrive_first_step": 63, "arrive_last_step": 64}
    visit = traffic.visits(type(strip.plan().movements)([move]))
    on, waiting = traffic.walking(visit, np.full(5, 2))
    road = sum(traffic.people(bends, strip.STEPS) for bends in traffic.bends(on.arc, on, 5, strip.STEPS))
    wait = traffic.people(traffic.bends(waiting.movement, waiting, 1, strip.STEPS)[0], strip.STEPS)
    assert wait[20:60].tolist() == [200] * 40
    assert road[20:60].sum() == 0
    alive = sum(traffic.people(bends, strip.STEPS) for bends in traffic.bends(visit.arc, visit, 5, strip.STEPS))
    assert (road + wait == alive).all()


def test_a_coarser_page_never_shows_fewer_people_than_there_are():
    rng = np.random.default_rng(1)
    bent = [traffic._packed(np.arange(96), rng.integers(-3, 4, 96)) for _ in range(5)]
    short, block = traffic.coarser(bent, 96, most=200)
    assert block > 1
    for fine, coarse in zip(bent, short, strict=True):
        assert (traffic.people(coarse, 96) >= traffic.people(fine, 96)).all()


def test_what_fits_is_left_as_it_is():
    bent = [[3, 5, 4, -5]]
    assert traffic.coarser(bent, 96) == (bent, 1)
