"""Write a plan to a folder: the scenario, and one file for each entry of `OUTPUTS`. A new format is added there."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from letup import __version__
from letup.aid.convoys.tables import CONVOYS_FOLDER
from letup.aid.deliveries.model import DELIVERIES, RETURNS
from letup.core import folders
from letup.plan import objectives as joint
from letup.plan.answer import sentence
from letup.plan.deliveries import document_part
from letup.plan.files.document import MOVEMENTS, PLAN, Document, digest_of, field_digests, folder_digests
from letup.plan.files.proof import PROOF, has_proof, write_proof
from letup.plan.files.signature import SIGNATURE_FOLDER
from letup.plan.findings import willing_by_zone
from letup.plan.model import Plan
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario
from letup.scenario.table_files import belongs_to_scenario
from letup.scenario.write import write_files
from letup.tables import texts, write_csv

NOTE = (
    "A model, not a permission. Digests show a careless change and where it is; what proves a plan is "
    "`letup verify`, which recomputes it from these files."
)


@dataclass(frozen=True)
class Output:
    """One file of a written plan.

    Attributes
    ----------
    name : str
        Its name in the plan's folder.
    write : callable
        Writes it: takes the plan, the path, and the scenario as its copy in the folder reads.
    wanted : callable
        Whether a plan has it.
    """

    name: str
    write: Callable[[Plan, Path, Scenario], object]
    wanted: Callable[[Plan], bool] = lambda _: True


def write(
    plan: Plan, folder: Path | str, outputs: Sequence[Output] | None = None, *, force: bool = False
) -> list[Path]:
    """Write a plan, whole or not at all; files of an earlier plan in the folder, and of its convoys, are replaced.

    `letup.report.write` writes its page, too.

    Parameters
    ----------
    plan : Plan
        The plan.
    folder : path
        Made if it does not exist. A folder that holds something other than a plan is refused.
    outputs : sequence of Output, optional
        What to write; `OUTPUTS` if absent.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    LetupError
        ``plan.folder`` if the folder cannot be used, and what `letup.core.folders.replaced` raises.
    """
    folder = Path(folder)
    chosen = [output for output in (OUTPUTS if outputs is None else outputs) if output.wanted(plan)]
    with folders.replaced(folder, PLAN_FOLDER, force=force) as fresh:
        copied = _write_scenario(plan.scenario, fresh / "scenario")
        for output in chosen:
            output.write(plan, fresh / output.name, copied)
    return [folder / output.name for output in chosen]


def require_usable(folder: Path, scenario: Scenario | None = None, *, force: bool = False) -> None:
    """Refuse a folder that no plan can be written to, as `letup.core.folders.require_usable`.

    Its copy of the scenario may have been edited where it is planned with itself: it stays as it is.
    """
    source = scenario.folder if scenario is not None else None
    own = source is not None and source.resolve() == (folder / "scenario").resolve()
    folders.require_usable(folder, PLAN_FOLDER, force=force, unless=(_SCENARIO,) if own else ())


def _write_scenario(scenario: Scenario, target: Path) -> Scenario:
    """Write the scenario, so that verifying needs nothing else; returns it as the copy reads.

    Files are copied as they are, unless the scenario was changed after it was read.
    """
    from letup import scenario as scenarios

    source = scenario.folder.resolve() if scenario.folder is not None else None
    if source is not None and source.is_dir():
        as_read = scenarios.load(str(source))
        if _same(scenario, as_read):
            target.mkdir(parents=True)
            for path in sorted(source.iterdir()):
                if belongs_to_scenario(path):
                    shutil.copyfile(path, target / path.name)
            return as_read
    target.mkdir()
    write_files(scenario, target)
    return scenarios.load(str(target))


_NOT_SAID = {"raw", "filled", "folder"}
"""Fields of a scenario that hold how it was read, not what it says."""


def _same(scenario: Scenario, other: Scenario) -> bool:
    """Whether two scenarios say the same, in every field."""
    for field in fields(scenario):
        if field.name in _NOT_SAID:
            continue
        here, there = getattr(scenario, field.name), getattr(other, field.name)
        if not (here.equals(there) if isinstance(here, pd.DataFrame) else here == there):
            return False
    return True


def _write_document(plan: Plan, path: Path, copied: Scenario) -> None:
    """Write plan.json."""
    made = as_document(plan, copied, folder_digests(path.parent / "scenario"))
    path.write_text(folders.json_text(made), "utf-8")


def _write_movements(plan: Plan, path: Path, _: Scenario) -> None:
    write_csv(path, MOVEMENTS, texts(MOVEMENTS, plan.movements))


def _write_deliveries(plan: Plan, path: Path, _: Scenario) -> None:
    assert plan.deliveries is not None
    write_csv(path, DELIVERIES, plan.deliveries.table)


def _write_returns(plan: Plan, path: Path, _: Scenario) -> None:
    assert plan.deliveries is not None
    write_csv(path, RETURNS, plan.deliveries.returns)


def _write_layers(plan: Plan, path: Path, _: Scenario) -> None:
    from letup.plan.files.layers import write_layers

    write_layers(plan, path)


def _write_proof(plan: Plan, path: Path, _: Scenario) -> None:
    write_proof(plan.proof, path)


def _has_deliveries(plan: Plan) -> bool:
    return plan.deliveries is not None


OUTPUTS = (
    Output("plan.json", _write_document),
    Output(MOVEMENTS.name, _write_movements),
    Output(DELIVERIES.name, _write_deliveries, _has_deliveries),
    Output(RETURNS.name, _write_returns, _has_deliveries),
    Output("plan.gpkg", _write_layers),
    Output(PROOF, _write_proof, has_proof),
)
"""All files of a plan but its page, in the order in which they are written."""

REPORT = "report.html"
"""The page, which the report's room writes beside them."""

