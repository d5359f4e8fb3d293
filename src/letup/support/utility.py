"""What a package is worth to a party: additive multi-attribute utility with ranges, and red lines that are vetoes.

The utility of a package is the sum over issues of weight times worth, with weights that add up to 1 and a value
function for each issue: a worth of 0 to 1, linear between the values for which it is given (Keeney and Raiffa, 1976,
ch. 3 and 6). Weights, worths and the reservation value may be ranges; they are sampled, and all packages are weighed
with the same draws, so that differences between packages are differences, not noise.

Everything is double precision: the largest array asked for (50 packages, 10,000 draws) takes 4 MB a party, and
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

    def knots(self) -> NDArray[np.float64]:
        """The values, which are numbers."""
        return np.array(self.at, float)

    def interpolation(self, value: Value) -> NDArray[np.float64]:
        """How much the worth at each of the given values counts at this one; the parts add up to 1."""
        parts = np.zeros(len(self.at))
        if isinstance(value, str) or not self.numeric:
            parts[self.at.index(value)] = 1.0
            return parts
        knots = self.knots()
        if len(knots) == 1:
            parts[0] = 1.0
            return parts
        left = min(max(int(np.searchsorted(knots, value, "right")) - 1, 0), len(knots) - 2)
        part = float(np.clip((value - knots[left]) / (knots[left + 1] - knots[left]), 0.0, 1.0))
        parts[left], parts[left + 1] = 1 - part, part
        return parts


@dataclass(frozen=True)
class UtilityModel:
    """What one party wants: value functions, weights, red lines, and what it has without an agreement.

    Attributes
    ----------
    party : str
        Id of the party.
    value_functions : mapping of str to ValueFunction
        Issue to worths; the party does not care about issues that are absent.
    weights : mapping of str to Range
        Issue to weight, 0 or more, on any scale: they are made to add up to 1 in each draw.
    reservation : Range
        Utility below which the party is better off without an agreement, on the scale of the utility, 0 to 1.
    red_lines : mapping of str to RedLine
        Issue to what is vetoed on it.
    """

    party: str
    value_functions: Mapping[str, ValueFunction]
    weights: Mapping[str, Range]
    reservation: Range
    red_lines: Mapping[str, RedLine] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse value functions and weights that do not make a utility (``support.taste``)."""
        if set(self.value_functions) != set(self.weights):
            raise LetupError("support.taste", f"{self.party}: curves and weights are of different issues")
        require_range(self.reservation, f"reservation value of {self.party}")
        for issue, function in self.value_functions.items():
            for range_ in (self.weights[issue], *function.worth):
                require_range(range_, f"{self.party}, {issue}")
            if self.weights[issue].low < 0:
                raise LetupError("support.taste", f"{self.party}, {issue}: a weight cannot be negative")
            ascending = not function.numeric or (np.diff(function.knots()) > 0).all()
            if len(function.at) != len(function.worth) or not ascending:
                message = f"{self.party}, {issue}: values must ascend, with one worth each"
                raise LetupError("support.taste", message)

    @classmethod
    def of(cls, party: Party) -> UtilityModel:
        """What is known of a party's wants, as far as a package can be weighed by it."""
        weighed = [preference for preference in party.preferences if preference.values]
        return cls(
            party.id,
            {
                preference.issue: ValueFunction(
                    tuple(point.at for point in preference.values), tuple(point.worth for point in preference.values)
                )
                for preference in weighed
            },
            {preference.issue: preference.weight for preference in weighed},
            party.reservation,
            {
                preference.issue: preference.red_line
                for preference in party.preferences
                if preference.red_line is not None
            },
        )

    @property
    def issues(self) -> tuple[str, ...]:
        """Issues that it cares about."""
        return tuple(self.value_functions)

    def vetoes(self, package: Package) -> tuple[str, ...]:
        """Issues on which the package is beyond a red line."""
        return tuple(issue for issue, line in self.red_lines.items() if line.refuses(package[issue]))

    def values_within_red_lines(self, issue: str) -> list[Value]:
        """Values of an issue on this side of the red lines, the lines themselves among them; all if none is."""
        function, line = self.value_functions[issue], self.red_lines.get(issue)
        if line is None:
            return list(function.at)
        ends: list[Value] = [end for end in (line.least, line.most) if end is not None]
        if function.numeric:
            knots = function.knots()
            ends = [end for end in ends if isinstance(end, float | int) and knots[0] <= end <= knots[-1]]
        return [value for value in (*function.at, *ends) if not line.refuses(value)] or list(function.at)


