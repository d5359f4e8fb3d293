"""plan.gpkg: the plan as layers for QGIS."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from letup.core.arrays import Floats
from letup.plan.bottlenecks import shared_id
from letup.plan.findings import willing_by_zone
from letup.plan.model import Plan
from letup.plan.shared_plan import shared_lines, shared_movements
from letup.roads.shared_roads import shared_roads
from letup.tables import as_declared, schemas

_TABLES = schemas("letup.plan.files")
_CRS = "EPSG:4326"


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
    return {name: as_declared(_TABLES[f"plan.gpkg:{name}"], layer) for name, layer in layers.items() if len(layer)}


def pauses_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Zones with their windows, one feature per pause."""
    shapes = plan.scenario.zones.geometry.loc[plan.pauses["zone"]].to_numpy()
    return gpd.GeoDataFrame(plan.pauses.reset_index(drop=True), geometry=shapes, crs=_CRS)


def movements_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Roads that people take: one feature per group, origin zone and destination, with people and times.

    The ways themselves, one by one, stand in movements.csv.
    """
    roads = shared_roads(plan.network, plan.scenario)
    table = shared_movements(plan, roads)
    table = table[table["arcs"] != ""]
    keys = ["group", "origin", "shelter", "destination"]
    journeys = (
        table.groupby(keys, sort=True)
        .agg(
            people=("people", "sum"),
            movements=("id", "size"),
            depart_first=("depart_first", "min"),
            depart_last=("depart_last", "max"),
            arrive_first=("arrive_first", _least),
            arrive_last=("arrive_last", _most),
            longest_m=("length_m", "max"),
            longest_minutes=("minutes", "max"),
        )
        .reset_index()
    )
    lines = shared_lines(plan, roads, keys)
    shapes = [_roads(lines[key]) for key in journeys[keys].itertuples(index=False, name=None)]
    return gpd.GeoDataFrame(journeys, geometry=shapes, crs=_CRS)


def _least(times: pd.Series) -> str | None:
    return min(times.dropna(), default=None)


def _most(times: pd.Series) -> str | None:
    return max(times.dropna(), default=None)


def _roads(lines: list[Floats]) -> shapely.Geometry:
    """Lines in an order and direction that say nothing of how roads were cut."""
    merged = shapely.line_merge(shapely.MultiLineString([shapely.LineString(line) for line in lines]))
    return shapely.normalize(shapely.MultiLineString([part for part in shapely.get_parts(merged) if not part.is_empty]))


def bottlenecks_layer(plan: Plan) -> gpd.GeoDataFrame:
    """Points of the bottlenecks that have a position; without the ids of places that are not public."""
    table = plan.bottlenecks
    table = table[table["lon"].notna()].reset_index(drop=True)
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    ids = [shared_id(plan.scenario, plan.network, *pair) for pair in zip(table["kind"], table["id"], strict=True)]
    table = table.assign(gain_people=table["gain_people"].astype(float), id=ids)
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
