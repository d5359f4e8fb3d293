"""The one network on which pauses are searched, and what a bound proven on it says about the people of a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from letup.plan.discretise import by_mode
from letup.roads.network import Timed
from letup.roads.timed_network import TimedNetwork
from letup.scenario.model import Scenario

LATE = 1e-3
"""By how much less somebody counts who arrives in the last step: so little that values are counts of people."""


def people_weight(steps: int) -> NDArray[np.float64]:
    """What an arrival at each step counts: float64[T]."""
    return 1 - LATE * np.arange(steps) / steps


@dataclass(frozen=True)
class SearchNetwork:
    """The one network on which pauses are searched, and how it counts people.

    Attributes
    ----------
    net : TimedNetwork
        All who go by the mode that most use, at the speed of its largest group.
    by_group : tuple of TimedNetwork
        The same people, each group at its own speed, in planning order.
    description : str
        How it counts people, in words.
    not_on_it : int
        People who are left out.
    alike : bool
        Whether all on it are as quick as each other. Otherwise bounds proven on it do not hold for the groups as they
        are: some go quicker, or slower along ways on which nobody may wait, so that the quick could not do what they
        do.
    widest : TimedNetwork
        One on which they could: everybody as quick as the quickest, who may wait anywhere by day. `net` where all are
        alike. What is proven of the people on it holds for the groups as they are.
    """

    net: TimedNetwork
    by_group: tuple[TimedNetwork, ...]
    description: str
    not_on_it: int
    alike: bool
    widest: TimedNetwork

    def all_quiet_ceiling(self, bound: float) -> int:
        """People whom no pauses can let out more than.

        Parameters
        ----------
        bound : float
            People who can arrive on ``widest`` with every zone quiet whenever the limits allow, at most.
        """
        return math.floor(bound + self.not_on_it + 1e-6)

    def ceiling(self, bound: float, people_ceiling: int) -> int:
        """The same by what is proven of pauses within the limits.

        Parameters
        ----------
        bound : float
            What no pauses are worth more than on this network, by `people_weight`; infinite if nothing is proven.
        people_ceiling : int
            A ceiling that is known already.
        """
        if not self.alike or not math.isfinite(bound):
            return people_ceiling
        # Nobody counts for less than 1 - LATE.
        return min(people_ceiling, math.floor(bound / (1 - LATE) + self.not_on_it + 1e-6))


def search_network(scenario: Scenario, timed: Sequence[Timed]) -> SearchNetwork:
    """The network that pauses of a scenario are searched on; ``timed`` has the network of each group."""
    largest_mode = max(by_mode(scenario.groups, list(timed)).values(), key=_people)
    largest = max(largest_mode, key=lambda network: int(network.supply.sum()))
    net = _timed_network(largest, np.sum([network.supply for network in largest_mode], axis=0), scenario.steps)
    not_on_it = _people(timed) - int(net.supply.sum())
    alike = all((t.transit == net.transit).all() and (t.capacity <= net.capacity).all() for t in largest_mode)
    group = next(group for group, network in zip(scenario.groups, timed, strict=True) if network is largest)
    description = f"all {int(net.supply.sum()):,} people who would go "
    description += "on foot" if group.mode == "foot" else "by vehicle"
    description += f", each as fast as the largest group ({group.speed_kmh:g} km/h)"
    if not_on_it:
        description += f"; the {not_on_it:,} who go otherwise are left out"
    by_group = tuple(_timed_network(network, network.supply, scenario.steps) for network in largest_mode)
    widest = net if alike else _widest(largest_mode, net, scenario.steps)
    return SearchNetwork(net, by_group, description, not_on_it, alike, widest)


def _widest(timed: Sequence[Timed], net: TimedNetwork, steps: int) -> TimedNetwork:
    """The network with the quickest time and the largest capacity of any group on each arc, and waiting by day."""
    first, everybody = timed[0], np.full(net.nodes, int(net.supply.sum()), np.int64)
    by_day = replace(first, wait=np.maximum(everybody, first.wait))
    # Pair by pair: capacities by step are large, and numpy would first copy all of them into one array.
    return TimedNetwork(
        net.tail,
        net.head,
        reduce(np.minimum, (group.transit for group in timed)),
        reduce(np.maximum, (group.capacity for group in timed)),
        net.supply,
        net.shelter,
        by_day.waiting_room(np.arange(steps)),
        net.zone,
    )


def _people(timed: Sequence[Timed]) -> int:
    return sum(int(network.supply.sum()) for network in timed)


def _timed_network(timed: Timed, supply: NDArray[np.int64], steps: int) -> TimedNetwork:
    """A group's network with other people on it."""
    return TimedNetwork(
        timed.tail,
        timed.head,
        timed.transit,
        timed.capacity,
        supply,
        timed.shelter,
        timed.waiting_room(np.arange(steps)),
        timed.zone,
    )
