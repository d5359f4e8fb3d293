"""Charts: shapes for the templates (people, pauses, search over time, frontiers), and positions of parties as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from letup.core import wording
from letup.core.clock import Clock
from letup.plan.frontier.model import BudgetFrontier, BudgetPoint, NeedFrontier
from letup.plan.model import Plan
from letup.report.tables import local_names, text
from letup.support.model import Support
from letup.support.statements import STANCES, PositionHistory, by_party, position_histories, span_of

# Okabe and Ito's colours, which people with any common colour blindness can tell apart
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442", "#D55E00")
_POINTS = 400


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: position in per cent, label, and whether it is shown on a narrow page."""

    at: float
    label: str
    main: bool = True


@dataclass(frozen=True)
class Band:
    """One group's people over time: its label, colour, path in a box of 1000 by 1000, and total."""

    label: str
    colour: str
    path: str
    total: str


@dataclass(frozen=True)
class People:
    """Chart of people in shelters over time.

    Attributes
    ----------
    bands : list of Band
        Groups, stacked, in planning order.
    outline : str
        Path of the total.
    without : str
        Path of the total without any pause.
    top : int
        People at the upper edge.
    ceiling, want : float or None
        Heights of the proven ceiling and of those who want to leave, per cent from below; None = off the chart.
    rows : list of lists
        The same as a table: time, people by group, total, share.
    """

    bands: list[Band]
    outline: str
    without: str
    top: int
    across: list[Tick]
    up: list[Tick]
    ceiling: float
    want: float | None
    rows: list[list[str]]


@dataclass(frozen=True)
class Bar:
    """One pause on the timeline: position and length in per cent, and what it is."""

    left: float
    width: float
    title: str


@dataclass(frozen=True)
class Row:
    """One zone of the timeline."""

    zone: int
    name: str
    local: str
    bars: list[Bar]
    said: str


