"""Confirm a bound from its certificate, without the search and without a solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.core.clock import Clock
from letup.lp.program import Duality, Rows
from letup.pauses.bound.relaxation import Certificate, add_movement
from letup.pauses.certificates.all_quiet import QuietCertificate, confirmed
from letup.pauses.certificates.certificate import refused
from letup.pauses.certificates.coarse_network import Coarse, coarse, stretches
from letup.pauses.certificates.reach_cuts import ReachCut
from letup.pauses.certificates.share_cuts import Share, ShareCut, holds
from letup.pauses.certificates.splits import Splits
from letup.pauses.certificates.tree import Tree
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.limits import Limits, usable_steps
from letup.pauses.problem import Problem, weight_of
from letup.roads.timed_network import TimedNetwork

_EXACT = 1e-9


def check_bound(
    net: TimedNetwork,
    *,
    steps: int,
    step_minutes: int,
    start_hour: float = 0.0,
    limits: Limits,
    weight: NDArray[np.float64] | None = None,
    margin: int = 0,
    certificate: Certificate | QuietCertificate,
    clock: Clock | None = None,
) -> float:
    """The bound that a certificate proves.

    Rebuilds the relaxation from the network and the limits, checks each cut on the coarse network (a reach cut by
    the cheapest way to its move, a share cut by what is left of the ways when what it counts is taken away), and
    adds up the multipliers (weak duality). Where there is a tree, this is done for each of its leaves: the two
    branches of a split leave nothing out, since a whole column is 0 or 1. A certificate that is wrong in any
    number gives a weaker bound or an error, never a bound that does not hold.

    On networks that are too large for a relaxation the certificate says what it is worth to be at each place at each
    step if all is quiet that may be (`letup.pauses.certificates.all_quiet`), which is checked arc by arc in time.

    Parameters
    ----------
    net, steps, step_minutes, start_hour, limits, weight, margin, clock
        As given to `choose_pauses`.
    certificate : Certificate or QuietCertificate
        `Choice.certificate`.

    Returns
    -------
    float
        No windows within the limits are worth more.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if the certificate does not fit the problem, or a cut does not hold.
    """
    clock, weights = clock or Clock(steps, step_minutes, start_hour), weight_of(weight, steps)
    if isinstance(certificate, QuietCertificate):
        return confirmed(net, usable_steps(limits, net.zones, clock), weights, certificate)
    rows = Rows()
    windows = WindowRows(rows, limits, net.zones, clock, margin)
    grouping = certificate.grouping
    if len(grouping.group) != net.nodes or len(grouping.lead) != net.nodes or grouping.bucket < 1:
        raise refused("it groups other nodes than those of the network")
    try:
        small = coarse(net, steps, windows.usable, grouping)
    except ValueError as error:
        raise refused(str(error)) from None
    movement = add_movement(rows, windows, small, weights)
    since = stretches(small)
    share = Share(small, windows, movement.most, movement.move)
    for number, cut in enumerate(certificate.cuts):
        if isinstance(cut, ShareCut):
            if not holds(small, cut):
                raise refused(f"cut {number} leaves a way out, or counts what does not exist")
            rows.row(-np.inf, 0.0, share.terms(cut))
            continue
        if not 0 <= cut.move < len(small.tail):
            raise refused(f"cut {number} is on a move that does not exist")
        if not all(0 <= price < np.inf for price in cut.prices.values()):
            raise refused(f"cut {number} has a price that is below zero or not finite")
        if not all(
            0 <= last - start <= windows.shortest - windows.margin for _, start, last in cut.prices if start != last
        ):
            raise refused(f"cut {number} prices more than a window has")
        cheapest = _cheapest_way(small, since, cut)
        if cheapest < 1 - _EXACT:
            raise refused(f"cut {number} lets somebody through for {cheapest:g}")
        most = float(movement.most[cut.move])
        terms = [(int(movement.move[cut.move]), 1.0)]
        for (zone, start, last), price in cut.prices.items():
            terms += [(column, -most * price * factor) for column, factor in windows.quiet(zone, start, last)]
        rows.row(-np.inf, 0.0, terms)
    if certificate.tree is not None:
        problem = Problem(net, clock, limits, weights, margin)
        return _bound_of_tree(certificate.tree, rows, windows, problem)
    if len(certificate.multipliers) != len(rows.low) or not np.isfinite(certificate.multipliers).all():
        raise refused(f"it has {len(certificate.multipliers)} multipliers, the relaxation has {len(rows.low)} rows")
    return Duality(rows).bound(certificate.multipliers)


def _bound_of_tree(tree: Tree, rows: Rows, windows: WindowRows, problem: Problem) -> float:
    """The largest bound of all leaves of a tree."""
    splits, duality = Splits(rows, windows), Duality(rows)
    whole = set(splits.whole.tolist())
    if tree.branches.shape != (len(tree.columns), 2) or not len(tree.columns):
        raise refused("its tree has no root, or splits without two branches")
    most, split = -np.inf, set[int]()
    stack: list[tuple[int, tuple[tuple[int, int], ...]]] = [(0, ())]
    while stack:
        number, path = stack.pop()
        if number >= 0:
            if number >= len(tree.columns) or number in split or int(tree.columns[number]) not in whole:
                raise refused(f"split {number} of its tree does not exist, is there twice, or splits nothing")
            split.add(number)
            for value, branch in enumerate(tree.branches[number].tolist()):
                stack.append((branch, (*path, (int(tree.columns[number]), value))))
            continue
        if -number > len(tree.leaves):
            raise refused("its tree lacks a leaf")
        leaf = tree.leaves[-1 - number]
        lower, upper = duality.lower.copy(), duality.upper.copy()
        for column, value in path:
            splits.narrow(lower, upper, column, value)
        if leaf.valued:
            if (lower[splits.whole] < upper[splits.whole]).any():
                raise refused(f"leaf {-1 - number} is valued, and its windows are not fixed")
            if (lower <= upper).all() and splits.allowed(lower):
                most = max(most, problem.value(windows.windows(lower)))
            continue
        inside = (leaf.rows >= 0) & (leaf.rows < len(rows.low))
        if leaf.rows.shape != leaf.multipliers.shape or not inside.all() or not np.isfinite(leaf.multipliers).all():
            raise refused(f"leaf {-1 - number} has multipliers for rows that do not exist")
        multipliers = np.zeros(len(rows.low))
        multipliers[leaf.rows] = leaf.multipliers
        most = max(most, duality.bound(multipliers, lower, upper))
    return most


def _cheapest_way(net: Coarse, since: NDArray[np.int64], cut: ReachCut) -> float:
    """Least that a way from any home to the cut's move pays, the move included.

    Each step that a move needs its zone quiet is paid on that move, and each stretch of steps on the move that
    ends with it. No way that anybody could take is on two moves at one step, so that nothing is paid twice (see
    `letup.pauses.certificates.reach_cuts`).
    """
    paid = np.zeros(len(net.tail))
    for (zone, start, last), price in cut.prices.items():
        there = (net.zone == zone) & (net.start <= last)
        paid[there & ((net.last >= last) if start == last else ((net.last == last) & (since <= start)))] += price
    target = cut.move
    arrived = net.group[net.head[target]] if net.stays[net.head[target]] else -1
    usable = (net.group[net.tail] != arrived) | (np.arange(len(net.tail)) == target)
    cost = np.where(net.home, 0.0, np.inf)
    # Moves within one bucket lead either way, so costs are lowered until nothing changes (Bellman and Ford).
    while True:
        before = cost.copy()
        np.minimum.at(cost, net.head[usable], cost[net.tail[usable]] + paid[usable])
        np.minimum.at(cost, net.stay_to, cost[net.stay_from])
        if (cost == before).all():
            return float(cost[net.tail[target]] + paid[target])
