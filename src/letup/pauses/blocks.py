"""Stretches of time in which pauses may lie, and the flow within one of them.

People on a road must arrive before their pause ends, so stretches of allowed hours with a night
between them are linked only by who is left at home and how much room is left. The search works
on one stretch at a time; the whole horizon is computed once, at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from letup.flow.network import TimedNetwork
from letup.pauses.clock import Clock, runs
from letup.pauses.corridors import FAR, time_to_go

_EXACT_UP_TO = 100_000
"""Arcs times steps up to which the search computes exact flows; beyond, it estimates them."""


@dataclass(frozen=True)
class Block:
    """A stretch of steps, first to last inclusive, in which pauses may lie."""

    first: int
    last: int


@dataclass(frozen=True)
class Outcome:
    """What the quiet times of one block bring.

    Attributes
    ----------
    value : float
        Weighted arrivals.
    left_home : int64[n]
        People who left each node.
    taken_in : int64[n]
        People each shelter took in.
    used : dict of int to (int, int)
        First and last step at which anybody is on an arc of each zone.
    feeders : int64[k]
        People through each feeder arc.
    """

    value: float
    left_home: NDArray[np.int64]
    taken_in: NDArray[np.int64]
    used: dict[int, tuple[int, int]] = field(default_factory=dict)
    feeders: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def blocks_of(usable: NDArray[np.bool_], clock: Clock, grid_minutes: int | None) -> list[Block]:
    """Split the steps at which any zone may be quiet into blocks of at most one local day.

    Where a block is split at midnight the last stretch of the clock grid is left out, so that
    windows on both sides stay two windows.
    """
    days = clock.days()
    gap = max(1, round((grid_minutes or clock.step_minutes) / clock.step_minutes))
    found: list[Block] = []
    for first, last in runs(usable.any(axis=0)):
        edge = first
        for midnight in [*(np.flatnonzero(np.diff(days[first : last + 1])) + first + 1).tolist(), last + 1]:
            end = midnight - 1 if midnight == last + 1 else midnight - 1 - gap
            if end >= edge:
                found.append(Block(edge, end))
            edge = midnight
    return found


class BlockFlows:
    """Computes the flow within single blocks.

    Parameters
    ----------
    net : TimedNetwork
        The network over the whole horizon.
    weight : float64[T]
        Value of one arrival at each step.
    blocks : list of Block
        The stretches.
    """

    def __init__(self, net: TimedNetwork, weight: NDArray[np.float64], blocks: list[Block]) -> None:
        self.net, self.weight, self.blocks = net, weight, blocks
        self.evaluations = 0
        self._parts: dict[bytes, tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]] = {}
        longest = max((block.last - block.first + 1 for block in blocks), default=0)
        self.exact = net.arcs * longest <= _EXACT_UP_TO
        has_people = net.supply > 0
        free = net.zone < 0
        # Homes behind a limit on leaving: people get ready before the block and wait at home.
        self.feeder = np.flatnonzero(free & has_people[net.tail] & net.wait[net.head] & (net.shelter[net.head] == 0))
        self.lead = int(net.transit[self.feeder].max(initial=0))
        if net.capacity.ndim == 2:
            ready = net.capacity[self.feeder].astype(np.int64)
        else:
            ready = np.tile(net.capacity[self.feeder].astype(np.int64)[:, None], (1, len(weight)))
        self.ready = np.cumsum(ready, axis=1)
        steps, _ = time_to_go(net, free, net.shelter > 0)
        ends = steps[net.head[net.zone >= 0]]
        self.tail_steps = min(int(ends[ends < FAR].max(initial=0)), 72)

    def run(
        self,
        block: int,
        quiet: NDArray[np.bool_],
        people: NDArray[np.int64],
        room: NDArray[np.int64],
        ready_used: NDArray[np.int64],
    ) -> Outcome:
        """Flow within one block.

        Parameters
        ----------
        block : int
            Number of the block.
        quiet : bool[zones, steps of the block]
            Quiet state within the block.
        people, room : int64[n]
            People at home and room in shelters.
        ready_used : int64[k]
            People who went through each feeder arc in earlier blocks.
        """
        net, here = self.net, self.blocks[block]
        nothing = np.zeros(net.nodes, np.int64)
        none = Outcome(0.0, nothing, nothing, {}, np.zeros(len(self.feeder), np.int64))
        if not quiet.any():
            return none
        ever = np.asarray(quiet.any(axis=1), bool)
        on = np.flatnonzero(ever)
        quiet_steps = np.flatnonzero(quiet.any(axis=0))
        from_step = max(here.first + int(quiet_steps[0]) - self.lead, 0)
        last_quiet = here.first + int(quiet_steps[-1])
        to_step = min(last_quiet + self.tail_steps, len(self.weight) - 1)
        steps = to_step - from_step + 1
        arcs, nodes, ends = self._part(ever, room > 0)
        if not len(arcs) or not people[nodes].any():
            return none
        zone_number = np.full(len(ever) + 1, -1, np.int32)
        zone_number[on] = np.arange(len(on))
        # Steps first: taking whole rows would copy the whole horizon.
        capacity = net.capacity[:, from_step : to_step + 1][arcs] if net.capacity.ndim == 2 else net.capacity[arcs]
        place = np.full(net.arcs, -1, np.int64)
        place[arcs] = np.arange(len(arcs))
        feeder_kept = np.flatnonzero(place[self.feeder] >= 0)
        if len(feeder_kept):
            rows = place[self.feeder[feeder_kept]]
            ready = self.ready[feeder_kept, from_step : to_step + 1] - ready_used[feeder_kept, None]
            ready = np.maximum(ready, 0)
            capacity = np.tile(capacity[:, None], (1, steps)) if capacity.ndim == 1 else capacity
            capacity[rows] = np.minimum(np.diff(ready, axis=1, prepend=0), 2**31 - 1)
        part = TimedNetwork(
            ends[: len(arcs)],
            ends[len(arcs) :],
            net.transit[arcs],
            capacity,
            people[nodes],
            room[nodes],
            net.wait[nodes],
            zone_number[net.zone[arcs]],
        )
        state = np.zeros((len(on), steps), bool)
        offset = here.first - from_step
        width = min(quiet.shape[1], steps - offset)
        if offset >= 0:
            state[:, offset : offset + width] = quiet[on, :width]
        else:
            state[:, : quiet.shape[1] + offset] = quiet[on, -offset:][:, :steps]
        self.evaluations += 1
        if self.exact:
            from letup.flow import earliest_arrival

            flow = earliest_arrival(part, steps=steps, quiet=state)
            entering, arrivals = flow.entering, flow.arrivals
        else:
            from letup.pauses.reserve import estimate

            entering, arrivals = estimate(part, steps, state, place[self.feeder[feeder_kept]])
        through = entering.sum(axis=1, dtype=np.int64)
        balance = np.bincount(net.head[arcs], through, net.nodes) - np.bincount(net.tail[arcs], through, net.nodes)
        balance = balance.astype(np.int64)
        feeders = np.zeros(len(self.feeder), np.int64)
        feeders[feeder_kept] = through[place[self.feeder[feeder_kept]]]
        return Outcome(
            float(self.weight[from_step : to_step + 1] @ arrivals),
            np.where((people > 0) & (balance < 0), -balance, 0),
            np.where((room > 0) & (balance > 0), balance, 0),
            _in_use(entering, net.transit[arcs], net.zone[arcs], from_step),
            feeders,
        )

    def _part(
        self, ever: NDArray[np.bool_], open_shelters: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        """Arcs that matter when some zones are ever quiet, their nodes, and their ends by position among these."""
        key = ever.tobytes() + open_shelters.tobytes()
        if key not in self._parts:
            keep = np.append(ever, True)[self.net.zone]
            keep &= self._leads_on(keep, open_shelters)
            arcs = np.flatnonzero(keep)
            ends = np.concatenate([self.net.tail[arcs], self.net.head[arcs]])
            self._parts[key] = (arcs, *np.unique(ends, return_inverse=True))
        return self._parts[key]

    def _leads_on(self, keep: NDArray[np.bool_], open_shelters: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Arcs from whose end a shelter can still be reached through kept arcs."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import breadth_first_order

        net = self.net
        n = net.nodes
        arcs = np.flatnonzero(keep)
        goals = np.flatnonzero(open_shelters)
        rows = np.concatenate([net.head[arcs], np.full(len(goals), n)])
        columns = np.concatenate([net.tail[arcs], goals])
        graph = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(n + 1, n + 1))
        reached = np.zeros(n + 1, bool)
        reached[breadth_first_order(graph, n, return_predecessors=False)] = True
        return np.asarray(reached[net.head], bool)


def _in_use(
    entering: NDArray[np.int32], transit: NDArray[np.int32], zone: NDArray[np.int32], from_step: int
) -> dict[int, tuple[int, int]]:
    """First and last step at which anybody is on an arc of each zone."""
    used = entering > 0
    rows = np.flatnonzero(used.any(axis=1) & (zone >= 0))
    first = used[rows].argmax(axis=1) + from_step
    last = entering.shape[1] - 1 - used[rows][:, ::-1].argmax(axis=1) + from_step + transit[rows] - 1
    found: dict[int, tuple[int, int]] = {}
    for z, a, b in zip(zone[rows].tolist(), first.tolist(), last.tolist(), strict=True):
        before = found.get(z, (a, b))
        found[z] = (min(before[0], a), max(before[1], b))
    return found
