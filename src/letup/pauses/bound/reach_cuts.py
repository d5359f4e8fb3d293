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
        self._moves_into = np.argsort(net.head, kind="stable")
        self._first_into = np.searchsorted(net.head[self._moves_into], np.arange(net.places + 1))
        self._stays_from = np.full(net.places, -1)
        self._stays_from[net.stay_to] = net.stay_from
        self._pauses, self.needs = _needs(net, windows)
        self._quiet: list[Terms] = [windows.quiet(*pause) for pause in self._pauses]
        self._cones: dict[int, _Cone] = {}

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

    def before(self, place: int) -> tuple[int, list[int]]:
        """From where a place can be got to: the place before if one may stay (or -1), and the moves into it."""
        moves = self._moves_into[self._first_into[place] : self._first_into[place + 1]]
        return int(self._stays_from[place]), moves.tolist()


def _needs(net: CoarseNetwork, windows: WindowRows) -> tuple[list[Pause], list[list[int]]]:
    """Pauses that moves need, each once, and which of them each move needs."""
    number: dict[Pause, int] = {}
    needs: list[list[int]] = []
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
        needs.append([number.setdefault(pause, len(number)) for pause in pauses])
    return list(number), needs


class _Cone:
    """Everything from which a move can be got to, and the program of the cheapest prices on it."""

    def __init__(self, separation: ReachSeparation, target: int) -> None:
        net, needs = separation.net, separation.needs
        # Nobody need leave a group in which they can stay only to come back to it.
        arrived = int(net.group[net.head[target]]) if net.stays[net.head[target]] else -1
        number = {int(net.tail[target]): 0}
        stack = list(number)
        moves: list[int] = []
        stays: list[tuple[int, int]] = []
        while stack:
            place = stack.pop()
            if net.home[place]:
                continue
            stay, into = separation.before(place)
            into = [move for move in into if net.group[net.tail[move]] != arrived]
            origins = [int(net.tail[move]) for move in into]
            if stay >= 0:
                stays.append((stay, place))
                origins.insert(0, stay)
            moves += into
            for origin in origins:
                if origin not in number:
                    number[origin] = len(number)
                    stack.append(origin)
        self.pauses = np.array(sorted({pause for move in [*moves, target] for pause in needs[move]}), np.int64)
        program = LinearProgram()
        price = {int(pause): program.add_column(0.0, 1.0) for pause in self.pauses}
        cost = {place: program.add_column(0.0, 0.0 if net.home[place] else 1.0) for place in number}
        # cost so far at the head <= cost so far at the tail + prices of the pauses that the move needs
        for move in moves:
            terms = [(cost[int(net.head[move])], 1.0), (cost[int(net.tail[move])], -1.0)]
            program.add_row(-np.inf, 0.0, [*terms, *((price[pause], -1.0) for pause in needs[move])])
        for origin, place in stays:
            program.add_row(-np.inf, 0.0, [(cost[place], 1.0), (cost[origin], -1.0)])
        terms = [(cost[int(net.tail[target])], -1.0), *((price[pause], -1.0) for pause in needs[target])]
        program.add_row(-np.inf, -1.0, terms)
        self._solver = Solver(program)

    def cheapest(self, quiet: Floats) -> Floats | None:
        """Cheapest prices of the pauses for which every path costs at least 1."""
        count = len(self.pauses)
        if not count:
            return None
        self._solver.set_gains(np.arange(count), -(quiet[self.pauses] + _PRICE_OF_NOTHING))
        if self._solver.solve() != Status.OPTIMAL:
            return None
        return self._solver.values[:count].clip(0.0, 1.0)
