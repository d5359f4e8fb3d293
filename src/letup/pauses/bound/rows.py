"""A linear program that grows: columns and rows kept as plain lists until they are needed as arrays."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

INF = float("inf")


class Rows:
    """Columns with bounds and gains, and rows over them; something to maximise.

    Columns and rows are numbered in the order in which they are added.
    """

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.gain: list[float] = []
        self.whole: list[bool] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._factor: list[float] = []

    def column(self, lower: float = 0.0, upper: float = INF, gain: float = 0.0, whole: bool = False) -> int:
        """Add a column; returns its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.gain.append(gain)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, low: float, high: float, terms: Iterable[tuple[int, float]]) -> int:
        """Add a row ``low <= sum of factor times column <= high``; returns its number."""
        number = len(self.low)
        for column, factor in terms:
            self._row.append(number)
            self._column.append(column)
            self._factor.append(factor)
        self.low.append(low)
        self.high.append(high)
        return number

    @property
    def matrix(self) -> csr_array:
        """The rows, float64[rows, columns]; factors of a column named twice in a row add up."""
        return csr_array((self._factor, (self._row, self._column)), shape=(len(self.low), len(self.lower)))


def dual_bound(rows: Rows, multipliers: NDArray[np.float64]) -> float:
    """What no point within the rows can exceed, by weak duality.

    For any multipliers y, gain·x = y·(A x) + (gain - A^T y)·x. Each row's part is at most y times the side of
    the row that y's sign picks, each column's part at most its reduced gain times one of its bounds. Rows that
    are open on the side needed are left out (their multiplier is taken as 0), so that rounding in the
    multipliers can only weaken the bound, never make it wrong.

    Parameters
    ----------
    rows : Rows
        The program.
    multipliers : float64[rows]
        One for each row, positive where its upper side binds.
    """
    low, high = np.array(rows.low), np.array(rows.high)
    y = np.array(multipliers, np.float64)
    y[(y > 0) & ~np.isfinite(high)] = 0.0
    y[(y < 0) & ~np.isfinite(low)] = 0.0
    sides = np.where(y > 0, high, np.where(y < 0, low, 0.0))
    reduced = np.array(rows.gain) - rows.matrix.T @ y
    lower, upper = np.array(rows.lower), np.array(rows.upper)
    ends = np.where(reduced > 0, upper, np.where(reduced < 0, lower, 0.0))
    parts = np.concatenate([y * sides, reduced * ends])
    # What adding up in floating point can lose is put on top.
    return float(parts.sum() + 1e-13 * np.abs(parts).sum() * len(parts) ** 0.5)
