"""What everything quiet is worth is confirmed place by place; figures that were changed never prove too much."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from letup.core.errors import LetupError
from letup.flow import TimedNetwork
from letup.flow.backends.reference import expand
from letup.flow.priced_flow import priced_flow
from letup.pauses import Choice, Limits, check_bound, choose, choose_pauses
from letup.pauses.bound.all_quiet import bound_all_quiet, cut_all_quiet
from letup.pauses.certificates.all_quiet import AllQuietCertificate, all_quiet_bound
from letup.pauses.incumbent import Never
from letup.pauses.limits import usable_steps
from tests.examples import examples
from tests.flow.nights import days_and_nights
from tests.pauses.bound.tiny import EXACT, clock_of
from tests.pauses.small import drawn

SEEDS = st.integers(0, 10_000)
Case = tuple[TimedNetwork, np.ndarray, np.ndarray]


def case_of(seed: int, scarce: bool) -> Case:
    """A network, the steps that may be quiet, and weights: pauses that can be enumerated, or days and nights."""
    if seed % 3:
        problem = drawn(seed % 15, scarce=scarce)
        return problem.net, usable_steps(problem.limits, problem.net.zones, clock_of(problem)), problem.weight
    case = days_and_nights(seed)
    weight = np.sort(np.random.default_rng(seed).random(case.steps))[::-1]
    net = case.net if scarce else replace(case.net, shelter=1000 * case.net.shelter)
    return net, case.quiet, weight


def certificate_of(case: Case) -> AllQuietCertificate:
    net, usable, weight = case
    certificates = list(bound_all_quiet(net, usable, weight, rounds=12, stop=Never()))
    return certificates[-1] if certificates else AllQuietCertificate.of(np.zeros((net.nodes, len(weight))), 0.0)


def best_flow(case: Case, worth: np.ndarray | None = None) -> float:
    """What the best flow through all that may be quiet is worth: a linear program on the network written out.

    An arrival is worth the weight of its step, or what ``worth`` (float64[shelters, T]) says.
    """
    net, usable, weight = case
    whole = expand(net, len(weight), usable)
    gain = np.zeros(len(whole.tail))
    gain[whole.arrivals] = weight if worth is None else worth
    numbers = np.arange(len(whole.tail))
    ones = np.ones(len(numbers))
    rows = coo_matrix((ones, (whole.head, numbers)), shape=(whole.nodes, len(numbers)))
    rows = (rows - coo_matrix((ones, (whole.tail, numbers)), shape=(whole.nodes, len(numbers)))).tocsr()
    inner = rows[: whole.source]
    upper = np.minimum(whole.capacity, net.supply.sum())
    upper[-1] = 0
    solution = linprog(-gain, A_eq=inner, b_eq=np.zeros(inner.shape[0]), bounds=np.stack([0 * upper, upper], axis=1))
    assert solution.status == 0
    return -float(solution.fun)


@examples(40)
@given(SEEDS, st.booleans())
def test_without_limits_of_room_the_most_valuable_arrivals_come_first(seed: int, scarce: bool) -> None:
    net, usable, weight = case_of(seed, scarce)
    price = np.random.default_rng(seed).random(int((net.shelter > 0).sum())) * weight[0]
    worth = weight[None, :] - price[:, None]
    flow = priced_flow(net, len(weight), usable, worth)
    roomy = replace(net, shelter=1000 * net.shelter)
    best = best_flow((roomy, usable, weight), np.maximum(worth, 0.0))
    assert float((flow.arriving * worth).sum()) == pytest.approx(best, rel=EXACT, abs=EXACT)


def fills_up(case: Case) -> bool:
    net, _, _ = case
    return bool((net.shelter[net.shelter > 0] <= net.supply.sum()).any())


@examples(40)
@given(SEEDS, st.booleans())
def test_a_bound_of_everything_quiet_is_confirmed_and_no_flow_is_worth_more(seed: int, scarce: bool) -> None:
    case = case_of(seed, scarce)
    certificate = certificate_of(case)
    bound = all_quiet_bound(*case, certificate)
    assert bound == pytest.approx(certificate.bound, rel=EXACT, abs=EXACT)
    assert bound >= best_flow(case) - EXACT
    net = case[0]
    if not fills_up(case) and net.waits_freely[net.may_wait].all():
        assert bound == pytest.approx(best_flow(case), rel=EXACT, abs=EXACT)


@examples(60)
@given(SEEDS, st.booleans())
def test_the_cut_proves_how_many_can_arrive_also_where_shelters_and_rooms_to_wait_are_full(
    seed: int, scarce: bool
) -> None:
    net, usable, weight = case_of(seed, scarce)
    each_counts_one = np.ones(len(weight))
    certificate = cut_all_quiet(net, usable, each_counts_one)
    people = best_flow((net, usable, each_counts_one))
    assert all_quiet_bound(net, usable, each_counts_one, certificate) == pytest.approx(people, rel=EXACT, abs=EXACT)
    # Where later arrivals count less it is a bound as well.
    assert cut_all_quiet(net, usable, weight).bound >= best_flow((net, usable, weight)) - EXACT


def changed(certificate: AllQuietCertificate, how: str, random: np.random.Generator) -> AllQuietCertificate:
    """A certificate with one thing changed."""
    first, worth = certificate.first.copy(), certificate.worth.copy()
    i = int(random.integers(len(first)))
    if how == "worth less":
        worth[i] *= random.random()
    elif how == "worth more":
        worth[i] += random.random()
    elif how == "all worth less":
        worth *= random.random()
    elif how == "moved":
        first[i] += int(random.integers(-2, 3))
    elif how == "swapped":
        worth = random.permutation(worth)
    elif how == "left out":
        first, worth = np.delete(first, i), np.delete(worth, i)
    return replace(certificate, first=first, worth=worth)


@examples(40)
@given(
    SEEDS,
    st.booleans(),
    st.sampled_from(["worth less", "worth more", "all worth less", "moved", "swapped", "left out"]),
    st.integers(0, 10_000),
)
def test_worths_that_were_changed_never_prove_too_much(seed: int, scarce: bool, how: str, luck: int) -> None:
    case = case_of(seed, scarce)
    forged = changed(certificate_of(case), how, np.random.default_rng(luck))
    bound = inf
    with suppress(LetupError):  # refused, which is as well
        bound = all_quiet_bound(*case, forged)
    assert bound >= best_flow(case) - EXACT


@examples(20)
@given(SEEDS, st.booleans(), SEEDS)
def test_any_worths_at_all_prove_no_less_than_the_best_flow(seed: int, scarce: bool, luck: int) -> None:
    case = case_of(seed, scarce)
    net, usable, weight = case
    worth = np.random.default_rng(luck).random((net.nodes, len(weight)))
    assert all_quiet_bound(net, usable, weight, AllQuietCertificate.of(worth, 0.0)) >= best_flow(case) - EXACT


def two_roads(**others: object) -> dict[str, object]:
    """A home, a road through a zone that may be quiet by day, a camp with room for few: as for `choose_pauses`."""
    net = TimedNetwork([0, 1], [1, 2], [1, 1], [4, 3], [60, 0, 0], [0, 0, 40], [True, True, True], [0, 0])
    limits = Limits(hours=(6, 18), shortest=1.0, zone_hours=6.0)
    return {"net": net, "steps": 48, "step_minutes": 60, "limits": limits} | others


@pytest.fixture(scope="module")
def choice() -> Choice:
    """What is chosen where there is no relaxation, as on a network that is too large for one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(choose, "PARAMETERS", replace(choose.PARAMETERS, relaxed=0))
        return choose_pauses(**two_roads(), time_limit=60, rounds=1)


