"""The command line says what is wrong in two lines, exits as it promises, and starts at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

import letup.cli
from letup import __version__
from letup.cli import commands
from letup.cli.commands import COMMANDS
from letup.scenario import new
from tests.cli.running import run, run_apart, run_process

RUNNER = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new(tmp_path / "example")


@pytest.fixture
def broken(folder: Path) -> Path:
    path = folder / "people.csv"
    path.write_text(path.read_text("utf-8").replace("0.7", "70").replace("600", "many"), "utf-8")
    return folder


def test_help_comes_within_half_a_second() -> None:
    quickest = 9.0
    for _ in range(5):
        begin = time.monotonic()
        assert run_process("--help").returncode == 0
        quickest = min(quickest, time.monotonic() - begin)
    assert quickest < 0.5


def test_help_lists_every_command() -> None:
    text = run_process("--help").stdout
    for name in COMMANDS:
        assert f"  {name} " in text


def test_every_command_explains_itself() -> None:
    for name, command in COMMANDS.items():
        for names in [(name, part) for part in command] if isinstance(command, Mapping) else [(name,)]:
            result = RUNNER.invoke(letup.cli.app, [*names, "--help"])
            assert result.exit_code == 0, names
            assert "Usage" in result.output


def test_the_version_is_printed() -> None:
    assert run_process("--version").stdout == f"letup {__version__}\n"


def test_check_of_a_good_scenario_exits_with_0(folder: Path) -> None:
    result = run_apart("check", folder)
    assert result.returncode == 0
    assert "nothing wrong found" in result.stdout
    assert "4 zones, 24 roads, 9 places, 15,600 people in 2 groups" in result.stdout
    assert result.stderr == ""


def test_check_lists_everything_wrong_and_exits_with_1(broken: Path) -> None:
    result = run_apart("check", broken)
    assert result.returncode == 1
    assert "people.csv\n" in result.stdout
    assert "row 2, column count: “many” is not a number [value.type]" in result.stdout
    assert "row 2, column share_leaving: “70” is out of range [value.range]" in result.stdout
    assert "→ write 0 to 1 (share)" in result.stdout
    assert "2 errors, 0 warnings, 0 notes" in result.stdout
    assert "\x1b" not in result.stdout


def test_check_prints_one_json_object(broken: Path) -> None:
    result = run("check", str(broken), "--json")
    content = json.loads(result.stdout)
    assert result.returncode == 1
    assert (content["good"], content["errors"]) == (False, 2)
    assert content["findings"][0]["file"] == "people.csv"
    assert set(content["findings"][0]) == {"code", "severity", "message", "remedy", "file", "where", "column", "rule"}


def test_check_of_a_folder_that_is_not_there_exits_with_2_and_two_lines() -> None:
    result = run("check", "/no/such/folder")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error [scenario.missing] /no/such/folder: is neither a folder")
    assert len(result.stderr.splitlines()) == 2


def test_a_command_on_a_bad_scenario_exits_with_2_and_points_to_check(broken: Path) -> None:
    result = run("sources", str(broken))
    assert result.returncode == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert "people.csv, row 2, column" in lines[0]
    assert "(and 1 more)" in lines[0]
    assert lines[1].endswith(f"everything that is wrong: letup check {broken}")


def test_new_then_check_then_sources(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    assert run("new", str(target)).returncode == 0
    assert run("check", str(target)).returncode == 0
    result = run("sources", str(target), "--csv", str(tmp_path / "values.csv"))
    assert result.returncode == 0
    assert "0 % observed, 0 % modelled, 100 % assumed of 171 values." in result.stdout
    loaded = run("plan", target, "--out", tmp_path / "plan", "--time-limit", "0")
    assert "values: 0 % observed, 0 % modelled, 100 % assumed" in loaded.stderr
    assert "people.csv, share_leaving: 7 values assumed (example)" in result.stdout
    assert len((tmp_path / "values.csv").read_text("utf-8").splitlines()) == 235
    (target / "people.csv").write_text("zone,count\n", "utf-8")
    again = run("new", str(target))
    assert again.returncode == 2
    assert "files.yours" in again.stderr


def test_sources_lists_each_value_alone_and_as_json(folder: Path) -> None:
    every = RUNNER.invoke(letup.cli.app, ["sources", str(folder), "--all"]).output
    assert "people.csv, row 2, count: 600 people — assumed (example)" in every
    content = json.loads(RUNNER.invoke(letup.cli.app, ["sources", str(folder), "--json"]).output)
    assert content["count"] == len(content["values"]) == 234
    assert content["shares"]["assumed"] == 1.0
    assert "not counted" in content["denominator"]


def test_a_fault_in_letup_is_one_line_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault() -> None:
        raise RuntimeError("a fault\nin two lines")

    monkeypatch.delenv("LETUP_DEBUG", raising=False)
    monkeypatch.setattr(commands, "app", fault)
    with pytest.raises(SystemExit) as caught:
        letup.cli.main()
    error = capsys.readouterr().err
    assert caught.value.code == 2
    assert error.splitlines()[0] == "error [internal] RuntimeError: a fault"
    assert "report" in error.splitlines()[1]
    monkeypatch.setenv("LETUP_DEBUG", "1")
    with pytest.raises(RuntimeError, match="a fault"):
        letup.cli.main()


def test_a_terminal_without_the_letters_shows_question_marks(broken: Path) -> None:
    result = run_process("check", str(broken), PYTHONIOENCODING="ascii")
    assert result.returncode == 1
    assert "?many? is not a number" in result.stdout


def test_a_reader_that_stops_reading_gets_no_traceback(folder: Path) -> None:
    command = f"{sys.executable} -m letup sources {folder} --all | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in result.stderr
    assert "internal" not in result.stderr


def test_an_unknown_option_exits_with_2() -> None:
    assert run_apart("check", "--frobnicate").returncode == 2
