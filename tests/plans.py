"""Fixtures: plans of the example strip, made and written once for the tests of planning, verifying and their files."""

import fcntl
import os
import pickle
from collections.abc import Callable
from dataclasses import replace

import pytest

import letup.plan.planner.multistart  # noqa: F401 - from then on plans can be sent between processes
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


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[], object]):
    """What is made, by whichever worker needs it first; the others wait for it and read it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make()
    folder = tmp_path_factory.getbasetemp().parent  # that of the run, in which each worker has one of its own
    file = folder / f"{name}.pickle"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.is_file():
            return pickle.loads(file.read_bytes())
        made = make()
        file.write_bytes(pickle.dumps(made))
        return made


@pytest.fixture(scope="session")
def made_with_progress(example, tmp_path_factory):
    def make():
        progress = []
        return plans.make(example, progress=progress.append), progress

    return made_once(tmp_path_factory, "made", make)


@pytest.fixture(scope="session")
def progress_of_made(made_with_progress):
    """What was said while `made` was made."""
    return made_with_progress[1]


@pytest.fixture(scope="session")
def made(made_with_progress):
    return made_with_progress[0]


@pytest.fixture(scope="session")
def written(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "example-plan"
    plans.write(made, folder)
    return folder


@pytest.fixture(scope="session")
def hungry_plan(example, tmp_path_factory):
    """A plan by given pauses for the example strip without stocks: so that trucks have much to do."""
    from letup.pauses.limits import Window

    scenario = without_stocks(example)
    stocks = scenario.stocks.copy()
    stocks.loc[stocks["place"] == "store", "loss_per_day"] = 0.1
    supply = scenario.supply.copy()
    scenario = replace(scenario, stocks=stocks, supply=supply)
    pauses = [Window(zone, day * 96 + 12, day * 96 + 39) for zone in range(4) for day in range(3)]
    return made_once(tmp_path_factory, "hungry", lambda: plans.make(scenario, pauses=pauses))


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
