"""Solutions that bargaining theory singles out: aids to think with, not what is right.

Given are the utilities of the parties that have to agree, and what each has without an agreement. The *zone of possible
agreement* is what all of them accept. A package is *Pareto-efficient* if no other is at least as good for all of them
and better for one. The *Nash bargaining solution* (Nash, 1950) has the largest product of gains; the *Kalai–Smorodinsky
solution* (Kalai and Smorodinsky, 1975) gives all parties the largest equal share of the most that each could get in the
zone: over a finite set, where equal shares may not exist, the largest smallest share, then the largest second smallest,
… (the leximin rule of Imai, 1983). Gains are compared within each party only: no result changes if one party's utility
is put on another scale.

`solutions_among` goes through a list of packages. `bargaining_solutions` covers everything that can be agreed, however
many packages that is: as long as the efficient ones can be followed up block by block
(`letup.support.package_space.efficient_choices`) the solutions are picked from them, exactly. Where there are too many,
as with eight parties, they are found by mixed-integer programs: the Kalai–Smorodinsky solution by one (the largest
smallest share), the Nash solution by a row of them, in which the logarithm of each gain is bounded from above by its
tangents, with one more tangent at each solution until it agrees (Kelley, 1960). Those are exact to what HiGHS
tolerates, about 1e-6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.lp.program import INFINITY, Terms
from letup.lp.solver import maximise
from letup.support.model import Value
from letup.support.package_space import ChoiceProgram, PackageSpace, efficient_choices, pareto_efficient
from letup.support.utility import EQUAL

_MOST_BEGINNINGS = 2_000
"""Efficient beginnings of packages that are followed up before programs take over."""
_ROUNDS = 60
"""Most tangents for each party."""
_SECONDS = 20.0
"""How long one program may take."""
_CLOSE = 1e-7
"""Logarithms and gains this close are the same."""


@dataclass(frozen=True)
class ListedSolutions:
    """What bargaining theory says of a list of packages, by their numbers.

    Attributes
    ----------
    agreement_zone : tuple of int
        Acceptable to all who must consent: the zone of possible agreement.
    efficient : tuple of int
        Pareto-efficient among all packages, acceptable or not; packages that are equal to all parties stay together.
    nash, kalai_smorodinsky : tuple of int
        Best by these rules, in the zone; more than one where they are equal to all parties or tie, none without a zone.
    ideal : float64[parties] or None
        The most that each party gets anywhere in the zone.
    """

    agreement_zone: tuple[int, ...]
    efficient: tuple[int, ...]
    nash: tuple[int, ...]
    kalai_smorodinsky: tuple[int, ...]
    ideal: NDArray[np.float64] | None


def solutions_among(
    utility: NDArray[np.float64], disagreement: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
) -> ListedSolutions:
    """Find the solutions in a list of packages.

    Parameters
    ----------
    utility : float64[packages, parties]
        What each package is worth to each party that has to agree.
    disagreement : float64[parties]
        What each has without an agreement.
    allowed : bool[packages], optional
        Packages beyond no party's red lines; all if absent. The others are in no set.
    """
    if allowed is None:
        allowed = np.ones(len(utility), bool)
    candidates = np.flatnonzero(allowed)
    efficient = candidates[pareto_efficient(utility[candidates])]
    zone = np.flatnonzero(allowed & (utility >= disagreement - EQUAL).all(axis=1))
    if not len(zone):
        return ListedSolutions((), _numbers(efficient), (), (), None)
    gains = np.maximum(utility[zone] - disagreement, 0.0)
    return ListedSolutions(
        _numbers(zone),
        _numbers(efficient),
        _numbers(zone[nash(gains)]),
        _numbers(zone[kalai_smorodinsky(gains)]),
        np.asarray(utility[zone].max(axis=0), float),
    )


def _numbers(indices: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(index) for index in indices)


def nash(gains: NDArray[np.float64]) -> NDArray[np.intp]:
    """Packages with the largest product of gains (float64[packages, parties], none negative).

    Where somebody gains nothing in every package the product is always nothing: then the largest number of parties that
    gain counts first, and the product over those that do.
    """
    gaining = (gains > EQUAL).sum(axis=1)
    candidates = np.flatnonzero(gaining == gaining.max())
    logs = np.log(np.where(gains[candidates] > EQUAL, gains[candidates], 1.0)).sum(axis=1)
    return np.asarray(candidates[logs >= logs.max() - EQUAL], np.intp)


def kalai_smorodinsky(gains: NDArray[np.float64]) -> NDArray[np.intp]:
    """Packages with the largest smallest share of what each party could gain, then second smallest, and so on."""
    largest = gains.max(axis=0)
    can_gain = largest > EQUAL
    if not can_gain.any():
        return np.arange(len(gains))
    shares = np.sort(gains[:, can_gain] / largest[can_gain], axis=1)
    left = np.arange(len(gains))
    for rank in range(shares.shape[1]):
        best = shares[left, rank].max()
        left = left[shares[left, rank] >= best - EQUAL]
    return left


@dataclass(frozen=True)
class BargainingSolutions:
    """Solutions over everything that can be agreed.

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


