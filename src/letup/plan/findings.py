"""Check a plan against the rules of humanitarian law and practice: flags and checks, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from letup.aid.deliveries.logistics import has_deliveries
from letup.core.findings import Finding, finding, worst_first
from letup.core.wording import first_few, number, plural
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import MARGIN_MINUTES, Window
from letup.plan.day_reach import too_far_for_a_day
from letup.plan.destination_checks import check_destinations
from letup.plan.discretise import limits_of, paying
from letup.plan.model import GroupResult
from letup.plan.objectives import is_joint
from letup.roads.network import RoadNetwork, Timed
from letup.scenario.disclosure import is_confidential, shared_findings
from letup.scenario.model import Scenario
from letup.scenario.priorities import NO_TRUCKS, has_trucks

_SHORT_PAUSE_HOURS = 2.0
_NOTICE_HOURS = 24.0


def check_plan(
    scenario: Scenario,
    network: RoadNetwork,
    windows: Sequence[Window],
    movements: pd.DataFrame,
    groups: Sequence[GroupResult],
    timed: Mapping[str, Timed],
    *,
    last_use: Sequence[int],
    left_out: int = 0,
    complete: bool = True,
) -> list[Finding]:
    """All findings on a plan, worst first.

    Parameters
    ----------
    scenario, network : Scenario, RoadNetwork
        What the plan is for.
    windows : sequence of Window
        The pauses.
    movements : DataFrame
        As in `letup.plan.model.Plan`.
    groups : sequence of GroupResult
        In planning order.
    timed : mapping of str to Timed
        The network of each group, in planning order.
    last_use : sequence of int
        For each pause, the last step at which anybody is on a road of its zone; -1 if nobody is.
    left_out : int
        People left out because they would have to come by a place twice, or spend too many nights on the way.
    complete : bool
        False if the search was ended early.
    """
    findings = [f for f in network.findings if f.severity != "error" and not _of_confidential_place(scenario, f)]
    findings += _leaving(scenario, network, windows, movements, groups)
    if left_out:
        nights = " or with more nights on the way than anybody may spend" if scenario.nights_at_most else ""
        findings.append(
            finding(
                "plan.circling",
                f"Flag: {left_out:,} of those who do not get out are left out because, as far as was found, they could "
                f"only do so by walking up and down roads, where nobody may wait{nights}.",
                "Give places where people may stop on the way, or pause zones one behind the other at the same hours.",
            )
        )
    findings += _too_far(scenario, timed)
    findings += _way_back(network, movements)
    findings += _most_vulnerable(groups)
    findings += check_destinations(scenario, network, movements)
    findings += _time(scenario, windows, last_use)
    findings += _limits(scenario, windows)
    if not complete:
        findings.append(finding("plan.incomplete", "The search was ended early; a longer one may find better pauses."))
    if scenario.priorities.need and not has_trucks(scenario):
        message = f"{NO_TRUCKS[0].upper()}{NO_TRUCKS[1:]}; the pauses are for the movement of people alone."
        findings.append(finding("plan.priorities", message, "Give trucks and points in the scenario, or leave it out."))
    findings.append(
        finding(
            "plan.relief",
            _relief(scenario),
            "Plan the passage of relief with those who bring it.",
        )
    )
    findings.append(
        finding(
            "plan.permission",
            "This is a model, not a permission: no pause holds before the parties agree, and civilians are protected "
            "with or without one.",
            "Have each pause agreed, notified and confirmed down to the units on the ground.",
        )
    )
    return worst_first(shared_findings(scenario, findings))


def _of_confidential_place(scenario: Scenario, found: Finding) -> bool:
    """Whether it says how a confidential place lies to the roads, which `letup check` alone says."""
    return found.code.startswith("places.") and is_confidential(scenario, found.where.removeprefix("place "))


def _relief(scenario: Scenario) -> str:
    """What the pauses have to do with relief."""
    if not has_deliveries(scenario):
        return "Flag: how relief gets in is not part of this plan; it must pass rapidly and unimpeded."
    weighed = "the pauses are chosen for the movement of people; trucks make use of them."
    if is_joint(scenario):
        weighed = "trucks share the pauses with the movement of people, by the scenario's priorities."
        if not scenario.priorities.people:
            weighed = "the pauses are weighed for trucks alone, by the scenario's priorities; people make use of them."
    return f"Flag: {weighed} Relief must pass rapidly and unimpeded."


def willing_by_zone(scenario: Scenario, network: RoadNetwork) -> pd.DataFrame:
    """People and those who want to leave by zone id: columns people, want.

    People of a place count in the zone that its node lies in; the index is empty for those in none.
    """
    people = scenario.people
    totals: dict[str, list[int]] = {}
    for place, zone, there, share in zip(
        people["place"], people["zone"], people["count"], people["share_leaving"], strict=True
    ):
        if isinstance(place, str) and place:
            number = int(network.node_zone[network.place_node[place]]) if place in network.place_node else -1
            name = scenario.zone_ids[number] if number >= 0 else ""
        else:
            name = zone if isinstance(zone, str) else ""
        total = totals.setdefault(name, [0, 0])
        total[0] += int(there)
        total[1] += round(float(there) * float(share))
    order = sorted(totals)
    return pd.DataFrame([totals[name] for name in order], index=order, columns=["people", "want"], dtype=int)


def _leaving(
    scenario: Scenario,
    network: RoadNetwork,
    windows: Sequence[Window],
    movements: pd.DataFrame,
    groups: Sequence[GroupResult],
) -> list[Finding]:
    """Voluntary leaving, those who stay, and those who are left behind."""
    findings: list[Finding] = []
    people, want = sum(g.people for g in groups), sum(g.want_to_leave for g in groups)
    arrive = sum(g.arrive for g in groups)
    findings += [
        finding(
            "plan.voluntary",
            f"{group.arrive:,} people would move, only {group.want_to_leave:,} want to, in the group: {group.label}.",
            "Do not use this plan.",
            where=f"group {group.name}",
        )
        for group in groups
        if group.arrive > group.want_to_leave
    ]
    findings.append(
        finding(
            "plan.voluntary",
            f"Check: {want:,} of {people:,} people are counted as wanting to leave; the plan moves {arrive:,} of them "
            "and nobody else.",
            "Ask people, inform them of ways, times and destinations, and leave the choice to each of them.",
            severity="note",
        )
    )
    findings.append(
        finding(
            "plan.stay",
            f"Flag: {people - want:,} people are counted as staying; they stay civilians with full protection "
            "during a pause and after it.",
            "Plan for those who stay too.",
        )
    )
    by_zone = willing_by_zone(scenario, network)
    paused = {scenario.zone_ids[w.zone] for w in windows}
    needs = scenario.zones.get("needs_pause")
    without = [
        zone
        for zone in by_zone.index
        if zone and zone not in paused and by_zone.loc[zone, "people"] > 0 and (needs is None or bool(needs.get(zone)))
    ]
    if without:
        inside = int(by_zone.loc[without, "people"].sum())
        names = first_few([str(scenario.zones["name"].get(zone, zone)) for zone in without], 6)
        findings.append(
            finding(
                "plan.no_pause",
                f"Flag: {inside:,} people are in {plural(len(without), 'zone')} without any pause: {names}.",
                "Ask whether people there need one, for relief as well as for leaving.",
            )
        )
    if arrive < want:
        gone = movements.groupby("origin")["people"].sum() if len(movements) else pd.Series(dtype=int)
        left = (by_zone["want"] - gone.reindex(by_zone.index).fillna(0)).sort_values(ascending=False)
        most = ", ".join(
            f"{scenario.zones['name'].get(zone, zone) or 'no zone'} {int(people_left):,}"
            for zone, people_left in left[left > 0].head(3).items()
        )
        findings.append(
            finding(
                "plan.left_behind",
                f"Flag: {want - arrive:,} of {want:,} people who want to leave do not get out; most in {most}.",
                "See what bounds the plan; ask for more hours there, or bring relief to them.",
            )
        )
    return findings


def _too_far(scenario: Scenario, timed: Mapping[str, Timed]) -> list[Finding]:
    """Those for whom no shelter is near enough, as nobody is to be on the way at night."""
    findings = []
    for far in too_far_for_a_day(scenario, timed):
        group = next(group for group in scenario.groups if group.name == far.group)
        names = [
            f"{people:,} in {scenario.zones.loc[zone, 'name'] if zone else 'no zone'}"
            for zone, people in far.by_zone.items()
        ]
        needed, longest = (number(scenario.clock.hours(steps)) for steps in (far.needed, far.longest_day))
        findings.append(
            finding(
                "plan.too_far",
                f"{sum(far.by_zone.values()):,} people cannot reach any shelter in one day, in the group: "
                f"{group.label or group.name}. The farthest would be under way for {needed} h, and the longest day "
                f"within the limits has {longest} h. They are {first_few(names, 6)}.",
                "A vehicle, a place to spend the night on the way (night_room, with nights_at_most), or a longer day "
                "would help.",
                where=f"group {far.group}",
            )
        )
    return findings


def _way_back(network: RoadNetwork, movements: pd.DataFrame) -> list[Finding]:
    """Whether people can come back on foot along roads of the network."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    if not len(movements):
        return []
    on_foot = np.flatnonzero(network.foot_per_hour > 0)
    n = len(network.lon)
    graph = csr_array((np.ones(len(on_foot), np.int32), (network.tail[on_foot], network.head[on_foot])), shape=(n, n))
    lost = 0
    for shelter, rows in movements.groupby("shelter"):
        node = network.place_node.get(str(shelter), -1)
        reached = np.zeros(n, bool)
        if node >= 0:
            reached[breadth_first_order(graph, node, return_predecessors=False)] = True
        lost += int(rows.loc[~reached[rows["origin_node"].to_numpy(int)], "people"].sum())
    moved = int(movements["people"].sum())
    findings = [
        finding(
            "plan.return",
            f"Return is part of the plan: {moved - lost:,} of {moved:,} people who leave have a way back on foot along "
            "the same roads once it is quiet; nobody's home is given up.",
            "Agree the return together with the leaving: who, when, along which roads, and under whose protection.",
        )
    ]
    if lost:
        findings.append(
            finding(
                "plan.no_return",
                f"Flag: {lost:,} people who leave have no way back on foot along the roads of the scenario.",
                "Open a way back before anybody leaves that way.",
            )
        )
    return findings


