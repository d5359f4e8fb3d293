"""A scenario in the terms of the plan: limits by number and step, people by group, networks by mode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.pauses.limits import Limits, Window
from letup.roads.network import Timed
from letup.scenario.model import Cost, Group, Scenario, TimeOfZone

_EXACT = 1e-9


def limits_of(scenario: Scenario) -> Limits:
    """What the parties insist on, with zones by number and times by step.

    Notice becomes a forbidden time for every zone. A limit of the same name in both is taken as it is.
    """
    limits = scenario.limits
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    table, budget = _concession(scenario)
    forbidden: list[tuple[int, int, int]] = []
    before_notice = math.ceil(limits.notice_hours * 60 / scenario.step_minutes - _EXACT)
    if before_notice > 0:
        forbidden += [(zone, 0, before_notice - 1) for zone in number.values()]
    for zone_id, start, end in limits.forbidden:
        first = math.floor(scenario.clock.step_at(start) + _EXACT)
        last = math.ceil(scenario.clock.step_at(end) - _EXACT) - 1
        if last >= max(first, 0) and first < scenario.steps:
            forbidden.append((number[zone_id], max(first, 0), min(last, scenario.steps - 1)))
    same = {field.name: getattr(limits, field.name) for field in fields(Limits) if hasattr(limits, field.name)}
    in_steps: dict[str, Any] = {
        "shortest": limits.shortest_hours,
        "longest": limits.longest_hours,
        "forbidden": tuple(forbidden),
        "concession": table,
        "concession_budget": budget,
        "forced": _windows(scenario, number, limits.forced, inside=False),
        "frozen": _windows(scenario, number, limits.frozen, inside=True),
        "together": tuple(tuple(number[zone] for zone in group) for group in limits.together),
    }
    return Limits(**same | in_steps)


def _windows(
    scenario: Scenario, number: dict[str, int], spans: tuple[TimeOfZone, ...], *, inside: bool
) -> tuple[Window, ...]:
    """Times as windows: the whole steps inside them, or all steps that they touch."""
    windows = []
    for zone, start, end in spans:
        first, last = scenario.clock.step_at(start), scenario.clock.step_at(end)
        if inside:
            begin, stop = math.ceil(first - _EXACT), math.floor(last + _EXACT) - 1
        else:
            begin, stop = math.floor(first + _EXACT), math.ceil(last - _EXACT) - 1
        begin, stop = max(begin, 0), min(stop, scenario.steps - 1)
        if begin <= stop:
            windows.append(Window(number[zone], begin, stop))
    return tuple(windows)


@dataclass(frozen=True)
class Costs:
    """What a quiet step of each zone costs.

    Attributes
    ----------
    own : float[zones, T] or None
        By the limits of the scenario; None if they say nothing of it.
    by_party : mapping of str to float[zones, T]
        By concessions.csv, to each party that it has zones for, in the order of parties.yaml.
    """

    own: NDArray[np.float64] | None
    by_party: Mapping[str, NDArray[np.float64]]


def costs_by_party(scenario: Scenario) -> Costs:
    """What a quiet step of each zone costs, by the limits and to each party."""
    own = scenario.limits.concession
    rows = [row for row in scenario.concessions.to_dict("records") if isinstance(row["zone"], str)]
    entries = {
        party: [Cost(row["zone"], row["cost"], row["from"], row["to"]) for row in rows if row["party"] == party]
        for party in (str(entry["id"]) for entry in scenario.parties)
    }
    return Costs(
        _table(scenario, own) if own else None,
        {party: _table(scenario, costs) for party, costs in entries.items() if costs},
    )


def paying(scenario: Scenario) -> tuple[str, ...]:
    """Parties whose budget limits the pauses, in the order of the tables of `limits_of`; empty for the limits' own."""
    budgets = _budgets(scenario)
    parties = [party for party in costs_by_party(scenario).by_party if party in budgets]
    return tuple((["the limits"] if scenario.limits.concession else []) + parties) if parties else ()


def _concession(scenario: Scenario) -> tuple[NDArray[np.float64] | None, float | tuple[float, ...] | None]:
    """Costs and budget of the limits; where parties have budgets of their own, all of them one above the other."""
    costs, own = costs_by_party(scenario), scenario.limits.concession_budget
    budgets = _budgets(scenario)
    parties = {party: table for party, table in costs.by_party.items() if party in budgets}
    if not parties:
        return costs.own, own
    tables = [*([costs.own] if costs.own is not None else []), *parties.values()]
    first = [] if costs.own is None else [math.inf if own is None else own]
    return np.stack(tables), (*first, *(budgets[party] for party in parties))


def _budgets(scenario: Scenario) -> dict[str, float]:
    budgets = ((str(party["id"]), party.get("concession_budget")) for party in scenario.parties)
    return {party: float(budget) for party, budget in budgets if budget is not None}


def _table(scenario: Scenario, entries: Iterable[Cost]) -> NDArray[np.float64]:
    """Cost of each quiet step of each zone; a step that an entry covers in part costs that part."""
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    table = np.zeros((len(number), scenario.steps))
    begins = np.arange(scenario.steps)
    for zone, cost, start, end in entries:
        first = scenario.clock.step_at(start) if start is not None else 0.0
        last = scenario.clock.step_at(end) if end is not None else float(scenario.steps)
        covered = np.clip(np.minimum(begins + 1, last) - np.maximum(begins, first), 0.0, 1.0)
        table[number[zone]] += cost * covered * scenario.step_minutes / 60
    return table


def people_by_group(scenario: Scenario, group: str) -> int:
    """People in a group, whether they want to leave or not."""
    people = scenario.people
    return int(people.loc[people["group"] == group, "count"].sum())


def by_mode(groups: tuple[Group, ...], timed: list[Timed]) -> dict[str, list[Timed]]:
    """The networks of each mode's groups, in planning order."""
    modes: dict[str, list[Timed]] = {}
    for group, network in zip(groups, timed, strict=True):
        modes.setdefault(group.mode, []).append(network)
    return modes


def room_of(timed: list[Timed]) -> dict[str, int]:
    """Room of each shelter by place id, people."""
    return {t.place[node]: int(t.shelter[node]) for t in timed for node in np.flatnonzero(t.shelter > 0).tolist()}
