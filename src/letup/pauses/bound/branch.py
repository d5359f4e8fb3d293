"""Branch on when windows start and end, and keep what proves the bound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from letup.pauses.bound.master import Master
from letup.pauses.bound.prove import Certificate
from letup.pauses.bound.tree import Branching
from letup.pauses.limits import Window


def branch(
    master: Master,
    *,
    seconds: Callable[[], float],
    best: Callable[[], tuple[list[Window], float]],
    found: Callable[[list[Window]], float],
    proved: Callable[[float], None],
    gap: float,
    nodes: int | None = None,
) -> Certificate | None:
    """Split the windows until nothing better than the best known is left, or time is up.

    Where all windows are fixed, what they are worth takes the place of what the relaxation says of them.

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
        Linear programs after which to stop.

    Returns
    -------
    Certificate or None
        What `check_bound` needs to confirm the bound; None if nothing was split, or it would be too large.
    """
    if not any(master.rows.whole):
        return None
    branching = Branching(master, seconds=seconds, best=best, found=found, proved=proved)
    branching.run(gap, nodes)
    tree = branching.tree()
    if tree is None:
        return None
    return Certificate(master.grouping, list(master.cuts), np.zeros(0), branching.bound, tree)
