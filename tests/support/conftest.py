"""A plan and a frontier of the example strip as their files say them, without making them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from letup.scenario import new
from tests.support.agreement import add_agreement


def pause(zone: str, day: int, first: int, last: int, worth: int | None = None) -> dict:
    start, end = (f"2030-01-0{day}T{hour:02d}:00+00:00" for hour in (first, last))
    row = {"zone": zone, "zone_name": zone.title(), "start": start, "end": end}
    return row if worth is None else row | {"worth_people": worth, "worth_need": worth / 2}


def write_plan(folder: Path, **agreement: float) -> Path:
    """A folder with what the analysis reads of a plan."""
    new(folder / "scenario")
    add_agreement(folder / "scenario", **agreement)
    longer = pause("mill", 1, 9, 16) | {"replaces": "2030-01-01T09:00+00:00", "people_per_zone_hour": 40.0}
    document = {
        "answer": {"arrive": 3000, "want_to_leave": 7390},
        "pauses": [pause("north", 1, 9, 14, 700), pause("mill", 1, 9, 15, 900), pause("mill", 2, 9, 15, 400)],
        "next_hours": [longer],
    }
    (folder / "plan.json").write_text(json.dumps(document), "utf-8")
    return folder


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(tmp_path_factory.mktemp("support") / "plan")


@pytest.fixture(scope="session")
def frontier(plan: Path) -> Path:
    folder = plan.parent / "frontier"
    folder.mkdir()
    points = [
        {"budget": hours, "people": people, "no_plan_because": None if people else "too short",
         "pauses": [pause("north", day, 9, 9 + hours // 4) for day in (1, 2)]
         + [pause("mill", day, 9, 9 + hours // 4) for day in (1, 2)]}
        for hours, people in ((2, 0), (8, 800), (16, 1500), (24, 2400), (32, 3000))
    ]  # fmt: skip
    document = {"by": "zone_hours", "want_to_leave": 7390, "points": points}
    (folder / "frontier.json").write_text(json.dumps(document), "utf-8")
    return folder
