"""The relaxation: windows and coarse movements in one program, solved by HiGHS, tightened by reach cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.highs import run, solver
from letup.lp.program import Rows, dual_bound
from letup.pauses.bound.grouping import by_zones, leads, within, zone_of_node
from letup.pauses.certificates.coarse_network import Coarse, Grouping, coarse, every_node
from letup.pauses.certificates.reach_cuts import Reach, ReachCut
from letup.pauses.certificates.share_cuts import Share, ShareCut
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.incumbent import Incumbent, StoppingCriterion
from letup.pauses.limits import Limits, usable_steps
from letup.pauses.problem import Problem
from letup.roads.timed_network import TimedNetwork

if TYPE_CHECKING:
    from letup.pauses.certificates.tree import Tree

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

    def tighten(self, stop: StoppingCriterion) -> None:
        """Add rounds of cuts until none is broken, they bring little, or it is to stop.

        Parameters
        ----------
        stop : StoppingCriterion
            When to end.
        """
        fruitless = 0
        while not stop.met and fruitless < 2:
            before = self.bound
            if not self._round(stop) or not self.solve(stop.seconds_left()):
                break
            fruitless = 0 if self.bound < before * (1 - 2e-4) else fruitless + 1
        fruitless = 0
        while not stop.met and fruitless < 2:
            before = self.bound
            cuts = self.share.cuts(self.values, stop.seconds_left)
            for cut in cuts:
                self.add_cut(cut)
            if not cuts or not self.solve(stop.seconds_left()):
                return
            if self._round(stop) and not self.solve(stop.seconds_left()):
                return
            fruitless = 0 if self.bound < before * (1 - 5e-4) else fruitless + 1

    def _round(self, stop: StoppingCriterion) -> int:
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
            if stop.met:
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


_SMALL = 6_000
"""Moves up to which nothing is made coarse."""
_SIZES = (6_000, 25_000)
"""Moves of the relaxations tried, the smaller first."""
_QUIET, _GROUPED = 1e-3, 0.5
"""A zone quiet more than that, with a larger share of its nodes than that in groups, asks for the next size."""


@dataclass(frozen=True)
class Certificate:
    """What `check_bound` needs to confirm a bound.

    Attributes
    ----------
    grouping : Grouping
        How coarse the relaxation is.
    cuts : list of ReachCut or ShareCut
        Its cuts.
    multipliers : float64[rows]
        One for each row.
    bound : float
        The bound that they prove.
    tree : Tree or None
        Splits of the windows, with multipliers for each part: they prove the bound then.
    """

    grouping: Grouping
    cuts: list[ReachCut | ShareCut]
    multipliers: NDArray[np.float64]
    bound: float
    tree: Tree | None = None


def best_relaxation(problem: Problem, incumbent: Incumbent, stop: StoppingCriterion) -> Master | None:
    """A relaxation solved with its cuts; None if none could be solved in time.

    Parameters
    ----------
    problem : Problem
        The problem.
    incumbent : Incumbent
        Is told the bounds, with their certificates.
    stop : StoppingCriterion
        When to end.
    """
    net, limits, clock, weight, margin = problem.net, problem.limits, problem.clock, problem.weight, problem.margin

    def keep(master: Master) -> None:
        incumbent.certify(Certificate(master.grouping, master.needed, master.multipliers, master.bound))

    if is_exact(net, limits, clock):
        master = Master(net, limits, clock, weight, every_node(net), margin)
        if not master.solve(stop.seconds_left()):
            return None
        keep(master)
        master.tighten(stop)
        keep(master)
        return master
    usable = usable_steps(limits, net.zones, clock)
    time_given = stop.seconds_left()
    best: Master | None = None
    for size in _SIZES:
        # A finer relaxation takes several times longer.
        if best is not None and (stop.seconds_left() < 0.6 * time_given or not _finer_helps(net, best)):
            break
        grouping = _sized(net, clock, usable, size)
        if best is not None and (grouping.group == best.grouping.group).all():
            break
        master = Master(net, limits, clock, weight, grouping, margin)
        if not master.solve(stop.seconds_left()):
            break
        keep(master)
        master.tighten(stop)
        keep(master)
        if best is None or master.bound < best.bound:
            best = master
    return best


def is_exact(net: TimedNetwork, limits: Limits, clock: Clock) -> bool:
    """Whether the network is so small that nothing is made coarse."""
    if net.arcs * clock.steps > 50 * _SMALL:
        return False
    usable = usable_steps(limits, net.zones, clock)
    return len(coarse(net, clock.steps, usable, every_node(net)).tail) <= _SMALL


def _finer_helps(net: TimedNetwork, master: Master) -> bool:
    """Whether a zone that is quiet at all in a relaxation has more than half of its nodes in groups."""
    group = master.grouping.group
    grouped = np.bincount(group)[group] > 1
    zone = zone_of_node(net)
    quiet = [
        z
        for z, slots in enumerate(master.windows.of_zone)
        if any(master.values[slot.started[-1]] > _QUIET for slot in slots)
    ]
    return any(grouped[zone == z].mean() > _GROUPED for z in quiet if (zone == z).any())


def _sized(net: TimedNetwork, clock: Clock, usable: NDArray[np.bool_], size: int) -> Grouping:
    """The finest grouping that is not too large: nodes apart as far from the narrow place as may be."""
    lead = leads(net)
    radii = np.unique(np.abs(lead))
    low, high = -1, len(radii) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if len(coarse(net, clock.steps, usable, within(net, lead, int(radii[middle]))).tail) <= size:
            low = middle
        else:
            high = middle - 1
    if low >= 0:
        return within(net, lead, int(radii[low]))
    bucket = 1
    while len(coarse(net, clock.steps, usable, by_zones(net, lead, bucket)).tail) > size:
        bucket *= 2
    return by_zones(net, lead, bucket)
