"""The shape of the house: small files, rooms in order, promises of the README kept by the Makefile."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def _python() -> list[Path]:
    return [file for part in ("src", "tests", "benchmarks", "scripts") for file in sorted((ROOT / part).rglob("*.py"))]


def test_no_file_is_longer_than_one_thing() -> None:
    long = {str(file.relative_to(ROOT)): lines for file in _python() if (lines := _lines(file)) > 600}
    assert not long


def test_the_two_commands_of_the_readme_are_in_the_makefile() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ make (\w+)", readme, flags=re.MULTILINE)
    assert commands[:2] == ["demo", "test"]
    for command in commands:
        assert re.search(rf"^{command}:", makefile, flags=re.MULTILINE)


def test_continuous_integration_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "make --no-print-directory test" in script.read_text(encoding="utf-8")


def test_every_dependency_has_its_reason_on_its_page() -> None:
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8").lower()
    groups = [*PROJECT["optional-dependencies"].values(), *PYPROJECT["dependency-groups"].values()]
    wanted = [*PROJECT["dependencies"], *(name for group in groups for name in group)]
    names = {re.split(r"[\[<>=~! ]", name)[0].lower() for name in wanted} - {"letup"}
    assert not {name for name in names if f"`{name}`" not in page}


@pytest.mark.parametrize(
    "heavy",
    ["numba", "geopandas", "pandas", "scipy", "ortools", "highspy", "pydantic", "osmium", "rich.live", "rich.tree"],
)
def test_asking_for_help_does_not_load(heavy: str, modules_of_help: set[str]) -> None:
    assert heavy not in modules_of_help


@pytest.fixture(scope="module")
def modules_of_help() -> set[str]:
    code = "import sys, letup.cli; print(*sorted(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_the_version_is_said_once() -> None:
    import letup

    assert letup.__version__ == PROJECT["version"]
    assert f"[{letup.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_two_files_need_each_other() -> None:
    """Imports for types and inside functions count as any other; a package's face is a file of its own."""
    imports = {name: _imported(file) & MODULES.keys() - {name} for name, file in MODULES.items()}
    left = dict(imports)
    while leaves := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in leaves:
            del left[name]
    assert left == {}, "among these is a circle"


def test_nothing_is_imported_by_its_name_as_text() -> None:
    assert [name for name, file in MODULES.items() if "import_module(" in file.read_text("utf-8")] == []


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_module(file): file for file in sorted((ROOT / "src").rglob("*.py"))}


def _imported(file: Path) -> set[str]:
    """Modules that a file imports, wherever the import stands in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {part if part in MODULES else node.module for part in parts}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names
