"""Files as users have them: workbooks, shapefiles, tables that a spreadsheet saved in another country."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest

from letup.core.findings import Finding
from letup.scenario import check, load, new
from letup.scenario.model import Scenario
from tests.cli.running import run
from tests.scenario.wrong import SETTINGS, prop, replace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "example")


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def value(cell: str) -> Any:
    """A cell as somebody types it into a spreadsheet: numbers are numbers."""
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return {"true": True, "false": False, "": None}.get(cell, cell)


def fill(sheet: Any, rows: list[list[Any]]) -> None:
    for row in rows:
        sheet.append([value(cell) if isinstance(cell, str) else cell for cell in row])


def as_workbook(folder: Path, *names: str, file: str = "") -> Path:
    """Put tables into one workbook, each in a sheet of its name, in place of the CSV files."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in names:
        fill(book.create_sheet(name), rows_of(folder / f"{name}.csv"))
        (folder / f"{name}.csv").unlink()
    path = folder / (file or f"{names[0]}.xlsx")
    book.save(path)
    return path


def edit(path: Path, change: Any) -> None:
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)


def assert_same(scenario: Scenario, other: Scenario, *tables: str) -> None:
    for table in tables:
        assert getattr(scenario, table).equals(getattr(other, table)), table


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in findings]


TABLES = ("people", "stocks", "facilities", "trucks", "supply", "patients", "issues", "preferences", "statements")


def test_a_workbook_in_place_of_a_table_reads_the_same(folder: Path) -> None:
    before = load(folder)
    as_workbook(folder, "people")
    assert check(folder) == []
    assert_same(load(folder), before, *TABLES)


def test_one_workbook_for_all_tables_reads_the_same(folder: Path) -> None:
    before = load(folder)
    as_workbook(folder, *TABLES, file="scenario.xlsx")
    assert check(folder) == []
    assert_same(load(folder), before, *TABLES)


def test_the_same_scenario_in_a_workbook_gives_the_same_plan_that_verifies_without_the_original(
    folder: Path, tmp_path: Path
) -> None:
    as_workbook(folder, "people", "stocks", file="scenario.xlsx")
    out = tmp_path / "plan"
    assert run("plan", folder, "--out", out, "--time-limit", "1").returncode == 0
    assert (out / "scenario" / "scenario.xlsx").is_file()
    folder.rename(tmp_path / "gone")
    assert run("verify", out).returncode == 0


@pytest.mark.parametrize(
    ("cell", "content", "code", "where"),
    [
        ("D2", "=300+300", "sheet.error", "row 2"),
        ("D2", "#N/A", "sheet.error", "row 2"),
        ("D2", "12.000", "value.decimal_comma", "row 2"),
        ("G2", "3,5", "value.decimal_comma", "row 2"),
        ("A2", "Northport", "value.reference", "row 2"),
        ("D2", True, "value.type", "row 2"),
    ],
)
def test_what_a_workbook_hides_is_found_with_its_row(
    cell: str, content: Any, code: str, where: str, folder: Path
) -> None:
    path = as_workbook(folder, "people")

    def change(sheet: Any) -> None:
        sheet[cell] = content
        if content == "#N/A":
            sheet[cell].data_type = "e"

    edit(path, change)
    assert (code, "people.xlsx:people", where) in [
        (finding.code, finding.file, finding.where) for finding in check(folder)
    ]


def test_a_number_that_a_spreadsheet_took_for_a_date_is_found(folder: Path) -> None:
    from datetime import datetime

    path = as_workbook(folder, "people")
    edit(path, lambda sheet: sheet.__setitem__("G2", datetime(2026, 7, 1)))
    (finding,) = check(folder)
    assert (finding.code, finding.where, finding.column) == ("value.type", "row 2", "share_leaving")
    assert "2026-07-01" in finding.message


def test_merged_cells_and_hidden_rows_are_named(folder: Path) -> None:
    path = as_workbook(folder, "people")

    def change(sheet: Any) -> None:
        sheet.merge_cells("A2:A3")
        sheet.row_dimensions[5].hidden = True

    edit(path, change)
    assert {("sheet.merged", "error"), ("sheet.hidden", "warning")} <= set(codes(check(folder)))


def test_a_workbook_beside_the_table_is_not_passed_over(folder: Path) -> None:
    text = (folder / "people.csv").read_text("utf-8")
    as_workbook(folder, "people")
    (folder / "people.csv").write_text(text, "utf-8")
    assert ("layer.twice", "error") in codes(check(folder))


def test_a_workbook_of_another_name_is_named(folder: Path) -> None:
    as_workbook(folder, "people", file="Population figures.xlsx")
    findings = check(folder)
    assert ("file.unknown", "warning") in codes(findings)
    assert any("people.xlsx" in finding.remedy for finding in findings if finding.file == "Population figures.xlsx")


