"""What duals prove, whether they come from a solver or from anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from letup.lp.program import LinearProgram, dual_bound
from letup.lp.solver import Solver, Status
from tests.examples import examples


def drawn(seed: int) -> LinearProgram:
    """A program with finite columns, rows open on one side or none, and some that bind."""
    random = np.random.default_rng(seed)
    program = LinearProgram()
    columns = int(random.integers(1, 7))
    for _ in range(columns):
        lower = float(random.integers(-3, 1))
        program.add_column(lower, lower + float(random.integers(0, 6)), float(random.normal()))
    inside = np.array(program.lower) + random.random(columns) * (np.array(program.upper) - np.array(program.lower))
    for _ in range(int(random.integers(0, 6))):
        factors = random.integers(-2, 3, columns).astype(float)
        at = float(factors @ inside)
        low = at - random.random() if random.random() < 0.6 else -np.inf
        high = at + random.random() if random.random() < 0.6 else np.inf
        # A column named twice adds up.
        program.add_row(low, high, [*enumerate((factors - 1).tolist()), *((c, 1.0) for c in range(columns))])
    return program


def optimum(program: LinearProgram) -> float:
    """As scipy finds it."""
    matrix, low, high = program.matrix.toarray(), np.array(program.row_lower), np.array(program.row_upper)
    sides = np.concatenate([matrix[np.isfinite(high)], -matrix[np.isfinite(low)]])
    limits = np.concatenate([high[np.isfinite(high)], -low[np.isfinite(low)]])
    solution = linprog(
        -np.array(program.gain),
        A_ub=sides if len(sides) else None,
        b_ub=limits if len(sides) else None,
        bounds=list(zip(program.lower, program.upper, strict=True)),
    )
    assert solution.status == 0, solution.message
    return -float(solution.fun)


@examples(150)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_solvers_own_duals_prove_its_optimum(seed: int) -> None:
    program = drawn(seed)
    solver = Solver(program)
    assert solver.solve() == Status.OPTIMAL
    bound = dual_bound(program, solver.duals)
    assert bound == pytest.approx(optimum(program), abs=1e-7)


@examples(150)
@given(seed=st.integers(0, 2**32 - 1), large=st.sampled_from([1e-3, 1.0, 1e6]))
def test_no_duals_prove_less_than_the_optimum(seed: int, large: float) -> None:
    program = drawn(seed)
    duals = np.random.default_rng(seed + 1).normal(0, large, program.rows)
    assert dual_bound(program, duals) >= optimum(program) - 1e-9


def test_a_row_proves_what_it_says() -> None:
    program = LinearProgram()
    first, second = program.add_column(0, 10, gain=2.0), program.add_column(0, 10, gain=1.0)
    program.add_row(-np.inf, 4.0, [(first, 1.0), (second, 1.0)])
    assert dual_bound(program, np.zeros(1)) == pytest.approx(30)
    assert dual_bound(program, np.array([2.0])) == pytest.approx(8)
    assert dual_bound(program, np.array([-5.0])) == pytest.approx(30), "a side that is open proves nothing"
