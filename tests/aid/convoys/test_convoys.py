"""Convoys keep to the pauses, to their vehicles and to their goods."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from letup.aid.convoys.make import make_convoys
from letup.aid.convoys.rules import Settings
from letup.aid.convoys.tables import load_rows, reference_page, stop_rows
from letup.verify.convoys import check_convoys
from tests.aid.convoys import walk, world

QUICK = Settings(seconds=1.0, margin_minutes=0)
SPAN = st.tuples(st.integers(0, 200), st.integers(30, 200)).map(lambda s: (5 * s[0], min(5 * (s[0] + s[1]), 1440)))
ROW = st.fixed_dictionaries(
    {
        "destination": st.sampled_from(["point-a", "clinic-b", "point-c", "clinic-c"]),
        "trucks": st.integers(1, 3),
        "kg": st.sampled_from([4_000.0, 12_000.0, 20_000.0]),
        "depart_first_step": st.integers(0, 120),
    }
)


def _rows(rows):
    return world.deliveries(*({**row, "kg": row["kg"] * row["trucks"]} for row in rows))


def _checked(orders, table, quiet, scenario=None, network=None, trucks=(world.TRUCK,)):
    scenario, network = (scenario, network) if scenario is not None else world.simple()
    return check_convoys(stop_rows(orders, scenario), load_rows(orders), scenario, network, quiet, table, trucks)


@given(
    spans=st.tuples(SPAN, SPAN, SPAN),
    rows=st.lists(ROW, min_size=1, max_size=4),
    margin=st.sampled_from([0, 20]),
    data=st.data(),
)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_vehicle_is_on_the_road_when_a_pause_ends_whenever_it_leaves_within_its_times(spans, rows, margin, data):
    scenario, network = world.simple()
    quiet, table = world.pauses(*spans), _rows(rows)
    orders = make_convoys(scenario, network, quiet, table, [world.TRUCK], replace(QUICK, margin_minutes=margin))
    for convoy in orders.convoys:
        for draw in (
            lambda first, _: first,
            lambda _, last: last,
            lambda first, last: data.draw(st.integers(int(first), max(int(first), int(last)))),
        ):
            assert walk.unquiet(convoy, quiet, draw) == []
    assert _checked(orders, table, quiet).problems == []
    carried = [entry.load for convoy in orders.convoys for vehicle in convoy.manifest for entry in vehicle]
    for column in ("amount", "kg"):
        assert sum(getattr(load, column) for load in [*carried, *orders.left]) == pytest.approx(table[column].sum())
    assert {load.delivery for load in orders.left} <= {finding.where for finding in orders.findings}


def test_one_load_there_and_back_takes_the_times_worked_out_by_hand():
    scenario, network = world.simple()
    quiet = world.pauses((180, 600), (180, 600), (180, 600))
    orders = make_convoys(scenario, network, quiet, world.deliveries({"destination": "clinic-c"}), [world.TRUCK], QUICK)
    (convoy,) = orders.convoys
    start, there, back = convoy.stops
    # 2 km to the first zone at 30 km/h take 4 minutes, all 13.3 km 27; loading 40 and unloading 50, each with 10 for
    # the stop; 11.3 km of the way home lie in the zones: 23 minutes
    assert (start.leave_earliest, there.arrive_earliest) == (176, 203)
    assert start.arrive_earliest == 176 - 50
    assert there.leave_earliest == 203 + 60
    assert back.arrive_earliest == 203 + 60 + 27
    assert there.leave_latest == 600 - 23
    assert there.arrive_latest == 600 - 23 - 60
    assert orders.findings == ()


def test_vehicles_to_one_place_travel_together_up_to_the_size_of_a_convoy():
    scenario, network = world.simple()
    quiet = world.pauses((180, 300), (180, 300), (180, 300))
    table = world.deliveries({"destination": "point-c", "trucks": 12, "kg": 240_000.0})
    many = replace(world.TRUCK, count=20)
    orders = make_convoys(scenario, network, quiet, table, [many], replace(QUICK, vehicles=5))
    assert sorted(convoy.vehicles for convoy in orders.convoys) == [4, 4, 4]
    assert _checked(orders, table, quiet, trucks=[many]).problems == []


def test_one_truck_turns_round_and_carries_twice():
    scenario, network = world.simple()
    quiet = world.pauses((100, 1000), (100, 1000), (100, 1000))
    table = world.deliveries({"destination": "point-a"}, {"destination": "clinic-b"})
    truck = replace(world.TRUCK, count=1)
    orders = make_convoys(scenario, network, quiet, table, [truck], QUICK)
    (convoy,) = orders.convoys
    assert [stop.place for stop in convoy.stops].count("gate") == 3
    assert orders.left == ()


def test_parts_of_a_load_share_a_truck():
    scenario, network = world.simple()
    quiet = world.pauses((100, 1000), (100, 1000), (100, 1000))
    table = world.deliveries({"destination": "point-a", "kg": 8_000.0}, {"destination": "point-c", "kg": 12_000.0})
    (convoy,) = make_convoys(scenario, network, quiet, table, [world.TRUCK], QUICK).convoys
    assert sorted(stop.place for stop in convoy.stops[1:-1]) == ["point-a", "point-c"]
    assert convoy.vehicles == 1


def test_a_truck_that_cannot_get_out_in_time_stays_where_it_may_and_comes_back_the_next_day():
    scenario = world.world(steps=576)
    network = world.build(scenario)
    quiet = np.zeros((3, 576), bool)
    quiet[:, 40:80] = quiet[:, 328:368] = True  # 09:20 to 12:40 on both days
    late = world.deliveries(
        {"destination": "point-c", "depart_first_step": 68}, {"destination": "clinic-c", "depart_first_step": 68}
    )
    orders = make_convoys(scenario, network, quiet, late, [world.TRUCK], QUICK)
    (convoy,) = orders.convoys
    there, back = convoy.stops[1:]
    assert there.place == "point-c"
    assert "stay" in there.action
    assert there.leave_earliest == 328 * 5
    assert back.arrive_latest <= 368 * 5 + 4
    assert [finding.code for finding in orders.findings] == ["convoys.no_time"]  # a clinic is no place to stay
    assert _checked(orders, late, quiet, scenario, network).problems == []


def test_a_truck_whose_way_back_is_never_quiet_again_stays_for_good_and_is_named():
    scenario = world.world(steps=576)
    network = world.build(scenario)
    quiet = np.zeros((3, 576), bool)
    quiet[:, 40:80] = True
    late = world.deliveries(
        {"destination": "point-c", "depart_first_step": 68},
        {"destination": "point-c", "depart_first_step": 360, "day": 1},
    )
    truck = replace(world.TRUCK, count=1)
    orders = make_convoys(scenario, network, quiet, late, [truck], QUICK)
    (convoy,) = orders.convoys
    assert convoy.stops[-1].place == "point-c"
    assert "stay" in convoy.stops[-1].action
    assert {(finding.code, finding.where) for finding in orders.findings} == {
        ("convoys.stay", "d0"),
        ("convoys.no_time", "d1"),
    }
    assert _checked(orders, late, quiet, scenario, network, [truck]).problems == []


def test_trucks_still_away_are_not_sent_out_again_the_next_morning():
    scenario = world.world(steps=576)
    network = world.build(scenario)
    quiet = np.zeros((3, 576), bool)
    quiet[:, 40:80] = quiet[:, 328:368] = True
    late = world.deliveries(
        {"destination": "point-c", "depart_first_step": 68},
        {"destination": "point-a", "depart_first_step": 328, "day": 1},
    )
    truck = replace(world.TRUCK, count=1)
    orders = make_convoys(scenario, network, quiet, late, [truck], QUICK)
    assert [finding.code for finding in orders.findings] == ["convoys.left"]  # the day after there is no pause
    assert _checked(orders, late, quiet, scenario, network, [truck]).problems == []


def test_nothing_sets_out_outside_the_hours_of_a_place():
    scenario = world.world(places={"gate": {"hours": "10:00-12:00"}, "clinic-b": {"hours": "11:00-13:00"}})
    network = world.build(scenario)
    quiet = world.pauses((0, 1440), (0, 1440), (0, 1440))
    orders = make_convoys(scenario, network, quiet, world.deliveries({"destination": "clinic-b"}), [world.TRUCK], QUICK)
    (convoy,) = orders.convoys
    start, there, _ = convoy.stops
    assert start.arrive_earliest >= 240
    assert start.leave_earliest <= 360
    assert there.arrive_earliest >= 300
    assert there.arrive_latest + 60 <= 420


def test_a_load_too_heavy_and_a_way_that_does_not_exist_are_named():
    scenario, network = world.simple()
    quiet = world.pauses((0, 1440), (0, 1440), (0, 1440))
    table = world.deliveries({"destination": "point-a", "kg": 30_000.0}, {"destination": "point-c", "arcs": "999999@0"})
    orders = make_convoys(scenario, network, quiet, table, [world.TRUCK], QUICK)
    assert [(finding.code, finding.where) for finding in orders.findings] == [
        ("convoys.overload", "d0"),
        ("convoys.way", "d1"),
    ]
    assert [load.delivery for load in orders.left] == ["d0"]


def _sound():
    scenario, network = world.simple()
    quiet = world.pauses((180, 600), (180, 600), (180, 600))
    table = world.deliveries({"destination": "clinic-c", "trucks": 2, "kg": 40_000.0}, {"destination": "point-a"})
    orders = make_convoys(scenario, network, quiet, table, [world.TRUCK], QUICK)
    return scenario, network, quiet, table, stop_rows(orders, scenario), load_rows(orders)


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("stops", lambda row: row.update(leave_latest_minute=row["leave_latest_minute"] + 1), "time"),
        ("stops", lambda row: row.update(leave_earliest_minute=row["leave_earliest_minute"] - 30), "time"),
        ("stops", lambda row: row.update(vehicles=9), "vehicles"),
        ("stops", lambda row: row.update(truck="van"), "vehicle"),
        ("stops", lambda row: row.update(place="point-c"), "way"),
        ("stops", lambda row: row.update(arcs=""), "way"),
        ("loads", lambda row: row.update(kg=25_000.0), "load"),
        ("loads", lambda row: row.update(amount=row["amount"] * 3, kg=row["kg"] * 3), "goods"),
        ("loads", lambda row: row.update(unloaded_stop=2), "load"),
        ("loads", lambda row: row.update(delivery="d9"), "load"),
    ],
)
def test_a_table_that_was_changed_does_not_hold(table, change, code):
    scenario, network, quiet, wanted, stops, loads = _sound()
    assert check_convoys(stops, loads, scenario, network, quiet, wanted, [world.TRUCK]).problems == []
    far = next(row["convoy"] for row in stops if row["place"] == "clinic-c")
    row = next(
        row
        for row in (stops if table == "stops" else loads)
        if row["convoy"] == far and row.get("place", "clinic-c") == "clinic-c"
    )
    change(row)
    if code in ("vehicles", "vehicle"):
        for other in stops:
            other |= {key: row[key] for key in ("vehicles", "truck")}
    problems = check_convoys(stops, loads, scenario, network, quiet, wanted, [world.TRUCK]).problems
    assert f"verify.convoys.{code}" in {problem.code for problem in problems}


def test_a_pause_that_was_shortened_by_one_step_does_not_hold():
    scenario, network, quiet, wanted, stops, loads = _sound()
    shorter = quiet.copy()
    shorter[:, 119] = False
    problems = check_convoys(stops, loads, scenario, network, shorter, wanted, [world.TRUCK]).problems
    assert {problem.code for problem in problems} == {"verify.convoys.quiet"}


def test_the_margin_is_kept_before_the_end_of_every_pause():
    scenario, network, quiet, table, _, _ = _sound()
    orders = make_convoys(scenario, network, quiet, table, [world.TRUCK], replace(QUICK, margin_minutes=45))
    earlier = quiet.copy()
    earlier[:, 111:] = False  # 45 minutes, nine steps
    assert _checked(orders, table, earlier).problems == []


def test_times_at_stops_run_on():
    _, _, _, _, stops, _ = _sound()
    for stop, following in pairwise(stops):
        if stop["convoy"] == following["convoy"]:
            assert stop["leave_earliest_minute"] < following["arrive_earliest_minute"]


def test_the_committed_reference_page_is_the_generated_one():
    page = Path(__file__).resolve().parents[3] / "docs" / "reference" / "convoys.md"
    assert page.read_text("utf-8") == reference_page(), "write letup.aid.convoys.tables.reference_page() to it"
