"""Make a plan: choose the pauses, move the people, say what bounds it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.deliveries.fleet import wanted
from letup.aid.deliveries.make import deliver
from letup.core.errors import NoPlan
from letup.core.progress import Progress, Reporter
from letup.pauses.feasibility.conflicts import require_a_window
from letup.pauses.limits import Window, usable_steps
from letup.pauses.warm_up import compile_first
from letup.plan.ceiling import BASIS, RELAXED, ceiling
from letup.plan.discretise import limits_of, moving_array, people_by_group
from letup.plan.findings import check_plan
from letup.plan.model import GroupResult, Plan
from letup.plan.objectives import Joint, is_joint
from letup.plan.planner.bottlenecks import bottlenecks
from letup.plan.planner.groups import EXACT_UP_TO, GroupFlow, Relief, move_groups
from letup.plan.planner.movements import movements
from letup.plan.planner.next_hours import next_hours
from letup.plan.planner.search import choose
from letup.plan.planner.worth import worth
from letup.plan.ways import passing
from letup.roads.network import RoadNetwork, Timed
from letup.scenario.model import Scenario

_RELIEVED = 3
"""Bottlenecks whose gain is computed where one takes seconds."""

EXACT = "worths and gains are differences of exact flows"
ESTIMATED = (
    "worths and gains are differences of estimates, in which people reserve room on their quickest way and then on "
    "others; the plan's own totals are exact, and where shelters fill up some people could arrive a little sooner than "
    "it says"
)


def make(
    scenario: Scenario,
    *,
    pauses: list[Window] | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Plan pauses and movements for a scenario.

    Groups are planned in their order, each on what the earlier ones leave: a rule, not an optimum.
    Nobody beyond those who want to leave is moved; nobody is on a road when a pause ends.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    pauses : list of Window, optional
        Pauses given by hand; chosen by a search if absent.
    time_limit : float, optional
        Seconds to look for better pauses; one short search if absent.
    seed : int
        Seed of the search.
    progress : callable, optional
        Told how far it has come.

    Raises
    ------
    NoPlan
        ``pauses.none``, ``plan.nobody`` or ``plan.no_way``, with the reason.
    """
    from letup import roads

    tell = Reporter(progress)
    trace: list[tuple[float, int, int]] = []
    if time_limit is not None and pauses is None:
        tell("compiling")
        compile_first(2)
        tell.restart()
    tell("reading the roads")
    clock, limits = scenario.clock, limits_of(scenario)
    network = roads.build(scenario)
    timed = [roads.timed(network, scenario, group.name) for group in scenario.groups]
    if not is_joint(scenario):  # else trucks are enough to plan for
        require_people(scenario, timed)
    if pauses is None:
        require_a_window(limits, len(scenario.zones), clock, list(map(str, scenario.zones["name"])))
    tell("proving the ceiling")
    usable = usable_steps(limits, len(scenario.zones), clock)
    if pauses is not None:
        # Pauses given by hand may go beyond the limits; the ceiling covers them too.
        for window in pauses:
            usable[window.zone, window.first : window.last + 1] = True
    most = generous = tell.ceiling = ceiling(scenario.groups, timed, usable)
    if most == 0 and not is_joint(scenario):
        raise NoPlan(
            "plan.no_way",
            "Nobody who wants to leave has a way to a shelter with room, even if every allowed hour is quiet.",
            "See `letup check` on roads, shelters and limits.",
        )
    trace.append((tell.seconds, 0, most))
    joint = None
    if is_joint(scenario):
        tell("laying out the deliveries")
        joint = Joint(scenario, network, usable)
    complete = True
    windows = sorted(pauses) if pauses is not None else []
    if pauses is None:
        tell("choosing the pauses")

        def better(value: float, bound: float) -> None:
            nonlocal most
            most = tell.ceiling = min(most, math.floor(bound + 1e-6)) if math.isfinite(bound) else most
            people = min(int(value), most)
            trace.append((tell.seconds, people, most))
            tell("choosing the pauses", people)

        left = time_limit - tell.seconds if time_limit is not None else None
        windows, complete = choose(scenario, timed, clock, limits, left, seed, most, better, joint)
    return _finish(
        scenario,
        network,
        timed,
        windows,
        most=most,
        basis=BASIS if most == generous else RELAXED,
        chosen=pauses is None,
        trace=trace,
        complete=complete,
        joint=joint,
        tell=tell,
    )


