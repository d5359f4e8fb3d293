"""Points that bargaining theory singles out in a finite set of packages: aids to think with, not what is right.

Given are the utilities of the parties that have to agree, and what each has without an agreement. The *zone of possible
agreement* is what all of them accept. A package is *Pareto-efficient* if no other is at least as good for all of them
and better for one. The *Nash point* (Nash, 1950) has the largest product of gains; the *Kalai–Smorodinsky point*
(Kalai and Smorodinsky, 1975) gives all parties the largest equal share of the most that each could get in the zone:
over a finite set, where equal shares may not exist, the largest smallest share, then the largest second smallest, …
(the leximin rule of Imai, 1983). Gains are compared within each party only: no result changes if one party's utility
is put on another scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.model import Value
from letup.support.package_space import PackageSpace, efficient_choices, pareto_efficient
from letup.support.utility import EQUAL


@dataclass(frozen=True)
class ListedSolutions:
    """What bargaining theory says of a set of packages, by their numbers.

    Attributes
    ----------
    zone : tuple of int
        Acceptable to all who must consent.
    efficient : tuple of int
        Pareto-efficient among all packages, acceptable or not; packages that are equal to all parties stay together.
    nash, kalai_smorodinsky : tuple of int
        Best by these rules, in the zone; more than one where they are equal to all parties or tie, none without a zone.
    ideal : float64[parties] or None
        The most that each party gets anywhere in the zone.
    """

    zone: tuple[int, ...]
    efficient: tuple[int, ...]
    nash: tuple[int, ...]
    kalai_smorodinsky: tuple[int, ...]
    ideal: NDArray[np.float64] | None


def solutions_among(
    utility: NDArray[np.float64], disagreement: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
) -> ListedSolutions:
    """Find the points.

    Parameters
    ----------
    utility : float64[packages, parties]
        What each package is worth to each party that has to agree.
    disagreement : float64[parties]
        What each has without an agreement.
    allowed : bool[packages], optional
        Packages beyond no party's red lines; all if absent. The others are in no set.
    """
    ok = np.ones(len(utility), bool) if allowed is None else allowed
    inside = np.flatnonzero(ok & (utility >= disagreement - EQUAL).all(axis=1))
    there = np.flatnonzero(ok)
    best = there[pareto_efficient(utility[there])]
    if not len(inside):
        return ListedSolutions((), _ints(best), (), (), None)
    gains = np.maximum(utility[inside] - disagreement, 0.0)
    return ListedSolutions(
        _ints(inside),
        _ints(best),
        _ints(inside[nash(gains)]),
        _ints(inside[kalai_smorodinsky(gains)]),
        np.asarray(utility[inside].max(axis=0), float),
    )


def nash(gains: NDArray[np.float64]) -> NDArray[np.intp]:
    """Packages with the largest product of gains (float64[packages, parties], none negative).

    Where somebody gains nothing in every package the product is always nothing: then the largest number of parties that
    gain counts first, and the product over those that do.
    """
    count = (gains > EQUAL).sum(axis=1)
    most = np.flatnonzero(count == count.max())
    logs = np.log(np.where(gains[most] > EQUAL, gains[most], 1.0)).sum(axis=1)
    return np.asarray(most[logs >= logs.max() - EQUAL], np.intp)


def kalai_smorodinsky(gains: NDArray[np.float64]) -> NDArray[np.intp]:
    """Packages with the largest smallest share of what each party could gain, then second smallest, and so on."""
    most = gains.max(axis=0)
    can = most > EQUAL
    if not can.any():
        return np.arange(len(gains))
    shares = np.sort(gains[:, can] / most[can], axis=1)
    left = np.arange(len(gains))
    for rank in range(shares.shape[1]):
        best = shares[left, rank].max()
        left = left[shares[left, rank] >= best - EQUAL]
    return left


def _ints(numbers: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(one) for one in numbers)


_BEGINNINGS = 2_000
_ROUNDS = 60
_CLOSE = 1e-7


@dataclass(frozen=True)
class BargainingSolutions:
    """Points among everything that can be agreed.

    Attributes
    ----------
    nash, kalai_smorodinsky : mapping of str to value
        The packages; of several that are equal to all parties, one.
    nash_utility, kalai_smorodinsky_utility : float64[parties]
        What they are worth.
    ideal : float64[parties]
        The most that each party could get while all others accept.
    efficient : int or None
        Efficient packages that all accept, those that are equal to all parties counted once; None if not listed.
    """

    nash: dict[str, Value]
    kalai_smorodinsky: dict[str, Value]
    nash_utility: NDArray[np.float64]
    kalai_smorodinsky_utility: NDArray[np.float64]
    ideal: NDArray[np.float64]
    efficient: int | None


def bargaining_solutions(table: PackageSpace) -> BargainingSolutions | None:
    """Find the points; None if there is no deal."""
    try:
        choices, utility = efficient_choices(table, _BEGINNINGS)
    except LetupError as error:
        if error.code != "support.too_many":
            raise
        return _programmed(table)
    inside = (utility >= table.reservation - EQUAL).all(axis=1)
    choices, utility = choices[inside], utility[inside]
    if not len(choices):
        return None
    gains = np.maximum(utility - table.reservation, 0.0)
    one, other = int(nash(gains)[0]), int(kalai_smorodinsky(gains)[0])
    return BargainingSolutions(
        table.package([int(number) for number in choices[one]]),
        table.package([int(number) for number in choices[other]]),
        utility[one],
        utility[other],
        np.asarray(utility.max(axis=0), float),
        len(choices),
    )


def _programmed(table: PackageSpace) -> BargainingSolutions | None:
    program = _Choice(table)
    parties = len(table.parties)
    ideal = np.zeros(parties)
    for party in range(parties):
        choice = program.choose(np.concatenate([-program.gain[party], np.zeros(parties)]))
        if choice is None:
            return None
        ideal[party] = program.utility(choice)[party]
    room = ideal - table.reservation
    can = np.flatnonzero(room > _CLOSE)
    ks = program.equal_shares(room, can)
    best = program.nash(room, can, ks)
    return BargainingSolutions(
        table.package(best), table.package(ks), program.utility(best), program.utility(ks), ideal, None
    )


class _Choice:
    """One option of each block that all accept; one more variable for each party."""

    def __init__(self, table: PackageSpace) -> None:
        self.table = table
        self.sizes = [len(block.options) for block in table.blocks]
        self.gain = np.concatenate([worth.sum(axis=1) for worth in table.worth], axis=1)
        self.open = np.concatenate([~np.asarray(refused.any(axis=(0, 1))) for refused in table.refused])
        self.options = self.gain.shape[1]

    def utility(self, choice: list[int]) -> NDArray[np.float64]:
        starts = np.cumsum([0, *self.sizes[:-1]])
        return np.asarray(self.gain[:, starts + np.array(choice)].sum(axis=1), float)

    def equal_shares(self, room: NDArray[np.float64], can: NDArray[np.intp]) -> list[int]:
        """The largest smallest share of what each party could gain."""
        parties = len(self.table.parties)
        if not len(can):
            return self._must(self.choose(np.zeros(self.options + parties)))
        rows = []
        for party in can:  # its share of the room is no smaller than the first variable
            row = np.zeros(self.options + parties)
            row[: self.options], row[self.options] = self.gain[party] / room[party], -1.0
            rows.append((row, self.table.reservation[party] / room[party]))
        cost = np.zeros(self.options + parties)
        cost[self.options] = -1.0
        # A trace of everybody's gain, so that nothing is left on the table among equal smallest shares.
        cost[: self.options] -= 1e-5 * (self.gain[can] / room[can][:, None]).sum(axis=0)
        return self._must(self.choose(cost, rows))

    def nash(self, room: NDArray[np.float64], can: NDArray[np.intp], start: list[int]) -> list[int]:
        """The largest product of gains."""
        if not len(can):
            return start
        parties = len(self.table.parties)
        cost = np.zeros(self.options + parties)
        cost[self.options + can] = -1.0
        rows = [self._tangent(party, room[party], share) for party in can for share in (0.01, 0.05, 0.2, 0.5, 1.0)]
        best, most = start, -np.inf
        choice = start
        for _ in range(_ROUNDS):
            shares = (self.utility(choice) - self.table.reservation)[can] / room[can]
            value = float(np.log(np.maximum(shares, 1e-9)).sum())
            if value > most:
                best, most = choice, value
            rows += [
                self._tangent(party, room[party], max(float(share), 1e-4))
                for party, share in zip(can, shares, strict=True)
            ]
            choice, bound = self._bounded(cost, rows)
            if bound <= most + _CLOSE:
                break
        return best

    def _tangent(self, party: np.intp, room: float, share: float) -> tuple[NDArray[np.float64], float]:
        """The log of a share lies below its tangent: (gain - reservation) / (room share) - 1 + log(share)."""
        row = np.zeros(self.options + len(self.table.parties))
        row[: self.options] = self.gain[party] / room / share
        row[self.options + party] = -1.0
        return row, float(self.table.reservation[party] / room / share + 1 - np.log(share))

    def _bounded(
        self, cost: NDArray[np.float64], rows: list[tuple[NDArray[np.float64], float]]
    ) -> tuple[list[int], float]:
        choice = self._must(self.choose(cost, rows))
        return choice, -self.cost

    def _must(self, choice: list[int] | None) -> list[int]:
        if choice is None:
            raise LetupError("support.solver", "a package that was possible is not found again", "Hold some issues.")
        return choice

    def choose(
        self, cost: NDArray[np.float64], more: list[tuple[NDArray[np.float64], float]] | None = None
    ) -> list[int] | None:
        """The cheapest choice that all accept, with further rows (a, b) of a · v >= b."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        if any(not part.any() for part in np.split(self.open, np.cumsum(self.sizes)[:-1])):
            return None
        parties = len(self.table.parties)
        one_of = np.zeros((len(self.sizes), self.options + parties))
        for row, (start, size) in enumerate(zip(np.cumsum([0, *self.sizes]), self.sizes, strict=False)):
            one_of[row, start : start + size] = 1.0
        accept = np.hstack([self.gain, np.zeros((parties, parties))])
        constraints = [
            LinearConstraint(one_of, 1, 1),
            LinearConstraint(accept, self.table.reservation - EQUAL, np.inf),
        ]
        if more:
            constraints.append(
                LinearConstraint(np.array([row for row, _ in more]), np.array([end for _, end in more]), np.inf)
            )
        found = milp(
            cost,
            integrality=np.concatenate([np.ones(self.options), np.zeros(parties)]),
            bounds=Bounds(
                np.concatenate([np.zeros(self.options), np.full(parties, -100.0)]),
                np.concatenate([self.open.astype(float), np.full(parties, 100.0)]),
            ),
            constraints=constraints,
            options={"mip_rel_gap": 0.0, "time_limit": 20.0},
        )
        if found.x is None:
            return None
        self.cost = float(found.mip_dual_bound if found.mip_dual_bound is not None else found.fun)
        parts = np.split(found.x[: self.options], np.cumsum(self.sizes)[:-1])
        return [int(np.argmax(part)) for part in parts]
