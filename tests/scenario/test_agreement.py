# ruff: noqa: E501 - one case to a line, to be read as a table
"""Issues, preferences, influences, concessions and statements: what is wrong is found, with its place."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from letup.core.codes import CODES
from letup.core.findings import Finding
from letup.scenario import check, checks, load, new
from letup.scenario.agreement import parse_options, parse_worths
from letup.scenario.read import examine

NOTE = {"basis": "assumed", "note": "example"}
AS_OF = date(2029, 12, 31)  # of the example


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "example")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def save(path: Path, table: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(name for row in table for name in row))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def change(folder: Path, name: str, number: int, **cells: Any) -> None:
    """Put cells into a row (counted from 1) of a table; one row too many adds it."""
    path = folder / name
    table: list[dict[str, Any]] = list(rows(path))
    if number > len(table):
        table.append(dict(NOTE))
    table[number - 1] |= cells
    save(path, table)


def party(folder: Path, number: int, **values: Any) -> None:
    entries = yaml.safe_load((folder / "parties.yaml").read_text("utf-8"))
    entries[number - 1] |= values
    (folder / "parties.yaml").write_text(yaml.safe_dump(entries), "utf-8")


def codes(folder: Path) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.where, finding.severity) for finding in check(folder)]


WRONG = {
    "a number without a range": ("issues.csv", 1, {"high": ""}, "issues.range", "high"),
    "a range that runs backwards": ("issues.csv", 1, {"low": 13}, "issues.range", "high"),
    "a step beyond counting": ("issues.csv", 1, {"step": 0.000001}, "issues.range", "step"),
    "a choice with a range": ("issues.csv", 3, {"low": 1}, "issues.range", "low"),
    "a choice that a plan cannot settle": ("issues.csv", 3, {"reads": "days"}, "issues.range", "reads"),
    "a number with options": ("issues.csv", 1, {"options": "a = A; b = B"}, "issues.options", "options"),
    "one option": ("issues.csv", 3, {"options": "nobody = Nobody"}, "issues.options", "options"),
    "an option without words": ("issues.csv", 3, {"options": "nobody; joint = Both"}, "issues.options", "options"),
    "an option twice": ("issues.csv", 3, {"options": "nobody = A; nobody = B"}, "issues.options", "options"),
    "other options in Arabic": ("issues.csv", 3, {"options_ar": "nobody = لا أحد"}, "issues.options", "options_ar"),
    "yes or no or perhaps": ("issues.csv", 4, {"options": "yes = Y; no = N; so = S"}, "issues.options", "options"),
    "a default out of range": ("issues.csv", 1, {"default": 99}, "issues.default", "default"),
    "a default that is no option": ("issues.csv", 3, {"default": "somebody"}, "issues.default", "default"),
    "an unknown attribute of plans": ("issues.csv", 1, {"reads": "window_hour"}, "value.choice", "reads"),
    "an unknown kind": ("issues.csv", 1, {"kind": "figure"}, "value.choice", "kind"),
    "a worth above one": ("preferences.csv", 1, {"worth": "0 = 1; 12 = 1.5"}, "preferences.worth", "worth"),
    "a worth that runs backwards": ("preferences.csv", 1, {"worth": "0 = 0.8..0.5"}, "preferences.worth", "worth"),
    "a worth in words": ("preferences.csv", 1, {"worth": "0 = good"}, "preferences.worth", "worth"),
    "a worth of a value off the table": ("preferences.csv", 1, {"worth": "0 = 0; 99 = 1"}, "preferences.worth", "worth"),
    "numbers that do not ascend": ("preferences.csv", 1, {"worth": "12 = 0; 0 = 1"}, "preferences.worth", "worth"),
    "an option without a worth": ("preferences.csv", 3, {"worth": "nobody = 0; joint = 1"}, "preferences.worth", "worth"),
    "an option that does not exist": (
        "preferences.csv", 3, {"worth": "nobody = 0; joint = 1; thirds = 1"}, "preferences.worth", "worth"),
    "a red line on an unknown option": ("preferences.csv", 3, {"never": "somebody"}, "preferences.red_line", "never"),
    "a red line on every option": ("preferences.csv", 3, {"never": "nobody;joint;third"}, "preferences.red_line", "never"),
    "options of a number": ("preferences.csv", 1, {"never": "yes"}, "preferences.red_line", "never"),
    "a least option": ("preferences.csv", 3, {"least": 2}, "preferences.red_line", "least"),
    "a red line beyond the range": ("preferences.csv", 1, {"least": 13}, "preferences.red_line", "least"),
    "red lines that cross": ("preferences.csv", 1, {"least": 6, "most": 5}, "preferences.red_line", "least"),
    "nothing said": ("preferences.csv", 1, {"worth": ""}, "preferences.empty", "worth"),
    "the same issue twice": ("preferences.csv", 2, {"issue": "length", "worth": "0 = 1"}, "preferences.twice", "issue"),
    "a weight out of its range": ("preferences.csv", 1, {"weight": 9}, "value.order", "weight"),
    "a negative weight": ("preferences.csv", 1, {"weight": -1}, "value.range", "weight"),
    "an unknown issue": ("preferences.csv", 1, {"issue": "lenght"}, "value.reference", "issue"),
    "an unknown party": ("preferences.csv", 1, {"party": "party_c"}, "value.reference", "party"),
    "influence on oneself": ("influences.csv", 1, {"to": "friends"}, "influences.self", "to"),
    "an influence twice": (
        "influences.csv", 2, {"from": "friends", "to": "party_a", "kind": "mediator", "strength": 1},
        "influences.twice", "to"),
    "an unknown mover": ("influences.csv", 1, {"from": "nobody"}, "value.reference", "from"),
    "a strength above one": ("influences.csv", 1, {"strength": 2}, "value.range", "strength"),
    "a cost of nothing": ("concessions.csv", 1, {"zone": ""}, "concessions.what", "zone"),
    "a cost of two things": ("concessions.csv", 1, {"issue": "trucks"}, "concessions.what", "zone"),
    "a cost of a choice": ("concessions.csv", 4, {"issue": "observers"}, "concessions.what", "issue"),
    "a cost in another unit": ("concessions.csv", 1, {"unit": "days"}, "concessions.unit", "unit"),
    "a cost for no time": (
        "concessions.csv", 1, {"from": "2030-01-02T06:00+00:00", "to": "2030-01-02T06:00+00:00"},
        "concessions.time", "to"),
    "a term that costs for a time": ("concessions.csv", 4, {"from": "2030-01-02T06:00+00:00"}, "concessions.time", "from"),
    "a cost out of its range": ("concessions.csv", 4, {"cost": 7}, "value.order", "cost"),
    "an undeclared party": ("statements.csv", 1, {"party": "party_z"}, "value.reference", "party"),
    "a statement on an unknown issue": ("statements.csv", 1, {"issue": "weather"}, "value.reference", "issue"),
    "a stance out of range": ("statements.csv", 1, {"stance": 3}, "value.range", "stance"),
    "half a stance": ("statements.csv", 1, {"stance": 0.5}, "value.type", "stance"),
    "a date that is none": ("statements.csv", 1, {"date": "2029-02-30"}, "value.date", "date"),
    "a date in another order": ("statements.csv", 1, {"date": "12/20/2029"}, "value.date", "date"),
    "a date still to come": ("statements.csv", 1, {"date": "2030-01-01"}, "statements.future", "date"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_in_its_cell(name: str, folder: Path) -> None:
    file, number, cells, code, column = WRONG[name]
    change(folder, file, number, **cells)
    findings = [
        finding for finding in check(folder) if (finding.code, finding.file, finding.column) == (code, file, column)
    ]
    assert {finding.where for finding in findings} == {f"row {number + 1}"}, check(folder)
    assert all(finding.severity == "error" and finding.message and finding.remedy for finding in findings)


def test_a_party_that_weighs_nothing_is_found_and_one_weight_will_do(folder: Path) -> None:
    table = rows(folder / "preferences.csv")
    for row in table:
        if row["party"] == "party_b":
            row |= {"weight": "0", "weight_low": "", "weight_high": ""}
    save(folder / "preferences.csv", table)
    (finding,) = [finding for finding in check(folder) if finding.severity == "error"]
    assert (finding.code, finding.where, finding.column) == ("preferences.weight", "row 5", "weight")
    next(row for row in table if row["party"] == "party_b")["weight_high"] = "1"
    save(folder / "preferences.csv", table)
    assert not [finding for finding in check(folder) if finding.severity == "error"]


def test_two_issues_that_read_the_same_off_a_plan_are_found(folder: Path) -> None:
    change(folder, "issues.csv", 2, reads="window_hours")
    (finding,) = [finding for finding in check(folder) if finding.code == "issues.reads"]
    assert (finding.severity, finding.where, finding.column) == ("warning", "row 3", "reads")


def test_budgets_need_a_unit_and_costs(folder: Path) -> None:
    party(folder, 2, concession_budget=5)
    findings = [(finding.code, finding.column) for finding in check(folder) if finding.code == "concessions.budget"]
    assert findings == [("concessions.budget", "concession_budget"), ("concessions.budget", "concession_unit")]


def test_parties_consent_to_what_exists_and_their_reservation_is_in_its_range(folder: Path) -> None:
    party(folder, 1, consents_to_issues=["length", "weather"], reservation=0.9)
    findings = [(finding.code, finding.where, finding.column) for finding in check(folder)]
    assert ("value.reference", "entry 1", "consents_to_issues") in findings
    assert ("value.order", "entry 1", "reservation") in findings


def test_tables_may_name_nothing_that_no_file_declares(folder: Path) -> None:
    for name in ("issues.csv", "parties.yaml"):
        (folder / name).unlink()
    findings = {(finding.code, finding.file, finding.column) for finding in check(folder)}
    assert {("value.reference", "statements.csv", name) for name in ("party", "issue")} <= findings


# When: a statement can be of any day up to today, or up to the moment that an exercise describes.


def of_day(folder: Path, said: date, today: date) -> list[tuple[str, str]]:
    change(folder, "statements.csv", 1, date=said.isoformat())
    return [(finding.code, finding.severity) for finding in examine(folder, today)[1]]


def test_what_was_said_up_to_the_moment_described_is_no_finding(folder: Path) -> None:
    assert of_day(folder, AS_OF, today=date(2026, 1, 1)) == []


def test_what_was_said_after_the_moment_described_is_hindsight(folder: Path) -> None:
    after = AS_OF + timedelta(days=1)
    assert of_day(folder, after, today=after) == [("statements.after_as_of", "note")]
    assert of_day(folder, after, today=AS_OF) == [("statements.future", "error")]


def test_a_clock_that_is_not_set_is_one_hint_and_not_an_error_for_each_statement(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_today", lambda _: date(1973, 1, 1))
    scenario, findings = examine(folder)
    assert scenario is not None
    (hint,) = [finding for finding in findings if finding.code in ("time.machine", "statements.future")]
    assert "1973-01-01" in hint.message
    assert "clock" in hint.remedy


# Quotes: found in their file to the letter, or reported.

WORDS = "We will observe\n  each pause, and said so: “café” is no code word."


def quoted(folder: Path, quote: str, name: str = "sources/speech.txt") -> list[Finding]:
    change(folder, "statements.csv", 1, quote=quote, source_file=name)
    return [finding for finding in check(folder) if finding.code.startswith("statements.")]


@pytest.fixture
def spoken(folder: Path) -> Path:
    (folder / "sources").mkdir()
    (folder / "sources" / "speech.txt").write_text(WORDS, "utf-8")
    return folder


@pytest.mark.parametrize("quote", ["We will observe", "observe each pause,", "“cafe\u0301” is", "observe\neach"])
def test_a_quote_that_is_in_its_file_is_found_across_line_ends(quote: str, spoken: Path) -> None:
    assert quoted(spoken, quote) == []


@pytest.mark.parametrize("quote", ["we will observe", "We will  not observe", "observe each pauses", '"café"'])
def test_a_quote_that_is_not_in_its_file_to_the_letter_is_an_error(quote: str, spoken: Path) -> None:
    (finding,) = quoted(spoken, quote)
    assert (finding.code, finding.severity, finding.where, finding.column) == (
        "statements.quote",
        "error",
        "row 2",
        "quote",
    )


def test_a_quote_of_a_letter_or_two_is_no_proof(spoken: Path) -> None:
    (finding,) = quoted(spoken, "We")
    assert (finding.code, finding.severity, finding.column) == ("statements.short", "warning", "quote")


@pytest.mark.parametrize("name", ["../speech.txt", "/etc/hostname", "sources/../../x", "C:\\x.txt", "..\\x"])
def test_no_file_outside_the_folder_is_read(name: str, spoken: Path) -> None:
    (finding,) = quoted(spoken, "We", name)
    assert (finding.code, finding.severity) == ("statements.file", "error")


def test_a_link_out_of_the_folder_is_not_followed(spoken: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("We", "utf-8")
    (spoken / "sources" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert [finding.code for finding in quoted(spoken, "We", "sources/link.txt")] == ["statements.file"]


def test_a_source_that_is_no_text_is_an_error(spoken: Path) -> None:
    (spoken / "sources" / "scan.txt").write_bytes(b"\xff\xfe\x00")
    assert [finding.code for finding in quoted(spoken, "We", "sources/scan.txt")] == ["statements.file"]


@pytest.mark.parametrize(
    ("quote", "name", "column"),
    [("We", "sources/gone.txt", "source_file"), ("We", "", "source_file"), ("", "x", "quote")],
)
def test_a_quote_that_cannot_be_compared_is_a_warning(quote: str, name: str, column: str, spoken: Path) -> None:
    (finding,) = quoted(spoken, quote, name)
    assert (finding.code, finding.severity, finding.column) == ("statements.unproven", "warning", column)


# How statements fit together.


def turns(folder: Path, *said: tuple[str, str, int]) -> list[tuple[str, str, str]]:
    path = folder / "statements.csv"
    first = rows(path)[0]
    save(path, [first | {"date": day, "speaker": who, "stance": stance} for day, who, stance in said])
    return [
        (finding.code, finding.severity, finding.where) for finding in check(folder) if finding.file == "statements.csv"
    ]


def test_the_opposite_on_the_same_day_is_a_contradiction(folder: Path) -> None:
    findings = turns(folder, ("2029-12-01", "A minister", 1), ("2029-12-01", "Another", -2))
    assert findings == [("statements.contradiction", "warning", "row 3")]


def test_the_opposite_within_a_month_is_a_change(folder: Path) -> None:
    findings = turns(folder, ("2029-12-20", "X", 1), ("2029-12-01", "X", -2), ("2029-12-10", "X", 0))
    assert findings == [("statements.change", "note", "row 2")]


def test_the_opposite_after_a_month_and_more_of_the_same_are_no_finding(folder: Path) -> None:
    assert turns(folder, ("2029-10-01", "X", 1), ("2029-12-01", "X", -2), ("2029-12-02", "X", -1)) == []


def test_another_issue_or_another_party_is_no_contradiction(folder: Path) -> None:
    change(folder, "statements.csv", 2, date="2029-12-12", stance=2)
    assert [code for code, *_ in codes(folder) if code.startswith("statements.")] == []


def test_every_code_of_what_is_to_be_agreed_is_tried_here() -> None:
    ours = {code for code in CODES if code.split(".")[0] in {"issues", "preferences", "influences", "concessions"}}
    text = Path(__file__).read_text("utf-8")
    assert {
        code for code in ours | {c for c in CODES if c.startswith("statements.")} if f'"{code}"' not in text
    } == set()


def test_cells_with_a_grammar_of_their_own_are_read() -> None:
    assert parse_options("a = The one; b=The = other") == (("a", "The one"), ("b", "The = other"))
    assert parse_worths("0 = 0; 4 = 0.3..0.6;12=.5..0.75..1") == (
        ("0", (0.0, 0.0, 0.0)),
        ("4", (0.3, None, 0.6)),
        ("12", (0.5, 0.75, 1.0)),
    )


def test_a_table_of_statements_is_loaded_as_it_stands(folder: Path) -> None:
    table = load(folder).statements
    assert table["date"].tolist() == [date(2029, 12, 12), date(2029, 12, 20)]
    assert table["stance"].tolist() == [-1, 2]
