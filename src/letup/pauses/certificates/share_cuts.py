"""Share cuts: who passes a zone while it is quiet needs room elsewhere, and may count on no more of it than there is.

With a zone quiet "at 0.25" all day the relaxation lets a quarter of the zone's roads be used, and lets these people
have *all* the room of the roads before and behind it. But a zone is quiet or it is not. People who spend step s in
zone z form a crowd of their own, there only if z is quiet at s; so of each road that they pass, before or after, they
may count on its capacity times that quiet, and not on its capacity. Where a set of roads B lies across all their
ways on to a shelter (or from their homes),

    people who make moves A at step s in zone z  <=  capacity of B  x  quiet of z at s,

and any road of B may be counted with its own quiet in place of z's. Each person is on one road at each step, so that
nobody is counted twice on the left. The most broken of these rows are found as minimum cuts (Ford and Fulkerson
1956) of the network with its capacities cut down to their share: the disaggregation of network design by
commodities (Rardin and Wolsey 1993), with a zone at a step for a commodity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from letup.pauses.certificates.coarse_network import Coarse
from letup.pauses.certificates.window_rows import Terms, WindowRows

_FINE = 1e-3
_LEAST = 0.5
"""People by which a row must be broken to be worth it."""
_CROWDS = 300
"""Crowds looked at in one round, the largest first."""
_MOST = 2**31 - 2


@dataclass(frozen=True)
class ShareCut:
    """People who make some moves of one zone at one step have only their share of the roads across their way.

    Attributes
    ----------
    zone, step : int
        The zone that has to be quiet, and when.
    moves : tuple of int
        Moves of the coarse network that spend the step in the zone.
    shared : tuple of int
        Moves across their way that count with the quiet of the zone at the step.
    own : tuple of int
        Moves across their way that count with their own quiet.
    homes : tuple of int
        Places across their way whose people count with the quiet of the zone at the step.
    """

    zone: int
    step: int
    moves: tuple[int, ...]
    shared: tuple[int, ...]
    own: tuple[int, ...]
    homes: tuple[int, ...] = ()


class Share:
    """Finds share cuts on a coarse network.

    Parameters
    ----------
    net : Coarse
        The network.
    windows : WindowRows
        What can be quiet when.
    most : float64[moves]
        People who may make each move.
    move : int64[moves]
        Column of each move.
    """

    def __init__(self, net: Coarse, windows: WindowRows, most: NDArray[np.float64], move: NDArray[np.int64]) -> None:
        self.net, self.windows, self.most, self.move = net, windows, most, move
        self._crowds: dict[tuple[int, int], list[int]] = {}
        for i in np.flatnonzero(net.zone >= 0).tolist():
            for step in range(int(net.start[i]), int(net.last[i]) + 1):
                self._crowds.setdefault((int(net.zone[i]), step), []).append(i)

    def terms(self, cut: ShareCut) -> Terms:
        """The row of a cut: its terms add up to at most 0."""
        found: dict[int, float] = {int(self.move[i]): 1.0 for i in cut.moves}
        room = float(self.most[list(cut.shared)].sum() + self.net.people[list(cut.homes)].sum())
        needs = [(room, self.windows.quiet(cut.zone, cut.step, cut.step))]
        needs += [(float(self.most[i]), self._own(i)) for i in cut.own]
        for most, terms in needs:
            for column, factor in terms:
                found[column] = found.get(column, 0.0) - most * factor
        return list(found.items())

    def cuts(self, values: NDArray[np.float64], more: Callable[[], float]) -> list[ShareCut]:
        """Cuts that a point breaks.

        Parameters
        ----------
        values : float64[columns]
            The point.
        more : callable
            Seconds left.
        """
        net = self.net
        going = values[self.move]
        own = np.ones(len(net.tail))
        gated = np.flatnonzero(net.zone >= 0)
        own[gated] = [sum(f * values[c] for c, f in self._own(i)) for i in gated.tolist()]
        own = own.clip(0.0, 1.0)
        crowds = []
        for (zone, step), moves in self._crowds.items():
            quiet = sum(f * values[c] for c, f in self.windows.quiet(zone, step, step))
            size = float(going[moves].sum())
            if _FINE < quiet < 1 - _FINE and size > 1:
                crowds.append((-size, zone, step, quiet))
        found: list[ShareCut] = []
        for size, zone, step, quiet in sorted(crowds)[:_CROWDS]:
            if more() <= 0:
                break
            crowd = np.array(self._crowds[zone, step], np.int64)
            for onward in (True, False):
                cut = self._cut(zone, step, crowd, quiet, going, own, onward)
                if cut is not None and sum(f * values[c] for c, f in self.terms(cut)) > max(_LEAST, -5e-4 * size):
                    found.append(cut)
        return found

    def _own(self, move: int) -> Terms:
        """Quiet that a move needs; no stretch longer than the shortest window."""
        start = int(self.net.start[move])
        last = min(int(self.net.last[move]), start + self.windows.shortest - self.windows.margin)
        return self.windows.quiet(int(self.net.zone[move]), start, last)

    def _cut(
        self,
        zone: int,
        step: int,
        crowd: NDArray[np.int64],
        quiet: float,
        going: NDArray[np.float64],
        own: NDArray[np.float64],
        onward: bool,
    ) -> ShareCut | None:
        """The cut across the ways on, or the ways there, that a crowd breaks most; None if it breaks none."""
        net = self.net
        # In whole numbers, as large as fit: people are up to hundreds of thousands, shares small.
        fine = min(2000.0, _MOST / 4 / max(float(net.people.sum()), 1.0))
        room = self.most * np.minimum(own, quiet)
        usable = room > 0
        usable[crowd] = False
        others = np.flatnonzero(usable)
        origin, end = net.places, net.places + 1
        plenty = np.full(len(net.stay_from), np.inf)
        if onward:
            tail = np.r_[net.tail[others], net.stay_from, net.arrive_at, np.full(len(crowd), origin)]
            head = np.r_[net.head[others], net.stay_to, np.full(len(net.arrive_at), end), net.head[crowd]]
            amount = np.r_[room[others], plenty, np.full(len(net.arrive_at), np.inf), going[crowd]]
            homes = np.zeros(0, np.int64)
        else:
            homes = np.flatnonzero(net.people > 0)
            tail = np.r_[net.tail[others], net.stay_from, np.full(len(homes), origin), net.tail[crowd]]
            head = np.r_[net.head[others], net.stay_to, homes, np.full(len(crowd), end)]
            amount = np.r_[room[others], plenty, net.people[homes] * quiet, going[crowd]]
        whole = np.floor(np.minimum(amount * fine, _MOST // 4)).astype(np.int32)
        graph = csr_array((whole, (tail, head)), shape=(net.places + 2, net.places + 2))
        flow = maximum_flow(graph, origin, end)
        if going[crowd].sum() * fine - flow.flow_value < fine:
            return None
        left = csr_array(graph - flow.flow)
        left.data = (left.data > 0).astype(np.int32)
        left.eliminate_zeros()
        near = np.zeros(net.places + 2, bool)
        near[breadth_first_order(left, origin, return_predecessors=False)] = True
        mine = crowd[near[net.head[crowd]]] if onward else crowd[~near[net.tail[crowd]]]
        across = near[net.tail] & ~near[net.head]
        across[crowd] = False
        by_zone = across & ((net.zone < 0) | (quiet <= own))
        return ShareCut(
            zone,
            step,
            tuple(mine.tolist()),
            tuple(np.flatnonzero(by_zone).tolist()),
            tuple(np.flatnonzero(across & ~by_zone).tolist()),
            tuple(homes[~near[homes]].tolist()),
        )


def holds(net: Coarse, cut: ShareCut) -> bool:
    """Whether a cut's moves all spend its step in its zone, and what it counts lies across all ways on or there."""
    count = len(net.tail)
    if not all(0 <= i < count for i in (*cut.moves, *cut.shared, *cut.own)):
        return False
    if not all(0 <= place < net.places for place in cut.homes) or len(set(cut.moves)) < len(cut.moves):
        return False
    crowd = (net.zone == cut.zone) & (net.start <= cut.step) & (cut.step <= net.last)
    moves = np.array(cut.moves, np.int64)
    if cut.zone < 0 or not crowd[moves].all() or not (net.zone[list(cut.own)] >= 0).all():
        return False
    # Nobody who makes one of the moves spends the step on another road.
    free = ~crowd
    free[list(cut.shared)] = free[list(cut.own)] = False
    onward = _reached(net, net.head[moves], free)
    if not onward[net.arrive_at].any():
        return True
    living = net.people > 0
    living[list(cut.homes)] = False
    return not (_reached(net, net.tail[moves], free, back=True) & living).any()


def _reached(net: Coarse, origins: NDArray[np.int64], free: NDArray[np.bool_], back: bool = False) -> NDArray[np.bool_]:
    """Places that free moves and stays lead to from some places (or from which they lead there)."""
    tail = np.r_[net.tail[free], net.stay_from]
    head = np.r_[net.head[free], net.stay_to]
    if back:
        tail, head = head, tail
    tail, head = np.r_[tail, np.full(len(origins), net.places)], np.r_[head, origins]
    graph = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(net.places + 1, net.places + 1))
    seen = np.zeros(net.places + 1, bool)
    seen[breadth_first_order(graph, net.places, return_predecessors=False)] = True
    return seen[: net.places]
