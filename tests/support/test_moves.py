"""Which single changes gain whose yes, and who could urge whom."""

from __future__ import annotations

from itertools import product

import pytest

from letup.support.acceptance import joint_acceptance
from letup.support.model import Range
from letup.support.moves import Effect, find_advocates, most_acceptable_package, neighbouring_packages, rank_moves
from letup.support.negotiation import negotiation_of
from letup.support.utility import UtilityModel, ValueFunction, sample
from tests.support.negotiations import support

KNOWN = Range.exactly
OPTIONS = {"days": [1.0, 2.0, 4.0, 7.0], "monitor": ["nobody", "the UN", "a neighbour"]}
PACKAGE = {"days": 4.0, "monitor": "nobody"}


def party(name: str, days: tuple[float, float], monitor: tuple[float, float, float]) -> UtilityModel:
    functions = {
        "days": ValueFunction((1.0, 7.0), tuple(map(KNOWN, days))),
        "monitor": ValueFunction(("nobody", "the UN", "a neighbour"), tuple(map(KNOWN, monitor))),
    }
    return UtilityModel(name, functions, {"days": KNOWN(1.0), "monitor": KNOWN(1.0)}, Range(0.3, None, 0.9))


def test_a_step_up_or_down_and_every_other_option_are_tried() -> None:
    packages = [change.package for change in neighbouring_packages(PACKAGE, OPTIONS)]
    assert packages == [
        {"days": 2.0, "monitor": "nobody"},
        {"days": 7.0, "monitor": "nobody"},
        {"days": 4.0, "monitor": "the UN"},
        {"days": 4.0, "monitor": "a neighbour"},
    ]
    assert [
        c.package["days"] for c in neighbouring_packages({"days": 7.0, "monitor": "nobody"}, {"days": OPTIONS["days"]})
    ] == [4.0]


def test_no_move_takes_back_what_law_owes() -> None:
    agreed = {"days": 4.0, "monitor": "the UN"}
    packages = [
        change.package["monitor"] for change in neighbouring_packages(agreed, OPTIONS, owed={"monitor": "nobody"})
    ]
    assert "a neighbour" in packages
    assert "nobody" not in packages


def test_what_gains_a_yes_without_losing_another_comes_first() -> None:
    both = [
        sample(party("a", (0.0, 1.0), (0.0, 1.0, 0.8)), 4000, 1),
        sample(party("b", (1.0, 0.0), (0.3, 0.0, 0.3)), 4000, 1),
    ]
    moves = rank_moves(
        both, ["a", "b"], PACKAGE, neighbouring_packages(PACKAGE, OPTIONS), lambda change: Effect(people=-100.0)
    )
    best = moves["a"][0]
    assert best.change.package == {"days": 4.0, "monitor": "a neighbour"}
    assert best.gain("a") == pytest.approx(0.35 / 0.6, abs=0.03)  # 0.25 is short of 0.3, 0.65 is not
    assert best.gain("b") == 0.0
    assert best.all_after > best.all_before
    assert best.effect.people == -100.0
    assert all(move.gain("b") > 0 for move in moves["b"])
    gains = [move.all_after - move.all_before for move in moves["a"]]
    assert gains == sorted(gains, reverse=True)


def test_of_equal_gains_the_one_that_lets_more_people_out_comes_first() -> None:
    parties = [sample(party("a", (0.5, 0.5), (0.0, 1.0, 1.0)), 500, 1)]
    people = {"the UN": 10.0, "a neighbour": 20.0}
    moves = rank_moves(
        parties,
        ["a"],
        PACKAGE,
        neighbouring_packages(PACKAGE, OPTIONS),
        lambda c: Effect(people.get(c.package["monitor"])),
    )
    assert [move.change.package["monitor"] for move in moves["a"]] == ["a neighbour", "the UN"]


def test_who_accepts_surely_needs_no_moves() -> None:
    sure = sample(party("a", (1.0, 1.0), (1.0, 1.0, 1.0)), 100, 1)
    assert rank_moves([sure], ["a"], PACKAGE, neighbouring_packages(PACKAGE, OPTIONS)) == {}


def test_influence_multiplies_along_the_way_and_needs_a_yes_of_its_own() -> None:
    ties = {
        ("ally", "a"): 0.5,
        ("mediator", "ally"): 0.8,
        ("mediator", "a"): 0.3,
        ("rival", "a"): 0.9,
        ("a", "ally"): 1.0,
    }
    advocates = find_advocates(ties, {"ally": 0.4, "rival": 0.0}, "a")
    assert [(advocate.party, advocate.path) for advocate in advocates] == [
        ("mediator", ("mediator", "ally", "a")),
        ("ally", ("ally", "a")),
    ]
    assert advocates[0].effect == pytest.approx(0.4)
    assert advocates[1].effect == pytest.approx(0.2)


def test_who_need_not_consent_has_moves_too_after_those_who_must_and_by_its_own_yes() -> None:
    """The mediator wants the UN above all; A, who must consent, gains more from a neighbour."""
    a = sample(party("a", (0.0, 1.0), (0.0, 0.5, 1.0)), 4000, 1)
    m = sample(party("m", (0.0, 0.0), (0.0, 1.0, 0.6)), 4000, 1)
    moves = rank_moves([m, a], ["a"], PACKAGE, neighbouring_packages(PACKAGE, OPTIONS))
    assert list(moves) == ["a", "m"]
    assert moves["a"][0].change.package["monitor"] == "a neighbour"
    assert moves["m"][0].change.package["monitor"] == "the UN"
    assert moves["m"][0].all_after < moves["a"][0].all_after


def test_of_equal_gains_and_people_the_one_that_meets_more_need_comes_first() -> None:
    parties = [sample(party("a", (0.5, 0.5), (0.0, 0.8, 0.8)), 2000, 1)]
    need = {"the UN": 10.0, "a neighbour": 20.0}
    moves = rank_moves(
        parties,
        ["a"],
        PACKAGE,
        neighbouring_packages(PACKAGE, OPTIONS),
        lambda c: Effect(0, need.get(c.package["monitor"])),
    )
    assert [move.change.package["monitor"] for move in moves["a"]] == ["a neighbour", "the UN"]


@pytest.mark.parametrize("reservation", [0.3, 0.5, 0.65])
def test_climbing_ends_at_the_likeliest_package_there_is(reservation: float) -> None:
    negotiation = negotiation_of(support(reservation=reservation))
    parties = [sample(model, 400, 1) for model in negotiation.utility_models[:2]]
    options = {issue.id: issue.values for issue in negotiation.support.issues}
    packages = [dict(zip(options, values, strict=True)) for values in product(*options.values())]
    package, share = most_acceptable_package(parties, options, packages[::17])
    shares = joint_acceptance([party.accepts(packages) for party in parties])
    assert share == pytest.approx(shares.max())
    assert shares[packages.index(package)] == share
