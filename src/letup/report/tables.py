"""Tables and lists of pages: pauses, bottlenecks, findings, limits, people by zone, assumptions, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd
from shapely import STRtree

from letup.core import wording
from letup.core.findings import SEVERITIES, Finding, worst_first
from letup.pauses.limits import INFO
from letup.plan.answer import next_hours as said_hours
from letup.plan.model import Plan
from letup.scenario.disclosure import is_confidential, public_places, shared_name, shared_where, unshared, without_names
from letup.scenario.model import Scenario
from letup.tables import names_in

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
    for hour, rate in zip(said_hours(plan.next_hours, plan.pauses), rates, strict=True):
        until = wording.until(hour.first, hour.last)
        when = f"{wording.moment(hour.first)}–{until}"
        what = "new pause" if hour.new else f"{wording.number(hour.hours)} h more"
        sentence = hour.said(f"{wording.day(hour.first)}, {wording.time(hour.first)}–{until},") + "."
        about = "" if hour.exact else "about "
        per_hour = wording.count(rate) if hour.exact else wording.count(float(f"{rate:.2g}"))
        out.append(NextHour(text(hour.zone_name), what, when, hour.about, about + per_hour, sentence))
    return out


def _count(value: Any) -> str:
    """A number that a plan may or may not know."""
    return "" if value is None or pd.isna(value) else wording.count(float(value))


def bottlenecks(plan: Plan) -> list[Bottleneck]:
    """Tightest first, each with a plain sentence; only public places are named."""
    zones, hidden = plan.scenario.zones, unshared(plan.scenario)
    names = {zone: text(name) or zone for zone, name in zip(plan.scenario.zone_ids, zones["name"], strict=True)}
    out = []
    for rank, row in enumerate(plan.bottlenecks.to_dict("records"), start=1):
        kind, what = text(row["kind"]), text(row.get("id"))
        zone = names.get(text(row.get("zone")), text(row.get("zone")))
        name = text(row.get("name")) or what
        if what in hidden and kind in ("shelter", "checkpoint"):
            name = shared_name(plan.scenario, what)
        gain = None if pd.isna(row["gain_people"]) else int(row["gain_people"])
        rate = "" if pd.isna(row["limit_per_hour"]) else wording.count(float(row["limit_per_hour"]))
        name, people = wording.capitalised(name), wording.count(row["people"])
        where = f"{name} ({zone})" if zone and zone not in name else name
        sentence = f"{_binds(kind, where, people, rate)} {_relieved(text(row.get('relief')), gain, plan.want_to_leave)}"
        shown = "–" if gain is None else wording.count(gain)
        out.append(Bottleneck(rank, name, kind, zone, people, rate, shown, sentence))
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
    alike: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for finding in worst_first(list(plan.findings)):
        place = replace(finding, where=shared_where(plan.scenario, finding.where)).place
        kind = (finding.severity, finding.code, finding.remedy, finding.rule)
        alike.setdefault(kind, []).append((without_names(plan.scenario, finding.message), place))
    return [Found(severity, code, remedy, rule, items) for (severity, code, remedy, rule), items in alike.items()]


def severities(items: Sequence[Finding]) -> str:
    """How many findings there are of each severity, in words."""
    numbers = [(name, sum(item.severity == name for item in items)) for name in SEVERITIES]
    counts = [wording.plural(many, name) for name, many in numbers if many]
    return wording.listed(counts) if counts else "no findings"


def bases(values: pd.DataFrame, scenario: Scenario) -> Bases:
    """Shares by basis, and the assumed values grouped by file and reason; only public places are named."""
    total = len(values)
    counts = [(name, int((values["basis"] == name).sum())) for name in ("observed", "modelled", "assumed")]
    assumed = values[values["basis"] == "assumed"].fillna({"note": "", "where": "", "unit": ""})
    # one reason is often written row by row with that row's figures in it: keep it as one reason
    reason = assumed["note"].astype(str).str.replace(r"[\d.,]+", "0", regex=True)
    out = [
        (_rank(rows), _assumption(rows, scenario)) for _, rows in assumed.groupby([assumed["file"], reason], sort=False)
    ]
    out.sort(key=lambda pair: pair[0])
    return Bases(
        [(name, many, wording.share(many, total)) for name, many in counts],
        total,
        [assumption for _, assumption in out],
    )


def _assumption(rows: pd.DataFrame, scenario: Scenario) -> Assumption:
    hidden = unshared(scenario) if (rows["file"] == "places.geojson").all() else set()
    all_of = list(dict.fromkeys(text(cell) for cell in rows["where"]))
    where = [cell for cell in all_of if cell not in hidden]
    if unnamed := len(all_of) - len(where):
        where.append(f"{unnamed} protected place{'s' if unnamed > 1 else ''}")
    rows_in_words = wording.listed(where) if len(where) <= 3 else wording.first_few(where, 2)
    columns = list(dict.fromkeys(text(cell) for cell in rows["column"]))
    bears = sorted({_lever(column) for column in columns})
    return Assumption(
        file=text(rows["file"].iloc[0]),
        where=rows_in_words,
        values=[(column, _values(rows[rows["column"] == column])) for column in columns],
        note=without_names(scenario, text(rows["note"].iloc[0])),
        reasons=rows["note"].nunique(),
        bears_on="; ".join(_BEARS_ON[rank][1] for rank in bears[:2] if rank < len(_BEARS_ON)),
    )


def _lever(column: str) -> int:
    return next((rank for rank, (key, _) in enumerate(_BEARS_ON) if key in column), len(_BEARS_ON))


def _rank(rows: pd.DataFrame) -> int:
    return min(_lever(text(column)) for column in rows["column"].unique())


def _values(rows: pd.DataFrame) -> str:
    unit = next((text(cell) for cell in rows["unit"] if text(cell)), "") if "unit" in rows else ""
    texts = list(dict.fromkeys(text(cell) for cell in rows["value"]))
    if len(texts) <= 3:
        in_words = ", ".join(_short(cell) for cell in texts)
    else:
        numbers = pd.to_numeric(pd.Series(texts), errors="coerce")
        in_words = f"{len(texts)} different values"
        if numbers.notna().all():
            in_words = f"{numbers.min():,g} to {numbers.max():,g}"
    return f"{in_words} {unit}".strip()


def _short(value: str) -> str:
    return value if len(value) <= 120 else value[:117] + "…"


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
    used: list[str] = []
    for frame in (plan.scenario.zones, plan.scenario.roads, public_places(plan.scenario)):
        if "source" in frame:
            used += [text(name) for name in frame["source"].dropna().unique()]
    out: dict[str, str] = {}
    for name in dict.fromkeys(used):
        source = plan.scenario.sources.get(name)
        if source:
            who, licence = text(source.get("publisher")) or text(source.get("title")), text(source.get("licence"))
            out.setdefault(who.casefold(), f"{who} ({licence})" if licence else who)
    return list(out.values())


@dataclass(frozen=True)
class ZoneCount:
    """People in a zone, those of them who want to leave, its places by kind, and how the figures are known."""

    people: int
    want_to_leave: int
    places: dict[str, int]
    known_from: list[str]


def place_zones(scenario: Scenario) -> dict[str, int]:
    """Number of the zone each place lies in, -1 if in none."""
    tree = STRtree(list(scenario.zones.geometry))
    out: dict[str, int] = {}
    for name, shape in scenario.places.geometry.items():
        zones = tree.query(shape, predicate="intersects") if shape is not None and not shape.is_empty else ()
        hits = [int(hit) for hit in zones]
        out[str(name)] = min(hits) if hits else -1
    return out


def zone_counts(scenario: Scenario, zone_of: dict[str, int]) -> list[ZoneCount]:
    """Counts for each zone, in layer order."""
    number = {zone: index for index, zone in enumerate(scenario.zone_ids)}
    people, want = [0] * len(number), [0] * len(number)
    sources: list[dict[str, None]] = [{} for _ in number]
    for cells in scenario.people.to_dict("records"):
        row = {str(name): value for name, value in cells.items()}
        zone = number.get(text(row.get("zone")), -1)
        if zone < 0:
            zone = zone_of.get(text(row.get("place")), -1)
        if zone < 0:
            continue
        people[zone] += int(row["count"])
        sources[zone]["People: " + basis_of(row, scenario, "count")] = None
        sources[zone]["Who want to leave: " + basis_of(row, scenario, "share_leaving")] = None
        want[zone] += round(int(row["count"]) * float(row["share_leaving"]))
    places: list[dict[str, int]] = [{} for _ in number]
    for name, kind in scenario.places["kind"].items():
        zone = zone_of[str(name)]
        shown = "confidential" if is_confidential(scenario, str(name)) else str(kind)
        if zone >= 0:
            places[zone][shown] = places[zone].get(shown, 0) + 1
    return [
        ZoneCount(many, leaving, inside, list(known))
        for many, leaving, inside, known in zip(people, want, places, sources, strict=True)
    ]


def text(value: Any) -> str:
    """A cell as text; "" where it is empty."""
    if value is None or (not isinstance(value, (list, dict, tuple)) and pd.isna(value)):
        return ""
    return str(value)


def local_names(row: dict[str, Any]) -> list[str]:
    """Names in other languages (columns ``name_*``) that differ from the name."""
    out: list[str] = []
    for column, value in row.items():
        name = text(value)
        if str(column).startswith("name_") and name and name not in (text(row.get("name")), *out):
            if str(column).endswith(("_basis", "_source", "_note")):
                continue
            out.append(name)
    return out


def basis_of(row: dict[str, Any], scenario: Scenario, column: str = "") -> str:
    """Basis and sources of a row, or of one of its columns, such as "observed; Extract of the map, 2025-10-28"."""
    own = text(row.get(f"{column}_basis")) if column else ""
    basis = own or text(row.get("basis"))
    names = text(row.get(f"{column}_source")) if own else text(row.get("source"))
    parts = [basis] if basis else []
    for name in names_in(names):
        source = scenario.sources.get(name, {})
        parts.append(", ".join(text(source.get(key)) for key in ("title", "date") if text(source.get(key))) or name)
    return "; ".join(parts)


def limits_in_words(scenario: Scenario) -> list[str]:
    """One phrase for each limit."""
    limits = scenario.limits
    out = []
    if limits.hours:
        first, last = (wording.time_of_day(hour) for hour in limits.hours)
        out.append(f"Pauses lie between {first} and {last} local time.")
    else:
        out.append("Pauses may lie at any hour.")
    longest = f", at most {wording.number(limits.longest_hours)} hours" if limits.longest_hours is not None else ""
    out.append(f"One pause lasts at least {wording.number(limits.shortest_hours)} hours{longest}.")
    windows = "one pause" if limits.windows_per_day == 1 else f"{limits.windows_per_day} pauses"
    out.append(f"At most {windows} per zone and day.")
    for name, info in INFO.items():
        value = getattr(limits, name, None)
        if info.sentence and value not in (None, info.given_up):
            out.append(info.sentence.format(value=wording.number(value), s="" if value == 1 else "s"))
    if limits.notice_hours:
        out.append(f"No pause starts within {wording.number(limits.notice_hours)} hours of the start of the plan.")
    for spans, phrase in (
        (limits.forbidden, "No pause in {zone} from {first} to {last}."),
        (limits.forced, "A pause in {zone} that holds {first} to {last}, asked for by hand."),
        (limits.frozen, "A pause in {zone} from {first} to {last}, agreed already."),
    ):
        for zone, start, end in spans:
            first, last = _local_moment(start, scenario), _local_moment(end, scenario)
            out.append(phrase.format(zone=_zone_name(zone, scenario), first=first, last=last))
    corridors = [wording.listed([_zone_name(zone, scenario) for zone in group]) for group in limits.together]
    out += [f"{corridor} are paused at the same times." for corridor in corridors]
    if limits.same_daily:
        out.append("A zone is paused at the same clock times on each day on which it is paused.")
    for zone, cost, begin, until in limits.concession:
        when = "".join(
            f" {word} {_local_moment(moment, scenario)}"
            for word, moment in (("from", begin), ("to", until))
            if moment is not None
        )
        out.append(f"A pause in {_zone_name(zone, scenario)} costs {cost:g} per hour{when}.")
    if limits.concession_budget is not None:
        out.append(f"All pauses together cost at most {limits.concession_budget:g}.")
    for party in scenario.parties:
        if party.get("concession_budget") is not None:
            most = f"{party['concession_budget']:g} {party['concession_unit']}"
            out.append(f"All pauses together cost {party['name']} at most {most}, by its own table of costs.")
    return out


def _zone_name(zone: str, scenario: Scenario) -> str:
    return str(scenario.zones["name"].get(zone, zone))


def _local_moment(value: datetime, scenario: Scenario) -> str:
    return wording.moment(value.astimezone(scenario.local))
