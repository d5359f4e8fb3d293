"""What a plan promises, seen from its tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from letup import plan as plans
from letup import roads
from letup.core.errors import NoPlan
from letup.core.wording import percent, share
from letup.pauses import Window, broken
from letup.pauses.limits import moving_array
from letup.plan.bottlenecks import in_order
from letup.plan.discretise import limits_of
from letup.plan.files.document import BOTTLENECK_COLUMNS
from letup.tables import parse_path


def test_nobody_leaves_who_does_not_want_to(made, example):
    willing = {}
    for row in example.people.itertuples():
        willing[row.group] = willing.get(row.group, 0) + round(row.count * row.share_leaving)
    for group in made.groups:
        assert group.want_to_leave == willing[group.name]
        assert 0 < group.arrive <= group.want_to_leave


def test_totals_agree_between_groups_movements_and_arrivals(made):
    people = made.movements.groupby("group")["people"].sum()
    for group in made.groups:
        assert people[group.name] == group.arrive == group.arrivals.sum()
    assert made.arrive == made.movements["people"].sum() <= made.ceiling <= made.want_to_leave


def test_pauses_keep_to_the_limits(made, example):
    assert made.windows
    breaches = broken(
        made.windows,
        limits_of(example),
        zones=len(example.zones),
        steps=example.steps,
        step_minutes=example.step_minutes,
        start_hour=example.clock.start_hour,
    )
    assert breaches == []


def test_nobody_is_on_the_road_in_the_last_quarter_of_an_hour_of_a_pause(made, example):
    last_quiet = {(w.zone, w.last) for w in made.windows}
    moving = moving_array(example, list(made.windows))
    assert all(not moving[zone, last] for zone, last in last_quiet)
    assert not [f for f in made.findings if f.code in ("plan.margin", "plan.stranded")]


def test_nobody_comes_by_a_place_twice(made, example):
    """On this plan somebody would have to, and is left out: whoever the engine brings, but for them, walks."""
    for group in example.groups:
        timed = roads.timed(made.network, example, group.name)
        for way in made.movements.loc[made.movements["group"] == group.name, "legs"]:
            arcs = [arc for arc, _ in parse_path(way)]
            places = [*timed.tail[arcs[:1]], *timed.head[arcs]]
            assert len(set(places)) == len(places), way
    assert 0 < made.left_out <= sum(group.want_to_leave - group.arrive for group in made.groups)


def test_each_movement_takes_at_least_the_time_of_its_length(made, example):
    speed = {group.name: group.speed_kmh for group in example.groups}
    table = made.movements
    fastest = table["length_m"] * 0.06 / table["group"].map(speed)
    # Rounding to steps may shorten a route by 5 % or half a step at most.
    assert (table["minutes"] >= 0.95 * fastest - example.step_minutes).all()


def test_a_pause_is_worth_no_more_than_the_people_who_pass(made):
    assert (made.pauses["worth_people"] <= made.pauses["passing_people"]).all()
    assert (made.pauses["worth_people"] >= 0).all()
    assert (made.pauses["passing_people"] > 0).all()


def test_movements_are_numbered_alike_every_time(one_day):
    made, again = plans.make(one_day), plans.make(one_day)
    pd.testing.assert_frame_equal(made.movements, again.movements)
    assert made.windows == again.windows


def test_the_ceiling_covers_everything_quiet(example):
    everything = [Window(z, 0, example.steps - 1) for z in range(len(example.zones))]
    quiet = plans.make(example, pauses=everything)
    assert quiet.arrive <= quiet.ceiling
    assert {f.column for f in quiet.findings if f.code == "plan.limits"} >= {"hours", "zone_hours"}


def test_bottlenecks_that_bring_nobody_out_do_not_come_first():
    rows = [
        {"kind": "pause hours", "id": "", "people": 900, "gain_people": 0},
        {"kind": "pause hours", "id": "?", "people": 900, "gain_people": None},
        {"kind": "road", "id": "unknown", "people": 10, "gain_people": None},
        {"kind": "road", "id": "wide", "people": 700, "gain_people": 0},
        {"kind": "shelter", "id": "school", "people": 20, "gain_people": 5},
        {"kind": "road", "id": "bridge", "people": 2, "gain_people": 50},
    ]
    table = pd.DataFrame(rows, columns=list(BOTTLENECK_COLUMNS)).astype({"gain_people": "Int64"})
    assert list(in_order(table)["id"]) == ["bridge", "school", "unknown", "?", "wide", ""]


def test_shares_are_never_rounded_to_all_or_none():
    of_many = {0: "0 %", 1: "under 0.1 %", 6123: "61.2 %", 9999: "over 99.9 %", 10_000: "100 %"}
    assert {part: share(part, 10_000) for part in of_many} == of_many
    whole = {0: "0 %", 0.001: "under 1 %", 0.61: "61 %", 0.999: "over 99 %", 1: "100 %"}
    assert {value: percent(value) for value in whole} == whole


def test_bottlenecks_say_what_doubling_them_brings(made):
    assert len(made.bottlenecks) >= 1
    assert made.bottlenecks["gain_people"].dropna().ge(0).all()
    room = made.bottlenecks[made.bottlenecks["kind"] == "shelter"]
    assert len(room), "both shelters would be full if people could walk up and down, so room must be named"


def test_a_plan_without_pauses_moves_nobody(example):
    none = plans.make(example, pauses=[])
    assert none.arrive == 0
    assert none.windows == ()
    assert "plan.no_pause" in {f.code for f in none.findings}


def test_nobody_who_wants_to_leave_is_said_so(example):
    stay = replace(example, people=example.people.assign(share_leaving=0.0))
    with pytest.raises(NoPlan, match="wanting to leave"):
        plans.make(stay)


def test_no_way_to_a_shelter_is_said_so(example):
    places = example.places.copy()
    places.loc[places["kind"] == "shelter", "room"] = 0
    with pytest.raises(NoPlan, match="way to a shelter"):
        plans.make(replace(example, places=places))


def test_hours_too_short_for_any_pause_are_said_so(example):
    narrow = replace(example, limits=replace(example.limits, hours=(6.0, 7.0)))
    with pytest.raises(NoPlan, match="allowed hours 6 to 7"):
        plans.make(narrow)


def test_notice_delays_the_first_pause(example):
    noticed = replace(example, limits=replace(example.limits, notice_hours=30))
    made = plans.make(noticed)
    assert min(w.first for w in made.windows) * example.step_minutes >= 30 * 60


def test_stopping_by_hand_keeps_the_best_so_far(one_day, monkeypatch):
    from letup.pauses.search.annealing import Annealing

    original = Annealing._take

    def take(self, *args):
        original(self, *args)
        raise KeyboardInterrupt

    monkeypatch.setattr(Annealing, "_take", take)
    made = plans.make(one_day)
    assert not made.complete
    assert made.arrive > 0
    assert "plan.incomplete" in {f.code for f in made.findings}


def test_progress_tells_the_best_so_far_and_never_more_than_the_ceiling(made, progress_of_made):
    seen = progress_of_made
    best = [state.people for state in seen if state.stage == "choosing the pauses"]
    assert best == sorted(best)
    assert best[-1] > 0
    assert all(state.people <= state.ceiling for state in seen if state.ceiling)
    assert np.isinf(seen[0].gap)
