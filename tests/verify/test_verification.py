"""Verifying: it holds for honest plans, without the solver, and says where a changed one does not."""

import csv
import io
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, nullcontext
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import HealthCheck, Phase, given, reject
from hypothesis import strategies as st

from letup import plan as plans
from letup import roads
from letup.core.errors import LetupError, NoPlan
from letup.plan.files.document import MOVEMENTS, digest_of, field_digests, folder_digests, plain_values
from letup.report import write
from letup.tables import format_path, parse_path
from letup.verify import verification, verify
from tests.cli.running import run_without_solvers
from tests.examples import examples

NUMERIC = (
    "origin_node",
    "people",
    "people_per_step",
    "depart_first_step",
    "depart_last_step",
    "arrive_first_step",
    "arrive_last_step",
    "minutes",
    "length_m",
)


@pytest.fixture
def folder(written, tmp_path):
    return shutil.copytree(written, tmp_path / "plan", ignore=shutil.ignore_patterns("report.html"))


def read(folder):
    return json.loads((folder / "plan.json").read_text("utf-8"))


def save(folder, raw, seal=False):
    """Write plan.json; with ``seal`` with digests that fit the change, as a careful forger would."""
    if seal:
        rows = movements(folder)
        raw["digests"]["plan"] = field_digests(raw)
        raw["digests"]["movements"] = {row["id"]: digest_of(list(row.values())) for row in rows}
        raw["digests"]["scenario"] = folder_digests(folder / "scenario")
    (folder / "plan.json").write_text(json.dumps(raw), "utf-8")


def movements(folder):
    with (folder / "movements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def save_movements(folder, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, MOVEMENTS.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "movements.csv").write_text(text.getvalue(), "utf-8")


def numbers(raw):
    """Paths of all numbers in plan.json."""
    return [
        path
        for path, value in plain_values({k: v for k, v in raw.items() if k != "digests"})
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]


def change(raw, path, by=1):
    """Add to the number at a path."""
    keys = path.replace("]", "").replace("[", ".").split(".")
    at = raw
    for key in keys[:-1]:
        at = at[int(key)] if isinstance(at, list) else at[key]
    last = int(keys[-1]) if isinstance(at, list) else keys[-1]
    at[last] += by


def test_an_honest_plan_holds(written):
    result = verify(written)
    assert result.holds, [f"{p.place}: {p.message}" for p in result.problems]
    assert len(result.checks) >= 12
    assert all(count > 0 for _, count in result.checks)


def test_a_plan_is_verified_on_a_machine_without_any_solver(made, tmp_path):
    write(made, tmp_path / "plan")
    shown = run_without_solvers("verify", tmp_path / "plan")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "report.html, made again from the plan" in shown.stdout
    assert "is not on this machine" in run_without_solvers("plan", tmp_path / "plan" / "scenario").stderr


def test_verifying_does_not_load_the_solver(written):
    code = (
        "import sys; from letup.verify import verify; assert verify(sys.argv[1]).holds; "
        "solvers = ('numba.', 'letup.flow', 'ortools', 'highspy'); "
        "bad = [m for m in sys.modules if m == 'numba' or m.startswith(solvers)]; "
        "search = ('letup.pauses.choose', 'letup.pauses.search.surrogate_search', 'letup.plan.planner.make'); "
        "bad += [m for m in sys.modules if m in search]; "
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code, str(written)], check=True, capture_output=True)


def test_every_changed_number_in_the_plan_is_located(folder, monkeypatch):
    # The replay is left out here for speed: even the digests alone say which field was changed.
    left_out = []
    monkeypatch.setattr("letup.verify.verification.check_content", lambda *_: left_out.append(True))
    honest = read(folder)
    paths = numbers(honest)
    assert len(paths) > 100
    text = json.dumps(honest)
    for path in paths:
        raw = json.loads(text)
        change(raw, path)
        save(folder, raw)
        result = verify(folder)
        assert not result.holds, path
        assert any(p.file == "plan.json" and p.where == path for p in result.problems), path
    assert left_out


