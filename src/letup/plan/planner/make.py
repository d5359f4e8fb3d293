"""Make a plan: choose the pauses, move the people, say what bounds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.logistics import has_deliveries
from letup.aid.deliveries.make import deliver, upper_bound
from letup.aid.deliveries.make.bound import NeedBound
from letup.aid.deliveries.model import arrivals_of
from letup.aid.deliveries.need import delivered, needs
from letup.aid.people import staying
from letup.core.progress import Progress, Reporter
from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.pauses.limits import Window, moving_array
from letup.pauses.warm_up import compile_first
from letup.plan.ceiling import basis_of
from letup.plan.discretise import people_by_group
from letup.plan.findings import check_plan
from letup.plan.model import ESTIMATED, EXACT, GroupResult, Plan, Proof, pause_table
from letup.plan.objectives import Objective, is_joint, objectives_of
from letup.plan.planner.bottlenecks import bottlenecks
from letup.plan.planner.groups import EXACT_UP_TO, DoubledLimit, GroupFlow, move_groups
from letup.plan.planner.instance import Instance, lay_out
from letup.plan.planner.movements import outcome
from letup.plan.planner.search import choose
from letup.plan.planner.weighed_objective import WeighedObjective
from letup.plan.planner.worth import next_hours, worth
from letup.scenario.model import Scenario

_RELIEVED = 3
"""Bottlenecks whose gain is computed where one takes seconds."""


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
        Seed of the search. The same one gives the same plan where no time ends the work: without ``time_limit``,
        without Ctrl-C, and where the whole trucks of deliveries are found within their own limit.
    progress : callable, optional
        Told how far it has come.

    Raises
    ------
    NoPlan
        ``pauses.none``, ``plan.nobody`` or ``plan.no_way``, with the reason.
    """
    tell = Reporter(progress)
    trace: list[tuple[float, int, int]] = []
    if time_limit is not None and pauses is None:
        tell("compiling")
        compile_first(2)
        tell.restart()
    instance = lay_out(scenario, pauses=pauses or (), progress=tell)
    if pauses is None:
        instance.require_a_window()
    tell.ceiling = instance.people_ceiling
    trace.append((tell.seconds, 0, tell.ceiling))
    if is_joint(scenario):
        tell("laying out the deliveries")
    objective = instance.objective()
    complete, certificate = True, None
    if pauses is not None:
        windows = sorted(pauses)
    else:
        tell("choosing the pauses")

        def better(value: float, proven: int) -> None:
            tell.ceiling = min(tell.ceiling, proven)
            people = min(int(value), tell.ceiling)
            trace.append((tell.seconds, people, tell.ceiling))
            tell("choosing the pauses", people)

        left = time_limit - tell.seconds if time_limit is not None else None
        choice = choose(instance, time_limit=left, seed=seed, objective=objective, progress=better)
        windows, complete, tell.ceiling = list(choice.windows), choice.complete, choice.ceiling
        certificate = choice.certificate
        # What was proven on the way, but not in a form that can be confirmed, is not claimed.
        trace = [(seconds, people, max(proven, choice.ceiling)) for seconds, people, proven in trace]
    return _finish(
        instance,
        windows,
        ceiling=tell.ceiling,
        chosen=pauses is None,
        trace=trace,
        complete=complete,
        certificate=certificate,
        objective=objective,
        tell=tell,
    )


def _finish(
    instance: Instance,
    windows: Sequence[Window],
    *,
    ceiling: int,
    chosen: bool,
    trace: list[tuple[float, int, int]],
    complete: bool,
    certificate: Certificate | AllQuietCertificate | None,
    objective: WeighedObjective | None,
    tell: Reporter,
) -> Plan:
    """Move everybody under the chosen pauses, and say what the plan is worth and what bounds it."""
    scenario, network, timed = instance.scenario, instance.network, list(instance.timed)
    tell.chosen = True
    tell("moving the groups", trace[-1][1])
    moved = outcome(instance, windows)
    arrive, flows = moved.people, list(moved.flows)
    trace.append((tell.seconds, arrive, ceiling))
    tell("weighing the pauses", arrive)
    if chosen:
        moved = moved.without_idle_pauses(objective)
    windows = list(moved.windows)
    moving = moving_array(scenario, windows)
    quick = any(len(flow.horizon.arcs) * len(flow.horizon.steps) > EXACT_UP_TO for flow in flows)
    gains = worth(windows, moving, scenario.groups, flows, list(moved.passing), quick=quick)
    tell("trying one more hour", arrive)
    more = next_hours(scenario, windows, flows, gains, quick=quick)
    tell("looking for what bounds the plan", arrive)

    def total(quiet: NDArray[np.bool_], relief: DoubledLimit | None = None) -> int:
        return sum(flow.total for flow in move_groups(scenario.groups, timed, quiet, relief=relief, quick=quick))

    left_out = sum(flow.left_out for flow in flows)
    base = total(moving) if quick else arrive

    def gain(people: int) -> int | None:
        # Estimates are too low by different amounts: where they show no gain, nothing is known.
        return None if quick and people <= base else max(people - base, 0)

    def gain_of(relief: DoubledLimit) -> int | None:
        return gain(total(moving, relief))

    def gain_of_longer_pauses() -> int | None:
        more = round(60 / scenario.step_minutes)
        longer = [replace(w, last=min(w.last + more, scenario.steps - 1)) for w in windows]
        return gain(total(moving_array(scenario, longer)))

    relieved = {"relieved": _RELIEVED} if quick else {}
    bounds = bottlenecks(scenario, network, flows, gain_of, gain_of_longer_pauses, **relieved)
    brought = None
    if has_deliveries(scenario):
        tell("making the deliveries", arrive)
        prepared = objective.prepared if objective is not None else None
        brought = deliver(scenario, network, windows, moved.movements, prepared=prepared)
    groups = tuple(_result(scenario, flow) for flow in flows)
    need = objective.losses(windows) if objective is not None else None
    objectives: tuple[Objective, ...] = ()
    need_bound: NeedBound | None = None
    if objective is not None:
        assert brought is not None
        need_bound = upper_bound(scenario, instance.usable, prepared=objective.prepared)
        at_home = needs(scenario, objective.prepared.stocks, staying(scenario))
        goods = delivered(at_home, scenario.zone_ids, arrivals_of(brought.table, brought.returns))
        objectives = objectives_of(scenario, at_home, goods, arrive, ceiling, need_bound.bound)
    return Plan(
        scenario=scenario,
        network=network,
        windows=tuple(windows),
        pauses=pause_table(scenario, windows, moved.passing, gains, need),
        movements=moved.movements,
        groups=groups,
        bottlenecks=bounds,
        ceiling=ceiling,
        ceiling_basis=basis_of(certificate),
        trace=tuple((round(seconds, 3), people, most) for seconds, people, most in trace),  # as plan.json has them
        findings=tuple(
            check_plan(
                scenario,
                network,
                windows,
                moved.movements,
                groups,
                {flow.group.name: flow.timed for flow in flows},
                last_use=moved.last_use,
                left_out=left_out,
                complete=complete,
            )
        ),
        complete=complete,
        left_out=left_out,
        worth_basis=ESTIMATED if quick else EXACT,
        next_hours=more,
        deliveries=brought,
        objectives=objectives,
        proof=Proof(
            people=certificate,
            need=need_bound.duals if need_bound is not None else None,
            deliveries=brought.certificate if brought is not None else None,
        ),
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
