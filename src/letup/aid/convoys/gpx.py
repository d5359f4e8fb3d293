"""A convoy as GPX 1.1, for a handheld receiver or a telephone in the lead vehicle."""

from __future__ import annotations

from pathlib import Path

from gpxpy import gpx

from letup import __version__
from letup.aid.convoys.model import Convoy, Orders
from letup.aid.convoys.tables import by_item, local
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

NOTE = "A model's proposal, not a permission."


def write_gpx(orders: Orders, scenario: Scenario, network: RoadNetwork, folder: Path) -> list[Path]:
    """Write one file for each convoy."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for convoy in orders.convoys:
        path = folder / f"{convoy.id}.gpx"
        path.write_text(text(convoy, scenario, network), encoding="utf-8")
        files.append(path)
    return files


def text(convoy: Convoy, scenario: Scenario, network: RoadNetwork) -> str:
    """The file of one convoy: a waypoint for each stop, and its route.

    Of a confidential place neither the point nor the last stretch of the road to it is written: its exact position
    goes to the drivers by another way.
    """
    document = gpx.GPX()
    document.creator = f"letup {__version__}"
    document.name = f"Convoy {convoy.id}"
    document.description = f"{convoy.vehicles} vehicles, {convoy.truck.label or convoy.truck.id}. {NOTE}"
    document.time = scenario.as_of
    route = gpx.GPXRoute(name=f"Convoy {convoy.id}", number=None)
    for number, stop in enumerate(convoy.stops):
        hidden = is_confidential(scenario, stop.place)
        lon, lat = position(scenario, stop.place)
        if not hidden:
            document.waypoints.append(
                gpx.GPXWaypoint(
                    latitude=lat,
                    longitude=lon,
                    name=f"{number} {name_of(scenario, stop.place)}",
                    comment=f"arrive {local(scenario, stop.arrive_earliest)} to {local(scenario, stop.arrive_latest)}",
                    description=_work(convoy, number),
                    symbol="Flag, Blue",
                )
            )
            route.points.append(gpx.GPXRoutePoint(lat, lon, name=f"{number}"))
        if stop.path is None:
            continue
        arcs = list(stop.path.arcs)
        arcs = arcs[1:] if hidden else arcs
        arcs = arcs[:-1] if is_confidential(scenario, convoy.stops[number + 1].place) else arcs
        for arc in arcs:
            for x, y in network.line[arc][1:].tolist():
                route.points.append(gpx.GPXRoutePoint(y, x))
    document.routes.append(route)
    return str(document.to_xml(version="1.1"))


def is_confidential(scenario: Scenario, place: str) -> bool:
    """Whether the exact position of a place is for named people only."""
    return bool(scenario.places.at[place, "sensitivity"] == "confidential")


def position(scenario: Scenario, place: str) -> tuple[float, float]:
    """Longitude and latitude of a place."""
    point = scenario.places.geometry[place].representative_point()
    return float(point.x), float(point.y)


def name_of(scenario: Scenario, place: str) -> str:
    """Name of a place in Latin script."""
    return str(scenario.places.at[place, "name"])


def _work(convoy: Convoy, number: int) -> str:
    up, down = by_item(convoy.loaded(number)), by_item(convoy.unloaded(number))
    parts = [convoy.stops[number].action.replace("+", ", ")]
    parts += [f"load: {up}"] if up else []
    parts += [f"unload: {down}"] if down else []
    return "; ".join(parts)
