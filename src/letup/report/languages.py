"""Dates, numbers and units in the languages of a term sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import yaml

from letup.core import wording
from letup.core.errors import LetupError
from letup.report.template import page_text

LANGUAGES: Mapping[str, str] = {"en": "ltr", "ar": "rtl"}
"""Languages of a term sheet, and the direction they are written in."""

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
}

# Both names that are in use, as in documents of the United Nations: the Levantine and the Gregorian one.
_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "ar": (
        "كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيو", "تموز/يوليو",
        "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
    ),
}  # fmt: skip

_AT = {"en": "{day} at {time}", "ar": "يوم {day}، الساعة {time}"}

# A unit stands in a column of its own, so that no number has to agree with it.
_UNITS = {
    "ar": {
        "day": "يوم", "days": "أيام", "hour": "ساعة", "hours": "ساعات", "hours/day": "ساعات في اليوم",
        "hours a day": "ساعات في اليوم", "zone-hours": "مجموع ساعات المناطق", "zones": "مناطق",
        "pauses": "فترات هدنة", "people": "أشخاص", "people/day": "أشخاص في اليوم",
        "trucks/day": "شاحنات في اليوم", "trucks a day": "شاحنات في اليوم", "trucks": "شاحنات",
        "litres/day": "لترات في اليوم", "litres": "لترات", "crossings": "معابر", "%": "%",
        "roads": "طرق", "captives per day": "محتجزون لكل يوم إضافي",
        "prisoners per captive": "أسرى لكل محتجز",
        "days per 10 released": "أيام لكل 10 مفرج عنهم",
        "people released/day": "مفرج عنهم في اليوم",
    }
}  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A text and the language it is in."""

    text: str
    lang: str


@cache
def phrases(lang: str) -> Mapping[str, str]:
    """Phrases of the term sheet in a language.

    Raises
    ------
    LetupError
        ``terms.language`` if it is not one of `LANGUAGES`.
    """
    if lang not in LANGUAGES:
        raise LetupError("terms.language", f"there is no term sheet in {lang!r}", f"Choose {' or '.join(LANGUAGES)}.")
    found: Mapping[str, str] = yaml.safe_load(page_text(f"page/terms.{lang}.yaml"))
    return found


def day(moment: date, lang: str) -> str:
    """A date such as "Sunday, 5 November 2023"."""
    comma = "، " if lang == "ar" else ", "
    month = _MONTHS[lang][moment.month - 1]
    return f"{_DAYS[lang][moment.weekday()]}{comma}{moment.day} {month} {moment.year}"


def time(moment: datetime) -> str:
    """A time of day on the 24-hour clock; Western digits in every language, as they are used in both."""
    return wording.time(moment)


def at(moment: datetime, lang: str) -> str:
    """A date and time in words."""
    return _AT[lang].format(day=day(moment, lang), time=time(moment))


def number(value: float, lang: str) -> str:
    """A number with thousands set apart, the same in every language: digits must not be misread."""
    del lang
    return wording.number(value)


def unit(name: str, lang: str) -> Word | None:
    """A unit; in the language of the scenario where it has no translation."""
    if not name:
        return None
    if lang == "en":
        return Word(name, "en")
    known = _UNITS.get(lang, {}).get(name)
    return Word(known, lang) if known else Word(name, "en")
