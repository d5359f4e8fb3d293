"""The tables of the page: pauses, bottlenecks, findings, assumptions, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from letup.core import wording
from letup.core.findings import SEVERITIES, Finding, worst_first
from letup.plan.answer import next_hours as said_hours
from letup.plan.model import Plan
from letup.report.people import text
from letup.scenario.model import Scenario

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
    ("grid_minutes", "when exactly a pause may start and end"),
    ("speed", "how long the way takes, and so which pauses are long enough"),
    ("foot_per_hour", "how many people a road carries"),
    ("vehicles_per_hour", "how many vehicles a road carries"),
    ("width_m", "how many people a road carries"),
    ("lanes", "how many vehicles a road carries"),
    ("damage", "how much of a road can still be used"),
    ("class", "speed and capacity of a road, where not given"),
    ("needs_pause", "where movement needs a pause"),
    ("people_per_vehicle", "how many people a vehicle carries"),
    ("per_person", "how much people need a day"),
    ("survival", "what counts as too little to live on"),
    ("amount", "how much there is in stock"),
    ("per_day", "how much a facility uses or makes, or a stock loses, a day"),
    ("working", "how much of a facility's work is done"),
    ("safety", "whether a destination counts as safer"),
)


@dataclass(frozen=True)
class Assumption:
    """Values that are assumed for one reason.

    Attributes
    ----------
    file, where : str
        File, and its rows in short.
    values : list of (column, values)
        What is assumed.
    note : str
        The reason; where reasons differ in their figures only, the first of ``reasons``.
    reasons : int
        How many wordings of the reason there are.
    bears_on : str
        What in the answer leans on it.
    """

    file: str
    where: str
    values: list[tuple[str, str]]
    note: str
    reasons: int
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
class Found:
    """Findings of one kind: what to do, the rule they rest on, and each one's message and place."""

    severity: str
    code: str
    remedy: str
    rule: str
    items: list[tuple[str, str]]


@dataclass(frozen=True)
class Pause:
    """One row of the table of pauses."""

    zone: str
    start: str
    end: str
    hours: str
    passing: str
    worth: str
    width: float
    need: str


def pauses(plan: Plan) -> list[Pause]:
    """Pauses in order of their start, with what each is worth."""
    frame = plan.pauses
    if not len(frame):
        return []
    most = max(float(frame["worth_people"].max()), 1.0)
    out = []
    for row in frame.sort_values(["first_step", "zone"]).to_dict("records"):
        worth = float(row["worth_people"])
        out.append(
            Pause(
                zone=text(row.get("zone_name")) or text(row["zone"]),
                start=wording.moment(str(row["start"])),
                end=wording.moment(str(row["end"])),
                hours=wording.number(float(row["hours"])),
                passing=_count(row.get("passing_people")),
                worth=wording.count(worth),
                width=round(100 * max(worth, 0) / most, 1),
                need=_count(row.get("worth_need")),
            )
        )
    return out


@dataclass(frozen=True)
class NextHour:
    """One row of what the next hour would bring."""

    zone: str
    what: str
    when: str
    people: str
    per_hour: str
    sentence: str


def next_hours(plan: Plan) -> list[NextHour]:
    """Where one more hour would bring most, best first, with a plain sentence each."""
    out = []
    rates = plan.next_hours["people_per_zone_hour"].tolist()
    for one, rate in zip(said_hours(plan.next_hours, plan.pauses), rates, strict=True):
        until = wording.until(one.first, one.last)
        when = f"{wording.moment(one.first)}–{until}"
        what = "new pause" if one.new else f"{wording.number(one.hours)} h more"
        said = one.said(f"{wording.day(one.first)}, {wording.time(one.first)}–{until},") + "."
        about = "" if one.exact else "about "
        per_hour = wording.count(rate) if one.exact else wording.count(float(f"{rate:.2g}"))
        out.append(NextHour(text(one.zone_name), what, when, one.about, about + per_hour, said))
    return out


def _count(value: Any) -> str:
    """A number that a plan may or may not know."""
    return "" if value is None or pd.isna(value) else wording.count(float(value))


def bottlenecks(plan: Plan, zone_of: dict[str, int]) -> list[Bottleneck]:
    """Tightest first, each with a plain sentence; restricted places are named by their zone only."""
    zones, hidden = plan.scenario.zones, restricted(plan.scenario)
    names = {zone: text(name) or zone for zone, name in zip(plan.scenario.zone_ids, zones["name"], strict=True)}
    out = []
    for rank, row in enumerate(plan.bottlenecks.to_dict("records"), start=1):
        kind, what = text(row["kind"]), text(row.get("id"))
        zone = names.get(text(row.get("zone")), text(row.get("zone")))
        name = text(row.get("name")) or what
        if what in hidden:
            index = zone_of.get(what, -1)
            zone = zone or (list(names.values())[index] if index >= 0 else "")
            name = f"a {kind} in {zone}" if zone else f"a {kind}"
        gain = None if pd.isna(row["gain_people"]) else int(row["gain_people"])
        rate = "" if pd.isna(row["limit_per_hour"]) else wording.count(float(row["limit_per_hour"]))
        name, people = name[:1].upper() + name[1:], wording.count(row["people"])
        where = f"{name} ({zone})" if zone and zone not in name else name
        said = f"{_binds(kind, where, people, rate)} {_relieved(text(row.get('relief')), gain, plan.want_to_leave)}"
        shown = "–" if gain is None else wording.count(gain)
        out.append(Bottleneck(rank, name, kind, zone, people, rate, shown, said))
    return out


