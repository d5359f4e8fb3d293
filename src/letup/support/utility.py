"""What a package is worth to a party: additive multi-attribute utility with ranges, and red lines that are vetoes.

The utility of a package is the sum over issues of weight times worth, with weights that add up to 1 and a worth of
0 to 1 that is linear between the values for which it is given (Keeney and Raiffa, 1976, ch. 3 and 6.). Weights, worths
and the reservation value may be ranges. All packages are weighed with the same draws, so that differences between
packages are differences, not noise.

Everything is double precision: the largest table asked for (50 packages, 10,000 draws) takes 4 MB a party, and
comparing sums with a reservation value must not hang on how they were rounded.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from letup.core.errors import LetupError
from letup.support.model import Package, Party, Range, RedLine, Value

EQUAL = 1e-9
"""Utilities this close are the same: what doubles lose in adding up a dozen issues is far smaller."""


@dataclass(frozen=True)
class ValueFunction:
    """What the values of one issue are worth to a party.

    Attributes
    ----------
    at : tuple of float, or tuple of str
        Numbers in ascending order, between which the worth is linear and beyond which it stays the same; or options.
    worth : tuple of Range
        Worth at each, 0 (worst) to 1 (best).
    """

    at: tuple[Value, ...]
    worth: tuple[Range, ...]

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers."""
        return not isinstance(self.at[0], str)

    def numbers(self) -> NDArray[np.float64]:
        """The values, which are numbers."""
        return np.array(self.at, float)

    def shares(self, value: Value) -> NDArray[np.float64]:
        """How much of the worth at each given value counts at this value; they add up to 1."""
        out = np.zeros(len(self.at))
        if isinstance(value, str) or not self.numeric:
            out[self.at.index(value)] = 1.0
            return out
        knots = self.numbers()
        place = min(max(int(np.searchsorted(knots, value, "right")) - 1, 0), len(knots) - 2) if len(knots) > 1 else 0
        if len(knots) == 1:
            out[0] = 1.0
            return out
        part = float(np.clip((value - knots[place]) / (knots[place + 1] - knots[place]), 0.0, 1.0))
        out[place], out[place + 1] = 1 - part, part
        return out


