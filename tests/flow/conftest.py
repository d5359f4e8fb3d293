"""Small networks here are worked on as large ones are: other solvers check that, too."""

import pytest

from letup.flow.backends import builtin

LIMITS = ("_DEPTH_FIRST_FROM", "_ADVANCE_FROM")


@pytest.fixture(autouse=True, scope="session")
def every_network_is_large():
    before = {name: getattr(builtin, name) for name in LIMITS}
    for name in LIMITS:
        setattr(builtin, name, -1)
    yield
    for name, limit in before.items():
        setattr(builtin, name, limit)
