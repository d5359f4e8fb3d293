"""The example strip with other trucks, supplies and quiet hours."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from letup import roads
from letup.roads import RoadNetwork
from letup.scenario import Scenario, example


@cache
def strip() -> tuple[Scenario, RoadNetwork]:
    scenario = example()
    return scenario, roads.build(scenario)


def changed(scenario: Scenario, **tables: dict[str, Any]) -> Scenario:
    """The scenario with columns of tables set: ``changed(s, trucks={"count": [3, 0]})``."""
    fresh = {}
    for name, columns in tables.items():
        table = getattr(scenario, name).copy()
        for column, values in columns.items():
            table[column] = values
        fresh[name] = table
    return replace(scenario, **fresh)


def without_stocks(scenario: Scenario) -> Scenario:
    """Nothing in the zones but what is known to be nothing, so that everything is wanted."""
    stocks = scenario.stocks.copy()
    stocks.loc[stocks["zone"].notna(), ["amount", "amount_low", "amount_high"]] = 0.0
    return replace(scenario, stocks=stocks)


def quiet_hours(scenario: Scenario, first: float, last: float, zones: tuple[str, ...] = ()) -> np.ndarray:
    """Quiet in some zones, or all, from one hour after the start of each day to another."""
    quiet = np.zeros((len(scenario.zones), scenario.steps), bool)
    hour = np.arange(scenario.steps) * scenario.step_minutes / 60 % 24
    rows = [k for k, zone in enumerate(scenario.zone_ids) if not zones or zone in zones]
    quiet[rows] = (hour >= first) & (hour < last)
    return quiet
