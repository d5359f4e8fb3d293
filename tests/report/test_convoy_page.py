"""The sheet of a convoy: one page of A4, readable, and nothing on it that is not needed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from letup.aid.convoys.make import make_convoys
from letup.aid.convoys.model import Orders
from letup.aid.convoys.rules import Settings
from letup.core import wording
from letup.report.convoys import write_convoy_pages
from tests.aid.convoys import world


@pytest.fixture(scope="module")
def orders() -> Orders:
    scenario, network = world.simple()
    quiet = world.pauses((100, 1000), (100, 1000), (100, 1000))
    table = world.deliveries(
        {"destination": "point-a", "trucks": 12, "kg": 240_000.0, "amount": 123_456.0},
        {"destination": "point-c", "trucks": 12, "kg": 240_000.0},
        {"destination": "point-a", "kg": 4_000.0, "truck": "van"},
        {"destination": "clinic-b", "kg": 4_000.0, "truck": "van", "item": "<b>fuel</b>"},
        {"destination": "point-c", "kg": 4_000.0, "truck": "van"},
        {"destination": "clinic-c", "kg": 4_000.0, "truck": "van"},
        {"destination": "clinic-c", "kg": 20_000.0, "truck": "van"},
    )
    trucks = [replace(world.TRUCK, count=12), replace(world.TRUCK, id="van", label="", count=1)]
    return make_convoys(scenario, network, quiet, table, trucks, Settings(seconds=3.0, vehicles=12))


@pytest.fixture(scope="module")
def pages(orders: Orders, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    scenario, network = world.simple()
    quiet = world.pauses((100, 1000), (100, 1000), (100, 1000))
    return write_convoy_pages(orders, scenario, network, quiet, tmp_path_factory.mktemp("pages"))


def test_every_sheet_prints_to_one_page_with_nothing_cut_off(
    pages: list[Path], orders: Orders, browsers: dict[bool, Any]
) -> None:
    assert max(len(convoy.stops) for convoy in orders.convoys) >= 6
    assert max(convoy.vehicles for convoy in orders.convoys) >= 6
    wrong: list[str] = []
    page = browsers[False].new_page()
    page.on("console", lambda said: wrong.append(said.text))
    page.on("request", lambda sent: sent.url.startswith("file:") or wrong.append(sent.url))
    for path in pages:
        page.goto(path.as_uri())
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1, path.name
        assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]", pdf)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 718, "height": 1054})
        inside = page.evaluate(
            "[...document.querySelectorAll('body > *, .map, .zones')].every("
            "part => part.scrollHeight <= part.clientHeight + 2 && part.getBoundingClientRect().bottom <= 1054)"
        )
        assert inside, path.name
        page.emulate_media(media=None)
    page.close()
    assert not wrong


def test_the_sheet_says_the_times_places_and_loads_of_its_convoy(pages: list[Path], orders: Orders) -> None:
    for convoy, path in zip(orders.convoys, pages, strict=True):
        text = path.read_text("utf-8")
        assert f"Convoy {convoy.id}" in text
        assert f"{convoy.vehicles} ×" in text
        for stop in convoy.stops:
            minute = 6 * 60 + stop.arrive_earliest
            assert f"{minute // 60 % 24:02d}:{minute % 60:02d}" in text
            assert stop.place.title() in text
        assert '<bdi dir="auto">مكان</bdi>' in text
        assert "<b>fuel</b>" not in text


def test_the_sheet_says_what_a_notification_is_and_is_not(pages: list[Path]) -> None:
    text = pages[0].read_text("utf-8")
    for said in ("is a choice", "does not allow the movement", "is protected by humanitarian law all the same"):
        assert said in text
    assert "A model, not a permission" in text


def test_no_place_stands_on_a_sheet_but_those_its_convoy_stops_at(pages: list[Path], orders: Orders) -> None:
    for convoy, path in zip(orders.convoys, pages, strict=True):
        text = path.read_text("utf-8")
        for place in set(world.AT) - {stop.place for stop in convoy.stops}:
            assert place.title() not in text


def test_a_time_of_the_next_day_says_so_and_a_zone_without_need_of_a_pause_is_not_shown_as_left_too_late(
    tmp_path: Path,
) -> None:
    scenario, network = world.simple()
    free = replace(scenario, deliveries=replace(scenario.deliveries, without_pause=("a", "b")))
    quiet = world.pauses((0, 0), (900, 960), (0, 0))
    late = world.deliveries({"destination": "point-a", "depart_first_step": 180})
    orders = make_convoys(free, network, quiet, late, [world.TRUCK], Settings(seconds=1.0))
    (path,) = write_convoy_pages(orders, free, network, quiet, tmp_path)
    text, (convoy,) = path.read_text("utf-8"), orders.convoys
    last = convoy.stops[-1].arrive_latest
    assert 6 * 60 + convoy.stops[0].arrive_earliest < 24 * 60 <= 6 * 60 + last
    day = (free.start + timedelta(minutes=last)).astimezone(free.local)
    assert f"{wording.day(day)} {day:%H:%M}" in text
    assert "none needed" in text
    assert "may drive there without a pause" in text
    assert "21:00–22:00" not in text
