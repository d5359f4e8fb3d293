"""The report of a plan: one HTML file that opens offline, its figures and its sections."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from letup.core import wording
from letup.plan import read
from letup.plan.answer import sentence
from letup.plan.deliveries import document_part as deliveries_part
from letup.plan.files.document import MOVEMENTS
from letup.plan.files.read import PAUSES
from letup.plan.files.write import OUTPUTS, REPORT, Output
from letup.plan.files.write import write as write_plan
from letup.plan.model import Plan
from letup.plan.objectives import NEED
from letup.plan.objectives import document_part as objectives_part
from letup.plan.shared_plan import shared_plan
from letup.report import charts, maps, tables
from letup.report.map_data import MapData, gather_map_data
from letup.report.template import page, page_text
from letup.roads.shared_roads import closed_on
from letup.scenario.disclosure import shared_name
from letup.tables import csv_text

MAPLIBRE = "6.17.0"
_SCRIPTS = ("state.js", "detail.js", "timeline.js", "drawn.js", "live.js", "start.js")


def write(plan: Plan, folder: str | Path, *, force: bool = False) -> list[Path]:
    """Write a plan with its report: the files of `letup.plan.write`, and report.html, which comes first.

    The report is made from what the other files say, so that `letup verify` can make it again.

    Parameters
    ----------
    plan : Plan
        The plan.
    folder : path
        Made if it does not exist. A folder that holds something other than a plan is refused.
    force : bool
        Whether to replace files that letup did not write, or that were changed since.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    LetupError
        ``plan.folder`` if the folder cannot be used.
    """
    outputs = (*OUTPUTS, Output(REPORT, lambda _, path, __: write_html(read(path.parent), path)))
    *files, report = write_plan(plan, folder, outputs, force=force)
    return [report, *files]


def write_html(plan: Plan, path: str | Path) -> Path:
    """Write the report of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    path : path
        File to write.

    Returns
    -------
    Path
        The file: HTML with everything it needs inside; it makes no request to any network.
    """
    target = Path(path)
    target.write_text(html(plan, target.resolve().parent), encoding="utf-8")
    return target


def html(plan: Plan, folder: Path) -> str:
    """The report of a plan as text; ``folder`` is where the plan's other files lie."""
    plan = shared_plan(plan)
    zone_of = tables.place_zones(plan.scenario)
    data = gather_map_data(plan, tables.zone_counts(plan.scenario, zone_of))
    script = Markup("\n".join(page_text(f"page/{name}") for name in _SCRIPTS))
    without = arrivals_without_pauses(plan)
    return page(
        "page/report.html.j2",
        plan.scenario,
        **_answer(plan, int(without.sum())),
        **_parts(plan, data, without),
        digests=digests(plan, folder),
        policy=policy(script),
        js=script,
        data=Markup(for_script(data.json)),
        lib_map=_library("maplibre-gl.mjs"),
        lib_worker=_library("maplibre-gl-worker.mjs"),
        lib_style=_library("maplibre-gl.css"),
        maplibre_version=MAPLIBRE,
        maplibre_licence=page_text("vendor/maplibre-gl/LICENSE.txt"),
    )


