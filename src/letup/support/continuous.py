"""The same points where numbers can be settled freely: the continuous product of numeric issues.

With utilities that are concave in each number, what the parties can reach together is a convex set. Then the Nash point
is the one solution of a convex program, and the Kalai–Smorodinsky point lies where the line from the disagreement point
to the ideal point leaves the set: both are found to 1e-6 or better, by sequential quadratic programming (Kraft, 1988)
on the epigraph form, in which a piecewise linear worth is a bound by each of its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.model import Package
from letup.support.negotiation import Negotiation
from letup.support.utility import SampledUtility

_CLOSE = 1e-13
_STEPS = 1000


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
    """Nash and Kalai–Smorodinsky point, and the most that each party could get while all others accept."""

    nash: Settlement
    kalai_smorodinsky: Settlement
    ideal: NDArray[np.float64]


def continuous_solutions(problem: ContinuousProblem) -> ContinuousSolutions | None:
    """Find the points; None if no numbers are acceptable to all.

    Raises
    ------
    LetupError
        ``support.concave`` if a worth is not concave, ``support.solver`` if a solution is not found.
    """
    for row in problem.worth:
        if any(isinstance(one, PiecewiseLinear) and not one.concave for one in row):
            message = "a worth rises the faster the more there is: mixtures of two values can be worse than both"
            raise LetupError("support.concave", message, "Compare packages in steps instead.")
    program = _Program(problem)
    parties = len(problem.disagreement)
    start, least = program.best_least()
    if least < -1e-9:
        return None
    ideal = np.array([program.most_of(party, start) for party in range(parties)])
    room = ideal - problem.disagreement
    can = room > 1e-9
    shares = np.where(can, room, 1.0)
    ks = program.equal_shares(shares, can, start)
    return ContinuousSolutions(program.nash(can, ks), program.point(ks), ideal)


class _Program:
    """The epigraph form: numbers x, what each straight worth adds y, one more variable t."""

    def __init__(self, problem: ContinuousProblem) -> None:
        self.problem = problem
        self.numbers = len(problem.low)
        self.straight = [
            (party, number, one)
            for party, row in enumerate(problem.worth)
            for number, one in enumerate(row)
            if one is not None and one.lines() is not None
        ]
        self.size = self.numbers + len(self.straight) + 1
        self.linear = self._linear()
        self.smooth = any(one is not None and one.lines() is None for row in problem.worth for one in row)

    def _linear(self) -> list[tuple[NDArray[np.float64], float]]:
        """Rows (a, b) of a · v + b >= 0."""
        rows = []
        for place, (_, number, one) in enumerate(self.straight):
            lines = one.lines()
            assert lines is not None
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

    def utility(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each party has of the numbers, less its disagreement value."""
        total = -np.asarray(self.problem.disagreement, float)
        for place, (party, _, _) in enumerate(self.straight):
            total[party] += v[self.numbers + place]
        for party, row in enumerate(self.problem.worth):
            for number, one in enumerate(row):
                if one is not None and one.lines() is None:
                    total[party] += one.value(float(v[number]))
        return total

    def gradient(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivatives of `utility`: [parties, variables]."""
        out = np.zeros((len(self.problem.disagreement), self.size))
        for place, (party, _, _) in enumerate(self.straight):
            out[party, self.numbers + place] = 1.0
        for party, row in enumerate(self.problem.worth):
            for number, one in enumerate(row):
                if one is not None and one.lines() is None:
                    out[party, number] += one.slope(float(v[number]))
        return out

    def point(self, v: NDArray[np.float64]) -> Settlement:
        """The settlement that variables stand for, with the worths as they are."""
        x = np.clip(v[: self.numbers], self.problem.low, self.problem.high)
        utility = np.array(
            [sum(one.value(float(x[n])) for n, one in enumerate(row) if one is not None) for row in self.problem.worth],
            float,
        )
        return Settlement(x, utility)

    def start(self) -> NDArray[np.float64]:
        """The middle of everything, as far as the sums allow."""
        from scipy.optimize import linprog

        x = (self.problem.low + self.problem.high) / 2
        if self.problem.sums:
            # The middle of the longest way off from all ends: the largest share of its own width for every number.
            width = self.problem.high - self.problem.low
            upper, equal = [], []
            for coefficients, least, most in self.problem.sums:
                row = np.append(coefficients, 0.0)
                if least == most:
                    equal.append((row, most))
                else:
                    upper += [(row, most)] if np.isfinite(most) else []
                    upper += [(-row, -least)] if np.isfinite(least) else []
            for number in range(self.numbers):
                row = np.zeros(self.numbers + 1)
                row[number], row[-1] = -1.0, width[number]
                upper.append((row, -self.problem.low[number]))
                row = np.zeros(self.numbers + 1)
                row[number], row[-1] = 1.0, width[number]
                upper.append((row, self.problem.high[number]))
            cost = np.zeros(self.numbers + 1)
            cost[-1] = -1.0
            found = linprog(
                cost,
                A_ub=np.array([row for row, _ in upper]),
                b_ub=np.array([end for _, end in upper]),
                A_eq=np.array([row for row, _ in equal]) if equal else None,
                b_eq=np.array([end for _, end in equal]) if equal else None,
                bounds=[*zip(self.problem.low, self.problem.high, strict=True), (0, 0.5)],
            )
            if found.status != 0:
                raise LetupError("support.solver", "no numbers add up as they must", "Check the sums.")
            x = found.x[:-1]
        return np.concatenate([x, [one.value(float(x[number])) for _, number, one in self.straight], [0.0]])

    def best_least(self) -> tuple[NDArray[np.float64], float]:
        """Numbers with the largest smallest gain, and that gain."""
        parties = np.ones(len(self.problem.disagreement))
        v = self.equal_shares(parties, parties > 0, self.start(), free=True)
        return v, float(self.utility(v).min())

    def equal_shares(
        self, shares: NDArray[np.float64], can: NDArray[np.bool_], start: NDArray[np.float64], *, free: bool = False
    ) -> NDArray[np.float64]:
        """Largest t such that each party that can gain has t times its share more than nothing, the others nothing."""
        if not can.any():
            return start
        v = start.copy()
        v[-1] = float((self.utility(v)[can] / shares[can]).min())
        scale = np.where(can, shares, 0.0)

        def gains(v: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(self.utility(v) - scale * v[-1], float)

        def slopes(v: NDArray[np.float64]) -> NDArray[np.float64]:
            out = self.gradient(v)
            out[:, -1] -= scale
            return out

        def down(v: NDArray[np.float64]) -> float:
            return -float(v[-1])

        cost = np.zeros(self.size)
        cost[-1] = -1.0
        return self._solve(down, lambda _: cost, v, [(gains, slopes)], least_t=None if free else 0.0)

    def most_of(self, party: int, start: NDArray[np.float64]) -> float:
        """The most that a party can have while nobody has less than without an agreement."""

        def down(v: NDArray[np.float64]) -> float:
            return -float(self.utility(v)[party])

        def slope(v: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(-self.gradient(v)[party], float)

        v = self._solve(down, slope, start, [(self.utility, self.gradient)])
        return float(self.utility(v)[party] + self.problem.disagreement[party])

    def nash(self, can: NDArray[np.bool_], start: NDArray[np.float64]) -> Settlement:
        """Largest product of gains of those who can gain."""
        if not can.any():
            return self.point(start)

        def down(v: NDArray[np.float64]) -> float:
            return -float(np.log(np.maximum(self.utility(v)[can], 1e-12)).sum())

        def slope(v: NDArray[np.float64]) -> NDArray[np.float64]:
            gains = np.maximum(self.utility(v)[can], 1e-12)
            return np.asarray(-(self.gradient(v)[can] / gains[:, None]).sum(axis=0), float)

        return self.point(self._solve(down, slope, start, [(self.utility, self.gradient)], linear=False))

    def _solve(
        self,
        cost: Callable[[NDArray[np.float64]], float],
        slope: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        start: NDArray[np.float64],
        above: list[tuple[Any, Any]],
        least_t: float | None = None,
        *,
        linear: bool = True,
    ) -> NDArray[np.float64]:
        """Least cost; as a linear program where the cost is linear and so is every worth."""
        from scipy.optimize import minimize

        if linear and not self.smooth:
            return self._solve_linear(slope(start), above, least_t)
        rows = np.array([row for row, _ in self.linear]).reshape(-1, self.size)
        ends = np.array([end for _, end in self.linear])
        constraints: list[dict[str, Any]] = [{"type": "ineq", "fun": fun, "jac": jac} for fun, jac in above]
        if len(rows):
            constraints.append({"type": "ineq", "fun": lambda v: rows @ v + ends, "jac": lambda _: rows})
        for coefficients, least, most in self.problem.sums:
            if least == most:
                row = np.concatenate([coefficients, np.zeros(self.size - self.numbers)])[None, :]
                constraints.append({"type": "eq", "fun": lambda v, r=row, m=most: r @ v - m, "jac": lambda _, r=row: r})
        bounds = [*zip(self.problem.low, self.problem.high, strict=True)]
        bounds += [(None, None)] * len(self.straight) + [(least_t, None)]
        found = minimize(
            cost, start, jac=slope, bounds=bounds, constraints=constraints, method="SLSQP",
            options={"ftol": _CLOSE, "maxiter": _STEPS},
        )  # fmt: skip
        short = min((float(np.min(one["fun"](found.x))) for one in constraints if one["type"] == "ineq"), default=0.0)
        # At the last digits the search may find no better point in its direction (mode 8): what it has is good.
        if found.status not in (0, 8) or short < -1e-7:
            raise LetupError("support.solver", f"no solution was found: {found.message}", "Compare packages in steps.")
        return np.asarray(found.x, float)

    def _solve_linear(
        self, cost: NDArray[np.float64], above: list[tuple[Any, Any]], least_t: float | None
    ) -> NDArray[np.float64]:
        from scipy.optimize import linprog

        nothing = np.zeros(self.size)
        upper = [-row for row, _ in self.linear]
        ends = [end for _, end in self.linear]
        for fun, jac in above:
            upper += list(-jac(nothing))
            ends += list(fun(nothing))
        equal = [
            (np.append(row, np.zeros(self.size - self.numbers)), most)
            for row, least, most in self.problem.sums
            if least == most
        ]
        found = linprog(
            cost,
            A_ub=np.array(upper),
            b_ub=np.array(ends) + 1e-12,
            A_eq=np.array([row for row, _ in equal]) if equal else None,
            b_eq=np.array([end for _, end in equal]) if equal else None,
            bounds=[
                *zip(self.problem.low, self.problem.high, strict=True),
                *[(None, None)] * len(self.straight),
                # Without a share to find nothing else bounds the last variable.
                (least_t, None) if cost[-1] else (0, 0),
            ],
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        if found.status != 0:
            raise LetupError("support.solver", f"no solution was found: {found.message}", "Compare packages in steps.")
        return np.asarray(found.x, float)


class ConcaveFunction(Protocol):
    """A concave worth of one number."""

    def lines(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Slopes and offsets of lines whose lowest is the worth; None if it is no such."""

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
class SmoothFunction:
    """A worth given as a concave function and its derivative."""

    of: Callable[[float], float]
    derivative: Callable[[float], float]

    def lines(self) -> None:
        """It is not made of lines."""

    def value(self, x: float) -> float:
        """The worth."""
        return float(self.of(x))

    def slope(self, x: float) -> float:
        """Its derivative."""
        return float(self.derivative(x))


@dataclass(frozen=True)
class OpenNumberSolutions:
    """Points with the numbers of open issues settled freely, all other issues as in the Nash package.

    Attributes
    ----------
    nash, kalai_smorodinsky : mapping of str to float
        Issue to number.
    """

    nash: Mapping[str, float]
    kalai_smorodinsky: Mapping[str, float]


def settle_open_numbers(
    negotiation: Negotiation, needed: Sequence[SampledUtility], package: Package, set_by: Mapping[str, str]
) -> OpenNumberSolutions | None:
    """Points over the continuous product of the open numbers; None if there are none, or worths are not concave.

    Parameters
    ----------
    negotiation : Negotiation
        Issues; a number can be settled anywhere from its first to its last value, on this side of red lines.
    needed : sequence of SampledUtility
        Those who have to agree, at their likeliest values.
    package : Package
        What holds for all other issues.
    set_by : mapping
        Which issues are open.
    """
    numbers = [
        one for one in negotiation.support.issues
        if set_by[one.id] == "open" and len(one.values) > 1 and not isinstance(one.values[0], str)
    ]  # fmt: skip
    if not numbers:
        return None
    low = np.array([float(one.values[0]) for one in numbers])
    high = np.array([float(one.values[-1]) for one in numbers])
    for party in needed:
        for place, one in enumerate(numbers):
            line = party.taste.red_lines.get(one.id)
            if line is not None:
                low[place] = max(low[place], -np.inf if line.least is None else line.least)
                high[place] = min(high[place], np.inf if line.most is None else line.most)
    if (low > high).any():
        return None
    ids = [one.id for one in numbers]
    worth, rest = [], []
    for party in needed:
        worth.append([_worth(party, issue, low[n], high[n]) for n, issue in enumerate(ids)])
        apart = float(party.utility([package])[0, 0])
        apart -= sum(float(party.part(issue, [package[issue]])[0, 0]) for issue in ids if issue in party.taste.curves)
        rest.append(float(party.reservation[0]) - apart if party.taste.issues else 0.0)
    try:
        found = continuous_solutions(ContinuousProblem(low, high, worth, np.array(rest)))
    except LetupError as error:
        if error.code in ("support.concave", "support.solver"):
            return None
        raise
    if found is None:
        return None
    return OpenNumberSolutions(
        {issue: float(value) for issue, value in zip(ids, found.nash.numbers, strict=True)},
        {issue: float(value) for issue, value in zip(ids, found.kalai_smorodinsky.numbers, strict=True)},
    )


def _worth(party: SampledUtility, issue: str, low: float, high: float) -> PiecewiseLinear | None:
    """What a number adds to a party's utility where it can be settled."""
    if issue not in party.taste.curves:
        return None
    knots = party.taste.curves[issue].numbers()
    inside = knots[(knots > low) & (knots < high)]
    at = np.unique(np.concatenate([[low], inside, [high]]))
    return PiecewiseLinear(at, np.asarray(party.part(issue, [float(one) for one in at])[:, 0], float))
