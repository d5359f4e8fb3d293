"""A certificate written as arrays of numbers is the same when it is read, and proves its bound without any flow."""

from __future__ import annotations

import numpy as np
import pytest

from letup.core.errors import LetupError
from letup.pauses.bound.leaf_worths import with_leaf_worths
from letup.pauses.certificates.arrays import from_arrays, to_arrays
from letup.pauses.certificates.check_bound import confirmed_bound
from letup.pauses.problem import Problem
from tests.pauses.bound.test_branching import run_of
from tests.pauses.bound.tiny import EXACT, clock_of
from tests.pauses.certificates.test_check_bound import certificate_of


@pytest.mark.parametrize("seed", range(6))
def test_a_bound_is_confirmed_from_a_file_without_computing_any_flow(seed: int) -> None:
    run = run_of(seed)
    if run.certificate is None:
        pytest.skip("nothing was branched on")
    drawn = run.problem
    problem = Problem(drawn.net, clock_of(drawn), drawn.limits, drawn.weight)
    proven = with_leaf_worths(problem, run.certificate)
    read = from_arrays(to_arrays(proven))
    bound = confirmed_bound(drawn.net, problem.clock, drawn.limits, drawn.weight, 0, read)
    assert bound == pytest.approx(proven.bound, rel=EXACT, abs=EXACT)
    assert bound >= drawn.best - EXACT
    # No certificate of a leaf, no value of its windows: then its duals count.
    assert confirmed_bound(drawn.net, problem.clock, drawn.limits, drawn.weight, 0, run.certificate) >= bound - EXACT


@pytest.mark.parametrize("seed", range(4))
def test_cuts_and_duals_are_read_as_they_were_written(seed: int) -> None:
    certificate = certificate_of(seed)
    if certificate is None:
        pytest.skip("there is no relaxation")
    read = from_arrays(to_arrays(certificate))
    assert read.cuts == certificate.cuts
    assert np.array_equal(read.duals, certificate.duals)
    assert np.array_equal(read.grouping.group, certificate.grouping.group)


@pytest.mark.parametrize("name", ["bound", "group", "duals", "reach_ends", "cut_is_share"])
def test_arrays_that_are_no_certificate_are_refused(name: str) -> None:
    arrays = to_arrays(next(found for found in map(certificate_of, range(10)) if found is not None and found.cuts))
    for wrong in (None, np.array(["text"])):
        changed = {key: array for key, array in arrays.items() if key != name}
        if wrong is not None:
            changed[name] = wrong
        with pytest.raises(LetupError) as caught:
            from_arrays(changed)
        assert caught.value.code == "pauses.certificate"
