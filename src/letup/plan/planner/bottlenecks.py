"""Why not more: what the engine's cuts say, by road and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from letup.plan.bottlenecks import HOURS_SITE, PAUSE_HOURS, LimitSite, home_behind, in_order, limit_of_arc, limit_site
from letup.plan.files.document import BOTTLENECK_COLUMNS
from letup.plan.planner.groups import DoubledLimit, GroupFlow
from letup.roads.network import RoadNetwork
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
        rows.append(_said(PAUSE_HOURS, "", HOURS_SITE, wanted - total, 0.0, gain))
    table = pd.DataFrame(rows, columns=list(BOTTLENECK_COLUMNS))
    table["gain_people"] = table["gain_people"].astype("Int64")
    return in_order(table)


def _from_cut(scenario: Scenario, network: RoadNetwork, flow: GroupFlow, limits: dict[tuple[str, str], _Limit]) -> None:
    """Add one group's cut to what is known of each limit."""
    timed, horizon, cut = flow.timed, flow.horizon, flow.cut
    assert cut is not None
    by_arc: dict[int, int] = defaultdict(int)
    for a, people in zip(cut.arcs.tolist(), cut.people.tolist(), strict=True):
        by_arc[int(horizon.arcs[a])] += people
    per_hour = 60 / scenario.step_minutes
    homes = home_behind(timed)
    for arc, people in by_arc.items():
        if people <= 0:
            continue
        key = limit_of_arc(timed, network, arc, homes)
        limit = limits.setdefault(key, _Limit(*key))
        limit.people += people
        limit.arcs[flow.group.mode].add(arc)
        limit.pieces.update(timed.pieces[arc].tolist())
        limit.per_hour = max(limit.per_hour, float(np.max(timed.capacity[arc])) * per_hour)
    for node, people in zip(cut.shelters.tolist(), cut.room.tolist(), strict=True):
        place = timed.place[int(horizon.nodes[node])]
        limit = limits.setdefault(("shelter", place), _Limit("shelter", place))
        limit.people += int(people)


def _row(scenario: Scenario, network: RoadNetwork, limit: _Limit, gain: int | None) -> dict[str, object]:
    """One bottleneck."""
    piece = sorted(limit.pieces)[len(limit.pieces) // 2] if limit.pieces else -1
    return _said(
        limit.kind,
        limit.id,
        limit_site(scenario, network, limit.kind, limit.id, piece),
        limit.people,
        limit.per_hour,
        gain,
    )


def _said(
    kind: str, limit_id: str, site: LimitSite, people: int, per_hour: float, gain: int | None
) -> dict[str, object]:
    """One row of the table."""
    return {
        "kind": kind,
        "id": limit_id,
        "name": site.name,
        "zone": site.zone,
        "lon": site.lon,
        "lat": site.lat,
        "people": people,
        "limit_per_hour": round(per_hour, 1) if per_hour else np.nan,
        "gain_people": gain,
        "relief": site.relief,
    }
