"""Numbers, dates, times and lists as readers see them: in the terminal, on pages and in findings.

Everything here takes plain values and gives text. What a step or a window is in local time stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOLERANCE = 1e-9
"""A share that is nearer than this to all or to none is all or none: sums of numbers are not exact."""


def count(value: float) -> str:
    """A whole number with thousands set apart, such as "12,345"."""
    return f"{round(value):,}"


def number(value: float) -> str:
    """A number with thousands set apart, at most two decimals and no idle zeros, such as "4.5"."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def plural(value: float, noun: str) -> str:
    """A number of things, such as "1 pause" or "2,000 pauses"."""
    return f"{f'{value:,}' if isinstance(value, int) else f'{value:g}'} {noun}{'' if value == 1 else 's'}"


def significant(value: float) -> str:
    """A number of 0 or more with three digits that count, and never a power of ten."""
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return format(Decimal(f"{value:.3g}"), "f")


def percent(value: float, decimals: int = 0) -> str:
    """A number from 0 to 1 in per cent, such as "61 %"; "over 99 %" or "under 1 %" where rounding hides a rest."""
    digits = round(100 * value, decimals)
    finest = 10.0**-decimals
    if digits >= 100 and value < 1 - _TOLERANCE:
        return f"over {100 - finest:g} %"
    if digits <= 0 and value > _TOLERANCE:
        return f"under {finest:g} %"
    return f"{digits:.{decimals}f}".removesuffix(".0") + " %"


def share(part: float, whole: float, nothing: str = "–") -> str:
    """Part of a whole in per cent, rounded to one decimal; never rounded up to all or down to none.

    ``nothing`` stands for a share of nothing.
    """
    return percent(part / whole, 1) if whole > 0 else nothing


def day(moment: datetime, year: bool = False) -> str:
    """A date such as "Sat 4 Nov"."""
    text = f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def time(moment: datetime) -> str:
    """A time of day such as "09:00"."""
    return f"{moment:%H:%M}"


def moment(value: datetime | str, year: bool = False) -> str:
    """A local time such as "Sat 4 Nov 09:00"; texts are read as ISO 8601."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{day(when, year)}, {time(when)}" if year else f"{day(when)} {time(when)}"


def sortable(moment: datetime) -> str:
    """A local time such as "2023-11-04 09:00", for the terminal and for names that are sorted."""
    return f"{moment:%Y-%m-%d %H:%M}"


def until(start: datetime, end: datetime) -> str:
    """The end of a span as `moment` says it, only its time of day if that is the day of the start."""
    return time(end) if start.date() == end.date() else moment(end)


def sortable_until(start: datetime, end: datetime) -> str:
    """The end of a span as `sortable` says it, only its time of day if that is the day of the start."""
    return time(end) if start.date() == end.date() else sortable(end)


def time_of_day(hours: float) -> str:
    """Hours after midnight as on a clock, such as "06:30" for 6.5."""
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def capitalised(text: str) -> str:
    """A phrase as a sentence begins with it: its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def and_more(total: int, shown: int, noun: str = "") -> str:
    """How many are left out where only so many of all are shown: "and 4 more zones"; empty where none is."""
    return f"and {total - shown} more {noun}".rstrip() if total > shown else ""


def first_few(items: Sequence[str], most: int, noun: str = "", between: str = ", ") -> str:
    """The first ones of many items: "a, b", or "a, b and 4 more zones"."""
    return f"{between.join(items[:most])} {and_more(len(items), most, noun)}".rstrip()


def listed(items: Sequence[str], most: int | None = None) -> str:
    """Items in one phrase: "a, b and c"; of more than ``most`` the first ones: "a, b, c and 4 more"."""
    if most is not None and len(items) > most:
        return first_few(items, most)
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]
