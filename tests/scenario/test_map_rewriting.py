"""A map that is written in another form is read as it was meant, or something is said."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from letup.core.errors import LetupError
from letup.core.findings import Finding
from letup.plan.planner.prospects import prospects
from letup.roads import build
from letup.roads.network import RoadNetwork
from letup.scenario import check, load
from letup.scenario.importers import from_gmns, from_osm
from tests.scenario.map_rewriting import changes, gmns_base, osm_base, rewritten_gmns, rewritten_osm

FIRST = int(os.environ.get("LETUP_MAP_REWRITINGS_FROM", "0"))
COUNT = int(os.environ.get("LETUP_MAP_REWRITINGS", "40"))
MOST_SILENT = 0.02
SECONDS = 20
_PEOPLE = "zone,group,count,share_leaving,basis,note\nw,foot,1000,1,assumed,test\n"
_SHELTER = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "s", "name": "Shelter", '
    '"kind": "shelter", "room": 5000, "basis": "assumed", "note": "test"}, '
    '"geometry": {"type": "Point", "coordinates": [20.0212, 10.0063]}}]}'
)
WRONG = ("crashed", "read otherwise in silence")


def imported(kind: str, folder: Path, out: Path) -> tuple[Counter[Any], list[tuple[str, str]]]:
    """What an import makes of a map: roads as people, vehicles and lorries find them; and what it and the check say."""
    if kind == "osm":
        done = from_osm(folder / "in.osm", folder / "zones.geojson", out)
    else:
        done = from_gmns(folder, out, zones=folder / "zones.geojson")
    said: list[Finding] = [*done.findings, *check(out)]
    content: Counter[Any] = Counter()
    if not any(finding.severity == "error" for finding in said):
        network = build(load(out))
        content, said = content_of(network), [*said, *network.findings]
        (out / "people.csv").write_text(_PEOPLE, "utf-8")
        (out / "places.geojson").write_text(_SHELTER, "utf-8")
        prospects(load(out))  # what passes the check can be laid out for planning, or the reason has a code
    return content, sorted((finding.code, finding.message) for finding in said)


def content_of(network: RoadNetwork) -> Counter[Any]:
    """Arcs by their ends, length and what they carry; and how many of them meet in each node."""
    places = np.column_stack([network.lon, network.lat]).round(5)
    lorries = network.lorries if network.lorries is not None else network.vehicles_per_hour > 0
    arcs: Counter[Any] = Counter(
        (
            *places[tail].tolist(),
            *places[head].tolist(),
            round(length, 0),
            round(foot, 0),
            round(vehicles, 0),
            round(kmh if vehicles else 0.0, 0),
            bool(lorry and vehicles),
        )
        for tail, head, length, foot, vehicles, kmh, lorry in zip(
            network.tail, network.head, network.length_m, network.foot_per_hour, network.vehicles_per_hour,
            network.vehicle_kmh, lorries, strict=True,
        )
    )  # fmt: skip
    meets = np.bincount(network.tail, minlength=len(network.lon))
    return arcs + Counter((*place, int(number)) for place, number in zip(places.tolist(), meets, strict=True))


def outcome_of(kind: str, folder: Path, out: Path, good: tuple[Counter[Any], list[tuple[str, str]]]) -> tuple[str, str]:
    """What becomes of a map, held against what becomes of the good one; and the error if there is one."""
    try:
        content, said = imported(kind, folder, out)
    except LetupError as error:
        return ("refused" if error.code != "internal" and error.remedy else "crashed"), repr(error)
    except Exception as error:  # a user would see it, whatever it is
        return "crashed", repr(error)
    if content == good[0]:
        return "read as meant", ""
    return ("read otherwise, and said" if said != good[1] else "read otherwise in silence"), ""


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("maps")
    return {"osm": osm_base(folder / "osm"), "gmns": gmns_base(folder / "gmns")}


def test_hardly_anything_of_a_map_is_misread_in_silence(bases: dict[str, Path], tmp_path: Path) -> None:
    good = {kind: imported(kind, folder, tmp_path / f"{kind}-good") for kind, folder in bases.items()}
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for seed, kind in changes(range(FIRST, FIRST + COUNT)):
        folder, out = tmp_path / "map", tmp_path / "out"
        shutil.copytree(bases[kind], folder)
        what = (rewritten_osm if kind == "osm" else rewritten_gmns)(folder, seed)
        trace = f"seed {seed}, {kind}: {what}"
        began = time.monotonic()
        outcome, why = outcome_of(kind, folder, out, good[kind])
        outcomes[outcome] += 1
        if outcome in WRONG:
            wrong.append(f"{outcome}: {trace} {why}")
        assert time.monotonic() - began < SECONDS, trace
        shutil.rmtree(folder)
        shutil.rmtree(out, ignore_errors=True)
    if log := os.environ.get("LETUP_MAP_REWRITINGS_LOG"):
        Path(log).write_text("\n".join([str(dict(outcomes)), *wrong, ""]), "utf-8")
    changed = sum(outcomes.values()) - outcomes["read as meant"]
    assert outcomes["crashed"] == 0, "\n".join(wrong)
    assert outcomes["read otherwise in silence"] <= MOST_SILENT * changed, "\n".join(wrong)
    assert outcomes["read as meant"] > COUNT / 20, outcomes
