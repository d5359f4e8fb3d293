"""What follows from a branch on when a window starts or ends.

Both branches say much about the other columns of the window's slot: what has started by noon has started by one
o'clock, what has not started by noon is not over by one. The search for a bound and the check of its certificate
draw these conclusions with the same few lines.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Floats
from letup.lp.program import LinearProgram
from letup.pauses.certificates.window_rows import Slot, WindowRows
from letup.pauses.limit_checks import breaches

Branch = tuple[int, int]
"""A column, and whether it is set to 0 or 1."""


class Propagation:
    """Draws conclusions from branches on the windows of a relaxation.

    Parameters
    ----------
    program : LinearProgram
        The relaxation.
    windows : WindowRows
        Its windows.

    Attributes
    ----------
    integer : int64[k]
        Columns that can be branched on.
    """

    def __init__(self, program: LinearProgram, windows: WindowRows) -> None:
        self.windows = windows
        self.integer = np.flatnonzero(program.integer)
        self._lower, self._upper = np.array(program.lower), np.array(program.upper)
        # A window agreed by hand may be shorter than the limits ask.
        self._shortest = 1 if windows.limits.frozen else windows.shortest
        self._place: dict[int, tuple[Slot, bool, int]] = {}
        for slot in windows.slots:
            for ended, columns in ((False, slot.started), (True, slot.ended)):
                for i, column in enumerate(columns.tolist()):
                    self._place[column] = (slot, ended, i)

    def bounds(self, path: Iterable[Branch]) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all columns after some branches, float64[columns] each."""
        lower, upper = self._lower.copy(), self._upper.copy()
        for column, value in path:
            self.fix(lower, upper, column, value)
        return lower, upper

    def fix(self, lower: Floats, upper: Floats, column: int, value: int) -> None:
        """Set a column to 0 or 1 in the bounds of all columns, with what follows for its slot; changes the bounds.

        Where nothing is left, some lower bound is above its upper one.
        """
        lower[column], upper[column] = max(lower[column], value), min(upper[column], value)
        if column not in self._place:
            return
        slot, ended, i = self._place[column]
        columns, points = (slot.ended, slot.ends) if ended else (slot.started, slot.starts)
        if value:
            # It stays so, there is a window, and one that is over has started.
            lower[columns[i:]] = 1.0
            lower[slot.started[-1]] = lower[slot.ended[-1]] = 1.0
            if ended:
                lower[slot.started[slot.starts >= points[i] - self._shortest]] = 1.0
        else:
            upper[columns[: i + 1]] = 0.0
            if i == len(columns) - 1:
                upper[slot.started] = upper[slot.ended] = 0.0
            elif not ended:
                upper[slot.ended[slot.ends < points[i + 1] + self._shortest]] = 0.0

    def open(self, lower: Floats, upper: Floats) -> NDArray[np.int64]:
        """Columns that are neither set nor follow from those that are, int64[k]."""
        return self.integer[lower[self.integer] < upper[self.integer]]

    def allowed(self, values: Floats) -> bool:
        """Whether the windows that whole values stand for keep to the limits."""
        windows = self.windows
        return not breaches(windows.windows(values), windows.limits, len(windows.of_zone), windows.clock)
