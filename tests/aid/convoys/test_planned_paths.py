"""Convoys take the ways that deliveries were planned on, to places far beside the roads too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod
from shapely.geometry import LineString, Point

from letup import roads
from letup.aid.deliveries.make import deliver
from letup.roads.open_times import OpenTimes
from letup.roads.vehicle_paths import VehicleRoads
from tests.aid.deliveries.small import strip, without_stocks


def _beside(metres):
    """The example strip with the point of its north at the end of a footpath, some metres north of the road."""
    scenario = without_stocks(strip()[0])
    places, lines = scenario.places.copy(), scenario.roads.copy()
    point = places.geometry["point-north"]
    end = Point(Geod(ellps="WGS84").fwd(point.x, point.y, 0.0, metres)[:2])
    path = lines.iloc[[0]].copy()
    path.index = ["path"]
    path["class"], path["modes"], path["geometry"] = "footpath", "foot", [LineString([point, end])]
    places.loc[["point-north"], "geometry"] = [end]
    places.loc["point-north", "serves"] = "north"
    return replace(scenario, places=places, roads=pd.concat([lines, path]))


@pytest.mark.parametrize("metres", [500.0, 4000.0])
def test_a_way_of_a_delivery_is_a_way_of_a_convoy_and_takes_as_long(metres):
    scenario = _beside(metres)
    network = roads.build(scenario)
    quiet = np.ones((len(scenario.zones), scenario.steps), bool)
    made = deliver(scenario, network, quiet).table
    to_north = made[made["destination"] == "point-north"]
    assert len(to_north)
    speed = scenario.trucks.set_index("id")["speed_kmh"]
    for row in to_north.to_dict("records"):
        roads_of = VehicleRoads(scenario, network, OpenTimes(scenario, network, quiet), float(speed[row["truck"]]))
        path = roads_of.path_along(row["origin"], row["destination"], row["arcs"])
        assert path is not None
        assert row["minutes"] <= path.minutes < row["minutes"] + 1
        assert path.off_road_m == pytest.approx(1.3 * metres, rel=0.01)
