"""The tables of the page: pauses, bottlenecks, findings, assumptions, sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from letup.findings import SEVERITIES, Finding, worst_first
from letup.plan.model import Plan
from letup.report import words
from letup.report.people import text

# what a value bears on, by the column or key it stands in: the largest levers first
_BEARS_ON = (
    ("share_leaving", "how many want to leave: the denominator of every share"),
    ("count", "how many people there are, and so how many want to leave"),
    ("room", "how many a shelter takes in: a ceiling on arrivals"),
    ("throughput_per_hour", "how many a checkpoint lets through: often the real bottleneck"),
    ("half_time_hours", "how soon people are ready: how many each early pause can serve"),
    ("zone_hours", "how much pause may be planned in all"),
    ("hours", "when a pause may lie, or a place is open"),
    ("notice", "when the first pause may start"),
    ("limits", "what pauses may be planned at all"),
    ("speed", "how long the way takes, and so which pauses are long enough"),
    ("foot_per_hour", "how many people a road carries"),
    ("vehicles_per_hour", "how many vehicles a road carries"),
    ("width_m", "how many people a road carries"),
    ("lanes", "how many vehicles a road carries"),
    ("damage", "how much of a road can still be used"),
    ("class", "speed and capacity of a road, where not given"),
    ("safety", "whether a destination counts as safer"),
)


@dataclass(frozen=True)
class Assumption:
    """Values that are assumed for one reason: where, how many, what, why, what they bear on."""

    file: str
    column: str
    where: str
    values: str
    note: str
    bears_on: str


@dataclass(frozen=True)
class Bases:
    """How many values are observed, modelled and assumed, with the assumed ones grouped by reason."""

    counts: list[tuple[str, int, str]]
    total: int
    assumptions: list[Assumption]


@dataclass(frozen=True)
class Bottleneck:
    """One entry of "why not more": rank, name, and a plain sentence."""

    rank: int
    name: str
    kind: str
    zone: str
    people: str
    limit: str
    gain: str
    sentence: str


@dataclass(frozen=True)
class Pause:
    """One row of the table of pauses."""

    zone: str
    start: str
    end: str
    hours: str
    worth: str
    width: float
    more: str


def pauses(plan: Plan) -> list[Pause]:
    """Pauses in order of their start, with what each is worth."""
    frame = plan.pauses
    if not len(frame):
        return []
    most = max(float(frame["worth_people"].max()), 1.0)
    out = []
    for row in frame.sort_values(["first_step", "zone"]).to_dict("records"):
        more = row.get("hour_more_people")
        known = more is not None and not pd.isna(more)
        out.append(Pause(
            text(row.get("zone_name")) or text(row["zone"]), words.moment(str(row["start"])),
            words.moment(str(row["end"])), words.hours(float(row["hours"])), words.count(row["worth_people"]),
            round(100 * max(float(row["worth_people"]), 0) / most, 1), words.count(float(str(more))) if known else "",
        ))  # fmt: skip
    return out


def bottlenecks(plan: Plan, zone_of: dict[str, int]) -> list[Bottleneck]:
    """Tightest first, each with a plain sentence; restricted places are named by their zone only."""
    names = {zone: text(name) or zone for zone, name in zip(plan.scenario.zone_ids, plan.scenario.zones["name"], strict=True)}
    places = plan.scenario.places
    hidden = set(places.index[places["sensitivity"] != "public"].astype(str))
    out = []
    for rank, row in enumerate(plan.bottlenecks.to_dict("records"), start=1):
        kind, what = text(row["kind"]), _thing(row)
        zone = names.get(text(row.get("zone")), text(row.get("zone")))
        name = text(row.get("name")) or what
        if what in hidden:
            index = zone_of.get(what, -1)
            zone = zone or (list(names.values())[index] if index >= 0 else "")
            name = f"a {kind} in {zone}" if zone else f"a {kind}"
        out.append(_bottleneck(plan, rank, row, kind, name, zone))
    return out


def _thing(row: dict[str, Any]) -> str:
    return next((text(row[key]) for key in ("id", "road", "place", "road_or_place") if text(row.get(key))), "")


def _bottleneck(plan: Plan, rank: int, row: dict[str, Any], kind: str, name: str, zone: str) -> Bottleneck:
    people = int(row["people"])
    gain = None if pd.isna(row["gain_people"]) else int(row["gain_people"])
    limit = row.get("limit_per_hour")
    rate = "" if limit is None or pd.isna(limit) else words.count(float(limit))
    where = f" ({zone})" if zone and zone not in name else ""
    full = name[:1].upper() + name[1:]
    many = words.count(people)
    start = {
        "shelter": f"{full}{where} has room for {many} people more, and all of it is taken.",
        "leaving home": f"{full}{where}: people are not ready sooner. {many} get ready in time to leave from here.",
        "pause hours": f"{full}: {many} people who want to leave find no pause long enough to go the whole way.",
    }.get(kind, f"{full}{where} is full when it counts: {many} people are all it lets through in time"
          + (f", at most {rate} an hour." if rate else "."))  # fmt: skip
    relief = text(row.get("relief")).rstrip(".")
    relief = relief[:1].upper() + relief[1:] or "Relieved"
    if gain is None:
        end = f"{relief}: what it would bring was not computed."
    elif gain > 0:
        share = words.share(gain, plan.want_to_leave)
        end = f"{relief}: {words.count(gain)} more would arrive ({share} of the people who want to leave)."
    else:
        end = f"{relief}: nobody more would arrive, since something else binds next."
    shown = "–" if gain is None else words.count(gain)
    return Bottleneck(rank, full, kind, zone, many, rate, shown, f"{start} {end}")


def findings(plan: Plan) -> list[Finding]:
    """Findings, worst first."""
    return worst_first(list(plan.findings))


def severities(items: list[Finding]) -> str:
    """How many findings there are of each severity, in words."""
    numbers = [(name, sum(item.severity == name for item in items)) for name in SEVERITIES]
    said = [f"{many} {name}{'' if many == 1 else 's'}" for name, many in numbers if many]
    return words.listed(said) if said else "no findings"


def bases(values: pd.DataFrame) -> Bases:
    """Shares by basis, and the assumed values grouped by file, column and reason."""
    total = len(values)
    counts = [(name, int((values["basis"] == name).sum())) for name in ("observed", "modelled", "assumed")]
    assumed = values[values["basis"] == "assumed"].fillna({"note": "", "where": "", "unit": ""})
    out = []
    for (file, column, note), rows in assumed.groupby(["file", "column", "note"], sort=False):
        where = [text(one) for one in rows["where"]]
        said = words.listed(where) if len(where) <= 3 else f"{', '.join(where[:2])} and {len(where) - 2} more"
        out.append(Assumption(text(file), text(column), said, _values(rows), text(note), _bears_on(text(column))))
    order = [key for key, _ in _BEARS_ON]
    out.sort(key=lambda one: next((order.index(key) for key in order if key in one.column), len(order)))
    return Bases([(name, many, words.share(many, total)) for name, many in counts], total, out)


def _values(rows: pd.DataFrame) -> str:
    unit = next((text(one) for one in rows["unit"] if text(one)), "") if "unit" in rows else ""
    texts = list(dict.fromkeys(text(one) for one in rows["value"]))
    if len(texts) <= 3:
        said = ", ".join(_short(one) for one in texts)
    else:
        numbers = pd.to_numeric(pd.Series(texts), errors="coerce")
        said = f"{len(texts)} different values"
        if numbers.notna().all():
            said = f"{numbers.min():,g} to {numbers.max():,g}"
    return f"{said} {unit}".strip()


def _short(value: str) -> str:
    return value if len(value) <= 120 else value[:117] + "…"


def _bears_on(column: str) -> str:
    return next((said for key, said in _BEARS_ON if key in column), "")


def sources(plan: Plan) -> list[dict[str, str]]:
    """Sources with title, publisher, date, licence and address."""
    keys = ("title", "publisher", "date", "licence", "address")
    rows = [{key: text(source.get(key)) for key in keys} | {"name": name} for name, source in plan.scenario.sources.items()]
    for row in rows:
        row["link"] = row["address"] if row["address"].startswith(("https://", "http://")) else ""
    return rows


def attributions(plan: Plan) -> list[str]:
    """Whom to name on the map: publishers (or titles) of the sources of its layers, with their licence."""
    used: list[str] = []
    for frame in (plan.scenario.zones, plan.scenario.roads, plan.scenario.places):
        if "source" in frame:
            used += [text(name) for name in frame["source"].dropna().unique()]
    out = []
    for name in dict.fromkeys(used):
        source = plan.scenario.sources.get(name)
        if source:
            who, licence = text(source.get("publisher")) or text(source.get("title")), text(source.get("licence"))
            out.append(f"{who} ({licence})" if licence else who)
    return list(dict.fromkeys(out))
