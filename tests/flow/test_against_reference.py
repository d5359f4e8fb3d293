"""Small networks of every kind: the engine's answers are those of solvers that know nothing of it."""

from __future__ import annotations

from hypothesis import HealthCheck, given

from letup.flow import earliest_arrival
from letup.flow.engine import Flow
from tests.examples import examples
from tests.flow.apart import apart, flow_of, total_of
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up, assert_the_cut_proves_the_total
from tests.flow.small import Case, cases, earliest, expansion, most, steady_cases

many = examples(700, suppress_health_check=list(HealthCheck))
few_examples = examples(150, suppress_health_check=list(HealthCheck))


@many
@given(cases())
def test_nobody_could_bring_more_people_to_shelter(case: Case) -> None:
    total = earliest_arrival(case.net, case.steps, case.quiet).total
    assert total == apart(most, expansion(case))
    assert total == apart(total_of, case.net, case.steps, case.quiet)


@many
@given(cases())
def test_nobody_could_bring_them_earlier(case: Case) -> None:
    assert earliest_arrival(case.net, case.steps, case.quiet).arrivals.tolist() == earliest(case)


@many
@given(cases(scarce=True))
def test_nobody_could_bring_them_earlier_when_shelters_are_scarce(case: Case) -> None:
    assert earliest_arrival(case.net, case.steps, case.quiet).arrivals.tolist() == earliest(case)


@many
@given(cases(scarce=False))
def test_at_every_step_as_many_as_possible_have_arrived_where_room_is_ample(case: Case) -> None:
    arrived = earliest_arrival(case.net, case.steps, case.quiet).arrivals.cumsum()
    possible = [apart(most, expansion(case, last)) for last in range(case.steps)]
    assert (arrived <= possible).all()
    assert not case.ample or arrived.tolist() == possible


@many
@given(cases())
def test_people_keep_to_the_rules(case: Case) -> None:
    assert_people_keep_to_the_rules(case, earliest_arrival(case.net, case.steps, case.quiet))


@many
@given(cases())
def test_the_cut_says_why_not_more(case: Case) -> None:
    assert_the_cut_proves_the_total(case, earliest_arrival(case.net, case.steps, case.quiet))


@many
@given(cases())
def test_routes_say_who_goes_where_and_add_up(case: Case) -> None:
    assert_routes_add_up(case, earliest_arrival(case.net, case.steps, case.quiet))


@few_examples
@given(cases())
def test_highs_gives_the_same_answer_and_proof(case: Case) -> None:
    assert_same(case, flow_of(case.net, case.steps, case.quiet, "highs"))


@few_examples
@given(cases())
def test_ortools_gives_the_same_answer_and_proof(case: Case) -> None:
    assert_same(case, apart(flow_of, case.net, case.steps, case.quiet, "ortools"))


def assert_same(case: Case, flow: Flow) -> None:
    assert flow.arrivals.tolist() == earliest_arrival(case.net, case.steps, case.quiet).arrivals.tolist()
    assert_people_keep_to_the_rules(case, flow)
    assert_the_cut_proves_the_total(case, flow)
    assert_routes_add_up(case, flow)


def test_the_small_networks_are_of_every_kind() -> None:
    met: list[Case] = []

    @many
    @given(cases())
    def collect(case: Case) -> None:
        met.append(case)

    collect()
    full = moved = 0
    for case in met:
        flow = earliest_arrival(case.net, case.steps, case.quiet)
        moved += bool(flow.entering.any())
        room = case.net.shelter[case.net.shelter > 0]
        full += bool(len(room) > 1 and (flow.arriving.sum(axis=1) == room).any() and flow.total > 0)
    assert len(met) >= 700
    assert moved >= 300
    assert full >= 60  # shelters that fill up beside others
    assert sum(case.quiet is not None for case in met) >= 60
    assert sum(case.net.capacity.ndim == 2 for case in met) >= 60
    assert sum(bool(((case.net.supply > 0) & (case.net.shelter > 0)).any()) for case in met) >= 60


@many
@given(cases())
def test_in_any_order_as_many_arrive(case: Case) -> None:
    flow = earliest_arrival(case.net, case.steps, case.quiet, order="any")
    assert flow.total == apart(most, expansion(case))
    assert_people_keep_to_the_rules(case, flow)
    assert_the_cut_proves_the_total(case, flow)
    assert_routes_add_up(case, flow)


def assert_both_orders_are_right(case: Case) -> Flow:
    """Total, rules, cut and routes; returns the flow in the earliest order."""
    total = apart(total_of, case.net, case.steps, case.quiet)
    for order in ("any", "earliest"):
        flow = earliest_arrival(case.net, case.steps, case.quiet, order=order)
        assert flow.total == total
        assert_people_keep_to_the_rules(case, flow)
        assert_the_cut_proves_the_total(case, flow)
        assert_routes_add_up(case, flow)
    return flow


@few_examples
@given(cases(long=True))
def test_over_many_steps_the_same_holds_in_both_orders(case: Case) -> None:
    flow = assert_both_orders_are_right(case)
    possible = [apart(most, expansion(case, last)) for last in range(15, case.steps, 16)]
    arrived = flow.arrivals.cumsum()[15::16].tolist()
    assert all(now <= most_now for now, most_now in zip(arrived, possible, strict=True))
    assert not case.ample or arrived == possible


@few_examples
@given(steady_cases())
def test_where_little_changes_over_hundreds_of_steps_the_same_holds(case: Case) -> None:
    assert_both_orders_are_right(case)


@few_examples
@given(cases())
def test_other_solvers_say_the_same_in_any_order(case: Case) -> None:
    total = earliest_arrival(case.net, case.steps, case.quiet, order="any").total
    for flow in (
        earliest_arrival(case.net, case.steps, case.quiet, "highs", "any"),
        apart(earliest_arrival, case.net, case.steps, case.quiet, "ortools", "any"),
    ):
        assert flow.total == total
        assert_people_keep_to_the_rules(case, flow)
        assert_the_cut_proves_the_total(case, flow)
        assert_routes_add_up(case, flow)
