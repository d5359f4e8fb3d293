"""What multipliers prove, whether they come from a solver or from anywhere."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from letup.lp.highs import run
from letup.lp.program import Rows, dual_bound
from letup.pauses.bound.relaxation import load
from tests.examples import examples


def program(seed: int) -> Rows:
    """A program with finite columns, rows open on one side or none, and some that bind."""
    random = np.random.default_rng(seed)
    rows = Rows()
    columns = int(random.integers(1, 7))
    for _ in range(columns):
        lower = float(random.integers(-3, 1))
        rows.column(lower, lower + float(random.integers(0, 6)), float(random.normal()))
    inside = np.array(rows.lower) + random.random(columns) * (np.array(rows.upper) - np.array(rows.lower))
    for _ in range(int(random.integers(0, 6))):
        factors = random.integers(-2, 3, columns).astype(float)
        at = float(factors @ inside)
        low = at - random.random() if random.random() < 0.6 else -np.inf
        high = at + random.random() if random.random() < 0.6 else np.inf
        # A column named twice adds up.
        rows.row(low, high, [*enumerate((factors - 1).tolist()), *((c, 1.0) for c in range(columns))])
    return rows


def optimum(rows: Rows) -> float:
    """As scipy finds it."""
    matrix, low, high = rows.matrix.toarray(), np.array(rows.low), np.array(rows.high)
    sides = np.concatenate([matrix[np.isfinite(high)], -matrix[np.isfinite(low)]])
    limits = np.concatenate([high[np.isfinite(high)], -low[np.isfinite(low)]])
    found = linprog(
        -np.array(rows.gain),
        A_ub=sides if len(sides) else None,
        b_ub=limits if len(sides) else None,
        bounds=list(zip(rows.lower, rows.upper, strict=True)),
    )
    assert found.status == 0, found.message
    return -float(found.fun)


@examples(150)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_solvers_own_multipliers_prove_its_optimum(seed: int) -> None:
    rows = program(seed)
    highs = load(rows)
    assert run(highs) == highspy.HighsModelStatus.kOptimal
    bound = dual_bound(rows, np.array(highs.getSolution().row_dual))
    assert bound == pytest.approx(optimum(rows), abs=1e-7)


@examples(150)
@given(seed=st.integers(0, 2**32 - 1), large=st.sampled_from([1e-3, 1.0, 1e6]))
def test_no_multipliers_prove_less_than_the_optimum(seed: int, large: float) -> None:
    rows = program(seed)
    multipliers = np.random.default_rng(seed + 1).normal(0, large, len(rows.low))
    assert dual_bound(rows, multipliers) >= optimum(rows) - 1e-9


def test_a_row_proves_what_it_says() -> None:
    rows = Rows()
    first, second = rows.column(0, 10, gain=2.0), rows.column(0, 10, gain=1.0)
    rows.row(-np.inf, 4.0, [(first, 1.0), (second, 1.0)])
    assert dual_bound(rows, np.zeros(1)) == pytest.approx(30)
    assert dual_bound(rows, np.array([2.0])) == pytest.approx(8)
    assert dual_bound(rows, np.array([-5.0])) == pytest.approx(30), "a side that is open proves nothing"
