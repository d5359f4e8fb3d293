"""Confirm a bound from its certificate, without the search and without a solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Floats
from letup.core.clock import Clock
from letup.core.graphs import reachable
from letup.lp.program import DualBounds
from letup.pauses.certificates.all_quiet import AllQuietCertificate, all_quiet_bound
from letup.pauses.certificates.certificate import Certificate, Cut, Leaf, ReachCut, ShareCut, Tree
from letup.pauses.certificates.coarse_network import CoarseNetwork, goes_back, in_zone_since
from letup.pauses.certificates.propagation import Branch, Propagation
from letup.pauses.certificates.refusal import refused
from letup.pauses.certificates.relaxation_program import RelaxationProgram
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.limits import Limits, Window, quiet_array, usable_steps
from letup.roads.timed_network import TimedNetwork

_EXACT = 1e-9


def confirmed_bound(
    net: TimedNetwork,
    clock: Clock,
    limits: Limits,
    weight: NDArray[np.float64],
    margin: int,
    certificate: Certificate | AllQuietCertificate,
    value: Callable[[list[Window]], float] | None = None,
) -> float:
    """The bound that a certificate proves.

    Rebuilds the relaxation from the network and the limits, checks each cut on the coarse network (a reach cut by
    the cheapest path to its move, a share cut by what is left of the paths when what it counts is taken away), and
    adds up the duals (weak duality). Where there is a tree, this is done for each of its leaves: the two branches
    leave nothing out, since an integer column is 0 or 1. A certificate that is wrong in any number gives a weaker
    bound or an error, never a bound that does not hold.

    On networks that are too large for a relaxation the certificate says what it is worth to be at each place at each
    step if all is quiet that may be (`letup.pauses.certificates.all_quiet`), which is checked arc by arc in time.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    clock : Clock
        What the steps mean.
    limits : Limits
        What the parties insist on.
    weight : float64[T]
        Value of one arrival at each step, non-increasing.
    margin : int
        Steps before the end of each window in which nobody is on a road of its zone.
    certificate : Certificate or AllQuietCertificate
        `letup.pauses.Choice.certificate`.
    value : callable, optional
        What windows are worth; asked for leaves of a tree in which all windows are fixed. Without it such a leaf
        counts for what its duals prove, or the certificate of what its windows are worth.

    Returns
    -------
    float
        No windows within the limits are worth more.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if the certificate does not fit the problem, or a cut does not hold.
    """
    if isinstance(certificate, AllQuietCertificate):
        return all_quiet_bound(net, usable_steps(limits, net.zones, clock), weight, certificate)
    grouping = certificate.grouping
    if len(grouping.group) != net.nodes or len(grouping.lead) != net.nodes or grouping.bucket < 1:
        raise refused("it groups other nodes than those of the network")
    if goes_back(net, grouping.lead):
        raise refused("a move would go back in shifted time")
    relaxation = RelaxationProgram(net, limits, clock, weight, grouping, margin)
    since = in_zone_since(relaxation.network)
    for number, cut in enumerate(certificate.cuts):
        _check_cut(number, cut, relaxation, since)
        relaxation.add_cut(cut)
    program = relaxation.program
    if certificate.tree is not None:

        def proven(windows: list[Window], leaf: Leaf) -> float:
            if value is not None:
                return value(windows)
            if leaf.worth is None:
                return np.inf
            return all_quiet_bound(net, quiet_array(windows, net.zones, clock.steps, margin), weight, leaf.worth)

        propagation = Propagation(program, relaxation.windows)
        return _tree_bound(certificate.tree, DualBounds(program), propagation, relaxation.windows, proven)
    if len(certificate.duals) != program.rows or not np.isfinite(certificate.duals).all():
        raise refused(f"it has {len(certificate.duals)} duals, the relaxation has {program.rows} rows")
    return DualBounds(program).bound(certificate.duals)


def _check_cut(number: int, cut: Cut, relaxation: RelaxationProgram, since: NDArray[np.int64]) -> None:
    """Refuse a cut that does not hold."""
    net, windows = relaxation.network, relaxation.windows
    if isinstance(cut, ShareCut):
        if not share_cut_holds(net, cut):
            raise refused(f"cut {number} leaves a path out, or counts what does not exist")
        return
    if not 0 <= cut.move < len(net.tail):
        raise refused(f"cut {number} is on a move that does not exist")
    if not all(0 <= price < np.inf for price in cut.prices.values()):
        raise refused(f"cut {number} has a price that is below zero or not finite")
    shortest = windows.shortest - windows.margin
    if not all(0 <= last - start <= shortest for _, start, last in cut.prices if start != last):
        raise refused(f"cut {number} prices more than a window has")
    cheapest = _cheapest_path(net, since, cut)
    if cheapest < 1 - _EXACT:
        raise refused(f"cut {number} lets somebody through for {cheapest:g}")


def _cheapest_path(net: CoarseNetwork, since: NDArray[np.int64], cut: ReachCut) -> float:
    """Least that a path from any home to the cut's move pays, the move included.

    Each step that a move needs its zone quiet is paid on that move, and each stretch of steps on the move that
    ends with it. No path that anybody could take is on two moves at one step, so that nothing is paid twice (see
    `letup.pauses.bound.reach_cuts`).
    """
    price_of_move = np.zeros(len(net.tail))
    for (zone, start, last), price in cut.prices.items():
        in_zone = (net.zone == zone) & (net.start <= last)
        pays = (net.last >= last) if start == last else ((net.last == last) & (since <= start))
        price_of_move[in_zone & pays] += price
    target = cut.move
    arrived = net.group[net.head[target]] if net.stays[net.head[target]] else -1
    usable = (net.group[net.tail] != arrived) | (np.arange(len(net.tail)) == target)
    cost = np.where(net.home, 0.0, np.inf)
    # Moves within one bucket lead either way, so costs are lowered until nothing changes (Bellman and Ford).
    while True:
        before = cost.copy()
        np.minimum.at(cost, net.head[usable], cost[net.tail[usable]] + price_of_move[usable])
        np.minimum.at(cost, net.stay_to, cost[net.stay_from])
        if (cost == before).all():
            return float(cost[net.tail[target]] + price_of_move[target])


def share_cut_holds(net: CoarseNetwork, cut: ShareCut) -> bool:
    """Whether a cut's moves all spend its step in its zone, and what it counts lies across all paths on or there."""
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


