"""More quiet is never worse for trucks, whatever they are like and whenever places are open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from hypothesis import given

from letup import roads
from letup.aid.deliveries.make import prepare
from letup.aid.deliveries.make.program import delivery_program
from letup.aid.deliveries.need import needs
from letup.aid.deliveries.residual_capacity import residual_capacity
from letup.aid.people import staying
from letup.roads import RoadNetwork
from letup.scenario import Scenario, example
from tests.aid.deliveries.small import changed, strip, without_stocks
from tests.examples import examples, seeds

OPENING = ("crossing", "warehouse", "distribution_point")


def odd(seed: int) -> tuple[Scenario, np.random.Generator]:
    """The strip with slow trucks, long handling and short opening hours."""
    rng = np.random.default_rng(seed)
    scenario = without_stocks(strip()[0])
    trucks, places = scenario.trucks.copy(), scenario.places.copy()
    many = len(trucks)
    trucks["speed_kmh"] = rng.choice([4.0, 8.0, 15.0, 60.0], many)
    trucks["load_minutes"] = rng.choice([0.0, 45.0, 200.0], many)
    trucks["unload_minutes"] = rng.choice([0.0, 70.0, 150.0], many)
    for place in places.index[places["kind"].isin(OPENING)]:
        opens = int(rng.integers(0, 16))
        places.loc[place, "hours"] = f"{opens:02d}:00-{int(rng.integers(opens + 4, 25)):02d}:00"
    return replace(scenario, trucks=trucks, places=places), rng


def most(scenario: Scenario, network: RoadNetwork, quiet: np.ndarray) -> float:
    """Most that trucks in fractions could add while so much is quiet, person-days."""
    base = prepare(scenario, network)
    need = needs(scenario, base.stocks, staying(scenario))
    laid = delivery_program(
        scenario, base.logistics, need, base.trips(quiet), residual_capacity(scenario, network, None)
    )
    optimum = laid.relaxed() if laid.trucks else None
    return optimum.objective if optimum is not None else 0.0


@examples(10, deadline=None)
@given(seeds(10_000))
def test_more_quiet_is_hardly_ever_worse_for_trucks_in_fractions(seed: int) -> None:
    scenario, rng = odd(seed)
    less = np.zeros((len(scenario.zones), scenario.steps), bool)
    for _ in range(6):
        first = int(rng.integers(0, scenario.steps))
        less[:, first : first + int(rng.integers(2, 600 // scenario.step_minutes))] = True
    # of the departures of an hour that could be unloaded only the quickest is known: see the explanation
    assert most(scenario, strip()[1], np.ones_like(less)) >= most(scenario, strip()[1], less) * (1 - 1e-3) - 1e-6


def test_where_the_quickest_departure_of_an_hour_comes_too_late_another_is_taken() -> None:
    handled = {
        "border": (None, 1.0, np.nan, 1.0),
        "store": ("15:30-19:50", 1.0, 8.0, 5.0),
        "point-north": ("05:30-10:50", 3.0, 8.0, np.nan),
        "point-mill": ("18:30-23:50", np.nan, 30.0, 5.0),
        "point-south": ("16:00-20:00", 3.0, np.nan, np.nan),
    }
    scenario = changed(
        replace(without_stocks(example()), step_minutes=10, steps=144, start=datetime(2030, 1, 2, 2, 10, tzinfo=UTC)),
        trucks={
            "count": [10, 6],
            "payload_kg": [500.0, 3000.0],
            "speed_kmh": [8.0, 60.0],
            "load_minutes": [90.0, 90.0],
            "unload_minutes": [150.0, 70.0],
        },
    )
    places = scenario.places.copy()
    for place, (hours, an_hour, a_day, tonnes) in handled.items():
        places.loc[place, "hours"] = hours
        places.loc[place, ["trucks_per_hour", "trucks_per_day", "tonnes_per_hour"]] = (an_hour, a_day, tonnes)
    settings = replace(scenario.deliveries, evenness=0.0, without_pause=("north",))
    scenario = replace(scenario, places=places, deliveries=settings)
    network = roads.build(scenario)
    quiet = np.zeros((len(scenario.zones), scenario.steps), bool)
    quiet[:, 35:59] = quiet[:, 143:] = True  # 08:00 to 12:00, and the last ten minutes
    less = most(scenario, network, quiet)
    quiet[:, :35] = True
    assert most(scenario, network, quiet) >= less * (1 - 1e-7) > 0
