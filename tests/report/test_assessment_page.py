"""The page of an assessment in a browser, from a file, without any network."""

from __future__ import annotations

import pytest

from letup.aid import assess
from letup.report import write_assessment_html
from letup.scenario import example


@pytest.fixture(scope="module")
def assessment():
    return assess(example())


@pytest.fixture(scope="module")
def page(browsers, assessment, tmp_path_factory):
    path = write_assessment_html(assessment, tmp_path_factory.mktemp("assessment") / "assessment.html")
    wrong: list[str] = []
    opened = browsers[False].new_context(viewport={"width": 1000, "height": 700}, offline=True).new_page()
    opened.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    opened.on("request", lambda sent: sent.url.split(":")[0] in ("file", "data") or wrong.append(sent.url))
    opened.goto(path.as_uri())
    yield opened
    opened.context.close()
    assert not wrong


def test_dots_lie_where_the_days_are(page, assessment):
    water = page.locator(".panel").first
    assert "Water" in water.locator("h3").inner_text()
    names = water.locator(".row:not(.axis) .name").all_inner_texts()
    zone = {name: number for number, name in enumerate(assessment.scenario.zones["name"])}
    item = [essential.name for essential in assessment.essentials].index("water")
    track = water.locator(".row:not(.axis) .t").first.bounding_box()
    end = water.locator(".end").first.bounding_box()
    per_day = (end["x"] - track["x"]) / assessment.horizon
    for number, name in enumerate(names):
        dot = water.locator(".dot").nth(number).bounding_box()
        days = (dot["x"] + dot["width"] / 2 - track["x"]) / per_day
        assert days == pytest.approx(assessment.likely.days_left[item, zone[name]], abs=0.1)


def test_each_drawing_has_its_words(page):
    said = page.locator(".panel").first.get_attribute("aria-label")
    assert said.startswith("Water, days left: Millfield 1.")
    assert "Southhaven" in said


def test_it_prints_with_room_for_the_drawing(page):
    page.set_viewport_size({"width": 700, "height": 1000})
    page.emulate_media(media="print")
    track = page.locator(".panel .t").nth(1).bounding_box()
    page.emulate_media(media="screen")
    assert track["width"] > 250


@pytest.mark.parametrize("width", [360, 700, 1400])
def test_nothing_runs_off_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for panel in page.locator(".panel").all():
        right = panel.evaluate("element => element.getBoundingClientRect().right")
        for part in panel.locator(".said").all():
            assert part.evaluate("element => element.getBoundingClientRect().right") <= right + 1