@dataclass(frozen=True)
class SampledUtility:
    """A party's utility in many draws of what is not known.

    Attributes
    ----------
    model : UtilityModel
        The party.
    weighted_worth : mapping of str to float64[draws, values of the value function]
        Issue to normalised weight times worth at each value of its value function.
    reservation : float64[draws]
        Reservation value.
    """

    model: UtilityModel
    weighted_worth: Mapping[str, NDArray[np.float64]]
    reservation: NDArray[np.float64]
    _best: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def party(self) -> str:
        """Id of the party."""
        return self.model.party

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return len(self.reservation)

    def issue_utility(self, issue: str, values: Sequence[Value]) -> NDArray[np.float64]:
        """What an issue adds to the utility at these values: float64[values, draws]."""
        different = list(dict.fromkeys(values))
        parts = np.array([self.model.value_functions[issue].interpolation(value) for value in different])
        rows = np.asarray(parts @ self.weighted_worth[issue].T, float)
        if len(different) == 1:
            return np.broadcast_to(rows[0], (len(values), self.draws))
        return rows if len(different) == len(values) else rows[[different.index(value) for value in values]]

    def issue_utilities(self, packages: Sequence[Package]) -> dict[str, NDArray[np.float64]]:
        """What each issue adds to the utility of packages: issue to float64[packages, draws]."""
        return {
            issue: self.issue_utility(issue, [package[issue] for package in packages]) for issue in self.model.issues
        }

    def utility(
        self, packages: Sequence[Package], by_issue: Mapping[str, NDArray[np.float64]] | None = None
    ) -> NDArray[np.float64]:
        """Utility of packages, red lines aside: float64[packages, draws]; the sum of `issue_utilities` if known."""
        # A party of which no wants are known stands in the way of nothing but its red lines.
        total = np.full((len(packages), self.draws), 0.0 if self.model.issues else 1.0)
        for utility in (self.issue_utilities(packages) if by_issue is None else by_issue).values():
            total += utility
        return total

    def best_of(self, issue: str) -> NDArray[np.float64]:
        """The most that an issue can add, at values on this side of the red lines: float64[draws]."""
        if issue not in self._best:
            values = self.model.values_within_red_lines(issue)
            self._best[issue] = self.issue_utility(issue, values).max(axis=0)
        return self._best[issue]

    def worst_of(self, issue: str) -> NDArray[np.float64]:
        """The least that an issue can add: float64[draws]."""
        return np.asarray(self.weighted_worth[issue].min(axis=1), float)

    def accepts(self, packages: Sequence[Package], utility: NDArray[np.float64] | None = None) -> NDArray[np.bool_]:
        """Whether each package is at least as good as none, and beyond no red line: bool[packages, draws]."""
        good = meets_reservation(self.utility(packages) if utility is None else utility, self.reservation)
        vetoed = [bool(self.model.vetoes(package)) for package in packages]
        return np.asarray(good & ~np.array(vetoed)[:, None], bool)


