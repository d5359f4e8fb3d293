"""The benchmark runs, and stops when answers differ."""

from __future__ import annotations

import pytest

from benchmarks import flow
from benchmarks.peers.flow_problems import Size, build, two_windows

SIZE = Size(100, 24)


def test_the_benchmark_runs_at_small_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assert flow.main(["--quick"]) == 0
    out = capsys.readouterr().out
    for said in ("LEMON", "OR-Tools", "peak MB", "two windows a zone", "Targets", "Compiling the kernel first"):
        assert said in out


@pytest.mark.parametrize(
    ("size", "ours", "theirs"),
    [
        (SIZE, {"total": 3}, {"total": 4}),
        (SIZE, {"total": 3, "arrivals": [0, 1, 2]}, {"total": 3, "arrivals": [0, 2, 1]}),
        (Size(100, 24, room=1e3), {"total": 4, "arrivals": [1, 0, 0, 3]}, {"total": 4, "arrivals": [0, 2, 2, 0]}),
    ],
)
def test_different_answers_end_the_run(size: Size, ours: dict[str, object], theirs: dict[str, object]) -> None:
    with pytest.raises(AssertionError, match="differ"):
        flow._assert_equal(size, {"arrivals": [], **ours}, theirs)


def test_each_zone_has_two_windows() -> None:
    quiet = two_windows(16, 288)
    starts = (quiet[:, 1:] & ~quiet[:, :-1]).sum(axis=1) + quiet[:, 0]
    assert (starts == 2).all()
    assert (quiet.sum(axis=1) == 192).all()


def test_finer_steps_keep_lengths_and_rates() -> None:
    coarse, fine = build(Size(100, 24)), build(Size(100, 24, finer=10))
    assert fine.steps == 240
    assert (fine.arrays["transit"] == 10 * coarse.arrays["transit"]).all()
    assert abs(fine.arrays["capacity"] * 10 / coarse.arrays["capacity"] - 1).max() < 0.07
