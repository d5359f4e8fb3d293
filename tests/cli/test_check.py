"""``letup check`` says what planning would find out."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run_apart

CASES = Path(__file__).parents[1] / "cases"


def check(folder):
    done = run_apart("check", folder, "--json")
    assert done.returncode == 0, done.stderr
    return {finding["code"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_a_gap_between_zones_is_named_with_its_roads():
    gap = check(CASES / "23" / "gap")["roads.gap"]
    assert gap["where"] == "zone n and zone s"
    assert gap["message"].startswith("615 m of road between N and S lie in no zone (r, side)")


def test_zones_that_touch_have_no_gap():
    assert "roads.gap" not in check(CASES / "23" / "nogap")


def test_a_shelter_too_far_from_any_road_is_named():
    findings = check(CASES / "26" / "far")
    assert findings["places.off_network"]["where"] == "place sh"
    assert "100 people in N" in findings["roads.cut_off"]["message"]
    assert findings["plan.no_way"]["severity"] == "warning"


@pytest.mark.parametrize(
    ("column", "value", "mode", "codes"),
    [
        ("modes", "vehicle", "foot", {"roads.closed", "plan.no_way"}),
        ("modes", "foot", "vehicle", {"roads.closed"}),  # they walk to the nearest such road, here all the way
        ("damage", 1, "foot", {"roads.closed", "plan.no_way"}),
        ("class", "primary", "foot", set()),
    ],
)
def test_it_is_said_if_no_road_is_open_to_a_group(tmp_path, column, value, mode, codes):
    from letup.plan.planner.prospects import prospects
    from letup.scenario import load

    folder = tmp_path / "scenario"
    folder.mkdir()
    for file in (CASES / "24" / "once").iterdir():
        text = file.read_text("utf-8").replace("mode: foot", f"mode: {mode}")
        text = text.replace(
            '"id": "r", "class": "primary"', f'"id": "r", "class": "primary", "{column}": {json.dumps(value)}'
        )
        (folder / file.name).write_text(text.replace('"class": "primary", "class"', '"class"'), "utf-8")
    found = {finding.code for finding in prospects(load(folder))}
    assert found & {"roads.closed", "plan.no_way"} == codes
