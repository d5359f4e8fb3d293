"""Nobody is left on the way at night, but in places that have room for it; waiting by day has room, too."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from letup import plan as plans
from letup.pauses import Window
from letup.plan.movement_paths import waits_of
from letup.roads import timed
from letup.scenario import PartyLimits, load, write
from letup.tables import parse_path
from letup.verify import verify
from tests.roads.small import people, place, road, scenario, zone

DAY = 24 * 12
FAR, NEAR = 60, 30
"""People 60 km from the shelter, 15 hours on foot, and 20 km from it, beyond the place to rest."""


DAYLIGHT = PartyLimits(hours=(6, 18))


def long_road(nights_at_most=0, beds=20, days=3, limits=DAYLIGHT):
    """A road on which people walk for two days, with a place to rest after 40 km, quiet from 06:00 to 18:00."""
    case = scenario(
        [zone("all", -1000, -1000, 70_000, 1000)],
        [road("long", (0, 0), (60_000, 0))],
        [
            place("home", "protected_site", 0, 0),
            place("later", "protected_site", 40_000, 0),
            place("inn", "waiting_place", 40_000, 0, wait=True, waiting_room=500, night_room=beds),
            place("end", "shelter", 60_000, 0, room=1000),
        ],
        [people(FAR, place="home"), people(NEAR, place="later")],
        steps=days * DAY,
        nights_at_most=nights_at_most,
        limits=limits,
    )
    return case, [Window(0, day * DAY, day * DAY + 12 * 12 - 1) for day in range(days)]


@pytest.mark.parametrize(("nights", "beds", "arrive"), [(0, 20, NEAR), (1, 20, NEAR + 2 * 20), (1, 25, NEAR + 2 * 25)])
def test_people_stay_overnight_only_where_and_when_they_may(nights, beds, arrive):
    case, windows = long_road(nights, beds)
    plan = plans.make(case, pauses=windows)
    assert plan.arrive == arrive
    table = plan.movements
    assert table.loc[table["nights"] != "", "people"].sum() == arrive - NEAR
    assert set(table["nights"]) == ({"", "inn"} if nights else {""})
    same_day = pd.to_datetime(table["depart_first"]).dt.date == pd.to_datetime(table["arrive_last"]).dt.date
    assert (same_day == (table["nights"] == "")).all()


@pytest.mark.parametrize(("most", "arrive"), [(1, 0), (2, 20), (3, 20)])
def test_nobody_spends_more_nights_on_the_way_than_allowed(most, arrive, tmp_path):
    case = scenario(
        [zone("all", -1000, -1000, 120_000, 1000)],
        [road("long", (0, 0), (110_000, 0))],
        [
            place("home", "protected_site", 0, 0),
            *(
                place(f"inn-{k}", "waiting_place", 40_000 * k, 0, wait=True, waiting_room=500, night_room=20)
                for k in (1, 2)
            ),
            place("end", "shelter", 110_000, 0, room=1000),
        ],
        [people(20, place="home"), people(1, place="inn-2")],
        steps=3 * DAY,
        nights_at_most=most,
        limits=DAYLIGHT,
    )
    written_down(case, [Window(0, day * DAY, day * DAY + 12 * 12 - 1) for day in range(3)], tmp_path)
    plan = plans.read(tmp_path / "plan")
    assert plan.arrive == arrive + 1
    assert plan.left_out == 20 - arrive
    assert any("more nights" in finding.message for finding in plan.findings) == (arrive == 0)
    assert verify(tmp_path / "plan").holds


def test_who_lives_too_far_for_one_day_is_named_with_what_would_help():
    case, windows = long_road()
    found = [f for f in plans.make(case, pauses=windows).findings if f.code == "plan.too_far"]
    assert len(found) == 1
    assert f"{FAR} people cannot reach any shelter in one day" in found[0].message
    assert "15 h" in found[0].message
    assert f"{FAR} in All" in found[0].message
    assert "night_room" in found[0].remedy
    case, windows = long_road(nights_at_most=1)
    assert not [f for f in plans.make(case, pauses=windows).findings if f.code == "plan.too_far"]


def test_a_pause_that_lasts_overnight_does_not_let_people_walk_or_rest_through_the_night():
    case, _ = long_road(limits=PartyLimits())
    plan = plans.make(case, pauses=[Window(0, 0, 3 * DAY - 1)])
    # A day of 24 hours is enough for 15 hours on foot, but nobody is on a road, or waits on the way, at midnight.
    assert plan.arrive == FAR + NEAR
    days = [pd.to_datetime(plan.movements[name]).dt.date for name in ("depart_first", "arrive_last")]
    assert (days[0] == days[1]).all()


def written_down(case, windows, folder):
    """Write a plan of a case, as a user would have it."""
    tables = ("zones", "roads", "places", "people")
    told = {name: getattr(case, name).assign(basis="assumed", note="invented") for name in tables}
    write(replace(case, **told), folder / "case")
    plans.write(plans.make(load(folder / "case"), pauses=windows), folder / "plan")
    return folder / "plan"


@pytest.fixture
def written(tmp_path):
    return written_down(*long_road(nights_at_most=1), tmp_path)


def test_verify_recomputes_the_nights(written):
    result = verify(written)
    assert result.holds, result.problems
    assert any("night" in what for what, _ in result.checks)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.assign(nights=""), "verify.value"),  # a night is kept quiet about
        (lambda t: t.assign(people_per_step=2 * t["people_per_step"], people=2 * t["people"]), "verify.waiting"),
    ],
)
def test_verify_says_which_night_does_not_hold(written, change, code):
    table = pd.read_csv(written / "movements.csv", dtype=str, keep_default_na=False)
    numbers = table.assign(**{name: table[name].astype(int) for name in ("people", "people_per_step")})
    change(numbers).to_csv(written / "movements.csv", index=False)
    assert code in {problem.code for problem in verify(written).problems if problem.file == "movements.csv"}


def test_verify_refuses_nights_that_the_scenario_does_not_allow(written):
    top = written / "scenario" / "scenario.yaml"
    top.write_text(top.read_text("utf-8").replace("nights_at_most: 1\n", ""), "utf-8")
    assert "verify.night" in {problem.code for problem in verify(written).problems}


def test_waiting_rooms_are_shared_by_groups_that_come_one_after_the_other():
    case, windows = long_road(nights_at_most=1)
    slow = replace(case.groups[0], name="slow", speed_kmh=3.9)
    who = pd.concat([case.people, case.people.assign(group="slow")], ignore_index=True)
    both = replace(case, groups=(slow, *case.groups), people=who)
    plan = plans.make(both, pauses=windows)
    # 20 beds on each of two nights, whoever sleeps in them.
    assert plan.movements.loc[plan.movements["nights"] != "", "people"].sum() == 2 * 20
    assert plan.arrive == 2 * NEAR + 2 * 20


@pytest.mark.parametrize("room", [0, 7])
def test_no_more_wait_by_day_than_there_is_room(room):
    case = scenario(
        [zone("all", -1000, -1000, 20_000, 1000)],
        [road("wide", (0, 0), (4000, 0)), road("narrow", (4000, 0), (8000, 0), foot_per_hour=120)],
        [
            place("home", "protected_site", 0, 0),
            place("square", "waiting_place", 4000, 0, wait=True, waiting_room=room),
            place("end", "shelter", 8000, 0, room=1000),
        ],
        [people(100, place="home")],
    )
    plan = plans.make(case, pauses=[Window(0, 0, 143)])
    network = timed(plan.network, case, "walkers")
    there = np.zeros(case.steps, int)
    for row in plan.movements.itertuples():
        legs, offsets = zip(*parse_path(row.legs), strict=True)
        for wait in waits_of(network, legs, offsets):
            for step in range(row.depart_first_step, row.depart_last_step + 1):
                there[step + wait.since : step + wait.until] += row.people_per_step
    assert plan.arrive == 100
    assert there.max() <= room
