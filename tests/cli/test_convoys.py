"""letup convoys: from a plan folder to orders that can be sent, and checked again from their files."""

from __future__ import annotations

import csv
import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import gpxpy
import pytest
from typer.testing import CliRunner

from letup import scenario as scenarios
from letup.aid.convoys.tables import read_deliveries
from letup.cli import app
from letup.core.errors import BadInput, LetupError
from letup.plan.files.read import read_planned
from letup.verify.convoys import check_convoys, check_medevac

DELIVERIES = """\
id,day,origin,destination,zone,truck,trucks,item,amount,unit,kg,depart_first_step,arcs
d1,0,border,school,south,lorry,3,water,30000,litres,30000,8,
d2,0,border,hospital,mill,lorry,2,food,8000,person-days,16000,8,
d3,1,border,hospital,mill,tanker,1,fuel,8000,litres,7000,104,
"""
TRUCKS = """\
id,label,place,count,payload_kg,items,speed_kmh,load_minutes,unload_minutes,basis,source,note
lorry,Lorry,border,4,10000,,30,30,30,assumed,,exercise
tanker,Tanker,border,1,9000,fuel,25,20,30,assumed,,exercise
"""


def plan_folder(folder: Path) -> Path:
    """A plan as `letup plan` writes it, as far as convoys read it: every zone is quiet from 09:00 to 15:00."""
    scenarios.new(folder / "scenario")
    (folder / "scenario" / "trucks.csv").write_text(TRUCKS)
    (folder / "deliveries.csv").write_text(DELIVERIES)
    pauses = [
        {"zone": zone, "first_step": 96 * day + 12, "last_step": 96 * day + 35}
        for zone in ("north", "mill", "bridge", "south")
        for day in range(2)
    ]
    (folder / "plan.json").write_text(json.dumps({"pauses": pauses}))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = plan_folder(tmp_path_factory.mktemp("plan"))
    result = CliRunner().invoke(app, ["convoys", str(folder), "--out", str(folder / "out"), "--time-limit", "4"])
    assert result.exit_code == 0, result.output
    (folder / "out" / "said.txt").write_text(result.output)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_was_written_holds_when_it_is_replayed_from_the_files(made: Path) -> None:
    planned = read_planned(made)
    verification = check_convoys(
        rows(made / "out/convoys.csv"), rows(made / "out/convoy-loads.csv"), planned.scenario, planned.network,
        planned.quiet, planned.deliveries, planned.trucks,
    )  # fmt: skip
    assert verification.problems == []
    assert dict(verification.checks)["loads of vehicles against deliveries and payloads"] == 6
    patients = check_medevac(
        rows(made / "out/medevac.csv"), rows(made / "out/medevac-patients.csv"), planned.scenario, planned.network,
        planned.quiet,
    )  # fmt: skip
    assert patients.problems == []
    assert dict(patients.checks)["patients against places in ambulances, beds and who agreed"] == 7


def test_the_answer_says_what_is_carried_and_that_it_is_no_permission(made: Path) -> None:
    said = (made / "out/said.txt").read_text()
    assert re.search(
        r"carry [\d.]+ t of food \(8,000 person-days\), [\d.]+ t of fuel \(8,000 litres\) and [\d.]+ t of water", said
    )
    assert "nothing is left" in said
    assert re.search(r"2030-01-01: \d+ convoys? with \d+ vehicles?, the first on the road at \d\d:\d\d", said)
    assert "not a permission" in said


def test_ambulances_have_sheets_and_routes_that_say_how_many_lie_and_sit_and_no_more(made: Path) -> None:
    stops = rows(made / "out/medevac.csv")
    names = {row["convoy"] for row in stops}
    assert names
    assert {path.stem for path in (made / "out/pages").glob("m*.html")} == names
    assert {path.stem for path in (made / "out/gpx").glob("m*.gpx")} == names
    for name in names:
        sheet = (made / "out/pages" / f"{name}.html").read_text("utf-8")
        assert re.search(r"\d lying patients? and \d sitting patients?", sheet)
        assert "medevac-patients.csv" in sheet
        for secret in ("wounded", "dialysis", "way back"):
            assert secret not in sheet


def test_times_are_local_with_their_offset(made: Path) -> None:
    for row in rows(made / "out/convoys.csv"):
        moment = datetime.fromisoformat(row["arrive_earliest"])
        assert moment.utcoffset() is not None
        start = datetime.fromisoformat("2030-01-01T06:00+00:00")
        assert (moment - start).total_seconds() == 60 * int(row["arrive_earliest_minute"])


