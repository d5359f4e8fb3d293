"""The relaxation: windows and coarse movements in one program, solved by HiGHS, tightened by reach cuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.lp.duality import dual_bound
from letup.lp.highs import run, solver
from letup.lp.rows import Rows
from letup.pauses.certificates.coarse_network import Coarse, Grouping, coarse
from letup.pauses.certificates.reach_cuts import Reach, ReachCut
from letup.pauses.certificates.share_cuts import Share, ShareCut
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.clock import Clock
from letup.pauses.limits import Limits
from letup.roads.timed_network import TimedNetwork

_CANDIDATES = 400
"""Moves looked at in one round of cuts, those that hold back the value most first."""


@dataclass(frozen=True)
class Movement:
    """Columns of the movements, and the rows that tie moves to quiet.

    Attributes
    ----------
    move, stay, arrive : int64[...]
        Column of each move, stay and arrival of the coarse network.
    most : float64[moves]
        People who may make each move.
    gate, gated : int64[g]
        Rows that tie moves to their zone's windows, and the move of each.
    """

    move: NDArray[np.int64]
    stay: NDArray[np.int64]
    arrive: NDArray[np.int64]
    most: NDArray[np.float64]
    gate: NDArray[np.int64]
    gated: NDArray[np.int64]


def add_movement(rows: Rows, windows: WindowRows, net: Coarse, weight: NDArray[np.float64]) -> Movement:
    """Columns and rows for the movements on a coarse network through what is quiet."""
    people = float(net.people.sum())
    most = np.minimum(net.most, people)
    move = np.array([rows.column(0.0, m) for m in most.tolist()], np.int64)
    stay = np.array([rows.column(0.0, people) for _ in net.stay_from], np.int64)
    arrive = np.array([rows.column(0.0, people, float(weight[t])) for t in net.arrive_step], np.int64)
    terms: list[list[tuple[int, float]]] = [[] for _ in range(net.places)]
    for columns, place, sign in (
        (move, net.tail, 1.0),
        (move, net.head, -1.0),
        (stay, net.stay_from, 1.0),
        (stay, net.stay_to, -1.0),
        (arrive, net.arrive_at, 1.0),
    ):
        for column, at in zip(columns.tolist(), place.tolist(), strict=True):
            terms[at].append((column, sign))
    for at, row in enumerate(terms):
        rows.row(-np.inf, float(net.people[at]), row)
    for shelter, room in enumerate(net.room.tolist()):
        rows.row(-np.inf, room, [(int(c), 1.0) for c in arrive[net.arrive_in == shelter]])
    rows.row(-np.inf, people, [(int(c), 1.0) for c in arrive])
    gates: list[tuple[int, int]] = []
    for i in np.flatnonzero(net.zone >= 0).tolist():
        zone, first, last = int(net.zone[i]), int(net.start[i]), int(net.last[i])
        # "Started by first and not over by last" counts a window between the two as -1, so no row asks for more
        # steps than a window has at least; overlapping rows ask for one window that covers them all.
        for start in range(first, max(first, last + windows.margin - windows.shortest) + 1):
            quiet = windows.quiet(zone, start, min(last, start + windows.shortest - windows.margin))
            needs = [(int(move[i]), 1.0), *((c, -float(most[i]) * f) for c, f in quiet)]
            gates.append((rows.row(-np.inf, 0.0, needs), i))
    gate, gated = np.array(gates, np.int64).reshape(-1, 2).T
    return Movement(move, stay, arrive, most, gate, gated)


class Master:
    """One relaxation.

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
        self.grouping = grouping
        self.rows = Rows()
        self.windows = WindowRows(self.rows, limits, net.zones, clock, margin)
        self.coarse = coarse(net, clock.steps, self.windows.usable, grouping)
        self.movement = add_movement(self.rows, self.windows, self.coarse, weight)
        self.cuts: list[ReachCut | ShareCut] = []
        self.reach = Reach(self.coarse, self.windows)
        self.share = Share(self.coarse, self.windows, self.movement.most, self.movement.move)
        self.bound = np.inf
        self.multipliers = np.zeros(0)
        self.needed: list[ReachCut | ShareCut] = []
        """Cuts that the multipliers are for; later ones brought nothing, or came too late."""
        self.values = np.zeros(len(self.rows.lower))
        self.highs = load(self.rows)

    def add_cut(self, cut: ReachCut | ShareCut) -> None:
        """Add a cut as a row."""
        if isinstance(cut, ShareCut):
            terms = self.share.terms(cut)
        else:
            most = float(self.movement.most[cut.move])
            terms = [(int(self.movement.move[cut.move]), 1.0), *((c, -most * f) for c, f in self.reach.terms(cut))]
        self.rows.row(-np.inf, 0.0, terms)
        self.highs.addRow(
            -np.inf, 0.0, len(terms), np.array([c for c, _ in terms], np.int32), np.array([f for _, f in terms])
        )
        self.cuts.append(cut)

    def solve(self, seconds: float) -> bool:
        """Solve the linear relaxation; False if it could not be solved in time. Sets bound, values, multipliers."""
        if seconds <= 0:
            return False
        # Interior points first: several times quicker here. Later solves start from the basis left behind.
        self.highs.setOptionValue("solver", "ipm" if np.isinf(self.bound) else "simplex")
        if run(self.highs, seconds) != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.highs.getSolution()
        self.values = np.array(solution.col_value)
        self._reduced = np.array(solution.col_dual)
        multipliers = np.array(solution.row_dual)
        bound = dual_bound(self.rows, multipliers)
        if bound < self.bound:
            self.bound, self.multipliers, self.needed = bound, multipliers, list(self.cuts)
        return True

    def tighten(self, more: Callable[[], float]) -> None:
        """Add rounds of cuts until none is broken, they bring little, or there is no time.

        Parameters
        ----------
        more : callable
            Seconds left.
        """
        fruitless = 0
        while more() > 0 and fruitless < 2:
            before = self.bound
            if not self._round(more) or not self.solve(more()):
                break
            fruitless = 0 if self.bound < before * (1 - 2e-4) else fruitless + 1
        fruitless = 0
        while more() > 0 and fruitless < 2:
            before = self.bound
            cuts = self.share.cuts(self.values, more)
            for cut in cuts:
                self.add_cut(cut)
            if not cuts or not self.solve(more()):
                return
            if self._round(more) and not self.solve(more()):
                return
            fruitless = 0 if self.bound < before * (1 - 5e-4) else fruitless + 1

    def _round(self, more: Callable[[], float]) -> int:
        """One round of cuts at the point last solved."""
        movement = self.movement
        quiet = self.reach.quiet(self.values)
        share = self.values[movement.move] / movement.most
        worth = np.maximum(self._reduced[movement.move], 0.0)
        duals = np.array(self.highs.getSolution().row_dual)
        np.add.at(worth, movement.gated, np.maximum(duals[movement.gate], 0.0))
        # What a cut holds back already another may hold back more.
        for row, known in enumerate(self.cuts, len(duals) - len(self.cuts)):
            if isinstance(known, ReachCut):
                worth[known.move] += max(float(duals[row]), 0.0)
        worth *= movement.most
        # Multipliers are one choice of many: of moves that seem to hold back nothing the busiest are asked, too.
        worth[worth <= 1e-6] = -1.0
        used = np.flatnonzero(share > 0.02)
        order = used[np.lexsort((-self.values[movement.move[used]], -worth[used]))][:_CANDIDATES]
        found = 0
        for move in order.tolist():
            if more() <= 0:
                break
            cut = self.reach.cut(move, quiet, float(share[move]))
            if cut is not None:
                self.add_cut(cut)
                found += 1
        return found


def load(rows: Rows) -> highspy.Highs:
    """HiGHS with a program."""
    highs = solver()
    matrix = rows.matrix.tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(rows.lower), len(rows.low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.array(rows.gain), np.array(rows.lower), np.array(rows.upper)
    lp.row_lower_, lp.row_upper_ = np.array(rows.low), np.array(rows.high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    lp.sense_ = highspy.ObjSense.kMaximize
    highs.passModel(lp)
    return highs
