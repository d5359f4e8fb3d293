"""What commands print and write for sharing names no confidential place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import run_apart
from tests.report.secret import NAMED, odd_folder, texts

PAUSES = "zone,start,end\n" + "".join(
    f"{zone},2030-01-01T09:00,2030-01-01T15:00\n" for zone in ("north", "mill", "bridge", "south")
)
FOR_WHO_WORKS_WITH_IT = (
    "plan.json", "movements.csv", "deliveries.csv", "returns.csv", "proof.npz",
    "convoys.csv", "convoy-loads.csv", "medevac.csv", "medevac-patients.csv",
)  # fmt: skip


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> tuple[Path, list[str]]:
    """A folder with all that the commands wrote, and what each printed."""
    folder = tmp_path_factory.mktemp("secret")
    case = odd_folder(folder / "case")
    (folder / "pauses.csv").write_text(PAUSES, "utf-8")
    plan = folder / "plan"
    said = []
    for command in (
        ("plan", case, "--pauses", folder / "pauses.csv", "--out", plan),
        ("convoys", plan, "--time-limit", "1"),
        ("assess", case, "--plan", plan, "--out", folder / "assessment"),
        ("verify", plan),
    ):
        result = run_apart(*command)
        assert result.returncode == 0, result.stdout + result.stderr
        said.append(result.stdout + result.stderr)
    return folder, said


def test_no_command_prints_the_name_of_a_confidential_place(printed):
    for said in printed[1]:
        assert not re.search(NAMED, said, re.IGNORECASE)
    assert "a protected place in Bridgeton" in printed[1][0]


def test_only_files_for_those_who_work_with_the_scenario_name_confidential_places(printed):
    folder = printed[0]
    shared = [path for name in ("plan", "assessment") for path in (folder / name).rglob("*") if path.is_file()]
    shared = [path for path in shared if "scenario" not in path.parts and path.name not in FOR_WHO_WORKS_WITH_IT]
    assert {"report.html", "plan.gpkg", "c001.gpx", "c001.html", "m001.html", "assessment.json"} <= {
        path.name for path in shared
    }
    for path in shared:
        assert not re.search(NAMED, path.name)
        for text in texts(path):
            assert not re.search(NAMED, text, re.IGNORECASE), path
