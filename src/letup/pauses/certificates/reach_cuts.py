"""Reach cuts: nobody makes a move that nobody can get to.

Fractions of windows fool the plain relaxation: with every zone quiet "at 0.4" capacities are loose enough to let
everybody through. But whoever makes a move has come some way, and each way needs certain pauses. Give each pause
needed (zone z quiet at step s, say) a price so that every way from a home to the move costs at least 1, a pause
that a way needs twice counted once. Then, whatever the windows, the prices of the quiet ones add up to at least 1
if anybody can get to the move at all, and so

    people who make the move  <=  most who could  x  (sum of price x quiet).

A way on the coarse network may seem to need one pause twice; no way that anybody could really take does, and
only such ways, or what is left of them when a return to where one could have stayed is left out, need to be priced.

The prices that cut off a given fractional point most are those of a linear program: the cheapest prices for
which the shortest way costs 1. Its dual sends one unit of people to the move through zones that let through, in
all, as much as they are quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from letup.lp.highs import run, solver
from letup.pauses.certificates.coarse_network import Coarse, stretches
from letup.pauses.certificates.window_rows import Terms, WindowRows

_LEAST_PRICE = 1e-6
_BREATH = 1e-5


@dataclass(frozen=True)
class ReachCut:
    """People who make a move are at most ``most`` times the priced quiet.

    Attributes
    ----------
    move : int
        Move of the coarse network.
    prices : dict of (zone, start, last) to float
        Price of each pause: a window of the zone that starts at or before ``start`` and lasts beyond ``last``.
    """

    move: int
    prices: dict[tuple[int, int, int], float]


class Reach:
    """Finds reach cuts on a coarse network.

    Parameters
    ----------
    net : Coarse
        The network.
    windows : WindowRows
        What can be quiet when.
    """

    def __init__(self, net: Coarse, windows: WindowRows) -> None:
        self.net, self.windows = net, windows
        order = np.argsort(net.head, kind="stable")
        self._moves = order
        self._first = np.searchsorted(net.head[order], np.arange(net.places + 1))
        self._stay = np.full(net.places, -1)
        self._stay[net.stay_to] = net.stay_from
        self._since = stretches(net)
        self._needs, self._need_of = self._all_needs()
        self._cones: dict[int, _Cone] = {}

    def quiet(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How quiet each need is at given values of the columns, 0 to 1."""
        return np.array([sum(f * values[c] for c, f in terms) for _, terms in self._needs]).clip(0.0, 1.0)

    def cut(self, move: int, quiet: NDArray[np.float64], taken: float) -> ReachCut | None:
        """The reach cut of a move that a point breaks most; None if it breaks none.

        Parameters
        ----------
        move : int
            The move.
        quiet : float64[needs]
            As from `quiet`.
        taken : float
            People who make the move at the point, as a share of the most who could.
        """
        if move not in self._cones:
            self._cones[move] = _Cone(self, move)
        cone = self._cones[move]
        prices = cone.cheapest(quiet)
        if prices is None or prices @ quiet[cone.needs] > taken - 1e-3:
            return None
        kept = np.flatnonzero(prices > _LEAST_PRICE)
        return ReachCut(move, {self._needs[int(cone.needs[i])][0]: float(prices[i]) + _LEAST_PRICE for i in kept})

    def terms(self, cut: ReachCut) -> Terms:
        """The row of a cut: its terms add up to at most 0, apart from the move's own column."""
        found: dict[int, float] = {}
        for (zone, start, last), price in cut.prices.items():
            for column, factor in self.windows.quiet(zone, start, last):
                found[column] = found.get(column, 0.0) + price * factor
        return list(found.items())

    def _all_needs(self) -> tuple[list[tuple[tuple[int, int, int], Terms]], list[list[int]]]:
        """Pauses that moves need, each once, and which of them each move needs."""
        net = self.net
        needs: list[tuple[tuple[int, int, int], Terms]] = []
        of_key: dict[tuple[int, int, int], int] = {}
        found: list[list[int]] = []
        longest = self.windows.shortest - self.windows.margin
        for i, (zone, start, last) in enumerate(
            zip(net.zone.tolist(), net.start.tolist(), net.last.tolist(), strict=True)
        ):
            mine: list[int] = []
            since = max(int(self._since[i]), last - longest)
            if zone >= 0 and since < last and start <= last:
                key = (zone, since, last)
                if key not in of_key:
                    of_key[key] = len(needs)
                    needs.append((key, self.windows.quiet(*key)))
                mine.append(of_key[key])
            # Only steps that everybody who makes the move spends in the zone: nobody spends a step on two moves,
            # so that no way pays for one pause twice.
            if zone >= 0:
                for step in range(start, last + 1):
                    key = (zone, step, step)
                    # Steps between two points of the clock grid are quiet alike, but each is a need of its own:
                    # one way may spend them on two moves, and would pay twice for what is one.
                    if key not in of_key:
                        of_key[key] = len(needs)
                        needs.append((key, self.windows.quiet(*key)))
                    mine.append(of_key[key])
            found.append(mine)
        return needs, found


