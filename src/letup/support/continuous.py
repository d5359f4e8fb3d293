"""Bargaining solutions where numbers can be settled freely: the continuous product of numeric issues.

With utilities that are concave in each number, what the parties can reach together is a convex set. Then the Nash
solution is the one solution of a convex program, and the Kalai–Smorodinsky solution lies where the line from the
disagreement point to the ideal point leaves the set: both are found to 1e-6 or better, by sequential quadratic
programming (Kraft, 1988) on the epigraph form, in which a piecewise linear worth is a bound by each of its lines.

`continuous_solutions` solves any such problem; `settle_open_numbers` makes one of the open issues of a negotiation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from letup.core.arrays import Floats
from letup.core.errors import LetupError
from letup.lp.program import INFINITY, LinearProgram, Terms
from letup.lp.solver import maximise
from letup.support.model import Package
from letup.support.negotiation import Negotiation
from letup.support.utility import SampledUtility

_CLOSE = 1e-13
_ITERATIONS = 1000


class ConcaveFunction(Protocol):
    """A concave worth of one number."""

    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Slopes and offsets of lines whose lowest is the worth; None if it is not made of lines."""

    def value(self, x: float) -> float:
        """The worth."""

    def slope(self, x: float) -> float:
        """Its derivative."""


@dataclass(frozen=True)
class PiecewiseLinear:
    """A worth that is linear between the values given, and concave.

    Attributes
    ----------
    at, worth : float64[values]
        Values in ascending order, and the worth at each.
    """

    at: NDArray[np.float64]
    worth: NDArray[np.float64]

    @property
    def concave(self) -> bool:
        """Whether it is: then no mixture is worth less than its parts."""
        slopes = np.diff(self.worth) / np.diff(self.at)
        return bool((np.diff(slopes) <= 1e-12).all())

    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Slopes and offsets of its pieces."""
        if len(self.at) == 1:
            return np.zeros(1), self.worth.copy()
        slopes = np.diff(self.worth) / np.diff(self.at)
        return slopes, self.worth[:-1] - slopes * self.at[:-1]

    def value(self, x: float) -> float:
        """The worth."""
        return float(np.interp(x, self.at, self.worth))

    def slope(self, x: float) -> float:
        """Slope of the piece that the value lies in."""
        slopes, offsets = self.lines()
        return float(slopes[np.argmin(slopes * x + offsets)])


@dataclass(frozen=True)
class ContinuousProblem:
    """Numbers to settle.

    Attributes
    ----------
    low, high : float64[numbers]
        What each number can be.
    worth : sequence by party of sequence by number of ConcaveFunction or None
        What each number adds to each party's utility, weight included; None: nothing.
    disagreement : float64[parties]
        What each has without an agreement, less what it has from issues that are settled.
    sums : tuple of (float64[numbers], float, float)
        What must hold of the numbers together: coefficients, least and most of their sum.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    worth: Sequence[Sequence[ConcaveFunction | None]]
    disagreement: NDArray[np.float64]
    sums: tuple[tuple[NDArray[np.float64], float, float], ...] = ()


@dataclass(frozen=True)
class Settlement:
    """One settlement of the numbers: the numbers, and what each party has of them."""

    numbers: NDArray[np.float64]
    utility: NDArray[np.float64]


@dataclass(frozen=True)
class ContinuousSolutions:
    """Nash and Kalai–Smorodinsky solution, and the most that each party could get while all others accept."""

    nash: Settlement
    kalai_smorodinsky: Settlement
    ideal: NDArray[np.float64]


def continuous_solutions(problem: ContinuousProblem) -> ContinuousSolutions | None:
    """Find the solutions; None if no numbers are acceptable to all.

    Raises
    ------
    LetupError
        ``support.concave`` if a worth is not concave, ``support.solver`` if a solution is not found.
    """
    functions = [function for row in problem.worth for function in row]
    if any(isinstance(function, PiecewiseLinear) and not function.concave for function in functions):
        message = "a worth rises the faster the more there is: mixtures of two values can be worse than both"
        raise LetupError("support.concave", message, "Compare packages in steps instead.")
    program = _Program(problem)
    start = program.largest_smallest_gain()
    if program.gains(start).min() < -1e-9:
        return None
    ideal = np.array([program.most_of(party, start) for party in range(len(problem.disagreement))])
    room = ideal - problem.disagreement
    can_gain = room > 1e-9
    ks = program.equal_shares(np.where(can_gain, room, 1.0), can_gain, start)
    return ContinuousSolutions(program.nash(can_gain, ks), program.settlement(ks), ideal)


