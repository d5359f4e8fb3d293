"""A page to print for each convoy: one sheet of A4 that its officer can hand over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from letup.aid.convoys.model import Convoy, Load, Orders, Stop
from letup.aid.convoys.patients import PEOPLE
from letup.aid.convoys.route import position, sealed_zones
from letup.aid.convoys.tables import totals
from letup.core import wording
from letup.core.wording import capitalised
from letup.report.maps import Sketch, draw_convoy_map
from letup.report.template import page, page_text
from letup.roads.network import RoadNetwork
from letup.roads.open_times import AMBULANCES_STAY, TRUCKS_STAY, vehicles_need_pause
from letup.scenario.disclosure import is_confidential, order_name, without_names
from letup.scenario.model import Scenario

#: Rows of stops and vehicles that fit on one sheet beside everything else; a stop takes two.
_ROWS = 30
_FEWEST_VEHICLES = 4
_MOST_ZONES = 18
_SHEET_MM, _STOP_MM, _VEHICLE_MM, _MAP_MM, _LEAST_MM = 195.0, 8.6, 5.1, 74.0, 45.0
NONE_NEEDED = "none needed"
_QUARTER = 15
"""Minutes."""
_DO = {"start": "start", "load": "load", "unload": "unload", "stay": "stay", "end": "end"}


@dataclass(frozen=True)
class Halt:
    """A stop as the page shows it."""

    number: int
    name: str
    local: str
    spot: str
    do: str
    goods: str
    arrive: str
    work: str
    leave: str
    onward: str


@dataclass(frozen=True)
class Bar:
    """A stretch of time, in per cent from the left of the axis."""

    start: float
    width: float


@dataclass(frozen=True)
class Passed:
    """A zone that the convoy passes or stops in: when it is quiet, and when the convoy is in it."""

    name: str
    quiet: list[Bar]
    inside: list[Bar]
    said: str


@dataclass(frozen=True)
class Vehicle:
    """One vehicle and its load."""

    number: int
    load: str


@dataclass(frozen=True)
class Kind:
    """What differs between sheets of lorries and of ambulances.

    Attributes
    ----------
    stays : frozenset of str
        Kinds of places where the vehicles may stay whatever happens.
    mode : str
        Which roads they may use, as `letup.roads.reach.open_to` takes it.
    stops, loads : str
        The tables that say the same.
    """

    stays: frozenset[str]
    mode: str
    stops: str
    loads: str


GOODS = Kind(TRUCKS_STAY, "lorry", "convoys.csv", "convoy-loads.csv")
PATIENTS = Kind(AMBULANCES_STAY, "vehicle", "medevac.csv", "medevac-patients.csv")


def write_convoy_pages(
    orders: Orders,
    scenario: Scenario,
    network: RoadNetwork,
    quiet: NDArray[np.bool_],
    folder: str | Path,
    kind: Kind = GOODS,
) -> list[Path]:
    """Write one page for each convoy, each with everything it needs inside.

    Parameters
    ----------
    orders : Orders
        The convoys.
    scenario, network : Scenario, RoadNetwork
        The world, and its roads.
    quiet : bool[zones, steps]
        When each zone is paused.
    folder : path
        Where to; made if need be.
    kind : Kind
        Whether they carry goods or patients.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for convoy in orders.convoys:
        path = folder / f"{convoy.id}.html"
        path.write_text(convoy_page(convoy, scenario, network, quiet, kind), encoding="utf-8")
        files.append(path)
    return files


def convoy_page(
    convoy: Convoy, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], kind: Kind = GOODS
) -> str:
    """The page of one convoy as text; arguments as for `write_convoy_pages`."""
    content = _content(convoy, scenario, network, quiet, kind)
    return page("page/convoy.html.j2", scenario, **content, css=Markup(page_text("page/convoy.css")))


