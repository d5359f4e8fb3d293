"""Layers of zones as they are published: several in a file, administrative boundaries, shapes that cross themselves."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pytest

from letup.core.errors import BadInput, LetupError
from letup.scenario.importers.folder import read_zones
from tests.cli.running import run

CASES = Path(__file__).parents[1] / "cases"


def test_of_several_layers_none_is_guessed_and_the_one_that_is_named_is_read() -> None:
    file = CASES / "09" / "admin.gpkg"
    with pytest.raises(BadInput) as caught:
        read_zones(file)
    assert caught.value.findings[0].code == "layer.which"
    assert "adm0, adm2" in caught.value.findings[0].message
    assert ":LAYER" in caught.value.findings[0].remedy
    assert len(read_zones(Path(f"{file}:adm2"))[0]) > len(read_zones(Path(f"{file}:adm0"))[0])
    with pytest.raises(BadInput, match=r"no layer adm3"):
        read_zones(Path(f"{file}:adm3"))


def test_names_in_both_languages_and_pcodes_are_kept() -> None:
    zones, findings = read_zones(CASES / "09" / "cod.geojson")
    assert list(zones["id"]) == ["0101", "0102"]
    assert list(zones["pcode"]) == ["0101", "0102"]
    assert list(zones["name"]) == ["West", "East"]
    assert list(zones["name_ar"]) == ["غرب", "شرق"]
    assert list(zones["area"]) == ["North", "North"]
    assert [finding.code for finding in findings] == ["layer.renamed"]


def test_an_import_writes_names_and_pcodes(tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    result = run(
        "import", "osm", CASES / "09" / "in.osm", "--zones", CASES / "09" / "cod.geojson", "--out", tmp_path / "s"
    )
    assert result.returncode == 0, result.stderr
    zones = gpd.read_file(tmp_path / "s" / "zones.geojson")
    assert list(zones[["id", "name", "name_ar", "pcode", "area"]].iloc[0]) == ["0101", "West", "غرب", "0101", "North"]
    assert "0101," in (tmp_path / "s" / "people.csv").read_text("utf-8")


def test_metres_that_name_their_system_are_turned_into_degrees() -> None:
    zones, findings = read_zones(CASES / "09" / "utm.gpkg")
    assert [finding.code for finding in findings] == ["layer.reprojected"]
    assert zones.total_bounds == pytest.approx([19.99, 9.99, 20.02, 10.02], abs=0.001)


def test_metres_that_do_not_are_not_taken_for_degrees() -> None:
    with pytest.raises(BadInput, match=r"geojson\.crs.*coordinate system"):
        read_zones(CASES / "09" / "noprj.shp")


@pytest.mark.parametrize(("name", "where"), [("zones.geojson", ["id a"]), ("zones2.geojson", ["id b", "id c"])])
def test_a_polygon_that_crosses_itself_is_named(name: str, where: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        read_zones(CASES / "10" / name)
    invalid = [finding for finding in caught.value.findings if finding.code == "geometry.invalid"]
    assert [finding.where.partition("(")[2].rstrip(")") for finding in invalid][-len(where) :] == where


def test_a_polygon_that_crosses_itself_ends_the_command_with_its_name(tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    zones = CASES / "10" / "zones.geojson"
    result = run("import", "osm", CASES / "10" / "in.osm", "--zones", zones, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert "internal" not in result.stderr
    assert "id a" in result.stderr


def test_a_pipe_in_place_of_zones_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "zones.geojson")
    with pytest.raises(LetupError, match=r"import\.zones"):
        read_zones(tmp_path / "zones.geojson")


def test_ids_that_two_zones_share_are_named(tmp_path: Path) -> None:
    layer = gpd.read_file(CASES / "09" / "cod.geojson").assign(id="x")
    layer.to_file(tmp_path / "zones.geojson")
    with pytest.raises(BadInput, match=r"id\.duplicate"):
        read_zones(tmp_path / "zones.geojson")
