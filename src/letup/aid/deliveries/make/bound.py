"""Find what proves the most that any deliveries could reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup.aid.deliveries.daily_program import daily_program, proven_bound
from letup.aid.deliveries.logistics import Logistics
from letup.aid.deliveries.need import Need
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario


@dataclass(frozen=True)
class NeedBound:
    """A bound on the value of deliveries, and what proves it.

    Attributes
    ----------
    bound : float
        Person-days with diminishing value, what is met without deliveries included.
    duals : float64[rows]
        Duals of the program of days (`letup.aid.deliveries.daily_program.proven_bound`).
    """

    bound: float
    duals: NDArray[np.float64]


def bound_need(
    scenario: Scenario, network: RoadNetwork, logistics: Logistics, need: Need, quiet: NDArray[np.bool_]
) -> NeedBound:
    """Bound what deliveries could reach while zones are quiet; arguments as for `daily_program`."""
    from letup.lp.solver import maximise

    program = daily_program(scenario, network, logistics, need, quiet)
    solution = maximise(program.linear) if program.trucks else None
    # Without a solution no duals are known; none at all prove that nothing more than all need can be met.
    duals = np.zeros(program.linear.rows) if solution is None or solution.duals is None else solution.duals
    return NeedBound(proven_bound(need, program, duals), duals)
