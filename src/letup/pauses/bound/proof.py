"""Find a relaxation that is fine where it matters and small enough to be solved, and bound the value with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from letup.pauses.bound.grouping import by_zones, leads, within, zone_of_node
from letup.pauses.bound.relaxation import Master
from letup.pauses.certificates.coarse_network import Grouping, coarse, every_node
from letup.pauses.certificates.reach_cuts import ReachCut
from letup.pauses.certificates.share_cuts import ShareCut
from letup.pauses.clock import Clock, usable_steps
from letup.pauses.limits import Limits
from letup.roads.timed_network import TimedNetwork

if TYPE_CHECKING:
    from letup.pauses.certificates.tree import Tree

_SMALL = 6_000
"""Moves up to which nothing is made coarse."""
_SIZES = (6_000, 25_000)
"""Moves of the relaxations tried, the smaller first."""
_QUIET, _GROUPED = 1e-3, 0.5
"""A zone quiet more than that, with a larger share of its nodes than that in groups, asks for the next size."""


@dataclass(frozen=True)
class Certificate:
    """What `check_bound` needs to confirm a bound.

    Attributes
    ----------
    grouping : Grouping
        How coarse the relaxation is.
    cuts : list of ReachCut or ShareCut
        Its cuts.
    multipliers : float64[rows]
        One for each row.
    bound : float
        The bound that they prove.
    tree : Tree or None
        Splits of the windows, with multipliers for each part: they prove the bound then.
    """

    grouping: Grouping
    cuts: list[ReachCut | ShareCut]
    multipliers: NDArray[np.float64]
    bound: float
    tree: Tree | None = None


def best_relaxation(
    net: TimedNetwork,
    limits: Limits,
    clock: Clock,
    weight: NDArray[np.float64],
    margin: int,
    more: Callable[[], float],
    tell: Callable[[Master], None],
) -> tuple[Master | None, Certificate | None]:
    """A relaxation solved with its cuts, and the certificate of the best bound met.

    Parameters
    ----------
    net, limits, clock, weight, margin
        The problem.
    more : callable
        Seconds left.
    tell : callable
        Called with each relaxation once it is solved.
    """
    certificate: Certificate | None = None

    def keep(master: Master) -> None:
        nonlocal certificate
        if certificate is None or master.bound < certificate.bound:
            certificate = Certificate(master.grouping, master.needed, master.multipliers, master.bound)
        tell(master)

    if is_exact(net, limits, clock):
        master = Master(net, limits, clock, weight, every_node(net), margin)
        if not master.solve(more()):
            return None, certificate
        keep(master)
        master.tighten(more)
        keep(master)
        return master, certificate
    usable = usable_steps(limits, net.zones, clock)
    time_given = more()
    best: Master | None = None
    for size in _SIZES:
        # A finer relaxation takes several times longer.
        if best is not None and (more() < 0.6 * time_given or not _finer_helps(net, best)):
            break
        grouping = _sized(net, clock, usable, size)
        if best is not None and (grouping.group == best.grouping.group).all():
            break
        master = Master(net, limits, clock, weight, grouping, margin)
        if not master.solve(more()):
            break
        keep(master)
        master.tighten(more)
        keep(master)
        if best is None or master.bound < best.bound:
            best = master
    return best, certificate


def is_exact(net: TimedNetwork, limits: Limits, clock: Clock) -> bool:
    """Whether the network is so small that nothing is made coarse."""
    if net.arcs * clock.steps > 50 * _SMALL:
        return False
    usable = usable_steps(limits, net.zones, clock)
    return len(coarse(net, clock.steps, usable, every_node(net)).tail) <= _SMALL


def _finer_helps(net: TimedNetwork, master: Master) -> bool:
    """Whether a zone that is quiet at all in a relaxation has more than half of its nodes in groups."""
    group = master.grouping.group
    grouped = np.bincount(group)[group] > 1
    zone = zone_of_node(net)
    quiet = [
        z
        for z, slots in enumerate(master.windows.of_zone)
        if any(master.values[slot.started[-1]] > _QUIET for slot in slots)
    ]
    return any(grouped[zone == z].mean() > _GROUPED for z in quiet if (zone == z).any())


def _sized(net: TimedNetwork, clock: Clock, usable: NDArray[np.bool_], size: int) -> Grouping:
    """The finest grouping that is not too large: nodes apart as far from the narrow place as may be."""
    lead = leads(net)
    radii = np.unique(np.abs(lead))
    low, high = -1, len(radii) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if len(coarse(net, clock.steps, usable, within(net, lead, int(radii[middle]))).tail) <= size:
            low = middle
        else:
            high = middle - 1
    if low >= 0:
        return within(net, lead, int(radii[low]))
    bucket = 1
    while len(coarse(net, clock.steps, usable, by_zones(net, lead, bucket)).tail) > size:
        bucket *= 2
    return by_zones(net, lead, bucket)
