"""Fixtures: plans of the example strip, made and written once for the tests of planning, verifying and their files."""

from dataclasses import replace

import pytest

from letup import plan as plans
from letup import scenario as scenarios
from tests.aid.deliveries.small import without_stocks


@pytest.fixture(scope="session")
def example():
    return scenarios.example()


@pytest.fixture(scope="session")
def one_day(example):
    """The first of its three days: what holds for any scenario is tried on it in a quarter of the time."""
    return replace(example, steps=24 * 60 // example.step_minutes)


@pytest.fixture(scope="session")
def progress_of_made():
    """What was said while `made` was made."""
    return []


@pytest.fixture(scope="session")
def made(example, progress_of_made):
    return plans.make(example, progress=progress_of_made.append)


@pytest.fixture(scope="session")
def written(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "example-plan"
    plans.write(made, folder)
    return folder


@pytest.fixture(scope="session")
def hungry_plan(example):
    """A plan by given pauses for the example strip without stocks: so that trucks have much to do."""
    from letup.pauses.limits import Window

    scenario = without_stocks(example)
    stocks = scenario.stocks.copy()
    stocks.loc[stocks["place"] == "store", "loss_per_day"] = 0.1
    supply = scenario.supply.copy()
    scenario = replace(scenario, stocks=stocks, supply=supply)
    pauses = [Window(zone, day * 96 + 12, day * 96 + 39) for zone in range(4) for day in range(3)]
    return plans.make(scenario, pauses=pauses)


@pytest.fixture(scope="session")
def hungry(hungry_plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hungry") / "plan"
    plans.write(hungry_plan, folder)
    return folder


@pytest.fixture(scope="session")
def hungry_case(example):
    """The example strip without stocks, one window of four hours for each zone on the first day at most."""
    limits = replace(
        example.limits, hours=(8, 16), shortest_hours=4, longest_hours=4, windows_per_day=1, zone_hours=8,
        grid_minutes=120, notice_hours=0,
    )  # fmt: skip
    return replace(without_stocks(example), limits=limits, steps=96)
