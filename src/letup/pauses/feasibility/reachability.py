"""Whether anybody can get out: single journeys through the zones, while their windows last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Bools
from letup.core.clock import Clock, runs
from letup.core.graphs import cheapest_arcs, reachable
from letup.pauses.feasibility.window_milp import Edges, edges_of, units_of
from letup.pauses.limits import Limits, Window, allowed_steps
from letup.roads.timed_network import TimedNetwork

_DEPARTURES = 8

Steps = NDArray[np.int64]


@dataclass(frozen=True)
class Journey:
    """One person's way out.

    Attributes
    ----------
    home, shelter : int
        Nodes where it starts and ends.
    departs, arrives : int
        Step at which it leaves home, and at which it is in the shelter.
    stays : tuple of Window
        Steps at which the person is in each zone, in order; each lies within one window.
    """

    home: int
    shelter: int
    departs: int
    arrives: int
    stays: tuple[Window, ...]


def quiet_until(limits: Limits, zones: int, clock: Clock, crossing: Steps | None = None) -> Steps:
    """Last step until which some allowed window of a zone, from a step on, may last: int64[zones, T].

    One less than the step where no window may hold it. Windows too short to cross the zone, with ``crossing``
    from `JourneySearch.crossing`, are left out.
    """
    until = np.tile(np.arange(clock.steps) - 1, (zones, 1))
    allowed = allowed_steps(limits, zones, clock)
    seen: dict[tuple[bytes, int], Steps] = {}
    for members in units_of(limits, zones):
        edges = edges_of(members, limits, clock, allowed)
        agreed = sorted({(w.first, w.last) for w in limits.frozen if w.zone in members})
        for zone in members:
            needed = int(crossing[zone]) if crossing is not None else 0
            key = (edges.stop.tobytes(), needed)
            if key not in seen:
                seen[key] = _until(edges, clock, needed)
            until[zone] = seen[key]
            for first, last in agreed:
                until[zone, first : last + 1] = last
    return until


def _until(edges: Edges, clock: Clock, needed: int) -> Steps:
    steps = np.arange(clock.steps)
    until = steps - 1
    for first, last in runs(edges.stop[:-1] > 0):
        points = edges.points[(edges.points >= first) & (edges.points <= last + 1)]
        if not len(points):
            continue
        ends = points[np.searchsorted(points, np.minimum(points + edges.longest, points[-1]), "right") - 1]
        good = ends - points >= max(edges.shortest, needed)
        here = np.full(last - first + 1, -1, np.int64)
        here[points[good] - first] = ends[good] - 1
        until[first : last + 1] = np.maximum(np.maximum.accumulate(here), until[first : last + 1])
    return until


class JourneySearch:
    """Journeys of single people on a network over time.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    steps : int
        Number of steps T.
    """

    def __init__(self, net: TimedNetwork, steps: int) -> None:
        self.net, self.steps = net, steps
        self.homes = np.flatnonzero(net.supply > 0)
        self.refuge = net.shelter > 0
        peak = net.capacity.max(axis=1, initial=0) if net.capacity.ndim == 2 else net.capacity
        self.arcs = np.flatnonzero((peak > 0) & (net.transit < steps))
        self.arcs = self.arcs[self._useful(self.arcs)]
        self.tail, self.head = net.tail[self.arcs], net.head[self.arcs]
        self.transit, self.zone = net.transit[self.arcs].astype(np.int64), net.zone[self.arcs]
        self._known: Steps | None = None
        self._open: dict[int, Bools] = {}
        self._arrived: tuple[Steps | None, list[tuple[int, int]], Bools] | None = None

    def _useful(self, arcs: Steps) -> Bools:
        """Arcs that lie on some way from a home to a shelter."""
        net = self.net
        ahead = reachable(net.tail[arcs], net.head[arcs], net.nodes, self.homes)
        back = reachable(net.head[arcs], net.tail[arcs], net.nodes, np.flatnonzero(self.refuge))
        return np.asarray(ahead[net.tail[arcs]] & back[net.head[arcs]] & ~self.refuge[net.tail[arcs]], bool)

    def joined(self, zones: set[int]) -> bool:
        """Whether any home has a way to a shelter through some zones only, whatever the time."""
        usable = np.flatnonzero(np.isin(self.zone, [-1, *zones]))
        ahead = reachable(self.tail[usable], self.head[usable], self.net.nodes, self.homes)
        return bool((ahead & self.refuge).any())

    def crossing(self, zones: int, together: tuple[tuple[int, ...], ...] = ()) -> Steps:
        """Fewest steps without a rest in which anybody can do anything in a zone: int64[zones].

        From where one comes into the zone, or may wait, to where one leaves it, or may wait. Whoever passes a
        zone needs a window at least that long. Zones that go together have the same windows, and are passed as
        one. More than there are steps where nobody can pass.
        """
        fewest = np.full(zones, self.steps + 1, np.int64)
        grouped = {zone for group in together for zone in group}
        used = np.unique(self.zone[self.zone >= 0]).tolist()
        for members in [*together, *((zone,) for zone in used if zone not in grouped)]:
            is_inside = np.isin(self.zone, members)
            inside, others = np.flatnonzero(is_inside), np.flatnonzero(~is_inside)
            rest = self.net.may_wait.copy()
            begins, ends = rest.copy(), rest | self.refuge
            begins[self.homes] = True
            begins[self.head[others]] = True
            ends[self.tail[others]] = True
            tail, head, took = self.tail[inside], self.head[inside], self.transit[inside]
            from_entry = _quickest(self.net.nodes, tail, head, took, np.flatnonzero(begins))
            to_exit = _quickest(self.net.nodes, head, tail, took, np.flatnonzero(ends))
            whole = from_entry[tail] + took + to_exit[head]
            fewest[list(members)] = int(min(whole.min(initial=np.inf), self.steps + 1))
        return fewest

    def open_at(self, step: int, until: Steps | None) -> Bools:
        """Which arcs may be entered at a step; ``until`` None = no zone needs a pause."""
        if self._known is not until or not self._open:
            self._known, self._open = until, {}
        if step not in self._open:
            self._open[step] = self._open_at(step, until)
        return self._open[step]

    def _open_at(self, step: int, until: Steps | None) -> Bools:
        room = self.net.capacity[self.arcs, step] if self.net.capacity.ndim == 2 else self.net.capacity[self.arcs]
        may = (room > 0) & (self.transit < self.steps - step)
        if until is not None and len(until):
            may &= (self.zone < 0) | (step + self.transit - 1 <= until[self.zone, step])
        return np.asarray(may, bool)

    def arrivals(self, until: Steps | None, *, first: bool = False) -> tuple[list[tuple[int, int]], Bools]:
        """Arrivals as (step, shelter), and who could be where: bool[steps, nodes].

        With ``first`` it stops at the first step at which anybody arrives.
        """
        net, arrivals = self.net, list[tuple[int, int]]()
        here = np.zeros((self.steps, net.nodes), bool)
        arrivals += [(0, int(node)) for node in self.homes if self.refuge[node]]
        for step in range(self.steps):
            now = here[step]
            arrivals += [(step, int(node)) for node in np.flatnonzero(now & self.refuge)]
            now[self.homes] = True
            if step:
                now |= here[step - 1] & net.may_wait
            if first and arrivals:
                break
            going = np.flatnonzero(now[self.tail])
            going = going[self.open_at(step, until)[going]]
            here[step + self.transit[going], self.head[going]] = True
        return arrivals, here

    def journey(self, until: Steps | None, arrival: tuple[int, int], here: Bools) -> Journey:
        """The journey with the latest departure of those that end with an arrival; ``here`` from `arrivals`."""
        arrives, shelter = arrival
        net = self.net
        onward = np.zeros((arrives + 1, net.nodes), bool)
        onward[arrives, shelter] = True
        departs, home = 0, shelter
        for step in range(arrives - 1, -1, -1):
            going = self._onward(step, until, onward)
            onward[step, self.tail[going]] = True
            leaving = net.supply > 0
            left = np.flatnonzero(onward[step] & leaving)
            if len(left):
                departs, home = step, int(left[0])
                break
            onward[step] |= onward[step + 1] & net.may_wait & here[step]
        stays: list[Window] = []
        step, node = departs, home
        while node != shelter or step < arrives:
            going = self._onward(step, until, onward)
            mine = going[self.tail[going] == node]
            if not len(mine):
                step += 1
                continue
            arc = int(mine[0])
            after = step + int(self.transit[arc])
            zone = int(self.zone[arc])
            if zone >= 0:
                before = next((i for i, w in enumerate(stays) if w.zone == zone and w.last == step - 1), None)
                began = stays.pop(before).first if before is not None else step
                stays.append(Window(zone, began, after - 1))
            step, node = after, int(self.head[arc])
        return Journey(home, shelter, departs, arrives, tuple(stays))

    def _onward(self, step: int, until: Steps | None, onward: Bools) -> Steps:
        """Arcs that, entered at a step, lead on to where the journey ends."""
        last = len(onward) - 1
        after = step + self.transit
        inside = np.flatnonzero(self.open_at(step, until) & (after <= last))
        return inside[onward[after[inside], self.head[inside]]]

    def journeys(self, until: Steps | None, limit: int = _DEPARTURES) -> Iterator[Journey]:
        """Journeys that arrive at times spread over the whole, the first first; none if nobody can arrive."""
        if self._arrived is None or self._arrived[0] is not until:
            self._arrived = (until, *self.arrivals(until))
        _, arrivals, here = self._arrived
        steps = sorted({step for step, _ in arrivals})
        for step in sorted({steps[round(i)] for i in np.linspace(0, len(steps) - 1, min(limit, len(steps)))}):
            arrival = next((at, shelter) for at, shelter in arrivals if at == step)
            yield self.journey(until, arrival, here[: step + 1])


def _quickest(
    nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32], took: Steps, start: Steps
) -> NDArray[np.float64]:
    """Steps from the nearest of some nodes to each node; infinite where no arcs lead."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    if not len(start):
        return np.full(nodes, np.inf)
    quickest = cheapest_arcs(tail, head, took)
    graph = csr_array((took[quickest].astype(np.float64), (tail[quickest], head[quickest])), shape=(nodes, nodes))
    return np.asarray(dijkstra(graph, indices=start, min_only=True), np.float64)
