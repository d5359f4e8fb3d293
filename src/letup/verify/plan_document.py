"""Recompute what plan.json says: pauses, totals, ceiling, findings, and what the pauses were chosen for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from letup.core.errors import LetupError
from letup.pauses.limit_checks import breaches
from letup.pauses.limits import Window, quiet_array, usable_steps
from letup.plan.answer import sentence_of
from letup.plan.ceiling import basis_of, ceiling
from letup.plan.discretise import limits_of, people_by_group
from letup.plan.extensions import Extension, is_allowed
from letup.plan.files.as_written import read_plan
from letup.plan.files.document import Document
from letup.plan.files.write import about, zone_parts
from letup.plan.findings import check_plan
from letup.plan.model import GroupResult
from letup.plan.movement_paths import passing
from letup.roads.network import Timed
from letup.scenario.model import Scenario
from letup.verify.bounds import check_weighed, proof_of, proven_ceiling
from letup.verify.convoy_files import check_orders
from letup.verify.deliveries import check_deliveries
from letup.verify.layers import check_layers
from letup.verify.movements import Leg, check_loads, check_movements
from letup.verify.result import PLAN, Verification
from letup.verify.statements import check_statements


def check_content(
    folder: Path, document: Document, rows: list[dict[str, str]], result: Verification, tell: Callable[[str], None]
) -> None:
    """Check everything that can be recomputed.

    Parameters
    ----------
    folder : Path
        The plan's folder.
    document : Document
        plan.json.
    rows : list of dict
        movements.csv as text.
    result : Verification
        Takes up what was checked and what does not hold.
    tell : callable
        Told what is being checked.
    """
    from letup import roads
    from letup import scenario as scenarios

    tell("reading the scenario")
    scenario = scenarios.load(str(folder / "scenario"))
    result.same_part(PLAN, "scenario", document.scenario.model_dump(mode="json"), about(scenario))
    result.same_part(PLAN, "limits", document.limits.model_dump(mode="json"), scenario.limits.plain())
    result.done("what the plan says about the scenario and the limits", 2)
    tell("rebuilding the roads")
    network = roads.build(scenario)
    timed = {group.name: roads.timed(network, scenario, group.name) for group in scenario.groups}
    numbers, windows = _windows(document, scenario, result)
    _next_hours(document, windows, scenario, result)
    tell("replaying the movements")
    table, legs = check_movements(rows, scenario, network, timed, windows, result=result)
    if table is None:
        return
    check_loads(table, legs, scenario, timed, result)
    _groups(document, table, scenario, timed, result)
    result.same_part(
        PLAN,
        "zones",
        [part.model_dump() for part in document.zones],
        zone_parts(scenario, network, table),
    )
    result.done("people of each zone", len(document.zones))
    tell("recomputing the ceiling")
    clock, limits = scenario.clock, limits_of(scenario)
    usable = usable_steps(limits, len(scenario.zones), clock) | quiet_array(
        windows, len(scenario.zones), scenario.steps
    )
    generous = ceiling(scenario.groups, list(timed.values()), usable)
    check_statements(document, scenario, network, timed, result)
    proof = proof_of(folder, document, result)
    most = proven_ceiling(proof, scenario, timed, generous, result)
    _answer(document, windows, most, generous, len(table), basis_of(proof.people), scenario=scenario, result=result)
    if not all(leg.home >= 0 for leg in legs):
        return  # what follows rests on ways that do not exist; each was named above
    tell("replaying the deliveries")
    goods = check_deliveries(folder, document, proof, scenario, network, windows, table, result)
    by_number = dict(zip(numbers, windows, strict=True))
    check_weighed(document, proof, scenario, network, usable, by_number, goods, result)
    check_orders(folder, scenario, network, windows, result)
    people, last_use = passing(windows, timed, table)
    for i, count in zip(numbers, people, strict=True):
        pause = document.pauses[i]
        result.same(PLAN, f"pauses[{i}].passing_people", pause.passing_people, count, "people")
        if pause.worth_people > count:
            result.wrong("value", PLAN, f"pauses[{i}].worth_people", "is more than the people who pass")
    result.done("people who pass during each pause", len(windows))
    groups = [
        GroupResult(g.name, g.label, g.people, g.want_to_leave, g.arrive, np.zeros(0, np.int64), g.rounding_worst)
        for g in document.groups
    ]
    answer = document.answer
    recomputed = check_plan(
        scenario,
        network,
        windows,
        table,
        groups,
        timed,
        last_use=last_use,
        left_out=answer.left_out,
        complete=answer.complete,
    )
    result.same_part(
        PLAN,
        "findings",
        [part.model_dump() for part in document.findings],
        [asdict(finding) for finding in recomputed],
    )
    result.done("findings", len(recomputed))
    _pauses_within_limits(windows, scenario, document, result)
    tell("recomputing the layers")
    try:
        result.plan = read_plan(folder, scenario, network)
    except LetupError as error:
        result.wrong("file", PLAN, "", f"the plan cannot be read as a whole: {error.message}")
        return
    check_layers(folder, result.plan, result)


def _windows(document: Document, scenario: Scenario, result: Verification) -> tuple[list[int], list[Window]]:
    """The pauses that can be, by their number, as windows; their times, hours and names recomputed."""
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    numbers: list[int] = []
    windows: list[Window] = []
    for i, pause in enumerate(document.pauses):
        where = f"pauses[{i}]"
        if pause.zone not in number:
            result.wrong("value", PLAN, f"{where}.zone", f"there is no zone {pause.zone!r}")
            continue
        if not 0 <= pause.first_step <= pause.last_step < scenario.steps:
            result.wrong("value", PLAN, f"{where}.first_step", "the steps do not exist")
            continue
        window = Window(number[pause.zone], pause.first_step, pause.last_step)
        numbers.append(i)
        windows.append(window)
        result.same(PLAN, f"{where}.zone_name", pause.zone_name, str(scenario.zones["name"].iloc[window.zone]))
        for name, written, step in (("start", pause.start, window.first), ("end", pause.end, window.last + 1)):
            computed = scenario.clock.iso(step)
            if written != pd.Timestamp(computed):
                result.wrong("value", PLAN, f"{where}.{name}", f"is {written.isoformat()}, recomputed {computed}")
        hours = scenario.clock.hours(window.length)
        result.same(PLAN, f"{where}.hours", pause.hours, hours, "hours")
    if windows != sorted(windows):
        result.wrong("value", PLAN, "pauses", "are not in the order of zones and times")
    result.done("times and lengths of pauses", len(windows))
    return numbers, windows


def _next_hours(document: Document, windows: list[Window], scenario: Scenario, result: Verification) -> None:
    """Longer and new pauses must be ones that could be asked for, and let out no more than are left behind.

    What they bring only the solver knows.
    """
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    clock, limits = scenario.clock, limits_of(scenario)
    behind = document.answer.want_to_leave - document.answer.arrive
    before = math.inf
    for i, extra in enumerate(document.next_hours):
        where = f"next_hours[{i}]"
        if extra.people_per_zone_hour > before:
            result.wrong("value", PLAN, where, "brings more than the one before it: they stand best first")
        before = extra.people_per_zone_hour
        if extra.zone not in number:
            result.wrong("value", PLAN, f"{where}.zone", f"there is no zone {extra.zone!r}")
            continue
        if extra in document.next_hours[:i]:
            result.wrong("value", PLAN, where, "stands twice")
        result.same(PLAN, f"{where}.zone_name", extra.zone_name, str(scenario.zones["name"].loc[extra.zone]))
        first, end = scenario.clock.step_at(extra.start), scenario.clock.step_at(extra.end)
        if first != int(first) or end != int(end) or not 0 <= first < end <= scenario.steps:
            result.wrong("value", PLAN, f"{where}.start", "the steps from start to end do not exist")
            continue
        window = Window(number[extra.zone], int(first), int(end) - 1)
        old = None
        if extra.replaces is not None:
            same = [w for w in windows if w.zone == window.zone and w.first == scenario.clock.step_at(extra.replaces)]
            old = same[0] if same else None
            if old is None or not (window.first <= old.first and old.last <= window.last and window != old):
                result.wrong("value", PLAN, f"{where}.replaces", "there is no such pause that it would make longer")
                continue
        more = Extension(window, old)
        if not is_allowed(more, windows, limits, len(scenario.zones), clock):
            result.wrong("value", PLAN, where, "is not within what the parties insist on for single pauses")
        if extra.people_per_zone_hour * clock.hours(more.steps()) > behind + 0.05 * clock.hours(more.steps()):
            result.wrong("value", PLAN, f"{where}.people_per_zone_hour", "is more than the people left behind")
    if document.next_hours:
        result.done("zones and times of one more hour", len(document.next_hours))


def _pauses_within_limits(windows: list[Window], scenario: Scenario, document: Document, result: Verification) -> None:
    """Pauses outside the limits must be flagged."""
    broken = breaches(windows, limits_of(scenario), len(scenario.zones), scenario.clock)
    flagged = sum(1 for part in document.findings if part.code == "plan.limits")
    if flagged < len(broken):
        text = f"{len(broken)} breaches of the parties' limits, {flagged} flagged"
        result.wrong("limits", PLAN, "pauses", text)
    for breach in broken:
        if breach.limit == "window":
            result.wrong("limits", PLAN, f"pauses[{breach.window}]", breach.message)
    result.done("pauses against the limits", len(windows))


def _groups(
    document: Document,
    table: pd.DataFrame,
    scenario: Scenario,
    timed: dict[str, Timed],
    result: Verification,
) -> None:
    """Totals and arrivals of each group."""
    names = [group.name for group in scenario.groups]
    if [group.name for group in document.groups] != names:
        result.wrong("value", PLAN, "groups", f"are not {names}")
        return
    for i, (part, group) in enumerate(zip(document.groups, scenario.groups, strict=True)):
        rows = table[table["group"] == part.name]
        arrivals = np.zeros(scenario.steps + 1, np.int64)
        for name, shift, sign in (("arrive_first_step", 0, 1), ("arrive_last_step", 1, -1)):
            at = np.clip(rows[name].to_numpy(np.int64) + shift, 0, scenario.steps)
            np.add.at(arrivals, at, sign * rows["people_per_step"].to_numpy(np.int64))
        arrivals = np.cumsum(arrivals)[: scenario.steps]
        where = f"groups[{i}]"
        result.same(PLAN, f"{where}.label", part.label, group.label or group.name)
        result.same(PLAN, f"{where}.people", part.people, people_by_group(scenario, part.name), "people")
        want = int(timed[part.name].supply.sum())
        result.same(PLAN, f"{where}.want_to_leave", part.want_to_leave, want, "people")
        result.same(PLAN, f"{where}.arrive", part.arrive, int(rows["people"].sum()), "people")
        worst = float(timed[part.name].rounding_worst)
        result.same(PLAN, f"{where}.rounding_worst", part.rounding_worst, worst if np.isfinite(worst) else 0.0)
        computed = [(int(t), int(arrivals[t])) for t in np.flatnonzero(arrivals)]
        written = [tuple(pair) for pair in part.arrivals]
        for j in range(max(len(computed), len(written))):
            in_file = written[j] if j < len(written) else None
            recomputed = computed[j] if j < len(computed) else None
            if in_file != recomputed:
                result.wrong("value", PLAN, f"{where}.arrivals[{j}]", f"is {in_file}, recomputed {recomputed}")
                break
    result.done("totals and arrivals of groups", len(names))


def _answer(
    document: Document,
    windows: list[Window],
    most: int,
    generous: int,
    rows: int,
    basis: str,
    *,
    scenario: Scenario,
    result: Verification,
) -> None:
    """Totals, shares, ceiling and gap; ``most`` is the ceiling, ``generous`` that with every allowed hour quiet."""
    answer = document.answer
    want = sum(group.want_to_leave for group in document.groups)
    arrive = sum(group.arrive for group in document.groups)
    hours = sum(scenario.clock.hours(w.length) for w in windows)
    expected: dict[str, Any] = {
        "want_to_leave": want,
        "arrive": arrive,
        "sentence": sentence_of(want, arrive, most, [scenario.clock.iso(w.first) for w in windows], answer.zone_hours),
        "share_arriving": arrive / want if want else 0.0,
        "pauses": len(windows),
        "zone_hours": hours,
        "ceiling": most,
        "ceiling_basis": basis,
        "gap": (most - arrive) / arrive if arrive else None,
    }
    for name, value in expected.items():
        result.same(PLAN, f"answer.{name}", getattr(answer, name), value)
    if answer.left_out > want - arrive:
        result.wrong("value", PLAN, "answer.left_out", "is more than want to leave and do not arrive")
    if answer.arrive > answer.ceiling:
        result.wrong("value", PLAN, "answer.ceiling", f"{answer.arrive} arrive, more than the ceiling")
    result.same(PLAN, "movements.rows", document.movements.rows, rows, "rows")
    result.same(PLAN, "movements.people", document.movements.people, arrive, "people")
    for i, (point, then) in enumerate(pairwise(document.trace), 1):
        if then.seconds < point.seconds or then.ceiling > point.ceiling:
            result.wrong("value", PLAN, f"trace[{i}]", "goes back in time, or knows less than was proven before")
    for i, point in enumerate(document.trace):
        if point.people > most:
            result.wrong("value", PLAN, f"trace[{i}].people", "is more than the ceiling")
        if not most <= point.ceiling <= generous:
            result.wrong("value", PLAN, f"trace[{i}].ceiling", f"is not between {most} and {generous}")
    result.done("totals, shares, ceiling and gap", len(expected))


__all__ = ["Leg", "check_content"]
