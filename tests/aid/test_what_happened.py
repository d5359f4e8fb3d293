"""The page against what happened says what the model says today, and what was counted."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from letup.scenario import load

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "what-happened.md").read_text("utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("what_happened", ROOT / "scripts" / "what_happened.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_trucks_of_the_page_are_what_the_rules_let_in_today(script):
    trucks = script.trucks
    delivered = trucks.deliver_under(load("gaza-2023"), trucks.Rules("", north=0.3))
    entered = script.trucks_by_day(script.PAUSE[0], script.PAUSE[-1])
    for k, day in enumerate(script.PAUSE):
        assert script.truck_row(day, entered[day], delivered.trucks[k]) in PAGE
        assert delivered.north[k] == 60  # 30 % of 200
        assert delivered.trucks[k] <= trucks.TRUCKS
        assert delivered.litres[k] == pytest.approx(trucks.LITRES)


def test_people_of_the_page_are_what_the_corridor_lets_out_today(script):
    base, corridor = load("gaza-2023"), script.corridor
    for day in script.corridor_days():
        if day.number in (6, 8):
            cases = (corridor.AS_IN_SCENARIO, corridor.LOW, corridor.HIGH)
            people = [corridor.passing(base, day, case) for case in cases]
            assert script.corridor_row(day, *people) in PAGE
            hours = day.hours[1] - day.hours[0]
            for passing, case in zip(people, cases, strict=True):
                assert 0 < passing < case.per_hour * hours  # never more than the passage lets through


def test_counts_are_those_that_were_published(script):
    days = {day.number: day for day in script.corridor_days()}
    assert [days[k].counted for k in (5, 6, 7, 8, 9, 10, 15)] == [2000, 5000, 15000, 50000, 50000, 30000, 8000]
    assert days[9].before == 72_000  # the sum since 5 November that OCHA gave for the 8th
    assert days[15].before == 200_000  # and for the 14th
    assert sum(script.trucks_by_day("2023-10-21", "2023-11-21").values()) == 1395  # OCHA: 1,399
    north = [(round(count.value), end - first) for _, first, end, count in script._north_counts()]
    assert north == [(61, 1), (65, 2), (233, 6)]


def test_words_of_the_page_are_those_of_its_template(script):
    text = script.TEXT.read_text("utf-8")
    for words in re.split(r"\{\{.*?\}\}|\{%.*?%\}\n?", text, flags=re.DOTALL):
        assert words.strip() in PAGE, "run scripts/what_happened.py"