def meets_reservation(utility: NDArray[np.float64], reservation: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether a utility is at least the reservation value, up to the rounding of doubles."""
    return np.asarray(utility >= reservation - EQUAL)


def sample(model: UtilityModel, draws: int, seed: int) -> SampledUtility:
    """Draw what is not known about a party.

    Each party and issue has its own stream of random numbers: adding a party or an issue, or another range of one
    number, leaves all other draws as they are.

    Parameters
    ----------
    model : UtilityModel
        The party.
    draws : int
        How many; the sampling error of a probability p is sqrt(p (1 - p) / draws).
    seed : int
        Seed.
    """

    def drawn(range_: Range, *names: str) -> NDArray[np.float64]:
        return inverse_distribution(range_, random_stream(seed, model.party, *names).random(draws))

    return _normalised(
        model,
        {issue: drawn(weight, issue, "weight") for issue, weight in model.weights.items()},
        {
            issue: np.stack(
                [drawn(worth, issue, str(value)) for value, worth in zip(function.at, function.worth, strict=True)],
                axis=1,
            )
            for issue, function in model.value_functions.items()
        },
        drawn(model.reservation, "reservation"),
    )


def at_likeliest_values(model: UtilityModel) -> SampledUtility:
    """A party at the likeliest value of everything: one draw."""
    return _normalised(
        model,
        {issue: np.array([likeliest_value(weight)]) for issue, weight in model.weights.items()},
        {
            issue: np.array([[likeliest_value(worth) for worth in function.worth]])
            for issue, function in model.value_functions.items()
        },
        np.array([likeliest_value(model.reservation)]),
    )


def _normalised(
    model: UtilityModel,
    weights: dict[str, NDArray[np.float64]],
    worths: dict[str, NDArray[np.float64]],
    reservation: NDArray[np.float64],
) -> SampledUtility:
    """Scale the weights so that they add up to 1 in each draw."""
    if not weights:
        return SampledUtility(model, {}, reservation)
    total = np.sum(list(weights.values()), axis=0)
    # A draw in which every weight came out as nothing (all ranges begin at 0) says nothing of what matters: equal.
    without_weight = total <= 0
    total = np.where(without_weight, 1.0, total)
    equal = 1 / len(weights)
    return SampledUtility(
        model,
        {
            issue: np.where(without_weight, equal, weights[issue] / total)[:, None] * worth
            for issue, worth in worths.items()
        },
        reservation,
    )


def require_complete(package: Package, models: Sequence[UtilityModel]) -> None:
    """Refuse a package that does not settle what the parties weigh (``support.package``)."""
    wrong = []
    for model in models:
        for issue in dict.fromkeys([*model.issues, *model.red_lines]):
            function, value = model.value_functions.get(issue), package.get(issue)
            if value is None:
                wrong.append(f"nothing is said on {issue}, which {model.party} weighs")
            elif function is not None and isinstance(value, str) == function.numeric:
                wrong.append(f"{issue} is {value!r}")
            elif function is not None and isinstance(value, str) and value not in function.at:
                wrong.append(f"{issue} has no option {value!r} that {model.party} knows")
    if wrong:
        raise LetupError("support.package", "; ".join(dict.fromkeys(wrong)), "Give each issue one of its values.")


def require_range(range_: Range, what: str) -> None:
    """Refuse a range that is none (``support.range``)."""
    ends = [range_.low, *([] if range_.best is None else [range_.best]), range_.high]
    if not np.isfinite(ends).all() or sorted(ends) != ends:
        message = f"{what}: {range_.low} – {range_.best} – {range_.high} is no range"
        raise LetupError("support.range", message, "Give low ≤ best ≤ high.")


def likeliest_value(range_: Range) -> float:
    """The likeliest value, or the middle of the range."""
    return range_.best if range_.best is not None else (range_.low + range_.high) / 2


def inverse_distribution(range_: Range, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a range whose distribution function takes these values, 0 to 1: random ones make a sample of it.

    The distribution is triangular from ``low`` over ``best`` to ``high``; without a ``best``, when no value in the
    range is known to be likelier than another, uniform.
    """
    low, best, high = range_
    width = high - low
    if width == 0:
        return np.full(uniform.shape, float(low))
    if best is None:
        return low + width * uniform
    mode = (best - low) / width
    rising = low + width * np.sqrt(uniform * mode)
    falling = high - width * np.sqrt((1 - uniform) * (1 - mode))
    return np.where(uniform < mode, rising, falling)


def random_stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of a thing with this name: what else is drawn, and in which order, does not change them."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
