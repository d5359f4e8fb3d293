"""Forgeries of a written plan, made with knowledge of the code: every file and every field, digests fitted.

Each is a plan that says something else than what was made, in one kind of field. What only follows from it may be left
as it was: whoever forges one figure hopes that nobody recomputes it. The last ones are written by letup itself from a
plan that was changed, so that tables, layers and the report agree with each other.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio

from letup import plan as plans
from letup import scenario as scenarios
from letup.aid.convoys.gpx import write_gpx
from letup.aid.convoys.make import make_convoys, make_medevac
from letup.aid.convoys.rules import Settings
from letup.aid.convoys.tables import write_medevac, write_tables
from letup.plan import Plan
from letup.plan.ceiling import BASIS
from letup.plan.files.document import MOVEMENTS, digest_of, field_digests, folder_digests, plain_values
from letup.plan.files.read import read_planned
from letup.plan.model import ESTIMATED, EXACT, Proof
from letup.report import write
from letup.report.convoys import PATIENTS, write_convoy_pages
from letup.report.verification import check_report, check_sheets
from letup.scenario import Priorities
from letup.verify import Verification, verify
from tests.aid.deliveries.small import without_stocks

TABLES = (
    "movements.csv", "deliveries.csv", "returns.csv", "convoys.csv", "convoy-loads.csv", "medevac.csv",
    "medevac-patients.csv",
)  # fmt: skip
ANEW = "written anew"
"""In place of the file, where letup itself wrote them all."""
NOT_FIGURES = ("digests", "format")


@dataclass(frozen=True)
class Forgery:
    """One change to a plan.

    Attributes
    ----------
    file, field : str
        What is changed, numbers of entries left out.
    how : str
        In what way.
    forge : callable
        Changes a copy of the plan's folder; digests are fitted afterwards.
    pages : bool
        Whether pages are compared, too: where they are what was changed, or were written anew.
    """

    file: str
    field: str
    how: str
    forge: Callable[[Path], None]
    pages: bool = False

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.file} {self.field}: {self.how}"


def write_honest(folder: Path, seconds: float = 12) -> None:
    """Make and write a small plan in which everything that can be written is: people, trucks, convoys, patients."""
    example = without_stocks(scenarios.example())
    limits = replace(example.limits, zone_hours=12, hours=(6, 16))
    groups = tuple(replace(group, speed_kmh=4.0) for group in example.groups)  # else no bound holds for both
    scenario = replace(example, priorities=Priorities(1.0, 0.05), steps=48, limits=limits, groups=groups)
    write(plans.make(scenario, time_limit=seconds), folder)
    planned = read_planned(folder)
    world = planned.scenario, planned.network, planned.quiet
    settings = Settings(seconds=2)
    orders = make_convoys(*world, planned.deliveries, planned.trucks, settings)
    patients = make_medevac(*world, settings)
    write_tables(orders, planned.scenario, folder)
    write_medevac(patients, planned.scenario, folder)
    for some, kind in ((orders, ()), (patients, (PATIENTS,))):
        write_gpx(some, planned.scenario, planned.network, folder / "gpx")
        write_convoy_pages(some, *world, folder / "pages", *kind)


def is_refused(honest: Path, forgery: Forgery, work: Path) -> bool:
    """Whether verifying finds a forgery."""
    folder = work / "plan"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(honest, folder)
    forgery.forge(folder)
    if forgery.file != ANEW:  # letup has fitted the digests
        seal(folder)
    return not verified(folder, pages=forgery.pages).holds


def verified(folder: Path, *, pages: bool) -> Verification:
    """What `letup verify` finds; without ``pages`` those of a forger who wrote them anew."""
    result = verify(folder)
    if pages:
        check_report(folder, result)
        check_sheets(folder, result)
    return result


def seal(folder: Path) -> None:
    """Fit all digests, as a careful forger would."""
    path = folder / "plan.json"
    try:
        raw = json.loads(path.read_text("utf-8"))
        with (folder / "movements.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError):
        return
    raw["digests"] = {
        "plan": field_digests(raw),
        "movements": {row["id"]: digest_of([row[name] for name in MOVEMENTS.names]) for row in rows if "id" in row},
        "scenario": folder_digests(folder / "scenario"),
    }
    path.write_text(json.dumps(raw), "utf-8")


def all_forgeries(honest: Path) -> list[Forgery]:
    """All forgeries of the plan in a folder."""
    return [
        *_of_document(json.loads((honest / "plan.json").read_text("utf-8"))),
        *(forgery for name in TABLES for forgery in _of_table(honest, name)),
        *_of_layers(honest),
        *_of_pages(honest),
        *_of_proof(honest),
        *_rewritten(plans.read(honest)),
    ]


def _kind(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def _otherwise(value: Any) -> Any:
    """Something else of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value * 1.01 + 0.5
    if value is None:
        return 1.0
    text = str(value)
    try:
        return (datetime.fromisoformat(text) + timedelta(hours=1)).isoformat()
    except ValueError:
        return f"{text} as agreed by all parties"


