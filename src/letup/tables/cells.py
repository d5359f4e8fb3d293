"""Cells: from what people wrote to a value of the column's type, from a value to text, and back; never repaired."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from letup.core.collect import did_you_mean, quoted
from letup.tables.schema import Column

_WRONG_SEPARATOR = re.compile(r"[-+]?\d{1,3}([ ,.'’\u00a0\u202f]\d{3})+([.,]\d+)?|[-+]?\d+,\d+")
_MAY_BE_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
_ARABIC = re.compile("[-+]?(\\d+|\\d{1,3}(\u066c\\d{3})+)(\u066b\\d+)?")
_DEGREES = re.compile(r"\d+\s*[°ºd].*", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
# Marks that turn text around, too, and halves of characters, which no file can hold.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Letters and signs by name that show nothing; what else shows nothing is known by its category.
_BLANK = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
_TEXTS = frozenset(("text", "id", "reference"))
# What a spreadsheet takes for the start of a formula, in full width too, after any apostrophes.
_FORMULA = re.compile("'*[-=+@\t\r\uff0b\uff0d\uff1d\uff20]")
_LONGEST_TEXT = 20_000
#: Largest number, of either sign, where a column says nothing else: sums and products of such numbers stay finite.
LARGEST = 1e15
# Names under which a machine keeps a zone that is another one on the next machine, or none.
_NO_ZONES = frozenset(("localtime", "posixrules", "factory"))
_LARGEST_INTEGER = 2**31 - 1  # what the engine counts in


class Wrong(Exception):  # noqa: N818 - reads as a word of the field
    """A cell that cannot be used: code, message, remedy."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


def convert(column: Column, value: Any) -> Any:
    """Value of the column's type that a cell stands for.

    Parameters
    ----------
    column : Column
        What the cell should hold.
    value : str, int, float, bool, list or dict
        The cell as read; not None and not an empty text.

    Raises
    ------
    Wrong
        If the cell does not hold such a value.
    """
    reader = _READERS.get(column.kind)
    if reader is None:  # list and mapping have their own rules, checked where they are used
        return value
    return reader(column, value)


