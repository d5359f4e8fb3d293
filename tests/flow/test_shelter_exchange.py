"""Full shelters: whoever could go on has to be found, so that others can come in."""

from __future__ import annotations

import numpy as np
import pytest

from letup.flow import TimedNetwork, earliest_arrival
from tests.flow.proofs import assert_people_keep_to_the_rules, assert_routes_add_up, assert_the_cut_proves_the_total
from tests.flow.small import Case


@pytest.mark.parametrize("pause", [1, 2, 62, 63, 64, 130])
def test_somebody_waits_at_a_full_shelter_to_go_on_and_make_room(pause: int) -> None:
    # A road of three places, each with room for one, that one person can enter at a step. Nobody moves between step 0
    # and the last two. Whoever comes to the middle at step 1 has to wait there and go on as the next one sets out.
    quiet = np.ones((1, pause + 3), np.bool_)
    quiet[0, 1 : 1 + pause] = False
    net = TimedNetwork(
        tail=np.array([0, 1]),
        head=np.array([1, 2]),
        transit=np.array([1, 1]),
        capacity=np.array([1, 1]),
        supply=np.array([3, 0, 0]),
        shelter=np.array([1, 1, 1]),
        wait=np.array([False, True, False]),
        zone=np.array([0, 0]),
    )
    case = Case(net, pause + 3, quiet)
    flow = earliest_arrival(net, case.steps, quiet)
    assert flow.total == 3
    assert flow.arrivals.tolist() == [1] + [0] * (pause + 1) + [2]
    assert_people_keep_to_the_rules(case, flow)
    assert_the_cut_proves_the_total(case, flow)
    assert_routes_add_up(case, flow)
