"""Results come whole or not at all, and what is the user's stays, whatever happens while they are written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from letup.core import folders, staging
from letup.core.errors import LetupError

KIND = folders.ResultKind("plan", "a plan", "plan.folder", known_by=("plan.json",), owns=("plan.json", "scenario/*"))
TERMS = folders.ResultKind("terms", "a term sheet", "terms.folder")


def write(folder: Path, files: dict[str, str], kind: folders.ResultKind = KIND, **options: object) -> None:
    with folders.replaced(folder, kind, **options) as fresh:  # type: ignore[arg-type]
        for name, text in files.items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_text(text)


def contents(folder: Path) -> dict[str, str]:
    names = [path for path in folder.rglob("*") if path.is_file() and path.name != folders.LIST]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in names}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    write(tmp_path / "plan", {"plan.json": "old", "pages/c1.html": "old", "scenario/zones.csv": "old"})
    return tmp_path / "plan"


@pytest.mark.parametrize(
    ("manner", "end", "every"), [("exchange", "kill", 3), ("exchange", "full", 5), ("one-by-one", "kill", 6)]
)
def test_whatever_ends_the_writing_the_old_result_or_the_new_one_is_whole(
    manner: str, end: str, every: int, tmp_path: Path
) -> None:
    script = Path(__file__).with_name("killed_writer.py")
    command = [sys.executable, str(script), str(tmp_path), manner, end, str(every)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    assert "neither" not in result.stdout
    assert "old" in result.stdout
    assert "new" in result.stdout
    assert ("unfinished" in result.stdout) == (manner == "one-by-one"), "where folders cannot be exchanged it is said"


def test_a_new_result_replaces_the_old_one_and_leaves_everything_else(plan: Path) -> None:
    (plan / "notes.txt").write_text("years of work")
    (plan / "pages" / "mine.html").write_text("drawn by hand")
    (plan / "empty").mkdir()
    (plan / "link").symlink_to("nowhere")
    inode = (plan / "notes.txt").stat().st_ino
    write(plan, {"plan.json": "new"})
    assert contents(plan) == {"plan.json": "new", "notes.txt": "years of work", "pages/mine.html": "drawn by hand"}
    assert (plan / "empty").is_dir()
    assert (plan / "link").readlink() == Path("nowhere")
    assert (plan / "notes.txt").stat().st_ino == inode, "not a copy"
    assert [path.name for path in plan.parent.iterdir()] == ["plan"], "nothing is left beside it"


def test_files_that_were_changed_or_are_not_letups_are_all_named_and_stay(plan: Path) -> None:
    (plan / "pages" / "c1.html").write_text("corrected by hand")
    (plan / "scenario" / "people.csv").write_text("counted by hand")
    (plan / "table.csv").write_text("mine")
    before = contents(plan)
    with pytest.raises(LetupError) as caught:
        write(plan, {"plan.json": "new", "table.csv": "new"})
    assert caught.value.code == "files.yours"
    assert "pages/c1.html (was changed since)" in caught.value.message
    assert "scenario/people.csv, table.csv (was not written by letup)" in caught.value.message
    assert "--force" in caught.value.remedy
    assert contents(plan) == before
    write(plan, {"plan.json": "new", "table.csv": "new"}, force=True)
    assert contents(plan) == {"plan.json": "new", "table.csv": "new"}


def test_a_file_that_would_be_written_as_it_is_already_is_not_in_the_way(plan: Path) -> None:
    (plan / "scenario" / "zones.csv").write_text("edited, and planned with")
    write(plan, {"plan.json": "new", "scenario/zones.csv": "edited, and planned with"})
    assert contents(plan)["plan.json"] == "new"


def test_not_even_force_replaces_what_the_result_is_made_from(tmp_path: Path) -> None:
    (tmp_path / "zones.geojson").write_text("drawn by hand")
    with pytest.raises(LetupError, match=r"files\.input.*zones\.geojson"):
        write(tmp_path, {"zones.geojson": "new"}, TERMS, force=True, inputs=[tmp_path / "zones.geojson"])
    assert (tmp_path / "zones.geojson").read_text() == "drawn by hand"


def test_other_results_in_the_same_folder_stay(plan: Path) -> None:
    write(plan, {"terms.md": "draft"}, TERMS)
    (plan / "terms.md").write_text("negotiated")
    write(plan, {"plan.json": "new"})
    assert contents(plan) == {"plan.json": "new", "terms.md": "negotiated"}
    with pytest.raises(LetupError, match=r"terms\.md \(was changed since\)"):
        write(plan, {"terms.md": "draft"}, TERMS)


def test_a_result_that_fails_leaves_nothing(plan: Path) -> None:
    before = contents(plan)
    for folder in (plan, plan.parent / "a" / "b"):
        with pytest.raises(ValueError, match="surrogates"):
            write(folder, {"plan.json": "half", "table.csv": "\ud800"})
    assert contents(plan) == before
    assert [path.name for path in plan.parent.iterdir()] == ["plan"]


def test_whoever_works_in_the_folder_goes_on_there(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(plan)
    write(Path(), {"plan.json": "new"})
    assert Path("plan.json").read_text() == "new"
    assert Path().stat().st_ino == plan.stat().st_ino
    assert contents(plan) == {"plan.json": "new"}


def test_a_folder_with_other_things_in_it_is_not_exchanged(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.txt").write_text("years of work")
    inode = (tmp_path / "documents").stat().st_ino
    write(tmp_path / "documents", {"terms.md": "draft"}, TERMS)
    assert contents(tmp_path / "documents") == {"thesis.txt": "years of work", "terms.md": "draft"}
    assert (tmp_path / "documents").stat().st_ino == inode


def test_where_nothing_can_be_put_beside_the_folder_it_is_written_to_inside(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_room_for", lambda target: target)
    (plan / "notes.txt").write_text("years of work")
    write(plan, {"plan.json": "new", "pages/c2.html": "new"})
    assert contents(plan) == {"plan.json": "new", "pages/c2.html": "new", "notes.txt": "years of work"}
    folders.require_whole(plan)


@pytest.mark.skipif(sys.platform == "win32", reason="knows no locks of folders")
def test_two_that_write_to_one_folder_wait_for_each_other(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_PATIENCE", 0.2)
    handle = os.open(plan, os.O_RDONLY)
    assert staging.lock(handle)
    with pytest.raises(LetupError, match=r"files\.busy"):
        write(plan, {"plan.json": "new"})
    os.close(handle)
    write(plan, {"plan.json": "new"})


def test_links_are_followed_to_the_folder_and_never_out_of_it(plan: Path) -> None:
    outside = plan.parent / "outside"
    outside.mkdir()
    (outside / "c1.html").write_text("old")
    (plan / "pages" / "c1.html").unlink()
    (plan / "pages").rmdir()
    (plan / "pages").symlink_to(outside)
    with pytest.raises(LetupError, match="lies in a folder that is a link"):
        write(plan, {"plan.json": "new"}, force=True)
    assert (outside / "c1.html").read_text() == "old"
    (plan / "pages").unlink()
    (plan.parent / "linked").symlink_to(plan)
    write(plan.parent / "linked", {"plan.json": "new"})
    assert (plan.parent / "linked").is_symlink()
    assert contents(plan) == {"plan.json": "new"}


def test_a_list_that_names_files_elsewhere_or_makes_no_sense_moves_nothing(plan: Path) -> None:
    secret = plan.parent / "secret.txt"
    secret.write_text("old")
    listed = json.loads((plan / folders.LIST).read_text())
    listed["files"]["../secret.txt"] = listed["files"]["plan.json"]
    (plan / folders.LIST).write_text(json.dumps(listed))
    write(plan, {"plan.json": "new"})
    assert secret.read_text() == "old"
    for nonsense in ("[]", "{", "[" * 100_000, '{"format": 1, "files": {"plan.json": 7}}'):
        (plan / folders.LIST).write_text(nonsense)
        with pytest.raises(LetupError, match=r"plan\.json \(was not written by letup\)"):
            write(plan, {"plan.json": "newer"})
    (plan / folders.LIST).unlink()
    os.mkfifo(plan / folders.LIST)
    folders.require_whole(plan)


def test_what_a_killed_run_left_is_removed_and_what_a_living_one_holds_is_not(plan: Path) -> None:
    dead = plan.parent / ".letup-0123456789abcdef"
    dead.mkdir()
    (dead / "lock").touch()
    (plan.parent / ".letup-mine").mkdir()
    with staging.staging(plan.parent) as held:
        write(plan, {"plan.json": "new"})
        assert held.is_dir()
    assert sorted(path.name for path in plan.parent.iterdir()) == [".letup-mine", "plan"]


def test_one_file_is_written_whole_and_replaces_another_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    assert folders.write_file(path, "old", code="sources.unwritable").read_text() == "old"
    folders.write_file(path, "old", code="sources.unwritable")
    with pytest.raises(LetupError, match=r"files\.yours"):
        folders.write_file(path, "new", code="sources.unwritable")
    path.chmod(0o640)
    folders.write_file(path, "new", code="sources.unwritable", force=True)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert [entry.name for entry in tmp_path.iterdir()] == ["values.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
def test_a_full_device_has_its_own_code(tmp_path: Path) -> None:
    with pytest.raises(LetupError, match=r"system\.disk_full") as caught:
        folders.write_file(Path("/dev/full"), "text", code="sources.unwritable")
    assert caught.value.exit_code == 4
