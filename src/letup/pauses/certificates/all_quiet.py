"""Confirm the value with every zone quiet whenever limits allow, by what it is worth to be at each place and step.

Say that being at node v at step t is worth π(v, t) >= 0. Somebody at home is worth what the best step there is,
going along an arc gains π(head, t + transit) - π(tail, t), waiting at v gains π(v, t + 1) - π(v, t), and arriving in a
shelter at step t gains weight(t) - π(shelter, t). Whoever arrives is worth the weight of that step: the worth of home
and all that was gained on the way. No more gain on an arc than its capacity lets through, by waiting than have room
to, nor in a shelter than its room takes in. So no flow is worth more than

    sum of supply times the largest worth of home
    + sum of capacity times gain over all arcs and steps at which they may be entered, where it is a gain
    + sum of room to wait times gain over all nodes and steps, where it is a gain
    + sum of room times the largest gain of each shelter, where it is a gain.

This is weak duality of the linear program of the flow over time. It holds for any π: figures that are wrong only
weaken the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Floats
from letup.pauses.certificates.refusal import refused
from letup.roads.timed_network import TimedNetwork, quiet_runs

_AT_ONCE = 2_000_000
"""Arcs in time looked at in one go."""
_ROUNDING = 1e-12
"""Share put on top for what adding up in floating point can lose."""


@dataclass(frozen=True)
class AllQuietCertificate:
    """What `check_bound` needs to confirm the value with every zone quiet whenever the limits allow.

    Places in time are numbered ``node * T + step``; the worth of many in a row is the same.

    Attributes
    ----------
    first : int64[runs]
        First place of each run of places with the same worth; rising, the first is 0.
    worth : float64[runs]
        What it is worth at most to be there, in units of value for each person.
    bound : float
        The bound that they prove.
    """

    first: NDArray[np.int64]
    worth: Floats
    bound: float

    @staticmethod
    def of(worth: Floats, bound: float) -> AllQuietCertificate:
        """Keep worths (float64[n, T]) as runs."""
        flat = worth.ravel()
        first = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
        return AllQuietCertificate(first, flat[first], bound)

    def worths(self, nodes: int, steps: int) -> Floats:
        """The worth of each place: float64[n, T]."""
        first, worth = np.asarray(self.first), np.asarray(self.worth)
        if first.dtype.kind != "i" or first.ndim != 1 or first.shape != worth.shape or not len(first):
            raise refused("its runs of places have no beginning each, or no worth each")
        if first[0] != 0 or (np.diff(first) <= 0).any() or first[-1] >= nodes * steps:
            raise refused("its runs of places are not in order, or beyond the network and its steps")
        if not np.isfinite(worth).all() or (worth < 0).any():
            raise refused("it has a worth that is below zero or not finite")
        return np.repeat(worth, np.diff(first, append=nodes * steps)).reshape(nodes, steps)


def all_quiet_bound(
    net: TimedNetwork, usable: NDArray[np.bool_], weight: Floats, certificate: AllQuietCertificate
) -> float:
    """What no flow through all that may be quiet can exceed; see this module's text for why.

    Parameters
    ----------
    net : TimedNetwork
        The network.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    weight : float64[T]
        Value of one arrival at each step.
    certificate : AllQuietCertificate
        What it is worth at most to be somewhere.

    Raises
    ------
    LetupError
        ``pauses.certificate`` if the certificate does not fit the network.
    """
    steps, people = len(weight), int(net.supply.sum())
    worth = certificate.worths(net.nodes, steps)
    homes, shelters = np.flatnonzero(net.supply > 0), np.flatnonzero(net.shelter > 0)
    total = float(net.supply[homes] @ worth[homes].max(axis=1, initial=0.0))
    waiting = np.flatnonzero(net.may_wait)
    for begin in range(0, len(waiting), max(_AT_ONCE // steps, 1)):
        nodes = waiting[begin : begin + max(_AT_ONCE // steps, 1)]
        rise = np.maximum(worth[nodes, 1:] - worth[nodes, :-1], 0.0)
        total += float((rise * np.broadcast_to(net.waiting_room[nodes], (len(nodes), steps))[:, :-1]).sum())
    arriving = (weight - worth[shelters]).max(axis=1, initial=0.0)
    total += float(np.minimum(net.shelter[shelters], people) @ arriving)
    quiet_for = quiet_runs(net.zones, steps, usable)
    kinds, kind = np.unique(np.stack([net.zone, net.transit]), axis=1, return_inverse=True)
    order = np.argsort(kind.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(kind.ravel(), minlength=kinds.shape[1]))
    for (zone, transit), alike in zip(kinds.T.tolist(), np.split(order, ends[:-1]), strict=True):
        enter = np.flatnonzero(quiet_for[zone, : max(steps - transit, 0)] >= transit)  # zone -1 is the last row
        if not len(enter):
            continue
        size = max(_AT_ONCE // len(enter), 1)
        for begin in range(0, len(alike), size):
            arcs = alike[begin : begin + size]
            gain = worth[np.ix_(net.head[arcs], enter + transit)]
            gain -= worth[np.ix_(net.tail[arcs], enter)]
            np.maximum(gain, 0.0, out=gain)
            capacity = net.capacity[np.ix_(arcs, enter)] if net.capacity.ndim == 2 else net.capacity[arcs, None]
            gain *= np.minimum(capacity, people)
            total += float(gain.sum())
    return total * (1 + _ROUNDING)
