"""The table of attributes is the single source: the page, the checks and the templates follow it."""

from __future__ import annotations

import contextlib
import csv
import re
import shutil
import sqlite3
from pathlib import Path

import geopandas as gpd
import pytest
import yaml
from shapely import MultiPolygon

from letup.core.errors import LetupError
from letup.scenario import check, example, load, new, parse_hours, parse_modes, reference_page
from letup.scenario.format import LAYERS, PARTIES, SCENARIO, TABLES, columns_by_name, declared, find_column
from letup.scenario.template import empty_parties

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_reference_page_is_the_generated_one() -> None:
    committed = (ROOT / "docs" / "reference" / "attributes.md").read_text("utf-8")
    assert committed == reference_page(), "write letup.scenario.reference_page() to docs/reference/attributes.md"


def test_every_attribute_has_a_meaning_and_a_known_type() -> None:
    types = {
        "text",
        "id",
        "integer",
        "number",
        "boolean",
        "choice",
        "date",
        "datetime",
        "timezone",
        "hours",
        "opening_hours",
        "modes",
        "list",
        "mapping",
    }
    for row in (column for schema in declared().values() for column in (*schema.own, *schema.common)):
        assert row.meaning
        assert row.type in types or row.type.startswith("reference:")
        assert bool(row.choices) == (row.type == "choice")
        assert not (row.required and row.default is not None)


def test_columns_of_families_are_known() -> None:
    assert find_column("zones.geojson", "name_ar") is not None
    assert find_column("people.csv", "count_basis") is not None
    assert find_column("people.csv", "count_low_source") is not None
    assert find_column("people.csv", "name_ar") is None
    assert find_column("people.csv", "basis_basis") is None
    assert find_column("scenario.yaml", "basis") is None


def test_the_template_shows_every_column_of_the_format(tmp_path: Path) -> None:
    folder = new(tmp_path / "new")
    for name in TABLES:
        assert (folder / name).read_text("utf-8").splitlines()[0].split(",") == list(columns_by_name(name))
    text = (folder / "scenario.yaml").read_text("utf-8")
    sections = ("scenario.yaml", "scenario.yaml:groups", "scenario.yaml:limits", "scenario.yaml:mobilisation")
    for attribute in (attribute for section in sections for attribute in columns_by_name(section).values()):
        assert re.search(rf"^\s*(- |# )?{attribute.name}:", text, flags=re.MULTILINE), attribute.name
        assert attribute.meaning in text


def test_every_remark_in_the_template_is_itself_valid_yaml(tmp_path: Path) -> None:
    """Who takes the mark away from a shown key gets a key, not a syntax error."""
    text = (new(tmp_path / "new") / "scenario.yaml").read_text("utf-8")
    opened = re.sub(r"^(\s*)# (\w+:)", r"\1\2", text, flags=re.MULTILINE)
    content = yaml.safe_load(opened)
    assert "forbidden" in content["limits"]
    assert "priorities" in content


def test_an_empty_scenario_explains_each_column_where_it_is_filled_in(tmp_path: Path) -> None:
    folder = new(tmp_path / "new", empty=True)
    settings, parties = ((folder / name).read_text("utf-8") for name in (SCENARIO, PARTIES))
    for name, schema in declared().items():
        file = name.partition(":")[0]
        if file in TABLES:
            header, remarks = csv.reader((folder / file).read_text("utf-8").splitlines())
            assert header == schema.names
        elif file in LAYERS:
            with contextlib.closing(sqlite3.connect(folder / Path(file).with_suffix(".gpkg"))) as package:
                comments = dict(package.execute("SELECT column_name, description FROM gpkg_data_columns"))
            assert list(comments) == schema.names
            remarks = list(comments.values())
        else:
            remarks = [settings if file == SCENARIO else parties] * len(schema.columns)
        for column, remark in zip(schema.columns, remarks, strict=True):
            assert column.meaning in remark, (name, column.name)


