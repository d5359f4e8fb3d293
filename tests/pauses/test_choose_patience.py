"""Without a time limit the choice ends by itself: by what it has counted, not by the clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from letup.lp.solver import Basis, Status
from letup.pauses import Choice, choose, choose_pauses
from letup.pauses.bound.nodes import NodeSolver
from tests.pauses.small import drawn

HARD = 6  # its shelters fill up: some sixty linear programs until nothing is left to split
IN_ONE_GO = 8
"""Programs of the splits tried at one node, and of starts anew."""


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Iterations of each linear program of the branching."""
    counted: list[int] = []
    original = NodeSolver._run

    def run(self: NodeSolver, basis: Basis) -> Status:
        status = original(self, basis)
        counted.append(self.solver.iterations)
        return status

    monkeypatch.setattr(NodeSolver, "_run", run)
    return counted


def chosen() -> Choice:
    problem = drawn(HARD, scarce=True)
    return choose_pauses(problem.net, limits=problem.limits, weight=problem.weight, time_limit=None, **problem.clock)


def test_with_patience_it_is_proven_best(solved: list[int]) -> None:
    choice = chosen()
    assert len(solved) > 5 * IN_ONE_GO
    assert choice.complete
    assert choice.gap < 1e-6
    assert choice.value == pytest.approx(drawn(HARD, scarce=True).best)


@pytest.mark.parametrize("measure", ["programs", "iterations"])
def test_what_is_not_proven_after_so_much_work_is_left_open(
    measure: str, solved: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "PARAMETERS", replace(choose.PARAMETERS, **{measure: 10}))
    choices = [chosen()]
    assert (len(solved) if measure == "programs" else sum(solved[:-IN_ONE_GO])) <= 10 + IN_ONE_GO
    choices.append(chosen())
    for choice in choices:
        assert choice.complete  # ended by itself; how much is left open the gap says
        assert choice.value <= drawn(HARD, scarce=True).best + 1e-6 <= choice.bound + 1e-5
        assert choice.gap > 1e-6
    assert choices[0].windows == choices[1].windows
    assert choices[0].bound == choices[1].bound
