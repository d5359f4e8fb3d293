"""The Nash and the Kalai–Smorodinsky package of everything that can be agreed, however many packages that is.

As long as the efficient packages can be followed up block by block (`letup.support.table.best_choices`) the points are
picked from them, exactly. Where there are too many, as with eight parties, they are found by mixed-integer programs:
the Kalai–Smorodinsky point by one (the largest smallest share), the Nash point by a row of them, in which the logarithm
of each gain is bounded from above by its tangents, with one more tangent at each solution until it agrees (Kelley,
1960). Those are exact to what HiGHS tolerates, about 1e-6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.bargaining import kalai_smorodinsky, nash
from letup.support.model import Value
from letup.support.table import Table, best_choices
from letup.support.utility import EQUAL

_BEGINNINGS = 2_000
_ROUNDS = 60
_CLOSE = 1e-7


@dataclass(frozen=True)
class TablePoints:
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


def table_points(table: Table) -> TablePoints | None:
    """Find the points; None if there is no deal."""
    try:
        choices, utility = best_choices(table, _BEGINNINGS)
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
    return TablePoints(
        table.package([int(number) for number in choices[one]]),
        table.package([int(number) for number in choices[other]]),
        utility[one],
        utility[other],
        np.asarray(utility.max(axis=0), float),
        len(choices),
    )


def _programmed(table: Table) -> TablePoints | None:
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
    return TablePoints(table.package(best), table.package(ks), program.utility(best), program.utility(ks), ideal, None)


class _Choice:
    """One option of each block that all accept; one more variable for each party."""

    def __init__(self, table: Table) -> None:
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
