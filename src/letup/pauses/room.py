"""What the limits still leave room for: fitting one window, and paying for several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.pauses.clock import Clock, runs
from letup.pauses.limits import Limits


class Allowance:
    """Fits windows to the limits, and says what they cost.

    Parameters
    ----------
    limits : Limits
        What the parties insist on.
    clock : Clock
        What the steps mean.
    usable : bool[zones, T]
        Steps at which each zone may be quiet.
    """

    def __init__(self, limits: Limits, clock: Clock, usable: NDArray[np.bool_]) -> None:
        self.limits, self.clock, self.usable = limits, clock, usable
        self.shortest = max(clock.in_steps(limits.shortest), 1)
        self.longest = clock.whole_steps(limits.longest) if limits.longest is not None else clock.steps
        edges = range(clock.steps + 1)
        self.edges = np.array([e for e in edges if clock.on_grid(e, limits.grid_minutes)], np.int64)
        self.runs = [runs(row) for row in usable]

    def fit(self, zone: int, first: int, last: int, lowest: int, highest: int) -> tuple[int, int] | None:
        """Smallest allowed window around steps first to last, within lowest to highest.

        What lies outside the zone's usable steps is left out. None if no window fits.
        """
        run = next(((a, b) for a, b in self.runs[zone] if b >= max(first, lowest) and a <= min(last, highest)), None)
        if run is None or first > last:
            return None
        a, b = max(int(run[0]), lowest), min(int(run[1]), highest)
        first, last = max(first, a), min(last, b)
        points = self.edges[np.searchsorted(self.edges, a) : np.searchsorted(self.edges, b + 1, "right")]
        if len(points) < 2:
            return None
        start = int(points[max(int(np.searchsorted(points, first, "right")) - 1, 0)])
        end = int(points[min(int(np.searchsorted(points, last + 1, "left")), len(points) - 1)])
        if end - start < self.shortest:
            later = points[points - start >= self.shortest]
            if len(later):
                end = int(later[0])
            else:
                earlier = points[points <= points[-1] - self.shortest]
                if not len(earlier):
                    return None
                start, end = int(earlier[-1]), int(points[-1])
        if end - start > self.longest:
            inside = points[(points - start <= self.longest) & (points - start >= self.shortest)]
            if not len(inside):
                return None
            end = int(inside[-1])
        return start, end - 1

    def cost(
        self,
        windows: dict[int, tuple[int, int]],
        before: dict[int, tuple[int, int]],
        others: list[dict[int, tuple[int, int]]],
    ) -> float | None:
        """What a block's windows cost more than before; None if the limits do not leave room for them.

        The cost is in zone-hours, or a share of the concession budget where that is scarcer.
        """
        hours = self.clock.hours(_length(windows))
        elsewhere = self.clock.hours(sum(_length(block) for block in others))
        if self.limits.zone_hours is not None and hours + elsewhere > self.limits.zone_hours + 1e-9:
            return None
        if self.limits.at_once is not None and _most_at_once(windows) > self.limits.at_once:
            return None
        more = hours - self.clock.hours(_length(before))
        budget = self.limits.concession_budget
        if self.limits.concession is not None and budget is not None:
            now = self._concession(windows)
            if now + sum(self._concession(block) for block in others) > budget + 1e-9:
                return None
            share = (now - self._concession(before)) / max(budget, 1e-9)
            more = max(more / self.limits.zone_hours, share) if self.limits.zone_hours else share
            return max(more, 1e-6)
        return max(more, self.clock.hours(1) / 2)

    def _concession(self, windows: dict[int, tuple[int, int]]) -> float:
        """What windows cost by the concession table."""
        table = self.limits.concession
        return 0.0 if table is None else sum(float(table[z, a : b + 1].sum()) for z, (a, b) in windows.items())


def _length(windows: dict[int, tuple[int, int]]) -> int:
    """Steps of all windows together."""
    return sum(b - a + 1 for a, b in windows.values())


def _most_at_once(windows: dict[int, tuple[int, int]]) -> int:
    """Most windows that cover the same step."""
    edges = sorted([(a, 1) for a, _ in windows.values()] + [(b + 1, -1) for _, b in windows.values()])
    most = now = 0
    for _, change in edges:
        now += change
        most = max(most, now)
    return most
