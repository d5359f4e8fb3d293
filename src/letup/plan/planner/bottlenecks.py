"""Why not more: what the engine's cuts say, by road and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from letup.plan.files.document import BOTTLENECK_COLUMNS
from letup.plan.planner.groups import DoubledLimit, GroupFlow
from letup.roads.network import RoadNetwork, Timed
from letup.scenario.model import Scenario

_SHOWN = 8


@dataclass
class _Limit:
    """One thing in the cut."""

    kind: str
    id: str
    people: int = 0
    arcs: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    pieces: set[int] = field(default_factory=set)
    per_hour: float = 0.0

    @property
    def relief(self) -> DoubledLimit:
        """The same limit, doubled."""
        if self.kind in ("checkpoint", "shelter"):
            return DoubledLimit({}, frozenset({self.id}))
        return DoubledLimit({mode: np.array(sorted(arcs), np.int64) for mode, arcs in self.arcs.items()})


def bottlenecks(
    scenario: Scenario,
    network: RoadNetwork,
    flows: list[GroupFlow],
    gain_of: Callable[[DoubledLimit], int | None],
    gain_of_longer_pauses: Callable[[], int | None],
    *,
    relieved: int = _SHOWN,
) -> pd.DataFrame:
    """The tightest limits, as `letup.plan.model.Plan.bottlenecks`: first those worth relieving.

    The people at each limit are those whom the minimum cut counts there: the capacity that is
    used up and that everybody left behind would have to get past.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        What the plan is for.
    flows : list of GroupFlow
        With cuts.
    gain_of : callable
        People more who would arrive with a limit doubled; None if not known.
    gain_of_longer_pauses : callable
        People more who would arrive if each pause lasted an hour longer, beyond the parties' limits.
    relieved : int
        How many limits to compute the gain of, those with most people first.
    """
    wanted = sum(int(flow.timed.supply.sum()) for flow in flows)
    total = sum(flow.total for flow in flows)
    limits: dict[tuple[str, str], _Limit] = {}
    for flow in flows:
        if flow.cut is not None and flow.total < int(flow.timed.supply.sum()):
            _from_cut(scenario, network, flow, limits)
    ranked = sorted(limits.values(), key=lambda limit: (-limit.people, limit.kind, limit.id))[: _SHOWN - 1]
    rows: list[dict[str, object]] = []
    for i, limit in enumerate(ranked):
        gain = None
        if i < relieved:
            gain = gain_of(limit.relief)
        rows.append(_row(scenario, network, limit, gain))
    if total < wanted:
        gain = gain_of_longer_pauses()
        blank = {"id": "", "name": "hours of the pauses", "zone": "", "lon": np.nan, "lat": np.nan}
        left = {"people": wanted - total, "limit_per_hour": np.nan, "gain_people": gain}
        rows.append({"kind": "pause hours", **blank, **left, "relief": "each pause one hour longer"})
    table = pd.DataFrame(rows, columns=list(BOTTLENECK_COLUMNS))
    table["gain_people"] = table["gain_people"].astype("Int64")
    return in_order(table)


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Bottlenecks that are worth relieving first.

    Known gains come first and what is known to bring nothing last; the hours, which count everybody left
    behind, come after roads and places of equal gain.
    """
    gain = table["gain_people"].astype("Float64").fillna(0.5).astype(float)
    order = table.assign(_gain=gain, _place=table["kind"].ne("pause hours").astype(int))
    order = order.sort_values(["_gain", "_place", "people"], ascending=False, kind="stable")
    return order[list(BOTTLENECK_COLUMNS)].reset_index(drop=True)


