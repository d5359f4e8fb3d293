"""What everything that may be quiet would be worth: a bound that needs no choice of pauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from letup.flow.priced_flow import Ranked, ranked_flow
from letup.pauses.certificates.all_quiet import QuietCertificate, confirmed
from letup.pauses.incumbent import StoppingCriterion
from letup.roads.timed_network import TimedNetwork

_PATIENCE = 3
"""Rounds without a better bound after which steps become half as long."""
_STEP, _SHORT_STEP = 0.02, 0.002
"""How far below the bound the best is taken to be, as a share of it, for the length of the first step; with rents."""


class EverythingQuiet:
    """The bound for everything quiet that may be, made better round by round.

    No pauses let people arrive who could not arrive if all were quiet, so the best flow then is a bound, if not one
    that the lexicographic order of `letup.flow.earliest_arrival` would choose: the one worth most. What makes it hard
    is the room of shelters. So places in shelters get a rent, and room is no limit any more (Lagrangian relaxation):
    then `ranked_flow` is exact. Whatever the rents are, the value of that flow after rent, and all rents, bound what
    any flow is worth. Rents rise where more people want in than there is room, and fall where fewer do
    (subgradients, with steps after Polyak 1969).

    Parameters
    ----------
    net : TimedNetwork
        The network.
    usable : bool[zones, T]
        Steps that some allowed window of each zone covers.
    weight : float64[T]
        Value of one arrival at each step, non-increasing.
    rent : float64[shelters], optional
        Rents to begin with, shelters in the order of their nodes.

    Attributes
    ----------
    bound : float
        The best bound so far; infinite before the first round.
    rent : float64[shelters]
        The rents that gave it.
    settled : bool
        Whether as many come to each shelter as it has room for, or fewer for nothing: no other rents are known to be
        better.
    """

    def __init__(
        self,
        net: TimedNetwork,
        usable: NDArray[np.bool_],
        weight: NDArray[np.float64],
        rent: NDArray[np.float64] | None = None,
    ) -> None:
        self.net, self.usable, self.weight = net, usable, weight
        # No shelter takes in more than there are.
        self.room = np.clip(net.shelter[net.shelter > 0], 1, max(int(net.supply.sum()), 1)).astype(np.float64)
        self._next = np.zeros(len(self.room)) if rent is None else rent
        self.bound, self.rent, self.settled = np.inf, self._next, not len(self.room)
        self._step, self._failed = _STEP if rent is None else _SHORT_STEP, 0
        self._best: tuple[Ranked, float] | None = None

    def round(self) -> bool:
        """Compute the bound for the next rents; returns whether it is better than all before."""
        # Only differences of rents say who goes where; what all have in common is found afterwards.
        rent = self._next - self._next.min(initial=np.inf)
        worth = self.weight[None, :] - rent[:, None]
        flow = ranked_flow(self.net, len(self.weight), self.usable, worth)
        people, value = flow.arriving.ravel(), worth.ravel()
        order = np.argsort(-value, kind="stable")
        many = np.cumsum(people[order])
        last = int(np.searchsorted(many, self.room.sum()))
        # If not all rooms together are too few, nobody pays more than the difference.
        common = max(float(value[order[last]]), 0.0) if last < len(order) else 0.0
        rent = rent + common
        # Of those whose worth is the common one just so many come as there is room left for.
        sure = np.where(worth > common, flow.arriving, 0).sum(axis=1)
        perhaps = np.where(worth == common, flow.arriving, 0).sum(axis=1)
        share = min(max((self.room.sum() - sure.sum()) / max(perhaps.sum(), 1), 0.0), 1.0)
        came = sure + share * perhaps
        bound = float(people @ np.maximum(value - common, 0.0) + rent @ self.room)
        better = bound < self.bound
        if better:
            self.bound, self.rent, self._best, self._failed = bound, rent, (flow, common), 0
        else:
            self._failed += 1
            if self._failed >= _PATIENCE:
                self._step, self._failed, rent = self._step / 2, 0, self.rent
        wanted = np.where((rent <= 0) & (came <= self.room), 0.0, np.clip(came / self.room - 1, -1.0, 1.0))
        gain = float(wanted @ (came - self.room))
        self.settled = gain <= 0
        self._next = np.maximum(rent + (self._step * bound / gain if gain > 0 else 0.0) * wanted, 0.0)
        return better

    def certificate(self) -> QuietCertificate:
        """What it is worth to be at each place, which proves the best bound so far, and what that adds up to."""
        assert self._best is not None
        flow, common = self._best
        certificate = QuietCertificate.of(np.maximum(flow.price - common, 0.0), self.bound)
        return replace(certificate, bound=confirmed(self.net, self.usable, self.weight, certificate))


def everything_quiet(
    net: TimedNetwork,
    usable: NDArray[np.bool_],
    weight: NDArray[np.float64],
    *,
    rounds: int,
    stop: StoppingCriterion,
    rent: NDArray[np.float64] | None = None,
) -> Iterator[QuietCertificate]:
    """Bound the value by what everything quiet that may be would be worth; each better bound comes with its proof.

    Parameters
    ----------
    net, usable, weight, rent
        As for `EverythingQuiet`.
    rounds : int
        Most rounds.
    stop : StoppingCriterion
        When to end; asked before each round but the first.
    """
    quiet = EverythingQuiet(net, usable, weight, rent)
    for number in range(rounds):
        if number and (quiet.settled or stop.met):
            return
        if quiet.round():
            yield quiet.certificate()