def _most_vulnerable(groups: Sequence[GroupResult]) -> list[Finding]:
    """The order of the groups and what it means for families and the most vulnerable."""
    findings = []
    active = [g for g in groups if g.want_to_leave > 0]
    if len(active) > 1:
        findings.append(
            finding(
                "plan.order",
                "Groups are planned one after the other: " + ", then ".join(g.label for g in active) + ". That order "
                "is a rule, not an optimum over all groups together; the proven ceiling covers every order.",
            )
        )
        findings.append(
            finding(
                "plan.families",
                f"Check: {len(active)} groups move at their own speed and by their own means; families must not be "
                "parted by that.",
                "Let families choose to move together, at the pace of their slowest.",
            )
        )
        findings += [
            finding(
                "plan.vulnerable_left",
                f"Flag: {group.want_to_leave - group.arrive:,} of {group.want_to_leave:,} people who want to leave do "
                f"not get out in the group: {group.label}.",
                "Ask for help for them: ambulances, carriers, pauses near where they are.",
                where=f"group {group.name}",
            )
            for group in active[:-1]
            if group.arrive < group.want_to_leave
        ]
    return findings


def _time(scenario: Scenario, windows: Sequence[Window], last_use: Sequence[int]) -> list[Finding]:
    """Margins, short pauses, notice, changes of the clock."""
    findings = []
    thin = []
    for window, last in zip(windows, last_use, strict=True):
        if last > window.last:
            findings.append(
                finding(
                    "plan.stranded",
                    f"People are on the road in {_zone_name(scenario, window)} when the pause of "
                    f"{scenario.clock.iso(window.first)} ends.",
                    "Do not use this plan.",
                    where=f"zone {scenario.zone_ids[window.zone]}",
                )
            )
        elif last >= 0 and (window.last - last) * scenario.step_minutes < MARGIN_MINUTES:
            thin.append(window)
    if thin:
        places = first_few(list(dict.fromkeys(_zone_name(scenario, w) for w in thin)), 6, "zones")
        findings.append(
            finding(
                "plan.margin",
                f"Flag: in {len(thin)} of {len(windows)} pauses the last people leave the road less than "
                f"{MARGIN_MINUTES} minutes before the end: {places}.",
                "Ask for a quarter of an hour more, or let the last ones leave earlier.",
            )
        )
    short = [w for w in windows if scenario.clock.hours(w.length) < _SHORT_PAUSE_HOURS]
    if short:
        findings.append(
            finding(
                "plan.short_pause",
                f"Flag: {len(short)} of {len(windows)} pauses are shorter than {_SHORT_PAUSE_HOURS:g} hours.",
                "Check that people can be told, get ready and pass in that time.",
            )
        )
    if windows:
        first = scenario.clock.hours(min(w.first for w in windows))
        if first < _NOTICE_HOURS:
            findings.append(
                finding(
                    "plan.notice",
                    f"Flag: the first pause starts {plural(first, 'hour')} after the start of the plan; parties were "
                    f"seen to ask for {_NOTICE_HOURS:g} to 48 hours of notice.",
                    "Check that the notice reaches the units on the ground in that time.",
                )
            )
    offsets = {minutes for _, minutes in scenario.clock.offsets()}
    if len(offsets) > 1:
        findings.append(
            finding(
                "plan.clock_change",
                f"Flag: clocks in {scenario.timezone} change by {(max(offsets) - min(offsets)) / 60:g} h during the "
                "plan; all times are those of the clocks in force at that moment.",
                "Check every pause after the change with the parties.",
            )
        )
    return findings