def test_a_careful_forger_who_fits_the_digests_is_found_by_recomputing(folder):
    honest = read(folder)
    only_the_solver_knows = ("trace", "bottlenecks", "worth_people", "per_zone_hour", "left_out", "format")
    paths = [p for p in numbers(honest) if not any(word in p for word in only_the_solver_knows)]
    first_of = {}
    for path in paths:
        # One of each kind of field is enough.
        first_of.setdefault("".join(c for c in path if not c.isdigit()), path)
    text = json.dumps(honest)
    for path in first_of.values():
        raw = json.loads(text)
        change(raw, path)
        save(folder, raw, seal=True)
        result = verify(folder)
        assert not result.holds, path
        top = path.partition("[")[0].partition(".")[0]
        assert any(p.file in ("plan.json", "movements.csv") and top in p.where for p in result.problems) or any(
            p.code == "verify.quiet" for p in result.problems
        ), (path, [p.place for p in result.problems])


@pytest.mark.parametrize("column", [*NUMERIC, "depart_first", "arrive_last", "shelter", "origin", "arcs", "legs"])
def test_changed_cells_of_movements_are_located(folder, column):
    rows = movements(folder)
    pick = random.Random(column).sample(range(len(rows)), 3)
    for row in pick:
        changed = [dict(r) for r in rows]
        cell = changed[row][column]
        if column in NUMERIC:
            cell = str(float(cell) + 1) if column == "length_m" else str(int(cell) + 1)
        elif column in ("depart_first", "arrive_last"):
            cell = cell.replace("2030", "2031")
        elif column in ("arcs", "legs"):
            head, _, tail = cell.rpartition("@")
            cell = f"{head}@{int(tail) + 1}"
        else:
            cell = {"school": "hall", "north": "mill"}.get(cell, "north")
        changed[row][column] = cell
        save_movements(folder, changed)
        result = verify(folder)
        assert not result.holds
        assert any(p.file == "movements.csv" and f"row {row + 2}" in p.where for p in result.problems)
        # Found by recomputing too, not only by the digest.
        raw = read(folder)
        save(folder, raw, seal=True)
        again = verify(folder)
        assert any(p.code != "verify.digest" for p in again.problems), (column, cell)


@pytest.mark.parametrize("seal", [False, True])
@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("legs", ""),
        ("legs", "-1"),
        ("legs", "99999@0"),
        ("legs", "0@"),
        ("legs", "x"),
        ("legs", "\x00"),
        ("origin_node", "999999999999"),
        ("origin_node", "-1"),
        ("people", "\u0663"),
        ("people", "1_0"),
        ("arrive_last_step", "9" * 400),
        ("depart_first", "2030-01-01T99:00"),
        ("shelter", ""),
        ("group", ""),
    ],
)
def test_nonsense_in_a_cell_is_located_without_a_traceback(folder, column, cell, seal):
    rows = movements(folder)
    rows[5][column] = cell
    save_movements(folder, rows)
    save(folder, read(folder), seal=seal)
    result = verify(folder)
    assert any(p.file == "movements.csv" and "row 7" in p.where and p.code != "verify.digest" for p in result.problems)


@pytest.mark.parametrize(("name", "value"), [("zone", "nowhere"), ("first_step", 10**9), ("last_step", 0)])
def test_a_pause_that_cannot_be_is_located_without_a_traceback(folder, name, value):
    raw = read(folder)
    raw["pauses"][2][name] = value
    save(folder, raw, seal=True)
    result = verify(folder)
    assert any(p.file == "plan.json" and p.where.startswith("pauses[2]") for p in result.problems)


def test_the_sentence_says_what_was_recomputed(folder):
    raw = read(folder)
    raw["answer"]["sentence"] = raw["answer"]["sentence"].replace("pauses", "breaks")
    save(folder, raw, seal=True)
    assert [p.where for p in verify(folder).problems] == ["answer.sentence"]


