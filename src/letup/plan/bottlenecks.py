"""What a plan says of the limits it runs into: names, places and what would relieve them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from letup.plan.files.document import BOTTLENECK_COLUMNS
from letup.roads.network import RoadNetwork, Timed
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
        where = scenario.zones.geometry.loc[zone].representative_point() if zone in scenario.zones.index else None
        lon, lat = (where.x, where.y) if where is not None else (np.nan, np.nan)
    elif kind == "road":
        line = network.line[piece]
        lon, lat = (float(v) for v in line[len(line) // 2])
        zone = _zone_id(scenario, int(network.zone[piece]), int(network.node_zone[network.tail[piece]]))
        title = scenario.roads["name"].get(limit_id) if "name" in scenario.roads else None
        name = f"{title or network.road_class[piece] + ' road ' + limit_id} in {names.get(zone, zone) or 'no zone'}"
        relief = "twice the capacity of the road there"
    else:
        node = network.place_node.get(limit_id, -1)
        zone = _zone_id(scenario, -1, int(network.node_zone[node]) if node >= 0 else -1)
        name = str(scenario.places["name"].get(limit_id, limit_id))
        relief = "twice the room" if kind == "shelter" else "twice the throughput"
        public = str(scenario.places["sensitivity"].get(limit_id, "restricted")) == "public"
        if public and node >= 0:
            lon, lat = float(network.lon[node]), float(network.lat[node])
        elif zone:
            where = scenario.zones.geometry.loc[zone].representative_point()
            lon, lat = where.x, where.y
        else:
            lon = lat = np.nan
    return LimitSite(name, zone, round(float(lon), 6), round(float(lat), 6), relief)


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
