"""Deliveries as a whole: nothing comes from nowhere, more never does harm, and small cases are as good as can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letup.aid.deliveries.make import deliver, prepare, upper_bound
from letup.aid.deliveries.make.deliver import balance
from letup.aid.deliveries.make.program import delivery_program
from letup.aid.deliveries.make.trips import trips
from letup.aid.deliveries.model import DELIVERIES, RETURNS
from letup.aid.deliveries.need import hand_out, needs
from letup.aid.deliveries.program import ELSEWHERE
from letup.aid.deliveries.residual_capacity import residual_capacity
from letup.aid.people import staying
from letup.scenario.model import DeliverySettings
from tests.aid.deliveries.small import changed, quiet_hours, strip, without_stocks
from tests.examples import examples

ZONES = ("north", "mill", "bridge", "south")

cases = st.fixed_dictionaries({
    "border": st.integers(0, 12),
    "store": st.integers(0, 4),
    "payload": st.sampled_from([900.0, 8000.0, 20000.0]),
    "in_store": st.sampled_from([0.0, 3000.0, 9000.0]),
    "water": st.sampled_from([0.0, 7000.0, 60000.0]),
    "first": st.sampled_from([0, 3]),
    "last": st.sampled_from([4, 8, 24]),
    "zones": st.sampled_from([(), ("mill",), ("mill", "bridge"), ZONES]),
    "evenness": st.sampled_from([0.0, 0.5, 1.0]),
})  # fmt: skip


def scenario_of(case):
    scenario = without_stocks(strip()[0])
    stocks = scenario.stocks.copy()
    stocks.loc[stocks["place"] == "store", ["amount", "loss_per_day"]] = [case["in_store"], 0.1]
    supply = {"amount_per_day": [np.nan, case["water"], 2000.0]}
    scenario = replace(scenario, stocks=stocks, deliveries=DeliverySettings(case["evenness"], 2, 10, ("south",)))
    return changed(
        scenario,
        trucks={"count": [case["border"], case["store"]], "payload_kg": [case["payload"], 3000.0]},
        supply=supply,
    )


def quiet_of(scenario, case):
    if not case["zones"]:
        return np.zeros((len(ZONES), scenario.steps), bool)
    return quiet_hours(scenario, case["first"], case["last"], case["zones"])


@examples(12, deadline=None)
@given(cases)
def test_goods_are_neither_made_nor_lost(case):
    scenario, network = scenario_of(case), strip()[1]
    base = prepare(scenario, network)
    made = deliver(scenario, network, quiet_of(scenario, case), prepared=base, time_limit=0.3, gap=0.02)
    table = made.table
    assert list(table.columns) == DELIVERIES.names
    assert list(made.returns.columns) == RETURNS.names
    assert (table["amount"] >= 0).all()
    assert (
        table["kg"] <= table["trucks"] * np.where(table["truck"] == "border-trucks", case["payload"], 3000) + 1e-3
    ).all()
    days = made.need.day_of_step[made.returns["free_step"].to_numpy(int) - 1] if len(table) else np.zeros(0, int)
    for item in ("water", "food"):
        of_item = table["item"] == item
        entered = table[of_item & (table["origin"] == "border")]["amount"].sum()
        handed = table[of_item & (table["zone"] != "")]["amount"].sum()
        opening = case["in_store"] if item == "water" else 0.0
        stock, lost = opening, 0.0
        for day in range(len(made.need.ends)):
            out = table[of_item & (table["origin"] == "store") & (table["day"] == day)]["amount"].sum()
            assert out <= stock + 1e-3  # stocks are never negative
            length = float(np.diff(made.need.ends, prepend=0.0)[day])
            kept = (stock - out) * (0.9**length if item == "water" and opening else 1.0)
            lost += stock - out - kept
            stock = kept + table[of_item & (table["destination"] == "store") & (days == day)]["amount"].sum()
        assert opening + entered == pytest.approx(handed + stock + lost, abs=0.1)
        assert made.need.value(made.used)[0] == pytest.approx(made.total)
    after = made.balance
    before = np.concatenate([after.opening[None], after.left[:-1]])
    assert before + after.made + after.delivered == pytest.approx(
        after.met + after.lost + after.left, rel=1e-9, abs=1e-3
    )
    names = [essential.name for essential in base.stocks.essentials]
    for item in ("water", "food"):
        handed = table[(table["item"] == item) & (table["zone"] != "")]["amount"].sum()
        assert after.delivered[:, names.index(item)].sum() == pytest.approx(handed, rel=1e-6)
    without = balance(scenario, base.stocks, staying(scenario), table[:0], made.returns[:0])
    assert (after.unmet_person_days <= without.unmet_person_days + 1e-6).all()
    assert made.value_without <= made.value <= made.bound * (1 + 1e-9)


@examples(8, deadline=None)
@given(cases, st.integers(1, 5))
def test_more_trucks_never_make_need_met_worse(case, more):
    few = scenario_of(case)
    many = changed(few, trucks={"count": [case["border"] + more, case["store"] + more]})
    quiet, network = quiet_of(few, case), strip()[1]
    less, better = (bounds(scenario, network, quiet) for scenario in (few, many))
    assert (better >= less * (1 - 1e-7)).all()


@examples(8, deadline=None)
@given(cases, st.sampled_from(ZONES), st.integers(0, 200), st.integers(4, 80))
def test_more_quiet_never_makes_it_worse(case, zone, start, length):
    scenario, network = scenario_of(case), strip()[1]
    quiet = quiet_of(scenario, case)
    more = quiet.copy()
    more[ZONES.index(zone), start : start + length] = True
    less, better = (bounds(scenario, network, hours) for hours in (quiet, more))
    assert better[1] >= less[1] * (1 - 1e-7)
    # of each hour only one trip is known, and more quiet may make another the quickest: see the explanation
    assert better[0] >= less[0] * 0.99
    # and what could be done in any of those hours bounds what can be done in some
    assert less[1] >= less[0] * (1 - 1e-7)
    assert better[1] >= less[0] * (1 - 1e-7)


@examples(6, deadline=None)
@given(cases, st.integers(1, 3), st.sampled_from(ZONES), st.integers(8, 250), st.integers(8, 40))
def test_what_whole_trucks_meet_is_no_less_with_more_of_them_or_more_quiet(case, more, zone, start, length):
    few = scenario_of({**case, "border": case["border"] % 3, "store": case["store"] % 2})
    many = changed(few, trucks={"count": [int(count) + more for count in few.trucks["count"]]})
    quiet, network = quiet_of(few, case), strip()[1]
    longer = quiet.copy()
    longer[ZONES.index(zone), start : start + length] = True
    less, others, calmer = (
        deliver(scenario, network, hours, time_limit=1, follow_stocks=False)
        for scenario, hours in ((few, quiet), (many, quiet), (few, longer))
    )
    for better in (others, calmer):
        assert better.value >= less.value * 0.99
        assert better.total >= better.total_without - 1e-6


def bounds(scenario, network, quiet):
    """Most that deliveries could reach while just that is quiet, and while any of it is."""
    base = prepare(scenario, network)
    made = deliver(scenario, network, quiet, prepared=base, time_limit=0.1, gap=0.5, follow_stocks=False)
    return np.array([made.bound, upper_bound(scenario, quiet, prepared=base).bound])


@pytest.mark.parametrize("evenness", [0.0, 1.0])
def test_on_a_tiny_case_no_other_choice_of_whole_trucks_is_better(evenness):
    scenario = without_stocks(strip()[0])
    trucks = {"count": [2, 1], "payload_kg": [20000.0, 4000.0], "items": ["food", "water"]}
    scenario = changed(scenario, trucks=trucks, places={"tonnes_per_hour": np.nan})
    scenario = replace(scenario, deliveries=DeliverySettings(evenness, 2, 10, ()))
    network = strip()[1]
    quiet = np.zeros((4, scenario.steps), bool)
    quiet[:, 8:17] = True  # one window: no time for two trips of one truck
    base = prepare(scenario, network)
    made = deliver(scenario, network, quiet, prepared=base, gap=0.0)
    need = needs(scenario, base.stocks, staying(scenario))
    possible_trips = trips(base.logistics, base.roads, quiet)
    laid = delivery_program(scenario, base.logistics, need, possible_trips, residual_capacity(scenario, network, None))
    matrix = laid.linear.matrix.toarray()
    only = (np.abs(matrix[:, laid.trucks :]).sum(axis=1) == 0) & (np.abs(matrix).sum(axis=1) > 0)
    limits, highs = matrix[only][:, : laid.trucks], np.array(laid.linear.row_upper)[only]
    names = {name: k for k, name in enumerate(need.names)}
    best, tried = 0.0, 0
    assert 2 < laid.trucks <= 40
    for chosen in choices(laid.trucks):
        trucks_each = np.array(chosen)
        if (limits @ trucks_each > highs + 1e-9).any():
            continue
        tried += 1
        delivered = np.zeros(need.need.shape)
        for cargo, count in zip(laid.cargoes, trucks_each, strict=True):
            if cargo.zone != ELSEWHERE:  # neither food at the crossing nor water in the store runs out
                delivered[cargo.arrives, names[cargo.item], cargo.zone] += count * cargo.load
        best = max(best, need.value(hand_out(need, delivered))[1])
    assert tried > 10
    assert made.value == pytest.approx(best, rel=1e-6)
    assert made.bound >= best * (1 - 1e-9)


def choices(columns):
    """All choices of at most three trucks, which is all there are, among many cargoes."""
    for count in range(4):
        for picked in combinations_with_replacement(range(columns), count):
            chosen = [0] * columns
            for k in picked:
                chosen[k] += 1
            yield chosen


def test_the_most_even_choice_serves_the_worst_zone_better_than_the_largest_total():
    case = {"border": 3, "store": 1, "payload": 4000.0, "in_store": 0.0, "water": 30000.0, "first": 0, "last": 24}
    network, deliveries = strip()[1], {}
    for evenness in (0.0, 1.0):
        scenario = scenario_of({**case, "zones": ZONES, "evenness": evenness})
        deliveries[evenness] = deliver(scenario, network, quiet_hours(scenario, 0, 24), time_limit=1)
    assert deliveries[0.0].total >= deliveries[1.0].total * (1 - 0.01)
    food = deliveries[0.0].need.names.index("food")
    assert np.nanmin(deliveries[1.0].shares[food]) >= np.nanmin(deliveries[0.0].shares[food]) - 1e-9


def test_people_come_first_where_trucks_share_a_checkpoint_with_them():
    import pandas as pd

    scenario, network = strip()
    control = network.place_node["control"]
    onward = int(np.flatnonzero((network.tail == control) & (network.vehicles_per_hour > 0))[0])
    before = int(np.flatnonzero((network.head == control) & (network.tail != network.head[onward]))[0])
    row = {"group": "foot", "people_per_step": 150, "depart_first_step": 12, "depart_last_step": 35}
    crowd = pd.DataFrame([row | {"arcs": f"{before}@0 {onward}@0"}])
    taken = residual_capacity(scenario, network, crowd)
    assert taken.trucks(("checkpoint", control, 4)) == 0  # 600 people an hour, and so many walk
    assert residual_capacity(scenario, network, None).trucks(("checkpoint", control, 4)) == 60
