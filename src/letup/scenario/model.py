"""The scenario in memory: the world as given, each value with its basis and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from letup.core.clock import Clock
from letup.core.wording import sortable


@dataclass(frozen=True)
class Group:
    """People with their own speed and means.

    Attributes
    ----------
    name, label : str
        Short name, and the name shown to readers.
    mode : {"foot", "vehicle"}
        How the group moves.
    speed_kmh : float
        Free speed, km/h.
    order : int
        Groups with a lower number are planned first.
    people_per_vehicle : float
        People in one vehicle; 1 on foot.
    """

    name: str
    label: str
    mode: str
    speed_kmh: float
    order: int = 0
    people_per_vehicle: float = 1.0


class TimeOfZone(NamedTuple):
    """A time in which a zone cannot be paused, must be, or is by an agreement."""

    zone: str
    start: datetime
    end: datetime


class Cost(NamedTuple):
    """What a zone-hour of pause costs in a zone, and from when to when; None = from the start, to the end."""

    zone: str
    cost: float
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class PartyLimits:
    """What the parties insist on, as written in the scenario.

    A number or a flag that has the same name here, among the limits in ``attributes.csv`` and in
    `letup.pauses.limits.Limits` is read, checked, written, documented and handed on with no other line of code.

    Attributes
    ----------
    hours : tuple of float or None
        First and last local hour in which a pause may lie.
    shortest_hours, longest_hours : float, float or None
        Length of one window, hours.
    windows_per_day : int
        Windows per zone and day.
    zone_hours : float or None
        Total of all windows, zone-hours.
    at_once : int or None
        Most zones quiet at the same time.
    grid_minutes : int or None
        Windows start and end on this clock grid.
    notice_hours : float
        No window starts earlier than this after the start.
    forbidden : tuple of TimeOfZone
        Times in which a zone cannot be paused.
    forced : tuple of TimeOfZone
        Times in which a zone must be paused; the pause may be longer.
    frozen : tuple of TimeOfZone
        Pauses agreed already: they are in the plan as they are.
    together : tuple of tuple of zone id
        Groups of zones that have the same pauses (a corridor).
    same_daily : bool
        Whether the pauses of a zone lie at the same clock times on each day on which it is paused.
    concession : tuple of Cost
        What a zone-hour of pause costs, in units that the parties set; costs of entries that overlap add up.
    concession_budget : float or None
        Most that all pauses may cost together.
    """

    hours: tuple[float, float] | None = None
    shortest_hours: float = 1.0
    longest_hours: float | None = None
    windows_per_day: int = 1
    zone_hours: float | None = None
    at_once: int | None = None
    grid_minutes: int | None = None
    notice_hours: float = 0.0
    forbidden: tuple[TimeOfZone, ...] = ()
    forced: tuple[TimeOfZone, ...] = ()
    frozen: tuple[TimeOfZone, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    same_daily: bool = False
    concession: tuple[Cost, ...] = ()
    concession_budget: float | None = None

    def __post_init__(self) -> None:
        """Take plain tuples for times and costs as well."""
        for name in ("forbidden", "forced", "frozen"):
            object.__setattr__(self, name, tuple(TimeOfZone(*entry) for entry in getattr(self, name)))
        object.__setattr__(self, "concession", tuple(Cost(*entry) for entry in self.concession))

    def plain(self) -> dict[str, Any]:
        """Limits as mappings, lists, numbers and texts, by the names of their fields."""
        return {name: _plain(value) for name, value in vars(self).items()}


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Priorities:
    """What pauses are chosen for.

    Attributes
    ----------
    people : float
        What it is worth that one person gets out.
    need : float
        What one person-day of need met by trucks is worth.
    """

    people: float = 1.0
    need: float = 0.0


@dataclass(frozen=True)
class DeliverySettings:
    """How goods are shared out and how trucks share roads with people.

    Attributes
    ----------
    evenness : float
        0: the largest total of need met; 1: the first part of everybody's need counts most.
    vehicles_per_truck : float
        Room on a road that one truck takes, in vehicles.
    people_per_truck : float
        Throughput of a checkpoint that one truck takes, in people.
    truck_tonnes : float or None
        Weight of the heaviest truck with its load, tonnes; None = twice the largest payload.
    without_pause : tuple of zone id
        Zones in which trucks may drive without a pause.
    """

    evenness: float = 0.5
    vehicles_per_truck: float = 2.0
    people_per_truck: float = 10.0
    truck_tonnes: float | None = None
    without_pause: tuple[str, ...] = ()


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame({"basis": pd.Series(dtype=object)})


@dataclass(frozen=True, repr=False)
class Scenario:
    """The world as given.

    Tables carry the columns of ``attributes.csv``; optional columns are present and hold the
    default (or NaN/None where there is none), so later rooms need not ask whether they exist.
    ``zones``, ``roads`` and ``places`` are indexed by ``id``, in lon/lat WGS 84.

    Attributes
    ----------
    title, description : str
        What the scenario is called and covers.
    as_of, start : datetime
        The moment the data describe; start of step 0. Both with a time zone.
    timezone : str
        IANA name; local times are read and shown in it.
    steps, step_minutes : int
        How many steps the plan looks ahead, and their length in minutes.
    nights_at_most : int
        Most nights that anybody who leaves may spend on the way; 0 = whoever sets out arrives on the same day.
    groups : tuple of Group
        In the order in which they are planned.
    limits : PartyLimits
        What the parties insist on.
    half_time_hours : float
        Mobilisation: hours until half of those who want to leave are ready to; 0 = all at once.
    zones, roads, places : GeoDataFrame
        Layers.
    people, stocks, essentials, facilities, trucks, supply, patients, ambulances : DataFrame
        Tables. ``essentials`` holds what its file says; `letup.scenario.essentials_of` adds the defaults.
    issues, preferences, influences, concessions, statements : DataFrame
        Tables on what is to be agreed; `letup.support.negotiation.support_of` makes issues and parties of them.
    deliveries : DeliverySettings
        How goods are shared out and how trucks share roads with people.
    parties : tuple of mapping
        Entries of parties.yaml.
    sources : mapping
        Source name to its title, publisher, date, licence and address.
    raw : mapping
        scenario.yaml as read (for the basis, source and note of its entries).
    filled : mapping
        File name to a bool table (same rows and columns as the table): which cells were written in the file;
        the others hold defaults. Empty for a scenario made in memory.
    folder : Path or None
        Where it was read from.
    """

    title: str
    as_of: datetime
    timezone: str
    start: datetime
    steps: int
    step_minutes: int
    groups: tuple[Group, ...]
    zones: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    people: pd.DataFrame
    stocks: pd.DataFrame
    essentials: pd.DataFrame = field(default_factory=_no_rows)
    facilities: pd.DataFrame = field(default_factory=_no_rows)
    issues: pd.DataFrame = field(default_factory=_no_rows)
    preferences: pd.DataFrame = field(default_factory=_no_rows)
    influences: pd.DataFrame = field(default_factory=_no_rows)
    concessions: pd.DataFrame = field(default_factory=_no_rows)
    statements: pd.DataFrame = field(default_factory=_no_rows)
    trucks: pd.DataFrame = field(default_factory=_no_rows)
    supply: pd.DataFrame = field(default_factory=_no_rows)
    deliveries: DeliverySettings = field(default_factory=DeliverySettings)
    patients: pd.DataFrame = field(default_factory=_no_rows)
    ambulances: pd.DataFrame = field(default_factory=_no_rows)
    description: str = ""
    limits: PartyLimits = field(default_factory=PartyLimits)
    half_time_hours: float = 0.0
    nights_at_most: int = 0
    priorities: Priorities = field(default_factory=Priorities)
    parties: tuple[Mapping[str, Any], ...] = ()
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    raw: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    filled: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path | None = None

    @property
    def zone_ids(self) -> list[str]:
        """Zone ids in layer order; a zone's position is its number in every array."""
        return [str(zone) for zone in self.zones.index]

    @cached_property
    def clock(self) -> Clock:
        """The steps as local times."""
        return Clock.of(self.start, self.timezone, self.step_minutes, self.steps)

    @property
    def local(self) -> ZoneInfo:
        """The scenario's time zone."""
        return ZoneInfo(self.timezone)

    def __repr__(self) -> str:
        """Say in four lines what it is; the tables have their own."""
        hours = self.clock.hours(self.steps)
        # Rounded row by row, as the plan does, so that both say the same number.
        leaving = int((self.people["count"] * self.people["share_leaving"]).round().sum())
        return (
            f"Scenario: {self.title}\n"
            f"  as of {sortable(self.as_of)}, {self.timezone}\n"
            f"  planned from {sortable(self.start)} for {hours:g} hours in steps of {self.step_minutes} minutes\n"
            f"  {len(self.zones)} zones, {len(self.roads):,} roads, {len(self.places):,} places, "
            f"{int(self.people['count'].sum()):,} people of whom {leaving:,} want to leave"
        )
