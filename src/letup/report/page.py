"""The report: one HTML file that opens offline."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from letup.core import wording
from letup.plan.answer import sentence
from letup.plan.files.write import DELIVERY_FILES
from letup.plan.model import Plan
from letup.report import charts, deliveries, figures, limits, people, svgmap, tables
from letup.report import objectives as weighed
from letup.report.data import PageData, gather
from letup.report.template import page, page_text
from letup.report.without_pauses import without_pause

MAPLIBRE = "6.17.0"
_SCRIPTS = ("state.js", "detail.js", "timeline.js", "drawn.js", "live.js", "start.js")


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
    zone_of = people.place_zones(plan.scenario)
    data = gather(plan, people.by_zone(plan.scenario, zone_of), zone_of)
    script = Markup("\n".join(page_text(f"page/{name}") for name in _SCRIPTS))
    without = without_pause(plan)
    return page(
        "page/report.html.j2",
        plan.scenario,
        **_answer(plan, int(without.sum())),
        **_parts(plan, data, zone_of, without),
        folder=folder.name or ".",
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
        "failed": sum(one.severity == "error" for one in plan.findings),
        "figures": figures.figures(plan, without),
        "want": wording.count(plan.want_to_leave),
        "arrive": wording.count(plan.arrive),
        "ceiling": wording.count(plan.ceiling),
        "ceiling_share": wording.share(plan.ceiling, plan.want_to_leave),
        "ceiling_basis": plan.ceiling_basis,
        "gap": wording.share(plan.ceiling - plan.arrive, plan.ceiling) if plan.ceiling > plan.arrive else "",
    }


def _parts(plan: Plan, data: PageData, zone_of: dict[str, int], without: NDArray[np.int64]) -> dict[str, Any]:
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
        "drawing": svgmap.draw(plan, data),
        "public": bool(data.json["places"]),
        "numbered": bool(data.json["limits"]),
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
        "deliveries": deliveries.section(plan),
        "weighed": weighed.section(plan),
        "next_hours": tables.next_hours(plan),
        "all_out": plan.arrive >= min(plan.want_to_leave, plan.ceiling),
        "search": charts.search(plan),
        "worth_need": any(pause.need for pause in pauses),
        "passing": any(pause.passing for pause in pauses),
        "bottlenecks": tables.bottlenecks(plan, zone_of),
        "limits": limits.said(plan.scenario),
        "asked": _asked(plan),
        "findings": tables.findings(plan),
        "severities": tables.severities(plan.findings),
        "bases": tables.bases(values(plan.scenario, support=False), tables.restricted(plan.scenario)),
        "sources": tables.sources(plan.scenario),
        "attributions": tables.attributions(plan),
    }  # fmt: skip


def _asked(plan: Plan) -> str:
    """Whose consent the pauses need; empty where the scenario does not say what there is to agree on."""
    from letup.support.negotiation import negotiation_of, support_of

    known = support_of(plan.scenario)
    if not known.issues or not known.deciding:
        return ""
    zones = [plan.scenario.zone_ids[window.zone] for window in plan.windows]
    negotiation = negotiation_of(known)
    return wording.listed([negotiation.name(party) for party in negotiation.consenting(zones)])


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
    """SHA-256 of the plan's files where they lie beside the page, else of its tables as text."""
    beside = [folder / name for name in ("plan.json", "movements.csv", *DELIVERY_FILES) if (folder / name).is_file()]
    if beside:
        return [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in beside]
    tables = {"table of pauses": plan.pauses, "table of movements": plan.movements}
    texts = {name: table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    return [(name, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts.items()]


@cache
def _library(name: str) -> str:
    # packed, so that the page stays small enough for e-mail; browsers unpack it themselves
    return base64.b64encode(gzip.compress(page_text(f"vendor/maplibre-gl/{name}").encode(), mtime=0)).decode()