@dataclass(frozen=True)
class UtilityModel:
    """What one party wants: curves, weights, red lines, and what it has without an agreement.

    Attributes
    ----------
    party : str
        Id of the party.
    curves : mapping of str to Curve
        Issue to worths; the party does not care about issues that are absent.
    weights : mapping of str to Range
        Issue to weight, 0 or more, on any scale: they are made to add up to 1 in each draw.
    reservation : Range
        Utility below which the party is better off without an agreement, on the scale of the utility, 0 to 1.
    red_lines : mapping of str to RedLine
        Issue to what is vetoed on it.
    """

    party: str
    curves: Mapping[str, ValueFunction]
    weights: Mapping[str, Range]
    reservation: Range
    red_lines: Mapping[str, RedLine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse curves and weights that do not make a utility (``support.taste``)."""
        if set(self.curves) != set(self.weights):
            raise LetupError("support.taste", f"{self.party}: curves and weights are of different issues")
        require_range(self.reservation, f"reservation value of {self.party}")
        for issue, curve in self.curves.items():
            for one in (self.weights[issue], *curve.worth):
                require_range(one, f"{self.party}, {issue}")
            if self.weights[issue].low < 0:
                raise LetupError("support.taste", f"{self.party}, {issue}: a weight cannot be negative")
            if len(curve.at) != len(curve.worth) or (curve.numeric and (np.diff(curve.numbers()) <= 0).any()):
                message = f"{self.party}, {issue}: values must ascend, with one worth each"
                raise LetupError("support.taste", message)

    @classmethod
    def of(cls, party: Party) -> UtilityModel:
        """What is known of a party's wants, as far as a package can be weighed by it."""
        weighed = [one for one in party.preferences if one.values]
        return cls(
            party.id,
            {
                one.issue: ValueFunction(tuple(p.at for p in one.values), tuple(p.worth for p in one.values))
                for one in weighed
            },
            {one.issue: one.weight for one in weighed},
            party.reservation,
            {one.issue: one.red_line for one in party.preferences if one.red_line is not None},
        )

    @property
    def issues(self) -> tuple[str, ...]:
        """Issues that it cares about."""
        return tuple(self.curves)

    def vetoes(self, package: Package) -> tuple[str, ...]:
        """Issues on which the package is beyond a red line."""
        return tuple(issue for issue, line in self.red_lines.items() if line.refuses(package[issue]))


@dataclass(frozen=True)
class SampledUtility:
    """A party's utility in many draws.

    Attributes
    ----------
    taste : UtilityModel
        The party.
    worth : mapping of str to float64[draws, values of the curve]
        Issue to normalised weight times worth at each value of its curve.
    reservation : float64[draws]
        Reservation value.
    """

    taste: UtilityModel
    worth: Mapping[str, NDArray[np.float64]]
    reservation: NDArray[np.float64]
    _known: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.reservation)

    def part(self, issue: str, values: Sequence[Value]) -> NDArray[np.float64]:
        """What an issue adds to the utility at these values: float64[values, draws]."""
        different = list(dict.fromkeys(values))
        shares = np.array([self.taste.curves[issue].shares(value) for value in different])
        rows = np.asarray(shares @ self.worth[issue].T, float)
        if len(different) == 1:
            return np.broadcast_to(rows[0], (len(values), self.draws))
        return rows if len(different) == len(values) else rows[[different.index(value) for value in values]]

    def parts(self, packages: Sequence[Package]) -> dict[str, NDArray[np.float64]]:
        """What each issue adds to the utility of packages: issue to float64[packages, draws]."""
        return {issue: self.part(issue, [package[issue] for package in packages]) for issue in self.taste.issues}

    def utility(
        self, packages: Sequence[Package], parts: Mapping[str, NDArray[np.float64]] | None = None
    ) -> NDArray[np.float64]:
        """Utility of packages, red lines aside: float64[packages, draws]; from its ``parts`` where they are known."""
        # A party of which no wants are known stands in the way of nothing but its red lines.
        total = np.full((len(packages), self.draws), 0.0 if self.taste.issues else 1.0)
        for part in (self.parts(packages) if parts is None else parts).values():
            total += part
        return total

    def most(self, issue: str) -> NDArray[np.float64]:
        """The most that an issue can add, at values on this side of the red lines: float64[draws]."""
        key = f"most {issue}"
        if key not in self._known:
            self._known[key] = self.part(issue, values_within_red_lines(self.taste, issue)).max(axis=0)
        return self._known[key]

    def least(self, issue: str) -> NDArray[np.float64]:
        """The least that an issue can add: float64[draws]."""
        return np.asarray(self.worth[issue].min(axis=1), float)

    def accepts(self, packages: Sequence[Package], utility: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
        """Whether each package is at least as good as none, and beyond no red line: bool[packages, draws]."""
        good = meets_reservation(self.utility(packages) if utility is None else utility, self.reservation)
        refused = [bool(self.taste.vetoes(package)) for package in packages]
        return np.asarray(good & ~np.array(refused)[:, None], bool)


def meets_reservation(utility: NDArray[np.float64], reservation: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a utility is at least the reservation value, up to the rounding of doubles."""
    return np.asarray(utility >= reservation - EQUAL)


def values_within_red_lines(taste: UtilityModel, issue: str) -> list[Value]:
    """Values of a party's curve on this side of its red lines, the lines themselves among them; all if none is."""
    curve, line = taste.curves[issue], taste.red_lines.get(issue)
    if line is None:
        return list(curve.at)
    ends: list[Value] = [end for end in (line.least, line.most) if end is not None]
    if curve.numeric:
        knots = curve.numbers()
        ends = [end for end in ends if isinstance(end, float | int) and knots[0] <= end <= knots[-1]]
    return [value for value in (*curve.at, *ends) if not line.refuses(value)] or list(curve.at)


def sample(taste: UtilityModel, draws: int, seed: int) -> SampledUtility:
    """Draw what is not known about a party.

    Each party and issue has its own stream of random numbers: adding a party or an issue, or another range of one
    number, leaves all other draws as they are.

    Parameters
    ----------
    taste : UtilityModel
        The party.
    draws : int
        How many; the sampling error of a probability p is sqrt(p (1 - p) / draws).
    seed : int
        Seed.
    """
    weights = {
        issue: inverse_distribution(weight, random_stream(seed, taste.party, issue, "weight").random(draws))
        for issue, weight in taste.weights.items()
    }
    return _with(
        taste,
        weights,
        {
            issue: np.stack(
                [
                    inverse_distribution(worth, random_stream(seed, taste.party, issue, str(value)).random(draws))
                    for value, worth in zip(curve.at, curve.worth, strict=True)
                ],
                axis=1,
            )
            for issue, curve in taste.curves.items()
        },
        inverse_distribution(taste.reservation, random_stream(seed, taste.party, "reservation").random(draws)),
    )


def at_likeliest_values(taste: UtilityModel) -> SampledUtility:
    """A party at the likeliest value of everything: one draw."""
    weights = {issue: np.array([likeliest_value(weight)]) for issue, weight in taste.weights.items()}
    worths = {
        issue: np.array([[likeliest_value(worth) for worth in curve.worth]]) for issue, curve in taste.curves.items()
    }
    return _with(taste, weights, worths, np.array([likeliest_value(taste.reservation)]))


def _with(
    taste: UtilityModel,
    weights: dict[str, NDArray[np.float64]],
    worths: dict[str, NDArray[np.float64]],
    reservation: NDArray[np.float64],
) -> SampledUtility:
    if not weights:
        return SampledUtility(taste, {}, reservation)
    total = np.sum(list(weights.values()), axis=0)
    # A draw in which every weight came out as nothing (all ranges begin at 0) says nothing of what matters: equal.
    nothing = total <= 0
    total = np.where(nothing, 1.0, total)
    equal = 1 / len(weights)
    return SampledUtility(
        taste,
        {issue: np.where(nothing, equal, weights[issue] / total)[:, None] * worths[issue] for issue in worths},
        reservation,
    )


def require_complete(package: Package, tastes: Sequence[UtilityModel]) -> None:
    """Refuse a package that does not settle what the parties weigh (``support.package``)."""
    wrong = []
    for taste in tastes:
        for issue in dict.fromkeys([*taste.issues, *taste.red_lines]):
            if issue not in package:
                wrong.append(f"nothing is said on {issue}, which {taste.party} weighs")
            elif issue in taste.curves and isinstance(package[issue], str) == taste.curves[issue].numeric:
                wrong.append(f"{issue} is {package[issue]!r}")
            elif (
                isinstance(package[issue], str)
                and issue in taste.curves
                and package[issue] not in (taste.curves[issue].at)
            ):
                wrong.append(f"{issue} has no option {package[issue]!r} that {taste.party} knows")
    if wrong:
        raise LetupError("support.package", "; ".join(dict.fromkeys(wrong)), "Give each issue one of its values.")


def require_range(range_: Range, what: str) -> None:
    """Refuse a range that is none (``support.range``)."""
    inside = [range_.low, *([] if range_.best is None else [range_.best]), range_.high]
    if not np.isfinite(inside).all() or sorted(inside) != inside:
        message = f"{what}: {range_.low} – {range_.best} – {range_.high} is no range"
        raise LetupError("support.range", message, "Give low ≤ best ≤ high.")


def likeliest_value(range_: Range) -> float:
    """The likeliest value, or the middle of the range."""
    return range_.best if range_.best is not None else (range_.low + range_.high) / 2


def inverse_distribution(range_: Range, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at these points of a range's distribution, which lie in 0 to 1: its inverse distribution function.

    The distribution is triangular from ``low`` over ``best`` to ``high``; without a ``best``, when no value in the
    range is known to be likelier than another, uniform.
    """
    low, best, high = range_
    width = high - low
    if width == 0:
        return np.full(uniform.shape, float(low))
    if best is None:
        return low + width * uniform
    turn = (best - low) / width
    rising = low + width * np.sqrt(uniform * turn)
    falling = high - width * np.sqrt((1 - uniform) * (1 - turn))
    return np.where(uniform < turn, rising, falling)


def random_stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of a thing with this name: what else is drawn, and in which order, does not change them."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
