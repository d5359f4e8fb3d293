"""A road through three zones, with a crossing at its western end, and places beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from letup.aid.convoys.model import Truck
from letup.aid.convoys.tables import NEEDED
from letup.roads import RoadNetwork, build
from letup.scenario.model import Scenario
from tests.roads import small

STEP = 5
STEPS = 288  # one day from 06:00
KMH = 30.0
# where each place stands along the road, metres from the border of the first zone
AT = {"gate": -2000, "point-a": 2000, "clinic-b": 6000, "point-c": 10_000, "clinic-c": 11_300}
TRUCK = Truck("flat", "Flatbed", "gate", 6, 20_000, KMH, 40, 50)


def minutes(origin: str, destination: str, kmh: float = KMH) -> float:
    """Minutes between two places, by hand."""
    return abs(AT[origin] - AT[destination]) * 0.06 / kmh


def world(steps: int = STEPS, **more: Any) -> Scenario:
    kinds = {"gate": "crossing", "point-a": "distribution_point", "point-c": "distribution_point"}
    places = [
        small.place(
            name, kinds.get(name, "hospital"), x, 0, sensitivity="restricted", basis="assumed", note="", name_ar="مكان"
        )
        for name, x in AT.items()
    ]
    for place in places:
        place.update(more.get("places", {}).get(place["id"], {}))
    drivers = (small.DRIVERS,)
    return small.scenario(
        [small.zone(name, 4000 * i, -1000, 4000 * (i + 1), 1000) for i, name in enumerate("abc")],
        [small.road("main", (-2500, 0), (12_500, 0), speed_kmh=60.0)],
        places,
        [small.people(10, zone="a", group="drivers")],
        groups=drivers,
        steps=steps,
        step_minutes=STEP,
        **{key: value for key, value in more.items() if key != "places"},
    )


@cache
def simple() -> tuple[Scenario, RoadNetwork]:
    scenario = world()
    return scenario, build(scenario)


def pauses(*spans: tuple[int, int], steps: int = STEPS) -> np.ndarray[Any, Any]:
    """Quiet from a minute to a minute in each of the three zones; (0, 0) is never."""
    quiet = np.zeros((3, steps), bool)
    for zone, (first, last) in enumerate(spans):
        quiet[zone, first // STEP : last // STEP] = True
    return quiet


def deliveries(*rows: dict[str, Any]) -> pd.DataFrame:
    whole = {
        "day": 0, "origin": "gate", "truck": "flat", "trucks": 1, "item": "food", "amount": 1000.0, "unit": "kcal",
        "kg": 20_000.0, "depart_first_step": 0, "arcs": "",
    }  # fmt: skip
    return pd.DataFrame([{"id": f"d{i}"} | whole | row for i, row in enumerate(rows)], columns=NEEDED)
