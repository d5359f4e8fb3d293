"""What sets of pauses are worth by the priorities of a scenario, for searches that evaluate thousands of sets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.make import DeliverySurrogate, Prepared, prepare
from letup.pauses.limits import Window, moving_array
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario


class WeighedObjective:
    """What windows are worth by the priorities of a scenario.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    usable : bool[zones, T]
        Steps that may be quiet.
    prepared : Prepared, optional
        From `letup.aid.deliveries.make.prepare`.

    Attributes
    ----------
    prepared : Prepared
        What deliveries are made with.
    """

    def __init__(
        self, scenario: Scenario, network: RoadNetwork, usable: NDArray[np.bool_], prepared: Prepared | None = None
    ) -> None:
        self.scenario, self._network, self._usable = scenario, network, usable
        self.people, self.need = scenario.priorities.people, scenario.priorities.need
        self.prepared = prepared or prepare(scenario, network)
        self._need_surrogate = DeliverySurrogate(scenario, network, self.prepared, usable)

    def need_of(self, windows: Sequence[Window]) -> float:
        """Need that deliveries could meet in windows, about: person-days with diminishing value."""
        return self._need_surrogate.value(moving_array(self.scenario, list(windows)))

    def worth(self, windows: Sequence[Window], people: float) -> float:
        """What windows are worth that let so many people out."""
        return self.people * people + self.need * self.need_of(windows)

    def losses(self, windows: Sequence[Window]) -> list[float]:
        """Need that could no longer be met without each of the windows, about: person-days."""
        now = self.need_of(windows)
        return [max(now - self.need_of([other for other in windows if other != window]), 0.0) for window in windows]

    def useful(self, windows: list[Window], passed: Sequence[int]) -> list[int]:
        """Numbers of the windows that somebody passes, or without which less need could be met."""
        kept = list(range(len(windows)))
        now = self.need_of(windows)
        for i in sorted(kept, key=lambda i: windows[i].first, reverse=True):
            if passed[i]:
                continue
            without = [windows[j] for j in kept if j != i]
            if self.need_of(without) >= now:
                kept.remove(i)
        return kept
