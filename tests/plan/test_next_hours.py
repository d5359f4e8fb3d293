"""What one more hour of pause would bring, against plans that have it."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from letup import plan as plans
from letup.cli.plan import show_plan
from letup.pauses import Window
from letup.plan.answer import next_hours as said_hours
from letup.plan.discretise import limits_of
from letup.plan.extensions import Extension, is_allowed, longer_pauses, new_pauses
from letup.plan.files.document import field_digests
from letup.plan.planner.make import make
from letup.verify import verify
from tests.cli.running import printed

# A corridor on one day, open too briefly in the third zone.
SHORT = [Window(0, 10, 23), Window(1, 6, 27), Window(2, 6, 31), Window(3, 22, 43)]


@pytest.fixture(scope="module")
def short(example):
    return make(example, pauses=SHORT)


@pytest.fixture(scope="module")
def folder(short, tmp_path_factory):
    target = tmp_path_factory.mktemp("next") / "short-plan"
    plans.write(short, target)
    return target


def _step(scenario, time):
    return round((pd.Timestamp(time) - scenario.start) / pd.Timedelta(minutes=scenario.step_minutes))


def _with(scenario, windows, row):
    """The pauses with what a row of the table asks for."""
    zone, first, last = scenario.zone_ids.index(row["zone"]), _step(scenario, row["start"]), _step(scenario, row["end"])
    old = _step(scenario, row["replaces"]) if row["replaces"] else None
    return [w for w in windows if (w.zone, w.first) != (zone, old)] + [Window(zone, first, last - 1)]


def test_each_hour_brings_what_a_plan_with_it_brings(short, example):
    assert len(short.next_hours)
    for row in short.next_hours.to_dict("records"):
        more = make(example, pauses=_with(example, SHORT, row))
        hours = more.zone_hours - short.zone_hours
        assert more.arrive - short.arrive == pytest.approx(row["people_per_zone_hour"] * hours, abs=0.05 * hours)
        assert row["basis"] == "exact"


def test_no_other_hour_at_the_end_of_a_pause_brings_more(short, example):
    best = short.next_hours["people_per_zone_hour"].max()
    for i, w in enumerate(SHORT):
        if w.last + 4 < 48:
            others = [*SHORT[:i], *SHORT[i + 1 :]]
            more = make(example, pauses=[*others, replace(w, last=w.last + 4)])
            assert more.arrive - short.arrive <= best + 0.05


def test_the_best_hour_comes_first_and_brings_somebody(short):
    gains = short.next_hours["people_per_zone_hour"]
    assert gains.is_monotonic_decreasing
    assert gains.gt(0).all()
    assert len(gains) <= 10


def test_where_every_shelter_is_full_no_hour_is_named_though_some_arrive_after_the_pauses_of_a_day(example):
    free = replace(example, zones=example.zones.assign(needs_pause=[True, True, True, False]))
    days = [Window(0, 0, 45), Window(1, 6, 43), Window(1, 104, 137), Window(2, 8, 47), Window(2, 102, 135)]
    full = make(free, pauses=days)
    assert full.arrive == full.ceiling == 6500  # the room of both shelters
    assert full.left_out == 0
    assert full.next_hours.empty
    without = [make(free, pauses=[other for other in days if other != day]).arrive for day in days]
    # others who pass would stay where they are on other days: where they may move anew, no more are lost
    lost = [full.arrive - people for people in without]
    assert min(lost) > 0
    assert full.pauses["worth_people"].between(lost, full.pauses["passing_people"]).all()
    room = full.bottlenecks[full.bottlenecks["kind"] == "shelter"]
    assert room["gain_people"].max() > 0


def test_hours_keep_to_the_limits_on_single_pauses_but_not_to_totals(example):
    clock, zones = example.clock, len(example.zones)
    limits = replace(limits_of(example), hours=(6, 18), longest=6.0, zone_hours=0.0)
    within = lambda more: is_allowed(more, SHORT, limits, zones, clock)  # noqa: E731
    assert within(Extension(replace(SHORT[0], last=27), SHORT[0]))
    assert not within(Extension(replace(SHORT[0], last=35), SHORT[0]))  # longer than the longest
    assert not within(Extension(replace(SHORT[3], last=51), SHORT[3]))  # after 18:00
    assert not within(Extension(Window(0, 30, 41), None))  # a second one that day
    tried = [*longer_pauses(SHORT, range(4), limits, clock), *new_pauses(SHORT, range(zones), limits, clock)]
    assert {more.window.last - more.window.first + 1 for more in tried if more.old is None} <= {12}
    assert all(more.steps() == 4 for more in tried if more.old)


def test_the_terminal_names_the_best_hour(short, folder):
    text = printed(show_plan, short, [], folder)
    best = said_hours(short.next_hours, short.pauses)[0]
    assert f"What the next hour would bring: One more hour of {best.zone_name} on 2030-01-01" in text
    assert f"would let {best.people:,} more people out." in text


def test_estimates_are_said_to_be_about(short):
    table = short.next_hours.head(1).assign(people_per_zone_hour=1234.0, basis="estimated")
    assert said_hours(table, short.pauses)[0].about == "about 1,200"


def test_a_plan_with_more_hours_verifies(folder):
    verification = verify(folder)
    assert verification.holds, verification.problems
    assert dict(verification.checks)["zones and times of one more hour"] > 0


def test_a_plan_from_before_there_was_such_a_table_verifies(folder, tmp_path):
    assert _changed(folder, tmp_path, lambda document: document.pop("next_hours")) == []


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("zone", "nowhere", "next_hours[0].zone"),
        ("people_per_zone_hour", 1e6, "next_hours[0].people_per_zone_hour"),
        ("people_per_zone_hour", -1.0, "next_hours.[0].people_per_zone_hour"),
        ("end", "2031-01-01T15:00:00+00:00", "next_hours[0].start"),
        ("end", "2030-01-01T23:00:00+00:00", "next_hours[0]"),
        ("replaces", "2030-01-01T03:00:00+00:00", "next_hours[0].replaces"),
    ],
)
def test_a_row_that_cannot_be_is_found_even_with_its_digest_renewed(folder, tmp_path, field, value, where):
    places = _changed(folder, tmp_path, lambda document: document["next_hours"][0].update({field: value}))
    assert where.replace(".[", "[") in [place.replace(".[", "[") for place in places]


def _changed(folder, tmp_path, change):
    """Where verifying finds something wrong after a change to plan.json whose digests were renewed."""
    import shutil

    target = tmp_path / "changed"
    shutil.copytree(folder, target)
    document = json.loads((target / "plan.json").read_text("utf-8"))
    change(document)
    document["digests"]["plan"] = field_digests(document)
    (target / "plan.json").write_text(json.dumps(document), "utf-8")
    return [problem.where for problem in verify(target).problems]