def test_a_workbook_renamed_to_csv_is_known_for_what_it_is(folder: Path) -> None:
    as_workbook(folder, "people").rename(folder / "people.csv")
    (finding,) = [finding for finding in check(folder) if finding.file == "people.csv"]
    assert (finding.code, finding.severity) == ("file.format", "error")
    assert "xlsx" in finding.remedy


def test_of_several_sheets_none_is_guessed(folder: Path) -> None:
    path = as_workbook(folder, "people", "stocks", file="people.xlsx")
    book = openpyxl.load_workbook(path)
    book["people"].title = "Sheet1"
    book.save(path)
    assert ("sheet.which", "error") in codes(check(folder))


def test_a_title_above_the_header_is_passed_over_with_a_word(folder: Path) -> None:
    before = load(folder)
    lines = (folder / "people.csv").read_text("utf-8")
    (folder / "people.csv").write_text("People by zone,,,,,,,,,,,\n\n" + lines, "utf-8")
    (finding,) = check(folder)
    assert (finding.code, finding.severity, finding.where) == ("table.above_header", "warning", "row 3")
    assert_same(load(folder), before, "people")


def test_a_row_of_hxl_tags_is_no_row_of_people(folder: Path) -> None:
    before = load(folder)
    header, rest = (folder / "people.csv").read_text("utf-8").split("\n", 1)
    tags = ",".join("#adm2+code" if i < 3 else "#population" for i in range(header.count(",") + 1))
    (folder / "people.csv").write_text(f"{header}\n{tags}\n{rest}", "utf-8")
    assert codes(check(folder)) == [("table.tags", "note")]
    assert_same(load(folder), before, "people")


def german(rows: list[list[str]]) -> str:
    """A table as a German spreadsheet saves it: semicolons between cells, commas before decimals."""
    return "\r\n".join(";".join(cell.replace(".", ",") for cell in row) for row in rows) + "\r\n"


@pytest.mark.parametrize("mark", ["", "\ufeff", "sep=;\r\n"])
def test_a_table_saved_in_german_reads_the_same_with_a_note(mark: str, folder: Path) -> None:
    before = load(folder)
    (folder / "people.csv").write_text(mark + german(rows_of(folder / "people.csv")), "utf-8", newline="")
    assert codes(check(folder)) == ([] if mark.startswith("sep") else [("csv.delimiter", "note")])
    assert_same(load(folder), before, "people")


ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")


def test_a_table_saved_in_arabic_reads_the_same(folder: Path) -> None:
    before = load(folder)
    rows = rows_of(folder / "people.csv")
    numbers = [[cell.translate(ARABIC) if cell.replace(".", "").isdigit() else cell for cell in row] for row in rows]
    numbers[2][3] = "٤٬٠٠٠"
    text = "\r\n".join(";".join(row) for row in numbers) + "\r\n"
    (folder / "people.csv").write_text("\ufeff" + text, "utf-8", newline="")
    assert codes(check(folder)) == [("csv.delimiter", "note")]
    assert_same(load(folder), before, "people")


@pytest.mark.parametrize(
    ("number", "code"),
    [("12.000", "value.decimal_comma"), ("12,000", "value.decimal_comma"), ("1.234.567", "value.decimal_comma")],
)
def test_a_number_that_may_be_twelve_or_twelve_thousand_is_not_guessed(number: str, code: str, folder: Path) -> None:
    for separator in (",", ";"):
        rows = rows_of(folder / "people.csv")
        rows[1][3] = number
        quoted = [[f'"{cell}"' if "," in cell else cell for cell in row] for row in rows]
        text = german(rows) if separator == ";" else "\n".join(",".join(row) for row in quoted)
        changed = new(folder.parent / f"other{ord(separator)}")
        (changed / "people.csv").write_text(text if separator == "," else text.replace("12,000", number), "utf-8")
        findings = [finding for finding in check(changed) if finding.severity == "error"]
        assert [(finding.code, finding.column) for finding in findings] == [(code, "count")], separator


def test_a_point_for_thousands_in_yaml_is_not_guessed(folder: Path) -> None:
    replace(SETTINGS, "zone_hours: 60", "zone_hours: 12.000")(folder)
    (finding,) = check(folder)
    assert (finding.code, finding.column) == ("value.decimal_comma", "zone_hours")


def test_three_digits_behind_every_point_of_a_column_are_asked_about(folder: Path) -> None:
    replace("stocks.csv", "hospital,,fuel,4000", "hospital,,fuel,4.125")(folder)
    (finding,) = check(folder)
    assert (finding.code, finding.severity, finding.column) == ("value.decimal_point", "warning", "amount")


@pytest.mark.parametrize(("encoding", "word"), [("windows-1256", "المدرسة"), ("windows-1252", "Übergang")])
def test_a_table_in_the_code_page_of_old_windows_says_which_it_may_be(encoding: str, word: str, folder: Path) -> None:
    text = (folder / "people.csv").read_text("utf-8").replace("example", word, 1)
    (folder / "people.csv").write_bytes(text.encode(encoding))
    (finding,) = [finding for finding in check(folder) if finding.code == "text.encoding"]
    assert f"“{word}”" in finding.message
    assert finding.where == "line 2"


