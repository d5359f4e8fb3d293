"""The value with every zone quiet whenever the limits allow: a bound that needs no choice of pauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from letup.flow.priced_flow import PricedFlow, priced_flow
from letup.pauses.certificates.all_quiet import AllQuietCertificate, all_quiet_bound
from letup.pauses.incumbent import StoppingCriterion
from letup.roads.timed_network import TimedNetwork

_PATIENCE = 3
"""Rounds without a better bound after which steps become half as long."""
_STEP, _SHORT_STEP = 0.02, 0.002
"""How far below the bound the best is taken to be, as a share of it, for the length of the first step; the second
where multipliers are known already."""


def cut_all_quiet(net: TimedNetwork, usable: NDArray[np.bool_], weight: NDArray[np.float64]) -> AllQuietCertificate:
    """The bound by how many people can arrive at all with every zone quiet, with the cut that proves it.

    It knows what `AllQuietBound` leaves out, the room to wait, and nothing of when people arrive: it is the better of
    the two where few may wait, such as overnight, and arrivals are worth nearly the same at all steps.

    Parameters
    ----------
    net, usable, weight
        As for `AllQuietBound`.
    """
    from letup.flow import earliest_arrival

    steps = len(weight)
    flow = earliest_arrival(net, steps, usable, order="any")
    # From a place on the shelters' side somebody may still arrive, and is worth what an arrival counts at most.
    worth = np.where(flow.sink_side.reshape(net.nodes, steps), np.float64(weight.max(initial=0.0)), 0.0)
    certificate = AllQuietCertificate.of(worth, np.inf)
    return replace(certificate, bound=all_quiet_bound(net, usable, weight, certificate))


class AllQuietBound:
    """The bound with every zone quiet whenever the limits allow, tightened round by round.

    No pauses let people arrive who could not arrive if all were quiet, so the best flow then is a bound, if not one
    that the lexicographic order of `letup.flow.earliest_arrival` would choose: the one worth most. What makes it hard
    is the room of shelters. So room is no limit any more, but a place in a shelter costs a price, its Lagrangian
    multiplier: then `priced_flow` is exact. Whatever the multipliers are, the value of that flow less what its places
    cost, and the cost of all places, bound what any flow is worth. Multipliers rise where more people want in than
    there is room, and fall where fewer do (subgradients, with steps after Polyak 1969).

    Parameters
    ----------
    net : TimedNetwork
        The network.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    weight : float64[T]
        Value of one arrival at each step, non-increasing.
    multipliers : float64[shelters], optional
        Multipliers to begin with, shelters in the order of their nodes.

    Attributes
    ----------
    bound : float
        The best bound so far; infinite before the first round.
    multipliers : float64[shelters]
        The multipliers that gave it.
    settled : bool
        Whether as many come to each shelter as it has room for, or fewer for nothing: no other multipliers are known
        to be better.
    """

    def __init__(
        self,
        net: TimedNetwork,
        usable: NDArray[np.bool_],
        weight: NDArray[np.float64],
        multipliers: NDArray[np.float64] | None = None,
    ) -> None:
        self.net, self.usable, self.weight = net, usable, weight
        # No shelter takes in more than there are.
        self.room = np.clip(net.shelter[net.shelter > 0], 1, max(int(net.supply.sum()), 1)).astype(np.float64)
        self._next = np.zeros(len(self.room)) if multipliers is None else multipliers
        self.bound, self.multipliers, self.settled = np.inf, self._next, not len(self.room)
        self._step, self._failed = _STEP if multipliers is None else _SHORT_STEP, 0
        self._best: tuple[PricedFlow, float] | None = None

    def round(self) -> bool:
        """Compute the bound for the next multipliers; returns whether it is better than all before."""
        # Only differences of multipliers say who goes where; what all have in common is found afterwards.
        multipliers = self._next - self._next.min(initial=np.inf)
        worth = self.weight[None, :] - multipliers[:, None]
        flow = priced_flow(self.net, len(self.weight), self.usable, worth)
        people, value = flow.arriving.ravel(), worth.ravel()
        order = np.argsort(-value, kind="stable")
        arrived = np.cumsum(people[order])
        last = int(np.searchsorted(arrived, self.room.sum()))
        # If not all rooms together are too few, nobody pays more than the difference.
        common = max(float(value[order[last]]), 0.0) if last < len(order) else 0.0
        multipliers = multipliers + common
        # Of those whose worth is the common one just so many come as there is room left for.
        surely = np.where(worth > common, flow.arriving, 0).sum(axis=1)
        perhaps = np.where(worth == common, flow.arriving, 0).sum(axis=1)
        share = min(max((self.room.sum() - surely.sum()) / max(perhaps.sum(), 1), 0.0), 1.0)
        came = surely + share * perhaps
        bound = float(people @ np.maximum(value - common, 0.0) + multipliers @ self.room)
        better = bound < self.bound
        if better:
            self.bound, self.multipliers, self._best, self._failed = bound, multipliers, (flow, common), 0
        else:
            self._failed += 1
            if self._failed >= _PATIENCE:
                self._step, self._failed, multipliers = self._step / 2, 0, self.multipliers
        subgradient = np.where((multipliers <= 0) & (came <= self.room), 0.0, np.clip(came / self.room - 1, -1.0, 1.0))
        slope = float(subgradient @ (came - self.room))
        self.settled = slope <= 0
        self._next = np.maximum(multipliers + (self._step * bound / slope if slope > 0 else 0.0) * subgradient, 0.0)
        return better

    def certificate(self) -> AllQuietCertificate:
        """What it is worth to be at each place, which proves the best bound so far, and what that adds up to."""
        assert self._best is not None
        flow, common = self._best
        certificate = AllQuietCertificate.of(np.maximum(flow.price - common, 0.0), self.bound)
        return replace(certificate, bound=all_quiet_bound(self.net, self.usable, self.weight, certificate))


def bound_all_quiet(
    net: TimedNetwork,
    usable: NDArray[np.bool_],
    weight: NDArray[np.float64],
    *,
    rounds: int,
    stop: StoppingCriterion,
    multipliers: NDArray[np.float64] | None = None,
) -> Iterator[AllQuietCertificate]:
    """Bound the value by that with every zone quiet whenever limits allow; each better bound comes with its proof.

    Parameters
    ----------
    net, usable, weight, multipliers
        As for `AllQuietBound`.
    rounds : int
        Most rounds.
    stop : StoppingCriterion
        When to end; asked before each round but the first.
    """
    bound = AllQuietBound(net, usable, weight, multipliers)
    for number in range(rounds):
        if number and (bound.settled or stop.met):
            return
        if bound.round():
            yield bound.certificate()
