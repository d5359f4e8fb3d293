"""The columns and rows for the windows stand for exactly the sets of windows that the limits allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.lp.program import LinearProgram
from letup.pauses import Limits, Window, broken, quiet_array
from letup.pauses.certificates.window_rows import WindowRows
from tests.examples import examples, seeds
from tests.pauses.bound.tiny import clock_of, solved, windows_of
from tests.pauses.small import Problem, drawn
from tests.pauses.small_limits import CLOCK, TIME, ZONES, limits_strategy, pairs_of_sets

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def of(problem: Problem) -> tuple[LinearProgram, WindowRows]:
    return windows_of(problem.limits, problem.net.zones, clock_of(problem))


def wrong(program: LinearProgram, values: np.ndarray) -> float:
    """By how much values break the rows and the bounds of the columns."""
    side = program.matrix @ values
    excess = [np.array(program.row_lower) - side, side - np.array(program.row_upper)]
    excess += [np.array(program.lower) - values, values - np.array(program.upper)]
    return float(max(part.max(initial=0.0) for part in excess))


def assert_they_say_the_same(
    program: LinearProgram,
    columns: WindowRows,
    allowed: list[list[Window]],
    everything: bool,
    limits: Limits,
    time: dict,
    seed: int,
) -> None:
    known = {tuple(sorted(windows)) for windows in allowed}
    for windows in known:
        values = columns.values(list(windows))
        assert values is not None, windows
        assert wrong(program, values) < 1e-6, windows
        assert columns.windows(values) == list(windows)
    random = np.random.default_rng(seed)
    for _ in range(6):
        gain = random.normal(0.2, 1.0, len(program.lower)) if program.lower else np.zeros(0)
        solution = solved(program, gain, whole=True) if len(gain) else None
        assert solution is None or solution.status in ((0,) if known else (0, 2)), solution.message
        if solution is not None and solution.x is None:
            return
        values = np.zeros(0) if solution is None else solution.x
        windows = columns.windows(values)
        assert broken(windows, limits, **time) == []
        assert not everything or tuple(windows) in known


@examples(40, phases=PHASES)
@given(seed=SEEDS)
def test_whole_points_are_the_sets_of_windows_that_keep_the_limits(seed: int) -> None:
    problem = drawn(seed)
    if not problem.allowed:
        return
    program, columns = of(problem)
    time = {"zones": problem.net.zones, **problem.clock}
    assert_they_say_the_same(program, columns, problem.allowed[:400], False, problem.limits, time, seed)


@examples(80)
@given(limits=limits_strategy(), seed=st.integers(0, 99))
def test_whole_points_are_the_sets_of_windows_over_two_days(limits: Limits, seed: int) -> None:
    pairs, _ = pairs_of_sets(limits)
    allowed = [windows for windows in pairs[:600] if not broken(windows, limits, **TIME)]
    if not allowed:
        return
    program, columns = windows_of(limits, ZONES, CLOCK)
    assert_they_say_the_same(program, columns, allowed, False, limits, TIME, seed)


@pytest.mark.parametrize("end_of_agreed", [4, 5])
def test_the_first_window_of_a_day_is_alike_even_where_an_agreed_one_comes_later_that_day(end_of_agreed: int) -> None:
    # Two days in steps of three hours: 06-09 each day, and on the first day 15-18 agreed.
    limits = Limits(shortest=3, windows_per_day=2, same_daily=True, frozen=(Window(0, 5, end_of_agreed + 1),))
    windows = [Window(0, 2, 2), limits.frozen[0], Window(0, 10, 10)]
    assert broken(windows, limits, zones=1, steps=16, step_minutes=180) == []
    program, columns = windows_of(limits, 1, Clock(16, 180))
    values = columns.values(windows)
    assert values is not None
    assert wrong(program, values) < 1e-9


def test_windows_that_only_touch_over_midnight_are_one_and_too_many() -> None:
    limits = Limits(shortest=4, longest=4)
    program, columns = windows_of(limits, 1, Clock(24, 60, 12.0))
    windows = [Window(0, 8, 11), Window(0, 12, 15)]
    assert broken(windows, limits, zones=1, steps=24, step_minutes=60, start_hour=12.0) != []
    values = columns.values(windows)
    assert values is None or wrong(program, values) > 0.5


@examples(30, phases=PHASES)
@given(seed=SEEDS)
def test_quiet_is_what_the_windows_cover(seed: int) -> None:
    problem = drawn(seed)
    _, columns = of(problem)
    random = np.random.default_rng(seed)
    for windows in problem.allowed[:: max(len(problem.allowed) // 8, 1)]:
        values = columns.values(windows)
        assert values is not None
        quiet = quiet_array(windows, problem.net.zones, problem.steps)
        for zone in range(problem.net.zones):
            first, last = sorted(random.integers(0, problem.steps, 2).tolist())
            shown = sum(factor * values[column] for column, factor in columns.quiet(zone, first, last))
            inside = sum(w.zone == zone and first < w.first and w.last < last for w in windows)
            whole = quiet[zone, first : last + 1].all()
            assert whole - inside <= shown <= whole


@examples(30, phases=PHASES)
@given(seed=SEEDS)
def test_one_window_by_itself_is_whole_without_asking(seed: int) -> None:
    """The rows for one slot are the hull of its windows: a linear program finds a whole one."""
    problem = drawn(seed)
    plain = Limits(hours=problem.limits.hours, shortest=problem.limits.shortest, longest=problem.limits.longest)
    limits = replace(plain, grid_minutes=problem.limits.grid_minutes, forbidden=problem.limits.forbidden)
    clock = Clock(problem.steps, problem.step_minutes, problem.start_hour)
    program, columns = windows_of(limits, 1, clock)
    if len(columns.slots) != 1:
        return
    random = np.random.default_rng(seed)
    for _ in range(5):
        values = solved(program, random.normal(0, 1, len(program.lower))).x
        assert np.allclose(values, values.round(), atol=1e-6)