def _text(_column: Column, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    if isinstance(value, date | time):
        message = f"the cell holds the date or time {value.isoformat()}, where a text belongs"
        raise Wrong("value.type", message, "format the cell as text, and write it again")
    if not isinstance(value, str):
        raise Wrong("value.type", f"{quoted(value)} is not a text", "write the text in quotation marks")
    if _HIDDEN.search(value):
        message = f"{quoted(value)} holds control characters that no reader sees"
        raise Wrong("value.type", message, "type the text again without them")
    if not shown(value):
        raise Wrong("value.type", f"{quoted(value)} shows nothing to a reader", "type the text again")
    if len(value) > _LONGEST_TEXT:
        raise Wrong("value.type", f"a text of {len(value):,} characters", f"at most {_LONGEST_TEXT:,} fit here")
    return value


def shown(text: str) -> bool:
    """Whether a text has a character that a reader can see."""
    return any(unicodedata.category(char)[0] not in "CZM" and char not in _BLANK for char in text)


def _id(column: Column, value: Any) -> str:
    text = _text(column, value)
    if text != text.strip() or not text.isprintable() or len(text) > 200 or ";" in text:
        raise Wrong(
            "value.type",
            f"{quoted(value)} cannot be an id",
            "use up to 200 visible characters without semicolons, with no spaces at the ends",
        )
    return text


def _number(column: Column, value: Any) -> float:
    if isinstance(value, str):
        number = _number_in(column, value.strip())
    elif isinstance(value, date | time):
        message = f"the cell holds the date or time {value.isoformat()}, where a number belongs"
        raise Wrong("value.type", message, f"format the cell as a number, and write it again{_unit(column)}")
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong("value.type", f"{quoted(value)} is not a number", f"write a number{_unit(column)}")
    else:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    if not math.isfinite(number):
        raise Wrong("value.not_finite", f"{quoted(value)} is not a finite number", "leave the cell empty if unknown")
    low, high = column.minimum, column.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise Wrong("value.range", f"{quoted(value)} is out of range", f"write {_range(column)}")
    if abs(number) > LARGEST:
        raise Wrong("value.range", f"{quoted(value)} is out of range", f"write {LARGEST:,.0f} or less{_unit(column)}")
    return number


def _in_latin(text: str) -> str:
    """A number in Arabic digits as it is in Latin ones; its signs for decimals and thousands leave no doubt."""
    if not text.isascii():
        text = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
        if _ARABIC.fullmatch(text):
            text = text.replace("\u066c", "").replace("\u066b", ".")
    return text


def thousands(text: str) -> bool:
    """Whether a point or comma in a number may be meant to set off thousands: groups of three digits behind it."""
    return _MAY_BE_THOUSANDS.fullmatch(text) is not None


def _doubtful(column: Column, text: str) -> None:
    """Refuse a point that is a decimal one to programs and one for thousands to many people.

    In a whole number it can hardly be a decimal point; elsewhere no program writes the last zero behind one.
    """
    if "." in text and thousands(text) and (column.kind == "integer" or text.endswith("0")):
        plain, point = text.replace(".", ""), f"{float(text):g}" if text.count(".") == 1 else ""
        message = f"{quoted(text)} may mean {point + ' or ' if point else ''}{plain}"
        raise Wrong("value.decimal_comma", message, f"write {plain}" + (f", or {point}" if point else ""))


def _number_in(column: Column, text: str) -> float:
    text = _in_latin(text)
    if _NUMBER.fullmatch(text):
        _doubtful(column, text)
        return float(text)
    if text.casefold().lstrip("+-") in {
        "nan",
        "inf",
        "infinity",
        "#num!",
        "#n/a",
        "#value!",
        "#div/0!",
        ".nan",
        ".inf",
    }:
        return math.nan
    if _WRONG_SEPARATOR.fullmatch(text):
        raise Wrong(
            "value.decimal_comma",
            f"{quoted(text)} uses a comma or a thousands separator",
            "write the number with a decimal point and no separators, such as 1234.5",
        )
    if _DEGREES.fullmatch(text):
        raise Wrong(
            "value.degrees", f"{quoted(text)} is in degrees and minutes", "write decimal degrees, such as 31.5204"
        )
    if text.endswith("%"):
        raise Wrong("value.type", f"{quoted(text)} is a percentage", "write the share as a number from 0 to 1")
    raise Wrong("value.type", f"{quoted(text)} is not a number", "write digits only, such as 1234.5")


def _integer(column: Column, value: Any) -> int:
    number = _number(column, value)
    if abs(number) > _LARGEST_INTEGER:
        raise Wrong("value.range", f"{quoted(value)} is too large", f"at most {_LARGEST_INTEGER:,} can be counted")
    if number != int(number):
        raise Wrong("value.type", f"{quoted(value)} is not a whole number", f"write a whole number{_unit(column)}")
    return int(number)


def _boolean(_column: Column, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().casefold() in {"true", "false"}:
        return value.strip().casefold() == "true"
    raise Wrong("value.type", f"{quoted(value)} is neither true nor false", "write true or false")


def _choice(column: Column, value: Any) -> str:
    if isinstance(value, str) and value in column.choices:
        return value
    hint = did_you_mean(value, column.choices) if isinstance(value, str) else ""
    raise Wrong("value.choice", f"{quoted(value)} is not a known word", f"{hint}use one of {', '.join(column.choices)}")


def _datetime(_column: Column, value: Any) -> datetime:
    remedy = "write it like 2023-11-04T06:00+02:00"
    value = value.isoformat() if isinstance(value, date) else value
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise Wrong("value.date", f"{quoted(value)} is not a date and time", remedy)
    if moment.tzinfo is None:
        raise Wrong("value.timezone", f"{quoted(value)} has no time zone", remedy)
    if not 1900 <= moment.year <= 2200:
        raise Wrong("value.date", f"the year {moment.year} is not plausible", remedy)
    return moment


def _date(_column: Column, value: Any) -> date:
    value = value.isoformat() if isinstance(value, date) else value
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise Wrong("value.date", f"{quoted(value)} is not a date", "write it like 2023-11-04")
    return day


def _timezone(_column: Column, value: Any) -> str:
    try:
        if isinstance(value, str) and len(value) < 100 and value.casefold() not in _NO_ZONES:
            ZoneInfo(value)
            return value
    except (KeyError, ValueError, OSError):
        pass
    raise Wrong("value.timezone", f"{quoted(value)} is not a known time zone", "write an IANA name such as Asia/Gaza")


def _hours(column: Column, value: Any) -> tuple[float, float]:
    remedy = "write first and last hour of the day, such as [6, 18]"
    if not isinstance(value, list) or len(value) != 2:
        raise Wrong("value.hours", f"{quoted(value)} is not a pair of hours", remedy)
    ends = []
    for end in value:
        match = _CLOCK.fullmatch(end) if isinstance(end, str) else None
        if match and int(match[2]) < 60:
            ends.append(_number(column, int(match[1]) + int(match[2]) / 60))
        else:
            ends.append(_number(column, end))
    if ends[0] >= ends[1]:
        raise Wrong("value.hours", f"{quoted(value)} runs backwards or is empty", remedy)
    return ends[0], ends[1]


def parse_hours(text: str) -> tuple[tuple[float, float], ...]:
    """Opening hours of a place as spans of local hours.

    Parameters
    ----------
    text : str
        Such as ``"10:00-14:00"`` or ``"08:00-12:00; 14:00-18:00"``; ``24:00`` is midnight at the end of the day.

    Returns
    -------
    tuple of (float, float)
        Start and end of each span, hours since local midnight, in order and apart from each other.

    Raises
    ------
    ValueError
        If the text is something else, or a span runs backwards or overlaps the one before.
    """
    spans: list[tuple[float, float]] = []
    for part in text.split(";"):
        match = _SPAN.fullmatch(part.strip())
        if not match:
            raise ValueError(f"{quoted(text)} is not of the form 10:00-14:00")
        first, last = int(match[1]) + int(match[2]) / 60, int(match[3]) + int(match[4]) / 60
        if int(match[2]) > 59 or int(match[4]) > 59 or last > 24:
            raise ValueError(f"{quoted(text)} has a time that no clock shows")
        if first >= last or (spans and first < spans[-1][1]):
            raise ValueError(f"{quoted(text)} runs backwards")
        spans.append((first, last))
    return tuple(spans)


def parse_modes(text: str) -> tuple[str, ...]:
    """Means of movement in a semicolon-separated text, in its order.

    Raises
    ------
    ValueError
        If there is another word than foot and vehicle, or none, or one twice.
    """
    modes = tuple(part.strip() for part in text.split(";"))
    if not set(modes) <= {"foot", "vehicle"} or len(set(modes)) != len(modes):
        raise ValueError(f"{quoted(text)} is not a list of means of movement")
    return modes


def _opening_hours(column: Column, value: Any) -> str:
    text = _text(column, value)
    try:
        parse_hours(text)
    except ValueError as error:
        remedy = "write local hours such as 10:00-14:00; over midnight as 00:00-04:00; 22:00-24:00"
        raise Wrong("value.hours", str(error), remedy) from None
    return text


def _modes(column: Column, value: Any) -> str:
    text = _text(column, value)
    try:
        parse_modes(text)
    except ValueError as error:
        raise Wrong("value.choice", str(error), "write foot, vehicle or foot;vehicle") from None
    return text


def names_in(text: str | None) -> list[str]:
    """Names in a cell with semicolons between them, each once, in its order."""
    return list(dict.fromkeys(part.strip() for part in (text or "").split(";") if part.strip()))


def _unit(column: Column) -> str:
    return f" ({column.unit})" if column.unit else ""


def _range(column: Column) -> str:
    low, high = column.minimum, column.maximum
    if high is None:
        return f"{low:,g} or more{_unit(column)}"
    if low is None:
        return f"{high:,g} or less{_unit(column)}"
    return f"{low:,.10g} to {high:,.10g}{_unit(column)}"


_READERS: dict[str, Callable[[Column, Any], Any]] = {
    "text": _text,
    "id": _id,
    "reference": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "choice": _choice,
    "date": _date,
    "datetime": _datetime,
    "timezone": _timezone,
    "hours": _hours,
    "opening_hours": _opening_hours,
    "modes": _modes,
}


def guarded(column: Column, text: str) -> str:
    """Return a cell as a CSV file has it, so that no spreadsheet takes a text for a formula.

    A text that begins like a formula gets an apostrophe in front, which `unguarded` takes away; so does one that
    begins like one so marked, so that each text comes back as it was. Numbers stay numbers.
    """
    if column.kind in _TEXTS and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguarded(cell: str) -> str:
    """Text of a cell that `guarded` may have marked."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def text_of(column: Column, value: Any) -> str:
    """A value as its column is written; empty for None and NaN.

    A text is written as it is. A number has all its digits, a whole one ``.0`` unless it is an int. What a column's
    ``format`` changes: ``short``, whole numbers without a point; ``True``, capital letters for true and false; anything
    else is a format of Python's, such as ``.10g``.

    Parameters
    ----------
    column : Column
        The column.
    value : object
        A text, number, bool, date, None, or numpy's and pandas' forms of these.
    """
    if isinstance(value, str):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, bool):
        return str(value) if column.format == "True" else str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if column.kind == "integer" or (column.format == "short" and value.is_integer()):
            return str(int(value))
        if column.format not in ("", "short", "True"):
            return format(value, column.format)
        return repr(value)
    return str(value)


def read_back(column: Column, text: str) -> Any:
    """Value of a cell that `text_of` wrote: int, float, bool or text; None for an empty cell that is not text.

    Raises
    ------
    ValueError
        If the cell does not hold such a value, or is empty and must not be.
    """
    if column.kind not in ("integer", "number", "boolean", "choice"):
        return text
    if text == "" and not column.required:
        return None
    if column.kind == "choice":
        if text not in column.choices:
            raise ValueError(f"{text!r} is none of {', '.join(column.choices)}")
        return text
    if column.kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return text.lower() == "true"
    try:
        value = int(text) if column.kind == "integer" else float(text)
        if not text.isascii() or "_" in text or not abs(value) < 2**53:
            raise ValueError
    except ValueError:
        raise ValueError(f"{text!r} is not a {'whole ' * (column.kind == 'integer')}number") from None
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"{text!r} is not {_range(column)}")
    return value