def bargaining_solutions(space: PackageSpace) -> BargainingSolutions | None:
    """Find the solutions over everything that can be agreed; None if there is no deal."""
    try:
        choices, utility = efficient_choices(space, _MOST_BEGINNINGS)
    except LetupError as error:
        if error.code != "support.too_many":
            raise
        return _solutions_by_programs(space)
    zone = (utility >= space.reservation - EQUAL).all(axis=1)
    choices, utility = choices[zone], utility[zone]
    if not len(choices):
        return None
    gains = np.maximum(utility - space.reservation, 0.0)
    nash_row, ks_row = int(nash(gains)[0]), int(kalai_smorodinsky(gains)[0])
    return BargainingSolutions(
        nash=space.package([int(option) for option in choices[nash_row]]),
        kalai_smorodinsky=space.package([int(option) for option in choices[ks_row]]),
        nash_utility=utility[nash_row],
        kalai_smorodinsky_utility=utility[ks_row],
        ideal=np.asarray(utility.max(axis=0), float),
        efficient=len(choices),
    )


def _solutions_by_programs(space: PackageSpace) -> BargainingSolutions | None:
    program = _AgreementProgram(space)
    parties = len(space.parties)
    ideal = np.zeros(parties)
    for party in range(parties):
        solution = program.solve(np.concatenate([program.utilities[party], np.zeros(parties)]))
        if solution is None:
            return None
        ideal[party] = program.utility(solution[0])[party]
    room = ideal - space.reservation
    gaining = np.flatnonzero(room > _CLOSE)
    ks = program.kalai_smorodinsky(room, gaining)
    best = program.nash(room, gaining, ks)
    return BargainingSolutions(
        nash=space.package(best),
        kalai_smorodinsky=space.package(ks),
        nash_utility=program.utility(best),
        kalai_smorodinsky_utility=program.utility(ks),
        ideal=ideal,
        efficient=None,
    )


