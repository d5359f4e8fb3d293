"""The term sheet: plain words in two languages, that print, with the dates, times and places of the plan."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from string import Formatter

import pytest

from letup.core.wording import number
from letup.report.terms import LANGUAGES, moment_text, phrases, sheet, write_terms
from letup.support import offers
from letup.support.negotiation import negotiation_of, support_of
from letup.support.plan_terms import package_of
from tests.support.conftest import write_plan

PACKAGE = {"zone_hours": 17.0, "trucks": 150.0, "monitoring": "un"}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_plan(tmp_path_factory.mktemp("terms") / "plan")
    zones = folder / "scenario" / "zones.geojson"
    layer = json.loads(zones.read_text("utf-8"))
    north = next(feature["properties"] for feature in layer["features"] if feature["properties"]["id"] == "north")
    north["name_ar"] = "الميناء الشمالي"
    zones.write_text(json.dumps(layer, ensure_ascii=False), "utf-8")
    return folder


@pytest.fixture(scope="module")
def written(plan: Path) -> dict[str, str]:
    (offer,), scenario = offers.read(plan)
    negotiation = negotiation_of(support_of(scenario))
    files = [
        file
        for lang in LANGUAGES
        for file in write_terms(offer, negotiation, PACKAGE, plan.parent, lang=lang, plan=plan)
    ]
    return {file.name: file.read_text("utf-8") for file in files}


def test_every_phrase_is_there_in_every_language_with_the_same_gaps() -> None:
    gaps = {
        lang: {key: {gap for _, gap, _, _ in Formatter().parse(said) if gap} for key, said in phrases(lang).items()}
        for lang in LANGUAGES
    }
    assert gaps["en"] == gaps["ar"]
    assert all(re.search(r"[\u0600-\u06ff،]|^ و$", said) for said in phrases("ar").values())


def test_the_arabic_sheet_is_arabic_and_runs_from_right_to_left(written: dict[str, str]) -> None:
    page = written["terms.ar.html"]
    assert '<html lang="ar" dir="rtl">' in page
    assert written["terms.ar.md"].startswith('<div dir="rtl" lang="ar">\n\n# مسودة شروط هدنة إنسانية\n')
    for said in (
        "الثلاثاء، 1 كانون الثاني/يناير 2030",
        "الميناء الشمالي",
        "الطرف أ",
        "الأمم المتحدة",
        "شاحنات في اليوم",
    ):
        assert said in page
        assert said in written["terms.ar.md"]
    assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", page)  # one kind of digits
    assert '<bdi lang="en">Millfield</bdi>' in page  # not translated, and marked as English


def test_where_when_what_who_and_how_it_ends(written: dict[str, str]) -> None:
    sheet = written["terms.en.md"]
    assert "- Northport (الميناء الشمالي)\n- Millfield\n" in sheet
    assert "| Tuesday, 1 January 2030 | 09:00 | 15:00 | 6 | Millfield |" in sheet
    assert "| Trucks of aid | 150 | trucks/day |" in sheet
    monitors = sheet.partition("## Who monitors")[2].partition("##")[0]
    assert "| Monitoring | UN |" in monitors
    assert "ends on Wednesday, 2 January 2030 at 15:00" in sheet
    assert "## What stays open\n\n- Extension by agreement\n" in sheet
    for rule in (
        "Leaving is voluntary",
        "return to their homes",
        "not a permission",
        "takes away none of the protection",
    ):
        assert rule in sheet


def test_what_lacks_a_translation_is_said(plan: Path) -> None:
    (offer,), scenario = offers.read(plan)
    negotiation = negotiation_of(support_of(scenario))
    assert sheet(offer, negotiation, PACKAGE, "ar").untranslated == ("Example strip (fictitious)", "Millfield")


def test_what_is_counted_from_the_plan_is_marked_and_what_was_agreed_is_not(plan: Path, tmp_path: Path) -> None:
    (offer,), scenario = offers.read(plan)
    negotiation = negotiation_of(support_of(scenario))
    _, file = write_terms(offer, negotiation, {**PACKAGE, **package_of(offer)}, tmp_path)
    text = file.read_text("utf-8")
    assert "| Pause in all † | 17 | zone-hours |" in text
    assert "| Trucks of aid | 150 | trucks/day |" in text
    assert "For the hours the table above holds." in text


def test_a_plan_without_pauses_names_no_zones(plan: Path, tmp_path: Path) -> None:
    (offer,), scenario = offers.read(plan)
    nothing = offers.Offer("nothing", scenario, (), 0, offer.want_to_leave)
    for file in write_terms(nothing, negotiation_of(support_of(scenario)), PACKAGE, tmp_path):
        text = file.read_text("utf-8")
        assert "covers these zones" not in text
        assert text.count("The plan has no pauses.") == 2  # where, and when


def test_zones_with_the_same_hours_stand_together_and_midnight_is_said(plan: Path) -> None:
    (offer,), scenario = offers.read(plan)
    first = offer.pauses[0]
    late = offers.Pause("mill", "Millfield", first.start, first.end, first.window)
    long = offers.Pause(
        "mill",
        "Millfield",
        first.start.replace(hour=20),
        datetime.fromisoformat("2030-01-02T02:00+00:00"),
        first.window,
    )
    other = offers.Offer("night", scenario, (first, late, long), 10, 20)
    times = sheet(other, negotiation_of(support_of(scenario)), {}, "en").times
    assert [[word.text for word in time.zones] for time in times] == [["Northport", "Millfield"], ["Millfield"]]
    assert times[1].end == "Wednesday, 2 January 2030 at 02:00"


def test_a_name_cannot_become_markup(plan: Path, tmp_path: Path) -> None:
    (offer,), scenario = offers.read(plan)
    support = support_of(scenario)
    issues = tuple(
        type(issue)(**{**issue.__dict__, "label": "<script>|\n"}) if issue.id == "trucks" else issue
        for issue in support.issues
    )
    negotiation = negotiation_of(type(support)(issues, support.parties, support.influences))
    page, sheet = (file.read_text("utf-8") for file in write_terms(offer, negotiation, PACKAGE, tmp_path))
    assert "<script>" not in page
    assert "| \\<script\\>\\| | 150 |" in sheet


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_with_line_breaks_and_markup_add_no_heading_and_no_element(plan: Path, tmp_path: Path, lang: str) -> None:
    hostile = Path(__file__).parents[1] / "cases" / "hostile" / "terms-newline" / "zones.geojson"
    bad = [feature["properties"]["name"] for feature in json.loads(hostile.read_text("utf-8"))["features"]]
    (offer,), scenario = offers.read(plan)
    zones = scenario.zones.assign(name=[*bad, *scenario.zones["name"]][: len(scenario.zones)])
    zones = zones.drop(columns=[column for column in zones if str(column).startswith("name_")])
    offer = replace(offer, scenario=replace(scenario, zones=zones, title=bad[0]))
    negotiation = negotiation_of(support_of(scenario))
    plain, file = (
        write_terms(each, negotiation, PACKAGE, tmp_path, lang=lang)[1].read_text("utf-8")
        for each in (offers.read(plan)[0][0], offer)
    )
    for pattern in (r"(?m)^#+ ", r"(?<!\\)<", r"(?<!\\)\]\("):
        assert len(re.findall(pattern, file)) == len(re.findall(pattern, plain)), pattern


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [360, 1000])
def test_it_opens_without_a_network_and_nothing_runs_off_it(browsers, written, plan, lang, width):
    wrong: list[str] = []
    page = browsers[False].new_context(viewport={"width": width, "height": 700}, offline=True).new_page()
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("request", lambda sent: sent.url.split(":")[0] in ("file", "data") or wrong.append(sent.url))
    page.goto((plan.parent / f"terms.{lang}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.body).direction") == LANGUAGES[lang]
    page.context.close()
    assert not wrong


def test_numbers_and_dates_are_written_the_same_way_everywhere() -> None:
    assert number(6500) == "6,500"
    assert number(10.5) == "10.5"
    assert moment_text(datetime(2023, 11, 24, 7), "ar") == "يوم الجمعة، 24 تشرين الثاني/نوفمبر 2023، الساعة 07:00"
    assert moment_text(datetime(2023, 11, 24, 7), "en") == "Friday, 24 November 2023 at 07:00"
