"""What splits the windows in two: whether a slot's window has started, or is over, by a point of the clock grid.

Both sides of a split say much about the other columns of the slot: what has started by noon has started by one
o'clock, what has not started by noon is not over by one. The search for a bound and the check of its certificate
draw these conclusions with the same few lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.lp.program import Rows
from letup.pauses.certificates.window_rows import Slot, WindowRows
from letup.pauses.limit_checks import breaches

Floats = NDArray[np.float64]
_WHOLE = 1e-6


@dataclass(frozen=True)
class Split:
    """Two sides: a column is 0, or it is 1.

    Attributes
    ----------
    column : int
        The column.
    kind : tuple
        Splits of one kind gain alike: the slot, and whether it is about starts or ends.
    up, down : float
        How much the columns of the slot would have to rise (fall) in all if the column were 1 (0).
    """

    column: int
    kind: tuple[int, bool]
    up: float
    down: float


class Splits:
    """All splits of the windows of a relaxation.

    Parameters
    ----------
    rows : Rows
        The program.
    windows : WindowRows
        Its windows.
    """

    def __init__(self, rows: Rows, windows: WindowRows) -> None:
        self.windows = windows
        # One agreed by hand may be shorter than the limits ask.
        self._shortest = 1 if windows.limits.frozen else windows.shortest
        self.whole = np.flatnonzero(rows.whole)
        self._of: dict[int, tuple[Slot, bool, int]] = {}
        for slot in windows.slots:
            for ended, columns in ((False, slot.started), (True, slot.ended)):
                for i, column in enumerate(columns.tolist()):
                    self._of[column] = (slot, ended, i)
        self._rest = np.array([c for c in self.whole.tolist() if c not in self._of], np.int64)

    def narrow(self, lower: Floats, upper: Floats, column: int, value: int) -> None:
        """Set a column to 0 or 1 in the bounds of all columns, with what follows for its slot; changes the bounds.

        Where nothing is left, some lower bound is above its upper one.
        """
        lower[column], upper[column] = max(lower[column], value), min(upper[column], value)
        if column not in self._of:
            return
        slot, ended, i = self._of[column]
        mine, points = (slot.ended, slot.ends) if ended else (slot.started, slot.starts)
        if value:
            # It stays so, there is a window, and one that is over has started.
            lower[mine[i:]] = 1.0
            lower[slot.started[-1]] = lower[slot.ended[-1]] = 1.0
            if ended:
                lower[slot.started[slot.starts >= points[i] - self._shortest]] = 1.0
        else:
            upper[mine[: i + 1]] = 0.0
            if i == len(mine) - 1:
                upper[slot.started] = upper[slot.ended] = 0.0
            elif not ended:
                upper[slot.ended[slot.ends < points[i + 1] + self._shortest]] = 0.0

    def fractional(self, values: Floats, lower: Floats, upper: Floats) -> list[Split]:
        """Splits that cut off a point: columns that are neither 0 nor 1 there."""
        found = []
        for number, slot in enumerate(self.windows.slots):
            for ended, columns in ((False, slot.started), (True, slot.ended)):
                share = values[columns]
                up = np.cumsum((1.0 - share)[::-1])[::-1]
                down = np.cumsum(share)
                broken = (share > _WHOLE) & (share < 1 - _WHOLE) & (lower[columns] < upper[columns])
                found += [
                    Split(int(columns[i]), (number, ended), float(up[i]), float(down[i]))
                    for i in np.flatnonzero(broken).tolist()
                ]
        for column in self._rest.tolist():
            if _WHOLE < values[column] < 1 - _WHOLE and lower[column] < upper[column]:
                found.append(Split(column, (-1, False), 1.0 - float(values[column]), float(values[column])))
        return found

    def allowed(self, values: Floats) -> bool:
        """Whether the windows that whole values stand for keep to the limits."""
        windows = self.windows
        return not breaches(windows.windows(values), windows.limits, len(windows.of_zone), windows.clock)

    def open(self, lower: Floats, upper: Floats) -> Iterator[Split]:
        """Splits that are left."""
        for column in self.whole[lower[self.whole] < upper[self.whole]].tolist():
            yield Split(column, (-2, False), 1.0, 1.0)
