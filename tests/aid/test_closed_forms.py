"""What can be worked out on paper comes out as on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from letup.aid import Facility, Presence, follow
from tests.aid.small import FUEL, WATER, hospital, plant, system, there


def test_days_left_are_stock_over_need() -> None:
    balance = follow(system([(WATER, 0, 90_000.0, 0.0)]), there(1000), 7.0)
    assert balance.days_left[WATER, 0] == pytest.approx(90_000 / (1000 * 15))
    assert balance.unmet_person_days[WATER, 0] == pytest.approx(1000 * (7 - 6))
    assert balance.met[:, WATER, 0].sum() == pytest.approx(90_000)


def test_a_stock_that_perishes_lasts_as_the_differential_equation_says() -> None:
    stock, share, need = 90_000.0, 0.1, 15_000.0
    rate = -math.log(1 - share)
    balance = follow(system([(WATER, 0, stock, share)]), there(1000), 7.0)
    lasts = math.log1p(rate * stock / need) / rate
    assert balance.days_left[WATER, 0] == pytest.approx(lasts)
    assert balance.lost[:, WATER, 0].sum() == pytest.approx(stock - need * lasts)


def test_a_stock_nobody_uses_decays_by_its_share_each_day() -> None:
    balance = follow(system([(WATER, 0, 1000.0, 0.2)]), there(0), 3.0)
    assert balance.left[:, WATER, 0] == pytest.approx([800, 640, 512])


def test_the_most_perishable_batch_is_used_first() -> None:
    balance = follow(system([(WATER, 0, 15_000.0, 0.0), (WATER, 0, 15_000.0, 0.5)]), there(1000), 5.0)
    rate = math.log(2)
    first = math.log1p(rate) / rate
    assert balance.days_left[WATER, 0] == pytest.approx(first + 1)


def test_a_plant_makes_water_until_its_fuel_is_burnt() -> None:
    """Fuel for 4 days; water is made at two thirds of the need, so a stock for 2 days lasts 6; then fuel is gone."""
    plants = [plant(100, 10_000, [True])]
    balance = follow(system([(FUEL, 0, 400.0, 0.0), (WATER, 0, 30_000.0, 0.0)], plants), there(1000), 10.0)
    assert balance.days_left[FUEL, 0] == balance.idle_from[0] == pytest.approx(4)
    # 30,000 - 4 * 5,000 = 10,000 are left when the plant stops: two thirds of a day
    assert balance.days_left[WATER, 0] == pytest.approx(4 + 2 / 3)
    assert balance.made[:, WATER, 0].sum() == pytest.approx(40_000)


def test_below_survival_begins_when_less_is_made_than_people_live_on() -> None:
    for litres, first in ((2.0, 0.0), (4.0, math.inf)):
        balance = follow(system([], [plant(0, litres * 1000, [True])]), there(1000), 7.0)
        assert balance.survival_days_left[WATER, 0] == first
        assert balance.unmet_person_days[WATER, 0] == pytest.approx(7 * 1000 * (1 - litres / 15))
        assert balance.below_survival_person_days[WATER, 0] == (7000 if litres < 3 else 0)


def test_a_hospital_uses_its_own_fuel_before_the_zones() -> None:
    """Own fuel for 2 days; then hospital and plant share 300 litres at 150 a day, of which 2 days of 100 are gone."""
    facilities = [plant(100, 10_000, [True]), hospital(50, tank=True)]
    supplies = system([(FUEL, 0, 500.0, 0.0)], facilities, tanks=[(1, 100.0)])
    balance = follow(supplies, there(1000), 7.0)
    assert balance.idle_from == pytest.approx([4, 4])
    assert balance.opening[FUEL, 0] == 600


def test_what_is_too_little_for_all_goes_to_those_who_come_first() -> None:
    """150 litres a day are made; a hospital needs 100, a kitchen 100, and people come last."""
    none = np.zeros(1, bool)
    users = [Facility(name, "", 0, WATER, 100.0, -1, 0.0, none, False) for name in ("hospital", "kitchen")]
    balance = follow(system([], [*users, plant(0, 150, [True])]), there(10), 2.0)
    assert balance.idle_from == pytest.approx([math.inf, 0, math.inf])
    assert balance.met[:, WATER, 0] == pytest.approx([150, 150])
    assert balance.unmet_person_days[WATER, 0] == pytest.approx(20)
    enough = follow(system([(WATER, 0, 200.0, 0.0)], [*users, plant(0, 150, [True])]), there(10), 2.0)
    assert enough.idle_from == pytest.approx([math.inf, 1, math.inf])


def test_what_is_made_goes_by_people_to_the_zones_served_and_without_fuel_nothing_is() -> None:
    balance = follow(system([], [plant(0, 30_000, [True, True])], zones=2), there(1000, 3000), 1.0)
    assert balance.made[0, WATER] == pytest.approx([7500, 22_500])
    starved = follow(system([], [plant(100, 30_000, [True])]), there(1000), 1.0)
    assert (starved.idle_from[0], starved.made.sum()) == (0.0, 0.0)


def test_what_is_made_beyond_the_need_is_kept() -> None:
    balance = follow(system([(FUEL, 0, 200.0, 0.0)], [plant(100, 30_000, [True])]), there(1000), 5.0)
    assert balance.days_left[WATER, 0] == pytest.approx(4)


def test_a_need_moves_with_the_people() -> None:
    """A thousand people live on 60,000 litres for two days; then three in four leave."""
    moved = Presence(np.array([0.0, 2.0]), np.array([[1000.0, 0.0], [250.0, 750.0]]))
    balance = follow(system([(WATER, 0, 60_000.0, 0.0)], zones=2), moved, 20.0)
    assert balance.days_left[WATER, 0] == pytest.approx(2 + 30_000 / (250 * 15))
    assert balance.days_left[WATER, 1] == 2
    assert balance.person_days[WATER].sum() == pytest.approx(20_000)


def test_a_lasting_shortage_everywhere_is_one_stretch_a_day() -> None:
    """Rounding in what is shared out must not fill and empty stocks within no time, again and again."""
    random = np.random.default_rng(1)
    zones = 40
    plants = [plant(0, random.uniform(1000, 9000), list(random.random(zones) < 0.7)) for _ in range(4)]
    users = [
        Facility(str(k), "", k % zones, WATER, random.uniform(1, 90), -1, 0.0, np.zeros(zones, bool), False)
        for k in range(3 * zones)
    ]
    people = there(*random.integers(500, 900, zones).tolist())
    balance = follow(system([], [*users, *plants], zones=zones), people, 6.5, stretches=True)
    assert len(balance.stretches) == 7
    assert (balance.left == 0).all()


def test_days_left_are_looked_for_beyond_the_days_that_are_summed() -> None:
    balance = follow(system([(WATER, 0, 15_000.0 * 100, 0.0)]), there(1000), 2.5)
    assert balance.days_left[WATER, 0] == pytest.approx(100)
    assert balance.day_ends == pytest.approx([1, 2, 2.5])
    assert balance.need[:, WATER, 0] == pytest.approx([15_000, 15_000, 7500])
    assert follow(system([(WATER, 0, 15_000.0 * 400, 0.0)]), there(1000), 2.5).days_left[WATER, 0] == math.inf
