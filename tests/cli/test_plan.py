"""Planning and verifying from the command line: what is printed, written and returned."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from letup.scenario import new
from tests.cli.running import run, run_apart, two_lines


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, with so little room in shelters that every search fills it, and so reaches the ceiling."""
    folder = new(tmp_path_factory.mktemp("cli") / "example")
    places = folder / "places.geojson"
    text = places.read_text("utf-8").replace('"room": 3500', '"room": 300').replace('"room": 3000', '"room": 200')
    places.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def planned(example: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    out = example.parent / "plan"
    return out, run_apart("plan", example, "--out", out, "--time-limit", "4")


def test_a_plan_begins_with_the_answer_and_ends_with_how_to_verify_it(
    planned: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, result = planned
    assert result.returncode == 0, result.stderr
    document = json.loads((out / "plan.json").read_text("utf-8"))
    answer = document["answer"]
    first = result.stdout.splitlines()[0]
    assert f"{answer['arrive']:,} of the {answer['want_to_leave']:,} people who want to leave get out" in first
    assert f"no plan within the limits can let more than {answer['ceiling']:,} out" in first
    assert result.stdout.splitlines()[-1].startswith("Verify it: letup verify ")
    for part in ("Pauses (local time, UTC):", "Why not more:", "Findings (", "Written:"):
        assert part in result.stdout
    assert {"plan.json", "movements.csv", "plan.gpkg", "report.html"} <= {file.name for file in out.iterdir()}
    assert "\x1b" not in result.stdout + result.stderr


def test_the_plan_verifies_and_a_changed_one_does_not(
    planned: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, _ = planned
    assert run_apart("verify", out).returncode == 0
    path = out / "plan.json"
    honest = path.read_text("utf-8")
    document = json.loads(honest)
    document["answer"]["arrive"] += 1
    path.write_text(json.dumps(document), "utf-8")
    changed = run("verify", out)
    path.write_text(honest, "utf-8")
    assert changed.returncode == 1
    assert "answer.arrive" in changed.stdout + changed.stderr


def test_json_is_one_object_with_the_files(example: Path, tmp_path: Path) -> None:
    result = run("plan", example, "--out", tmp_path / "plan", "--json", "--time-limit", "0")
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert all(Path(file).is_file() for file in document["files"])
    assert document["answer"]["arrive"] <= document["answer"]["ceiling"]


def test_nobody_to_plan_for_exits_with_3_and_the_reason(tmp_path: Path) -> None:
    path = new(tmp_path / "example") / "people.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row | {"share_leaving": "0"} for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    result = run("plan", path.parent)
    assert result.returncode == 3
    two_lines(result, "plan.nobody")


def test_times_forbidden_throughout_exit_with_3_and_the_reason(tmp_path: Path) -> None:
    path = new(tmp_path / "example") / "scenario.yaml"
    zones = ("north", "mill", "bridge", "south")
    times = 'from: "2030-01-01T00:00+00:00", to: "2030-01-05T00:00+00:00"'
    lines = "\n".join(f"    - {{zone: {zone}, {times}}}" for zone in zones)
    text = path.read_text("utf-8")
    at = next(line for line in text.splitlines() if "# forbidden:" in line)
    path.write_text(text.replace(at, f"  forbidden:\n{lines}"), "utf-8")
    result = run("plan", path.parent)
    assert result.returncode == 3, result.stderr
    two_lines(result, "pauses.none")


@pytest.mark.parametrize("out", ["file", "full"])
def test_a_folder_that_cannot_take_a_plan_is_refused_before_planning(example: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep me", "utf-8")
    result = run("plan", example, "--out", tmp_path / out)
    assert result.returncode == 2
    two_lines(result, "plan.folder")
    assert "choosing" not in result.stderr
    assert (tmp_path / "full" / "letter.txt").read_text("utf-8") == "keep me"


def test_a_scenario_that_is_not_there_exits_with_2_and_names_one_like_it() -> None:
    result = run("plan", "gaza2023")
    assert result.returncode == 2
    two_lines(result, "scenario.missing")
    assert "gaza-2023" in result.stderr


def test_everything_wrong_with_pauses_by_hand_is_printed_at_once(example: Path, tmp_path: Path) -> None:
    pauses = tmp_path / "pauses.csv"
    pauses.write_text("zone,start,end\nnowhere,2030-01-01T07:00,2030-01-01T09:00\nnorth,yesterday,2030-01-01T09:00\n")
    result = run("plan", example, "--pauses", pauses, "--out", tmp_path / "plan")
    assert result.returncode == 2
    two_lines(result, "pauses.time")
    assert "error [pauses.zone]" in result.stderr
    assert "letup check" not in result.stderr, "it does not read pauses"
    assert not (tmp_path / "plan").exists()


def test_the_terminal_says_what_is_proven(planned: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, result = planned
    assert result.stdout.splitlines()[1] == "That is proven: no plan within the limits lets more people out."


def test_the_terminal_says_what_the_ceiling_of_pauses_by_hand_leaves_out(example: Path, tmp_path: Path) -> None:
    pauses = tmp_path / "pauses.csv"
    pauses.write_text("zone,start,end\nnorth,2030-01-01T07:00,2030-01-01T08:00\n", "utf-8")
    result = run("plan", example, "--pauses", pauses, "--out", tmp_path / "plan")
    assert result.returncode == 0
    assert "whatever the limit on zone-hours" in result.stdout


@pytest.mark.parametrize("stage", ["reading", "moving the groups"])
def test_ctrl_c_keeps_the_plan_once_the_pauses_are_chosen(example: Path, tmp_path: Path, stage: str) -> None:
    code = (
        "import os, signal; from letup.core.progress import ProgressDisplay; from letup.cli import main; "
        "show = ProgressDisplay.show; ProgressDisplay.show = lambda self, state: (show(self, state), "
        "state.stage.startswith(os.environ['STAGE']) and os.kill(os.getpid(), signal.SIGINT)); main()"
    )
    out = tmp_path / "plan"
    result = subprocess.run(
        [sys.executable, "-c", code, "plan", str(example), "--out", str(out), "--time-limit", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"STAGE": stage},
    )
    if stage == "reading":
        assert result.returncode == 130
        two_lines(result, "plan.stopped")
        assert not out.exists()
    else:
        assert result.returncode == 0, result.stderr
        assert "Ctrl-C again" in result.stderr
        assert (out / "report.html").is_file()


def test_all_that_is_wrong_with_pauses_from_a_spreadsheet_is_said_with_its_row(example: Path, tmp_path: Path) -> None:
    file = tmp_path / "pauses.csv"
    times = "2030-01-01T08:00,2030-01-01T12:00"
    file.write_text(
        f"\ufeffzone,start,end\r\nmil,{times}\r\nnorth,{times}\r\nnorth,{times}\r\nnorth,,late\r\n", "utf-8"
    )
    result = run_apart("plan", example, "--pauses", file, "--out", tmp_path / "out")
    assert result.returncode == 2
    assert not (tmp_path / "out").exists()
    for line in (
        "[pauses.zone] pauses.csv, row 2, column zone: there is no zone “mil”",
        "[pauses.overlap] pauses.csv, row 4: the pause of north is the same as in row 3",
        "[pauses.value] pauses.csv, row 5, column start: start is empty",
        "[pauses.time] pauses.csv, row 5, column end: “late” is not a date and time",
    ):
        assert line in result.stderr
