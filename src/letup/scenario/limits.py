"""The limits of scenario.yaml: what contradicts itself, and its lists of times, corridors and costs of pauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from letup.core.collect import Collector, quoted
from letup.scenario.format import SCENARIO, columns_by_name
from letup.scenario.model import Cost, PartyLimits, TimeOfZone
from letup.tables.cells import Wrong, convert
from letup.tables.inputs import note_reference
from letup.tables.schema import Column

TIMES = ("forbidden", "forced", "frozen")
_MOST_ENTRIES = 2_000
"""Most entries of one list: each is compared with those of the others."""

LISTS = (*TIMES, "together", "concession")

_COST = Column(
    f"{SCENARIO}:limits",
    "cost",
    "number",
    "cost per zone-hour",
    True,
    None,
    (),
    0,
    None,
    "What a zone-hour costs",
    True,
)


@dataclass(frozen=True)
class _Place:
    """Where a list stands, what is known of the zones, and who takes up what is wrong."""

    name: str
    zones: Mapping[str, Any] | None
    notes: Collector

    def where(self, number: int) -> str:
        return f"limits, {self.name}, entry {number}"

    def add(self, code: str, message: str, remedy: str, number: int = 0, column: str = "") -> None:
        where = self.where(number) if number else f"limits, {self.name}"
        self.notes.add(code, message, remedy, file=SCENARIO, where=where, column=column)

    def zone(self, value: Any, number: int) -> str:
        zone = str(value)
        if self.zones is not None and zone not in self.zones:
            note_reference((SCENARIO, self.where(number), "zone"), zone, "zones.geojson", dict(self.zones), self.notes)
        return zone


def check_limits(limits: dict[str, Any], top: dict[str, Any], zones: dict[str, Any] | None, notes: Collector) -> None:
    """Note limits that contradict each other, the steps or the zones; replace lists by typed entries."""
    shortest = limits.get("shortest_hours", columns_by_name(f"{SCENARIO}:limits")["shortest_hours"].default)
    longest, hours = limits.get("longest_hours"), limits.get("hours")
    if longest is not None and shortest > longest:
        _contradict(f"the shortest window ({shortest:g} h) is longer than the longest ({longest:g} h)", notes)
    agreed = limits.get("frozen")  # what is agreed already is a plan, if need be without any other pause
    if hours is not None and not agreed and shortest > hours[1] - hours[0]:
        _contradict(f"no window of {shortest:g} h fits between {hours[0]:g} and {hours[1]:g} hours", notes)
    if limits.get("zone_hours") is not None and not agreed and limits["zone_hours"] < shortest:
        _contradict(
            f"the total of {limits['zone_hours']:g} zone-hours is less than one window of {shortest:g} h", notes
        )
    steps, minutes = top.get("steps"), top.get("step_minutes")
    if steps and minutes and not agreed and limits.get("notice_hours", 0) + shortest > steps * minutes / 60:
        _contradict("after the notice no window fits before the last step", notes)
    grid = limits.get("grid_minutes")
    if grid and minutes and grid % minutes and minutes % grid:
        notes.add(
            "limits.grid",
            f"the grid of {grid} minutes is no multiple of the steps of {minutes} minutes",
            "choose steps that divide the grid; else fewer starts are possible than the parties allow",
            file=SCENARIO,
            where="limits",
            column="grid_minutes",
            severity="warning",
        )
    read_lists(limits, top, zones, notes)


def _contradict(message: str, notes: Collector) -> None:
    remedy = "check the figures against what the parties stated"
    notes.add("limits.contradict", message, remedy, file=SCENARIO, where="limits")


def read_lists(
    limits: dict[str, Any], top: Mapping[str, Any], zones: Mapping[str, Any] | None, notes: Collector
) -> None:
    """Replace the lists among the limits by typed entries, and note what is wrong with them.

    Parameters
    ----------
    limits : dict
        The section as understood so far; changed in place.
    top : mapping
        Typed top level of scenario.yaml.
    zones : mapping or None
        Known zones by id; None if they could not be read.
    notes : Collector
        Takes what is wrong.
    """
    for name in LISTS:
        if name not in limits:
            continue
        place = _Place(name, zones, notes)
        if not isinstance(limits[name], list):
            place.add("yaml.shape", "is not a list", "compare with a file made by `letup new`")
            limits[name] = ()
            continue
        if len(limits[name]) > _MOST_ENTRIES:
            message = f"has {len(limits[name]):,} entries; at most {_MOST_ENTRIES:,}"
            place.add("layer.too_many", message, "join those that are next to each other")
            limits[name] = ()
            continue
        reader = _groups if name == "together" else _costs if name == "concession" else _spans
        limits[name] = reader(limits[name], place)
    _check_forced(limits.get("forced", ()), top, _Place("forced", zones, notes))
    _check_frozen(limits.get("frozen", ()), top, _Place("frozen", zones, notes))
    for name in ("forced", "frozen"):
        _check_forbidden(limits, name, _Place(name, zones, notes))
    if limits.get("concession_budget") is not None and not limits.get("concession"):
        remedy = "add concession: a list of zone and cost, or take the budget away"
        message = "is a budget without a concession that says what a pause costs"
        notes.add("limits.contradict", message, remedy, file=SCENARIO, where="limits", column="concession_budget")


def spelled(limits: PartyLimits) -> dict[str, Any]:
    """Limits as scenario.yaml spells them: lists, mappings, numbers and texts."""
    plain = limits.plain()
    for name in (*TIMES, "concession"):
        plain[name] = [_entry(entry) for entry in plain[name]]
    return plain


def respelled(name: str, value: Any) -> Any:
    """Spell a list of the limits anew as `spelled` would, so that two spellings can be compared."""
    limits = {name: value}
    read_lists(limits, {}, None, Collector())
    return spelled(PartyLimits(**limits))[name]


def _entry(plain: dict[str, Any]) -> dict[str, Any]:
    names = {"start": "from", "end": "to"}
    return {names.get(name, name): value for name, value in plain.items() if value is not None}


def _spans(value: list[Any], place: _Place) -> tuple[TimeOfZone, ...]:
    times = []
    for number, entry in enumerate(value, 1):
        if not _has(entry, {"zone", "from", "to"}):
            place.add(
                "yaml.shape", f"{quoted(entry)} is not a zone with from and to", "write zone, from and to", number
            )
            continue
        zone = place.zone(entry["zone"], number)
        ends = _ends(entry, number, place)
        if ends is not None and ends[0] is not None and ends[1] is not None:
            times.append(TimeOfZone(zone, ends[0], ends[1]))
    return tuple(times)


def _costs(value: list[Any], place: _Place) -> tuple[Cost, ...]:
    costs: list[Cost] = []
    for number, entry in enumerate(value, 1):
        if not _has(entry, {"zone", "cost"}, {"from", "to"}):
            message = f"{quoted(entry)} is not a zone with a cost per zone-hour"
            place.add("yaml.shape", message, "write zone and cost, and from and to where it holds for a time", number)
            continue
        zone = place.zone(entry["zone"], number)
        ends = _ends(entry, number, place)
        try:
            cost = convert(_COST, entry["cost"])
        except Wrong as wrong:
            place.add(wrong.code, wrong.message, wrong.remedy, number, "cost")
            continue
        if ends is not None:
            costs.append(Cost(zone, cost, *ends))
    return tuple(costs)


def _groups(value: list[Any], place: _Place) -> tuple[tuple[str, ...], ...]:
    groups: list[tuple[str, ...]] = []
    first: dict[str, int] = {}
    for number, entry in enumerate(value, 1):
        if not isinstance(entry, list) or len(entry) < 2 or not all(isinstance(zone, str | int) for zone in entry):
            remedy = "write two or more zones in brackets, such as [north, mill]"
            place.add("yaml.shape", f"{quoted(entry)} is not a list of zones", remedy, number)
            continue
        group = tuple(place.zone(zone, number) for zone in entry)
        for zone in group:
            if zone in first:
                message = f"{quoted(zone)} is also in entry {first[zone]}"
                remedy = "name each zone once: put those that go together into one entry"
                place.add("limits.contradict", message, remedy, number)
            first[zone] = number
        groups.append(group)
    return tuple(groups)


def _has(entry: Any, needed: set[str], optional: Iterable[str] = ()) -> bool:
    return (
        isinstance(entry, dict)
        and needed <= set(entry) <= needed.union(optional)
        and isinstance(entry["zone"], str | int)
        and not isinstance(entry["zone"], bool)
    )


def _ends(entry: dict[str, Any], number: int, place: _Place) -> tuple[datetime | None, datetime | None] | None:
    """From and to of an entry, each None if not given; None if one of them is wrong."""
    moment = columns_by_name(SCENARIO)["start"]
    ends: dict[str, datetime | None] = {"from": None, "to": None}
    good = True
    for key in ends:
        if key not in entry:
            continue
        try:
            ends[key] = convert(moment, entry[key])
        except Wrong as wrong:
            place.add(wrong.code, wrong.message, wrong.remedy, number, key)
            good = False
    first, last = ends["from"], ends["to"]
    if first is not None and last is not None and first >= last:
        place.add("limits.contradict", "from is not before to", "correct the two times", number, "to")
        good = False
    return (first, last) if good else None


def _check_forced(forced: Iterable[TimeOfZone], top: Mapping[str, Any], place: _Place) -> None:
    """A pause that must be there cannot reach beyond the time that is planned."""
    planned = _planned(top)
    if planned is None:
        return
    for number, (_, first, last) in enumerate(forced, 1):
        if first < planned[0] or last > planned[1]:
            remedy = f"write times from {planned[0].isoformat()} to {planned[1].isoformat()}"
            place.add("limits.outside", "reaches beyond the time that is planned", remedy, number)


def _check_forbidden(limits: Mapping[str, Any], name: str, place: _Place) -> None:
    """A pause that must be there cannot lie in a time in which its zone, or one paused with it, cannot be paused."""
    together = {zone: group for group in limits.get("together", ()) for zone in group}
    for number, (zone, first, last) in enumerate(limits.get(name, ()), 1):
        for entry, (other, start, end) in enumerate(limits.get("forbidden", ()), 1):
            if other in together.get(zone, (zone,)) and first < end and start < last:
                message = f"lies in the time of forbidden, entry {entry}, in which {quoted(other)} cannot be paused"
                place.add("limits.contradict", message, "take one of the two away, or correct its times", number)


def _check_frozen(frozen: Iterable[TimeOfZone], top: Mapping[str, Any], place: _Place) -> None:
    """Pauses agreed already must be apart from each other, lie in the planned time, and hold whole steps."""
    spans = [(zone, first, last, number) for number, (zone, first, last) in enumerate(frozen, 1)]
    for earlier, later in pairwise(sorted(spans)):
        if earlier[0] == later[0] and later[1] <= earlier[2]:
            message = f"overlaps or touches entry {earlier[3]} of the same zone"
            place.add("limits.contradict", message, "write the two as one", later[3])
    planned, minutes = _planned(top), top.get("step_minutes")
    if planned is None or not minutes:
        return
    step = timedelta(minutes=minutes)
    for _, first, last, number in spans:
        if last <= planned[0] or first >= planned[1]:
            remedy = f"write times from {planned[0].isoformat()} to {planned[1].isoformat()}"
            place.add("limits.outside", "lies outside the time that is planned", remedy, number)
            continue
        begins, ends = max(first, planned[0]) - planned[0], min(last, planned[1]) - planned[0]
        if -(-begins // step) >= ends // step:
            place.add("limits.outside", f"holds no whole step of {minutes} minutes", "choose shorter steps", number)
        elif begins % step or ends % step:
            place.notes.add(
                "limits.grid",
                f"does not begin and end with a step of {minutes} minutes",
                "choose steps that divide it; else only the whole steps in it count as quiet",
                file=SCENARIO,
                where=place.where(number),
                severity="warning",
            )


def _planned(top: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """Start and end of the time that is planned; None if one of them is not known."""
    start, steps, minutes = top.get("start"), top.get("steps"), top.get("step_minutes")
    if start is None or not steps or not minutes:
        return None
    return start, start + timedelta(minutes=steps * minutes)
