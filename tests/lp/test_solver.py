"""Programs are solved as by others, also after changes, and what is infeasible is proven to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from letup.lp.program import DualBounds, LinearProgram
from letup.lp.solver import Solver, Status, maximise
from tests.examples import examples
from tests.lp.test_program import drawn, optimum

SEEDS = st.integers(0, 2**32 - 1)


@examples(60)
@given(seed=SEEDS)
def test_whole_columns_are_as_good_as_another_solver_finds(seed: int) -> None:
    program = drawn(seed)
    program.integer = (np.random.default_rng(seed).random(program.columns) < 0.7).tolist()
    rows = LinearConstraint(program.matrix, np.array(program.row_lower), np.array(program.row_upper))
    other = milp(
        -np.array(program.gain),
        integrality=np.array(program.integer, int),
        bounds=Bounds(program.lower, program.upper),
        constraints=rows if program.rows else (),
    )
    solution = maximise(program, integer=True)
    assert (solution is None) == (other.x is None)
    if solution is not None:
        assert solution.objective == pytest.approx(-float(other.fun), abs=1e-6)
        assert solution.upper_bound >= solution.objective - 1e-6
        assert float(solution.values @ np.array(program.gain)) == pytest.approx(solution.objective, abs=1e-9)
        whole = solution.values[np.array(program.integer, bool)]
        assert np.allclose(whole, whole.round(), atol=1e-6)


@examples(60)
@given(seed=SEEDS)
def test_a_program_that_was_changed_is_solved_as_if_it_were_new(seed: int) -> None:
    random, program = np.random.default_rng(seed), drawn(seed)
    solver = Solver(program)
    assert solver.solve() == Status.OPTIMAL
    columns = np.flatnonzero(random.random(program.columns) < 0.5)
    gains = random.normal(size=len(columns))
    solver.set_gains(columns, gains)
    for column, gain in zip(columns.tolist(), gains.tolist(), strict=True):
        program.gain[column] = gain
    assert solver.solve() == Status.OPTIMAL
    point = solver.values
    assert solver.objective == pytest.approx(optimum(program), abs=1e-7)
    # A row and a bound that the point found keeps, so that there is a solution.
    factors = [(column, float(random.integers(1, 4))) for column in range(program.columns)]
    side = sum(factor * point[column] for column, factor in factors)
    solver.add_row(-np.inf, side, factors)
    program.add_row(-np.inf, side, factors)
    solver.set_bounds(columns, np.array(program.lower)[columns], point[columns])
    for column in columns.tolist():
        program.upper[column] = point[column]
    solver.set_gains(np.arange(program.columns), -gains.sum() * np.ones(program.columns))
    program.gain = [-float(gains.sum())] * program.columns
    assert solver.solve() == Status.OPTIMAL
    assert solver.objective == pytest.approx(optimum(program), abs=1e-6)


def test_where_nothing_is_feasible_the_dual_ray_proves_it() -> None:
    program = LinearProgram()
    first, second = program.add_column(0, 1, gain=1.0), program.add_column(0, 1)
    program.add_row(3.0, np.inf, [(first, 1.0), (second, 1.0)])
    assert maximise(program) is None
    solver = Solver(program, presolve=False)
    assert solver.solve(method="simplex") == Status.INFEASIBLE
    ray = solver.dual_ray
    assert ray is not None
    duality = DualBounds(program)
    assert min(duality.bound(scale * ray) for scale in (-1e6, 1e6)) < -1e5


def test_a_program_without_rows_is_as_good_as_its_bounds() -> None:
    program = LinearProgram()
    program.add_column(-1, 2, gain=3.0)
    program.add_column(-1, 2, gain=-3.0)
    solution = maximise(program)
    assert solution is not None
    assert solution.objective == pytest.approx(9.0)
    assert solution.values.tolist() == [2.0, -1.0]