def _content(
    convoy: Convoy, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], kind: Kind
) -> dict[str, object]:
    first, last = convoy.stops[0], convoy.stops[-1]
    begins = _at(scenario, first.arrive_earliest)
    room = max(_FEWEST_VEHICLES, _ROWS - 2 * len(convoy.stops))
    shown = convoy.vehicles if convoy.vehicles <= room else room - 1
    sealed = [is_confidential(scenario, stop.place) for stop in convoy.stops]
    length = sum(stop.path.length_m for stop in convoy.stops if stop.path)
    paths = [stop.path for number, stop in enumerate(convoy.stops[:-1]) if not any(sealed[number : number + 2])]
    off_road = sum(path.off_road_m for path in paths if path)
    # what the sheet leaves to the map, millimetres, over its width
    left = _SHEET_MM - _STOP_MM * len(convoy.stops) - _VEHICLE_MM * (shown + (shown < convoy.vehicles))
    drawing: Sketch = draw_convoy_map(convoy, scenario, network, max(left, _LEAST_MM) / _MAP_MM)
    passed = _passed(convoy, scenario, network, quiet, kind.stays)
    return {
        "convoy": convoy.id,
        "vehicles": convoy.vehicles,
        "tables": kind,
        "truck": without_names(scenario, convoy.truck.label or convoy.truck.id),
        "date": wording.day(begins, year=True),
        "facts": [
            ("Drivers start", _span(scenario, *_shown_times(scenario, first)[0], begins)),
            ("On the road from", _span(scenario, *_shown_times(scenario, first)[1], begins)),
            ("Back", _span(scenario, *_shown_times(scenario, last)[0], begins)),
            *([] if any(sealed) else [("Way in all", f"{length / 1000:,.1f} km")]),
            ("Load", _goods([piece.load for row in convoy.manifest for piece in row]) or "nothing"),
        ],
        "halts": [_halt(convoy, number, scenario) for number in range(len(convoy.stops))],
        "manifest": [Vehicle(i + 1, _vehicle(convoy, i)) for i in range(shown)],
        "more": convoy.vehicles - shown,
        "drawing": drawing,
        "passed": passed[:_MOST_ZONES],
        "free": any(zone.said == NONE_NEEDED for zone in passed),
        "more_zones": max(0, len(passed) - _MOST_ZONES),
        "ticks": _ticks(convoy, scenario),
        "off_road": f"{off_road:,.0f}" if off_road >= 1 else "",
        "confidential": any(sealed),
        "dense": len(convoy.stops) > 8,
    }


def _halt(convoy: Convoy, number: int, scenario: Scenario) -> Halt:
    stop = convoy.stops[number]
    day = _at(scenario, convoy.stops[0].arrive_earliest)
    lon, lat = position(scenario, stop.place)
    hidden = is_confidential(scenario, stop.place)
    arrive, leave = _shown_times(scenario, stop)
    row = scenario.places.loc[stop.place]
    local = [_text(row[column]) for column in scenario.places.columns if str(column).startswith("name_")]
    end = number + 1 == len(convoy.stops)
    onward = f"{stop.path.length_m / 1000:,.1f} km, {stop.path.minutes} min" if stop.path else "–"
    if not end and (hidden or is_confidential(scenario, convoy.stops[number + 1].place)):
        onward = "see sealed note"
    parts = [("load", convoy.loaded(number)), ("unload", convoy.unloaded(number))]
    return Halt(
        number=number,
        name=capitalised(order_name(scenario, stop.place)),
        local="" if hidden else next((name for name in local if name), ""),
        spot="position: see sealed note" if hidden else f"{lat:.5f}, {lon:.5f}",
        do=", ".join(_DO[part] for part in stop.action.split("+")),
        goods="; ".join(f"{word} {_goods(loads)}" for word, loads in parts if loads),
        arrive=_span(scenario, *arrive, day),
        work=f"{stop.service} min" if stop.service else "–",
        leave="–" if end else _span(scenario, *leave, day),
        onward=onward,
    )


def _shown_times(scenario: Scenario, stop: Stop) -> tuple[tuple[int, int], tuple[int, int]]:
    """When a convoy arrives at a stop and leaves it, in minutes; at a confidential place out to whole quarter hours."""
    arrive, leave = (stop.arrive_earliest, stop.arrive_latest), (stop.leave_earliest, stop.leave_latest)
    if is_confidential(scenario, stop.place):
        return _widened(arrive), _widened(leave)
    return arrive, leave


def _widened(span: tuple[int, int]) -> tuple[int, int]:
    """A span of minutes out to whole quarter hours: how far away something is cannot be told from it."""
    return span[0] // _QUARTER * _QUARTER, -(-span[1] // _QUARTER) * _QUARTER


