"""The relaxation as a linear program: windows in fractions, movements on a coarse network, and cuts.

The search for a bound builds it to solve it, and the check of a bound builds it again from the network, the limits
and the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.program import LinearProgram, Terms
from letup.pauses.certificates.certificate import Cut, Grouping, ReachCut, ShareCut
from letup.pauses.certificates.coarse_network import CoarseNetwork, coarsen
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.limits import Limits
from letup.roads.timed_network import TimedNetwork


@dataclass(frozen=True)
class Movement:
    """Columns of the movements, and the rows that tie moves to quiet.

    Attributes
    ----------
    move, stay, arrive : int64[...]
        Column of each move, stay and arrival of the coarse network.
    capacity : float64[moves]
        People who may make each move, no more than there are.
    gate, gated : int64[g]
        Rows that tie moves to their zone's windows, and the move of each.
    """

    move: NDArray[np.int64]
    stay: NDArray[np.int64]
    arrive: NDArray[np.int64]
    capacity: NDArray[np.float64]
    gate: NDArray[np.int64]
    gated: NDArray[np.int64]


def add_movement(
    program: LinearProgram, windows: WindowRows, net: CoarseNetwork, weight: NDArray[np.float64]
) -> Movement:
    """Columns and rows for the movements on a coarse network through what is quiet."""
    people = float(net.people.sum())
    capacity = np.minimum(net.capacity, people)
    move = np.array([program.add_column(0.0, upper) for upper in capacity.tolist()], np.int64)
    stay = np.array([program.add_column(0.0, people) for _ in net.stay_from], np.int64)
    arrive = np.array([program.add_column(0.0, people, float(weight[t])) for t in net.arrive_step], np.int64)
    leaving: list[Terms] = [[] for _ in range(net.places)]
    for columns, places, sign in (
        (move, net.tail, 1.0),
        (move, net.head, -1.0),
        (stay, net.stay_from, 1.0),
        (stay, net.stay_to, -1.0),
        (arrive, net.arrive_at, 1.0),
    ):
        for column, place in zip(columns.tolist(), places.tolist(), strict=True):
            leaving[place].append((column, sign))
    for place, terms in enumerate(leaving):
        program.add_row(-np.inf, float(net.people[place]), terms)
    for shelter, room in enumerate(net.room.tolist()):
        program.add_row(-np.inf, room, [(int(c), 1.0) for c in arrive[net.arrive_in == shelter]])
    program.add_row(-np.inf, people, [(int(c), 1.0) for c in arrive])
    gates: list[tuple[int, int]] = []
    for i in np.flatnonzero(net.zone >= 0).tolist():
        zone, first, last = int(net.zone[i]), int(net.start[i]), int(net.last[i])
        # "Started by first and not over by last" counts a window between the two as -1, so no row asks for more
        # steps than a window has at least; overlapping rows ask for one window that covers them all.
        for start in range(first, max(first, last + windows.margin - windows.shortest) + 1):
            quiet = windows.quiet(zone, start, min(last, start + windows.shortest - windows.margin))
            terms = [(int(move[i]), 1.0), *((c, -float(capacity[i]) * f) for c, f in quiet)]
            gates.append((program.add_row(-np.inf, 0.0, terms), i))
    gate, gated = np.array(gates, np.int64).reshape(-1, 2).T
    return Movement(move, stay, arrive, capacity, gate, gated)


class RelaxationProgram:
    """The relaxation, to which cuts can be added.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    limits : Limits
        What the parties insist on.
    clock : Clock
        What the steps mean.
    weight : float64[T]
        Value of one arrival at each step.
    grouping : Grouping
        How coarse the movements are.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.

    Attributes
    ----------
    program : LinearProgram
        Columns and rows.
    windows : WindowRows
        Which of them are the windows'.
    network : CoarseNetwork
        The network made smaller.
    movement : Movement
        Which columns and rows are the movements'.
    """

    def __init__(
        self,
        net: TimedNetwork,
        limits: Limits,
        clock: Clock,
        weight: NDArray[np.float64],
        grouping: Grouping,
        margin: int = 0,
    ) -> None:
        self.program = LinearProgram()
        self.windows = WindowRows(self.program, limits, net.zones, clock, margin)
        self.network = coarsen(net, clock.steps, self.windows.usable, grouping)
        self.movement = add_movement(self.program, self.windows, self.network, weight)

    def add_cut(self, cut: Cut) -> Terms:
        """Add a cut as a row; returns its terms, which add up to at most 0."""
        terms = self.terms(cut)
        self.program.add_row(-np.inf, 0.0, terms)
        return terms

    def terms(self, cut: Cut) -> Terms:
        """The row of a cut: each of its columns once, with factors that add up to at most 0."""
        return self._share_terms(cut) if isinstance(cut, ShareCut) else self._reach_terms(cut)

    def quiet_for(self, move: int) -> Terms:
        """Terms that are 1 if the zone of a move is quiet for it, at least for as long as the shortest window."""
        net, windows = self.network, self.windows
        start = int(net.start[move])
        last = min(int(net.last[move]), start + windows.shortest - windows.margin)
        return windows.quiet(int(net.zone[move]), start, last)

    def _reach_terms(self, cut: ReachCut) -> Terms:
        factors: dict[int, float] = {}
        for (zone, start, last), price in cut.prices.items():
            for column, factor in self.windows.quiet(zone, start, last):
                factors[column] = factors.get(column, 0.0) + price * factor
        capacity = float(self.movement.capacity[cut.move])
        return [(int(self.movement.move[cut.move]), 1.0), *((c, -capacity * f) for c, f in factors.items())]

    def _share_terms(self, cut: ShareCut) -> Terms:
        movement = self.movement
        factors: dict[int, float] = {int(movement.move[i]): 1.0 for i in cut.moves}
        shared = float(movement.capacity[list(cut.shared)].sum() + self.network.people[list(cut.homes)].sum())
        rooms = [(shared, self.windows.quiet(cut.zone, cut.step, cut.step))]
        rooms += [(float(movement.capacity[i]), self.quiet_for(i)) for i in cut.own]
        for room, quiet in rooms:
            for column, factor in quiet:
                factors[column] = factors.get(column, 0.0) - room * factor
        return list(factors.items())