class _Program:
    """The epigraph form: variables v are the numbers, what each piecewise linear worth adds, and a share."""

    def __init__(self, problem: ContinuousProblem) -> None:
        self.problem = problem
        self.numbers = len(problem.low)
        functions = [
            (party, number, function)
            for party, row in enumerate(problem.worth)
            for number, function in enumerate(row)
            if function is not None
        ]
        self.linear = [
            (party, number, function, lines)
            for party, number, function in functions
            if (lines := function.lines()) is not None
        ]
        self.smooth = [(party, number, function) for party, number, function in functions if function.lines() is None]
        self.size = self.numbers + len(self.linear) + 1
        self.rows = self._rows()
        self.equal_sums = [
            (np.append(coefficients, np.zeros(self.size - self.numbers)), total)
            for coefficients, least, total in problem.sums
            if least == total
        ]

    def _rows(self) -> list[tuple[Floats, float]]:
        """Rows (a, b) of a · v + b >= 0."""
        rows = []
        for place, (_, number, _, lines) in enumerate(self.linear):
            for slope, offset in zip(*lines, strict=True):
                row = np.zeros(self.size)
                row[number], row[self.numbers + place] = slope, -1.0
                rows.append((row, float(offset)))
        for coefficients, least, most in self.problem.sums:
            row = np.zeros(self.size)
            row[: self.numbers] = coefficients
            if least == most:
                continue
            if np.isfinite(least):
                rows.append((row, -float(least)))
            if np.isfinite(most):
                rows.append((-row, float(most)))
        return rows

    def gains(self, v: Floats) -> Floats:
        """What each party has of the numbers, less its disagreement value."""
        total = -np.asarray(self.problem.disagreement, float)
        for place, (party, *_) in enumerate(self.linear):
            total[party] += v[self.numbers + place]
        for party, number, function in self.smooth:
            total[party] += function.value(float(v[number]))
        return total

    def gradient(self, v: Floats) -> Floats:
        """Derivatives of `gains`: [parties, variables]."""
        slopes = np.zeros((len(self.problem.disagreement), self.size))
        for place, (party, *_) in enumerate(self.linear):
            slopes[party, self.numbers + place] = 1.0
        for party, number, function in self.smooth:
            slopes[party, number] += function.slope(float(v[number]))
        return slopes

    def settlement(self, v: Floats) -> Settlement:
        """The settlement that variables stand for, with the worths as they are."""
        numbers = np.clip(v[: self.numbers], self.problem.low, self.problem.high)
        utility = [
            sum(
                function.value(float(number))
                for number, function in zip(numbers, row, strict=True)
                if function is not None
            )
            for row in self.problem.worth
        ]
        return Settlement(numbers, np.array(utility, float))

    def start(self) -> Floats:
        """The middle of everything, as far as the sums allow."""
        numbers = (self.problem.low + self.problem.high) / 2
        if self.problem.sums:
            numbers = self._middle_within_sums()
        worths = [function.value(float(numbers[number])) for _, number, function, _ in self.linear]
        return np.concatenate([numbers, worths, [0.0]])

    def _middle_within_sums(self) -> Floats:
        """Numbers as far from all their ends as the sums allow: the largest share of its own width for every number."""
        program = LinearProgram()
        numbers = range(self.numbers)
        for number in numbers:
            program.add_column(float(self.problem.low[number]), float(self.problem.high[number]))
        share = program.add_column(0.0, 0.5, gain=1.0)
        for coefficients, least, most in self.problem.sums:
            program.add_row(float(least), float(most), [(number, float(coefficients[number])) for number in numbers])
        for number in numbers:
            low, high = float(self.problem.low[number]), float(self.problem.high[number])
            program.add_row(low, INFINITY, [(number, 1.0), (share, low - high)])
            program.add_row(-INFINITY, high, [(number, 1.0), (share, high - low)])
        solution = maximise(program)
        if solution is None:
            raise LetupError("support.solver", "no numbers add up as they must", "Check the sums.")
        return solution.values[: self.numbers]

    def largest_smallest_gain(self) -> Floats:
        """Variables of numbers with the largest smallest gain."""
        parties = np.ones(len(self.problem.disagreement))
        return self.equal_shares(parties, parties > 0, self.start(), least_share=None)

    def equal_shares(
        self, shares: Floats, can_gain: NDArray[np.bool_], start: Floats, *, least_share: float | None = 0.0
    ) -> Floats:
        """Largest t such that each party that can gain has t times its share more than nothing, the others nothing."""
        if not can_gain.any():
            return start
        v = start.copy()
        v[-1] = float((self.gains(v)[can_gain] / shares[can_gain]).min())
        scale = np.where(can_gain, shares, 0.0)

        def above_shares(v: Floats) -> Floats:
            return np.asarray(self.gains(v) - scale * v[-1], float)

        def gradient(v: Floats) -> Floats:
            slopes = self.gradient(v)
            slopes[:, -1] -= scale
            return slopes

        def cost(v: Floats) -> float:
            return -float(v[-1])

        cost_slope = np.zeros(self.size)
        cost_slope[-1] = -1.0
        return self._minimise(cost, lambda _: cost_slope, v, (above_shares, gradient), least_share=least_share)

    def most_of(self, party: int, start: Floats) -> float:
        """The most that a party can have while nobody has less than without an agreement."""

        def cost(v: Floats) -> float:
            return -float(self.gains(v)[party])

        def slope(v: Floats) -> Floats:
            return np.asarray(-self.gradient(v)[party], float)

        v = self._minimise(cost, slope, start, (self.gains, self.gradient))
        return float(self.gains(v)[party] + self.problem.disagreement[party])

    def nash(self, can_gain: NDArray[np.bool_], start: Floats) -> Settlement:
        """Largest product of gains of those who can gain."""
        if not can_gain.any():
            return self.settlement(start)

        def cost(v: Floats) -> float:
            return -float(np.log(np.maximum(self.gains(v)[can_gain], 1e-12)).sum())

        def slope(v: Floats) -> Floats:
            gains = np.maximum(self.gains(v)[can_gain], 1e-12)
            return np.asarray(-(self.gradient(v)[can_gain] / gains[:, None]).sum(axis=0), float)

        v = self._minimise(cost, slope, start, (self.gains, self.gradient), linear_cost=False)
        return self.settlement(v)

    def _minimise(
        self,
        cost: Callable[[Floats], float],
        slope: Callable[[Floats], Floats],
        start: Floats,
        not_negative: tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]],
        least_share: float | None = None,
        *,
        linear_cost: bool = True,
    ) -> Floats:
        """Least cost where a function (with its gradient) is not negative.

        Solved as a linear program where the cost is linear and so is every worth.
        """
        from scipy.optimize import minimize

        if linear_cost and not self.smooth:
            return self._solve_linear(slope(start), not_negative, least_share)
        rows = np.array([row for row, _ in self.rows]).reshape(-1, self.size)
        offsets = np.array([offset for _, offset in self.rows])
        constraints: list[dict[str, Any]] = [{"type": "ineq", "fun": not_negative[0], "jac": not_negative[1]}]
        if len(rows):
            constraints.append({"type": "ineq", "fun": lambda v: rows @ v + offsets, "jac": lambda _: rows})
        for coefficients, total in self.equal_sums:
            row = coefficients[None, :]
            constraints.append({"type": "eq", "fun": lambda v, r=row, t=total: r @ v - t, "jac": lambda _, r=row: r})
        bounds = [*zip(self.problem.low, self.problem.high, strict=True)]
        bounds += [(None, None)] * len(self.linear) + [(least_share, None)]
        result = minimize(
            cost, start, jac=slope, bounds=bounds, constraints=constraints, method="SLSQP",
            options={"ftol": _CLOSE, "maxiter": _ITERATIONS},
        )  # fmt: skip
        short = min(
            float(np.min(constraint["fun"](result.x))) for constraint in constraints if constraint["type"] == "ineq"
        )
        # At the last digits the search may find no better point in its direction (mode 8): what it has is good.
        if result.status not in (0, 8) or short < -1e-7:
            raise LetupError("support.solver", f"no solution was found: {result.message}", "Compare packages in steps.")
        return np.asarray(result.x, float)

    def _solve_linear(
        self,
        cost: Floats,
        not_negative: tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]],
        least_share: float | None,
    ) -> Floats:
        function, gradient = not_negative
        origin = np.zeros(self.size)
        program = LinearProgram()
        for low, high in zip(self.problem.low, self.problem.high, strict=True):
            program.add_column(float(low), float(high))
        for _ in self.linear:
            program.add_column(-INFINITY, INFINITY)
        # Without a share to find nothing else bounds the last variable.
        lower, upper = (-INFINITY if least_share is None else least_share, INFINITY) if cost[-1] else (0.0, 0.0)
        program.add_column(lower, upper)
        program.gain[:] = (-cost).tolist()
        for row, offset in [*self.rows, *zip(gradient(origin), function(origin), strict=True)]:
            program.add_row(-float(offset) - 1e-12, INFINITY, _terms(row))
        for row, total in self.equal_sums:
            program.add_row(float(total), float(total), _terms(row))
        solution = maximise(program)
        if solution is None:
            raise LetupError("support.solver", "no solution was found", "Compare packages in steps.")
        return solution.values


