"""What holds for every system of stocks: nothing is made of nothing, and more never does harm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from letup.aid import Balance, Presence, Supplies, follow
from tests.aid.small import FUEL, WATER, hospital, plant, system

ZONES = 3
amounts = st.floats(0, 50_000).map(lambda value: round(value, 1))
shares = st.sampled_from([0.0, 0.02, 0.3])


@dataclass(frozen=True)
class Case:
    supplies: Supplies
    presence: Presence


@st.composite
def cases(draw: Any) -> Case:
    serves = st.lists(st.booleans(), min_size=ZONES, max_size=ZONES)
    zone = st.integers(0, ZONES - 1)
    facilities = []
    for _ in range(draw(st.integers(0, 3))):
        tank = draw(st.booleans())
        if draw(st.booleans()):
            use = draw(st.sampled_from([0.0, 40.0, 300.0]))
            facilities.append(plant(use, draw(amounts), draw(serves), zone=draw(zone), tank=tank and use > 0))
        else:
            facilities.append(hospital(draw(st.sampled_from([20.0, 100.0])), zone=draw(zone), zones=ZONES, tank=tank))
    stocks = draw(st.lists(st.tuples(st.sampled_from([FUEL, WATER]), zone, amounts, shares), max_size=8))
    tanks = [(k, draw(st.floats(0, 1000))) for k, facility in enumerate(facilities) if facility.tank]
    times = [0.0, *sorted(draw(st.lists(st.sampled_from([0.3, 1.0, 1.7, 4.2]), max_size=2, unique=True)))]
    people = [[draw(st.integers(0, 900)) for _ in range(ZONES)] for _ in times]
    supplies = system(stocks, facilities, zones=ZONES, tanks=tanks)
    return Case(supplies, Presence(np.array(times), np.array(people, float)))


def unmet(balance: Balance) -> Any:
    return (balance.need - balance.met).sum(axis=0)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_goods_are_neither_made_of_nothing_nor_lost(case: Case) -> None:
    balance = follow(case.supplies, case.presence, 6.5)
    before = np.concatenate([balance.opening[None], balance.left[:-1]])
    assert before + balance.made == pytest.approx(balance.met + balance.lost + balance.left, rel=1e-9, abs=1e-4)
    for part in (balance.need, balance.met, balance.made, balance.lost, balance.left, balance.unmet_person_days):
        assert (part >= 0).all()
    assert (balance.met <= balance.need * (1 + 1e-9) + 1e-6).all()
    assert (balance.unmet_person_days <= balance.person_days + 1e-6).all()
    assert balance.below_survival_person_days == pytest.approx(
        np.minimum(balance.below_survival_person_days, balance.person_days)
    )


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_more_stock_never_leaves_more_need_unmet(case: Case, data: Any) -> None:
    """Fuel is a stock, too: more of it makes more water and keeps hospitals at work."""
    supplies = case.supplies
    batch = data.draw(st.integers(0, len(supplies.amount) - 1))
    more = supplies.amount.copy()
    more[batch] += data.draw(st.sampled_from([10.0, 5000.0]))
    before, after = (follow(stocks, case.presence, 6.5) for stocks in (supplies, replace(supplies, amount=more)))
    slack = 1e-6 * (1 + np.abs(unmet(before)))
    assert (unmet(after) <= unmet(before) + slack).all()
    assert (after.unmet_person_days <= before.unmet_person_days + 1e-6).all()
    assert (after.days_left >= before.days_left - 1e-9).all()
    assert (after.idle_from >= before.idle_from - 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(["make", "use", "need", "loss"]))
def test_each_input_works_in_one_direction(case: Case, changed: str) -> None:
    """The ends of the ranges rest on this: the better end of any input is better whatever the others are."""
    supplies = case.supplies
    made = {
        "make": lambda: replace(
            supplies, facilities=tuple(replace(facility, make=facility.make * 1.3) for facility in supplies.facilities)
        ),
        "use": lambda: replace(
            supplies, facilities=tuple(replace(facility, use=facility.use * 0.7) for facility in supplies.facilities)
        ),
        "need": lambda: replace(supplies, per_person=supplies.per_person * 0.5),
        "loss": lambda: replace(supplies, decay=supplies.decay * 0.5),
    }[changed]()
    before, after = (follow(stocks, case.presence, 6.5) for stocks in (supplies, made))
    assert (after.unmet_person_days <= before.unmet_person_days + 1e-6).all()
    assert (after.days_left >= before.days_left - 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(cases(), st.lists(st.floats(0, 1), min_size=ZONES, max_size=ZONES))
def test_with_fewer_people_in_any_zones_less_is_missing_in_each(case: Case, parts: list[float]) -> None:
    still = Presence(np.zeros(1), case.presence.people[:1])
    fewer = Presence(np.zeros(1), np.floor(case.presence.people[:1] * np.array(parts)))
    before, after = (follow(case.supplies, presence, 6.5) for presence in (still, fewer))
    assert (after.unmet_person_days[WATER] <= before.unmet_person_days[WATER] + 1e-6).all()


@settings(max_examples=12, deadline=None)
@given(cases())
def test_small_steps_come_to_the_same(case: Case) -> None:
    """Followed again with steps of a minute, in the plainest way."""
    horizon = 2.0
    balance = follow(case.supplies, case.presence, horizon)
    met, made = by_minutes(case.supplies, case.presence, horizon)
    assert balance.met.sum(axis=0) == pytest.approx(met, rel=4e-3, abs=60)
    assert balance.made.sum(axis=0) == pytest.approx(made, rel=4e-3, abs=60)


def by_minutes(supplies: Supplies, presence: Presence, horizon: float) -> tuple[Any, Any]:
    step, zones = 1 / 1440, supplies.zones
    pools: dict[int, list[list[float]]] = {}
    for pool, amount, decay in zip(supplies.pool, supplies.amount, supplies.decay, strict=True):
        pools.setdefault(int(pool), []).append([float(amount), float(decay)])
    met, made = np.zeros((2, zones)), np.zeros((2, zones))

    def take(pool: int, wanted: float) -> float:
        got = 0.0
        for batch in pools[pool]:
            part = min(batch[0], wanted - got)
            batch[0] -= part
            got += part
        return got

    for minute in range(round(horizon / step)):
        here = presence.people[np.searchsorted(presence.times, minute * step + 1e-9, side="right") - 1]
        fresh = np.zeros(zones)
        for number, facility in enumerate(supplies.facilities):
            share = 1.0
            if facility.use > 0:
                wanted = facility.use * step
                got = take(2 * zones + number, wanted)
                got += take(FUEL * zones + facility.zone, wanted - got)
                met[FUEL, facility.zone] += got
                share = got / wanted
            if facility.makes >= 0 and facility.serves.any():
                weight = np.where(facility.serves, here, 0.0)
                weight = weight / weight.sum() if weight.sum() else facility.serves / facility.serves.sum()
                for zone in range(zones):
                    amount = facility.make * share * step * float(weight[zone])
                    fresh[zone] += amount
                    made[WATER, zone] += amount
        for zone in range(zones):
            wanted = supplies.per_person[WATER] * float(here[zone]) * step
            direct = min(wanted, float(fresh[zone]))  # what is made is used before what is in stock
            met[WATER, zone] += direct + take(WATER * zones + zone, wanted - direct)
            pools[WATER * zones + zone][-1][0] += float(fresh[zone]) - direct
        for batches in pools.values():
            for batch in batches:
                batch[0] *= float(np.exp(-batch[1] * step))
    return met, made
