"""Patients: the most urgent first, within beds and places, and only those who have agreed."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from letup.aid.convoys.make import make_medevac
from letup.aid.convoys.make.medevac import assign_beds
from letup.aid.convoys.patients import Patient
from letup.aid.convoys.rules import Settings
from letup.aid.convoys.tables import patient_rows, stop_rows
from letup.verify.convoys import check_medevac
from tests.aid.convoys import walk, world

QUICK = Settings(seconds=2.0, margin_minutes=0)
SPAN = st.tuples(st.integers(0, 150), st.integers(30, 200)).map(lambda s: (5 * s[0], min(5 * (s[0] + s[1]), 1440)))
STAY = frozenset({*walk.STAY, "clinic-b", "clinic-c"})
ROW = st.fixed_dictionaries(
    {
        "place": st.sampled_from(["clinic-b", "clinic-c"]),
        "to": st.sampled_from(["gate", "crossing", "hospital"]),
        "count": st.integers(1, 3),
        "priority": st.integers(1, 3),
        "needs": st.sampled_from(["lying", "sitting"]),
        "companions": st.integers(0, 1),
        "agreed": st.sampled_from([True, True, True, False]),
    }
)


def _world(rows, beds=2, ambulances=2, lying=1, sitting=2):
    scenario, network = world.simple()
    places = scenario.places.copy()
    places.loc[["clinic-b", "clinic-c"], "room"] = beds
    patients = pd.DataFrame(
        [
            {"id": f"p{i}", "count": 1, "priority": 1, "needs": "lying", "companions": 0, "agreed": True,
             "way_back": "by the same road when they are well"} | row
            for i, row in enumerate(rows)
        ]
    )  # fmt: skip
    cars = pd.DataFrame(
        [
            {"id": "car", "label": "Ambulance", "place": "clinic-b", "count": ambulances, "lying": lying,
             "sitting": sitting, "speed_kmh": world.KMH, "load_minutes": 10, "unload_minutes": 10}
        ]
    )  # fmt: skip
    return replace(scenario, places=places, patients=patients, ambulances=cars), network


def _check(orders, scenario, network, quiet):
    return check_medevac(stop_rows(orders, scenario), patient_rows(orders, scenario), scenario, network, quiet)


@given(
    spans=st.tuples(SPAN, SPAN, SPAN),
    rows=st.lists(ROW, min_size=1, max_size=3),
    beds=st.integers(0, 3),
    cars=st.integers(1, 2),
    data=st.data(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_nobody_is_on_the_road_when_a_pause_ends_or_without_a_place_or_a_bed(spans, rows, beds, cars, data):
    scenario, network = _world(rows, beds, cars)
    quiet = world.pauses(*spans)
    orders = make_medevac(scenario, network, quiet, QUICK)
    for convoy in orders.convoys:
        draw = lambda first, last: data.draw(st.integers(int(first), max(int(first), int(last))))  # noqa: E731
        assert walk.unquiet(convoy, quiet, draw, stay=STAY) == []
        assert convoy.vehicles <= cars
    assert _check(orders, scenario, network, quiet).problems == []
    passengers = patient_rows(orders, scenario)
    by_row = pd.Series([row["patients"] for row in passengers]).value_counts()
    for row in scenario.patients.to_dict("records"):
        assert by_row.get(row["id"], 0) <= (row["count"] if row["agreed"] else 0)
    for place in ("clinic-b", "clinic-c"):
        assert sum(row["to"] == place for row in passengers) <= beds
    seats: dict[tuple[str, int, int], np.ndarray] = {}
    for row in passengers:
        for stop in range(row["from_stop"], row["to_stop"]):
            key = row["convoy"], row["vehicle"], stop
            own = np.array([row["needs"] == "lying", (row["needs"] == "sitting") + row["companions"]])
            seats[key] = seats.get(key, np.zeros(2, int)) + own
    assert all((used <= [1, 2]).all() for used in seats.values())
    agreed = scenario.patients.loc[scenario.patients["agreed"], "count"].sum()
    assert len(passengers) + len(orders.left) == agreed


def test_the_most_urgent_go_first_where_not_all_can():
    rows = [
        {"place": "clinic-b", "to": "gate", "priority": 3, "count": 3},
        {"place": "clinic-b", "to": "gate", "priority": 1, "count": 2},
        {"place": "clinic-b", "to": "gate", "priority": 2, "count": 1},
    ]
    scenario, network = _world(rows, ambulances=1)
    # a round takes 16 + 10 + 16 + 10 minutes; there is time for three
    quiet = world.pauses((200, 360), (200, 360), (200, 360))
    orders = make_medevac(scenario, network, quiet, QUICK)
    assert sorted(row["patients"] for row in patient_rows(orders, scenario)) == ["p1", "p1", "p2"]
    assert [(finding.code, finding.where) for finding in orders.findings] == [("medevac.left", "p0")]


def test_nobody_goes_who_has_not_agreed():
    scenario, network = _world([{"place": "clinic-b", "to": "gate", "agreed": False}])
    orders = make_medevac(scenario, network, world.pauses((0, 1440), (0, 1440), (0, 1440)), QUICK)
    assert orders.convoys == ()
    assert [finding.code for finding in orders.findings] == ["medevac.empty"]


def test_without_a_pause_or_a_bed_patients_stay_and_the_reason_is_named():
    scenario, network = _world([{"place": "clinic-b", "to": "gate"}, {"place": "clinic-b", "to": "clinic-c"}], beds=0)
    orders = make_medevac(scenario, network, world.pauses((200, 210), (0, 0), (0, 0)), QUICK)
    assert {(finding.code, finding.where) for finding in orders.findings} == {
        ("medevac.no_bed", "p0"),
        ("medevac.no_bed", "p1"),
    }
    quiet = world.pauses((200, 215), (200, 215), (200, 215))
    orders = make_medevac(*_world([{"place": "clinic-c", "to": "gate"}]), quiet, QUICK)
    assert {finding.code for finding in orders.findings} <= {"medevac.no_bed", "medevac.no_time"}
    assert len(orders.left) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.append(dict(rows[0], to="gate")), "patient"),
        (lambda rows: rows[0].update(to_stop=0), "patient"),
        (lambda rows: rows[0].update(vehicle=7), "patient"),
        (lambda rows: rows[0].update(way_back=""), "way_back"),
        (lambda rows: rows[0].update(patients="p1"), "place"),
    ],
)
def test_a_table_that_was_changed_does_not_hold(change, code):
    scenario, network = _world(
        [{"place": "clinic-b", "to": "gate"}, {"place": "clinic-c", "to": "clinic-b", "agreed": True}]
    )
    quiet = world.pauses((0, 1440), (0, 1440), (0, 1440))
    orders = make_medevac(scenario, network, quiet, QUICK)
    stops, rows = stop_rows(orders, scenario), patient_rows(orders, scenario)
    assert check_medevac(stops, rows, scenario, network, quiet).problems == []
    rows.sort(key=lambda row: row["patients"])
    change(rows)
    problems = check_medevac(stops, rows, scenario, network, quiet).problems
    assert f"verify.medevac.{code}" in {problem.code for problem in problems}


PERSON = st.tuples(st.sampled_from(["u", "v"]), st.sampled_from(["x", "y", "hospital"]), st.integers(1, 2))


@given(
    people=st.lists(PERSON, min_size=1, max_size=4),
    beds=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    rides=st.lists(st.integers(10, 70), min_size=4, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_beds_are_given_as_the_best_of_all_ways_to_give_them(people, beds, rides):
    who = [Patient(str(i), place, to, priority, True, 0, "-") for i, (place, to, priority) in enumerate(people)]
    room = {"x": ("hospital", beds[0]), "y": ("hospital", beds[1])}
    minutes = dict(zip([("u", "x"), ("u", "y"), ("v", "x"), ("v", "y")], rides, strict=True))
    assigned, without = assign_beds(who, room, minutes, 60)
    assert sorted([*assigned, *without]) == list(range(len(who)))
    best = None
    for slots in set(permutations(["x"] * beds[0] + ["y"] * beds[1] + [""] * len(who), len(who))):
        if any(
            slot and (patient.to not in (slot, "hospital") or minutes[patient.place, slot] > 60)
            for patient, slot in zip(who, slots, strict=True)
        ):
            continue
        first = [slot for patient, slot in zip(who, slots, strict=True) if patient.priority == 1]
        ride = sum(
            minutes[patient.place, slot]
            for patient, slot in zip(who, slots, strict=True)
            if slot and patient.priority == 1
        )
        key = (sum(map(bool, first)), -ride)
        best = key if best is None else max(best, key)
    urgent = [i for i in assigned if who[i].priority == 1]
    assert (len(urgent), -sum(minutes[who[i].place, assigned[i]] for i in urgent)) == best
