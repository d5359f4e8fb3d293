"""What a plan says of the limits it runs into: names, places and what would relieve them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from letup.plan.files.document import BOTTLENECK_COLUMNS
from letup.roads.network import RoadNetwork, Timed
from letup.roads.shared_roads import closed_on
from letup.scenario.disclosure import is_public, shared_name, unshared, zone_of_place
from letup.scenario.model import Scenario

PAUSE_HOURS = "pause hours"


@dataclass(frozen=True)
class LimitSite:
    """Where a limit is, and what would relieve it.

    Attributes
    ----------
    name, zone, relief : str
        Its name, its zone, and what would relieve it, in words.
    lon, lat : float
        Degrees WGS 84; NaN where it has no place. Restricted places are shown at their zone, not where they are.
    """

    name: str
    zone: str
    lon: float
    lat: float
    relief: str


HOURS_SITE = LimitSite("hours of the pauses", "", np.nan, np.nan, "each pause one hour longer")
"""The hours of the pauses themselves."""


def limit_of_arc(timed: Timed, network: RoadNetwork, arc: int, homes: dict[int, int]) -> tuple[str, str]:
    """Kind and id of the limit that an arc of a group's network stands for; ``homes`` from `home_behind`."""
    kind = timed.kind[arc]
    if kind == "road":
        return "road", network.road[int(timed.pieces[arc][0])]
    if kind == "leaving home":
        return "leaving home", timed.origin[int(timed.tail[arc])]
    if kind == "checkpoint":
        return "checkpoint", timed.place[int(timed.tail[arc])]
    if kind == "into place":
        return "shelter", timed.place[int(timed.head[arc])]
    return "leaving home", timed.origin[homes.get(int(timed.tail[arc]), int(timed.tail[arc]))]


def home_behind(timed: Timed) -> dict[int, int]:
    """Home of the people at each node between a home and the road."""
    home = {int(node): int(node) for node in np.flatnonzero(timed.supply > 0)}
    own = [a for a, kind in enumerate(timed.kind) if kind in ("leaving home", "to the road")]
    for a in own:
        if int(timed.tail[a]) in home:
            home[int(timed.head[a])] = home[int(timed.tail[a])]
    return home


def limit_site(scenario: Scenario, network: RoadNetwork, kind: str, limit_id: str, piece: int = -1) -> LimitSite:
    """Where a limit is and what would relieve it; of a road, at one of its pieces (an arc of the network)."""
    names = scenario.zones["name"]
    if kind == "leaving home":
        zone, name, relief = (
            limit_id,
            f"getting ready in {names.get(limit_id, limit_id)}",
            "twice as many ready per hour",
        )
        lon, lat = _label_point(scenario, zone)
    elif kind == "road":
        ends, own = (int(network.tail[piece]), int(network.head[piece])), int(network.zone[piece])
        zone = _zone_id(scenario, own, int(network.node_zone[ends[0]]))
        relief = "twice the capacity of the road there"
        if closed_on(network, scenario)[[own] if own >= 0 else network.node_zone[list(ends)]].any():
            name = f"a road in {names.get(zone, zone) or 'no zone'}"
            lon, lat = _label_point(scenario, zone)
        else:
            line = network.line[piece]
            middle = line[len(line) // 2]
            if _is_unshared(scenario, network, ends):  # the vertex in the middle may be where the place is
                middle = (line[(len(line) - 1) // 2] + line[(len(line) - 1) // 2 + 1]) / 2
            lon, lat = (float(v) for v in middle)
            title = scenario.roads["name"].get(limit_id) if "name" in scenario.roads else None
            name = f"{title or network.road_class[piece] + ' road ' + limit_id} in {names.get(zone, zone) or 'no zone'}"
    else:
        node, public = network.place_node.get(limit_id, -1), is_public(scenario, limit_id)
        around = int(network.node_zone[node]) if node >= 0 else -1
        zone = _zone_id(scenario, -1 if public else zone_of_place(scenario, limit_id), around)
        name = shared_name(scenario, limit_id)
        relief = "twice the room" if kind == "shelter" else "twice the throughput"
        if public and node >= 0:
            lon, lat = float(network.lon[node]), float(network.lat[node])
        else:
            lon, lat = _label_point(scenario, zone)
    return LimitSite(name, zone, round(float(lon), 6), round(float(lat), 6), relief)


def shared_id(scenario: Scenario, network: RoadNetwork, kind: str, limit_id: str) -> str:
    """Id of a limit for everybody: empty for a place that is not public, and for a road into a closed zone."""
    if kind in ("shelter", "checkpoint"):
        return limit_id if is_public(scenario, limit_id) else ""
    if kind == "road":
        shape, closed = scenario.roads.geometry.get(limit_id), closed_on(network, scenario)
        shapes = scenario.zones.geometry.to_numpy()
        if shape is None or closed[-1] or bool(shapely.intersects(shapes[closed[:-1]], shape).any()):
            return ""
    return limit_id


def _is_unshared(scenario: Scenario, network: RoadNetwork, nodes: tuple[int, int]) -> bool:
    """Whether a place that is not public stands at one of some nodes."""
    return any(network.place_node.get(place) in nodes for place in unshared(scenario))


def _label_point(scenario: Scenario, zone: str) -> tuple[float, float]:
    """A point inside a zone that follows from its outline alone; NaN for no zone."""
    if zone not in scenario.zones.index:
        return np.nan, np.nan
    point = scenario.zones.geometry.loc[zone].representative_point()
    return point.x, point.y


def _zone_id(scenario: Scenario, zone: int, other: int) -> str:
    """Id of the first zone number that is one."""
    for number in (zone, other):
        if number >= 0:
            return scenario.zone_ids[number]
    return ""


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Bottlenecks that are worth relieving first.

    Known gains come first and what is known to bring nothing last; the hours, which count everybody left
    behind, come after roads and places of equal gain.
    """
    gain = table["gain_people"].astype("Float64").fillna(0.5).astype(float)
    order = table.assign(_gain=gain, _place=table["kind"].ne(PAUSE_HOURS).astype(int))
    order = order.sort_values(["_gain", "_place", "people"], ascending=False, kind="stable")
    return order[list(BOTTLENECK_COLUMNS)].reset_index(drop=True)
