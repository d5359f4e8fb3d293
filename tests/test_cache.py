"""letup runs where nothing but the folder for temporary files can be written to."""

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