def _limits(scenario: Scenario, windows: Sequence[Window]) -> list[Finding]:
    """Where pauses given by hand break what the parties insist on."""
    broken = breaches(windows, limits_of(scenario), len(scenario.zones), scenario.clock)
    return [
        finding(
            "plan.limits",
            f"Flag: {_subject(scenario, windows, b.window)} {b.message}{_payer(scenario, b.party)}.",
            "Change the pauses, or ask the parties whether they accept it.",
            where=f"zone {scenario.zone_ids[windows[b.window].zone]}" if b.window is not None else "",
            column=b.limit,
        )
        for b in broken
    ]


def _subject(scenario: Scenario, windows: Sequence[Window], window: int | None) -> str:
    """What breaks a limit, as the subject of a sentence."""
    if window is None:
        return "the pauses together:"
    pause = windows[window]
    return f"the pause of {_zone_name(scenario, pause)} from {scenario.clock.iso(pause.first)}"


def _payer(scenario: Scenario, number: int | None) -> str:
    """Whose budget is broken, and in what it is counted."""
    if number is None:
        return ""
    name = paying(scenario)[number]
    party = next((party for party in scenario.parties if party["id"] == name), None)
    return " (the limits)" if party is None else f" ({party['name']}, in {party['concession_unit']})"


def _zone_name(scenario: Scenario, window: Window) -> str:
    """Name of a window's zone."""
    return str(scenario.zones["name"].iloc[window.zone])
