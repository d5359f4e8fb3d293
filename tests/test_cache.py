"""Compiled code: kept where it can be, and never older than its sources."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from letup import _cache

PACKAGE = Path(_cache.__file__).parent


@pytest.fixture
def writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that can be written to, also for root."""
    allowed = tmp_path / "tmp"
    allowed.mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: str(path).startswith(str(allowed)))
    monkeypatch.setattr(tempfile, "tempdir", str(allowed))
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    # Set and taken back by the fixture, whatever the code under test does to it.
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    return allowed


def test_compiled_code_goes_to_a_folder_of_ones_own(writable: Path) -> None:
    _cache.find_place_for_compiled_code(PACKAGE)
    chosen = Path(os.environ["NUMBA_CACHE_DIR"])
    assert chosen.parent == writable
    assert chosen.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_could_write_to_is_not_trusted(writable: Path) -> None:
    planted = writable / f"letup-compiled-{os.getuid()}"
    planted.mkdir()
    planted.chmod(0o777)
    _cache.find_place_for_compiled_code(PACKAGE)
    assert Path(os.environ["NUMBA_CACHE_DIR"]) != planted


def test_what_the_user_chose_is_kept(writable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/chosen")
    _cache.find_place_for_compiled_code(PACKAGE)
    assert os.environ["NUMBA_CACHE_DIR"] == "/chosen"


def test_nothing_is_changed_where_the_usual_places_will_do() -> None:
    code = "import os; os.environ.pop('NUMBA_CACHE_DIR', None); import letup; print(os.environ.get('NUMBA_CACHE_DIR'))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "None"


def test_compiled_code_is_dropped_when_any_source_changes(tmp_path: Path) -> None:
    for name in ("flow/kernel.py", "flow/search.py", "pauses/reserve.py"):
        source = tmp_path / name
        source.parent.mkdir(exist_ok=True)
        source.write_text("one")
        compiled = source.parent / "__pycache__" / f"{source.stem}.f-1.py311.nbi"
        compiled.parent.mkdir(exist_ok=True)
        compiled.write_text("code")
    _cache.drop_compiled_code_of_other_sources(tmp_path)
    assert not list(tmp_path.rglob("*.nbi"))
    kept = tmp_path / "flow/__pycache__/kernel.f-1.py311.nbi"
    kept.write_text("code")
    _cache.drop_compiled_code_of_other_sources(tmp_path)
    assert kept.exists()
    (tmp_path / "flow/search.py").write_text("two, called by kernel.py")
    _cache.drop_compiled_code_of_other_sources(tmp_path)
    assert not kept.exists()


def test_a_package_that_cannot_be_written_to_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "flow").write_text("not a folder")
    _cache.drop_compiled_code_of_other_sources(tmp_path)
    _cache.drop_compiled_code_of_other_sources(tmp_path / "absent")
    assert [one.name for one in tmp_path.iterdir()] == ["flow"]
