"""Solve linear programs with HiGHS: once, or again and again while bounds, gains and rows change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Floats
from letup.lp.highs import run, silent_highs
from letup.lp.program import LinearProgram

Basis: TypeAlias = highspy.HighsBasis
"""Which columns and rows are basic: where the simplex method can begin."""

_PERTURBATION = "dual_simplex_cost_perturbation_multiplier"


class Status(Enum):
    """How a program ended."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    TIME_LIMIT = "time limit"
    ITERATION_LIMIT = "iteration limit"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kTimeLimit: Status.TIME_LIMIT,
    highspy.HighsModelStatus.kIterationLimit: Status.ITERATION_LIMIT,
    highspy.HighsModelStatus.kInterrupt: Status.INTERRUPTED,
}


class Solver:
    """HiGHS with a program; each solve begins from the basis that the last one left, unless another is given.

    Only one thread may use it at a time. What it found can be read until the next change.

    Parameters
    ----------
    program : LinearProgram
        The program; columns and rows added to it later are not seen.
    integer : bool
        Whether integer columns have to be whole. By default they may be fractions (the linear relaxation).
    presolve : bool
        Whether HiGHS may make the program smaller first.
    """

    def __init__(self, program: LinearProgram, *, integer: bool = False, presolve: bool = True) -> None:
        self._highs = silent_highs()
        if not presolve:
            self._highs.setOptionValue("presolve", "off")
        self._highs.passModel(_model(program, integer))

    # Changes.

    def add_row(self, lower: float, upper: float, terms: Iterable[tuple[int, float]]) -> None:
        """Add a row ``lower <= sum of factor times column <= upper`` that names each column once."""
        columns, factors = zip(*entries, strict=True) if (entries := list(terms)) else ((), ())
        self._highs.addRow(lower, upper, len(columns), np.array(columns, np.int32), np.array(factors, np.float64))

    def set_bounds(self, columns: NDArray[np.integer], lower: Floats, upper: Floats) -> None:
        """Set the bounds of some columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def set_gains(self, columns: NDArray[np.integer], gains: Floats) -> None:
        """Set what one unit of some columns adds to the objective."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), -gains)

    def start_from(self, values: Floats) -> None:
        """Take values of all columns as the first solution of a program with integer columns."""
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self._highs.setSolution(solution)

    # Solving.

    def solve(
        self,
        seconds: float | None = None,
        *,
        method: Literal["choose", "simplex", "ipm"] = "choose",
        basis: Basis | None = None,
        perturbed: bool = True,
        iterations: int | None = None,
        relative_gap: float = 0.0,
    ) -> Status:
        """Solve the program as it is now.

        Parameters
        ----------
        seconds : float, optional
            How long it may take.
        method : {"choose", "simplex", "ipm"}
            For linear programs: the simplex method, interior points, or what HiGHS chooses.
        basis : Basis, optional
            Where the simplex method begins.
        perturbed : bool
            Whether costs are perturbed against stalling.
        iterations : int, optional
            Iterations of the simplex method at most.
        relative_gap : float
            Gap between the best solution and its bound at which a program with integer columns is solved.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C in the main thread, once HiGHS has ended.
        """
        highs = self._highs
        highs.setOptionValue("solver", method)
        highs.setOptionValue("mip_rel_gap", relative_gap)
        highs.setOptionValue(_PERTURBATION, 1.0 if perturbed else 0.0)
        highs.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf if iterations is None else iterations)
        if basis is not None:
            highs.setBasis(basis)
        return _STATUS.get(run(highs, seconds), Status.UNKNOWN)

    # What was found.

    @property
    def values(self) -> Floats:
        """Value of each column, float64[columns]."""
        return np.array(self._highs.getSolution().col_value, np.float64)

    @property
    def duals(self) -> Floats:
        """Dual of each row, float64[rows]: positive where its upper side binds."""
        return -np.array(self._highs.getSolution().row_dual, np.float64)

    @property
    def reduced_gains(self) -> Floats:
        """Gain of each column less what the duals charge for it, float64[columns]."""
        return -np.array(self._highs.getSolution().col_dual, np.float64)

    @property
    def feasible(self) -> bool:
        """Whether there are values that keep within all rows, the best or not."""
        status = self._highs.getInfo().primal_solution_status
        return bool(status == highspy.SolutionStatus.kSolutionStatusFeasible)

    @property
    def objective(self) -> float:
        """What the values gain."""
        return -float(self._highs.getInfo().objective_function_value)

    @property
    def upper_bound(self) -> float:
        """What no values gain more than, as HiGHS says, for a program with integer columns."""
        return -float(self._highs.getInfo().mip_dual_bound)

    @property
    def iterations(self) -> int:
        """Iterations of the simplex method in the last solve."""
        return max(int(self._highs.getInfo().simplex_iteration_count), 0)

    @property
    def basis(self) -> Basis:
        """The basis that the last solve ended with."""
        basis: Basis = self._highs.getBasis()
        return basis

    @property
    def dual_ray(self) -> Floats | None:
        """Direction of duals in which the bound falls for ever, float64[rows]: proves that nothing is feasible."""
        _, exists, ray = self._highs.getDualRay()
        return np.array(ray, np.float64) if exists else None


@dataclass(frozen=True)
class Solution:
    """Values of all columns, what they gain, what no values can gain more than, and the duals of all rows.

    Of a program with integer columns there are no duals.
    """

    values: Floats
    objective: float
    upper_bound: float
    duals: Floats | None = None


def maximise(
    program: LinearProgram,
    *,
    integer: bool = False,
    upper: Floats | None = None,
    gains: Floats | None = None,
    start: Floats | None = None,
    seconds: float | None = None,
    relative_gap: float = 0.0,
) -> Solution | None:
    """Find values of the columns that gain most; None if there are none, or none are found in time.

    Parameters
    ----------
    program : LinearProgram
        The program.
    integer : bool
        Whether integer columns have to be whole; then the best values found in time will do.
    upper, gains : float64[columns], optional
        In place of the program's own.
    start : float64[columns], optional
        Values to begin from.
    seconds : float, optional
        How long it may take.
    relative_gap : float
        Gap at which a program with integer columns is solved.
    """
    integer = integer and any(program.integer)
    solver, every = Solver(program, integer=integer), np.arange(program.columns)
    if upper is not None:
        solver.set_bounds(every, np.array(program.lower), upper)
    if gains is not None:
        solver.set_gains(every, gains)
    if start is not None:
        solver.start_from(start)
    status = solver.solve(seconds, relative_gap=relative_gap)
    if status != Status.OPTIMAL and not (integer and solver.feasible):
        return None
    objective = solver.objective
    if integer:
        return Solution(solver.values, objective, solver.upper_bound)
    return Solution(solver.values, objective, objective, solver.duals)


def _model(program: LinearProgram, integer: bool) -> highspy.HighsLp:
    """A program as HiGHS takes it: to minimise what the columns cost.

    HiGHS can maximise, too, but then begins anew from a basis that is still good: solves of a program of deliveries
    after changes of its bounds took ten times longer (1.16).
    """
    matrix = program.matrix.tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = program.columns, program.rows
    model.col_cost_ = -np.array(program.gain)
    model.col_lower_, model.col_upper_ = np.array(program.lower), np.array(program.upper)
    model.row_lower_, model.row_upper_ = np.array(program.row_lower), np.array(program.row_upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if integer:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[whole] for whole in program.integer]
    return model
