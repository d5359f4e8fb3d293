"""Nobody makes a move that nobody can get to: each cut holds for all windows there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from letup.core.clock import Clock
from letup.flow import TimedNetwork, earliest_arrival
from letup.pauses import Limits, quiet_array
from letup.pauses.bound.relaxation import Relaxation
from letup.pauses.certificates.certificate import ReachCut
from letup.pauses.certificates.coarse_network import CoarseNetwork, every_node
from letup.pauses.incumbent import TimeLimit
from tests.examples import examples, seeds
from tests.pauses.bound.tiny import EXACT, clock_of, sample_of_windows, solved
from tests.pauses.certificates.test_coarse_network import any_grouping
from tests.pauses.small import Problem, drawn

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def tightened(problem: Problem, how: int | None, cuts: bool = True) -> Relaxation:
    """The relaxation with its cuts, on every node or on a random grouping."""
    net = problem.net
    grouping = every_node(net) if how is None else any_grouping(net, np.random.default_rng(how))
    relaxation = Relaxation(net, problem.limits, clock_of(problem), problem.weight, grouping)
    if relaxation.program.lower and relaxation.solve(60) and cuts:
        relaxation.tighten(TimeLimit(60))
    return relaxation


def random_cuts(relaxation: Relaxation, random: np.random.Generator, count: int) -> list[ReachCut]:
    """Cuts that are looked for at points that nobody solved for."""
    cuts = []
    moves = np.flatnonzero(relaxation.network.zone >= 0)
    for move in random.permutation(moves)[:count].tolist():
        quiet = random.random(len(relaxation._reach._pauses)) * (random.random(len(relaxation._reach._pauses)) < 0.5)
        cut = relaxation._reach.cut(move, quiet, 1.0)
        if cut is not None:
            cuts.append(cut)
    return cuts


def reached(coarse: CoarseNetwork, quiet: np.ndarray) -> np.ndarray:
    """Moves that somebody can make through what is quiet, without coming back to where they could have stayed."""
    open_ = np.array(
        [
            z < 0 or bool(quiet[z, s : e + 1].all())
            for z, s, e in zip(coarse.zone, coarse.start, coarse.last, strict=True)
        ],
        bool,
    )
    makes = np.zeros(len(coarse.tail), bool)
    origin = coarse.places
    for target in np.flatnonzero(open_).tolist():
        into = coarse.group[coarse.head[target]]
        stays = coarse.stays[coarse.head[target]]
        usable = open_ & ~((coarse.group[coarse.tail] == into) & stays)
        starts = np.flatnonzero(coarse.people > 0)
        if stays:
            # Who lives in the group of the head, or has been there, could have stayed.
            starts = starts[coarse.group[starts] != into]
        keeps = ~((coarse.group[coarse.stay_from] == into) & stays)
        rows = np.concatenate([coarse.tail[usable], coarse.stay_from[keeps], np.full(len(starts), origin)])
        columns = np.concatenate([coarse.head[usable], coarse.stay_to[keeps], starts])
        graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(origin + 1, origin + 1))
        makes[target] = coarse.tail[target] in breadth_first_order(graph, origin, return_predecessors=False)
    return makes


@examples(20, phases=PHASES)
@given(seed=SEEDS)
def test_a_cut_holds_for_whoever_can_make_its_move(seed: int) -> None:
    problem = drawn(seed)
    relaxation = tightened(problem, None)
    cuts = [
        *(c for c in relaxation.cuts if isinstance(c, ReachCut)),
        *random_cuts(relaxation, np.random.default_rng(seed), 15),
    ]
    for windows in sample_of_windows(problem, 8, seed):
        quiet = quiet_array(windows, problem.net.zones, problem.steps)
        makes = reached(relaxation.network, quiet)
        for cut in cuts:
            paid = sum(price * quiet[z, s : e + 1].all() for (z, s, e), price in cut.prices.items())
            assert paid >= 1 - EXACT or not makes[cut.move], (windows, cut)


@examples(30, phases=PHASES)
@given(seed=SEEDS, how=st.one_of(st.none(), st.integers(0, 99)), scarce=st.booleans())
def test_the_bound_with_cuts_is_not_below_the_best_of_all_and_no_worse_than_without(
    seed: int, how: int | None, scarce: bool
) -> None:
    problem = drawn(seed, scarce)
    plain = tightened(problem, how, cuts=False)
    tight = tightened(problem, how)
    best = drawn(seed, scarce).best
    assert tight.bound >= best - EXACT
    assert tight.bound <= plain.bound + EXACT


@examples(30, phases=PHASES)
@given(seed=SEEDS, how=st.one_of(st.none(), st.integers(0, 99)), scarce=st.booleans())
def test_whole_windows_with_any_cuts_are_worth_no_less_than_the_best_of_all(
    seed: int, how: int | None, scarce: bool
) -> None:
    problem = drawn(seed, scarce)
    relaxation = tightened(problem, how)
    for cut in random_cuts(relaxation, np.random.default_rng(seed), 12):
        relaxation.add_cut(cut)
    if problem.allowed:
        solution = solved(relaxation.program, whole=True)
        assert solution.status == 0, solution.message
        assert -solution.fun >= drawn(seed, scarce).best - EXACT


@pytest.mark.parametrize(("rates", "hours"), [((60, 60, 60, 20), 8), ((200, 200, 20), 6), ((200, 200, 20), 9)])
def test_on_a_strip_of_land_cuts_take_away_much_of_what_fractions_pretend(rates: tuple[int, ...], hours: int) -> None:
    # Zones in a row, wide but for the last, nowhere to wait: fractions of pauses let people through one by one.
    zones, steps = len(rates), 30
    net = TimedNetwork(
        range(zones),
        range(1, zones + 1),
        [2] * zones,
        rates,
        [400] + [0] * zones,
        [0] * zones + [1000],
        [False] * (zones + 1),
        range(zones),
    )
    limits, clock = Limits(hours=(6, 18), shortest=2, zone_hours=hours), Clock(steps, 30, 5.0)
    relaxation = Relaxation(net, limits, clock, 1 - 0.3 * np.arange(steps) / steps, every_node(net))
    assert relaxation.solve(60)
    plain = relaxation.bound
    relaxation.tighten(TimeLimit(60))
    assert relaxation.bound < 0.6 * plain
    best = solved(relaxation.program, whole=True)
    assert 0 < -best.fun <= relaxation.bound + EXACT
    # What the flow says of these windows is what the relaxation says of them.
    windows = relaxation.windows.windows(best.x)
    quiet = quiet_array(windows, zones, steps)
    flow = earliest_arrival(net, steps, quiet)
    assert -best.fun == pytest.approx(float((1 - 0.3 * np.arange(steps) / steps) @ flow.arrivals), abs=1e-4)


def test_a_pause_on_every_way_is_priced() -> None:
    # One zone before another: to leave the second, the first must have been quiet.
    net = TimedNetwork([0, 1], [1, 2], [1, 1], [5, 5], [5, 0, 0], [0, 0, 9], [True] * 3, [0, 1])
    relaxation = Relaxation(net, Limits(shortest=1), Clock(6, 60), np.ones(6), every_node(net))
    move = int(np.flatnonzero(relaxation.network.zone == 1)[0])
    quiet = np.zeros(len(relaxation._reach._pauses))
    quiet[[i for i, (zone, _, _) in enumerate(relaxation._reach._pauses) if zone == 1]] = 1.0
    cut = relaxation._reach.cut(move, quiet, 1.0)
    assert cut is not None
    assert {zone for zone, _, _ in cut.prices} == {0}
    assert sum(cut.prices.values()) == pytest.approx(len(cut.prices), abs=1e-3)
