"""One plan of the example strip, made and written once."""

import pytest

from letup import plan as plans
from letup import scenario as scenarios


@pytest.fixture(scope="session")
def example():
    return scenarios.example()


@pytest.fixture(scope="session")
def made(example):
    return plans.make(example)


@pytest.fixture(scope="session")
def written(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "example-plan"
    plans.write(made, folder)
    return folder
