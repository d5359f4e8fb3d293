"""Support and terms from the command line: what is printed, written and refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from letup.cli import app
from letup.core.errors import BadInput, LetupError
from letup.scenario import load
from letup.support.negotiation import support_of
from letup.support.output import read_package
from letup.tables import markdown, schemas
from tests.support.conftest import write_plan


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_answer_comes_first_and_says_that_it_is_a_model(plan: Path) -> None:
    lines = run("support", plan, "--set", "trucks=50").splitlines()
    who = "Party A would accept and Party B could go either way"
    assert lines[0].startswith(f"By what is assumed of the parties, {who}")
    assert "not what anybody will do" in lines[1]
    assert lines[-1] == "10,000 draws, seed 0."
    text = "\n".join(lines)
    assert "Trucks of aid           50 trucks/day  (on the table)" in text
    assert "What would gain the yes of Party B:" in text
    assert "North on 2030-01-01 09:00–14:00" not in text  # leaving a pause out gains nobody's yes here
    assert "An ally of A" in text


def test_everything_that_is_printed_is_in_the_json_with_the_seed(plan: Path, tmp_path: Path) -> None:
    document = json.loads(run("support", plan, "--json", "--seed", "3", "--draws", "2000", "--out", tmp_path / "out"))
    assert (document["seed"], document["draws"]) == (3, 2000)
    (only,) = document["plans"]
    assert only["package"]["zone_hours"] == 17
    assert {verdict["party"] for verdict in only["verdicts"]} == {"party_a", "party_b", "ally"}
    assert all(verdict["low"] <= verdict["probability"] <= verdict["high"] for verdict in only["verdicts"][:2])
    assert only["verdicts"][2] == {"party": "ally", "answer": "not_known", "refused": []}
    assert document["anywhere"]["packages"] == 5 * 2 * 2
    assert 0 <= document["possible"]["share"] <= 1
    assert [Path(file).name for file in document["files"]] == [
        "support.html",
        "support.json",
        "support.csv",
        "package.csv",
    ]
    again = json.loads(run("support", plan, "--json", "--seed", "3", "--draws", "2000"))
    assert again["plans"] == document["plans"]
    written = json.loads((tmp_path / "out" / "support.json").read_text("utf-8"))
    assert written["moves"] == document["moves"]


def test_what_a_package_asks_stands_in_the_units_of_the_party(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    (folder / "scenario" / "concessions.csv").write_text(
        "party,zone,issue,cost,unit,basis,note\n"
        "party_a,north,,2,watches,assumed,x\nparty_a,,trucks,0.5,inspector-hours,assumed,x\n",
        "utf-8",
    )
    text = run("support", folder, "--set", "trucks=100", "--out", tmp_path / "out")
    assert "  Party A: 10 watches for the pauses (assumed)\n" in text  # 5 hours of the north at 2
    assert "  Party A: 50 inspector-hours for the terms (assumed)\n" in text
    document = json.loads((tmp_path / "out" / "support.json").read_text("utf-8"))
    assert [(ask["unit"], ask["pauses"], ask["terms"]) for ask in document["plans"][0]["asks"]] == [
        ("watches", 10, 0), ("inspector-hours", 0, 50),
    ]  # fmt: skip
    assert "50 inspector-hours" in (tmp_path / "out" / "support.html").read_text("utf-8")


def test_a_frontier_is_weighed_point_by_point(plan: Path, frontier: Path, tmp_path: Path) -> None:
    text = run("support", frontier, plan / "scenario", "--out", tmp_path / "out")
    assert "Plans (" in text
    chosen = json.loads((tmp_path / "out" / "support.json").read_text("utf-8"))["chosen"].split()[0]
    assert f"letup plan {plan / 'scenario'} --pauses {frontier / f'pauses-{chosen}.csv'} --out DIR" in text
    with (tmp_path / "out" / "support.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["plan"] for row in rows[::3]] == [f"{hours} zone-hours" for hours in (8, 16, 24, 32)]
    page = (tmp_path / "out" / "support.html").read_text("utf-8")
    assert "The plans" in page
    with pytest.raises(LetupError, match=r"support\.folder"):
        run("support", frontier)


def test_why_there_is_no_deal_and_what_it_would_take(tmp_path: Path) -> None:
    text = run("support", write_plan(tmp_path / "plan", reservation=1.0), "--out", tmp_path / "out")
    assert "Why there is no deal" in text
    assert "It would take: " in text
    assert "Why there is no deal" in (tmp_path / "out" / "support.html").read_text("utf-8")


def test_a_plan_without_pauses_is_not_said_to_be_accepted(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    document = json.loads((folder / "plan.json").read_text("utf-8"))
    (folder / "plan.json").write_text(json.dumps(document | {"pauses": [], "next_hours": []}), "utf-8")
    assert run("support", folder).startswith("This plan pauses nothing, so that what follows is about the terms alone.")


def test_of_parties_that_nothing_is_known_of_nothing_is_said(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    table = folder / "scenario" / "preferences.csv"
    rows = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join(row for row in rows if not row.startswith("party_b")), "utf-8")
    first = run("support", folder).splitlines()[0]
    assert "all whose consent is needed and whose wants are known accept in" in first
    assert "Nothing is known of the wants of Party B: no objection is counted." in first
    table.write_text(rows[0], "utf-8")
    text = run("support", folder)
    first = text.splitlines()[0]
    assert "Nash:" not in text
    assert first.startswith("Nothing is known of the wants of Party A and Party B, whose consent is needed")
    assert "% of draws" not in first


def test_terms_on_the_table_that_rule_a_deal_out_are_named(tmp_path: Path) -> None:
    """Party A refuses more than 150 trucks; with those and nobody to monitor both have more than they ask for."""
    folder = write_plan(tmp_path / "plan", reservation=0.6)
    document = json.loads(run("support", folder, "--set", "trucks=200", "--json"))["no_deal"]
    assert (document["parties"], document["issues"]) == (["party_a"], ["trucks"])
    words = "other terms on the table: Trucks of aid: 150 trucks/day in place of 200 trucks/day"
    assert (document["changes"][0]["kind"], document["changes"][0]["said"]) == ("table", words)


def test_from_a_plan_to_a_term_sheet(plan: Path, tmp_path: Path) -> None:
    run("support", plan, "--set", "trucks=100", "--out", tmp_path / "support")
    text = run("terms", plan, "--package", tmp_path / "support" / "package.csv", "--out", tmp_path / "terms")
    assert "Open: monitoring, extension." in text
    assert {file.name for file in (tmp_path / "terms").glob("[!.]*")} == {
        "terms.en.html", "terms.en.md", "terms.ar.html", "terms.ar.md",
    }  # fmt: skip
    sheet = (tmp_path / "terms" / "terms.en.md").read_text("utf-8")
    assert "| Tuesday, 1 January 2030 | 09:00 | 14:00 | 5 | Northport |" in sheet
    assert "| Trucks of aid | 100 | trucks/day |" in sheet
    assert "## What stays open\n\n- Monitoring\n- Extension by agreement\n" in sheet


def test_a_package_is_read_again_as_it_was_written(plan: Path, tmp_path: Path) -> None:
    asked = ["--set", "trucks=50", "--set", "monitoring=un", "--set", "extension=no"]
    first = json.loads(run("support", plan, *asked, "--out", tmp_path / "one", "--json"))
    again = json.loads(run("support", plan, "--package", tmp_path / "one" / "package.csv", "--json"))
    assert again["plans"] == first["plans"]
    assert [issue["set_by"] for issue in again["issues"]] == ["plan", "table", "table", "table"]


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (["--set", "trucks"], "support.package", "is not issue=value"),
        (["--set", "lorries=4"], "support.package", "there is no issue “lorries”"),
        (["--set", "trucks=many"], "support.package", "is a number"),
        (["--set", "trucks=900"], "support.package", "goes from 0 to 200"),
        (["--set", "trucks=nan"], "support.package", "goes from 0 to 200"),
        (["--set", "monitoring=me"], "support.package", "one of nobody, un"),
        (["--set", "zone_hours=40"], "support.settled", "zone_hours is 40.0 on the table, and 17.0 by the plan"),
        (["--set", "trucks=1", "--set", "trucks=2"], "support.package", "given twice"),
        (["--package", "nowhere.csv"], "support.package", "nowhere.csv: cannot be opened"),
    ],
)
def test_what_is_wrong_with_a_package_is_said(plan: Path, asked: list[str], code: str, words: str) -> None:
    for command in ("support", "terms"):
        with pytest.raises(LetupError) as error:
            run(command, plan, *asked)
        assert error.value.code == code
        assert words in error.value.message


def test_all_that_is_wrong_with_a_package_is_said_at_once(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "package.csv"

    def wrong(text: str) -> list[tuple[str, str]]:
        file.write_text(text, "utf-8")
        with pytest.raises(BadInput) as error:
            run("support", plan, "--package", file)
        assert {finding.code for finding in error.value.findings} == {"support.package"}
        return [(finding.place, finding.message) for finding in error.value.findings]

    assert wrong("issue,value,set_by\n\ntrucks,many,table\nlorries,3,nobody\nmonitoring,,\n,4,\n") == [
        ("package.csv, row 4, column set_by", "“nobody” is not a known word"),
        ("package.csv, row 6, column issue", "issue is empty"),
        ("package.csv, row 3, column value", "trucks is a number, not 'many'"),
        ("package.csv, row 4, column issue", "there is no issue “lorries”"),
    ]
    assert ("package.csv, column value", "the column value is missing") in wrong("issue,b\n1,2\n")


def test_a_package_from_a_spreadsheet_is_read_with_its_mark(plan: Path, tmp_path: Path) -> None:
    file = tmp_path / "package.csv"
    file.write_bytes(b"\xef\xbb\xbfissue,value\r\ntrucks,4\r\n")
    known = support_of(load(plan / "scenario"))
    assert read_package(file, known) == {"trucks": 4.0}


@pytest.mark.parametrize(
    ("command", "content", "code"),
    [
        ("support", None, "support.folder"),
        ("support", "{", "support.folder"),
        ("support", '{"answer": {}}', "support.folder"),
        ("terms", None, "terms.plan"),
    ],
)
def test_a_folder_without_a_plan_is_refused(
    command: str, content: str | None, code: str, plan: Path, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "plan.json").write_text(content, "utf-8")
        (tmp_path / "scenario").symlink_to(plan / "scenario")
    with pytest.raises(LetupError) as error:
        run(command, tmp_path)
    assert error.value.code == code


def test_plans_for_another_scenario_are_refused(plan: Path, frontier: Path, tmp_path: Path) -> None:
    points = json.loads((frontier / "frontier.json").read_text("utf-8"))
    points["points"][1]["pauses"][0]["zone"] = "elsewhere"
    (tmp_path / "frontier.json").write_text(json.dumps(points), "utf-8")
    with pytest.raises(LetupError, match="does not fit the scenario"):
        run("support", tmp_path, plan / "scenario")


def test_a_scenario_without_issues_says_what_to_add(plan: Path, tmp_path: Path) -> None:
    from letup.scenario import new

    new(tmp_path / "scenario")
    for name in ("issues.csv", "preferences.csv", "influences.csv", "statements.csv", "concessions.csv"):
        (tmp_path / "scenario" / name).unlink(missing_ok=True)
    (tmp_path / "plan.json").write_bytes((plan / "plan.json").read_bytes())
    with pytest.raises(LetupError) as error:
        run("support", tmp_path)
    assert error.value.code == "support.nothing"


def test_a_language_that_there_is_no_sheet_in_is_refused(plan: Path) -> None:
    with pytest.raises(LetupError, match=r"terms\.language"):
        run("terms", plan, "--lang", "xx")


def test_every_column_that_is_written_stands_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "support.md").read_text("utf-8")
    for schema in schemas("letup.support").values():
        assert markdown(schema.columns) in page
