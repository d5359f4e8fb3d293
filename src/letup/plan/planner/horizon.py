"""The part of the network and of the time in which anybody can move.

Most steps of a week are not quiet anywhere and most arcs lie in zones that are never quiet. The
engine is given only the rest. Leaving steps out is exact: no arc that needs a pause can be
entered across a gap, because the steps beside the gap are not quiet, and other arcs are closed
where they would lead across it. Who gets ready to leave during a gap leaves home after it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import runs
from letup.roads.network import Timed
from letup.roads.timed_network import TimedNetwork

_MOST = 2**31 - 1


@dataclass(frozen=True)
class Horizon:
    """Arcs and steps that are kept, for the groups of one mode.

    Attributes
    ----------
    arcs : int64[a]
        Arcs of the Timed that are kept.
    nodes : int64[v]
        Nodes of the Timed that are kept.
    steps : int64[s]
        Steps that are kept; the same for all modes.
    """

    arcs: NDArray[np.int64]
    nodes: NDArray[np.int64]
    steps: NDArray[np.int64]


def horizons_of(modes: dict[str, list[Timed]], quiet: NDArray[np.bool_]) -> dict[str, Horizon]:
    """Arcs, nodes and steps that matter under given pauses, for each mode.

    Parameters
    ----------
    modes : dict of str to list of Timed
        The networks of each mode's groups; those of one mode share node and arc numbers.
    quiet : bool[zones, T]
        The pauses.
    """
    arcs = {mode: _kept_arcs(members, quiet) for mode, members in modes.items()}
    keep = np.zeros(quiet.shape[1], bool)
    for mode, members in modes.items():
        keep |= _kept_steps(members, quiet, arcs[mode])
    steps = np.flatnonzero(keep)
    found = {}
    for mode, members in modes.items():
        first, some = members[0], arcs[mode]
        sheltered = np.flatnonzero(_any(members, "supply") & (first.shelter > 0))
        nodes = np.unique(np.concatenate([first.tail[some], first.head[some], sheltered]))
        found[mode] = Horizon(some, nodes.astype(np.int64), steps)
    return found


def _kept_arcs(members: list[Timed], quiet: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Arcs on a way from a home to a shelter that is open at some time."""
    first = members[0]
    ever = np.append(quiet.any(axis=1), True)
    usable = ever[first.zone] & np.logical_or.reduce([t.peak > 0 for t in members])
    tails, heads, n = first.tail[usable], first.head[usable], len(first.supply)
    back = reached(heads, tails, n, np.flatnonzero(first.shelter > 0))
    forth = reached(tails, heads, n, np.flatnonzero(_any(members, "supply")))
    return np.flatnonzero(usable & back[first.head] & forth[first.tail])


def _kept_steps(members: list[Timed], quiet: NDArray[np.bool_], arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Steps near a quiet one; all of them where people can reach a shelter without any pause."""
    first, steps = members[0], quiet.shape[1]
    free = arcs[first.zone[arcs] < 0]
    homes = np.flatnonzero(_any(members, "supply"))
    if (reached(first.tail[free], first.head[free], len(first.supply), homes) & (first.shelter > 0)).any():
        return np.ones(steps, bool)
    passing = free[~first.leaving[free]]
    lead = max(int(t.transit[free].max(initial=1)) for t in members)
    pad = 36 if len(passing) else 2
    keep = np.zeros(steps, bool)
    for start, end in runs(quiet.any(axis=0)):
        keep[max(start - lead, 0) : end + 1 + pad] = True
    return keep


def _any(members: list[Timed], name: str) -> NDArray[np.bool_]:
    """Where an array is above zero for any group."""
    return np.asarray(np.logical_or.reduce([getattr(t, name) > 0 for t in members]), bool)


def capacity_on(timed: Timed, horizon: Horizon) -> NDArray[np.int64]:
    """Capacity of the kept arcs at the kept steps, people per step: int64[a, s]."""
    arcs, steps = horizon.arcs, horizon.steps
    given = timed.capacity
    total = int(steps[-1]) + 1 if len(steps) else 0
    leaving = timed.leaving[arcs]
    if given.ndim == 2:
        # Stretch by stretch of steps: whole rows would copy the whole horizon, and single steps take long.
        capacity = np.empty((len(arcs), len(steps)), np.int64)
        kept, column = np.zeros(total, bool), 0
        kept[steps] = True
        for first, last in runs(kept):
            after = column + last + 1 - first
            capacity[:, column:after] = given[arcs, first : last + 1]
            column = after
        ready = np.cumsum(given[arcs[leaving], :total], axis=1, dtype=np.int64)[:, steps]
    else:
        capacity = np.repeat(given[arcs].astype(np.int64)[:, None], len(steps), axis=1)
        ready = given[arcs[leaving]].astype(np.int64)[:, None] * (steps[None, :] + 1)
    capacity[leaving] = np.diff(ready, axis=1, prepend=0)
    # Arcs that need no pause must not lead across a gap.
    free = (timed.zone[arcs] < 0) & ~leaving
    for transit in np.unique(timed.transit[arcs[free]]).tolist():
        rows = free & (timed.transit[arcs] == transit)
        after = np.arange(len(steps)) + transit
        inside = after < len(steps)
        inside[inside] = steps[after[inside]] - steps[inside] == transit
        capacity[np.ix_(rows, ~inside)] = 0
    return np.minimum(capacity, _MOST, out=capacity)


def part_of(
    timed: Timed,
    horizon: Horizon,
    capacity: NDArray[np.int64],
    room: NDArray[np.int64],
) -> TimedNetwork:
    """The kept part of a group's network, for the engine.

    Parameters
    ----------
    timed : Timed
        The group's network.
    horizon : Horizon
        What is kept.
    capacity : int64[a, s]
        Capacity of kept arcs at kept steps.
    room : int64[n]
        Room left at the nodes of ``timed``.
    """
    number = np.full(len(timed.supply), -1, np.int64)
    number[horizon.nodes] = np.arange(len(horizon.nodes))
    return TimedNetwork(
        number[timed.tail[horizon.arcs]],
        number[timed.head[horizon.arcs]],
        timed.transit[horizon.arcs],
        capacity,
        timed.supply[horizon.nodes],
        room[horizon.nodes],
        timed.wait[horizon.nodes],
        timed.zone[horizon.arcs],
    )


def reached(tail: NDArray[np.int32], head: NDArray[np.int32], n: int, sources: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Nodes that arcs lead to from any of the sources, the sources too."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    rows = np.concatenate([tail, np.full(len(sources), n)])
    columns = np.concatenate([head, sources])
    graph = csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(n + 1, n + 1))
    reached = np.zeros(n + 1, bool)
    reached[breadth_first_order(graph, n, return_predecessors=False)] = True
    return reached[:n]
