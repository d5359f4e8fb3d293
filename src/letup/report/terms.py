"""The agreement: a term sheet of a plan and what is on the table, in plain words, as HTML that prints and Markdown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from letup import __version__
from letup.core.errors import LetupError
from letup.core.folders import ResultKind
from letup.core.wording import number, time
from letup.report.tables import text
from letup.report.template import STILL, page_text
from letup.scenario.disclosure import without_names
from letup.scenario.model import Scenario
from letup.support.model import Issue, Package, Support
from letup.support.negotiation import Negotiation
from letup.support.offers import Offer
from letup.support.plan_terms import package_of

#: Beginnings of words in the id of an issue by which it is known where it belongs.
_MONITORING = ("monitor", "observ", "verif")
_ENDING = ("exten", "renew", "end", "terminat", "resum", "after")

LANGUAGES: Mapping[str, str] = {"en": "ltr", "ar": "rtl"}
"""Languages of a term sheet, and the direction they are written in."""

TERMS_FOLDER = ResultKind("terms", "a term sheet", "terms.folder")

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
    texts: Mapping[str, str] = yaml.safe_load(page_text(f"page/terms.{lang}.yaml"))
    return texts


def day_text(moment: date, lang: str) -> str:
    """A date such as "Sunday, 5 November 2023"."""
    comma = "، " if lang == "ar" else ", "
    month = _MONTHS[lang][moment.month - 1]
    return f"{_DAYS[lang][moment.weekday()]}{comma}{moment.day} {month} {moment.year}"


def moment_text(moment: datetime, lang: str) -> str:
    """A date and time in words."""
    return _AT[lang].format(day=day_text(moment, lang), time=time(moment))


def unit_word(name: str, lang: str) -> Word | None:
    """A unit; in the language of the scenario where it has no translation."""
    if not name:
        return None
    if lang == "en":
        return Word(name, "en")
    known = _UNITS.get(lang, {}).get(name)
    return Word(known, lang) if known else Word(name, "en")


@dataclass(frozen=True)
class Zone:
    """A zone: its name in the language of the sheet, and another one."""

    name: Word
    other: Word | None


@dataclass(frozen=True)
class Time:
    """Zones that are quiet at the same time."""

    day: str
    start: str
    end: str
    hours: str
    zones: tuple[Word, ...]


@dataclass(frozen=True)
class Term:
    """One issue that is settled; ``counted`` where its value is read off the plan."""

    label: Word
    value: Word
    unit: Word | None
    counted: bool = False


@dataclass(frozen=True)
class Sheet:
    """What a term sheet says in one language, before it is laid out.

    Attributes
    ----------
    title : Word
        What the scenario is called.
    parties : tuple of Word
        Whose consent is needed.
    zones : tuple of Zone
        Where.
    times : tuple of Time
        When, by day and hour.
    count, hours, people, want : str
        Pauses, their zone-hours, people who reach a shelter, people who want to leave.
    last : str
        When the last pause ends; empty without any.
    terms, monitoring, ending : tuple of Term
        What is on the table.
    open : tuple of Word
        Issues that nothing is said on.
    """

    title: Word
    parties: tuple[Word, ...]
    zones: tuple[Zone, ...]
    times: tuple[Time, ...]
    count: str
    hours: str
    people: str
    want: str
    last: str
    terms: tuple[Term, ...]
    monitoring: tuple[Term, ...]
    ending: tuple[Term, ...]
    open: tuple[Word, ...]

    @property
    def untranslated(self) -> tuple[str, ...]:
        """Texts that stand in English for want of a translation in the scenario."""
        terms = (*self.terms, *self.monitoring, *self.ending)
        words = [self.title, *self.parties, *(zone.name for zone in self.zones), *self.open]
        words += [word for term in terms for word in (term.label, term.value, term.unit) if word is not None]
        return tuple(dict.fromkeys(word.text for word in words if word.lang == "en"))


def sheet(offer: Offer, negotiation: Negotiation, package: Package, lang: str) -> Sheet:
    """What a term sheet says.

    Parameters
    ----------
    offer : Offer
        The plan: where and when.
    negotiation : Negotiation
        Issues and parties.
    package : mapping of str to value
        What is settled, by the plan or on the table; issues that are absent stay open.
    lang : str
        One of `letup.report.terms.LANGUAGES`.
    """
    phrases(lang)  # refuses other languages
    scenario, support = offer.scenario, negotiation.support
    counted = package_of(offer, support)
    settled = {
        issue.id: replace(_term(issue, package, lang), counted=issue.id in counted)
        for issue in support.issues
        if issue.id in package
    }

    def of(kinds: tuple[str, ...]) -> tuple[Term, ...]:
        return tuple(term for name, term in settled.items() if _belongs(name, kinds))

    last = max((pause.end for pause in offer.pauses), default=None)
    return Sheet(
        title=Word(without_names(scenario, scenario.title), "en"),
        parties=tuple(_party(support, party, lang) for party in negotiation.consenting(offer.zones)),
        zones=tuple(_zone(scenario, zone, lang) for zone in scenario.zone_ids if zone in offer.zones),
        times=_times(offer, lang),
        count=number(len(offer.pauses)),
        hours=number(offer.zone_hours),
        people=number(offer.arrive),
        want=number(offer.want_to_leave),
        last=moment_text(last, lang) if last is not None else "",
        terms=tuple(term for name, term in settled.items() if not _belongs(name, (*_MONITORING, *_ENDING))),
        monitoring=of(_MONITORING),
        ending=of(_ENDING),
        open=tuple(_label(issue, lang) for issue in support.issues if issue.id not in package),
    )


def _belongs(issue: str, kinds: tuple[str, ...]) -> bool:
    return any(word.startswith(kinds) for word in re.split(r"[-_. ]", issue))


def _party(support: Support, party: str, lang: str) -> Word:
    names = support.party(party).names
    return Word(names[lang], lang) if lang in names else Word(support.party(party).name, "en")


def _zone(scenario: Scenario, zone: str, lang: str) -> Zone:
    """A zone in the language of the sheet, and with its local name or, where that is the language, its English one."""
    row = scenario.zones.loc[zone]
    names = {"en": text(row.get("name")) or zone}
    for column in scenario.zones.columns:
        language = str(column).removeprefix("name_")
        if str(column).startswith("name_") and "_" not in language and text(row.get(column)):
            names[language] = text(row.get(column))
    first = lang if lang in names else "en"
    other = next((language for language in names if language != first and names[language] != names[first]), None)
    return Zone(Word(names[first], first), Word(names[other], other) if other else None)


def _label(issue: Issue, lang: str) -> Word:
    return Word(issue.labels[lang], lang) if lang in issue.labels else Word(issue.label, "en")


def _term(issue: Issue, package: Package, lang: str) -> Term:
    value = package[issue.id]
    if not isinstance(value, str):
        return Term(_label(issue, lang), Word(number(value), lang), unit_word(issue.unit, lang))
    option = next((option for option in issue.options if option.id == value), None)
    if option is not None and lang in option.labels:
        return Term(_label(issue, lang), Word(option.labels[lang], lang), None)
    if value in ("yes", "no") and lang == "ar":
        return Term(_label(issue, lang), Word("نعم" if value == "yes" else "لا", lang), None)
    return Term(_label(issue, lang), Word(issue.label_of(value), "en"), None)


def _times(offer: Offer, lang: str) -> tuple[Time, ...]:
    """Pauses by start and end, so that zones with the same hours stand together."""
    together: dict[tuple[datetime, datetime], list[str]] = {}
    for pause in sorted(offer.pauses, key=lambda pause: (pause.start, pause.end, pause.window.zone)):
        together.setdefault((pause.start, pause.end), []).append(pause.zone)
    times = []
    for (start, end), zones in together.items():
        until = time(end) if start.date() == end.date() else moment_text(end, lang)
        hours = number((end - start).total_seconds() / 3600)
        names = tuple(_zone(offer.scenario, zone, lang).name for zone in zones)
        times.append(Time(day_text(start, lang), time(start), until, hours, names))
    return tuple(times)


def write_terms(
    offer: Offer, negotiation: Negotiation, package: Package, folder: Path | str, *, lang: str = "en",
    plan: Path | None = None,
) -> list[Path]:  # fmt: skip
    """Write terms.LANG.html and terms.LANG.md.

    Parameters
    ----------
    offer, negotiation, package, lang
        As for `sheet`.
    folder : path
        Where to write; other files in it stay.
    plan : path, optional
        Folder of the plan, whose plan.json is named by its fingerprint.

    Raises
    ------
    LetupError
        ``terms.language``; OSError if the files cannot be written.
    """
    values = _values(offer, sheet(offer, negotiation, package, lang), lang, plan)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / name for name in file_names(lang)]
    for file, name, escape in zip(files, ("page/terms.html.j2", "page/terms.md.j2"), (True, False), strict=True):
        environment = Environment(
            autoescape=escape,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["fill"] = _fill if LANGUAGES[lang] == "ltr" else _fill_isolated
        environment.filters["plain"] = plain
        file.write_text(environment.from_string(page_text(name)).render(**values), "utf-8", newline="")
    return files


def file_names(lang: str) -> tuple[str, str]:
    """Names of the files of a term sheet in one language."""
    return f"terms.{lang}.html", f"terms.{lang}.md"


_MARKS = re.compile(r"([\\\\`*_\[\]<>|&~])")
_FIRST_MARKS = re.compile(r"([-+#=]|\d+(?=[.)]))")


def plain(words: object) -> str:
    """Text of the scenario as Markdown shows it as it is: on one line, with no mark, link or HTML in it."""
    escaped = _MARKS.sub(r"\\\1", " ".join(str(words).split()))
    first = _FIRST_MARKS.match(escaped)
    if first is None:
        return escaped
    end = first.end()
    return f"{escaped[:end]}\\{escaped[end:]}" if escaped[0].isdigit() else f"\\{escaped}"


def _fill(phrase: str, **values: str) -> str:
    return phrase.format(**values)


def _fill_isolated(phrase: str, **values: str) -> str:
    """Keep what is put in from taking part in the order of the right-to-left text around it (U+2068, U+2069)."""
    return phrase.format(**{name: f"\u2068{value}\u2069" for name, value in values.items()})


def _values(offer: Offer, content: Sheet, lang: str, plan: Path | None) -> Mapping[str, Any]:
    scenario = offer.scenario
    document = plan / "plan.json" if plan is not None else None
    digest = hashlib.sha256(document.read_bytes()).hexdigest() if document is not None and document.is_file() else "–"
    return {
        "lang": lang,
        "dir": LANGUAGES[lang],
        "t": phrases(lang),
        "sheet": content,
        "timezone": scenario.timezone,
        "plan": offer.name,
        "digest": digest,
        "as_of": moment_text(scenario.as_of.astimezone(scenario.local), lang),
        "policy": STILL,
        "version": __version__,
    }
