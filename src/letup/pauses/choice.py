"""What came out of choosing pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from letup.pauses.bound.relaxation import Certificate
from letup.pauses.certificates.all_quiet import QuietCertificate
from letup.pauses.limits import Window
from letup.pauses.problem import Problem


@dataclass(frozen=True)
class Choice:
    """The pauses chosen, what they are worth, and how much better any choice could be.

    Attributes
    ----------
    windows : list of Window
        The pauses, by zone and time.
    quiet : bool[zones, T]
        The quiet state they produce.
    value : float
        Sum of weight times arrivals of the earliest-arrival flow under ``quiet``.
    bound : float
        Proven upper bound on the value over all choices within the limits.
    gap : float
        (bound - value) / value; infinite if the value is 0 and the bound is not.
    trace : list of (seconds, value, bound)
        As they improved.
    complete : bool
        False if the search was stopped by the time limit or by hand.
    certificate : Certificate, QuietCertificate or None
        What `letup.pauses.check_bound` needs to confirm the bound, as far as it was kept: see its own ``bound``.
    """

    windows: list[Window]
    quiet: NDArray[np.bool_]
    value: float
    bound: float
    gap: float
    trace: list[tuple[float, float, float]]
    complete: bool = True
    certificate: Certificate | QuietCertificate | None = field(default=None, repr=False)
    problem: Problem | None = field(default=None, repr=False, compare=False)

    def evaluate(self, windows: Sequence[Window]) -> float:
        """What other windows would be worth on the same network; they need not keep to the limits."""
        assert self.problem is not None
        return self.problem.value(windows)

    def worth(self) -> list[tuple[Window, float]]:
        """What the value loses without each window."""
        from letup.pauses.window_worth import worth

        assert self.problem is not None
        return worth(self.problem, self.windows)

    def next_hours(self) -> list[tuple[Window, Window | None, float]]:
        """What one more zone-hour would bring, and where: longer or new window, the one it replaces, gain per hour."""
        from letup.pauses.window_worth import next_hours

        assert self.problem is not None
        return next_hours(self.problem, self.windows)
