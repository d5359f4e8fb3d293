"""A quick flow brings as many as any, keeps to the rules, and its routes arrive when it says people do."""

from __future__ import annotations

import pytest
from hypothesis import given

from letup.flow import earliest_arrival
from letup.flow.quick_flow import quick_flow
from tests.examples import examples
from tests.flow.nights import days_and_nights
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up, assert_the_cut_proves_the_total
from tests.flow.small import Case, cases


def assert_sound(case: Case) -> None:
    flow = quick_flow(case.net, case.steps, case.quiet)
    assert flow.total == earliest_arrival(case.net, case.steps, case.quiet).total
    assert_people_keep_to_the_rules(case, flow)
    assert_routes_add_up(case, flow)
    assert_the_cut_proves_the_total(case, flow)


@examples(100)
@given(case=cases(scarce=True))
def test_where_shelters_fill_up(case: Case) -> None:
    assert_sound(case)


@pytest.mark.parametrize("seed", range(60))
def test_over_days_and_nights(seed: int) -> None:
    assert_sound(days_and_nights(seed))
