"""Small networks here make room in bulk as large ones do, so that this is held against other solvers too."""

import pytest

from letup.flow.backends import builtin


@pytest.fixture(autouse=True, scope="session")
def exchange_always():
    before = builtin._EXCHANGE_FROM
    builtin._EXCHANGE_FROM = -1
    yield
    builtin._EXCHANGE_FROM = before
