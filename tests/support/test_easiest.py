"""The easiest deal: no single step makes it likelier, and on small tables it is the likeliest of all."""

from __future__ import annotations

from itertools import product

import pytest

from letup.support.acceptance import joint_acceptance
from letup.support.moves import most_acceptable_package
from letup.support.negotiation import negotiation_of
from letup.support.utility import sample
from tests.support.made import support


@pytest.mark.parametrize("reservation", [0.3, 0.5, 0.65])
def test_it_is_the_likeliest_package_there_is(reservation: float) -> None:
    negotiation = negotiation_of(support(reservation=reservation))
    needed = [sample(taste, 400, 1) for taste in negotiation.tastes[:2]]
    options = {issue.id: issue.values for issue in negotiation.support.issues}
    packages = [dict(zip(options, values, strict=True)) for values in product(*options.values())]
    found, share = most_acceptable_package(needed, options, packages[::17])
    shares = joint_acceptance([one.accepts(packages) for one in needed])
    assert share == pytest.approx(shares.max())
    assert shares[packages.index(found)] == share