def _vehicle(convoy: Convoy, number: int) -> str:
    """What one vehicle carries, and to which stop."""
    parts: dict[int, list[Load]] = {}
    for carried in convoy.manifest[number]:
        parts.setdefault(carried.unloaded_stop, []).append(carried.load)
    return "; ".join(f"{_goods(loads)} to stop {stop}" for stop, loads in sorted(parts.items()))


def _goods(loads: list[Load]) -> str:
    """Amounts by item, and their weight; people by number."""
    if not loads:
        return ""
    if all(load.unit == PEOPLE for load in loads):
        counts = sorted(totals(loads).items())
        return wording.listed([f"{n:g} {item.removesuffix('s') if n == 1 else item}" for (item, _), n in counts])
    amounts = wording.listed([f"{amount:,.4g} {unit} {item}" if amount < 1000 else f"{amount:,.0f} {unit} {item}"
                            for (item, unit), amount in sorted(totals(loads).items())])  # fmt: skip
    return f"{amounts} ({sum(load.kg for load in loads) / 1000:,.1f} t)"


def _passed(
    convoy: Convoy, scenario: Scenario, network: RoadNetwork, quiet: NDArray[np.bool_], stays: frozenset[str]
) -> list[Passed]:
    """Zones in the order in which they are first passed."""
    inside: dict[int, list[tuple[int, int]]] = {}
    for stop in convoy.stops:
        node = network.place_node.get(stop.place, -1)
        zone = int(network.node_zone[node]) if node >= 0 else -1
        place = scenario.places.loc[stop.place]
        waits = stop.place == convoy.truck.place or bool(place["wait"]) or place["kind"] in stays
        if zone >= 0 and not waits:
            inside.setdefault(zone, []).append((stop.arrive_earliest, stop.leave_latest))
        for row, first, last in stop.path.passages if stop.path else ():
            if row < len(scenario.zones):
                span = (stop.leave_earliest + first, stop.leave_latest + last)
                inside.setdefault(row, []).append(span)
    begin, end = _axis(convoy)
    names, needed = [str(name) for name in scenario.zones["name"]], vehicles_need_pause(scenario)
    step = scenario.step_minutes
    passed = []
    sealed = sealed_zones(scenario, network, [stop.place for stop in convoy.stops])
    for zone, spans in inside.items():
        shown = [_widened(span) for span in spans] if zone in sealed else spans
        there = [_bar(*span, begin, end) for span in _merged(shown)]
        edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet[zone].astype(np.int8), [0]])))
        calm = [(int(a) * step, int(b) * step) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        calm = [(a, b) for a, b in calm if a < end and b > begin]
        said = ", ".join(f"{_clock(scenario, a)}–{_clock(scenario, b)}" for a, b in calm) or "none"
        said = said if needed[zone] else NONE_NEEDED
        passed.append(Passed(names[zone], [_bar(*span, begin, end) for span in calm], there, said))
    return passed


def _axis(convoy: Convoy) -> tuple[int, int]:
    """First and last minute shown, whole hours after the start of the scenario."""
    begin, end = convoy.stops[0].arrive_earliest, convoy.stops[-1].arrive_latest
    return (begin - 30) // 60 * 60, -(-(end + 30) // 60) * 60


def _ticks(convoy: Convoy, scenario: Scenario) -> list[tuple[float, str]]:
    begin, end = _axis(convoy)
    every = next(hours * 60 for hours in (1, 2, 6, 12, 24, 48) if (end - begin) / (hours * 60) <= 8)
    return [(100 * (minute - begin) / (end - begin), _clock(scenario, minute)) for minute in range(begin, end, every)]


def _bar(first: int, last: int, begin: int, end: int) -> Bar:
    a, b = max(first, begin), min(last, end)
    return Bar(round(100 * (a - begin) / (end - begin), 2), round(100 * max(b - a, 0) / (end - begin), 2))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _at(scenario: Scenario, minute: int) -> datetime:
    return scenario.clock.at_minute(minute)


def _clock(scenario: Scenario, minute: int) -> str:
    return wording.time(_at(scenario, minute))


def _span(scenario: Scenario, first: int, last: int, day: datetime) -> str:
    """Two times, or one where they are the same; each with its day where that is not the one before it."""
    start, end = _at(scenario, first), _at(scenario, last)
    starts = wording.until(day, start)
    return starts if first == last else f"{starts}–{wording.until(start, end)}"