def day_ticks(clock: Clock) -> list[Tick]:
    """Local midnights; where there are many days, only some keep their label on a narrow page."""
    days = clock.local_days()
    every = math.ceil(len(days) / 4)
    ticks = []
    for index, (step, moment) in enumerate(days):
        until = days[index + 1][0] if index + 1 < len(days) else clock.steps
        part = clock.elapsed_days(until - step)
        full, short = wording.day(moment), wording.day(moment).rsplit(" ", 1)[0]
        label = (full if part > 0.95 else short if part > 0.5 else "") if len(days) <= 9 else str(moment.day)
        ticks.append(Tick(100 * step / clock.steps, label, index % every == every // 2 or len(days) <= 4))
    return ticks


def people(plan: Plan, without: NDArray[np.int64]) -> People:
    """People in shelters over time, by group, with the plan and (``without``: arrivals at each step) with no pause."""
    clock, steps = plan.scenario.clock, plan.scenario.steps
    curves = [np.concatenate([[0], np.cumsum(group.arrivals)]) for group in plan.groups]
    want, most = plan.want_to_leave, max(plan.ceiling, plan.arrive, 1)
    top = round_up(max(want, most) if want <= 2.5 * most else 1.05 * most)
    at = np.unique(np.concatenate([np.arange(0, steps, max(1, steps // _POINTS)), [steps]]))
    below = np.zeros(len(at))
    bands: list[Band] = []
    for index, (group, curve) in enumerate(zip(plan.groups, curves, strict=True)):
        above = below + curve[at]
        edge = _path(at, above, steps, top) + "L" + _path(at[::-1], below[::-1], steps, top)[1:] + "Z"
        bands.append(Band(group.label, colour(index), edge, wording.count(group.arrive)))
        below = above
    stops = [step for step, _ in clock.local_days()[1:]] + [steps]
    rows = []
    for step in stops:
        each = [int(curve[step]) for curve in curves]
        rows.append(
            [
                wording.moment(clock.at(step)),
                *map(wording.count, each),
                wording.count(sum(each)),
                wording.share(sum(each), want),
            ]
        )
    none = np.concatenate([[0], np.cumsum(without)])[at]
    up = quarter_ticks(top)
    return People(
        bands,
        _path(at, below, steps, top),
        _path(at, none, steps, top),
        top,
        day_ticks(clock),
        up,
        100 * plan.ceiling / top,
        100 * want / top if want <= top else None,
        rows,
    )


def _path(step: NDArray[Any], value: NDArray[Any], steps: int, top: int) -> str:
    x, y = np.round(1000 * step / steps, 1), np.round(1000 - 1000 * value / top, 1)
    return "M" + "L".join(f"{a:g} {b:g}" for a, b in zip(x, y, strict=True))


@dataclass(frozen=True)
class Search:
    """Chart of the search: stairs of the people of the best plan so far and of the proven ceiling.

    Attributes
    ----------
    best, ceiling : str
        Paths in a box of 1000 by 1000.
    across, up : list of Tick
        Seconds and people.
    said : str
        The same in words.
    """

    best: str
    ceiling: str
    across: list[Tick]
    up: list[Tick]
    said: str


def search(plan: Plan) -> Search | None:
    """How the plan and its proven ceiling changed as the search went on; None where there was no search."""
    if len(plan.trace) < 3:  # the ceiling, and pauses given by hand
        return None
    seconds = np.array([moment for moment, _, _ in plan.trace], float)
    took = max(float(seconds[-1]), 1e-3)
    right = 1.04 * took  # so that the last step can be seen
    top = round_up(max(max(people, most) for _, people, most in plan.trace))
    best = [people for _, people, _ in plan.trace]
    ceiling = [most for _, _, most in plan.trace]
    fell = f"fell from {wording.count(ceiling[0])} to {wording.count(ceiling[-1])}"
    if ceiling[-1] >= ceiling[0]:
        fell = f"stayed at {wording.count(ceiling[-1])}"

    def heights(people: list[int]) -> list[tuple[float, float]]:
        at = np.round(1000 * seconds / right, 1).tolist()
        return [(x, round(1000 - 1000 * many / top, 1)) for x, many in zip(at, people, strict=True)]

    every = _every(right)
    marks = [every * k for k in range(int(right / every + 1e-9) + 1)]
    return Search(
        _stairs(heights(best)) + "H1000",
        _stairs(heights(ceiling)) + "H1000",
        [Tick(100 * at / right, f"{at:g} s") for at in marks if at < 0.9 * right],
        quarter_ticks(top),
        f"In {took:,.{0 if took >= 2 else 1}f} seconds the plan came to {wording.count(best[-1])} people, "
        f"and the proven ceiling {fell}.",
    )


def _every(right: float) -> float:
    """A round number of seconds that divides the time into about five."""
    power = float(10.0 ** math.floor(math.log10(right / 5)))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= right / 5)


def _stairs(points: list[tuple[float, float]]) -> str:
    """A stair: what is known at a point holds up to the next, and nothing in between is known to be better."""
    (x, y), *rest = points
    return f"M{x:g} {y:g}" + "".join(f"H{x:g}V{y:g}" for x, y in rest)


def quarter_ticks(top: float, in_words: Callable[[float], str] = wording.count) -> list[Tick]:
    """Marks at each quarter of an axis that ends at ``top``."""
    return [Tick(25.0 * quarter, in_words(top * quarter / 4)) for quarter in range(5)]


def colour(number: int) -> str:
    """The colour of one of several things by its number."""
    return COLOURS[number % len(COLOURS)]


def round_up(value: float) -> int:
    """A round number at or above the value that four divides well."""
    power = 10 ** math.floor(math.log10(max(value, 4)))
    return int(next(power * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10) if power * step >= value))


def timeline(plan: Plan) -> list[Row]:
    """A row for each zone that is paused, from north to south, with its pauses in local time."""
    clock, steps = plan.scenario.clock, plan.scenario.steps
    middle = plan.scenario.zones.geometry.representative_point().y.to_numpy()
    records = plan.scenario.zones.drop(columns=plan.scenario.zones.geometry.name).to_dict("records")
    rows = []
    for zone in sorted({window.zone for window in plan.windows}, key=lambda zone: -middle[zone]):
        bars, phrases = [], []
        for window in sorted(window for window in plan.windows if window.zone == zone):
            start, end = clock.at(window.first), clock.at(window.last + 1)
            phrase = f"{wording.moment(start)}–{wording.until(start, end)}"
            phrases.append(phrase)
            hours = wording.number(clock.hours(window.length))
            bars.append(Bar(100 * window.first / steps, 100 * window.length / steps, f"{phrase} ({hours} h)"))
        name = text(records[zone].get("name")) or plan.scenario.zone_ids[zone]
        local = next(iter(local_names(records[zone])), "")
        rows.append(Row(zone, name, local, bars, "; ".join(phrases)))
    return rows


@dataclass(frozen=True)
class Dot:
    """One plan of a chart: per cent from the left and from the upper end, and what it is."""

    x: float
    y: float
    number: int
    title: str


@dataclass(frozen=True)
class BudgetChart:
    """People against the budget, in a box of 1000 by 1000 from the upper left.

    Attributes
    ----------
    band : str
        Path of what is proven to be out of reach or open: from the search's value up to its bound.
    line, dots : str, list of Dot
        Value as the search counts people.
    people : str
        Path of the people who get out as the groups move; empty where it is the same line.
    own : float or None
        Where the scenario's own limit lies, per cent from the left.
    """

    band: str
    line: str
    dots: list[Dot]
    people: str
    own: float | None
    across: list[Tick]
    up: list[Tick]


@dataclass(frozen=True)
class NeedChart:
    """Person-days upwards against people; the ceilings lie at ``right`` and ``top``, per cent."""

    dots: list[Dot]
    right: float
    top: float
    across: list[Tick]
    up: list[Tick]


def budget_chart(frontier: BudgetFrontier, points: list[BudgetPoint]) -> BudgetChart:
    """The chart of the points that have a plan."""
    right = float(round_up(max(point.budget for point in points)))
    finite = [point.bound for point in points if math.isfinite(point.bound)]
    top = float(round_up(max([*finite, *(max(point.value, point.people) for point in points), 1.0])))

    def at(budget: float, value: float) -> tuple[float, float]:
        return round(1000 * budget / right, 1), round(1000 - 1000 * min(value, top) / top, 1)

    values = [at(point.budget, point.value) for point in points]
    bounds = [at(point.budget, point.bound) for point in points]
    people = [at(point.budget, point.people) for point in points]
    dots = [
        Dot(x / 10, y / 10, number, _point_in_words(point))
        for number, ((x, y), point) in enumerate(zip(values, points, strict=True), 1)
    ]
    same = all(abs(a - b) < 4 for (_, a), (_, b) in zip(values, people, strict=True))
    own = frontier.own if frontier.own is not None and frontier.own <= right else None
    return BudgetChart(
        _stairs(values) + f"V{bounds[-1][1]:g}" + "".join(f"H{x:g}V{y:g}" for x, y in bounds[-2::-1]) + "Z",
        _stairs(values),
        dots,
        "" if same else _stairs(people),
        100 * own / right if own is not None else None,
        quarter_ticks(right, wording.number),
        quarter_ticks(top),
    )


def _point_in_words(point: BudgetPoint) -> str:
    """A point over a budget in words."""
    most = wording.count(point.bound) if math.isfinite(point.bound) else "unknown"
    value = wording.count(point.value)
    return f"{wording.number(point.budget)}: {value} people as the search counts them, proven at most {most}"


def need_chart(frontier: NeedFrontier) -> NeedChart:
    """The chart of plans between people and aid."""
    right, top = float(round_up(frontier.people_at_most)), float(round_up(frontier.need_at_most))
    return NeedChart(
        [
            Dot(
                100 * point.people / right,
                100 - 100 * point.need / top,
                number,
                f"{number}: {wording.count(point.people)} people, {wording.count(point.need)} person-days",
            )
            for number, point in enumerate(frontier.points, 1)
        ],
        100 * frontier.people_at_most / right,
        100 - 100 * frontier.need_at_most / top,
        quarter_ticks(right),
        quarter_ticks(top),
    )


_WIDTH, _LEFT, _RIGHT = 860, 190, 20
_STEP, _TOP, _HEAD, _LINE = 16, 34, 20, 15
_MARKS = ("circle", "square", "diamond", "triangle")


def positions_svg(support: Support) -> str:
    """Draw what each party said over time.

    Parameters
    ----------
    support : Support
        With the statements that are to be drawn (see `letup.support.statements.select_statements`).

    Returns
    -------
    str
        An SVG of its own, 860 units wide: time from left to right, stance from refusing (below) to asking for it
        (above), a strip for each party and a colour and mark for each issue. Every point says what was said when a
        pointer rests on it. Empty of points, with a sentence, if there are no statements.
    """
    histories = position_histories(support)
    if not histories:
        return _svg(60, f'<text x="{_LEFT}" y="34">No statements.</text>')
    issues = [issue.id for issue in support.issues if any(history.issue == issue.id for history in histories)]
    first, last = span_of(statement for history in histories for statement in history.statements)
    names = {party.id: party.name for party in support.parties}
    parts = [_key(support, issues)]
    top = _TOP + _LINE * -(-len(issues) // 3)
    for party, own in by_party(histories).items():
        parts.append(_strip(names.get(party, party), own, issues, top, (first, last)))
        top += _HEAD + 4 * _STEP + 14
    parts.append(_days(first, last, top))
    return _svg(top + 24, "".join(parts))


def _svg(height: int, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img" aria-labelledby="positions-title" font-family="sans-serif" font-size="11">'
        '<title id="positions-title">Positions of the parties over time, by issue</title>'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{inner}</svg>'
    )


def _key(support: Support, issues: Sequence[str]) -> str:
    parts = []
    for number, issue in enumerate(issues):
        x, y = 20 + 280 * (number % 3), 18 + _LINE * (number // 3)
        label = support.issue(issue).label
        parts.append(_mark(number, x, y - 4) + f'<text x="{x + 10}" y="{y}">{escape(label)}</text>')
    return "".join(parts)


def _strip(
    name: str, histories: Sequence[PositionHistory], issues: Sequence[str], top: int, span: tuple[date, date]
) -> str:
    """One party: its name, a rule for each stance, and the lines of its issues."""
    parts = [f'<text x="10" y="{top + 12}" font-weight="bold">{escape(name)}</text>']
    for stance in STANCES:
        y = _height(stance, top)
        shade = "#999" if stance == 0 else "#ddd"
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{shade}"/>')
    for stance, words in ((2, "asks for it"), (0, "silent or mixed"), (-2, "refuses")):
        y = _height(stance, top) + 4
        parts.append(f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end" fill="#555">{words}</text>')
    for history in histories:
        number = issues.index(history.issue)
        points = [(_across(statement.date, span), _height(statement.stance, top)) for statement in history.statements]
        path = "".join(f"{'M' if not n else 'L'}{x:.1f},{y:.1f}" for n, (x, y) in enumerate(points))
        parts.append(f'<path d="{path}" fill="none" stroke="{colour(number)}" stroke-opacity=".5"/>')
        turned = {after.row for _, after in history.turns}
        for (x, y), statement in zip(points, history.statements, strict=True):
            said_by = f"{statement.date.isoformat()}, {statement.speaker}, {history.issue} ({statement.stance:+d})"
            title = f"{said_by}: {statement.position}"
            ring = (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="#000"/>'
                if statement.row in turned
                else ""
            )
            parts.append(f"<g>{ring}{_mark(number, x, y)}<title>{escape(title)}</title></g>")
    return "".join(parts)


def _days(first: date, last: date, y: int) -> str:
    """Dates below the strips: the first, the last, and some between."""
    days = (last - first).days
    every = max(1, -(-days // 8))
    shown = [first + timedelta(days=n) for n in range(0, days + 1, every)]
    return "".join(
        f'<text x="{_across(day, (first, last)):.1f}" y="{y + 10}" text-anchor="middle">{day.day} {day:%b}'
        f"{f' {day.year}' if day == first else ''}</text>"
        for day in shown
    )


def _across(day: date, span: tuple[date, date]) -> float:
    days = (span[1] - span[0]).days
    inner = _WIDTH - _LEFT - _RIGHT - 20
    return _LEFT + 10 + (inner * (day - span[0]).days / days if days else inner / 2)


def _height(stance: int, top: int) -> float:
    return top + _HEAD + (2 - stance) * _STEP


def _mark(number: int, x: float, y: float) -> str:
    """A mark of an issue: colour and shape together tell issues apart, so that colour alone need not."""
    kind = _MARKS[(number // len(COLOURS) + number % len(COLOURS)) % len(_MARKS)]
    fill = f'fill="{colour(number)}" stroke="#333" stroke-width=".5"'
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {fill}/>'
    if kind == "square":
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" {fill}/>'
    shape = ((0, -5), (5, 0), (0, 5), (-5, 0)) if kind == "diamond" else ((0, -5), (5, 4), (-5, 4))
    return f'<path d="M{"L".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shape)}Z" {fill}/>'