def test_a_movement_left_out_is_missed(folder):
    rows = movements(folder)
    gone = rows.pop(7)
    save_movements(folder, rows)
    result = verify(folder)
    assert any(gone["id"] in p.where for p in result.problems)


def test_a_way_up_and_down_a_road_is_refused(folder):
    """Somebody goes back along a road and comes again, on roads that exist and at times that fit."""
    plan = plans.read(folder)
    rows, row = [], None
    networks = {group.name: roads.timed(plan.network, plan.scenario, group.name) for group in plan.scenario.groups}
    for way in movements(folder):
        timed, legs = networks[way["group"]], parse_path(way["legs"])
        for k, (arc, offset) in enumerate(legs if row is None else []):
            back = np.flatnonzero((timed.tail == timed.head[arc]) & (timed.head == timed.tail[arc]))
            if len(back):
                then = offset + int(timed.transit[arc])
                again = then + int(timed.transit[back[0]])
                rest = [(a, at + again - offset) for a, at in legs[k:]]
                way["legs"] = format_path([*legs[: k + 1], (int(back[0]), then), *rest])
                row = len(rows)
                break
        rows.append(way)
    save_movements(folder, rows)
    problems = [p for p in verify(folder).problems if p.where.startswith(f"row {row + 2}") and p.code == "verify.way"]
    assert [p.message for p in problems if "leads back to a place" in p.message]


def test_people_added_beyond_what_a_road_or_home_allows_are_found(folder):
    rows = movements(folder)
    for row in rows:
        row["people"] = str(2 * int(row["people"]))
        row["people_per_step"] = str(2 * int(row["people_per_step"]))
    save_movements(folder, rows)
    save(folder, read(folder), seal=True)
    kinds = {p.code for p in verify(folder).problems}
    assert {"verify.supply", "verify.ready", "verify.room"} <= kinds


def test_a_pause_cut_short_leaves_people_on_the_road(folder):
    raw = read(folder)
    busy = max(raw["pauses"], key=lambda pause: pause["passing_people"])
    busy["last_step"] = (busy["first_step"] + busy["last_step"]) // 2
    save(folder, raw, seal=True)
    assert any(p.code == "verify.quiet" for p in verify(folder).problems)


def test_a_changed_scenario_is_found(folder):
    path = folder / "scenario" / "people.csv"
    path.write_text(path.read_text("utf-8").replace("0.5", "0.6"), "utf-8")
    result = verify(folder)
    assert any(p.file == "scenario" and p.where == "people.csv" for p in result.problems)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.json", b""),
        ("plan.json", b"[1, 2]"),
        ("plan.json", b"{" * 100_000),
        ("plan.json", b'{"format": 1}'),
        ("plan.json", b'{"format": 99}'),
        ("plan.json", b"\xff\xfe"),
        ("movements.csv", b""),
        ("movements.csv", b"id\n1\n"),
        ("movements.csv", b"\xff"),
        ("scenario/scenario.yaml", b"nonsense: ["),
    ],
)
def test_broken_files_are_named_without_a_traceback(folder, name, content):
    (folder / name).write_bytes(content)
    result = verify(folder)
    assert not result.holds
    assert all(p.code.startswith("verify.") for p in result.problems)


