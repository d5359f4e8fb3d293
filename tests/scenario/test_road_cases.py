"""Roads as people and programs hand them over: what cannot be, or would count twice, is named."""

import json
import shutil
from pathlib import Path

import pytest

from letup.scenario import check

CASES = Path(__file__).parents[1] / "cases"


def codes(folder):
    return {finding.code: finding for finding in check(folder)}


@pytest.mark.parametrize("name", ["24/twice", "hostile/road_twice"])
def test_one_road_under_two_ids_is_named(name):
    assert "roads.twice" in codes(CASES / name)


def test_one_road_alone_is_not():
    assert "roads.twice" not in codes(CASES / "24" / "once")


def with_roads(tmp_path, *roads):
    """The case of one road, with other roads."""

    folder = tmp_path / "scenario"
    shutil.copytree(CASES / "24" / "once", folder, dirs_exist_ok=True)
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"r{number}", "class": "primary", "basis": "assumed", "note": "test"} | cells,
            "geometry": {"type": "LineString", "coordinates": points},
        }
        for number, (points, cells) in enumerate(roads)
    ]
    (folder / "roads.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return codes(folder)


NORTH, MIDDLE, SOUTH = [20.0, 10.02], [20.00001, 10.01], [20.0, 10.0]


@pytest.mark.parametrize(
    "second",
    [
        ([SOUTH, NORTH], {}),
        ([NORTH, MIDDLE, SOUTH], {}),
        ([[20.00001, 10.015], [20.00001, 10.005]], {"modes": "foot"}),
        ([NORTH, SOUTH], {"oneway": True}),
    ],
    ids=["backwards", "with other vertices", "a part of it", "one-way, but people on foot are on both"],
)
def test_a_road_drawn_twice_is_named_however_it_is_drawn(tmp_path, second):
    assert "roads.twice" in with_roads(tmp_path, ([NORTH, SOUTH], {}), second)


@pytest.mark.parametrize(
    "second",
    [
        ([SOUTH, [20.0, 9.995]], {}),
        ([[20.0001, 10.02], [20.0001, 10.0]], {}),
        ([SOUTH, NORTH], {"damage": 1}),
        ([SOUTH, NORTH], {"class": "access", "modes": "foot"}),
    ],
    ids=["the next one", "11 m beside", "closed", "modelled walking access"],
)
def test_a_road_of_its_own_is_not(tmp_path, second):
    assert "roads.twice" not in with_roads(tmp_path, ([NORTH, SOUTH], {}), second)


def test_two_carriageways_on_one_line_are_two_roads_if_people_walk_on_one(tmp_path):
    there = ([NORTH, SOUTH], {"oneway": True, "modes": "vehicle"})
    back = ([SOUTH, NORTH], {"oneway": True})
    assert "roads.twice" not in with_roads(tmp_path, there, back)
    assert "roads.twice" in with_roads(tmp_path, there, ([NORTH, SOUTH], {"oneway": True}))


def test_a_named_end_that_lies_elsewhere_is_an_error(tmp_path):
    first = ([NORTH, SOUTH], {"from_node": "a", "to_node": "b"})
    findings = with_roads(tmp_path, first, ([[20.0, 10.01], [20.01, 10.01]], {"from_node": "b", "to_node": "c"}))
    assert (findings["roads.ends"].severity, findings["roads.ends"].column) == ("error", "from_node")
    assert "1,113 m" in findings["roads.ends"].message


def test_one_named_end_is_an_error(tmp_path):
    assert with_roads(tmp_path, ([NORTH, SOUTH], {"from_node": "a"}))["roads.ends"].column == "to_node"


def test_lanes_that_do_not_add_up_are_named(tmp_path):
    lanes = {"lanes": 4, "lanes_forward": 2, "lanes_backward": 1}
    assert with_roads(tmp_path, ([NORTH, SOUTH], lanes))["roads.lanes"].severity == "warning"


def test_a_road_of_very_many_points_is_refused_with_what_to_do(tmp_path):
    points = [[20.0 + (i % 7) * 1e-6, 10.02 - 0.02 * i / 10_000] for i in range(10_001)]
    found = with_roads(tmp_path, (points, {}))["layer.too_many"]
    assert (found.severity, found.where) == ("error", "feature 1 (id r0)")
    assert "simplify" in found.remedy
