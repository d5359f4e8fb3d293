"""Branch on when windows start and end, with HiGHS: a better bound, and often better windows."""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from letup.pauses.bound.master import Master, solver
from letup.pauses.limits import Window

_ROUNDING = 1e-7
"""Share of the bound put on top for what HiGHS's tolerances may lose."""
_HEURISTICS = 0.05


def branch(
    master: Master,
    *,
    seconds: Callable[[], float],
    best: Callable[[], tuple[list[Window], float]],
    found: Callable[[list[Window]], float],
    proved: Callable[[float], None],
    gap: float,
    nodes: int | None = None,
) -> None:
    """Solve the relaxation in whole windows, until nothing better than the best known is left or time is up.

    Where the best windows of the relaxation are worth less than it says, these windows are excluded and it is
    solved again: then nothing but them can be worth more than the new bound, and what they are worth is known.

    Parameters
    ----------
    master : Master
        The relaxation, with its cuts.
    seconds : callable
        Seconds left; not positive = stop.
    best : callable
        Best windows known and their value.
    found : callable
        Called with windows; returns what they are worth.
    proved : callable
        Called with bounds on the value over all choices.
    gap : float
        Share of the value within which to stop.
    nodes : int, optional
        Nodes after which to stop.
    """
    highs = solver(master.rows)
    whole = np.flatnonzero(master.rows.whole).astype(np.int32)
    if not len(whole):
        return
    highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), int(highspy.HighsVarType.kInteger), np.uint8))
    highs.setOptionValue("mip_rel_gap", max(gap, 1e-9))
    highs.setOptionValue("mip_heuristic_effort", _HEURISTICS)
    left = nodes or 0
    known = 0.0
    """What windows excluded so far are worth, at most."""

    def watch(event: highspy.HighsCallbackEvent) -> None:
        bound = event.data_out.mip_dual_bound
        if np.isfinite(bound):
            proved(max(bound * (1 + _ROUNDING), known))
        value = best()[1]
        enough = np.isfinite(bound) and max(bound, known) <= value * (1 + gap)
        event.interrupt(enough or seconds() <= 0)

    def improved(event: highspy.HighsCallbackEvent) -> None:
        found(master.windows.windows(np.asarray(event.data_out.mip_solution)))

    highs.cbMipInterrupt.subscribe(watch)
    highs.cbMipImprovingSolution.subscribe(improved)
    while seconds() > 0 and (nodes is None or left > 0):
        start = master.windows.values(best()[0])
        if start is not None:
            columns = np.arange(len(start), dtype=np.int32)
            highs.setSolution(len(start), columns, start)
        highs.setOptionValue("time_limit", highs.getRunTime() + seconds())
        if nodes is not None:
            highs.setOptionValue("mip_max_nodes", left)
        highs.run()
        left -= max(int(highs.getInfo().mip_node_count), 1)
        status = highs.getModelStatus()
        info = highs.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            proved(known)
            return
        proved(max(info.mip_dual_bound * (1 + _ROUNDING), known))
        if status != highspy.HighsModelStatus.kOptimal:
            return
        values = np.array(highs.getSolution().col_value)
        known = max(known, found(master.windows.windows(values)))
        if info.mip_dual_bound <= best()[1] * (1 + max(gap, _ROUNDING)) or seconds() <= 0:
            return
        chosen = values[whole] > 0.5
        highs.addRow(1.0 - float(chosen.sum()), np.inf, len(whole), whole, np.where(chosen, -1.0, 1.0))
