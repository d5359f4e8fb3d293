"""letup assess from the command line: the answer, the files, the page, a plan, and what is refused."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

import letup.cli
from letup import aid
from letup import plan as plans
from letup.aid.tables import ASSESSMENT
from letup.core.errors import BadInput, LetupError
from letup.plan.files.read import read_arrivals, read_movements
from letup.report import write_assessment_html
from letup.scenario import load, new
from tests.cli.running import run, two_lines
from tests.scenario.wrong import replace

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new(tmp_path_factory.mktemp("assess") / "example")


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    target = folder.parent / "out"
    result = run("assess", folder, "--out", target)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    (folder.parent / "printed.txt").write_text(result.stdout, "utf-8")
    return target


@pytest.fixture(scope="module")
def planned(folder: Path) -> Path:
    """A plan of a day, so that it is made at once; with hardly any water in the zones that people leave and reach."""
    short = new(folder.parent / "short")
    replace("scenario.yaml", "steps: 288", "steps: 56")(short)
    replace("stocks.csv", "90000,60000,120000", "900,600,1200")(short)
    replace("stocks.csv", "45000,40000,50000", "450,400,500")(short)
    target = folder.parent / "plan"
    plans.write(plans.make(load(short)), target)
    return target


def document(*arguments: str | Path) -> dict:
    result = RUNNER.invoke(letup.cli.app, ["assess", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_it_begins_with_the_answer_and_names_every_zone(folder: Path, out: Path) -> None:
    printed = (folder.parent / "printed.txt").read_text("utf-8")
    first = printed.splitlines()[0]
    assert re.match(
        r"Water runs short first, after [\d.]+ days \(2030-01-0\d \d\d:\d\d\) \(range .* days\), in Millfield \(5,700 "
        r"people\); over 3 days without any pause, [\d,]+ \(0 to [\d,]+\) of 46,800 person-days",
        first,
    )
    for part in ("Northport", "Southhaven", "days left", "low to high", "Millfield wells", "Written:"):
        assert part in printed
    assert {file.name for file in out.iterdir() if not file.name.startswith(".")} == {
        "assessment.html",
        "assessment.csv",
        "assessment-days.csv",
        "assessment.json",
    }


def test_the_table_says_what_the_json_says(folder: Path, out: Path) -> None:
    with (out / "assessment.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == ASSESSMENT.names
    content = document(folder)
    assert content["answer"] == (folder.parent / "printed.txt").read_text("utf-8").splitlines()[0]
    assert len(content["zones"]) == len(rows)
    for zone, row in zip(content["zones"], rows, strict=True):
        for name, value in zone.items():
            assert row[name] == "" if value is None else str(value) == row[name] or float(value) == float(row[name])
    water = next(essential for essential in content["essentials"] if essential["essential"] == "water")
    total = sum(float(row["unmet_person_days"]) for row in rows if row["essential"] == "water")
    assert water["unmet_person_days"] == pytest.approx(total, abs=0.01)
    assert "Sphere Handbook" in water["source"]


def test_with_a_plan_needs_go_where_people_go(planned: Path) -> None:
    scenario = planned / "scenario"
    content = document(scenario, "--plan", planned)
    people = sum(zone["people"] for zone in content["zones"] if zone["essential"] == "water")
    water = next(essential for essential in content["essentials"] if essential["essential"] == "water")
    assert people == 15_600
    assert water["unmet_person_days_with_plan"] is not None
    moved = read_movements(planned, load(scenario))
    assert moved["people"].sum() == json.loads((planned / "plan.json").read_text("utf-8"))["answer"]["arrive"]
    text = RUNNER.invoke(letup.cli.app, ["assess", str(scenario), "--plan", str(planned)]).stdout
    assert "not met, with the plan" in text
    assert "what its trucks bring" in text
    with (planned / "deliveries.csv").open(encoding="utf-8", newline="") as handle:
        brought = [row for row in csv.DictReader(handle) if row["zone"]]
    assert brought
    for zone in content["zones"]:
        mine = sum(
            float(row["amount"]) for row in brought if (row["zone"], row["item"]) == (zone["zone"], zone["essential"])
        )
        assert zone["delivered_with_plan"] == pytest.approx(mine)
    assert re.search(r"Southhaven +Water .* \+[\d,]+\n", text)
    assert re.search(r"Northport +Water .* -[\d,]+\n", text)


@pytest.mark.parametrize(
    ("file", "column", "value", "said"),
    [
        ("deliveries.csv", "zone", "atlantis", "no zone"),
        ("deliveries.csv", "item", "gold", "no essential"),
        ("deliveries.csv", "unit", "barrels", "counted in"),
        ("deliveries.csv", "amount", "-5", "0 or more"),
        ("deliveries.csv", "amount", "nan", "not a number"),
        ("returns.csv", "id", "d99999", "at no time"),
        ("returns.csv", "free_step", "99999", "at no time"),
        ("returns.csv", "free_step", "soon", "not a whole number"),
    ],
)
def test_deliveries_that_cannot_be_are_refused(
    file: str, column: str, value: str, said: str, planned: Path, tmp_path: Path
) -> None:
    import shutil

    copy = shutil.copytree(planned, tmp_path / "plan")
    rows = list(csv.reader((copy / file).read_text("utf-8").splitlines()))
    rows[1][rows[0].index(column)] = value
    with (copy / file).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    with pytest.raises(BadInput) as caught:
        read_arrivals(copy, load(planned / "scenario"))
    assert said in str(caught.value)


def test_a_plan_for_other_people_is_refused(folder: Path, planned: Path) -> None:
    two_lines(run("assess", folder, "--plan", planned), "assess.plan")
    with pytest.raises(LetupError, match="other steps"):
        read_movements(planned, load(folder))
    with pytest.raises(LetupError, match="no plan"):
        read_movements(folder, load(folder))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("origin", "atlantis", "no zone"),
        ("shelter", "atlantis", "no place"),
        ("people_per_step", "many", "not a whole number"),
        ("people_per_step", "-5", "arrives from"),
        ("people", "999999", "are not"),
        ("arrive_last_step", "0", "arrives from"),
        ("arrive_last_step", "99999", "arrives from"),
    ],
)
def test_movements_that_cannot_be_are_refused(
    column: str, value: str, said: str, planned: Path, tmp_path: Path
) -> None:
    import shutil

    copy = shutil.copytree(planned, tmp_path / "plan")
    rows = list(csv.reader((copy / "movements.csv").read_text("utf-8").splitlines()))
    rows[1][rows[0].index(column)] = value
    with (copy / "movements.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
    with pytest.raises(BadInput) as caught:
        read_movements(copy, load(copy / "scenario"))
    assert caught.value.code == "assess.movement"
    assert any(said in finding.message and finding.file == "movements.csv" for finding in caught.value.findings)


def test_more_people_than_there_are_cannot_leave(planned: Path, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(planned, tmp_path / "plan")
    lines = (copy / "movements.csv").read_text("utf-8").splitlines()
    (copy / "movements.csv").write_text("\n".join([lines[0], *lines[1:] * 50]) + "\n", "utf-8")
    with pytest.raises(BadInput, match="people leave"):
        read_movements(copy, load(copy / "scenario"))


def test_a_folder_with_other_files_is_refused_before_anything_is_computed(folder: Path) -> None:
    two_lines(run("assess", folder, "--out", folder), "assess.folder")
    result = run("assess", "/no/such/scenario")
    assert result.returncode == 2
    two_lines(result, "scenario.missing")


def test_bad_tables_are_listed_all_at_once(tmp_path: Path) -> None:
    broken = new(tmp_path / "broken")
    replace("stocks.csv", "90000", "-1")(broken)
    replace("facilities.csv", "400,litres", "400,kg")(broken)
    result = run("assess", broken)
    assert result.returncode == 2
    assert "(and 1 more)" in result.stderr
    answer = json.loads(run("check", broken, "--json").stdout)
    assert {finding["code"] for finding in answer["findings"]} == {"value.range", "facilities.unit"}


def test_going_without_water_is_valued_only_when_asked_and_marked_unconfirmed(folder: Path) -> None:
    assert "deprivation" not in document(folder)
    part = document(folder, "--deprivation")["deprivation"]
    assert part["confirmed"] is False
    assert part["cost"]["better"] <= part["cost"]["no_pause"] <= part["cost"]["worse"]
    assert "could not be confirmed" in RUNNER.invoke(letup.cli.app, ["assess", str(folder), "--deprivation"]).stdout


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.outside += [str(value) for name, value in attrs if name == "src" or (tag == "link" and name == "href")]


def test_the_page_holds_everything_and_asks_no_network(out: Path) -> None:
    text = (out / "assessment.html").read_text("utf-8")
    page = _Page()
    page.feed(text)
    assert page.scripts == 0
    assert page.outside == ["data:,"]
    assert len(text) < 300_000
    for part in ("Days left", "Need not met", "Sphere Handbook", "A model, not a permission"):
        assert part in text


def test_the_page_names_no_restricted_place(out: Path) -> None:
    text = (out / "assessment.html").read_text("utf-8")
    assert "Millfield Hospital" not in text
    assert "hospital in Millfield" in text


def test_names_cannot_break_the_page(tmp_path: Path) -> None:
    folder = new(tmp_path / "odd")
    replace("zones.geojson", '"Millfield"', '"<b onclick=x>Mill & co</b>"')(folder)
    replace("facilities.csv", "Millfield wells", "<script>alert(1)</script>")(folder)
    text = write_assessment_html(aid.assess(load(folder)), tmp_path / "page.html").read_text("utf-8")
    assert "<script" not in text
    assert "<b onclick" not in text
    assert "Mill &amp; co" in text
