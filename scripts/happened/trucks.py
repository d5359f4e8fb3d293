"""The pause of 24 to 30 November: what the rules let in, and to the north, by the machinery of deliveries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd

from letup import roads
from letup.aid.deliveries.make import deliver, prepare
from letup.scenario import Scenario

DAYS = 7
STEP = 60
GOODS, FUEL = "water", "fuel"
TRUCKS, TANKERS, LITRES = 200, 4, 130_000
"""The rules: trucks a day, tank trucks a day, litres of fuel a day."""
SHARES = (0.1, 0.2, 0.3, 0.4)
"""Shares of the trucks allowed north that are tried; none was ever published."""
NORTH_FROM, NORTH_TO, NORTH_SLOTS = "13:00", "18:00", 5
KG_PER_LITRE = 0.84

_BASE, _NORTH, _SOUTH = "crossing-rafah", "point-gaza", "point-khan-yunis"
_START = datetime(2023, 11, 24, tzinfo=timezone(timedelta(hours=2)))


@dataclass(frozen=True)
class Rules:
    """What is put in; None = no limit.

    Attributes
    ----------
    label : str
        What sets it apart.
    per_hour : float or None
        Trucks inspected an hour.
    hours : str
        When the crossing works, local time.
    inside : int
        Trucks that carry goods on from the crossing.
    north : float
        Share of the trucks allowed north of Wadi Gaza.
    """

    label: str
    per_hour: float | None = None
    hours: str = "08:00-18:00"
    inside: int = 400
    north: float = 0.0


@dataclass(frozen=True)
class Delivered:
    """What came of it, by day: trucks with goods that came in, tank trucks, litres, trucks unloaded in the north."""

    trucks: tuple[int, ...]
    tankers: tuple[int, ...]
    litres: tuple[float, ...]
    north: tuple[int, ...]


RULES = Rules("the rules alone")
ALTERNATIVES = (
    Rules("5 trucks an hour inspected", per_hour=5),
    Rules("10 an hour (as in gaza-2023)", per_hour=10),
    Rules("20 an hour", per_hour=20),
    Rules("23 an hour", per_hour=23),
    Rules("10 an hour, open 04:00-24:00", per_hour=10, hours="04:00-24:00"),
    Rules("30 trucks inside", inside=30),
    Rules("100 trucks inside (as in gaza-2023)", inside=100),
    Rules("as gaza-2023: 10 an hour and 100 trucks inside", per_hour=10, inside=100),
)


def deliver_under(base: Scenario, rules: Rules) -> Delivered:
    """Run deliveries under rules with everything quiet from 07:00 on 24 November.

    All goods stand as one essential of which far more is needed than comes, so that trucks are what is short. One
    day more than the pause had is laid out and left out of the answer: goods of the last day would be used too late.
    """
    scenario = _scenario(base, rules)
    network = roads.build(scenario)
    quiet = np.ones((len(scenario.zones), scenario.steps), bool)
    quiet[:, : 7 * 60 // STEP] = False
    deliveries = deliver(
        scenario,
        network,
        quiet,
        prepared=prepare(scenario, network),
        time_limit=60,
        gap=1e-4,
        follow_stocks=False,
    )
    table = deliveries.table

    def by_day(rows: pd.DataFrame, column: str) -> list[float]:
        return [float(rows.loc[rows["day"] == day, column].sum()) for day in range(DAYS)]

    goods, fuel = table[table["item"] == GOODS], table[table["item"] == FUEL]
    return Delivered(
        tuple(map(int, by_day(goods, "trucks"))),
        tuple(map(int, by_day(fuel, "trucks"))),
        tuple(by_day(fuel, "amount")),
        tuple(map(int, by_day(goods[goods["destination"] == _NORTH], "trucks"))),
    )


def _scenario(base: Scenario, rules: Rules) -> Scenario:
    """gaza-2023 with one crossing, one point north and one south of Wadi Gaza, and the rules of the pause."""
    unlimited = float("nan")
    north = [zone for zone in base.zone_ids if zone not in base.deliveries.without_pause]
    south = [zone for zone in base.zone_ids if zone in base.deliveries.without_pause]
    kinds = base.places["kind"].isin(["hospital", "shelter", "checkpoint"])  # where people are, and the passage
    places = base.places[kinds | base.places.index.isin([_BASE, _NORTH, _SOUTH])].copy()
    places["serves"] = pd.Series(None, index=places.index, dtype=object)
    limits = ["hours", "trucks_per_hour", "trucks_per_day", "serves"]
    per_hour = rules.per_hour if rules.per_hour is not None else unlimited
    places.loc[_BASE, limits] = [rules.hours, per_hour, float(TRUCKS + TANKERS), None]
    each = rules.north * TRUCKS / NORTH_SLOTS
    places.loc[_NORTH, limits] = [f"{NORTH_FROM}-{NORTH_TO}", each, unlimited, ";".join(north)]
    places.loc[_SOUTH, limits] = ["00:00-24:00", unlimited, unlimited, ";".join(south)]
    trucks = pd.concat([base.trucks[base.trucks["place"] == _BASE]] * 2, ignore_index=True)
    trucks["id"], trucks["items"] = ["goods", "tankers"], [GOODS, FUEL]
    trucks["count"] = [rules.inside, 2 * TANKERS]
    trucks["payload_kg"] = [10_000.0, LITRES / TANKERS * KG_PER_LITRE]
    supply = base.supply[base.supply["item"].isin([GOODS, FUEL])].copy()
    supply.loc[supply["item"] == GOODS, "trucks_per_day"] = float(TRUCKS)
    supply.loc[supply["item"] == FUEL, ["trucks_per_day", "amount_per_day"]] = [float(TANKERS), float(LITRES)]
    # the north at the low end of its range of water, so that trucks go there as far as the share allows
    facilities = base.facilities.copy()
    facilities.loc[facilities["id"] == "water-north", "make_per_day"] = facilities["make_per_day_low"]
    return replace(
        base,
        start=_START,
        steps=(DAYS + 1) * 24 * 60 // STEP,
        step_minutes=STEP,
        places=places,
        trucks=trucks,
        supply=supply,
        facilities=facilities,
        deliveries=replace(base.deliveries, evenness=1.0),
    )
