"""A linear program that grows: columns and rows kept as plain lists until they are needed as arrays."""

from __future__ import annotations

from collections.abc import Iterable

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
