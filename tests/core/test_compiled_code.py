"""Compiled code: kept where it can be, and never older than its sources."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from letup.core import compiled_code as _cache

_COMPILER = "letup.core.compiling"
PACKAGE = Path(_cache.__file__).parents[1]


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


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the folders with compiled code, with something compiled of each file that is."""
    for folder in ("aid", "flow"):
        shutil.copytree(PACKAGE / folder, tmp_path / "letup" / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _cache.COMPILED:
        compiled_of(tmp_path / "letup", name)
    return tmp_path / "letup"


def compiled_of(package: Path, name: str) -> Path:
    source = package / name
    compiled = source.parent / "__pycache__" / f"{source.stem}.f-1.py311.nbi"
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_text("code")
    return compiled


@pytest.mark.parametrize("name", _cache.COMPILED)
def test_compiled_code_is_dropped_when_any_source_of_it_changes(package: Path, name: str) -> None:
    _cache.drop_compiled_code_of_other_sources(package)
    assert not list(package.rglob("*.nbi")), "nobody knows what it was compiled from"
    kept = compiled_of(package, "flow/kernel.py")
    _cache.drop_compiled_code_of_other_sources(package)
    assert kept.exists()
    (package / name).write_text("may be called by kernel.py")
    _cache.drop_compiled_code_of_other_sources(package)
    assert not kept.exists()


def test_compiled_code_is_kept_when_other_files_change(package: Path) -> None:
    _cache.drop_compiled_code_of_other_sources(package)
    kept = compiled_of(package, "flow/kernel.py")
    for name in ("flow/engine.py", "aid/people.py"):
        (package / name).write_text("is not compiled")
    (package / "aid" / "new.py").write_text("neither")
    _cache.drop_compiled_code_of_other_sources(package)
    assert kept.exists()


def test_every_file_with_compiled_functions_is_listed() -> None:
    files = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py") if _COMPILER in _modules_of(file)}
    assert files == set(_cache.COMPILED)


@pytest.mark.parametrize("name", _cache.COMPILED)
def test_nothing_is_compiled_in_from_a_file_that_is_not_listed(name: str) -> None:
    tree = ast.parse((PACKAGE / name).read_text("utf-8"))
    listed = {"letup." + file.removesuffix(".py").replace("/", ".") for file in _cache.COMPILED}
    from_others = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("letup") and node.module not in listed
        for alias in node.names
    }
    compiled = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("njit" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    inside = [statement for function in compiled for statement in function.body]
    used = {node.id for statement in inside for node in ast.walk(statement) if isinstance(node, ast.Name)}
    assert compiled
    assert not used & from_others


def _modules_of(file: Path) -> set[str]:
    """Modules that a file imports from at its top."""
    nodes = ast.parse(file.read_text("utf-8")).body
    return {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_numba_is_used_in_one_way() -> None:
    """Whatever is compiled otherwise would be compiled for each virtual environment anew, without a word."""
    direct = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py") if "numba" in _modules_of(file)}
    assert direct == {"core/compiling.py"}


def test_what_one_installation_compiles_serves_the_others(tmp_path: Path) -> None:
    code = (
        "import numpy as np; from letup.flow.node_order import number_depth_first as number; "
        "print(number(np.array([0, 1], np.int32), np.array([1, 2], np.int32), 3).tolist())"
    )
    said = []
    for installation in ("first", "second"):
        folder = tmp_path / installation
        shutil.copytree(PACKAGE, folder / "letup", ignore=shutil.ignore_patterns("__pycache__"))
        ways = {"PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(tmp_path / "cache"), "NUMBA_CACHE_DIR": ""}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | ways,
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        assert done.stdout.strip() == "[0, 1, 2]"
        said.append(done.stderr)
    assert "letup: compiling, once on this machine" in said[0]
    assert said[1] == ""


def test_a_package_that_cannot_be_written_to_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "flow").write_text("not a folder")
    _cache.drop_compiled_code_of_other_sources(tmp_path)
    _cache.drop_compiled_code_of_other_sources(tmp_path / "absent")
    assert [path.name for path in tmp_path.iterdir()] == ["flow"]
