"""Positions over time as a drawing: one strip for each party, one line for each issue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from letup.report.charts import COLOURS, colour
from letup.support.model import Support
from letup.support.statements import STANCES, PositionHistory, by_party, position_histories, span_of

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
