"""A linear or mixed-integer program, handed to HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Rows of a program as lists of entries: row ``row[k]`` has ``value[k]`` in column ``column[k]``.

    Attributes
    ----------
    row, column : int64[K]
    value : float64[K]
    low, high : float64[R]
        Least and most of each row.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Solved:
    """Values of the columns, and the objective; `proven` is a ceiling on what any values can reach."""

    values: Floats
    objective: float
    proven: float


def maximise(
    worth: Floats,
    rows: Rows,
    high: Floats,
    *,
    integer: NDArray[np.bool_] | None = None,
    start: Floats | None = None,
    time_limit: float | None = None,
    gap: float = 0.0,
) -> Solved | None:
    """Find values from 0 to ``high`` of the largest worth; None if HiGHS finds none in time.

    Parameters
    ----------
    worth, high : float64[N]
        Objective and upper ends of the columns.
    rows : Rows
        What must hold.
    integer : bool[N], optional
        Columns that must be whole.
    start : float64[N], optional
        Values to begin from.
    time_limit : float, optional
        Seconds.
    gap : float
        Relative gap at which it may stop.
    """
    import highspy

    from letup.lp.highs import run

    solver = _loaded(worth, rows, high, integer)
    solver.setOptionValue("mip_rel_gap", gap)
    if start is not None:
        first = highspy.HighsSolution()
        first.col_value = start.tolist()
        solver.setSolution(first)
    status = run(solver, time_limit)
    info = solver.getInfo()
    solved = status == highspy.HighsModelStatus.kOptimal
    if not solved and (
        integer is None or info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible
    ):
        return None
    proven = -info.objective_function_value if integer is None else -info.mip_dual_bound
    values = np.asarray(solver.getSolution().col_value, float)
    return Solved(values, -info.objective_function_value, float(proven))


class Again:
    """A linear program that is solved again and again with other upper ends, each time from where it was.

    Parameters
    ----------
    worth, rows, high
        As of `maximise`.
    """

    def __init__(self, worth: Floats, rows: Rows, high: Floats) -> None:
        self._solver = _loaded(worth, rows, high)

    def most(self, high: Floats) -> float:
        """Largest worth with upper ends ``high`` of the first columns."""
        from letup.lp.highs import run

        count = len(high)
        self._solver.changeColsBounds(count, np.arange(count, dtype=np.int32), np.zeros(count), high)
        run(self._solver)
        return -float(self._solver.getInfo().objective_function_value)


def _loaded(worth: Floats, rows: Rows, high: Floats, integer: NDArray[np.bool_] | None = None) -> Any:
    """HiGHS with a program."""
    import highspy

    from letup.lp import highs

    solver = highs.silent_highs()
    size = len(worth)
    matrix = coo_array((rows.value, (rows.row, rows.column)), shape=(len(rows.low), size)).tocsc()
    matrix.sum_duplicates()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = size, len(rows.low)
    program.col_cost_, program.col_lower_, program.col_upper_ = -worth, np.zeros(size), high
    program.row_lower_, program.row_upper_ = rows.low, rows.high
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_, program.a_matrix_.value_ = matrix.indices, matrix.data
    if integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        program.integrality_ = [kinds[int(whole)] for whole in integer]
    solver.passModel(program)
    return solver
