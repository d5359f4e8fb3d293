"""Small networks here are sent depth first and make room in bulk, as large ones do: other solvers check that, too."""

import pytest

from letup.flow.backends import builtin


@pytest.fixture(autouse=True, scope="session")
def exchange_always():
    before = builtin._EXCHANGE_FROM, builtin._DEPTH_FIRST_FROM
    builtin._EXCHANGE_FROM = builtin._DEPTH_FIRST_FROM = -1
    yield
    builtin._EXCHANGE_FROM, builtin._DEPTH_FIRST_FROM = before
