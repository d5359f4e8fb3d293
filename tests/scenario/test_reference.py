"""The table of attributes is the single source: the page, the checks and the templates follow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from letup.core.errors import LetupError
from letup.scenario import example, new, parse_hours, parse_modes, reference_page
from letup.scenario.format import TABLES, columns_by_name, declared, find_column

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


def test_new_does_not_write_over_a_scenario(tmp_path: Path) -> None:
    new(tmp_path / "new")
    with pytest.raises(LetupError) as caught:
        new(tmp_path / "new")
    assert caught.value.code == "new.exists"


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
