"""What is said by the hour holds by the hour: when clocks change, and on roads that take few people."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from letup.plan import make
from letup.plan.files.read import read_pauses
from letup.scenario import load
from tests.cli.running import run, two_lines

CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.parametrize("season", ["gaza", "spring"])
def test_pauses_keep_to_local_hours_on_days_on_which_clocks_change(tmp_path, season):
    folder = tmp_path / "plan"
    settings = CASES / "15" / season / "scenario.yaml"
    scenario = tmp_path / "scenario"
    scenario.mkdir()
    for file in (CASES / "15" / season).iterdir():
        (scenario / file.name).write_bytes(file.read_bytes())
    text = settings.read_text("utf-8").replace("  - 0\n  - 24\n", "  - 8\n  - 12\n")
    (scenario / "scenario.yaml").write_text(text, "utf-8")
    assert run("plan", scenario, "--out", folder, "--time-limit", "0").returncode == 0
    document = json.loads((folder / "plan.json").read_text("utf-8"))
    hours = {(pause["start"][11:16], pause["end"][11:16]) for pause in document["pauses"]}
    assert hours
    assert all("08:00" <= start < end <= "12:00" for start, end in hours)
    # a plan an hour off, as it came out when hours were counted from the start, does not hold
    assert run("verify", folder).returncode == 0
    offset = datetime.fromisoformat(document["pauses"][0]["start"]).utcoffset()
    assert offset != datetime.fromisoformat(document["scenario"]["start"]).utcoffset()


@pytest.mark.parametrize(("season", "file", "says"), [("gaza", "p_amb2", "twice"), ("spring", "p_gap2", "never comes")])
def test_a_time_that_comes_twice_or_never_is_no_time_of_a_pause(tmp_path, season, file, says):
    result = run("plan", CASES / "15" / season, "--pauses", CASES / "15" / f"{file}.csv", "--out", tmp_path / "plan")
    assert result.returncode == 2
    two_lines(result, "pauses.time")
    assert says in result.stderr
    assert "+03:00" in result.stderr
    assert "+02:00" in result.stderr


# Twelve quiet hours, less the half hour to an hour that the two kilometres take in steps.
@pytest.mark.parametrize(
    ("case", "an_hour"),
    [
        *(("slow", 1), ("k2", 2), ("k3", 3), ("k4", 4), ("k5", 5), ("k6", 6), ("k8", 8), ("k12", 12), ("k20", 20)),
        *(("dmg", 0.1), ("series1", 10), ("series15", 10), ("cp", 1)),
    ],
)
def test_twelve_hours_carry_twelve_times_the_hourly_figure_along_the_whole_way(case, an_hour):
    scenario = load(str(CASES / "20" / case))
    plan = make(scenario, pauses=read_pauses(CASES / "20" / "p.csv", scenario))
    most = min(plan.want_to_leave, round(12 * an_hour))
    assert min(int(11 * an_hour), most) <= plan.arrive <= most + 1
