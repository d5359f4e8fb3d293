"""Whether a party would accept: probabilities with a closed form, what decides, how far it is from a yes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.core.errors import LetupError
from letup.support.acceptance import joint_acceptance, judge, wilson_interval
from letup.support.model import Range, RedLine
from letup.support.utility import (
    UtilityModel,
    ValueFunction,
    at_likeliest_values,
    inverse_distribution,
    random_stream,
    require_complete,
    sample,
)
from tests.examples import examples

KNOWN = Range.exactly
HALF = KNOWN(0.5)


def model(
    party: str = "a", *, reservation: Range = HALF, lines: dict[str, RedLine] | None = None, **weights: Range
) -> UtilityModel:
    """Likes days up to ten and, twice as much, monitors."""
    functions = {
        "days": ValueFunction((0.0, 10.0), (KNOWN(0.0), KNOWN(1.0))),
        "monitor": ValueFunction(("nobody", "the UN"), (KNOWN(0.0), KNOWN(1.0))),
    }
    known = {"days": KNOWN(1.0), "monitor": KNOWN(2.0)} | weights
    return UtilityModel(party, functions, known, reservation, lines or {})


def verdict(party: UtilityModel, package: dict, draws: int = 20_000):
    return judge(sample(party, draws, 1), at_likeliest_values(party), [package])[0][0]


def test_the_utility_is_the_weighted_sum() -> None:
    sampled = sample(model(), 3, 0)
    packages = [
        {"days": 4.0, "monitor": "nobody"},
        {"days": 25.0, "monitor": "the UN"},
        {"days": -1.0, "monitor": "nobody"},
    ]
    assert sampled.utility(packages)[:, 0] == pytest.approx([0.4 / 3, 1.0, 0.0])


@pytest.mark.parametrize("days", [1.0, 4.0, 7.5, 9.0])
def test_the_probability_is_the_one_of_the_distribution(days: float) -> None:
    """With a reservation value that may be anything from 0 to 1, a package of utility u is accepted with u."""
    party = model(reservation=Range(0.0, None, 1.0))
    judged = verdict(party, {"days": days, "monitor": "nobody"})
    utility = days / 30
    assert judged.low < judged.probability < judged.high
    assert judged.probability == pytest.approx(utility, abs=0.014)  # four times the sampling error at 0.5


def test_a_triangular_range_is_drawn_as_its_distribution_says() -> None:
    drawn = inverse_distribution(Range(1.0, 2.0, 5.0), random_stream(3, "x").random(200_000))
    assert drawn.mean() == pytest.approx((1 + 2 + 5) / 3, abs=0.01)
    assert drawn.var() == pytest.approx((1 + 4 + 25 - 2 - 5 - 10) / 18, abs=0.01)
    assert (drawn < 2).mean() == pytest.approx(1 / 4, abs=0.005)
    assert (drawn.min() >= 1, drawn.max() <= 5) == (True, True)


def test_weights_add_up_to_one_in_every_draw() -> None:
    sampled = sample(model(days=Range(0.0, 1.0, 9.0), monitor=Range(0.5, None, 4.0)), 500, 4)
    best = sampled.utility([{"days": 10.0, "monitor": "the UN"}])
    assert best == pytest.approx(np.ones((1, 500)))


def test_another_party_or_range_leaves_all_other_draws_as_they_are() -> None:
    first, second = (
        sample(model(reservation=Range(0.1, None, 0.9)), 50, 7),
        sample(model(reservation=Range(0.2, None, 0.9)), 50, 7),
    )
    assert (np.argsort(first.reservation) == np.argsort(second.reservation)).all()
    assert not np.allclose(sample(model("b", reservation=Range(0.1, None, 0.9)), 50, 7).reservation, first.reservation)


def test_a_red_line_counts_whatever_else_there_is() -> None:
    party = model(
        reservation=KNOWN(0.0), lines={"days": RedLine(most=4.0), "monitor": RedLine(never=frozenset({"nobody"}))}
    )
    judged = verdict(party, {"days": 5.0, "monitor": "the UN"})
    assert (judged.answer, judged.probability, judged.refused) == ("reject", 0.0, ("days",))
    assert (judged.deciding_issue, judged.deciding_share) == ("days", 1.0)
    assert [(required.issue, required.needed) for required in judged.required] == [("days", 4.0)]
    assert verdict(party, {"days": 4.0, "monitor": "the UN"}).answer == "accept"
    assert verdict(party, {"days": 5.0, "monitor": "nobody"}).refused == ("days", "monitor")


def test_the_issue_that_turns_most_answers_decides() -> None:
    judged = verdict(model(), {"days": 5.0, "monitor": "nobody"})
    assert (judged.answer, judged.deciding_issue, judged.deciding_share) == ("reject", "monitor", 1.0)
    judged = verdict(model(), {"days": 5.0, "monitor": "the UN"})
    assert (judged.answer, judged.deciding_issue, judged.deciding_share) == ("accept", "monitor", 1.0)


def test_the_distance_is_given_in_days_and_options() -> None:
    judged = verdict(model(reservation=KNOWN(0.8)), {"days": 1.0, "monitor": "the UN"})
    assert judged.shortfall == pytest.approx(0.8 - 0.7)
    (required,) = judged.required
    assert (required.issue, required.current) == ("days", 1.0)
    assert required.needed == pytest.approx(4.0)  # 2/3 + 0.4 / 3 = 0.8
    judged = verdict(model(reservation=KNOWN(0.5)), {"days": 3.0, "monitor": "nobody"})
    assert [(required.issue, required.needed) for required in judged.required] == [
        ("monitor", "the UN")
    ]  # all days alone do not do


def test_an_interval_holds_the_share_it_should() -> None:
    """Of shares of 200 draws at 0.03, about 95 of 100 intervals hold 0.03."""
    rng = np.random.default_rng(5)
    held = [low <= 0.03 <= high for low, high in (wilson_interval(k / 200, 200) for k in rng.binomial(200, 0.03, 4000))]
    assert 0.93 <= np.mean(held) <= 0.98
    assert wilson_interval(0.0, 100)[0] == 0.0
    assert wilson_interval(1.0, 100)[1] == 1.0


def test_all_accept_as_often_as_the_product_of_what_each_does() -> None:
    a, b = (sample(model(party, reservation=Range(0.0, None, 1.0)), 40_000, 2) for party in "ab")
    packages = [{"days": 6.0, "monitor": "the UN"}]
    both = joint_acceptance([a.accepts(packages), b.accepts(packages)])[0]
    assert both == pytest.approx((2 / 3 + 0.2) ** 2, abs=0.01)


@examples(60)
@given(st.integers(0, 2**31), st.floats(0, 10), st.floats(0, 10))
def test_more_of_what_a_party_likes_never_makes_a_yes_less_likely(seed: int, first: float, second: float) -> None:
    less, more = sorted((first, second))
    party = model(days=Range(0.1, 0.5, 3.0), reservation=Range(0.1, 0.4, 0.9))
    accepts = sample(party, 200, seed).accepts(
        [{"days": less, "monitor": "nobody"}, {"days": more, "monitor": "nobody"}]
    )
    assert (accepts[1] | ~accepts[0]).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: model(days=Range(1.0, 0.5, 2.0)),
        lambda: model(reservation=Range(float("nan"), None, 1.0)),
        lambda: UtilityModel(
            "a", {"x": ValueFunction((1.0, 1.0), (KNOWN(0.0), KNOWN(1.0)))}, {"x": KNOWN(1.0)}, KNOWN(0.0)
        ),
        lambda: UtilityModel(
            "a", {"x": ValueFunction((0.0,), (KNOWN(0.0),))}, {"x": Range(-1.0, 0.5, 2.0)}, KNOWN(0.0)
        ),
        lambda: require_complete({"days": 3.0}, [model()]),
        lambda: require_complete({"days": "many", "monitor": "the UN"}, [model()]),
        lambda: require_complete({"days": 3.0, "monitor": "a friend"}, [model()]),
    ],
)
def test_what_makes_no_sense_is_refused(make) -> None:
    with pytest.raises(LetupError, match=r"\[support\."):
        make()