def _reached(
    net: CoarseNetwork, origins: NDArray[np.int64], free: NDArray[np.bool_], back: bool = False
) -> NDArray[np.bool_]:
    """Places that free moves and stays lead to from some places (or from which they lead there)."""
    tail = np.r_[net.tail[free], net.stay_from]
    head = np.r_[net.head[free], net.stay_to]
    if back:
        tail, head = head, tail
    return reachable(tail, head, net.places, origins)


def _tree_bound(
    tree: Tree,
    duality: DualBounds,
    propagation: Propagation,
    windows: WindowRows,
    proven: Callable[[list[Window], Leaf], float],
) -> float:
    """The largest bound of all leaves of a tree; ``proven`` says what fixed windows are worth at most."""
    largest = -np.inf
    for number, leaf, lower, upper in leaves_of(tree, propagation):
        _check_leaf(number, leaf, duality.rows)
        by_duals = duality.bound(leaf.all_duals(duality.rows), lower, upper)
        if not leaf.valued:
            largest = max(largest, by_duals)
            continue
        if len(propagation.open(lower, upper)):
            raise refused(f"leaf {number} is valued, and its windows are not fixed")
        if (lower <= upper).all() and propagation.allowed(lower):
            largest = max(largest, min(by_duals, proven(windows.windows(lower), leaf)))
    return largest


def leaves_of(tree: Tree, propagation: Propagation) -> Iterator[tuple[int, Leaf, Floats, Floats]]:
    """Number of each leaf of a tree, the leaf, and the bounds that its branches leave to all columns.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if it is no tree.
    """
    integer = set(propagation.integer.tolist())
    if tree.branches.shape != (len(tree.columns), 2) or not len(tree.columns):
        raise refused("its tree has no root, or splits without two branches")
    visited = set[int]()
    stack: list[tuple[int, tuple[Branch, ...]]] = [(0, ())]
    while stack:
        number, path = stack.pop()
        if number >= 0:
            if number >= len(tree.columns) or number in visited or int(tree.columns[number]) not in integer:
                raise refused(f"split {number} of its tree does not exist, is there twice, or splits nothing")
            visited.add(number)
            for side, branch in enumerate(tree.branches[number].tolist()):
                stack.append((branch, (*path, (int(tree.columns[number]), side))))
            continue
        number = -1 - number
        if number >= len(tree.leaves):
            raise refused("its tree lacks a leaf")
        yield (number, tree.leaves[number], *propagation.bounds(path))


def _check_leaf(number: int, leaf: Leaf, rows: int) -> None:
    """Refuse a leaf whose duals are for other rows than there are."""
    inside = (leaf.rows >= 0) & (leaf.rows < rows)
    if leaf.rows.shape != leaf.duals.shape or not inside.all() or not np.isfinite(leaf.duals).all():
        raise refused(f"leaf {number} has duals for rows that do not exist")