def _terms(row: Floats) -> Terms:
    return [(int(column), float(row[column])) for column in np.flatnonzero(row)]


@dataclass(frozen=True)
class OpenNumberSolutions:
    """Solutions with the numbers of open issues settled freely, all other issues as in the Nash package.

    Attributes
    ----------
    nash, kalai_smorodinsky : mapping of str to float
        Issue to number.
    """

    nash: Mapping[str, float]
    kalai_smorodinsky: Mapping[str, float]


def settle_open_numbers(
    negotiation: Negotiation, parties: Sequence[SampledUtility], package: Package, set_by: Mapping[str, str]
) -> OpenNumberSolutions | None:
    """Solutions over the continuous product of the open numbers; None if there are none, or worths are not concave.

    Parameters
    ----------
    negotiation : Negotiation
        Issues; a number can be settled anywhere from its first to its last value, on this side of red lines.
    parties : sequence of SampledUtility
        Those who have to agree, at their likeliest values.
    package : Package
        What holds for all other issues.
    set_by : mapping
        Which issues are open.
    """
    values = {
        issue.id: [float(value) for value in issue.values]
        for issue in negotiation.support.issues
        if set_by[issue.id] == "open" and issue.kind == "number" and len(issue.values) > 1
    }
    if not values:
        return None
    low = np.array([numbers[0] for numbers in values.values()])
    high = np.array([numbers[-1] for numbers in values.values()])
    for party in parties:
        for place, issue in enumerate(values):
            line = party.model.red_lines.get(issue)
            if line is not None:
                low[place] = max(low[place], -np.inf if line.least is None else line.least)
                high[place] = min(high[place], np.inf if line.most is None else line.most)
    if (low > high).any():
        return None
    problem = ContinuousProblem(
        low,
        high,
        [[_worth_between(party, issue, low[n], high[n]) for n, issue in enumerate(values)] for party in parties],
        np.array([_still_needed(party, package, list(values)) for party in parties]),
    )
    try:
        solutions = continuous_solutions(problem)
    except LetupError as error:
        if error.code in ("support.concave", "support.solver"):
            return None
        raise
    if solutions is None:
        return None
    return OpenNumberSolutions(
        {issue: float(number) for issue, number in zip(values, solutions.nash.numbers, strict=True)},
        {issue: float(number) for issue, number in zip(values, solutions.kalai_smorodinsky.numbers, strict=True)},
    )


def _still_needed(party: SampledUtility, package: Package, open_numbers: Sequence[str]) -> float:
    """Reservation value less what a party has of all other issues of a package."""
    if not party.model.issues:
        return 0.0
    settled = float(party.utility([package])[0, 0])
    settled -= sum(
        float(party.issue_utility(issue, [package[issue]])[0, 0])
        for issue in open_numbers
        if issue in party.model.value_functions
    )
    return float(party.reservation[0]) - settled


def _worth_between(party: SampledUtility, issue: str, low: float, high: float) -> PiecewiseLinear | None:
    """What a number adds to a party's utility where it can be settled."""
    if issue not in party.model.value_functions:
        return None
    knots = party.model.value_functions[issue].knots()
    inside = knots[(knots > low) & (knots < high)]
    at = np.unique(np.concatenate([[low], inside, [high]]))
    return PiecewiseLinear(at, np.asarray(party.issue_utility(issue, [float(value) for value in at])[:, 0], float))