_SCENARIO = "scenario/*"
PLAN_FOLDER = folders.ResultKind(
    "plan",
    "a plan",
    "plan.folder",
    known_by=("plan.json",),
    owns=(*(output.name for output in OUTPUTS), REPORT, _SCENARIO, *CONVOYS_FOLDER.owns, *SIGNATURE_FOLDER.owns),
    clears=(CONVOYS_FOLDER.name, SIGNATURE_FOLDER.name),  # no sheet of an old plan lies beside a new one
)


def as_document(plan: Plan, copied: Scenario, scenario_files: dict[str, str]) -> dict[str, Any]:
    """The plan as plan.json holds it, checked against its schema."""
    rows = texts(MOVEMENTS, plan.movements)
    scenario = plan.scenario
    arrive, want = plan.arrive, plan.want_to_leave
    made: dict[str, Any] = {
        "format": PLAN.number,
        "letup_version": __version__,
        "note": NOTE,
        "scenario": about(copied),
        "answer": {
            "sentence": sentence(plan),
            "want_to_leave": want,
            "arrive": arrive,
            "share_arriving": arrive / want if want else 0.0,
            "pauses": len(plan.windows),
            "zone_hours": plan.zone_hours,
            "ceiling": plan.ceiling,
            "ceiling_basis": plan.ceiling_basis,
            "worth_basis": plan.worth_basis,
            "gap": (plan.ceiling - arrive) / arrive if arrive else None,
            "complete": plan.complete,
            "left_out": plan.left_out,
        },
        "limits": copied.limits.plain(),
        "pauses": [_pause_part(row) for row in plan.pauses.to_dict("records")],
        "next_hours": [_next_hour_part(row) for row in plan.next_hours.to_dict("records")],
        "groups": [
            {
                "name": g.name,
                "label": g.label,
                "people": g.people,
                "want_to_leave": g.want_to_leave,
                "arrive": g.arrive,
                "rounding_worst": g.rounding_worst,
                "arrivals": [[int(t), int(g.arrivals[t])] for t in g.arrivals.nonzero()[0]],
            }
            for g in plan.groups
        ],
        "zones": zone_parts(scenario, plan.network, plan.movements),
        "bottlenecks": [{k: _plain(v) for k, v in row.items()} for row in plan.bottlenecks.to_dict("records")],
        "movements": {"rows": len(rows), "people": int(plan.movements["people"].sum()) if len(rows) else 0},
        "deliveries": document_part(plan.deliveries, scenario) if plan.deliveries is not None else None,
        "weighed": joint.document_part(plan.objectives) if plan.objectives else None,
        "trace": [{"seconds": round(s, 3), "people": int(p), "ceiling": int(c)} for s, p, c in plan.trace],
        "findings": [asdict(finding) for finding in plan.findings],
    }
    made = json.loads(json.dumps(made, default=_plain))
    for name in ("deliveries", "weighed"):
        if made[name] is None:
            del made[name]
    made["digests"] = {
        "plan": field_digests(made),
        "movements": {row["id"]: digest_of(list(row.values())) for row in rows},
        "scenario": scenario_files,
    }
    Document.model_validate(made)
    return made


def _pause_part(row: dict[Hashable, Any]) -> dict[str, Any]:
    """One pause; its times with seconds, as JSON Schema wants them."""
    times = {name: datetime.fromisoformat(row[name]).isoformat() for name in ("start", "end")}
    return {str(key): value for key, value in row.items()} | times


def _next_hour_part(row: dict[Hashable, Any]) -> dict[str, Any]:
    """One longer or new pause; no time where it replaces none."""
    replaces = datetime.fromisoformat(row["replaces"]).isoformat() if row["replaces"] else None
    return _pause_part(row) | {"replaces": replaces}


def about(scenario: Scenario) -> dict[str, Any]:
    """What plan.json says about the scenario."""
    from letup import scenario as scenarios

    return {
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "timezone": scenario.timezone,
        "start": scenario.start.isoformat(),
        "steps": scenario.steps,
        "step_minutes": scenario.step_minutes,
        "zones": len(scenario.zones),
        "people": int(scenario.people["count"].sum()),
        "values": len(scenarios.values(scenario, support=False)),
        "shares": scenarios.shares(scenario),
    }


def zone_parts(scenario: Scenario, network: RoadNetwork, movements: pd.DataFrame) -> list[dict[str, Any]]:
    """What plan.json says about the people of each zone."""
    leaving = movements.groupby("origin")["people"].sum() if len(movements) else pd.Series(dtype=int)
    parts = []
    for zone, row in willing_by_zone(scenario, network).iterrows():
        gone = int(leaving.get(str(zone), 0))
        parts.append(
            {
                "zone": str(zone),
                "want_to_leave": int(row["want"]),
                "leave": gone,
                "left": max(int(row["want"]) - gone, 0),
                "stay": int(row["people"] - row["want"]),
            }
        )
    return parts


def _plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, no numpy."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if type(value).__name__ == "NAType":
        return None
    return value.item() if hasattr(value, "item") else value