# plan.json


def _of_document(raw: dict[str, Any]) -> Iterator[Forgery]:
    """One field of each kind, the first and the last; and entries dropped, added twice and turned round."""
    paths = [path for path, _ in plain_values({k: v for k, v in raw.items() if k not in NOT_FIGURES})]
    last = {_kind(path): path for path in paths}
    first = {_kind(path): path for path in reversed(paths)}
    for kind, path in last.items():
        value = _at(raw, path)
        if value in ([], {}):
            continue
        yield Forgery("plan.json", kind, "changed", _edit(lambda raw, path=path: _set(raw, path)))
        if first[kind] != path:
            other = first[kind]
            yield Forgery("plan.json", kind, "the first changed", _edit(lambda raw, path=other: _set(raw, path)))
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 1e-6:
            yield Forgery("plan.json", kind, "lowered", _edit(lambda raw, path=path: _set(raw, path, lowered=True)))
    for part in ("pauses", "groups", "zones", "bottlenecks", "next_hours", "findings", "trace"):
        if not raw.get(part):
            continue
        yield Forgery("plan.json", part, "one dropped", _edit(lambda raw, part=part: raw[part].pop()))
        yield Forgery("plan.json", part, "one twice", _edit(lambda raw, part=part: raw[part].append(raw[part][-1])))
        if len(raw[part]) > 1:
            yield Forgery("plan.json", part, "turned round", _edit(lambda raw, part=part: raw[part].reverse()))
    for part in ("deliveries", "weighed"):
        if part in raw:
            yield Forgery("plan.json", part, "left out", _edit(lambda raw, part=part: raw.pop(part)))


