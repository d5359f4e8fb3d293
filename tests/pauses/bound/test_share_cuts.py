"""Who passes a zone may count on its share of the room elsewhere: each cut holds for all windows there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, assume, given
from hypothesis import strategies as st

from letup.core.clock import Clock
from letup.flow import TimedNetwork
from letup.pauses import Limits
from letup.pauses.bound.relaxation import Relaxation
from letup.pauses.certificates.certificate import ShareCut
from letup.pauses.certificates.check_bound import share_cut_holds
from letup.pauses.certificates.coarse_network import every_node
from letup.pauses.incumbent import TimeLimit
from tests.examples import examples, seeds
from tests.pauses.bound.test_reach_cuts import tightened
from tests.pauses.bound.tiny import EXACT, solved
from tests.pauses.small import drawn

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def random_cuts(relaxation: Relaxation, random: np.random.Generator) -> list[ShareCut]:
    """Cuts that are looked for at points that nobody solved for."""
    values = random.random(len(relaxation.program.lower)) * np.array(relaxation.program.upper).clip(0, 1e3)
    for slot in relaxation.windows.slots:
        values[slot.started] = np.sort(random.random(len(slot.started)))
        values[slot.ended] = np.sort(random.random(len(slot.ended))) * values[slot.started[0]]
    return relaxation._share.cuts(values, TimeLimit(60))


@examples(40, phases=PHASES)
@given(seed=SEEDS, how=st.one_of(st.none(), st.integers(0, 99)), scarce=st.booleans())
def test_whole_windows_with_any_cuts_are_worth_no_less_than_the_best_of_all(
    seed: int, how: int | None, scarce: bool
) -> None:
    problem = drawn(seed, scarce)
    relaxation = tightened(problem, how)
    cuts = random_cuts(relaxation, np.random.default_rng(seed))
    assert all(share_cut_holds(relaxation.network, cut) for cut in cuts)
    for cut in cuts:
        relaxation.add_cut(cut)
    if problem.allowed:
        solution = solved(relaxation.program, whole=True)
        assert solution.status == 0, solution.message
        assert -solution.fun >= drawn(seed, scarce).best - EXACT


def funnel() -> Relaxation:
    """A wide road through a zone, 40 people a step, and a few neighbours who need no pause, before a narrow one: 10."""
    net = TimedNetwork(
        [0, 3, 1], [1, 1, 2], [1] * 3, [40, 8, 10], [500, 0, 0, 24], [0, 0, 900, 0], [False] * 4, [0, -1, -1]
    )
    return Relaxation(net, Limits(shortest=2, zone_hours=2), Clock(8, 60), np.ones(8), every_node(net))


def test_a_wide_road_open_by_a_quarter_does_not_fill_a_narrow_one() -> None:
    # Without the cut a quarter of 40 people a step comes through all day, as many as the narrow road takes.
    relaxation = funnel()
    assert relaxation.solve(60)
    plain = relaxation.bound
    relaxation.tighten(TimeLimit(60))
    assert any(isinstance(cut, ShareCut) for cut in relaxation.cuts)
    best = -solved(relaxation.program, whole=True).fun
    assert best == pytest.approx(24 + 2 * 10)
    assert best - EXACT <= relaxation.bound < best + 0.2 * (plain - best)


@examples(60, phases=PHASES)
@given(luck=st.integers(0, 2**32 - 1))
def test_a_cut_that_counts_less_than_lies_across_the_way_is_seen(luck: int) -> None:
    random = np.random.default_rng(luck)
    relaxation = funnel()
    cuts = [cut for cut in random_cuts(relaxation, random) if len(cut.moves) and (*cut.shared, *cut.own, *cut.homes)]
    assume(cuts)
    cut = cuts[int(random.integers(len(cuts)))]
    for name in ("shared", "own", "homes"):
        if getattr(cut, name):
            assert not share_cut_holds(relaxation.network, replace(cut, **{name: getattr(cut, name)[1:]}))


@pytest.mark.parametrize(
    "change",
    [
        {"moves": (10**6,)},
        {"moves": (-1,)},
        {"shared": (10**6,)},
        {"homes": (10**6,)},
        {"zone": -1},
        {"step": 99},
    ],
)
def test_a_cut_about_what_does_not_exist_is_seen(change: dict) -> None:
    relaxation = funnel()
    assert relaxation.solve(60)
    relaxation.tighten(TimeLimit(60))
    cut = next(cut for cut in relaxation.cuts if isinstance(cut, ShareCut))
    assert share_cut_holds(relaxation.network, cut)
    assert not share_cut_holds(relaxation.network, replace(cut, **change))
    assert not share_cut_holds(relaxation.network, replace(cut, moves=(*cut.moves, cut.moves[0])))
