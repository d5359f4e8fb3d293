"""The search on exact flows beside the proof: each begins from what the other finds.

Points of the relaxation, at the root and at every node of the tree, are rounded to windows that keep to the limits.
Some are better than all that is known, and most are worth to begin a short cooling from. Where the search finds
nothing for some seconds, its thread goes over to the proof, and comes back for a third of the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from letup.pauses.bound.branching import Branching
from letup.pauses.certificates.window_rows import Slot
from letup.pauses.incumbent import FirstOf, Improvement, Incumbent, Rounds, TimeLimit
from letup.pauses.search.annealing import Annealing, Span, Spans


@dataclass(frozen=True)
class GuidedParameters:
    """How the search beside the proof goes.

    Attributes
    ----------
    root_levels : tuple of float
        Levels at which the point of the root is rounded to windows.
    node_levels : tuple of float
        The same for other nodes: of the six levels these led to most of what was better.
    candidates : int
        Candidates of one cooling.
    worthwhile : float
        Share of the best value from which on rounded windows are begun from.
    patience_seconds, helping_seconds : float
        Seconds without anything better after which the search makes room for the proof, and for how long at a time.
    slowest_program_seconds : float
        Seconds that a linear program of the tree may take so that the search goes over to it: a split takes several.
    seconds_between_looks : float
        How often to look whether the proof that is waited for has ended.
    """

    root_levels: tuple[float, ...] = (0.9, 0.7, 0.5, 0.3, 0.15, 0.05)
    node_levels: tuple[float, ...] = (0.5, 0.3)
    candidates: int = 400
    worthwhile: float = 0.9
    patience_seconds: float = 3.0
    helping_seconds: float = 2.0
    slowest_program_seconds: float = 1.0
    seconds_between_looks: float = 0.05


class GuidedSearch:
    """Search guided by points of the relaxation.

    Parameters
    ----------
    annealing : Annealing
        The search.
    incumbent : Incumbent
        What search and proof share.
    """

    def __init__(self, annealing: Annealing, incumbent: Incumbent) -> None:
        self.annealing, self.incumbent, self.parameters = annealing, incumbent, GuidedParameters()
        self._hints: dict[tuple[Span, ...], float] = {}
        self._lock = threading.Lock()

    def hint_root(self, point: NDArray[np.float64]) -> None:
        """Round the point of the root to windows, and see what they are worth."""
        self._hint(point, self.parameters.root_levels)

    def hint(self, point: NDArray[np.float64]) -> None:
        """Round the point of another node to windows, and see what they are worth."""
        self._hint(point, self.parameters.node_levels)

    def _hint(self, point: NDArray[np.float64], levels: Sequence[float]) -> None:
        for level in levels:
            spans = self.annealing.fitted(rounded(self.annealing.slots, point, level))
            if spans is not None and not self.incumbent.met:
                value = self.incumbent.offer(self.annealing.windows_of(spans))
                with self._lock:
                    self._hints.setdefault(tuple(spans), value)

    def run(self, branching: Callable[[], Branching | None], proof_ended: threading.Event) -> None:
        """Search until there is no time left, and help with the proof the more the longer nothing better is found.

        Parameters
        ----------
        branching : callable
            The tree, once it has begun to grow.
        proof_ended : threading.Event
            Set once the proof has ended.
        """
        parameters = self.parameters
        searched = helped = 0.0
        while not self.incumbent.met and self.annealing.open:
            began, better = time.monotonic(), Improvement(self.incumbent)
            tree = branching()
            alone = proof_ended.is_set() or (tree is not None and tree.pace > parameters.slowest_program_seconds)
            if alone or searched <= parameters.patience_seconds + helped / 2:
                self._cool()
                searched += time.monotonic() - began
            else:
                self._help(tree, proof_ended)
                helped += time.monotonic() - began
            if better.met:
                searched = helped = 0.0

    def _cool(self) -> None:
        """One cooling, from a hint or else from the best; what the proof finds meanwhile is gone on from."""
        annealing, (windows, value) = self.annealing, self.incumbent.best
        start = self._best_hint(value) or annealing.spans_of(windows)
        parameters = replace(annealing.parameters, candidates=self.parameters.candidates)
        annealing.run(start, FirstOf(self.incumbent, Rounds(1)), parameters, follow=True)

    def _best_hint(self, value: float) -> Spans:
        """The hint that is worth most of those not begun from yet; empty if none is worth it."""
        with self._lock:
            spans = max(self._hints, key=self._hints.__getitem__, default=())
            if not spans or self._hints[spans] < self.parameters.worthwhile * value:
                return []
            self._hints[spans] = -np.inf
        return list(spans)

    def _help(self, branching: Branching | None, proof_ended: threading.Event) -> None:
        """Prove for a while, or make room for the proof where the work on it cannot be shared yet."""
        enough = FirstOf(TimeLimit(self.parameters.helping_seconds), Improvement(self.incumbent), self.incumbent)
        if branching is not None:
            branching.run(enough)
        while not enough.met and not proof_ended.wait(self.parameters.seconds_between_looks):
            pass


def rounded(slots: Sequence[Slot], point: NDArray[np.float64], level: float) -> Spans:
    """For each slot the window that a point of the relaxation makes quiet at least to a level, or none.

    All together they may break limits.
    """
    spans: Spans = []
    for slot in slots:
        begun, over = point[slot.started], point[slot.ended]
        if begun[-1] < level:
            spans.append(None)
            continue
        first = int(slot.starts[int((begun >= level).argmax())])
        left = over > begun[-1] - level + 1e-9
        spans.append((first, int(slot.ends[int(left.argmax())]) if left.any() else int(slot.ends[-1])))
    return spans
