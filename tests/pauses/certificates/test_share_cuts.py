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
from letup.pauses.bound.relaxation import Master
from letup.pauses.certificates.coarse_network import every_node
from letup.pauses.certificates.share_cuts import ShareCut, holds
from letup.pauses.incumbent import TimeLimit
from tests.examples import examples, seeds
from tests.pauses.bound.tiny import EXACT, solved
from tests.pauses.certificates.test_reach_cuts import tightened
from tests.pauses.small import drawn

SEEDS = seeds(25)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def random_cuts(master: Master, random: np.random.Generator) -> list[ShareCut]:
    """Cuts that are looked for at points that nobody solved for."""
    values = random.random(len(master.rows.lower)) * np.array(master.rows.upper).clip(0, 1e3)
    for slot in master.windows.slots:
        values[slot.started] = np.sort(random.random(len(slot.started)))
        values[slot.ended] = np.sort(random.random(len(slot.ended))) * values[slot.started[0]]
    return master.share.cuts(values, lambda: 60.0)


@examples(40, phases=PHASES)
@given(seed=SEEDS, how=st.one_of(st.none(), st.integers(0, 99)), scarce=st.booleans())
def test_whole_windows_with_any_cuts_are_worth_no_less_than_the_best_of_all(
    seed: int, how: int | None, scarce: bool
) -> None:
    problem = drawn(seed, scarce)
    master = tightened(problem, how)
    cuts = random_cuts(master, np.random.default_rng(seed))
    assert all(holds(master.coarse, cut) for cut in cuts)
    for cut in cuts:
        master.add_cut(cut)
    if problem.allowed:
        found = solved(master.rows, whole=True)
        assert found.status == 0, found.message
        assert -found.fun >= drawn(seed, scarce).best - EXACT


def funnel() -> Master:
    """A wide road through a zone, 40 people a step, and a few neighbours who need no pause, before a narrow one: 10."""
    net = TimedNetwork(
        [0, 3, 1], [1, 1, 2], [1] * 3, [40, 8, 10], [500, 0, 0, 24], [0, 0, 900, 0], [False] * 4, [0, -1, -1]
    )
    return Master(net, Limits(shortest=2, zone_hours=2), Clock(8, 60), np.ones(8), every_node(net))


def test_a_wide_road_open_by_a_quarter_does_not_fill_a_narrow_one() -> None:
    # Without the cut a quarter of 40 people a step comes through all day, as many as the narrow road takes.
    master = funnel()
    assert master.solve(60)
    plain = master.bound
    master.tighten(TimeLimit(60))
    assert any(isinstance(cut, ShareCut) for cut in master.cuts)
    best = -solved(master.rows, whole=True).fun
    assert best == pytest.approx(24 + 2 * 10)
    assert best - EXACT <= master.bound < best + 0.2 * (plain - best)


@examples(60, phases=PHASES)
@given(luck=st.integers(0, 2**32 - 1))
def test_a_cut_that_counts_less_than_lies_across_the_way_is_seen(luck: int) -> None:
    random = np.random.default_rng(luck)
    master = funnel()
    cuts = [cut for cut in random_cuts(master, random) if len(cut.moves) and (*cut.shared, *cut.own, *cut.homes)]
    assume(cuts)
    cut = cuts[int(random.integers(len(cuts)))]
    for name in ("shared", "own", "homes"):
        if getattr(cut, name):
            assert not holds(master.coarse, replace(cut, **{name: getattr(cut, name)[1:]}))


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
    master = funnel()
    assert master.solve(60)
    master.tighten(TimeLimit(60))
    cut = next(cut for cut in master.cuts if isinstance(cut, ShareCut))
    assert holds(master.coarse, cut)
    assert not holds(master.coarse, replace(cut, **change))
    assert not holds(master.coarse, replace(cut, moves=(*cut.moves, cut.moves[0])))
