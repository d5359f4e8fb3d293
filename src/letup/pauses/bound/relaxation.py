"""The relaxation, solved: windows in fractions and coarse movements in one linear program, tightened by cuts.

It is as fine as it can be and still be solved in the time there is.
"""

from __future__ import annotations

import numpy as np

from letup.core.arrays import Floats
from letup.core.clock import Clock
from letup.lp.program import Terms, dual_bound
from letup.lp.solver import Solver, Status
from letup.pauses.bound.grouping import finest_grouping, zone_of_node
from letup.pauses.bound.reach_cuts import ReachSeparation
from letup.pauses.bound.share_cuts import ShareSeparation
from letup.pauses.certificates.certificate import Certificate, Cut, Grouping, ReachCut
from letup.pauses.certificates.coarse_network import coarsen, every_node
from letup.pauses.certificates.relaxation_program import RelaxationProgram
from letup.pauses.incumbent import Incumbent, StoppingCriterion
from letup.pauses.limits import Limits, usable_steps
from letup.pauses.problem import Problem
from letup.roads.timed_network import TimedNetwork

_CANDIDATES = 400
"""Moves for which reach cuts are sought in one round, those that hold back the value most first."""
_USED = 0.02
"""Share of the most who could make a move from which on a reach cut is sought for it."""
_GAIN, _SHARE_GAIN = 2e-4, 5e-4
"""Share of the bound that rounds of cuts must bring, without and with share cuts; two that do not are the last."""
_SMALL = 6_000
"""Moves up to which nothing is made coarse."""
_SIZES = (6_000, 25_000)
"""Moves of the relaxations tried, the smaller first."""
_QUIET, _GROUPED = 1e-3, 0.5
"""A zone quiet more than that, with a larger share of its nodes than that in groups, asks for the next size."""


class Relaxation(RelaxationProgram):
    """A relaxation with its solver.

    Parameters
    ----------
    net, limits, clock, weight, grouping, margin
        As for `RelaxationProgram`.

    Attributes
    ----------
    bound : float
        The best bound so far; infinite before the first solve.
    duals : float64[rows]
        What proves it; for the rows and cuts there were then.
    values : float64[columns]
        The point last found.
    cuts : list of ReachCut or ShareCut
        All cuts added.
    """

    def __init__(
        self,
        net: TimedNetwork,
        limits: Limits,
        clock: Clock,
        weight: Floats,
        grouping: Grouping,
        margin: int = 0,
    ) -> None:
        super().__init__(net, limits, clock, weight, grouping, margin)
        self.grouping = grouping
        self.solver = Solver(self.program)
        self.bound, self.duals = np.inf, np.zeros(0)
        self.values = np.zeros(self.program.columns)
        self.cuts: list[Cut] = []
        self._cuts_of_bound: list[Cut] = []
        """Cuts that the duals are for; later ones brought nothing, or came too late."""
        self._reach = ReachSeparation(self.network, self.windows)
        self._share = ShareSeparation(self)
        self._last_duals = self._reduced_gains = np.zeros(0)

    def add_cut(self, cut: Cut) -> Terms:
        """Add a cut as a row, for the next solve."""
        terms = super().add_cut(cut)
        self.solver.add_row(-np.inf, 0.0, terms)
        self.cuts.append(cut)
        return terms

    def solve(self, seconds: float) -> bool:
        """Solve the linear program; False if it could not be solved in time. Sets bound, values, duals."""
        if seconds <= 0:
            return False
        # Interior points first: several times quicker here. Later solves start from the basis left behind.
        if self.solver.solve(seconds, method="ipm" if np.isinf(self.bound) else "simplex") != Status.OPTIMAL:
            return False
        self.values, self._reduced_gains = self.solver.values, self.solver.reduced_gains
        self._last_duals = self.solver.duals
        bound = dual_bound(self.program, self._last_duals)
        if bound < self.bound:
            self.bound, self.duals, self._cuts_of_bound = bound, self._last_duals, list(self.cuts)
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
            if not self._add_reach_cuts(stop) or not self.solve(stop.seconds_left()):
                break
            fruitless = 0 if self.bound < before * (1 - _GAIN) else fruitless + 1
        fruitless = 0
        while not stop.met and fruitless < 2:
            before = self.bound
            cuts = self._share.cuts(self.values, stop)
            for cut in cuts:
                self.add_cut(cut)
            if not cuts or not self.solve(stop.seconds_left()):
                return
            if self._add_reach_cuts(stop) and not self.solve(stop.seconds_left()):
                return
            fruitless = 0 if self.bound < before * (1 - _SHARE_GAIN) else fruitless + 1

    def certificate(self) -> Certificate:
        """What proves the best bound."""
        return Certificate(self.grouping, self._cuts_of_bound, self.duals, self.bound)

    def _add_reach_cuts(self, stop: StoppingCriterion) -> int:
        """One round of reach cuts that the point last found breaks; returns how many."""
        movement, duals = self.movement, self._last_duals
        quiet = self._reach.quiet(self.values)
        share = self.values[movement.move] / movement.capacity
        worth = np.maximum(self._reduced_gains[movement.move], 0.0)
        np.add.at(worth, movement.gated, np.maximum(duals[movement.gate], 0.0))
        # What a cut holds back already another may hold back more.
        for row, cut in enumerate(self.cuts, len(duals) - len(self.cuts)):
            if isinstance(cut, ReachCut):
                worth[cut.move] += max(float(duals[row]), 0.0)
        worth *= movement.capacity
        # Duals are one choice of many: of moves that seem to hold back nothing the busiest are tried, too.
        worth[worth <= 1e-6] = -1.0
        used = np.flatnonzero(share > _USED)
        order = used[np.lexsort((-self.values[movement.move[used]], -worth[used]))][:_CANDIDATES]
        added = 0
        for move in order.tolist():
            if stop.met:
                break
            broken = self._reach.cut(move, quiet, float(share[move]))
            if broken is not None:
                self.add_cut(broken)
                added += 1
        return added


