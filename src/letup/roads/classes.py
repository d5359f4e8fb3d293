"""The one table of speeds and capacities by road class, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from letup.core.arrays import Floats
from letup.tables import frame, read_bundled, schemas

CLASSES = schemas("letup.roads")["classes.csv"]


@dataclass(frozen=True)
class RoadClass:
    """What a road of one class carries where its feature does not say.

    Attributes
    ----------
    name : str
        The class.
    vehicle_kmh : float
        Free speed of vehicles, km/h; NaN where there are none.
    lanes : float
        Lanes in both directions together; NaN where there are none.
    width_m : float
        Usable width, metres.
    vehicles_per_lane_hour : float
        Vehicles per lane and hour: a cautious design value, not the physical maximum.
    foot_per_m_minute : float
        People on foot per metre of width and minute: likewise.
    source : str
        Where the values come from, and which are assumed.
    """

    name: str
    vehicle_kmh: float
    lanes: float
    width_m: float
    vehicles_per_lane_hour: float
    foot_per_m_minute: float
    source: str


@cache
def table() -> pd.DataFrame:
    """Return the class table, indexed by class; NaN where a class has no such value."""
    return frame(CLASSES, read_bundled("letup.roads", CLASSES)).set_index("class")


def of(name: str) -> RoadClass:
    """Return one class of the table; an unknown name raises KeyError."""
    row = {str(column): value for column, value in table().loc[name].to_dict().items()}
    return RoadClass(
        name=name,
        source=str(row.pop("source")),
        **{column: float(value) for column, value in row.items()},
    )


@dataclass(frozen=True)
class Carries:
    """What each road feature carries, per direction and with its damage taken off.

    Attributes
    ----------
    foot_per_hour : float64[features]
        People on foot per hour and direction; 0 = not on foot.
    vehicles_per_hour, vehicles_per_hour_back : float64[features]
        Vehicles per hour along the line and against it; 0 = no vehicles.
    vehicle_kmh : float64[features]
        Free speed of vehicles; 0 = no vehicles.
    lorry_tonnes : float64[features]
        Weight of the heaviest lorry with its load; inf = no limit, 0 = no lorries.
    """

    foot_per_hour: Floats
    vehicles_per_hour: Floats
    vehicles_per_hour_back: Floats
    vehicle_kmh: Floats
    lorry_tonnes: Floats


def carries(roads: pd.DataFrame) -> Carries:
    """Capacity and speed of each feature: its own where given, else from class, lanes and width.

    People on foot get half the usable width in each direction. A lane that serves both
    directions counts half for each, unless the lanes of each direction are given. Damage lowers
    both capacities; at damage 1 the road is closed.
    """
    known = table().reindex(roads["class"].astype(str))
    modes = (
        roads["modes"].fillna("foot;vehicle").astype(str)
        if "modes" in roads
        else pd.Series("foot;vehicle", roads.index)
    )
    named = modes.str.lower().str.split(r"[;,\s]+", regex=True)
    on_foot = np.array(["foot" in names for names in named], bool)
    by_vehicle = np.array(["vehicle" in names for names in named], bool)
    oneway = np.asarray(roads["oneway"].fillna(False).astype(bool)) if "oneway" in roads else np.zeros(len(roads), bool)
    left = 1.0 - np.clip(_given(roads, "damage", np.zeros(len(roads))), 0.0, 1.0)

    width = _given(roads, "width_m", known["width_m"].to_numpy(float))
    foot = _given(roads, "foot_per_hour", 0.5 * width * known["foot_per_m_minute"].to_numpy(float) * 60.0)
    lanes = _given(roads, "lanes", known["lanes"].to_numpy(float))
    per_lane = known["vehicles_per_lane_hour"].to_numpy(float)
    forward = _given(roads, "lanes_forward", np.where(oneway, lanes, lanes / 2.0))
    backward = _given(roads, "lanes_backward", lanes / 2.0)
    speed = _given(roads, "speed_kmh", known["vehicle_kmh"].to_numpy(float))

    def vehicles(each_way: Floats) -> Floats:
        per_hour = _given(roads, "vehicles_per_hour", each_way * per_lane)
        return np.where(by_vehicle & np.isfinite(speed) & np.isfinite(per_hour), per_hour * left, 0.0)

    along = vehicles(forward)
    return Carries(
        foot_per_hour=np.where(on_foot & np.isfinite(foot), foot * left, 0.0),
        vehicles_per_hour=along,
        vehicles_per_hour_back=np.where(oneway, 0.0, vehicles(backward)),
        vehicle_kmh=np.where(along > 0, speed, 0.0),
        lorry_tonnes=_given(roads, "lorry_tonnes", np.full(len(roads), np.inf)),
    )


def _given(roads: pd.DataFrame, column: str, otherwise: Floats) -> Floats:
    """Take a column where it has a value, else what the class says."""
    if column not in roads:
        return otherwise
    own = pd.to_numeric(roads[column], errors="coerce").to_numpy(float)
    return np.where(np.isfinite(own), own, otherwise)
