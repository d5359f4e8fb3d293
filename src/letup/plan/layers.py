"""plan.gpkg: the plan as layers for QGIS."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import shapely.ops

from letup.plan.findings import willing_by_zone
from letup.plan.model import Plan
from letup.plan.ways import parse_way

_CRS = "EPSG:4326"
_HIDDEN_DEGREES = 0.003  # about 300 m


def write_layers(plan: Plan, path: Path) -> None:
    """Write the layers pauses, movements, bottlenecks and people_left; empty ones are left out."""
    path.unlink(missing_ok=True)
    layers = {
        "pauses": pauses_layer(plan),
        "movements": movements_layer(plan),
        "bottlenecks": bottlenecks_layer(plan),
        "people_left": people_left_layer(plan),
    }
    for name, layer in layers.items():
        if len(layer):
            layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def pauses_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Zones with their windows, one feature per pause."""
    shapes = plan.scenario.zones.geometry.loc[plan.pauses["zone"]].to_numpy()
    return gpd.GeoDataFrame(plan.pauses.reset_index(drop=True), geometry=shapes, crs=_CRS)


def movements_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Lines of the movements: one feature per group, origin zone, shelter and way, with people and times."""
    table = plan.movements
    table = table[table["arcs"] != ""]
    keys = ["group", "origin", "shelter", "arcs"]
    times = {
        "people": ("people", "sum"),
        "spells": ("id", "size"),
        "depart_first": ("depart_first", "min"),
        "depart_last": ("depart_last", "max"),
        "arrive_first": ("arrive_first", "min"),
        "arrive_last": ("arrive_last", "max"),
        "length_m": ("length_m", "first"),
        "minutes": ("minutes", "max"),
    }
    ways = table.groupby(keys, sort=True).agg(**times).reset_index()
    secret = plan.scenario.places["sensitivity"].astype(str) != "public"
    shapes = [
        _line(plan, text, hide_end=bool(secret.get(shelter, True)))
        for text, shelter in zip(ways["arcs"], ways["shelter"], strict=True)
    ]
    return gpd.GeoDataFrame(ways.drop(columns="arcs"), geometry=shapes, crs=_CRS)


def _line(plan: Plan, way: str, *, hide_end: bool) -> shapely.Geometry:
    """Course of a way; it ends short of a shelter whose position is not public."""
    line = shapely.LineString(np.concatenate([plan.network.line[int(arc)] for arc, _ in parse_way(way)]))
    if not hide_end:
        return line
    shown = max(line.length - _HIDDEN_DEGREES, line.length / 2)
    return shapely.ops.substring(line, 0, shown)


def bottlenecks_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Points of the bottlenecks that have a position."""
    table = plan.bottlenecks
    table = table[table["lon"].notna()].reset_index(drop=True)
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    table = table.assign(gain_people=table["gain_people"].astype(float))
    return gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=points, crs=_CRS)


def people_left_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Zones with those who want to leave, leave, are left and stay."""
    by_zone = willing_by_zone(plan.scenario, plan.network)
    by_zone = by_zone[by_zone.index != ""]
    gone = plan.movements.groupby("origin")["people"].sum() if len(plan.movements) else pd.Series(dtype=int)
    leave = gone.reindex(by_zone.index).fillna(0).astype(int)
    table = pd.DataFrame(
        {
            "zone": by_zone.index,
            "zone_name": [str(plan.scenario.zones["name"].get(z, z)) for z in by_zone.index],
            "want_to_leave_people": by_zone["want"].to_numpy(),
            "leave_people": leave.to_numpy(),
            "left_people": (by_zone["want"] - leave).clip(lower=0).to_numpy(),
            "stay_people": (by_zone["people"] - by_zone["want"]).to_numpy(),
        }
    )
    shapes = plan.scenario.zones.geometry.loc[table["zone"]].to_numpy()
    return gpd.GeoDataFrame(table, geometry=shapes, crs=_CRS)