def best_relaxation(problem: Problem, incumbent: Incumbent, stop: StoppingCriterion) -> Relaxation | None:
    """A relaxation solved with its cuts, fine where it matters; None if none could be solved in time.

    Parameters
    ----------
    problem : Problem
        What is being planned.
    incumbent : Incumbent
        Is told the bounds, with their certificates.
    stop : StoppingCriterion
        When to end.
    """
    net, limits, clock = problem.net, problem.limits, problem.clock

    def tightened(grouping: Grouping) -> Relaxation | None:
        relaxation = Relaxation(net, limits, clock, problem.weight, grouping, problem.margin)
        if not relaxation.solve(stop.seconds_left()):
            return None
        incumbent.certify(relaxation.certificate())
        relaxation.tighten(stop)
        incumbent.certify(relaxation.certificate())
        return relaxation

    if is_exact(net, limits, clock):
        return tightened(every_node(net))
    usable = usable_steps(limits, net.zones, clock)
    seconds = stop.seconds_left()
    best: Relaxation | None = None
    for size in _SIZES:
        # A finer relaxation takes several times longer.
        if best is not None and (stop.seconds_left() < 0.6 * seconds or not _finer_helps(net, best)):
            break
        grouping = finest_grouping(net, clock.steps, usable, size)
        if best is not None and (grouping.group == best.grouping.group).all():
            break
        relaxation = tightened(grouping)
        if relaxation is None:
            break
        if best is None or relaxation.bound < best.bound:
            best = relaxation
    return best


def is_exact(net: TimedNetwork, limits: Limits, clock: Clock) -> bool:
    """Whether the network is so small that nothing is made coarse."""
    if net.arcs * clock.steps > 50 * _SMALL:
        return False
    usable = usable_steps(limits, net.zones, clock)
    return len(coarsen(net, clock.steps, usable, every_node(net)).tail) <= _SMALL


def _finer_helps(net: TimedNetwork, relaxation: Relaxation) -> bool:
    """Whether a zone that is quiet at all in a relaxation has more than half of its nodes in groups."""
    group = relaxation.grouping.group
    grouped = np.bincount(group)[group] > 1
    zone = zone_of_node(net)
    quiet = [
        z
        for z, slots in enumerate(relaxation.windows.of_zone)
        if any(relaxation.values[slot.started[-1]] > _QUIET for slot in slots)
    ]
    return any(grouped[zone == z].mean() > _GROUPED for z in quiet if (zone == z).any())
