"""What is written is what is read back, as files and as one GeoPackage."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import pytest
import yaml
from pandas.testing import assert_frame_equal
from shapely.geometry import box

from letup.core.errors import LetupError
from letup.scenario import Group, PartyLimits, Scenario, bundled, check, example, load, new, values, write
from letup.scenario.format import TABLES as TABLE_FILES

TABLES = ("zones", "roads", "places", *(name.partition(".")[0] for name in TABLE_FILES))


def assert_same(first: Scenario, second: Scenario) -> None:
    for name in TABLES:
        assert_frame_equal(pd.DataFrame(getattr(first, name)), pd.DataFrame(getattr(second, name)))
    for field in dataclasses.fields(Scenario):
        if field.name not in (*TABLES, "filled", "folder"):
            assert getattr(first, field.name) == getattr(second, field.name), field.name


@pytest.mark.parametrize("gpkg", [False, True], ids=["files", "GeoPackage"])
@pytest.mark.parametrize("name", ["example", *bundled()])
def test_a_scenario_written_and_read_is_the_same(name: str, gpkg: bool, tmp_path: Path) -> None:
    before = example() if name == "example" else load(name)
    folder = write(before, tmp_path / "copy", gpkg=gpkg)
    assert (folder / "scenario.gpkg").exists() == gpkg
    after = load(folder)
    assert_same(before, after)
    for file, mask in before.filled.items():
        assert_frame_equal(mask, after.filled[file])


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write(example(), tmp_path / "a")
    write(load(tmp_path / "a"), tmp_path / "b")
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_a_scenario_is_written_over_what_letup_wrote_and_nothing_else(tmp_path: Path) -> None:
    folder = write(example(), tmp_path / "a", gpkg=True)
    write(example(), folder)
    assert not (folder / "scenario.gpkg").exists(), "or everything would be given twice"
    (folder / "people.csv").write_text("counted by hand")
    with pytest.raises(LetupError, match=r"people\.csv \(was changed since\)"):
        write(example(), folder)
    assert (folder / "people.csv").read_text() == "counted by hand"
    write(example(), folder, force=True)
    assert_same(example(), load(folder))


def test_names_in_other_languages_and_bases_of_single_columns_are_kept(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    layer = json.loads((folder / "zones.geojson").read_text("utf-8"))
    layer["features"][0]["properties"] |= {"name_ar": "الميناء", "safety": "unknown", "safety_basis": "assumed"}
    layer["features"][0]["properties"] |= {"safety_note": "no source"}
    (folder / "zones.geojson").write_text(json.dumps(layer), "utf-8")
    before = load(folder)
    for gpkg in (False, True):
        after = load(write(before, tmp_path / f"copy-{gpkg}", gpkg=gpkg))
        assert after.zones.loc["north", "name_ar"] == "الميناء"
        assert after.zones.loc["mill", "name_ar"] is None
        assert_same(before, after)


def test_a_changed_limit_is_written_as_assumed_with_the_former_value(tmp_path: Path) -> None:
    before = example()
    changed = dataclasses.replace(before, limits=dataclasses.replace(before.limits, zone_hours=80.0, at_once=2))
    after = load(write(changed, tmp_path / "copy"))
    assert after.limits == changed.limits
    limits = after.raw["limits"]
    assert (limits["zone_hours_basis"], limits["at_once_basis"]) == ("assumed", "assumed")
    assert "60" in limits["zone_hours_note"]
    assert "hours_basis" not in limits


def test_a_forbidden_time_is_kept(tmp_path: Path) -> None:
    times = (("mill", datetime(2030, 1, 1, 6, tzinfo=UTC), datetime(2030, 1, 1, 9, 30, tzinfo=UTC)),)
    changed = dataclasses.replace(example(), limits=PartyLimits(forbidden=times))
    first = load(write(changed, tmp_path / "a"))
    second = load(write(first, tmp_path / "b"))
    assert first.limits.forbidden == second.limits.forbidden == times


def test_what_parties_agreed_asked_for_and_charge_is_kept(tmp_path: Path) -> None:
    morning = (datetime(2030, 1, 1, 6, tzinfo=UTC), datetime(2030, 1, 1, 9, 30, tzinfo=UTC))
    limits = PartyLimits(
        forced=(("mill", *morning),),
        frozen=(("north", *morning),),
        together=(("mill", "south"),),
        same_daily=True,
        concession=(("mill", 2.5, None, None), ("north", 1.0, *morning), ("north", 1.0, morning[1], None)),
        concession_budget=40.0,
    )
    changed = dataclasses.replace(example(), limits=limits)
    first = load(write(changed, tmp_path / "a"))
    assert first.limits == limits
    notes = {key: value for key, value in first.raw["limits"].items() if key.endswith("_note")}
    second = load(write(first, tmp_path / "b"))
    assert second.limits == limits
    # What did not change is not said to have changed.
    assert {key: value for key, value in second.raw["limits"].items() if key.endswith("_note")} == notes
    table = values(first)
    assert {"forced", "frozen", "together", "same_daily", "concession", "concession_budget"} <= set(table["column"])
    third = load(write(dataclasses.replace(second, limits=PartyLimits()), tmp_path / "c"))
    assert third.limits == PartyLimits()


def test_a_scenario_made_in_memory_can_be_written_and_says_that_nothing_backs_it(tmp_path: Path) -> None:
    before = example()
    made = dataclasses.replace(
        before,
        raw=MappingProxyType({}),
        filled=MappingProxyType({}),
        groups=(Group("walkers", "Walkers", "foot", 4.0),),
        people=before.people.assign(group="walkers").drop_duplicates(["zone"]),
    )
    after = load(write(made, tmp_path / "copy"))
    assert after.groups == made.groups
    settings = values(after)
    assert set(settings[settings["file"] == "scenario.yaml"]["basis"]) == {"assumed"}
    assert [finding for finding in check(tmp_path / "copy") if finding.severity == "error"] == []


def test_columns_that_say_nothing_are_not_written(tmp_path: Path) -> None:
    layer = json.loads((write(example(), tmp_path / "copy") / "roads.geojson").read_text("utf-8"))
    assert set(layer["features"][0]["properties"]) == {"id", "name", "class", "lanes", "basis", "note"}


def test_the_layers_open_in_geopandas_and_the_settings_in_plain_yaml(tmp_path: Path) -> None:
    folder = write(example(), tmp_path / "copy")
    roads = gpd.read_file(folder / "roads.geojson")
    assert len(roads) == 24
    assert roads.crs == "EPSG:4326"
    assert yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))["steps"] == 288


def test_a_layer_in_both_places_is_refused(tmp_path: Path) -> None:
    folder = write(example(), tmp_path / "copy", gpkg=True)
    write(example(), tmp_path / "files")
    (folder / "roads.geojson").write_bytes((tmp_path / "files" / "roads.geojson").read_bytes())
    assert "layer.twice" in {finding.code for finding in check(folder)}


def test_some_layers_may_sit_in_the_geopackage_and_others_in_files(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    before = load(folder)
    roads = gpd.read_file(folder / "roads.geojson", columns=["id", "name", "class", "lanes", "damage", "basis", "note"])
    roads.to_file(folder / "scenario.gpkg", layer="roads", driver="GPKG")
    (folder / "roads.geojson").unlink()
    after = load(folder)
    assert_frame_equal(pd.DataFrame(before.roads), pd.DataFrame(after.roads))


def test_a_geopackage_in_metres_is_turned_into_degrees_and_the_system_is_named(tmp_path: Path) -> None:
    folder = new(tmp_path / "example")
    before = load(folder).zones
    gpd.read_file(folder / "zones.geojson").to_crs(32626).to_file(folder / "scenario.gpkg", layer="zones")
    (folder / "zones.geojson").unlink()
    findings = check(folder)
    assert [(finding.code, finding.file) for finding in findings] == [("layer.reprojected", "scenario.gpkg:zones")]
    assert "UTM zone 26N" in findings[0].message
    assert load(folder).zones.geometry.geom_equals_exact(before.geometry, 1e-8).all()


def test_what_is_wrong_in_a_geopackage_is_found_with_layer_and_feature(tmp_path: Path) -> None:
    folder = write(example(), tmp_path / "copy", gpkg=True)
    with sqlite3.connect(folder / "scenario.gpkg") as base:
        base.execute("UPDATE people SET share_leaving = 7 WHERE rowid = 2")
    base.close()
    places = gpd.read_file(folder / "scenario.gpkg", layer="places").assign(room=None)
    places.to_file(folder / "scenario.gpkg", layer="places", driver="GPKG")
    findings = {
        (finding.code, finding.file, finding.where.partition(" (")[0], finding.column) for finding in check(folder)
    }
    assert ("value.range", "scenario.gpkg:people", "feature 2", "share_leaving") in findings
    assert ("places.no_room", "scenario.gpkg:places", "feature 1", "room") in findings


def test_a_zone_of_several_parts_is_kept(tmp_path: Path) -> None:
    before = example()
    zones = before.zones.copy()
    north = box(-30.0, 40.12, -29.92, 40.16).difference(box(-29.93, 40.1, -29.925, 40.2))
    zones.geometry = [north, *zones.geometry[1:]]
    made = dataclasses.replace(before, zones=zones)
    for gpkg in (False, True):
        after = load(write(made, tmp_path / f"copy-{gpkg}", gpkg=gpkg))
        assert after.zones.geometry.iloc[0].geom_type == "MultiPolygon"
        assert_same(made, after)