def test_the_entry_that_is_shown_for_a_party_can_be_taken_as_it_stands() -> None:
    shown = empty_parties()
    entry = re.sub(r"^# (- |  )", r"\1", shown.removesuffix("[]\n"), flags=re.MULTILINE)
    assert list(yaml.safe_load(entry)[0]) == list(columns_by_name(PARTIES))
    assert yaml.safe_load(shown) == []


def test_an_empty_scenario_lacks_what_is_needed_and_nothing_else(tmp_path: Path) -> None:
    findings = check(new(tmp_path / "new", empty=True))
    assert {finding.code for finding in findings} == {
        "value.missing",
        "column.missing",
        "layer.empty",
        "places.no_shelter",
    }
    assert {finding.file for finding in findings if finding.severity != "warning"} == {
        SCENARIO,
        "zones.gpkg:zones",
        "roads.gpkg:roads",
    }


def test_an_empty_scenario_that_is_filled_in_is_the_scenario(tmp_path: Path) -> None:
    """What the example holds, below the remarks of the empty one."""
    empty, example_folder = new(tmp_path / "empty", empty=True), new(tmp_path / "example")
    for name in TABLES:
        rows = (example_folder / name).read_text("utf-8").partition("\n")[2]
        with (empty / name).open("a", encoding="utf-8") as file:
            file.write(rows)
    for name in (SCENARIO, PARTIES):
        shutil.copy(example_folder / name, empty)
    for name in LAYERS:
        package = empty / Path(name).with_suffix(".gpkg")
        cells = gpd.read_file(example_folder / name)
        if name.startswith("zones"):
            cells = cells.set_geometry(cells.geometry.map(lambda shape: MultiPolygon([shape])))
        cells.to_file(package, layer=package.stem, mode="a", engine="pyogrio")
    filled, original = load(empty), load(example_folder)
    for name in (*LAYERS, *TABLES):
        frames = [getattr(scenario, Path(name).stem) for scenario in (filled, original)]
        columns = [column for column in frames[1] if column != "geometry"]
        assert frames[0][columns].astype(str).equals(frames[1][columns].astype(str)), name


def test_new_does_not_write_over_a_scenario(tmp_path: Path) -> None:
    folder = new(tmp_path / "new")
    counted = (folder / "people.csv").read_text("utf-8").replace("assumed", "observed")
    (folder / "people.csv").write_text(counted, "utf-8")
    with pytest.raises(LetupError, match=r"people\.csv \(was changed since\)") as caught:
        new(folder)
    assert (folder / "people.csv").read_text("utf-8") == counted
    assert caught.value.code == "files.yours"


def test_new_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(LetupError) as caught:
        new(tmp_path / "file" / "new")
    assert caught.value.code == "new.unwritable"


def test_the_example_can_be_planned_for() -> None:
    scenario = example()
    assert 3 <= len(scenario.zones) <= 4
    assert (scenario.places["kind"] == "shelter").sum() == 2
    assert (scenario.places["kind"] == "checkpoint").sum() == 1
    assert len(scenario.groups) == 2
    assert "fictitious" in scenario.title
    ends = {tuple(line.coords[i]) for line in scenario.roads.geometry for i in (0, -1)}
    assert all(tuple(point.coords[0]) in ends for point in scenario.places.geometry)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("10:00-14:00", ((10.0, 14.0),)),
        ("08:30-12:00; 14:00-24:00", ((8.5, 12.0), (14.0, 24.0))),
        ("9:00 - 15:15", ((9.0, 15.25),)),
    ],
)
def test_opening_hours_are_read(text: str, spans: tuple[tuple[float, float], ...]) -> None:
    assert parse_hours(text) == spans


@pytest.mark.parametrize(
    "text",
    ["", "always", "10-14", "10:00–14:00", "14:00-10:00", "10:60-11:00", "10:00-25:00", "08:00-12:00;11:00-13:00"],
)
def test_hours_that_no_clock_shows_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|clock|backwards"):
        parse_hours(text)


def test_modes_are_read_in_their_order() -> None:
    assert parse_modes("vehicle; foot") == ("vehicle", "foot")
    with pytest.raises(ValueError, match="not a list"):
        parse_modes("foot;foot")
