"""The greedy search, again and again: for networks too large for exact flows by the thousand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from letup.flow.network import TimedNetwork
from letup.pauses.clock import Clock
from letup.pauses.greedy import Greedy
from letup.pauses.limits import Limits, Window
from letup.pauses.polish import Polish, copy

_ATTEMPTS = 10


def search_pauses(
    net: TimedNetwork,
    limits: Limits,
    clock: Clock,
    weight: NDArray[np.float64],
    *,
    deadline: float,
    margin: int = 0,
    seed: int = 0,
    repeat: bool = False,
    progress: Callable[[list[Window], float], None] | None = None,
) -> tuple[list[Window], bool]:
    """Windows found by the greedy search, and whether it ran to its end.

    With ``margin`` nobody is counted who would be on a road in the last steps of its window.
    With ``repeat`` it then takes back the windows of some days and fills again in another order, keeps
    what is better, and at last tries small changes, until nothing better comes, the deadline or Ctrl-C.
    """
    best: list[Window] = []
    best_value = 0.0

    def better(windows: list[Window], value: float) -> None:
        nonlocal best, best_value
        if value > best_value:
            best, best_value = windows, value
            if progress is not None:
                progress(windows, value)

    search = Greedy(net, limits, clock, weight, deadline=deadline, margin=margin, progress=better)
    random = np.random.default_rng(seed)
    state = search.empty()
    try:
        search.fill(state)
        fruitless = 0
        while repeat and fruitless < _ATTEMPTS and not search.stopped and search.blocks:
            attempt = copy(state)
            for block in random.choice(len(search.blocks), max(1, len(search.blocks) // 3), replace=False):
                search.clear(attempt, int(block))
            search.fill(attempt, random.uniform(0.5, 1.5, max(net.zones, 1)))
            fruitless += 1
            if attempt.value > state.value * (1 + 1e-9):
                state, fruitless = attempt, 0
        if repeat and not search.stopped:
            Polish(search, seed).run(state)
    except KeyboardInterrupt:
        search.stopped = True
    return best, not search.stopped
