"""The best windows known and the bound on what any could be worth, shared by all that search and prove; when to stop.

Every search and every proof of a problem gets the one `Incumbent` of it: it offers windows, proves bounds, and asks
whether the work is over. What ends a part of the work earlier is another `StoppingCriterion`, put together with it by
`FirstOf`.
"""

from __future__ import annotations

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.pauses.limits import Window

_EXACT = 1e-9
"""Differences of value, as a share of it, below which windows are not better: sums of floats differ by as much."""
PROVEN_GAP = 1e-6
"""Gap below which windows count as proven best: solvers work to tolerances."""
_NOTHING_KNOWN = -1.0
"""Value while no windows are known: less than any are worth."""


class StoppingCriterion(ABC):
    """When work ends."""

    @abstractmethod
    def seconds_left(self) -> float:
        """Seconds until it is met: 0 or less once it is, infinite if no passing of time meets it."""

    @property
    def met(self) -> bool:
        """Whether to stop now."""
        return self.seconds_left() <= 0

    def round_ended(self) -> None:  # noqa: B027 - only `Rounds` counts
        """Take note that a search has ended one of its rounds."""


class Never(StoppingCriterion):
    """Work that ends by itself."""

    def seconds_left(self) -> float:
        """Infinite."""
        return math.inf


class TimeLimit(StoppingCriterion):
    """So many seconds from now.

    Parameters
    ----------
    seconds : float or None
        None = no limit.
    """

    def __init__(self, seconds: float | None) -> None:
        self.deadline = math.inf if seconds is None else time.monotonic() + seconds

    def seconds_left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - time.monotonic()


class Rounds(StoppingCriterion):
    """So many rounds of a search from now.

    Parameters
    ----------
    most : int or None
        None = no limit.
    """

    def __init__(self, most: int | None) -> None:
        self.left = math.inf if most is None else most

    def seconds_left(self) -> float:
        """0 once all rounds are over, else infinite."""
        return math.inf if self.left > 0 else 0.0

    def round_ended(self) -> None:
        """Count a round."""
        self.left -= 1


class Interruption(StoppingCriterion):
    """Until somebody calls `interrupt`, from whichever thread."""

    def __init__(self) -> None:
        self.interrupted = False

    def interrupt(self) -> None:
        """Have it met from now on."""
        self.interrupted = True

    def seconds_left(self) -> float:
        """0 once it was interrupted, else infinite."""
        return 0.0 if self.interrupted else math.inf


class FirstOf(StoppingCriterion):
    """Whichever of several criteria is met first."""

    def __init__(self, *criteria: StoppingCriterion) -> None:
        self.criteria = criteria

    def seconds_left(self) -> float:
        """The fewest seconds left of any."""
        return min(criterion.seconds_left() for criterion in self.criteria)

    def round_ended(self) -> None:
        """Have all of them count a round."""
        for criterion in self.criteria:
            criterion.round_ended()


