"""Improve chosen windows by small changes: move an edge, drop or add a window, take from one to give to another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from letup.pauses.greedy import Greedy, State

_FRUITLESS = 1500
_COOLING = 0.997
_WARMTH = 0.01

Windows = dict[int, tuple[int, int]]


class Polish:
    """Random small changes, kept when they help or, at first, when they cost little.

    Parameters
    ----------
    search : Greedy
        Whose state is improved; its deadline and progress are used.
    seed : int
        Seed of the changes.
    """

    def __init__(self, search: Greedy, seed: int) -> None:
        self.search = search
        self.random = np.random.default_rng(seed)
        self.grid = max(1, round((search.limits.grid_minutes or 0) / search.clock.step_minutes))

    def run(self, state: State) -> State:
        """Best state found from a given one, until nothing better comes for long or time is up."""
        best = copy(state)
        now = copy(state)
        warmth = _WARMTH * max(state.value, 1.0)
        fruitless = 0
        while fruitless < _FRUITLESS and not self.search.out_of_time() and self.search.blocks:
            fruitless += 1
            warmth *= _COOLING
            attempt = copy(now)
            changed = self._change(attempt)
            if not changed:
                continue
            for block, windows in changed.items():
                self.search.take_over(attempt, block, windows)
            if attempt.value >= now.value - warmth * self.random.exponential():
                now = attempt
                if now.value > best.value * (1 + 1e-9):
                    best, fruitless = copy(now), 0
                    self.search.tell(best)
        return best

    def _change(self, state: State) -> dict[int, Windows]:
        """New windows for one or two blocks, within the limits; empty if the change is not allowed."""
        drawn = [int(self.random.integers(len(state.windows))) for _ in range(1 + int(self.random.integers(2)))]
        changed: dict[int, Windows] = {}
        for block in drawn:
            windows = self._nudge(block, dict(changed.get(block, state.windows[block])))
            if windows is None:
                return {}
            changed[block] = windows
        for block, windows in changed.items():
            others = [changed.get(b, w) for b, w in enumerate(state.windows) if b != block]
            if self.search.allowance.cost(windows, state.windows[block], others) is None:
                return {}
        return {b: w for b, w in changed.items() if w != state.windows[b]}

    def _nudge(self, block: int, windows: Windows) -> Windows | None:
        """One small change of a block's windows."""
        here, search, random = self.search.blocks[block], self.search, self.random
        kind = random.random()
        if windows and kind < 0.1:
            del windows[list(windows)[int(random.integers(len(windows)))]]
            return windows
        if not windows or kind < 0.25:
            zone = int(random.integers(search.net.zones))
            like = list(windows.values())
            if like:
                first, last = like[int(random.integers(len(like)))]
            else:
                first = int(random.integers(here.first, here.last + 1))
                last = min(first + search.allowance.shortest - 1, here.last)
            if zone in windows:
                return None
        else:
            zone = list(windows)[int(random.integers(len(windows)))]
            first, last = windows[zone]
            step = self.grid * int(random.integers(1, 5)) * (1 if random.random() < 0.5 else -1)
            edge = random.random()
            first += step if edge < 0.6 else 0
            last += step if edge >= 0.3 else 0
        first, last = max(first, here.first), min(last, here.last)
        if last - first + 1 < search.allowance.shortest:
            return None
        fitted = search.allowance.fit(zone, first, last, here.first, here.last)
        if fitted is None:
            return None
        windows[zone] = fitted
        return windows


def copy(state: State) -> State:
    """A copy that can be changed apart."""
    return replace(
        state,
        windows=[dict(block) for block in state.windows],
        outcomes=list(state.outcomes),
        people=state.people.copy(),
        room=state.room.copy(),
    )
