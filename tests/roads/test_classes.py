"""The table of speeds and capacities, and the page made from it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from letup.roads import classes
from letup.roads.page import page

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "roads.md"


def features(**more):
    road = {"class": "primary", "modes": "foot;vehicle", "oneway": False, "damage": 0.0}
    return pd.DataFrame([{**road, **more}])


def test_every_value_has_a_source_and_says_what_is_assumed():
    table = classes.table()
    names = "motorway trunk primary secondary tertiary residential track footpath access"
    assert " ".join(table.index) == names
    assert table["source"].str.contains("assumed").all()


def test_people_on_foot_stay_below_the_published_capacity():
    # 75 people per metre and minute: FHWA-RD-98-107, 1998; 73.5 = 1.225 per metre and second: Weidmann, 1993.
    assert (classes.table()["foot_per_m_minute"] <= 0.5 * 73.5).all()


def test_vehicles_stay_below_the_published_capacity_of_a_lane():
    # 1,700 per direction of a two-lane road: Highway Capacity Manual 2000, chapter 20.
    two_lanes = classes.table().loc[["primary", "secondary", "tertiary", "residential"]]
    assert (two_lanes["vehicles_per_lane_hour"] < 1700).all()


@pytest.mark.parametrize(
    ("more", "foot", "vehicles", "speed"),
    [
        ({}, 10 / 2 * 33 * 60, 1200, 40),
        ({"width_m": 6.0}, 3 * 33 * 60, 1200, 40),
        ({"lanes": 4.0}, 5 * 33 * 60, 2400, 40),
        ({"lanes": 2.0, "oneway": True}, 5 * 33 * 60, 2400, 40),
        ({"lanes": 1.0}, 5 * 33 * 60, 600, 40),
        ({"speed_kmh": 15.0, "vehicles_per_hour": 77.0, "foot_per_hour": 88.0}, 88, 77, 15),
        ({"damage": 0.5}, 5 * 33 * 30, 600, 40),
        ({"modes": "foot"}, 5 * 33 * 60, 0, 0),
        ({"modes": "vehicle"}, 0, 1200, 40),
        ({"class": "footpath"}, 1 * 33 * 60, 0, 0),
    ],
)
def test_a_feature_carries_what_it_says_or_what_its_class_says(more, foot, vehicles, speed):
    carried = classes.carries(features(**more))
    assert carried.foot_per_hour.tolist() == [foot]
    assert carried.vehicles_per_hour.tolist() == [vehicles]
    assert carried.vehicle_kmh.tolist() == [speed]


def test_one_class_reads_as_a_row():
    track = classes.of("track")
    assert (track.lanes, track.vehicles_per_lane_hour) == (1, 150)
    assert np.isnan(classes.of("footpath").lanes)


def test_the_reference_page_is_current():
    assert DOCS.read_text(encoding="utf-8") == page(), "write it again: make pages"
