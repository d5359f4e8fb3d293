"""Solutions of bargaining theory against the closed forms of textbooks, and sets against going through all packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from scipy.optimize import brentq

from letup.core.errors import LetupError
from letup.support.bargaining import kalai_smorodinsky, nash, solutions_among
from letup.support.continuous import ContinuousProblem, PiecewiseLinear, continuous_solutions
from letup.support.package_space import efficient_choices, pareto_efficient
from tests.support.random_spaces import all_packages, random_space

EXACT = 1e-6
ZERO, ONE = np.zeros(1), np.ones(1)


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


def straight(left: float, right: float) -> PiecewiseLinear:
    return PiecewiseLinear(np.array([0.0, 1.0]), np.array([left, right], float))


def power(exponent: float, *, rest: bool = False) -> SmoothFunction:
    """x^a, or (1 - x)^a of what is left."""
    sign = -1.0 if rest else 1.0

    def share(x: float) -> float:
        return max(1 - x if rest else x, 1e-15)

    return SmoothFunction(lambda x: share(x) ** exponent, lambda x: sign * exponent * share(x) ** (exponent - 1))


@pytest.mark.parametrize(("first", "second"), [(0.0, 0.0), (0.1, 0.3), (0.25, 0.0), (0.4, 0.6)])
def test_two_who_value_a_pie_alike_split_what_they_gain(first: float, second: float) -> None:
    solutions = continuous_solutions(
        ContinuousProblem(ZERO, ONE, [[straight(0, 1)], [straight(1, 0)]], np.array([first, second]))
    )
    share = (1 + first - second) / 2
    assert solutions.nash.numbers[0] == pytest.approx(share, abs=EXACT)
    assert solutions.kalai_smorodinsky.numbers[0] == pytest.approx(share, abs=EXACT)
    assert solutions.ideal == pytest.approx([1 - second, 1 - first], abs=EXACT)


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (0.5, 1.0), (0.3, 0.8), (0.9, 0.2)])
def test_the_more_risk_averse_gets_less_as_nash_found(a: float, b: float) -> None:
    """Utilities x^a and (1 - x)^b: Nash x = a / (a + b); Kalai and Smorodinsky x^a = (1 - x)^b."""
    solutions = continuous_solutions(ContinuousProblem(ZERO, ONE, [[power(a)], [power(b, rest=True)]], np.zeros(2)))
    assert solutions.nash.numbers[0] == pytest.approx(a / (a + b), abs=EXACT)
    equal = brentq(lambda x: x**a - (1 - x) ** b, 0, 1, xtol=1e-14)
    assert solutions.kalai_smorodinsky.numbers[0] == pytest.approx(equal, abs=EXACT)


def test_three_share_a_pie_by_their_exponents() -> None:
    """Utilities x_i^a_i of shares that add up to 1: Nash x_i = a_i / sum of a."""
    a = np.array([0.5, 0.8, 1.0])
    worth = [[power(a[i]) if i == j else None for j in range(3)] for i in range(3)]
    solutions = continuous_solutions(
        ContinuousProblem(np.zeros(3), np.ones(3), worth, np.zeros(3), ((np.ones(3), 1.0, 1.0),))
    )
    assert solutions.nash.numbers == pytest.approx(a / a.sum(), abs=EXACT)
    level = brentq(lambda t: (t ** (1 / a)).sum() - 1, 0, 1, xtol=1e-14)
    assert solutions.kalai_smorodinsky.numbers == pytest.approx(level ** (1 / a), abs=EXACT)


def test_three_with_something_to_fall_back_on_share_the_rest_alike() -> None:
    """Linear utilities of shares that add up to 1: both points give each d_i + (1 - sum of d) / 3."""
    have = np.array([0.1, 0.2, 0.05])
    worth = [[straight(0, 1) if i == j else None for j in range(3)] for i in range(3)]
    solutions = continuous_solutions(ContinuousProblem(np.zeros(3), np.ones(3), worth, have, ((np.ones(3), 1.0, 1.0),)))
    want = have + (1 - have.sum()) / 3
    assert solutions.nash.numbers == pytest.approx(want, abs=EXACT)
    assert solutions.kalai_smorodinsky.numbers == pytest.approx(want, abs=EXACT)


def test_each_gets_the_issue_it_cares_more_about() -> None:
    """Two linear issues with weights 0.8 and 0.2 against 0.3 and 0.7, worked out by hand.

    On the efficient edge the first party has all of issue one and y of issue two, or less of issue one and none of
    issue two. Nash: (0.8 + 0.2 y) (0.7 (1 - y)) falls from y = 0 on, and x (0.8) (1 - 0.3 x) rises up to x = 1.
    """
    worth = [[straight(0, 0.8), straight(0, 0.2)], [straight(0.3, 0), straight(0.7, 0)]]
    solutions = continuous_solutions(ContinuousProblem(np.zeros(2), np.ones(2), worth, np.zeros(2)))
    assert solutions.nash.numbers == pytest.approx([1.0, 0.0], abs=EXACT)
    # Equal shares of 1: 0.8 x = 1 - 0.3 x
    assert solutions.kalai_smorodinsky.numbers == pytest.approx([1 / 1.1, 0.0], abs=EXACT)


def test_a_bend_in_a_worth_holds_the_point() -> None:
    """Up to 0.25 the first party's worth rises steeply, then slowly: Nash's product is worked out piece by piece."""
    bent = PiecewiseLinear(np.array([0.0, 0.25, 1.0]), np.array([0.0, 0.8, 1.0]))
    solutions = continuous_solutions(ContinuousProblem(ZERO, ONE, [[bent], [straight(1, 0)]], np.zeros(2)))
    # right of the bend (0.8 + 4/15 (x - 1/4)) (1 - x) falls throughout, left of it 3.2 x (1 - x) rises
    assert solutions.nash.numbers[0] == pytest.approx(0.25, abs=EXACT)
    assert solutions.kalai_smorodinsky.numbers[0] == pytest.approx(
        brentq(lambda x: bent.value(x) - (1 - x), 0, 1), abs=EXACT
    )


def test_no_numbers_are_acceptable_where_claims_are_more_than_the_pie() -> None:
    assert (
        continuous_solutions(ContinuousProblem(ZERO, ONE, [[straight(0, 1)], [straight(1, 0)]], np.array([0.6, 0.5])))
        is None
    )


def test_a_worth_that_rises_ever_faster_is_refused() -> None:
    steep = PiecewiseLinear(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.1, 1.0]))
    with pytest.raises(LetupError, match=r"support\.concave"):
        continuous_solutions(ContinuousProblem(ZERO, ONE, [[steep], [straight(1, 0)]], np.zeros(2)))


@pytest.mark.parametrize("seed", range(10))
def test_bundles_of_whole_things_are_shared_as_trying_all_bundles_says(seed: int) -> None:
    """Whole things of several kinds, each worth something else to each: every way to share them is tried."""
    rng = np.random.default_rng(seed)
    count, parties = rng.integers(1, 5, 3), int(rng.integers(2, 4))
    value = rng.random((parties, 3))
    shares = [[split for split in product(range(kind + 1), repeat=parties) if sum(split) == kind] for kind in count]
    bundles = np.array([[split[p] for split in bundle] for bundle in product(*shares) for p in range(parties)])
    utility = np.einsum("bpk,pk->bp", bundles.reshape(-1, parties, 3), value)
    have = rng.random(parties) * 0.3
    solutions = solutions_among(utility, have)
    gains = [[u - d for u, d in zip(row, have, strict=True)] for row in utility]
    inside = [i for i, row in enumerate(gains) if min(row) >= -1e-9]
    assert list(solutions.agreement_zone) == inside
    best = max(np.prod(gains[i]) for i in inside)
    assert all(np.prod(gains[i]) == pytest.approx(best, abs=EXACT) for i in solutions.nash)
    ideal = [max(gains[i][p] for i in inside) for p in range(parties)]
    leximin = max(sorted(round(g / m, 9) for g, m in zip(gains[i], ideal, strict=True)) for i in inside)
    for i in solutions.kalai_smorodinsky:
        assert sorted(g / m for g, m in zip(gains[i], ideal, strict=True)) == pytest.approx(leximin, abs=EXACT)


@pytest.mark.parametrize("parties", [2, 3, 4])
def test_the_efficient_packages_are_those_that_no_other_beats(parties: int) -> None:
    for seed in range(100):
        rng = np.random.default_rng([seed, parties])
        utility = rng.random((60, parties))
        if seed % 2:
            utility = np.round(utility, 1)  # many ties
        beaten = [any((other >= own).all() and (other > own).any() for other in utility) for own in utility]
        assert (pareto_efficient(utility) == ~np.array(beaten)).all()


def test_rounding_makes_no_package_better_than_its_equal() -> None:
    assert pareto_efficient(np.array([[0.1 + 0.2, 0.5], [0.3, 0.5]])).all()
    assert pareto_efficient(np.zeros((0, 2))).shape == (0,)


@pytest.mark.parametrize("seed", range(100))
def test_going_block_by_block_finds_what_going_through_all_packages_finds(seed: int) -> None:
    space = random_space(seed)
    _, utility, allowed = all_packages(space)
    choices, best = efficient_choices(space)
    want = np.unique(np.round(utility[allowed][pareto_efficient(utility[allowed])], 8), axis=0)
    assert np.unique(np.round(best, 8), axis=0) == pytest.approx(want)
    whole, part = solutions_among(utility, space.reservation, allowed), solutions_among(best, space.reservation)
    assert bool(whole.agreement_zone) == bool(part.agreement_zone)
    for rule in ("nash", "kalai_smorodinsky"):
        there, here = getattr(whole, rule), getattr(part, rule)
        assert utility[list(there[:1])] == pytest.approx(best[list(here[:1])])
    for choice, row in zip(choices, best, strict=True):
        assert sum(w.sum(axis=1)[:, k] for w, k in zip(space.worth, choice, strict=True)) == pytest.approx(row)


def test_where_somebody_cannot_gain_the_others_still_bargain() -> None:
    gains = np.array([[0.0, 0.2, 0.4], [0.0, 0.3, 0.3], [0.0, 0.5, 0.0]])
    assert list(nash(gains)) == [1]
    assert list(kalai_smorodinsky(gains)) == [1]
    assert list(kalai_smorodinsky(np.zeros((2, 2)))) == [0, 1]