@pytest.mark.parametrize("before", ['"answer": {', '"pauses": [{'])
def test_a_value_that_stands_twice_is_refused_since_readers_differ_in_which_they_show(folder, before):
    raw = json.dumps(read(folder))
    assert before in raw
    forged = '"arrive": 15600, ' if "answer" in before else '"start": "2029-01-01T00:00:00+00:00", '
    (folder / "plan.json").write_text(raw.replace(before, before + forged, 1), "utf-8")
    result = verify(folder)
    assert [(p.code, p.file) for p in result.problems] == [("verify.file", "plan.json")]
    assert "stands twice" in result.problems[0].message


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE gpkg_contents SET description = 'Agreed. Safe passage is guaranteed.'",
        "UPDATE gpkg_contents SET identifier = 'Agreed' WHERE table_name = 'pauses'",
        "CREATE TABLE gpkg_metadata AS SELECT 1 AS id, 'Agreed' AS metadata",
        "CREATE TABLE gpkg_data_columns AS SELECT 'pauses' AS table_name, 'Agreed' AS title",
    ],
)
def test_words_put_beside_layers_for_map_programs_to_show_are_found(folder, change):
    with closing(sqlite3.connect(folder / "plan.gpkg")) as file:
        file.execute(change)
        file.commit()
    problems = verify(folder).problems
    assert problems
    assert {p.code for p in problems} == {"verify.layers"}


def test_a_layer_with_a_date_in_place_of_a_number_is_named_without_a_traceback(folder):
    path = folder / "plan.gpkg"
    layers = {str(name): pyogrio.read_dataframe(path, layer=name) for name in pyogrio.list_layers(path)[:, 0]}
    layers["pauses"]["hours"] = pd.Timestamp("2030-01-01")
    path.unlink()
    for name, layer in layers.items():
        pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG")
    problems = verify(folder).problems
    assert problems
    assert {(p.code, p.column) for p in problems} == {("verify.layers", "hours")}


def test_a_folder_without_a_plan_is_refused(tmp_path):
    with pytest.raises(LetupError, match=r"no plan\.json"):
        verification.verify(tmp_path)


@examples(
    25,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    share=st.floats(0.05, 1),
    half_time=st.sampled_from([0.0, 1.0, 6.0, 24.0]),
    rooms=st.lists(st.integers(50, 4000), min_size=1, max_size=3),
    hours=st.sampled_from([(6.0, 18.0), (8.0, 15.0), None]),
    zone_hours=st.sampled_from([20.0, 60.0, None]),
    step_minutes=st.sampled_from([15, 30, 60]),
    speed=st.sampled_from([1.0, 2.5, 6.0]),
    mode=st.sampled_from(["foot", "vehicle"]),
    broken_roads=st.sets(st.integers(0, 23), max_size=4),
    proven=st.booleans(),
)
def test_plans_of_many_small_scenarios_hold(
    example, tmp_path_factory, *, share, half_time, rooms, hours, zone_hours, step_minutes, speed, mode, broken_roads,
    proven,
):  # fmt: skip
    """Half of them without the relaxation, which takes most of the time: as on networks that are too large for it."""
    places, roads = example.places.copy(), example.roads.copy()
    shelters = list(places.index[places["kind"] == "shelter"])
    places.loc[shelters, "room"] = [rooms[i % len(rooms)] for i in range(len(shelters))]
    roads["damage"] = [0.5 if i in broken_roads else damage for i, damage in enumerate(roads["damage"])]
    slow, *others = example.groups
    scenario = replace(
        example,
        people=example.people.assign(share_leaving=round(share, 3)),
        places=places,
        roads=roads,
        groups=(replace(slow, speed_kmh=speed, mode=mode), *others),
        half_time_hours=half_time,
        raw={**example.raw, "mobilisation": {**example.raw["mobilisation"], "half_time_hours": half_time}},
        limits=replace(example.limits, hours=hours, zone_hours=zone_hours),
        steps=24 * 60 // step_minutes,
        step_minutes=step_minutes,
    )
    folder = tmp_path_factory.mktemp("many") / "plan"
    relaxed = nullcontext() if proven else patch("letup.pauses.choose.can_be_relaxed", lambda *_: False)
    try:
        with relaxed:
            made = plans.make(scenario)
    except NoPlan:
        reject()
    plans.write(made, folder)
    result = verify(folder)
    assert result.holds, [f"{p.place}: {p.message}" for p in result.problems][:5]
