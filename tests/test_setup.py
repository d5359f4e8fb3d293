"""Set-up gives the same tomorrow, and where there is no network: the locks, and the bundle of wheels."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from scripts.bundle import PLATFORMS, applicable, pins

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("run", "dev", "oldest")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def versions(name: str) -> dict[str, Version]:
    return {canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version) for pin, _ in pins(lock(name))}


def dependencies(name: str) -> list[Requirement]:
    """What pyproject.toml asks for, as far as a lock is to have it."""
    project = PYPROJECT["project"]
    texts = [*project["dependencies"], *PYPROJECT["dependency-groups"]["build"]]
    if name != "run":
        texts += [text for extra in project["optional-dependencies"].values() for text in extra]
    return [wanted for wanted in map(Requirement, texts) if wanted.name != "letup"]


@pytest.mark.parametrize("name", LOCKS)
def test_each_dependency_is_locked_within_its_range(name: str) -> None:
    locked = versions(name)
    for wanted in dependencies(name):
        version = locked.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted.name} is not in requirements/{name}.txt: run `make lock`"
        assert version in wanted.specifier, f"{wanted} is locked at {version}: run `make lock`"


def test_the_oldest_lock_is_at_the_lower_end_of_each_range() -> None:
    locked = versions("oldest")
    for wanted in dependencies("oldest"):
        (least,) = [Version(part.version).release for part in wanted.specifier if part.operator == ">="]
        assert locked[canonicalize_name(wanted.name)].release[: len(least)] == least, f"{wanted}: run `make lock`"


def test_users_and_developers_get_the_same_releases() -> None:
    assert versions("run").items() <= versions("dev").items()


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes_and_name_no_place_to_fetch_from(name: str) -> None:
    assert "://" not in lock(name)
    assert not re.search(r"^\s*-(?!-hash=)", lock(name), flags=re.MULTILINE)
    for pin, hashes in pins(lock(name)):
        assert pin.url is None
        assert [part.operator for part in pin.specifier] == ["=="], pin
        assert hashes, pin
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", text) for text in hashes), pin


def test_a_bundle_has_what_its_system_needs_and_nothing_else() -> None:
    text = """
# made by hand
always==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via something
windows-only==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:cc
before-312==3.0 ; python_full_version < '3.12' \\
    --hash=sha256:dd
"""
    always, windows, before = "always==1.0 --hash=sha256:aa --hash=sha256:bb", "windows-only==2.0", "before-312==3.0"
    for platform in PLATFORMS:
        for version in ("3.11", "3.12"):
            lines = applicable(text, platform, version).splitlines()
            assert lines[0] == always
            assert [line.split()[0] for line in lines[1:]] == [windows] * (platform == "win_amd64") + [before] * (
                version == "3.11"
            )


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """A wheel of version 1.0, by hand."""
    info = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return file


BACKEND = """
import shutil

def build_editable(folder, *given):
    return shutil.copy("letup-1.0-py3-none-any.whl", folder).rpartition("/")[2]
"""
PLANNER = """
import pathlib, sys

def main():
    out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
    out.mkdir()
    (out / "report.html").write_text("planned")
"""


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_a_copy_with_a_bundle_is_set_up_without_a_network(tmp_path: Path) -> None:
    """The Makefile of letup, with a stand-in for letup and one for what it needs."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "requirements").mkdir()
    script = {
        "planner.py": PLANNER,
        "planner-1.0.dist-info/entry_points.txt": "[console_scripts]\nletup=planner:main\n",
    }
    planner = wheel(tmp_path / "bundle", "planner", script)
    wheel(tmp_path, "letup", {})
    (tmp_path / "backend.py").write_text(BACKEND, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "letup"\nversion = "1.0"\n',
        encoding="utf-8",
    )
    locked = tmp_path / "requirements" / "run.txt"
    nowhere = "http://127.0.0.1:9"
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "MAKE", "PYTHON"))}
    no_network = {"PIP_INDEX_URL": nowhere, "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", "https_proxy": nowhere}

    def demo() -> subprocess.CompletedProcess[str]:
        command = ["make", "demo", f"PYTHON={sys.executable}"]
        environment = {**clean, **no_network}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    locked.write_text(f"planner==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = demo()
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "demo").exists()

    digest = hashlib.sha256(planner.read_bytes()).hexdigest()
    locked.write_text(f"planner==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
    done = demo()
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith(str(tmp_path / "demo" / "report.html"))