def policy(script: str) -> str:
    """Content security policy: this one script and what it unpacks, no network at all."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}' blob:; worker-src blob: data:; connect-src blob:; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def for_script(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@dataclass(frozen=True)
class _GroupRow:
    label: str
    moves: str
    people: str
    want: str
    arrive: str
    share: str
    rounding: str


def _answer(plan: Plan, without: int) -> dict[str, Any]:
    scenario = plan.scenario
    return {
        "description": scenario.description,
        "answer": sentence(plan),
        "steps": scenario.steps,
        "complete": plan.complete,
        "failed": sum(finding.severity == "error" for finding in plan.findings),
        "figures": key_figures(plan, without),
        "want": wording.count(plan.want_to_leave),
        "arrive": wording.count(plan.arrive),
        "ceiling": wording.count(plan.ceiling),
        "ceiling_share": wording.share(plan.ceiling, plan.want_to_leave),
        "ceiling_basis": plan.ceiling_basis,
        "gap": wording.share(plan.ceiling - plan.arrive, plan.ceiling) if plan.ceiling > plan.arrive else "",
    }


def _parts(plan: Plan, data: MapData, without: NDArray[np.int64]) -> dict[str, Any]:
    from letup.scenario import values

    chart = charts.people(plan, without)
    modes = {group.name: group for group in plan.scenario.groups}
    roads = data.json["roads"]
    busiest: dict[str, int] = {}
    for piece in data.json["pieces"]:
        name = roads[piece["r"]]["n"]
        if name:
            busiest[name] = max(busiest.get(name, 0), piece["p"])
    top = sorted(busiest, key=lambda name: -busiest[name])[:3]
    named = [f"{name} ({wording.count(busiest[name])} people)" for name in top]
    pauses = tables.pauses(plan)
    return {
        "drawing": maps.draw_plan_map(plan, data),
        "public": bool(data.json["places"]),
        "numbered": bool(data.json["limits"]),
        "closed": _closed_zones(plan),
        "rows": charts.timeline(plan),
        "days": charts.day_ticks(plan.scenario.clock),
        "busiest": wording.listed(named) or "no named road",
        "block": data.block,
        "chart": chart,
        "without_said": _without_said(int(without.sum())),
        "groups": [
            _GroupRow(
                group.label, _moves(modes.get(group.name)), wording.count(group.people),
                wording.count(group.want_to_leave), wording.count(group.arrive),
                wording.share(group.arrive, group.want_to_leave), f"{100 * group.rounding_worst:.1f} %",
            )
            for group in plan.groups
        ],
        "pauses": pauses,
        "deliveries": deliveries_section(plan),
        "weighed": objectives_section(plan),
        "next_hours": tables.next_hours(plan),
        "all_out": plan.arrive >= min(plan.want_to_leave, plan.ceiling),
        "search": charts.search(plan),
        "worth_need": any(pause.need for pause in pauses),
        "passing": any(pause.passing for pause in pauses),
        "bottlenecks": tables.bottlenecks(plan),
        "limits": tables.limits_in_words(plan.scenario),
        "asked": _asked(plan),
        "findings": tables.findings(plan),
        "severities": tables.severities(plan.findings),
        "bases": tables.bases(values(plan.scenario, support=False), plan.scenario),
        "sources": tables.sources(plan.scenario),
        "attributions": tables.attributions(plan),
    }  # fmt: skip


def _closed_zones(plan: Plan) -> str:
    """Names of the zones inside which nothing is drawn; empty if there are none."""
    closed = closed_on(plan.network, plan.scenario)
    names = [str(name) for name, is_closed in zip(plan.scenario.zones["name"], closed[:-1], strict=True) if is_closed]
    return wording.listed([*names, "the ground outside all zones"] if closed[-1] else names)


def _asked(plan: Plan) -> str:
    """Whose consent the pauses need; empty where the scenario does not say what there is to agree on."""
    from letup.support.negotiation import negotiation_of, support_of

    known = support_of(plan.scenario)
    if not known.issues or not known.deciding:
        return ""
    zones = [plan.scenario.zone_ids[window.zone] for window in plan.windows]
    negotiation = negotiation_of(known)
    return wording.listed([negotiation.party_name(party) for party in negotiation.consenting(zones)])


def _without_said(without: int) -> str:
    if without == 0:
        return "Without any pause nobody reaches one: every way from home to a shelter needs a pause."
    return f"Without any pause {wording.count(without)} would (grey line)."


def _moves(group: Any) -> str:
    if group is None:
        return ""
    how = "on foot" if group.mode == "foot" else f"by vehicle, {group.people_per_vehicle:g} people in each"
    return f"{how}, {group.speed_kmh:g} km/h"


def digests(plan: Plan, folder: Path) -> list[tuple[str, str]]:
    """SHA-256 of the plan's files where they lie beside the page, else of its tables as they would be written."""
    files = (folder / output.name for output in OUTPUTS)
    beside = [file for file in files if file.suffix != ".gpkg" and file.is_file()]
    if beside:
        return [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in beside]
    texts = {
        "table of pauses": csv_text(PAUSES, plan.pauses[PAUSES.names]),
        "table of movements": csv_text(MOVEMENTS, plan.movements),
    }
    return [(name, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts.items()]


@cache
def _library(name: str) -> str:
    # packed, so that the page stays small enough for e-mail; browsers unpack it themselves
    return base64.b64encode(gzip.compress(page_text(f"vendor/maplibre-gl/{name}").encode(), mtime=0)).decode()


@dataclass(frozen=True)
class Figure:
    """One key figure: number, unit, what it is, and how it relates to the denominator."""

    value: str
    unit: str
    label: str
    detail: str


def key_figures(plan: Plan, without: int) -> list[Figure]:
    """Key figures; every share is of the people who want to leave."""
    want, people = plan.want_to_leave, sum(group.people for group in plan.groups)
    base = "of the people who want to leave"
    out = [
        Figure(wording.count(want), "people", "want to leave", "the denominator of every share on this page; "
               f"{wording.share(want, people)} of the {wording.count(people)} people in the scenario"),
        Figure(wording.count(plan.arrive), "people", "reach a shelter with this plan",
               f"{wording.share(plan.arrive, want)} {base}"),
        Figure(wording.count(plan.ceiling), "people", "proven ceiling within the limits",
               f"{wording.share(plan.ceiling, want)} {base}; no allowed set of pauses does better, "
               "the best may lie well below"),
    ]  # fmt: skip
    out.append(
        Figure(
            wording.count(without),
            "people",
            "reach a shelter without any pause",
            f"{wording.share(without, want)} {base}",
        )
    )
    limit = plan.scenario.limits.zone_hours
    most = f"; the limits allow {wording.number(limit)}" if limit is not None else ""
    each = f"{wording.count(plan.arrive / plan.zone_hours)} people per zone-hour" if plan.zone_hours else "no pause"
    out.append(Figure(wording.number(plan.zone_hours), "zone-hours", "of pause", each + most))
    return out


@dataclass(frozen=True)
class ObjectiveRow:
    """One objective in words."""

    name: str
    unit: str
    weight: str
    without: str
    value: str
    bound: str


@dataclass(frozen=True)
class ObjectivesSection:
    """What the section says."""

    sentence: str
    rows: tuple[ObjectiveRow, ...]
    basis: str


def objectives_section(plan: Plan) -> ObjectivesSection | None:
    """The section of a plan; None where its pauses were chosen for people alone."""
    if not plan.objectives:
        return None
    part = objectives_part(plan.objectives)
    return ObjectivesSection(
        part["sentence"],
        tuple(
            ObjectiveRow(
                objective["name"],
                objective["unit"],
                wording.significant(objective["weight"]),
                f"{objective['without']:,.0f}" if objective["name"] == NEED else "–",
                *(f"{objective[key]:,.0f}" for key in ("value", "bound")),
            )
            for objective in part["objectives"]
        ),
        part["bound_basis"],
    )


@dataclass(frozen=True)
class DeliveryDay:
    """What leaves one place on one local day: truckloads and tonnes of each essential."""

    day: str
    origin: str
    trucks: str
    loads: tuple[str, ...]


@dataclass(frozen=True)
class ZoneNeed:
    """Need of one zone: for each essential the share met without and with deliveries; empty where nothing is known."""

    name: str
    trucks: str
    shares: tuple[tuple[str, str], ...]
    worst: bool


@dataclass(frozen=True)
class DeliveriesSection:
    """What the section says."""

    sentence: str
    items: tuple[str, ...]
    days: tuple[DeliveryDay, ...]
    zones: tuple[ZoneNeed, ...]
    total: str
    even: str
    left_out: tuple[str, ...]


def deliveries_section(plan: Plan) -> DeliveriesSection | None:
    """The section of a plan; None without deliveries."""
    made = plan.deliveries
    if made is None:
        return None
    part = deliveries_part(made, plan.scenario)
    items = tuple(item for k, item in enumerate(made.need.names) if made.need.need[:, k].any())
    whole, most = part["person_days"], part["bound"]
    return DeliveriesSection(
        sentence=part["sentence"],
        items=items,
        days=_delivery_days(plan, items),
        zones=_zone_needs(plan, items),
        total=f"{part['met']:,.0f} of {whole:,.0f} person-days (without deliveries {part['met_without']:,.0f})",
        even=f"{part['value']:,.0f} (without deliveries {part['value_without']:,.0f}; proven ceiling {most:,.0f})",
        left_out=tuple(finding.message for finding in made.findings),
    )


def _delivery_days(plan: Plan, items: tuple[str, ...]) -> tuple[DeliveryDay, ...]:
    assert plan.deliveries is not None
    table, start = plan.deliveries.table, plan.scenario.clock.at(0)
    names = {place: shared_name(plan.scenario, place) for place in map(str, table["origin"].unique())}
    days = []
    for (day, origin), rows in table.groupby(["day", table["origin"].astype(str).map(names)], sort=True):
        tonnes = rows.groupby("item")["kg"].sum() / 1000
        days.append(
            DeliveryDay(
                f"{start + timedelta(days=int(str(day))):%Y-%m-%d}",
                wording.capitalised(str(origin)),
                f"{int(rows['trucks'].sum()):,}",
                tuple(f"{tonnes[item]:,.0f}" if item in tonnes.index else "–" for item in items),
            )
        )
    return tuple(days)


def _zone_needs(plan: Plan, items: tuple[str, ...]) -> tuple[ZoneNeed, ...]:
    made = plan.deliveries
    assert made is not None
    number = {name: k for k, name in enumerate(made.need.names)}
    trucks = made.table.groupby("zone")["trucks"].sum()
    worst = made.worst_served
    zones = []
    for k, zone in enumerate(plan.scenario.zone_ids):
        shares = []
        for item in items:
            before, after = made.shares_without[number[item], k], made.shares[number[item], k]
            known = np.isfinite(after)
            shares.append((wording.percent(float(before)), wording.percent(float(after))) if known else ("", ""))
        name = str(plan.scenario.zones["name"].iloc[k])
        count = int(trucks.get(zone, 0))
        zones.append(ZoneNeed(name, f"{count:,}", tuple(shares), worst is not None and worst[0] == zone))
    return tuple(zones)


def arrivals_without_pauses(plan: Plan) -> NDArray[np.int64]:
    """People who would reach a shelter at each step if no zone were paused at all: int64[T].

    Zero where no way from a zone with people to a shelter avoids all zones that need a pause;
    else the engine is asked, with the same order of groups as in the plan.
    """
    if not _any_free_route(plan):
        return np.zeros(plan.scenario.steps, np.int64)
    from letup.plan.planner.groups import move_groups
    from letup.roads import timed

    groups = [timed(plan.network, plan.scenario, group.name) for group in plan.scenario.groups]
    never = np.zeros((len(plan.scenario.zones), plan.scenario.steps), bool)
    flows = move_groups(plan.scenario.groups, groups, never, details=True)
    total = np.zeros(plan.scenario.steps, np.int64)
    for flow in flows:
        total += flow.arrivals
    return total


def _any_free_route(plan: Plan) -> bool:
    """Whether roads that need no pause join any zone with people to a shelter."""
    network, scenario = plan.network, plan.scenario
    free = network.zone < 0
    shelters = scenario.places.index[scenario.places["kind"] == "shelter"].astype(str)
    goals = [network.place_node[place] for place in shelters if place in network.place_node]
    if not free.any() or not goals:
        return False
    nodes = len(network.lon)
    links = coo_array((np.ones(int(free.sum())), (network.tail[free], network.head[free])), shape=(nodes, nodes))
    _, part = connected_components(links, directed=False)
    # nobody can set out from, or come to, a node that no free road touches
    touched = np.zeros(nodes, bool)
    touched[network.tail[free]] = touched[network.head[free]] = True
    homes = touched & (network.node_zone >= 0)
    reached = np.unique(part[[goal for goal in goals if touched[goal]]])
    return bool(np.isin(part[homes], reached).any())
