"""The search on exact flows beside the proof: each begins from what the other finds.

Points of the relaxation, at the root and at every node of the tree, are rounded to windows that keep to the limits.
Some are better than all that is known, and most are worth to begin a short cooling from. Where the search finds
nothing for some seconds, its thread goes over to the proof, and comes back for a third of the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from letup.pauses.bound.branching import Branching
from letup.pauses.certificates.window_rows import Slot
from letup.pauses.limits import Window
from letup.pauses.search.annealing import Annealing
from letup.pauses.search.spans import Span, Spans

ROOT_LEVELS = (0.9, 0.7, 0.5, 0.3, 0.15, 0.05)
"""Levels at which the point of the root is rounded to windows."""
_LEVELS = (0.5, 0.3)
"""The same for other nodes: of six levels these led to most of what was better."""
_COOLING = 400
"""Candidates of one cooling."""
_WORTHWHILE = 0.9
"""Share of the best value from which on rounded windows are begun from."""
_SEARCHED, _HELP = 3.0, 2.0
"""Seconds without anything better after which the search makes room for the proof, and for how long at a time."""
_PACE = 1.0
"""Seconds that a linear program of the tree may take so that the search goes over to it: a split takes several."""
_LOOK = 0.05


class Guided:
    """Search guided by points of the relaxation.

    Parameters
    ----------
    search : Annealing
        The search.
    best : callable
        Best windows known, whoever found them, and their value.
    found : callable
        Called with windows; returns what they are worth.
    left : callable
        Seconds left; not positive = stop.
    """

    def __init__(
        self,
        search: Annealing,
        best: Callable[[], tuple[list[Window], float]],
        found: Callable[[list[Window]], float],
        left: Callable[[], float],
    ) -> None:
        self.search, self.best, self.found, self.left = search, best, found, left
        self._hints: dict[tuple[Span, ...], float] = {}
        self._lock = threading.Lock()

    def hint(self, point: NDArray[np.float64], levels: Sequence[float] = _LEVELS) -> None:
        """Round a point of the relaxation to windows, and see what they are worth."""
        for level in levels:
            spans = self.search.fitted(rounded(self.search.slots, point, level))
            if spans is not None and self.left() > 0:
                value = self.found(self.search.windows_of(spans))
                with self._lock:
                    self._hints.setdefault(tuple(spans), value)

    def run(self, branching: Callable[[], Branching | None], gap: float, proved: threading.Event) -> None:
        """Search until there is no time left, and help with the proof the more the longer nothing better is found.

        Parameters
        ----------
        branching : callable
            The tree, once it has begun to grow.
        gap : float
            Share of the value within which the proof is good enough.
        proved : threading.Event
            Set once the proof has ended.
        """
        searched = helped = 0.0
        while self.left() > 0 and self.search.open:
            began, before = time.monotonic(), self.best()[1]
            tree = branching()
            alone = proved.is_set() or (tree is not None and tree.pace > _PACE)
            if alone or searched <= _SEARCHED + helped / 2:
                self._cool()
                searched += time.monotonic() - began
            else:
                self._help(tree, gap, proved)
                helped += time.monotonic() - began
            if self.best()[1] > before:
                searched = helped = 0.0

    def _cool(self) -> None:
        """One cooling, from a hint or else from the best; what the proof finds meanwhile is gone on from."""
        known = self.best()[1]
        self.search.news = lambda: self.best() if self.best()[1] > known else ([], -np.inf)
        self.search.run(self._next(known) or self.search.spans_of(self.best()[0]) or [], 1, _COOLING)

    def _next(self, known: float) -> Spans:
        """The hint that is worth most of those not begun from yet; empty if none is worth it."""
        with self._lock:
            spans = max(self._hints, key=self._hints.__getitem__, default=())
            if not spans or self._hints[spans] < _WORTHWHILE * known:
                return []
            self._hints[spans] = -np.inf
        return list(spans)

    def _help(self, branching: Branching | None, gap: float, proved: threading.Event) -> None:
        """Prove for a while, or make room for the proof where the work on it cannot be shared yet."""
        until, known = time.monotonic() + _HELP, self.best()[1]

        def enough() -> bool:
            return time.monotonic() > until or self.best()[1] > known or self.left() <= 0

        if branching is not None:
            branching.run(gap, until=enough)
        while not enough() and not proved.wait(_LOOK):
            pass


def rounded(slots: Sequence[Slot], point: NDArray[np.float64], level: float) -> Spans:
    """For each slot the window that a point of the relaxation makes quiet at least to a level, or none.

    All together they may break limits.
    """
    found: Spans = []
    for slot in slots:
        begun, over = point[slot.started], point[slot.ended]
        if begun[-1] < level:
            found.append(None)
            continue
        first = int(slot.starts[int((begun >= level).argmax())])
        left = over > begun[-1] - level + 1e-9
        found.append((first, int(slot.ends[int(left.argmax())]) if left.any() else int(slot.ends[-1])))
    return found
