"""Each thing that is wrong with a scenario is found, with its place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from letup.core.errors import BadInput
from letup.core.findings import Finding
from letup.scenario import bundled, check, load, new
from letup.tables.text_files import LARGEST
from tests.scenario.wrong import CASES, SETTINGS, prop, replace, shape, swapped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "example")


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_found_with_its_place_and_a_remedy(name: str, folder: Path) -> None:
    edit, code, file, where, column = CASES[name]
    edit(folder)
    findings = [
        finding
        for finding in check(folder)
        if finding.code == code and finding.file == file and finding.column == column
    ]
    assert any(finding.where.startswith(where) for finding in findings), check(folder)
    assert all(finding.message and finding.remedy for finding in findings)


def test_the_example_has_nothing_wrong(folder: Path) -> None:
    assert check(folder) == []


def test_everything_wrong_is_listed_at_once(folder: Path) -> None:
    together = [
        "share above 1",
        "unknown class",
        "bad hours",
        "no time zone",
        "overlap",
        "unknown place",
        "text for a list",
    ]
    for name in together:
        CASES[name][0](folder)
    codes = {(finding.code, finding.file) for finding in check(folder)}
    assert {(CASES[name][1], CASES[name][2]) for name in together} <= codes


def test_loading_raises_one_error_that_holds_all_findings(folder: Path) -> None:
    for name in ("share above 1", "unknown class"):
        CASES[name][0](folder)
    with pytest.raises(BadInput) as caught:
        load(folder)
    assert {finding.code for finding in caught.value.findings} >= {"value.range", "value.choice"}
    assert caught.value.exit_code == 2


def test_many_findings_of_one_kind_are_counted_not_lost(folder: Path) -> None:
    lines = (folder / "people.csv").read_text("utf-8").splitlines()
    rows = [f"north,,slow,many,,,0.7,,,assumed,,example {i}" for i in range(5000)]
    (folder / "people.csv").write_text("\n".join([lines[0], *rows]), "utf-8")
    findings = [finding for finding in check(folder) if finding.code == "value.type"]
    assert len(findings) == 51
    assert "4,950 more" in findings[-1].message
    assert "row 5001" in findings[-1].message


def test_slivers_between_zones_are_noted_with_their_size(folder: Path) -> None:
    low, high = 40.07999, 40.12
    ring = [[-30.0, low], [-29.92, low], [-29.92, high], [-30.0, high], [-30.0, low]]
    shape("zones.geojson", 2, [ring])(folder)
    (finding,) = check(folder)
    assert (finding.code, finding.severity) == ("zones.sliver", "note")
    # 0.00001 degrees by 0.08 degrees: 1.11 m by 6.8 km
    assert "0.0076 km²" in finding.message or "0.00758" in finding.message
    load(folder)


def test_a_crossing_just_outside_the_border_is_fine(folder: Path) -> None:
    shape("places.geojson", 5, [-29.961, 39.9951])(folder)  # about 550 m south of the zones
    assert check(folder) == []


def test_a_table_saved_by_a_spreadsheet_with_a_byte_order_mark_is_read(folder: Path) -> None:
    path = folder / "people.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(folder) == []


def test_words_that_yaml_takes_for_something_else_stay_words(folder: Path) -> None:
    replace(SETTINGS, '  - name: "foot"', "  - name: no")(folder)
    text = (folder / "people.csv").read_text("utf-8").replace(",foot,", ",no,")
    (folder / "people.csv").write_text(text, "utf-8")
    assert load(folder).groups[1].name == "no"


def test_a_nonsense_name_is_refused_with_the_names_there_are() -> None:
    for name in ("no-such-scenario", "x" * 5000, "a\x00b"):
        with pytest.raises(BadInput) as caught:
            load(name)
        assert caught.value.code == "scenario.missing"


def test_swapped_axes_of_everything_together_show_by_the_time_zone(folder: Path) -> None:
    replace(SETTINGS, '"UTC"', "Atlantic/Azores")(folder)
    for name, count in (("zones", 4), ("roads", 24), ("places", 9)):
        swapped(f"{name}.geojson", range(count))(folder)
    findings = [finding for finding in check(folder) if finding.code == "coordinates.swapped"]
    assert [(finding.file, finding.severity) for finding in findings] == [("zones.geojson", "warning")]


@pytest.mark.parametrize("name", bundled())
def test_bundled_scenarios_have_no_errors(name: str) -> None:
    assert [finding for finding in check(name) if finding.severity == "error"] == []


def test_every_bound_on_size_is_below_two_gigabytes() -> None:
    assert all(size < 2 * 10**9 for size in LARGEST.values())


def test_a_finding_says_its_place_in_one_phrase() -> None:
    finding = Finding("value.range", "error", "m", file="people.csv", where="row 2", column="count")
    assert finding.place == "people.csv, row 2, column count"


def test_hours_that_cannot_be_read_are_not_said_to_be_missing(folder: Path) -> None:
    prop("places.geojson", 5, hours="8 to 16")(folder)
    assert [finding.code for finding in check(folder)] == ["value.hours"]


def test_a_crossing_open_over_midnight_has_time_to_load(folder: Path) -> None:
    prop("places.geojson", 5, hours="00:00-00:30; 23:30-24:00", trucks_per_hour=60)(folder)
    assert check(folder) == []
