"""Small scenarios in metres east and north of a corner, for the tests of this room."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from shapely import LineString, Point, Polygon, box, transform

from letup.scenario.model import Group, Scenario

CRS = 32636
EAST, NORTH = 620_000.0, 3_480_000.0
_BACK = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)


def degrees(shape):
    return transform(shape, lambda xy: np.column_stack(_BACK.transform(xy[:, 0] + EAST, xy[:, 1] + NORTH)))


def layer(rows, defaults):
    frame = gpd.GeoDataFrame(
        [{**defaults, **row, "geometry": degrees(row["geometry"])} for row in rows]
        or {"id": [], "name": [], "kind": [], "class": [], "geometry": [], **{name: [] for name in defaults}},
        geometry="geometry",
        crs=4326,
    )
    return frame.set_index("id")


def zone(name, west, south, east, north, **more):
    return {"id": name, "name": name.title(), "geometry": box(west, south, east, north), **more}


def road(name, *points, **more):
    return {"id": name, "geometry": LineString(points), **more}


def place(name, kind, x, y, **more):
    return {"id": name, "name": name.title(), "kind": kind, "geometry": Point(x, y), **more}


def people(count, *, zone=None, place=None, group="walkers", share_leaving=1.0):
    return {"zone": zone, "place": place, "group": group, "count": count, "share_leaving": share_leaving}


WALKERS = Group("walkers", "On foot", "foot", 4.0)
DRIVERS = Group("drivers", "By car", "vehicle", 30.0, people_per_vehicle=4.0)


def scenario(zones, roads, places, who, *, groups=(WALKERS,), steps=144, step_minutes=5, half_time_hours=0.0, **more):
    return Scenario(
        title="Small",
        as_of=datetime(2023, 11, 3, 12, tzinfo=UTC),
        timezone=more.pop("timezone", "UTC"),
        start=more.pop("start", datetime(2023, 11, 4, 6, tzinfo=UTC)),
        steps=steps,
        step_minutes=step_minutes,
        groups=groups,
        zones=layer(zones, {"needs_pause": True, "safety": "unknown"}),
        roads=layer(
            roads,
            {
                "class": "primary",
                "modes": "foot;vehicle",
                "oneway": False,
                "lanes": np.nan,
                "width_m": np.nan,
                "speed_kmh": np.nan,
                "foot_per_hour": np.nan,
                "vehicles_per_hour": np.nan,
                "damage": 0.0,
            },
        ),
        places=layer(places, {"room": np.nan, "throughput_per_hour": np.nan, "hours": None, "wait": False}),
        people=pd.DataFrame(who, columns=["zone", "place", "group", "count", "share_leaving"]),
        stocks=pd.DataFrame(),
        half_time_hours=half_time_hours,
        **more,
    )


__all__ = ["DRIVERS", "WALKERS", "Polygon", "people", "place", "road", "scenario", "zone"]
