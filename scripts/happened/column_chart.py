"""Counted beside modelled, day by day, as a small chart."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from letup.report.charts import COLOURS, round_up

_WIDTH, _HEIGHT, _LEFT, _TOP, _FOOT = 720, 260, 60, 34, 26
_COUNTED, _MODEL = COLOURS[0], COLOURS[1]


@dataclass(frozen=True)
class DayColumns:
    """One day: its label, what was counted, what the model says, and the ends of its range if it has day."""

    label: str
    counted: float
    model: float
    low: float | None = None
    high: float | None = None


def column_chart(title: str, days: list[DayColumns]) -> str:
    """Draw two columns for each day, with a line from the low to the high end of the model's range."""
    top = round_up(max(max(day.counted, day.model, day.high or 0.0) for day in days))
    wide = (_WIDTH - _LEFT - 10) / len(days)
    floor = _HEIGHT - _FOOT

    def height(value: float) -> float:
        return floor - (floor - _TOP) * value / top

    parts = [
        f'<rect x="{_LEFT}" y="8" width="10" height="10" fill="{_COUNTED}"/>'
        f'<text x="{_LEFT + 15}" y="17">counted</text>',
        f'<rect x="{_LEFT + 90}" y="8" width="10" height="10" fill="{_MODEL}"/>'
        f'<text x="{_LEFT + 105}" y="17">model</text>',
    ]
    if any(day.low is not None for day in days):
        parts.append(f'<text x="{_LEFT + 170}" y="17">| range of the model</text>')
    for quarter in range(5):
        y = height(top * quarter / 4)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * quarter / 4:,.0f}</text>')
    for number, day in enumerate(days):
        x = _LEFT + wide * (number + 0.5)
        bar = wide * 0.36
        for left, value, colour in ((x - bar, day.counted, _COUNTED), (x, day.model, _MODEL)):
            y = height(value)
            parts.append(
                f'<rect x="{left:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{floor - y:.1f}" fill="{colour}">'
                f"<title>{escape(day.label)}: {value:,.0f}</title></rect>"
            )
        if day.low is not None and day.high is not None:
            middle = x + bar / 2
            parts.append(
                f'<line x1="{middle:.1f}" x2="{middle:.1f}" y1="{height(day.low):.1f}" y2="{height(day.high):.1f}" '
                'stroke="#333" stroke-width="1.5"/>'
            )
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 9}" text-anchor="middle">{escape(day.label)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'role="img" font-family="sans-serif" font-size="11"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
