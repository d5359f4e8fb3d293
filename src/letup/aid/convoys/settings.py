"""What is decided about convoys beforehand, each default with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """How convoys are made up.

    All defaults are assumed: no source in hand gives values that hold from place to place.

    Attributes
    ----------
    vehicles : int
        Most vehicles in one convoy. 10: a column that one escort in front and one behind can see to, and that clears
        a junction within some minutes; agreements and escorts often set their own.
    margin_minutes : int
        A vehicle is out of a zone, or where it may stay, this long before the zone's pause ends. 15: room for a
        wheel to be changed or one control that takes longer.
    stop_minutes : int
        Time that each stop takes besides loading and unloading: papers, seals, turning round. 10.
    fixed_minutes : int
        What sending one vehicle more out weighs against minutes on the way. 60: a crew less on the road is worth an
        hour of the others' time.
    most_ride_minutes : int
        Longest ride of a patient. 240; whoever would ride longer is not moved without a medical decision.
    seconds : float
        Longest time to search, processor seconds of one core, for all days together.
    seed : int
        Seed of the search.
    """

    vehicles: int = 10
    margin_minutes: int = 15
    stop_minutes: int = 10
    fixed_minutes: int = 60
    most_ride_minutes: int = 240
    seconds: float = 40.0
    seed: int = 0
