"""Where people start, when they are ready, and how rates become whole people per step."""

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.stats import rayleigh

from letup.roads import build
from letup.roads.departures import homes, newly_ready, open_steps, per_step, ready_share
from tests.roads.small import WALKERS, people, place, road, scenario, zone

ALL = zone("all", -1000, -1000, 20_000, 20_000)


def test_people_of_a_zone_start_from_its_cells_and_none_is_lost():
    cells = [
        road(f"c{i}", (i * 500, 300), ((i + 1) * 500, 300), **{"class": "access", "modes": "foot"}) for i in range(6)
    ]
    join = road("join", (0, 300), (0, 0), **{"class": "access", "modes": "foot"})
    case = scenario(
        [ALL], [road("main", (0, 0), (4000, 0)), *cells, join], [], [people(100, zone="all", share_leaving=0.51)]
    )
    network = build(case)
    walkers = homes(network, case, "walkers")
    assert walkers.people.sum() == 51
    assert len(walkers.node) == 7  # the cells, not the main road
    assert walkers.people.max() - walkers.people.min() <= 1


@pytest.mark.parametrize("count", [1, 7, 999, 123_457])
@pytest.mark.parametrize("share", [0.001, 0.3333, 1.0])
def test_totals_are_exact(count, share):
    case = scenario(
        [ALL],
        [road(f"r{i}", (i * 100, 0), (i * 100, 700)) for i in range(9)],
        [place("h", "hospital", 0, 300)],
        [people(count, zone="all", share_leaving=share), people(count, place="h", share_leaving=share)],
    )
    assert homes(build(case), case, "walkers").people.sum() == 2 * round(count * share)


def test_readiness_is_a_rayleigh_curve_with_the_given_median():
    hours = np.linspace(0, 17, 100)
    scale = 6.0 / np.sqrt(2 * np.log(2))
    assert ready_share(hours, 6.0) == pytest.approx(rayleigh.cdf(hours, scale=scale) / 0.999, abs=1e-12)
    assert ready_share(np.array([6.0]), 6.0)[0] == pytest.approx(0.5, abs=0.001)


def test_everybody_is_ready_in_the_end_and_never_more_than_there_are():
    who = np.array([1, 2, 17, 50_000])
    ready = newly_ready(who, 600, 5, 6.0)
    assert (ready >= 0).all()
    assert ready.sum(axis=1).tolist() == who.tolist()
    assert ready[3, : 6 * 12].sum() == pytest.approx(25_000, rel=0.002)


def test_nobody_counts_as_ready_early():
    ready = np.cumsum(newly_ready(np.array([100_000]), 2016, 5, 24.0)[0])
    truth = 100_000 * ready_share(np.arange(1, 2017) * 5 / 60, 24.0)
    assert (ready <= truth + 0.5).all()
    assert np.count_nonzero(np.diff(ready)) < 24 * 3.3
    late = np.searchsorted(ready, truth - 0.5) - np.arange(2016)
    assert late[:900].max() <= 12  # an hour of the half time of a day


def test_ten_thousand_an_hour_is_ten_thousand_in_each_hour():
    rate = per_step(10_000, 48, 5)
    assert set(rate.tolist()) == {833, 834}
    assert rate.reshape(4, 12).sum(axis=1).tolist() == [10_000] * 4


def test_a_checkpoint_keeps_its_local_hours_across_a_change_of_clocks():
    # Gaza put its clocks back on 28 October 2023 at 02:00: 10:00 was 07:00 UTC before, 08:00 after.
    case = scenario([ALL], [], [], [], timezone="Asia/Gaza", start=datetime(2023, 10, 27, 0, tzinfo=UTC))
    passing = open_steps("10:00-14:00", case, 2 * 24 * 12 + 12, 5)
    hours = np.flatnonzero(passing) / 12
    assert hours[0] == 7
    assert passing.sum() == 2 * 4 * 12
    assert hours[4 * 12] == 24 + 8


def test_hours_may_run_over_midnight_and_come_in_parts():
    case = scenario([ALL], [], [], [], start=datetime(2023, 11, 4, 0, tzinfo=UTC))
    night = open_steps("00:00-02:00; 22:00-24:00", case, 24, 60)
    assert np.flatnonzero(night).tolist() == [0, 1, 22, 23]
    parts = open_steps("06:00-07:30; 12:00-13:00", case, 24, 60)
    assert np.flatnonzero(parts).tolist() == [6, 12]
    assert open_steps(None, case, 24, 60).all()
    assert WALKERS.mode == "foot"


def test_a_step_across_midnight_or_across_two_spans_that_touch_is_open():
    case = scenario([ALL], [], [], [], start=datetime(2023, 11, 4, 0, 30, tzinfo=UTC))
    assert np.flatnonzero(~open_steps("00:00-02:00; 22:00-24:00", case, 24, 60)).tolist() == [*range(1, 22)]
    assert np.flatnonzero(open_steps("06:00-07:00;07:00-08:00", case, 24, 60)).tolist() == [6]
    assert open_steps("00:00-24:00", case, 24, 60).all()


@pytest.mark.parametrize("hours", ["10:00-12:00, 14:00-16:00", "22:00-02:00", "all day", "9-17"])
def test_hours_that_the_format_does_not_know_are_refused_and_not_guessed(hours):
    case = scenario([ALL], [], [], [])
    with pytest.raises(ValueError, match=r"not of the form|runs backwards"):
        open_steps(hours, case, 24, 60)