def _from_cut(scenario: Scenario, network: RoadNetwork, flow: GroupFlow, limits: dict[tuple[str, str], _Limit]) -> None:
    """Add one group's cut to what is known of each limit."""
    timed, horizon, cut = flow.timed, flow.horizon, flow.cut
    assert cut is not None
    by_arc: dict[int, int] = defaultdict(int)
    for a, people in zip(cut.arcs.tolist(), cut.people.tolist(), strict=True):
        by_arc[int(horizon.arcs[a])] += people
    per_hour = 60 / scenario.step_minutes
    homes = _home_behind(timed)
    for arc, people in by_arc.items():
        if people <= 0:
            continue
        kind = timed.kind[arc]
        if kind == "road":
            key = ("road", network.road[int(timed.pieces[arc][0])])
        elif kind == "leaving home":
            key = ("leaving home", timed.origin[int(timed.tail[arc])])
        elif kind == "checkpoint":
            key = ("checkpoint", timed.place[int(timed.tail[arc])])
        elif kind == "into place":
            key = ("shelter", timed.place[int(timed.head[arc])])
        else:
            key = ("leaving home", timed.origin[homes.get(int(timed.tail[arc]), int(timed.tail[arc]))])
        limit = limits.setdefault(key, _Limit(*key))
        limit.people += people
        limit.arcs[flow.group.mode].add(arc)
        limit.pieces.update(timed.pieces[arc].tolist())
        limit.per_hour = max(limit.per_hour, float(np.max(timed.capacity[arc])) * per_hour)
    for node, people in zip(cut.shelters.tolist(), cut.room.tolist(), strict=True):
        place = timed.place[int(horizon.nodes[node])]
        limit = limits.setdefault(("shelter", place), _Limit("shelter", place))
        limit.people += int(people)


def _home_behind(timed: Timed) -> dict[int, int]:
    """Home of the people at each node between a home and the road."""
    home = {int(node): int(node) for node in np.flatnonzero(timed.supply > 0)}
    own = [a for a, kind in enumerate(timed.kind) if kind in ("leaving home", "to the road")]
    for a in own:
        if int(timed.tail[a]) in home:
            home[int(timed.head[a])] = home[int(timed.tail[a])]
    return home


def _row(scenario: Scenario, network: RoadNetwork, limit: _Limit, gain: int | None) -> dict[str, object]:
    """One bottleneck; restricted places are shown at their zone, not where they are."""
    names = scenario.zones["name"]
    if limit.kind == "leaving home":
        zone, name, relief = (
            limit.id,
            f"getting ready in {names.get(limit.id, limit.id)}",
            "twice as many ready per hour",
        )
        where = scenario.zones.geometry.loc[zone].representative_point() if zone in scenario.zones.index else None
        lon, lat = (where.x, where.y) if where is not None else (np.nan, np.nan)
    elif limit.kind == "road":
        piece = sorted(limit.pieces)[len(limit.pieces) // 2]
        line = network.line[piece]
        lon, lat = (float(v) for v in line[len(line) // 2])
        zone = _zone_id(scenario, int(network.zone[piece]), int(network.node_zone[network.tail[piece]]))
        title = scenario.roads["name"].get(limit.id) if "name" in scenario.roads else None
        name = f"{title or network.road_class[piece] + ' road ' + limit.id} in {names.get(zone, zone) or 'no zone'}"
        relief = "twice the capacity of the road there"
    else:
        node = network.place_node.get(limit.id, -1)
        zone = _zone_id(scenario, -1, int(network.node_zone[node]) if node >= 0 else -1)
        name = str(scenario.places["name"].get(limit.id, limit.id))
        relief = "twice the room" if limit.kind == "shelter" else "twice the throughput"
        public = str(scenario.places["sensitivity"].get(limit.id, "restricted")) == "public"
        if public and node >= 0:
            lon, lat = float(network.lon[node]), float(network.lat[node])
        elif zone:
            where = scenario.zones.geometry.loc[zone].representative_point()
            lon, lat = where.x, where.y
        else:
            lon = lat = np.nan
    return {
        "kind": limit.kind,
        "id": limit.id,
        "name": name,
        "zone": zone,
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "people": limit.people,
        "limit_per_hour": round(limit.per_hour, 1) if limit.per_hour else np.nan,
        "gain_people": gain,
        "relief": relief,
    }


def _zone_id(scenario: Scenario, zone: int, other: int) -> str:
    """Id of the first zone number that is one."""
    for number in (zone, other):
        if number >= 0:
            return scenario.zone_ids[number]
    return ""
