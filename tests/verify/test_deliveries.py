"""Deliveries of a written plan: what is wrong in any file is found, by recomputation and not by digests."""

import json
import shutil

import pytest

from letup.pauses.limits import Window
from letup.plan.files.document import Document
from letup.roads import build
from letup.verify import verification, verify
from letup.verify.deliveries import check_deliveries
from letup.verify.plan_document import check_content
from letup.verify.result import Verification
from tests.verify.forgeries import rewrite


@pytest.fixture
def folder(hungry, tmp_path):
    return shutil.copytree(hungry, tmp_path / "plan", ignore=shutil.ignore_patterns("report.html"))


def codes_of(folder):
    """Codes of what does not hold, digests left aside."""
    result = verification.Verification()
    rows = verification.rows_of(folder / "movements.csv", result)
    document = Document.model_validate(json.loads((folder / "plan.json").read_text("utf-8")))
    check_content(folder, document, rows, result, lambda _: None)
    return {problem.code.removeprefix("verify.") for problem in result.problems if problem.code != "verify.scenario"}


def windows_of(plan):
    """Pauses of a plan as windows."""
    number = {zone: i for i, zone in enumerate(plan.scenario.zone_ids)}
    rows = zip(plan.pauses["zone"], plan.pauses["first_step"], plan.pauses["last_step"], strict=True)
    return [Window(number[zone], int(first), int(last)) for zone, first, last in rows]


@pytest.fixture(scope="module")
def replayed(hungry_plan):
    """What tables of deliveries are replayed against, but for the document."""
    scenario = hungry_plan.scenario
    return hungry_plan.proof, scenario, build(scenario), windows_of(hungry_plan), hungry_plan.movements


@pytest.fixture
def tables(hungry, tmp_path):
    """The tables and the document of the folder alone."""
    for name in ("plan.json", "deliveries.csv", "returns.csv"):
        shutil.copy(hungry / name, tmp_path)
    return tmp_path


def codes_of_tables(folder, replayed):
    """Codes of what does not hold in the tables of deliveries."""
    result = Verification()
    document = Document.model_validate(json.loads((folder / "plan.json").read_text("utf-8")))
    check_deliveries(folder, document, *replayed, result)
    assert result.problems or result.checks
    return {problem.code.removeprefix("verify.") for problem in result.problems}


def add(column, by, row=0):
    def change(rows):
        rows[row][column] = str(float(rows[row][column]) + by).removesuffix(".0")

    return change


def put(column, value, row=0):
    def change(rows):
        rows[row][column] = value

    return change


def scaled(by):
    """More of everything on the same trucks, weights in step."""

    def change(rows):
        for column in ("amount", "kg"):
            rows[0][column] = repr(float(rows[0][column]) * by)

    return change


def later(rows):
    """All times of a delivery after the pause."""
    for row in rows:
        if row["destination"] in ("point-mill", "point-north"):
            for column in ("depart_first_step", "depart_last_step", "arrive_first_step", "arrive_last_step"):
                row[column] = str(int(row[column]) + 28)
            return
    raise LookupError("no delivery through a paused zone")


def more_trucks(rows):
    for row in rows:
        row["trucks"] = str(10 * int(row["trucks"]))


def test_an_honest_plan_holds_and_brings_something(folder):
    result = verify(folder)
    assert result.holds, result.problems
    checked = dict(result.checks)
    assert checked["deliveries: trucks, loads, ways, hours, quiet windows, returns"] > 3
    assert checked["stocks of warehouses"] > 0
    part = json.loads((folder / "plan.json").read_text("utf-8"))["deliveries"]
    assert part["met"] > part["met_without"]
    assert "raise the need met" in part["sentence"]


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("deliveries.csv", scaled(3.0), "load"),
        ("deliveries.csv", add("kg", 1), "value"),
        ("deliveries.csv", add("minutes", 1), "value"),
        ("deliveries.csv", add("length_m", 5), "value"),
        ("deliveries.csv", add("day", 1), "value"),
        ("deliveries.csv", add("arrive_last_step", 1), "value"),
        ("deliveries.csv", later, "quiet"),
        ("deliveries.csv", put("truck", "others"), "reference"),
        ("deliveries.csv", put("destination", "hospital"), "reference"),
        ("deliveries.csv", put("zone", "elsewhere"), "reference"),
        ("deliveries.csv", put("item", "gold"), "reference"),
        ("deliveries.csv", put("arcs", "0@0"), "way"),
        ("deliveries.csv", put("arcs", "x@y"), "way"),
        ("deliveries.csv", put("trucks", "many"), "value"),
        ("deliveries.csv", add("amount", -1), "value"),
        ("deliveries.csv", lambda rows: rows.pop(), "row"),
        ("deliveries.csv", put("id", "d00002"), "row"),
        ("returns.csv", add("free_step", -1), "value"),
        ("returns.csv", add("depart_step", -1), "value"),
        ("returns.csv", add("arrive_step", 1), "value"),
        ("returns.csv", add("trucks", 1), "value"),
        ("returns.csv", put("arcs", "0@0"), "way"),
    ],
)
def test_a_change_to_one_row_is_found(tables, replayed, name, change, code):
    rewrite(tables, name, change)
    assert code in codes_of_tables(tables, replayed)


def test_unchanged_tables_hold(tables, replayed):
    assert not codes_of_tables(tables, replayed)


def test_more_trucks_than_there_are_than_can_be_inspected_and_than_can_be_handled_are_found(tables, replayed):
    for name in ("deliveries.csv", "returns.csv"):
        rewrite(tables, name, more_trucks)
    assert {"trucks", "throughput", "handling"} <= codes_of_tables(tables, replayed)


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("supply.csv", "border,food,,", "border,food,1,kcal", "supply"),
        ("stocks.csv", "9000", "9", "stock"),
        ("trucks.csv", "8000", "5000", "load"),
        ("places.geojson", '"hours": "08:00-16:00"', '"hours": "15:00-16:00"', "hours"),
        ("places.geojson", '"trucks_per_hour": 6', '"trucks_per_hour": 0.1', "throughput"),
        ("places.geojson", '"trucks_per_day": 30', '"trucks_per_day": 1', "throughput"),
        ("places.geojson", '"tonnes_per_hour": 20', '"tonnes_per_hour": 0.5', "handling"),
        ("places.geojson", '"throughput_per_hour": 600', '"throughput_per_hour": 1', "capacity"),
    ],
)
def test_deliveries_of_a_scenario_with_less_are_found_out(folder, name, old, new, code):
    path = folder / "scenario" / name
    text = path.read_text("utf-8")
    assert old in text, text[:3000]
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert code in codes_of(folder)


def test_deliveries_that_are_left_out_or_added_are_found(folder):
    raw = json.loads((folder / "plan.json").read_text("utf-8"))
    part = raw.pop("deliveries")
    (folder / "plan.json").write_text(json.dumps(raw), "utf-8")
    assert "file" in codes_of(folder)
    (folder / "deliveries.csv").unlink()
    (folder / "returns.csv").unlink()
    assert "file" in codes_of(folder)
    (folder / "plan.json").write_text(json.dumps(raw | {"deliveries": part}), "utf-8")
    assert "file" in codes_of(folder)


@pytest.mark.parametrize("field", ["met", "value", "tonnes"])
def test_a_total_that_is_not_what_follows_is_found(folder, field):
    raw = json.loads((folder / "plan.json").read_text("utf-8"))
    raw["deliveries"][field] += 1
    (folder / "plan.json").write_text(json.dumps(raw), "utf-8")
    assert "value" in codes_of(folder)
