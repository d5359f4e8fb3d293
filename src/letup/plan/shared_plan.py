"""A plan as everybody may see it: its words, where movements go, how long they take, what is drawn of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import pandas as pd

from letup.core.arrays import Floats
from letup.plan.model import Plan
from letup.roads.shared_roads import SharedRoads
from letup.scenario.disclosure import (
    confidential,
    is_confidential,
    is_public,
    shared_name,
    shared_number,
    shared_scenario,
    unshared,
    without_names,
)
from letup.tables import parse_path

LENGTH_M, MINUTES = 1000.0, 15.0
"""What lengths and times of movements from or to restricted places are rounded up to."""


def shared_plan(plan: Plan) -> Plan:
    """The plan with what people wrote freed of names of confidential places, as `shared_scenario` does."""
    scenario = plan.scenario
    if not confidential(scenario):
        return plan
    return replace(
        plan,
        scenario=shared_scenario(scenario),
        groups=tuple(replace(group, label=without_names(scenario, group.label)) for group in plan.groups),
    )


def shared_movements(plan: Plan, roads: SharedRoads) -> pd.DataFrame:
    """The table of movements without what gives a place away.

    Of a shelter that is not public, ``shelter`` is empty and ``destination`` says its kind and zone. Lengths, minutes
    and arrivals are missing where a movement begins in a closed zone or ends at a confidential place; lengths and
    minutes are rounded up where it begins or ends at a restricted one.

    Parameters
    ----------
    plan : Plan
        The plan.
    roads : SharedRoads
        As `letup.roads.shared_roads.shared_roads` makes it.
    """
    scenario, table = plan.scenario, plan.movements.copy()
    goals = table["shelter"].astype(str)
    known = goals.unique()
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    closed = np.array([bool(roads.closed[number.get(str(zone), -1)]) for zone in table["origin"]], bool)
    secret = closed | goals.isin([place for place in known if is_confidential(scenario, place)]).to_numpy(bool)
    rounded = ~goals.isin([place for place in known if is_public(scenario, place)]).to_numpy(bool)
    rounded |= table["origin_node"].isin(_unshared_nodes(plan)).to_numpy(bool)
    table["destination"] = goals.map({place: shared_name(scenario, place) for place in known})
    table["shelter"] = goals.where(goals.isin([place for place in known if is_public(scenario, place)]), "")
    for column, unit in (("length_m", LENGTH_M), ("minutes", MINUTES)):
        figures = table[column].astype(float)
        table[column] = figures.where(~rounded, figures.map(lambda value, unit=unit: shared_number(value, unit)))
        table.loc[secret, column] = np.nan
    for column in ("arrive_first", "arrive_last"):
        table[column] = table[column].astype(object).where(~secret, None)
    return table


def _unshared_nodes(plan: Plan) -> set[int]:
    """Nodes at which places stand that are not public."""
    node = plan.network.place_node
    return {node[place] for place in unshared(plan.scenario) if place in node}


def shared_lines(plan: Plan, roads: SharedRoads, keys: list[str]) -> dict[tuple[Hashable, ...], list[Floats]]:
    """What is drawn of the movements that are alike in some columns of `shared_movements`: lines, lon and lat.

    The last stretch of road to a restricted place, up to the next junction, is left out.

    Parameters
    ----------
    plan, roads
        As for `shared_movements`.
    keys : list of str
        The columns.
    """
    hidden, network = _unshared_nodes(plan), plan.network
    table = shared_movements(plan, roads).assign(goal=plan.movements["shelter"].astype(str))
    columns = [*keys, "goal", "origin_node", "arcs"]
    drawn: dict[tuple[Hashable, ...], dict[bytes, Floats]] = {}
    line_of: dict[int, tuple[bytes, Floats]] = {}  # by arc, the same both ways
    for *key, goal, origin, text in table.loc[table["arcs"] != "", columns].drop_duplicates().itertuples(index=False):
        ends = hidden & {int(origin), network.place_node.get(goal, -1)}
        lines = drawn.setdefault(tuple(key), {})
        for arc, _ in parse_path(str(text)):
            if ends and not roads.inside[arc] and ends & {int(network.tail[arc]), int(network.head[arc])}:
                continue
            if arc not in line_of:
                line = roads.line[arc]
                if len(line) and tuple(line[0]) > tuple(line[-1]):
                    line = line[::-1]
                line_of[arc] = line.tobytes(), line
            key_of_line, line = line_of[arc]
            if len(line):
                lines[key_of_line] = line
    return {key: list(lines.values()) for key, lines in drawn.items()}