class Incumbent(StoppingCriterion):
    """The best windows known, what they are worth, and what any windows could be worth at most.

    As a stopping criterion it is met when its time is up, when it is interrupted, or when value and bound are within
    the gap. Threads may share it.

    Parameters
    ----------
    evaluate : callable
        What windows are worth.
    allows : callable, optional
        Whether windows keep to the limits; asked of windows that would be the best. None = all that are offered do.
    upper_bound : float
        A bound that is known already.
    time_limit : float or None
        Seconds from now; None = no limit.
    target_gap : float
        Value and bound need not be nearer, as a share of the value.
    progress : callable, optional
        Called with seconds, value and bound whenever one of them improves.

    Attributes
    ----------
    best : tuple of (list of Window, float)
        The best windows, and their value; no windows and less than any value while none are known.
    certificate : Certificate, AllQuietCertificate or None
        What confirms the lowest bound of those that can be confirmed.
    trace : list of (seconds, value, bound)
        As they improved.
    """

    def __init__(
        self,
        evaluate: Callable[[Sequence[Window]], float],
        *,
        allows: Callable[[Sequence[Window]], bool] | None = None,
        upper_bound: float = math.inf,
        time_limit: float | None = None,
        target_gap: float = 0.0,
        progress: Callable[[float, float, float], None] | None = None,
    ) -> None:
        self.evaluate, self.target_gap = evaluate, target_gap
        self.best: tuple[list[Window], float] = ([], _NOTHING_KNOWN)
        self.upper_bound = upper_bound
        self.certificate: Certificate | AllQuietCertificate | None = None
        self.trace: list[tuple[float, float, float]] = []
        self.interruption = Interruption()
        self._allows, self._progress = allows, progress
        self._began = time.monotonic()
        self._outside = FirstOf(TimeLimit(time_limit), self.interruption)
        self._lock = threading.Lock()
        self._closed = False

    @property
    def windows(self) -> list[Window]:
        """The best windows."""
        return self.best[0]

    @property
    def value(self) -> float:
        """What the best windows are worth."""
        return self.best[1]

    @property
    def gap(self) -> float:
        """(bound - value) / value; infinite if the value is not above 0 and the bound is."""
        bound = max(self.upper_bound, self.value)
        if self.value > 0:
            return (bound - self.value) / self.value
        return 0.0 if bound <= 0 else math.inf

    def seconds_left(self) -> float:
        """Seconds left; none once the gap is small enough or somebody has interrupted."""
        if self.upper_bound <= self.value * (1 + max(self.target_gap, PROVEN_GAP)) + _EXACT:
            return 0.0
        return self._outside.seconds_left()

    def interrupt(self) -> None:
        """Have all that search and prove stop."""
        self.interruption.interrupt()

    def offer(self, windows: Sequence[Window], value: float | None = None) -> float:
        """Take windows if they keep to the limits and are better; returns what they are worth.

        Parameters
        ----------
        windows : sequence of Window
            The windows.
        value : float, optional
            What they are worth, where that is known.
        """
        value = self.evaluate(windows) if value is None else value
        if value > self.value + _EXACT * max(1.0, abs(self.value)) and (self._allows is None or self._allows(windows)):
            with self._lock:
                if value > self.value and not self._closed:
                    self.best = (list(windows), value)
                    self._note()
        return value

    def replace(self, windows: Sequence[Window]) -> None:
        """Take windows that are no better, such as those without a window that brings nothing."""
        self.best = (list(windows), self.value)

    def prove(self, bound: float) -> None:
        """Take a bound if it is lower."""
        with self._lock:
            bound = max(bound, self.value)
            if bound < self.upper_bound and not self._closed:
                self.upper_bound = bound
                self._note()

    def certify(self, certificate: Certificate | AllQuietCertificate) -> None:
        """Take a bound with what confirms it, if it is lower than those that can be confirmed so far."""
        with self._lock:
            if not self._closed and (self.certificate is None or certificate.bound < self.certificate.bound):
                self.certificate = certificate
        self.prove(certificate.bound)

    def close(self) -> None:
        """Take nothing any more: what a thread that nobody waits for finds comes too late."""
        with self._lock:
            self._closed = True

    def note(self) -> None:
        """Add where things stand to the trace."""
        with self._lock:
            self._note()

    def _note(self) -> None:
        seconds = time.monotonic() - self._began
        if self.value >= 0:
            self.upper_bound = max(self.upper_bound, self.value)
            self.trace.append((seconds, self.value, self.upper_bound))
            if self._progress is not None:
                self._progress(*self.trace[-1])


class Improvement(StoppingCriterion):
    """Until windows better than those known now are known."""

    def __init__(self, incumbent: Incumbent) -> None:
        self._incumbent, self._known = incumbent, incumbent.value

    def seconds_left(self) -> float:
        """0 once there are better ones, else infinite."""
        return 0.0 if self._incumbent.value > self._known else math.inf
