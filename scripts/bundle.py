"""Gather the wheels that a lock names into a folder, from which letup is set up where there is no network.

``make bundle`` runs it. The wheels are those for this Python and this system unless others are named; several may
share a folder. Their hashes are checked as they are fetched, and again by whoever installs them.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

PLATFORMS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "win_amd64": (
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
        ("win_amd64",),
    ),
    "macosx_arm64": (
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
        ("macosx_14_0_arm64", "macosx_14_0_universal2"),
    ),
    "linux_x86_64": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        (*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)), "manylinux2014_x86_64"),
    ),
    "linux_aarch64": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "aarch64"},
        (*(f"manylinux_2_{minor}_aarch64" for minor in range(28, 16, -1)), "manylinux2014_aarch64"),
    ),
}
"""What is true there in the conditions of a lock, and the tags of wheels that run there, the best first."""


def main() -> None:
    """Read the arguments and fetch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), help="default: this one")
    parser.add_argument("--python-version", default="", help="such as 3.12; default: this one")
    options = parser.parse_args()
    if options.python_version and not re.fullmatch(r"3\.\d+", options.python_version):
        parser.error(f"--python-version has to be like 3.12, and is {options.python_version}")

    text = applicable(options.lock.read_text(encoding="utf-8"), options.platform, options.python_version)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder, "lock.txt")
        lock.write_text(text, encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
        which = [
            "--require-hashes",
            "--no-deps",
            "--only-binary",
            ":all:",
            *tags(options.platform, options.python_version),
        ]
        done = subprocess.run([*pip, *which, "--dest", str(options.folder), "--requirement", str(lock)], check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    wheels = list(options.folder.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels)
    print(f"{options.folder.resolve()} holds {len(wheels)} wheels, {size / 1e6:.0f} MB")


def applicable(lock: str, platform: str | None, python_version: str) -> str:
    """The pins of a lock that count on a system and a Python, with their hashes but without their conditions."""
    environment = {**default_environment(), "extra": ""}
    if platform is not None:
        environment.update(PLATFORMS[platform][0])
    if python_version:
        environment.update(python_version=python_version, python_full_version=f"{python_version}.0")
    kept = []
    for pin, hashes in pins(lock):
        if pin.marker is None or pin.marker.evaluate(environment):
            kept.append(" ".join([f"{pin.name}{pin.specifier}", *hashes]))
    return "\n".join(kept) + "\n"


def pins(lock: str) -> list[tuple[Requirement, list[str]]]:
    """Each pin of a lock, and its hashes."""
    lines = [
        line for line in lock.replace("\\\n", " ").splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    found = []
    for line in lines:
        pin, *hashes = re.split(r"\s+(?=--hash=)", line.strip())
        found.append((Requirement(pin), hashes))
    return found


def tags(platform: str | None, python_version: str) -> list[str]:
    """Options for pip that name a system and a Python."""
    options = ["--python-version", python_version] if python_version else []
    for tag in PLATFORMS[platform][1] if platform is not None else ():
        options += ["--platform", tag]
    return options


if __name__ == "__main__":
    main()
