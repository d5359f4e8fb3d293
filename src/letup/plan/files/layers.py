"""plan.gpkg: the plan as layers for QGIS."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from letup.plan.findings import willing_by_zone
from letup.plan.model import Plan
from letup.tables import parse_path

_CRS = "EPSG:4326"
_HIDDEN_DEGREES = 0.003  # about 300 m


def write_layers(plan: Plan, path: Path) -> None:
    """Write the layers pauses, movements, bottlenecks and people_left; empty ones are left out."""
    path.unlink(missing_ok=True)
    for name, layer in layers_of(plan).items():
        layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def layers_of(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """The layers by name; empty ones are left out."""
    layers = {
        "pauses": pauses_layer(plan),
        "movements": movements_layer(plan),
        "bottlenecks": bottlenecks_layer(plan),
        "people_left": people_left_layer(plan),
    }
    return {name: layer for name, layer in layers.items() if len(layer)}


def pauses_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Zones with their windows, one feature per pause."""
    shapes = plan.scenario.zones.geometry.loc[plan.pauses["zone"]].to_numpy()
    return gpd.GeoDataFrame(plan.pauses.reset_index(drop=True), geometry=shapes, crs=_CRS)


def movements_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Roads that people take: one feature per group, origin zone and shelter, with people and times.

    The ways themselves, one by one, stand in movements.csv.
    """
    table = plan.movements
    table = table[table["arcs"] != ""]
    keys = ["group", "origin", "shelter"]
    journeys = (
        table.groupby(keys, sort=True)
        .agg(
            people=("people", "sum"),
            movements=("id", "size"),
            depart_first=("depart_first", "min"),
            depart_last=("depart_last", "max"),
            arrive_first=("arrive_first", "min"),
            arrive_last=("arrive_last", "max"),
            longest_m=("length_m", "max"),
            longest_minutes=("minutes", "max"),
        )
        .reset_index()
    )
    secret = plan.scenario.places["sensitivity"].astype(str) != "public"
    arcs_of: dict[tuple[str, str, str], set[int]] = {}
    for group, origin, shelter, text in table[[*keys, "arcs"]].drop_duplicates().itertuples(index=False):
        arcs_of.setdefault((str(group), str(origin), str(shelter)), set()).update(
            arc for arc, _ in parse_path(str(text))
        )
    shapes = [
        _roads(plan, arcs, shelter, hide_end=bool(secret.get(shelter, True)))
        for (_, _, shelter), arcs in sorted(arcs_of.items())
    ]
    return gpd.GeoDataFrame(journeys, geometry=shapes, crs=_CRS)


def _roads(plan: Plan, arcs: set[int], shelter: str, *, hide_end: bool) -> shapely.Geometry:
    """Roads that arcs run along; they end short of a shelter whose position is not public."""
    lines = shapely.MultiLineString([shapely.LineString(plan.network.line[arc]) for arc in sorted(arcs)])
    if not hide_end:
        return lines
    node = plan.network.place_node[shelter]
    around = shapely.Point(plan.network.lon[node], plan.network.lat[node]).buffer(_HIDDEN_DEGREES)
    return lines.difference(around)


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
