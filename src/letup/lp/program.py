"""Linear programs: built column by column and row by row, and bounded by duals, whoever found them.

Nothing here solves anything (see `letup.lp.solver`): with numpy and scipy.sparse alone a program can be built again
from its data, and a bound confirmed from the duals that are said to prove it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array

from letup.core.arrays import Floats, Longs

Terms = list[tuple[int, float]]
"""Part of a row: columns with their factors."""

INFINITY = float("inf")
_ROUNDING = 1e-13
"""Share put on top of a bound, by the root of the number of its parts, for what adding up in floating point loses."""


class LinearProgram:
    """Something to maximise over columns with bounds, within rows.

    Columns and rows are numbered in the order in which they are added.

    Attributes
    ----------
    lower, upper : list of float
        Bounds of each column.
    gain : list of float
        What one unit of each column adds to the objective.
    integer : list of bool
        Whether each column has to be a whole number.
    row_lower, row_upper : list of float
        Bounds of each row.
    """

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.gain: list[float] = []
        self.integer: list[bool] = []
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._factor: list[float] = []

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    def add_column(self, lower: float = 0.0, upper: float = INFINITY, gain: float = 0.0, integer: bool = False) -> int:
        """Add a column; returns its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.gain.append(gain)
        self.integer.append(integer)
        return len(self.lower) - 1

    def add_row(self, lower: float, upper: float, terms: Iterable[tuple[int, float]]) -> int:
        """Add a row ``lower <= sum of factor times column <= upper``; returns its number.

        A column may be named several times: its factors add up.
        """
        number = len(self.row_lower)
        for column, factor in terms:
            self._row.append(number)
            self._column.append(column)
            self._factor.append(factor)
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return number

    def add_columns(self, lower: Floats, upper: Floats) -> None:
        """Add columns that gain nothing, float64[k] each; they are numbered on."""
        self.lower += lower.tolist()
        self.upper += upper.tolist()
        self.gain += [0.0] * len(lower)
        self.integer += [False] * len(lower)

    def add_rows(self, lower: Floats, upper: Floats, row: Longs, column: Longs, factor: Floats) -> None:
        """Add rows ``lower <= sum of factor times column <= upper``; they are numbered on.

        Parameters
        ----------
        lower, upper : float64[k]
            Bounds of each row.
        row : int64[n]
            Row that each factor stands in, from 0 for the first of these.
        column, factor : int64[n], float64[n]
            What stands there. A column may be named several times in a row: its factors add up.
        """
        order = np.argsort(row, kind="stable")
        self._row += (row[order] + self.rows).tolist()
        self._column += column[order].tolist()
        self._factor += factor[order].tolist()
        self.row_lower += lower.tolist()
        self.row_upper += upper.tolist()

    @property
    def matrix(self) -> csr_array:
        """The factors of all rows, float64[rows, columns]."""
        # Rows stand one after the other, so that nothing need be sorted.
        first = np.searchsorted(np.array(self._row, np.int64), np.arange(self.rows + 1))
        factor, column = np.array(self._factor, np.float64), np.array(self._column, np.int32)
        matrix = csr_array((factor, column, first.astype(np.int32)), shape=(self.rows, self.columns))
        matrix.sum_duplicates()
        return matrix


class DualBounds:
    """Bounds on a program from duals, by weak duality; kept as arrays, so that many are found quickly.

    Parameters
    ----------
    program : LinearProgram
        The program; rows added later are not seen.

    Attributes
    ----------
    lower, upper : float64[columns]
        The program's own bounds on the columns.
    rows : int
        Number of rows.
    """

    def __init__(self, program: LinearProgram) -> None:
        self.lower, self.upper = np.array(program.lower), np.array(program.upper)
        self.rows = program.rows
        self._row_lower, self._row_upper = np.array(program.row_lower), np.array(program.row_upper)
        self._gain = np.array(program.gain)
        self._transposed = program.matrix.T.tocsr()

    def bound(self, duals: Floats, lower: Floats | None = None, upper: Floats | None = None) -> float:
        """What no point within the rows and the bounds on the columns can exceed.

        For any duals y, gain·x = y·(A x) + (gain - A^T y)·x. Each row's part is at most y times the side of the row
        that y's sign picks, each column's part at most its reduced gain times one of its bounds. Rows that are open
        on the side needed are left out (their dual is taken as 0), so that rounding in the duals can only weaken
        the bound, never make it wrong.

        Parameters
        ----------
        duals : float64[rows]
            One for each row, positive where its upper side binds.
        lower, upper : float64[columns], optional
            Bounds on the columns in place of the program's own. Where they leave nothing, the bound is minus infinity.
        """
        lower = self.lower if lower is None else lower
        upper = self.upper if upper is None else upper
        if (lower > upper).any():
            return -np.inf
        y = np.array(duals, np.float64)
        y[(y > 0) & ~np.isfinite(self._row_upper)] = 0.0
        y[(y < 0) & ~np.isfinite(self._row_lower)] = 0.0
        sides = np.where(y > 0, self._row_upper, np.where(y < 0, self._row_lower, 0.0))
        reduced = self._gain - self._transposed @ y
        ends = np.where(reduced > 0, upper, np.where(reduced < 0, lower, 0.0))
        parts = np.concatenate([y * sides, reduced * ends])
        return float(parts.sum() + _ROUNDING * np.abs(parts).sum() * len(parts) ** 0.5)


def dual_bound(program: LinearProgram, duals: Floats) -> float:
    """What no point within a program can exceed, by weak duality: see `DualBounds.bound`."""
    return DualBounds(program).bound(duals)