class _AgreementProgram:
    """Choose one option of each block such that all accept.

    Columns are those of a `ChoiceProgram`, then one for each party, for what a solution needs.
    """

    def __init__(self, space: PackageSpace) -> None:
        self.space = space
        self.utilities = np.concatenate([worth.sum(axis=1) for worth in space.worth], axis=1)
        self.allowed = np.concatenate([~np.asarray(refused.any(axis=(0, 1))) for refused in space.refused])
        self.options = self.utilities.shape[1]
        self.parties = len(space.parties)
        self._first_alike = self._first_options_alike()

    def _first_options_alike(self) -> list[list[int]]:
        """For each option of each block the first allowed one that is worth the same to every party.

        Which of several optima a solver returns changes with its version; this does not.
        """
        first_alike, start = [], 0
        for block in self.space.blocks:
            seen: dict[bytes, int] = {}
            alike = []
            for option in range(len(block.options)):
                key = self.utilities[:, start + option].tobytes()
                alike.append(seen.setdefault(key, option) if self.allowed[start + option] else option)
            first_alike.append(alike)
            start += len(block.options)
        return first_alike

    def utility(self, choice: list[int]) -> NDArray[np.float64]:
        """What a choice is worth to each party."""
        starts = np.cumsum([0, *(len(block.options) for block in self.space.blocks)])[:-1]
        return np.asarray(self.utilities[:, starts + np.array(choice)].sum(axis=1), float)

    def kalai_smorodinsky(self, room: NDArray[np.float64], gaining: NDArray[np.intp]) -> list[int]:
        """The largest smallest share of what each party could gain."""
        gains = np.zeros(self.options + self.parties)
        if not len(gaining):
            return self._solve_again(gains)[0]
        rows = []
        for party in gaining:  # its share of the room is no smaller than the column of the first party
            terms = [*self._utility_terms(party, 1 / room[party]), (self.options, -1.0)]
            rows.append((terms, float(self.space.reservation[party] / room[party])))
        gains[self.options] = 1.0
        # A trace of everybody's gain, so that nothing is left on the table among equal smallest shares.
        gains[: self.options] += 1e-5 * (self.utilities[gaining] / room[gaining][:, None]).sum(axis=0)
        return self._solve_again(gains, rows)[0]

    def nash(self, room: NDArray[np.float64], gaining: NDArray[np.intp], start: list[int]) -> list[int]:
        """The largest product of gains."""
        if not len(gaining):
            return start
        gains = np.zeros(self.options + self.parties)
        gains[self.options + gaining] = 1.0
        rows = [self._tangent(party, room[party], share) for party in gaining for share in (0.01, 0.05, 0.2, 0.5, 1.0)]
        best, best_value = start, -np.inf
        choice = start
        for _ in range(_ROUNDS):
            shares = (self.utility(choice) - self.space.reservation)[gaining] / room[gaining]
            value = float(np.log(np.maximum(shares, 1e-9)).sum())
            if value > best_value:
                best, best_value = choice, value
            rows += [
                self._tangent(party, room[party], max(float(share), 1e-4))
                for party, share in zip(gaining, shares, strict=True)
            ]
            choice, bound = self._solve_again(gains, rows)
            if bound <= best_value + _CLOSE:
                break
        return best

    def _utility_terms(self, party: int | np.intp, factor: float = 1.0) -> Terms:
        return [(option, float(utility * factor)) for option, utility in enumerate(self.utilities[party]) if utility]

    def _tangent(self, party: np.intp, room: float, share: float) -> _Row:
        """The log of a share lies below its tangent: (gain - reservation) / (room share) - 1 + log(share)."""
        terms = [*self._utility_terms(party, 1 / room / share), (self.options + int(party), -1.0)]
        return terms, float(self.space.reservation[party] / room / share + 1 - np.log(share))

    def _solve_again(self, gains: NDArray[np.float64], rows: Sequence[_Row] = ()) -> tuple[list[int], float]:
        """Solve a program that is known to have a solution: the choice, and an upper bound of what any gains."""
        solution = self.solve(gains, rows)
        if solution is None:
            raise LetupError("support.solver", "a package that was possible is not found again", "Hold some issues.")
        return solution

    def solve(self, gains: NDArray[np.float64], rows: Sequence[_Row] = ()) -> tuple[list[int], float] | None:
        """The choice that gains most of those that all accept, and a bound, within further rows; None without any."""
        program = ChoiceProgram(self.space, self.allowed)
        for _ in range(self.parties):
            program.add_column(lower=-100.0, upper=100.0)
        program.gain[:] = gains.tolist()
        for party in range(self.parties):
            least = float(self.space.reservation[party]) - EQUAL
            program.add_row(least, INFINITY, self._utility_terms(party))
        for terms, lower in rows:
            program.add_row(lower, INFINITY, terms)
        solution = maximise(program, integer=True, seconds=_SECONDS)
        if solution is None:
            return None
        options = zip(self._first_alike, program.choice(solution.values), strict=True)
        return [alike[option] for alike, option in options], solution.upper_bound


_Row = tuple[Terms, float]
"""A row of a program: the sum of its terms is at least a number."""
