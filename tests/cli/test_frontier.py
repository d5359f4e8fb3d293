"""What more pause brings, from the command line: the answer, the files, the page, and what is refused."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from letup import plan as plans
from letup import scenario as scenarios
from letup.cli.frontier import show_frontier
from letup.pauses.limits import Window
from letup.plan.frontier.model import BudgetFrontier, BudgetPoint
from letup.plan.planner.multistart import make_best
from letup.report import write_frontier_html
from letup.scenario import new
from tests.cli.running import printed, run, run_apart, two_lines
from tests.core.dask_cluster import running


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, a day long and with hours and costs that leave little to choose."""
    folder = new(tmp_path_factory.mktemp("frontier") / "example")
    settings = folder / "scenario.yaml"
    text = settings.read_text("utf-8").replace("steps: 288", "steps: 56").replace("zone_hours: 60", "zone_hours: 18")
    settings.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def traced(short: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    out = short.parent / "out"
    return out, run_apart("frontier", short, "--out", out, "--zone-hours", "1,27,36", "--time-limit", "3")


def points(folder: Path) -> list[dict]:
    return json.loads((folder / "frontier.json").read_text("utf-8"))["points"]


def test_it_begins_with_the_answer_and_ends_with_how_to_go_on(
    traced: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    out, result = traced
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert re.match(
        r"Of the [\d,]+ people who want to leave, .* get out with 27 zone-hours, and .* 36 zone-hours\.", lines[0]
    )
    assert "no plan: " in result.stdout
    assert lines[-1].startswith("Move people through one of them: letup plan SCENARIO --pauses ")
    assert {"frontier.html", "frontier.csv", "frontier.json"} <= {file.name for file in out.iterdir()}


def test_the_table_never_falls_and_stays_below_what_is_proven(
    traced: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    traced_points = points(traced[0])
    assert [point["budget"] for point in traced_points] == [1, 27, 36]
    assert "3 h" in traced_points[0]["no_plan_because"]
    feasible = traced_points[1:]
    assert feasible[0]["people"] <= feasible[1]["people"]
    assert feasible[0]["search_bound"] <= feasible[1]["search_bound"]
    for point in feasible:
        assert point["people"] <= point["people_at_most"]
        assert point["zone_hours_used"] == pytest.approx(sum(pause["hours"] for pause in point["pauses"]))
        assert point["zone_hours_used"] <= point["budget"]
    with (traced[0] / "frontier.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["people"] for row in rows] == ["", *(str(point["people"]) for point in feasible)]


def test_planning_with_the_pauses_of_a_point_lets_as_many_people_out_as_it_says(
    short: Path, traced: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    scenario = scenarios.load(short)
    for point in points(traced[0])[1:]:
        file = traced[0] / f"pauses-{point['budget']:g}.csv"
        if point["pauses"]:
            made = plans.make(scenario, pauses=plans.read_pauses(file, scenario))
            assert made.arrive == point["people"]
    assert any(point["pauses"] for point in points(traced[0]))


class Page(HTMLParser):
    """Balanced tags, and every address that a browser would ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self.asked += [about[key] or "" for key in ("src", "href") if key in about and tag != "a"]
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)
        assert tag != "script"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_no_network_and_no_scripts(traced: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    text = (traced[0] / "frontier.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.asked == ["data:,"]
    assert "url(" not in text
    assert "default-src &#39;none&#39;" in text
    assert text.count('class="dot"') == 2


def by_hand(short: Path, *values: tuple[float, float, float, int, int]) -> BudgetFrontier:
    points = [
        BudgetPoint((Window(0, 12, 23),), 3.0, people, budget, people_at_most, value, bound)
        for budget, value, bound, people, people_at_most in values
    ]
    return BudgetFrontier(scenarios.load(short), tuple(points), 1000, True, "zone_hours", "all people", 20.0)


def test_what_the_next_hours_bring_is_said_with_what_is_proven(short: Path, tmp_path: Path) -> None:
    frontier = by_hand(short, (10, 100, 150, 90, 160), (20, 300, 330, 290, 340), (40, 300, 400, 290, 400))
    assert frontier.slope(0) == (20.0, 25.0)
    assert frontier.slope(1) == (0.0, 5.5)
    assert frontier.slope(2) is None
    text = printed(show_frontier, frontier, [])
    assert "+20 (at most 25)" in text
    assert "20 (own limit)" in text
    assert frontier.answer() == (
        "Of the 1,000 people who want to leave, 90 (9 %, proven to be at most 160) get out with 10 zone-hours, "
        "and 290 (29 %, proven to be at most 400) with 40 zone-hours."
    )
    page = write_frontier_html(frontier, tmp_path / "page.html").read_text("utf-8")
    # Between two points a bound is that of the larger, and a value that of the smaller: stairs, no slopes.
    assert 'class="band" d="M250 750H500V250H1000V250V0H500V175H250V625Z"' in page
    assert 'class="known" d="M250 750H500V250H1000V250"' in page


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--zone-hours", "20;40"], "frontier.budgets"),
        (["--zone-hours=-1"], "frontier.budgets"),
        (["--costs", "1,2"], "frontier.budgets"),
        (["--concession"], "frontier.concession"),
    ],
)
def test_what_cannot_be_traced_is_refused_in_two_lines(
    short: Path, tmp_path: Path, arguments: list[str], code: str
) -> None:
    result = run("frontier", short, "--out", tmp_path / "out", *arguments)
    assert result.returncode == 2
    two_lines(result, code)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_files_is_refused_before_anything_is_searched(short: Path) -> None:
    result = run("frontier", short, "--out", short)
    assert result.returncode == 2
    two_lines(result, "frontier.folder")


def test_several_searches_are_never_worse_than_the_first_and_the_same_wherever_they_run(
    short: Path, tmp_path: Path
) -> None:
    # A coarse clock, so that each search soon ends by itself: only then is its answer the same everywhere.
    folder = shutil.copytree(short, tmp_path / "coarse")
    settings = folder / "scenario.yaml"
    settings.write_text(settings.read_text("utf-8").replace("grid_minutes: 30", "grid_minutes: 240"), "utf-8")
    scenario = scenarios.load(folder)
    single = plans.make(scenario, seed=3)
    alone = make_best(scenario, searches=2, seed=3, workers=1)
    assert alone.arrive >= single.arrive
    with running(1) as address:
        out = tmp_path / "plan"
        result = run("plan", folder, "--out", out, "--cluster", address, "--searches", "2", "--seed", "3")
    assert result.returncode == 0, result.stderr
    assert "searching: " in result.stderr
    made = json.loads((out / "plan.json").read_text("utf-8"))
    assert made["answer"]["arrive"] == alone.arrive
    assert len(made["pauses"]) == len(alone.windows)


def test_searching_for_pauses_that_are_given_is_refused(short: Path, tmp_path: Path) -> None:
    pauses = tmp_path / "pauses.csv"
    pauses.write_text("zone,start,end\nnorth,2030-01-01T09:00,2030-01-01T12:00\n", "utf-8")
    result = run("plan", short, "--out", tmp_path / "out", "--pauses", pauses, "--searches", "2")
    assert result.returncode == 2
    two_lines(result, "plan.searches")