def _binds(kind: str, where: str, people: str, rate: str) -> str:
    """What holds people up there."""
    if kind == "shelter":
        return f"{where} is full: {people} people take the last room there."
    if kind == "leaving home":
        return f"{where}: people are not ready sooner; {people} are ready in time."
    if kind == "pause hours":
        return f"{where}: {people} people who want to leave are left behind."
    at_most = f", at most {rate} an hour" if rate else ""
    return f"{where} is full when it counts: {people} people are all it lets through in time{at_most}."


def _relieved(relief: str, gain: int | None, want: int) -> str:
    """What it would bring to relieve it."""
    relief = relief.rstrip(".")
    relief = relief[:1].upper() + relief[1:] or "Relieved"
    if gain is None:
        return f"{relief}: what it would bring was not computed."
    if gain == 0:
        return f"{relief}: nobody more would arrive, since something else binds next."
    part = wording.share(gain, want)
    return f"{relief}: {wording.count(gain)} more would arrive ({part} of the people who want to leave)."


def findings(plan: Plan) -> list[Found]:
    """Findings, worst first; those that differ in their place only stand together."""
    hidden = {f"place {place}" for place in restricted(plan.scenario)}
    alike: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for one in worst_first(list(plan.findings)):
        place = replace(one, where="").place if one.where in hidden else one.place
        alike.setdefault((one.severity, one.code, one.remedy, one.rule), []).append((one.message, place))
    return [Found(severity, code, remedy, rule, items) for (severity, code, remedy, rule), items in alike.items()]


def severities(items: Sequence[Finding]) -> str:
    """How many findings there are of each severity, in words."""
    numbers = [(name, sum(item.severity == name for item in items)) for name in SEVERITIES]
    said = [wording.plural(many, name) for name, many in numbers if many]
    return wording.listed(said) if said else "no findings"


def bases(values: pd.DataFrame, hidden: set[str]) -> Bases:
    """Shares by basis, and the assumed values grouped by file and reason; ``hidden`` places are counted, not named."""
    total = len(values)
    counts = [(name, int((values["basis"] == name).sum())) for name in ("observed", "modelled", "assumed")]
    assumed = values[values["basis"] == "assumed"].fillna({"note": "", "where": "", "unit": ""})
    # one reason is often written row by row with that row's figures in it: keep it as one reason
    reason = assumed["note"].astype(str).str.replace(r"[\d.,]+", "0", regex=True)
    out = [
        (_rank(rows), _assumption(rows, hidden)) for _, rows in assumed.groupby([assumed["file"], reason], sort=False)
    ]
    out.sort(key=lambda pair: pair[0])
    return Bases(
        [(name, many, wording.share(many, total)) for name, many in counts],
        total,
        [assumption for _, assumption in out],
    )


def _assumption(rows: pd.DataFrame, hidden: set[str]) -> Assumption:
    all_of = list(dict.fromkeys(text(one) for one in rows["where"]))
    where = [one for one in all_of if one not in hidden]
    if unnamed := len(all_of) - len(where):
        where.append(f"{unnamed} restricted place{'s' if unnamed > 1 else ''}")
    said = wording.listed(where) if len(where) <= 3 else f"{', '.join(where[:2])} and {len(where) - 2} more"
    columns = list(dict.fromkeys(text(one) for one in rows["column"]))
    bears = sorted({_lever(column) for column in columns})
    return Assumption(
        file=text(rows["file"].iloc[0]),
        where=said,
        values=[(column, _values(rows[rows["column"] == column])) for column in columns],
        note=text(rows["note"].iloc[0]),
        reasons=rows["note"].nunique(),
        bears_on="; ".join(_BEARS_ON[one][1] for one in bears[:2] if one < len(_BEARS_ON)),
    )


def _lever(column: str) -> int:
    return next((rank for rank, (key, _) in enumerate(_BEARS_ON) if key in column), len(_BEARS_ON))


def _rank(rows: pd.DataFrame) -> int:
    return min(_lever(text(column)) for column in rows["column"].unique())


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


def restricted(scenario: Scenario) -> set[str]:
    """Ids of the places that only some may see."""
    places = scenario.places
    return set(places.index[places["sensitivity"] != "public"].astype(str))


def sources(scenario: Scenario) -> list[dict[str, str]]:
    """Sources with title, publisher, date, licence and address."""
    keys = ("title", "publisher", "date", "licence", "address")
    known = scenario.sources.items()
    rows = [{key: text(source.get(key)) for key in keys} | {"name": name} for name, source in known]
    for row in rows:
        row["link"] = row["address"] if row["address"].startswith(("https://", "http://")) else ""
    return rows


def attributions(plan: Plan) -> list[str]:
    """Whom to name beside the map: the publishers of the layers that it draws, with their licence."""
    places = plan.scenario.places
    used: list[str] = []
    for frame in (plan.scenario.zones, plan.scenario.roads, places[places["sensitivity"] == "public"]):
        if "source" in frame:
            used += [text(name) for name in frame["source"].dropna().unique()]
    out: dict[str, str] = {}
    for name in dict.fromkeys(used):
        source = plan.scenario.sources.get(name)
        if source:
            who, licence = text(source.get("publisher")) or text(source.get("title")), text(source.get("licence"))
            out.setdefault(who.casefold(), f"{who} ({licence})" if licence else who)
    return list(out.values())