def as_shapefile(folder: Path, crs: int, **options: Any) -> None:
    zones = gpd.read_file(folder / "zones.geojson").to_crs(crs)
    zones["name"] = ["الميناء", *zones["name"][1:]]
    (folder / "zones.geojson").unlink()
    zones = zones.rename(columns={"needs_pause": "needs_paus"})
    zones.to_file(folder / "zones.shp", **options)


def test_a_shapefile_of_municipalities_in_metres_reads_the_same(folder: Path) -> None:
    before = load(folder)
    as_shapefile(folder, 32626, encoding="utf-8")
    findings = check(folder)
    assert {finding.code for finding in findings} == {"layer.reprojected", "layer.renamed"}
    assert {finding.severity for finding in findings} == {"note"}
    zones = load(folder).zones
    assert zones.normalize().geom_equals_exact(before.zones.normalize(), 1e-8).all()
    assert zones["name"].iloc[0] == "الميناء"
    assert "needs_pause" in zones


def test_a_shapefile_that_does_not_say_its_coordinate_system_is_asked_for_it(folder: Path) -> None:
    as_shapefile(folder, 32626, encoding="utf-8")
    (folder / "zones.prj").unlink()
    assert ("geojson.crs", "error") in codes(check(folder))


def test_a_shapefile_that_does_not_say_its_encoding_is_asked_for_it(folder: Path) -> None:
    as_shapefile(folder, 4326, encoding="utf-8")
    (folder / "zones.cpg").unlink()
    assert ("text.encoding", "error") in codes(check(folder))


def test_a_pipe_in_place_of_a_part_of_a_shapefile_is_refused_at_once(folder: Path) -> None:
    as_shapefile(folder, 4326, encoding="utf-8")
    (folder / "zones.dbf").unlink()
    os.mkfifo(folder / "zones.dbf")
    assert ("file.kind", "error") in codes(check(folder))


def test_a_shapefile_that_nothing_reads_is_named(folder: Path) -> None:
    gpd.read_file(folder / "zones.geojson")[["id", "name", "geometry"]].to_file(folder / "municipalities.shp")
    (finding,) = check(folder)
    assert (finding.code, finding.file, finding.severity) == ("file.unknown", "municipalities.shp", "warning")


def test_a_geopackage_of_a_layer_reads_and_of_several_asks_which(folder: Path) -> None:
    zones = gpd.read_file(folder / "zones.geojson")
    before = load(folder)
    (folder / "zones.geojson").unlink()
    zones.to_file(folder / "zones.gpkg", layer="adm2")
    assert load(folder).zones.index.equals(before.zones.index)
    zones.to_file(folder / "zones.gpkg", layer="adm1")
    assert ("layer.which", "error") in codes(check(folder))


def test_administrative_boundaries_are_named_by_their_own_columns(folder: Path) -> None:
    for number, name in enumerate(("Northport", "Millfield", "Bridgeton", "Southhaven"), 1):
        extra = {"ADM2_EN": name, "ADM2_AR": "اسم", "ADM2_PCODE": f"PS010{number}", "ADM1_EN": "Strip"}
        prop("zones.geojson", number, **extra)(folder)
    layer = gpd.read_file(folder / "zones.geojson").drop(columns=["id", "name", "pcode", "area"])
    (folder / "zones.geojson").unlink()
    layer.to_file(folder / "zones.geojson")
    findings = check(folder)
    assert ("layer.renamed", "note") in codes(findings)
    assert any(finding.where == "row 2" and finding.file == "people.csv" for finding in findings)
    replace("people.csv", "north,", "PS0101,")(folder)
    replace("people.csv", "north,", "Northport,")(folder)
    findings = [finding for finding in check(folder) if finding.file == "people.csv"]
    assert findings[0].where == "row 3"
    assert "did you mean “PS0101”, which is the id of “Northport”?" in findings[0].remedy


def test_a_table_that_was_cut_off_between_two_cells_is_named(folder: Path) -> None:
    text = (folder / "stocks.csv").read_text("utf-8")
    (folder / "stocks.csv").write_text(text[: text.index("example", 300) + 4], "utf-8")
    (finding,) = [finding for finding in check(folder) if finding.file == "stocks.csv"]
    assert finding.code == "csv.last_line"


def test_a_fault_in_one_sheet_brings_no_others_with_it(folder: Path) -> None:
    path = as_workbook(folder, "essentials", "issues", "stocks", file="scenario.xlsx")
    edit(path, lambda sheet: sheet.__setitem__("D2", "15 g"))
    assert {(finding.file, finding.where) for finding in check(folder)} == {("scenario.xlsx:essentials", "row 2")}
