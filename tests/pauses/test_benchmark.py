"""The benchmark runs, and stops when someone breaks a limit or proves what is not so."""

from __future__ import annotations

import math

import pytest

from benchmarks import pauses
from benchmarks.peers.pause_problems import PROBLEMS
from letup.pauses import Window

NAME = "strip-40"


def test_the_benchmark_runs_at_small_sizes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "QUICK", {NAME: {"letup": 5, "highs": 10, "annealing": 1}})
    assert pauses.main(["--quick"]) == 0
    out = capsys.readouterr().out
    for said in ("letup", "HiGHS, whole program", "simulated annealing", "peak MB", "at 60 s"):
        assert said in out


def run(windows: list[Window], bound: float = math.inf, value: float | None = None) -> pauses.Run:
    worth = PROBLEMS[NAME]().value(windows) if value is None else value
    return pauses.Run(1.0, "", 100.0, [(1.0, worth, bound)], windows)


def test_wrong_answers_end_the_run() -> None:
    good = [Window(3, 12, 20), Window(2, 12, 20)]
    pauses.check(NAME, {"letup": run(good, 1e9), "highs": run([], 1e9)})
    with pytest.raises(AssertionError, match=r"breaks limits.*shortest"):
        pauses.check(NAME, {"letup": run([Window(3, 12, 13)])})
    with pytest.raises(AssertionError, match="its windows are worth"):
        pauses.check(NAME, {"letup": run(good, value=1e6)})
    with pytest.raises(AssertionError, match=r"HiGHS, whole program proves -1.0"):
        pauses.check(NAME, {"letup": run(good), "highs": run([], bound=-1.0)})


def test_targets_are_met_or_missed() -> None:
    ours = pauses.Run(60.0, "", 5000.0, [(5.0, 90.0, 200.0), (50.0, 100.0, 104.0)])
    peer = pauses.Run(600.0, "", 1.0, [(300.0, 95.0, 120.0)])
    lines = pauses._targets("strip-150-40h", {"letup": ours, "highs": peer}, 1.0)
    assert [line.split()[-1] for line in lines] == ["missed", "met"]
    assert "4.00%" in lines[1]
    lines = pauses._targets("road-20000", {"letup": ours}, 1.0)
    assert [line.split()[-1] for line in lines] == ["met", "missed"]