class _Cone:
    """Everything from which a move can be got to."""

    def __init__(self, reach: Reach, target: int) -> None:
        net = reach.net
        # Nobody need leave a group in which they can stay only to come back to it.
        arrived = int(net.group[net.head[target]]) if net.stays[net.head[target]] else -1
        seen = {int(net.tail[target]): 0}
        stack = list(seen)
        moves: list[int] = []
        stays: list[tuple[int, int]] = []
        while stack:
            place = stack.pop()
            if net.home[place]:
                continue
            befores = []
            if reach._stay[place] >= 0:
                before = int(reach._stay[place])
                stays.append((before, place))
                befores.append(before)
            for move in reach._moves[reach._first[place] : reach._first[place + 1]].tolist():
                if net.group[net.tail[move]] == arrived:
                    continue
                moves.append(move)
                befores.append(int(net.tail[move]))
            for before in befores:
                if before not in seen:
                    seen[before] = len(seen)
                    stack.append(before)
        own = reach._need_of[target]
        self.needs = np.array(sorted({need for move in [*moves, target] for need in reach._need_of[move]}), np.int64)
        number = {int(need): i for i, need in enumerate(self.needs)}
        k = len(self.needs)
        rows: list[int] = []
        columns: list[int] = []
        factors: list[float] = []

        def add(row: int, column: int, factor: float) -> None:
            rows.append(row)
            columns.append(column)
            factors.append(factor)

        # cost so far at the head <= cost so far at the tail + prices of the pauses that the move needs
        for row, move in enumerate(moves):
            add(row, k + seen[int(net.head[move])], 1.0)
            add(row, k + seen[int(net.tail[move])], -1.0)
            for need in reach._need_of[move]:
                add(row, number[need], -1.0)
        for row, (before, after) in enumerate(stays, len(moves)):
            add(row, k + seen[after], 1.0)
            add(row, k + seen[before], -1.0)
        last = len(moves) + len(stays)
        add(last, k + seen[int(net.tail[target])], -1.0)
        for need in own:
            add(last, number[need], -1.0)
        self._matrix = csr_array((factors, (rows, columns)), shape=(last + 1, k + len(seen))).tocsc()
        self._high = np.zeros(last + 1)
        self._high[last] = -1.0
        self._upper = np.ones(k + len(seen))
        for place, i in seen.items():
            if net.home[place]:
                self._upper[k + i] = 0.0
        self._highs: highspy.Highs | None = None

    def cheapest(self, quiet: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Cheapest prices of the needs for which every way costs at least 1."""
        k = len(self.needs)
        if k == 0:
            return None
        cost = np.zeros(len(self._upper))
        # A breath of price on what is not quiet at all keeps cuts short.
        cost[:k] = quiet[self.needs] + _BREATH
        if self._highs is None:
            self._highs = _linear_program(self._matrix, cost, self._upper, self._high)
        else:
            self._highs.changeColsCost(k, np.arange(k, dtype=np.int32), cost[:k])
        if run(self._highs) != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._highs.getSolution().col_value[:k]).clip(0.0, 1.0)


def _linear_program(
    matrix: csr_array, cost: NDArray[np.float64], upper: NDArray[np.float64], high: NDArray[np.float64]
) -> highspy.Highs:
    """HiGHS with a small program to minimise, columns from 0 to ``upper``, rows up to ``high``."""
    highs = solver()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(high)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), upper
    lp.row_lower_, lp.row_upper_ = np.full(len(high), -np.inf), high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    highs.passModel(lp)
    return highs