def _edit(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        raw = json.loads((folder / "plan.json").read_text("utf-8"))
        change(raw)
        (folder / "plan.json").write_text(json.dumps(raw), "utf-8")

    return forge


def _keys(path: str) -> list[str]:
    return path.replace("]", "").replace("[", ".").split(".")


def _at(raw: Any, path: str) -> Any:
    for key in _keys(path):
        raw = raw[int(key)] if isinstance(raw, list) else raw[key]
    return raw


def _set(raw: Any, path: str, *, lowered: bool = False) -> None:
    *keys, last = _keys(path)
    at = _at(raw, ".".join(keys)) if keys else raw
    key: Any = int(last) if isinstance(at, list) else last
    if lowered:
        at[key] = max(at[key] - 1, 0) if isinstance(at[key], int) else at[key] * 0.9
    else:
        at[key] = _otherwise(at[key])


# Tables


def _of_table(honest: Path, name: str) -> Iterator[Forgery]:
    """One cell of each column; and rows dropped and added twice."""
    rows = _rows(honest / name)
    if not rows:
        return
    for column in rows[0]:
        at = next((i for i in range(len(rows) - 1, -1, -1) if rows[i][column]), None)
        if at is not None:
            yield Forgery(name, column, "changed", _cell(name, at, column))
    yield Forgery(name, "rows", "one dropped", _edit_rows(name, lambda rows: rows.pop()))
    yield Forgery(name, "rows", "one twice", _edit_rows(name, _twice))
    first = next(iter(rows[0]))
    if first == "convoy":
        last = rows[-1][first]
        gone = _edit_rows(name, lambda rows: [rows.remove(row) for row in list(rows) if row[first] == last])
        yield Forgery(name, "rows", "a whole convoy dropped", gone)
    if name in ("convoys.csv", "medevac.csv"):
        for column in ("service_minutes",):
            yield Forgery(name, column, "0", _edit_rows(name, _put(column, "0")))
            yield Forgery(name, column, "-1000", _edit_rows(name, _put(column, "-1000")))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(folder: Path, name: str, change: Callable[[list[dict[str, str]]], object]) -> None:
    """Change the rows of a table in place."""
    rows = _rows(folder / name)
    columns = list(rows[0])
    change(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / name).write_text(text.getvalue(), "utf-8")


def _edit_rows(name: str, change: Callable[[list[dict[str, str]]], object]) -> Callable[[Path], None]:
    return lambda folder: rewrite(folder, name, change)


def _cell(name: str, at: int, column: str) -> Callable[[Path], None]:
    def change(rows: list[dict[str, str]]) -> None:
        cell = rows[at][column]
        if re.fullmatch(r"-?\d+", cell):
            rows[at][column] = str(int(cell) + 1)
        elif re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", cell):
            rows[at][column] = str(round(float(cell) * 1.05 + 0.5, 3))
        elif "@" in cell:
            head, _, offset = cell.rpartition("@")
            rows[at][column] = f"{head}@{int(offset) + 1}"
        else:
            others = sorted({row[column] for row in rows} - {cell, ""})
            rows[at][column] = others[0] if others else str(_otherwise(cell))

    return _edit_rows(name, change)


def _twice(rows: list[dict[str, str]]) -> None:
    again = dict(rows[-1])
    if "id" in again:
        again["id"] += "0"
    rows.append(again)


def _put(column: str, value: str) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row[column] not in ("", "0"):
                row[column] = value

    return change


# Layers


def _of_layers(honest: Path) -> Iterator[Forgery]:
    """One value of each column of each layer, one geometry; layers dropped, added and the file cut short."""
    path = honest / "plan.gpkg"
    for name in (str(name) for name in pyogrio.list_layers(path)[:, 0]):
        table = pyogrio.read_dataframe(path, layer=name)
        for column in table.columns:
            if table[column].notna().any():
                yield Forgery("plan.gpkg", f"{name}.{column}", "changed", _layer(name, str(column)))
        yield Forgery("plan.gpkg", name, "one feature dropped", _layer(name, ""))
    yield Forgery("plan.gpkg", "layers", "one more", _more_layers)
    yield Forgery("plan.gpkg", "file", "cut short", lambda folder: _cut(folder / "plan.gpkg"))
    yield Forgery("plan.gpkg", "file", "missing", lambda folder: (folder / "plan.gpkg").unlink())


def _layer(name: str, column: str) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        path = folder / "plan.gpkg"
        layers = {str(each): pyogrio.read_dataframe(path, layer=each) for each in pyogrio.list_layers(path)[:, 0]}
        table = layers[name]
        if not column:
            layers[name] = table.iloc[:-1]
        elif column == "geometry":
            table.loc[0, "geometry"] = table.geometry.translate(0.01, 0.01)[0]
        else:
            at = int(np.flatnonzero(table[column].notna())[-1])
            value = table[column][at]
            table.loc[at, column] = _otherwise(value.item() if hasattr(value, "item") else value)
        path.unlink()
        for each, changed in layers.items():
            if len(changed):
                pyogrio.write_dataframe(changed, path, layer=each, driver="GPKG")

    return forge


def _more_layers(folder: Path) -> None:
    table = pyogrio.read_dataframe(folder / "plan.gpkg", layer="pauses")
    pyogrio.write_dataframe(table, folder / "plan.gpkg", layer="agreed", driver="GPKG")


# Pages


def _of_pages(honest: Path) -> Iterator[Forgery]:
    """Text put in and taken out of each kind of page, numbers changed; cut short, missing, of no convoy."""
    pages = {"report.html": honest / "report.html"}
    for pattern in ("pages/c*.html", "pages/m*.html", "gpx/c*.gpx", "gpx/m*.gpx"):
        pages[pattern] = min(honest.glob(pattern))
    for kind, path in pages.items():
        name = path.relative_to(honest).as_posix()
        said = (
            b"<p>Agreed. Safe passage is guaranteed.</p></body>" if name.endswith("html") else b"<!-- agreed --></gpx>"
        )
        end = said.rpartition(b"<")[2]
        for field, how, change in (
            ("text", "put in", lambda text, said=said, end=end: text.replace(b"<" + end, said, 1)),
            ("numbers", "changed", lambda text: re.sub(rb"(\d),(\d{3})", rb"\1,9\2", text, count=1) + b" "),
            ("end", "cut short", lambda text: text[: len(text) // 2]),
        ):
            yield Forgery(kind, field, how, _page(name, change), pages=True)
        yield Forgery(kind, "file", "missing", lambda folder, name=name: (folder / name).unlink(), pages=True)
    yield Forgery(
        "pages/c*.html", "file", "of no convoy",
        lambda folder: (folder / "pages" / "c99.html").write_text("<p>Go.</p>", "utf-8"), pages=True,
    )  # fmt: skip


def _page(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        text = (folder / name).read_bytes()
        changed = change(text)
        assert changed != text, name
        (folder / name).write_bytes(changed)

    return forge


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


# What proves the bounds


def _of_proof(honest: Path) -> Iterator[Forgery]:
    """Each array halved and left out; the file cut short, missing, with something more in it."""
    with np.load(honest / "proof.npz") as stored:
        names = [name for name in stored.files if np.any(stored[name])]
    for name in names:
        if name != "people/bound":  # what is said to be proven is not looked at, but added up
            yield Forgery("proof.npz", name, "halved", _proof(name, lambda array: (array / 2).astype(array.dtype)))
        yield Forgery("proof.npz", name, "left out", _proof(name, None))
    yield Forgery("proof.npz", "file", "cut short", lambda folder: _cut(folder / "proof.npz"))
    yield Forgery("proof.npz", "file", "missing", lambda folder: (folder / "proof.npz").unlink())


def _proof(name: str, change: Callable[[Any], Any] | None) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        with np.load(folder / "proof.npz") as stored:
            arrays = {each: stored[each] for each in stored.files}
        if change is None:
            del arrays[name]
        else:
            arrays[name] = change(arrays[name])
        np.savez_compressed(folder / "proof.npz", **arrays)

    return forge


# Plans that letup itself writes from something else than what was made


def _rewritten(made: Plan) -> Iterator[Forgery]:
    """Plans that were changed before they were written: tables, layers, report and digests agree with each other."""
    people, need = made.objectives
    deliveries = made.deliveries
    assert deliveries is not None
    pauses, moves = made.pauses, made.movements

    def pause(column: str, value: Any) -> Plan:
        return replace(made, pauses=pauses.assign(**{column: [value, *pauses[column][1:]]}))

    def move(**columns: Any) -> Plan:
        return replace(made, movements=moves.assign(**columns))

    first = made.windows[0]
    longer = replace(first, last=first.last + 1)
    stripped = moves.copy()
    stripped["people"] = stripped["people"] * 2
    stripped["people_per_step"] = stripped["people_per_step"] * 2
    half = replace(made.proof, need=None if made.proof.need is None else made.proof.need / 2)
    bottleneck = {"kind": "checkpoint", "id": "control", "name": "checkpoint of party B", "relief": "it has to go"}
    plans_by_field: list[tuple[str, str, Plan]] = [
        ("answer.ceiling", "lowered to what the plan reaches", replace(made, ceiling=made.arrive)),
        ("answer.ceiling", "the same, as if by the flow", replace(made, ceiling=made.arrive, ceiling_basis=BASIS)),
        ("answer.ceiling", "without its proof", replace(made, proof=replace(made.proof, people=None))),
        ("answer.ceiling", "raised", replace(made, ceiling=made.ceiling + 100)),
        ("answer.complete", "turned round", replace(made, complete=not made.complete)),
        (
            "answer.complete",
            "turned round, its finding too",
            replace(
                made,
                complete=True,
                findings=tuple(each for each in made.findings if each.code != "plan.incomplete"),
            ),
        ),
        ("answer.worth_basis", "the other one", replace(made, worth_basis=EXACT + " of a kind")),
        (
            "answer.worth_basis",
            "the other",
            replace(made, worth_basis=ESTIMATED if made.worth_basis == EXACT else EXACT),
        ),
        (
            "weighed.objectives[].bound",
            "of need lowered",
            replace(made, objectives=(people, replace(need, bound=need.value))),
        ),
        (
            "weighed.objectives[].bound",
            "of people lowered",
            replace(made, objectives=(replace(people, bound=people.value), need)),
        ),
        (
            "weighed.objectives[].value",
            "of need raised",
            replace(made, objectives=(people, replace(need, value=need.value * 1.1))),
        ),
        ("weighed.objectives[].weight", "changed", replace(made, objectives=(replace(people, weight=2.0), need))),
        ("proof.npz", "of need halved", replace(made, proof=half)),
        ("proof.npz", "none at all", replace(made, proof=Proof())),
        (
            "deliveries.bound",
            "lowered to what is reached",
            replace(made, deliveries=replace(deliveries, bound=deliveries.value)),
        ),
        ("deliveries.value", "lowered", replace(made, deliveries=replace(deliveries, used=deliveries.used * 0.5))),
        (
            "pauses[].last_step",
            "a pause longer than it was",
            replace(
                made,
                windows=(longer, *made.windows[1:]),
                pauses=pauses.assign(last_step=[longer.last, *pauses["last_step"][1:]]),
            ),
        ),
        ("pauses", "one left out", replace(made, windows=made.windows[1:], pauses=pauses.iloc[1:])),
        (
            "pauses[].worth_people",
            "changed",
            pause(
                "worth_people",
                max(int(pauses["worth_people"].iloc[0]) - 1, 0) + 2 * (int(pauses["worth_people"].iloc[0]) == 0),
            ),
        ),
        ("pauses[].worth_need", "changed", pause("worth_need", 1.5)),
        ("pauses[].passing_people", "raised", pause("passing_people", int(pauses["passing_people"].iloc[0]) + 10)),
        ("movements.csv", "twice as many people", replace(made, movements=stripped)),
        (
            "movements.csv",
            "a step earlier",
            move(
                depart_first_step=moves["depart_first_step"] - 1,
                depart_last_step=moves["depart_last_step"] - 1,
                arrive_first_step=moves["arrive_first_step"] - 1,
                arrive_last_step=moves["arrive_last_step"] - 1,
            ),
        ),
        ("movements.csv", "some left out", replace(made, movements=moves.iloc[: len(moves) // 2])),
        (
            "groups[].arrive",
            "raised",
            replace(made, groups=tuple(replace(g, arrive=g.arrive + 10) for g in made.groups)),
        ),
        (
            "groups[].arrivals",
            "earlier",
            replace(made, groups=tuple(replace(g, arrivals=np.roll(g.arrivals, -1)) for g in made.groups)),
        ),
        ("findings", "none", replace(made, findings=())),
        ("findings", "the worst left out", replace(made, findings=made.findings[1:])),
        (
            "trace",
            "all proven at once",
            replace(made, trace=((0.0, 0, made.ceiling), (0.1, made.arrive, made.ceiling))),
        ),
        ("bottlenecks", "none", replace(made, bottlenecks=made.bottlenecks.iloc[:0])),
        (
            "bottlenecks",
            "one invented",
            replace(
                made,
                bottlenecks=pd.concat(
                    [made.bottlenecks, pd.DataFrame([{**made.bottlenecks.iloc[0].to_dict(), **bottleneck}])],
                    ignore_index=True,
                ),
            ),
        ),
        ("next_hours", "none", replace(made, next_hours=made.next_hours.iloc[:0])),
        (
            "deliveries.csv",
            "more than the trucks carry",
            replace(
                made,
                deliveries=replace(
                    deliveries,
                    table=deliveries.table.assign(
                        amount=deliveries.table["amount"] * 20, kg=deliveries.table["kg"] * 20
                    ),
                ),
            ),
        ),
        (
            "deliveries.csv",
            "one left out",
            replace(
                made,
                deliveries=replace(deliveries, table=deliveries.table.iloc[1:], returns=deliveries.returns.iloc[1:]),
            ),
        ),
        (
            "scenario",
            "another priority",
            replace(made, scenario=replace(made.scenario, priorities=Priorities(1.0, 0.9))),
        ),
        (
            "scenario",
            "hours of parties, taken as given",
            replace(made, scenario=replace(made.scenario, limits=replace(made.scenario.limits, hours=(0, 24)))),
        ),
    ]
    for field, how, plan in plans_by_field:
        yield Forgery(ANEW, field, how, _write(plan), pages=True)


def _write(plan: Plan) -> Callable[[Path], None]:
    def forge(folder: Path) -> None:
        shutil.rmtree(folder)
        write(plan, folder)

    return forge
