"""Whatever is written in another form is read as it was meant, or something is said: it is never misread in silence."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from letup.core.errors import LetupError
from letup.scenario import example, new
from letup.scenario.read import examine
from tests.scenario.planning import assert_plans_or_says_why
from tests.scenario.rewriting import content_of, rewritten

COUNT = int(os.environ.get("LETUP_REWRITINGS", "100"))
PLANNED = int(os.environ.get("LETUP_REWRITINGS_PLANNED", "3"))
MOST_SILENT = 0.02


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new(tmp_path_factory.mktemp("good") / "example")


def test_hardly_anything_is_misread_in_silence(good: Path, tmp_path: Path) -> None:
    before = content_of(example())
    outcomes: Counter[str] = Counter()
    silent, planned = [], 0
    for seed in range(COUNT):
        folder = tmp_path / str(seed)
        change = rewritten(good, folder, seed)
        trace = f"seed {seed}: {change.kind}, {change.file}, {change.what}"
        try:
            scenario, findings = examine(folder)
            assert all(finding.code != "internal" for finding in findings), trace
            if scenario is None:
                outcomes["refused"] += 1
            elif content_of(scenario) == before:
                outcomes["read as meant"] += 1
            elif findings:
                outcomes["read otherwise, and said"] += 1
            else:
                outcomes["read otherwise in silence"] += 1
                silent.append(trace)
            if scenario is not None and content_of(scenario) != before and planned < PLANNED:
                planned += 1
                assert_plans_or_says_why(scenario, tmp_path / "plan")
        except LetupError as error:
            raise AssertionError(trace) from error
        shutil.rmtree(folder)
    if log := os.environ.get("LETUP_REWRITINGS_LOG"):
        Path(log).write_text("\n".join([str(dict(outcomes)), *silent, ""]), "utf-8")
    changed = sum(outcomes.values()) - outcomes["read as meant"]
    assert len(silent) <= MOST_SILENT * changed, "\n".join(silent)
    assert outcomes["read as meant"] > COUNT / 20, outcomes
