"""The tree closes the gap on problems that can be enumerated, and its certificate never proves too much."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, assume, given
from hypothesis import strategies as st

from letup.pauses import check_bound, choose_pauses
from letup.pauses.bound.branching import Branching
from letup.pauses.certificates.certificate import Certificate, Leaf
from letup.pauses.certificates.propagation import Propagation
from tests.examples import examples, seeds
from tests.pauses.bound.test_reach_cuts import tightened
from tests.pauses.bound.tiny import EXACT, incumbent_of, sample_of_windows
from tests.pauses.certificates.test_check_bound import confirmed, confirmed_or_refused, strip
from tests.pauses.small import drawn

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


class Run:
    """The tree alone, from nothing: what it found and proved."""

    def __init__(self, seed: int, how: int | None, scarce: bool, nodes: int | None = None) -> None:
        self.problem = drawn(seed, scarce)
        self.incumbent = incumbent_of(self.problem)
        relaxation = tightened(self.problem, how)
        self.certificate: Certificate | None = None
        if relaxation.program.lower and np.isfinite(relaxation.bound):
            branching = Branching(relaxation, self.incumbent)
            branching.run(programs=nodes)
            self.certificate = branching.certificate()


@cache
def run_of(seed: int, scarce: bool = False, nodes: int | None = None) -> Run:
    return Run(seed, None, scarce, nodes)


@examples(40, phases=PHASES)
@given(seed=SEEDS, scarce=st.booleans())
def test_given_time_the_tree_finds_the_best_and_proves_it(seed: int, scarce: bool) -> None:
    # Where shelters fill up the relaxation is worth more than the flow, and some problems take thousands of nodes.
    seed = seed % 9 if scarce else seed
    run = Run(seed, None, scarce)
    best = drawn(seed, scarce).best
    assert run.incumbent.upper_bound >= best - EXACT
    if run.certificate is not None:
        assert run.incumbent.value == pytest.approx(best, abs=EXACT)
        assert run.incumbent.upper_bound == pytest.approx(best, abs=EXACT)
        assert confirmed(run.problem, run.certificate) == pytest.approx(best, abs=EXACT)


@examples(40, phases=PHASES)
@given(seed=SEEDS, nodes=st.integers(1, 8))
def test_a_tree_stopped_early_is_confirmed_to_the_bound_that_it_told(seed: int, nodes: int) -> None:
    run = run_of(seed, False, nodes)
    assert run.incumbent.upper_bound >= drawn(seed).best - EXACT
    if run.certificate is not None:
        bound = confirmed(run.problem, run.certificate)
        assert bound <= run.incumbent.upper_bound + EXACT * max(1.0, bound)
        assert bound >= drawn(seed).best - EXACT


HOW = ["left out", "twice", "other column", "other side", "duals", "row", "valued", "nowhere", "root only"]


def forged(certificate: Certificate, how: str, random: np.random.Generator) -> Certificate:
    """A certificate with one thing of its tree changed."""
    tree = certificate.tree
    assert tree is not None
    columns, branches, leaves = tree.columns.copy(), tree.branches.copy(), list(tree.leaves)
    split, leaf = int(random.integers(len(columns))), int(random.integers(len(leaves)))
    if how == "left out":
        leaves.pop(leaf)
    elif how == "twice":
        branches[split, 0] = branches[split, 1]
    elif how == "other column":
        columns[split] += int(random.choice([-2, -1, 1, 2]))
    elif how == "other side":
        branches[split] = branches[split, ::-1]
    elif how == "nowhere":
        branches[split, 1] = random.choice([len(columns), split, -len(leaves) - 1])
    elif how == "root only":
        columns, branches = columns[:1], np.array([[-1, -1 - leaf]])
    else:
        old = leaves[leaf]
        if how == "duals":
            scale = 1 + 10 ** random.uniform(-3, 1) * random.choice([-1, 1], len(old.rows))
            leaves[leaf] = replace(old, duals=old.duals * scale)
        elif how == "row":
            leaves[leaf] = replace(old, rows=old.rows + np.int32(random.choice([-1, 1])))
        else:
            leaves[leaf] = Leaf(np.zeros(0, np.int32), np.zeros(0), valued=True)
    return replace(certificate, tree=replace(tree, columns=columns, branches=branches, leaves=leaves))


@examples(150, phases=PHASES)
@given(seed=SEEDS, how=st.sampled_from(HOW), luck=st.integers(0, 2**32 - 1))
def test_a_tree_that_was_changed_never_proves_too_much(seed: int, how: str, luck: int) -> None:
    run = run_of(seed)
    assume(run.certificate is not None)
    bound = confirmed_or_refused(run.problem, forged(run.certificate, how, np.random.default_rng(luck)))
    assert bound is None or bound >= drawn(seed).best - EXACT


@examples(40, phases=PHASES)
@given(seed=SEEDS, luck=st.integers(0, 2**32 - 1))
def test_what_follows_from_a_split_holds_for_all_windows_on_its_side(seed: int, luck: int) -> None:
    problem = drawn(seed)
    relaxation = tightened(problem, None, cuts=False)
    propagation = Propagation(relaxation.program, relaxation.windows)
    assume(len(propagation.integer))
    random = np.random.default_rng(luck)
    for windows in sample_of_windows(problem, 10, seed):
        values = relaxation.windows.values(windows)
        if values is None:
            continue
        lower, upper = propagation.bounds(())
        for column in random.permutation(propagation.integer)[:3].tolist():
            propagation.fix(lower, upper, column, round(values[column]))
        assert (lower[: len(values)] <= values + EXACT).all(), windows
        assert (values <= upper[: len(values)] + EXACT).all(), windows


def test_what_the_choice_proves_by_branching_is_confirmed() -> None:
    case = strip()
    case["limits"] = replace(case["limits"], zone_hours=8)
    choice = choose_pauses(**case, time_limit=20)
    assert choice.certificate is not None
    assert check_bound(**case, certificate=choice.certificate) == pytest.approx(choice.certificate.bound, rel=EXACT)
    assert choice.certificate.bound <= choice.bound * (1 + 1e-5)


def test_counted_nodes_give_the_same_bound_each_time() -> None:
    first, second = Run(7, None, False, 6), Run(7, None, False, 6)
    assert [(value, bound) for _, value, bound in first.incumbent.trace] == [
        (value, bound) for _, value, bound in second.incumbent.trace
    ]
    assert first.incumbent.windows == second.incumbent.windows
