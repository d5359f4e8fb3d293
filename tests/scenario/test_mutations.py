"""However a scenario is broken, letup says so, in time, and never stumbles."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from letup.core.codes import CODES
from letup.core.errors import BadInput
from letup.scenario import bundled, check, example, folder_of, load, new, write
from letup.scenario.read import examine
from tests.scenario.mutator import Mutator, broken_copy, cut_off, empty, fill_up, flip_bytes
from tests.scenario.planning import assert_plans_or_says_why
from tests.scenario.soundness import assert_sound

COUNT = int(os.environ.get("LETUP_MUTATIONS", "200"))
PLANNED = int(os.environ.get("LETUP_MUTATIONS_PLANNED", "15"))
SECONDS = 20
BATCH = 50


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    def late(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"a check took longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new(tmp_path_factory.mktemp("good") / "example")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(example(), tmp_path_factory.mktemp("package") / "whole", gpkg=True)


def outcome_of(source: Path, folder: Path, seed: int) -> str:
    """Break one copy and look at what letup makes of it; returns ``"loads"`` or the worst code."""
    done = broken_copy(source, folder, seed)
    trace = f"seed {seed} of {source.name}: {', '.join(done)}"
    begin = time.monotonic()
    signal.alarm(SECONDS)
    try:
        scenario, findings = examine(folder)
        outcome = next((finding.code for finding in findings if finding.severity == "error"), "loads")
        assert (scenario is None) == (outcome != "loads")
        if scenario is not None:
            assert_sound(scenario)
            if seed < PLANNED:
                assert_plans_or_says_why(scenario, folder / "plan")
    except Exception as error:
        raise AssertionError(trace) from error
    finally:
        signal.alarm(0)
    seconds = time.monotonic() - begin
    assert seconds < SECONDS, trace
    for finding in findings:
        assert finding.code in CODES, trace
        assert finding.file, (trace, finding)
        assert finding.message, (trace, finding)
        assert finding.remedy, (trace, finding)
        assert len(finding.message) < 500, trace
    if os.environ.get("LETUP_MUTATIONS_LOG"):
        with Path(os.environ["LETUP_MUTATIONS_LOG"]).open("a", encoding="utf-8") as log:
            log.write(f"{seconds:.3f}\t{outcome}\t{trace}\n")
    return outcome


@pytest.mark.parametrize("batch", range((COUNT + BATCH - 1) // BATCH))
def test_a_broken_example_gives_findings_and_never_a_traceback(batch: int, good: Path, tmp_path: Path) -> None:
    seeds = range(batch * BATCH, min(COUNT, (batch + 1) * BATCH))
    outcomes = [outcome_of(good, tmp_path / str(seed), seed) for seed in seeds]
    broken = next(seed for seed, outcome in zip(seeds, outcomes, strict=True) if outcome != "loads")
    assert check(tmp_path / str(broken))
    with pytest.raises(BadInput):
        load(tmp_path / str(broken))
    assert sum(outcome != "loads" for outcome in outcomes) > len(outcomes) / 2, "the mutator hardly breaks anything"


@pytest.mark.parametrize("damage", [flip_bytes, cut_off, empty, fill_up], ids=lambda damage: damage.__name__)
def test_a_damaged_geopackage_gives_findings_and_never_a_traceback(
    damage: Callable[[Mutator, Path], None], package: Path, tmp_path: Path
) -> None:
    for seed in range(5):
        folder = tmp_path / str(seed)
        shutil.copytree(package, folder)
        damage(Mutator(seed), folder / "scenario.gpkg")
        scenario, _ = examine(folder)
        if scenario is not None:
            assert_sound(scenario)


@pytest.mark.skipif("gaza-2023" not in bundled(), reason="the reference scenario is not built")
@pytest.mark.parametrize("seed", range(max(3, COUNT // 100)))
def test_a_broken_reference_scenario_gives_findings_and_never_a_traceback(seed: int, tmp_path: Path) -> None:
    outcome_of(folder_of("gaza-2023"), tmp_path / "copy", 1_000_000 + seed)
