"""Reach cuts: nobody makes a move that nobody can get to.

Fractions of windows fool the plain relaxation: with every zone quiet "at 0.4" capacities are loose enough to let
everybody through. But whoever makes a move has come along some path, and each path needs certain pauses. Give each
pause needed (zone z quiet at step s, say) a price so that every path from a home to the move costs at least 1, a
pause that a path needs twice counted once. Then, whatever the windows, the prices of the quiet ones add up to at
least 1 if anybody can get to the move at all, and so

    people who make the move  <=  most who could  x  (sum of price x quiet).

A path on the coarse network may seem to need one pause twice; no path that anybody could really take does, and
only such paths, or what is left of them when a return to where one could have stayed is left out, need to be priced.

The prices that cut off a given fractional point most are those of a linear program: the cheapest prices for
which the shortest path costs 1. Its dual sends one unit of people to the move through zones that let through, in
all, as much as they are quiet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.lp.program import LinearProgram, Terms
from letup.lp.solver import Solver, Status
from letup.pauses.certificates.certificate import Pause, ReachCut
from letup.pauses.certificates.coarse_network import CoarseNetwork, in_zone_since
from letup.pauses.certificates.window_rows import WindowRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEAST_PRICE = 1e-6
_PRICE_OF_NOTHING = 1e-5
"""Cost of a price on what is not quiet at all: keeps cuts short."""
_VIOLATION = 1e-3
"""Share of the most who could by which a cut must be broken to be worth it."""


class ReachSeparation:
    """Finds reach cuts that a point of the relaxation breaks.

    Parameters
    ----------
    net : CoarseNetwork
        The network.
    windows : WindowRows
        What can be quiet when.
    """

    def __init__(self, net: CoarseNetwork, windows: WindowRows) -> None:
        self.net = net
        self._pauses, self._needs, self._first_need = _needs(net, windows)
        self._quiet: list[Terms] = [windows.quiet(*pause) for pause in self._pauses]
        self._cones: dict[int, _Cone] = {}
        # For walks from place to place, which take most of the time: plain lists.
        self._home = net.home.tolist()
        stays_from = np.full(net.places, -1)
        stays_from[net.stay_to] = net.stay_from
        self._stays_from: list[int] = stays_from.tolist()
        self._into: list[list[tuple[int, int, int]]] = [[] for _ in range(net.places)]
        """Moves into each place, with the place and the group that each comes from."""
        for move, (head, tail, group) in enumerate(
            zip(net.head.tolist(), net.tail.tolist(), net.group[net.tail].tolist(), strict=True)
        ):
            self._into[head].append((move, tail, group))

    def quiet(self, values: Floats) -> Floats:
        """How quiet each pause that is needed is at given values of the columns, float64[pauses], 0 to 1."""
        return np.array([sum(f * values[c] for c, f in terms) for terms in self._quiet]).clip(0.0, 1.0)

    def cut(self, move: int, quiet: Floats, share: float) -> ReachCut | None:
        """The reach cut of a move that a point breaks most; None if it breaks none.

        Parameters
        ----------
        move : int
            The move.
        quiet : float64[pauses]
            As from `quiet`.
        share : float
            People who make the move at the point, as a share of the most who could.
        """
        if move not in self._cones:
            self._cones[move] = _Cone(self, move)
        cone = self._cones[move]
        prices = cone.cheapest(quiet)
        if prices is None or prices @ quiet[cone.pauses] > share - _VIOLATION:
            return None
        kept = np.flatnonzero(prices > _LEAST_PRICE)
        return ReachCut(move, {self._pauses[int(cone.pauses[i])]: float(prices[i]) + _LEAST_PRICE for i in kept})

    def back_from(self, target: int) -> tuple[list[int], list[int], list[tuple[int, int]]]:
        """Everything from which a move can be got to: places, moves between them, and stays with both their places."""
        net, into, stays_from, home = self.net, self._into, self._stays_from, self._home
        # Nobody need leave a group in which they can stay only to come back to it.
        arrived = int(net.group[net.head[target]]) if net.stays[net.head[target]] else -1
        places = [int(net.tail[target])]
        seen, stack = set(places), list(places)
        moves: list[int] = []
        stays: list[tuple[int, int]] = []
        while stack:
            place = stack.pop()
            if home[place]:
                continue
            origin = stays_from[place]
            if origin >= 0:
                stays.append((origin, place))
                if origin not in seen:
                    seen.add(origin)
                    places.append(origin)
                    stack.append(origin)
            for move, origin, group in into[place]:
                if group == arrived:
                    continue
                moves.append(move)
                if origin not in seen:
                    seen.add(origin)
                    places.append(origin)
                    stack.append(origin)
        return places, moves, stays

    def needs_of(self, moves: Ints) -> tuple[Ints, Ints]:
        """Pauses that moves need, one move after the other, and how many each needs."""
        count = self._first_need[moves + 1] - self._first_need[moves]
        ends = np.cumsum(count)
        return self._needs[np.arange(count.sum()) + np.repeat(self._first_need[moves] - ends + count, count)], count


def _needs(net: CoarseNetwork, windows: WindowRows) -> tuple[list[Pause], Ints, Ints]:
    """Pauses that moves need, each once; which of them each move needs, one after the other; where each begins."""
    number: dict[Pause, int] = {}
    needs: list[int] = []
    first = [0]
    longest = windows.shortest - windows.margin
    spans = zip(net.zone.tolist(), net.start.tolist(), net.last.tolist(), in_zone_since(net).tolist(), strict=True)
    for zone, start, last, since in spans:
        pauses: list[Pause] = []
        if zone >= 0:
            since = max(since, last - longest)  # noqa: PLW2901
            if since < last and start <= last:
                pauses.append((zone, since, last))
            # Only steps that everybody who makes the move spends in the zone: nobody spends a step on two moves,
            # so that no path pays for one pause twice. Steps between two points of the clock grid are quiet alike,
            # but each is a need of its own: one path may spend them on two moves, and would pay twice for what is one.
            pauses += [(zone, step, step) for step in range(start, last + 1)]
        needs += [number.setdefault(pause, len(number)) for pause in pauses]
        first.append(len(needs))
    return list(number), np.array(needs, np.int64), np.array(first, np.int64)


class _Cone:
    """Everything from which a move can be got to, and the program of the cheapest prices on it."""

    def __init__(self, separation: ReachSeparation, target: int) -> None:
        net = separation.net
        reached, entering, staying = separation.back_from(target)
        places, moves = np.array(reached, np.int64), np.array(entering, np.int64)
        origin, stayed = np.array(staying, np.int64).reshape(-1, 2).T
        needs, count = separation.needs_of(np.append(moves, target))
        self.pauses, price = np.unique(needs, return_inverse=True)
        self._solver: Solver | None = None
        self._quiet: Floats = np.zeros(0)
        self._prices: Floats | None = None
        if not len(self.pauses):
            return
        cost = np.empty(net.places, np.int64)
        cost[places] = len(self.pauses) + np.arange(len(places))
        program = LinearProgram()
        program.add_columns(np.zeros(len(self.pauses)), np.ones(len(self.pauses)))
        program.add_columns(np.zeros(len(places)), np.where(net.home[places], 0.0, 1.0))
        # cost so far at the head <= cost so far at the tail + prices of the pauses that the move needs
        last = len(moves) + len(stayed)
        needing = np.repeat(np.append(np.arange(len(moves)), last), count)
        row = np.concatenate([np.arange(last), np.arange(last + 1), needing])
        heads = np.concatenate([net.head[moves], stayed])
        tails = np.concatenate([net.tail[moves], origin, net.tail[[target]]])
        column = np.concatenate([cost[heads], cost[tails], price])
        factor = np.where(np.arange(len(row)) < last, 1.0, -1.0)
        program.add_rows(np.full(last + 1, -np.inf), np.append(np.zeros(last), -1.0), row, column, factor)
        # Small, and most solves go on from an earlier one: to presolve takes longer than it saves.
        self._solver = Solver(program, presolve=False)

    def cheapest(self, quiet: Floats) -> Floats | None:
        """Cheapest prices of the pauses for which every path costs at least 1."""
        if self._solver is None:
            return None
        own = quiet[self.pauses]
        if not np.array_equal(own, self._quiet):  # else what was found holds still
            self._solver.set_gains(np.arange(len(own)), -(own + _PRICE_OF_NOTHING))
            optimal = self._solver.solve() == Status.OPTIMAL
            self._quiet, self._prices = own, self._solver.values[: len(own)].clip(0.0, 1.0) if optimal else None
        return self._prices