def test_each_convoy_has_a_gpx_with_its_stops_and_a_route_that_joins_them(made: Path) -> None:
    stops = rows(made / "out/convoys.csv")
    files = sorted((made / "out/gpx").glob("c*.gpx"))
    assert [path.stem for path in files] == sorted({row["convoy"] for row in stops})
    for path in files:
        text = path.read_text("utf-8")
        assert 'xmlns="http://www.topografix.com/GPX/1/1"' in text
        assert 'version="1.1"' in text
        track = gpxpy.parse(text)
        own = [row for row in stops if row["convoy"] == path.stem]
        assert len(track.waypoints) == len(own)
        (route,) = track.routes
        names = [point.name for point in route.points if point.name]
        assert names == [row["stop"] for row in own]
        length = route.length()
        assert length == pytest.approx(sum(float(row["length_m"] or 0) for row in own), rel=0.05)


def test_a_confidential_place_stands_in_no_gpx_and_on_no_page(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(made, folder)
    places = folder / "scenario" / "places.geojson"
    layer = json.loads(places.read_text())
    for feature in layer["features"]:
        if feature["properties"]["id"] == "hospital":
            feature["properties"]["sensitivity"] = "confidential"
            lon, lat = feature["geometry"]["coordinates"]
    places.write_text(json.dumps(layer))
    result = CliRunner().invoke(app, ["convoys", str(folder), "--out", str(folder / "out"), "--time-limit", "2"])
    assert result.exit_code == 0, result.output
    for path in [*(folder / "out/gpx").iterdir(), *(folder / "out/pages").iterdir()]:
        text = path.read_text("utf-8")
        assert f"{lat:.4f}" not in text
        assert f"{lon:.4f}" not in text
    assert any("sealed" in path.read_text("utf-8") for path in (folder / "out/pages").iterdir())


def test_convoys_made_again_remove_only_what_letup_wrote(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(made / "out", out)
    shutil.copytree(made / "scenario", tmp_path / "scenario")
    for name in ("plan.json", "deliveries.csv"):
        shutil.copyfile(made / name, tmp_path / name)
    (out / "pages" / "c99.html").write_text("drawn by hand")
    again = ["convoys", str(tmp_path), "--out", str(out), "--vehicles", "4", "--time-limit", "1"]
    assert CliRunner().invoke(app, again).exit_code == 0
    assert (out / "pages" / "c99.html").read_text() == "drawn by hand"
    sheet = min((out / "pages").iterdir())
    sheet.write_text("corrected by hand")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    result = CliRunner().invoke(app, again)
    assert isinstance(result.exception, LetupError)
    assert result.exception.code == "files.yours"
    assert f"pages/{sheet.name} (was changed since)" in result.exception.message
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_is_wrong_with_the_tables_is_said_all_at_once(tmp_path: Path) -> None:
    folder = plan_folder(tmp_path)
    trucks = list(read_deliveries(folder / "deliveries.csv")["trucks"])
    bad = DELIVERIES.replace("d1,0,border,school", "d1,0,boarder,school").replace("tanker,1,fuel", "van,1,fuel")
    (folder / "deliveries.csv").write_text(bad)
    with pytest.raises(BadInput) as caught:
        read_planned(folder)
    assert [(finding.code, finding.where, finding.column) for finding in caught.value.findings] == [
        ("convoys.value", "row 2", "origin"),
        ("convoys.value", "row 4", "truck"),
    ]
    (folder / "deliveries.csv").write_text(DELIVERIES.replace(",3,water,30000", ",0,water,lots"))
    with pytest.raises(BadInput) as caught:
        read_deliveries(folder / "deliveries.csv")
    assert [finding.column for finding in caught.value.findings] == ["trucks", "amount"]
    (folder / "deliveries.csv").write_text("\ufeff" + DELIVERIES, "utf-8")  # as a spreadsheet saves it
    assert list(read_deliveries(folder / "deliveries.csv")["trucks"]) == trucks
    (folder / "deliveries.csv").write_text("id,day\n")
    with pytest.raises(BadInput) as caught:
        read_deliveries(folder / "deliveries.csv")
    assert [finding.code for finding in caught.value.findings] == ["convoys.file"]
    (folder / "scenario" / "trucks.csv").write_text("id,label\n")
    with pytest.raises(BadInput) as caught:
        read_planned(folder)
    assert "trucks.csv" in {finding.file for finding in caught.value.findings}


def test_a_folder_without_a_plan_or_deliveries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LetupError) as caught:
        read_planned(tmp_path)
    assert caught.value.code == "convoys.plan"
    folder = plan_folder(tmp_path / "plan")
    for name in ("deliveries.csv", "scenario/patients.csv", "scenario/ambulances.csv"):
        (folder / name).unlink()
    with pytest.raises(LetupError) as caught:
        read_planned(folder)
    assert caught.value.code == "convoys.plan"


def test_json_gives_totals_and_findings(made: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["convoys", str(made), "--out", str(tmp_path / "o"), "--time-limit", "2", "--json"]
    )
    document = json.loads(result.stdout)
    assert {(cargo["item"], cargo["amount"]) for cargo in document["carried"]} == {
        ("water", 30000.0), ("food", 8000.0), ("fuel", 8000.0)
    }  # fmt: skip
    assert document["left"] == []
    assert document["medevac"]["vehicles"] >= 1
    assert all(Path(path).is_file() for path in document["files"])
