"""Standard output with ``--json`` is one object and nothing else, for every command, whatever libraries write."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from letup.cli.commands import COMMANDS
from letup.scenario import new
from tests.cli.running import run_apart
from tests.scenario.test_import_gmns import network


def commands_with_json():
    for name, command in COMMANDS.items():
        for sub, function in command.items() if isinstance(command, Mapping) else [("", command)]:
            if "as_json" in inspect.signature(function).parameters:
                yield f"{name} {sub}".strip()


def small_town(folder):
    nodes = [f'<node id="{i}" version="1" lat="31.4{i}" lon="34.4{i}"/>' for i in (1, 2, 3)]
    way = '<way id="9" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>'
    (folder / "town.osm").write_text(f'<osm version="0.6">{"".join(nodes)}{way}</osm>', "utf-8")
    corners = [[34.3, 31.3], [34.6, 31.3], [34.6, 31.6], [34.3, 31.6], [34.3, 31.3]]
    zone = {"type": "Feature", "properties": {"id": "z", "name": "Z"}}
    zone["geometry"] = {"type": "Polygon", "coordinates": [corners]}
    (folder / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}), "utf-8")
    return folder


def test_every_command_prints_one_json_object_and_ends_as_documented(tmp_path: Path) -> None:
    town = small_town(tmp_path)
    folder, plan = new(tmp_path / "example"), tmp_path / "plan"
    (tmp_path / "said.txt").write_text("Party A: we accept four hours a day.\n", "utf-8")
    arguments = {
        "check": [folder],
        "sources": [folder],
        "assess": [folder, "--out", tmp_path / "assessment"],
        "plan": [folder, "--out", plan, "--time-limit", "1"],
        "verify": [plan],
        "convoys": [plan, "--out", tmp_path / "convoys", "--time-limit", "1"],
        "frontier": [folder, "--points", "2", "--time-limit", "1", "--out", tmp_path / "frontier"],
        "support": [plan, "--draws", "200"],
        "terms": [plan, "--out", tmp_path / "terms"],
        "statement list": [folder],
        "statement read": [folder, tmp_path / "said.txt"],
        "statement add": [
            *(folder, "--date", "2029-12-30", "--party", "party_a", "--speaker", "A spokesperson", "--issue", "length"),
            *("--position", "Four hours", "--stance", "1", "--note", "heard"),
        ],
        "import osm": [town / "town.osm", "--zones", town / "zones.geojson", "--out", tmp_path / "osm"],
        "import gmns": [network(tmp_path / "net"), "--out", tmp_path / "gmns"],
    }
    assert set(arguments) == set(commands_with_json())
    for command, rest in arguments.items():
        result = run_apart(*command.split(), *rest, "--json")
        assert result.returncode == 0, (command, result.stdout[-300:], result.stderr[-2000:])
        assert isinstance(json.loads(result.stdout), dict), command


def test_what_a_compiled_library_writes_to_standard_output_does_not_get_between(tmp_path: Path) -> None:
    script = (
        "import os, sys, letup.cli.commands as commands\n"
        "sys.argv = ['letup', 'sources', sys.argv[1], '--json']\n"
        "import letup.scenario as scenario\n"
        "read = scenario.load\n"
        "scenario.load = lambda name: (os.write(1, b'Running a solver\\n'), read(name))[1]\n"
        "commands.main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(new(tmp_path / "example"))], capture_output=True, text=True, check=False
    )
    assert json.loads(result.stdout)["title"]
    assert "Running a solver" in result.stderr
