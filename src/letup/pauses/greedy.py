"""A greedy search for pauses: the corridor and hours that bring most people per zone-hour, next."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.flow.network import TimedNetwork
from letup.pauses.blocks import BlockFlows, Outcome, blocks_of
from letup.pauses.clock import Clock, usable_steps
from letup.pauses.corridors import Corridor, corridors, peak_capacity
from letup.pauses.limits import Limits, Window
from letup.pauses.room import Allowance

_DEPARTURE_HOURS = (2.0, 4.0)
_LEAST_GAIN = 0.5


@dataclass(frozen=True)
class Move:
    """Let one corridor be quiet so that people arrive from step ``first`` to step ``last``."""

    block: int
    corridor: int
    first: int
    last: int


@dataclass
class State:
    """What has been decided so far."""

    windows: list[dict[int, tuple[int, int]]]
    outcomes: list[Outcome]
    people: NDArray[np.int64]
    room: NDArray[np.int64]

    @property
    def value(self) -> float:
        """Weighted arrivals over all blocks."""
        return sum(outcome.value for outcome in self.outcomes)

    def all_windows(self) -> list[Window]:
        """Windows of all blocks, by zone and time."""
        return sorted(Window(z, a, b) for block in self.windows for z, (a, b) in block.items())


class Greedy:
    """Search that adds the best corridor and hours until nothing more fits or helps.

    Parameters
    ----------
    net : TimedNetwork
        The network over the whole horizon.
    limits : Limits
        What the parties insist on.
    clock : Clock
        What the steps mean.
    weight : float64[T]
        Value of one arrival at each step.
    deadline : float
        `time.monotonic` value at which to stop with the best so far.
    margin : int
        Steps before the end of a window in which nobody may be on a road of its zone.
    progress : callable, optional
        Called with the windows and their value whenever they got better.
    """

    def __init__(
        self,
        net: TimedNetwork,
        limits: Limits,
        clock: Clock,
        weight: NDArray[np.float64],
        *,
        deadline: float,
        margin: int = 0,
        progress: Callable[[list[Window], float], None] | None = None,
    ) -> None:
        self.net, self.limits, self.clock, self.weight = net, limits, clock, weight
        self.deadline, self.margin, self.progress = deadline, margin, progress
        self.usable = usable_steps(limits, net.zones, clock)
        self.blocks = blocks_of(self.usable, clock, limits.grid_minutes)
        self.flows = BlockFlows(net, weight, self.blocks)
        self.open_arcs = (peak_capacity(net) > 0) & np.append(self.usable.any(axis=1), True)[net.zone]
        self.allowance = Allowance(limits, clock, self.usable)
        self.stopped = False

    def empty(self) -> State:
        """Nothing decided yet."""
        nothing = np.zeros(self.net.nodes, np.int64)
        none = Outcome(0.0, nothing, nothing, {}, np.zeros(len(self.flows.feeder), np.int64))
        count = len(self.blocks)
        return State(
            [{} for _ in range(count)],
            [none] * count,
            self.net.supply.copy(),
            self.net.shelter.copy(),
        )

    def fill(self, state: State, noise: NDArray[np.float64] | None = None) -> None:
        """Add corridors and hours, best gain per cost first, until nothing more fits or helps.

        Parameters
        ----------
        state : State
            Where to start from; changed in place.
        noise : float64[corridors], optional
            Factors on the estimated gains, to try other orders.
        """
        # What a move is worth changes with the others, so those that brought nothing get a second chance.
        chances = 2
        while chances and not self.out_of_time():
            before = state.value
            ways = corridors(self.net, state.people, self.open_arcs, state.room > 0)
            again = bool(ways) and self._fill_with(state, ways, noise)
            if not again:
                chances = chances - 1 if state.value > before else 0

    def _fill_with(self, state: State, ways: list[Corridor], noise: NDArray[np.float64] | None) -> bool:
        """Commit moves along given corridors; True if the corridors are out of date."""
        rates = [self._rate(way, state.room > 0) for way in ways]
        learned: dict[tuple[int, int], float] = {}

        def hope(move: Move) -> float:
            """Estimate of a move's gain, corrected by what moves of its kind have brought so far."""
            factor = 1.0 if noise is None else float(noise[ways[move.corridor].name % len(noise)])
            kind = (move.corridor, move.last - move.first)
            return factor * learned.get(kind, 1.0) * self._estimate(state, ways, move, rates[move.corridor])

        heap: list[tuple[float, int, Move, int]] = []
        for number, move in enumerate(self._moves(ways)):
            added = self._added(state, ways, move)
            if added is not None and hope(move) > _LEAST_GAIN:
                heap.append((-hope(move) / added[1], number, move, -1))
        heapq.heapify(heap)
        open_shelters = int((state.room > 0).sum())
        version = 0
        known: dict[int, Outcome] = {}
        while heap and not self.out_of_time():
            _, number, move, seen = heapq.heappop(heap)
            added = self._added(state, ways, move)
            if added is None:
                continue
            windows, cost = added
            best_other = -heap[0][0] * 0.999 if heap else 0.0
            if seen < 0 and hope(move) / cost < best_other:
                if hope(move) > _LEAST_GAIN:
                    heapq.heappush(heap, (-hope(move) / cost, number, move, -1))
                continue
            if seen != version or number not in known:
                outcome = self._outcome(state, move.block, windows)
                gain = outcome.value - state.outcomes[move.block].value
                if seen < 0:
                    kind = (move.corridor, move.last - move.first)
                    estimate = max(self._estimate(state, ways, move, rates[move.corridor]), 1.0)
                    learned[kind] = min(learned.get(kind, 1.0), max(gain / estimate * 1.15, 0.02))
                if gain <= _LEAST_GAIN:
                    continue
                known[number] = outcome
                if gain / cost < best_other:
                    heapq.heappush(heap, (-gain / cost, number, move, version))
                    continue
            self._commit(state, move.block, windows, known[number])
            known.clear()
            version += 1
            if int((state.room > 0).sum()) != open_shelters:
                return True
        return False

    def _commit(self, state: State, block: int, windows: dict[int, tuple[int, int]], outcome: Outcome) -> None:
        """Take over new windows of a block, without the parts that nobody uses."""
        before = state.outcomes[block]
        state.people += before.left_home - outcome.left_home
        state.room += before.taken_in - outcome.taken_in
        state.windows[block] = self._trimmed(windows, outcome)
        state.outcomes[block] = outcome
        self.tell(state)

    def tell(self, state: State) -> None:
        """Report a state as a candidate for the best."""
        if self.progress is not None:
            self.progress(state.all_windows(), state.value)

    def take_over(self, state: State, block: int, windows: dict[int, tuple[int, int]]) -> None:
        """Replace the windows of a block as they are."""
        outcome = self._outcome(state, block, windows)
        before = state.outcomes[block]
        state.people += before.left_home - outcome.left_home
        state.room += before.taken_in - outcome.taken_in
        state.windows[block] = dict(windows)
        state.outcomes[block] = outcome

    def clear(self, state: State, block: int) -> None:
        """Take all windows of a block back."""
        nothing = np.zeros(self.net.nodes, np.int64)
        self._commit(state, block, {}, Outcome(0.0, nothing, nothing, {}, np.zeros(len(self.flows.feeder), np.int64)))

    def _outcome(self, state: State, block: int, windows: dict[int, tuple[int, int]]) -> Outcome:
        """Flow of a block with the people and room that other blocks leave."""
        here = self.blocks[block]
        quiet = np.zeros((self.net.zones, here.last - here.first + 1), bool)
        for zone, (first, last) in windows.items():
            quiet[zone, first - here.first : max(last + 1 - self.margin, first) - here.first] = True
        now = state.outcomes[block]
        used = np.zeros(len(self.flows.feeder), np.int64)
        for other in range(block):
            used += state.outcomes[other].feeders
        return self.flows.run(block, quiet, state.people + now.left_home, state.room + now.taken_in, used)

    def _trimmed(self, windows: dict[int, tuple[int, int]], outcome: Outcome) -> dict[int, tuple[int, int]]:
        """Windows without their unused ends; zones that nobody passes are dropped."""
        kept = {}
        for zone, (first, last) in windows.items():
            if zone in outcome.used:
                used = outcome.used[zone]
                fitted = self.allowance.fit(zone, max(used[0], first), min(used[1] + self.margin, last), first, last)
                kept[zone] = fitted if fitted is not None else (first, last)
        return kept

    def _added(self, state: State, ways: list[Corridor], move: Move) -> tuple[dict[int, tuple[int, int]], float] | None:
        """Windows of the block with the move, and the move's cost; None if it is not allowed or adds nothing."""
        here, way = self.blocks[move.block], ways[move.corridor]
        windows = dict(state.windows[move.block])
        for zone, farthest, least in zip(way.zones.tolist(), way.farthest.tolist(), way.least.tolist(), strict=True):
            first, last = max(move.first - farthest, here.first), min(move.last - least + self.margin, here.last)
            if zone in windows:
                first, last = min(first, windows[zone][0]), max(last, windows[zone][1])
            if first > last:
                return None
            fitted = self.allowance.fit(zone, first, last, here.first, here.last)
            if fitted is None or (zone in windows and (fitted[0] > windows[zone][0] or fitted[1] < windows[zone][1])):
                return None
            windows[zone] = fitted
        if windows == state.windows[move.block]:
            return None
        others = [block for b, block in enumerate(state.windows) if b != move.block]
        cost = self.allowance.cost(windows, state.windows[move.block], others)
        return None if cost is None else (windows, cost)

    def _moves(self, ways: list[Corridor]) -> list[Move]:
        """All moves along the corridors: early and late in each block, of several lengths."""
        found: dict[Move, None] = {}
        hours = sorted({self.limits.shortest, *_DEPARTURE_HOURS})
        for b, here in enumerate(self.blocks):
            for c, way in enumerate(ways):
                if not len(way.zones):
                    continue
                reach = int(way.farthest.max())
                latest = here.last - int(way.least.min(initial=0))
                spans = [max(self.clock.in_steps(hour), 1) for hour in hours]
                for span in [*spans, latest - (here.first + reach)]:
                    if span < 1 or latest < here.first:
                        continue
                    early, late = here.first + reach, latest - span
                    middle = (early + late) // 2
                    if late < early:
                        # Too short for all; those who live nearer may still get out.
                        found[Move(b, c, max(late, here.first), latest)] = None
                        continue
                    for first in (early, middle, late):
                        found[Move(b, c, first, first + span)] = None
        return list(found)

    def _estimate(self, state: State, ways: list[Corridor], move: Move, rate: float) -> float:
        """Hopeful estimate of what a move brings: those who are ready, at the rate of the corridor."""
        zones = {*ways[move.corridor].zones.tolist(), *state.windows[move.block]}
        homes = [way.homes for way in ways if zones.issuperset(way.zones.tolist())]
        waiting = int(state.people[np.concatenate(homes)].sum()) if homes else 0
        return min(float(waiting), rate * (move.last - move.first + 1)) * float(self.weight[move.first])

    def _rate(self, way: Corridor, open_shelters: NDArray[np.bool_]) -> float:
        """Most people per step that the corridor's zones let through, with no regard to time."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import maximum_flow

        net = self.net
        allowed = np.zeros(net.zones + 1, bool)
        allowed[way.zones] = True
        allowed[-1] = True
        arcs = np.flatnonzero(allowed[net.zone] & self.open_arcs)
        capacity = peak_capacity(net)[arcs]
        n, most = net.nodes, 10**8
        goals = np.flatnonzero(open_shelters)
        rows = np.concatenate([net.tail[arcs], np.full(len(way.homes), n), goals])
        columns = np.concatenate([net.head[arcs], way.homes, np.full(len(goals), n + 1)])
        values = np.concatenate([np.minimum(capacity, most), np.full(len(way.homes) + len(goals), most)])
        graph = csr_array((values.astype(np.int32), (rows, columns)), shape=(n + 2, n + 2))
        return float(maximum_flow(graph, n, n + 1).flow_value)

    def out_of_time(self) -> bool:
        """Whether to stop."""
        self.stopped = self.stopped or time.monotonic() >= self.deadline
        return self.stopped