def test_where_there_is_no_relaxation_the_choice_says_how_to_confirm_its_bound(choice: Choice) -> None:
    assert isinstance(choice.certificate, AllQuietCertificate)
    assert check_bound(**two_roads(), certificate=choice.certificate) == pytest.approx(choice.bound, rel=EXACT)


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda c, _: replace(c, first=c.first[:-1]), "no worth each"),
        (lambda c, _: replace(c, first=np.zeros(0, int), worth=np.zeros(0)), "no beginning"),
        (lambda c, _: replace(c, first=c.first.astype(float)), "no beginning"),
        (lambda c, _: replace(c, first=c.first + 1), "not in order"),
        (lambda c, _: replace(c, first=c.first[::-1].copy()), "not in order"),
        (lambda c, _: replace(c, first=np.append(c.first[:-1], 3 * 48)), "beyond the network"),
        (lambda c, _: replace(c, worth=-c.worth), "below zero"),
        (lambda c, _: replace(c, worth=c.worth + np.nan), "not finite"),
    ],
)
def test_worths_that_cannot_be_right_are_refused(choice: Choice, forge, reason: str) -> None:
    certificate = choice.certificate
    assert isinstance(certificate, AllQuietCertificate)
    with pytest.raises(LetupError, match=reason) as error:
        check_bound(**two_roads(), certificate=forge(certificate, certificate.worths(3, 48)))
    assert error.value.code == "pauses.certificate"


def test_a_certificate_does_not_confirm_the_bound_of_a_network_that_lets_more_through(choice: Choice) -> None:
    certificate = choice.certificate
    assert certificate is not None
    wide = two_roads()["net"]
    assert isinstance(wide, TimedNetwork)
    for better in (
        replace(wide, capacity=2 * wide.capacity),
        replace(wide, shelter=2 * wide.shelter),
        replace(wide, supply=2 * wide.supply, shelter=2 * wide.shelter, capacity=2 * wide.capacity),
        replace(wide, zone=np.full(2, -1)),
    ):
        assert check_bound(**two_roads(net=better), certificate=certificate) > certificate.bound * (1 + EXACT)