def _finish(
    scenario: Scenario,
    network: RoadNetwork,
    timed: list[Timed],
    windows: list[Window],
    *,
    most: int,
    basis: str,
    chosen: bool,
    trace: list[tuple[float, int, int]],
    complete: bool,
    joint: Joint | None,
    tell: Reporter,
) -> Plan:
    """Move everybody under the chosen pauses, and say what the plan is worth and what bounds it."""
    tell.chosen = True
    tell("moving the groups", trace[-1][1])
    moving = moving_array(scenario, windows)
    flows = move_groups(scenario.groups, timed, moving, details=True)
    moved = movements(scenario, network, flows)
    arrive = sum(flow.total for flow in flows)
    trace.append((tell.seconds, arrive, most))
    tell("weighing the pauses", arrive)
    of_group = {flow.group.name: flow.timed for flow in flows}
    passed, last_use = passing(windows, of_group, moved)
    if chosen:
        # The search estimates; what nobody passes in the end, and no truck needs, is not asked for.
        kept = [i for i, people in enumerate(passed) if people] if joint is None else joint.useful(windows, passed)
        windows = [windows[i] for i in kept]
        passed, last_use = [passed[i] for i in kept], [last_use[i] for i in kept]
        moving = moving_array(scenario, windows)
    quick = any(len(flow.horizon.arcs) * len(flow.horizon.steps) > EXACT_UP_TO for flow in flows)
    gains = worth(windows, moving, scenario.groups, flows, passed, quick=quick)
    tell("trying one more hour", arrive)
    more = next_hours(scenario, windows, flows, gains, quick=quick)
    tell("looking for what bounds the plan", arrive)

    def total(quiet: NDArray[np.bool_], relief: Relief | None = None) -> int:
        return sum(flow.total for flow in move_groups(scenario.groups, timed, quiet, relief=relief, quick=quick))

    base = total(moving) if quick else arrive

    def gain(people: int) -> int | None:
        # Estimates are too low by different amounts: where they show no gain, nothing is known.
        return None if quick and people <= base else max(people - base, 0)

    def gain_of(relief: Relief) -> int | None:
        return gain(total(moving, relief))

    def gain_of_longer_pauses() -> int | None:
        more = round(60 / scenario.step_minutes)
        longer = [replace(w, last=min(w.last + more, scenario.steps - 1)) for w in windows]
        return gain(total(moving_array(scenario, longer)))

    relieved = {"relieved": _RELIEVED} if quick else {}
    bounds = bottlenecks(scenario, network, flows, gain_of, gain_of_longer_pauses, **relieved)
    brought = None
    if wanted(scenario):
        tell("making the deliveries", arrive)
        brought = deliver(scenario, network, windows, moved, prepared=joint.ground if joint is not None else None)
    groups = tuple(_result(scenario, flow) for flow in flows)
    findings = check_plan(scenario, network, windows, moved, groups, last_use=last_use, complete=complete)
    return Plan(
        scenario=scenario,
        network=network,
        windows=tuple(windows),
        pauses=pause_table(scenario, windows, passed, gains, joint.losses(windows) if joint is not None else None),
        movements=moved,
        groups=groups,
        bottlenecks=bounds,
        ceiling=most,
        ceiling_basis=basis,
        trace=tuple(trace),
        findings=tuple(findings),
        complete=complete,
        worth_basis=ESTIMATED if quick else EXACT,
        next_hours=more,
        deliveries=brought,
        objectives=joint.objectives(windows, moved, arrive, most) if joint is not None else (),
    )


def pause_table(
    scenario: Scenario, windows: list[Window], passed: list[int], gains: list[int], need: list[float] | None = None
) -> pd.DataFrame:
    """The pauses as in `Plan.pauses`."""
    names = [str(name) for name in scenario.zones["name"]]
    return pd.DataFrame(
        {
            "zone": [scenario.zone_ids[w.zone] for w in windows],
            "zone_name": [names[w.zone] for w in windows],
            "start": [scenario.clock.iso(w.first) for w in windows],
            "end": [scenario.clock.iso(w.last + 1) for w in windows],
            "hours": [(w.last - w.first + 1) * scenario.step_minutes / 60 for w in windows],
            "first_step": [w.first for w in windows],
            "last_step": [w.last for w in windows],
            "passing_people": passed,
            "worth_people": gains,
            "worth_need": need if need is not None else [None] * len(windows),
        }
    )


def _result(scenario: Scenario, flow: GroupFlow) -> GroupResult:
    """What one group gets out of the plan."""
    return GroupResult(
        flow.group.name,
        flow.group.label or flow.group.name,
        people_by_group(scenario, flow.group.name),
        int(flow.timed.supply.sum()),
        flow.total,
        flow.arrivals,
        float(flow.timed.rounding_worst) if np.isfinite(flow.timed.rounding_worst) else 0.0,
    )


def require_people(scenario: Scenario, timed: list[Timed]) -> None:
    """Refuse a scenario in which there is nobody to plan for."""
    if not sum(int(t.supply.sum()) for t in timed):
        raise NoPlan(
            "plan.nobody",
            f"Nobody in {scenario.title} is counted as wanting to leave.",
            "See count and share_leaving in people.csv.",
        )
