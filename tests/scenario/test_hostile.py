# ruff: noqa: E501 - one case to a line, to be read as a table
"""Nonsense that used to pass without a word, and scenarios that passed and could not be planned."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
import yaml

from letup.core.findings import Finding
from letup.report.terms import plain
from letup.scenario import check, load, new, write
from letup.scenario.format import declared
from letup.tables import csv_text
from letup.tables.cells import unguarded
from tests.cli.running import run
from tests.scenario.wrong import SETTINGS, Edit, prop, replace

CASES = Path(__file__).parents[1] / "cases" / "hostile"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "example")


def case(name: str, folder: Path) -> list[Finding]:
    """Findings on the example with the files of a case in place of its own."""
    shutil.copytree(CASES / name, folder, dirs_exist_ok=True)
    return check(folder)


@pytest.mark.parametrize(
    ("name", "code", "severity", "where"),
    [
        ("silent-nonsense/forced_in_forbidden", "limits.contradict", "error", "limits, forced, entry 1"),
        ("silent-nonsense/ids_nfc_nfd", "id.alike", "error", "feature 6"),
        ("silent-nonsense/ids_nfc_nfd", "name.repeated", "warning", "feature 5"),
        ("silent-nonsense/invisible_name", "value.type", "error", "feature 1"),
        ("silent-nonsense/people_zone_and_other_place", "row.elsewhere", "error", "row 2"),
        ("silent-nonsense/statement_proves_itself", "statements.file", "error", "row 2"),
        ("silent-nonsense/timezone_localtime", "value.timezone", "error", ""),
        ("silent-nonsense/zone_group_twice", "row.twice", "warning", "row 3"),
        ("checks-pass-plan-crashes/north_pole", "coordinates.range", "error", ""),
        ("checks-pass-plan-crashes/surrogate", "value.type", "error", "feature 1"),
        ("checks-pass-plan-crashes/zone_hours_1e308", "value.range", "error", "limits"),
    ],
)
def test_nonsense_is_found_with_its_place(name: str, code: str, severity: str, where: str, folder: Path) -> None:
    findings = case(name, folder)
    assert [finding.severity for finding in findings if finding.code == code and finding.where.startswith(where)] == [
        severity
    ], findings


ELSEWHERE = '{zone: north, from: "2030-01-02T09:00Z", to: "2030-01-02T12:00Z"}'
INSIDE = '{zone: mill, from: "2030-01-02T11:00Z", to: "2030-01-02T13:00Z"}'


@pytest.mark.parametrize(
    ("edit", "code", "column"),
    [
        (replace(SETTINGS, "# forbidden:", f"forbidden: [{ELSEWHERE}]\n  frozen: [{ELSEWHERE}] #"), "limits.contradict", ""),
        (replace(SETTINGS, "# forbidden:", f"forbidden: [{INSIDE}]\n  forced: [{ELSEWHERE}]\n  together: [[north, mill]] #"), "limits.contradict", ""),
        (prop("zones.geojson", 2, id="North"), "id.alike", "id"),
        (prop("zones.geojson", 2, id="ｎorth"), "id.alike", "id"),
        (replace("trucks.csv", "store-trucks", "Border-Trucks"), "id.alike", "id"),
        (prop("zones.geojson", 1, name="\u3164"), "value.type", "name"),
        (prop("zones.geojson", 1, name="\u2800\u00ad"), "value.type", "name"),
        (prop("zones.geojson", 1, name="\u0301"), "value.type", "name"),
        (replace(SETTINGS, '"UTC"', "posixrules"), "value.timezone", "timezone"),
        (replace(SETTINGS, '"UTC"', "Factory"), "value.timezone", "timezone"),
        (replace("stocks.csv", ",north,water,90000,60000,120000", ",south,water,90000,60000,120000"), "row.twice", ""),
        (replace("concessions.csv", "mill", "north"), "row.duplicate", ""),
        (replace("concessions.csv", "mill,,1,", "north,,2,"), "row.twice", ""),
        (replace("facilities.csv", "Millfield wells,,mill", "Millfield wells,school,mill"), "row.elsewhere", "place"),
        (replace("parties.yaml", "# concession_budget:", "concession_budget: 1e300 #"), "value.range", "concession_budget"),
    ],
)  # fmt: skip
def test_the_same_kinds_of_nonsense_elsewhere(edit: Edit, code: str, column: str, folder: Path) -> None:
    edit(folder)
    assert [finding.code for finding in check(folder) if finding.code == code and finding.column == column]


def test_a_source_cannot_have_a_name_that_no_column_can_name(folder: Path) -> None:
    settings = yaml.safe_load((folder / SETTINGS).read_text("utf-8"))
    settings["sources"] = {"a;b": {"title": "A list"}, "a\u200bb": {"title": "A list"}}
    (folder / SETTINGS).write_text(yaml.safe_dump(settings), "utf-8")
    assert [finding.code for finding in check(folder) if finding.where.startswith("sources")] == ["value.type"] * 2


def test_a_name_in_place_of_an_id_is_answered_with_the_id(folder: Path) -> None:
    replace("people.csv", "north,", "Northport,")(folder)
    (finding,) = check(folder)
    assert finding.code == "value.reference"
    assert "did you mean “north”, which is the id of “Northport”?" in finding.remedy


def test_a_pcode_or_a_local_name_in_place_of_an_id_is_answered_with_the_id(folder: Path) -> None:
    prop("zones.geojson", 1, pcode="PS0101", name_ar="الميناء")(folder)
    for text in ("PS0101", "الميناء"):
        replace("people.csv", "north,", f"{text},")(folder)
        assert f"did you mean “north”, which is the id of “{text}”?" in check(folder)[0].remedy
        replace("people.csv", f"{text},", "north,")(folder)


@pytest.mark.parametrize("seed", ["-1", "99999999999999999999"])
@pytest.mark.parametrize("command", ["plan", "frontier"])
def test_a_seed_that_no_generator_takes_is_refused(command: str, seed: str, folder: Path, tmp_path: Path) -> None:
    result = run(command, folder, "--seed", seed, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert "internal" not in result.stderr
    assert "--seed" in result.stderr


FORMULAS = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "'=1+1", "''=1+1", "＝1+1", "-5", "'-5", "'", "plain", "'plain"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_that_is_written_is_a_formula_and_it_comes_back_as_it_was(text: str) -> None:
    schema = declared()["stocks.csv"].only(["note"])
    header, cell = csv_text(schema, [{"note": text}]).rstrip("\n").split("\n")
    assert header == "note"
    cell = cell.strip('"')
    assert cell[0] not in "=+@\t＝" or cell == "-5"
    assert unguarded(cell) == text


def test_a_scenario_with_formulas_is_written_without_any_and_reads_the_same(folder: Path, tmp_path: Path) -> None:
    assert not [finding for finding in case("csv-formulas", folder) if finding.severity == "error"]
    scenario = load(folder)
    copy = write(scenario, tmp_path / "copy")
    for file in copy.glob("*.csv"):
        for line in file.read_text("utf-8").splitlines():
            assert not any(cell.lstrip('"').startswith(("=", "@", "+")) for cell in line.split(",")), (file.name, line)
    again = load(copy)
    for table in ("people", "stocks", "trucks", "statements", "issues"):
        assert getattr(again, table).equals(getattr(scenario, table)), table


def test_a_name_with_a_line_break_is_no_heading_and_no_markup(folder: Path) -> None:
    layer = json.loads((CASES / "terms-newline" / "zones.geojson").read_text("utf-8"))
    names = [feature["properties"]["name"] for feature in layer["features"]]
    assert any("\n" in name for name in names)
    for name in names:
        assert "\n" not in plain(name)
        assert "<" not in plain(name).replace("\\<", "")


def test_more_parties_or_groups_than_could_be_weighed_are_refused_at_once(folder: Path) -> None:
    party = '- id: "p{0}"\n  name: "P{0}"\n  basis: assumed\n  note: x\n'
    with (folder / "parties.yaml").open("a", encoding="utf-8") as handle:
        handle.writelines(party.format(number) for number in range(8_000))
    settings = yaml.safe_load((folder / SETTINGS).read_text("utf-8"))
    settings["groups"] += [{**settings["groups"][0], "name": f"g{number}"} for number in range(100)]
    (folder / SETTINGS).write_text(yaml.safe_dump(settings), "utf-8")
    begin = time.monotonic()
    codes = {(finding.code, finding.file) for finding in check(folder)}
    assert {("layer.too_many", "parties.yaml"), ("layer.too_many", SETTINGS)} <= codes
    assert time.monotonic() - begin < 30


@pytest.mark.parametrize("value", [5, True, "mill", {"a": 1}, [[1]]])
def test_something_else_in_place_of_a_list_is_a_finding(value: object, folder: Path) -> None:
    settings = yaml.safe_load((folder / SETTINGS).read_text("utf-8"))
    settings["deliveries"] = {"without_pause": value, "basis": "assumed", "note": "x"}
    (folder / SETTINGS).write_text(yaml.safe_dump(settings), "utf-8")
    assert [finding.code for finding in check(folder) if finding.column == "without_pause"] == ["value.type"]


@pytest.mark.parametrize("command", ["new", "plan", "assess", "verify", "frontier", "sources", "check"])
def test_a_name_too_long_for_a_file_has_a_code(command: str, folder: Path, tmp_path: Path) -> None:
    name = tmp_path / ("a" * 300)
    options = {"plan": ("--time-limit", "0"), "frontier": ("--points", "1", "--time-limit", "0")}.get(command, ())
    out = {"new": (name,), "verify": (name,), "check": (name,), "sources": (folder, "--csv", name)}
    result = run(command, *out.get(command, (folder, "--out", name)), *options)
    assert result.returncode == 2, result.stderr
    assert "internal" not in result.stderr
    assert "[" in result.stderr


def test_a_crossing_that_no_road_leads_to_any_more_leaves_the_plan_without_its_trucks(
    folder: Path, tmp_path: Path
) -> None:
    layer = json.loads((folder / "roads.geojson").read_text("utf-8"))
    layer["features"] = [road for road in layer["features"] if road["properties"]["id"] != "main-5"]
    (folder / "roads.geojson").write_text(json.dumps(layer), "utf-8")
    result = run("plan", folder, "--time-limit", "1", "--out", tmp_path / "plan")
    assert result.returncode == 0, result.stderr
    result = run("convoys", tmp_path / "plan", "--time-limit", "1")
    assert "internal" not in result.stderr
