"""Commands exit as the reference says: each row of its table, by a command run as a user runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from letup import report
from letup.core.errors import LetupError
from letup.plan import Plan
from letup.scenario import new
from tests.cli.running import run_apart

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folders(made: Plan, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A scenario and a plan, which stay as they are."""
    top = tmp_path_factory.mktemp("exits")
    report.write(made, top / "plan")
    return {"SCENARIO": new(top / "example"), "PLAN": top / "plan"}


def _filled_in(argument: str, folders: Mapping[str, Path], free: Path) -> str:
    """An argument of `EXITS` with the folder that it stands for."""
    which, *change = argument.split(":", 2)
    if which == "NEW":
        return str(free / "new")
    if not change:
        return str(folders.get(which, which))
    copy, (name, texts) = free / "changed", change
    shutil.copytree(folders[which], copy)
    text, (old, instead) = (copy / name).read_text("utf-8"), texts.split(":", 1)
    assert old in text
    (copy / name).write_text(text.replace(old, instead, 1), "utf-8")
    return str(copy)


def _stopped(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that is stopped by Ctrl-C as soon as it says what it does."""
    code = (
        "import os, signal; from letup.core.progress import ProgressDisplay; from letup.cli import main; "
        "ProgressDisplay.say = lambda *rest, **more: os.kill(os.getpid(), signal.SIGINT); main()"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


NEVER = ", ".join(
    f'{{zone: {zone}, from: "2030-01-01T00:00+00:00", to: "2030-01-05T00:00+00:00"}}'
    for zone in ("north", "mill", "bridge", "south")
)

#: Arguments by exit code; PLAN and SCENARIO stand for good ones, NEW for a folder that is not there, and a text with a
#: colon for a copy of one of these in which a file says something else: of which, file, what it says, what instead.
EXITS: dict[int, list[list[str]]] = {
    0: [["check", "SCENARIO"], ["verify", "PLAN"], ["new", "NEW", "--empty"], ["list"]],
    1: [["check", "SCENARIO:people.csv:,600,:,many,"], ["verify", "PLAN:movements.csv:slow:slo"]],
    2: [
        ["plan"],
        ["plan", "SCENARIO", "--no-such-option"],
        ["plan", "SCENARIO:people.csv:,600,:,many,"],
        ["check", "NEW"],
        ["verify", "SCENARIO"],
        ["convoys", "SCENARIO"],
        ["new", "SCENARIO:people.csv:,600,:,700,"],
    ],
    3: [
        ["plan", f"SCENARIO:scenario.yaml:# forbidden:forbidden: [{NEVER}]  #", "--out", "NEW"],
        ["frontier", "SCENARIO", "--zone-hours", "1", "--time-limit", "1", "--out", "NEW"],
    ],
    4: [["sources", "SCENARIO", "--csv", "/dev/full"]],
    130: [["plan", "SCENARIO", "--out", "NEW"], ["assess", "SCENARIO"]],
}


@pytest.mark.parametrize(
    ("exit_code", "command"),
    [
        pytest.param(code, command, id=f"{code}-{command[0]}")
        for code, commands in EXITS.items()
        for command in commands
    ],
)
def test_each_exit_code_means_what_the_reference_says(
    exit_code: int, command: list[str], folders: Mapping[str, Path], tmp_path: Path
) -> None:
    arguments = [_filled_in(argument, folders, tmp_path) for argument in command]
    result = (_stopped if exit_code == 130 else run_apart)(*arguments)
    assert result.returncode == exit_code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    if exit_code in (2, 3):
        assert result.stderr.strip(), "nothing says why"


def test_the_table_of_exit_codes_has_those_of_all_errors_and_each_is_tried() -> None:
    page = (ROOT / "docs" / "reference" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \|", page.partition("## Exit codes")[2], flags=re.MULTILINE)
    listed = [int(code) for code in rows]
    assert listed == sorted({0, 1, *(kind.exit_code for kind in [LetupError, *_below(LetupError)])})
    assert listed == list(EXITS)


def _below(kind: type[LetupError]) -> list[type[LetupError]]:
    return [found for sub in kind.__subclasses__() for found in (sub, *_below(sub))]
