"""A convoy as GPX 1.1, for a handheld receiver or a telephone in the lead vehicle."""

from __future__ import annotations

from pathlib import Path

from gpxpy import gpx

from letup import __version__
from letup.aid.convoys.model import Convoy, Orders
from letup.aid.convoys.route import position, route_lines
from letup.aid.convoys.tables import by_item, local
from letup.roads.network import RoadNetwork
from letup.scenario.disclosure import is_confidential, order_name, without_names
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

    Of a confidential place nothing is written, nor of the way to it inside its zone: its position goes to the drivers
    by another way.
    """
    document = gpx.GPX()
    document.creator = f"letup {__version__}"
    document.name = f"Convoy {convoy.id}"
    truck = without_names(scenario, convoy.truck.label or convoy.truck.id)
    document.description = f"{convoy.vehicles} vehicles, {truck}. {NOTE}"
    document.time = scenario.as_of
    route = gpx.GPXRoute(name=f"Convoy {convoy.id}", number=None)
    lines = route_lines(convoy, scenario, network)
    for number, stop in enumerate(convoy.stops):
        if not is_confidential(scenario, stop.place):
            lon, lat = position(scenario, stop.place)
            document.waypoints.append(
                gpx.GPXWaypoint(
                    latitude=lat,
                    longitude=lon,
                    name=f"{number} {order_name(scenario, stop.place)}",
                    comment=f"arrive {local(scenario, stop.arrive_earliest)} to {local(scenario, stop.arrive_latest)}",
                    description=_work(convoy, number),
                    symbol="Flag, Blue",
                )
            )
            route.points.append(gpx.GPXRoutePoint(lat, lon, name=f"{number}"))
        for line in lines[number] if number < len(lines) else ():
            route.points += [gpx.GPXRoutePoint(y, x) for x, y in line.tolist()]
    document.routes.append(route)
    return str(document.to_xml(version="1.1"))


def _work(convoy: Convoy, number: int) -> str:
    up, down = by_item(convoy.loaded(number)), by_item(convoy.unloaded(number))
    parts = [convoy.stops[number].action.replace("+", ", ")]
    parts += [f"load: {up}"] if up else []
    parts += [f"unload: {down}"] if down else []
    return "; ".join(parts)
