"""What is asked of tiny problems with all their answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from letup.core.clock import Clock
from letup.flow import TimedNetwork
from letup.lp.program import LinearProgram
from letup.pauses import Limits, quiet_array
from letup.pauses.certificates.window_rows import WindowRows
from letup.pauses.incumbent import Incumbent
from tests.pauses.small import Problem

EXACT = 1e-6


def clock_of(problem: Problem) -> Clock:
    return Clock(problem.steps, problem.step_minutes, problem.start_hour)


def windows_of(limits: Limits, zones: int, clock: Clock) -> tuple[LinearProgram, WindowRows]:
    program = LinearProgram()
    return program, WindowRows(program, limits, zones, clock)


def solved(
    program: LinearProgram, gain: np.ndarray | None = None, lower: np.ndarray | None = None, whole: bool = False
):
    """What scipy makes of a program to maximise, with other gains or lower bounds (then upper ones too) if given."""
    if not program.lower:
        return OptimizeResult(status=0, message="nothing to choose", x=np.zeros(0), fun=0.0)
    low, high = np.array(program.lower), np.array(program.upper)
    if lower is not None:
        low[: len(lower)] = high[: len(lower)] = lower
    rows = LinearConstraint(program.matrix, np.array(program.row_lower), np.array(program.row_upper))
    result: OptimizeResult = milp(
        -(np.array(program.gain) if gain is None else gain),
        integrality=np.array(program.integer, int) if whole else None,
        bounds=Bounds(low, high),
        constraints=rows if program.rows else (),
    )
    return result


def value_of(problem: Problem, windows: list) -> float:
    """What windows are worth, by the flow."""
    return problem.value(quiet_array(windows, problem.net.zones, problem.steps))


def sample_of_windows(problem: Problem, count: int, seed: int) -> list:
    """Some of the sets of windows that a problem allows."""
    random = np.random.default_rng(seed)
    picked = random.permutation(len(problem.allowed))[:count]
    return [problem.allowed[i] for i in sorted(picked.tolist())]


def waiting_at_home(problem: Problem) -> Problem:
    """The problem with leave to wait wherever people live: then the relaxation in whole windows is the problem."""
    net = problem.net
    wait = net.wait | (net.supply > 0)
    arcs = (net.tail, net.head, net.transit, net.capacity)
    return replace(problem, net=TimedNetwork(*arcs, net.supply, net.shelter, wait, net.zone))


def incumbent_of(problem: Problem, time_limit: float = 60.0) -> Incumbent:
    """Nothing known yet of a problem."""
    return Incumbent(
        lambda windows: value_of(problem, list(windows)),
        allows=lambda windows: not problem.broken(list(windows)),
        time_limit=time_limit,
    )
