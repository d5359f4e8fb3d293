"""What is made smaller lets more people through, never fewer; and with every node kept nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from letup.flow import TimedNetwork
from letup.lp.program import LinearProgram
from letup.pauses import Window
from letup.pauses.bound.grouping import by_zones, leads, within
from letup.pauses.certificates.certificate import Grouping
from letup.pauses.certificates.coarse_network import coarsen, every_node
from letup.pauses.certificates.relaxation_program import add_movement
from letup.pauses.certificates.window_rows import WindowRows
from tests.examples import examples, seeds
from tests.pauses.bound.tiny import EXACT, clock_of, sample_of_windows, solved, value_of, waiting_at_home
from tests.pauses.small import Problem, drawn

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def any_grouping(net: TimedNetwork, random: np.random.Generator) -> Grouping:
    """Random groups, random leads that fit the arcs, random buckets."""
    group = random.integers(0, random.integers(1, net.nodes + 1), net.nodes)
    _, group = np.unique(group, return_inverse=True)
    lead = random.integers(-4, 5, net.nodes)
    for _ in range(net.nodes):
        np.minimum.at(lead, net.tail, net.transit + lead[net.head])
    return Grouping(group.astype(np.int64), lead.astype(np.int64), int(random.integers(1, 5)))


def relaxation(problem: Problem, grouping: Grouping) -> tuple[LinearProgram, WindowRows]:
    program = LinearProgram()
    windows = WindowRows(program, problem.limits, problem.net.zones, clock_of(problem))
    add_movement(program, windows, coarsen(problem.net, problem.steps, windows.usable, grouping), problem.weight)
    return program, windows


def with_fixed(program: LinearProgram, columns: WindowRows, windows: list[Window]) -> float:
    """Value of the relaxation with windows given."""
    values = columns.values(windows)
    assert values is not None
    solution = solved(program, lower=values)
    assert solution.status == 0, solution.message
    return -float(solution.fun)


@examples(30, phases=PHASES)
@given(seed=SEEDS)
def test_with_every_node_kept_it_is_worth_what_the_flow_says(seed: int) -> None:
    # People on their way may wait among those at home in the relaxation, whether or not they may in the network.
    problem = waiting_at_home(drawn(seed))
    program, columns = relaxation(problem, every_node(problem.net))
    for windows in sample_of_windows(problem, 6, seed):
        assert with_fixed(program, columns, windows) == pytest.approx(value_of(problem, windows), abs=EXACT)


@examples(15, phases=PHASES)
@given(seed=SEEDS)
def test_with_every_node_kept_it_is_not_less_where_shelters_fill_up(seed: int) -> None:
    problem = drawn(seed, scarce=True)
    program, columns = relaxation(problem, every_node(problem.net))
    for windows in sample_of_windows(problem, 6, seed):
        assert with_fixed(program, columns, windows) >= value_of(problem, windows) - EXACT


@examples(50, phases=PHASES)
@given(seed=SEEDS, how=st.integers(0, 99), scarce=st.booleans())
def test_however_nodes_and_steps_are_put_together_nothing_is_worth_less(seed: int, how: int, scarce: bool) -> None:
    problem = drawn(seed, scarce)
    program, columns = relaxation(problem, any_grouping(problem.net, np.random.default_rng(how)))
    for windows in sample_of_windows(problem, 5, how):
        assert with_fixed(program, columns, windows) >= value_of(problem, windows) - EXACT


@examples(25, phases=PHASES)
@given(seed=SEEDS, size=st.integers(0, 4))
def test_the_ways_that_nodes_are_put_together_fit_and_lose_nothing(seed: int, size: int) -> None:
    problem = drawn(seed)
    lead = leads(problem.net)
    assert (lead[problem.net.tail] <= lead[problem.net.head] + problem.net.transit).all()
    for grouping in (within(problem.net, lead, size), by_zones(problem.net, lead, size + 1)):
        program, columns = relaxation(problem, grouping)
        for windows in sample_of_windows(problem, 3, seed):
            assert with_fixed(program, columns, windows) >= value_of(problem, windows) - EXACT


def test_a_lead_that_goes_back_in_time_is_refused() -> None:
    problem = drawn(0)
    lead = np.zeros(problem.net.nodes, np.int64)
    lead[problem.net.tail[0]] = problem.net.transit[0] + 1
    grouping = Grouping(np.arange(problem.net.nodes), lead, 1)
    with pytest.raises(ValueError, match="back in shifted time"):
        relaxation(problem, grouping)


def test_whoever_hurries_stays_at_one_shifted_time() -> None:
    # A road in a row: to the narrowest arc the lead falls by the time that each arc takes.
    net = TimedNetwork([0, 1, 2], [1, 2, 3], [2, 3, 1], [5, 5, 5], [9, 0, 0, 0], [0, 0, 0, 9], [False] * 4)
    lead = leads(net)
    assert (lead[net.tail] - lead[net.head] == net.transit).sum() >= 2
    alone = by_zones(net, lead, 1)
    assert alone.group[0] != alone.group[3]
