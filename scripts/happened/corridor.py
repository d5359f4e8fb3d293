"""The corridor of 5 to 15 November: how many the model says could pass in the hours announced for each day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

import numpy as np

from letup import roads
from letup.pauses.limits import MARGIN_MINUTES
from letup.plan.planner.groups import move_groups
from letup.roads.departures import ready_share
from letup.roads.network import RoadNetwork
from letup.scenario import Scenario

STEP = 5
FIRST, LAST = 6, 18
"""Hours of a day that are laid out."""
PASSAGE = "passage-wadi-gaza"
CORRIDOR = ("al-mughraqa", "az-zahra", "juhor-a-dik", "nuseirat", "bureij")
"""Zones that the passage lies in and leads into."""
ANNOUNCED = datetime(2023, 11, 4, 6, tzinfo=timezone(timedelta(hours=2)))
"""From when on people are taken to get ready: the start of gaza-2023."""


@dataclass(frozen=True)
class Assumptions:
    """What is not known.

    Attributes
    ----------
    label : str
        What sets it apart.
    per_hour : float
        People through the passage an hour.
    half_time_hours : float
        Until half of those who want to leave are ready.
    share : str
        Column of people.csv with the share who want to leave.
    streets : bool
        Whether the streets north of the corridor can be walked outside the hours, too.
    """

    label: str
    per_hour: float = 10_000
    half_time_hours: float = 24
    share: str = "share_leaving"
    streets: bool = False


AS_IN_SCENARIO = Assumptions("as gaza-2023")
ALTERNATIVES = (
    Assumptions("2,000 an hour", per_hour=2_000),
    Assumptions("14,400 an hour", per_hour=14_400),
    Assumptions("half ready in 120 h", half_time_hours=120),
    Assumptions("half ready in 6 h", half_time_hours=6),
    Assumptions("share 0.19", share="share_leaving_low"),
    Assumptions("share 0.67", share="share_leaving_high"),
    Assumptions("streets open all day", streets=True),
)
LOW = Assumptions("all low", 2_000, 120, "share_leaving_low")
HIGH = Assumptions("all high", 14_400, 6, "share_leaving_high", streets=True)


@dataclass(frozen=True)
class Day:
    """A day: when the corridor was open, what was counted, and on what that rests.

    Attributes
    ----------
    number : int
        Of November.
    hours : tuple of int
        Opening and closing hour.
    before : int
        People counted on the days before.
    counted : int or None
        People counted; None if only a sum over several days is known.
    note : str
        What is doubtful about the hours; empty if nothing.
    """

    number: int
    hours: tuple[int, int]
    before: int
    counted: int | None
    note: str = ""


def passing(base: Scenario, day: Day, assumptions: Assumptions) -> int:
    """People who pass on a day and are out of the corridor before it closes.

    They start from home when ready, the slow first; those counted on days before are gone. As in every plan nobody is
    on a road in the last minutes of the window.
    """
    ready = _ready(base, day, assumptions)
    if ready <= 0:
        return 0
    scenario = _scenario(base, day, assumptions, ready)
    quiet = np.zeros((len(scenario.zones), scenario.steps), bool)
    opens, closes = ((hour - FIRST) * 60 // STEP for hour in day.hours)
    quiet[:, opens : closes - MARGIN_MINUTES // STEP] = True
    if assumptions.streets:
        quiet[[k for k, zone in enumerate(scenario.zone_ids) if zone not in CORRIDOR]] = True
    groups = tuple(sorted(scenario.groups, key=lambda group: group.order))
    network = _network(base)
    timed = [roads.timed(network, scenario, group.name) for group in groups]
    return sum(flow.total for flow in move_groups(groups, timed, quiet))


def _ready(base: Scenario, day: Day, assumptions: Assumptions) -> int:
    """Who wants to leave, is ready when the corridor opens, and was not counted before."""
    people = base.people[base.people["group"] != "ambulance"]
    want = float((people["count"] * people[assumptions.share].fillna(0.0)).sum())
    opens = ANNOUNCED + timedelta(days=day.number - ANNOUNCED.day, hours=day.hours[0] - ANNOUNCED.hour)
    hours = np.array([(opens - ANNOUNCED).total_seconds() / 3600])
    return round(want * float(ready_share(hours, assumptions.half_time_hours)[0])) - day.before


def _scenario(base: Scenario, day: Day, assumptions: Assumptions, ready: int) -> Scenario:
    places = base.places.copy()
    places.loc[PASSAGE, "throughput_per_hour"] = assumptions.per_hour
    people = base.people[base.people["group"] != "ambulance"].copy()
    leaving = people["share_leaving"] > 0
    people.loc[leaving, "share_leaving"] = min(1.0, ready / float(people.loc[leaving, "count"].sum()))
    return replace(
        base,
        start=ANNOUNCED.replace(day=day.number, hour=FIRST),
        steps=(LAST - FIRST) * 60 // STEP,
        step_minutes=STEP,
        places=places,
        people=people,
        half_time_hours=0.0,
        groups=tuple(group for group in base.groups if group.mode == "foot"),
    )


_networks: dict[int, RoadNetwork] = {}


def _network(base: Scenario) -> RoadNetwork:
    """Roads do not change from day to day."""
    if id(base) not in _networks:
        _networks[id(base)] = roads.build(base)
    return _networks[id(base)]
