"""Movement orders beside a plan: what is wrong in any of their tables is found."""

import csv
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from letup import plan as plans
from letup.cli import app
from letup.roads import build
from letup.verify import verify
from letup.verify.convoy_files import check_orders
from letup.verify.result import Verification
from tests.verify.test_deliveries import add, put, rewrite, windows_of


@pytest.fixture(scope="module")
def ordered(hungry, tmp_path_factory):
    """A plan with its orders beside it, as `letup convoys` leaves it."""
    folder = tmp_path_factory.mktemp("ordered") / "plan"
    shutil.copytree(hungry, folder, ignore=shutil.ignore_patterns("report.html"))
    before = {path: path.read_bytes() for path in folder.rglob("[!.]*") if path.is_file()}
    result = CliRunner().invoke(app, ["convoys", str(folder), "--time-limit", "4"])
    assert result.exit_code == 0, result.output
    assert all(path.read_bytes() == content for path, content in before.items())
    return folder


@pytest.fixture
def folder(ordered, tmp_path):
    return shutil.copytree(ordered, tmp_path / "plan")


@pytest.fixture
def tables(ordered, tmp_path):
    """The tables of the folder alone."""
    for path in ordered.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def replayed(hungry_plan):
    """What tables of orders are replayed against."""
    scenario = hungry_plan.scenario
    return scenario, build(scenario), windows_of(hungry_plan)


def codes_of(problems):
    return {problem.code.removeprefix("verify.") for problem in problems}


def test_orders_beside_a_plan_are_recomputed_with_it_and_without_what_chose_them(ordered):
    result = verify(ordered)
    assert result.holds, result.problems
    checked = dict(result.checks)
    assert checked["loads of vehicles against deliveries and payloads"] > 3
    assert checked["patients against places in ambulances, beds and who agreed"] > 3
    assert checked["convoys.csv: local times, lengths and amounts as drivers read them"] > 3
    code = (
        "import sys; from letup.verify import verify; assert verify(sys.argv[1]).holds; "
        "solvers = ('numba.', 'letup.flow', 'ortools', 'highspy', 'pyvrp'); "
        "bad = [m for m in sys.modules if m == 'numba' or m.startswith(solvers)]; assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code, str(ordered)], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("convoys.csv", put("arrive_earliest", "2030-01-01T03:00+00:00", 1), "value"),
        ("convoys.csv", put("leave_latest", "soon"), "value"),
        ("convoys.csv", put("loaded", "gold 1 t"), "value"),
        ("convoys.csv", add("kg_on_leaving", 5), "value"),
        ("convoys.csv", add("length_m", 5), "value"),
        ("convoys.csv", add("off_road_m", 5), "value"),
        ("convoys.csv", add("minutes", 5), "value"),
        ("convoys.csv", put("minutes", ""), "convoys.row"),
        ("convoys.csv", put("stop", "x"), "value"),
        ("convoys.csv", add("leave_latest_minute", 900), "convoys.time"),
        ("convoys.csv", put("place", "nowhere"), "convoys.place"),
        ("convoys.csv", put("truck", "van"), "convoys.vehicle"),
        ("convoys.csv", put("arcs", "0@0"), "convoys.way"),
        ("convoys.csv", put("arcs", "x@y"), "convoys.row"),
        ("convoys.csv", lambda rows: rows[0].update(arcs=rows[0]["arcs"] + "7"), "convoys.way"),
        ("convoys.csv", lambda rows: rows[-1].update(arcs="7@0"), "convoys.row"),
        ("convoys.csv", add("minutes", 1), "value"),
        ("convoys.csv", put("action", "wait"), "value"),
        ("convoys.csv", add("day", 1), "convoys.row"),
        ("convoys.csv", lambda rows: [row.update(day=int(row["day"]) + 1) for row in rows], "value"),
        ("convoys.csv", lambda rows: [row.update(day=int(row["day"]) - 1) for row in rows], "convoys.day"),
        ("convoys.csv", lambda rows: rows.pop(), "convoys.row"),
        ("convoy-loads.csv", add("amount", 1e6), "convoys.goods"),
        ("convoy-loads.csv", add("kg", 1), "convoys.load"),
        ("convoy-loads.csv", put("unit", "barrels"), "value"),
        ("convoy-loads.csv", put("destination", "school"), "value"),
        ("convoy-loads.csv", put("delivery", "d99999"), "convoys.load"),
        ("convoy-loads.csv", put("loaded_stop", "1.5"), "value"),
        ("medevac.csv", add("arrive_latest_minute", 900), "convoys.time"),
        ("medevac.csv", put("loaded", "nobody"), "value"),
        ("medevac.csv", put("unloaded", "nobody", 1), "value"),
        ("medevac.csv", add("kg_on_leaving", 5), "value"),
        ("medevac.csv", put("action", "stay"), "value"),
        ("medevac.csv", put("leave_earliest", "2030-01-01T03:00+00:00"), "value"),
        ("medevac-patients.csv", add("priority", 1), "value"),
        ("medevac-patients.csv", add("ride_minutes", -5), "value"),
        ("medevac-patients.csv", put("way_back", "none"), "medevac.way_back"),
        ("medevac-patients.csv", put("patients", "others"), "medevac.patient"),
    ],
)
def test_a_change_to_one_row_of_the_orders_is_found(tables, replayed, name, change, code):
    rewrite(tables, name, change)
    result = Verification()
    check_orders(tables, *replayed, result)
    assert code in codes_of(result.problems)


def test_unchanged_tables_of_orders_hold(tables, replayed):
    result = Verification()
    check_orders(tables, *replayed, result)
    assert not result.problems
    assert result.checks


def test_a_change_to_one_row_of_the_orders_is_found_by_verifying_the_plan(folder):
    rewrite(folder, "convoys.csv", add("minutes", 5))
    assert "value" in codes_of(verify(folder).problems)


def test_orders_of_another_plan_or_half_of_them_are_found(folder):
    (folder / "convoy-loads.csv").unlink()
    text = (folder / "medevac-patients.csv").read_text("utf-8")
    (folder / "medevac-patients.csv").write_text(text.replace("priority", "urgency", 1), "utf-8")
    assert {"file", "columns"} <= codes_of(verify(folder).problems)


def test_a_plan_written_anew_leaves_no_sheet_of_the_old_one(hungry_plan, folder):
    with (folder / "convoys.csv").open(encoding="utf-8") as file:
        assert list(csv.DictReader(file))
    assert list((folder / "pages").glob("*.html"))
    plans.write(hungry_plan, folder)
    assert not (folder / "convoys.csv").exists()
    assert not [*folder.glob("pages/*.html"), *folder.glob("gpx/*.gpx")]
