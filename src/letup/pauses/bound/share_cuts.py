"""Share cuts: who passes a zone while it is quiet needs room elsewhere, and may count on no more of it than there is.

With a zone quiet "at 0.25" all day the relaxation lets a quarter of the zone's roads be used, and lets these people
have *all* the room of the roads before and behind it. But a zone is quiet or it is not. People who spend step s in
zone z form a crowd of their own, there only if z is quiet at s; so of each road that they pass, before or after, they
may count on its capacity times that quiet, and not on its capacity. Where a set of roads B lies across all their
paths on to a shelter (or from their homes),

    people who make moves A at step s in zone z  <=  capacity of B  x  quiet of z at s,

and any road of B may be counted with its own quiet in place of z's. Each person is on one road at each step, so that
nobody is counted twice on the left. The most broken of these rows are found as minimum cuts (Ford and Fulkerson
1956) of the network with its capacities cut down to their share: the disaggregation of network design by
commodities (Rardin and Wolsey 1993), with a zone at a step for a commodity.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from letup.core.graphs import minimum_cut
from letup.lp.program import Terms
from letup.pauses.certificates.certificate import ShareCut
from letup.pauses.certificates.relaxation_program import RelaxationProgram
from letup.pauses.incumbent import StoppingCriterion

_FRACTIONAL = 1e-3
_VIOLATION, _VIOLATION_SHARE = 0.5, 5e-4
"""People by which a cut must be broken to be worth it, and share of its crowd."""
_CROWDS = 300
"""Crowds looked at in one round, the largest first."""
_LARGEST = 2**31 - 2
"""Largest whole number that the maximum flow is given."""


class ShareSeparation:
    """Finds share cuts that a point of the relaxation breaks.

    Parameters
    ----------
    relaxation : RelaxationProgram
        The relaxation.
    """

    def __init__(self, relaxation: RelaxationProgram) -> None:
        self.relaxation, self.net = relaxation, relaxation.network
        self._crowds: dict[tuple[int, int], list[int]] = {}
        for move in np.flatnonzero(self.net.zone >= 0).tolist():
            for step in range(int(self.net.start[move]), int(self.net.last[move]) + 1):
                self._crowds.setdefault((int(self.net.zone[move]), step), []).append(move)

    def cuts(self, values: NDArray[np.float64], stop: StoppingCriterion) -> list[ShareCut]:
        """Cuts that a point breaks.

        Parameters
        ----------
        values : float64[columns]
            The point.
        stop : StoppingCriterion
            When to end.
        """
        net, relaxation = self.net, self.relaxation
        people = values[relaxation.movement.move]
        own = np.ones(len(net.tail))
        gated = np.flatnonzero(net.zone >= 0)
        own[gated] = [_at(values, relaxation.quiet_for(move)) for move in gated.tolist()]
        own = own.clip(0.0, 1.0)
        crowds = []
        for (zone, step), moves in self._crowds.items():
            quiet = _at(values, relaxation.windows.quiet(zone, step, step))
            size = float(people[moves].sum())
            if _FRACTIONAL < quiet < 1 - _FRACTIONAL and size > 1:
                crowds.append((-size, zone, step, quiet))
        cuts: list[ShareCut] = []
        for size, zone, step, quiet in sorted(crowds)[:_CROWDS]:
            if stop.met:
                break
            crowd = np.array(self._crowds[zone, step], np.int64)
            for onward in (True, False):
                cut = self._cut(zone, step, crowd, quiet, people, own, onward)
                if cut is not None and _at(values, relaxation.terms(cut)) > max(_VIOLATION, -_VIOLATION_SHARE * size):
                    cuts.append(cut)
        return cuts

    def _cut(
        self,
        zone: int,
        step: int,
        crowd: NDArray[np.int64],
        quiet: float,
        people: NDArray[np.float64],
        own: NDArray[np.float64],
        onward: bool,
    ) -> ShareCut | None:
        """The cut across the paths on, or the paths there, that a crowd breaks most; None if it breaks none."""
        net = self.net
        # In whole numbers, as large as fit: people are up to hundreds of thousands, shares small.
        scale = min(2000.0, _LARGEST / 4 / max(float(net.people.sum()), 1.0))
        room = self.relaxation.movement.capacity * np.minimum(own, quiet)
        usable = room > 0
        usable[crowd] = False
        others = np.flatnonzero(usable)
        origin, end = net.places, net.places + 1
        unlimited = np.full(len(net.stay_from), np.inf)
        if onward:
            tail = np.r_[net.tail[others], net.stay_from, net.arrive_at, np.full(len(crowd), origin)]
            head = np.r_[net.head[others], net.stay_to, np.full(len(net.arrive_at), end), net.head[crowd]]
            amount = np.r_[room[others], unlimited, np.full(len(net.arrive_at), np.inf), people[crowd]]
            homes = np.zeros(0, np.int64)
        else:
            homes = np.flatnonzero(net.people > 0)
            tail = np.r_[net.tail[others], net.stay_from, np.full(len(homes), origin), net.tail[crowd]]
            head = np.r_[net.head[others], net.stay_to, homes, np.full(len(crowd), end)]
            amount = np.r_[room[others], unlimited, net.people[homes] * quiet, people[crowd]]
        capacity = np.floor(np.minimum(amount * scale, _LARGEST // 4)).astype(np.int32)
        flow, reached = minimum_cut(tail, head, capacity, net.places + 2, origin, end)
        if people[crowd].sum() * scale - flow < scale:
            return None
        moves = crowd[reached[net.head[crowd]]] if onward else crowd[~reached[net.tail[crowd]]]
        across = reached[net.tail] & ~reached[net.head]
        across[crowd] = False
        shared = across & ((net.zone < 0) | (quiet <= own))
        return ShareCut(
            zone,
            step,
            tuple(moves.tolist()),
            tuple(np.flatnonzero(shared).tolist()),
            tuple(np.flatnonzero(across & ~shared).tolist()),
            tuple(homes[~reached[homes]].tolist()),
        )


def _at(values: NDArray[np.float64], terms: Terms) -> float:
    """What terms add up to at a point."""
    return float(sum(factor * values[column] for column, factor in terms))
