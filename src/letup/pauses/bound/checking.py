"""Confirm a bound from its certificate, without the search and without a solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.errors import LetupError
from letup.flow.network import TimedNetwork
from letup.pauses.bound.coarse import Coarse, coarse
from letup.pauses.bound.master import add_movement
from letup.pauses.bound.prove import Certificate
from letup.pauses.bound.reach import ReachCut
from letup.pauses.bound.rows import Rows, dual_bound
from letup.pauses.bound.windows import WindowRows
from letup.pauses.clock import Clock
from letup.pauses.limits import Limits
from letup.pauses.problem import weight_of

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
    certificate: Certificate,
) -> float:
    """The bound that a certificate proves.

    Rebuilds the relaxation from the network and the limits, checks each reach cut by the cheapest way to its
    move, and adds up the multipliers (weak duality). A certificate that is wrong in any number gives a weaker
    bound or an error, never a bound that does not hold.

    Parameters
    ----------
    net, steps, step_minutes, start_hour, limits, weight, margin
        As given to `choose_pauses`.
    certificate : Certificate
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
    clock, weights = Clock(steps, step_minutes, start_hour), weight_of(weight, steps)
    rows = Rows()
    windows = WindowRows(rows, limits, net.zones, clock, margin)
    grouping = certificate.grouping
    if len(grouping.group) != net.nodes or len(grouping.lead) != net.nodes or grouping.bucket < 1:
        raise _wrong("it groups other nodes than those of the network")
    try:
        small = coarse(net, steps, windows.usable, grouping)
    except ValueError as error:
        raise _wrong(str(error)) from None
    movement = add_movement(rows, windows, small, weights)
    for number, cut in enumerate(certificate.cuts):
        if not 0 <= cut.move < len(small.tail):
            raise _wrong(f"cut {number} is on a move that does not exist")
        if not all(0 <= price < np.inf for price in cut.prices.values()):
            raise _wrong(f"cut {number} has a price that is below zero or not finite")
        cheapest = _cheapest_way(small, cut)
        if cheapest < 1 - _EXACT:
            raise _wrong(f"cut {number} lets somebody through for {cheapest:g}")
        most = float(movement.most[cut.move])
        terms = [(int(movement.move[cut.move]), 1.0)]
        for (zone, start, last), price in cut.prices.items():
            if start != last:
                raise _wrong(f"cut {number} prices more than a step")
            terms += [(column, -most * price * factor) for column, factor in windows.quiet(zone, start, last)]
        rows.row(-np.inf, 0.0, terms)
    if len(certificate.multipliers) != len(rows.low) or not np.isfinite(certificate.multipliers).all():
        raise _wrong(f"it has {len(certificate.multipliers)} multipliers, the relaxation has {len(rows.low)} rows")
    return dual_bound(rows, certificate.multipliers)


def _cheapest_way(net: Coarse, cut: ReachCut) -> float:
    """Least that a way from any home to the cut's move pays, the move included.

    Each step that a move needs its zone quiet is paid on that move. No way that anybody could take needs one
    step of a zone on two moves, so that nothing is paid twice (see `letup.pauses.bound.reach`).
    """
    paid = np.zeros(len(net.tail))
    for (zone, step, _), price in cut.prices.items():
        paid[(net.zone == zone) & (net.start <= step) & (step <= net.last)] += price
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


def _wrong(what: str) -> LetupError:
    return LetupError(
        "pauses.certificate", f"The certificate does not hold: {what}.", "Use the certificate of the same problem."
    )
