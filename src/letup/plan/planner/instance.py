"""What plans are made for: a scenario on its roads, with the ceiling that is known before any search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from letup import roads
from letup.core.clock import Clock
from letup.core.errors import NoPlan
from letup.pauses.feasibility.conflicts import require_a_window
from letup.pauses.limits import Limits, Window, moving_array, usable_steps
from letup.plan.ceiling import ceiling
from letup.plan.discretise import limits_of
from letup.plan.objectives import is_joint
from letup.plan.planner.groups import move_groups
from letup.plan.planner.weighed_objective import WeighedObjective
from letup.roads.network import RoadNetwork, Timed
from letup.scenario.model import Scenario


@dataclass(frozen=True)
class Instance:
    """A scenario laid out for the engine: all that choosing pauses needs to know.

    Attributes
    ----------
    scenario, network : Scenario, RoadNetwork
        The world as given, and its roads.
    timed : tuple of Timed
        The network of each group, in planning order.
    clock : Clock
        What the steps mean.
    limits : Limits
        What the parties insist on; a frontier puts other budgets in their place.
    usable : bool[zones, T]
        Steps that may be quiet.
    people_ceiling : int
        People whom no pauses can let out more than, whatever the limit on zone-hours.
    """

    scenario: Scenario
    network: RoadNetwork
    timed: tuple[Timed, ...]
    clock: Clock
    limits: Limits
    usable: NDArray[np.bool_]
    people_ceiling: int

    @property
    def want_to_leave(self) -> int:
        """People who want to leave."""
        return _people(self.timed)

    def require_a_window(self) -> None:
        """Refuse limits within which there is no window at all (``pauses.none``), with the reason."""
        zones = self.scenario.zones
        require_a_window(self.limits, len(zones), self.clock, list(map(str, zones["name"])))

    def objective(self) -> WeighedObjective | None:
        """What pauses are chosen for, where that is more than people."""
        return WeighedObjective(self.scenario, self.network, self.usable) if is_joint(self.scenario) else None

    def people_out(self, windows: Sequence[Window]) -> int:
        """People who reach a shelter in these pauses when the groups move one after the other."""
        moving = moving_array(self.scenario, list(windows))
        return sum(flow.total for flow in move_groups(self.scenario.groups, list(self.timed), moving))


def lay_out(
    scenario: Scenario,
    *,
    pauses: Sequence[Window] = (),
    progress: Callable[[str], None] | None = None,
    network: RoadNetwork | None = None,
) -> Instance:
    """Lay a scenario out for the engine, and prove the ceiling that holds whatever the limit on zone-hours.

    Parameters
    ----------
    scenario : Scenario
        The world as given.
    pauses : sequence of Window, optional
        Pauses given by hand. They may go beyond the limits, and the ceiling covers them too.
    progress : callable, optional
        Told what is being done.
    network : RoadNetwork, optional
        Its roads, if they are known; else they are built.

    Raises
    ------
    NoPlan
        ``plan.nobody``, ``plan.no_way`` or ``pauses.none``, with the reason.
    """

    def tell(stage: str) -> None:
        if progress is not None:
            progress(stage)

    tell("reading the roads")
    network = network or roads.build(scenario)
    timed = tuple(roads.timed(network, scenario, group.name) for group in scenario.groups)
    clock, limits = scenario.clock, limits_of(scenario)
    if not is_joint(scenario):  # else trucks are enough to plan for
        require_people(scenario, timed)
    tell("proving the ceiling")
    usable = usable_steps(limits, len(scenario.zones), clock)
    for window in pauses:
        usable[window.zone, window.first : window.last + 1] = True
    people_ceiling = ceiling(scenario.groups, list(timed), usable)
    instance = Instance(scenario, network, timed, clock, limits, usable, people_ceiling)
    if people_ceiling == 0 and not is_joint(scenario):
        if not pauses:
            instance.require_a_window()
        raise NoPlan(
            "plan.no_way",
            "Nobody who wants to leave has a way to a shelter with room, even if every allowed hour is quiet.",
            "See `letup check` on roads, shelters and limits.",
        )
    return instance


def require_people(scenario: Scenario, timed: Sequence[Timed]) -> None:
    """Refuse a scenario in which there is nobody to plan for (``plan.nobody``)."""
    if not _people(timed):
        raise NoPlan(
            "plan.nobody",
            f"Nobody in “{scenario.title}” is counted as wanting to leave.",
            "See count and share_leaving in people.csv.",
        )


def _people(timed: Sequence[Timed]) -> int:
    return sum(int(network.supply.sum()) for network in timed)
