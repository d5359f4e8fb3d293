"""The search and the proof help each other: rounded points keep to the limits, and threads share one tree."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.pauses.bound.branching import Branching
from letup.pauses.search.annealing import Annealing, SlotSpans, Spans
from letup.pauses.search.guided_search import GuidedSearch, rounded
from tests.examples import examples, seeds
from tests.pauses.bound.test_reach_cuts import tightened
from tests.pauses.bound.tiny import EXACT, clock_of, incumbent_of, value_of, windows_of
from tests.pauses.certificates.test_check_bound import confirmed
from tests.pauses.small import Problem, drawn


@examples(60)
@given(seed=seeds(25), luck=st.integers(0, 2**32 - 1), level=st.floats(0.1, 0.9))
def test_rounded_windows_keep_to_the_limits(seed: int, luck: int, level: float) -> None:
    problem = drawn(seed)
    program, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    rules = SlotSpans(windows, problem.net.zones)
    spans = rules.fitted(rounded(rules.slots, np.sort(np.random.default_rng(luck).random(program.columns)), level))
    if spans is not None:
        assert not problem.broken(rules.windows_of(spans))


@examples(40)
@given(seed=seeds(25))
def test_whole_points_are_rounded_to_their_own_windows(seed: int) -> None:
    problem = drawn(seed)
    program, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    rules = SlotSpans(windows, problem.net.zones)
    for allowed in problem.allowed[:20]:
        point = windows.values(allowed)
        if point is not None:
            spans = rules.fitted(rounded(rules.slots, np.r_[point, np.zeros(program.columns - len(point))], 0.5))
            assert spans is not None
            assert rules.windows_of(spans) == sorted(allowed)


@pytest.mark.parametrize("seed", [3, 4, 18])
def test_threads_that_share_a_tree_prove_what_one_proves(seed: int) -> None:
    problem = drawn(seed)
    incumbent = incumbent_of(problem)
    tree = Branching(tightened(problem, None), incumbent)
    threads = [threading.Thread(target=tree.run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert incumbent.value == pytest.approx(problem.best, abs=EXACT)
    assert incumbent.upper_bound == pytest.approx(problem.best, abs=EXACT)
    certificate = tree.certificate()
    assert certificate is not None
    assert confirmed(problem, certificate) == pytest.approx(problem.best, abs=EXACT)


def test_a_thread_that_is_cut_off_leaves_its_part_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(3)
    incumbent = incumbent_of(problem)
    incumbent.offer(max(problem.allowed, key=lambda windows: value_of(problem, windows)))
    tree = Branching(tightened(problem, None), incumbent)
    chosen, calls = Branching._best_children, [0]

    def interrupted(self: Branching, *args: object) -> object:
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt
        return chosen(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Branching, "_best_children", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tree.run()
    assert incumbent.upper_bound > problem.best + EXACT
    tree.run()
    assert incumbent.upper_bound == pytest.approx(problem.best, abs=1e-5)
    certificate = tree.certificate()
    assert certificate is not None
    assert confirmed(problem, certificate) >= problem.best - EXACT


def guided(problem: Problem) -> GuidedSearch:
    _, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    incumbent = incumbent_of(problem, time_limit=20)
    incumbent.offer([])
    return GuidedSearch(Annealing(windows, problem.net.zones, incumbent, seed=0), incumbent)


def test_the_search_goes_on_from_what_the_proof_found(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(3)
    search = guided(problem)
    fitting = [windows for windows in problem.allowed if search.annealing.spans_of(windows) is not None]
    best = max(fitting, key=lambda windows: value_of(problem, windows))
    spans = search.annealing.spans_of(best)
    seen: list[Spans] = []
    changed = Annealing._changed

    def spied(self: Annealing, now: Spans) -> Spans | None:
        seen.append(list(now))
        if len(seen) == 3:  # as if another thread had just found it
            search.incumbent.offer(best)
        return changed(self, now)

    monkeypatch.setattr(Annealing, "_changed", spied)
    search._cool()
    assert spans not in seen[:3]
    assert spans in seen[3:9]


def test_hints_are_begun_from_once_the_best_first() -> None:
    problem = drawn(3)
    search = guided(problem)
    program, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    for allowed in problem.allowed:
        point = windows.values(allowed)
        if point is not None:
            search.hint(np.r_[point, np.zeros(program.columns - len(point))])
    assert search.incumbent.value == pytest.approx(problem.best)
    begun = []
    while spans := search._best_hint(problem.best):
        begun.append(value_of(problem, search.annealing.windows_of(spans)))
    assert begun == sorted(begun, reverse=True)
    assert begun[0] == pytest.approx(problem.best)
    assert begun[-1] >= 0.9 * problem.best
    assert len({*begun}) > 1
