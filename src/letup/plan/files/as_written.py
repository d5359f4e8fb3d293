"""A plan as its files say it: what pages and layers are made from, when they are written and when they are verified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from letup.aid.deliveries.model import DELIVERIES, RETURNS, Deliveries, arrivals_of
from letup.aid.deliveries.need import delivered, hand_out, needs
from letup.aid.people import moving
from letup.aid.supplies import supplies
from letup.core.errors import BadInput, LetupError
from letup.core.findings import Finding
from letup.pauses.limits import Window
from letup.plan.files.document import BOTTLENECK_COLUMNS, MOVEMENTS, NEXT_HOUR_COLUMNS, PLAN, Document
from letup.plan.files.proof import PROOF, read_proof
from letup.plan.files.read import read_document
from letup.plan.model import GroupResult, Plan, Proof, pause_table
from letup.plan.objectives import Objective
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.tables import Codes, Schema, frame, read_rows

_CODES = Codes("verify.file", "verify.columns", "verify.row", "verify.value", "Check the plan with `letup verify`.")


def read_plan(folder: Path | str, scenario: Scenario | None = None, network: RoadNetwork | None = None) -> Plan:
    """The plan of a folder that `letup plan` wrote, without the solver.

    This does not verify it; `letup.verify.verify` does. What the files do not hold is missing: stocks followed with the
    deliveries.

    Parameters
    ----------
    folder : path
        The folder.
    scenario, network : Scenario, RoadNetwork, optional
        Its copy of the scenario, and the roads built from it, where they are known already.

    Raises
    ------
    LetupError
        ``verify.folder`` if there is no plan; ``verify.schema`` if plan.json does not follow its schema.
    BadInput
        What cannot be read in its tables.
    """
    from letup import roads
    from letup import scenario as scenarios

    folder = Path(folder)
    if not (folder / PLAN.name).is_file():
        raise LetupError("verify.folder", f"{folder} holds no plan.json", "Give the folder that `letup plan` wrote.")
    try:
        document = Document.model_validate(read_document(folder))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{folder / PLAN.name} cannot be read: {error}"
        raise LetupError("verify.schema", message, "Check the plan with `letup verify`.") from error
    scenario = scenario or scenarios.load(str(folder / "scenario"))
    network = network or roads.build(scenario)
    _require_sound(document, scenario)
    number = {zone: i for i, zone in enumerate(scenario.zone_ids)}
    windows = tuple(Window(number[p.zone], p.first_step, p.last_step) for p in document.pauses)
    need = [pause.worth_need for pause in document.pauses]
    proof = read_proof(folder / PROOF) if (folder / PROOF).is_file() else Proof()
    movements = frame(MOVEMENTS, _rows(folder, MOVEMENTS))
    deliveries = None
    if document.deliveries is not None:
        deliveries = _deliveries(folder, document, scenario, movements, proof)
    answer = document.answer
    return Plan(
        scenario=scenario,
        network=network,
        windows=windows,
        pauses=pause_table(
            scenario,
            windows,
            [pause.passing_people for pause in document.pauses],
            [pause.worth_people for pause in document.pauses],
            None if None in need else [float(worth or 0.0) for worth in need],
        ),
        movements=movements,
        groups=tuple(
            GroupResult(
                group.name,
                group.label,
                group.people,
                group.want_to_leave,
                group.arrive,
                _arrivals(group.arrivals, scenario.steps),
                group.rounding_worst,
            )
            for group in document.groups
        ),
        bottlenecks=_bottlenecks(document),
        ceiling=answer.ceiling,
        ceiling_basis=answer.ceiling_basis,
        trace=tuple((point.seconds, point.people, point.ceiling) for point in document.trace),
        findings=tuple(Finding(**part.model_dump()) for part in document.findings),
        complete=answer.complete,
        left_out=answer.left_out,
        worth_basis=answer.worth_basis,
        deliveries=deliveries,
        objectives=tuple(
            Objective(part.name, part.weight, part.value, part.without, part.bound)
            for part in (document.weighed.objectives if document.weighed is not None else ())
        ),
        proof=proof,
        next_hours=_next_hours(document, scenario),
    )


def _require_sound(document: Document, scenario: Scenario) -> None:
    """Refuse zones, steps and times that the scenario does not have."""
    zones, steps = set(scenario.zone_ids), scenario.steps
    times = [time for part in document.next_hours for time in (part.start, part.end, part.replaces) if time is not None]
    sound = (
        all(pause.zone in zones for pause in document.pauses)
        and all(part.zone in zones for part in document.next_hours)
        and all(0 <= pause.first_step <= pause.last_step < steps for pause in document.pauses)
        and all(0 <= step < steps for group in document.groups for step, _ in group.arrivals)
        and all(0 <= scenario.clock.step_at(time) <= steps for time in times)
        and (document.deliveries is None or all(part.zone in zones for part in document.deliveries.zones))
    )
    if not sound:
        message = "plan.json names zones, steps or times that its scenario does not have"
        raise LetupError("verify.schema", message, "Check the plan with `letup verify`.")


def _rows(folder: Path, schema: Schema) -> list[dict[str, Any]]:
    rows, findings = read_rows(folder / schema.name, schema, _CODES)
    if rows is None or findings:
        raise BadInput(findings)
    return rows


def _arrivals(pairs: list[tuple[int, int]], steps: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    arrivals = np.zeros(steps, np.int64)
    for step, people in pairs:
        arrivals[step] = people
    return arrivals


def _deliveries(
    folder: Path, document: Document, scenario: Scenario, movements: pd.DataFrame, proof: Proof
) -> Deliveries:
    part = document.deliveries
    assert part is not None
    table = frame(DELIVERIES, _rows(folder, DELIVERIES))
    returns = frame(RETURNS, _rows(folder, RETURNS)).astype({"depart_step": "Int64", "arrive_step": "Int64"})
    need = needs(scenario, supplies(scenario), moving(scenario, movements))
    known = set(scenario.zone_ids) | {""}
    steps = returns["free_step"].between(1, scenario.steps)
    if list(table["id"]) != list(returns["id"]) or not set(table["zone"]) <= known or not steps.all():
        message = f"{DELIVERIES.name} and {RETURNS.name} do not fit each other, or the zones and steps of the scenario"
        raise LetupError("verify.schema", message, "Check the plan with `letup verify`.")
    if not set(table["item"]) <= set(need.names):
        message = f"{DELIVERIES.name} names essentials that the scenario does not have"
        raise LetupError("verify.schema", message, "Check the plan with `letup verify`.")
    used = hand_out(need, delivered(need, scenario.zone_ids, arrivals_of(table, returns)))
    return Deliveries(
        table=table,
        returns=returns,
        need=need,
        used=used,
        zone_ids=tuple(scenario.zone_ids),
        value=part.value,
        value_without=part.value_without,
        total=part.met,
        total_without=part.met_without,
        bound=part.bound,
        certificate=proof.deliveries if proof.deliveries is not None else np.zeros(0),
        balance=None,
        findings=tuple(Finding(**finding.model_dump()) for finding in part.findings),
    )


def _bottlenecks(document: Document) -> pd.DataFrame:
    table = pd.DataFrame([part.model_dump() for part in document.bottlenecks], columns=list(BOTTLENECK_COLUMNS))
    return table.astype({"lon": float, "lat": float, "limit_per_hour": float, "gain_people": "Int64"})


def _next_hours(document: Document, scenario: Scenario) -> pd.DataFrame:
    """Longer and new pauses, their times as those of pauses are written."""
    clock = scenario.clock
    rows = [
        part.model_dump()
        | {
            "start": clock.iso(round(clock.step_at(part.start))),
            "end": clock.iso(round(clock.step_at(part.end))),
            "replaces": clock.iso(round(clock.step_at(part.replaces))) if part.replaces is not None else "",
        }
        for part in document.next_hours
    ]
    return pd.DataFrame(rows, columns=list(NEXT_HOUR_COLUMNS)).astype({"people_per_zone_hour": float})
