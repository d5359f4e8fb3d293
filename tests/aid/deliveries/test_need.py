"""Handing out: what is used when, against a linear program made by other means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from letup.aid.deliveries.need import Need, hand_out, slopes
from tests.examples import examples


def need_of(need, met, evenness):
    days = len(need)
    return Need(
        ("food",), ("kcal",), np.arange(1.0, days + 1), np.arange(days), need[:, None, None], met[:, None, None],
        np.where(need > 0, 7.0, 0.0)[:, None, None], slopes(evenness), (),
    )  # fmt: skip


@examples(80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5, 1.0]))
def test_handing_out_is_as_good_as_the_best_there_is(seed, evenness):
    rng = np.random.default_rng(seed)
    days = int(rng.integers(1, 6))
    need = rng.integers(0, 20, days).astype(float)
    met = np.minimum(rng.integers(0, 20, days), need)
    came = rng.integers(0, 25, days) * (rng.random(days) < 0.6)
    unmet = need_of(need, met, evenness)
    used = hand_out(unmet, came[:, None, None].astype(float))
    parts, worth = unmet.parts()[:, 0, 0], unmet.unit_worth()[:, 0, 0]
    until = [[float(d <= day) for d in range(days) for _ in range(parts.shape[1])] for day in range(days)]
    best = linprog(-worth.reshape(-1), A_ub=until, b_ub=np.cumsum(came), bounds=[(0, p) for p in parts.reshape(-1)])
    gained = unmet.value(used)[1] - unmet.value_without()[1]
    assert gained == pytest.approx(-best.fun, abs=1e-6)
    assert (np.cumsum(used[:, 0, 0]) <= np.cumsum(came) + 1e-9).all()
    stock, total = 0.0, 0.0
    for day in range(days):
        stock += came[day]
        total += min(stock, need[day] - met[day])
        stock -= min(stock, need[day] - met[day])
    assert used.sum() == pytest.approx(total)  # sharing out over days loses nothing of the total


def test_parts_of_a_need_add_up_to_its_worth():
    ends = np.diff([0.0, 0.25, 0.5, 0.75, 1.0])
    for evenness in (0.0, 0.3, 1.0):
        assert (slopes(evenness) * ends).sum() == pytest.approx(1)
        assert (np.diff(slopes(evenness)) <= 0).all()
