"""Duals of the program of days bound what deliveries reach, whatever they are."""

from __future__ import annotations

import numpy as np
import pytest

from letup.aid.deliveries.daily_program import daily_program, proven_bound, quickest_ways
from letup.aid.deliveries.logistics import logistics_of
from letup.core.errors import LetupError
from letup.pauses.limits import moving_array


@pytest.fixture(scope="module")
def laid(hungry_plan):
    """Need, program and proof of the plan's deliveries."""
    made, scenario = hungry_plan.deliveries, hungry_plan.scenario
    quiet = moving_array(scenario, list(hungry_plan.windows))
    program = daily_program(scenario, hungry_plan.network, logistics_of(scenario), made.need, quiet)
    return made, program


def test_the_duals_of_a_plan_prove_its_bound(laid):
    made, program = laid
    assert proven_bound(made.need, program, made.certificate) == pytest.approx(made.bound, rel=1e-12)
    assert made.value <= made.bound


@pytest.mark.parametrize("seed", range(20))
def test_duals_that_were_forged_never_prove_too_much(laid, seed):
    made, program = laid
    random = np.random.default_rng(seed)
    duals = made.certificate * random.choice([0.0, 0.5, 0.9, 1.1, 2.0], len(made.certificate))
    if seed % 2:
        duals = duals + random.normal(0, 1, len(duals))
    assert proven_bound(made.need, program, duals) >= made.value


def test_duals_for_another_program_are_refused(laid):
    made, program = laid
    for duals in (made.certificate[:-1], np.full(len(made.certificate), np.nan)):
        with pytest.raises(LetupError) as caught:
            proven_bound(made.need, program, duals)
        assert caught.value.code == "deliveries.certificate"


def test_no_truck_is_quicker_than_the_quickest_way(hungry_plan):
    scenario, table = hungry_plan.scenario, hungry_plan.deliveries.table
    logistics = logistics_of(scenario)
    quiet = moving_array(scenario, list(hungry_plan.windows))
    for fleet in logistics.fleets:
        ways = quickest_ways(scenario, hungry_plan.network, logistics.stops, fleet.speed_kmh, quiet)
        for row in table[table["truck"] == fleet.id].to_dict("records"):
            assert row["minutes"] >= ways.minutes[row["origin"], row["destination"]] - 1e-3
            assert ways.paused_minutes[row["origin"], row["destination"]] <= row["minutes"] + 1e-3
