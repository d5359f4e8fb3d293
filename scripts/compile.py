"""Compile all there is to compile, before several processes would each do so at once.

Run it after a change of compiled code and before the tests: ``make tests`` does. It takes a second where all is
compiled already, and most of a minute on one core where nothing is.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from letup import roads
from letup.aid.deliveries.make import deliver
from letup.core.compiled_code import COMPILED
from letup.flow import Evaluation, TimedNetwork, earliest_arrival
from letup.flow.backends import builtin
from letup.flow.direct_routes import direct_routes
from letup.flow.estimate import estimate
from letup.flow.least_walking import least_walking
from letup.flow.priced_flow import priced_flow
from letup.scenario import example

STEPS = 12


def main() -> None:
    """Ask everything of a network with two shelters, one of which fills up."""
    net = TimedNetwork(
        tail=[0, 1, 1, 2],
        head=[1, 2, 3, 3],
        transit=[1, 1, 1, 1],
        capacity=[5, 5, 5, 5],
        supply=[30, 3, 0, 0],
        shelter=[0, 0, 9, 20],
        wait=[True] * 4,
        zone=[0, -1, 1, 0],
    )
    # Small networks do without what pays on large ones; but tests and large ones need it.
    builtin._ADVANCE_FROM = -1
    flow = earliest_arrival(net, STEPS)
    assert flow.cut is not None
    assert flow.routes()
    assert least_walking(net, STEPS, None, flow.entering, flow.arriving).proven
    ask_of_who_walks_up_and_down()
    assert earliest_arrival(net, STEPS, order="any").total == flow.total
    quiet = np.ones((net.zones, STEPS), np.bool_)
    quiet[:, STEPS // 2 :] = False
    assert Evaluation(net, STEPS).changed(quiet).changed(None).total == flow.total
    estimate(net, STEPS, np.ones((net.zones, STEPS), np.bool_), np.zeros(0, np.int64))
    priced_flow(net, STEPS, np.ones((net.zones, STEPS), np.bool_), np.ones((2, STEPS)))
    strip = example()
    deliver(strip, roads.build(strip), np.ones((len(strip.zones), strip.steps), np.bool_))
    left_out = [f"{one.__module__}.{one.__name__}" for one in compiled() if not _kept(one)]
    assert not left_out, f"not compiled: {left_out}; let this network, or what is asked of it, need them"


def ask_of_who_walks_up_and_down() -> None:
    """One of two people walks up and down a road before going on to the shelter."""
    net = TimedNetwork([0, 1, 1], [1, 2, 0], [1] * 3, [2] * 3, [2, 0, 0], [0, 0, 9], [False] * 3, [-1] * 3)
    entering, arriving = np.zeros((3, STEPS), np.int32), np.zeros((1, STEPS), np.int32)
    entering[0, [0, 2]] = 2, 1
    entering[1, [1, 3]] = entering[2, 1] = arriving[0, [2, 4]] = 1
    assert all(len(party.arcs) == 2 for party in direct_routes(net, STEPS, None, entering, arriving))


def compiled() -> Iterator[Any]:
    """All functions that numba compiles, but those that it draws into their callers."""
    for file in COMPILED:
        module = importlib.import_module("letup." + file.removesuffix(".py").replace("/", "."))
        for one in vars(module).values():
            own = isinstance(one, Dispatcher) and one.__module__ == module.__name__
            if own and one.targetoptions.get("inline") != "always":
                yield one


def _kept(one: Any) -> bool:
    """Whether compiled code of a function lies in numba's cache, be it of this run or of an earlier one."""
    return any(Path(one.stats.cache_path).glob(f"*.{one.__name__}-*.nbi"))


if __name__ == "__main__":
    main()
