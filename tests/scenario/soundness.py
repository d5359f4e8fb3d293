"""What must be true of every scenario that letup loads, said again without letup's own checks."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
from shapely.geometry import Polygon

from letup.aid import assess
from letup.scenario import Scenario

BASES = {"observed", "modelled", "assumed"}


def assert_sound(scenario: Scenario) -> None:
    """Raise AssertionError if a later room could stumble over the scenario."""
    ZoneInfo(scenario.timezone)
    for moment in (scenario.as_of, scenario.start):
        assert isinstance(moment, datetime)
        assert moment.utcoffset() is not None
    assert 1 <= scenario.steps <= 20_000
    assert 1 <= scenario.step_minutes <= 240
    assert scenario.groups
    assert math.isfinite(scenario.half_time_hours)
    assert scenario.half_time_hours >= 0
    for group in scenario.groups:
        assert group.mode in {"foot", "vehicle"}
        assert 0 < group.speed_kmh <= 120
    assert len({group.name for group in scenario.groups}) == len(scenario.groups)
    _assert_layers(scenario)
    _assert_tables(scenario)


def _assert_layers(scenario: Scenario) -> None:
    assert len(scenario.zones)
    assert len(scenario.roads)
    kinds = (("zones", {"Polygon", "MultiPolygon"}), ("roads", {"LineString"}), ("places", {"Point"}))
    for name, types in kinds:
        layer = getattr(scenario, name)
        assert layer.index.is_unique
        assert all(isinstance(key, str) and key for key in layer.index)
        assert set(layer.geometry.geom_type) <= types
        assert layer.geometry.is_valid.all()
        assert not layer.geometry.is_empty.any()
        west, south, east, north = layer.total_bounds if len(layer) else (0, 0, 0, 0)
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
        _assert_provenance(layer, scenario)
    shapes: list[Polygon] = list(scenario.zones.geometry) if len(scenario.zones) < 50 else []
    for i, first in enumerate(shapes):
        for second in shapes[:i]:
            assert first.intersection(second).area <= 0.001 * min(first.area, second.area) + 1e-12
    roads, places = scenario.roads, scenario.places
    assert roads["damage"].between(0, 1).all()
    for column in ("foot_per_hour", "vehicles_per_hour", "lanes", "speed_kmh", "width_m"):
        assert (roads[column].dropna() > 0).all()
        assert roads[column].dropna().map(math.isfinite).all()
    assert (places.loc[places["kind"] == "shelter", "room"] >= 0).all()
    assert (places.loc[places["kind"] == "checkpoint", "throughput_per_hour"] > 0).all()


def _assert_tables(scenario: Scenario) -> None:
    people, stocks = scenario.people, scenario.stocks
    names = {group.name for group in scenario.groups}
    assert set(people["group"]) <= names
    for table in (people, stocks, scenario.facilities):
        for column, known in (("zone", scenario.zones.index), ("place", scenario.places.index)):
            assert set(table[column].dropna()) <= set(known)
        somewhere = table["zone"].notna() | table["place"].notna()
        assert (somewhere | (table is scenario.facilities)).all()
        _assert_provenance(table, scenario)
    assert people["count"].between(0, 2**31 - 1).all()
    assert int(people["count"].sum()) < 2**31
    assert people["share_leaving"].between(0, 1).all()
    assert (people["count_low"].dropna() <= people["count"]).all() if people["count_low"].notna().all() else True
    assert not people.duplicated().any()
    assert (stocks["amount"] >= 0).all()
    _assert_supplies(scenario)


def _assert_supplies(scenario: Scenario) -> None:
    """Whatever loads can be assessed, and no figure of it is out of bounds."""
    _assert_provenance(scenario.essentials, scenario)
    assessment = assess(scenario)
    for balance in (assessment.likely, assessment.better, assessment.worse):
        for part in (balance.need, balance.met, balance.made, balance.lost, balance.left, balance.unmet_person_days):
            assert (part >= 0).all()
            assert (part < math.inf).all()
    assert assessment.table is not None


def _assert_provenance(table: pd.DataFrame, scenario: Scenario) -> None:
    assert set(table["basis"]) <= BASES
    assumed = table["basis"] == "assumed"
    assert table.loc[assumed, "note"].notna().all()
    named = table.loc[~assumed, "source"]
    assert named.notna().all()
    for source in table["source"].dropna():
        assert {part.strip() for part in source.split(";")} <= set(scenario.sources)
