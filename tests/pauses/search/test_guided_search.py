"""The search and the proof help each other: rounded points keep to the limits, and threads share one tree."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.pauses import Window
from letup.pauses.bound.branching import Branching
from letup.pauses.search.annealing import Annealing
from letup.pauses.search.guided_search import Guided, rounded
from letup.pauses.search.spans import SpanRules, Spans
from tests.examples import examples, seeds
from tests.pauses.bound.tiny import EXACT, clock_of, value_of, windows_of
from tests.pauses.certificates.test_check_bound import confirmed
from tests.pauses.certificates.test_reach_cuts import tightened
from tests.pauses.small import Problem, drawn


@examples(60)
@given(seed=seeds(25), luck=st.integers(0, 2**32 - 1), level=st.floats(0.1, 0.9))
def test_rounded_windows_keep_to_the_limits(seed: int, luck: int, level: float) -> None:
    problem = drawn(seed)
    rows, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    rules = SpanRules(windows, problem.net.zones)
    spans = rules.fitted(rounded(rules.slots, np.sort(np.random.default_rng(luck).random(len(rows.lower))), level))
    if spans is not None:
        assert not problem.broken(rules.windows_of(spans))


@examples(40)
@given(seed=seeds(25))
def test_whole_points_are_rounded_to_their_own_windows(seed: int) -> None:
    problem = drawn(seed)
    rows, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    rules = SpanRules(windows, problem.net.zones)
    for allowed in problem.allowed[:20]:
        point = windows.values(allowed)
        if point is not None:
            spans = rules.fitted(rounded(rules.slots, np.r_[point, np.zeros(len(rows.lower) - len(point))], 0.5))
            assert spans is not None
            assert rules.windows_of(spans) == sorted(allowed)


@pytest.mark.parametrize("seed", [3, 4, 18])
def test_threads_that_share_a_tree_prove_what_one_proves(seed: int) -> None:
    problem = drawn(seed)
    known: list[tuple[list[Window], float]] = [([], -1.0)]
    bounds: list[float] = []

    def found(windows: list[Window]) -> float:
        value = value_of(problem, windows)
        if value > known[0][1] and not problem.broken(windows):
            known[0] = (windows, value)
        return value

    master = tightened(problem, None)
    tree = Branching(master, seconds=lambda: 60.0, best=lambda: known[0], found=found, proved=bounds.append)
    threads = [threading.Thread(target=tree.run, args=(0.0,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert known[0][1] == pytest.approx(problem.best, abs=EXACT)
    assert min(bounds) == pytest.approx(problem.best, abs=EXACT)
    certificate = tree.certificate()
    assert certificate is not None
    assert confirmed(problem, certificate) == pytest.approx(problem.best, abs=EXACT)


def test_a_thread_that_is_cut_off_leaves_its_part_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(3)
    master = tightened(problem, None)
    bounds: list[float] = []
    tree = Branching(
        master,
        seconds=lambda: 60.0,
        best=lambda: ([], problem.best),
        found=lambda windows: value_of(problem, windows),
        proved=bounds.append,
    )
    chosen, calls = Branching._chosen, [0]

    def interrupted(self: Branching, *args: object) -> object:
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt
        return chosen(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Branching, "_chosen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tree.run(0.0)
    assert min(bounds) > problem.best + EXACT
    tree.run(0.0)
    assert min(bounds) == pytest.approx(problem.best, abs=1e-5)
    certificate = tree.certificate()
    assert certificate is not None
    assert confirmed(problem, certificate) >= problem.best - EXACT


def guided(problem: Problem, known: list[tuple[list[Window], float]], ends: float) -> Guided:
    _, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))

    def found(asked: list[Window]) -> float:
        value = value_of(problem, asked)
        if value > known[0][1]:
            known[0] = (asked, value)
        return value

    search = Annealing(
        windows,
        problem.net.zones,
        lambda asked: value_of(problem, asked),
        seed=0,
        tell=lambda asked, _: found(asked),
        stop=lambda: time.monotonic() > ends,
    )
    return Guided(search, lambda: known[0], found, lambda: ends - time.monotonic())


def test_the_search_goes_on_from_what_the_proof_found(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(3)
    known: list[tuple[list[Window], float]] = [([], value_of(problem, []))]
    both = guided(problem, known, time.monotonic() + 20)
    fitting = [windows for windows in problem.allowed if both.search.spans_of(windows) is not None]
    best = max(fitting, key=lambda windows: value_of(problem, windows))
    spans = both.search.spans_of(best)
    seen: list[Spans] = []
    changed = Annealing._changed

    def spied(self: Annealing, now: Spans) -> Spans | None:
        seen.append(list(now))
        if len(seen) == 3:  # as if another thread had just found it
            known[0] = (best, value_of(problem, best))
        return changed(self, now)

    monkeypatch.setattr(Annealing, "_changed", spied)
    both._cool()
    assert spans not in seen[:3]
    assert spans in seen[3:9]


def test_hints_are_begun_from_once_the_best_first() -> None:
    problem = drawn(3)
    known: list[tuple[list[Window], float]] = [([], value_of(problem, []))]
    both = guided(problem, known, time.monotonic() + 20)
    rows, windows = windows_of(problem.limits, problem.net.zones, clock_of(problem))
    for allowed in problem.allowed:
        point = windows.values(allowed)
        if point is not None:
            both.hint(np.r_[point, np.zeros(len(rows.lower) - len(point))], (0.5,))
    assert known[0][1] == pytest.approx(problem.best)
    begun = []
    while spans := both._next(problem.best):
        begun.append(value_of(problem, both.search.windows_of(spans)))
    assert begun == sorted(begun, reverse=True)
    assert begun[0] == pytest.approx(problem.best)
    assert begun[-1] >= 0.9 * problem.best
    assert len({*begun}) > 1
