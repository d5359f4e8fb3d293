"""How commands end: with a full disk, with nobody who reads on, by Ctrl-C, and over files that are the user's."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from letup import scenario as scenarios
from letup.core.staging import is_staging
from tests.cli.running import run, two_lines

ROOT = Path(__file__).parents[2]
CASE = ROOT / "tests" / "cases" / "hostile" / "import-overwrites"
LETUP = [sys.executable, "-m", "letup"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scenarios.new(tmp_path_factory.mktemp("ends") / "example")


def hashes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run_limited(kilobytes: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command that may write no file larger than that, which ends as on a full disk."""
    size = kilobytes * 1024

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    command = [*LETUP, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, preexec_fn=limit)


@pytest.mark.parametrize("command", [["sources", "--all"], ["check", "--json"]])
def test_who_reads_only_the_first_lines_hears_of_no_error(command: list[str], folder: Path) -> None:
    with subprocess.Popen(
        [*LETUP, command[0], str(folder), *command[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(120) == 0, "the status of the command itself"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
def test_output_that_cannot_be_written_is_an_error_with_a_code_of_its_own(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*LETUP, "check", str(folder)], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 4
    assert result.stderr.startswith("error [system.output]")
    assert "Traceback" not in result.stderr
    two_lines(run("sources", folder, "--csv", "/dev/full"), "system.disk_full")


@pytest.mark.parametrize("kilobytes", [2, 40, 300])
def test_a_disk_that_fills_up_leaves_the_old_plan_whole(kilobytes: int, written: Path, tmp_path: Path) -> None:
    """The first file, the GeoPackage and the report are too large in turn."""
    out = tmp_path / "plan"
    shutil.copytree(written, out)
    before = hashes(out)
    pauses = tmp_path / "pauses.csv"
    pauses.write_text("zone,start,end\nnorth,2030-01-01T07:00,2030-01-01T08:00\n", "utf-8")
    result = run_limited(kilobytes, "plan", out / "scenario", "--pauses", pauses, "--out", out)
    assert result.returncode == 4, result.stderr
    two_lines(result, "system.disk_full")
    assert hashes(out) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("letup.cli.commands", "lets it through"),
        ("typer", "lets it through"),
        ("pandas", "lets it through"),
        ("pandas", "makes another error of it"),
    ],
)
def test_ctrl_c_while_libraries_load_ends_with_a_message(module: str, library: str, folder: Path) -> None:
    code = f"""
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != {module!r}:
            return
        sys.meta_path.remove(self)
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pthread_sigmask(signal.SIG_BLOCK, ())  # where Python answers signals
        except KeyboardInterrupt:
            if {library!r} == "makes another error of it":
                raise ImportError("something failed to load") from None
            raise
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
sys.argv = ["letup", "check", {str(folder)!r}]
from letup.__main__ import main
main()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 130
    assert result.stderr == "error [command.stopped] stopped by Ctrl-C\n  → Run it again.\n"
    assert result.stdout == ""


def test_a_search_that_ctrl_c_ended_says_nothing_of_wider_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    from letup.cli import commands
    from letup.core.errors import NoPlan

    def stopped_before_anything_was_found() -> None:
        import signal

        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise NoPlan("pauses.none", "nobody gets out", "Ask the parties for wider limits.") from None

    monkeypatch.setattr(commands, "app", stopped_before_anything_was_found)
    result = run("plan")
    assert result.returncode == 130
    two_lines(result, "command.stopped")


def importing(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return run("import", "gmns", *options)


def test_an_import_replaces_neither_counted_people_nor_the_zones_it_was_given(tmp_path: Path) -> None:
    shutil.copytree(CASE, tmp_path / "case", copy_function=shutil.copyfile)
    case = tmp_path / "case"
    before = hashes(case)
    result = importing(case / "net", "--zones", case / "zones.geojson", "--out", case)
    two_lines(result, "files.yours")
    assert result.returncode == 2
    assert "people.csv, zones.geojson" in result.stderr
    forced = importing(case / "net", "--zones", case / "zones.geojson", "--out", case, "--force")
    two_lines(forced, "files.input")
    assert hashes(case) == before
    assert importing(case / "net", "--zones", case / "zones.geojson", "--out", case / "new").returncode == 0
    again = importing(case / "net", "--zones", case / "zones.geojson", "--out", case / "new")
    assert again.returncode == 0, "what nobody changed is imported anew"
    shutil.copyfile(case / "people.csv", case / "new" / "people.csv")
    two_lines(importing(case / "net", "--out", case / "new"), "files.yours")
    assert (case / "new" / "people.csv").read_bytes() == before["people.csv"]


def test_an_import_that_is_killed_while_it_writes_leaves_the_older_scenario_or_the_new_one(tmp_path: Path) -> None:
    network, out = CASE / "net", tmp_path / "area"
    assert importing(network, "--out", out).returncode == 0
    older = hashes(out)
    assert importing(network, "--zones", CASE / "zones.geojson", "--out", tmp_path / "other").returncode == 0
    newer = hashes(tmp_path / "other")
    command = [*LETUP, "import", "gmns", network, "--zones", CASE / "zones.geojson", "--out", out]
    for wait in (0.0, 0.03):
        with subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            while process.poll() is None and not any(is_staging(path.name) for path in tmp_path.iterdir()):
                time.sleep(0.001)
            time.sleep(wait)
            process.kill()
        assert hashes(out) in (older, newer)
    assert importing(network, "--zones", CASE / "zones.geojson", "--out", out).returncode == 0
    assert hashes(out) == newer
    assert {path.name for path in tmp_path.iterdir() if (path / "lock").exists()} == set()


def test_tables_and_charts_replace_nothing_unless_they_are_told_to(folder: Path, tmp_path: Path) -> None:
    for command in (["sources", folder, "--csv"], ["statement", "list", folder, "--chart"]):
        target = tmp_path / "file"
        target.write_text("edited by hand")
        two_lines(run(*command, target), "files.yours")
        assert target.read_text() == "edited by hand"
        assert run(*command, target, "--force").returncode == 0
        assert target.read_text() != "edited by hand"


def test_a_statement_that_cannot_be_added_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    folder = scenarios.new(tmp_path / "example")
    before = (folder / "statements.csv").read_bytes()
    said = ["--date", "2026-01-02", "--party", "party_a", "--speaker", "A spokesman", "--issue", "length"]
    said += ["--position", "Two days", "--stance", "1", "--note", "hearsay"]
    result = run_limited(0, "statement", "add", folder, *said)
    two_lines(result, "system.disk_full")
    assert (folder / "statements.csv").read_bytes() == before
    assert run("statement", "add", folder, *said).returncode == 0
    two_lines(run("new", folder), "files.yours")


@pytest.fixture
def pauses(tmp_path: Path) -> Path:
    path = tmp_path / "pauses.csv"
    path.write_text("zone,start,end\nnorth,2030-01-01T07:00,2030-01-01T08:00\n", "utf-8")
    return path


def test_planning_again_keeps_what_others_put_there_and_names_what_they_changed(
    written: Path, pauses: Path, tmp_path: Path
) -> None:
    out = tmp_path / "plan"
    shutil.copytree(written, out)
    (out / "minutes.txt").write_text("of the meeting")
    plan: Callable[..., subprocess.CompletedProcess[str]] = lambda *options: run(  # noqa: E731
        "plan", written / "scenario", "--pauses", pauses, "--out", out, *options
    )
    assert plan().returncode == 0
    assert (out / "minutes.txt").read_text() == "of the meeting"
    assert run("verify", out).returncode == 0
    (out / "movements.csv").write_text("corrected by hand")
    (out / "scenario" / "patients.csv").write_text("from the ministry")
    refused = plan()
    assert refused.returncode == 2
    assert "movements.csv, scenario/patients.csv (was changed since)" in refused.stderr
    assert (out / "movements.csv").read_text() == "corrected by hand"
    assert plan("--force").returncode == 0
    assert run("verify", out).returncode == 0
    assert (out / "minutes.txt").read_text() == "of the meeting"


def test_terms_that_were_negotiated_are_not_written_over(written: Path, tmp_path: Path) -> None:
    out = tmp_path / "terms"
    assert run("terms", written, "--out", out).returncode == 0
    assert run("terms", written, "--out", out, "--lang", "en").returncode == 0
    assert (out / "terms.ar.md").is_file(), "the other language stays"
    (out / "terms.en.md").write_text("negotiated")
    two_lines(run("terms", written, "--out", out), "files.yours")
    assert (out / "terms.en.md").read_text() == "negotiated"
    assert run("terms", written, "--out", out, "--lang", "ar").returncode == 0


def test_a_folder_that_was_left_half_written_is_not_read(written: Path, tmp_path: Path) -> None:
    import json

    shutil.copytree(written, tmp_path / "plan")
    path = tmp_path / "plan" / ".letup-files"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"unfinished": "plan"}))
    for command in ("verify", "terms", "convoys", "support"):
        two_lines(run(command, tmp_path / "plan"), "files.unfinished")
