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


Floats = NDArray[np.float64]


class Duality:
    """A program kept as arrays, so that multipliers can be turned into bounds quickly.

    Parameters
    ----------
    rows : Rows
        The program; rows added later are not seen.
    """

    def __init__(self, rows: Rows) -> None:
        self.low, self.high, self.gain = np.array(rows.low), np.array(rows.high), np.array(rows.gain)
        self.lower, self.upper = np.array(rows.lower), np.array(rows.upper)
        self._across = rows.matrix.T.tocsr()

    def bound(self, multipliers: Floats, lower: Floats | None = None, upper: Floats | None = None) -> float:
        """What no point within the rows and the bounds on the columns can exceed.

        For any multipliers y, gain·x = y·(A x) + (gain - A^T y)·x. Each row's part is at most y times the side of
        the row that y's sign picks, each column's part at most its reduced gain times one of its bounds. Rows that
        are open on the side needed are left out (their multiplier is taken as 0), so that rounding in the
        multipliers can only weaken the bound, never make it wrong.

        Parameters
        ----------
        multipliers : float64[rows]
            One for each row, positive where its upper side binds.
        lower, upper : float64[columns], optional
            Bounds on the columns in place of the program's own. Where they leave nothing, minus infinity.
        """
        lower = self.lower if lower is None else lower
        upper = self.upper if upper is None else upper
        if (lower > upper).any():
            return -np.inf
        y = np.array(multipliers, np.float64)
        y[(y > 0) & ~np.isfinite(self.high)] = 0.0
        y[(y < 0) & ~np.isfinite(self.low)] = 0.0
        sides = np.where(y > 0, self.high, np.where(y < 0, self.low, 0.0))
        reduced = self.gain - self._across @ y
        ends = np.where(reduced > 0, upper, np.where(reduced < 0, lower, 0.0))
        parts = np.concatenate([y * sides, reduced * ends])
        # What adding up in floating point can lose is put on top.
        return float(parts.sum() + 1e-13 * np.abs(parts).sum() * len(parts) ** 0.5)


def dual_bound(rows: Rows, multipliers: Floats) -> float:
    """What no point within the rows can exceed, by weak duality: see `Duality.bound`."""
    return Duality(rows).bound(multipliers)
