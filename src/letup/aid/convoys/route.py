"""The way of a convoy as those who drive, escort or clear it may see it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely

from letup.aid.convoys.model import Convoy
from letup.core.arrays import Floats
from letup.roads.network import RoadNetwork
from letup.roads.shared_roads import outside_zones
from letup.scenario.disclosure import is_confidential, zone_of_place
from letup.scenario.model import Scenario

_STRAIGHT_DEGREES = 1e-5
"""About a metre: a bend smaller than that may only be a place beside the road, and is not drawn."""


def position(scenario: Scenario, place: str) -> tuple[float, float]:
    """Longitude and latitude of a place."""
    point = scenario.places.geometry[place].representative_point()
    return float(point.x), float(point.y)


def route_lines(convoy: Convoy, scenario: Scenario, network: RoadNetwork) -> list[list[Floats]]:
    """Lines along the roads for each stop that another one follows, lon and lat.

    On the way from or to a confidential place nothing is drawn in its zone: the line ends at the zone's border.
    """
    routes: list[list[Floats]] = []
    for stop, then in zip(convoy.stops[:-1], convoy.stops[1:], strict=True):
        arcs = list(stop.path.arcs) if stop.path else []
        if not arcs:
            routes.append([])
            continue
        course = np.concatenate([network.line[arcs[0]][:1], *(network.line[arc][1:] for arc in arcs)])
        line = shapely.get_coordinates(shapely.simplify(shapely.LineString(course), _STRAIGHT_DEGREES))
        routes.append(outside_zones(scenario, sealed_zones(scenario, network, (stop.place, then.place)), [line]))
    return routes


def sealed_zones(scenario: Scenario, network: RoadNetwork, places: Iterable[str]) -> set[int]:
    """Zones of the confidential ones among some places, and of the roads that they are reached by."""
    zones = set()
    for place in places:
        if is_confidential(scenario, place):
            zones.add(zone_of_place(scenario, place))
            if place in network.place_node:
                zones.add(int(network.node_zone[network.place_node[place]]))
    return zones
