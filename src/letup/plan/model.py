"""The plan: pauses, who moves where when, and what bounds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from letup.aid.deliveries.model import Deliveries
from letup.core.findings import Finding
from letup.core.wording import percent
from letup.pauses.certificates.all_quiet import AllQuietCertificate
from letup.pauses.certificates.certificate import Certificate
from letup.pauses.limits import Window
from letup.plan.files.document import NEXT_HOUR_COLUMNS
from letup.plan.objectives import Objective
from letup.roads.network import RoadNetwork
from letup.scenario.model import Scenario

EXACT = "worths and gains are differences of exact flows"
ESTIMATED = (
    "worths and gains are differences of estimates, in which people reserve room on their quickest way and then on "
    "others; the plan's own totals are exact, and where shelters fill up some people could arrive a little sooner than "
    "it says"
)


@dataclass(frozen=True)
class GroupResult:
    """What one group gets out of the plan.

    Attributes
    ----------
    name, label : str
        The group.
    people : int
        People in the group, whether they want to leave or not.
    want_to_leave : int
        Those who want to leave.
    arrive : int
        Those who reach a shelter.
    arrivals : int64[T]
        People reaching a shelter at each step.
    rounding_worst : float
        Worst relative error of a quickest route through rounding to steps.
    """

    name: str
    label: str
    people: int
    want_to_leave: int
    arrive: int
    arrivals: NDArray[np.int64]
    rounding_worst: float


@dataclass(frozen=True)
class Proof:
    """What confirms the bounds of a plan, without any solver.

    Attributes
    ----------
    people : Certificate, AllQuietCertificate or None
        Of the ceiling on people, where it is lower than the flow with every allowed hour quiet.
    need, deliveries : float64[rows] or None
        Duals of the program of days (`letup.aid.deliveries.daily_program`): for any pauses within the limits with
        people counted where they live, and for the pauses of the plan.
    """

    people: Certificate | AllQuietCertificate | None = None
    need: NDArray[np.float64] | None = None
    deliveries: NDArray[np.float64] | None = None


@dataclass(frozen=True, repr=False)
class Plan:
    """A plan in memory.

    Attributes
    ----------
    scenario, network : Scenario, RoadNetwork
        What it is a plan for.
    windows : tuple of Window
        The pauses; a zone's number is its position in ``scenario.zones``.
    pauses : DataFrame
        One row per pause: zone (id), zone_name, start, end (local ISO times), hours, first_step, last_step,
        passing_people (people whose movement passes the zone
        during it), worth_people (people who would no longer arrive without it, the other days unchanged),
        worth_need (person-days of need that trucks could no longer meet without it, about; None where pauses were
        chosen for people alone).
    movements : DataFrame
        One row per movement: id, group, origin (zone id), origin_node, shelter (place id), people,
        people_per_step, depart_first, depart_last, arrive_first, arrive_last (local ISO times),
        depart_first_step, depart_last_step, arrive_first_step, arrive_last_step, minutes, length_m,
        arcs (RoadNetwork arc numbers with the step offset at which each is entered, "arc@offset arc@offset ..."),
        legs (the same for arcs of the group's Timed).
    groups : tuple of GroupResult
        Results by group, in planning order.
    bottlenecks : DataFrame
        What gains most when relieved first, then those of unknown gain with the tightest first: kind (road,
        checkpoint, shelter, leaving home, pause hours), road or place id, name, zone, lon, lat, people
        (who pass it), limit_per_hour, gain_people (more people who would arrive if it were relieved), relief
        (what relieving means, in words).
    ceiling : int
        Proven: no allowed set of pauses lets more people arrive.
    ceiling_basis : str
        How the ceiling was proven, in words.
    trace : tuple of (seconds, people, ceiling)
        As the search went on.
    findings : tuple of Finding
        Worst first.
    worth_basis : str
        How the worth of pauses and the gains at bottlenecks were computed, in words.
    complete : bool
        False if the search was ended early (by hand or by the time limit).
    left_out : int
        People left out because they would have to come by a place twice, or spend more nights on the way than
        anybody may; they count among those who do not arrive.
    next_hours : DataFrame
        What pauses beyond the totals that the parties allow would bring, best first, at most 10: zone (id),
        zone_name, start, end (of the longer or new pause, local ISO times), replaces (start of the pause that is
        longer then; empty if it is new), people_per_zone_hour (more people who would arrive, per zone-hour
        more, the other days unchanged), basis (exact or estimated). What brings nothing is left out.
    deliveries : Deliveries or None
        What trucks bring in these pauses, after the movement of people; None if the scenario has no trucks or no
        distribution point.
    objectives : tuple of Objective
        What the pauses were chosen for, where that is more than people: people and need met, each in its own unit.
    proof : Proof
        What confirms the ceiling and the bounds.
    """

    scenario: Scenario
    network: RoadNetwork
    windows: tuple[Window, ...]
    pauses: pd.DataFrame
    movements: pd.DataFrame
    groups: tuple[GroupResult, ...]
    bottlenecks: pd.DataFrame
    ceiling: int
    ceiling_basis: str
    trace: tuple[tuple[float, int, int], ...]
    findings: tuple[Finding, ...]
    complete: bool = True
    left_out: int = 0
    worth_basis: str = ""
    deliveries: Deliveries | None = None
    objectives: tuple[Objective, ...] = ()
    proof: Proof = field(default_factory=Proof, repr=False)
    next_hours: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(NEXT_HOUR_COLUMNS)))

    @property
    def arrive(self) -> int:
        """People who reach a shelter."""
        return sum(group.arrive for group in self.groups)

    @property
    def want_to_leave(self) -> int:
        """People who want to leave: the denominator of every share in a plan."""
        return sum(group.want_to_leave for group in self.groups)

    @property
    def zone_hours(self) -> float:
        """Length of all pauses together, zone-hours."""
        return float(self.pauses["hours"].sum())

    @property
    def trucks_per_day(self) -> float | None:
        """Trucks of aid that leave crossings, on the mean of the days, trucks/day; None if nothing is said of them."""
        from letup.plan.deliveries import trucks_per_day

        return None if self.deliveries is None else trucks_per_day(self.deliveries.table, self.scenario)

    def __repr__(self) -> str:
        """Say in four lines what it comes to; the tables have their own."""
        wanting = self.want_to_leave
        share = f" ({percent(self.arrive / wanting, 1)})" if wanting else ""
        worst = self.findings[0].severity if self.findings else "none"
        return (
            f"Plan: {self.scenario.title}\n"
            f"  {len(self.pauses)} pauses, {self.zone_hours:g} zone-hours\n"
            f"  {self.arrive:,} of {wanting:,} people who want to leave arrive{share}; "
            f"no pauses within the limits could let more than {self.ceiling:,} arrive\n"
            f"  {len(self.findings)} findings, the worst: {worst}" + ("" if self.complete else "; search ended early")
        )


def pause_rows(scenario: Scenario, windows: Sequence[Window]) -> list[dict[str, Any]]:
    """What pauses are, in the order given, without what they are worth."""
    names = [str(name) for name in scenario.zones["name"]]
    return [
        {
            "zone": scenario.zone_ids[window.zone],
            "zone_name": names[window.zone],
            "start": scenario.clock.iso(window.first),
            "end": scenario.clock.iso(window.last + 1),
            "hours": scenario.clock.hours(window.length),
            "first_step": window.first,
            "last_step": window.last,
        }
        for window in windows
    ]


def pause_table(
    scenario: Scenario,
    windows: Sequence[Window],
    passing: Sequence[int],
    gains: Sequence[int],
    need: Sequence[float] | None = None,
) -> pd.DataFrame:
    """The pauses as in `Plan.pauses`."""
    rows = pause_rows(scenario, windows)
    columns = ("zone", "zone_name", "start", "end", "hours", "first_step", "last_step")
    return pd.DataFrame(
        {name: [row[name] for row in rows] for name in columns}
        | {
            "passing_people": passing,
            "worth_people": gains,
            "worth_need": need if need is not None else [None] * len(windows),
        }
    )
