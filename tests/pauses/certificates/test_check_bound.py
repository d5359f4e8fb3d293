"""A bound is confirmed from its certificate; a certificate that was changed never proves too much."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, assume, given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.core.errors import LetupError
from letup.flow import TimedNetwork
from letup.pauses import Limits, check_bound, choose_pauses
from letup.pauses.bound.relaxation import Relaxation
from letup.pauses.certificates.certificate import Certificate, ReachCut
from letup.pauses.certificates.coarse_network import every_node
from letup.pauses.incumbent import TimeLimit
from letup.pauses.problem import weight_of
from tests.examples import examples, seeds
from tests.pauses.bound.tiny import EXACT, clock_of
from tests.pauses.certificates.test_coarse_network import any_grouping
from tests.pauses.small import Problem, drawn

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@cache
def certificate_of(seed: int, how: int | None = None) -> Certificate | None:
    """A certificate, on every node or on a random grouping."""
    problem = drawn(seed)
    net = problem.net
    grouping = every_node(net) if how is None else any_grouping(net, np.random.default_rng(how))
    relaxation = Relaxation(net, problem.limits, clock_of(problem), problem.weight, grouping)
    if not relaxation.program.lower or not relaxation.solve(60):
        return None
    relaxation.tighten(TimeLimit(60))
    return relaxation.certificate()


def confirmed(problem: Problem, certificate: Certificate) -> float:
    return check_bound(
        problem.net, limits=problem.limits, weight=problem.weight, certificate=certificate, **problem.clock
    )


def confirmed_or_refused(problem: Problem, certificate: Certificate) -> float | None:
    """The bound confirmed; None where the certificate is refused for not fitting."""
    try:
        return confirmed(problem, certificate)
    except LetupError as error:
        if error.code != "pauses.certificate":
            raise
        return None


def changed(certificate: Certificate, how: str, random: np.random.Generator) -> Certificate | None:
    """A certificate with one thing changed; None where there is nothing to change."""
    cuts, duals = list(certificate.cuts), certificate.duals.copy()
    if how == "duals":
        i = int(random.integers(len(duals)))
        duals[i] += float(random.choice([-1, 1])) * 10 ** random.uniform(-3, 2)
        return replace(certificate, duals=duals)
    if how == "grouping":
        group = certificate.grouping.group.copy()
        group[random.integers(len(group))] = random.integers(len(group))
        _, group = np.unique(group, return_inverse=True)
        return replace(certificate, grouping=replace(certificate.grouping, group=group.astype(np.int64)))
    if how == "lead":
        lead = certificate.grouping.lead.copy()
        lead[random.integers(len(lead))] += int(random.choice([-1, 1]))
        return replace(certificate, grouping=replace(certificate.grouping, lead=lead))
    if how == "bucket":
        return replace(certificate, grouping=replace(certificate.grouping, bucket=int(random.integers(1, 5))))
    if not cuts:
        return None
    reach = [i for i, cut in enumerate(cuts) if isinstance(cut, ReachCut)]
    if how in ("move", "price", "need") and not reach:
        return None
    i = int(random.choice(reach)) if how in ("move", "price", "need") else int(random.integers(len(cuts)))
    if how == "move":
        cuts[i] = replace(cuts[i], move=max(0, cuts[i].move + int(random.choice([-2, -1, 1, 2]))))
    elif how == "price":
        need = sorted(cuts[i].prices)[0]
        cuts[i] = replace(cuts[i], prices=cuts[i].prices | {need: cuts[i].prices[need] * random.choice([0.0, 0.5, 2])})
    elif how == "need":
        prices = {(z, max(s + 1, 0), e + 1): price for (z, s, e), price in cuts[i].prices.items()}
        cuts[i] = replace(cuts[i], prices=prices)
    else:
        cuts.pop(i)
        duals = np.delete(duals, len(duals) - len(certificate.cuts) + i)
    return replace(certificate, cuts=cuts, duals=duals)


@examples(30, phases=PHASES)
@given(seed=SEEDS, how=st.one_of(st.none(), st.integers(0, 9)))
def test_the_bound_is_confirmed(seed: int, how: int | None) -> None:
    certificate = certificate_of(seed, how)
    assume(certificate is not None)
    bound = confirmed(drawn(seed), certificate)
    assert bound == pytest.approx(certificate.bound, rel=EXACT, abs=EXACT)
    assert bound >= drawn(seed).best - EXACT


HOW = ["duals", "grouping", "lead", "bucket", "move", "price", "need", "gone"]


@examples(80, phases=PHASES)
@given(seed=SEEDS, how=st.sampled_from(HOW), luck=st.integers(0, 2**32 - 1))
def test_a_certificate_that_was_changed_never_proves_too_much(seed: int, how: str, luck: int) -> None:
    certificate = certificate_of(seed)
    assume(certificate is not None)
    forged = changed(certificate, how, np.random.default_rng(luck))
    assume(forged is not None)
    bound = confirmed_or_refused(drawn(seed), forged)
    assert bound is None or bound >= drawn(seed).best - EXACT


@examples(40, phases=PHASES)
@given(seed=SEEDS, other=SEEDS)
def test_the_certificate_of_another_problem_never_proves_too_much(seed: int, other: int) -> None:
    certificate = certificate_of(other)
    assume(certificate is not None)
    bound = confirmed_or_refused(drawn(seed), certificate)
    assert bound is None or bound >= drawn(seed).best - EXACT


def strip() -> dict:
    """A small problem whose certificate has cuts."""
    net = TimedNetwork(
        [0, 1, 2], [1, 2, 3], [2] * 3, [200, 200, 20], [400, 0, 0, 0], [0, 0, 0, 900], [False] * 4, range(3)
    )
    return {
        "net": net,
        "steps": 30,
        "step_minutes": 30,
        "start_hour": 5.0,
        "limits": Limits(hours=(6, 18), shortest=2, zone_hours=9),
    }


def test_what_the_choice_hands_out_is_confirmed_and_binds_its_bound() -> None:
    choice = choose_pauses(**strip(), time_limit=10)
    assert choice.certificate is not None
    assert choice.certificate.cuts
    bound = check_bound(**strip(), certificate=choice.certificate)
    assert bound == pytest.approx(choice.certificate.bound, rel=EXACT)
    assert choice.value <= choice.bound <= bound + EXACT


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    """The certificate of the strip's relaxation."""
    problem = strip()
    clock = Clock(problem["steps"], problem["step_minutes"], problem["start_hour"])
    relaxation = Relaxation(problem["net"], problem["limits"], clock, weight_of(None, 30), every_node(problem["net"]))
    assert relaxation.solve(60)
    relaxation.tighten(TimeLimit(60))
    return relaxation.certificate()


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda c: replace(c, duals=c.duals[:-1]), "duals"),
        (lambda c: replace(c, duals=np.full_like(c.duals, np.nan)), "duals"),
        (lambda c: replace(c, cuts=[replace(c.cuts[0], move=10**6), *c.cuts[1:]]), "does not exist"),
        (lambda c: replace(c, cuts=[replace(c.cuts[0], move=-1), *c.cuts[1:]]), "does not exist"),
        (lambda c: replace(c, cuts=[replace(c.cuts[0], prices={}), *c.cuts[1:]]), "lets somebody through"),
        (lambda c: replace(c, cuts=[replace(c.cuts[0], prices={(0, 3, 3): -1.0}), *c.cuts[1:]]), "below zero"),
        (lambda c: replace(c, cuts=[replace(c.cuts[0], prices={(0, 3, 9): 1.0}), *c.cuts[1:]]), "more than a window"),
        (lambda c: replace(c, grouping=replace(c.grouping, group=c.grouping.group[:-1])), "other nodes"),
        (lambda c: replace(c, grouping=replace(c.grouping, bucket=0)), "other nodes"),
        (lambda c: replace(c, grouping=replace(c.grouping, lead=np.array([9, 0, 0, 0]))), "back in shifted time"),
    ],
)
def test_a_certificate_that_cannot_be_right_is_refused(certificate: Certificate, forge, reason: str) -> None:
    with pytest.raises(LetupError, match=reason) as error:
        check_bound(**strip(), certificate=forge(certificate))
    assert error.value.code == "pauses.certificate"
